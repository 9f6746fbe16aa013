//! Seeded chance for tests, synthetic people and the simulator: the same seed, the same bytes.
//! It must never be used where a secret is made.

use domain::moment::Chance;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

/// A stream of chance that a seed fixes for ever (ChaCha8).
#[derive(Clone, Debug)]
pub struct Seeded(ChaCha8Rng);

impl Seeded {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A stream of its own for one purpose: drawing more in one place changes nothing elsewhere.
    pub fn named(seed: u64, purpose: &str) -> Self {
        let fnv = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        let mixed = seed.to_be_bytes().iter().chain(purpose.as_bytes()).fold(0xcbf2_9ce4_8422_2325, fnv);
        Self::new(mixed)
    }

    /// Any number.
    pub fn number(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number below `n`; 0 when `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        let wide = u128::from(self.number()) * n as u128;
        (wide >> 64) as usize
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below(usize::try_from(high - low + 1).unwrap_or(0)) as i64
    }

    /// A number in `[0, 1)`.
    pub fn share(&mut self) -> f64 {
        (self.number() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// True in `p` of all cases.
    pub fn hits(&mut self, p: f64) -> bool {
        self.share() < p
    }

    /// One of several.
    pub fn pick<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }

    /// One of several, by weight.
    pub fn weighted<T: Copy>(&mut self, of: &[(T, f64)]) -> T {
        let total: f64 = of.iter().map(|(_, weight)| weight).sum();
        let mut at = self.share() * total;
        for (what, weight) in of {
            at -= weight;
            if at < 0.0 {
                return *what;
            }
        }
        of[of.len() - 1].0
    }

    /// Normally distributed, by twelve draws: portable to the last bit, unlike logarithms.
    pub fn normal(&mut self, mean: f64, deviation: f64) -> f64 {
        let sum: f64 = (0..12).map(|_| self.share()).sum();
        mean + (sum - 6.0) * deviation
    }

    /// Another order of the same things.
    pub fn shuffle<T>(&mut self, of: &mut [T]) {
        for last in (1..of.len()).rev() {
            of.swap(last, self.below(last + 1));
        }
    }
}

impl Chance for Seeded {
    fn fill(&mut self, buffer: &mut [u8]) {
        self.0.fill_bytes(buffer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_stream_and_another_purpose_another() {
        let draw = |mut s: Seeded| (0..8).map(|_| s.number()).collect::<Vec<_>>();
        assert_eq!(draw(Seeded::new(7)), draw(Seeded::new(7)));
        assert_ne!(draw(Seeded::named(7, "names")), draw(Seeded::named(7, "places")));
    }

    #[test]
    fn draws_stay_in_their_bounds_and_reach_them() {
        let mut s = Seeded::new(1);
        let seen: std::collections::BTreeSet<i64> = (0..200).map(|_| s.between(-2, 2)).collect();
        assert_eq!(seen, (-2..=2).collect());
        let mean = (0..2000).map(|_| s.normal(10.0, 3.0)).sum::<f64>() / 2000.0;
        assert!((mean - 10.0).abs() < 0.5, "{mean}");
    }
}
