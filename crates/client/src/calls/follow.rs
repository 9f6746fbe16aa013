//! What a visit left to be done (后续事项): on 今天 of everybody who sees the child until somebody says it is done.
//!
//! That it is done is said in a supplement of the note, so that every desk knows it and it can be taken back.

use std::collections::BTreeMap;

use domain::day::Day;
use domain::due::{State, state};
use domain::fault::{Code, Fault};
use domain::id::{ChildId, RecordId};
use domain::moment::{Moment, Timestamp};
use domain::value::Value;
use rusqlite::{Params, params};
use serde::{Deserialize, Serialize};

use super::note::{Written, remark};
use super::offer::{Offer, Offers};
use super::words::{self, Who};
use super::{Acted, child_id, in_sight, record_id, rows, seen, visit};
use crate::desk::Desk;
use crate::project::frequency;

/// One thing to do after a visit.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct FollowUp {
    /// The note it stands in.
    visit: RecordId,
    row: String,
    child: ChildId,
    name: String,
    /// What is to be done.
    item: String,
    /// Until when, as it was written.
    due: Option<String>,
    /// How that stands to today, where it is a day.
    state: Option<State>,
    /// Who said that it is done.
    done: Option<Who>,
    /// Whether this person may say that it is done, or that it is to be done after all.
    may_say: bool,
}

const COLUMNS: &str = "SELECT f.record, f.row, f.child, f.item, f.due, r.made, r.actor FROM follow_up f
    LEFT JOIN remark_card r ON r.record = f.done WHERE f.child NOT IN (SELECT child FROM hidden)";

fn lines(desk: &Desk, m: &Moment, sql: &str, params: impl Params) -> Result<Vec<FollowUp>, Fault> {
    let (today, policy) = (desk.today(m), frequency(&desk.roster));
    let found = rows(&desk.db, sql, params, |row| {
        let due: Option<String> = row.get(4)?;
        let day = due.as_deref().and_then(|due| due.parse::<Day>().ok());
        let made: Option<i64> = row.get(5)?;
        let done = match made {
            Some(made) => Some(words::who(desk, &visit::actor(row, 6)?, Timestamp(made))),
            None => None,
        };
        Ok(FollowUp {
            visit: record_id(row, 0)?,
            row: row.get(1)?,
            child: child_id(row, 2)?,
            name: String::new(),
            item: row.get(3)?,
            due,
            state: day.map(|day| state(day, today, &policy)),
            done,
            may_say: false,
        })
    })?;
    let offers = Offers::new(desk, m);
    let mut lines = in_sight(desk, m, found, |line| line.child);
    for line in &mut lines {
        line.name = visit::name_of(desk, line.child)?;
        line.may_say = offers.of_note(line.child, false).contains(&Offer::Supplement);
    }
    Ok(lines)
}

/// Those of one note, in the order of their ids.
pub(super) fn of_note(desk: &Desk, m: &Moment, visit: RecordId) -> Result<Vec<FollowUp>, Fault> {
    lines(desk, m, &format!("{COLUMNS} AND f.record = ?1 ORDER BY f.row"), params![visit.as_bytes()])
}

/// All that are still to be done, what is due first before what has no day; of a closed file nothing is.
pub(super) fn open(desk: &Desk, m: &Moment) -> Result<Vec<FollowUp>, Fault> {
    let open = "AND f.done IS NULL AND f.child NOT IN (SELECT child FROM child_card WHERE closed IS NOT NULL)";
    lines(desk, m, &format!("{COLUMNS} {open} ORDER BY f.due IS NULL, f.due, f.record, f.row"), [])
}

/// Says that something is done, or that it is to be done after all.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub(crate) struct SayDone {
    visit: RecordId,
    row: String,
    done: bool,
    /// In words; a sentence of the program's where nothing is said.
    text: Option<String>,
}

/// Does `follow_up.done`: a supplement to the note.
pub(crate) fn say_done(desk: &mut Desk, m: &mut Moment, args: SayDone) -> Acted<Written> {
    let line = of_note(desk, m, args.visit)?.into_iter().find(|line| line.row == args.row).ok_or(Code::NotFound)?;
    seen(desk, m, line.child)?;
    let (field, said) = if args.done { ("done", "已办") } else { ("again", "还要办") };
    let text = args.text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let text = text.unwrap_or_else(|| format!("{said}：{}", line.item));
    let values =
        BTreeMap::from([("text".to_owned(), Value::text(text)), (format!("{field}/{}", args.row), Value::Yes(true))]);
    remark(desk, m, (&[args.visit], "supplement"), values, None)
}

#[cfg(test)]
mod tests;
