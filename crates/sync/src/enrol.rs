//! How a new device joins a district: a typed one-time code, one exchange, and a short number to
//! compare. Works before any certificate is known; it must not rely on TLS for anything.
//!
//! ```text
//! code     = 4 base32 digits that find it at the server ‖ 16 that are the secret (80 bits)
//! request  = version(1) code id(4, BE) cover(HMAC(secret, "tongdang/enrol/ask/1"), cbor Ask)
//! answer   = cover(HMAC(secret, "tongdang/enrol/grant/1" ‖ SHA-256(request)), cbor Grant)
//! ```
//! Each side proves that it knows the secret by what only its holder can encrypt; the answer's key
//! covers the whole request, so neither can be replayed, altered or read by one who sits between.

use domain::id::{DeviceId, Digest, PersonId};
use domain::moment::{Moment, Timestamp};

use crate::certified::{Certified, Purpose, district};
use crate::key::{DeviceKey, device_id, sha256};
use crate::seal;

pub use self::text::{Address, BadEnrolText, Code, EnrolText};

mod text;

/// Largest request or answer of the handshake.
pub const ENROL_BYTES_MAX: usize = 32 * 1024;
/// Longest label of a device, bytes.
pub const LABEL_BYTES_MAX: usize = 120;
const VERSION: u8 = 1;

/// What a new device asks with.
#[derive(Clone, PartialEq, Eq, Debug, minicbor::Encode, minicbor::Decode)]
pub struct Ask {
    /// Ed25519 public key.
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub sign: [u8; 32],
    /// X25519 public key.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub seal: [u8; 32],
    /// What people call the device, e.g. "李主任的笔记本".
    #[n(2)]
    pub label: String,
}

impl Ask {
    /// The id the device will have.
    pub fn device(&self) -> DeviceId {
        device_id(&self.sign, &self.seal)
    }
}

/// All a device must know of its district. Public keys and names only.
#[derive(Clone, PartialEq, Eq, Debug, minicbor::Encode, minicbor::Decode)]
pub struct Grant {
    /// The district's name.
    #[n(0)]
    pub district_name: String,
    /// Ed25519 public key of the root.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub root: [u8; 32],
    /// [`Purpose::Roster`]: the server's device, signing and sealing key.
    #[n(2)]
    pub roster: Certified,
    /// [`Purpose::Inbox`].
    #[n(3)]
    pub inbox: Certified,
    /// [`Purpose::Ca`].
    #[n(4)]
    pub ca: Certified,
    /// The new device's id.
    #[n(5)]
    pub device: DeviceId,
    /// Whose it is.
    #[n(6)]
    pub person: PersonId,
    /// Her name.
    #[n(7)]
    pub person_name: String,
    /// Until when the device may read offline.
    #[n(8)]
    pub lease: Timestamp,
    /// The server's clock.
    #[n(9)]
    pub now: Timestamp,
}

/// The server's device as the root vouches for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ServerKeys {
    /// Its id, the author of roster rows.
    pub device: DeviceId,
    /// Ed25519 public key.
    pub sign: [u8; 32],
    /// X25519 public key.
    pub seal: [u8; 32],
}

/// Why a handshake did not come off.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadEnrol {
    /// Not the format, or outside the caps.
    #[error("not a message of the handshake")]
    Format,
    /// The other side does not know the secret, or the message was altered.
    #[error("the other side did not prove that it knows the code")]
    Unproven,
    /// The root does not vouch for what was granted.
    #[error("the grant does not hold together")]
    Grant,
}

impl Grant {
    /// The district's identity.
    pub fn district(&self) -> Digest {
        district(&self.root)
    }
    /// The server's device.
    pub fn server(&self) -> Result<ServerKeys, BadEnrol> {
        let subject = self.roster.checked(&self.root, Purpose::Roster).ok_or(BadEnrol::Grant)?;
        let (sign, seal) = subject.split_first_chunk::<32>().ok_or(BadEnrol::Grant)?;
        let seal: &[u8; 32] = seal.try_into().map_err(|_| BadEnrol::Grant)?;
        Ok(ServerKeys { device: device_id(sign, seal), sign: *sign, seal: *seal })
    }
    /// The inbox key to seal to.
    pub fn inbox_public(&self) -> Result<[u8; 32], BadEnrol> {
        let subject = self.inbox.checked(&self.root, Purpose::Inbox).ok_or(BadEnrol::Grant)?;
        subject.try_into().map_err(|_| BadEnrol::Grant)
    }
    /// The CA certificate (DER) to pin.
    pub fn ca_der(&self) -> Result<&[u8], BadEnrol> {
        self.ca.checked(&self.root, Purpose::Ca).ok_or(BadEnrol::Grant)
    }
}

/// The device's side: the bytes to POST to `/v1/enrol`.
pub fn request(code: &Code, key: &DeviceKey, label: &str, moment: &mut Moment) -> Vec<u8> {
    let mut end = label.len().min(LABEL_BYTES_MAX);
    while !label.is_char_boundary(end) {
        end -= 1;
    }
    let ask = Ask { sign: key.sign_public(), seal: key.seal_public(), label: label[..end].to_owned() };
    let covered = seal::cover(&ask_key(code), moment, &minicbor::to_vec(&ask).unwrap_or_default());
    [&[VERSION][..], &code.id().to_be_bytes(), &covered].concat()
}

/// The server's side, first: which code a request names. Believes nothing yet.
pub fn code_id(request: &[u8]) -> Result<u32, BadEnrol> {
    let (prefix, rest) = request.split_first_chunk::<5>().ok_or(BadEnrol::Format)?;
    if prefix[0] != VERSION || rest.len() > ENROL_BYTES_MAX {
        return Err(BadEnrol::Format);
    }
    Ok(u32::from_be_bytes([prefix[1], prefix[2], prefix[3], prefix[4]]))
}

/// The server's side, second: what is asked, if the asker knows the code.
pub fn read_request(code: &Code, request: &[u8]) -> Result<Ask, BadEnrol> {
    if code_id(request)? != code.id() {
        return Err(BadEnrol::Unproven);
    }
    let cbor = seal::uncover(&ask_key(code), &request[5..]).map_err(|_| BadEnrol::Unproven)?;
    let ask: Ask = minicbor::decode(&cbor).map_err(|_| BadEnrol::Format)?;
    if ask.label.len() > LABEL_BYTES_MAX { Err(BadEnrol::Format) } else { Ok(ask) }
}

/// The server's side, last: the bytes to answer with.
pub fn answer(code: &Code, request: &[u8], grant: &Grant, moment: &mut Moment) -> Vec<u8> {
    seal::cover(&grant_key(code, request), moment, &minicbor::to_vec(grant).unwrap_or_default())
}

/// The device's side, last: the grant, if the answerer knows the code and the root vouches for
/// every part of it.
pub fn read_answer(code: &Code, key: &DeviceKey, request: &[u8], answer: &[u8]) -> Result<Grant, BadEnrol> {
    if answer.len() > ENROL_BYTES_MAX {
        return Err(BadEnrol::Format);
    }
    let cbor = seal::uncover(&grant_key(code, request), answer).map_err(|_| BadEnrol::Unproven)?;
    let grant: Grant = minicbor::decode(&cbor).map_err(|_| BadEnrol::Format)?;
    grant.server()?;
    grant.inbox_public()?;
    grant.ca_der()?;
    if grant.device == key.id() { Ok(grant) } else { Err(BadEnrol::Grant) }
}

fn ask_key(code: &Code) -> [u8; 32] {
    seal::hmac(code.secret(), &[b"tongdang/enrol/ask/1"])
}

fn grant_key(code: &Code, request: &[u8]) -> [u8; 32] {
    seal::hmac(code.secret(), &[b"tongdang/enrol/grant/1", &sha256(&[request]).0])
}

/// Six digits that both screens show: the new device's, and any that holds its roster row. Equal
/// digits say that the device on the list is the one on the table. `district` stands for the root
/// key: it is all of it that a desk keeps.
pub fn comparison(district: &Digest, sign: &[u8; 32], seal: &[u8; 32]) -> String {
    let digest = sha256(&[b"tongdang/compare/2", &district.0, sign, seal]);
    let mut first = [0; 8];
    first.copy_from_slice(&digest.0[..8]);
    format!("{:06}", u64::from_be_bytes(first) % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certified::RootKey;
    use crate::scene::{NOW, Seeded, device};
    use proptest::prelude::*;

    fn code(seed: u64) -> Code {
        Code::fresh(&mut Moment::new(NOW, &mut Seeded(seed)))
    }

    fn grant(ask: &Ask) -> Grant {
        let (root, server) = (RootKey::from_bytes([1; 32]), device(9));
        let keys = [server.sign_public(), server.seal_public()].concat();
        Grant {
            district_name: "虚构区".into(),
            root: root.public(),
            roster: root.certify(Purpose::Roster, &keys),
            inbox: root.certify(Purpose::Inbox, &[3; 32]),
            ca: root.certify(Purpose::Ca, b"a certificate"),
            device: ask.device(),
            person: PersonId::new([4; 16]),
            person_name: "某某".into(),
            lease: NOW.plus_s(86_400),
            now: NOW,
        }
    }

    #[test]
    fn a_device_with_the_code_learns_its_district() {
        let (code, key) = (code(1), device(1));
        let mut chance = Seeded(5);
        let mut m = Moment::new(NOW, &mut chance);
        let asked = request(&code, &key, "李主任的笔记本", &mut m);
        assert_eq!(code_id(&asked), Ok(code.id()));
        let ask = read_request(&code, &asked).expect("the right code");
        assert_eq!((ask.device(), ask.label.as_str()), (key.id(), "李主任的笔记本"));
        let answered = answer(&code, &asked, &grant(&ask), &mut m);
        let grant = read_answer(&code, &key, &asked, &answered).expect("the right code");
        assert_eq!(grant.server().map(|s| s.device), Ok(device(9).id()));
        assert_eq!(grant.inbox_public(), Ok([3; 32]));
        assert_eq!(grant.ca_der(), Ok(&b"a certificate"[..]));
    }

    #[test]
    fn one_who_sits_between_reads_nothing_and_changes_nothing() {
        let (ours, guessed, key) = (code(1), code(2), device(1));
        let mut chance = Seeded(5);
        let mut m = Moment::new(NOW, &mut chance);
        let asked = request(&ours, &key, "李主任的笔记本", &mut m);
        assert!(!asked.windows(6).any(|w| w == "李主".as_bytes()), "the label is not in the clear");
        assert_eq!(read_request(&guessed, &asked), Err(BadEnrol::Unproven));
        let ask = read_request(&ours, &asked).expect("the right code");
        let forged = answer(&guessed, &asked, &grant(&ask), &mut m);
        assert_eq!(read_answer(&ours, &key, &asked, &forged), Err(BadEnrol::Unproven));
        let earlier = request(&ours, &key, "", &mut m);
        let replayed = answer(&ours, &earlier, &grant(&ask), &mut m);
        assert_eq!(read_answer(&ours, &key, &asked, &replayed), Err(BadEnrol::Unproven));
    }

    #[test]
    fn a_grant_the_root_does_not_vouch_for_is_refused() {
        let (code, key) = (code(1), device(1));
        let mut chance = Seeded(5);
        let mut m = Moment::new(NOW, &mut chance);
        let asked = request(&code, &key, "", &mut m);
        let good = grant(&read_request(&code, &asked).expect("the right code"));
        let other = RootKey::from_bytes([2; 32]);
        let wrong = [
            Grant { inbox: other.certify(Purpose::Inbox, &[3; 32]), ..good.clone() },
            Grant { ca: good.inbox.clone(), ..good.clone() },
            Grant { root: other.public(), ..good.clone() },
            Grant { device: device(2).id(), ..good },
        ];
        for grant in wrong {
            let answered = answer(&code, &asked, &grant, &mut m);
            assert_eq!(read_answer(&code, &key, &asked, &answered), Err(BadEnrol::Grant));
        }
    }

    #[test]
    fn both_screens_show_the_same_six_digits() {
        let (key, ours) = (device(1), district(&[1; 32]));
        let digits = comparison(&ours, &key.sign_public(), &key.seal_public());
        assert!(digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit()));
        assert_ne!(digits, comparison(&district(&[2; 32]), &key.sign_public(), &key.seal_public()));
        assert_ne!(digits, comparison(&ours, &device(2).sign_public(), &key.seal_public()));
    }

    #[test]
    fn a_long_label_is_cut_between_characters() {
        let (code, long) = (code(1), "李".repeat(100));
        let asked = request(&code, &device(1), &long, &mut Moment::new(NOW, &mut Seeded(1)));
        assert_eq!(read_request(&code, &asked).map(|ask| ask.label), Ok("李".repeat(40)));
    }

    proptest! {
        #[test]
        fn damaged_handshakes_are_errors(at in any::<prop::sample::Index>(), bit in 0..8u8, noise in prop::collection::vec(any::<u8>(), 0..200)) {
            let (code, key) = (code(1), device(1));
            let mut chance = Seeded(5);
            let mut m = Moment::new(NOW, &mut chance);
            let asked = request(&code, &key, "x", &mut m);
            let answered = answer(&code, &asked, &grant(&read_request(&code, &asked).expect("ours")), &mut m);
            for (whole, is_ask) in [(asked.clone(), true), (answered, false)] {
                let read = |bytes: &[u8]| {
                    if is_ask { read_request(&code, bytes).is_ok() } else { read_answer(&code, &key, &asked, bytes).is_ok() }
                };
                let mut altered = whole.clone();
                altered[at.index(whole.len())] ^= 1 << bit;
                prop_assert!(!read(&altered) && !read(&whole[..at.index(whole.len())]) && !read(&noise));
            }
        }
    }
}
