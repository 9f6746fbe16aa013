//! When to talk to the district next: soon after a change, now and then, later after a failure.
//! It keeps no clock and sends nothing; the shell asks [`Courier::wake_at`] and tells what became of it.

use domain::fault::Code;
use domain::moment::{Moment, Timestamp};

/// What went wrong on the way, as far as a person must tell it apart.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum NetFault {
    /// No connection, no name, or it broke off.
    Offline,
    /// Connected, but too slow.
    Timeout,
    /// A captive portal or proxy answered.
    Portal,
    /// The certificate is not from the district's CA.
    ForeignCertificate,
    /// Answered, but not as this protocol does.
    BadAnswer,
    /// The server knows no such device (uniform 404).
    Unknown,
    /// The server asks to come back later.
    Busy,
}

impl NetFault {
    /// What the screen says.
    pub const fn code(self) -> Code {
        match self {
            Self::Offline | Self::Timeout | Self::Busy => Code::Offline,
            Self::Portal => Code::Portal,
            Self::ForeignCertificate => Code::ForeignCertificate,
            Self::BadAnswer | Self::Unknown => Code::BadAnswer,
        }
    }
    /// First and longest pause before the next try.
    const fn pauses_s(self) -> (i64, i64) {
        match self {
            // May pass within seconds, and then whoever has walked into a network waits for nothing.
            Self::Offline | Self::Timeout => (RETRY_S, AWAY_S),
            Self::Busy => (RETRY_S, PERIOD_S),
            Self::Portal | Self::ForeignCertificate | Self::BadAnswer | Self::Unknown => (STUCK_S, PERIOD_S),
        }
    }
}

/// Seconds between exchanges when nothing happens.
const PERIOD_S: i64 = 15 * 60;
/// Seconds from the first change to the exchange, so that a sitting's changes travel together.
const SETTLE_S: i64 = 20;
/// Seconds to the first new try after a failure that may pass; doubles.
const RETRY_S: i64 = 5;
/// Longest pause while there is no line.
const AWAY_S: i64 = 5 * 60;
/// Seconds to the first new try after a failure that will not pass by itself.
const STUCK_S: i64 = 5 * 60;
/// Exchanges in a row without a pause; a server that always says "more" is not believed for ever.
const ROUNDS_MAX: u32 = 1000;

/// The state machine.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Courier {
    wake: Option<Timestamp>,
    failures: u32,
    rounds: u32,
    last: Option<NetFault>,
    changed_meanwhile: bool,
    asked_meanwhile: bool,
}

impl Courier {
    /// Just opened: an exchange is due at once.
    pub const fn new(now: Timestamp) -> Self {
        Self { wake: Some(now), failures: 0, rounds: 0, last: None, changed_meanwhile: false, asked_meanwhile: false }
    }

    /// When the next exchange is due; `None` while one is under way.
    pub const fn wake_at(&self) -> Option<Timestamp> {
        self.wake
    }

    /// Whether an exchange is due.
    pub fn due(&self, now: Timestamp) -> bool {
        self.wake.is_some_and(|wake| wake <= now)
    }

    /// The last failure, until an exchange succeeds.
    pub const fn trouble(&self) -> Option<NetFault> {
        self.last
    }

    /// Something was saved that the district does not have yet.
    pub fn changed(&mut self, now: Timestamp) {
        match self.wake {
            None => self.changed_meanwhile = true,
            // A run of failures keeps its own rhythm: a new change does not make the line better.
            Some(_) if self.failures > 0 => {}
            Some(wake) => self.wake = Some(wake.min(now.plus_s(SETTLE_S))),
        }
    }

    /// A person asked for it, or the line came back: due at once.
    pub fn ask_now(&mut self, now: Timestamp) {
        match self.wake {
            Some(_) => self.wake = Some(now),
            None => self.asked_meanwhile = true,
        }
    }

    /// An exchange is under way.
    pub const fn started(&mut self) {
        self.wake = None;
        (self.changed_meanwhile, self.asked_meanwhile) = (false, false);
    }

    /// The exchange went through; `more`: the next one is due at once.
    pub fn finished(&mut self, moment: &mut Moment, more: bool) {
        (self.failures, self.last) = (0, None);
        self.rounds = if more { self.rounds.saturating_add(1) } else { 0 };
        let pause = if more && self.rounds < ROUNDS_MAX {
            0
        } else if self.changed_meanwhile {
            SETTLE_S
        } else {
            spread(moment, PERIOD_S)
        };
        self.wake = Some(moment.now.plus_s(pause));
    }

    /// The exchange failed. Nothing is lost; the pause grows, and never beyond the usual period.
    pub fn failed(&mut self, moment: &mut Moment, fault: NetFault) {
        // It may have been the try over the line that is no more.
        self.failures = if self.asked_meanwhile { 0 } else { self.failures };
        let (first, longest) = fault.pauses_s();
        let pause = first.saturating_mul(1 << self.failures.min(16)).min(longest);
        self.failures = self.failures.saturating_add(1);
        (self.last, self.rounds) = (Some(fault), 0);
        self.wake = Some(moment.now.plus_s(spread(moment, pause)));
    }
}

/// Between 3/4 and 5/4 of the seconds, so that a street's desks do not all come at once.
fn spread(moment: &mut Moment, seconds: i64) -> i64 {
    let [byte] = moment.bytes::<1>();
    let quarter = seconds / 4;
    seconds - quarter + 2 * quarter * i64::from(byte) / 255
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::{NOW, Seeded};

    fn pause(courier: &Courier, now: Timestamp) -> i64 {
        courier.wake_at().expect("idle").since_s(now)
    }

    #[test]
    fn a_days_rhythm() {
        let mut chance = Seeded(1);
        let mut m = Moment::new(NOW, &mut chance);
        let mut courier = Courier::new(NOW);
        assert!(courier.due(NOW), "just opened");
        courier.started();
        assert_eq!(courier.wake_at(), None, "one exchange at a time");
        courier.finished(&mut m, true);
        assert!(courier.due(NOW), "more to come");
        courier.started();
        courier.finished(&mut m, false);
        assert!((675..=1125).contains(&pause(&courier, NOW)));
        courier.changed(NOW);
        assert_eq!(pause(&courier, NOW), 20, "a change travels soon");
        courier.changed(NOW.plus_s(15));
        assert_eq!(pause(&courier, NOW), 20, "typing on does not put it off");
        courier.ask_now(NOW);
        assert!(courier.due(NOW));
        courier.started();
        courier.changed(NOW);
        courier.finished(&mut m, false);
        assert_eq!(pause(&courier, NOW), 20, "what was saved during the exchange goes next");
    }

    #[test]
    fn failures_come_slower_and_slower_but_never_stop() {
        let mut chance = Seeded(2);
        let mut m = Moment::new(NOW, &mut chance);
        let mut courier = Courier::new(NOW);
        let mut pauses = vec![];
        for _ in 0..40 {
            courier.started();
            courier.failed(&mut m, NetFault::Offline);
            pauses.push(pause(&courier, NOW));
        }
        assert!((3..=7).contains(&pauses[0]), "{pauses:?}");
        assert!(pauses[20..].iter().all(|p| (225..=375).contains(p)), "a line that is back is found: {pauses:?}");
        courier.changed(NOW);
        assert!(pause(&courier, NOW) >= 225, "a change does not make the line better");
        assert_eq!(courier.trouble(), Some(NetFault::Offline));
        courier.ask_now(NOW);
        courier.started();
        courier.finished(&mut m, false);
        assert_eq!(courier.trouble(), None);
        courier.started();
        courier.failed(&mut m, NetFault::Portal);
        assert!(pause(&courier, NOW) >= 225, "a portal does not go away by asking");
        for _ in 0..20 {
            courier.started();
            courier.failed(&mut m, NetFault::Busy);
        }
        assert!(pause(&courier, NOW) >= 675, "a district with too much to do is left alone");
        courier.started();
        courier.ask_now(NOW);
        courier.failed(&mut m, NetFault::Timeout);
        assert!(pause(&courier, NOW) <= 7, "the line came back while a try hung on the old one");
    }

    #[test]
    fn a_server_that_always_says_more_is_given_a_pause() {
        let mut chance = Seeded(3);
        let mut m = Moment::new(NOW, &mut chance);
        let mut courier = Courier::new(NOW);
        for _ in 0..ROUNDS_MAX {
            courier.started();
            courier.finished(&mut m, true);
        }
        assert!(!courier.due(NOW));
    }

    #[test]
    fn every_failure_has_its_sentence() {
        assert_eq!(NetFault::Portal.code(), Code::Portal);
        assert_eq!(NetFault::ForeignCertificate.code(), Code::ForeignCertificate);
        assert_eq!(NetFault::Unknown.code(), Code::BadAnswer);
        assert_eq!(NetFault::Timeout.code(), Code::Offline);
    }
}
