//! What one field of a record may hold.

use serde::{Deserialize, Serialize};

/// A field's value as people and rules see it. A field nobody filled has no value at all;
/// [`Value::Unknown`] is an answer ("未采集"), never the same as blank (handbook §3).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(untagged)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Value {
    /// Asked, not known: 未知／未采集. JSON `null`.
    Unknown,
    /// Yes or no.
    Yes(bool),
    /// A whole number: counts, minutes, money in fen.
    Int(#[cfg_attr(feature = "ts", ts(type = "number"))] i64),
    /// Text, a code of a code table, an ISO day or time, a decimal written out.
    Text(String),
}

impl Value {
    /// Text from anything that is text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }
    /// The text, if it is text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Unknown | Self::Yes(_) | Self::Int(_) => None,
        }
    }
    /// The number, if it is one.
    pub const fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(n) => Some(*n),
            Self::Unknown | Self::Yes(_) | Self::Text(_) => None,
        }
    }
    /// Yes or no, if it is that.
    pub const fn as_yes(&self) -> Option<bool> {
        match self {
            Self::Yes(b) => Some(*b),
            Self::Unknown | Self::Int(_) | Self::Text(_) => None,
        }
    }
}

/// Where a value stands in a record: the key of the flat Automerge map.
/// `name`, `family/<row>/name`, set members as `categories/B1`. Frozen (docs/DATA.md).
pub type Key = String;
