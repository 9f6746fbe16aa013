//! Pieces of files in SQLite, and their way into a backup and back. It must not open a piece.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use domain::id::{ChildId, Digest, RecordId};
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, params};
use sync::key::sha256;

use super::{FILES, FileKeys, Sqlite, connect, copies, failed, page_of, unlock, unsigned};
use crate::store::{PieceId, Pieces, StoreError, Stored};

/// The file's tables.
pub(super) const SCHEMA: &[&str] = &[include_str!("../../../migrations/files_1.sql")];
/// Pieces copied in one transaction: some 4 MB.
const TOGETHER: usize = 64;

/// What a copying of pieces came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Copied {
    /// Pieces written.
    pub(crate) pieces: u64,
    /// Pieces passed over because they cannot be read where they are, at least; the first of a list that breaks off
    /// stands for the rest of it.
    pub(crate) unread: u64,
}

impl Pieces for Sqlite {
    fn has_piece(&mut self, id: &PieceId) -> Stored<bool> {
        has(&self.files, id)
    }

    fn piece(&mut self, id: &PieceId) -> Stored<Option<Vec<u8>>> {
        let found = bytes(&self.files, id);
        self.go_on_around(found, |s| &mut s.files)
    }

    fn add_piece(&mut self, id: &PieceId, bytes: &[u8]) -> Stored<()> {
        add(&self.files, id, bytes)
    }

    fn pieces(&mut self) -> Stored<(u64, u64)> {
        let sql = "SELECT count(*), coalesce(sum(size), 0) FROM piece INDEXED BY piece_place";
        self.files.query_row(sql, [], |r| Ok((unsigned(r.get(0)?), unsigned(r.get(1)?)))).map_err(failed)
    }
}

impl Sqlite {
    /// Brings the file of pieces in a folder up to date with this store: pieces are never altered, so
    /// only those it lacks are written, then read again from a file opened anew and compared; those
    /// of erased children go. What cannot be read here is passed over: damage that is told is the copy's.
    pub(crate) fn back_up_pieces(&self, folder: &Path, keys: &FileKeys, erased: &[ChildId]) -> Stored<Copied> {
        let copy = copy_in(folder, keys)?;
        erased.iter().try_for_each(|child| drop_of(&copy, *child))?;
        let (written, unread) = fill(&mut Source::new(&self.files, keys), &copy, erased)?;
        copy.close().map_err(|(_, e)| failed(e))?;
        let copy = read_only(folder, keys)?;
        for id in &written {
            if bytes(&copy, id)?.is_none_or(|bytes| sha256(&[&bytes]) != id.digest) {
                return Err(StoreError::Damaged);
            }
        }
        Ok(Copied { pieces: written.len() as u64, unread })
    }

    /// Takes from the file of pieces in a folder what is not here, but nothing of children erased
    /// since. `None`: that file does not open. Damage that is told is the own file's.
    pub(crate) fn take_pieces(&self, folder: &Path, keys: &FileKeys, erased: &[ChildId]) -> Stored<Option<Copied>> {
        let from = match read_only(folder, keys) {
            Err(StoreError::Damaged) => return Ok(None),
            other => other?,
        };
        let (taken, unread) = fill(&mut Source::new(&from, keys), &self.files, erased)?;
        Ok(Some(Copied { pieces: taken.len() as u64, unread }))
    }

    /// Forgets the pieces of erased children.
    pub(crate) fn forget_pieces(&self, erased: &[ChildId]) -> Stored<()> {
        let act = self.files.unchecked_transaction().map_err(failed)?;
        erased.iter().try_for_each(|child| drop_of(&act, *child))?;
        act.commit().map_err(failed)
    }

    /// After something could not be read in a store held still: over new connections where the old ones were given
    /// up. What was held is then the store as it is now; the log up to a position is the same in both.
    pub(crate) fn look_on(&mut self, keys: &FileKeys) -> Stored<()> {
        if !is_alive(&self.db)
            && let Some(folder) = folder_of(&self.db)
        {
            self.db = copies::held_still(&folder, keys)?;
        }
        if !is_alive(&self.files)
            && let Some(folder) = folder_of(&self.files)
        {
            self.files = read_only(&folder, keys)?;
        }
        Ok(())
    }

    /// Whether the file of pieces in a folder is sound, or there is none.
    pub fn pieces_sound(folder: &Path, keys: &FileKeys) -> Stored<bool> {
        if !folder.join(FILES).exists() {
            return Ok(true);
        }
        let word = read_only(folder, keys)
            .and_then(|db| db.query_row("PRAGMA quick_check", [], |r| r.get::<_, String>(0)).map_err(failed));
        match word {
            Ok(word) => Ok(word == "ok"),
            Err(StoreError::Damaged) => Ok(false),
            Err(other) => Err(other),
        }
    }
}

/// The copy of a backup: without a journal of its own beside it, so that it can be read from any medium.
fn copy_in(folder: &Path, keys: &FileKeys) -> Stored<Connection> {
    let db = Connection::open(folder.join(FILES)).map_err(failed)?;
    let db = connect(db, Some((&keys.files(), page_of(FILES))), SCHEMA, "FULL")?;
    db.pragma_update(None, "journal_mode", "DELETE").map_err(failed)?;
    Ok(db)
}

fn read_only(folder: &Path, keys: &FileKeys) -> Stored<Connection> {
    let db = Connection::open_with_flags(folder.join(FILES), OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(failed)?;
    unlock(&db, &keys.files(), page_of(FILES))?;
    db.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(())).map_err(failed)?;
    Ok(db)
}

fn has(db: &Connection, id: &PieceId) -> Stored<bool> {
    let sql = "SELECT 1 FROM piece WHERE child = ? AND file = ? AND n = ? AND digest = ?";
    let mut q = db.prepare_cached(sql).map_err(failed)?;
    q.exists(params![id.child.as_bytes(), id.file.as_bytes(), id.n, id.digest.0]).map_err(failed)
}

fn bytes(db: &Connection, id: &PieceId) -> Stored<Option<Vec<u8>>> {
    let sql = "SELECT bytes FROM piece WHERE child = ? AND file = ? AND n = ? AND digest = ?";
    let mut q = db.prepare_cached(sql).map_err(failed)?;
    let place = params![id.child.as_bytes(), id.file.as_bytes(), id.n, id.digest.0];
    q.query_row(place, |r| r.get(0)).optional().map_err(failed)
}

fn add(db: &Connection, id: &PieceId, bytes: &[u8]) -> Stored<()> {
    let sql = "INSERT INTO piece (child, file, n, digest, size, bytes) VALUES (?, ?, ?, ?, ?, ?)";
    let mut q = db.prepare_cached(sql).map_err(failed)?;
    let (child, file, size) = (id.child.as_bytes(), id.file.as_bytes(), bytes.len() as i64);
    q.execute(params![child, file, id.n, id.digest.0, size, bytes]).map(drop).map_err(failed)
}

fn drop_of(db: &Connection, child: ChildId) -> Stored<()> {
    db.execute("DELETE FROM piece WHERE child = ?", [child.as_bytes()]).map(drop).map_err(failed)
}

/// SQLCipher gives a connection up for good once it met a page it could not decrypt.
fn is_alive(db: &Connection) -> bool {
    db.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(())).is_ok()
}

/// The folder a file stands in; in memory there is none.
fn folder_of(db: &Connection) -> Option<PathBuf> {
    let path = db.path().filter(|path| !path.is_empty())?;
    Path::new(path).parent().map(Path::to_owned)
}

/// Where pieces are copied from: read on over a new connection around what cannot be read.
struct Source<'a> {
    given: &'a Connection,
    again: Option<Connection>,
    keys: &'a FileKeys,
}

impl<'a> Source<'a> {
    const fn new(given: &'a Connection, keys: &'a FileKeys) -> Self {
        Self { given, again: None, keys }
    }

    fn db(&self) -> &Connection {
        self.again.as_ref().unwrap_or(self.given)
    }

    fn go_on(&mut self) -> Stored<()> {
        if is_alive(self.db()) {
            return Ok(());
        }
        let Some(folder) = folder_of(self.given) else { return Ok(()) };
        match read_only(&folder, self.keys) {
            // Then each of the rest cannot be read.
            Err(StoreError::Damaged) => Ok(()),
            other => {
                self.again = Some(other?);
                Ok(())
            }
        }
    }

    /// All there are, and how many places of the list cannot be read.
    fn ids(&mut self) -> Stored<(Vec<PieceId>, u64)> {
        let (ids, unread) = match list(self.db()) {
            Err(StoreError::Damaged) => (Vec::new(), 1),
            other => other?,
        };
        if unread > 0 {
            self.go_on()?;
        }
        Ok((ids, unread))
    }

    /// The bytes of a piece, which are those it is named by; damaged otherwise.
    fn piece(&mut self, id: &PieceId) -> Stored<Option<Vec<u8>>> {
        match bytes(self.db(), id) {
            Ok(Some(bytes)) if sha256(&[&bytes]) != id.digest => Err(StoreError::Damaged),
            Err(StoreError::Damaged) => {
                self.go_on()?;
                Err(StoreError::Damaged)
            }
            other => other,
        }
    }
}

fn list(db: &Connection) -> Stored<(Vec<PieceId>, u64)> {
    let sql = "SELECT child, file, n, digest FROM piece INDEXED BY piece_place ORDER BY child, file, n, digest";
    let mut all = db.prepare(sql).map_err(failed)?;
    let rows = all.query_map([], |r| {
        let (child, file) = (ChildId::new(r.get(0)?), RecordId::new(r.get(1)?));
        Ok(PieceId { child, file, n: r.get(2)?, digest: Digest(r.get(3)?) })
    });
    let (mut ids, mut unread) = (Vec::new(), 0);
    for id in rows.map_err(failed)? {
        match id.map_err(failed) {
            // Of a page, the list ends with it.
            Err(StoreError::Damaged) => unread += 1,
            other => ids.push(other?),
        }
    }
    Ok((ids, unread))
}

/// Copies what `into` lacks, but nothing of erased children; which pieces that were, and how many could not be read.
/// Damage that is told is that of `into`.
fn fill(from: &mut Source<'_>, into: &Connection, erased: &[ChildId]) -> Stored<(Vec<PieceId>, u64)> {
    let erased: BTreeSet<&ChildId> = erased.iter().collect();
    let (all, mut unread) = from.ids()?;
    let mut lacking: Vec<PieceId> = Vec::new();
    for id in all {
        if !erased.contains(&id.child) && !has(into, &id)? {
            lacking.push(id);
        }
    }
    let mut copied = Vec::with_capacity(lacking.len());
    for some in lacking.chunks(TOGETHER) {
        let act = into.unchecked_transaction().map_err(failed)?;
        for id in some {
            match from.piece(id) {
                Ok(Some(bytes)) => {
                    add(into, id, &bytes)?;
                    copied.push(*id);
                }
                // Nothing there: its child was erased since the list was made.
                Ok(None) => {}
                Err(StoreError::Damaged) => unread += 1,
                Err(other) => return Err(other),
            }
        }
        act.commit().map_err(failed)?;
    }
    Ok((copied, unread))
}
