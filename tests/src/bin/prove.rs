//! What holds of a running server whoever knocks, from the command line: `doors [--posts N] [--seconds S]`. It must
//! not hold checks.
#![allow(clippy::print_stdout, reason = "a command")]

use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use tongdang_tests::doors::{P99_MAX, Plan, prove};

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |name: &str, usual: usize| -> Result<usize> {
        match args.iter().position(|a| a == name) {
            Some(at) => args.get(at + 1).context("a number is missing")?.parse().context("not a number"),
            None => Ok(usual),
        }
    };
    if args.first().map(String::as_str) != Some("doors") {
        bail!("usage: cargo xtask prove doors [--posts N] [--seconds S]");
    }
    let seconds = number("--seconds", 60)? as u64;
    let plan = Plan { posts: number("--posts", 50_000)?, slow: Duration::from_secs(seconds) };
    let mut all_hold = true;
    for told in prove(plan)? {
        let [half, most] = [50, 99].map(|percent| told.percentile(percent));
        println!(
            "beside {}: {} syncs, p50 {:.0} ms, p99 {:.0} ms, {} refused (strangers: {})",
            told.beside,
            told.syncs.len(),
            half.as_secs_f64() * 1000.0,
            most.as_secs_f64() * 1000.0,
            told.refused.len(),
            told.strangers
        );
        told.refused.iter().take(5).for_each(|why| println!("  refused: {why}"));
        all_hold &= told.holds();
    }
    ensure!(all_hold, "an honest desk was refused, or waited longer than {} ms", P99_MAX.as_millis());
    Ok(())
}
