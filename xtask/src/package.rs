//! The window as people get it: a `.deb` with everything inside. It must not need a network once
//! the libraries are here.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::run::root;
use crate::{needs, screens};

/// Largest program, bytes: it travels on USB sticks and over village lines.
const PROGRAM_BYTES_MAX: u64 = 25_000_000;

/// Builds the package and says how large it is.
pub fn run(rest: &[String]) -> Result<()> {
    if !rest.is_empty() {
        bail!("usage: cargo xtask package");
    }
    needs::install(&["ui", "window"])?;
    screens::build()?;
    let tauri = root().join("ui/node_modules/.bin/tauri");
    // The screens are built already.
    let built = r#"{"build":{"beforeBuildCommand":null}}"#;
    let profile = ["--", "--profile", "shipped"];
    let args =
        [&["build", "--bundles", "deb", "--config", built, "--features", "custom-protocol"], &profile[..]].concat();
    let status = Command::new(tauri).args(args).current_dir(root()).status().context("tauri's tool does not start")?;
    if !status.success() {
        bail!("the package was not built");
    }
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let program = size(&target.join("shipped/tongdang"))?;
    println!("{:>12} bytes  target/shipped/tongdang", program);
    for entry in target.join("shipped/bundle/deb").read_dir()? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "deb") {
            println!("{:>12} bytes  {}", size(&path)?, path.display());
        }
    }
    if program > PROGRAM_BYTES_MAX {
        bail!("the program has {program} bytes, at most {PROGRAM_BYTES_MAX}");
    }
    Ok(())
}

/// Whether the demo may show windows: there is a display, and nobody asked for none.
pub fn shown(rest: &[String]) -> bool {
    let display = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    display && !rest.iter().any(|arg| arg == "--headless")
}

fn size(path: &Path) -> Result<u64> {
    Ok(path.metadata().with_context(|| format!("there is no {}", path.display()))?.len())
}
