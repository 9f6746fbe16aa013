//! The server's own keys, in one file beside the databases. It must not hold the root's secret.
//!
//! ```text
//! server.key = "tongdang/server.key/1\n" mode(1) salt(16) bytes
//! mode 0: cbor       mode 1: cover(Argon2id(passphrase, salt), cbor)
//! ```

use std::io::Write as _;
use std::path::Path;

use domain::area::Area;
use domain::id::{DeviceId, Digest};
use domain::moment::Moment;
use sync::certified::{Certified, Purpose, RootKey};
use sync::key::DeviceKey;
use sync::seal;
use zeroize::Zeroizing;

use crate::store::sqlite::FileKeys;

/// Name of the file in the data folder.
pub const FILE: &str = "server.key";
/// Name of the root's secret, written once by `init` to be taken offline.
pub const ROOT_FILE: &str = "root.key";
const MAGIC: &[u8] = b"tongdang/server.key/1\n";
const BYTES_MAX: usize = 64 * 1024;
/// Argon2id: 64 MiB, 3 passes, 1 lane.
const COST: (u32, u32, u32) = (64 * 1024, 3, 1);

/// Why the file does not open.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SecretError {
    /// No such file, or unreadable.
    #[error("读不到 server.key：请确认数据目录正确；新建区中心请先运行 init。")]
    Missing,
    /// A passphrase is needed.
    #[error("server.key 有口令保护：请用 --passphrase-file 给出口令文件。")]
    Locked,
    /// Wrong passphrase or damaged file.
    #[error("server.key 打不开：口令不对，或文件损坏；请核对口令，或从保管处取回该文件。")]
    Damaged,
    /// It could not be written.
    #[error("server.key 写不进去：请检查磁盘空间和目录权限。")]
    Write,
}

/// What the district is called and how it proves itself. Public.
#[derive(Clone, PartialEq, Eq, Debug, minicbor::Encode, minicbor::Decode)]
pub struct District {
    /// Its name.
    #[n(0)]
    pub name: String,
    /// Its area.
    #[n(1)]
    pub area: Area,
    /// Host under which desks find the server.
    #[n(2)]
    pub host: String,
    /// Ed25519 public key of the root.
    #[n(3)]
    #[cbor(with = "minicbor::bytes")]
    pub root: [u8; 32],
    /// The server's device, vouched for by the root.
    #[n(4)]
    pub roster: Certified,
    /// The inbox key.
    #[n(5)]
    pub inbox: Certified,
    /// The TLS CA's certificate.
    #[n(6)]
    pub ca: Certified,
}

impl District {
    /// SHA-256 of the root's public key: what every signature covers.
    pub fn digest(&self) -> Digest {
        sync::certified::district(&self.root)
    }
}

#[derive(minicbor::Encode, minicbor::Decode)]
struct Written {
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    store: [u8; 32],
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    keys: [u8; 32],
    #[n(2)]
    #[cbor(with = "minicbor::bytes")]
    cache: [u8; 32],
    #[n(3)]
    #[cbor(with = "minicbor::bytes")]
    device: [u8; 64],
    #[n(4)]
    #[cbor(with = "minicbor::bytes")]
    inbox: [u8; 64],
    #[n(5)]
    district: District,
    #[n(6)]
    #[cbor(with = "minicbor::bytes")]
    tls: Vec<u8>,
}

/// All the server's secrets.
#[derive(Clone)]
pub struct Secret {
    /// Raw keys of the databases.
    pub files: FileKeys,
    /// The server's own device: writes roster rows, signs answers.
    pub device: DeviceKey,
    /// The inbox key (its sealing half); opens what desks seal to the district.
    pub inbox: DeviceKey,
    /// The public side.
    pub district: District,
    /// What TLS needs (CA key, server key and certificate), as the TLS file writes it.
    pub tls: Zeroizing<Vec<u8>>,
}

/// What `init` is told.
pub struct Founding<'a> {
    /// Name of the district.
    pub name: &'a str,
    /// Its area.
    pub area: Area,
    /// Host under which desks find the server.
    pub host: &'a str,
    /// The CA's certificate, DER.
    pub ca: &'a [u8],
    /// What TLS needs to be kept secret.
    pub tls: Vec<u8>,
}

impl Secret {
    /// Makes everything new; the root key is returned to be taken offline.
    pub fn found(m: &mut Moment, founding: Founding<'_>) -> (Self, RootKey) {
        let root = RootKey::fresh(m);
        let files = FileKeys { store: m.bytes(), keys: m.bytes(), cache: m.bytes() };
        let (device, inbox) = (DeviceKey::fresh(m), DeviceKey::fresh(m));
        let own = [device.sign_public(), device.seal_public()].concat();
        let district = District {
            name: founding.name.to_owned(),
            area: founding.area,
            host: founding.host.to_owned(),
            root: root.public(),
            roster: root.certify(Purpose::Roster, &own),
            inbox: root.certify(Purpose::Inbox, &inbox.seal_public()),
            ca: root.certify(Purpose::Ca, founding.ca),
        };
        (Self { files, device, inbox, district, tls: Zeroizing::new(founding.tls) }, root)
    }

    /// The server's device.
    pub fn id(&self) -> DeviceId {
        self.device.id()
    }

    /// The file's bytes; under a passphrase when one is given.
    pub fn to_bytes(&self, m: &mut Moment, passphrase: Option<&str>) -> Result<Zeroizing<Vec<u8>>, SecretError> {
        let written = Written {
            store: self.files.store,
            keys: self.files.keys,
            cache: self.files.cache,
            device: self.device.to_bytes(),
            inbox: self.inbox.to_bytes(),
            district: self.district.clone(),
            tls: self.tls.to_vec(),
        };
        let cbor = Zeroizing::new(minicbor::to_vec(&written).map_err(|_| SecretError::Write)?);
        let salt: [u8; 16] = m.bytes();
        let mut out = Zeroizing::new([MAGIC, &[u8::from(passphrase.is_some())], &salt].concat());
        match passphrase {
            None => out.extend_from_slice(&cbor),
            Some(words) => out.extend(seal::cover(&*stretched(words, &salt)?, m, &cbor)),
        }
        Ok(out)
    }

    /// Reads the file's bytes.
    pub fn from_bytes(bytes: &[u8], passphrase: Option<&str>) -> Result<Self, SecretError> {
        let rest = bytes.strip_prefix(MAGIC).filter(|_| bytes.len() <= BYTES_MAX).ok_or(SecretError::Damaged)?;
        let (&mode, rest) = rest.split_first().ok_or(SecretError::Damaged)?;
        let (salt, body) = rest.split_first_chunk::<16>().ok_or(SecretError::Damaged)?;
        let cbor = Zeroizing::new(match (mode, passphrase) {
            (0, _) => body.to_vec(),
            (1, None) => return Err(SecretError::Locked),
            (1, Some(words)) => seal::uncover(&*stretched(words, salt)?, body).map_err(|_| SecretError::Damaged)?,
            (_, _) => return Err(SecretError::Damaged),
        });
        let written: Written = minicbor::decode(&cbor).map_err(|_| SecretError::Damaged)?;
        Ok(Self {
            files: FileKeys { store: written.store, keys: written.keys, cache: written.cache },
            device: DeviceKey::from_bytes(&written.device),
            inbox: DeviceKey::from_bytes(&written.inbox),
            district: written.district,
            tls: Zeroizing::new(written.tls),
        })
    }

    /// Reads `server.key` of a data folder.
    pub fn load(dir: &Path, passphrase: Option<&str>) -> Result<Self, SecretError> {
        let bytes = Zeroizing::new(std::fs::read(dir.join(FILE)).map_err(|_| SecretError::Missing)?);
        Self::from_bytes(&bytes, passphrase)
    }

    /// Writes `server.key` into a data folder that has none.
    pub fn save(&self, m: &mut Moment, dir: &Path, passphrase: Option<&str>) -> Result<(), SecretError> {
        write_private(&dir.join(FILE), &self.to_bytes(m, passphrase)?)
    }
}

/// Writes a new file only its owner may read; never over an existing one.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<(), SecretError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|_| SecretError::Write)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|_| SecretError::Write)
}

fn stretched(passphrase: &str, salt: &[u8; 16]) -> Result<Zeroizing<[u8; 32]>, SecretError> {
    let (memory, passes, lanes) = COST;
    let params = argon2::Params::new(memory, passes, lanes, Some(32)).map_err(|_| SecretError::Damaged)?;
    let argon = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
    let mut key = Zeroizing::new([0; 32]);
    argon.hash_password_into(passphrase.as_bytes(), salt, &mut *key).map_err(|_| SecretError::Damaged)?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene;

    #[test]
    fn the_key_file_opens_with_its_passphrase_only() {
        let mut chance = scene::Dice::new(1);
        let m = &mut chance.moment(0);
        let secret = scene::secret(m);
        let plain = secret.to_bytes(m, None).expect("written");
        let back = Secret::from_bytes(&plain, None).expect("read");
        assert_eq!((back.id(), &back.district), (secret.id(), &secret.district));
        let locked = secret.to_bytes(m, Some("四只羊过河")).expect("written");
        assert_eq!(Secret::from_bytes(&locked, None).err(), Some(SecretError::Locked));
        assert_eq!(Secret::from_bytes(&locked, Some("四只羊")).err(), Some(SecretError::Damaged));
        assert_eq!(Secret::from_bytes(&locked, Some("四只羊过河")).expect("read").id(), secret.id());
        for cut in [0, 5, 30, 60, plain.len() - 1] {
            assert!(Secret::from_bytes(&plain[..cut], None).is_err(), "{cut}");
        }
    }
}
