//! A record as people see it: one cell a key, by the merge rule of its field. It must not write.

use std::cmp::Reverse;

use automerge::{ChangeHash, ObjId, ROOT, ReadDoc, Value as Held};
use domain::form::{Field, Form, Merge, VERSION_KEY, same};
use domain::id::Digest;
use domain::moment::Timestamp;
use domain::value::{Key, Value};

use crate::fit::op_id;
use crate::inspect::plain;
use crate::record::hashes;
use crate::{Cell, Record, Said, View};

impl Record {
    /// What stands in the record now, by the form's merge rules. Keys the form does not know
    /// (a newer desk wrote them) are kept as cells of their own.
    pub fn view(&self, form: &Form) -> View {
        self.view_of(form, &self.doc.get_heads())
    }

    /// What stood in the record at a time, by its authors' clocks.
    pub fn view_at(&self, form: &Form, at: Timestamp) -> View {
        self.view_of(form, &self.heads_at(at))
    }

    fn view_of(&self, form: &Form, heads: &[ChangeHash]) -> View {
        let mut view = View { version: self.form_version().unwrap_or(0), ..View::default() };
        if heads.is_empty() {
            return view;
        }
        let mut taken_back = vec![];
        for item in self.doc.map_range_at(ROOT, .., heads) {
            if item.key == VERSION_KEY {
                continue;
            }
            if let Some(key) = marker::key(&item.key) {
                taken_back.push((key.to_owned(), item.value.into_value()));
                continue;
            }
            let said = if item.conflict {
                self.said(&item.key, heads)
            } else {
                let id = item.id();
                self.one(&item.value.into_value(), &id, heads).into_iter().collect()
            };
            let now = form.renamed(&item.key);
            if let Some(cell) = cell(form.field(now.as_deref().unwrap_or(&item.key)), said) {
                view.cells.insert(item.key.into_owned(), cell);
            }
        }
        for (key, settled) in taken_back {
            let field = form.field(form.renamed(&key).as_deref().unwrap_or(&key));
            self.take_back(&mut view, field, key, &settled);
        }
        view.cells = form.upcast(view.cells);
        view
    }

    /// Everything said under a key at these heads, newest first.
    pub(crate) fn said(&self, key: &str, heads: &[ChangeHash]) -> Vec<Said> {
        let held = self.doc.get_all_at(ROOT, key, heads).unwrap_or_default();
        let mut said: Vec<_> = held.iter().filter_map(|(value, id)| self.one(value, id, heads)).collect();
        said.sort_by_key(|said| Reverse((said.at, said.change)));
        said
    }

    /// One value with who and when; `None` for an empty text.
    fn one(&self, held: &Held, id: &ObjId, heads: &[ChangeHash]) -> Option<Said> {
        if !held.is_object() {
            return self.by(plain(held.as_scalar()?)?, id);
        }
        let text = self.doc.text_at(id, heads).ok().filter(|text| !text.is_empty())?;
        // the newest character says who wrote last in it
        let chars = self.doc.list_range_at(id, .., heads).map(|item| item.id());
        self.by(Value::Text(text), &chars.max_by_key(|id| op_id(id).ok())?)
    }

    fn by(&self, value: Value, op: &ObjId) -> Option<Said> {
        let change = Digest(self.doc.hash_for_opid(op)?.0);
        let fact = self.facts.get(&change)?;
        Some(Said { value: Some(value), actor: fact.actor, at: fact.at, change })
    }

    /// A choice that was taken back: the values it had settled stand side by side again.
    fn take_back(&self, view: &mut View, field: Option<&Field>, key: Key, settled: &Held) {
        let change = settled.as_str().and_then(marker::change);
        let deps = change.and_then(|change| self.facts.get(&change)).map(|fact| hashes(&fact.deps));
        let (Some(deps), Some(cell)) = (deps, view.cells.get_mut(&key)) else { return };
        let now = std::mem::replace(&mut cell.said, self.said(&key, &deps));
        for said in now {
            if !cell.said.iter().any(|known| is_same(field, known, &said)) {
                cell.said.push(said);
            }
        }
        if let Some(value) = cell.said.first().and_then(|said| said.value.clone()) {
            cell.value = value;
        }
        if !differ(field, &cell.said) {
            cell.said.truncate(1);
        }
        cell.differs = cell.said.len() > 1;
    }

    /// The newest changes among those whose claimed time, and that of all before them, is not
    /// after `at`.
    fn heads_at(&self, at: Timestamp) -> Vec<ChangeHash> {
        let mut order: Vec<_> = self.facts.iter().collect();
        order.sort_by_key(|(_, fact)| fact.last_op);
        let mut seen = std::collections::BTreeSet::new();
        let mut heads = std::collections::BTreeSet::new();
        for (hash, fact) in order {
            if fact.at <= at && fact.deps.iter().all(|dep| seen.contains(dep)) {
                fact.deps.iter().for_each(|dep| {
                    heads.remove(dep);
                });
                seen.insert(*hash);
                heads.insert(*hash);
            }
        }
        hashes(&heads.into_iter().collect::<Vec<_>>())
    }
}

/// The cell of a key: `said` is everything said under it, newest first.
fn cell(field: Option<&Field>, mut said: Vec<Said>) -> Option<Cell> {
    match field.map_or(Merge::Register, |field| field.merge) {
        Merge::Higher => {
            let best = said.iter().enumerate().max_by_key(|(n, said)| (rank(said), Reverse(*n))).map(|(n, _)| n)?;
            said.swap(0, best);
            said.truncate(1);
        }
        Merge::Set => said.truncate(1),
        Merge::Register | Merge::Text | Merge::Rows | Merge::Authority => {
            if !differ(field, &said) {
                said.truncate(1);
            }
        }
    }
    let value = said.first()?.value.clone()?;
    Some(Cell { value, differs: said.len() > 1, said })
}

/// Whether anybody said something else than the first.
fn differ(field: Option<&Field>, said: &[Said]) -> bool {
    said.first().is_some_and(|first| said.iter().any(|other| !is_same(field, first, other)))
}

/// Whether two people said the same thing, in whatever way each wrote it.
fn is_same(field: Option<&Field>, one: &Said, other: &Said) -> bool {
    match (field, &one.value, &other.value) {
        (Some(field), Some(a), Some(b)) => same(field, a, b),
        (_, a, b) => a == b,
    }
}

/// What "higher" means: numbers by size, codes and days by their text, not known below all.
fn rank(said: &Said) -> (u8, i64, &str) {
    match &said.value {
        None | Some(Value::Unknown) => (0, 0, ""),
        Some(Value::Yes(yes)) => (1, i64::from(*yes), ""),
        Some(Value::Int(n)) => (2, *n, ""),
        Some(Value::Text(text)) => (3, 0, text),
    }
}

/// A key beside another, `?phone` beside `phone`, that says which choice was taken back.
pub(crate) mod marker {
    use domain::id::Digest;

    /// The marker beside a key.
    pub(crate) fn of(key: &str) -> String {
        format!("?{key}")
    }

    /// The key a marker stands beside.
    pub(crate) fn key(marker: &str) -> Option<&str> {
        marker.strip_prefix('?')
    }

    /// What a marker holds: the change, in hexadecimal.
    pub(crate) fn text(change: &Digest) -> String {
        change.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The change a marker names.
    pub(crate) fn change(text: &str) -> Option<Digest> {
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        for (n, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * n..2 * n + 2)?, 16).ok()?;
        }
        Some(Digest(bytes))
    }
}
