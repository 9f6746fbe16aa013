//! 待认领: other people's work that the district keeps aside, for whoever may settle it: take it
//! over, send it back with a reason, or keep it as it is. Nothing is ever deleted.
//!
//! It must not let anything into a file: the gate does, once it has accepted the claim.

use std::collections::{BTreeMap, BTreeSet};

use domain::fault::{Code, Fault};
use domain::form::{self, VERSION_KEY};
use domain::id::{Branch, ChildId, DeviceId, Digest, RecordId};
use domain::moment::{Moment, Timestamp};
use domain::rights::Verb;
use domain::unfinished::Unfinished;
use domain::words::Words;
use dossier::{Actor, HistoryLine, Inspected, Record};
use serde::{Deserialize, Serialize};
use sync::claim::{self, Action, Claim, REASON_CHARS_MAX, TARGETS_MAX, Target};
use sync::file::Manifest;
use sync::item::{Item, Kind};
use sync::wire::Reason;

use super::me::Nothing;
use super::page::{self, Sheet};
use super::people::signed_at;
use super::words::{self, Tongue, Who};
use super::{Acted, card, child, unfinished};
use crate::desk::Desk;
use crate::project::values;
use crate::store::claims::{self, Aside, Given, Stands};
use crate::store::{Stop, items};
use crate::write::Act;

/// Where held work stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "HeldStanding"))]
pub(crate) enum Standing {
    /// 待认领
    Open,
    /// 已退回
    Returned,
    /// 只存档
    Shelved,
}

/// One person's held work on one record: a note with its photographs, or her edits of a file.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "HeldWork"))]
pub(crate) struct Line {
    /// The computer it was written on; with `record` it names the work.
    device: DeviceId,
    record: RecordId,
    child: ChildId,
    name: String,
    /// 走访记录
    form: Words,
    /// Who wrote it, and when.
    who: Who,
    /// Why it is not in the file.
    why: Words,
    /// What was written, a line a field.
    written: Vec<Words>,
    /// How many items it is, photographs too.
    items: usize,
    /// Photographs that go with it.
    photos: usize,
    standing: Standing,
    /// Whether it can be taken over; otherwise it can only be sent back or kept.
    may_take: bool,
    /// A draft that was handed in (没写完的): taken over it stands in the file as a remark (留作备注), never as what
    /// it was to become.
    unfinished: bool,
    /// Whose decision it is that it no longer asks, and when.
    settled: Option<Who>,
    /// The reason that was given.
    reason: String,
}

/// One held item and what is known of it.
struct One {
    aside: Aside,
    given: Given,
}

type Group = (DeviceId, RecordId, Standing);

/// Answers `held.list`: the oldest first.
pub(crate) fn list(desk: &Desk, m: &Moment, _: Nothing) -> Result<Vec<Line>, Fault> {
    let mut lines = Vec::new();
    for ((device, record, standing), items) in groups(desk, m, None)? {
        let Some(child) = items.iter().find_map(|one| one.given.item.child) else { continue };
        let last = items.iter().filter_map(|one| one.aside.claim.as_ref()).next_back();
        let last = last.filter(|_| standing != Standing::Open);
        let form = form_of(desk, record, &items)?;
        let draft = draft_of(desk, record, &items)?;
        lines.push(Line {
            device,
            record,
            child,
            name: card::one(desk, m, child)?.map(|card| card.name).unwrap_or_default(),
            form: draft.as_ref().map_or_else(|| title(form.as_deref()), unfinished::title),
            who: words::who(desk, &Actor::new(device, [0; 8]), written_at(&items)),
            why: why(desk, &items)?,
            written: match &draft {
                Some(draft) => unfinished::written(desk, draft, &[]),
                None => written(desk, record, &items)?,
            },
            items: items.len(),
            photos: items.iter().filter(|one| one.given.item.kind == Kind::File).count(),
            standing,
            may_take: items.iter().any(One::may_be_taken),
            unfinished: form.as_deref() == Some(domain::unfinished::FORM),
            settled: last.map(|last| decider(desk, last)),
            reason: last.map(|last| last.claim.reason.clone()).unwrap_or_default(),
        });
    }
    lines.sort_by_key(|line| (line.standing, line.who.at, line.record));
    Ok(lines)
}

/// Whose decision it is, and when.
pub(super) fn decider(desk: &Desk, decision: &claims::Decision) -> Who {
    let by = decision.by.unwrap_or_else(|| desk.me.device());
    words::who(desk, &Actor::new(by, [0; 8]), decision.at)
}

/// The changes of a child's record that somebody took over: who, and when.
pub(super) fn taken_changes(desk: &Desk, record: RecordId, child: ChildId) -> Result<BTreeMap<Digest, Who>, Fault> {
    let mut changes = BTreeMap::new();
    for (digest, decision) in claims::takes(&desk.db, record)? {
        let kept = items::find(&desk.db, &digest)?.filter(|_| decision.child == Some(child));
        let item = kept.and_then(|kept| Item::decode(&kept.bytes).ok());
        let change = item.and_then(|item| dossier::inspect(&item.body).ok());
        changes.extend(change.map(|change| (change.hash, decider(desk, &decision))));
    }
    Ok(changes)
}

/// What may be settled here and is here whole; of one computer, or of all.
fn groups(desk: &Desk, m: &Moment, device: Option<DeviceId>) -> Result<BTreeMap<Group, Vec<One>>, Fault> {
    let mut groups: BTreeMap<Group, Vec<One>> = BTreeMap::new();
    for aside in claims::listed(&desk.db, device).map_err(Stop::from)? {
        let standing = match aside.stands {
            Stands::Open => Standing::Open,
            Stands::Returned => Standing::Returned,
            Stands::Shelved => Standing::Shelved,
            Stands::Taken => continue,
        };
        let (Some(target), Some(child)) = (aside.notice.target, aside.notice.child) else { continue };
        if !desk.may(m, Verb::Create, claim::FORM, child) || !desk.shows(m, child)? {
            continue;
        }
        let Some(given) = claims::given(&desk.db, &target.digest)? else { continue };
        let about = about(&given.item);
        groups.entry((given.device, about, standing)).or_default().push(One { aside, given });
    }
    Ok(groups)
}

/// The record an item belongs to: of a photograph the one it stands beside.
fn about(item: &Item) -> RecordId {
    let manifest = (item.kind == Kind::File).then(|| Manifest::decode(&item.body).ok()).flatten();
    manifest.map_or(item.record, |manifest| manifest.about)
}

impl One {
    fn target(&self) -> Option<Target> {
        self.aside.notice.target
    }

    fn may_be_taken(&self) -> bool {
        self.aside.stands == Stands::Open && matches!(self.aside.notice.reason, Reason::Forbidden | Reason::Unclaimed)
    }

    fn change(&self) -> Option<Inspected> {
        let change = self.given.item.kind == Kind::Change;
        change.then(|| dossier::inspect(&self.given.item.body).ok()).flatten()
    }
}

/// When the newest of it was written; of what cannot be read, when it was signed.
fn written_at(items: &[One]) -> Timestamp {
    let at = |one: &One| one.change().map_or(one.given.at, |change| change.at);
    items.iter().map(at).max().unwrap_or_default()
}

/// The form of the record: that of the changes, or for photographs alone that of what they stand beside.
fn form_of(desk: &Desk, record: RecordId, items: &[One]) -> Result<Option<String>, Fault> {
    let change = items.iter().find(|one| one.given.item.kind == Kind::Change);
    if let Some(change) = change {
        return Ok(Some(change.given.item.form.clone()));
    }
    Ok(desk.record(record)?.map(|opened| opened.meta.form))
}

/// The draft that was handed in, where the work is one.
fn draft_of(desk: &Desk, record: RecordId, items: &[One]) -> Result<Option<Unfinished>, Fault> {
    let mut held = items.iter().filter(|one| one.given.item.form == domain::unfinished::FORM).filter_map(One::change);
    if let Some(change) = held.next() {
        let writes = change.writes.iter().filter_map(|(key, value)| Some((key.clone(), value.clone()?)));
        return Ok(Some(Unfinished::read(&writes.collect())));
    }
    // Its photographs alone.
    let kept = desk.record(record)?.filter(|opened| opened.meta.form == domain::unfinished::FORM);
    Ok(kept.and_then(|opened| Some(Unfinished::read(&values(&opened.doc.view(opened.meta.form()?))))))
}

/// What a form is called.
pub(super) fn title(form: Option<&str>) -> Words {
    form.and_then(form::builtin).map_or_else(|| PHOTOGRAPH.into(), |form| Words::new(&form.title, &form.en))
}

/// What a photograph is called among forms.
pub(super) const PHOTOGRAPH: (&str, &str) = ("照片", "Photograph");

/// How the computer of held work stands.
enum Stopped {
    No,
    /// It was stopped after this was written.
    Later,
    /// This was written after it was stopped.
    Before,
}

const fn why_of(reason: Reason, unfinished: bool, stop: &Stopped) -> (&'static str, &'static str) {
    match (reason, stop) {
        (Reason::Unclaimed | Reason::Forbidden, Stopped::Later) if unfinished => (
            "没有写完，电脑停用时照原样交上来的。",
            "Not finished; handed in as it stood when this computer was stopped.",
        ),
        (Reason::Unclaimed | Reason::Forbidden, Stopped::No) if unfinished => (
            "没有写完，孩子转给别人时照原样交上来的。",
            "Not finished; handed in as it stood when the child went to somebody else.",
        ),
        (Reason::Unclaimed | Reason::Forbidden, Stopped::Before) => {
            ("写于这台电脑停用之后。", "Written after this computer was stopped.")
        }
        (Reason::Unclaimed | Reason::Forbidden, Stopped::Later) => (
            "写的时候电脑还没有停用，送到的时候已经停用了。",
            "Written before this computer was stopped, and brought after it.",
        ),
        _ => why_held(reason),
    }
}

const fn why_held(reason: Reason) -> (&'static str, &'static str) {
    match reason {
        Reason::Unclaimed => ("写的人已不再负责这个孩子。", "Who wrote it is no longer in charge of this child."),
        Reason::Forbidden => (
            "写的时候这个孩子已不归写的人负责。",
            "When it was written the child was not in the charge of who wrote it.",
        ),
        Reason::Authority => (
            "里面有一项要由指定的岗位填写，不能认领入档。",
            "Part of it is another post's to fill in; it cannot be taken over.",
        ),
        Reason::Behind => ("它接着写的前一条还没有收到。", "What it goes on from has not arrived yet."),
        Reason::Mismatch => (
            "和区中心已有的记录对不上，不能认领入档。",
            "It does not agree with what the centre has; it cannot be taken over.",
        ),
        Reason::Caps | Reason::Malformed | Reason::Erased | Reason::Trial => {
            ("没有通过区中心的检查，不能认领入档。", "It did not pass the centre's checks; it cannot be taken over.")
        }
    }
}

/// Why it is held: what can be taken over speaks for all. Whether a computer was stopped before something was
/// written is a matter of its clock: the roster it knew says nothing, for a stopped one is told no more.
fn why(desk: &Desk, items: &[One]) -> Result<Words, Fault> {
    let Some(one) = items.iter().find(|one| one.may_be_taken()).or_else(|| items.first()) else {
        return Ok(("", "").into());
    };
    let revoked = desk.roster.devices.get(&one.given.device).and_then(|device| device.revoked);
    let stop = match revoked {
        None => Stopped::No,
        Some(at) => match signed_at(desk, at)? {
            Some(stopped) if written_at(items) > stopped => Stopped::Before,
            Some(_) | None => Stopped::Later,
        },
    };
    let unfinished = one.given.item.form == domain::unfinished::FORM;
    Ok(why_of(one.aside.notice.reason, unfinished, &stop).into())
}

/// What the changes say, as the file's history or the note would say it.
fn written(desk: &Desk, record: RecordId, items: &[One]) -> Result<Vec<Words>, Fault> {
    let changes: Vec<Inspected> = items.iter().filter_map(One::change).collect();
    let id = form_of(desk, record, items)?;
    let Some(form) = id.as_deref().and_then(form::builtin).filter(|_| !changes.is_empty()) else {
        return Ok(Vec::new());
    };
    let mut doc = desk.record(record)?.map_or_else(Record::empty, |opened| opened.doc);
    let mut left: Vec<&Inspected> = changes.iter().collect();
    // They may build on each other in another order than they came.
    loop {
        let before = left.len();
        left.retain(|change| doc.admit(change.bytes()).is_err());
        if left.is_empty() || left.len() == before {
            break;
        }
    }
    let mut said = if form.event {
        let (view, none) = (doc.view(form), BTreeMap::new());
        page::told(desk, &Sheet { form, record: Some(record), view: &view, computed: &none })
    } else {
        let hashes: BTreeSet<Digest> = changes.iter().map(|change| change.hash).collect();
        let told = |line: &&HistoryLine| hashes.contains(&line.said.change) && child::is_told(line);
        doc.history()
            .iter()
            .filter(told)
            .map(|line| Tongue::both(|tongue| child::what(tongue, desk, form, line)))
            .collect::<Vec<Words>>()
    };
    // What builds on something that is not here: the keys at least.
    for change in left {
        let fields = change.writes.iter().filter(|(key, _)| *key != VERSION_KEY);
        said.extend(fields.map(|(key, value)| {
            Tongue::both(|tongue| {
                let text = value.as_ref().map(|value| words::masked_in(tongue, &desk.roster, form.field(key), value).0);
                let text = text.as_deref().unwrap_or(words::emptied(tongue));
                words::line(tongue, &words::label_in(tongue, form, key), text)
            })
        }));
    }
    Ok(said)
}

/// What to do with held work.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "HeldDeed"))]
pub(crate) enum Deed {
    /// 认领入档; for good.
    Take,
    /// 退回
    Return,
    /// 只存档
    Shelve,
    /// Takes 退回 or 只存档 back.
    Reopen,
}

impl Deed {
    const fn action(self) -> Action {
        match self {
            Self::Take => Action::Take,
            Self::Return => Action::Return,
            Self::Shelve => Action::Shelve,
            Self::Reopen => Action::Reopen,
        }
    }

    /// The items of a group it is about.
    fn takes_up(self, one: &One) -> bool {
        match self {
            Self::Take => one.may_be_taken(),
            Self::Return | Self::Shelve => one.aside.stands == Stands::Open,
            Self::Reopen => matches!(one.aside.stands, Stands::Returned | Stands::Shelved),
        }
    }
}

/// Which work, and what to do with it.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields, rename = "SettleHeld"))]
pub(crate) struct Settle {
    device: DeviceId,
    record: RecordId,
    deed: Deed,
    /// Why; of 退回 never empty. Its author reads it, the child's name does not belong here.
    reason: Option<String>,
}

/// Does `held.settle`: one decision on all of the work that stands so.
pub(crate) fn settle(desk: &mut Desk, m: &mut Moment, args: Settle) -> Acted<Nothing> {
    let reason = args.reason.unwrap_or_default().trim().to_owned();
    if reason.chars().count() > REASON_CHARS_MAX || (args.deed == Deed::Return && reason.is_empty()) {
        return Err(Fault::new(Code::Invalid, "reason"));
    }
    let mut items: Vec<One> = Vec::new();
    let mut others: Vec<One> = Vec::new();
    for ((device, record, _), group) in groups(desk, m, Some(args.device))? {
        let kept = group.into_iter().filter(|one| device == args.device && args.deed.takes_up(one));
        if record == args.record { items.extend(kept) } else { others.extend(kept) }
    }
    if args.deed == Deed::Take {
        items.extend(assessments_of(&items, others));
    }
    let child = items.iter().find_map(|one| one.given.item.child).ok_or(Code::NotFound)?;
    let form = form_of(desk, args.record, &items)?.unwrap_or_else(|| sync::file::FORM.to_owned());
    let at = written_at(&items);
    let targets: Vec<Target> = items.iter().filter_map(One::target).collect();
    let acts = targets.chunks(TARGETS_MAX).map(|targets| Act::Claim {
        child,
        claim: Claim {
            device: args.device,
            action: args.deed.action(),
            targets: targets.to_vec(),
            reason: reason.clone(),
            form: form.clone(),
            at,
        },
    });
    let acts = acts.collect();
    Ok((Nothing {}, desk.commit(m, acts)?))
}

/// A risk level comes into the file only with the assessment of its envelope: they go together.
fn assessments_of(items: &[One], others: Vec<One>) -> Vec<One> {
    let envelope = |one: &One| -> (Branch, u32) { (one.aside.notice.branch, one.aside.notice.seq) };
    let files = items.iter().filter(|one| one.given.item.form == child::FORMS[0]);
    let with: BTreeSet<_> = files.map(|one| (envelope(one), one.given.item.child)).collect();
    let assesses =
        |one: &One| one.given.item.form == "assessment" && with.contains(&(envelope(one), one.given.item.child));
    others.into_iter().filter(assesses).collect()
}

/// The decisions that sent a person's own work back, the newest first.
pub(super) fn returned(desk: &Desk, since: Timestamp) -> Result<Vec<claims::Decision>, Fault> {
    let mine = |device: &DeviceId| desk.roster.devices.get(device).is_some_and(|d| d.person == desk.me.person);
    let mut records = BTreeSet::new();
    for device in desk.roster.devices.keys().filter(|device| mine(device)) {
        records.extend(claims::sent_back(&desk.db, *device, since)?);
    }
    let (mut seen, mut returned) = (BTreeSet::new(), Vec::new());
    for record in records {
        let mut last: Option<claims::Decision> = None;
        for decision in claims::decisions_on(&desk.db, record)? {
            let taken = last.as_ref().is_some_and(|before| before.claim.action == Action::Take);
            if !taken && mine(&decision.claim.device) {
                last = Some(decision);
            }
        }
        let back = last.filter(|one| one.claim.action == Action::Return && one.at >= since);
        // A note and its photographs came back by one decision.
        returned.extend(back.filter(|one| seen.insert(one.claim.targets.clone())));
    }
    returned.sort_by_key(|one| std::cmp::Reverse(one.at));
    Ok(returned)
}
