//! Records: what each is, and its document from the cache or again from its items.

use domain::form::{self, Form};
use domain::id::{ChildId, RecordId};
use dossier::{Record, Refused};
use rusqlite::{Connection, OptionalExtension as _, params};
use sync::item::Item;

use super::Stored;
use super::items::{self, State};

/// What a record is: fixed by its first item.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct RecordMeta {
    /// The record.
    pub(crate) record: RecordId,
    /// Its form.
    pub(crate) form: String,
    /// The child it is about.
    pub(crate) child: Option<ChildId>,
}

impl RecordMeta {
    /// Its form, if this build knows it.
    pub(crate) fn form(&self) -> Option<&'static Form> {
        form::builtin(&self.form)
    }

    /// An event is one change that never changes again: its item is its own cache.
    fn is_event(&self) -> bool {
        self.form().is_some_and(|f| f.event)
    }
}

/// A record in memory.
pub(crate) struct Opened {
    /// What it is.
    pub(crate) meta: RecordMeta,
    /// Its document.
    pub(crate) doc: Record,
}

/// What a record is, if it is here.
pub(crate) fn meta(db: &Connection, record: RecordId) -> Stored<Option<RecordMeta>> {
    let mut query = db.prepare_cached("SELECT form, child FROM record WHERE record = ?1")?;
    let found = query.query_row(params![record.as_bytes()], |row| {
        let child: Option<[u8; 16]> = row.get(1)?;
        Ok(RecordMeta { record, form: row.get(0)?, child: child.map(ChildId::new) })
    });
    Ok(found.optional()?)
}

/// All records of a child, or (with `None`) all there are.
pub(crate) fn all(db: &Connection, of: Option<ChildId>) -> Stored<Vec<RecordMeta>> {
    let mut query =
        db.prepare_cached("SELECT record, form, child FROM record WHERE ?1 IS NULL OR child = ?1 ORDER BY record")?;
    let rows = query.query_map(params![of.map(|c| *c.as_bytes())], |row| {
        let child: Option<[u8; 16]> = row.get(2)?;
        Ok(RecordMeta { record: RecordId::new(row.get(0)?), form: row.get(1)?, child: child.map(ChildId::new) })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Opens a record: from the cache, or from its items when the cache is empty or damaged.
pub(crate) fn open(db: &Connection, record: RecordId) -> Stored<Option<Opened>> {
    let Some(meta) = meta(db, record)? else { return Ok(None) };
    let saved: Option<Vec<u8>> = db
        .prepare_cached("SELECT saved FROM record WHERE record = ?1")?
        .query_row(params![record.as_bytes()], |row| row.get(0))?;
    let cached = saved.and_then(|bytes| Record::load(&bytes).ok());
    let doc = match cached {
        Some(doc) => doc,
        None => rebuild(db, &meta)?,
    };
    Ok(Some(Opened { meta, doc }))
}

/// The record's document from its items alone. Held items are left out, except the one change of
/// an event: it stays visible to its author.
pub(crate) fn rebuild(db: &Connection, meta: &RecordMeta) -> Stored<Record> {
    let event = meta.is_event();
    let counts = |state| match state {
        State::Own | State::Accepted | State::Waiting => true,
        State::Held => event,
        State::Remade | State::Unreadable => false,
    };
    let items = items::of_record(db, meta.record)?;
    let bodies = items.iter().filter(|i| counts(i.state)).filter_map(|i| Item::decode(&i.bytes).ok());
    let mut left: Vec<Vec<u8>> = bodies.map(|item| item.body).collect();
    let mut doc = Record::empty();
    // Items may lie here in another order than they build on each other: go round while it helps.
    loop {
        let before = left.len();
        left.retain(|body| matches!(doc.admit(body), Err(Refused::Waiting(_))));
        if left.is_empty() || left.len() == before {
            return Ok(doc);
        }
    }
}

/// Keeps the record's document in the cache.
pub(crate) fn save(db: &Connection, opened: &mut Opened) -> Stored<()> {
    let meta = &opened.meta;
    let saved = if meta.is_event() { None } else { Some(opened.doc.save()) };
    db.prepare_cached(
        "INSERT INTO record (record, form, child, saved) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (record) DO UPDATE SET saved = excluded.saved",
    )?
    .execute(params![meta.record.as_bytes(), meta.form, meta.child.map(|c| *c.as_bytes()), saved])?;
    Ok(())
}

/// Sets a change aside until what it builds on comes, or for good with the reason.
pub(crate) fn set_aside(db: &Connection, digest: &[u8; 32], record: RecordId, why: &str) -> Stored<()> {
    db.prepare_cached("INSERT OR REPLACE INTO aside (digest, record, why) VALUES (?1, ?2, ?3)")?.execute(params![
        digest,
        record.as_bytes(),
        why
    ])?;
    Ok(())
}

/// Whether changes of a record wait for others.
pub(crate) fn has_waiting(db: &Connection, record: RecordId) -> Stored<bool> {
    let mut query = db.prepare_cached("SELECT EXISTS (SELECT 1 FROM aside WHERE record = ?1 AND why = 'waiting')")?;
    Ok(query.query_row(params![record.as_bytes()], |row| row.get(0))?)
}

/// The changes of a record that wait: digest and item bytes.
pub(crate) fn waiting(db: &Connection, record: RecordId) -> Stored<Vec<([u8; 32], Vec<u8>)>> {
    let mut query = db.prepare_cached(
        "SELECT aside.digest, item.bytes FROM aside JOIN item USING (digest)
         WHERE aside.record = ?1 AND why = 'waiting' ORDER BY item.no",
    )?;
    let rows = query.query_map(params![record.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A change no longer waits.
pub(crate) fn no_longer_aside(db: &Connection, digest: &[u8; 32]) -> Stored<()> {
    db.prepare_cached("DELETE FROM aside WHERE digest = ?1")?.execute(params![digest])?;
    Ok(())
}
