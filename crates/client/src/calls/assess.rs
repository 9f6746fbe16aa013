//! A finished assessment sets the child's risk level: two records, one commit (the gate takes the
//! level only together with its assessment).

use std::collections::BTreeMap;

use domain::assessment::{self, Risk};
use domain::day::Day;
use domain::fault::{Code, Fault};
use domain::finding::{Finding, may_finish};
use domain::id::{ChildId, RecordId};
use domain::moment::Moment;
use domain::value::{Key, Value};
use dossier::Edit;
use serde::{Deserialize, Serialize};

use super::note::event;
use super::{Acted, card, meta_of, seen};
use crate::desk::Desk;
use crate::write::Act;

/// An assessment: `level`, `reason`, `date` (today when left out), `basis`.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Assess {
    child: ChildId,
    values: BTreeMap<Key, Value>,
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
    let (mut values, today) = (assess.values, desk.today(m));
    values.entry("date".to_owned()).or_insert_with(|| Value::text(today.to_string()));
    let findings = assessment::check(&values, &context(desk, m, assess.child)?);
    if !may_finish(&findings) {
        return Ok((Assessed { record: None, findings }, Vec::new()));
    }
    let file = meta_of(desk, assess.child, "child")?.ok_or(Code::NotFound)?;
    let record = RecordId::new(m.uuid());
    let from = |key: &str| values.get(key).cloned().ok_or(Code::Bug);
    let level = vec![Edit::Set("risk_level".into(), from("level")?), Edit::Set("risk_at".into(), from("date")?)];
    let acts = vec![
        event(record, "assessment", assess.child, &values),
        Act::Edit { record: file.record, form: "child", child: Some(assess.child), edits: level },
    ];
    let touched = desk.commit(m, acts)?;
    Ok((Assessed { record: Some(record), findings }, touched))
}

fn context(desk: &Desk, m: &Moment, child: ChildId) -> Result<assessment::Context, Fault> {
    let card = card::one(desk, m, child)?.ok_or(Code::NotFound)?;
    Ok(assessment::Context {
        birth: card.birth.as_deref().and_then(|birth| birth.parse::<Day>().ok()),
        today: desk.today(m),
        current: card.risk.and_then(|risk| Risk::of(&risk.code)),
    })
}
