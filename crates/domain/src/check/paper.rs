//! Which number belongs to which kind of document (code table `ID_TYPE`, handbook §5.1).

use crate::check::id_no::{self, IdNo, IdNoProblem};
use crate::day::Day;
use crate::words::Words;

/// A document's number, put right.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Paper {
    /// An 18-digit number with birth day and sex in it.
    Citizen(IdNo),
    /// Any other number.
    Other(String),
}

/// What a document's numbers look like, in Chinese and in English.
pub type Looks = (&'static str, &'static str);

/// Why the number does not fit the document.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PaperProblem {
    /// Not a good 18-digit number.
    #[error("{0}")]
    IdNo(IdNoProblem),
    /// Not the shape of this document's numbers; what they look like.
    #[error("not a number of this document")]
    Shape(Looks),
    /// The document has no number (90).
    #[error("this document has no number")]
    NoNumber,
}

impl PaperProblem {
    /// What to do.
    pub fn words(&self) -> Words {
        match self {
            Self::IdNo(problem) => problem.words(),
            Self::Shape((looks, en)) => Words::new(
                format!("证件号与证件类型不符：{looks}，请对照证件核对"),
                format!("The number does not fit the kind of document: {en}; compare it with the document"),
            ),
            Self::NoNumber => Words::new(
                "证件类型是“无证件”，请清空证件号，或改选证件类型",
                "The kind of document is “none”: empty the number, or choose another kind",
            ),
        }
    }
}

const BIRTH: Looks = ("出生医学证明编号是1个字母加9位数字", "a birth certificate has one letter and 9 digits");
const HONG_KONG: Looks =
    ("港澳居民居住证以81或82开头", "a residence permit of Hong Kong or Macao begins with 81 or 82");
const TAIWAN: Looks = ("台湾居民居住证以83开头", "a residence permit of Taiwan begins with 83");
const PASSPORT: Looks = ("护照号是5至15位字母和数字", "a passport has 5 to 15 letters and digits");
const OLD_RESIDENCE: Looks =
    ("旧版永久居留证号是3个字母加12位数字", "an old permanent residence card has 3 letters and 12 digits");
const RESIDENCE: Looks = ("外国人永久居留身份证以9开头", "a foreigner's permanent residence card begins with 9");
const PERMIT: Looks =
    ("港澳通行证号是H或M加8位或10位数字", "a Hong Kong and Macao travel permit has H or M and 8 or 10 digits");
const COMPATRIOT: Looks = ("台胞证号是8位数字", "a Taiwan travel permit has 8 digits");
const ANY: Looks = ("证件号只能有字母、数字和短横", "a number has only letters, digits and dashes");

/// Reads the number of a document of kind `id_type` (a code of `ID_TYPE`).
pub fn read(id_type: &str, text: &str, today: Day) -> Result<Paper, PaperProblem> {
    let number = id_no::normal(text);
    let other =
        |good: bool, looks| if good { Ok(Paper::Other(number.clone())) } else { Err(PaperProblem::Shape(looks)) };
    match id_type {
        "01" | "02" => citizen(text, today, &[], ("", "")),
        "03" => other(is_lettered(&number, 1, 9..=9), BIRTH),
        "04" => citizen(text, today, &["81", "82"], HONG_KONG),
        "05" => citizen(text, today, &["83"], TAIWAN),
        "06" => other((5..=15).contains(&number.len()) && is_alphanumeric(&number), PASSPORT),
        "07" if number.len() == 15 => other(is_lettered(&number, 3, 12..=12), OLD_RESIDENCE),
        "07" => citizen(text, today, &["9"], RESIDENCE),
        "08" => {
            let good =
                number.starts_with(['H', 'M']) && (is_lettered(&number, 1, 8..=8) || is_lettered(&number, 1, 10..=10));
            other(good, PERMIT)
        }
        "09" => other(is_lettered(&number, 0, 8..=8), COMPATRIOT),
        "90" if number.is_empty() => Ok(Paper::Other(number)),
        "90" => Err(PaperProblem::NoNumber),
        _ => other(looks_like_one(&number), ANY),
    }
}

/// Whether a text could be the number of any document: letters, digits, dashes, at most 40.
pub fn looks_like_one(text: &str) -> bool {
    (1..=40).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn citizen(text: &str, today: Day, starts: &[&str], looks: Looks) -> Result<Paper, PaperProblem> {
    let id = id_no::read_by(text, today).map_err(PaperProblem::IdNo)?;
    if starts.is_empty() || starts.iter().any(|s| id.number.starts_with(s)) {
        Ok(Paper::Citizen(id))
    } else {
        Err(PaperProblem::Shape(looks))
    }
}

fn is_lettered(text: &str, letters: usize, digits: std::ops::RangeInclusive<usize>) -> bool {
    let Some((head, tail)) = text.split_at_checked(letters) else { return false };
    head.bytes().all(|b| b.is_ascii_uppercase())
        && digits.contains(&tail.len())
        && tail.bytes().all(|b| b.is_ascii_digit())
}

fn is_alphanumeric(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use crate::words::both;

    #[test]
    fn each_document_has_its_own_numbers() {
        let today = Day::new(2026, 11, 23).expect("a day");
        for (id_type, text, good) in [
            ("01", "990102201503070018", true),
            ("02", "990102201503070018", true),
            ("03", "s123456789", true),
            ("03", "990102201503070018", false),
            ("04", "810000190101019917", true),
            ("04", "990102201503070018", false),
            ("05", "830000190101019929", true),
            ("06", "E12345678", true),
            ("06", "E1", false),
            ("07", "990102201503070018", true),
            ("08", "H12345678", true),
            ("08", "H1234567890", true),
            ("08", "A12345678", false),
            ("09", "12345678", true),
            ("90", "", true),
            ("90", "1", false),
            ("99", "校内-12", false),
            ("99", "AB-12", true),
        ] {
            let read = read(id_type, text, today);
            assert_eq!(read.is_ok(), good, "{id_type} {text} {read:?}");
            assert!(read.err().is_none_or(|problem| both(&problem.words())), "{id_type} {text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_answered(id_type in "[0-9]{2}", text in "\\PC{0,30}") {
            let _ = read(&id_type, &text, Day::EPOCH);
        }
    }
}
