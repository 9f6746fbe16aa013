//! The short slice of the simulator that CI runs; `cargo xtask sim --seeds N` goes on.

use tongdang_tests::sim;

const SEEDS: u64 = 300;

#[test]
fn whatever_happens_nothing_acknowledged_is_lost_and_everybody_sees_the_same() {
    let half = |odd: u64| {
        std::thread::spawn(move || {
            for seed in (0..SEEDS).filter(|seed| seed % 2 == odd) {
                if let Err(broken) = sim::run(seed) {
                    panic!("seed {seed} breaks invariant {}: {}", broken.invariant, broken.what);
                }
            }
        })
    };
    let halves = [half(0), half(1)];
    halves.into_iter().for_each(|half| half.join().expect("every seed holds"));
}

#[test]
fn the_same_seed_gives_the_same_trace() {
    for seed in [3, 11, 42] {
        assert_eq!(sim::run(seed), sim::run(seed), "seed {seed}");
    }
}

#[test]
fn the_slice_contains_what_it_is_about() {
    let traces: Vec<_> = (0..20).filter_map(|seed| sim::run(seed).ok()).collect();
    let count = |of: fn(&sim::Trace) -> usize| traces.iter().map(of).sum::<usize>();
    assert!(count(|t| t.notes) > 100 && count(|t| t.edits) > 100, "people write");
    assert!(count(|t| t.photos) > 20, "and take photographs");
    assert!(count(|t| t.crashes) > 20 && count(|t| t.moves) > 10 && count(|t| t.restores) > 3, "and things go wrong");
    assert!(count(|t| t.stops) > 10 && count(|t| t.erasures) > 10, "and computers are lost and children erased");
    assert!(count(|t| t.claims) > 10, "and stations take over what came too late");
}
