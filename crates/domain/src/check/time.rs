//! Times as they are stored: RFC 3339 with a zone. Written in the zone of China.

use crate::check::clock::Clock;
use crate::check::plain;
use crate::day::Day;
use crate::moment::Timestamp;

/// Text that is no RFC 3339 time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not a time (YYYY-MM-DDThh:mm:ss+08:00)")]
pub struct BadTime;

const CHINA_S: i64 = 8 * 3600;

/// Reads `YYYY-MM-DDThh:mm[:ss[.fff]]` with `Z` or `±hh:mm`.
pub fn read(text: &str) -> Result<Timestamp, BadTime> {
    let (date, rest) = text.split_once('T').ok_or(BadTime)?;
    let day: Day = date.parse().map_err(|_| BadTime)?;
    let cut = rest.find(['Z', '+', '-']).ok_or(BadTime)?;
    let (clock, zone) = rest.split_at(cut);
    let seconds = match zone.split_at_checked(1).ok_or(BadTime)? {
        ("Z", "") => 0,
        ("+", zone) => clock_s(zone)?,
        ("-", zone) => -clock_s(zone)?,
        _ => return Err(BadTime),
    };
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    if fraction.is_empty() || fraction.len() > 9 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return Err(BadTime);
    }
    let ms: i64 = format!("{fraction:0<3.3}").parse().map_err(|_| BadTime)?;
    let utc_midnight = day.start().plus_s(CHINA_S);
    Ok(Timestamp(utc_midnight.plus_s(clock_s(clock)? - seconds).0 + ms))
}

/// The stored form of a time in whatever zone; what is no time stays as it is.
pub fn normal(text: &str) -> String {
    read(text).map_or_else(|_| plain(text), write)
}

/// The time of a day and a clock in China.
pub fn at(day: Day, clock: Clock) -> Timestamp {
    day.start().plus_s(i64::from(clock.hour) * 3600 + i64::from(clock.minute) * 60)
}

/// Writes `2026-11-23T17:32:00+08:00`.
pub fn write(at: Timestamp) -> String {
    let day = Day::of(at);
    let s = at.since_s(day.start());
    format!("{day}T{:02}:{:02}:{:02}+08:00", s / 3600, s / 60 % 60, s % 60)
}

fn clock_s(text: &str) -> Result<i64, BadTime> {
    let mut total = 0;
    let parts: Vec<&str> = text.split(':').collect();
    if !(2..=3).contains(&parts.len()) {
        return Err(BadTime);
    }
    for (part, (limit, unit)) in parts.iter().zip([(24, 3600), (60, 60), (60, 1)]) {
        let digits = part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
        let n: i64 = part.parse().map_err(|_| BadTime)?;
        if !digits || n >= limit {
            return Err(BadTime);
        }
        total += n * unit;
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn times_read_in_any_zone_and_are_written_in_ours() {
        for text in ["2026-11-23T17:32:00+08:00", "2026-11-23T09:32Z", "2026-11-23T04:32:00.000-05:00"] {
            assert_eq!(read(text).map(write).as_deref(), Ok("2026-11-23T17:32:00+08:00"), "{text}");
        }
        for bad in ["", "2026-11-23", "2026-11-23T25:00Z", "2026-11-23T1:00Z", "2026-11-23T10:00", "2026-11-23T10:00Zx"]
        {
            assert_eq!(read(bad), Err(BadTime), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_answered_and_its_normal_form_stays(text in "\\PC{0,40}|[0-9T:+.Z-]{0,30}") {
            let once = normal(&text);
            prop_assert_eq!(normal(&once), once);
        }

        #[test]
        fn written_times_read_back(s in 0i64..4_000_000_000) {
            prop_assert_eq!(read(&write(Timestamp(s * 1000))), Ok(Timestamp(s * 1000)));
        }
    }
}
