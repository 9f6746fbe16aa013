//! Keys in SQLite, and a child's erasure from the files beside the truth. It must not know how
//! anything is sealed, or decide who is erased.
//!
//! No transaction spans the files. So an erasure stands in `store.db` first, in the table `erasing`
//! too; only when that is durable are key and pieces destroyed, and only then does its line there go.
//! Where that was cut off, it is done at the next start. The line stays, too, while a folder that a restore put
//! aside does not let itself be written: that one is tried again at each start and with each erasure.

use std::collections::BTreeSet;

use domain::id::ChildId;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::{CACHE, KEYS, Sqlite, copies, failed, remove};
use crate::store::{Cache as _, Keys, Stored};

impl Keys for Sqlite {
    fn key(&mut self, owner: &[u8; 16]) -> Stored<Option<[u8; 32]>> {
        // Not destroyed yet, and nobody's any more.
        let mut q = self.db.prepare_cached("SELECT 1 FROM erasing WHERE child = ?").map_err(failed)?;
        if q.exists([owner]).map_err(failed)? {
            return Ok(None);
        }
        drop(q);
        let found = key_of(&self.keys, owner);
        self.go_on_around(found, |s| &mut s.keys)
    }

    // Durable before anything sealed under it: `commit` takes keys.db to the disk before store.db. When
    // store.db does not follow, the key stays, seals nothing, and is the one its owner gets next time.
    fn add_key(&mut self, owner: &[u8; 16], key: &[u8; 32]) -> Stored<()> {
        let mut q = self.keys.prepare_cached("INSERT INTO key (owner, key) VALUES (?, ?)").map_err(failed)?;
        q.execute(params![owner, key]).map(drop).map_err(failed)
    }

    fn erase(&mut self, child: ChildId) -> Stored<()> {
        self.erases = true;
        let mut q = self.db.prepare_cached("INSERT OR IGNORE INTO erasing (child) VALUES (?)").map_err(failed)?;
        q.execute([child.as_bytes()]).map(drop).map_err(failed)
    }

    fn finish_erasing(&mut self) -> Stored<()> {
        if self.pinned || self.erasing()?.is_empty() {
            return Ok(());
        }
        // What the transaction dropped from the cache may have come back with the fall.
        self.drop_cache()?;
        self.destroy_erased().map(drop)
    }
}

fn key_of(keys: &Connection, owner: &[u8; 16]) -> Stored<Option<[u8; 32]>> {
    let mut q = keys.prepare_cached("SELECT key FROM key WHERE owner = ? AND length(key) = 32").map_err(failed)?;
    q.query_row([owner], |r| r.get(0)).optional().map_err(failed)
}

impl Sqlite {
    /// The children whose erasure is not finished.
    fn erasing(&self) -> Stored<Vec<[u8; 16]>> {
        let mut q = self.db.prepare_cached("SELECT child FROM erasing").map_err(failed)?;
        let rows = q.query_map([], |r| r.get(0)).map_err(failed)?;
        rows.collect::<Result<_, _>>().map_err(failed)
    }

    /// Destroys keys and pieces of the children whose erasure is durable; doing it twice does no harm.
    /// False: another process still reads a journal they stand in.
    pub(super) fn destroy_erased(&mut self) -> Stored<bool> {
        let children = self.erasing()?;
        // What is in use first: nothing that was put aside stands in its way.
        each(&self.keys, "DELETE FROM key WHERE owner = ?", &children)?;
        each(&self.files, "DELETE FROM piece WHERE child = ?", &children)?;
        // The cache is not taken to the disk by its own commit.
        if !(folded(&self.keys)? && folded(&self.cache)?) {
            return Ok(false);
        }
        // Not with each commit: a folder that cannot be written today can hardly be in a second.
        if self.reach_aside(&children) {
            each(&self.db, "DELETE FROM erasing WHERE child = ?", &children)?;
        }
        Ok(true)
    }

    /// What a restore moved aside is the same truth once more: erased there too. Whether all of it was reached.
    fn reach_aside(&self, children: &[[u8; 16]]) -> bool {
        let (Some((dir, keys)), false) = (&self.home, children.is_empty()) else { return true };
        let erased: BTreeSet<ChildId> = children.iter().map(|child| ChildId::new(*child)).collect();
        let folders = copies::aside(dir).inspect_err(|error| tracing::error!(%error, "folders put aside not listed"));
        let Ok(folders) = folders else { return false };
        let mut reached = true;
        for folder in folders {
            // Saved documents, which no key of a child covers. Never kept since; from before.
            let cleared = remove(&folder, CACHE);
            let destroyed = if folder.join(KEYS).is_file() {
                copies::destroy_keys(&folder, keys, &erased).map(drop)
            } else {
                Ok(())
            };
            for error in [cleared, destroyed].into_iter().filter_map(Result::err) {
                // `doctor` names the one whose keys do not open; erasing goes on.
                tracing::error!(%error, "an erasure does not reach a folder that a restore put aside");
                reached = false;
            }
        }
        reached
    }
}

/// Runs a statement for each of the children, in one transaction.
fn each(db: &Connection, sql: &str, children: &[[u8; 16]]) -> Stored<()> {
    let act = db.unchecked_transaction().map_err(failed)?;
    for child in children {
        act.execute(sql, [child]).map_err(failed)?;
    }
    act.commit().map_err(failed)
}

/// Whether the journal was folded into its file and cut to nothing: no deleted page stays in it.
fn folded(db: &Connection) -> Stored<bool> {
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |r| r.get(0)).map(|busy: i64| busy == 0).map_err(failed)
}

#[cfg(test)]
mod tests;
