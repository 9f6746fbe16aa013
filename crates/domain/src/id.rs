//! Newtypes for every id. An id is 16 opaque bytes and never carries meaning by itself.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// Text that is not 32 hexadecimal digits (dashes are ignored).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id: 32 hexadecimal digits expected")]
pub struct BadId;

fn parse_hex(text: &str) -> Result<[u8; 16], BadId> {
    let mut bytes = [0u8; 16];
    let mut n = 0;
    for c in text.chars().filter(|c| *c != '-') {
        let digit = c.to_digit(16).ok_or(BadId)? as u8;
        let slot = bytes.get_mut(n / 2).ok_or(BadId)?;
        *slot = *slot << 4 | digit;
        n += 1;
    }
    if n == 32 { Ok(bytes) } else { Err(BadId) }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode)]
        #[cbor(transparent)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "string"))]
        pub struct $name(#[cbor(with = "minicbor::bytes")] [u8; 16]);

        impl $name {
            /// Wraps 16 bytes.
            pub const fn new(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }
            /// The 16 bytes.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
            /// From a slice of exactly 16 bytes.
            pub fn from_slice(bytes: &[u8]) -> Result<Self, BadId> {
                bytes.try_into().map(Self).map_err(|_| BadId)
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }
        impl FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> {
                parse_hex(text).map(Self)
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = String::deserialize(d)?;
                text.parse().map_err(D::Error::custom)
            }
        }
    };
}

id!(
    /// A child in the care of the district (儿童). UUIDv7.
    ChildId
);
id!(
    /// One record: one Automerge document of one form (记录). UUIDv7.
    RecordId
);
id!(
    /// A repeating row inside a record, e.g. one family member (行). UUIDv7.
    RowId
);
id!(
    /// A unit: centre, station or community (单位). UUIDv7.
    UnitId
);
id!(
    /// A person who works here (人员). UUIDv7.
    PersonId
);
id!(
    /// One person's time in one role at one unit (岗位). UUIDv7.
    PostId
);
id!(
    /// One profile on one computer (电脑): the first 16 bytes of SHA-256 over its public keys,
    /// so nobody can claim another device's id.
    DeviceId
);

/// A branch of a device's chain: 8 random bytes, new after a fork.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, minicbor::Encode, minicbor::Decode)]
#[cbor(transparent)]
pub struct Branch(#[cbor(with = "minicbor::bytes")] pub [u8; 8]);

/// SHA-256 of an item's exact bytes, or of other bytes where a comment says so.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode)]
#[cbor(transparent)]
pub struct Digest(#[cbor(with = "minicbor::bytes")] pub [u8; 32]);

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0[..6].iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

/// A place in the district's log, from 1; 0 is before the first row.
pub type Position = u64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_text() {
        let id = ChildId::new([7; 16]);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!("xyz".parse::<ChildId>(), Err(BadId));
        assert_eq!("00".repeat(17).parse::<ChildId>(), Err(BadId));
    }
}
