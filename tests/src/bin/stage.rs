//! A stage for screens: `stage FOLDER` founds a small district there, serves it, prints who may
//! join with which code as one JSON line, and ends with its standard input. It must not know screens.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command")]

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use domain::post::Role;
use serde_json::json;
use tongdang_tests::stage::Stage;
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
    let mut scale = Scale::small(1, 3);
    scale.children.iter_mut().for_each(|(_, children)| *children *= 4);
    let stage = Stage::set(Path::new(&folder), scale)?;
    let (director, supervisor) = (stage.invite(Role::Director)?, stage.invite(Role::Supervisor)?);
    let told = |guest: &tongdang_tests::stage::Guest| json!({"name": guest.name, "address": guest.address, "code": guest.code});
    println!("{}", json!({"director": told(&director), "supervisor": told(&supervisor), "children": stage.children()}));
    std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink())?;
    Ok(())
}
