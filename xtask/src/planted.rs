//! Plants known bugs, one at a time, in a copy of the tree and demands that a check catches each. It must
//! not touch the checkout.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::run::root;

/// Where the patches and their list stand.
const FOLDER: &str = "tests/planted";

/// `tests/planted/planted.toml`.
#[derive(Deserialize)]
struct Planted {
    bug: Vec<Bug>,
}

/// One planted bug.
#[derive(Deserialize)]
struct Bug {
    /// File beside the list.
    patch: String,
    /// The promise it breaks, one sentence.
    breaks: String,
    /// Arguments of the cargo command that passes without the bug and must fail with it.
    check: Vec<String>,
}

/// The copy of the tree, and where it is built.
struct Field {
    tree: PathBuf,
    target: PathBuf,
}

/// Runs all bugs, or those whose patch begins with one of the names given.
pub fn run(args: &[String]) -> Result<()> {
    let mut target = root().join("target/planted/target");
    let mut only = Vec::new();
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        match (arg.as_str(), arg.starts_with('-')) {
            ("--target", _) => target = rest.next().context("--target needs a folder")?.into(),
            (_, true) => bail!("usage: cargo xtask planted [--target DIR] [NN…]"),
            (name, false) => only.push(name),
        }
    }
    let list: Planted = toml::from_str(&fs::read_to_string(root().join(FOLDER).join("planted.toml"))?)?;
    let chosen = |bug: &Bug| only.is_empty() || only.iter().any(|name| bug.patch.starts_with(name));
    let bugs: Vec<Bug> = list.bug.into_iter().filter(chosen).collect();
    if bugs.is_empty() {
        bail!("no such planted bug; see {FOLDER}/planted.toml");
    }
    let field = Field { tree: root().join("target/planted/tree"), target };
    field.copy()?;
    let missed = field.plant_all(&bugs)?;
    println!("{} passed, {} failed", bugs.len() - missed.len(), missed.len());
    if !missed.is_empty() {
        bail!("not caught: {}", missed.join(" "));
    }
    Ok(())
}

impl Field {
    /// Plants each bug in turn; the patches no check caught.
    fn plant_all<'a>(&self, bugs: &'a [Bug]) -> Result<Vec<&'a str>> {
        let mut sound = BTreeMap::new();
        for bug in bugs {
            if !sound.contains_key(&bug.check) {
                eprintln!("── without a bug: cargo {}", bug.check.join(" "));
                self.build(&bug.check)?;
                sound.insert(&bug.check, self.passes(&bug.check)?);
            }
        }
        let mut missed = Vec::new();
        for bug in bugs {
            let begin = Instant::now();
            eprintln!("── {}", bug.patch);
            let met = if sound[&bug.check] { self.plant(bug)? } else { "CHECK FAILS WITHOUT IT" };
            println!("{:<44} {met:<10} {:>4.0?}  {}", bug.patch, begin.elapsed(), bug.breaks);
            if met != "caught" {
                missed.push(bug.patch.as_str());
            }
        }
        Ok(missed)
    }

    /// Plants one bug, looks whether the check fails, takes the bug out again.
    fn plant(&self, bug: &Bug) -> Result<&'static str> {
        self.apply(bug, &[])?;
        let passes = self.build(&bug.check).and_then(|()| self.passes(&bug.check));
        self.apply(bug, &["--reverse"])?;
        // what does not compile is no bug a test could meet
        Ok(if passes.with_context(|| format!("planting {}", bug.patch))? { "NOT CAUGHT" } else { "caught" })
    }

    fn apply(&self, bug: &Bug, how: &[&str]) -> Result<()> {
        let status = Command::new("git")
            .arg("apply")
            .args(how)
            .arg(root().join(FOLDER).join(&bug.patch))
            .current_dir(&self.tree)
            // or git would take the copy for a folder of the checkout around it
            .env("GIT_CEILING_DIRECTORIES", root().join("target/planted"))
            .status()?;
        if !status.success() {
            bail!("{} does not apply any more: make it anew", bug.patch);
        }
        Ok(())
    }

    /// Builds what the check runs, and runs nothing.
    fn build(&self, check: &[String]) -> Result<()> {
        let upto = check.iter().position(|arg| arg == "--").unwrap_or(check.len());
        let mut args: Vec<&str> = check[..upto].iter().map(String::as_str).collect();
        match args[..] {
            ["run", ..] => args[0] = "build",
            ["test", ..] => args.push("--no-run"),
            _ => bail!("a check is `cargo test …` or `cargo run …`"),
        }
        if !self.cargo(&args).status()?.success() {
            bail!("`cargo {}` does not build", args.join(" "));
        }
        Ok(())
    }

    fn passes(&self, check: &[String]) -> Result<bool> {
        let args: Vec<&str> = check.iter().map(String::as_str).collect();
        Ok(self.cargo(&args).stdout(Stdio::null()).stderr(Stdio::null()).status()?.success())
    }

    fn cargo(&self, args: &[&str]) -> Command {
        let mut cargo = Command::new("cargo");
        cargo.args(args).current_dir(&self.tree).env("CARGO_TARGET_DIR", &self.target);
        cargo
    }

    /// Copies every file git knows or would know; what is the same stays untouched, so that it is
    /// not built again.
    fn copy(&self) -> Result<()> {
        let listed =
            Command::new("git").args(["ls-files", "-coz", "--exclude-standard"]).current_dir(root()).output()?;
        if !listed.status.success() {
            bail!("`git ls-files` failed: the tree is copied by it");
        }
        let names = String::from_utf8(listed.stdout).context("a file name that is no text")?;
        let mut wanted = BTreeSet::new();
        for name in names.split('\0').filter(|name| !name.is_empty()) {
            let (from, to) = (root().join(name), self.tree.join(name));
            let bytes = match fs::read(&from) {
                // listed, but deleted in the checkout
                Err(gone) if gone.kind() == ErrorKind::NotFound => continue,
                read => read.with_context(|| format!("reading {name}"))?,
            };
            if fs::read(&to).ok().as_ref() != Some(&bytes) {
                fs::create_dir_all(to.parent().context("a file stands in a folder")?)?;
                fs::write(&to, bytes)?;
            }
            wanted.insert(to);
        }
        clear(&self.tree, &wanted)
    }
}

/// Removes what an earlier copy left and the tree no longer has.
fn clear(folder: &Path, wanted: &BTreeSet<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            clear(&path, wanted)?;
        } else if !wanted.contains(&path) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}
