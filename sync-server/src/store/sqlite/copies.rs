//! The store as it was at one moment: held still beside a writer that goes on, copied, and what an
//! erasure reaches in copies. It must not decide what a good copy is.
//!
//! One writer owns the files. Between two of its transactions a second connection begins to read
//! `store.db`, and every key is read at once: the two fit together by construction, and what the writer
//! does afterwards moves neither. A copy is made from that connection, however long it takes.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use domain::id::ChildId;
use rusqlite::{Connection, params};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{CACHE, CACHE_SCHEMA, FILES, FileKeys, KEYS, KEYS_SCHEMA, STORE, STORE_SCHEMA, Sqlite};
use super::{connect, copy_into, failed, files, page_of, remove, unlock};
use crate::store::{StoreError, Stored};

/// Folders in the data folder into which a restore moved what was there.
pub(crate) const ASIDE: &str = "恢复前-";

/// All keys of a store, in memory only; zeroed when dropped.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub(crate) struct AllKeys(Vec<([u8; 16], [u8; 32])>);

impl Sqlite {
    /// The store held still as it is now, for reading only; called between two transactions of this one.
    /// Pieces and caches are read as they are when asked: neither is ever altered under its name.
    pub(crate) fn pin(&self) -> Stored<Self> {
        let mut held = in_memory(KEYS_SCHEMA)?;
        put_keys(&mut held, &all_keys(&self.keys)?)?;
        let [db, files, cache] = match &self.home {
            None => {
                let parts = [(&self.db, STORE_SCHEMA), (&self.files, files::SCHEMA), (&self.cache, CACHE_SCHEMA)];
                let copies = parts.map(|(from, schema)| {
                    let mut copy = in_memory(schema)?;
                    copy_into(from, &mut copy)?;
                    Ok(copy)
                });
                let [db, files, cache] = copies;
                [db?, files?, cache?]
            }
            Some((dir, keys)) => {
                let [files, cache] =
                    [(FILES, keys.files()), (CACHE, keys.cache)].map(|(name, key)| looked_at(dir, name, &key));
                [held_still(dir, keys)?, files?, cache?]
            }
        };
        Ok(Self { db, keys: held, files, cache, home: None, erases: false, pinned: true })
    }

    /// Writes the truth, without the keys, into a folder.
    pub(crate) fn write_truth(&self, to: &Path, keys: &FileKeys) -> Stored<()> {
        remove(to, STORE)?;
        let mut into = Connection::open(to.join(STORE)).map_err(failed)?;
        unlock(&into, &keys.store, page_of(STORE))?;
        copy_into(&self.db, &mut into)?;
        into.close().map_err(|(_, e)| failed(e))
    }

    /// Opens the truth in a folder with keys that are held in memory only; no pieces, no cache.
    pub(crate) fn of_copy(dir: &Path, keys: &FileKeys, held: &AllKeys) -> Stored<Self> {
        let db = Connection::open(dir.join(STORE)).map_err(failed)?;
        let mut own = in_memory(KEYS_SCHEMA)?;
        put_keys(&mut own, held)?;
        Ok(Self {
            db: connect(db, Some((&keys.store, page_of(STORE))), STORE_SCHEMA, "FULL")?,
            keys: own,
            files: in_memory(files::SCHEMA)?,
            cache: in_memory(CACHE_SCHEMA)?,
            home: None,
            erases: false,
            pinned: false,
        })
    }

    /// Folders of a restore in a data folder whose keys do not open, so that no erasure reaches them.
    pub(crate) fn unreached(dir: &Path, keys: &FileKeys) -> Stored<Vec<PathBuf>> {
        let mut unreached = Vec::new();
        for folder in aside(dir)?.into_iter().filter(|folder| folder.join(KEYS).is_file()) {
            match destroy_keys(&folder, keys, &BTreeSet::new()) {
                Err(StoreError::Damaged) => unreached.push(folder),
                other => drop(other?),
            }
        }
        Ok(unreached)
    }

    /// The keys of this store.
    pub(crate) fn held_keys(&self) -> Stored<AllKeys> {
        all_keys(&self.keys)
    }

    /// Owners whose keys were destroyed in this copy by an erasure that came after it.
    pub(crate) fn destroyed(&self) -> Stored<Vec<ChildId>> {
        let mut q = self.keys.prepare("SELECT owner FROM key WHERE length(key) = 0").map_err(failed)?;
        let rows = q.query_map([], |r| r.get(0).map(ChildId::new)).map_err(failed)?;
        rows.collect::<Result<_, _>>().map_err(failed)
    }
}

/// Writes keys into a new file of keys in a folder, and reads them again.
pub(crate) fn write_keys(dir: &Path, keys: &FileKeys, held: &AllKeys) -> Stored<()> {
    let mut db = key_file(dir, keys)?;
    put_keys(&mut db, held)?;
    db.close().map_err(|(_, e)| failed(e))?;
    let again = all_keys(&key_file(dir, keys)?)?;
    if again == *held { Ok(()) } else { Err(StoreError::Damaged) }
}

/// Destroys the keys of erased children in the file of keys of a copy. Their lines stay, empty: whoever
/// puts the copy back sees that these children were erased. Whether there was anything to destroy.
pub(crate) fn destroy_keys(dir: &Path, keys: &FileKeys, erased: &BTreeSet<ChildId>) -> Stored<bool> {
    let db = key_file(dir, keys)?;
    let owners: Vec<[u8; 16]> = {
        let mut q = db.prepare("SELECT owner FROM key WHERE length(key) > 0").map_err(failed)?;
        let rows = q.query_map([], |r| r.get(0)).map_err(failed)?;
        rows.collect::<Result<_, _>>().map_err(failed)?
    };
    let gone: Vec<[u8; 16]> = owners.into_iter().filter(|owner| erased.contains(&ChildId::new(*owner))).collect();
    if gone.is_empty() {
        return Ok(false);
    }
    let act = db.unchecked_transaction().map_err(failed)?;
    for owner in &gone {
        act.execute("UPDATE key SET key = x'' WHERE owner = ?", [owner]).map_err(failed)?;
    }
    act.commit().map_err(failed)?;
    db.close().map_err(|(_, e)| failed(e))?;
    Ok(true)
}

/// The files of keys that a restore moved aside in a data folder.
pub(crate) fn aside(dir: &Path) -> Stored<Vec<PathBuf>> {
    let failed = |e: std::io::Error| StoreError::Failed(e.kind().to_string());
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if entry.file_name().to_string_lossy().starts_with(ASIDE) && entry.path().is_dir() {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

/// A file of keys that is part of a copy: no journal beside it outlives a transaction.
fn key_file(dir: &Path, keys: &FileKeys) -> Stored<Connection> {
    let db = Connection::open(dir.join(KEYS)).map_err(failed)?;
    let db = connect(db, Some((&keys.keys, page_of(KEYS))), KEYS_SCHEMA, "FULL")?;
    db.pragma_update(None, "journal_mode", "DELETE").map_err(failed)?;
    Ok(db)
}

/// The truth in a folder as it is now, whatever is written to it afterwards.
pub(super) fn held_still(dir: &Path, keys: &FileKeys) -> Stored<Connection> {
    let db = looked_at(dir, STORE, &keys.store)?;
    // The first reading is what holds it still.
    db.execute_batch("BEGIN").map_err(failed)?;
    db.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(())).map_err(failed)?;
    Ok(db)
}

/// A file of a store that another connection writes.
fn looked_at(dir: &Path, name: &str, key: &[u8; 32]) -> Stored<Connection> {
    let db = Connection::open(dir.join(name)).map_err(failed)?;
    unlock(&db, key, page_of(name))?;
    db.busy_timeout(std::time::Duration::from_secs(5)).map_err(failed)?;
    db.pragma_update(None, "query_only", "ON").map_err(failed)?;
    db.pragma_update(None, "temp_store", "MEMORY").map_err(failed)?;
    Ok(db)
}

fn in_memory(schema: &[&'static str]) -> Stored<Connection> {
    connect(Connection::open_in_memory().map_err(failed)?, None, schema, "OFF")
}

fn all_keys(db: &Connection) -> Stored<AllKeys> {
    let mut q = db.prepare("SELECT owner, key FROM key WHERE length(key) = 32 ORDER BY owner").map_err(failed)?;
    let rows = q.query_map([], |r| Ok((r.get(0)?, r.get(1)?))).map_err(failed)?;
    rows.collect::<Result<_, _>>().map(AllKeys).map_err(failed)
}

fn put_keys(db: &mut Connection, held: &AllKeys) -> Stored<()> {
    let act = db.transaction().map_err(failed)?;
    {
        let mut put = act.prepare("INSERT INTO key (owner, key) VALUES (?, ?)").map_err(failed)?;
        for (owner, key) in &held.0 {
            put.execute(params![owner, key]).map_err(failed)?;
        }
    }
    act.commit().map_err(failed)
}
