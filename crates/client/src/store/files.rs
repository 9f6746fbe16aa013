//! Photographs and scans as they are kept: rows of manifests, encrypted pieces, those of drafts.
//! It must not decrypt.

use domain::id::{ChildId, RecordId};
use domain::moment::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use sync::file::Manifest;
use sync::item::{Item, Kind};
use sync::piece::Place;

use super::{Stored, signed};

/// The item table's code of a manifest.
const FILE: u8 = Kind::File.code();

/// How a piece stands. The number is the column's code: never reuse one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum PieceState {
    /// Here, to be sent.
    Unsent = 0,
    /// The district has it.
    Sent = 1,
    /// Not here, asked for.
    Wanted = 2,
    /// Here, and the district will never take it.
    Refused = 3,
    /// Here, and the restored server is to be asked whether it has it.
    Doubted = 4,
}

/// What belongs to a draft.
pub(crate) struct OfDraft {
    /// Its id.
    pub(crate) file: RecordId,
    /// The draft.
    pub(crate) draft: RecordId,
    /// When it was put there.
    pub(crate) at: Timestamp,
    /// About the draft.
    pub(crate) manifest: Manifest,
    /// Of which child of several alone; `None` for all of them.
    pub(crate) child: Option<ChildId>,
}

impl OfDraft {
    /// Whether it goes to a child's note.
    pub(crate) fn is_of(&self, child: ChildId) -> bool {
        self.child.is_none_or(|one| one == child)
    }
}

/// A finished file's manifest, with whose it is.
pub(crate) struct Known {
    /// Its id.
    pub(crate) file: RecordId,
    /// Whose.
    pub(crate) child: ChildId,
    /// Number of the manifest's item.
    pub(crate) item: i64,
    /// The manifest.
    pub(crate) manifest: Manifest,
}

/// The manifest of a file: of its accepted item, else of the first that may yet be.
pub(crate) fn manifest(db: &Connection, file: RecordId) -> Stored<Option<Known>> {
    let mut query = db.prepare_cached(
        "SELECT no, bytes FROM item WHERE record = ?1 AND kind = ?2 AND state IN (0, 1, 2)
         ORDER BY state <> 1, position, no",
    )?;
    let mut rows = query.query(params![file.as_bytes(), FILE])?;
    while let Some(row) = rows.next()? {
        let (no, bytes): (i64, Vec<u8>) = (row.get(0)?, row.get(1)?);
        let read = Item::decode(&bytes).ok().and_then(|item| item.child.zip(Manifest::decode(&item.body).ok()));
        if let Some((child, manifest)) = read {
            return Ok(Some(Known { file, child, item: no, manifest }));
        }
    }
    Ok(None)
}

/// Every file whose manifest is here, of one child or of all.
pub(crate) fn all(db: &Connection, child: Option<ChildId>) -> Stored<Vec<RecordId>> {
    let mut query = db.prepare_cached(
        "SELECT DISTINCT record FROM item WHERE kind = ?1 AND (?2 IS NULL OR child = ?2) ORDER BY record",
    )?;
    let rows = query.query_map(params![FILE, child.map(|c| *c.as_bytes())], |row| id(row, 0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Drops a file's row.
pub(crate) fn forget_row(db: &Connection, file: RecordId) -> Stored<()> {
    db.prepare_cached("DELETE FROM file WHERE file = ?1")?.execute(params![file.as_bytes()])?;
    Ok(())
}

/// Writes a file's row, and asks for its thumbnail if that is not here.
pub(crate) fn write_row(db: &Connection, known: &Known) -> Stored<()> {
    db.prepare_cached("INSERT OR REPLACE INTO file (file, child, about, item, pieces) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![
            known.file.as_bytes(),
            known.child.as_bytes(),
            known.manifest.about.as_bytes(),
            known.item,
            count(known.manifest.pieces.len()),
        ])?;
    // A child that came back: its pieces are a child's again.
    db.prepare_cached("UPDATE piece SET away = NULL WHERE file = ?1 AND away IS NOT NULL")?
        .execute(params![known.file.as_bytes()])?;
    if known.manifest.thumb > 0 { want(db, known.file, known.child, 0) } else { Ok(()) }
}

/// Asks for a piece that is not here.
pub(crate) fn want(db: &Connection, file: RecordId, child: ChildId, n: u16) -> Stored<()> {
    db.prepare_cached(
        "INSERT INTO piece (file, n, child, state) VALUES (?1, ?2, ?3, 2)
         ON CONFLICT (file, n) DO UPDATE SET tried = 0 WHERE bytes IS NULL",
    )?
    .execute(params![file.as_bytes(), n, child.as_bytes()])?;
    Ok(())
}

/// Keeps the pieces of a file just made, `child` `None` for a draft's.
pub(crate) fn keep(db: &Connection, file: RecordId, child: Option<ChildId>, pieces: &[Vec<u8>]) -> Stored<()> {
    let mut insert =
        db.prepare_cached("INSERT INTO piece (file, n, child, own, state, bytes) VALUES (?1, ?2, ?3, 1, 0, ?4)")?;
    for (n, bytes) in pieces.iter().enumerate() {
        insert.execute(params![file.as_bytes(), count(n), child.map(|c| *c.as_bytes()), bytes])?;
    }
    Ok(())
}

/// The pieces of a draft's file belong to a child now.
pub(crate) fn entrust(db: &Connection, file: RecordId, child: ChildId) -> Stored<()> {
    db.prepare_cached("UPDATE piece SET child = ?2 WHERE file = ?1")?
        .execute(params![file.as_bytes(), child.as_bytes()])?;
    Ok(())
}

/// A piece that came.
pub(crate) fn fill(db: &Connection, place: Place, bytes: &[u8]) -> Stored<()> {
    db.prepare_cached("UPDATE piece SET state = 1, bytes = ?3 WHERE file = ?1 AND n = ?2 AND state = 2")?
        .execute(params![place.file.as_bytes(), place.n, bytes])?;
    Ok(())
}

/// What became of a piece.
pub(crate) fn settle(db: &Connection, place: Place, state: PieceState) -> Stored<()> {
    db.prepare_cached("UPDATE piece SET state = ?3 WHERE file = ?1 AND n = ?2")?.execute(params![
        place.file.as_bytes(),
        place.n,
        state as i64
    ])?;
    Ok(())
}

/// It was asked about, or brought, in vain.
pub(crate) fn tried(db: &Connection, place: Place, at: Timestamp) -> Stored<()> {
    db.prepare_cached("UPDATE piece SET tried = ?3 WHERE file = ?1 AND n = ?2")?.execute(params![
        place.file.as_bytes(),
        place.n,
        at.0
    ])?;
    Ok(())
}

/// A piece's bytes, if they are here.
pub(crate) fn bytes(db: &Connection, place: Place) -> Stored<Option<Vec<u8>>> {
    let mut query = db.prepare_cached("SELECT bytes FROM piece WHERE file = ?1 AND n = ?2")?;
    let found = query.query_row(params![place.file.as_bytes(), place.n], |row| row.get(0)).optional()?;
    Ok(found.flatten())
}

/// How much of a file is here.
pub(crate) struct Held {
    /// Pieces here.
    pub(crate) here: usize,
    /// Pieces here that the district lacks.
    pub(crate) unsent: usize,
}

/// How much of a file is here.
pub(crate) fn held(db: &Connection, file: RecordId) -> Stored<Held> {
    let mut query = db
        .prepare_cached("SELECT count(bytes), count(*) FILTER (WHERE state IN (0, 3, 4)) FROM piece WHERE file = ?1")?;
    let held = query.query_row(params![file.as_bytes()], |row| {
        Ok(Held { here: row.get::<_, u16>(0)?.into(), unsent: row.get::<_, u16>(1)?.into() })
    })?;
    Ok(held)
}

/// Pieces in a state that are due, thumbnails first.
pub(crate) fn due(db: &Connection, state: PieceState, due: &Due) -> Stored<Vec<Place>> {
    // To be sent: not a draft's, and its manifest is with the district. Wanted: of a child in sight.
    let mut query = db.prepare_cached(
        "SELECT p.file, p.n FROM piece p WHERE p.state = ?1 AND p.child IS NOT NULL
         AND (p.n = 0) = ?2 AND (p.tried <= ?3 OR p.tried > ?4)
         AND CASE p.state
            WHEN 0 THEN p.away IS NOT NULL OR EXISTS (SELECT 1 FROM item i LEFT JOIN envelope e ON e.no = i.envelope
                WHERE i.record = p.file AND (e.inbox IS NOT NULL OR i.state = 1))
            WHEN 2 THEN EXISTS (SELECT 1 FROM file f WHERE f.file = p.file)
            ELSE 1 END
         ORDER BY p.file, p.n LIMIT ?5",
    )?;
    let since = due.asked.map_or(i64::MIN, |asked| asked.0 - 1).max(due.now.plus_s(-AGAIN_S).0);
    let rows = query.query_map(params![state as i64, due.thumbs, since, due.now.0, count(due.most)], |row| {
        Ok(Place { file: id(row, 0)?, n: row.get(1)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Which pieces are due.
pub(crate) struct Due {
    /// Only thumbnails, or only the others.
    pub(crate) thumbs: bool,
    /// Now.
    pub(crate) now: Timestamp,
    /// When a person last asked for an exchange; what was tried before that is due.
    pub(crate) asked: Option<Timestamp>,
    /// At most so many.
    pub(crate) most: usize,
}

/// What was tried in vain is tried again after this.
const AGAIN_S: i64 = 10 * 60;

/// Whether pieces about a child are still to be brought to the district. Those of a manifest that
/// the server took for none are not: nobody would take them.
pub(crate) fn unsent(db: &Connection, child: ChildId) -> Stored<bool> {
    let sql = format!("SELECT EXISTS (SELECT 1 FROM piece p WHERE p.child = ?1 AND {UNSENT})");
    Ok(db.prepare_cached(&sql)?.query_row(params![child.as_bytes()], |row| row.get(0))?)
}

const UNSENT: &str = "p.state IN (0, 4) AND p.away IS NULL AND p.child IS NOT NULL AND NOT EXISTS (SELECT 1 FROM item i
    JOIN envelope e ON e.no = i.envelope WHERE i.record = p.file AND e.refused IS NOT NULL)";

/// Pieces, and files with such, still to be brought to the district.
pub(crate) fn waiting(db: &Connection) -> Stored<(u32, u32)> {
    let sql = format!("SELECT count(*), count(DISTINCT p.file) FROM piece p WHERE {UNSENT}");
    Ok(db.prepare_cached(&sql)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// The server was restored: it is to be asked about all it was thought to have.
pub(crate) fn doubt(db: &Connection) -> Stored<()> {
    db.execute("UPDATE piece SET state = 4, tried = 0 WHERE state = 1 AND bytes IS NOT NULL", [])?;
    Ok(())
}

/// This device was stopped: it brings its own photographs. Of others' it hears nothing more, neither that
/// their child was erased; they are not its to bring.
pub(crate) fn bring_own_only(db: &Connection) -> Stored<()> {
    db.execute("UPDATE piece SET state = 1 WHERE own = 0 AND state IN (0, 4)", [])?;
    Ok(())
}

/// A child is purged: own pieces stay until a compared backup holds `commit`, and those of an earlier purge
/// until one holds theirs.
pub(crate) fn forget_child(db: &Connection, child: ChildId, commit: Option<u64>) -> Stored<()> {
    if let Some(commit) = commit {
        db.prepare_cached("UPDATE piece SET away = ?2 WHERE child = ?1 AND own = 1 AND bytes IS NOT NULL")?
            .execute(params![child.as_bytes(), signed(commit)])?;
    }
    db.prepare_cached("DELETE FROM piece WHERE child = ?1 AND away IS NULL")?.execute(params![child.as_bytes()])?;
    Ok(())
}

/// A child is erased: nothing of it stays.
pub(crate) fn erase_child(db: &Connection, child: ChildId) -> Stored<()> {
    db.prepare_cached("DELETE FROM piece WHERE child = ?1")?.execute(params![child.as_bytes()])?;
    Ok(())
}

/// Drops what was only kept for a compared backup that now holds it.
pub(crate) fn drop_backed_up(db: &Connection, backed_up: u64) -> Stored<()> {
    db.prepare_cached(
        "DELETE FROM piece WHERE away IS NOT NULL AND state = 1 AND EXISTS (SELECT 1 FROM item i
         JOIN envelope e ON e.no = i.envelope WHERE i.batch = piece.away AND e.inbox <= ?1)",
    )?
    .execute(params![signed(backed_up)])?;
    Ok(())
}

/// Puts a file into a draft.
pub(crate) fn put_in_draft(db: &Connection, of: &OfDraft) -> Stored<()> {
    let child = of.child.map(|child| *child.as_bytes());
    db.prepare_cached("INSERT INTO draft_file (file, draft, at, manifest, child) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![of.file.as_bytes(), of.draft.as_bytes(), of.at.0, of.manifest.encode(), child])?;
    Ok(())
}

/// What belongs to a draft, in the order it was put there.
pub(crate) fn of_draft(db: &Connection, draft: RecordId) -> Stored<Vec<OfDraft>> {
    let sql = "SELECT file, draft, at, manifest, child FROM draft_file WHERE draft = ?1 ORDER BY at, file";
    let mut query = db.prepare_cached(sql)?;
    let rows = query.query_map(params![draft.as_bytes()], read_draft)?;
    Ok(rows.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

/// A file of a draft.
pub(crate) fn in_draft(db: &Connection, file: RecordId) -> Stored<Option<OfDraft>> {
    let mut query = db.prepare_cached("SELECT file, draft, at, manifest, child FROM draft_file WHERE file = ?1")?;
    Ok(query.query_row(params![file.as_bytes()], read_draft).optional()?.flatten())
}

/// Takes a file out of its draft; its pieces go with it unless they were entrusted to a child.
pub(crate) fn leave_draft(db: &Connection, file: RecordId) -> Stored<()> {
    db.prepare_cached("DELETE FROM draft_file WHERE file = ?1")?.execute(params![file.as_bytes()])?;
    Ok(())
}

/// Takes out of a draft what belongs to one child alone.
pub(crate) fn leave_draft_of(db: &Connection, draft: RecordId, child: ChildId) -> Stored<()> {
    db.prepare_cached("DELETE FROM draft_file WHERE draft = ?1 AND child = ?2")?
        .execute(params![draft.as_bytes(), child.as_bytes()])?;
    Ok(())
}

fn read_draft(row: &Row<'_>) -> rusqlite::Result<Option<OfDraft>> {
    let (file, draft, at, manifest) = (id(row, 0)?, id(row, 1)?, Timestamp(row.get(2)?), row.get::<_, Vec<u8>>(3)?);
    let child = row.get::<_, Option<[u8; 16]>>(4)?.map(ChildId::new);
    Ok(Manifest::decode(&manifest).ok().map(|manifest| OfDraft { file, draft, at, manifest, child }))
}

fn id(row: &Row<'_>, column: usize) -> rusqlite::Result<RecordId> {
    row.get::<_, [u8; 16]>(column).map(RecordId::new)
}

/// A number of pieces, far below 2^16.
fn count(n: usize) -> u16 {
    u16::try_from(n).unwrap_or(u16::MAX)
}
