//! A stage for screens: `stage FOLDER` founds a small district there, serves it, prints who may
//! join with which code as one JSON line, and ends with its standard input. It must not know screens.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command")]

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use domain::post::Role;
use serde_json::json;
use tongdang_tests::stage::{Guest, Stage};
use tongdang_tests::synth::Scale;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("stage: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let folder = std::env::args().nth(1).context("usage: stage FOLDER")?;
    let mut scale = Scale { centre: 3, ..Scale::small(1, 3) };
    scale.children.iter_mut().for_each(|(_, children)| *children *= 4);
    let stage = Stage::set(Path::new(&folder), scale)?;
    let guests = Role::ALL.map(|role| stage.invite(role));
    let told = |guest: &Guest| json!({"name": guest.name, "address": guest.address, "code": guest.code});
    let all = Role::ALL.iter().zip(&guests).filter_map(|(role, guest)| Some((role, told(guest.as_ref().ok()?))));
    let mut said = serde_json::Map::new();
    for (role, guest) in all {
        said.insert(serde_json::to_value(role)?.as_str().context("a word")?.to_owned(), guest);
    }
    println!("{}", json!({"guests": said, "children": stage.children()}));
    std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink())?;
    Ok(())
}
