//! The short slice of fuzzing: every door with arbitrary, truncated and bit-flipped bytes, seeded.
//! `cargo xtask fuzz` goes on for longer. A panic, an abort or a forged success fails.

use proptest::prelude::*;
use tongdang_tests::hostile::{DOORS, Door};

/// Cases for each door; the workbook's doors open zips and are dearer.
fn cases(door: &Door) -> u32 {
    if door.name == "workbook" { 60 } else { 400 }
}

fn try_door(door: &Door, bytes: impl Strategy<Value = Vec<u8>>) {
    let mut config = ProptestConfig::with_cases(cases(door));
    config.failure_persistence = None;
    let mut runner = proptest::test_runner::TestRunner::new_with_rng(
        config,
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    let outcome = runner.run(&bytes, |bytes| {
        (door.read)(&bytes);
        Ok(())
    });
    outcome.unwrap_or_else(|e| panic!("door {}: {e}", door.name));
}

#[test]
fn every_door_survives_arbitrary_bytes() {
    for door in DOORS {
        try_door(door, prop::collection::vec(any::<u8>(), 0..600));
    }
}

#[test]
fn every_door_survives_truncated_and_lengthened_bytes() {
    for door in DOORS {
        let valid = (door.valid)();
        let all = valid.len();
        let cut = (0..=all, prop::collection::vec(any::<u8>(), 0..40));
        try_door(door, cut.prop_map(move |(at, tail)| [&valid[..at], &tail].concat()));
    }
}

#[test]
fn every_door_survives_flipped_bits() {
    for door in DOORS {
        let valid = (door.valid)();
        let flips = prop::collection::vec((any::<prop::sample::Index>(), 0u8..8), 1..6);
        let flipped = flips.prop_map(move |flips| {
            let mut bytes = valid.clone();
            for (at, bit) in flips {
                let at = at.index(bytes.len());
                bytes[at] ^= 1 << bit;
            }
            bytes
        });
        try_door(door, flipped);
    }
}

#[test]
fn every_door_takes_what_is_valid() {
    DOORS.iter().for_each(|door| (door.read)(&(door.valid)()));
}

#[test]
fn every_door_has_its_fuzz_target() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/fuzz_targets");
    for door in DOORS {
        let target = folder.join(format!("{}.rs", door.name));
        assert!(target.exists(), "{} has no fuzz target", door.name);
    }
}

/// What the fuzzer once found, as `found/DOOR-N`.
#[test]
fn what_broke_a_door_once_breaks_it_no_more() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/hostile/found");
    for entry in std::fs::read_dir(folder).expect("the folder") {
        let path = entry.expect("a file").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
        let (door, _) = name.rsplit_once('-').expect("DOOR-N");
        tongdang_tests::hostile::knock(door, &std::fs::read(&path).expect("bytes"));
    }
}
