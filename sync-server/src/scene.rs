//! A small district for this room's tests. It must not be used outside tests.

use domain::area::Area;
use domain::moment::{Chance, Moment, Timestamp};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

use crate::secret::{Founding, Secret};

/// Seeded chance.
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }
    pub(crate) fn moment(&mut self, second: i64) -> Moment<'_> {
        Moment::new(Timestamp(1_760_000_000_000).plus_s(second), self)
    }
}

impl Chance for Dice {
    fn fill(&mut self, buffer: &mut [u8]) {
        self.0.fill_bytes(buffer);
    }
}

/// Keys of a new district.
pub(crate) fn secret(m: &mut Moment) -> Secret {
    let area = Area::new(990_102_000_000).expect("an area");
    Secret::found(m, Founding { name: "测试区", area, host: "localhost", ca: b"ca", tls: Vec::new() }).0
}
