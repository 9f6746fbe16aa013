//! The head of a signed request: who asks, and the signature by which the body is believed. It must not know
//! what the body says.
//!
//! ```text
//! posted = head body
//! head   = version(1) device(16) counter(8, BE) sig(64)               version 1, of a body up to 16 KB
//!        | version(1) device(16) counter(8, BE) sig(64) digest(32)    version 2: SHA-256 of the body
//! ```
//! Signed are `context/1 ‖ district ‖ device ‖ counter ‖ body`, and
//! `context/2 ‖ district ‖ device ‖ counter ‖ length of the body (8, BE) ‖ digest`. So whoever takes a large
//! body in knows before it comes whose it is and how long; a small one costs no byte for that.

use domain::id::{DeviceId, Digest};

use crate::key::{DeviceKey, sha256, verified};

/// Largest body behind a head that does not name its digest: what a stranger may bring unseen.
pub const SMALL_BYTES: usize = 16 * 1024;
/// Longest head.
pub const HEAD_BYTES_MAX: usize = HEAD + 32;

const HEAD: usize = 1 + 16 + 8 + 64;
const SMALL: u8 = 1;
const NAMED: u8 = 2;

/// Where it is posted: a signature for one door opens no other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Door {
    /// Text: `/v1/sync`.
    Sync,
    /// Pieces of files: `/v1/piece`.
    Piece,
}

impl Door {
    const fn context(self, version: u8) -> &'static [u8] {
        match (self, version) {
            (Self::Sync, SMALL) => b"tongdang/request/1",
            (Self::Sync, _) => b"tongdang/request/2",
            (Self::Piece, SMALL) => b"tongdang/piece/1",
            (Self::Piece, _) => b"tongdang/piece/2",
        }
    }
}

/// The bytes are no head of a known version.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not the head of a request of a known version")]
pub struct BadHead;

/// A head as it came, not yet believed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SignedHead {
    /// Who says she sent it.
    pub device: DeviceId,
    /// Larger than in any request of the device before.
    pub counter: u64,
    /// Ed25519; the answer's signature covers it, so that an answer belongs to one request.
    pub sig: [u8; 64],
    digest: Option<Digest>,
}

/// What there is of the body behind a head.
#[derive(Clone, Copy, Debug)]
pub enum Body<'a> {
    /// All of it.
    Whole(&'a [u8]),
    /// Nothing yet; so many bytes are to come.
    Length(u64),
}

impl SignedHead {
    /// The head at the beginning of what came so far; `None` while it is not all there.
    pub fn read(bytes: &[u8]) -> Result<Option<Self>, BadHead> {
        let named = match bytes.first() {
            None => return Ok(None),
            Some(&SMALL) => false,
            Some(&NAMED) => true,
            Some(_) => return Err(BadHead),
        };
        let Some((head, rest)) = bytes.split_at_checked(HEAD) else { return Ok(None) };
        let digest = match (named, rest.first_chunk()) {
            (true, None) => return Ok(None),
            (true, Some(digest)) => Some(Digest(*digest)),
            (false, _) => None,
        };
        let device = DeviceId::from_slice(&head[1..17]).map_err(|_| BadHead)?;
        let (mut counter, mut sig) = ([0; 8], [0; 64]);
        counter.copy_from_slice(&head[17..25]);
        sig.copy_from_slice(&head[25..]);
        Ok(Some(Self { device, counter: u64::from_be_bytes(counter), sig, digest }))
    }

    /// Head and body of posted bytes.
    pub fn split(bytes: &[u8]) -> Result<(Self, &[u8]), BadHead> {
        let head = Self::read(bytes)?.ok_or(BadHead)?;
        Ok((head, bytes.get(head.bytes()..).unwrap_or_default()))
    }

    /// How many bytes it takes.
    pub const fn bytes(&self) -> usize {
        if self.digest.is_some() { HEAD_BYTES_MAX } else { HEAD }
    }

    /// Whether the head alone says whose the body is.
    pub const fn names_its_body(&self) -> bool {
        self.digest.is_some()
    }

    /// Whether it was signed by `public` for this district's door and a body like this. Of a body still to come
    /// only a head that names it can say so; once it is there, [`SignedHead::is_of`].
    pub fn is_signed(&self, (door, district): (Door, &Digest), public: &[u8; 32], body: Body<'_>) -> bool {
        let (device, counter) = (self.device.as_bytes(), self.counter.to_be_bytes());
        match (self.digest, body) {
            (None, Body::Length(_)) => false,
            (None, Body::Whole(body)) => {
                let parts: [&[u8]; 5] = [door.context(SMALL), &district.0, device, &counter, body];
                body.len() <= SMALL_BYTES && verified(public, &parts, &self.sig)
            }
            (Some(digest), body) => {
                let (length, fits) = match body {
                    Body::Length(length) => (length, true),
                    Body::Whole(body) => (body.len() as u64, self.is_of(body)),
                };
                let length = length.to_be_bytes();
                let parts: [&[u8]; 6] = [door.context(NAMED), &district.0, device, &counter, &length, &digest.0];
                fits && verified(public, &parts, &self.sig)
            }
        }
    }

    /// Whether a body is the one the head names; of a head that names none its signature alone can tell.
    pub fn is_of(&self, body: &[u8]) -> bool {
        self.digest.is_none_or(|digest| sha256(&[body]) == digest)
    }
}

/// A body behind its signed head: the bytes to post. `counter` must be on the disk already.
pub fn posted(key: &DeviceKey, (door, district): (Door, &Digest), counter: u64, body: &[u8]) -> Vec<u8> {
    let (device, counter) = (key.id(), counter.to_be_bytes());
    let digest = (body.len() > SMALL_BYTES).then(|| sha256(&[body]));
    let sig = match &digest {
        None => key.sign(&[door.context(SMALL), &district.0, device.as_bytes(), &counter, body]),
        Some(digest) => {
            let length = (body.len() as u64).to_be_bytes();
            key.sign(&[door.context(NAMED), &district.0, device.as_bytes(), &counter, &length, &digest.0])
        }
    };
    let mut out = Vec::with_capacity(HEAD_BYTES_MAX + body.len());
    out.push(if digest.is_some() { NAMED } else { SMALL });
    out.extend_from_slice(device.as_bytes());
    out.extend_from_slice(&counter);
    out.extend_from_slice(&sig);
    out.extend(digest.iter().flat_map(|digest| digest.0));
    out.extend_from_slice(body);
    out
}

/// The signature of a request of one's own, to check the answer with.
pub fn sig_of(posted: &[u8]) -> Option<[u8; 64]> {
    posted.get(HEAD - 64..HEAD)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::{DISTRICT, device};
    use proptest::prelude::*;

    const SYNC: (Door, &Digest) = (Door::Sync, &DISTRICT);

    #[test]
    fn a_small_body_is_proven_whole_and_a_large_one_by_its_head_alone() {
        let (key, other) = (device(1), device(2).sign_public());
        let public = key.sign_public();
        for (len, named) in [(0, false), (SMALL_BYTES, false), (SMALL_BYTES + 1, true)] {
            let body = vec![7; len];
            let bytes = posted(&key, SYNC, 9, &body);
            let (head, rest) = SignedHead::split(&bytes).expect("our own bytes");
            assert_eq!((head.device, head.counter, head.names_its_body()), (key.id(), 9, named));
            assert_eq!((sig_of(&bytes), bytes.len()), (Some(head.sig), head.bytes() + len));
            assert_eq!(rest, body);
            assert!(head.is_signed(SYNC, &public, Body::Whole(&body)));
            assert_eq!(head.is_signed(SYNC, &public, Body::Length(len as u64)), named);
            assert!(!head.is_signed(SYNC, &public, Body::Length(len as u64 + 1)), "a longer one than was signed");
            assert!(!head.is_signed(SYNC, &public, Body::Whole(&[8; 9])), "another body");
            assert!(!head.is_signed((Door::Piece, &DISTRICT), &public, Body::Whole(&body)), "at another door");
            assert!(!head.is_signed((Door::Sync, &Digest([9; 32])), &public, Body::Whole(&body)));
            assert!(!head.is_signed(SYNC, &other, Body::Whole(&body)));
        }
    }

    #[test]
    fn a_large_body_under_a_small_head_is_nobodys() {
        let (key, body) = (device(1), vec![7; SMALL_BYTES + 1]);
        let device = key.id();
        let sig = key.sign(&[Door::Sync.context(SMALL), &DISTRICT.0, device.as_bytes(), &9u64.to_be_bytes(), &body]);
        let head = SignedHead { device, counter: 9, sig, digest: None };
        assert!(!head.is_signed(SYNC, &key.sign_public(), Body::Whole(&body)));
    }

    #[test]
    fn a_head_is_read_as_soon_as_it_is_there_and_noise_at_its_first_byte() {
        for body in [vec![7; 40], vec![7; SMALL_BYTES + 1]] {
            let bytes = posted(&device(1), SYNC, 9, &body);
            let (head, _) = SignedHead::split(&bytes).expect("our own bytes");
            for cut in 0..head.bytes() {
                assert_eq!(SignedHead::read(&bytes[..cut]), Ok(None), "{cut}");
            }
            assert_eq!(SignedHead::read(&bytes[..head.bytes()]), Ok(Some(head)));
        }
        assert_eq!(SignedHead::read(&[3]), Err(BadHead));
        assert_eq!(SignedHead::read(b"<html>"), Err(BadHead));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_altered_bit_of_head_or_body_is_noticed(large in any::<bool>(), at in any::<prop::sample::Index>(), bit in 0..8u8) {
            let key = device(1);
            let body = vec![7; if large { SMALL_BYTES + 9 } else { 300 }];
            let mut bytes = posted(&key, SYNC, 9, &body);
            let n = if large { HEAD_BYTES_MAX + 200 } else { bytes.len() };
            bytes[at.index(n)] ^= 1 << bit;
            let fits = SignedHead::split(&bytes).is_ok_and(|(head, body)| {
                head.device == key.id() && head.is_signed(SYNC, &key.sign_public(), Body::Whole(body))
            });
            prop_assert!(!fits);
        }
    }
}
