//! Account numbers (handbook §5.7): digits only; the Luhn check warns, it never refuses.

use crate::check::{is_dash, is_scientific, without};
use crate::words::Words;

/// An account number.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    /// Its digits.
    pub digits: String,
    /// False where a card's length (16–19) meets a wrong Luhn sum: worth a look, since accounts
    /// of institutions have none.
    pub sums_up: bool,
}

/// Why the text is no account number.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BankProblem {
    /// A spreadsheet rounded it.
    #[error("rounded by a spreadsheet")]
    Rounded,
    /// Other characters than digits, or not 8–30 of them.
    #[error("not an account number")]
    Shape,
}

impl BankProblem {
    /// What to do.
    pub fn words(self) -> Words {
        Words::from(match self {
            Self::Rounded => (
                "账号被表格改坏了，后几位已丢失，请对照卡片重新输入（单元格先设为文本）",
                "A spreadsheet spoilt this account number and its last digits are lost; type it again from the card (make the cell text first)",
            ),
            Self::Shape => (
                "账号应为8至30位数字，请对照卡片核对",
                "An account number has 8 to 30 digits; compare it with the card",
            ),
        })
    }
}

/// The number without what a keyboard or a spreadsheet adds: as it is stored and compared.
pub fn normal(text: &str) -> String {
    without(text, |c| c.is_whitespace() || is_dash(c) || matches!(c, '\'' | '‘' | '’'))
}

/// Reads an account number.
pub fn read(text: &str) -> Result<Account, BankProblem> {
    let digits = normal(text);
    if is_scientific(&digits) {
        return Err(BankProblem::Rounded);
    }
    if !(8..=30).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(BankProblem::Shape);
    }
    let sums_up = !(16..=19).contains(&digits.len()) || luhn(&digits);
    Ok(Account { digits, sums_up })
}

fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(i, b)| match (i % 2, u32::from(b - b'0')) {
            (0, n) => n,
            (_, n) if n > 4 => 2 * n - 9,
            (_, n) => 2 * n,
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use crate::words::both;

    #[test]
    fn a_wrong_sum_only_warns() {
        let sums = |text: &str| read(text).map(|a| a.sums_up);
        assert_eq!(sums("6299000000000000002"), Ok(true));
        assert_eq!(sums("6299 0000 0000 0000 002"), Ok(true));
        assert_eq!(sums("6299000000000000003"), Ok(false));
        assert_eq!(sums("12345678"), Ok(true));
        assert_eq!(read("6.299E+18"), Err(BankProblem::Rounded));
        assert_eq!(read("622A"), Err(BankProblem::Shape));
    }

    #[test]
    fn what_to_do_is_said_in_both_languages() {
        assert!([BankProblem::Rounded, BankProblem::Shape].iter().all(|problem| both(&problem.words())));
    }

    proptest! {
        #[test]
        fn any_text_is_answered_and_its_normal_form_stays(text in "\\PC{0,40}|[0-9]{0,40}") {
            let _ = read(&text);
            prop_assert_eq!(normal(&normal(&text)), normal(&text));
        }
    }
}
