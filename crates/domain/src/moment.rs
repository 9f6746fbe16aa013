//! The only way time and chance get into the pure rooms.

use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Debug,
    Default,
    Serialize,
    Deserialize,
    minicbor::Encode,
    minicbor::Decode,
)]
#[serde(transparent)]
#[cbor(transparent)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "number"))]
pub struct Timestamp(#[n(0)] pub i64);

impl Timestamp {
    /// This instant `seconds` later (earlier when negative).
    pub const fn plus_s(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1000)))
    }
    /// Seconds from `earlier` to this instant.
    pub const fn since_s(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0) / 1000
    }
}

/// A source of random bytes, given by the edge (the OS) or by a seeded test.
pub trait Chance {
    /// Fills the buffer.
    fn fill(&mut self, buffer: &mut [u8]);
}

/// Now, and a source of chance: what every act needs and no pure room may fetch.
pub struct Moment<'a> {
    /// The device's clock.
    pub now: Timestamp,
    /// Random bytes.
    pub chance: &'a mut dyn Chance,
}

impl<'a> Moment<'a> {
    /// Joins a time and a source of chance.
    pub fn new(now: Timestamp, chance: &'a mut dyn Chance) -> Self {
        Self { now, chance }
    }
    /// `N` random bytes.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut out = [0; N];
        self.chance.fill(&mut out);
        out
    }
    /// A fresh UUIDv7 (RFC 9562 §5.7) at this moment; wrap it in the id newtype wanted.
    pub fn uuid(&mut self) -> [u8; 16] {
        let mut id: [u8; 16] = self.bytes();
        let ms = self.now.0.max(0).to_be_bytes();
        id[..6].copy_from_slice(&ms[2..]);
        id[6] = 0x70 | id[6] & 0x0f;
        id[8] = 0x80 | id[8] & 0x3f;
        id
    }
}
