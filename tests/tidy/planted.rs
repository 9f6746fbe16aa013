//! Planted bugs stay plantable: each patch fits the tree, and each stands in the list and in the
//! document. It must not run them; `cargo xtask planted` does.

use std::path::Path;
use std::process::Command;

use crate::tree;

const LIST: &str = "tests/planted/planted.toml";
const TABLE: &str = "docs/TESTING.md";

#[test]
fn every_planted_bug_fits_the_tree_and_stands_in_the_list_and_the_table() {
    let list: toml::Table = tree::read(Path::new(LIST)).parse().expect("the list is TOML");
    let bugs = list["bug"].as_array().expect("bugs");
    let listed: Vec<&str> = bugs.iter().filter_map(|bug| bug["patch"].as_str()).collect();
    let patches: Vec<_> = tree::files().into_iter().filter(|p| p.extension().is_some_and(|e| e == "patch")).collect();
    let table = tree::read(Path::new(TABLE));
    let mut wrong = Vec::new();
    for path in &patches {
        let name = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
        let fits = Command::new("git").args(["apply", "--check"]).arg(path).current_dir(tree::root()).status();
        if !fits.expect("git runs").success() {
            wrong.push(format!("{name} does not apply any more: make it anew"));
        }
        if !listed.contains(&name.as_str()) {
            wrong.push(format!("{name} is not in {LIST}"));
        }
        if !table.contains(&format!("`{name}`")) {
            wrong.push(format!("{name} is not in the table of {TABLE}"));
        }
    }
    tree::none("planted bugs", wrong);
    assert_eq!(listed.len(), patches.len(), "{LIST} names patches that are not there, or one twice");
    assert!(listed.len() >= 10, "at least ten bugs are planted");
}
