//! One child's file: open it, its history, edit its sections, take a change back.

use std::collections::{BTreeMap, BTreeSet};

use domain::closing;
use domain::day::Day;
use domain::fault::{Code, Fault};
use domain::finding::Finding;
use domain::form::{Field, Form, Merge, builtin, normal};
use domain::id::{ChildId, DeviceId, Digest, RecordId};
use domain::moment::{Moment, Timestamp};
use domain::value::{Key, Value};
use domain::words::Words;
use dossier::{Edit, HistoryLine, View};
use serde::{Deserialize, Serialize};

use super::alarms::{self, Alarm};
use super::card::{self, Card};
use super::me::settles;
use super::page::{self, Section, Sheet};
use super::words::{self, Tongue, Who};
use super::{Acted, held, meta_of, opened, red, seen};
use crate::desk::Desk;
use crate::project::values;
use crate::write::{Act, AuditRow};

/// The two records that one file is made of (DESIGN §3).
pub(crate) const FORMS: [&str; 2] = ["child", "child_sensitive"];

/// Which child.
#[derive(Clone, Copy, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "WhichChild"))]
pub(crate) struct Which {
    pub(crate) child: ChildId,
}

/// A child's file.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "ChildFile"))]
pub(crate) struct Opened {
    card: Card,
    sections: Vec<Section>,
    findings: Vec<Finding>,
    /// What is still to be collected, in the order of the page; 未采集 too.
    missing: Vec<Key>,
    /// 告急: what the station has not answered yet.
    alarms: Vec<Alarm>,
}

/// Answers `child.open`.
pub(crate) fn open(desk: &Desk, m: &Moment, which: Which) -> Result<Opened, Fault> {
    seen(desk, m, which.child)?;
    let card = card::one(desk, m, which.child)?.ok_or(Code::NotFound)?;
    let computed = computed(&card);
    let sheets = sheets(desk, m, which.child)?;
    let shown: Vec<Sheet<'_>> =
        sheets.iter().map(|(form, record, view)| Sheet { form, record: *record, view, computed: &computed }).collect();
    let mut sections = page::sections(desk, &shown);
    // A file that never was closed says nothing of it.
    if sheets.iter().all(|(_, _, view)| !view.cells.contains_key(closing::CLOSED)) {
        sections.retain(|section| section.group() != closing::GROUP);
    }
    Ok(Opened {
        card,
        sections,
        findings: findings(desk, m, &sheets),
        missing: missing(desk, m, &sheets),
        alarms: alarms::list_open_of(desk, m, which.child)?,
    })
}

pub(super) type Sheets = Vec<(&'static Form, Option<RecordId>, View)>;

/// The records of a file that this person may read; one that does not exist yet is empty.
pub(super) fn sheets(desk: &Desk, m: &Moment, child: ChildId) -> Result<Sheets, Fault> {
    let mut sheets = Vec::new();
    for id in FORMS {
        let form = builtin(id).ok_or(Code::Bug)?;
        if !desk.may(m, domain::rights::Verb::Read, id, child) {
            continue;
        }
        let record = match meta_of(desk, child, id)? {
            Some(meta) => desk.record(meta.record)?,
            None => None,
        };
        match record {
            Some(opened) => sheets.push((form, Some(opened.meta.record), opened.doc.view(form))),
            None => sheets.push((form, None, View::default())),
        }
    }
    Ok(sheets)
}

fn findings(desk: &Desk, m: &Moment, sheets: &Sheets) -> Vec<Finding> {
    sheets.iter().flat_map(|(form, _, view)| rules(form, &values(view), desk.today(m))).collect()
}

fn missing(desk: &Desk, m: &Moment, sheets: &Sheets) -> Vec<Key> {
    let child = sheets.iter().filter(|(form, ..)| form.id == "child");
    let lists = child.map(|(_, _, view)| domain::child::completeness(&values(view), desk.today(m)).missing);
    lists.flatten().map(|missing| missing.key).collect()
}

/// What the rules of one of the two records say.
pub(super) fn rules(form: &Form, values: &BTreeMap<Key, Value>, today: Day) -> Vec<Finding> {
    match form.id.as_str() {
        "child" => domain::child::check(values, today),
        _ => domain::child::check_sensitive(values, today),
    }
}

fn computed(card: &Card) -> BTreeMap<&'static str, String> {
    let in_charge = |role| {
        let people: Vec<&str> =
            card.posts.iter().filter(|post| post.role == role).map(|post| post.person.as_str()).collect();
        (!people.is_empty()).then(|| people.join("、"))
    };
    [
        ("age", card.age.map(|age| age.to_string())),
        ("last_visit", card.last_visit.clone()),
        ("next_visit_due", card.next_due.map(|day| day.to_string())),
        ("missing_count", Some(card.missing.to_string())),
        ("assigned_director", in_charge(domain::post::Role::Director)),
        ("assigned_social_worker", in_charge(domain::post::Role::SocialWorker)),
    ]
    .into_iter()
    .filter_map(|(key, text)| Some((key, text?)))
    .collect()
}

/// Answers `child.check`.
pub(crate) fn check(desk: &Desk, m: &Moment, which: Which) -> Result<Vec<Finding>, Fault> {
    seen(desk, m, which.child)?;
    Ok(findings(desk, m, &sheets(desk, m, which.child)?))
}

/// Which masked field to show whole, and why.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Reveal {
    child: ChildId,
    key: Key,
    /// Why she needs it; stands in the audit.
    reason: String,
}

/// The whole value.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Revealed {
    value: Value,
    text: String,
}

/// Longest reason, in characters.
const REASON_CHARS_MAX: usize = 100;

/// Does `child.reveal`: the audit row is on the disk before the value is shown.
pub(crate) fn reveal(desk: &mut Desk, m: &mut Moment, reveal: Reveal) -> Acted<Revealed> {
    seen(desk, m, reveal.child)?;
    let found = sheets(desk, m, reveal.child)?
        .into_iter()
        .find_map(|(form, _, view)| Some((form.field(&reveal.key)?, view.cells.get(&reveal.key)?.value.clone())));
    let (field, value) = found.ok_or(Code::NotFound)?;
    let reason: String = reveal.reason.trim().chars().take(REASON_CHARS_MAX).collect();
    if reason.is_empty() {
        return Err(Fault::new(Code::Invalid, "reason"));
    }
    let about = format!("{}：{reason}", reveal.key);
    let row = AuditRow { at: desk.now(m), what: "reveal".to_owned(), child: Some(reveal.child), about };
    let touched = desk.commit(m, vec![Act::Audit(row)])?;
    Ok((Revealed { text: words::say(&desk.roster, Some(field), &value), value }, touched))
}

/// One line of a file's history.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "HistoryLine"))]
pub(crate) struct Line {
    record: RecordId,
    form: String,
    /// The change, for `child.undo`.
    change: String,
    key: Key,
    label: Words,
    before: Vec<String>,
    after: Option<String>,
    who: Who,
    at: Timestamp,
    /// Who took it over (认领), and when: it was written by somebody who had the child no longer.
    taken: Option<Who>,
    /// Whether this person may take the change back it is part of.
    may_undo: bool,
    /// The whole in one sentence.
    words: Words,
}

impl Line {
    /// When, by the author's clock.
    pub(super) const fn at(&self) -> Timestamp {
        self.at
    }

    /// On which computer, where it is known here.
    pub(super) const fn device(&self) -> Option<DeviceId> {
        self.who.device_id
    }
}

/// Answers `child.history`: the newest first.
pub(crate) fn history(desk: &Desk, m: &Moment, which: Which) -> Result<Vec<Line>, Fault> {
    seen(desk, m, which.child)?;
    let mut lines = Vec::new();
    for (form, record, _) in sheets(desk, m, which.child)? {
        let Some(record) = record else { continue };
        let Some(opened) = desk.record(record)? else { continue };
        let taken = held::taken_changes(desk, record, which.child)?;
        let may = desk.may(m, domain::rights::Verb::Change, &form.id, which.child);
        let all = opened.doc.history();
        let bound: BTreeSet<Digest> = all
            .iter()
            .filter(|line| form.field(&line.key).is_some_and(is_bound))
            .map(|line| line.said.change)
            .collect();
        for line in all.iter().filter(|line| is_told(line)) {
            let taken = taken.get(&line.said.change).cloned();
            let line_told = told(desk, form, record, line);
            // The district's import is no slip of anybody's hand.
            let may_undo = may && line_told.who.device_id.is_some() && !bound.contains(&line.said.change);
            lines.push(Line { taken, may_undo, ..line_told });
        }
    }
    // Newest first; of one moment, what was written upon the other.
    lines.reverse();
    lines.sort_by_key(|line| std::cmp::Reverse(line.at));
    Ok(lines)
}

/// Whether a key only marks that a choice was taken back (`?name`): no field, nothing to tell.
fn marks_choice(key: &str) -> bool {
    key.starts_with('?')
}

/// Whether a line of the history is told to people.
pub(super) fn is_told(line: &HistoryLine) -> bool {
    line.key != domain::form::VERSION_KEY && !marks_choice(&line.key)
}

/// What was there before a line of the history and what after it, in words.
fn sides(tongue: Tongue, desk: &Desk, form: &Form, line: &HistoryLine) -> (Vec<String>, Option<String>) {
    let say = |value: &Value| words::masked_in(tongue, &desk.roster, form.field(&line.key), value).0;
    (line.before.iter().map(say).collect(), line.said.value.as_ref().map(say))
}

/// What a line of the history says was done, without who did it.
pub(super) fn what(tongue: Tongue, desk: &Desk, form: &Form, line: &HistoryLine) -> String {
    let label = words::label_in(tongue, form, &line.key);
    let (before, after) = sides(tongue, desk, form, line);
    match (tongue, &after) {
        (Tongue::Chinese, Some(after)) if before.is_empty() => format!("填写“{label}”：{after}"),
        (Tongue::Chinese, Some(after)) => format!("把“{label}”从“{}”改为“{after}”", before.join("”和“")),
        (Tongue::Chinese, None) => format!("清空了“{label}”（原为“{}”）", before.join("”和“")),
        (Tongue::English, Some(after)) if before.is_empty() => format!("filled in “{label}”: {after}"),
        (Tongue::English, Some(after)) => format!("changed “{label}” from “{}” to “{after}”", before.join("” and “")),
        (Tongue::English, None) => format!("emptied “{label}” (was “{}”)", before.join("” and “")),
    }
}

/// A line of the history in a sentence.
fn sentence(tongue: Tongue, who: &Who, what: &str) -> String {
    match tongue {
        Tongue::Chinese => format!("{}{what}", who.named(tongue)),
        Tongue::English => format!("{} {what}", who.named(tongue)),
    }
}

fn told(desk: &Desk, form: &Form, record: RecordId, line: &HistoryLine) -> Line {
    let (before, after) = sides(Tongue::Chinese, desk, form, line);
    let who = words::said_by(desk, &line.said);
    Line {
        record,
        form: form.id.clone(),
        change: page::hex(&line.said.change.0),
        key: line.key.clone(),
        words: Tongue::both(|tongue| sentence(tongue, &who, &what(tongue, desk, form, line))),
        label: Tongue::both(|tongue| words::label_in(tongue, form, &line.key)),
        before,
        after,
        at: who.at,
        who,
        taken: None,
        may_undo: false,
    }
}

/// Whether a field stands with something else, and is taken back with that alone: a level with its assessment, a
/// closed file by being opened again.
fn is_bound(field: &Field) -> bool {
    matches!(field.merge, Merge::Higher | Merge::Authority)
}

/// Edits of one file.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Edits {
    child: ChildId,
    edits: Vec<FieldEdit>,
}

/// One edit of one key. A new row is named by anything that begins with `+`
/// (`family/+1/name`); it gets its id here.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum FieldEdit {
    /// The value a key is to hold.
    Set {
        /// Which key.
        key: Key,
        /// `null` means 未采集.
        value: Value,
    },
    /// Empties a key, or takes a member out of its set.
    Clear {
        /// Which key.
        key: Key,
    },
}

/// What became of edits or a choice.
#[derive(Serialize, Default)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Edited {
    /// Keys that were written.
    pub(crate) saved: Vec<Key>,
    /// About the keys edited: red ones were not written, yellow ones were.
    pub(crate) findings: Vec<Finding>,
    /// What new rows are called now.
    pub(crate) rows: BTreeMap<String, String>,
}

/// Most edits in one call.
const EDITS_MAX: usize = 400;

/// Does `child.edit`: keys without a red finding are written, one change a record.
pub(crate) fn edit(desk: &mut Desk, m: &mut Moment, edits: Edits) -> Acted<Edited> {
    seen(desk, m, edits.child)?;
    if edits.edits.len() > EDITS_MAX {
        return Err(Code::BadCall.into());
    }
    let mut out = Edited::default();
    let mut good = in_normal_form(named_rows(m, edits.edits, &mut out.rows));
    let (sheets, today) = (sheets(desk, m, edits.child)?, desk.today(m));
    let mut red = find_refusals(desk, m, edits.child, &sheets, &good);
    // Without those that are stopped the others may be wrong that were right beside them.
    while !red.is_empty() {
        good.retain(|edit| !red.iter().any(|finding| finding.key == edit.key()));
        out.findings.append(&mut red);
        red = find_stops(&sheets, &good, today);
    }
    let left = sheets.iter().flat_map(|(form, _, view)| red::find_rest(form, &values(view), &good, today));
    out.findings.extend(left);
    out.saved = good.iter().map(|edit| edit.key().to_owned()).collect();
    let acts = acts(edits.child, &sheets, &good)?;
    let touched = desk.commit(m, acts)?;
    Ok((out, touched))
}

fn find_stops(sheets: &Sheets, edits: &[FieldEdit], today: Day) -> Vec<Finding> {
    sheets.iter().flat_map(|(form, _, view)| red::find_stops(form, &values(view), edits, today)).collect()
}

impl FieldEdit {
    /// Its key.
    pub(super) fn key(&self) -> &str {
        match self {
            Self::Set { key, .. } | Self::Clear { key } => key,
        }
    }
    /// Its key and the value that is set.
    pub(super) const fn value(&self) -> Option<(&Key, &Value)> {
        match self {
            Self::Set { key, value } => Some((key, value)),
            Self::Clear { .. } => None,
        }
    }
    fn key_mut(&mut self) -> &mut Key {
        match self {
            Self::Set { key, .. } | Self::Clear { key } => key,
        }
    }
    fn into_edit(self, field: &Field) -> Edit {
        match self {
            Self::Set { key, value: Value::Text(text) } if field.merge == Merge::Text => Edit::Write(key, text),
            Self::Set { key, value } => Edit::Set(key, value),
            Self::Clear { key } if field.merge == Merge::Text => Edit::Write(key, String::new()),
            Self::Clear { key } => Edit::Clear(key),
        }
    }
}

/// Gives rows that begin with `+` their ids.
pub(super) fn named_rows(
    m: &mut Moment,
    mut edits: Vec<FieldEdit>,
    names: &mut BTreeMap<String, String>,
) -> Vec<FieldEdit> {
    for edit in &mut edits {
        let key = edit.key_mut();
        let mut parts: Vec<String> = key.split('/').map(str::to_owned).collect();
        if let Some(row) = parts.get_mut(1).filter(|row| row.starts_with('+')) {
            let fresh = || domain::id::RowId::new(m.uuid()).to_string();
            *row = names.entry(row.clone()).or_insert_with(fresh).clone();
            *key = parts.join("/");
        }
    }
    edits
}

/// The field of a key of either record.
fn field_of(key: &str) -> Option<&'static Field> {
    FORMS.into_iter().find_map(|id| builtin(id)?.field(key))
}

/// Edits with what was typed made into what is stored, so that the rules judge that.
pub(super) fn in_normal_form(mut edits: Vec<FieldEdit>) -> Vec<FieldEdit> {
    for edit in &mut edits {
        if let FieldEdit::Set { key, value } = edit
            && let Some(field) = field_of(key)
        {
            *value = normal(field, value);
        }
    }
    edits
}

/// Of what the program fills in, or nobody knows.
pub(super) const NOT_BY_HAND: (&str, &str) = ("这一项不能直接填写。", "This is not filled in by hand.");

/// What is red about edits of a file: what nobody writes by hand, what two people wrote differently, and what
/// would be wrong afterwards.
fn find_refusals(desk: &Desk, m: &Moment, child: ChildId, sheets: &Sheets, edits: &[FieldEdit]) -> Vec<Finding> {
    let mut findings = find_stops(sheets, edits, desk.today(m));
    for edit in edits {
        let known = sheets.iter().find_map(|(form, _, _)| form.field(edit.key()));
        if known.is_none_or(|field| field.computed || field.given || is_bound(field)) {
            findings.push(Finding::red(edit.key(), NOT_BY_HAND));
        }
        let differs = sheets.iter().any(|(_, _, v)| v.cells.get(edit.key()).is_some_and(|cell| cell.differs));
        if differs && !may_choose(desk, m, child) {
            let words = (
                "这一项有两个人填得不一样，请先由街道未保站核对。",
                "Two people filled this in differently; first the station chooses.",
            );
            findings.push(Finding::red(edit.key(), words));
        }
    }
    findings
}

/// One act for each record the edits touch.
pub(super) fn acts(child: ChildId, sheets: &Sheets, edits: &[FieldEdit]) -> Result<Vec<Act>, Fault> {
    let mut acts = Vec::new();
    for (form, record, _) in sheets {
        let own: Vec<Edit> =
            edits.iter().filter_map(|edit| form.field(edit.key()).map(|field| edit.clone().into_edit(field))).collect();
        if own.is_empty() {
            continue;
        }
        let id = FORMS.into_iter().find(|id| *id == form.id).ok_or(Code::Bug)?;
        acts.push(Act::Edit {
            record: record.unwrap_or_else(|| record_for(child, id)),
            form: id,
            child: Some(child),
            edits: own,
        });
    }
    Ok(acts)
}

/// The record of a child's form when none is here yet: derived from the child, so that two desks
/// that begin it offline begin the same one.
pub(super) fn record_for(child: ChildId, form: &str) -> RecordId {
    let digest = sync::key::sha256(&[b"tongdang/record/1", child.as_bytes(), form.as_bytes()]);
    let mut id = [0; 16];
    id.copy_from_slice(&digest.0[..16]);
    RecordId::new(id)
}

/// Whether this person settles what two people wrote differently about a child.
pub(super) fn may_choose(desk: &Desk, m: &Moment, child: ChildId) -> bool {
    let posts = desk.roster.posts_on(desk.me.device(), desk.today(m));
    posts.into_iter().any(|(id, post)| settles(post.role) && desk.roster.reaches(id, post, child, domain::roster::NOW))
}

/// Which change to take back.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Undo {
    record: RecordId,
    change: String,
}

/// Does `child.undo`: what the change overwrote stands again, where nobody wrote since.
pub(crate) fn undo(desk: &mut Desk, m: &mut Moment, undo: Undo) -> Acted<Edited> {
    let change = page::unhex(&undo.change).ok_or(Code::BadCall)?;
    let form = desk.record(undo.record)?.and_then(|o| FORMS.into_iter().find(|id| *id == o.meta.form));
    let id = form.ok_or(Code::Finished)?;
    let form = builtin(id).ok_or(Code::Bug)?;
    let (found, child) = opened(desk, m, undo.record, id)?;
    let edits = found.doc.undo(form, &change);
    if edits.iter().any(|edit| form.field(edit.key()).is_some_and(is_bound)) {
        return Err(Code::Denied.into());
    }
    let findings = find_undo_stops(form, &values(&found.doc.view(form)), &edits, desk.today(m));
    if !findings.is_empty() {
        return Ok((Edited { findings, ..Edited::default() }, Vec::new()));
    }
    let saved = edits.iter().map(|edit| edit.key().clone()).filter(|key| !marks_choice(key)).collect();
    let act = Act::Edit { record: undo.record, form: id, child: Some(child), edits };
    let touched = desk.commit(m, vec![act])?;
    Ok((Edited { saved, ..Edited::default() }, touched))
}

/// What would be wrong once a change is taken back. A choice can always be taken back: the values it chose from
/// stand side by side again, right or wrong.
fn find_undo_stops(form: &Form, values: &BTreeMap<Key, Value>, edits: &[Edit], today: Day) -> Vec<Finding> {
    let edits = red::as_field_edits(edits);
    if edits.iter().any(|edit| marks_choice(edit.key())) {
        return Vec::new();
    }
    red::find_stops(form, values, &edits, today)
}
