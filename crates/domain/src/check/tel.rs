//! Telephone numbers (handbook §5.5): mobiles, landlines with or without an extension, numbers abroad,
//! several in one cell, "无电话". The normal form of each: `14000001234`, `0531-88881234`,
//! `0531-88881234-802`, `4008208820`, `+85298765432`.

use crate::check::{is_dash, is_scientific, plain};
use crate::words::Words;

/// Why the text is no list of telephone numbers.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TelProblem {
    /// A spreadsheet rounded it.
    #[error("rounded by a spreadsheet")]
    Rounded,
    /// This piece is no number.
    #[error("not a telephone number: {0}")]
    NotOne(String),
    /// More than ten numbers.
    #[error("too many")]
    Many,
}

impl TelProblem {
    /// What to do.
    pub fn words(&self) -> Words {
        match self {
            Self::Rounded => Words::new(
                "电话被表格改坏了，请重新输入（单元格先设为文本）",
                "A spreadsheet spoilt this telephone number; type it again (make the cell text first)",
            ),
            Self::NotOne(piece) => Words::new(
                format!("“{piece}”不是电话号码，手机应为11位，座机请带区号，请核对；没有电话请填“无”"),
                format!(
                    "“{piece}” is no telephone number: a mobile has 11 digits, a landline its area code; without a telephone write “无”"
                ),
            ),
            Self::Many => Words::new(
                "电话太多，请留下常用的几个（最多10个）",
                "Too many telephone numbers; keep those in use (at most 10)",
            ),
        }
    }
    /// What to do, in Chinese.
    pub fn text(&self) -> String {
        self.words().text
    }
}

/// What is stored where people say there is no telephone.
pub const NONE: &str = "无";

const MOST: usize = 10;

/// Reads numbers separated by `、，,；;/` or line breaks, each in its normal form, none twice. An empty
/// list means "no telephone".
pub fn read(text: &str) -> Result<Vec<String>, TelProblem> {
    let text = plain(text).replace(['\'', '‘', '’'], "");
    let none = text.is_empty() || matches!(text.as_str(), NONE | "无电话" | "没有" | "没有电话" | "/");
    if none || text.chars().all(is_dash) {
        return Ok(Vec::new());
    }
    let mut numbers = Vec::new();
    for piece in text.split(['、', ',', '，', ';', '；', '/', '\n']).map(str::trim).filter(|p| !p.is_empty()) {
        match one(piece) {
            Some(number) => numbers.push(number),
            None if is_scientific(piece) => return Err(TelProblem::Rounded),
            None => numbers.extend(spaced(piece)?),
        }
    }
    if numbers.len() > MOST {
        return Err(TelProblem::Many);
    }
    let mut once: Vec<String> = Vec::new();
    numbers.into_iter().for_each(|number| {
        if !once.contains(&number) {
            once.push(number)
        }
    });
    Ok(once)
}

/// The stored form: numbers separated by `、`, or 无.
pub fn join(numbers: &[String]) -> String {
    if numbers.is_empty() { NONE.into() } else { numbers.join("、") }
}

/// The stored form of whatever is written; what is no telephone stays as it is.
pub fn normal(text: &str) -> String {
    let plain = plain(text);
    if plain.is_empty() { plain } else { read(&plain).map_or(plain, |numbers| join(&numbers)) }
}

/// The digits by which numbers are looked for: of each number without and with its extension.
pub fn digits(text: &str) -> Vec<String> {
    let Ok(numbers) = read(text) else { return Vec::new() };
    let mut out = Vec::new();
    for number in numbers {
        let (main, extension) = apart(&number);
        let main: String = main.chars().filter(char::is_ascii_digit).collect();
        let longer = extension.map(|extension| format!("{main}{extension}"));
        out.push(main);
        out.extend(longer);
    }
    out
}

/// A number in its normal form without its extension, and the extension.
pub fn apart(number: &str) -> (&str, Option<&str>) {
    match number.rsplit_once('-') {
        Some((main, extension)) if is_whole(main) => (main, Some(extension)),
        _ => (number, None),
    }
}

/// Several numbers with blanks between them, each of which may itself have blanks: `010 88881234 14000001234`.
fn spaced(piece: &str) -> Result<Vec<String>, TelProblem> {
    let words: Vec<&str> = piece.split_whitespace().collect();
    let (mut numbers, mut at) = (Vec::new(), 0);
    while at < words.len() {
        let found = (at + 1..=words.len()).find_map(|to| Some((one(&words[at..to].join(" "))?, to)));
        let not_one = || TelProblem::NotOne(words[at].chars().take(30).collect());
        let (number, to) = found.ok_or_else(not_one)?;
        numbers.push(number);
        at = to;
    }
    Ok(numbers)
}

/// Words and signs before an extension.
const EXTENSION: [&str; 9] = ["转接", "转", "分机号", "分机", "extension", "ext", "x", "#", "*"];

/// One number with its extension, in the normal form.
fn one(piece: &str) -> Option<String> {
    let lower = piece.to_lowercase();
    if let Some((main, extension)) = EXTENSION.iter().find_map(|word| lower.split_once(word)) {
        let extension: String = extension.chars().filter(|c| !matches!(c, ' ' | ':' | '.' | '号')).collect();
        return is_digits(&extension, 1, 6).then(|| number(main).map(|main| format!("{main}-{extension}")))?;
    }
    if let Some((main, extension)) = lower.rsplit_once(is_dash)
        && is_digits(extension.trim(), 1, 6)
        && let Some(main) = number(main)
    {
        return Some(format!("{main}-{}", extension.trim()));
    }
    number(&lower)
}

/// One number without an extension, in the normal form.
fn number(piece: &str) -> Option<String> {
    let piece = piece.trim();
    let abroad = piece.strip_prefix('+').or_else(|| piece.strip_prefix("00"));
    let signs = |c: &char| !(c.is_whitespace() || is_dash(*c) || matches!(c, '(' | ')' | '.'));
    let digits: String = abroad.unwrap_or(piece).chars().filter(signs).collect();
    if !is_digits(&digits, 7, 16) {
        return None;
    }
    let home = digits.strip_prefix("86");
    match (abroad, home) {
        (Some(_), Some(home)) => at_home(home).or_else(|| at_home(&format!("0{home}"))),
        (Some(_), None) => is_digits(&digits, 8, 15).then(|| format!("+{digits}")),
        (None, Some(home)) if is_mobile(home) => Some(home.to_owned()),
        (None, _) => at_home(&digits),
    }
}

/// A number of this country from its digits: a mobile, a service number, a landline with its area code.
fn at_home(digits: &str) -> Option<String> {
    if is_mobile(digits) || (digits.len() == 10 && (digits.starts_with("400") || digits.starts_with("800"))) {
        return Some(digits.to_owned());
    }
    // 010 and 02x are the only area codes of three digits.
    let area = if digits.starts_with("01") || digits.starts_with("02") { 3 } else { 4 };
    let (area, local) = digits.split_at_checked(area)?;
    let landline = area.starts_with('0') && !area.starts_with("00") && is_digits(local, 7, 8);
    landline.then(|| format!("{area}-{local}"))
}

/// Whether a text is the normal form of a number without an extension.
fn is_whole(text: &str) -> bool {
    number(text).as_deref() == Some(text)
}

fn is_mobile(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 11 && bytes[0] == b'1' && (b'3'..=b'9').contains(&bytes[1]) && is_digits(text, 11, 11)
}

fn is_digits(text: &str, least: usize, most: usize) -> bool {
    (least..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use crate::words::both;

    #[test]
    fn numbers_read_however_people_write_them() {
        for (text, stored) in [
            ("14000001234", "14000001234"),
            ("１４００ 0001 234", "14000001234"),
            ("140-0000-1234", "14000001234"),
            ("+86 14000001234", "14000001234"),
            ("14000001234/14000005678", "14000001234、14000005678"),
            ("14000001234 14000005678", "14000001234、14000005678"),
            ("14000001234\n0531-88881234", "14000001234、0531-88881234"),
            ("053188881234", "0531-88881234"),
            ("（0531）8888 1234", "0531-88881234"),
            ("+86-531-88881234", "0531-88881234"),
            ("+86 10 8888 1234", "010-88881234"),
            ("8614000001234", "14000001234"),
            ("010-88881234-801", "010-88881234-801"),
            ("0531-8888123-4", "0531-8888123-4"),
            ("053188881234转2", "0531-88881234-2"),
            ("0531—88881234 转 802", "0531-88881234-802"),
            ("0531-88881234 分机：802", "0531-88881234-802"),
            ("14000001234转2", "14000001234-2"),
            ("14000001234 ext. 2", "14000001234-2"),
            ("010 88881234 14000001234", "010-88881234、14000001234"),
            ("400-820-8820", "4008208820"),
            ("00852 9876 5432", "+85298765432"),
            ("14000001234、+8614000001234", "14000001234"),
            ("无电话", "无"),
            ("—", "无"),
        ] {
            assert_eq!(read(text).map(|n| join(&n)).as_deref(), Ok(stored), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_says_which_piece() {
        assert_eq!(read("1.4E+10"), Err(TelProblem::Rounded));
        assert!(both(&TelProblem::Rounded.words()) && both(&TelProblem::Many.words()));
        for (text, piece) in
            [("1400000123", "1400000123"), ("12000001234", "12000001234"), ("14000001234、问村委", "问村委")]
        {
            let problem = TelProblem::NotOne(piece.into());
            assert_eq!(read(text), Err(problem.clone()), "{text}");
            assert!(both(&problem.words()));
        }
        assert_eq!(read(&"14000001234、".repeat(11)), Err(TelProblem::Many));
    }

    #[test]
    fn a_number_is_looked_for_by_its_digits() {
        assert_eq!(digits("0531-88881234转2、14000001234"), ["053188881234", "0531888812342", "14000001234"]);
        assert_eq!(digits("无"), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn any_text_is_answered_and_its_normal_form_stays(text in "[0-9 、/+转x(-]{0,40}|\\PC{0,40}") {
            if let Ok(numbers) = read(&text) {
                prop_assert_eq!(read(&join(&numbers)), Ok(numbers));
            }
            let once = normal(&text);
            prop_assert_eq!(normal(&once), once);
        }

        #[test]
        fn a_number_written_in_two_ways_is_one(
            number in "1[3-9][0-9]{9}|0[3-9][0-9]{2}[2-8][0-9]{7}|010[2-8][0-9]{7}",
            extension in "([1-9][0-9]{0,3})?",
            before in "(\\+86|0086|\\+86-)?",
            gaps in proptest::collection::vec("[ 　\u{200b}]?", 12),
            word in "( ?转 ?| ?分机|-|－|—)",
        ) {
            let mut typed = before;
            for (c, gap) in number.chars().zip(&gaps) {
                typed.push(c);
                typed.push_str(gap);
            }
            let mut plain = number;
            if !extension.is_empty() {
                typed = format!("{typed}{word}{extension}");
                plain = format!("{plain}-{extension}");
            }
            prop_assert_eq!(read(&typed), read(&plain));
            prop_assert!(read(&typed).is_ok(), "{}", typed);
        }
    }
}
