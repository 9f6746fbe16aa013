//! Keys of a device: Ed25519 to sign, X25519 to receive sealed bytes. Suite 1.

use domain::id::{DeviceId, Digest};
use domain::moment::Moment;
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};
use zeroize::ZeroizeOnDrop;

/// SHA-256 over several parts in a row.
pub fn sha256(parts: &[&[u8]]) -> Digest {
    let mut hash = Sha256::new();
    parts.iter().for_each(|part| hash.update(part));
    Digest(hash.finalize().into())
}

/// The secret keys of one device. Made on the device, never leaves it.
#[derive(Clone, ZeroizeOnDrop)]
pub struct DeviceKey {
    sign: [u8; 32],
    seal: [u8; 32],
}

impl DeviceKey {
    /// Fresh keys.
    pub fn fresh(moment: &mut Moment) -> Self {
        Self { sign: moment.bytes(), seal: moment.bytes() }
    }
    /// From the 64 bytes of [`DeviceKey::to_bytes`].
    pub fn from_bytes(bytes: &[u8; 64]) -> Self {
        let (mut sign, mut seal) = ([0; 32], [0; 32]);
        sign.copy_from_slice(&bytes[..32]);
        seal.copy_from_slice(&bytes[32..]);
        Self { sign, seal }
    }
    /// Both secrets, to keep them in an encrypted store.
    pub fn to_bytes(&self) -> [u8; 64] {
        let mut out = [0; 64];
        out[..32].copy_from_slice(&self.sign);
        out[32..].copy_from_slice(&self.seal);
        out
    }
    /// Ed25519 public key.
    pub fn sign_public(&self) -> [u8; 32] {
        SigningKey::from_bytes(&self.sign).verifying_key().to_bytes()
    }
    /// X25519 public key.
    pub fn seal_public(&self) -> [u8; 32] {
        x25519_dalek::PublicKey::from(&self.seal_secret()).to_bytes()
    }
    /// X25519 secret.
    pub fn seal_secret(&self) -> x25519_dalek::StaticSecret {
        x25519_dalek::StaticSecret::from(self.seal)
    }
    /// The device's id.
    pub fn id(&self) -> DeviceId {
        device_id(&self.sign_public(), &self.seal_public())
    }
    /// Signs the parts in a row.
    pub fn sign(&self, parts: &[&[u8]]) -> [u8; 64] {
        SigningKey::from_bytes(&self.sign).sign(&parts.concat()).to_bytes()
    }
}

/// The id of the device with these public keys.
pub fn device_id(sign: &[u8; 32], seal: &[u8; 32]) -> DeviceId {
    let digest = sha256(&[b"tongdang/device/1", sign, seal]);
    let mut id = [0; 16];
    id.copy_from_slice(&digest.0[..16]);
    DeviceId::new(id)
}

/// Whether `sig` is a signature by `public` over the parts in a row.
pub fn verified(public: &[u8; 32], parts: &[&[u8]], sig: &[u8; 64]) -> bool {
    let Ok(key) = VerifyingKey::from_bytes(public) else { return false };
    key.verify_strict(&parts.concat(), &ed25519_dalek::Signature::from_bytes(sig)).is_ok()
}
