//! Bytes encrypted to a public key or under a secret key, suite 1. It keeps no key and must not
//! decide who may open what.

use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use domain::moment::Moment;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use x25519_dalek::{PublicKey, StaticSecret};

/// Suite 1: X25519, HMAC-SHA-256, XChaCha20-Poly1305.
const SUITE: u8 = 1;
const NONCE: usize = 24;

/// What [`cover`] adds to the bytes.
pub const COVER_OVERHEAD: usize = 1 + NONCE + 16;
/// What [`seal_to`] adds to the bytes.
pub const SEAL_OVERHEAD: usize = 1 + 32 + 16;

/// Bytes that this key does not open: damaged, of another suite, or not for this key.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not sealed for this key")]
pub struct BadSeal;

/// HMAC-SHA-256 over several parts in a row; also how keys are derived from keys.
pub fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

/// Encrypts bytes so that only the holder of `public`'s secret can read them.
pub fn seal_to(public: &[u8; 32], moment: &mut Moment, bytes: &[u8]) -> Vec<u8> {
    let secret = StaticSecret::from(moment.bytes::<32>());
    let ephemeral = PublicKey::from(&secret).to_bytes();
    let shared = secret.diffie_hellman(&PublicKey::from(*public));
    let key = seal_key(shared.as_bytes(), &ephemeral, public);
    let mut out = vec![SUITE];
    out.extend_from_slice(&ephemeral);
    // The key is used once, so the nonce may be constant.
    out.extend(encrypt(&key, &[0; NONCE], bytes));
    out
}

/// Opens what [`seal_to`] made.
pub fn open_sealed(secret: &StaticSecret, bytes: &[u8]) -> Result<Vec<u8>, BadSeal> {
    let (&[suite], rest) = bytes.split_first_chunk::<1>().ok_or(BadSeal)?;
    let (ephemeral, sealed) = rest.split_first_chunk::<32>().ok_or(BadSeal)?;
    let shared = secret.diffie_hellman(&PublicKey::from(*ephemeral));
    if suite != SUITE || !shared.was_contributory() {
        return Err(BadSeal);
    }
    let public = PublicKey::from(secret).to_bytes();
    decrypt(&seal_key(shared.as_bytes(), ephemeral, &public), &[0; NONCE], sealed)
}

fn seal_key(shared: &[u8; 32], ephemeral: &[u8; 32], public: &[u8; 32]) -> [u8; 32] {
    hmac(shared, &[b"tongdang/seal/1", ephemeral, public])
}

/// Encrypts bytes at rest under a key, with a random nonce in front.
pub fn cover(key: &[u8; 32], moment: &mut Moment, bytes: &[u8]) -> Vec<u8> {
    let nonce: [u8; NONCE] = moment.bytes();
    let mut out = Vec::with_capacity(COVER_OVERHEAD + bytes.len());
    out.push(SUITE);
    out.extend_from_slice(&nonce);
    out.extend(encrypt(key, &nonce, bytes));
    out
}

/// Opens what [`cover`] made.
pub fn uncover(key: &[u8; 32], bytes: &[u8]) -> Result<Vec<u8>, BadSeal> {
    let (&[suite], rest) = bytes.split_first_chunk::<1>().ok_or(BadSeal)?;
    let (nonce, covered) = rest.split_first_chunk::<NONCE>().ok_or(BadSeal)?;
    if suite != SUITE {
        return Err(BadSeal);
    }
    decrypt(key, nonce, covered)
}

fn encrypt(key: &[u8; 32], nonce: &[u8; NONCE], bytes: &[u8]) -> Vec<u8> {
    let cipher = XChaCha20Poly1305::new(&Key::from(*key));
    cipher.encrypt(&XNonce::from(*nonce), bytes).expect("memory to memory, far below the cipher's limit")
}

fn decrypt(key: &[u8; 32], nonce: &[u8; NONCE], bytes: &[u8]) -> Result<Vec<u8>, BadSeal> {
    let cipher = XChaCha20Poly1305::new(&Key::from(*key));
    cipher.decrypt(&XNonce::from(*nonce), bytes).map_err(|_| BadSeal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::{NOW, Seeded, device};
    use proptest::prelude::*;

    #[test]
    fn only_the_one_it_is_for_opens_it() {
        let mut chance = Seeded(3);
        let mut moment = Moment::new(NOW, &mut chance);
        let (ours, others) = (device(1), device(2));
        let sealed = seal_to(&ours.seal_public(), &mut moment, b"draft");
        assert_eq!(sealed.len(), SEAL_OVERHEAD + 5);
        assert_eq!(open_sealed(&ours.seal_secret(), &sealed), Ok(b"draft".to_vec()));
        assert_eq!(open_sealed(&others.seal_secret(), &sealed), Err(BadSeal));
        assert_ne!(sealed, seal_to(&ours.seal_public(), &mut moment, b"draft"), "never twice the same");
        let zero_point = [&[SUITE][..], &[0; 32], &[0; 40]].concat();
        assert_eq!(open_sealed(&ours.seal_secret(), &zero_point), Err(BadSeal));
    }

    #[test]
    fn hmac_agrees_with_rfc_4231_case_2() {
        let mac = hmac(b"Jefe", &[b"what do ya want ", b"for nothing?"]);
        assert_eq!(mac[..4], [0x5b, 0xdc, 0xc1, 0x46]);
    }

    proptest! {
        #[test]
        fn altered_or_cut_bytes_do_not_open(
            bytes in prop::collection::vec(any::<u8>(), 0..200), at in any::<prop::sample::Index>(), bit in 0..8u8,
        ) {
            let (key, reader) = ([7; 32], device(1));
            let mut chance = Seeded(1);
            let mut moment = Moment::new(NOW, &mut chance);
            let covered = cover(&key, &mut moment, &bytes);
            let sealed = seal_to(&reader.seal_public(), &mut moment, &bytes);
            prop_assert_eq!(covered.len(), COVER_OVERHEAD + bytes.len());
            prop_assert_eq!(uncover(&key, &covered), Ok(bytes));
            for (whole, is_cover) in [(covered, true), (sealed, false)] {
                let open = |bytes: &[u8]| if is_cover { uncover(&key, bytes) } else { open_sealed(&reader.seal_secret(), bytes) };
                let mut altered = whole.clone();
                altered[at.index(whole.len())] ^= 1 << bit;
                // The top bit of an X25519 point is ignored by definition, and bound by the key derivation.
                prop_assert_eq!(open(&altered), Err(BadSeal));
                prop_assert_eq!(open(&whole[..at.index(whole.len())]), Err(BadSeal));
            }
        }

        #[test]
        fn noise_does_not_open(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert_eq!(uncover(&[7; 32], &bytes), Err(BadSeal));
            prop_assert_eq!(open_sealed(&device(1).seal_secret(), &bytes), Err(BadSeal));
        }
    }
}
