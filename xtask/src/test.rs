//! Everything CI runs, in the order in which it fails fastest.

use std::process::Command;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::{needs, run, screens};

/// Name, and the commands of the part: cargo's, npm's in `ui` where the first word is `npm`, or a program that was
/// built before where it is `program`.
type Part = (&'static str, &'static [&'static [&'static str]]);

/// One choice of packages and features for every part. With another one cargo would give the libraries below other
/// features and build them anew: a machine that builds for the first time did so five times.
const WHOLE: &[&str] = &["--quiet", "--workspace", "--all-features"];

const PARTS: &[Part] = &[
    ("fmt", &[&["fmt", "--all", "--check"]]),
    ("deny", &[&["deny", "check", "bans", "licenses", "sources"]]),
    ("tidy", &[&["test", "--test", "tidy"]]),
    ("clippy", &[&["clippy", "--all-targets", "--", "-D", "warnings"]]),
    // unit and property tests stand beside the code they are about
    ("unit", &[&["test", "--lib", "--bins", ROOMS], &["test", "--doc"]]),
    ("wire", &[&["test", "--test", "wire"]]),
    ("fuzz", &[&["test", "--test", "hostile"]]),
    ("story", &[&["test", "--test", "story"]]),
    ("sim", &[&["test", "--test", "sim"]]),
    // the README's first command
    ("demo", &[&["program", "demo", "--headless"]]),
    ("ui", &[&["npm", "run", "check"]]),
    // every screen in a browser, over the loopback shell and a real server
    ("shots", &[STAGE, &["npm", "run", "shots"]]),
    // the real window, driven
    ("e2e", &[WINDOW, &["test", "--test", "e2e"]]),
];

/// Stands for the tests beside the rooms, each by its name.
const ROOMS: &str = "ROOMS";
/// The programs a browser test starts.
const STAGE: &[&str] = &["build", "--bin", "tongdang-desk", "--bin", "stage"];
/// The window with its screens inside, for a driver.
const WINDOW: &[&str] = &["build", "--bin", "tongdang"];
/// The server, and what keeps its process: stories start it as a process of its own.
const SERVER: &[&str] = &["build", "--bin", "tongdang-server", "--bin", "demo"];

/// Parts that need the built screens: all features are looked through, and one of them embeds the screens.
const SCREENS: &[&str] = &["clippy", "unit", "ui", "shots", "e2e"];
/// Parts that build the window.
const WINDOWS: &[&str] = &["clippy", "unit", "e2e"];

/// Parts that start the server as a process of its own.
const SERVED: &[&str] = &["unit", "story", "demo", "shots", "e2e"];

fn done(args: &[&str]) -> bool {
    match args {
        ["npm", rest @ ..] => screens::npm(rest).is_ok(),
        ["program", name, rest @ ..] => ran(Command::new(run::root().join("target/debug").join(name)).args(rest)),
        ["fmt" | "deny", ..] => ran(Command::new("cargo").args(args)),
        [verb, rest @ ..] => ran(Command::new("cargo").arg(verb).args(WHOLE).args(rooms(rest))),
        [] => false,
    }
}

fn ran(command: &mut Command) -> bool {
    command.current_dir(run::root()).status().is_ok_and(|status| status.success())
}

/// The arguments with `--test NAME` of each file in a room's folder `tests` where they say [`ROOMS`].
fn rooms(args: &[&str]) -> Vec<String> {
    let mut all = Vec::new();
    for arg in args {
        match *arg {
            ROOMS => all.extend(room_tests().into_iter().flat_map(|name| ["--test".to_owned(), name])),
            other => all.push(other.to_owned()),
        }
    }
    all
}

fn room_tests() -> Vec<String> {
    let rooms = std::fs::read_dir(run::root().join("crates")).into_iter().flatten();
    let rooms = rooms
        .filter_map(|room| Some(room.ok()?.path()))
        .chain(["sync-server", "tests"].map(|room| run::root().join(room)));
    let files = rooms.flat_map(|room| std::fs::read_dir(room.join("tests")).into_iter().flatten());
    let files =
        files.filter_map(|file| Some(file.ok()?.path())).filter(|path| path.extension().is_some_and(|e| e == "rs"));
    let mut names: Vec<String> = files.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect();
    names.sort();
    names.dedup();
    names
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
    if parts.iter().any(|(name, _)| SERVED.contains(name)) && !done(SERVER) {
        bail!("the server was not built");
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
