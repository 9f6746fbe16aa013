//! What the core says, in the two languages of the screens. The Chinese is what people of the work
//! read; the English stands beside it, so that neither can be forgotten. Holds no sentence itself.

use serde::{Deserialize, Serialize};

/// A sentence, or a part of one, in both languages.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Words {
    /// In Chinese.
    pub text: String,
    /// In English.
    pub en: String,
}

impl Words {
    /// In both languages.
    pub fn new(text: impl Into<String>, en: impl Into<String>) -> Self {
        Self { text: text.into(), en: en.into() }
    }
}

impl<T: Into<String>, E: Into<String>> From<(T, E)> for Words {
    fn from((text, en): (T, E)) -> Self {
        Self::new(text, en)
    }
}

/// Whether a text is Chinese and the other English: that has Chinese characters only where it quotes.
/// For tests.
#[cfg(test)]
pub(crate) fn speaks_both(text: &str, en: &str) -> bool {
    let chinese = |text: &str| text.chars().any(|c| matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}'));
    let said: String = en
        .split('“')
        .enumerate()
        .map(|(n, part)| if n == 0 { part } else { part.split_once('”').map_or("", |(_, rest)| rest) })
        .collect();
    chinese(text) && !chinese(&said) && said.chars().any(char::is_alphabetic)
}

/// Whether words are so. For tests.
#[cfg(test)]
pub(crate) fn both(words: &Words) -> bool {
    speaks_both(&words.text, &words.en)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_quotes_chinese_and_says_none() {
        assert!(speaks_both("请填写“姓名”", "Please fill in “姓名”"));
        assert!(
            !speaks_both("请填写", "请填写") && !speaks_both("Fill in", "Fill in") && !speaks_both("请填写", "“姓名”")
        );
    }
}
