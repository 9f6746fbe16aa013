//! Times of day as people write them: `14:30`, `1430`, `9`, `下午3点半`. A time that could be two is asked
//! for again, never guessed.

use std::fmt;

use crate::check::plain;
use crate::words::Words;

/// A time of day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Clock {
    /// 0–23.
    pub hour: u8,
    /// 0–59.
    pub minute: u8,
}

/// The stored form: `14:30`.
impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.hour, self.minute)
    }
}

/// Why the text is no time of day.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ClockProblem {
    /// Nothing there.
    #[error("empty")]
    Empty,
    /// Minutes of one digit: `3:5` may be 3:05 or 3:50.
    #[error("minutes of one digit")]
    ShortMinute,
    /// 25:00, 9:75, 上午3点 in the afternoon.
    #[error("no such time")]
    NoSuchTime,
    /// Anything else.
    #[error("not a time")]
    Unreadable,
}

impl ClockProblem {
    /// What to do.
    pub fn words(self) -> Words {
        Words::from(match self {
            Self::Empty => ("请填写几点，例如14:30", "Please fill in the time, such as 14:30"),
            Self::ShortMinute => {
                ("分钟请写两位，例如3:05或3:50", "Write the minutes with two digits, such as 3:05 or 3:50")
            }
            Self::NoSuchTime => ("没有这个时间，请核对", "There is no such time; please check"),
            Self::Unreadable => {
                ("看不懂这个时间，请按14:30的样子填写", "This is not a time that can be read; write it like 14:30")
            }
        })
    }
}

/// Words for a part of the day, and the hours they can be said of.
const PARTS: [(&str, Part); 15] = [
    ("凌晨", Part::Night),
    ("清晨", Part::Morning),
    ("清早", Part::Morning),
    ("早晨", Part::Morning),
    ("早上", Part::Morning),
    ("上午", Part::Morning),
    ("中午", Part::Noon),
    ("午后", Part::Afternoon),
    ("下午", Part::Afternoon),
    ("傍晚", Part::Afternoon),
    ("晚上", Part::Evening),
    ("夜里", Part::Evening),
    ("am", Part::Morning),
    ("pm", Part::Afternoon),
    ("晚", Part::Evening),
];

#[derive(Clone, Copy)]
enum Part {
    Night,
    Morning,
    Noon,
    Afternoon,
    Evening,
}

impl Part {
    /// The hour of the day for an hour said with this word.
    const fn hour(self, said: u8) -> Option<u8> {
        match (self, said) {
            (Self::Night, 0..=6) | (Self::Morning, 0..=12) | (Self::Noon, 10..=14) => Some(said),
            (Self::Noon, 1 | 2) | (Self::Afternoon, 1..=11) | (Self::Evening, 4..=11) => Some(said + 12),
            (Self::Afternoon, 12..=23) | (Self::Evening, 16..=23) => Some(said),
            _ => None,
        }
    }
}

/// Reads a time of day.
pub fn read(text: &str) -> Result<Clock, ClockProblem> {
    let text: String = plain(text).to_lowercase().replace("a.m.", "am").replace("p.m.", "pm").replace('两', "二");
    let found = PARTS.iter().find(|(word, _)| text.starts_with(word) || (word.is_ascii() && text.ends_with(word)));
    let (rest, part) = match found {
        Some((word, part)) => (text.replacen(word, "", 1), Some(*part)),
        None => (text, None),
    };
    let (hour, minute) = parts(rest.trim())?;
    // Twelve at night is twelve “am”, and noon twelve “pm”.
    let hour = if found.is_some_and(|(word, _)| *word == "am") && hour == 12 { 0 } else { hour };
    let hour = part.map_or(Some(hour), |part| part.hour(hour)).ok_or(ClockProblem::NoSuchTime)?;
    if hour < 24 && minute < 60 { Ok(Clock { hour, minute }) } else { Err(ClockProblem::NoSuchTime) }
}

/// The stored form of whatever is written; what is no time stays as it is.
pub fn normal(text: &str) -> String {
    read(text).map_or_else(|_| plain(text), |clock| clock.to_string())
}

fn parts(text: &str) -> Result<(u8, u8), ClockProblem> {
    let text = text.replace(['点', '时', '.', '：', ';', '；', ' ', '钟'], ":").replace(['分', '整'], "");
    let pieces: Vec<&str> = text.split(':').map(str::trim).filter(|piece| !piece.is_empty()).collect();
    match pieces.as_slice() {
        [] => Err(ClockProblem::Empty),
        [whole] => unbroken(whole),
        [hour, minute] => Ok((number(hour)?, minutes(minute)?)),
        [hour, minute, second] if minutes(second).is_ok() => Ok((number(hour)?, minutes(minute)?)),
        _ => Err(ClockProblem::Unreadable),
    }
}

/// `9`, `15`, `930`, `1430`.
fn unbroken(text: &str) -> Result<(u8, u8), ClockProblem> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    match text.len() {
        3 | 4 if digits => {
            let (hour, minute) = text.split_at(text.len() - 2);
            Ok((number(hour)?, number(minute)?))
        }
        _ => Ok((number(text)?, 0)),
    }
}

fn minutes(text: &str) -> Result<u8, ClockProblem> {
    match text {
        "半" => Ok(30),
        "一刻" | "1刻" => Ok(15),
        "三刻" | "3刻" => Ok(45),
        text if text.len() == 1 && text.bytes().all(|b| b.is_ascii_digit()) => Err(ClockProblem::ShortMinute),
        text => number(text),
    }
}

/// A number of one or two digits, or below sixty in characters: `十二`, `二十`, `零五`.
fn number(text: &str) -> Result<u8, ClockProblem> {
    if text.bytes().all(|b| b.is_ascii_digit()) && (1..=2).contains(&text.len()) {
        return text.parse().map_err(|_| ClockProblem::Unreadable);
    }
    let worth = |c: char| "〇一二三四五六七八九".chars().position(|d| d == c).and_then(|n| u8::try_from(n).ok());
    let chars: Vec<char> = text.replace('零', "〇").chars().collect();
    let said = match chars.as_slice() {
        ['十'] => Some(10),
        ['十', one] => worth(*one).map(|one| 10 + one),
        [ten, '十'] => worth(*ten).map(|ten| 10 * ten),
        [ten, '十', one] => worth(*ten).zip(worth(*one)).map(|(ten, one)| 10 * ten + one),
        ['〇', one] | [one] => worth(*one),
        _ => None,
    };
    said.ok_or(ClockProblem::Unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use crate::words::both;

    #[test]
    fn times_read_however_people_write_them() {
        for (text, time) in [
            ("１４３０", "14:30"),
            ("9", "09:00"),
            ("15", "15:00"),
            ("下午3点", "15:00"),
            ("下午三点半", "15:30"),
            ("14:30", "14:30"),
            ("14：30", "14:30"),
            ("14.30", "14:30"),
            ("14 30", "14:30"),
            ("14时30分", "14:30"),
            ("9点", "09:00"),
            ("9点05", "09:05"),
            ("九点一刻", "09:15"),
            ("两点二十", "02:20"),
            ("930", "09:30"),
            ("0930", "09:30"),
            ("14:30:00", "14:30"),
            ("上午10点", "10:00"),
            ("晚上8点", "20:00"),
            ("中午12点", "12:00"),
            ("中午1点", "13:00"),
            ("下午15点", "15:00"),
            ("3:20 PM", "15:20"),
            ("9:30 a.m.", "09:30"),
            ("十二点整", "12:00"),
        ] {
            assert_eq!(read(text).map(|t| t.to_string()).as_deref(), Ok(time), "{text}");
        }
    }

    #[test]
    fn what_is_not_sure_is_not_guessed() {
        for (text, problem) in [
            ("", ClockProblem::Empty),
            ("　", ClockProblem::Empty),
            ("3:5", ClockProblem::ShortMinute),
            ("25", ClockProblem::NoSuchTime),
            ("9:75", ClockProblem::NoSuchTime),
            ("1260", ClockProblem::NoSuchTime),
            ("上午15点", ClockProblem::NoSuchTime),
            ("晚上12点", ClockProblem::NoSuchTime),
            ("刚才", ClockProblem::Unreadable),
            ("20261123", ClockProblem::Unreadable),
            ("9:30:15:10", ClockProblem::Unreadable),
            ("9-10", ClockProblem::Unreadable),
            ("9点-10点", ClockProblem::Unreadable),
            ("上午9点-11点", ClockProblem::Unreadable),
        ] {
            assert_eq!(read(text), Err(problem), "{text}");
            assert!(both(&problem.words()));
        }
    }

    proptest! {
        #[test]
        fn any_text_is_answered_and_its_normal_form_stays(text in "\\PC{0,12}|[0-9:点上下午半 ]{0,8}") {
            let once = normal(&text);
            prop_assert_eq!(normal(&once), once);
        }

        #[test]
        fn a_time_written_in_two_ways_is_one(hour in 0u8..24, minute in 0u8..60, sign in "[:：点时. ]") {
            let clock = Clock { hour, minute };
            for text in [
                clock.to_string(),
                format!("{hour}{sign}{minute:02}"),
                format!("{hour:02}{minute:02}"),
                format!("{hour}点{minute:02}分"),
            ] {
                prop_assert_eq!(read(&text), Ok(clock), "{}", text);
            }
        }
    }
}
