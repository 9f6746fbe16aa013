//! Pieces of files on the way: `POST /v1/piece`, after all text. A signed request up, a signed
//! answer down; each piece is kept or given alone, so a cut anywhere costs one piece.
//!
//! ```text
//! request = head cbor Ask                     the head as in [`crate::head`]
//! answer  = 0xa4 sig(64) cbor Told
//! ```
//! The answer's signature covers `"tongdang/piece-answer/1" ‖ district ‖ request sig ‖ cbor`. The counter is the
//! one of `/v1/sync`: larger than in any request of the device before, whatever its path.

use domain::id::{DeviceId, Digest, RecordId};

use crate::file::{PIECE_BYTES, PIECE_OVERHEAD, PIECES_MAX};
use crate::head::{self, Body, Door, HEAD_BYTES_MAX, SignedHead};
use crate::key::{DeviceKey, verified};

/// Where it is posted.
pub const PATH: &str = "/v1/piece";
/// Most pieces put, and most got, in one request: little is lost when the line is.
pub const PIECES_A_REQUEST: usize = 4;
/// Most pieces asked about in one request.
pub const ASKED_MAX: usize = 1024;
/// Largest request and answer.
pub const BYTES_MAX: usize = PIECES_A_REQUEST * (PIECE_BYTES + PIECE_OVERHEAD + 64) + ASKED_MAX * 40 + 4096;
/// Largest request as posted.
pub const REQUEST_BYTES_MAX: usize = HEAD_BYTES_MAX + BYTES_MAX;
/// No text begins with it, so a portal's page is known by its first byte.
const ANSWER: u8 = 0xa4;

/// One piece of one file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, minicbor::Encode, minicbor::Decode)]
pub struct Place {
    /// The file: the `record` of its manifest item.
    #[n(0)]
    pub file: RecordId,
    /// 0 the thumbnail, 1… the file.
    #[n(1)]
    pub n: u16,
}

/// A piece with its bytes, encrypted.
#[derive(Clone, PartialEq, Eq, Debug, minicbor::Encode, minicbor::Decode)]
pub struct Piece {
    /// Which.
    #[n(0)]
    pub place: Place,
    /// As in the manifest's digest.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub bytes: Vec<u8>,
}

/// What a device asks.
#[derive(Clone, PartialEq, Eq, Debug, Default, minicbor::Encode, minicbor::Decode)]
pub struct Ask {
    /// Pieces to keep: of files made here, or after a server restore of anybody's she may see.
    #[n(0)]
    pub put: Vec<Piece>,
    /// Pieces it would like to have.
    #[n(1)]
    pub get: Vec<Place>,
    /// Pieces it has and asks whether the server keeps them.
    #[n(2)]
    pub have: Vec<Place>,
}

/// What the server tells.
#[derive(Clone, PartialEq, Eq, Debug, Default, minicbor::Encode, minicbor::Decode)]
pub struct Told {
    /// One per `put`, in order.
    #[n(0)]
    pub kept: Vec<Kept>,
    /// The pieces of `get` that are here and may be seen, in their order; others are left out.
    #[n(1)]
    pub got: Vec<Piece>,
    /// One per `have`, in order.
    #[n(2)]
    pub have: Vec<Kept>,
    /// The counter was not new; the newest the server knows. Nothing else was done.
    #[n(3)]
    pub counter: Option<u64>,
    /// As in the sync answer's head: shows a restore.
    #[n(4)]
    pub life: u32,
}

/// Whether a piece is on the server's disk.
#[derive(Clone, Copy, PartialEq, Eq, Debug, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum Kept {
    /// It is.
    #[n(0)]
    Yes,
    /// It is not; for a `put`: the server knows no manifest for it yet. Send the text first.
    #[n(1)]
    NotYet,
    /// It is not a piece of that file, or that file is not hers to write. Never send it again.
    #[n(2)]
    Refused,
}

/// Why bytes are no request or no answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadPiece {
    /// Too many bytes or pieces.
    #[error("outside the caps")]
    Caps,
    /// Not the format.
    #[error("not pieces of this protocol")]
    Format,
    /// The signature does not fit.
    #[error("signature does not fit")]
    Signature,
}

/// A request as it came, not yet believed.
#[derive(Clone, Copy, Debug)]
pub struct SignedAsk<'a> {
    /// Who says she sent it.
    pub device: DeviceId,
    /// Larger than in any request of the device before.
    pub counter: u64,
    /// Its signature; the answer's covers it.
    pub sig: [u8; 64],
    head: SignedHead,
    body: &'a [u8],
}

impl<'a> SignedAsk<'a> {
    /// The bytes to post. `counter` must be on the disk already.
    pub fn sign(key: &DeviceKey, district: &Digest, counter: u64, ask: &Ask) -> Vec<u8> {
        head::posted(key, (Door::Piece, district), counter, &minicbor::to_vec(ask).unwrap_or_default())
    }

    /// The signature of a request of one's own, to check the answer with.
    pub fn sig_of(bytes: &[u8]) -> Option<[u8; 64]> {
        head::sig_of(bytes)
    }

    /// Splits the bytes; believes nothing yet.
    pub fn read(bytes: &'a [u8]) -> Result<Self, BadPiece> {
        if bytes.len() > REQUEST_BYTES_MAX {
            return Err(BadPiece::Caps);
        }
        let (head, body) = SignedHead::split(bytes).map_err(|_| BadPiece::Format)?;
        Ok(Self { device: head.device, counter: head.counter, sig: head.sig, head, body })
    }

    /// Checks the signature by the roster's key for [`SignedAsk::device`], then decodes within the caps.
    pub fn open(&self, district: &Digest, public: &[u8; 32]) -> Result<Ask, BadPiece> {
        if !self.head.is_signed((Door::Piece, district), public, Body::Whole(self.body)) {
            return Err(BadPiece::Signature);
        }
        self.decoded()
    }

    /// The same where the head was proven before the body was taken in, or the small body with it.
    pub fn open_proven(&self) -> Result<Ask, BadPiece> {
        if self.head.is_of(self.body) { self.decoded() } else { Err(BadPiece::Signature) }
    }

    fn decoded(&self) -> Result<Ask, BadPiece> {
        let ask: Ask = whole(self.body)?;
        let places = ask.get.iter().chain(&ask.have).chain(ask.put.iter().map(|piece| &piece.place));
        let within = ask.put.len() <= PIECES_A_REQUEST
            && ask.get.len() <= PIECES_A_REQUEST
            && ask.have.len() <= ASKED_MAX
            && places.into_iter().all(|place| usize::from(place.n) < PIECES_MAX)
            && ask.put.iter().all(|piece| piece.bytes.len() <= PIECE_BYTES + PIECE_OVERHEAD);
        within.then_some(ask).ok_or(BadPiece::Caps)
    }
}

impl Told {
    /// The signed answer to the request that bore `request_sig`.
    pub fn sign(&self, key: &DeviceKey, district: &Digest, request_sig: &[u8; 64]) -> Vec<u8> {
        let body = minicbor::to_vec(self).unwrap_or_default();
        let sig = key.sign(&told(district, request_sig, &body));
        [&[ANSWER][..], &sig, &body].concat()
    }

    /// Reads an answer signed by the district's server to that request, and to no other.
    pub fn read(bytes: &[u8], district: &Digest, request_sig: &[u8; 64], public: &[u8; 32]) -> Result<Self, BadPiece> {
        if bytes.len() > BYTES_MAX {
            return Err(BadPiece::Caps);
        }
        let (&[kind], rest) = bytes.split_first_chunk::<1>().ok_or(BadPiece::Format)?;
        let (sig, body) = rest.split_first_chunk::<64>().ok_or(BadPiece::Format)?;
        if kind != ANSWER {
            return Err(BadPiece::Format);
        }
        if !verified(public, &told(district, request_sig, body), sig) {
            return Err(BadPiece::Signature);
        }
        whole(body)
    }
}

fn whole<'b, T: minicbor::Decode<'b, ()>>(body: &'b [u8]) -> Result<T, BadPiece> {
    let mut decoder = minicbor::Decoder::new(body);
    let read = decoder.decode().map_err(|_| BadPiece::Format)?;
    (decoder.position() == body.len()).then_some(read).ok_or(BadPiece::Format)
}

fn told<'a>(district: &'a Digest, request_sig: &'a [u8; 64], body: &'a [u8]) -> [&'a [u8]; 4] {
    [b"tongdang/piece-answer/1", &district.0, request_sig, body]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::{DISTRICT, device};
    use proptest::prelude::*;

    fn place(n: u16) -> Place {
        Place { file: RecordId::new([8; 16]), n }
    }

    fn ask() -> Ask {
        let put = vec![
            Piece { place: place(0), bytes: vec![5; 700] },
            Piece { place: place(1), bytes: vec![6; PIECE_BYTES + PIECE_OVERHEAD] },
        ];
        Ask { put, get: vec![place(2)], have: vec![place(3), place(4)] }
    }

    fn answer() -> Told {
        let got = vec![Piece { place: place(2), bytes: vec![7; 900] }];
        Told { kept: vec![Kept::Yes, Kept::NotYet], got, have: vec![Kept::Yes, Kept::Refused], counter: None, life: 3 }
    }

    #[test]
    fn a_request_and_its_answer_are_read_by_whom_they_are_for() {
        let (desk, server) = (device(1), device(2));
        let bytes = SignedAsk::sign(&desk, &DISTRICT, 9, &ask());
        let signed = SignedAsk::read(&bytes).expect("our own bytes");
        assert_eq!((signed.device, signed.counter), (desk.id(), 9));
        assert_eq!(signed.open(&DISTRICT, &desk.sign_public()), Ok(ask()));
        assert_eq!(signed.open(&DISTRICT, &server.sign_public()), Err(BadPiece::Signature));
        let told = answer().sign(&server, &DISTRICT, &signed.sig);
        let public = server.sign_public();
        assert_eq!(SignedAsk::sig_of(&bytes), Some(signed.sig));
        assert_eq!(Told::read(&told, &DISTRICT, &signed.sig, &public), Ok(answer()));
        assert_eq!(Told::read(&told, &DISTRICT, &[0; 64], &public), Err(BadPiece::Signature));
        assert_eq!(Told::read(b"<html>please log in</html>", &DISTRICT, &signed.sig, &public), Err(BadPiece::Format));
    }

    #[test]
    fn too_much_is_refused() {
        let desk = device(1);
        let opened = |ask: &Ask| {
            let bytes = SignedAsk::sign(&desk, &DISTRICT, 1, ask);
            SignedAsk::read(&bytes)?.open(&DISTRICT, &desk.sign_public())
        };
        let many = Ask { get: vec![place(0); PIECES_A_REQUEST + 1], ..Ask::default() };
        assert_eq!(opened(&many), Err(BadPiece::Caps));
        let large = Ask { put: vec![Piece { place: place(0), bytes: vec![0; PIECE_BYTES + 17] }], ..Ask::default() };
        assert_eq!(opened(&large), Err(BadPiece::Caps));
        let far = Ask { have: vec![place(u16::MAX)], ..Ask::default() };
        assert_eq!(opened(&far), Err(BadPiece::Caps));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_altered_bit_any_cut_and_any_noise_is_an_error(
            at in any::<prop::sample::Index>(), bit in 0..8u8, cut in any::<prop::sample::Index>(), noise in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            let (desk, server) = (device(1), device(2));
            let small = Ask { put: Vec::new(), ..ask() };
            let bytes = SignedAsk::sign(&desk, &DISTRICT, 9, &small);
            let opened = |bytes: &[u8]| SignedAsk::read(bytes)?.open(&DISTRICT, &desk.sign_public());
            let mut altered = bytes.clone();
            altered[at.index(bytes.len())] ^= 1 << bit;
            // A changed device id is looked up in the roster and found unknown.
            let same = SignedAsk::read(&altered).is_ok_and(|signed| signed.device == desk.id());
            prop_assert!(opened(&altered).is_err() || !same);
            prop_assert!(opened(&bytes[..cut.index(bytes.len())]).is_err());
            prop_assert!(opened(&noise).is_err());
            let told = answer().sign(&server, &DISTRICT, &[1; 64]);
            let read = |bytes: &[u8]| Told::read(bytes, &DISTRICT, &[1; 64], &server.sign_public());
            let mut altered = told.clone();
            altered[at.index(told.len())] ^= 1 << bit;
            prop_assert!(read(&altered).is_err() && read(&told[..cut.index(told.len())]).is_err() && read(&noise).is_err());
        }
    }
}
