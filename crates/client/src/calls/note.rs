//! Finishing a visit note, supplementing and reviewing it.
//!
//! A finished note never changes; what is added later is a record of its own that points to it.

use std::collections::BTreeMap;

use domain::assessment::Risk;
use domain::day::Day;
use domain::fault::{Code, Fault};
use domain::finding::{Finding, may_finish};
use domain::id::{ChildId, RecordId};
use domain::moment::Moment;
use domain::value::{Key, Value};
use dossier::Edit;
use serde::{Deserialize, Serialize};

use super::{Acted, card, draft as drafts, opened, seen};
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
    visit: RecordId,
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
        Some(id) => draft::load(&desk.db, id)?,
        None => None,
    };
    let (of_draft, values) = kept.map_or_else(Default::default, |kept| (kept.children, kept.values));
    let children = args.children.unwrap_or(of_draft);
    let mut values = args.values.unwrap_or(values);
    if children.is_empty() {
        return Err(Code::BadCall.into());
    }
    values.retain(|key, _| key != "child");
    if !values.contains_key("next_visit")
        && let Some(day) = drafts::proposed(desk, m, &children)?
    {
        values.insert("next_visit".to_owned(), Value::text(day.to_string()));
    }
    let mut findings = Vec::new();
    for child in &children {
        seen(desk, m, *child)?;
        findings.push(About { child: *child, findings: check(desk, m, *child, &values)? });
    }
    if !findings.iter().all(|about| may_finish(&about.findings)) {
        return Ok((Completed { records: Vec::new(), findings }, Vec::new()));
    }
    let next_visit = values.get("next_visit").and_then(Value::as_text).map(str::to_owned);
    let single = args.draft.filter(|_| children.len() == 1);
    let records: Vec<Finished> = children
        .iter()
        .map(|child| Finished {
            child: *child,
            visit: single.unwrap_or_else(|| RecordId::new(m.uuid())),
            next_visit: next_visit.clone(),
        })
        .collect();
    let mut acts: Vec<Act> = records.iter().map(|done| event(done.visit, "visit", done.child, &values)).collect();
    if let Some(draft) = args.draft {
        let notes = records.iter().map(|done| (done.visit, done.child)).collect();
        acts.push(Act::FinishFiles { draft, notes });
        // With the notes or not at all: a draft left behind would be finished a second time.
        acts.push(Act::Done(draft));
    }
    let touched = desk.commit(m, acts)?;
    Ok((Completed { records, findings }, touched))
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
    let mut findings = domain::visit::check(values, &context);
    // Whose visit it is stands on the record itself, not in a field.
    findings.retain(|finding| finding.key != "child");
    Ok(findings)
}

/// Words to add to a finished note.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Supplement {
    visit: RecordId,
    text: String,
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
    remark(desk, m, args.visit, "supplement", values)
}

/// Does `visit.review` (已阅／退回补充).
pub(crate) fn review(desk: &mut Desk, m: &mut Moment, args: Review) -> Acted<Written> {
    let mut values = BTreeMap::from([("verdict".to_owned(), Value::text(args.verdict))]);
    let note = args.note.unwrap_or_default().trim().to_owned();
    if !note.is_empty() {
        values.insert("note".to_owned(), Value::text(note));
    }
    remark(desk, m, args.visit, "review", values)
}

fn remark(
    desk: &mut Desk,
    m: &mut Moment,
    visit: RecordId,
    form: &'static str,
    mut values: BTreeMap<Key, Value>,
) -> Acted<Written> {
    let (_, child) = opened(desk, m, visit, "visit")?;
    values.insert("about".to_owned(), Value::text(visit.to_string()));
    let findings = match form {
        "review" => domain::visit::check_review(&values),
        _ => domain::visit::check_supplement(&values),
    };
    if !may_finish(&findings) {
        return Ok((Written { record: None, findings }, Vec::new()));
    }
    let record = RecordId::new(m.uuid());
    let touched = desk.commit(m, vec![event(record, form, child, &values)])?;
    Ok((Written { record: Some(record), findings }, touched))
}

#[cfg(test)]
mod tests;
