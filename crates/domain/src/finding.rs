//! What a rule has to say about a record: which field, how grave, and what to do. Holds no rule.

use serde::{Deserialize, Serialize};

use crate::value::Key;
use crate::words::Words;

/// How grave a finding is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Level {
    /// 红: a draft may be kept, 完成 waits.
    Red,
    /// 黄: shown, blocks nothing.
    Yellow,
}

/// One thing a person should look at.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Finding {
    /// The field, as a record key.
    pub key: Key,
    /// How grave.
    pub level: Level,
    /// True when something is not filled in yet, rather than filled in wrongly.
    pub missing: bool,
    /// What to do, in Chinese.
    pub text: String,
    /// The same in English.
    pub en: String,
}

impl Finding {
    /// Filled in wrongly; blocks 完成.
    pub fn red(key: impl Into<Key>, words: impl Into<Words>) -> Self {
        Self::new(key.into(), Level::Red, words.into())
    }
    /// Worth a look; blocks nothing.
    pub fn yellow(key: impl Into<Key>, words: impl Into<Words>) -> Self {
        Self::new(key.into(), Level::Yellow, words.into())
    }
    /// Not filled in; blocks 完成.
    pub fn missing(key: impl Into<Key>, words: impl Into<Words>) -> Self {
        Self { missing: true, ..Self::new(key.into(), Level::Red, words.into()) }
    }
    fn new(key: Key, level: Level, Words { text, en }: Words) -> Self {
        Self { key, level, missing: false, text, en }
    }
    /// Whether this finding about a record after an edit keeps the edit of `key` from being written. Something
    /// wrong on the key itself does; something wrong on the field the key is part of (`categories` of
    /// `categories/C1/from`) does where it was not there before, or nobody could mend one of two faults. What is
    /// not filled in yet stands in nobody's way, unless the edit says it in so many words (`sets`).
    pub fn stops(&self, key: &str, sets: bool, before: &[Self]) -> bool {
        let about = |inner: &str| inner.strip_prefix(self.key.as_str()).is_some_and(|rest| rest.starts_with('/'));
        self.level == Level::Red
            && match self.missing {
                true => sets && self.key == key,
                false => self.key == key || (about(key) && !before.contains(self)),
            }
    }
    /// The same finding, blocking nothing.
    #[must_use]
    pub fn softened(mut self) -> Self {
        self.level = Level::Yellow;
        self
    }
}

/// Whether nothing blocks 完成.
pub fn may_finish(findings: &[Finding]) -> bool {
    findings.iter().all(|f| f.level != Level::Red)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_red_after_an_edit_stops_it_and_what_was_red_elsewhere_does_not() {
        let words = ("错", "wrong");
        let (own, field, gap) =
            (Finding::red("birth", words), Finding::red("categories", words), Finding::missing("name", words));
        let none: &[Finding] = &[];
        assert!(own.stops("birth", true, none) && own.stops("birth", true, std::slice::from_ref(&own)));
        assert!(!own.stops("id_no", true, none) && !own.stops("birth_est", true, none), "another key");
        assert!(field.stops("categories/C1/from", true, none), "part of the field");
        assert!(!field.stops("categories/C1/from", false, std::slice::from_ref(&field)), "it was so before");
        assert!(gap.stops("name", true, none), "a blank that is written is no answer");
        assert!(!gap.stops("name", false, none), "emptied: still to be collected");
        assert!(!Finding::yellow("birth", words).stops("birth", true, none));
    }
}
