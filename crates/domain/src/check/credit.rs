//! The unified social credit code of organisations, GB 32100 (handbook §5.7).

use crate::check::plain;
use crate::words::Words;

/// Text that is no credit code.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CreditProblem {
    /// Not 18 characters of the standard's alphabet.
    #[error("not 18 characters of the standard")]
    Shape,
    /// The check character should be another.
    #[error("check character should be {0}")]
    Check(char),
}

impl CreditProblem {
    /// What to do.
    pub fn words(self) -> Words {
        Words::from(match self {
            Self::Shape => (
                "统一社会信用代码应为18位数字和大写字母，请对照证书核对",
                "A credit code has 18 digits and capital letters; compare it with the certificate",
            ),
            Self::Check(_) => (
                "统一社会信用代码校验不对，可能有一位写错，请对照证书核对",
                "The credit code does not add up, one character may be wrong; compare it with the certificate",
            ),
        })
    }
}

const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/// Reads a credit code; small letters, blanks and full width are put right.
pub fn read(text: &str) -> Result<String, CreditProblem> {
    let code: String = plain(text).chars().filter(|c| !matches!(c, ' ' | '-')).collect::<String>().to_uppercase();
    let worth = |c: char| ALPHABET.find(c);
    if code.chars().count() != 18 || code.chars().any(|c| worth(c).is_none()) {
        return Err(CreditProblem::Shape);
    }
    let (mut sum, mut weight) = (0, 1);
    for c in code.chars().take(17) {
        sum = (sum + worth(c).ok_or(CreditProblem::Shape)? * weight) % 31;
        weight = weight * 3 % 31;
    }
    let check = ALPHABET.chars().nth((31 - sum) % 31).ok_or(CreditProblem::Shape)?;
    if code.ends_with(check) { Ok(code) } else { Err(CreditProblem::Check(check)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use crate::words::both;

    #[test]
    fn the_vectors_read_and_slips_do_not() {
        for code in ["11990102MB2111111C", "52990102MJE000001M"] {
            assert_eq!(read(code).as_deref(), Ok(code));
            assert_eq!(read(&format!(" {} ", code.to_lowercase())).as_deref(), Ok(code));
        }
        assert_eq!(read("11990102MB2111112C").map_err(|p| matches!(p, CreditProblem::Check(_))), Err(true));
        assert_eq!(read("11990102MB211111"), Err(CreditProblem::Shape));
        assert_eq!(read("I1990102MB2111111C"), Err(CreditProblem::Shape));
    }

    #[test]
    fn what_to_do_is_said_in_both_languages() {
        assert!([CreditProblem::Shape, CreditProblem::Check('A')].iter().all(|problem| both(&problem.words())));
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "\\PC{0,30}") {
            let _ = read(&text);
        }
    }
}
