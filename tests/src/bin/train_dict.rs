//! Trains the dictionary that everything on the wire is packed with, from synthetic records in
//! the training language, and writes it to `crates/sync/dict/v1.zdict`. The same source gives the
//! same bytes. It must never see a real record: a dictionary trained on case notes leaks them.

use std::path::Path;

use anyhow::{Context as _, ensure};
use tongdang_tests::corpus;

const SEED: u64 = 20_260;
const DIRECTORS: usize = 80;

fn main() -> anyhow::Result<()> {
    let dictionary = sync::pack::train(&corpus::training(SEED, DIRECTORS));
    ensure!(!dictionary.is_empty(), "too few samples to train on");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/sync/dict/v1.zdict");
    std::fs::write(&path, &dictionary).with_context(|| format!("cannot write {}", path.display()))
}
