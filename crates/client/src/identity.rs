//! Who this device is and which district it belongs to. It must not know how that is stored.

use domain::id::{DeviceId, Digest, PersonId};
use domain::moment::Timestamp;
use sync::key::DeviceKey;
use zeroize::Zeroizing;

/// What enrolment left behind: the device's secret keys and the district's public ones.
#[derive(Clone)]
pub struct Identity {
    /// SHA-256 of the district's root public key.
    pub district: Digest,
    /// The district's name.
    pub name: String,
    /// Host and port of the district's server.
    pub address: String,
    /// The private CA's certificate (DER).
    pub ca: Vec<u8>,
    /// The server's own device: writes roster rows, signs answers.
    pub server: DeviceId,
    /// Its Ed25519 public key.
    pub server_sign: [u8; 32],
    /// The district's inbox key (X25519).
    pub inbox: [u8; 32],
    /// This device's keys.
    pub key: DeviceKey,
    /// Whose device it is.
    pub person: PersonId,
    /// Until when it may read offline, as granted at enrolment.
    pub lease: Option<Timestamp>,
}

#[derive(minicbor::Encode, minicbor::Decode)]
struct Written {
    #[n(0)]
    district: Digest,
    #[n(1)]
    name: String,
    #[n(2)]
    address: String,
    #[n(3)]
    #[cbor(with = "minicbor::bytes")]
    ca: Vec<u8>,
    #[n(4)]
    server: DeviceId,
    #[n(5)]
    #[cbor(with = "minicbor::bytes")]
    server_sign: [u8; 32],
    #[n(6)]
    #[cbor(with = "minicbor::bytes")]
    inbox: [u8; 32],
    #[n(7)]
    #[cbor(with = "minicbor::bytes")]
    key: [u8; 64],
    #[n(8)]
    person: PersonId,
    #[n(9)]
    lease: Option<Timestamp>,
}

impl Identity {
    /// This device.
    pub fn device(&self) -> DeviceId {
        self.key.id()
    }

    /// The bytes kept under the store's key.
    pub(crate) fn encode(&self) -> Zeroizing<Vec<u8>> {
        let written = Written {
            district: self.district,
            name: self.name.clone(),
            address: self.address.clone(),
            ca: self.ca.clone(),
            server: self.server,
            server_sign: self.server_sign,
            inbox: self.inbox,
            key: self.key.to_bytes(),
            person: self.person,
            lease: self.lease,
        };
        Zeroizing::new(minicbor::to_vec(written).unwrap_or_default())
    }

    /// Reads [`Identity::encode`]; `None` for anything else.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let w: Written = minicbor::decode(bytes).ok()?;
        Some(Self {
            district: w.district,
            name: w.name,
            address: w.address,
            ca: w.ca,
            server: w.server,
            server_sign: w.server_sign,
            inbox: w.inbox,
            key: DeviceKey::from_bytes(&w.key),
            person: w.person,
            lease: w.lease,
        })
    }
}
