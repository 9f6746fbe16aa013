//! What one device signs: the items it produced since its previous envelope.

use domain::id::{Branch, DeviceId, Digest, Position};
use domain::moment::Timestamp;

use crate::item::{self, Item};
use crate::key::{DeviceKey, sha256, verified};

/// Most items in an envelope.
pub const ITEMS_MAX: usize = 64;
/// Largest encoded envelope.
pub const ENVELOPE_BYTES_MAX: usize = 256 * 1024;
/// Format version written by this build.
pub const VERSION: u8 = 1;
/// Suite 1: Ed25519, SHA-256.
pub const SUITE: u8 = 1;

/// An item, or only its digest where the reader may not see it (or no longer keeps it).
#[derive(Clone, PartialEq, Eq, Debug, minicbor::Encode, minicbor::Decode)]
pub enum Part {
    /// The encoded item; its digest is never sent beside it.
    #[n(0)]
    Whole(
        #[n(0)]
        #[cbor(with = "minicbor::bytes")]
        Vec<u8>,
    ),
    /// SHA-256 of the encoded item.
    #[n(1)]
    Bare(#[n(0)] Digest),
    /// SHA-256 of the encoded item, which went with its erased child. Only its author says so, in a
    /// request of her own; towards devices it is bare.
    #[n(2)]
    Erased(#[n(0)] Digest),
}

impl Part {
    /// The item's digest.
    pub fn digest(&self) -> Digest {
        match self {
            Self::Whole(bytes) => item::digest(bytes),
            Self::Bare(digest) | Self::Erased(digest) => *digest,
        }
    }
}

/// An envelope, whole or with some items as bare digests.
#[derive(Clone, PartialEq, Eq, Debug, minicbor::Encode, minicbor::Decode)]
pub struct Envelope {
    /// Format version.
    #[n(0)]
    pub v: u8,
    /// Crypto suite.
    #[n(1)]
    pub suite: u8,
    /// Who signed.
    #[n(2)]
    pub device: DeviceId,
    /// Branch of the device's chain.
    #[n(3)]
    pub branch: Branch,
    /// Number in the branch, from 1 without gaps.
    #[n(4)]
    pub seq: u32,
    /// [`Envelope::id`] of the previous envelope of the branch; zeros for the first.
    #[n(5)]
    pub prev: Digest,
    /// The device's clock when it signed: a claim.
    #[n(6)]
    pub at: Timestamp,
    /// Version of the roster the author knew.
    #[n(7)]
    pub roster: Position,
    /// The items in order.
    #[n(8)]
    pub parts: Vec<Part>,
    /// Ed25519 over [`Envelope::signed`].
    #[n(9)]
    #[cbor(with = "minicbor::bytes")]
    pub sig: [u8; 64],
}

/// Why bytes are no envelope.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadEnvelope {
    /// Too many bytes or items, or none.
    #[error("envelope outside its caps")]
    Caps,
    /// Not the format, or a version or suite this build does not know.
    #[error("not an envelope of a known version")]
    Format,
    /// The signature is not the device's.
    #[error("signature does not fit")]
    Signature,
}

/// What stands in an envelope's header before it is signed.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    /// Branch of the chain.
    pub branch: Branch,
    /// Number in the branch.
    pub seq: u32,
    /// Id of the previous envelope.
    pub prev: Digest,
    /// The device's clock.
    pub at: Timestamp,
    /// Roster version known.
    pub roster: Position,
}

impl Envelope {
    /// Signs items. `district` is SHA-256 of the district's root public key: an envelope of one
    /// district is no envelope of another.
    pub fn sign(key: &DeviceKey, district: &Digest, link: Link, items: Vec<Vec<u8>>) -> Self {
        let mut envelope = Self {
            v: VERSION,
            suite: SUITE,
            device: key.id(),
            branch: link.branch,
            seq: link.seq,
            prev: link.prev,
            at: link.at,
            roster: link.roster,
            parts: items.into_iter().map(Part::Whole).collect(),
            sig: [0; 64],
        };
        envelope.sig = key.sign(&[&envelope.signed(district)]);
        envelope
    }

    /// SHA-256 over the item digests in order.
    pub fn root(&self) -> Digest {
        let digests: Vec<u8> = self.parts.iter().flat_map(|p| p.digest().0).collect();
        sha256(&[&digests])
    }

    /// The bytes the signature covers.
    pub fn signed(&self, district: &Digest) -> Vec<u8> {
        let mut out = Vec::with_capacity(200);
        out.extend_from_slice(b"tongdang/envelope/1");
        out.extend_from_slice(&district.0);
        out.extend_from_slice(&[self.v, self.suite]);
        out.extend_from_slice(self.device.as_bytes());
        out.extend_from_slice(&self.branch.0);
        out.extend_from_slice(&self.seq.to_be_bytes());
        out.extend_from_slice(&self.prev.0);
        out.extend_from_slice(&self.at.0.to_be_bytes());
        out.extend_from_slice(&self.roster.to_be_bytes());
        out.extend_from_slice(&(self.parts.len() as u16).to_be_bytes());
        out.extend_from_slice(&self.root().0);
        out
    }

    /// Identity of the envelope: SHA-256 of what is signed. The same seq with another id is a fork.
    pub fn id(&self, district: &Digest) -> Digest {
        sha256(&[&self.signed(district)])
    }

    /// Bytes of the items carried whole.
    pub fn weight(&self) -> usize {
        let whole = |part: &Part| if let Part::Whole(bytes) = part { bytes.len() } else { 0 };
        self.parts.iter().map(whole).sum()
    }

    /// Checks caps, version and signature.
    pub fn verify(&self, district: &Digest, public: &[u8; 32]) -> Result<(), BadEnvelope> {
        if self.v != VERSION || self.suite != SUITE || self.seq == 0 {
            return Err(BadEnvelope::Format);
        }
        if self.parts.is_empty() || self.parts.len() > ITEMS_MAX || self.weight() > ENVELOPE_BYTES_MAX {
            return Err(BadEnvelope::Caps);
        }
        let fits = verified(public, &[&self.signed(district)], &self.sig);
        fits.then_some(()).ok_or(BadEnvelope::Signature)
    }

    /// The bytes that travel.
    pub fn encode(&self) -> Vec<u8> {
        minicbor::to_vec(self).unwrap_or_default()
    }

    /// Reads an envelope; refuses oversize and trailing bytes. Does not check the signature.
    pub fn decode(bytes: &[u8]) -> Result<Self, BadEnvelope> {
        if bytes.len() > ENVELOPE_BYTES_MAX {
            return Err(BadEnvelope::Caps);
        }
        let mut decoder = minicbor::Decoder::new(bytes);
        let envelope: Self = decoder.decode().map_err(|_| BadEnvelope::Format)?;
        if decoder.position() != bytes.len() {
            return Err(BadEnvelope::Format);
        }
        if envelope.parts.is_empty() || envelope.parts.len() > ITEMS_MAX {
            return Err(BadEnvelope::Caps);
        }
        Ok(envelope)
    }

    /// The whole items, with their place in the envelope. Unreadable ones are errors in place.
    pub fn items(&self) -> impl Iterator<Item = (usize, Result<Item, item::BadItem>)> + '_ {
        self.parts.iter().enumerate().filter_map(|(n, part)| match part {
            Part::Whole(bytes) => Some((n, Item::decode(bytes))),
            Part::Bare(_) | Part::Erased(_) => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::{DISTRICT, device, envelope, item};
    use proptest::prelude::*;

    fn bare(envelope: &Envelope, keep: &[bool]) -> Envelope {
        let part = |(part, keep): (&Part, &bool)| if *keep { part.clone() } else { Part::Bare(part.digest()) };
        Envelope { parts: envelope.parts.iter().zip(keep).map(part).collect(), ..envelope.clone() }
    }

    #[test]
    fn an_envelope_of_another_district_or_device_does_not_verify() {
        let signed = envelope(&device(1), 1, 2);
        assert_eq!(signed.verify(&DISTRICT, &device(1).sign_public()), Ok(()));
        assert_eq!(signed.verify(&Digest([0; 32]), &device(1).sign_public()), Err(BadEnvelope::Signature));
        assert_eq!(signed.verify(&DISTRICT, &device(2).sign_public()), Err(BadEnvelope::Signature));
    }

    #[test]
    fn an_envelope_beyond_its_caps_is_refused() {
        let mut many = envelope(&device(1), 1, 1);
        many.parts = vec![many.parts[0].clone(); ITEMS_MAX + 1];
        assert_eq!(many.verify(&DISTRICT, &device(1).sign_public()), Err(BadEnvelope::Caps));
        assert_eq!(Envelope::decode(&many.encode()), Err(BadEnvelope::Caps));
        many.parts = vec![Part::Whole(vec![0; ENVELOPE_BYTES_MAX + 1])];
        assert_eq!(many.verify(&DISTRICT, &device(1).sign_public()), Err(BadEnvelope::Caps));
    }

    proptest! {
        #[test]
        fn a_subset_with_bare_digests_verifies_and_any_altered_byte_does_not(
            keep in prop::collection::vec(any::<bool>(), 5), at in any::<prop::sample::Index>(), bit in 0..8u8,
        ) {
            let whole = envelope(&device(1), 3, 5);
            let part = bare(&whole, &keep);
            prop_assert_eq!(part.id(&DISTRICT), whole.id(&DISTRICT));
            let mut bytes = part.encode();
            prop_assert_eq!(Envelope::decode(&bytes), Ok(part.clone()));
            prop_assert_eq!(part.verify(&DISTRICT, &device(1).sign_public()), Ok(()));
            let n = bytes.len();
            bytes[at.index(n)] ^= 1 << bit;
            if let Ok(altered) = Envelope::decode(&bytes) {
                let verdict = altered.verify(&DISTRICT, &device(1).sign_public());
                prop_assert!(verdict.is_err() || altered == part, "only the spelling may differ");
            }
        }

        #[test]
        fn noise_and_cut_envelopes_and_items_are_errors(noise in prop::collection::vec(any::<u8>(), 0..300), cut in any::<prop::sample::Index>()) {
            let _ = Envelope::decode(&noise);
            prop_assert!(Item::decode(&noise).is_err());
            let (envelope, item) = (envelope(&device(1), 1, 2).encode(), item(1).encode());
            prop_assert!(Envelope::decode(&envelope[..cut.index(envelope.len())]).is_err());
            prop_assert!(Item::decode(&item[..cut.index(item.len())]).is_err());
        }
    }
}
