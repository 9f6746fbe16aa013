//! Drafts: what a person is writing, whatever the form, by form and subject. On this device only, inside the
//! encrypted store; each save is on the disk when it returns, so a killed program loses nothing that was saved.
//!
//! It must not check what is written: half a note is a good draft.

use std::collections::BTreeMap;

use domain::fault::{Code, Fault};
use domain::id::{ChildId, RecordId};
use domain::moment::Timestamp;
use domain::value::{Key, Value};
use domain::visit;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::calls::words::rfc3339;
use crate::store::Stop;

/// Most drafts kept; most children in one.
const DRAFTS_MAX: u32 = 500;
const CHILDREN_MAX: usize = 20;
/// Largest draft in bytes of JSON: one that is handed in has to fit one change.
const BODY_BYTES_MAX: usize = dossier::BYTES_MAX - 4096;
/// How long it is remembered what became of a draft, in milliseconds: longer than a page stays open.
const END_KEPT_MS: i64 = 90 * 24 * 3600 * 1000;

/// The form of a registration: the child has no id yet, so the draft is about nobody.
pub(crate) const REGISTRATION: &str = "child";
/// The answer to an alarm: a review, and a draft apart from that of sending the same note back.
pub(crate) const ANSWER: &str = "alarm";
/// The forms one may have a draft of.
const FORMS: [&str; 6] = ["visit", "supplement", "review", ANSWER, "assessment", REGISTRATION];

/// One draft.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Draft {
    /// Becomes the id of the record, of several the first child's, when it is finished.
    pub(crate) id: RecordId,
    pub(crate) form: String,
    pub(crate) children: Vec<ChildId>,
    /// The note a supplement or a review is about.
    pub(crate) about: Option<RecordId>,
    /// By record key; what is of one child of several alone stands under [`visit::own_key`].
    pub(crate) values: BTreeMap<Key, Value>,
    /// How often it was saved.
    pub(crate) version: u32,
    pub(crate) begun: Timestamp,
    pub(crate) saved: Timestamp,
}

impl Draft {
    /// The form of what it is to become.
    pub(crate) fn becomes(&self) -> &str {
        if self.form == ANSWER { "review" } else { &self.form }
    }

    /// Whether there is at most one of its form and subject.
    fn is_single(&self) -> bool {
        self.form != "visit"
    }

    /// Takes a child out, with what was written of it alone.
    pub(crate) fn leave_out(&mut self, child: ChildId) {
        visit::name_first(&mut self.values, &self.children);
        self.children.retain(|one| *one != child);
        let own = visit::own_key(child, "");
        self.values.retain(|key, _| !key.starts_with(&own));
    }
}

/// What became of a draft that is not here any more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum End {
    /// It was finished.
    Finished,
    /// It was thrown away.
    Dropped,
}

/// What a visit note begun now holds before anybody has answered anything; visitors and the next day
/// depend on whose it is.
pub(crate) fn proposals(begun: Timestamp) -> BTreeMap<Key, Value> {
    BTreeMap::from([
        ("visit_at".to_owned(), Value::text(rfc3339(begun))),
        ("mode".to_owned(), Value::text("1")),
        ("purpose/1".to_owned(), Value::Yes(true)),
        ("risk_hint".to_owned(), Value::text("1")),
        ("source".to_owned(), Value::text("1")),
    ])
}

/// Writes a draft over its former self, as it is given.
pub(crate) fn save(db: &Connection, draft: &Draft) -> Result<(), Fault> {
    let body = serde_json::to_string(&draft.values).map_err(|_| Code::Bug)?;
    let count = db.query_row("SELECT count(*) FROM draft WHERE draft <> ?1", params![draft.id.as_bytes()], |row| {
        row.get::<_, u32>(0)
    });
    let full = count.map_err(Stop::from)? >= DRAFTS_MAX;
    let nobody = draft.children.is_empty() != (draft.form == REGISTRATION);
    let known = FORMS.contains(&draft.form.as_str());
    if full || nobody || !known || body.len() > BODY_BYTES_MAX || draft.children.len() > CHILDREN_MAX {
        return Err(Fault::new(Code::Invalid, "draft"));
    }
    db.prepare_cached(
        "INSERT INTO draft (draft, form, children, about, body, version, begun, saved) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (draft) DO UPDATE SET form = ?2, children = ?3, about = ?4, body = ?5, version = ?6, begun = ?7, saved = ?8",
    )
    .and_then(|mut insert| {
        insert.execute(params![
            draft.id.as_bytes(),
            draft.form,
            bytes(&draft.children),
            draft.about.map(|about| *about.as_bytes()),
            body,
            draft.version,
            draft.begun.0,
            draft.saved.0
        ])
    })
    .map_err(Stop::from)?;
    Ok(())
}

fn bytes(children: &[ChildId]) -> Vec<u8> {
    children.iter().flat_map(|child| *child.as_bytes()).collect()
}

const COLUMNS: &str = "SELECT draft, form, children, about, body, version, begun, saved FROM draft";

/// A draft by its id.
pub(crate) fn load(db: &Connection, id: RecordId) -> Result<Option<Draft>, Fault> {
    let found = db
        .prepare_cached(&format!("{COLUMNS} WHERE draft = ?1"))
        .and_then(|mut query| query.query_row(params![id.as_bytes()], read).optional());
    Ok(found.map_err(Stop::from)?)
}

/// The one draft of a form and a subject, where there is at most one.
pub(crate) fn find(
    db: &Connection,
    form: &str,
    children: &[ChildId],
    about: Option<RecordId>,
) -> Result<Option<Draft>, Fault> {
    let about = about.map(|about| *about.as_bytes());
    let found = db
        .prepare_cached(&format!("{COLUMNS} WHERE form = ?1 AND children = ?2 AND about IS ?3"))
        .and_then(|mut query| query.query_row(params![form, bytes(children), about], read).optional());
    Ok(found.map_err(Stop::from)?.filter(Draft::is_single))
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

/// Removes a draft that goes somewhere else than to an end of its own: a page still open may begin it anew.
pub(crate) fn remove(db: &Connection, id: RecordId) -> Result<bool, Fault> {
    let gone = db.execute("DELETE FROM draft WHERE draft = ?1", params![id.as_bytes()]);
    Ok(gone.map_err(Stop::from)? > 0)
}

/// Removes a draft and remembers what became of it; whether it was there. Both or neither, in the caller's
/// transaction.
pub(crate) fn finish(db: &Connection, id: RecordId, end: End, now: Timestamp) -> Result<bool, Fault> {
    if !remove(db, id)? {
        return Ok(false);
    }
    let note = || -> rusqlite::Result<()> {
        db.prepare_cached("DELETE FROM draft_end WHERE at < ?1")?.execute([now.0 - END_KEPT_MS])?;
        db.prepare_cached("INSERT OR REPLACE INTO draft_end (draft, finished, at) VALUES (?1, ?2, ?3)")?
            .execute(params![id.as_bytes(), end == End::Finished, now.0])?;
        Ok(())
    };
    note().map_err(Stop::from)?;
    Ok(true)
}

/// What became of a draft, if it ended here.
pub(crate) fn end_of(db: &Connection, id: RecordId) -> Result<Option<End>, Fault> {
    let found = db
        .prepare_cached("SELECT finished FROM draft_end WHERE draft = ?1")
        .and_then(|mut query| query.query_row(params![id.as_bytes()], |row| row.get::<_, bool>(0)).optional());
    let finished = found.map_err(Stop::from)?;
    Ok(finished.map(|finished| if finished { End::Finished } else { End::Dropped }))
}

fn read(row: &Row<'_>) -> rusqlite::Result<Draft> {
    let (children, body): (Vec<u8>, String) = (row.get(2)?, row.get(4)?);
    Ok(Draft {
        id: RecordId::new(row.get(0)?),
        form: row.get(1)?,
        children: children.chunks_exact(16).filter_map(|c| ChildId::from_slice(c).ok()).collect(),
        about: row.get::<_, Option<[u8; 16]>>(3)?.map(RecordId::new),
        values: serde_json::from_str(&body).unwrap_or_default(),
        version: row.get(5)?,
        begun: Timestamp(row.get(6)?),
        saved: Timestamp(row.get(7)?),
    })
}
