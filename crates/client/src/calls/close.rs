//! 结案: a child's file is closed, and opened again. By station or centre; [`domain::closing`] says what is asked.
//!
//! Closing is an edit of the file like any other: two who close it at once differ like anybody else.

use std::collections::{BTreeMap, BTreeSet};

use domain::closing;
use domain::fault::{Code, Fault};
use domain::finding::{Finding, may_finish};
use domain::id::ChildId;
use domain::moment::Moment;
use domain::value::{Key, Value};
use dossier::{Edit, View};
use serde::{Deserialize, Serialize};

use super::child::sheets;
use super::offer::Offer;
use super::{Acted, card, child_id, note, rows, seen};
use crate::desk::Desk;
use crate::project::values;
use crate::write::Act;

/// How to close a file: `closed_on` (today when left out), `closed_why`, `closed_why_other`, `closed_papers`.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "CloseFile"))]
pub(crate) struct Close {
    child: ChildId,
    values: BTreeMap<Key, Value>,
}

/// Why to open a file again.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "ReopenFile"))]
pub(crate) struct Reopen {
    child: ChildId,
    why: String,
}

/// Whether it was done; else what stands in the way.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "FileClosedAnswer"))]
pub(crate) struct Closed {
    done: bool,
    findings: Vec<Finding>,
}

/// Children here whose file is closed.
pub(super) fn closed_children(desk: &Desk) -> Result<BTreeSet<ChildId>, Fault> {
    let found = rows(&desk.db, "SELECT child FROM child_card WHERE closed IS NOT NULL", [], |row| child_id(row, 0))?;
    Ok(found.into_iter().collect())
}

/// Does `child.close`.
pub(crate) fn close(desk: &mut Desk, m: &mut Moment, args: Close) -> Acted<Closed> {
    let (today, file) = (desk.today(m), begin(desk, m, args.child, Offer::Close)?);
    let mut asked = note::in_normal_form(desk, m, "child", args.values);
    if asked.keys().any(|key| !closing::ASKED.contains(&key.as_str())) {
        return Err(Code::BadCall.into());
    }
    asked.entry("closed_on".to_owned()).or_insert_with(|| Value::text(today.to_string()));
    asked.insert(closing::CLOSED.to_owned(), Value::Yes(true));
    let before = values(&file.view);
    let mut after = before.clone();
    // What was said of an earlier closing is no part of this one.
    closing::ASKED.iter().for_each(|key| drop(after.remove(*key)));
    after.extend(asked.clone());
    let mut findings = domain::child::check(&after, today);
    findings.retain(|finding| closing::ASKED.contains(&finding.key.as_str()));
    if !may_finish(&findings) {
        return Ok((Closed { done: false, findings }, Vec::new()));
    }
    let old = closing::ASKED.into_iter().chain([closing::REOPENED]);
    let gone = old.filter(|key| before.contains_key(*key) && !asked.contains_key(*key));
    let mut edits: Vec<Edit> = gone.map(|key| Edit::Clear(key.to_owned())).collect();
    edits.extend(asked.into_iter().map(|(key, value)| Edit::Set(key, value)));
    write(desk, m, &file, edits, findings)
}

/// Does `child.reopen`.
pub(crate) fn reopen(desk: &mut Desk, m: &mut Moment, args: Reopen) -> Acted<Closed> {
    let file = begin(desk, m, args.child, Offer::Reopen)?;
    if let Some(finding) = closing::check_reopening(&args.why) {
        return Ok((Closed { done: false, findings: vec![finding] }, Vec::new()));
    }
    let edits = vec![
        Edit::Set(closing::CLOSED.to_owned(), Value::Yes(false)),
        Edit::Set(closing::REOPENED.to_owned(), Value::text(args.why.trim())),
    ];
    write(desk, m, &file, edits, Vec::new())
}

/// The file that is closed or opened again.
struct File {
    child: ChildId,
    record: domain::id::RecordId,
    view: View,
}

fn begin(desk: &Desk, m: &Moment, child: ChildId, act: Offer) -> Result<File, Fault> {
    seen(desk, m, child)?;
    let card = card::one(desk, m, child)?.ok_or(Code::NotFound)?;
    if !card.may.contains(&act) {
        return Err(Code::Denied.into());
    }
    let (_, record, view) =
        sheets(desk, m, child)?.into_iter().find(|(form, ..)| form.id == "child").ok_or(Code::NotFound)?;
    Ok(File { child, record: record.ok_or(Code::NotFound)?, view })
}

fn write(desk: &mut Desk, m: &mut Moment, file: &File, edits: Vec<Edit>, findings: Vec<Finding>) -> Acted<Closed> {
    let act = Act::Edit { record: file.record, form: "child", child: Some(file.child), edits };
    let touched = desk.commit(m, vec![act])?;
    Ok((Closed { done: true, findings }, touched))
}
