//! Where this device stands between its own work and the district's log. One value, saved whole.

use std::collections::BTreeMap;

use domain::day::Day;
use domain::id::{Branch, Digest};
use domain::moment::{Moment, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, params};
use sync::wire::Cursor;

use super::Stored;

/// The device's own numbers. Saved in the transaction that changes them.
#[derive(Clone, PartialEq, Eq, Debug, minicbor::Encode, minicbor::Decode)]
pub(crate) struct Standing {
    /// Where it stands in the log.
    #[n(0)]
    pub(crate) cursor: Cursor,
    /// Number of the last verdict seen.
    #[n(1)]
    pub(crate) verdict: u64,
    /// Counter of the last request; saved before the request is sent.
    #[n(2)]
    pub(crate) counter: u64,
    /// Branch of its own chain.
    #[n(3)]
    pub(crate) branch: Branch,
    /// Number of its last envelope in the branch.
    #[n(4)]
    pub(crate) seq: u32,
    /// Id of that envelope.
    #[n(5)]
    pub(crate) prev: Digest,
    /// Number of its last commit.
    #[n(6)]
    pub(crate) batch: u64,
    /// Until when it may read offline; `None` before the first answer.
    #[n(7)]
    pub(crate) lease: Option<Timestamp>,
    /// The server's clock in the last answer, and this device's clock then.
    #[n(8)]
    pub(crate) heard: Option<(Timestamp, Timestamp)>,
    /// Inbox numbers up to here are in a backup that was restored and compared.
    #[n(9)]
    pub(crate) backed_up: u64,
    /// When the last exchange ended well.
    #[n(10)]
    pub(crate) synced: Option<Timestamp>,
    /// The server was restored: the next request says what this device holds.
    #[n(11)]
    pub(crate) asking: bool,
    /// The server stopped this device.
    #[n(12)]
    pub(crate) revoked: bool,
    /// The server was restored and gives no rows yet.
    #[n(13)]
    pub(crate) not_yet: bool,
    /// The server's life it last heard of.
    #[n(14)]
    pub(crate) life: Option<u32>,
    /// The server was restored: requests say what is held of others, until one brings nothing new.
    #[n(15)]
    #[cbor(default)]
    pub(crate) regaining: bool,
    /// How many file numbers this computer has given in each year.
    #[n(16)]
    #[cbor(default)]
    pub(crate) given: BTreeMap<i16, u32>,
    /// The server's day at the last contact.
    #[n(17)]
    #[cbor(default)]
    pub(crate) told: Option<Day>,
    /// When the newest erasure was signed of a child that this computer knew of.
    #[n(18)]
    #[cbor(default)]
    pub(crate) erased: Option<Timestamp>,
    /// The server's time up to which it told when computers were in touch.
    #[n(19)]
    #[cbor(default)]
    pub(crate) contacts: Option<Timestamp>,
}

/// Numbers a second copy of this profile leaves to the first.
const COPY: u32 = 100;

/// Where a copy goes on counting that knows of so many.
pub(crate) const fn after_a_copy(count: u32) -> u32 {
    (count / COPY + 1) * COPY
}

impl Standing {
    /// Of a device that has done nothing yet.
    pub(crate) fn fresh(m: &mut Moment, lease: Option<Timestamp>) -> Self {
        Self {
            cursor: Cursor::default(),
            verdict: 0,
            counter: 0,
            branch: Branch(m.bytes()),
            seq: 0,
            prev: Digest([0; 32]),
            batch: 0,
            lease,
            heard: None,
            backed_up: 0,
            synced: None,
            asking: false,
            revoked: false,
            not_yet: false,
            life: None,
            regaining: false,
            given: BTreeMap::new(),
            told: None,
            erased: None,
            contacts: None,
        }
    }

    /// Begins a new branch of the chain: another copy of this profile may be writing on the old one.
    pub(crate) fn fork(&mut self, m: &mut Moment) {
        self.branch = Branch(m.bytes());
        self.seq = 0;
        self.prev = Digest([0; 32]);
        // the other copy goes on counting where this one stood
        self.given.values_mut().for_each(|count| *count = after_a_copy(*count));
    }

    /// The best guess at the time: a slow clock is helped by the server's.
    pub(crate) fn now(&self, clock: Timestamp) -> Timestamp {
        self.heard.map_or(clock, |(server, then)| clock.max(server.plus_s(clock.since_s(then).max(0))))
    }

    /// Reads it; `None` in a fresh store.
    pub(crate) fn load(db: &Connection) -> Stored<Option<Self>> {
        let bytes: Option<Vec<u8>> =
            db.query_row("SELECT value FROM standing WHERE one = 1", [], |row| row.get(0)).optional()?;
        Ok(bytes.and_then(|b| minicbor::decode(&b).ok()))
    }

    /// Saves it.
    pub(crate) fn save(&self, db: &Connection) -> Stored<()> {
        let bytes = minicbor::to_vec(self).unwrap_or_default();
        db.prepare_cached("INSERT OR REPLACE INTO standing (one, value) VALUES (1, ?1)")?.execute(params![bytes])?;
        Ok(())
    }
}
