//! Dates as people write them, with the precision they know (handbook §5.6). Two-digit years and
//! the lunar calendar are never guessed.

use std::fmt;

use crate::check::{is_dash, plain};
use crate::day::Day;
use crate::words::Words;

/// A date of which only the year, or the year and month, may be known.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct PartialDay {
    /// Year.
    pub year: i16,
    /// Month, where known.
    pub month: Option<i8>,
    /// Day of the month, where known.
    pub day: Option<i8>,
}

/// Why the text is no date.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum DayProblem {
    /// Nothing there.
    #[error("empty")]
    Empty,
    /// A date of the lunar calendar.
    #[error("lunar calendar")]
    Lunar,
    /// A year of two digits, or none: `12.5.3`, `0506`, `5月6日`.
    #[error("year of two digits, or none")]
    ShortYear,
    /// 30 February, month 13, or a year outside 1900–2100.
    #[error("no day of the calendar")]
    NoSuchDay,
    /// Anything else.
    #[error("not a date")]
    Unreadable,
}

impl DayProblem {
    /// What to do.
    pub fn words(self) -> Words {
        Words::from(match self {
            Self::Empty => ("请填写日期", "Please fill in the day"),
            Self::Lunar => ("请换算成公历日期再填写", "Please give the day by the solar calendar"),
            Self::ShortYear => {
                ("请写上是哪一年，年份写四位，例如2014-05-06", "Say which year, with four digits, such as 2014-05-06")
            }
            Self::NoSuchDay => ("没有这一天，请核对", "There is no such day; please check"),
            Self::Unreadable => (
                "看不懂这个日期，请按2024-05-06的样子填写",
                "This is not a day that can be read; write it like 2024-05-06",
            ),
        })
    }
    /// What to do, in Chinese.
    pub fn text(self) -> String {
        self.words().text
    }
}

impl PartialDay {
    /// The day, if all of it is known.
    pub fn full(self) -> Option<Day> {
        Day::new(self.year, self.month?, self.day?).ok()
    }
    /// The first day it may mean.
    pub fn earliest(self) -> Day {
        Day::new(self.year, self.month.unwrap_or(1), self.day.unwrap_or(1)).unwrap_or(Day::EPOCH)
    }
    /// The last day it may mean.
    pub fn latest(self) -> Day {
        let month = self.month.unwrap_or(12);
        let last = || (28..=31).rev().find_map(|d| Day::new(self.year, month, d).ok());
        self.full().or_else(last).unwrap_or(Day::EPOCH)
    }
    fn new(year: i16, month: Option<i8>, day: Option<i8>) -> Result<Self, DayProblem> {
        let known = Day::new(year, month.unwrap_or(1), day.unwrap_or(1));
        if !(1900..=2100).contains(&year) || known.is_err() {
            return Err(DayProblem::NoSuchDay);
        }
        Ok(Self { year, month, day })
    }
}

impl From<Day> for PartialDay {
    fn from(day: Day) -> Self {
        let (year, month, day) = day.ymd();
        Self { year, month: Some(month), day: Some(day) }
    }
}

/// The stored form: `2024`, `2024-05`, `2024-05-06`.
impl fmt::Display for PartialDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.month, self.day) {
            (Some(m), Some(d)) => write!(f, "{:04}-{m:02}-{d:02}", self.year),
            (Some(m), None) => write!(f, "{:04}-{m:02}", self.year),
            (None, _) => write!(f, "{:04}", self.year),
        }
    }
}

/// The stored form of whatever is written; what is no date stays as it is.
pub fn normal(text: &str) -> String {
    read(text).map_or_else(|_| plain(text), |day| day.to_string())
}

/// Which day is meant where nobody writes the year. Only for days of the work at hand: of a day long ago
/// nobody may guess the year.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Near {
    /// The latest such day up to today: a visit that was made.
    Past,
    /// The first such day from today on: a plan.
    Coming,
}

/// Reads a day near today: as [`read`], and `0506`, `5.6`, `5月6日`, 今天, 昨天, 明天 too.
pub fn read_near(text: &str, today: Day, near: Near) -> Result<Day, DayProblem> {
    let said = plain(text);
    let words = [
        ("大前天", -3),
        ("前天", -2),
        ("昨天", -1),
        ("昨日", -1),
        ("今天", 0),
        ("今日", 0),
        ("明天", 1),
        ("明日", 1),
        ("后天", 2),
        ("大后天", 3),
    ];
    if let Some((_, days)) = words.iter().find(|(word, _)| said == *word) {
        return Ok(today.plus(*days));
    }
    match read(&said) {
        Ok(day) => day.full().ok_or(DayProblem::Unreadable),
        Err(DayProblem::ShortYear) => {
            let (month, day) = without_year(&said).ok_or(DayProblem::ShortYear)?;
            // Eight years hold a 29 February.
            let years = (0..=8).map(|n| if near == Near::Past { today.ymd().0 - n } else { today.ymd().0 + n });
            let mut days = years.filter_map(|year| Day::new(year, month, day).ok());
            let fits = |day: &Day| if near == Near::Past { *day <= today } else { *day >= today };
            days.find(fits).ok_or(DayProblem::NoSuchDay)
        }
        Err(problem) => Err(problem),
    }
}

/// Month and day of a date without its year.
fn without_year(text: &str) -> Option<(i8, i8)> {
    let text = split(text);
    let parts: Vec<&str> = text.split('-').map(str::trim).filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [whole] if whole.len() == 4 => Some((number(whole.get(..2)?).ok()?, number(whole.get(2..)?).ok()?)),
        [month, day] => Some((number(month).ok()?, number(without_time(day)).ok()?)),
        _ => None,
    }
}

/// The text with one sign between the parts of a date.
fn split(text: &str) -> String {
    let text: String = plain(text).chars().map(|c| if is_dash(c) { '-' } else { c }).collect();
    text.replace(['年', '月', '.', '/', '、', '\\', '。'], "-").replace(['日', '号'], " ")
}

/// Reads the stored form only.
pub fn stored(text: &str) -> Option<PartialDay> {
    read(text).ok().filter(|day| day.to_string() == text)
}

/// Reads a date in any of the styles of handbook §5.6: `2024-05-06`, `20240506`, `2024.5.6`,
/// `2024/5/6`, `2024年5月6日`, `2024年5月` and the serial number of a spreadsheet; a time of day
/// behind it is dropped.
pub fn read(text: &str) -> Result<PartialDay, DayProblem> {
    let text = split(text);
    let text = text.trim_start_matches('\'');
    if text.contains(['农', '阴', '闰', '初', '腊']) {
        return Err(DayProblem::Lunar);
    }
    let parts: Vec<&str> = text.split('-').map(str::trim).filter(|p| !p.is_empty()).collect();
    match parts.as_slice() {
        [] => Err(DayProblem::Empty),
        [whole] => unbroken(without_time(whole)),
        [year, month] => PartialDay::new(full_year(year)?, Some(number(without_time(month))?), None),
        [year, month, day] => PartialDay::new(full_year(year)?, Some(number(month)?), Some(number(without_time(day))?)),
        _ => Err(DayProblem::Unreadable),
    }
}

/// The day of a serial number of the 1900 date system, which believes in 29 February 1900.
pub fn from_serial(serial: f64) -> Option<Day> {
    let whole = serial.floor();
    if !(1.0..100_000.0).contains(&whole) || whole as i32 == 60 {
        return None;
    }
    let days = whole as i32;
    let zero = Day::new(1899, 12, 30).ok()?;
    Some(zero.plus(if days < 60 { days + 1 } else { days }))
}

fn unbroken(text: &str) -> Result<PartialDay, DayProblem> {
    let part = |range: std::ops::Range<usize>| number(text.get(range).ok_or(DayProblem::Unreadable)?);
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(DayProblem::Unreadable);
    }
    match text.len() {
        8 => PartialDay::new(full_year(&text[..4])?, Some(part(4..6)?), Some(part(6..8)?)),
        6 => PartialDay::new(full_year(&text[..4])?, Some(part(4..6)?), None),
        5 => {
            let serial = text.parse::<f64>().ok().filter(|n| *n >= 10_000.0).and_then(from_serial);
            serial.map(PartialDay::from).ok_or(DayProblem::Unreadable)
        }
        4 => PartialDay::new(full_year(text)?, None, None).map_err(|problem| {
            let month_and_day =
                part(0..2).is_ok_and(|m| (1..=12).contains(&m)) && part(2..4).is_ok_and(|d| (1..=31).contains(&d));
            if month_and_day { DayProblem::ShortYear } else { problem }
        }),
        2 => Err(DayProblem::ShortYear),
        _ => Err(DayProblem::Unreadable),
    }
}

fn without_time(text: &str) -> &str {
    text.split([' ', 'T']).next().unwrap_or(text)
}

fn full_year(text: &str) -> Result<i16, DayProblem> {
    match (text.len(), text.parse()) {
        (4, Ok(year)) => Ok(year),
        (1 | 2, Ok(_)) => Err(DayProblem::ShortYear),
        _ => Err(DayProblem::Unreadable),
    }
}

fn number(text: &str) -> Result<i8, DayProblem> {
    let digits = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| digits).ok_or(DayProblem::Unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use crate::words::both;

    #[test]
    fn the_seven_styles_and_partial_dates_read() {
        for (text, stored) in [
            ("2024-05-06", "2024-05-06"),
            ("20240506", "2024-05-06"),
            ("2024.5.6", "2024-05-06"),
            ("2024/5/6", "2024-05-06"),
            ("2024年5月6日", "2024-05-06"),
            ("2024年5月", "2024-05"),
            ("45418", "2024-05-06"),
            ("２０２４．０５．０６", "2024-05-06"),
            ("2024-05-06 00:00:00", "2024-05-06"),
            ("2024 年 5 月 6 日", "2024-05-06"),
            ("2024.5", "2024-05"),
            ("202405", "2024-05"),
            ("2024年", "2024"),
            ("2024", "2024"),
            ("'2012.5.3", "2012-05-03"),
        ] {
            assert_eq!(read(text).map(|d| d.to_string()).as_deref(), Ok(stored), "{text}");
        }
    }

    #[test]
    fn what_is_not_sure_is_not_guessed() {
        for (text, problem) in [
            ("", DayProblem::Empty),
            ("12.5.3", DayProblem::ShortYear),
            ("2024-02-30", DayProblem::NoSuchDay),
            ("20241301", DayProblem::NoSuchDay),
            ("1024-01-01", DayProblem::NoSuchDay),
            ("农历2012年五月初三", DayProblem::Lunar),
            ("0506", DayProblem::ShortYear),
            ("１２０５", DayProblem::ShortYear),
            ("5.6", DayProblem::ShortYear),
            ("5月6日", DayProblem::ShortYear),
            ("0000", DayProblem::NoSuchDay),
            ("去年", DayProblem::Unreadable),
            ("2024-5-6-7", DayProblem::Unreadable),
            ("123", DayProblem::Unreadable),
            ("2024-005-06", DayProblem::Unreadable),
        ] {
            assert_eq!(read(text), Err(problem), "{text}");
            assert!(both(&problem.words()));
        }
    }

    #[test]
    fn a_day_of_the_work_at_hand_needs_no_year() {
        let today = Day::new(2026, 11, 23).expect("a day");
        let near = |text: &str, near| read_near(text, today, near).map(|day| day.to_string());
        for (text, past, coming) in [
            ("0506", "2026-05-06", "2027-05-06"),
            ("１２０５", "2025-12-05", "2026-12-05"),
            ("5.6", "2026-05-06", "2027-05-06"),
            ("11月23日", "2026-11-23", "2026-11-23"),
            ("0229", "2024-02-29", "2028-02-29"),
            ("昨天", "2026-11-22", "2026-11-22"),
            ("2024-05-06", "2024-05-06", "2024-05-06"),
        ] {
            assert_eq!(near(text, Near::Past).as_deref(), Ok(past), "{text}");
            assert_eq!(near(text, Near::Coming).as_deref(), Ok(coming), "{text}");
        }
        for (text, problem) in [
            ("", DayProblem::Empty),
            ("0230", DayProblem::NoSuchDay),
            ("1305", DayProblem::NoSuchDay),
            ("2026-05", DayProblem::Unreadable),
            ("12.5.3", DayProblem::ShortYear),
        ] {
            assert_eq!(near(text, Near::Past), Err(problem), "{text}");
        }
    }

    #[test]
    fn serial_numbers_know_the_spreadsheets_false_leap_day() {
        let day = |n| from_serial(n).map(|d| d.to_string());
        assert_eq!(day(1.0).as_deref(), Some("1900-01-01"));
        assert_eq!(day(59.0).as_deref(), Some("1900-02-28"));
        assert_eq!(day(60.0), None);
        assert_eq!(day(61.0).as_deref(), Some("1900-03-01"));
        assert_eq!(day(45418.75).as_deref(), Some("2024-05-06"));
        assert_eq!(day(f64::NAN), None);
    }

    #[test]
    fn a_partial_date_spans_its_days() {
        let month = read("2024年2月").expect("a month");
        assert_eq!(
            (month.earliest().to_string(), month.latest().to_string()),
            ("2024-02-01".into(), "2024-02-29".into())
        );
        assert_eq!(read("2023").expect("a year").latest().to_string(), "2023-12-31");
        assert_eq!(stored("2024-5-6"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_answered_and_its_normal_form_stays(text in "\\PC{0,30}|[0-9 .年月日/-]{0,12}", n in 0i32..30_000) {
            let once = normal(&text);
            prop_assert_eq!(normal(&once), once);
            let _ = read_near(&text, Day::EPOCH.plus(n), Near::Past);
        }

        #[test]
        fn a_date_written_in_two_ways_is_one(n in -25_000i32..47_000) {
            let day = Day::EPOCH.plus(n);
            let (y, m, d) = day.ymd();
            for text in [format!("{y}{m:02}{d:02}"), format!("{y}.{m}.{d}"), format!("{y}/{m}/{d}"), format!("{y}年{m}月{d}日"), format!("{y} － {m} － {d}")] {
                prop_assert_eq!(normal(&text), day.to_string(), "{}", text);
            }
        }

        #[test]
        fn stored_dates_read_back(n in -25_000i32..47_000) {
            let day = Day::EPOCH.plus(n);
            prop_assert_eq!(stored(&day.to_string()).and_then(PartialDay::full), Some(day));
        }
    }
}
