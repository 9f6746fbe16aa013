//! Values two people wrote differently: all of them in a list, and choosing one.
//!
//! Nothing is thrown away: a choice is an edit like any other, stands in the history and can be
//! taken back.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use domain::fault::{Code, Fault};
use domain::form::{Form, Kind, Merge, builtin, normal};
use domain::id::{ChildId, RecordId};
use domain::moment::{Moment, Timestamp};
use domain::value::{Key, Value};
use domain::words::Words;
use dossier::{Cell, Edit, HistoryLine, View};
use serde::{Deserialize, Serialize};

use super::child::{self, Edited, FORMS, FieldEdit, may_choose};
use super::me::Nothing;
use super::page::{self, CellShown};
use super::words::{self, Tongue, Who};
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
    /// Whose it is, where it is not the child's own: “祖母 王秀英”.
    whose: Option<Words>,
    /// What stood there before, as far as those who wrote knew; empty where nothing did.
    before: Vec<String>,
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
    let mut histories: BTreeMap<RecordId, Vec<HistoryLine>> = BTreeMap::new();
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
                histories.insert(record, opened.doc.history());
                place.insert(opened.doc.view(form))
            }
        };
        let Some(cell) = view.cells.get(&key) else { continue };
        out.push(Differing {
            child,
            name: card.name,
            record,
            label: Tongue::both(|tongue| words::label_in(tongue, form, &key)),
            whose: whose(form, view, &key),
            before: histories.get(&record).map(|lines| before(desk, form, lines, &key, cell)).unwrap_or_default(),
            kind: form.field(&key).map(|field| field.kind),
            cell: page::shown(desk, form.field(&key), cell),
            may_choose: may_choose(desk, m, child),
            key,
        });
    }
    Ok(out)
}

/// Whose row of the file a key is in: who she is to the child, and her name.
pub(super) fn whose(form: &Form, view: &View, key: &str) -> Option<Words> {
    let mut parts = key.split('/');
    let (head, row, _) = (parts.next()?, parts.next()?, parts.next()?);
    let said = |column: &str| {
        let key = format!("{head}/{row}/{column}");
        let text = view.cells.get(&key)?.value.as_text().filter(|text| !text.is_empty())?;
        Some((form.field(&key)?, text.to_owned()))
    };
    let in_tongue = |tongue: Tongue| {
        let all = ["relation", "name"].into_iter().filter_map(said);
        let all = all.map(|(field, text)| words::coded(tongue, field, &text).map_or(text.clone(), str::to_owned));
        all.collect::<Vec<String>>().join(" ")
    };
    let both = Tongue::both(in_tongue);
    (!both.text.is_empty()).then_some(both)
}

/// What the changes that differ overwrote.
fn before(desk: &Desk, form: &Form, lines: &[HistoryLine], key: &str, cell: &Cell) -> Vec<String> {
    let differ = |line: &&HistoryLine| line.key == key && cell.said.iter().any(|said| said.change == line.said.change);
    let mut before: Vec<String> = Vec::new();
    for value in lines.iter().filter(differ).flat_map(|line| &line.before) {
        let text = words::say(&desk.roster, form.field(key), value);
        if !before.contains(&text) {
            before.push(text);
        }
    }
    before
}

/// What was settled on a day and still stands.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "SettledDiffer"))]
pub(crate) struct Settled {
    child: ChildId,
    name: String,
    record: RecordId,
    key: Key,
    label: Words,
    whose: Option<Words>,
    /// What was chosen, in words.
    text: String,
    who: Who,
    /// The change that chose, for `child.undo`.
    change: String,
    /// Whether this person may take it back (改回).
    may_undo: bool,
}

impl Settled {
    /// When.
    pub(super) const fn at(&self) -> Timestamp {
        self.who.at
    }
}

/// The choices of a span in one child's file: lines that overwrote several values and were not written over since.
pub(super) fn settled(
    desk: &Desk,
    m: &Moment,
    child: ChildId,
    (from, until): (Timestamp, Timestamp),
) -> Result<Vec<Settled>, Fault> {
    let Some(card) = card::one(desk, m, child)? else { return Ok(Vec::new()) };
    let mut out = Vec::new();
    for (form, record, view) in child::sheets(desk, m, child)? {
        let Some(record) = record else { continue };
        let Some(opened) = desk.record(record)? else { continue };
        for line in opened.doc.history() {
            let stands = view
                .cells
                .get(&line.key)
                .filter(|cell| !cell.differs && cell.said.iter().any(|said| said.change == line.said.change));
            let chosen =
                form.field(&line.key).is_some_and(|field| field.merge == Merge::Register) && line.before.len() > 1;
            if !chosen || stands.is_none() || line.said.at < from || line.said.at >= until {
                continue;
            }
            let say = |value: &Value| words::masked(&desk.roster, form.field(&line.key), value).0;
            out.push(Settled {
                child,
                name: card.name.clone(),
                record,
                label: Tongue::both(|tongue| words::label_in(tongue, form, &line.key)),
                whose: whose(form, &view, &line.key),
                text: line.said.value.as_ref().map(say).unwrap_or_default(),
                who: words::said_by(desk, &line.said),
                change: page::hex(&line.said.change.0),
                may_undo: may_choose(desk, m, child),
                key: line.key,
            });
        }
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
    let value = form.field(&choice.key).map_or_else(|| choice.value.clone(), |field| normal(field, &choice.value));
    let edit = [FieldEdit::Set { key: choice.key.clone(), value }];
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
