//! Acts become items: rights checked, one transaction, durable on return. It must not know which
//! screen asked, nor send anything.

use domain::fault::{Code, Fault};
use domain::form::{self, Form, Merge};
use domain::id::{ChildId, Digest, RecordId};
use domain::moment::{Moment, Timestamp};
use domain::number::{FileNumber, Segment};
use domain::rights::{self, Verb};
use domain::roster::{NOW, Row};
use domain::value::Value;
use dossier::Edit;
use sync::claim::{self, Claim};
use sync::envelope::{ENVELOPE_BYTES_MAX, ITEMS_MAX};
use sync::file::Cut;
use sync::item::{ITEM_BYTES_MAX, Item, Kind};

use crate::desk::Desk;
use crate::draft;
use crate::store::Stored;
use crate::store::items::{self, Making};
use crate::store::records::{self, RecordMeta};
use crate::tag::Tag;
use crate::work::Work;

/// Form id of roster rows, as they travel.
pub(crate) const ROSTER_FORM: &str = "roster";
/// Form id of audit rows, as they travel.
pub(crate) const AUDIT_FORM: &str = "audit";
/// Room an envelope needs besides its items.
const ENVELOPE_HEAD_MAX: usize = 4096;

/// One thing to write.
pub(crate) enum Act {
    /// Edits of a record; begins it when it is new.
    Edit {
        /// Which.
        record: RecordId,
        /// Its form.
        form: &'static str,
        /// The child it is about.
        child: Option<ChildId>,
        /// What to write.
        edits: Vec<Edit>,
    },
    /// A roster row.
    Row(Row),
    /// An audit row.
    Audit(AuditRow),
    /// A file number that stands in an edit of the same commit is given.
    Numbered(FileNumber),
    /// What becomes of held work about a child.
    Claim {
        /// Whom the work is about.
        child: ChildId,
        /// The decision.
        claim: Claim,
    },
    /// A photograph of a child, cut and encrypted.
    File {
        /// Its id.
        file: RecordId,
        /// Whose.
        child: ChildId,
        /// Its manifest and pieces.
        cut: Cut,
    },
    /// The photographs of a draft go to the notes it became.
    FinishFiles {
        /// The draft.
        draft: RecordId,
        /// The notes, with whose they are.
        notes: Vec<(RecordId, ChildId)>,
    },
    /// A draft that is finished with what is written beside it: it goes when that is on the disk.
    Done(RecordId),
}

/// What an audit row says of a child that went from this computer.
pub(crate) const PURGED: &str = "purged";

/// One line of the audit: who is in the envelope, when in [`AuditRow::at`].
#[derive(Clone, PartialEq, Eq, Debug, minicbor::Encode, minicbor::Decode)]
pub(crate) struct AuditRow {
    /// When.
    #[n(0)]
    pub(crate) at: Timestamp,
    /// What was done: `reveal`, `purged`, `export`…
    #[n(1)]
    pub(crate) what: String,
    /// About which child.
    #[n(2)]
    pub(crate) child: Option<ChildId>,
    /// A field key and why it was looked at, or a count.
    #[n(3)]
    pub(crate) about: String,
}

/// Edits as they are kept beside an unaccepted item.
#[derive(Clone, PartialEq, Debug, minicbor::Encode, minicbor::Decode)]
enum WrittenEdit {
    #[n(0)]
    Set(#[n(0)] String, #[n(1)] WrittenValue),
    #[n(1)]
    Clear(#[n(0)] String),
    #[n(2)]
    Write(#[n(0)] String, #[n(1)] String),
}

#[derive(Clone, PartialEq, Debug, minicbor::Encode, minicbor::Decode)]
enum WrittenValue {
    #[n(0)]
    Unknown,
    #[n(1)]
    Yes(#[n(0)] bool),
    #[n(2)]
    Int(#[n(0)] i64),
    #[n(3)]
    Text(#[n(0)] String),
}

/// The bytes of edits.
pub(crate) fn encode_edits(edits: &[Edit]) -> Vec<u8> {
    let value = |value: &Value| match value {
        Value::Unknown => WrittenValue::Unknown,
        Value::Yes(yes) => WrittenValue::Yes(*yes),
        Value::Int(n) => WrittenValue::Int(*n),
        Value::Text(text) => WrittenValue::Text(text.clone()),
    };
    let written: Vec<WrittenEdit> = edits
        .iter()
        .map(|edit| match edit {
            Edit::Set(key, v) => WrittenEdit::Set(key.clone(), value(v)),
            Edit::Clear(key) => WrittenEdit::Clear(key.clone()),
            Edit::Write(key, text) => WrittenEdit::Write(key.clone(), text.clone()),
        })
        .collect();
    minicbor::to_vec(written).unwrap_or_default()
}

/// Reads [`encode_edits`]; nothing from anything else.
pub(crate) fn decode_edits(bytes: &[u8]) -> Vec<Edit> {
    let value = |value| match value {
        WrittenValue::Unknown => Value::Unknown,
        WrittenValue::Yes(yes) => Value::Yes(yes),
        WrittenValue::Int(n) => Value::Int(n),
        WrittenValue::Text(text) => Value::Text(text),
    };
    let written: Vec<WrittenEdit> = minicbor::decode(bytes).unwrap_or_default();
    written
        .into_iter()
        .map(|edit| match edit {
            WrittenEdit::Set(key, v) => Edit::Set(key, value(v)),
            WrittenEdit::Clear(key) => Edit::Clear(key),
            WrittenEdit::Write(key, text) => Edit::Write(key, text),
        })
        .collect()
}

impl Desk {
    /// Writes acts: all or none, in one transaction, in one envelope. On return they are on the
    /// disk. An edit that changes nothing writes nothing.
    pub(crate) fn commit(&mut self, m: &mut Moment, acts: Vec<Act>) -> Result<Vec<Tag>, Fault> {
        let mut work = self.work(m)?;
        work.standing.batch += 1;
        let (mut count, mut bytes) = (0, 0);
        for act in acts {
            let size = work.write(m, act)?;
            count += usize::from(size > 0);
            bytes += size;
        }
        if count > ITEMS_MAX || bytes > ENVELOPE_BYTES_MAX - ENVELOPE_HEAD_MAX {
            return Err(Fault::new(Code::Invalid, "size"));
        }
        work.touch(Tag::Sync);
        let touched = work.finish(m)?;
        self.courier.changed(m.now);
        Ok(touched)
    }
}

impl Work<'_> {
    /// Writes one act; returns the size of its item, 0 when there was nothing to write.
    fn write(&mut self, m: &mut Moment, act: Act) -> Stored<usize> {
        match act {
            Act::Edit { record, form, child, edits } => {
                let meta = RecordMeta { record, form: form.to_owned(), child };
                self.allow(&meta)?;
                self.allow_fields(&meta, &edits)?;
                self.edit(&meta, &edits, None)
            }
            Act::Row(row) => self.write_row(m, row),
            Act::Audit(row) => self.audit(m, &row),
            Act::Numbered(number) => {
                *self.standing.given.entry(number.year).or_default() = number.serial % Segment::SERIALS;
                Ok(0)
            }
            Act::Claim { child, claim } => self.claim(m, child, &claim),
            Act::File { file, child, cut } => self.attach(file, child, &cut),
            Act::FinishFiles { draft, notes } => self.finish_files(m, draft, &notes),
            Act::Done(id) => {
                draft::finish(&self.tx, id, draft::End::Finished, self.now)?;
                self.touch(Tag::Drafts);
                Ok(0)
            }
        }
    }

    /// The rights of an edit, as the gate will judge them.
    fn allow(&mut self, meta: &RecordMeta) -> Stored<()> {
        let (me, on) = (self.me.device(), self.today());
        let known = records::meta(&self.tx, meta.record)?;
        let verb = if known.is_some() { Verb::Change } else { Verb::Create };
        // First: a finished note named again, for whichever child, is a finished note.
        if verb == Verb::Change && meta.form().is_some_and(|f| f.event) {
            return Err(Code::Finished.into());
        }
        if known.as_ref().is_some_and(|known| known != meta) {
            return Err(Code::Bug.into());
        }
        if let Some(child) = meta.child {
            rights::may(self.roster, me, (NOW, on), verb, &meta.form, child).map_err(|denied| match denied {
                rights::Denied::Child => Code::NotFound,
                rights::Denied::Device => Code::Revoked,
                rights::Denied::Post | rights::Denied::Form => Code::Denied,
            })?;
        }
        Ok(())
    }

    /// Fields that only named posts may write, as the gate will judge them.
    fn allow_fields(&self, meta: &RecordMeta, edits: &[Edit]) -> Stored<()> {
        let (Some(form), Some(child)) = (meta.form(), meta.child) else { return Ok(()) };
        let (me, on) = (self.me.device(), self.today());
        let mut fields = edits.iter().filter_map(|edit| form.field(edit.key()));
        let foreign = |field: &form::Field| {
            field.merge == Merge::Authority && !rights::has_authority(self.roster, me, on, field, child)
        };
        if fields.any(foreign) { Err(Code::Denied.into()) } else { Ok(()) }
    }

    /// Edits a record by one change of this session's actor, kept with the edits that made it.
    pub(crate) fn edit(&mut self, meta: &RecordMeta, edits: &[Edit], replaces: Option<Digest>) -> Stored<usize> {
        let form: &Form = form::builtin(&meta.form).ok_or(Code::Bug)?;
        let (actor, at) = (*self.actor, self.now);
        let opened = self.open_as(meta)?.ok_or(Code::Bug)?;
        let Some(body) = opened.doc.edit(form, &actor, at, edits)? else { return Ok(0) };
        let item = Item { kind: Kind::Change, record: meta.record, form: meta.form.clone(), child: meta.child, body };
        let size = self.make(&item, Some(&encode_edits(edits)), replaces)?;
        self.changed(meta.record);
        Ok(size)
    }

    fn write_row(&mut self, m: &mut Moment, row: Row) -> Stored<usize> {
        let (me, on) = (self.me.device(), self.today());
        rights::may_write_row(self.roster, me, (NOW, on), &row).map_err(|_| Code::Denied)?;
        self.make_row(m, row)
    }

    /// Makes the item of a row that is allowed, or of one that the gate is to judge.
    pub(crate) fn make_row(&mut self, m: &mut Moment, row: Row) -> Stored<usize> {
        let body = minicbor::to_vec(&row).map_err(|_| Code::Bug)?;
        let record = RecordId::new(m.uuid());
        let item = Item { kind: Kind::Roster, record, form: ROSTER_FORM.to_owned(), child: row.child(), body };
        let size = self.make(&item, None, None)?;
        self.apply(None, row);
        // Rows written later in the same commit may be about the child just registered.
        Ok(size)
    }

    /// Writes an audit row. One without words about a child is about it only in its body, so that it outlives
    /// a purge; words go with the child, and with its erasure.
    pub(crate) fn audit(&mut self, m: &mut Moment, row: &AuditRow) -> Stored<usize> {
        let body = minicbor::to_vec(row).map_err(|_| Code::Bug)?;
        let record = RecordId::new(m.uuid());
        let child = row.child.filter(|_| row.what != PURGED);
        let item = Item { kind: Kind::Audit, record, form: AUDIT_FORM.to_owned(), child, body };
        self.make(&item, None, None)
    }

    fn claim(&mut self, m: &mut Moment, child: ChildId, claim: &Claim) -> Stored<usize> {
        let (me, on) = (self.me.device(), self.today());
        rights::may(self.roster, me, (NOW, on), Verb::Create, claim::FORM, child).map_err(|_| Code::Denied)?;
        if !claim.is_sound() {
            return Err(Code::Bug.into());
        }
        let record = RecordId::new(m.uuid());
        let form = claim::FORM.to_owned();
        let item = Item { kind: Kind::Audit, record, form, child: Some(child), body: claim.encode() };
        let size = self.make(&item, None, None)?;
        self.decided(&item);
        Ok(size)
    }

    /// Keeps an own item that the next envelope carries; its size.
    pub(crate) fn make(&mut self, item: &Item, edits: Option<&[u8]>, replaces: Option<Digest>) -> Stored<usize> {
        let bytes = item.encode();
        if bytes.len() > ITEM_BYTES_MAX {
            return Err(Fault::new(Code::Invalid, "size").into());
        }
        let making = Making { batch: self.standing.batch, roster: self.roster.version, at: self.now, edits, replaces };
        items::make(&self.tx, item, &bytes, &making)?;
        Ok(bytes.len())
    }
}
