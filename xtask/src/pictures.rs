//! The manual's pictures: taken by the part `shots`, copied under the manual's names. It must not
//! know what they show.

use anyhow::{Context as _, Result};

use crate::{run::root, test};

/// The picture as the shots name it, and as the manual does.
const PICTURES: &[(&str, &str)] = &[
    ("start-office", "start"),
    ("today-zh-office", "today"),
    ("children-zh-office", "children"),
    ("child-zh-office", "child"),
    ("write-zh-office", "write"),
    ("note-zh-office", "note"),
    ("paper-zh-office", "paper"),
    ("settings-zh-office", "settings"),
    ("dayend-zh-office", "dayend"),
    ("people-zh-office", "people"),
    ("today-elder-office", "elder"),
];

/// Takes all pictures anew and puts the manual's into `docs/manual`.
pub fn take() -> Result<()> {
    test::run(&["--only".to_owned(), "shots".to_owned()])?;
    let (from, to) = (root().join("ui/test-results/shots"), root().join("docs/manual"));
    for (taken, named) in PICTURES {
        let from = from.join(format!("{taken}.png"));
        std::fs::copy(&from, to.join(format!("{named}.png"))).with_context(|| from.display().to_string())?;
    }
    Ok(())
}
