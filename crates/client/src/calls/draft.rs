//! Drafts of visit notes, and the phrases that make a note quick.

use std::collections::{BTreeMap, BTreeSet};

use domain::due::next_visit;
use domain::fault::{Code, Fault};
use domain::finding::Finding;
use domain::id::{ChildId, RecordId};
use domain::moment::{Moment, Timestamp};
use domain::value::{Key, Value};
use serde::{Deserialize, Serialize};

use super::me::Nothing;
use super::{Acted, card, note, seen, setting, words};
use crate::desk::Desk;
use crate::draft;
use crate::project::frequency;
use crate::tag::Tag;

/// For whom to begin a note.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "BeginVisit"))]
pub(crate) struct Begin {
    /// One child, or several of one household.
    children: Vec<ChildId>,
}

/// A draft.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Draft {
    draft: RecordId,
    children: Vec<ChildId>,
    values: BTreeMap<Key, Value>,
    begun: Timestamp,
    saved: Timestamp,
    /// What is still to do before 完成, by the first child's rules.
    findings: Vec<Finding>,
}

/// Does `visit.begin`: a draft with what can be known before the door opens.
pub(crate) fn begin(desk: &mut Desk, m: &mut Moment, begin: Begin) -> Acted<Draft> {
    for child in &begin.children {
        seen(desk, m, *child)?;
    }
    let now = desk.now(m);
    let mut values = BTreeMap::from([
        ("visit_at".to_owned(), Value::text(words::rfc3339(now))),
        ("mode".to_owned(), Value::text("1")),
        ("purpose/1".to_owned(), Value::Yes(true)),
        ("risk_hint".to_owned(), Value::text("1")),
        ("source".to_owned(), Value::text("1")),
    ]);
    for (post, _) in desk.roster.posts_on(desk.me.device(), desk.today(m)).take(1) {
        values.insert(format!("visitors/{post}"), Value::Yes(true));
    }
    if let Some(day) = proposed(desk, m, &begin.children)? {
        values.insert("next_visit".to_owned(), Value::text(day.to_string()));
    }
    let id = RecordId::new(m.uuid());
    let draft = draft::Draft { id, form: "visit".to_owned(), children: begin.children, values, begun: now, saved: now };
    draft::save(&desk.db, &draft)?;
    Ok((shown(desk, m, draft)?, vec![Tag::Drafts]))
}

/// The day the policy asks for after a meeting today: the earliest of the children's.
pub(super) fn proposed(desk: &Desk, m: &Moment, children: &[ChildId]) -> Result<Option<domain::day::Day>, Fault> {
    let (today, policy) = (desk.today(m), frequency(&desk.roster));
    let mut earliest = None;
    for child in children {
        let Some(card) = card::one(desk, m, *child)? else { continue };
        let risk = card.risk.and_then(|r| domain::assessment::Risk::of(&r.code));
        let codes: BTreeSet<String> = card.categories.into_iter().map(|c| c.code).collect();
        let day = next_visit(&codes, risk, Some(today), today, &policy);
        earliest = Some(earliest.map_or(day, |other: domain::day::Day| other.min(day)));
    }
    Ok(earliest)
}

fn shown(desk: &Desk, m: &Moment, draft: draft::Draft) -> Result<Draft, Fault> {
    let findings = match draft.children.first() {
        Some(child) => note::check(desk, m, *child, &draft.values)?,
        None => Vec::new(),
    };
    Ok(Draft {
        draft: draft.id,
        children: draft.children,
        values: draft.values,
        begun: draft.begun,
        saved: draft.saved,
        findings,
    })
}

/// What to save.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields, rename = "SaveDraft"))]
pub(crate) struct Save {
    /// Left out for a new one.
    draft: Option<RecordId>,
    children: Vec<ChildId>,
    /// The whole note as it now stands.
    values: BTreeMap<Key, Value>,
}

/// What was saved.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "SavedDraft"))]
pub(crate) struct Saved {
    draft: RecordId,
    /// For whom it now is: without a child that went to somebody else meanwhile.
    children: Vec<ChildId>,
    saved: Timestamp,
    findings: Vec<Finding>,
}

/// Does `visit.draft.save`.
pub(crate) fn save(desk: &mut Desk, m: &mut Moment, mut save: Save) -> Acted<Saved> {
    let now = desk.now(m);
    let known = match save.draft {
        Some(id) => draft::load(&desk.db, id)?,
        None => None,
    };
    // Whom the draft is about by the disk it stays about: a clock or a post's last day takes nobody out. Who went
    // to somebody else was handed in and taken out of it there; a page that was open does not put her back.
    let about = |child: &ChildId| known.as_ref().is_some_and(|known| known.children.contains(child));
    let may = |child: &ChildId| about(child) || seen(desk, m, *child).is_ok();
    if known.is_some() && save.children.iter().any(may) {
        save.children.retain(may);
    }
    for child in save.children.iter().filter(|child| !about(child)) {
        seen(desk, m, *child)?;
    }
    let draft = draft::Draft {
        id: save.draft.unwrap_or_else(|| RecordId::new(m.uuid())),
        form: "visit".to_owned(),
        children: save.children,
        values: save.values,
        begun: known.map_or(now, |known| known.begun),
        saved: now,
    };
    draft::save(&desk.db, &draft)?;
    let shown = shown(desk, m, draft)?;
    let Draft { draft, children, findings, .. } = shown;
    Ok((Saved { draft, children, saved: now, findings }, vec![Tag::Drafts]))
}

/// Which draft.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "WhichDraft"))]
pub(crate) struct Which {
    draft: RecordId,
}

/// Answers `visit.draft.open`.
pub(crate) fn open(desk: &Desk, m: &Moment, which: Which) -> Result<Draft, Fault> {
    let draft = draft::load(&desk.db, which.draft)?.ok_or(Code::NotFound)?;
    shown(desk, m, draft)
}

/// One draft as a list shows it.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "DraftLine"))]
pub(crate) struct Line {
    draft: RecordId,
    children: Vec<ChildId>,
    names: Vec<String>,
    opening: String,
    saved: Timestamp,
}

/// Answers `visit.draft.list`: the last saved first.
pub(crate) fn list(desk: &Desk, m: &Moment, _: Nothing) -> Result<Vec<Line>, Fault> {
    let mut lines = Vec::new();
    for draft in draft::all(&desk.db)? {
        let mut names = Vec::new();
        for child in &draft.children {
            names.extend(card::one(desk, m, *child)?.map(|card| card.name));
        }
        let note = draft.values.get("note").and_then(Value::as_text).unwrap_or_default();
        let opening = note.chars().take(40).collect();
        lines.push(Line { draft: draft.id, names, opening, saved: draft.saved, children: draft.children });
    }
    Ok(lines)
}

/// Does `visit.draft.drop`.
pub(crate) fn discard(desk: &mut Desk, _: &mut Moment, which: Which) -> Acted<Nothing> {
    let gone = draft::discard(&desk.db, which.draft)?;
    gone.then_some((Nothing {}, vec![Tag::Drafts])).ok_or_else(|| Code::NotFound.into())
}

/// Sentences to put into a note.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Phrases {
    /// Everybody's.
    usual: Vec<&'static str>,
    /// This person's own: the setting `phrases`, a list of texts.
    own: Vec<String>,
}

const USUAL: [&str; 8] = [
    "家中整洁，由（外）祖母照护，情绪稳定，学习正常。",
    "与孩子单独交谈，未发现异常情况。",
    "监护人在家，照料到位，已提醒按时复诊。",
    "孩子在校表现正常，老师反映作业按时完成。",
    "父母近期有电话联系，孩子情绪较好。",
    "敲门无人应答，邻居称全家外出，改日再访。",
    "已讲解防溺水、用火用电安全知识，监护人表示知晓。",
    "已告知救助政策和申请办法，监护人表示需要时联系。",
];

/// Answers `visit.phrases`.
pub(crate) fn phrases(desk: &Desk, _: &Moment, _: Nothing) -> Result<Phrases, Fault> {
    let own = setting::all(desk)?.remove("phrases").and_then(|value| serde_json::from_value(value).ok());
    Ok(Phrases { usual: USUAL.to_vec(), own: own.unwrap_or_default() })
}
