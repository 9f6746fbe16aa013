//! A finished assessment sets the child's risk level: two records, one commit (the gate takes the
//! level only together with its assessment).

use std::collections::BTreeMap;

use domain::assessment::{self, Risk};
use domain::day::Day;
use domain::fault::{Code, Fault};
use domain::finding::{Finding, may_finish};
use domain::form::builtin;
use domain::id::{ChildId, RecordId};
use domain::moment::{Moment, Timestamp};
use domain::value::{Key, Value};
use dossier::Edit;
use rusqlite::params;
use serde::{Deserialize, Serialize};

use super::card::Coded;
use super::child::Which;
use super::note::{event, in_normal_form};
use super::words::{self, Who};
use super::{Acted, card, meta_of, record_id, rows, seen, visit};
use crate::desk::Desk;
use crate::write::Act;

/// An assessment: `level`, `reason`, `date` (today when left out), `basis`.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub(crate) struct Assess {
    child: ChildId,
    values: BTreeMap<Key, Value>,
    /// Its draft; it goes when the assessment is written.
    draft: Option<RecordId>,
}

/// The assessment's record, or what stands in the way.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Assessed {
    record: Option<RecordId>,
    findings: Vec<Finding>,
}

/// Does `assessment.complete`.
pub(crate) fn complete(desk: &mut Desk, m: &mut Moment, assess: Assess) -> Acted<Assessed> {
    seen(desk, m, assess.child)?;
    let today = desk.today(m);
    let mut values = in_normal_form(desk, m, "assessment", assess.values);
    values.entry("date".to_owned()).or_insert_with(|| Value::text(today.to_string()));
    let findings = check(desk, m, assess.child, &values)?;
    if !may_finish(&findings) {
        return Ok((Assessed { record: None, findings }, Vec::new()));
    }
    let file = meta_of(desk, assess.child, "child")?.ok_or(Code::NotFound)?;
    let record = RecordId::new(m.uuid());
    let from = |key: &str| values.get(key).cloned().ok_or(Code::Bug);
    let level = vec![Edit::Set("risk_level".into(), from("level")?), Edit::Set("risk_at".into(), from("date")?)];
    let mut acts = vec![
        event(record, "assessment", assess.child, &values),
        Act::Edit { record: file.record, form: "child", child: Some(assess.child), edits: level },
    ];
    acts.extend(assess.draft.map(Act::Done));
    let touched = desk.commit(m, acts)?;
    Ok((Assessed { record: Some(record), findings }, touched))
}

/// What the rules say about an assessment as it stands.
pub(super) fn check(
    desk: &Desk,
    m: &Moment,
    child: ChildId,
    values: &BTreeMap<Key, Value>,
) -> Result<Vec<Finding>, Fault> {
    Ok(assessment::check(&in_normal_form(desk, m, "assessment", values.clone()), &context(desk, m, child)?))
}

/// An assessment to read again.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct AssessmentLine {
    record: RecordId,
    level: Option<Coded>,
    /// The day it speaks of.
    date: String,
    reason: String,
    basis: String,
    who: Who,
    /// Whether the district has it in its log.
    received: bool,
}

/// Answers `assessment.list`: a child's, the newest first.
pub(crate) fn list(desk: &Desk, m: &Moment, which: Which) -> Result<Vec<AssessmentLine>, Fault> {
    seen(desk, m, which.child)?;
    let sql =
        "SELECT r.record, r.made, r.actor, EXISTS (SELECT 1 FROM item i WHERE i.record = r.record AND i.state = 1)
        FROM remark_card r WHERE r.child = ?1 AND r.form = 'assessment' ORDER BY r.made DESC, r.record DESC";
    let found = rows(&desk.db, sql, params![which.child.as_bytes()], |row| {
        Ok((record_id(row, 0)?, Timestamp(row.get(1)?), visit::actor(row, 2)?, row.get::<_, bool>(3)?))
    })?;
    let form = builtin("assessment").ok_or(Code::Bug)?;
    let mut lines = Vec::with_capacity(found.len());
    for (record, made, actor, received) in found {
        let Some(opened) = desk.record(record)? else { continue };
        let view = opened.doc.view(form);
        let text = |key: &str| view.cells.get(key).and_then(|cell| cell.value.as_text()).unwrap_or_default();
        lines.push(AssessmentLine {
            record,
            level: Some(text("level")).filter(|code| !code.is_empty()).map(|code| Coded::new("RISK", code)),
            date: text("date").to_owned(),
            reason: text("reason").to_owned(),
            basis: text("basis").to_owned(),
            who: words::who(desk, &actor, made),
            received,
        });
    }
    Ok(lines)
}

fn context(desk: &Desk, m: &Moment, child: ChildId) -> Result<assessment::Context, Fault> {
    let card = card::one(desk, m, child)?.ok_or(Code::NotFound)?;
    Ok(assessment::Context {
        birth: card.birth.as_deref().and_then(|birth| birth.parse::<Day>().ok()),
        today: desk.today(m),
        current: card.risk.and_then(|risk| Risk::of(&risk.code)),
    })
}
