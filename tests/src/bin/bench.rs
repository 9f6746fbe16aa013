//! The bench from the command line: `[--directors N] [--json] [--only PHASE]`; the beginning of a
//! phase's name stands for all that begin so. It must not measure.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command")]

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use tongdang_tests::bench::{self, Options, report};

/// The district of docs/TESTING.md, "The district day".
const DIRECTORS: usize = 131;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let mut options = Options { directors: DIRECTORS, only: None };
    let mut json = false;
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--directors" => options.directors = args.next().context("--directors N")?.parse()?,
            "--only" => options.only = Some(args.next().context("--only PHASE")?),
            "--json" => json = true,
            other => {
                bail!("unknown argument {other}; usage: cargo xtask bench [--directors N] [--json] [--only PHASE]")
            }
        }
    }
    let began = Instant::now();
    let mut failed = None;
    let phases = bench::run(&options, |phase| {
        eprintln!("{:>6.1} s  {}", began.elapsed().as_secs_f64(), phase.phase);
        match serde_json::to_string(phase) {
            Ok(line) if json => println!("{line}"),
            Ok(_) => {}
            Err(error) => failed = Some(error),
        }
    })?;
    if let Some(error) = failed {
        return Err(error.into());
    }
    if !json {
        print!("{}", report::table(&phases));
    }
    Ok(())
}
