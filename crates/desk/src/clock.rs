//! Time and randomness of the operating system: the only place of a desk that asks for them.

use std::time::{SystemTime, UNIX_EPOCH};

use domain::moment::{Chance, Timestamp};

/// The operating system's random numbers.
#[derive(Clone, Copy, Default, Debug)]
pub struct OsChance;

impl Chance for OsChance {
    fn fill(&mut self, buffer: &mut [u8]) {
        getrandom::fill(buffer).expect("an operating system without random numbers cannot keep anything secret");
    }
}

/// Now, by this computer's clock.
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
