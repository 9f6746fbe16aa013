//! Items at rest: every item's bytes are sealed under its child's key. It must not decide who
//! reads what.

use std::collections::BTreeMap;

use domain::id::{ChildId, Digest, Position, RecordId};
use domain::moment::Moment;
use domain::roster::Channel;
use sync::item::Kind;
use sync::seal;

use crate::store::{RecordState, Store, StoreError, Stored, StoredItem};

/// Whose key an item is sealed under: the child's; without a child the record's; all roster rows
/// share one, because they must outlive the erasure of a child.
pub(crate) fn owner(kind: Kind, child: Option<ChildId>, record: RecordId) -> [u8; 16] {
    match (kind, child) {
        (Kind::Roster, _) => [0; 16],
        (_, Some(child)) => *child.as_bytes(),
        (_, None) => *record.as_bytes(),
    }
}

/// The store, the keys already fetched from it, and what the gate asks of it again and again. Nobody
/// else writes in the store, so what was read stays true until it is written here.
pub(crate) struct Vault<S> {
    /// The store.
    pub(crate) store: S,
    keys: BTreeMap<[u8; 16], [u8; 32]>,
    head: Option<(Position, Digest)>,
    records: BTreeMap<RecordId, Option<RecordState>>,
    /// A transaction of reads is open.
    is_reading: bool,
}

/// More keys than a large district's children and open records need at once.
const KEYS_KEPT: usize = 65_536;
/// More records than one transaction of the gate is about.
const RECORDS_KEPT: usize = 4096;

impl<S: Store> Vault<S> {
    pub(crate) const fn new(store: S) -> Self {
        Self { store, keys: BTreeMap::new(), head: None, records: BTreeMap::new(), is_reading: false }
    }

    fn key(&mut self, owner: &[u8; 16]) -> Stored<Option<[u8; 32]>> {
        if let Some(key) = self.keys.get(owner) {
            return Ok(Some(*key));
        }
        let key = self.store.key(owner)?;
        if let Some(key) = key {
            self.remember(owner, key);
        }
        Ok(key)
    }

    fn remember(&mut self, owner: &[u8; 16], key: [u8; 32]) {
        if self.keys.len() >= KEYS_KEPT {
            self.keys.clear();
        }
        self.keys.insert(*owner, key);
    }

    /// Seals bytes under the owner's key, making the key if need be.
    pub(crate) fn seal(&mut self, m: &mut Moment, owner: &[u8; 16], bytes: &[u8]) -> Stored<Vec<u8>> {
        let key = match self.key(owner)? {
            Some(key) => key,
            None => {
                let key = m.bytes();
                self.store.add_key(owner, &key)?;
                self.remember(owner, key);
                key
            }
        };
        Ok(seal::cover(&key, m, bytes))
    }

    /// The bytes of an item; `None` once its key was destroyed, or when it came after the erasure.
    pub(crate) fn open(&mut self, item: &StoredItem) -> Stored<Option<Vec<u8>>> {
        let Some(sealed) = self.store.sealed(item.id)? else { return Err(StoreError::Damaged) };
        self.unseal(&owner(item.kind, item.child, item.record), &sealed)
    }

    /// The same of an item that has no row yet.
    pub(crate) fn unseal(&mut self, owner: &[u8; 16], sealed: &[u8]) -> Stored<Option<Vec<u8>>> {
        let Some(key) = self.key(owner)? else { return Ok(None) };
        if sealed.is_empty() {
            return Ok(None);
        }
        seal::uncover(&key, sealed).map(Some).map_err(|_| StoreError::Damaged)
    }

    /// Throws the open transaction away, and keys made in it.
    pub(crate) fn rollback(&mut self) -> Stored<()> {
        self.keys.clear();
        self.records.clear();
        self.head = None;
        self.store.rollback()
    }

    /// Runs something that only reads, under one lock for all its reads.
    pub(crate) fn begin_reading(&mut self) -> Stored<()> {
        self.store.begin_reading()?;
        self.is_reading = true;
        Ok(())
    }

    /// Ends what [`Self::begin_reading`] began.
    pub(crate) fn end_reading(&mut self) -> Stored<()> {
        self.is_reading = false;
        self.store.end_reading()
    }

    /// After something that could not be read: over a new connection where the old one was given up, and in a new
    /// transaction where one of reads was open. One left open where none was would make the next commit fail.
    pub(crate) fn read_on(&mut self) -> Stored<()> {
        self.rollback()?;
        if self.is_reading { self.store.begin_reading() } else { Ok(()) }
    }

    /// The end of the log and its chain value.
    pub(crate) fn head(&mut self) -> Stored<(Position, Digest)> {
        let head = self.head.map_or_else(|| self.store.head(), Ok)?;
        self.head = Some(head);
        Ok(head)
    }

    /// Appends an item; `at` is the head's next.
    pub(crate) fn append(&mut self, at: Position, item: &StoredItem, chain: &Digest, heard: &[Channel]) -> Stored<()> {
        self.store.append(at, item, chain, heard)?;
        self.head = Some((at, *chain));
        Ok(())
    }

    /// A record's fixed form and child.
    pub(crate) fn record(&mut self, record: RecordId) -> Stored<Option<RecordState>> {
        if let Some(known) = self.records.get(&record) {
            return Ok(known.clone());
        }
        let state = self.store.record(record)?;
        self.note(record, state.clone());
        Ok(state)
    }

    /// Sets it.
    pub(crate) fn set_record(&mut self, record: RecordId, state: RecordState) -> Stored<()> {
        self.store.set_record(record, &state)?;
        self.note(record, Some(state));
        Ok(())
    }

    fn note(&mut self, record: RecordId, state: Option<RecordState>) {
        if self.records.len() >= RECORDS_KEPT {
            self.records.clear();
        }
        self.records.insert(record, state);
    }

    /// Erases a child with the open transaction: its items are unreadable from now on, and when its key
    /// is destroyed also in every backup whose keys are gone.
    pub(crate) fn erase(&mut self, child: ChildId) -> Stored<()> {
        self.keys.remove(child.as_bytes());
        self.store.erase(child)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Facts as _;
    use crate::store::sqlite::Sqlite;

    #[test]
    fn what_a_transaction_wrote_that_failed_is_not_remembered() {
        let mut vault = Vault::new(Sqlite::in_memory().expect("a store"));
        let (record, before) = (RecordId::new([1; 16]), vault.head().expect("asked"));
        let state = RecordState { form: "visit".to_owned(), child: None, last: 1 };
        vault.store.begin().expect("begins");
        assert_eq!(vault.record(record), Ok(None));
        vault.set_record(record, state.clone()).expect("set");
        vault.head = Some((1, Digest([1; 32])));
        assert_eq!(vault.record(record), Ok(Some(state)));
        vault.rollback().expect("thrown away");
        assert_eq!((vault.record(record), vault.head()), (Ok(None), Ok(before)));
    }
}
