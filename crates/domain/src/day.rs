//! Civil dates. China keeps one zone, UTC+8, without daylight saving: no zone database here.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::moment::Timestamp;

/// A calendar day (公历), without a zone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "string"))]
pub struct Day(Date);

/// Text or numbers that are no day of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a calendar day (YYYY-MM-DD)")]
pub struct BadDay;

const UTC8_MS: i64 = 8 * 3600 * 1000;
const DAY_MS: i64 = 24 * 3600 * 1000;
/// More than from one end of jiff's calendar to the other.
const CALENDAR_DAYS: i32 = 7_304_484;

impl Day {
    /// From year, month, day.
    pub fn new(year: i16, month: i8, day: i8) -> Result<Self, BadDay> {
        Date::new(year, month, day).map(Self).map_err(|_| BadDay)
    }
    /// The day on the wall in China at `at`; clamps at the ends of the calendar.
    pub fn of(at: Timestamp) -> Self {
        let days = at.0.saturating_add(UTC8_MS).div_euclid(DAY_MS);
        Self::EPOCH.plus(days.clamp(i32::MIN.into(), i32::MAX.into()) as i32)
    }
    /// 1970-01-01.
    pub const EPOCH: Self = Self(Date::constant(1970, 1, 1));
    /// Days since 1970-01-01.
    pub fn number(self) -> i32 {
        self.since(Self::EPOCH)
    }
    /// Midnight in China at the start of this day.
    pub fn start(self) -> Timestamp {
        Timestamp(i64::from(self.number()) * DAY_MS - UTC8_MS)
    }
    /// `days` later; clamps at the ends of the calendar.
    pub fn plus(self, days: i32) -> Self {
        // jiff panics where a longer span is made
        let days = days.clamp(-CALENDAR_DAYS, CALENDAR_DAYS);
        Self(self.0.saturating_add(jiff::Span::new().days(days)))
    }
    /// Days from `earlier` to this day.
    pub fn since(self, earlier: Self) -> i32 {
        self.0.since(earlier.0).map_or(0, |span| span.get_days())
    }
    /// Year, month and day.
    pub fn ymd(self) -> (i16, i8, i8) {
        (self.0.year(), self.0.month(), self.0.day())
    }
    /// The first day of its month.
    pub fn first_of_month(self) -> Self {
        Self(self.0.first_of_month())
    }
    /// Full years lived on `on` by someone born this day (周岁). Born on 29 February, one turns
    /// a year older on 1 March of a common year (handbook §5.1).
    pub fn age_on(self, on: Self) -> i32 {
        let (by, bm, bd) = self.ymd();
        let (y, m, d) = on.ymd();
        i32::from(y) - i32::from(by) - i32::from((m, d) < (bm, bd))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (y, m, d) = self.ymd();
        write!(f, "{y:04}-{m:02}-{d:02}")
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Day {
    type Err = BadDay;
    fn from_str(text: &str) -> Result<Self, BadDay> {
        let mut parts = text.split('-');
        let mut part =
            |len: usize| parts.next().filter(|p| p.len() == len && p.bytes().all(|b| b.is_ascii_digit())).ok_or(BadDay);
        let (y, m, d) = (part(4)?, part(2)?, part(2)?);
        if parts.next().is_some() {
            return Err(BadDay);
        }
        let number = |s: &str| s.parse::<i16>().map_err(|_| BadDay);
        Self::new(number(y)?, number(m)? as i8, number(d)? as i8)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(D::Error::custom)
    }
}

impl<C> minicbor::Encode<C> for Day {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.i32(self.number())?;
        Ok(())
    }
}

impl<'b, C> minicbor::Decode<'b, C> for Day {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        Ok(Self::EPOCH.plus(d.i32()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().expect("a day")
    }

    #[test]
    fn ages_are_full_years_and_leap_children_turn_on_the_first_of_march() {
        let leap = day("2016-02-29");
        assert_eq!(leap.age_on(day("2034-02-28")), 17);
        assert_eq!(leap.age_on(day("2034-03-01")), 18);
        assert_eq!(day("2008-05-20").age_on(day("2026-05-20")), 18);
    }

    #[test]
    fn a_day_begins_at_midnight_in_china() {
        let d = day("2026-11-23");
        assert_eq!(Day::of(d.start()), d);
        assert_eq!(Day::of(Timestamp(d.start().0 - 1)), d.plus(-1));
        assert_eq!(d.plus(40).since(d), 40);
    }

    proptest::proptest! {
        /// Rows, envelopes and changes carry days and times that anybody may have written.
        #[test]
        fn no_number_and_no_time_is_too_far_away(days in proptest::num::i32::ANY, ms in proptest::num::i64::ANY) {
            for day in [Day::EPOCH.plus(days), Day::of(Timestamp(ms)), Day::of(Timestamp(ms)).plus(days)] {
                let bytes = minicbor::to_vec(day).expect("encodes");
                proptest::prop_assert_eq!(minicbor::decode::<Day>(&bytes).ok(), Some(day));
                proptest::prop_assert!(!day.to_string().is_empty() && day.age_on(Day::EPOCH).abs() < 20_000);
            }
            let bytes = minicbor::to_vec(days).expect("encodes");
            proptest::prop_assert!(minicbor::decode::<Day>(&bytes).is_ok());
        }
    }

    #[test]
    fn the_ends_of_time_are_days_too() {
        for ms in [i64::MIN, i64::MIN / 2, -1_000_000_000_000_000, 1_000_000_000_000_000, i64::MAX / 2, i64::MAX] {
            let day = Day::of(Timestamp(ms));
            assert_eq!((day.since(Day::EPOCH) > 0, day.plus(0)), (ms > 0, day), "{ms}");
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for bad in ["2026-02-30", "2026-13-01", "26-01-01", "2026-1-1", "", "2026-01-01-"] {
            assert_eq!(bad.parse::<Day>(), Err(BadDay), "{bad}");
        }
    }
}
