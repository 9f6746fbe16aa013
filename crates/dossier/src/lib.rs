//! The only room that knows Automerge: edits become changes, changes become a view. Pure.
//!
//! This room must not know SQL, sockets, clocks or random numbers.
//!
//! # Layout
//! - [`Record`]: `edit` makes one change, `admit` takes one in, `view`, `view_at`, `history` and
//!   `undo` read; `save` and `load` are a cache.
//! - [`inspect`] takes a foreign change apart without a document; [`trial`] rehearses changes on a
//!   copy. Order for foreign bytes: own walk over the bytes (`chunk`) → Automerge's parser and
//!   canonical re-encode (`inspect`) → what an honest desk could have written here (`fit`) → apply,
//!   save, open, compare (`trial`).

mod chunk;
mod edit;
mod fit;
mod history;
mod inspect;
mod record;
mod trial;
mod view;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use domain::id::{DeviceId, Digest};
use domain::moment::Timestamp;
use domain::value::{Key, Value};

pub use chunk::BYTES_MAX;
pub use inspect::{Inspected, inspect};
pub use record::Record;
pub use trial::{Trial, rehearse, trial};

/// Who writes in one unlocked session of one device: 8 bytes of the device id + 8 random bytes,
/// new at each unlock.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Actor([u8; 16]);

impl Actor {
    /// The actor of a session.
    pub fn new(device: DeviceId, session: [u8; 8]) -> Self {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&device.as_bytes()[..8]);
        id[8..].copy_from_slice(&session);
        Self(id)
    }
    /// An actor from its 16 bytes, as a projection keeps it.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
    /// The 16 bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
    /// Whether this actor is a session of the device.
    pub fn is_of(&self, device: DeviceId) -> bool {
        self.0[..8] == device.as_bytes()[..8]
    }
}

/// One thing a person does to a record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Edit {
    /// Sets a key (`name`, `family/<row>/name`, `categories/B1` → `true`). Also how a differing
    /// value is settled: the new value replaces all concurrent ones.
    Set(Key, Value),
    /// Empties a key; a set member leaves the set.
    Clear(Key),
    /// Replaces a whole long text by its new wording (character merge).
    Write(Key, String),
}

impl Edit {
    /// The key it is about.
    pub const fn key(&self) -> &Key {
        match self {
            Self::Set(key, _) | Self::Clear(key) | Self::Write(key, _) => key,
        }
    }
}

/// One value somebody wrote, and who and when.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Said {
    /// The value; `None` where the key was emptied (only in histories).
    pub value: Option<Value>,
    /// Whose session.
    pub actor: Actor,
    /// The claimed time.
    pub at: Timestamp,
    /// Hash of the change that wrote it.
    pub change: Digest,
}

/// What stands under one key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cell {
    /// The value shown: the only one, or by the field's merge rule.
    pub value: Value,
    /// All concurrent values, the shown one first, when a person must pick; otherwise only it.
    pub said: Vec<Said>,
    /// Whether a person must pick among `said`.
    pub differs: bool,
}

/// A record as people see it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct View {
    /// Every key that holds something, unknown future keys too.
    pub cells: BTreeMap<Key, Cell>,
    /// Version of the form the newest writer used; 0 in an empty record.
    pub version: u32,
}

/// One line of a record's history: who changed what from what to what.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HistoryLine {
    /// The key.
    pub key: Key,
    /// What it held for the author before (several when they differed).
    pub before: Vec<Value>,
    /// What she wrote.
    pub said: Said,
}

/// A change as the validator sees it, without any document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChangeInfo {
    /// Its hash.
    pub hash: Digest,
    /// Author's session.
    pub actor: Actor,
    /// Number among the actor's changes of this record.
    pub seq: u64,
    /// Changes it builds on.
    pub deps: Vec<Digest>,
    /// Claimed time.
    pub at: Timestamp,
    /// Operations in it.
    pub ops: usize,
    /// The keys it writes and what: `None` where it empties the key or makes its text object.
    /// Writing inside a text is not here.
    pub writes: BTreeMap<Key, Option<Value>>,
}

/// Why a change was not taken.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refused {
    /// Too many bytes or operations.
    #[error("change outside its caps")]
    Caps,
    /// Not a canonical, uncompressed change.
    #[error("not a canonical change")]
    Format,
    /// Builds on a change not here.
    #[error("builds on a change not here")]
    Waiting(Digest),
    /// Wrong seq or start op, or an actor's number used twice.
    #[error("does not continue its author's changes")]
    Sequence,
    /// Nested objects, counters, or keys no form may have.
    #[error("writes what no desk writes")]
    Shape,
    /// The copy did not survive the trial.
    #[error("the trial failed")]
    Trial,
}

/// The edit cannot be made.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum EditError {
    /// The form has no such key, or it is computed.
    #[error("no such key in the form: {0}")]
    Key(Key),
    /// The value is not of the field's kind.
    #[error("not a value for {0}")]
    Value(Key),
    /// More than one change may hold.
    #[error("too much for one change")]
    Large,
}

/// Runs work on Automerge as if a panic in it were a refusal.
fn guarded<T>(work: impl FnOnce() -> Result<T, Refused>) -> Result<T, Refused> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(Refused::Trial))
}
