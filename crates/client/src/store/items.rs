//! Items as this device keeps them: own and others', with what became of each.

use domain::id::{ChildId, Digest, Position, RecordId};
use domain::moment::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use sync::item::Item;
use sync::wire::Reason;

use super::{Stored, claims, signed, unsigned};

/// What became of an item. The number is the column's code: never reuse one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum State {
    /// Own, no verdict yet.
    Own = 0,
    /// In the log.
    Accepted = 1,
    /// Builds on an item that is not in the log.
    Waiting = 2,
    /// Kept by the gate, not in the log.
    Held = 3,
    /// Its edits were made again in a later item.
    Remade = 4,
    /// Not readable here.
    Unreadable = 5,
}

impl State {
    fn of(n: i64) -> Self {
        match n {
            0 => Self::Own,
            1 => Self::Accepted,
            2 => Self::Waiting,
            3 => Self::Held,
            4 => Self::Remade,
            _ => Self::Unreadable,
        }
    }
}

/// One item with its place in this device's order.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    /// Local order.
    pub(crate) no: i64,
    /// The encoded item.
    pub(crate) bytes: Vec<u8>,
    /// What became of it.
    pub(crate) state: State,
    /// Own and unaccepted: the edits that made it (CBOR), and when.
    pub(crate) edits: Option<Vec<u8>>,
    /// When it was made (own).
    pub(crate) at: Option<Timestamp>,
}

impl Kept {
    /// Reads `no, bytes, state, edits, at`.
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            no: row.get(0)?,
            bytes: row.get(1)?,
            state: State::of(row.get(2)?),
            edits: row.get(3)?,
            at: row.get::<_, Option<i64>>(4)?.map(Timestamp),
        })
    }
}

/// What is known of an own item when it is made.
pub(crate) struct Making<'a> {
    /// The commit it belongs to.
    pub(crate) batch: u64,
    /// Roster version known.
    pub(crate) roster: Position,
    /// When.
    pub(crate) at: Timestamp,
    /// The edits that made it.
    pub(crate) edits: Option<&'a [u8]>,
    /// The item it makes again.
    pub(crate) replaces: Option<Digest>,
}

/// Kind of an item nobody can read.
const KIND_UNREADABLE: i64 = 255;

/// The child an item goes with when that is purged. What was decided on held work stays, as roster
/// rows do: it says what became of the work.
fn child_of(item: &Item) -> Option<[u8; 16]> {
    item.child.filter(|_| item.form != sync::claim::FORM).map(|child| *child.as_bytes())
}

/// Keeps an own item that no envelope carries yet.
pub(crate) fn make(db: &Connection, item: &Item, bytes: &[u8], making: &Making<'_>) -> Stored<()> {
    db.prepare_cached(
        "INSERT INTO item (digest, kind, record, form, child, bytes, batch, roster, state, at, edits, replaces)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, ?9, ?10, ?11)",
    )?
    .execute(params![
        sync::item::digest(bytes).0,
        item.kind.code(),
        item.record.as_bytes(),
        item.form,
        child_of(item),
        bytes,
        signed(making.batch),
        signed(making.roster),
        making.at.0,
        making.edits,
        making.replaces.map(|d| d.0),
    ])?;
    tell(db, item)
}

/// What an item just kept says of work kept aside, if it speaks of that.
fn tell(db: &Connection, item: &Item) -> Stored<()> {
    if claims::is_line(&item.form) {
        claims::heard(db, db.last_insert_rowid())?;
    }
    Ok(())
}

/// Keeps an item that came in an envelope; `item` is `None` when it cannot be read.
pub(crate) fn take(
    db: &Connection,
    item: Option<&Item>,
    bytes: &[u8],
    envelope: i64,
    position: Position,
    state: State,
) -> Stored<()> {
    let digest = sync::item::digest(bytes).0;
    let position = signed(position);
    let mut insert = db.prepare_cached(
        "INSERT INTO item (digest, kind, record, form, child, bytes, envelope, position, state)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    match item {
        Some(item) => insert.execute(params![
            digest,
            item.kind.code(),
            item.record.as_bytes(),
            item.form,
            child_of(item),
            bytes,
            envelope,
            position,
            state as i64,
        ])?,
        None => insert.execute(params![
            digest,
            KIND_UNREADABLE,
            [0u8; 16],
            "",
            None::<[u8; 16]>,
            bytes,
            envelope,
            position,
            state as i64,
        ])?,
    };
    item.map_or(Ok(()), |item| tell(db, item))
}

/// What is known of a digest.
pub(crate) fn find(db: &Connection, digest: &Digest) -> Stored<Option<Kept>> {
    let mut query = db.prepare_cached("SELECT no, bytes, state, edits, at FROM item WHERE digest = ?1")?;
    Ok(query.query_row(params![digest.0], Kept::read).optional()?)
}

/// Writes down a verdict or a position.
pub(crate) fn settle(
    db: &Connection,
    no: i64,
    state: State,
    position: Option<Position>,
    reason: Option<Reason>,
) -> Stored<()> {
    let sql = "UPDATE item SET state = ?2, position = ?3, reason = ?4 WHERE no = ?1 RETURNING form";
    let form: Option<String> = db
        .prepare_cached(sql)?
        .query_row(params![no, state as i64, position.map(signed), reason.map(|r| r as i64)], |row| row.get(0))
        .optional()?;
    if form.is_some_and(|form| claims::is_line(&form)) {
        claims::heard(db, no)?;
    }
    Ok(())
}

/// All items of a record in local order.
pub(crate) fn of_record(db: &Connection, record: RecordId) -> Stored<Vec<Kept>> {
    let mut query =
        db.prepare_cached("SELECT no, bytes, state, edits, at FROM item WHERE record = ?1 AND kind = 0 ORDER BY no")?;
    let rows = query.query_map(params![record.as_bytes()], Kept::read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whether own items about a child are not yet received by the district.
pub(crate) fn unsent(db: &Connection, child: ChildId) -> Stored<bool> {
    let mut query = db.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM item LEFT JOIN envelope ON envelope.no = item.envelope
         WHERE item.child = ?1 AND item.batch IS NOT NULL AND envelope.inbox IS NULL AND envelope.refused IS NULL)",
    )?;
    Ok(query.query_row(params![child.as_bytes()], |row| row.get(0))?)
}

/// An own item that no envelope carries yet.
pub(crate) struct Uncut {
    /// Local order.
    pub(crate) no: i64,
    /// The commit it belongs to.
    pub(crate) batch: u64,
    /// Roster version known then.
    pub(crate) roster: Position,
    /// The encoded item.
    pub(crate) bytes: Vec<u8>,
}

/// Items made and not yet in an envelope, in order.
pub(crate) fn uncut(db: &Connection) -> Stored<Vec<Uncut>> {
    let mut query = db.prepare_cached(
        "SELECT no, batch, roster, bytes FROM item WHERE envelope IS NULL AND batch IS NOT NULL ORDER BY no",
    )?;
    let rows = query.query_map([], |row| {
        let (batch, roster) = (unsigned(row.get(1)?), unsigned(row.get(2)?));
        Ok(Uncut { no: row.get(0)?, batch, roster, bytes: row.get(3)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// After a server restore: positions above the common point are provisional again.
pub(crate) fn unplace_above(db: &Connection, common: Position) -> Stored<()> {
    db.execute(
        "UPDATE item SET position = NULL, state = CASE WHEN batch IS NOT NULL AND state = 1 THEN 0 ELSE state END
         WHERE position > ?1",
        params![signed(common)],
    )?;
    // Any of the lines may stand elsewhere now.
    Ok(claims::rebuild(db)?)
}

/// Forgets the edits of own items that a compared backup holds.
pub(crate) fn forget_edits(db: &Connection, backed_up: u64) -> Stored<()> {
    db.prepare_cached(
        "UPDATE item SET edits = NULL WHERE edits IS NOT NULL AND state = 1
         AND envelope IN (SELECT no FROM envelope WHERE own = 1 AND inbox <= ?1)",
    )?
    .execute(params![signed(backed_up)])?;
    Ok(())
}
