//! The signed request: what a device sends. Nothing is unpacked before the signature fits.

use domain::id::{DeviceId, Digest};

use crate::envelope::ENVELOPE_BYTES_MAX;
use crate::head::{self, Body, Door, HEAD_BYTES_MAX, SignedHead};
use crate::key::DeviceKey;
use crate::pack::{self, Level};
use crate::seal::SEAL_OVERHEAD;
use crate::wire::Request;

/// Largest request body, packed as well as unpacked.
pub const REQUEST_BYTES_MAX: usize = 8 << 20;
/// Most envelopes in a request.
pub const PUSH_MAX: usize = 4096;
/// Most histories asked for.
pub const WANT_MAX: usize = 4096;
/// Most marks in `have`.
pub const HAVE_MAX: usize = 65_536;
/// Most held items asked for in one request.
pub const HELD_MAX: usize = 256;

/// Why bytes are no request.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadRequest {
    /// Too many bytes, envelopes, wants or marks.
    #[error("request outside its caps")]
    Caps,
    /// Not the format, or a version this build does not know.
    #[error("not a request of a known version")]
    Format,
    /// The signature is not the device's.
    #[error("signature does not fit")]
    Signature,
}

/// A request as it came, not yet believed.
#[derive(Clone, Copy, Debug)]
pub struct SignedRequest<'a> {
    /// Who says she sent it.
    pub device: DeviceId,
    /// Larger than in any request of the device before.
    pub counter: u64,
    /// Ed25519; the answer's signature covers it, so that an answer belongs to one request.
    pub sig: [u8; 64],
    head: SignedHead,
    body: &'a [u8],
}

impl<'a> SignedRequest<'a> {
    /// Packs and signs a request: the bytes to POST. `counter` must be on the disk already.
    pub fn sign(key: &DeviceKey, district: &Digest, counter: u64, request: &Request, level: Level) -> Vec<u8> {
        let body = pack::pack(level, &minicbor::to_vec(request).unwrap_or_default());
        head::posted(key, (Door::Sync, district), counter, &body)
    }

    /// The signature of a request of one's own, to check the answer with.
    pub fn sig_of(bytes: &[u8]) -> Option<[u8; 64]> {
        head::sig_of(bytes)
    }

    /// Splits the bytes; believes nothing yet.
    pub fn read(bytes: &'a [u8]) -> Result<Self, BadRequest> {
        if bytes.len() > HEAD_BYTES_MAX + REQUEST_BYTES_MAX {
            return Err(BadRequest::Caps);
        }
        let (head, body) = SignedHead::split(bytes).map_err(|_| BadRequest::Format)?;
        Ok(Self { device: head.device, counter: head.counter, sig: head.sig, head, body })
    }

    /// Checks the signature by `public` (the roster's key for [`SignedRequest::device`]), then
    /// unpacks and decodes within the caps. The envelopes inside are not verified.
    pub fn open(&self, district: &Digest, public: &[u8; 32]) -> Result<Request, BadRequest> {
        if !self.head.is_signed((Door::Sync, district), public, Body::Whole(self.body)) {
            return Err(BadRequest::Signature);
        }
        self.unpacked()
    }

    /// The same where the head was proven before the body was taken in, or the small body with it.
    pub fn open_proven(&self) -> Result<Request, BadRequest> {
        if self.head.is_of(self.body) { self.unpacked() } else { Err(BadRequest::Signature) }
    }

    /// Bytes it says it unpacks to.
    pub fn weight(&self) -> usize {
        pack::content_size(self.body).unwrap_or(0).max(self.body.len())
    }

    fn unpacked(&self) -> Result<Request, BadRequest> {
        let cbor = pack::unpack(self.body, REQUEST_BYTES_MAX).map_err(|_| BadRequest::Format)?;
        let mut decoder = minicbor::Decoder::new(&cbor);
        let request: Request = decoder.decode().map_err(|_| BadRequest::Format)?;
        if decoder.position() != cbor.len() {
            return Err(BadRequest::Format);
        }
        within_caps(&request).then_some(request).ok_or(BadRequest::Caps)
    }
}

fn within_caps(request: &Request) -> bool {
    request.push.len() + request.sealed.len() <= PUSH_MAX
        && request.sealed.iter().all(|sealed| sealed.len() <= ENVELOPE_BYTES_MAX + SEAL_OVERHEAD)
        && request.want.len() <= WANT_MAX
        && request.have.len() <= HAVE_MAX
        && request.holds.as_ref().is_none_or(|holds| holds.len() <= HAVE_MAX)
        && request.held.as_ref().is_none_or(|held| held.len() <= HELD_MAX)
        && request.push.iter().all(|pushed| pushed.0.weight() <= ENVELOPE_BYTES_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::{DISTRICT, device, request};
    use crate::wire::{Holding, Mark};
    use proptest::prelude::*;

    #[test]
    fn a_request_opens_for_its_own_district_and_key_only() {
        let (key, asked) = (device(1), request());
        let bytes = SignedRequest::sign(&key, &DISTRICT, 7, &asked, Level::Dense);
        let signed = SignedRequest::read(&bytes).expect("our own bytes");
        assert_eq!((signed.device, signed.counter), (key.id(), 7));
        assert_eq!(SignedRequest::sig_of(&bytes), Some(signed.sig));
        assert_eq!(signed.open(&DISTRICT, &key.sign_public()), Ok(asked));
        let others = device(2).sign_public();
        assert_eq!(signed.open(&DISTRICT, &others), Err(BadRequest::Signature));
        assert_eq!(signed.open(&Digest([9; 32]), &key.sign_public()), Err(BadRequest::Signature));
    }

    #[test]
    fn a_request_with_nothing_to_say_is_small() {
        let bytes = SignedRequest::sign(&device(1), &DISTRICT, 1 << 20, &Request::default(), Level::Dense);
        assert!(bytes.len() <= 125, "{}", bytes.len());
    }

    #[test]
    fn too_many_marks_are_refused() {
        let have = vec![Mark([0; 8]); HAVE_MAX + 1];
        let holds = have.iter().map(|mark| Holding { mark: *mark, items: 1 }).collect();
        let asked = Request { have, ..Request::default() };
        for asked in [asked, Request { holds: Some(holds), ..Request::default() }] {
            let bytes = SignedRequest::sign(&device(1), &DISTRICT, 1, &asked, Level::Quick);
            let signed = SignedRequest::read(&bytes).expect("our own bytes");
            assert_eq!(signed.open(&DISTRICT, &device(1).sign_public()), Err(BadRequest::Caps));
        }
    }

    proptest! {
        #[test]
        fn any_altered_bit_and_any_cut_is_noticed(at in any::<prop::sample::Index>(), bit in 0..8u8, cut in any::<prop::sample::Index>()) {
            let key = device(1);
            let bytes = SignedRequest::sign(&key, &DISTRICT, 7, &request(), Level::Quick);
            let opened = |bytes: &[u8]| {
                let signed = SignedRequest::read(bytes)?;
                signed.open(&DISTRICT, &key.sign_public())
            };
            let mut altered = bytes.clone();
            altered[at.index(bytes.len())] ^= 1 << bit;
            // A changed device id is looked up in the roster and found unknown.
            let same_device = SignedRequest::read(&altered).is_ok_and(|s| s.device == key.id());
            prop_assert!(opened(&altered).is_err() || !same_device);
            prop_assert!(opened(&bytes[..cut.index(bytes.len())]).is_err());
        }

        #[test]
        fn noise_under_a_good_signature_is_an_error(body in prop::collection::vec(any::<u8>(), 0..300)) {
            let key = device(1);
            for body in [body.clone(), pack::pack(Level::Quick, &body)] {
                let bytes = head::posted(&key, (Door::Sync, &DISTRICT), 1, &body);
                let signed = SignedRequest::read(&bytes).expect("a head");
                let _ = signed.open(&DISTRICT, &key.sign_public());
            }
        }
    }
}
