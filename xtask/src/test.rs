//! Everything CI runs, in the order in which it fails fastest.

use std::process::Command;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::{needs, run, screens};

/// Name, and the commands of the part: cargo's, or npm's in `ui` where the first word is `npm`.
type Part = (&'static str, &'static [&'static [&'static str]]);

const ROOMS: &[&str] = &[
    "test",
    "--quiet",
    "-p",
    "domain",
    "-p",
    "dossier",
    "-p",
    "sync",
    "-p",
    "ledger",
    "-p",
    "client",
    "-p",
    "desk",
    "-p",
    "sync-server",
    "-p",
    "tongdang-desktop",
    "--all-features",
];

const PARTS: &[Part] = &[
    ("fmt", &[&["fmt", "--all", "--check"]]),
    ("deny", &[&["deny", "check", "bans", "licenses", "sources"]]),
    ("tidy", &[&["test", "--quiet", "-p", "tongdang-tests", "--test", "tidy"]]),
    ("clippy", &[&["clippy", "--quiet", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"]]),
    // unit and property tests stand beside the code they are about
    ("unit", &[ROOMS, &["test", "--quiet", "-p", "tongdang-tests", "--lib"]]),
    ("wire", &[&["test", "--quiet", "-p", "tongdang-tests", "--test", "wire"]]),
    ("fuzz", &[&["test", "--quiet", "-p", "tongdang-tests", "--test", "hostile"]]),
    ("story", &[&["test", "--quiet", "-p", "tongdang-tests", "--test", "story"]]),
    ("sim", &[&["test", "--quiet", "-p", "tongdang-tests", "--test", "sim"]]),
    // the README's first command
    ("demo", &[&["run", "--quiet", "-p", "tongdang-tests", "--bin", "demo", "--", "--headless"]]),
    ("ui", &[&["npm", "run", "check"]]),
    // every screen in a browser, over the loopback shell and a real server
    ("shots", &[STAGE, &["npm", "run", "shots"]]),
    // the real window, driven
    ("e2e", &[WINDOW, &["test", "--quiet", "-p", "tongdang-tests", "--features", "window", "--test", "e2e"]]),
];

/// The programs a browser test starts.
const STAGE: &[&str] = &["build", "--quiet", "-p", "desk", "-p", "sync-server", "-p", "tongdang-tests", "--bins"];
/// The window with its screens inside, for a driver.
const WINDOW: &[&str] = &["build", "--quiet", "-p", "tongdang-desktop", "--features", "custom-protocol,e2e"];

/// Parts that need the built screens: all features are looked through, and one of them embeds the screens.
const SCREENS: &[&str] = &["clippy", "unit", "ui", "shots", "e2e"];
/// Parts that build the window.
const WINDOWS: &[&str] = &["clippy", "unit", "e2e"];

fn done(args: &[&str]) -> bool {
    if let ["npm", rest @ ..] = args {
        return screens::npm(rest).is_ok();
    }
    Command::new("cargo").args(args).current_dir(run::root()).status().is_ok_and(|s| s.success())
}

/// The words of `needs.toml` these parts stand for.
fn needed(parts: &[&Part]) -> Vec<&'static str> {
    let mut words: Vec<&str> = parts.iter().map(|(name, _)| *name).collect();
    let any = |list: &[&str]| parts.iter().any(|(name, _)| list.contains(name));
    words.extend(any(SCREENS).then_some("ui"));
    words.extend(any(WINDOWS).then_some("window"));
    words
}

/// Runs all parts, or the one named by `--only`.
pub fn run(args: &[String]) -> Result<()> {
    let only = match args {
        [] => None,
        [flag, part] if flag == "--only" => Some(part.as_str()),
        _ => bail!("usage: cargo xtask test [--only PART]"),
    };
    let parts: Vec<&Part> = PARTS.iter().filter(|(name, _)| only.is_none_or(|only| only == *name)).collect();
    if parts.is_empty() {
        let names: Vec<&str> = PARTS.iter().map(|(name, _)| *name).collect();
        bail!("no such part; there are: {}", names.join(" "));
    }
    needs::install(&needed(&parts))?;
    if parts.iter().any(|(name, _)| SCREENS.contains(name)) {
        screens::build()?;
    }
    if parts.iter().any(|(_, commands)| commands.iter().any(|c| c.contains(&"tongdang-tests"))) {
        // stories start the real server as a process of its own
        run::build(run::Speed::Dev, run::SERVER)?;
    }
    let mut failed = Vec::new();
    for (name, commands) in &parts {
        let begin = Instant::now();
        eprintln!("── {name}");
        let fine = commands.iter().all(|args| done(args));
        eprintln!("── {name} {} in {:.0?}", if fine { "ok" } else { "FAILED" }, begin.elapsed());
        if !fine {
            failed.push(*name);
        }
    }
    println!("{} passed, {} failed", parts.len() - failed.len(), failed.len());
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(" "));
    }
    Ok(())
}
