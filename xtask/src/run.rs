//! Builds and starts the actors of the `tests` crate and the server's binary.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

/// The server's binary; named together with the tests so that libraries are built once for both.
pub const SERVER: &[&str] = &["--package", "sync-server", "--package", "tongdang-tests", "--bin", "tongdang-server"];

/// The program that keeps a server's process for the actors.
pub const KEEPER: &[&str] = &["--package", "tongdang-tests", "--bin", "demo"];

/// The window with its screens inside.
pub const WINDOW: &[&str] = &["--package", "tongdang-desktop", "--features", "custom-protocol"];

/// The window as a driver may drive it: never what leaves the house.
pub const DRIVEN: &[&str] = &["--package", "tongdang-desktop", "--features", "custom-protocol,e2e"];

/// Which profile.
#[derive(Clone, Copy)]
pub enum Speed {
    /// The one profile of everyday work.
    Dev,
    /// For measuring and for long simulations.
    Release,
}

impl Speed {
    fn flags(self) -> &'static [&'static str] {
        match self {
            Self::Dev => &[],
            Self::Release => &["--release"],
        }
    }
}

/// Runs cargo and fails if it fails.
pub fn cargo(args: &[&str]) -> Result<()> {
    let status = Command::new("cargo").args(args).current_dir(root()).status()?;
    if !status.success() {
        bail!("`cargo {}` failed", args.join(" "));
    }
    Ok(())
}

/// Builds a target.
pub fn build(speed: Speed, target: &[&str]) -> Result<()> {
    cargo(&[&["build", "--quiet"], speed.flags(), target].concat())
}

/// Builds and runs one of the binaries of the `tests` crate, passing `rest` on.
pub fn actor(speed: Speed, name: &str, rest: &[String]) -> Result<()> {
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    let target = ["--package", "tongdang-tests", "--bin", name, "--"];
    cargo(&[&["run", "--quiet"], speed.flags(), &target, &rest].concat())
}

/// Builds and runs the bench, the real window with it.
pub fn bench(rest: &[String]) -> Result<()> {
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    let target = ["--package", "tongdang-tests", "--features", "window", "--bin", "bench", "--"];
    cargo(&[&["run", "--quiet"], Speed::Release.flags(), &target, &rest].concat())
}

/// Runs every fuzz target for a while each (`--seconds N`, default 60).
pub fn fuzz(rest: &[String]) -> Result<()> {
    let seconds = match rest {
        [flag, n] if flag == "--seconds" => n.parse::<u32>()?,
        [] => 60,
        _ => bail!("usage: cargo xtask fuzz [--seconds N]"),
    };
    let targets = std::fs::read_dir(root().join("tests/fuzz/fuzz_targets"))?;
    let mut names: Vec<String> =
        targets.filter_map(|t| Some(t.ok()?.path().file_stem()?.to_string_lossy().into_owned())).collect();
    names.sort();
    for name in names {
        eprintln!("fuzz {name}, {seconds} s");
        let limit = format!("-max_total_time={seconds}");
        let status = Command::new("cargo")
            .args(["fuzz", "run", "-s", "none", "--fuzz-dir", "tests/fuzz", &name, "--", &limit, "-rss_limit_mb=1024"])
            .current_dir(root())
            .status()?;
        if !status.success() {
            bail!("fuzz target {name} found something: see tests/fuzz/artifacts/{name}");
        }
    }
    Ok(())
}

/// The workspace's folder.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask stands in the workspace")
}
