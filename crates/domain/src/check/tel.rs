//! Telephone numbers (handbook §5.5): mobiles, landlines, several in one cell, "无电话".

use crate::check::{is_scientific, plain};
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

/// Reads numbers separated by `、，,；;/` or line breaks. An empty list means "no telephone".
pub fn read(text: &str) -> Result<Vec<String>, TelProblem> {
    let text = plain(text).replace(['\'', '‘', '’'], "");
    if matches!(text.as_str(), "" | "无" | "无电话" | "没有" | "没有电话" | "-" | "—" | "/") {
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
    if numbers.len() > MOST { Err(TelProblem::Many) } else { Ok(numbers) }
}

/// The stored form: numbers separated by `、`, or 无.
pub fn join(numbers: &[String]) -> String {
    if numbers.is_empty() { NONE.into() } else { numbers.join("、") }
}

/// Several numbers with blanks between them.
fn spaced(piece: &str) -> Result<Vec<String>, TelProblem> {
    let not_one = || TelProblem::NotOne(piece.chars().take(30).collect());
    piece.split(' ').filter(|p| !p.is_empty()).map(|p| one(p).ok_or_else(not_one)).collect()
}

fn one(piece: &str) -> Option<String> {
    let piece = piece.strip_prefix("+86").or_else(|| piece.strip_prefix("0086")).unwrap_or(piece);
    let digits: String = piece.chars().filter(|c| !matches!(c, ' ' | '-' | '–' | '—')).collect();
    if is_mobile(&digits) {
        return Some(digits);
    }
    let landline: String =
        piece.chars().filter(|c| *c != ' ').map(|c| if matches!(c, '–' | '—') { '-' } else { c }).collect();
    is_landline(&landline).then_some(landline)
}

fn is_mobile(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 11 && bytes[0] == b'1' && (b'3'..=b'9').contains(&bytes[1]) && is_digits(text, 11, 11)
}

/// `^0\d{2,3}-?\d{7,8}(-\d{1,6})?$`
fn is_landline(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let joined = |s: &str| s.starts_with('0') && is_digits(s, 10, 12);
    let area = |s: &str| s.starts_with('0') && is_digits(s, 3, 4);
    let (number, extension) = (|s: &str| is_digits(s, 7, 8), |s: &str| is_digits(s, 1, 6));
    match parts.as_slice() {
        [whole] => joined(whole),
        [a, b] => (area(a) && number(b)) || (joined(a) && extension(b)),
        [a, b, c] => area(a) && number(b) && extension(c),
        _ => false,
    }
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
            ("053188881234", "053188881234"),
            ("010-88881234-801", "010-88881234-801"),
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

    proptest! {
        #[test]
        fn any_text_is_answered_and_the_stored_form_reads_back(text in "[0-9 、/+-]{0,40}|\\PC{0,40}") {
            if let Ok(numbers) = read(&text) {
                prop_assert_eq!(read(&join(&numbers)), Ok(numbers));
            }
        }
    }
}
