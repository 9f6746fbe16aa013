//! The operating system's clock and chance: the only place the server reads either.

use domain::moment::{Chance, Moment, Timestamp};

/// Time and chance for a server.
pub trait Clock: Send + 'static {
    /// Now.
    fn now(&mut self) -> Timestamp;
    /// Chance.
    fn chance(&mut self) -> &mut dyn Chance;
    /// Both.
    fn moment(&mut self) -> Moment<'_> {
        let now = self.now();
        Moment::new(now, self.chance())
    }
}

/// The operating system's.
#[derive(Clone, Copy, Debug, Default)]
pub struct Os;

impl Chance for Os {
    fn fill(&mut self, buffer: &mut [u8]) {
        getrandom::fill(buffer).expect("an operating system without random bytes cannot run a server");
    }
}

impl Clock for Os {
    fn now(&mut self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Timestamp(since.map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX)))
    }
    fn chance(&mut self) -> &mut dyn Chance {
        self
    }
}
