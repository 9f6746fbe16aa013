//! Pieces of files in SQLite, and their way into a backup and back. It must not open a piece.

use std::collections::BTreeSet;
use std::path::Path;

use domain::id::{ChildId, Digest, RecordId};
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, params};
use sync::key::sha256;

use super::{FILES, FileKeys, Sqlite, connect, failed, page_of, unlock, unsigned};
use crate::store::{PieceId, Pieces, StoreError, Stored};

/// The file's tables.
pub(super) const SCHEMA: &[&str] = &[include_str!("../../../migrations/files_1.sql")];
/// Pieces copied in one transaction: some 4 MB.
const TOGETHER: usize = 64;

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
    /// of erased children go. How many were written.
    pub fn back_up_pieces(&self, folder: &Path, keys: &FileKeys, erased: &[ChildId]) -> Stored<u64> {
        let copy = copy_in(folder, keys)?;
        erased.iter().try_for_each(|child| drop_of(&copy, *child))?;
        let written = fill(&self.files, &copy, erased)?;
        copy.close().map_err(|(_, e)| failed(e))?;
        let copy = read_only(folder, keys)?;
        for id in &written {
            if bytes(&copy, id)?.is_none_or(|bytes| sha256(&[&bytes]) != id.digest) {
                return Err(StoreError::Damaged);
            }
        }
        Ok(written.len() as u64)
    }

    /// Takes from the file of pieces in a folder what is not here, but nothing of children erased
    /// since. How many that were.
    pub fn take_pieces(&self, folder: &Path, keys: &FileKeys, erased: &[ChildId]) -> Stored<u64> {
        Ok(fill(&read_only(folder, keys)?, &self.files, erased)?.len() as u64)
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

/// Copies what `into` lacks, but nothing of erased children; which pieces that were.
fn fill(from: &Connection, into: &Connection, erased: &[ChildId]) -> Stored<Vec<PieceId>> {
    let erased: BTreeSet<&ChildId> = erased.iter().collect();
    let sql = "SELECT child, file, n, digest FROM piece INDEXED BY piece_place ORDER BY child, file, n, digest";
    let mut all = from.prepare(sql).map_err(failed)?;
    let ids = all.query_map([], |r| {
        let (child, file) = (ChildId::new(r.get(0)?), RecordId::new(r.get(1)?));
        Ok(PieceId { child, file, n: r.get(2)?, digest: Digest(r.get(3)?) })
    });
    let mut lacking: Vec<PieceId> = Vec::new();
    for id in ids.map_err(failed)? {
        let id = id.map_err(failed)?;
        if !erased.contains(&id.child) && !has(into, &id)? {
            lacking.push(id);
        }
    }
    let mut copied = Vec::with_capacity(lacking.len());
    for some in lacking.chunks(TOGETHER) {
        let act = into.unchecked_transaction().map_err(failed)?;
        for id in some {
            // Nothing there: its child was erased since the list was made.
            let Some(bytes) = bytes(from, id)? else { continue };
            add(into, id, &bytes)?;
            copied.push(*id);
        }
        act.commit().map_err(failed)?;
    }
    Ok(copied)
}
