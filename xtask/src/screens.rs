//! The screens in `ui`: fetched and built by npm when something changed since. It must not know what they show.

use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context as _, Result, bail};

use crate::run::root;

/// What the built screens are made from.
const SOURCES: &[&str] = &[
    "ui/src",
    "ui/public",
    "ui/index.html",
    "ui/package.json",
    "ui/package-lock.json",
    "ui/vite.config.ts",
    "ui/tsconfig.json",
    "crates/client/bindings",
    "crates/desk/bindings",
];

/// Fetches the libraries of the screens, unless they are those of the lock file.
pub fn fetch() -> Result<()> {
    let fetched = changed(&root().join("ui/node_modules/.package-lock.json"));
    if fetched.is_some_and(|at| newest(&root().join("ui/package-lock.json")).is_some_and(|lock| lock <= at)) {
        return Ok(());
    }
    npm(&["ci", "--no-audit", "--no-fund"])
}

/// Builds `ui/dist`, unless it is newer than everything it is made from.
pub fn build() -> Result<()> {
    fetch()?;
    let built = changed(&root().join("ui/dist/index.html"));
    let source = SOURCES.iter().filter_map(|path| newest(&root().join(path))).max();
    if built.is_some() && built >= source {
        return Ok(());
    }
    npm(&["run", "build"])
}

/// Runs npm in `ui` and fails if it fails.
pub fn npm(args: &[&str]) -> Result<()> {
    let status =
        Command::new("npm").args(args).current_dir(root().join("ui")).status().context("npm does not start")?;
    if !status.success() {
        bail!("`npm {}` failed in ui", args.join(" "));
    }
    Ok(())
}

fn changed(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|meta| meta.modified()).ok()
}

/// When a file, or the newest file of a folder, was changed.
fn newest(path: &Path) -> Option<SystemTime> {
    if !path.is_dir() {
        return changed(path);
    }
    // The folder's own time tells of files taken away.
    let inside = path.read_dir().ok()?.filter_map(|entry| newest(&entry.ok()?.path()));
    inside.chain(changed(path)).max()
}
