//! Photographs and scans: what stands in a manifest item, and the encrypted pieces that travel
//! apart from it. It must not know pictures.
//!
//! A file is a thumbnail (piece 0) and the file itself (pieces 1…), each piece encrypted under
//! the file's own key, which stands in the manifest only. Who has no manifest has nothing.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use domain::id::{Digest, RecordId};
use domain::moment::Moment;
use zeroize::Zeroize;

use crate::key::sha256;

/// The form every manifest item bears.
pub const FORM: &str = "file";
/// Bytes of a piece before it is encrypted.
pub const PIECE_BYTES: usize = 64 * 1024;
/// What encrypting adds to a piece.
pub const PIECE_OVERHEAD: usize = 16;
/// Largest thumbnail: piece 0 (`ecosystem.md`: thumbnails first, on a thin line).
pub const THUMB_BYTES_MAX: usize = 16 * 1024;
/// Largest file (handbook §3: 10 MB a piece of evidence); photographs are shrunk to 300 KB before.
pub const FILE_BYTES_MAX: usize = 10 << 20;
/// Longest name, in bytes.
pub const NAME_BYTES_MAX: usize = 200;
/// Longest media type, in bytes.
pub const MEDIA_BYTES_MAX: usize = 60;
/// Longest field key, in bytes.
pub const FIELD_BYTES_MAX: usize = 120;
/// Most pieces: the thumbnail and the file.
pub const PIECES_MAX: usize = 1 + FILE_BYTES_MAX / PIECE_BYTES;

/// The body of a [`crate::item::Kind::File`] item; the item's `record` is the file's id, its
/// `child` whose file it is, its `form` [`FORM`].
#[derive(Clone, PartialEq, Eq, Debug, minicbor::Encode, minicbor::Decode)]
pub struct Manifest {
    /// The record it belongs to: a visit note, or a child's file.
    #[n(0)]
    pub about: RecordId,
    /// The field it stands under there, e.g. `attach`, `photo`.
    #[n(1)]
    pub field: String,
    /// What its maker called it.
    #[n(2)]
    pub name: String,
    /// Media type, e.g. `image/jpeg`.
    #[n(3)]
    pub media: String,
    /// Bytes of the thumbnail, unencrypted; 0 without one, and then piece 0 is empty.
    #[n(4)]
    pub thumb: u32,
    /// Bytes of the file, unencrypted.
    #[n(5)]
    pub size: u32,
    /// Its key; used for this file and never again.
    #[n(6)]
    #[cbor(with = "minicbor::bytes")]
    pub key: [u8; 32],
    /// SHA-256 of each encrypted piece, in order.
    #[n(7)]
    pub pieces: Vec<Digest>,
}

impl Drop for Manifest {
    fn drop(&mut self) {
        self.key.zeroize();
    }
}

/// Bytes that are no manifest within the caps, or no piece of this file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not a file of this protocol")]
pub struct BadFile;

/// A file cut for the way: its manifest, and its encrypted pieces in order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cut {
    /// What goes into the item.
    pub manifest: Manifest,
    /// The pieces, as they lie on disks and travel.
    pub pieces: Vec<Vec<u8>>,
}

/// What a file is called and where it belongs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Label<'a> {
    /// See [`Manifest::about`].
    pub about: RecordId,
    /// See [`Manifest::field`].
    pub field: &'a str,
    /// See [`Manifest::name`].
    pub name: &'a str,
    /// See [`Manifest::media`].
    pub media: &'a str,
}

/// Encrypts a file under a fresh key. [`BadFile`] when it is empty or outside the caps.
pub fn cut(m: &mut Moment, label: Label<'_>, thumb: &[u8], bytes: &[u8]) -> Result<Cut, BadFile> {
    if bytes.len() > FILE_BYTES_MAX || thumb.len() > THUMB_BYTES_MAX {
        return Err(BadFile);
    }
    let key: [u8; 32] = m.bytes();
    let plain = std::iter::once(thumb).chain(bytes.chunks(PIECE_BYTES));
    let pieces: Vec<Vec<u8>> = plain.enumerate().map(|(n, piece)| encrypt(&key, n, piece)).collect();
    let manifest = Manifest {
        about: label.about,
        field: label.field.to_owned(),
        name: label.name.to_owned(),
        media: label.media.to_owned(),
        thumb: u32::try_from(thumb.len()).map_err(|_| BadFile)?,
        size: u32::try_from(bytes.len()).map_err(|_| BadFile)?,
        key,
        pieces: pieces.iter().map(|piece| sha256(&[piece])).collect(),
    };
    manifest.sound().then_some(Cut { manifest, pieces }).ok_or(BadFile)
}

impl Manifest {
    /// The bytes of the item's body.
    pub fn encode(&self) -> Vec<u8> {
        minicbor::to_vec(self).unwrap_or_default()
    }

    /// Reads an item's body; refuses what is outside the caps, inconsistent or not canonical.
    pub fn decode(bytes: &[u8]) -> Result<Self, BadFile> {
        let manifest: Self = minicbor::decode(bytes).map_err(|_| BadFile)?;
        (manifest.sound() && manifest.encode() == bytes).then_some(manifest).ok_or(BadFile)
    }

    fn sound(&self) -> bool {
        let (size, thumb) = (self.size as usize, self.thumb as usize);
        (1..=FILE_BYTES_MAX).contains(&size)
            && thumb <= THUMB_BYTES_MAX
            && self.pieces.len() == 1 + size.div_ceil(PIECE_BYTES)
            && self.name.len() <= NAME_BYTES_MAX
            && (1..=MEDIA_BYTES_MAX).contains(&self.media.len())
            && (1..=FIELD_BYTES_MAX).contains(&self.field.len())
    }

    /// How many bytes piece `n` has before it is encrypted; `None` when there is no such piece.
    fn plain_len(&self, n: usize) -> Option<usize> {
        let size = self.size as usize;
        match n {
            0 => Some(self.thumb as usize),
            _ if n < self.pieces.len() => Some((size - (n - 1) * PIECE_BYTES).min(PIECE_BYTES)),
            _ => None,
        }
    }

    /// Whether these bytes are this file's piece `n`.
    pub fn is_piece(&self, n: usize, bytes: &[u8]) -> bool {
        self.plain_len(n).is_some_and(|len| bytes.len() == len + PIECE_OVERHEAD)
            && self.pieces.get(n).is_some_and(|digest| *digest == sha256(&[bytes]))
    }

    /// Decrypts the thumbnail from piece 0.
    pub fn thumbnail(&self, piece: &[u8]) -> Result<Vec<u8>, BadFile> {
        self.decrypt(0, piece)
    }

    /// Decrypts the file from its pieces 1…, in order.
    pub fn whole<'a>(&self, pieces: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<u8>, BadFile> {
        let mut out = Vec::with_capacity(self.size as usize);
        for (n, piece) in pieces.into_iter().enumerate() {
            out.extend(self.decrypt(n + 1, piece)?);
        }
        (out.len() == self.size as usize).then_some(out).ok_or(BadFile)
    }

    fn decrypt(&self, n: usize, piece: &[u8]) -> Result<Vec<u8>, BadFile> {
        if !self.is_piece(n, piece) {
            return Err(BadFile);
        }
        let cipher = XChaCha20Poly1305::new(&Key::from(self.key));
        cipher.decrypt(&nonce(n), Payload { msg: piece, aad: &number(n) }).map_err(|_| BadFile)
    }
}

fn encrypt(key: &[u8; 32], n: usize, piece: &[u8]) -> Vec<u8> {
    let cipher = XChaCha20Poly1305::new(&Key::from(*key));
    let payload = Payload { msg: piece, aad: &number(n) };
    cipher.encrypt(&nonce(n), payload).expect("a piece is far below the cipher's limit")
}

/// A key is made for one file, and each number is used once under it.
fn nonce(n: usize) -> XNonce {
    let mut bytes = [0; 24];
    bytes[16..].copy_from_slice(&number(n));
    XNonce::from(bytes)
}

const fn number(n: usize) -> [u8; 8] {
    (n as u64).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::{NOW, Seeded};
    use proptest::prelude::*;

    fn label() -> Label<'static> {
        Label { about: RecordId::new([3; 16]), field: "attach", name: "院子.jpg", media: "image/jpeg" }
    }

    fn made(thumb: usize, size: usize) -> Cut {
        let mut chance = Seeded(7);
        let bytes: Vec<u8> = (0..size).map(|n| (n % 251) as u8).collect();
        cut(&mut Moment::new(NOW, &mut chance), label(), &vec![9; thumb], &bytes).expect("within the caps")
    }

    #[test]
    fn a_photograph_comes_out_of_its_pieces_as_it_went_in() {
        for size in [1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 300 * 1024] {
            let Cut { manifest, pieces } = made(12_000, size);
            assert_eq!(Manifest::decode(&manifest.encode()), Ok(manifest.clone()));
            assert_eq!(manifest.thumbnail(&pieces[0]), Ok(vec![9; 12_000]));
            let whole = manifest.whole(pieces[1..].iter().map(Vec::as_slice)).expect("all pieces");
            assert!(whole.len() == size && whole.iter().enumerate().all(|(n, byte)| *byte == (n % 251) as u8));
        }
    }

    #[test]
    fn pieces_in_another_order_of_another_file_or_altered_are_refused() {
        let (one, other) = (made(10, 3 * PIECE_BYTES), made(11, 3 * PIECE_BYTES));
        let mut swapped: Vec<&[u8]> = one.pieces[1..].iter().map(Vec::as_slice).collect();
        swapped.swap(0, 1);
        assert_eq!(one.manifest.whole(swapped), Err(BadFile));
        assert_eq!(one.manifest.whole([]), Err(BadFile));
        assert_eq!(one.manifest.thumbnail(&other.pieces[0]), Err(BadFile));
        let mut altered = one.pieces[0].clone();
        altered[3] ^= 1;
        assert_eq!(one.manifest.thumbnail(&altered), Err(BadFile));
    }

    #[test]
    fn what_is_outside_the_caps_is_refused() {
        let mut chance = Seeded(7);
        let m = &mut Moment::new(NOW, &mut chance);
        assert_eq!(cut(m, label(), &[], &[]), Err(BadFile));
        assert_eq!(cut(m, label(), &vec![0; THUMB_BYTES_MAX + 1], &[1]), Err(BadFile));
        assert_eq!(cut(m, label(), &[], &vec![0; FILE_BYTES_MAX + 1]), Err(BadFile));
        let mut wrong = made(5, 70_000).manifest;
        wrong.pieces.pop();
        assert_eq!(Manifest::decode(&wrong.encode()), Err(BadFile));
    }

    proptest! {
        #[test]
        fn foreign_bytes_are_an_error_and_never_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            prop_assert!(Manifest::decode(&bytes).is_err());
            prop_assert!(made(5, 100).manifest.thumbnail(&bytes).is_err());
        }

        #[test]
        fn an_altered_manifest_is_refused_or_another_one(at in any::<prop::sample::Index>(), bit in 0..8u8) {
            let good = made(5, 70_000).manifest;
            let mut bytes = good.encode();
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            if let Ok(read) = Manifest::decode(&bytes) {
                prop_assert_ne!(read, good);
            }
        }
    }
}
