//! The smallest thing that travels.

use domain::id::{ChildId, Digest, RecordId};

use crate::key::sha256;

/// What an item is. The number is the wire code: never reuse one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum Kind {
    /// An Automerge change on one record.
    #[n(0)]
    Change,
    /// An age blob to named posts (reserved: sealed forms).
    #[n(1)]
    Sealed,
    /// A roster row; `form` is `roster`.
    #[n(2)]
    Roster,
    /// An audit row; `form` is `audit`.
    #[n(3)]
    Audit,
    /// A file manifest (reserved: attachments).
    #[n(4)]
    File,
}

impl Kind {
    /// Its wire code, which stores keep too.
    pub const fn code(self) -> u8 {
        match self {
            Self::Change => 0,
            Self::Sealed => 1,
            Self::Roster => 2,
            Self::Audit => 3,
            Self::File => 4,
        }
    }
    /// The kind with this code; `None` when this build knows none.
    pub const fn of(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::Change),
            1 => Some(Self::Sealed),
            2 => Some(Self::Roster),
            3 => Some(Self::Audit),
            4 => Some(Self::File),
            _ => None,
        }
    }
}

/// One item. Its digest is SHA-256 of exactly its encoded bytes.
#[derive(Clone, PartialEq, Eq, Debug, minicbor::Encode, minicbor::Decode)]
pub struct Item {
    /// What it is.
    #[n(0)]
    pub kind: Kind,
    /// The record it belongs to.
    #[n(1)]
    pub record: RecordId,
    /// The record's form; fixed by the record's first accepted item.
    #[n(2)]
    pub form: String,
    /// The child it is about; fixed by the record's first accepted item.
    #[n(3)]
    pub child: Option<ChildId>,
    /// Opaque here.
    #[n(4)]
    #[cbor(with = "minicbor::bytes")]
    pub body: Vec<u8>,
}

/// Bytes that are no item within the caps.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not an item")]
pub struct BadItem;

/// Largest encoded item.
pub const ITEM_BYTES_MAX: usize = 200 * 1024;
/// Longest form id.
pub const FORM_BYTES_MAX: usize = 40;

impl Item {
    /// The bytes that travel.
    pub fn encode(&self) -> Vec<u8> {
        minicbor::to_vec(self).unwrap_or_default()
    }
    /// Reads an item; refuses oversize, trailing or non-canonical bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, BadItem> {
        if bytes.len() > ITEM_BYTES_MAX {
            return Err(BadItem);
        }
        let item: Self = minicbor::decode(bytes).map_err(|_| BadItem)?;
        if item.form.len() > FORM_BYTES_MAX || item.encode() != bytes {
            return Err(BadItem);
        }
        Ok(item)
    }
}

/// The digest of an encoded item.
pub fn digest(bytes: &[u8]) -> Digest {
    sha256(&[bytes])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kinds_code_is_the_one_on_the_wire() {
        for code in 0..=u8::MAX {
            let on_the_wire: Option<Kind> = minicbor::decode(&minicbor::to_vec(code).expect("memory")).ok();
            assert_eq!(Kind::of(code), on_the_wire, "code {code}");
            assert!(Kind::of(code).is_none_or(|kind| kind.code() == code));
        }
    }
}
