//! Drafts of every form: saved half a second after a key, opened again after a lock, a kill or an upgrade.
//! A page that is behind what another page saved is told so, and writes nothing.

use std::collections::{BTreeMap, BTreeSet};

use domain::due::next_visit;
use domain::fault::{Code, Fault};
use domain::finding::Finding;
use domain::form::{Kind, builtin};
use domain::id::{ChildId, RecordId};
use domain::moment::{Moment, Timestamp};
use domain::rights::Verb;
use domain::value::{Key, Value};
use domain::visit::{join_findings, name_first, of_child};
use serde::{Deserialize, Serialize};

use super::me::Nothing;
use super::{Acted, alarms, assess, card, create, note, seen, setting};
use crate::desk::Desk;
use crate::draft::{self, ANSWER, End, REGISTRATION};
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
    form: String,
    children: Vec<ChildId>,
    about: Option<RecordId>,
    /// By record key; what is of one child of several alone under `of/<child>/<key>`.
    values: BTreeMap<Key, Value>,
    version: u32,
    begun: Timestamp,
    saved: Timestamp,
    /// What is still to do before 完成.
    findings: Vec<Finding>,
}

/// Does `visit.begin`: a draft with what can be known before the door opens.
pub(crate) fn begin(desk: &mut Desk, m: &mut Moment, begin: Begin) -> Acted<Draft> {
    for child in &begin.children {
        seen(desk, m, *child)?;
        // before anything is typed in vain
        if !desk.may(m, Verb::Create, "visit", *child) {
            return Err(Code::Denied.into());
        }
    }
    let now = desk.now(m);
    let mut values = draft::proposals(now);
    for (post, _) in desk.roster.posts_on(desk.me.device(), desk.today(m)).take(1) {
        values.insert(format!("visitors/{post}"), Value::Yes(true));
    }
    if let Some(day) = proposed(desk, m, &begin.children)? {
        values.insert("next_visit".to_owned(), Value::text(day.to_string()));
    }
    let draft = draft::Draft {
        id: RecordId::new(m.uuid()),
        form: "visit".to_owned(),
        children: begin.children,
        about: None,
        values,
        version: 1,
        begun: now,
        saved: now,
    };
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
    let findings = findings(desk, m, &draft)?;
    Ok(Draft {
        draft: draft.id,
        form: draft.form,
        children: draft.children,
        about: draft.about,
        values: draft.values,
        version: draft.version,
        begun: draft.begun,
        saved: draft.saved,
        findings,
    })
}

/// What the rules of its form say about a draft as it stands.
fn findings(desk: &Desk, m: &Moment, draft: &draft::Draft) -> Result<Vec<Finding>, Fault> {
    match (draft.form.as_str(), draft.children.first()) {
        ("visit", _) => {
            let mut each = Vec::new();
            for child in &draft.children {
                let note = of_child(&draft.values, &draft.children, *child);
                each.push((*child, name_of(desk, m, *child)?, note::check(desk, m, *child, &note)?));
            }
            let each: Vec<_> = each.iter().map(|(child, name, found)| (*child, name.as_str(), found.clone())).collect();
            Ok(join_findings(&each))
        }
        ("assessment", Some(child)) => assess::check(desk, m, *child, &draft.values),
        (REGISTRATION, _) => create::check(desk, m, &draft.values),
        (ANSWER, _) => Ok(draft.about.map(|about| alarms::check_answer(&draft.values, about)).unwrap_or_default()),
        (form, _) => note::check_remark(desk, m, form, &note::remark_values(&draft.values, draft.about)),
    }
}

fn name_of(desk: &Desk, m: &Moment, child: ChildId) -> Result<String, Fault> {
    Ok(card::one(desk, m, child)?.map(|card| card.name).unwrap_or_default())
}

/// What to save.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields, rename = "SaveDraft"))]
pub(crate) struct Save {
    /// Left out for a new one.
    draft: Option<RecordId>,
    /// `visit` when left out; `supplement`, `review`, `alarm` (the answer to one), `assessment`, `child` (a
    /// registration).
    form: Option<String>,
    /// Whom it is about; left out for a supplement or a review, and for a registration there is nobody yet.
    children: Option<Vec<ChildId>>,
    /// The note a supplement or a review is about.
    about: Option<RecordId>,
    /// The whole as it now stands.
    values: BTreeMap<Key, Value>,
    /// What the page knows to be on the disk; a page that is behind is refused. Left out, nothing is compared.
    version: Option<u32>,
}

/// What was saved.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "SavedDraft"))]
pub(crate) struct Saved {
    draft: RecordId,
    /// For whom it now is: without a child that went to somebody else meanwhile.
    children: Vec<ChildId>,
    version: u32,
    saved: Timestamp,
    findings: Vec<Finding>,
}

/// Does `draft.save`.
pub(crate) fn save(desk: &mut Desk, m: &mut Moment, save: Save) -> Acted<Saved> {
    let now = desk.now(m);
    let known = load_known(desk, m, &save)?;
    let form = known.as_ref().map(|known| known.form.clone()).or(save.form).unwrap_or_else(|| "visit".to_owned());
    let about = known.as_ref().map_or(save.about, |known| known.about);
    let mut children = match about {
        Some(about) if known.is_none() => vec![child_of(desk, m, &form, about)?],
        _ if form == REGISTRATION => Vec::new(),
        _ => save.children.unwrap_or_default(),
    };
    // Whom the draft is about by the disk it stays about: a clock or a post's last day takes nobody out. Who went
    // to somebody else was handed in and taken out of it there; a page that was open does not put her back.
    let was = |child: &ChildId| known.as_ref().is_some_and(|known| known.children.contains(child));
    if let Some(known) = known.as_ref().filter(|known| known.form != "visit") {
        children.clone_from(&known.children);
    }
    let may = |child: &ChildId| was(child) || seen(desk, m, *child).is_ok();
    if known.is_some() && children.iter().any(may) {
        children.retain(may);
    }
    for child in children.iter().filter(|child| !was(child)) {
        seen(desk, m, *child)?;
    }
    let version = known.as_ref().map_or(0, |known| known.version);
    let mut values = save.values;
    // Who stood first when these words were written, not who does now.
    let first = known.as_ref().map_or(&children, |known| &known.children);
    if form == "visit" {
        name_first(&mut values, first);
    }
    let mut draft = draft::Draft {
        id: save.draft.or(known.as_ref().map(|known| known.id)).unwrap_or_else(|| RecordId::new(m.uuid())),
        form,
        children,
        about,
        values,
        version: version.saturating_add(1),
        begun: known.map_or(now, |known| known.begun),
        saved: now,
    };
    drop_others_words(&mut draft);
    draft::save(&desk.db, &draft)?;
    let Draft { draft, children, findings, version, .. } = shown(desk, m, draft)?;
    Ok((Saved { draft, children, version, saved: now, findings }, vec![Tag::Drafts]))
}

/// The draft as the disk has it, unless the page that saves is behind it or it ended elsewhere: then nothing is
/// overwritten and nothing begun anew.
fn load_known(desk: &Desk, m: &Moment, save: &Save) -> Result<Option<draft::Draft>, Fault> {
    let Some(id) = save.draft else {
        let Some(form) = save.form.as_deref().filter(|form| *form != "visit") else { return Ok(None) };
        let children = match save.about {
            Some(about) => vec![child_of(desk, m, form, about)?],
            None => save.children.clone().unwrap_or_default(),
        };
        // Two pages began the same thing at once.
        let other = draft::find(&desk.db, form, &children, save.about)?;
        return other.map_or(Ok(None), |other| Err(Fault::new(Code::DraftNewer, other.id.to_string())));
    };
    let known = draft::load(&desk.db, id)?;
    match &known {
        Some(known) if save.version.is_some_and(|version| version != known.version) => {
            // The answer to the save before got lost: what it wrote stands there.
            if known.values == save.values && save.children.as_ref().is_none_or(|children| *children == known.children)
            {
                return Ok(Some(known.clone()));
            }
            Err(Fault::new(Code::DraftNewer, id.to_string()))
        }
        None => refuse_ended(desk, id).map(|()| None),
        Some(_) => Ok(known),
    }
}

/// Whose the record is that a draft is about: a note's, or what raises an alarm.
fn child_of(desk: &Desk, m: &Moment, form: &str, about: RecordId) -> Result<ChildId, Fault> {
    if form != ANSWER {
        return note::child_of(desk, m, about);
    }
    alarms::of(desk, m, about)?.map(|alarm| alarm.child()).ok_or_else(|| Code::NotFound.into())
}

/// Refuses a draft that was finished or thrown away; one that was handed in goes on.
pub(super) fn refuse_ended(desk: &Desk, id: RecordId) -> Result<(), Fault> {
    match draft::end_of(&desk.db, id)? {
        Some(End::Finished) => Err(Fault::new(Code::DraftFinished, id.to_string())),
        Some(End::Dropped) => Err(Fault::new(Code::DraftDropped, id.to_string())),
        None => Ok(()),
    }
}

/// What was written of a child alone goes when the child is not taken along any more.
fn drop_others_words(draft: &mut draft::Draft) {
    let heads: Vec<String> = draft.children.iter().map(|child| domain::visit::own_key(*child, "")).collect();
    draft.values.retain(|key, _| !key.starts_with("of/") || heads.iter().any(|head| key.starts_with(head)));
}

/// Which draft.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "WhichDraft"))]
pub(crate) struct Which {
    draft: RecordId,
}

/// Answers `draft.open`.
pub(crate) fn open(desk: &Desk, m: &Moment, which: Which) -> Result<Draft, Fault> {
    let Some(draft) = draft::load(&desk.db, which.draft)? else {
        refuse_ended(desk, which.draft)?;
        return Err(Code::NotFound.into());
    };
    shown(desk, m, draft)
}

/// A draft as a page that has it open knows it.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "KnownDraft"))]
pub(crate) struct KnownDraft {
    draft: RecordId,
    version: u32,
}

/// Answers `draft.state`: refuses as a save would, so that the page hears of it before its next key.
pub(crate) fn compare(desk: &Desk, _: &Moment, page: KnownDraft) -> Result<Nothing, Fault> {
    match draft::load(&desk.db, page.draft)? {
        Some(known) if known.version != page.version => Err(Fault::new(Code::DraftNewer, page.draft.to_string())),
        Some(_) => Ok(Nothing {}),
        None => refuse_ended(desk, page.draft).map(|()| Nothing {}),
    }
}

/// The one draft of a form about something.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields, rename = "FindDraft"))]
pub(crate) struct Find {
    /// `supplement`, `review`, `alarm` (the answer to one), `assessment`, `child` (a registration).
    form: String,
    /// Of an assessment.
    child: Option<ChildId>,
    /// The note a supplement or a review is about; what raises the alarm.
    about: Option<RecordId>,
}

/// Answers `draft.find`: what was begun about it, if anything.
pub(crate) fn find(desk: &Desk, m: &Moment, find: Find) -> Result<Option<Draft>, Fault> {
    let children = match find.about {
        Some(about) => vec![child_of(desk, m, &find.form, about)?],
        None => find.child.into_iter().collect(),
    };
    let found = draft::find(&desk.db, &find.form, &children, find.about)?;
    found.map(|draft| shown(desk, m, draft)).transpose()
}

/// One draft as a list shows it.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "DraftLine"))]
pub(crate) struct Line {
    draft: RecordId,
    form: String,
    children: Vec<ChildId>,
    about: Option<RecordId>,
    names: Vec<String>,
    opening: String,
    saved: Timestamp,
}

/// Characters of a draft that a list shows.
const OPENING_CHARS: usize = 40;

/// Answers `draft.list`: the last saved first.
pub(crate) fn list(desk: &Desk, m: &Moment, _: Nothing) -> Result<Vec<Line>, Fault> {
    let mut lines = Vec::new();
    for draft in draft::all(&desk.db)? {
        let mut names = Vec::new();
        for child in &draft.children {
            names.extend(card::one(desk, m, *child)?.map(|card| card.name));
        }
        let text = |key: &str| draft.values.get(key).and_then(Value::as_text).unwrap_or_default();
        if draft.form == REGISTRATION && !text("name").is_empty() {
            names.push(text("name").to_owned());
        }
        let opening = text(words_key(&draft.form)).chars().take(OPENING_CHARS).collect();
        lines.push(Line {
            draft: draft.id,
            form: draft.form,
            names,
            opening,
            saved: draft.saved,
            children: draft.children,
            about: draft.about,
        });
    }
    Ok(lines)
}

/// Where a form has its sentences: what must be written in words, else its remark.
pub(crate) fn words_key(form: &str) -> &'static str {
    let long = |field: &&domain::form::Field| field.kind == Kind::LongText;
    let fields = builtin(form).map(|form| form.fields.as_slice()).unwrap_or_default();
    let must = fields.iter().filter(long).find(|field| field.need == domain::form::Need::Must);
    let named = || fields.iter().find(|field| field.key == "note");
    must.or_else(named).or_else(|| fields.iter().find(long)).map_or("note", |field| field.key.as_str())
}

/// Does `draft.drop`.
pub(crate) fn discard(desk: &mut Desk, m: &mut Moment, which: Which) -> Acted<Nothing> {
    let work = desk.work(m)?;
    let gone = draft::finish(&work.tx, which.draft, End::Dropped, work.now)?;
    let mut touched = work.finish(m)?;
    touched.push(Tag::Drafts);
    gone.then_some((Nothing {}, touched)).ok_or_else(|| Code::NotFound.into())
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

#[cfg(test)]
mod tests;
