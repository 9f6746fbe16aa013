//! Who may open the store: a random store key, wrapped once per slot. It must not open a database.
//! [`pin`] the one slot that needs more than what a person knows.
//!
//! `slots.cbor` is replaced whole (temporary file, fsync, rename, fsync of the folder), so that a
//! crash leaves the old or the new one. The identity lies beside the slots, covered by the store
//! key, so that a damaged database costs no enrolment.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use argon2::{Algorithm, Argon2, Params, Version};
use domain::check::plain;
use domain::fault::{Code, Fault};
use domain::moment::Moment;
use zeroize::Zeroizing;

use crate::identity::Identity;

pub(crate) mod pin;

/// What a slot gives whoever opens it.
type Opened = (StoreKey, Identity);

/// The random key of the database.
pub(crate) type StoreKey = Zeroizing<[u8; 32]>;

/// How dear one guess of a passphrase is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, minicbor::Encode, minicbor::Decode)]
pub struct KdfCost {
    /// Memory of Argon2id, KiB.
    #[n(0)]
    pub memory_kib: u32,
    /// Passes of Argon2id.
    #[n(1)]
    pub passes: u32,
}

impl KdfCost {
    /// For people: about a second on an office computer.
    pub const STANDARD: Self = Self { memory_kib: 256 * 1024, passes: 3 };
    /// For tests and the simulator, where the passphrase protects nothing.
    pub const TRIVIAL: Self = Self { memory_kib: 8, passes: 1 };
}

/// Dearest settings read from a file: a foreign slot file must not eat the machine.
const MEMORY_KIB_MAX: u32 = 1024 * 1024;
const PASSES_MAX: u32 = 16;
const SLOTS_MAX: usize = 8;
const FILE: &str = "slots.cbor";
const FILE_BYTES_MAX: u64 = 64 * 1024;
/// A recovery code: 128 bits in hexadecimal digits.
const RECOVERY_DIGITS: usize = 32;

/// Which secret a slot asks for. The number is the file code: never reuse one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub(crate) enum Kind {
    /// A: passphrase.
    #[n(0)]
    Passphrase,
    /// B: printed recovery code.
    #[n(1)]
    Recovery,
    /// PIN and device secret together.
    #[n(2)]
    Pin,
}

#[derive(Clone, minicbor::Encode, minicbor::Decode)]
struct Slot {
    #[n(0)]
    kind: Kind,
    #[n(1)]
    cost: KdfCost,
    #[n(2)]
    #[cbor(with = "minicbor::bytes")]
    salt: [u8; 16],
    #[n(3)]
    #[cbor(with = "minicbor::bytes")]
    wrapped: Vec<u8>,
    /// Of a PIN's slot.
    #[n(4)]
    guard: Option<pin::Guard>,
}

/// The slot file.
#[derive(Clone, minicbor::Encode, minicbor::Decode)]
pub(crate) struct Slots {
    #[n(0)]
    version: u8,
    #[n(1)]
    slots: Vec<Slot>,
    #[n(2)]
    #[cbor(with = "minicbor::bytes")]
    identity: Vec<u8>,
}

fn stretch(secret: &str, salt: &[u8; 16], cost: KdfCost) -> Result<StoreKey, Fault> {
    if cost.memory_kib > MEMORY_KIB_MAX || cost.passes > PASSES_MAX {
        return Err(Code::StoreDamaged.into());
    }
    let params = Params::new(cost.memory_kib, cost.passes, 1, Some(32)).map_err(|_| Code::StoreDamaged)?;
    let mut key = StoreKey::default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(secret.as_bytes(), salt, key.as_mut())
        .map_err(|_| Code::Bug)?;
    Ok(key)
}

/// A printed code as it was meant: signs between the groups mean nothing, however wide it is typed, and a
/// letter that looks like a digit no code has is that digit.
fn recovery_form(code: &str) -> String {
    let like = |c: char| match c {
        'O' | 'Ο' | 'О' | 'Q' => '0',
        'I' | 'L' | '|' => '1',
        c => c,
    };
    plain(code).to_uppercase().chars().map(like).filter(char::is_ascii_alphanumeric).collect()
}

/// Whether somebody meant to type a code: nearly all of it could stand in one, and it is about as long.
fn looks_like_recovery(code: &str) -> bool {
    let form = recovery_form(code);
    let signs = plain(code).chars().filter(|c| c.is_alphanumeric()).count();
    let fitting = form.chars().filter(char::is_ascii_hexdigit).count();
    let digits = form.chars().filter(char::is_ascii_digit).count();
    (RECOVERY_DIGITS - 8..=RECOVERY_DIGITS + 8).contains(&signs) && fitting + 3 >= signs && digits >= 4
}

impl Slots {
    /// A file with one passphrase slot.
    pub(crate) fn seal(
        m: &mut Moment,
        key: &StoreKey,
        me: &Identity,
        passphrase: &str,
        cost: KdfCost,
    ) -> Result<Self, Fault> {
        let identity = sync::seal::cover(key, m, &me.encode());
        let mut slots = Self { version: 1, slots: Vec::new(), identity };
        slots.add(m, Kind::Passphrase, key, passphrase, cost)?;
        Ok(slots)
    }

    fn add(&mut self, m: &mut Moment, kind: Kind, key: &StoreKey, secret: &str, cost: KdfCost) -> Result<(), Fault> {
        let salt = m.bytes();
        let outer = stretch(secret, &salt, cost)?;
        let wrapped = sync::seal::cover(&outer, m, key.as_ref());
        self.slots.push(Slot { kind, cost, salt, wrapped, guard: None });
        Ok(())
    }

    /// Puts another passphrase in the place of the one there was.
    pub(crate) fn change_passphrase(
        &mut self,
        m: &mut Moment,
        key: &StoreKey,
        passphrase: &str,
        cost: KdfCost,
    ) -> Result<(), Fault> {
        self.slots.retain(|s| s.kind != Kind::Passphrase);
        self.add(m, Kind::Passphrase, key, passphrase, cost)
    }

    /// Adds a slot for a printed recovery code; the code comes back once and is kept nowhere.
    pub(crate) fn add_recovery(&mut self, m: &mut Moment, key: &StoreKey, cost: KdfCost) -> Result<String, Fault> {
        let raw: [u8; 16] = m.bytes();
        let hex: String = raw.iter().map(|b| format!("{b:02X}")).collect();
        self.slots.retain(|s| s.kind != Kind::Recovery);
        self.add(m, Kind::Recovery, key, &hex, cost)?;
        let groups: Vec<String> = hex.as_bytes().chunks(4).map(|c| String::from_utf8_lossy(c).into_owned()).collect();
        Ok(groups.join("-"))
    }

    /// Tries the secret in every slot that asks for nothing else; the kind of the one it opened.
    pub(crate) fn open(&self, secret: &str) -> Result<(StoreKey, Identity, Kind), Fault> {
        for slot in &self.slots {
            let said = match slot.kind {
                Kind::Passphrase => secret.to_owned(),
                Kind::Recovery => recovery_form(secret),
                Kind::Pin => continue,
            };
            // Each try costs a second on an old laptop: a text that cannot be a code is none.
            if slot.kind == Kind::Recovery && said.len() != RECOVERY_DIGITS {
                continue;
            }
            if let Some((key, me)) = self.inside(slot, &stretch(&said, &slot.salt, slot.cost)?)? {
                return Ok((key, me, slot.kind));
            }
        }
        let code = self.slots.iter().any(|slot| slot.kind == Kind::Recovery) && looks_like_recovery(secret);
        Err(if code { Code::WrongRecovery } else { Code::WrongPassphrase }.into())
    }

    /// What lies in a slot; `None` when this is not its key.
    fn inside(&self, slot: &Slot, outer: &StoreKey) -> Result<Option<Opened>, Fault> {
        let Ok(inner) = sync::seal::uncover(outer, &slot.wrapped) else { return Ok(None) };
        let inner = Zeroizing::new(inner);
        let key = <[u8; 32]>::try_from(inner.as_slice()).map(Zeroizing::new).map_err(|_| Code::StoreDamaged)?;
        let written = sync::seal::uncover(&key, &self.identity).map_err(|_| Code::StoreDamaged)?;
        let me = Identity::decode(&Zeroizing::new(written)).ok_or(Code::StoreDamaged)?;
        Ok(Some((key, me)))
    }

    /// Reads the file of a profile folder.
    pub(crate) fn read(dir: &Path) -> Result<Self, Fault> {
        let path = dir.join(FILE);
        let size = fs::metadata(&path).map_err(|e| disk(&e))?.len();
        if size > FILE_BYTES_MAX {
            return Err(Code::StoreDamaged.into());
        }
        let bytes = fs::read(&path).map_err(|e| disk(&e))?;
        let slots: Self = minicbor::decode(&bytes).map_err(|_| Code::StoreDamaged)?;
        let sound = slots.version == 1 && (1..=SLOTS_MAX).contains(&slots.slots.len());
        sound.then_some(slots).ok_or_else(|| Code::StoreDamaged.into())
    }

    /// Replaces the file of a profile folder; on return it is on the disk.
    pub(crate) fn write(&self, dir: &Path) -> Result<(), Fault> {
        let bytes = minicbor::to_vec(self).map_err(|_| Code::Bug)?;
        let fresh = dir.join("slots.cbor.new");
        let replace = || -> std::io::Result<()> {
            let mut file = File::create(&fresh)?;
            file.write_all(&bytes)?;
            file.sync_all()?;
            fs::rename(&fresh, dir.join(FILE))?;
            sync_folder(dir)
        };
        replace().map_err(|e| disk(&e))
    }

    /// Whether a profile folder has one.
    pub(crate) fn exist(dir: &Path) -> bool {
        dir.join(FILE).exists()
    }
}

/// Makes a rename in a folder durable; Windows has no such call and needs none.
pub(crate) fn sync_folder(dir: &Path) -> std::io::Result<()> {
    if cfg!(unix) { File::open(dir)?.sync_all() } else { Ok(()) }
}

/// The fault of a failed file operation.
pub(crate) fn disk(error: &std::io::Error) -> Fault {
    use std::io::ErrorKind::{NotFound, PermissionDenied, ReadOnlyFilesystem, StorageFull};
    let code = match error.kind() {
        StorageFull => Code::DiskFull,
        PermissionDenied | ReadOnlyFilesystem => Code::DiskReadOnly,
        NotFound => Code::NotFound,
        _ => Code::DiskFailed,
    };
    code.into()
}
