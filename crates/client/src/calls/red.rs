//! Red means before: what the rules would say of a record after edits, so that what is wrong is stopped and not
//! written, sent and complained of afterwards. It must not write anything.

use std::collections::BTreeMap;

use domain::day::Day;
use domain::finding::Finding;
use domain::form::Form;
use domain::value::{Key, Value};
use dossier::Edit;

use super::child::{FieldEdit, rules};

/// What a record's keys hold, in the shown value.
type Values = BTreeMap<Key, Value>;

/// What would stand in a record of `form` after the edits that are about it.
fn apply_edits(form: &Form, values: &Values, edits: &[FieldEdit]) -> Values {
    let mut after = values.clone();
    for edit in edits.iter().filter(|edit| form.field(edit.key()).is_some()) {
        match edit {
            FieldEdit::Set { key, value } => after.insert(key.clone(), value.clone()),
            FieldEdit::Clear { key } => after.remove(key),
        };
    }
    after
}

/// What stands in the way of edits of one record, each finding said at the key that is edited.
pub(super) fn find_stops(form: &Form, values: &Values, edits: &[FieldEdit], today: Day) -> Vec<Finding> {
    let (before, then) = (rules(form, values, today), rules(form, &apply_edits(form, values, edits), today));
    let mut found = Vec::new();
    for edit in edits.iter().filter(|edit| form.field(edit.key()).is_some()) {
        let sets = matches!(edit, FieldEdit::Set { .. });
        let own = then.iter().filter(|finding| finding.stops(edit.key(), sets, &before));
        found.extend(own.map(|finding| Finding { key: edit.key().to_owned(), ..finding.clone() }));
    }
    found
}

/// What the rules say about the edited keys once the edits are written: blocks nothing.
pub(super) fn find_rest(form: &Form, values: &Values, edits: &[FieldEdit], today: Day) -> Vec<Finding> {
    let mut found = rules(form, &apply_edits(form, values, edits), today);
    found.retain(|finding| edits.iter().any(|edit| edit.key() == finding.key));
    found
}

/// Edits as a record takes them, as they are judged here. Marks of choices (`?name`) are no edits of a field.
pub(super) fn as_field_edits(edits: &[Edit]) -> Vec<FieldEdit> {
    let one = |edit: &Edit| match edit {
        Edit::Set(key, value) => FieldEdit::Set { key: key.clone(), value: value.clone() },
        Edit::Write(key, text) => FieldEdit::Set { key: key.clone(), value: Value::text(text.as_str()) },
        Edit::Clear(key) => FieldEdit::Clear { key: key.clone() },
    };
    edits.iter().map(one).collect()
}

#[cfg(test)]
mod tests;
