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
