//! Envelopes as this device keeps them: each signed head once, its items in their own table.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{Branch, ChildId, Digest, Position};
use rusqlite::{Connection, OptionalExtension as _, params};
use sync::envelope::{Envelope, Part};
use sync::wire::{Mark, Refusal};

use super::{Stored, signed};

/// The envelope with every item as a bare digest: its head.
fn bare(envelope: &Envelope) -> Envelope {
    let mut head = envelope.clone();
    head.parts = envelope.parts.iter().map(|p| Part::Bare(p.digest())).collect();
    head
}

/// Keeps an envelope's head; returns its number. The same envelope again changes nothing.
pub(crate) fn keep(db: &Connection, envelope: &Envelope, id: &Digest, own: bool) -> Stored<i64> {
    let known: Option<i64> = db
        .prepare_cached("SELECT no FROM envelope WHERE id = ?1")?
        .query_row(params![id.0], |row| row.get(0))
        .optional()?;
    if let Some(no) = known {
        return Ok(no);
    }
    db.prepare_cached("INSERT INTO envelope (id, device, branch, seq, head, own) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
        .execute(params![
            id.0,
            envelope.device.as_bytes(),
            envelope.branch.0,
            envelope.seq,
            bare(envelope).encode(),
            own,
        ])?;
    Ok(db.last_insert_rowid())
}

/// Puts an envelope together again: whole where the item is here, bare or erased where it is not.
pub(crate) fn assemble(db: &Connection, no: i64) -> Stored<Option<Envelope>> {
    let Some(mut envelope) = head(db, no)? else { return Ok(None) };
    let mut item = db.prepare_cached("SELECT bytes FROM item WHERE digest = ?1")?;
    for part in &mut envelope.parts {
        let bytes: Option<Vec<u8>> = item.query_row(params![part.digest().0], |row| row.get(0)).optional()?;
        if let Some(bytes) = bytes {
            *part = Part::Whole(bytes);
        }
    }
    Ok(Some(envelope))
}

/// A child is erased: own envelopes say from now on which of their items went with it.
pub(crate) fn erase_child(db: &Connection, child: ChildId) -> Stored<()> {
    let mut query = db.prepare_cached(
        "SELECT envelope.no, item.digest FROM item JOIN envelope ON envelope.no = item.envelope
         WHERE item.child = ?1 AND item.kind <> 2 AND envelope.own = 1",
    )?;
    let rows = query.query_map(params![child.as_bytes()], |row| Ok((row.get(0)?, Digest(row.get(1)?))))?;
    let mut gone: BTreeMap<i64, BTreeSet<Digest>> = BTreeMap::new();
    for row in rows {
        let (no, digest) = row?;
        gone.entry(no).or_default().insert(digest);
    }
    for (no, digests) in gone {
        let Some(mut head) = head(db, no)? else { continue };
        for part in head.parts.iter_mut().filter(|part| digests.contains(&part.digest())) {
            *part = Part::Erased(part.digest());
        }
        db.prepare_cached("UPDATE envelope SET head = ?2 WHERE no = ?1")?.execute(params![no, head.encode()])?;
    }
    Ok(())
}

fn head(db: &Connection, no: i64) -> Stored<Option<Envelope>> {
    let mut query = db.prepare_cached("SELECT head FROM envelope WHERE no = ?1")?;
    let head: Option<Vec<u8>> = query.query_row(params![no], |row| row.get(0)).optional()?;
    Ok(head.and_then(|bytes| Envelope::decode(&bytes).ok()))
}

/// The sealed copy of an own envelope whose child was purged here.
pub(crate) fn sealed(db: &Connection, no: i64) -> Stored<Option<Vec<u8>>> {
    let mut query = db.prepare_cached("SELECT sealed FROM envelope WHERE no = ?1")?;
    Ok(query.query_row(params![no], |row| row.get(0)).optional()?.flatten())
}

/// Own envelopes the district has not received, and those it was found to lack, oldest first.
pub(crate) fn to_push(db: &Connection) -> Stored<Vec<i64>> {
    let mut query = db.prepare_cached(
        "SELECT no FROM envelope WHERE own = 1 AND inbox IS NULL AND refused IS NULL
         UNION SELECT no FROM envelope WHERE substr(id, 1, 8) IN (SELECT mark FROM lack) ORDER BY 1",
    )?;
    let rows = query.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Writes down a receipt; the district no longer lacks it.
pub(crate) fn received(db: &Connection, no: i64, inbox: u64) -> Stored<()> {
    db.prepare_cached("UPDATE envelope SET inbox = ?2 WHERE no = ?1 AND own = 1")?
        .execute(params![no, signed(inbox)])?;
    unlack(db, no)
}

/// The server took it for no envelope: kept here, not sent again.
pub(crate) fn refused(db: &Connection, no: i64, why: Refusal) -> Stored<()> {
    db.prepare_cached("UPDATE envelope SET refused = ?2 WHERE no = ?1")?.execute(params![no, why as i64])?;
    unlack(db, no)
}

fn unlack(db: &Connection, no: i64) -> Stored<()> {
    db.prepare_cached("DELETE FROM lack WHERE mark = (SELECT substr(id, 1, 8) FROM envelope WHERE no = ?1)")?
        .execute(params![no])?;
    Ok(())
}

/// The server was restored: receipts beyond the backup are worth nothing any more.
pub(crate) fn unreceive_above(db: &Connection, backed_up: u64) -> Stored<()> {
    db.execute("UPDATE envelope SET inbox = NULL WHERE own = 1 AND inbox > ?1", params![signed(backed_up)])?;
    Ok(())
}

/// No receipt counts of what can be said again from here.
pub(crate) fn unreceive_here(db: &Connection) -> Stored<()> {
    db.execute(
        "UPDATE envelope SET inbox = NULL WHERE own = 1 AND inbox IS NOT NULL AND (sealed IS NOT NULL
         OR EXISTS (SELECT 1 FROM item WHERE item.envelope = envelope.no))",
        [],
    )?;
    Ok(())
}

/// Takes own envelopes that nobody has received apart again: their items go on another branch.
pub(crate) fn take_apart(db: &Connection) -> Stored<()> {
    db.execute(
        "UPDATE item SET envelope = NULL WHERE envelope IN
         (SELECT no FROM envelope WHERE own = 1 AND inbox IS NULL AND refused IS NULL AND sealed IS NULL)",
        [],
    )?;
    // What of a purged child is only in a sealed copy stays as it was signed.
    db.execute("DELETE FROM envelope WHERE own = 1 AND inbox IS NULL AND refused IS NULL AND sealed IS NULL", [])?;
    Ok(())
}

/// Own envelope by its place in the chain.
pub(crate) fn own(db: &Connection, branch: Branch, seq: u32) -> Stored<Option<i64>> {
    let mut query = db.prepare_cached("SELECT no FROM envelope WHERE own = 1 AND branch = ?1 AND seq = ?2")?;
    Ok(query.query_row(params![branch.0, seq], |row| row.get(0)).optional()?)
}

/// Marks of all envelopes with something above a position, or without one.
pub(crate) fn marks_above(db: &Connection, position: Position) -> Stored<Vec<Mark>> {
    let mut query = db.prepare_cached(
        "SELECT DISTINCT substr(envelope.id, 1, 8) FROM envelope JOIN item ON item.envelope = envelope.no
         WHERE item.position IS NULL OR item.position > ?1 ORDER BY 1",
    )?;
    let rows = query.query_map(params![signed(position)], |row| row.get::<_, [u8; 8]>(0).map(Mark))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Others' envelopes with an item that has no place in the log, and their marks.
pub(crate) fn unplaced(db: &Connection) -> Stored<Vec<(i64, Mark)>> {
    let mut query = db.prepare_cached(
        "SELECT DISTINCT envelope.no, substr(envelope.id, 1, 8) FROM item JOIN envelope ON envelope.no = item.envelope
         WHERE item.position IS NULL AND item.batch IS NULL ORDER BY 1",
    )?;
    let rows = query.query_map([], |row| Ok((row.get(0)?, Mark(row.get(1)?))))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The envelope with this mark; `None` when there is none, or more than one.
pub(crate) fn marked(db: &Connection, mark: Mark) -> Stored<Option<i64>> {
    let (mut low, mut high) = ([0; 32], [0xff; 32]);
    low[..8].copy_from_slice(&mark.0);
    high[..8].copy_from_slice(&mark.0);
    let mut query = db.prepare_cached("SELECT no FROM envelope WHERE id BETWEEN ?1 AND ?2 LIMIT 2")?;
    let found: Vec<i64> = query.query_map([low, high], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(if let [no] = found[..] { Some(no) } else { None })
}

/// Remembers what the restored server lacks.
pub(crate) fn lack(db: &Connection, marks: &[Mark]) -> Stored<()> {
    let mut insert = db.prepare_cached("INSERT OR IGNORE INTO lack (mark) VALUES (?1)")?;
    for mark in marks {
        insert.execute(params![mark.0])?;
    }
    Ok(())
}
