//! The roster folded from the rows this device keeps, authors beyond it, and children not shown.

use std::collections::BTreeMap;

use domain::id::{ChildId, DeviceId, Position};
use domain::moment::Timestamp;
use domain::roster::{Roster, Row};
use rusqlite::{Connection, OptionalExtension as _, params};
use sync::envelope::Envelope;
use sync::item::Item;
use sync::key::device_id;

use super::{Stored, signed, unsigned};

/// Signing keys of devices outside this device's part of the roster, with their rows.
pub(crate) type Authors = BTreeMap<DeviceId, Row>;

/// Folds all rows kept: those with a position in order, then own ones still without.
pub(crate) fn fold(db: &Connection, server: DeviceId) -> Stored<Roster> {
    let mut roster = Roster::new(server);
    // Held rows (state 3) give no right; a child registered here stays visible to its finder.
    let mut query = db.prepare_cached(
        "SELECT bytes, position, state FROM item WHERE kind = 2 AND state <> 5 ORDER BY position IS NULL, position, no",
    )?;
    let mut rows = query.query([])?;
    while let Some(line) = rows.next()? {
        let bytes: Vec<u8> = line.get(0)?;
        let Some(row) = Item::decode(&bytes).ok().and_then(|i| minicbor::decode::<Row>(&i.body).ok()) else { continue };
        let (position, state): (Option<i64>, i64) = (line.get(1)?, line.get(2)?);
        if state == 3 && !matches!(row, Row::Register { .. }) {
            continue;
        }
        roster.apply(position.map_or(roster.version, unsigned), &row);
    }
    Ok(roster)
}

/// Whether an own row stands without a position: it goes after all that have one, so that whatever
/// comes now stands before it.
pub(crate) fn any_unplaced(db: &Connection) -> Stored<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM item WHERE kind = 2 AND position IS NULL AND state <> 5)";
    Ok(db.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

/// When the newest row about a child that is such a one was signed.
pub(crate) fn signed_last(db: &Connection, child: ChildId, such: fn(&Row) -> bool) -> Stored<Option<Timestamp>> {
    let mut query = db.prepare_cached(
        "SELECT i.bytes, i.at, e.head FROM item i LEFT JOIN envelope e ON e.no = i.envelope
         WHERE i.child = ?1 AND i.kind = 2 AND i.state NOT IN (3, 5)
         ORDER BY i.position IS NULL DESC, i.position DESC, i.no DESC",
    )?;
    let mut rows = query.query(params![child.as_bytes()])?;
    while let Some(line) = rows.next()? {
        let (bytes, own, head): (Vec<u8>, Option<i64>, Option<Vec<u8>>) = (line.get(0)?, line.get(1)?, line.get(2)?);
        let row = Item::decode(&bytes).ok().and_then(|item| minicbor::decode::<Row>(&item.body).ok());
        if row.is_some_and(|row| such(&row)) {
            let signed = || Envelope::decode(&head?).ok().map(|envelope| envelope.at);
            return Ok(own.map(Timestamp).or_else(signed));
        }
    }
    Ok(None)
}

/// Reads all authors kept.
pub(crate) fn authors(db: &Connection) -> Stored<Authors> {
    let mut query = db.prepare_cached("SELECT row FROM author")?;
    let mut authors = Authors::new();
    let mut rows = query.query([])?;
    while let Some(line) = rows.next()? {
        let bytes: Vec<u8> = line.get(0)?;
        if let Ok(row @ Row::Device { id, .. }) = minicbor::decode::<Row>(&bytes) {
            authors.insert(id, row);
        }
    }
    Ok(authors)
}

/// Keeps an author; a row whose id is not made of its keys is nobody's.
pub(crate) fn keep_author(db: &Connection, authors: &mut Authors, row: &Row) -> Stored<()> {
    let Row::Device { id, sign, seal, .. } = row else { return Ok(()) };
    if *id != device_id(sign, seal) || authors.contains_key(id) {
        return Ok(());
    }
    let bytes = minicbor::to_vec(row).unwrap_or_default();
    db.prepare_cached("INSERT OR REPLACE INTO author (device, row) VALUES (?1, ?2)")?
        .execute(params![id.as_bytes(), bytes])?;
    authors.insert(*id, row.clone());
    Ok(())
}

/// Why a child is not shown.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Hidden {
    /// Its history is on its way; all up to here is with the device.
    Coming(Position),
    /// It went elsewhere; purged once nothing of it is unsent.
    Leaving,
}

/// Whether and why a child is hidden.
pub(crate) fn hidden(db: &Connection, child: ChildId) -> Stored<Option<Hidden>> {
    let mut query = db.prepare_cached("SELECT state, after FROM hidden WHERE child = ?1")?;
    let found = query
        .query_row(params![child.as_bytes()], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)))
        .optional()?;
    Ok(found.map(|(state, after)| if state == 0 { Hidden::Coming(unsigned(after)) } else { Hidden::Leaving }))
}

/// Hides a child.
pub(crate) fn hide(db: &Connection, child: ChildId, why: Hidden) -> Stored<()> {
    let (state, after) = match why {
        Hidden::Coming(after) => (0, after),
        Hidden::Leaving => (1, 0),
    };
    db.prepare_cached("INSERT OR REPLACE INTO hidden (child, state, after) VALUES (?1, ?2, ?3)")?.execute(params![
        child.as_bytes(),
        state,
        signed(after)
    ])?;
    Ok(())
}

/// The child may be shown (or is gone).
pub(crate) fn unhide(db: &Connection, child: ChildId) -> Stored<()> {
    db.prepare_cached("DELETE FROM hidden WHERE child = ?1")?.execute(params![child.as_bytes()])?;
    Ok(())
}

/// All hidden children.
pub(crate) fn all_hidden(db: &Connection) -> Stored<Vec<(ChildId, Hidden)>> {
    let mut query = db.prepare_cached("SELECT child, state, after FROM hidden ORDER BY child")?;
    let rows = query.query_map([], |row| {
        let (state, after): (i64, i64) = (row.get(1)?, row.get(2)?);
        let why = if state == 0 { Hidden::Coming(unsigned(after)) } else { Hidden::Leaving };
        Ok((ChildId::new(row.get(0)?), why))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A child that was taken away and given back unseen: rows written in between are still to come.
/// It stays shown, with what is here.
pub(crate) fn miss(db: &Connection, child: ChildId, after: Position) -> Stored<()> {
    db.prepare_cached("INSERT OR REPLACE INTO missed (child, after) VALUES (?1, ?2)")?
        .execute(params![child.as_bytes(), signed(after)])?;
    Ok(())
}

/// Up to where what was missed of a child has come; `None` when nothing was.
pub(crate) fn missed(db: &Connection, child: ChildId) -> Stored<Option<Position>> {
    let mut query = db.prepare_cached("SELECT after FROM missed WHERE child = ?1")?;
    let found = query.query_row(params![child.as_bytes()], |row| row.get(0)).optional()?;
    Ok(found.map(unsigned))
}

/// Nothing of a child is missed any more (or the child is gone).
pub(crate) fn miss_no_more(db: &Connection, child: ChildId) -> Stored<()> {
    db.prepare_cached("DELETE FROM missed WHERE child = ?1")?.execute(params![child.as_bytes()])?;
    Ok(())
}

/// All children with missed rows, and up to where they have come.
pub(crate) fn all_missed(db: &Connection) -> Stored<Vec<(ChildId, Position)>> {
    let mut query = db.prepare_cached("SELECT child, after FROM missed ORDER BY child")?;
    let rows = query.query_map([], |row| Ok((ChildId::new(row.get(0)?), unsigned(row.get(1)?))))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Children of whom this device keeps records.
pub(crate) fn children_kept(db: &Connection) -> Stored<Vec<ChildId>> {
    let mut query = db.prepare_cached(
        "SELECT child FROM record WHERE child IS NOT NULL UNION SELECT child FROM claimable ORDER BY child",
    )?;
    let rows = query.query_map([], |row| row.get(0).map(ChildId::new))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
