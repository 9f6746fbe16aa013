//! Drafts: what a person is writing. On this device only, inside the encrypted store; each save
//! is on the disk when it returns, so a killed program loses nothing that was saved.
//!
//! It must not check what is written: half a note is a good draft.

use std::collections::BTreeMap;

use domain::fault::{Code, Fault};
use domain::id::{ChildId, RecordId};
use domain::moment::Timestamp;
use domain::value::{Key, Value};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::store::Stop;

/// Most drafts kept; largest draft in bytes of JSON; most children in one.
const DRAFTS_MAX: u32 = 500;
const BODY_BYTES_MAX: usize = 128 * 1024;
const CHILDREN_MAX: usize = 20;

/// One draft.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Draft {
    /// Becomes the record's id when the draft of one child is finished.
    pub(crate) id: RecordId,
    pub(crate) form: String,
    pub(crate) children: Vec<ChildId>,
    pub(crate) values: BTreeMap<Key, Value>,
    pub(crate) begun: Timestamp,
    pub(crate) saved: Timestamp,
}

/// Writes a draft over its former self.
pub(crate) fn save(db: &Connection, draft: &Draft) -> Result<(), Fault> {
    let body = serde_json::to_string(&draft.values).map_err(|_| Code::Bug)?;
    let count = db.query_row("SELECT count(*) FROM draft WHERE draft <> ?1", params![draft.id.as_bytes()], |row| {
        row.get::<_, u32>(0)
    });
    let full = count.map_err(Stop::from)? >= DRAFTS_MAX;
    if full || body.len() > BODY_BYTES_MAX || draft.children.is_empty() || draft.children.len() > CHILDREN_MAX {
        return Err(Fault::new(Code::Invalid, "draft"));
    }
    let children: Vec<u8> = draft.children.iter().flat_map(|c| *c.as_bytes()).collect();
    db.prepare_cached(
        "INSERT INTO draft (draft, form, children, body, begun, saved) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (draft) DO UPDATE SET form = ?2, children = ?3, body = ?4, begun = ?5, saved = ?6",
    )
    .and_then(|mut insert| {
        insert.execute(params![draft.id.as_bytes(), draft.form, children, body, draft.begun.0, draft.saved.0])
    })
    .map_err(Stop::from)?;
    Ok(())
}

const COLUMNS: &str = "SELECT draft, form, children, body, begun, saved FROM draft";

/// A draft by its id.
pub(crate) fn load(db: &Connection, id: RecordId) -> Result<Option<Draft>, Fault> {
    let found = db
        .prepare_cached(&format!("{COLUMNS} WHERE draft = ?1"))
        .and_then(|mut query| query.query_row(params![id.as_bytes()], read).optional());
    Ok(found.map_err(Stop::from)?)
}

/// The drafts about a child, alone or with others.
pub(crate) fn about(db: &Connection, child: ChildId) -> rusqlite::Result<Vec<Draft>> {
    let sql = format!("{COLUMNS} WHERE instr(children, ?1) > 0 ORDER BY draft");
    let mut query = db.prepare_cached(&sql)?;
    let found = query.query_map(params![child.as_bytes()], read)?;
    // The bytes may also stand across two ids.
    found.filter(|draft| draft.as_ref().map_or(true, |draft| draft.children.contains(&child))).collect()
}

/// Every draft, the last saved first.
pub(crate) fn all(db: &Connection) -> Result<Vec<Draft>, Fault> {
    let found = || -> rusqlite::Result<Vec<Draft>> {
        db.prepare_cached(&format!("{COLUMNS} ORDER BY saved DESC, draft"))?.query_map([], read)?.collect()
    };
    Ok(found().map_err(Stop::from)?)
}

/// Removes a draft; whether it was there.
pub(crate) fn discard(db: &Connection, id: RecordId) -> Result<bool, Fault> {
    let gone = db.execute("DELETE FROM draft WHERE draft = ?1", params![id.as_bytes()]);
    Ok(gone.map_err(Stop::from)? > 0)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Draft> {
    let (children, body): (Vec<u8>, String) = (row.get(2)?, row.get(3)?);
    Ok(Draft {
        id: RecordId::new(row.get(0)?),
        form: row.get(1)?,
        children: children.chunks_exact(16).filter_map(|c| ChildId::from_slice(c).ok()).collect(),
        values: serde_json::from_str(&body).unwrap_or_default(),
        begun: Timestamp(row.get(4)?),
        saved: Timestamp(row.get(5)?),
    })
}
