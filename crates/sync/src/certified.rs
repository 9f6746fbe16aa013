//! The district's root key and what it vouches for. It signs public keys only, never content.

use domain::id::Digest;
use domain::moment::Moment;
use ed25519_dalek::{Signer as _, SigningKey};
use zeroize::ZeroizeOnDrop;

use crate::key::{sha256, verified};

/// Longest certified subject: a CA certificate.
pub const SUBJECT_BYTES_MAX: usize = 8 * 1024;

/// The district's root secret. Made by `init`, then kept offline by two people.
#[derive(ZeroizeOnDrop)]
pub struct RootKey([u8; 32]);

/// What a certified key is for. The number is the wire code: never reuse one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum Purpose {
    /// The server's device, which writes the roster: its two public keys, 64 bytes.
    #[n(0)]
    Roster,
    /// The TLS CA: its certificate, DER.
    #[n(1)]
    Ca,
    /// The inbox key: X25519 public, 32 bytes.
    #[n(2)]
    Inbox,
    /// The backup recipient: X25519 public, 32 bytes.
    #[n(3)]
    Backup,
}

/// A key or certificate with the root's signature.
#[derive(Clone, PartialEq, Eq, Debug, minicbor::Encode, minicbor::Decode)]
pub struct Certified {
    /// What it is for.
    #[n(0)]
    pub purpose: Purpose,
    /// The key or certificate; see [`Purpose`].
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub subject: Vec<u8>,
    /// Ed25519 by the root.
    #[n(2)]
    #[cbor(with = "minicbor::bytes")]
    pub sig: [u8; 64],
}

impl RootKey {
    /// A fresh root key.
    pub fn fresh(moment: &mut Moment) -> Self {
        Self(moment.bytes())
    }
    /// From the 32 bytes of [`RootKey::to_bytes`].
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
    /// The secret, to write it to a file that is then taken offline.
    pub const fn to_bytes(&self) -> [u8; 32] {
        self.0
    }
    /// Ed25519 public key.
    pub fn public(&self) -> [u8; 32] {
        SigningKey::from_bytes(&self.0).verifying_key().to_bytes()
    }
    /// Vouches for a key.
    pub fn certify(&self, purpose: Purpose, subject: &[u8]) -> Certified {
        let sig = SigningKey::from_bytes(&self.0).sign(&covered(purpose, subject).concat()).to_bytes();
        Certified { purpose, subject: subject.to_vec(), sig }
    }
}

/// The district's identity: SHA-256 of its root public key. Every signature in it covers this.
pub fn district(root_public: &[u8; 32]) -> Digest {
    sha256(&[root_public])
}

impl Certified {
    /// The subject, if the root vouches for it for this purpose.
    pub fn checked(&self, root_public: &[u8; 32], purpose: Purpose) -> Option<&[u8]> {
        let small = self.subject.len() <= SUBJECT_BYTES_MAX;
        let fits = || verified(root_public, &covered(purpose, &self.subject), &self.sig);
        (small && self.purpose == purpose && fits()).then_some(&self.subject)
    }
}

fn covered(purpose: Purpose, subject: &[u8]) -> [&[u8]; 3] {
    let name: &[u8] = match purpose {
        Purpose::Roster => b"roster\0",
        Purpose::Ca => b"ca\0",
        Purpose::Inbox => b"inbox\0",
        Purpose::Backup => b"backup\0",
    };
    [b"tongdang/certified/1\0", name, subject]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_vouches_for_one_key_and_one_purpose() {
        let (root, other) = (RootKey::from_bytes([1; 32]), RootKey::from_bytes([2; 32]));
        let certified = root.certify(Purpose::Inbox, &[7; 32]);
        assert_eq!(certified.checked(&root.public(), Purpose::Inbox), Some(&[7; 32][..]));
        assert_eq!(certified.checked(&root.public(), Purpose::Backup), None);
        assert_eq!(certified.checked(&other.public(), Purpose::Inbox), None);
        let swapped = Certified { purpose: Purpose::Backup, ..certified.clone() };
        assert_eq!(swapped.checked(&root.public(), Purpose::Backup), None);
        let altered = Certified { subject: vec![8; 32], ..certified };
        assert_eq!(altered.checked(&root.public(), Purpose::Inbox), None);
    }
}
