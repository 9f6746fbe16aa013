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
