//! The simulated district from the command line: `--seeds N [--from S]`. It must not hold checks.
#![allow(clippy::print_stdout, reason = "a command")]

use anyhow::{Context as _, Result, bail};
use tongdang_tests::sim;

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |name: &str, usual: u64| -> Result<u64> {
        match args.iter().position(|a| a == name) {
            Some(at) => args.get(at + 1).context("a number is missing")?.parse().context("not a number"),
            None => Ok(usual),
        }
    };
    let (from, seeds) = (number("--from", 0)?, number("--seeds", 1000)?);
    let mut sum = sim::Trace::default();
    for seed in from..from + seeds {
        let trace = match std::panic::catch_unwind(|| sim::run(seed)) {
            Ok(Ok(trace)) => trace,
            Ok(Err(broken)) => {
                broken.trace.iter().for_each(|line| println!("{line}"));
                bail!("seed {seed} breaks invariant {}: {}", broken.invariant, broken.what)
            }
            Err(_) => bail!("seed {seed} panicked"),
        };
        sum.notes += trace.notes;
        sum.photos += trace.photos;
        sum.edits += trace.edits;
        sum.syncs += trace.syncs;
        sum.crashes += trace.crashes;
        sum.moves += trace.moves;
        sum.claims += trace.claims;
        sum.restores += trace.restores;
        sum.stops += trace.stops;
        sum.erasures += trace.erasures;
        sum.held += trace.held;
        if (seed + 1).is_multiple_of(100) {
            println!("{} seeds", seed + 1 - from);
        }
    }
    println!(
        "{seeds} seeds: {} notes, {} photographs, {} edits, {} syncs, {} kills, {} hand-overs, {} taken over, {} restores, {} computers stopped, {} children erased; {} looked for among held",
        sum.notes,
        sum.photos,
        sum.edits,
        sum.syncs,
        sum.crashes,
        sum.moves,
        sum.claims,
        sum.restores,
        sum.stops,
        sum.erasures,
        sum.held
    );
    Ok(())
}
