//! Area codes (统计用区划代码): 12 digits, district 6 + street 3 + community 3.

use std::fmt;
use std::str::FromStr;

use crate::check::plain;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A 12-digit area code; trailing zeros say how wide it is (handbook §5.2).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode)]
#[cbor(transparent)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "string"))]
pub struct Area(#[n(0)] u64);

/// How wide an area is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Width {
    /// 区县
    District,
    /// 街道、乡镇
    Street,
    /// 社区、村
    Community,
}

/// Text that is not a 12-digit area code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a 12-digit area code")]
pub struct BadArea;

impl Area {
    /// From a number of at most 12 digits.
    pub fn new(code: u64) -> Result<Self, BadArea> {
        if (100_000_000_000..1_000_000_000_000).contains(&code) { Ok(Self(code)) } else { Err(BadArea) }
    }
    /// From a code as people write it: 12 digits, or the first 2, 4, 6 or 9 of them.
    pub fn read(text: &str) -> Option<Self> {
        let digits: String = plain(text).chars().filter(|c| !c.is_whitespace()).collect();
        let known = matches!(digits.len(), 2 | 4 | 6 | 9 | 12) && digits.bytes().all(|b| b.is_ascii_digit());
        known.then(|| format!("{digits:0<12}").parse().ok())?
    }
    /// The number.
    pub const fn code(self) -> u64 {
        self.0
    }
    /// District, street or community.
    pub const fn width(self) -> Width {
        if self.0.is_multiple_of(1_000_000) {
            Width::District
        } else if self.0.is_multiple_of(1000) {
            Width::Street
        } else {
            Width::Community
        }
    }
    /// The street this lies in; a district stays itself.
    pub const fn street(self) -> Self {
        Self(self.0 - self.0 % 1000)
    }
    /// The district this lies in.
    pub const fn district(self) -> Self {
        Self(self.0 - self.0 % 1_000_000)
    }
    /// Whether `other` is this area or lies inside it.
    pub fn contains(self, other: Self) -> bool {
        match self.width() {
            Width::District => other.district() == self,
            Width::Street => other.street() == self,
            Width::Community => other == self,
        }
    }
}

impl fmt::Display for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:012}", self.0)
    }
}

impl fmt::Debug for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Area {
    type Err = BadArea;
    fn from_str(text: &str) -> Result<Self, BadArea> {
        if text.len() != 12 || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(BadArea);
        }
        text.parse().map_err(|_| BadArea).and_then(Self::new)
    }
}

impl Serialize for Area {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Area {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_nest() {
        let at = |s: &str| s.parse::<Area>().expect("an area");
        let (district, street, community) = (at("990102000000"), at("990102003000"), at("990102003007"));
        assert!(district.contains(street) && street.contains(community) && community.contains(community));
        assert!(!street.contains(at("990102004001")) && !community.contains(street));
        assert_eq!(community.street(), street);
        assert_eq!("99010200300".parse::<Area>(), Err(BadArea));
    }
}
