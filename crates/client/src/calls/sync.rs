//! Where this device's work stands: the status line, the ladder, what is held and why.

use std::collections::BTreeMap;

use domain::fault::Fault;
use domain::form::builtin;
use domain::id::{ChildId, RecordId};
use domain::moment::{Moment, Timestamp};
use domain::unfinished::Unfinished;
use domain::value::{Key, Value};
use domain::words::Words;
use serde::Serialize;

use super::me::Nothing;
use super::words::{Tongue, Who};
use super::{card, held, unfinished, words};
use crate::desk::Desk;
use crate::held::HeldItem;
use crate::store::files;

/// Where this device's work stands.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "SyncState"))]
pub(crate) struct State {
    /// The status line in words.
    line: String,
    /// 已保存在本机, still to be sent.
    waiting: u32,
    /// 已送达区中心, not yet in a compared backup.
    received: u32,
    /// 已备份
    backed_up: u32,
    /// Pieces of photographs still to be sent, after all text.
    pieces_waiting: u32,
    /// Photographs with such pieces.
    files_waiting: u32,
    /// When the last exchange ended well.
    synced: Option<Timestamp>,
    /// Until when this device may read without a connection.
    lease: Option<Timestamp>,
    /// The centre's server was restored and waits for a station before it gives rows.
    restoring: bool,
    revoked: bool,
    held: Vec<Held>,
    /// Work of this person's, from whichever computer, that a station sent back in the last
    /// thirty days; the newest first.
    returned: Vec<SentBack>,
}

/// Work that was sent back (退回): it is in no file.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct SentBack {
    /// 走访记录
    form: Words,
    /// The child's name, while she still sees the child.
    name: Option<String>,
    /// When she wrote it.
    at: Timestamp,
    reason: String,
    /// Who sent it back, and when.
    who: Who,
}

/// Something of this device's that the district keeps but has not taken into its log.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Held {
    record: RecordId,
    /// 走访记录
    form: Words,
    child: Option<ChildId>,
    name: Option<String>,
    at: Timestamp,
    /// Why, and what will happen.
    why: Words,
    /// What was written, a line a field.
    written: Vec<Words>,
}

/// Answers `sync.state`.
pub(crate) fn state(desk: &Desk, m: &Moment, _: Nothing) -> Result<State, Fault> {
    let ladder = desk.ladder()?;
    let standing = &desk.standing;
    let synced = standing.synced.map(|at| words::clock(at, desk.today(m)));
    let (pieces_waiting, files_waiting) = files::waiting(&desk.db)?;
    let waiting = match (ladder.saved, files_waiting) {
        (0, 0) => "没有待上传的内容".to_owned(),
        (0, photos) => format!("待上传 {photos} 张照片（本机已保存）"),
        (n, 0) => format!("待上传 {n} 条（本机已保存）"),
        (n, photos) => format!("待上传 {n} 条、{photos} 张照片（本机已保存）"),
    };
    let last = synced.map_or_else(|| "还没有同步过".to_owned(), |at| format!("最近同步 {at}"));
    let mut kept = Vec::new();
    // On a stopped device nobody reads what was written on it.
    let shown = if standing.revoked { Vec::new() } else { desk.held()? };
    for item in shown {
        kept.push(told(desk, m, item)?);
    }
    let mut returned = Vec::new();
    let since = desk.now(m).plus_s(-RETURNED_S);
    for decision in if standing.revoked { Vec::new() } else { held::returned(desk, since)? } {
        returned.push(SentBack {
            form: held::title(Some(&decision.claim.form)),
            name: name_of(desk, m, decision.child)?,
            at: decision.claim.at,
            who: held::decider(desk, &decision),
            reason: decision.claim.reason,
        });
    }
    Ok(State {
        line: format!("已保存在本机 · {waiting} · {last}"),
        waiting: count(ladder.saved),
        received: count(ladder.received),
        backed_up: count(ladder.backed_up),
        pieces_waiting,
        files_waiting,
        synced: standing.synced,
        lease: standing.lease,
        restoring: standing.not_yet,
        revoked: standing.revoked,
        held: kept,
        returned,
    })
}

/// So long it is said that work was sent back.
const RETURNED_S: i64 = 30 * 86_400;

fn count(n: u64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn told(desk: &Desk, m: &Moment, item: HeldItem) -> Result<Held, Fault> {
    let form = builtin(&item.form);
    let said = |tongue, edit: &dossier::Edit| {
        let (key, text) = match edit {
            dossier::Edit::Set(key, value) => {
                (key, words::masked_in(tongue, &desk.roster, form.and_then(|f| f.field(key)), value).0)
            }
            dossier::Edit::Clear(key) => (key, words::emptied(tongue).to_owned()),
            dossier::Edit::Write(key, text) => (key, text.clone()),
        };
        words::line(tongue, &form.map_or_else(|| key.clone(), |form| words::label_in(tongue, form, key)), &text)
    };
    let draft = (item.form == domain::unfinished::FORM).then(|| Unfinished::read(&values_of(&item.edits)));
    let written = match &draft {
        Some(draft) => unfinished::written(desk, draft, &[]),
        None => item.edits.iter().map(|edit| Tongue::both(|tongue| said(tongue, edit))).collect(),
    };
    Ok(Held {
        record: item.record,
        form: match (form, item.form.as_str()) {
            (Some(form), domain::unfinished::FORM) => {
                draft.as_ref().map_or_else(|| Words::new(&form.title, &form.en), unfinished::title)
            }
            (Some(form), _) => Words::new(&form.title, &form.en),
            (None, ::sync::file::FORM) => held::PHOTOGRAPH.into(),
            (None, ::sync::claim::FORM) => ("认领", "Claim").into(),
            (None, _) => ("分派、登记或停用", "Assigning, registering or stopping").into(),
        },
        child: item.child,
        name: name_of(desk, m, item.child)?,
        at: item.at,
        why: why(item.reason).into(),
        written,
    })
}

/// What edits that set something leave behind.
fn values_of(edits: &[dossier::Edit]) -> BTreeMap<Key, Value> {
    let set = |edit: &dossier::Edit| match edit {
        dossier::Edit::Set(key, value) => Some((key.clone(), value.clone())),
        dossier::Edit::Write(key, text) => Some((key.clone(), Value::text(&**text))),
        dossier::Edit::Clear(_) => None,
    };
    edits.iter().filter_map(set).collect()
}

/// The name of a child that may be seen here.
fn name_of(desk: &Desk, m: &Moment, child: Option<ChildId>) -> Result<Option<String>, Fault> {
    let Some(child) = child else { return Ok(None) };
    Ok(card::one(desk, m, child)?.map(|card| card.name))
}

/// The reason of `sync::wire::Reason` by its wire code, and what to do.
const fn why(reason: i64) -> (&'static str, &'static str) {
    match reason {
        0 => (
            "内容太大，区中心没有收下；请分成几次写。",
            "It is too large and the centre did not take it; please write it in parts.",
        ),
        1 => (
            "写的时候这个孩子不在您负责的范围内；内容保留着，请联系街道未保站处理。",
            "When it was written the child was not in your charge; it is kept, please ask the station.",
        ),
        2 => (
            "您已不再负责这个孩子；这条内容存在区中心，不会丢；要补进档案，请告诉街道未保站。",
            "You are no longer in charge of this child; it is kept at the centre and not lost. To have it in the file, tell the station.",
        ),
        4 => (
            "这一项要由指定的岗位填写；内容保留着，请联系街道未保站。",
            "This is another post's to fill in; it is kept, please ask the station.",
        ),
        5 => (
            "这条内容和区中心已有的记录对不上；内容保留着，请联系区中心。",
            "It does not agree with what the centre has; it is kept, please ask the centre.",
        ),
        6 => (
            "这个孩子的档案已按规定删除，不再接收新内容。",
            "This child's file was erased by the rules; nothing new is taken.",
        ),
        _ => (
            "这条内容没有通过区中心的检查；内容保留着，请联系区中心。",
            "It did not pass the centre's checks; it is kept, please ask the centre.",
        ),
    }
}
