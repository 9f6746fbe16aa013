//! Edits become one change, each value in its normal form. It must not ask who may edit or whether the
//! values are sensible.

use std::collections::BTreeMap;

use automerge::transaction::{CommitOptions, Transactable, Transaction};
use automerge::{ActorId, Automerge, AutomergeError, ObjId, ObjType, ROOT, ReadDoc, ScalarValue};
use domain::form::{Form, Kind, Merge, VERSION_KEY, normal};
use domain::moment::Timestamp;
use domain::value::{Key, Value};

use crate::inspect::{key_fits, plain};
use crate::view::marker;
use crate::{Actor, Edit, EditError, Record, chunk};

/// What a key is to hold.
enum Want {
    Put(Value),
    Empty,
    Text(String),
}

impl Record {
    /// Makes one change of the edits and returns its bytes, uncompressed; `None` when they change
    /// nothing. The same record, actor, time and edits give the same bytes. The first change of a
    /// record also writes the form's version and makes its text objects.
    ///
    /// # Errors
    /// [`EditError`] for the first edit that cannot be made; the record stays as it was.
    pub fn edit(
        &mut self,
        form: &Form,
        actor: &Actor,
        at: Timestamp,
        edits: &[Edit],
    ) -> Result<Option<Vec<u8>>, EditError> {
        let mut wants = BTreeMap::new();
        for edit in edits {
            let (key, want) = want(form, edit)?;
            wants.insert(key, want);
        }
        self.empty_former_names(form, &mut wants);
        wants.retain(|key, want| changes(&self.doc, key, want) || self.taken_back(key));
        if wants.is_empty() {
            return Ok(None);
        }
        self.settle_markers(&mut wants);
        let before = self.doc.clone();
        let change = self.commit(form, actor, at, &wants);
        if change.is_err() {
            self.doc = before;
        }
        change.map(Some)
    }

    /// Emptying a key also empties the names it had in older forms, or the old value would show.
    fn empty_former_names(&self, form: &Form, wants: &mut BTreeMap<Key, Want>) {
        if form.fields.iter().all(|field| field.was.is_empty() && field.columns.iter().all(|c| c.was.is_empty())) {
            return;
        }
        let emptied = |now: &String| matches!(wants.get(now), Some(Want::Empty));
        let former: Vec<_> = self.doc.keys(ROOT).filter(|key| form.renamed(key).is_some_and(|n| emptied(&n))).collect();
        wants.extend(former.into_iter().map(|key| (key, Want::Empty)));
    }

    /// A key that is set anew is no longer taken back.
    fn settle_markers(&self, wants: &mut BTreeMap<Key, Want>) {
        let stale: Vec<_> = wants.keys().filter(|key| self.taken_back(key)).map(|key| marker::of(key)).collect();
        for marker in stale {
            wants.entry(marker).or_insert(Want::Empty);
        }
    }

    /// Whether a choice under this key was taken back and none was made since.
    fn taken_back(&self, key: &str) -> bool {
        self.doc.get(ROOT, marker::of(key)).is_ok_and(|held| held.is_some())
    }

    fn commit(
        &mut self,
        form: &Form,
        actor: &Actor,
        at: Timestamp,
        wants: &BTreeMap<Key, Want>,
    ) -> Result<Vec<u8>, EditError> {
        let version = (self.form_version().unwrap_or(0) < form.version).then_some(form.version);
        let texts = if self.is_empty() && !form.event { text_fields(form) } else { vec![] };
        let failed = |_| EditError::Large;
        self.doc.set_actor(ActorId::from(actor.as_bytes().as_slice()));
        let done = self.doc.transact_with(
            |()| CommitOptions::default().with_time(at.0.max(0)),
            |tx| {
                if let Some(version) = version {
                    tx.put(ROOT, VERSION_KEY, i64::from(version))?;
                }
                for key in texts {
                    tx.put_object(ROOT, key, ObjType::Text)?;
                }
                wants.iter().try_for_each(|(key, want)| write(tx, key, want))
            },
        );
        let hash = done.map_err(|failure| failed(failure.error))?.hash.ok_or(EditError::Large)?;
        let change = self.doc.get_change_by_hash(&hash).ok_or(EditError::Large)?;
        let bytes = change.raw_bytes().to_vec();
        if bytes.len() > chunk::BYTES_MAX || change.len() as u64 > chunk::OPS_MAX {
            return Err(EditError::Large);
        }
        self.note(&change).map_err(|_| EditError::Large)?;
        Ok(bytes)
    }
}

/// The fields two people may write in together.
fn text_fields(form: &Form) -> Vec<&str> {
    form.fields.iter().filter(|field| field.merge == Merge::Text).map(|field| field.key.as_str()).collect()
}

/// Reads an edit against the form.
fn want(form: &Form, edit: &Edit) -> Result<(Key, Want), EditError> {
    let (Edit::Set(key, _) | Edit::Clear(key) | Edit::Write(key, _)) = edit;
    let bad = || EditError::Value(key.clone());
    if marker::key(key).is_some_and(|of| form.field(of).is_some()) {
        return match edit {
            Edit::Set(_, mark @ Value::Text(_)) => Ok((key.clone(), Want::Put(mark.clone()))),
            Edit::Clear(_) => Ok((key.clone(), Want::Empty)),
            Edit::Set(..) | Edit::Write(..) => Err(bad()),
        };
    }
    let field = form.field(key).filter(|field| !field.computed && key_fits(key));
    let Some(field) = field else { return Err(EditError::Key(key.clone())) };
    let together = field.merge == Merge::Text && !form.event;
    let want = match edit {
        Edit::Clear(_) if together => Want::Text(String::new()),
        Edit::Clear(_) => Want::Empty,
        Edit::Write(_, text) | Edit::Set(_, Value::Text(text)) if together => Want::Text(text.clone()),
        Edit::Set(..) if together => return Err(bad()),
        Edit::Set(_, Value::Yes(true)) if field.merge == Merge::Set => Want::Put(Value::Yes(true)),
        Edit::Set(_, Value::Yes(false)) if field.merge == Merge::Set => Want::Empty,
        Edit::Set(..) if field.merge == Merge::Set => return Err(bad()),
        Edit::Set(_, value) => match normal(field, value) {
            value if of_kind(&value, field.kind) => Want::Put(value),
            _ => return Err(bad()),
        },
        Edit::Write(_, text) if of_kind(&Value::text(""), field.kind) => Want::Put(Value::text(text.as_str())),
        Edit::Write(..) => return Err(bad()),
    };
    Ok((key.clone(), want))
}

/// Whether a value is of the field's kind; whether it is sensible is the form's rules' matter.
const fn of_kind(value: &Value, kind: Kind) -> bool {
    match (value, kind) {
        (_, Kind::Rows) => false,
        (Value::Unknown, _) => true,
        (Value::Yes(_), kind) => matches!(kind, Kind::Yes),
        (Value::Int(_), kind) => matches!(kind, Kind::Int | Kind::Money),
        (Value::Text(_), kind) => !matches!(kind, Kind::Yes | Kind::Int | Kind::Money),
    }
}

/// Whether a wish differs from what the document holds. Several values never equal one wish:
/// setting a key settles it.
fn changes(doc: &Automerge, key: &str, want: &Want) -> bool {
    let held = doc.get_all(ROOT, key).unwrap_or_default();
    match (want, held.as_slice()) {
        (Want::Empty, held) => !held.is_empty(),
        (Want::Text(text), []) => !text.is_empty(),
        (Want::Text(text), [(value, id)]) if value.is_object() => doc.text(id).as_ref() != Ok(text),
        (Want::Text(text), [(value, _)]) => value.as_str() != Some(text),
        (Want::Put(wish), [(value, _)]) => value.as_scalar().and_then(plain).as_ref() != Some(wish),
        (Want::Put(_) | Want::Text(_), _) => true,
    }
}

fn write(tx: &mut Transaction, key: &str, want: &Want) -> Result<(), AutomergeError> {
    match want {
        Want::Put(value) => put(tx, key, scalar(value)),
        Want::Empty => tx.delete(ROOT, key),
        Want::Text(text) => match text_object(tx, key)? {
            Some(object) => tx.update_text(&object, text),
            // a record begun by an older form has no text object here, and none may be made now:
            // two desks could make one each
            None if text.is_empty() => tx.delete(ROOT, key),
            None => put(tx, key, text.as_str().into()),
        },
    }
}

fn put(tx: &mut Transaction, key: &str, value: ScalarValue) -> Result<(), AutomergeError> {
    if tx.get_all(ROOT, key)?.len() > 1 {
        tx.delete(ROOT, key)?; // or Automerge would leave the chosen value to its first author
    }
    tx.put(ROOT, key, value)
}

fn text_object(tx: &Transaction, key: &str) -> Result<Option<ObjId>, AutomergeError> {
    let held = tx.get_all(ROOT, key)?;
    Ok(held.into_iter().find(|(value, _)| value.is_object()).map(|(_, id)| id))
}

fn scalar(value: &Value) -> ScalarValue {
    match value {
        Value::Unknown => ScalarValue::Null,
        Value::Yes(yes) => ScalarValue::Boolean(*yes),
        Value::Int(n) => ScalarValue::Int(*n),
        Value::Text(text) => ScalarValue::Str(text.as_str().into()),
    }
}
