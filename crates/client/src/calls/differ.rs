//! Values two people wrote differently: all of them in a list, and choosing one.
//!
//! Nothing is thrown away: a choice is an edit like any other, stands in the history and can be
//! taken back.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use domain::fault::{Code, Fault};
use domain::form::{Form, Kind, Merge, builtin};
use domain::id::{ChildId, RecordId};
use domain::moment::Moment;
use domain::value::{Key, Value};
use domain::words::Words;
use dossier::{Edit, View};
use serde::{Deserialize, Serialize};

use super::child::{Edited, FORMS, FieldEdit, may_choose};
use super::me::Nothing;
use super::page::{self, CellShown};
use super::words::{self, Tongue};
use super::{Acted, card, child_id, opened, record_id, red, rows};
use crate::desk::Desk;
use crate::project::values;
use crate::write::Act;

/// One key under which two people wrote differently.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Differing {
    child: ChildId,
    name: String,
    record: RecordId,
    key: Key,
    label: Words,
    /// What it holds, so that another value can be written; `None` when the form no longer has it.
    kind: Option<Kind>,
    /// Every value with who, when and on which device.
    cell: CellShown,
    may_choose: bool,
}

/// Answers `differing.list`, child by child.
pub(crate) fn list(desk: &Desk, m: &Moment, _: Nothing) -> Result<Vec<Differing>, Fault> {
    let sql = "SELECT record, key, form, child FROM differing WHERE child IS NOT NULL
        AND child NOT IN (SELECT child FROM hidden) ORDER BY child, form, key";
    let found = rows(&desk.db, sql, [], |row| {
        Ok((record_id(row, 0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?, child_id(row, 3)?))
    })?;
    let mut views: BTreeMap<RecordId, View> = BTreeMap::new();
    let mut out = Vec::new();
    for (record, key, form, child) in found {
        let (Some(form), Some(card)) = (builtin(&form), card::one(desk, m, child)?) else { continue };
        if !desk.may(m, domain::rights::Verb::Read, &form.id, child) {
            continue;
        }
        let view = match views.entry(record) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let Some(opened) = desk.record(record)? else { continue };
                place.insert(opened.doc.view(form))
            }
        };
        let Some(cell) = view.cells.get(&key) else { continue };
        out.push(Differing {
            child,
            name: card.name,
            record,
            label: Tongue::both(|tongue| words::label_in(tongue, form, &key)),
            kind: form.field(&key).map(|field| field.kind),
            cell: page::shown(desk, form.field(&key), cell),
            may_choose: may_choose(desk, m, child),
            key,
        });
    }
    Ok(out)
}

/// What is to stand.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Choice {
    record: RecordId,
    key: Key,
    /// One of the values said, or another one.
    value: Value,
}

/// Does `child.choose`: only who works at the station or the centre settles.
pub(crate) fn choose(desk: &mut Desk, m: &mut Moment, choice: Choice) -> Acted<Edited> {
    let id = desk.record(choice.record)?.and_then(|o| FORMS.into_iter().find(|id| *id == o.meta.form));
    let id = id.ok_or(Code::NotFound)?;
    let form: &Form = builtin(id).ok_or(Code::Bug)?;
    let (found, child) = opened(desk, m, choice.record, id)?;
    if !may_choose(desk, m, child) {
        return Err(Code::Denied.into());
    }
    let view = found.doc.view(form);
    let cell = view.cells.get(&choice.key).filter(|cell| cell.differs).ok_or(Code::NotFound)?;
    let said = cell.said.iter().any(|said| said.value.as_ref() == Some(&choice.value));
    let (before, today) = (values(&view), desk.today(m));
    let edit = [FieldEdit::Set { key: choice.key.clone(), value: choice.value.clone() }];
    let stopped = red::find_stops(form, &before, &edit, today);
    // A value that already stands in the file may be chosen as it is.
    if !said && !stopped.is_empty() {
        return Ok((Edited { findings: stopped, ..Edited::default() }, Vec::new()));
    }
    let findings = red::find_rest(form, &before, &edit, today);
    let text = form.field(&choice.key).is_some_and(|field| field.merge == Merge::Text);
    let edit = match choice.value {
        Value::Text(wording) if text => Edit::Write(choice.key.clone(), wording),
        value => Edit::Set(choice.key.clone(), value),
    };
    let act = Act::Edit { record: choice.record, form: id, child: Some(child), edits: vec![edit] };
    let touched = desk.commit(m, vec![act])?;
    Ok((Edited { saved: vec![choice.key], findings, ..Edited::default() }, touched))
}
