//! The citizen's number, GB 11643-1999: read, checked, never guessed (handbook §5.1).

use crate::check::{is_dash, is_scientific, without};
use crate::day::Day;
use crate::words::Words;

/// A whole number with a right check digit and a birth day of the calendar.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IdNo {
    /// 18 characters, `X` in capitals.
    pub number: String,
    /// Digits 7–14.
    pub birth: Day,
    /// Digit 17 is odd.
    pub male: bool,
}

/// Why the text is no number yet.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum IdNoProblem {
    /// Nothing there.
    #[error("empty")]
    Empty,
    /// A spreadsheet rounded it: the last digits are lost.
    #[error("rounded by a spreadsheet")]
    Rounded,
    /// The old number of 15 digits; the number it became, to be compared with the paper.
    #[error("15 digits")]
    Old(String),
    /// A letter or sign that looks like a digit or like X; what was probably meant.
    #[error("look-alike characters")]
    LookAlike(String),
    /// Not 18 characters.
    #[error("{0} characters instead of 18")]
    Length(usize),
    /// Something other than digits.
    #[error("other characters than digits")]
    Characters,
    /// Digits 7–14 are no day.
    #[error("no birth day")]
    Birth,
    /// Born after today.
    #[error("born in the future")]
    Future,
    /// The check digit should be another.
    #[error("check digit should be {0}")]
    CheckDigit(char),
}

impl IdNoProblem {
    /// What to do.
    pub fn words(&self) -> Words {
        match self {
            Self::Old(new) => Words::new(
                format!("这是15位旧号码，对应的18位可能是{new}，请对照证件核对后改成18位"),
                format!(
                    "This is an old number of 15 digits; with 18 it is probably {new}: compare it with the document and change it"
                ),
            ),
            Self::LookAlike(meant) => Words::new(
                format!("号码里有像数字的字母或符号，可能应为{meant}，请对照证件改正"),
                format!(
                    "A letter or sign in it looks like a digit; probably {meant}: compare it with the document and put it right"
                ),
            ),
            Self::Length(n) => Words::new(
                format!("身份证号应为18位，现在是{n}位，请对照证件核对"),
                format!("An ID number has 18 characters, this one {n}; compare it with the document"),
            ),
            Self::Empty | Self::Rounded | Self::Characters | Self::Birth | Self::Future | Self::CheckDigit(_) => {
                Words::from(self.plain_words())
            }
        }
    }
    const fn plain_words(&self) -> (&'static str, &'static str) {
        match self {
            Self::Rounded => (
                "号码被表格改坏了，后几位已丢失，请对照证件重新输入（单元格先设为文本）",
                "A spreadsheet spoilt this number and its last digits are lost; type it again from the document (make the cell text first)",
            ),
            Self::Characters => (
                "身份证号只能有数字（末位可为X），请对照证件改正",
                "An ID number has only digits (the last may be X); compare it with the document and put it right",
            ),
            Self::Birth => (
                "身份证号第7至14位不是日期，请对照证件核对",
                "Characters 7 to 14 of the ID number are no day; compare it with the document",
            ),
            Self::Future => (
                "身份证号里的出生日期还没有到，请对照证件核对",
                "The birth day in the ID number has not come yet; compare it with the document",
            ),
            Self::CheckDigit(_) => (
                "身份证号校验不对，可能有一位写错或两位写反，请对照证件核对",
                "The ID number does not add up: one digit may be wrong, or two exchanged; compare it with the document",
            ),
            Self::Empty | Self::Old(_) | Self::LookAlike(_) | Self::Length(_) => {
                ("请填写证件号", "Please fill in the document's number")
            }
        }
    }
    /// What to do, in Chinese.
    pub fn text(&self) -> String {
        self.words().text
    }
    /// What was probably meant; a person compares it with the paper.
    pub fn suggestion(&self) -> Option<&str> {
        match self {
            Self::Old(number) | Self::LookAlike(number) => Some(number),
            Self::Empty
            | Self::Rounded
            | Self::Length(_)
            | Self::Characters
            | Self::Birth
            | Self::Future
            | Self::CheckDigit(_) => None,
        }
    }
    /// Whether a person may keep the number as it stands and mark it doubtful (wrong numbers
    /// are really in use).
    pub const fn may_be_kept(&self) -> bool {
        matches!(self, Self::CheckDigit(_))
    }
}

impl IdNo {
    /// Whether its area is one of the made-up ones (99…).
    pub fn is_demo(&self) -> bool {
        self.number.starts_with("99")
    }
    /// Whether the order number is 000, which nobody is given: worth a look.
    pub fn is_odd(&self) -> bool {
        self.number.get(14..17) == Some("000")
    }
}

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];

/// Reads a number. Full width, blanks, dashes, a leading `'` and a small x at the end are put
/// right; everything else is a problem with a text that says what to do.
pub fn read(text: &str) -> Result<IdNo, IdNoProblem> {
    let text = normal(text);
    if text.is_empty() {
        return Err(IdNoProblem::Empty);
    }
    if is_scientific(&text) {
        return Err(IdNoProblem::Rounded);
    }
    if let Some(meant) = look_alike(&text) {
        return Err(IdNoProblem::LookAlike(meant));
    }
    let digits = text.strip_suffix('X').unwrap_or(&text);
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(IdNoProblem::Characters);
    }
    if text.len() == 15 && digits.len() == 15 {
        return Err(old(&text));
    }
    if text.len() != 18 {
        return Err(IdNoProblem::Length(text.len()));
    }
    let birth = birth(&text).ok_or(IdNoProblem::Birth)?;
    let right = check_digit(&text[..17]).ok_or(IdNoProblem::Characters)?;
    if !text.ends_with(right) {
        // A spreadsheet keeps 15 digits and fills up with zeros.
        return Err(if text.ends_with("000") { IdNoProblem::Rounded } else { IdNoProblem::CheckDigit(right) });
    }
    let male = text.as_bytes()[16] % 2 == 1;
    Ok(IdNo { number: text, birth, male })
}

/// Reads a number of someone who is born already.
pub fn read_by(text: &str, today: Day) -> Result<IdNo, IdNoProblem> {
    read(text).and_then(|id| if id.birth > today { Err(IdNoProblem::Future) } else { Ok(id) })
}

/// The number of any document without what a keyboard or a spreadsheet adds, letters in capitals: as it
/// is stored and compared, doubtful or not.
pub fn normal(text: &str) -> String {
    let added = |c: char| c.is_whitespace() || is_dash(c) || matches!(c, '\'' | '‘' | '’' | '`' | '＇');
    without(text, added).to_ascii_uppercase()
}

/// The check digit of 17 digits (ISO 7064 MOD 11-2); `None` if they are not 17 digits.
pub fn check_digit(seventeen: &str) -> Option<char> {
    if seventeen.len() != 17 {
        return None;
    }
    let sum = seventeen.chars().zip(WEIGHTS).try_fold(0, |sum, (c, w)| Some(sum + c.to_digit(10)? * w))?;
    CHECKS.get(sum as usize % 11).copied()
}

fn birth(text: &str) -> Option<Day> {
    let part = |range: std::ops::Range<usize>| text.get(range)?.parse::<i16>().ok();
    let (year, month, day) = (part(6..10)?, part(10..12)?, part(12..14)?);
    if year < 1850 {
        return None;
    }
    Day::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn old(text: &str) -> IdNoProblem {
    let seventeen = format!("{}19{}", &text[..6], &text[6..]);
    match (birth(&seventeen), check_digit(&seventeen)) {
        (Some(_), Some(check)) => IdNoProblem::Old(format!("{seventeen}{check}")),
        _ => IdNoProblem::Length(15),
    }
}

fn look_alike(text: &str) -> Option<String> {
    let count = text.chars().count();
    let mut changed = false;
    let meant = text.chars().enumerate().map(|(i, c)| {
        let like = match c {
            'Х' | 'х' | '×' | '✕' | '✖' | '*' | 'Χ' | 'χ' if i + 1 == count => 'X',
            'O' | 'О' | 'о' | '〇' => '0',
            'I' | 'L' | '|' => '1',
            c => return c,
        };
        changed = true;
        like
    });
    let meant: String = meant.collect();
    (changed && count == 18).then_some(meant)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use crate::words::both;

    const GOOD: [&str; 25] = [
        "11010519491231002X",
        "440524188001010014",
        "53010219200508011X",
        "990102201503070018",
        "990102201503070026",
        "990102201602290139",
        "99010220120101124X",
        "990102200811183351",
        "990102202309300064",
        "99010819580412047X",
        "990108196012251281",
        "99010220141225003X",
        "99010220171001078X",
        "810000190101019917",
        "830000190101019929",
        "990102201305010030",
        "990102201305010081",
        "990102201305010022",
        "990102201305010073",
        "990102201305010014",
        "990102201305010065",
        "990102201305010196",
        "990102201305010057",
        "990102201305010049",
        "99010220130501009X",
    ];

    #[test]
    fn the_vectors_of_the_standard_read() {
        for number in GOOD {
            assert_eq!(read(number).map(|id| id.number).as_deref(), Ok(number));
        }
        assert_eq!(check_digit("99010220130501004"), Some('9'));
    }

    #[test]
    fn sex_and_birth_come_from_the_number() {
        let boy = read("990102201602290139").expect("a boy");
        assert!(boy.male && boy.birth.to_string() == "2016-02-29" && boy.is_demo());
        assert!(!read("990102202309300064").expect("a girl").male);
        assert!(read("99010220150307000X").expect("odd").is_odd());
    }

    #[test]
    fn every_damage_has_its_own_name() {
        let today = Day::new(2026, 11, 23).expect("a day");
        for (text, problem) in [
            ("", IdNoProblem::Empty),
            ("　 ", IdNoProblem::Empty),
            ("990102201503070019", IdNoProblem::CheckDigit('8')),
            ("990102201502300010", IdNoProblem::Birth),
            ("990102202813010015", IdNoProblem::Birth),
            ("990102209901010017", IdNoProblem::Future),
            ("99010220150307001", IdNoProblem::Length(17)),
            ("3.70102E+17", IdNoProblem::Rounded),
            ("990102201503070000", IdNoProblem::Rounded),
            ("990108580412047", IdNoProblem::Old("99010819580412047X".into())),
            ("99010220120101124Х", IdNoProblem::LookAlike("99010220120101124X".into())),
            ("99010220120101124×", IdNoProblem::LookAlike("99010220120101124X".into())),
            ("99010220120101124*", IdNoProblem::LookAlike("99010220120101124X".into())),
            ("99O102201503070018", IdNoProblem::LookAlike("990102201503070018".into())),
            ("9901022015030700l8", IdNoProblem::LookAlike("990102201503070018".into())),
            ("不知道", IdNoProblem::Characters),
            ("99010220150307A018", IdNoProblem::Characters),
        ] {
            assert_eq!(read_by(text, today), Err(problem.clone()), "{text}");
            assert!(both(&problem.words()));
        }
    }

    #[test]
    fn what_a_keyboard_adds_is_taken_away() {
        for text in [
            "99010220120101124x",
            "'99010220120101124X",
            "９９０１０２２０１２０１０１１２４Ｘ",
            "990102-20120101 124X\u{200b} ",
            "990102–2012－0101—124ⅹ",
        ] {
            assert_eq!(read(text).map(|id| id.number).as_deref(), Ok("99010220120101124X"), "{text}");
        }
    }

    #[test]
    fn every_single_slip_of_a_number_is_seen() {
        let number = "990102201503070018";
        let (mut wrong, mut swapped) = (0, 0);
        for i in 0..17 {
            for digit in '0'..='9' {
                let mut slip: Vec<char> = number.chars().collect();
                if slip[i] == digit {
                    continue;
                }
                slip[i] = digit;
                let seventeen: String = slip[..17].iter().collect();
                assert_ne!(check_digit(&seventeen), Some('8'), "{i} {digit}");
                wrong += 1;
            }
        }
        for i in 0..16 {
            let mut slip: Vec<char> = number.chars().collect();
            if slip[i] != slip[i + 1] {
                slip.swap(i, i + 1);
                assert_ne!(check_digit(&slip[..17].iter().collect::<String>()), Some('8'), "{i}");
                swapped += 1;
            }
        }
        assert_eq!((wrong, swapped), (153, 13));
    }

    proptest! {
        #[test]
        fn any_text_is_answered_and_its_normal_form_stays(text in "\\PC{0,40}") {
            let _ = read(&text);
            let once = normal(&text);
            prop_assert_eq!(normal(&once), once);
        }

        #[test]
        fn a_number_written_in_two_ways_is_one(
            number in "[0-9]{17}[0-9X]|[A-Z]{1,3}[0-9]{7,12}",
            blanks in proptest::collection::vec("[ 　\\-－–—\u{200b}]?", 20),
            wide in proptest::collection::vec(any::<bool>(), 20),
        ) {
            let other: String = number.chars().zip(&wide).zip(&blanks).map(|((c, wide), blank)| {
                let c = if *wide { char::from_u32(c as u32 + 0xfee0).expect("wide") } else { c.to_ascii_lowercase() };
                format!("{c}{blank}")
            }).collect();
            prop_assert_eq!(normal(&other), number);
        }

        #[test]
        fn numbers_we_make_read_back(area in 100_000u32..1_000_000, days in 0i32..46_000, order in 1u32..1000) {
            let birth = Day::new(1900, 1, 1).expect("a day").plus(days);
            let (y, m, d) = birth.ymd();
            let seventeen = format!("{area}{y:04}{m:02}{d:02}{order:03}");
            let number = format!("{seventeen}{}", check_digit(&seventeen).expect("17 digits"));
            let read = read(&number).expect("a number");
            prop_assert_eq!((read.birth, read.male), (birth, order % 2 == 1));
        }
    }
}
