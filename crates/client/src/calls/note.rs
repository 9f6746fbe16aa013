//! Finishing a visit note, supplementing and reviewing it.
//!
//! A finished note never changes; what is added later is a record of its own that points to it.

use std::collections::BTreeMap;

use domain::assessment::Risk;
use domain::day::Day;
use domain::fault::{Code, Fault};
use domain::finding::{Finding, may_finish};
use domain::form::{builtin, normal_values};
use domain::id::{ChildId, RecordId, RowId};
use domain::moment::Moment;
use domain::value::{Key, Value};
use dossier::Edit;
use serde::{Deserialize, Serialize};

use super::{Acted, alarms, card, draft as drafts, opened, seen};
use crate::desk::Desk;
use crate::draft;
use crate::project::frequency;
use crate::write::Act;

/// What to finish: a draft, or values at once.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub(crate) struct Complete {
    /// The draft; it goes when the note is finished.
    draft: Option<RecordId>,
    /// In place of the draft's.
    children: Option<Vec<ChildId>>,
    /// In place of the draft's.
    values: Option<BTreeMap<Key, Value>>,
    /// What the page knows of the draft; one that is behind finishes nothing it has not seen.
    version: Option<u32>,
}

/// What became of it: one record a child, or, when something red stands in the way, none.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Completed {
    records: Vec<Finished>,
    findings: Vec<About>,
}

/// One child's note.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Finished {
    child: ChildId,
    /// Whose visit it was; said also when the child has gone to somebody else meanwhile.
    name: String,
    visit: RecordId,
    /// When the child is to be visited again, as every list says it.
    next_visit: Option<String>,
}

/// What the rules say about the note for one child.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct About {
    child: ChildId,
    findings: Vec<Finding>,
}

/// Does `visit.complete`: all chosen children or none, in one commit.
pub(crate) fn complete(desk: &mut Desk, m: &mut Moment, args: Complete) -> Acted<Completed> {
    let kept = match args.draft {
        Some(id) => load_draft(desk, id, args.version)?,
        None => None,
    };
    let (of_draft, values) = kept.map_or_else(Default::default, |kept| (kept.children, kept.values));
    let children = args.children.unwrap_or(of_draft);
    let mut values = args.values.unwrap_or(values);
    if children.is_empty() {
        return Err(Code::BadCall.into());
    }
    values.retain(|key, _| key != "child");
    name_rows(m, &mut values);
    let (mut findings, mut notes) = (Vec::new(), Vec::new());
    for child in &children {
        seen(desk, m, *child)?;
        let mut note = in_normal_form(desk, m, "visit", domain::visit::of_child(&values, &children, *child));
        if !note.contains_key("next_visit")
            && let Some(day) = drafts::proposed(desk, m, &[*child])?
        {
            note.insert("next_visit".to_owned(), Value::text(day.to_string()));
        }
        findings.push(About { child: *child, findings: check(desk, m, *child, &note)? });
        notes.push(note);
    }
    if !findings.iter().all(|about| may_finish(&about.findings)) {
        return Ok((Completed { records: Vec::new(), findings }, Vec::new()));
    }
    // The first one's note takes the draft's id: a page that was still open finds what became of it.
    // Unless it was handed in before, and written on by a page that was still open.
    let mut of_draft = match args.draft {
        Some(id) => desk.record(id)?.is_none().then_some(id),
        None => None,
    };
    let mut id = || of_draft.take().unwrap_or_else(|| RecordId::new(m.uuid()));
    let records: Vec<(RecordId, ChildId)> = children.iter().map(|child| (id(), *child)).collect();
    let mut acts: Vec<Act> =
        records.iter().zip(&notes).map(|((visit, child), note)| event(*visit, "visit", *child, note)).collect();
    if let Some(draft) = args.draft {
        acts.push(Act::FinishFiles { draft, notes: records.clone() });
        // With the notes or not at all: a draft left behind would be finished a second time.
        acts.push(Act::Done(draft));
    }
    let touched = desk.commit(m, acts)?;
    let records = records
        .into_iter()
        .zip(notes)
        .map(|((visit, child), note)| {
            let name = card::one(desk, m, child)?.map(|card| card.name).unwrap_or_default();
            Ok(Finished { child, name, visit, next_visit: next_due(desk, m, child, &note)? })
        })
        .collect::<Result<_, Fault>>()?;
    Ok((Completed { records, findings }, touched))
}

/// The draft a page finishes, unless it ended elsewhere or another page wrote on in it meanwhile.
fn load_draft(desk: &Desk, id: RecordId, version: Option<u32>) -> Result<Option<draft::Draft>, Fault> {
    let kept = draft::load(&desk.db, id)?;
    match &kept {
        None => drafts::refuse_ended(desk, id)?,
        Some(kept) if version.is_some_and(|version| version != kept.version) => {
            return Err(Fault::new(Code::DraftNewer, id.to_string()));
        }
        Some(_) => {}
    }
    Ok(kept)
}

/// Gives rows their ids that a page named otherwise.
fn name_rows(m: &mut Moment, values: &mut BTreeMap<Key, Value>) {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for (key, value) in std::mem::take(values) {
        let named = key.split_once("followup/").filter(|(head, _)| head.is_empty() || head.starts_with("of/"));
        let row = named.and_then(|(head, rest)| rest.split_once('/').map(|(row, column)| (head, row, column)));
        let key = match row {
            Some((head, row, column)) if !row.parse::<RowId>().is_ok_and(|id| id.to_string() == row) => {
                let name = names.entry(row.to_owned()).or_insert_with(|| RowId::new(m.uuid()).to_string());
                format!("{head}followup/{name}/{column}")
            }
            _ => key,
        };
        values.insert(key, value);
    }
}

/// When the child is to be visited again, as every list says it: what was planned, never later than the rule.
fn next_due(desk: &Desk, m: &Moment, child: ChildId, note: &BTreeMap<Key, Value>) -> Result<Option<String>, Fault> {
    let due = card::one(desk, m, child)?.and_then(|card| card.next_due).map(|day| day.to_string());
    Ok(due.or_else(|| note.get("next_visit").and_then(Value::as_text).map(str::to_owned)))
}

/// What was typed in an event of a form as it is stored.
pub(super) fn in_normal_form(
    desk: &Desk,
    m: &Moment,
    form: &str,
    values: BTreeMap<Key, Value>,
) -> BTreeMap<Key, Value> {
    match builtin(form) {
        Some(form) => normal_values(form, values, desk.today(m)),
        None => values,
    }
}

/// An event record: one change, scalars only.
pub(super) fn event(record: RecordId, form: &'static str, child: ChildId, values: &BTreeMap<Key, Value>) -> Act {
    let edits = values.iter().map(|(key, value)| Edit::Set(key.clone(), value.clone())).collect();
    Act::Edit { record, form, child: Some(child), edits }
}

/// What the rules say about a note for a child.
pub(super) fn check(
    desk: &Desk,
    m: &Moment,
    child: ChildId,
    values: &BTreeMap<Key, Value>,
) -> Result<Vec<Finding>, Fault> {
    let card = card::one(desk, m, child)?;
    let context = domain::visit::Context {
        now: desk.now(m),
        birth: card.as_ref().and_then(|c| c.birth.as_deref()).and_then(|b| b.parse::<Day>().ok()),
        risk: card.as_ref().and_then(|c| c.risk.as_ref()).and_then(|r| Risk::of(&r.code)),
        categories: card.into_iter().flat_map(|c| c.categories).map(|c| c.code).collect(),
        policy: frequency(&desk.roster),
    };
    let mut findings = domain::visit::check(&in_normal_form(desk, m, "visit", values.clone()), &context);
    // Whose visit it is stands on the record itself, not in a field.
    findings.retain(|finding| finding.key != "child");
    Ok(findings)
}

/// Words to add to a finished note.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub(crate) struct Supplement {
    visit: RecordId,
    text: String,
    /// Notes of the same visit about other children that these words are about, too.
    also: Option<Vec<RecordId>>,
    /// Its draft; it goes when the supplement is written.
    draft: Option<RecordId>,
}

/// A station's word on a finished note.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub(crate) struct Review {
    visit: RecordId,
    /// `1` 已阅, `2` 退回补充.
    verdict: String,
    /// What is to be supplemented.
    note: Option<String>,
    /// Its draft; it goes when the review is written.
    draft: Option<RecordId>,
}

/// The record written, or what stands in the way.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Written {
    record: Option<RecordId>,
    findings: Vec<Finding>,
}

/// Does `visit.supplement` (补充说明).
pub(crate) fn supplement(desk: &mut Desk, m: &mut Moment, args: Supplement) -> Acted<Written> {
    let values = BTreeMap::from([("text".to_owned(), Value::text(args.text.trim()))]);
    let visits: Vec<RecordId> = [args.visit].into_iter().chain(args.also.unwrap_or_default()).collect();
    remark(desk, m, (&visits, "supplement"), values, args.draft)
}

/// Does `visit.review` (已阅／退回补充).
pub(crate) fn review(desk: &mut Desk, m: &mut Moment, args: Review) -> Acted<Written> {
    let mut values = BTreeMap::from([("verdict".to_owned(), Value::text(args.verdict))]);
    let note = args.note.unwrap_or_default().trim().to_owned();
    if !note.is_empty() {
        values.insert("note".to_owned(), Value::text(note));
    }
    remark(desk, m, (&[args.visit], "review"), values, args.draft)
}

/// Writes the same words about each of some notes, all or none, and ends their draft.
pub(super) fn remark(
    desk: &mut Desk,
    m: &mut Moment,
    (visits, form): (&[RecordId], &'static str),
    values: BTreeMap<Key, Value>,
    draft: Option<RecordId>,
) -> Acted<Written> {
    let (mut acts, mut first) = (Vec::new(), None);
    for visit in visits {
        let child = child_of(desk, m, *visit)?;
        let values = remark_values(&values, Some(*visit));
        let findings = check_remark(desk, m, form, &values)?;
        if !may_finish(&findings) {
            return Ok((Written { record: None, findings }, Vec::new()));
        }
        let record = RecordId::new(m.uuid());
        first.get_or_insert((record, findings));
        acts.push(event(record, form, child, &values));
    }
    acts.extend(draft.map(Act::Done));
    let touched = desk.commit(m, acts)?;
    let (record, findings) = first.ok_or(Code::BadCall)?;
    Ok((Written { record: Some(record), findings }, touched))
}

/// Whose a finished note is that may be seen.
pub(super) fn child_of(desk: &Desk, m: &Moment, visit: RecordId) -> Result<ChildId, Fault> {
    Ok(opened(desk, m, visit, "visit")?.1)
}

/// The values of a remark with what it is about among them.
pub(crate) fn remark_values(values: &BTreeMap<Key, Value>, about: Option<RecordId>) -> BTreeMap<Key, Value> {
    let mut values = values.clone();
    values.extend(about.map(|about| ("about".to_owned(), Value::text(about.to_string()))));
    values
}

/// What the rules say about a supplement or a review: what raises an alarm is answered in words.
pub(super) fn check_remark(
    desk: &Desk,
    m: &Moment,
    form: &str,
    values: &BTreeMap<Key, Value>,
) -> Result<Vec<Finding>, Fault> {
    if form != "review" {
        return Ok(domain::visit::check_supplement(values));
    }
    let about = values.get("about").and_then(Value::as_text).and_then(|id| id.parse::<RecordId>().ok());
    let alarm = match about {
        Some(about) => alarms::of(desk, m, about)?.is_some_and(|alarm| alarm.waits()),
        None => false,
    };
    Ok(domain::visit::check_review(values, alarm))
}

#[cfg(test)]
mod tests;
