//! The use cases, a file a noun. Each call reads its arguments, asks the rules, and either answers
//! from the projections or commits acts.
//!
//! They must not write tables of the log themselves: that is [`Desk::commit`]'s.

pub(crate) mod alarms;
pub(crate) mod assess;
pub(crate) mod assign;
pub(crate) mod card;
pub(crate) mod child;
pub(crate) mod children;
pub(crate) mod close;
pub(crate) mod create;
pub(crate) mod dayend;
pub(crate) mod departed;
pub(crate) mod differ;
pub(crate) mod district;
pub(crate) mod double;
pub(crate) mod draft;
pub(crate) mod file;
pub(crate) mod follow;
pub(crate) mod form;
pub(crate) mod held;
pub(crate) mod household;
pub(crate) mod me;
pub(crate) mod note;
pub(crate) mod offer;
pub(crate) mod page;
pub(crate) mod people;
pub(crate) mod red;
pub(crate) mod setting;
pub(crate) mod sync;
pub(crate) mod tenure;
pub(crate) mod today;
pub(crate) mod typed;
pub(crate) mod unassigned;
pub(crate) mod unfinished;
pub(crate) mod visit;
pub(crate) mod words;

use domain::fault::{Code, Fault};
use domain::id::{ChildId, RecordId};
use domain::moment::Moment;
use rusqlite::{Connection, Params, Row};

use crate::desk::Desk;
use crate::store::Stop;
use crate::store::records::{Opened, RecordMeta};
use crate::tag::Tag;

/// What an acting call gives back: its answer and what it touched.
pub(crate) type Acted<T> = Result<(T, Vec<Tag>), Fault>;

/// Reads rows of the projections.
fn rows<T>(
    db: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, Fault> {
    let found = || -> rusqlite::Result<Vec<T>> { db.prepare_cached(sql)?.query_map(params, read)?.collect() };
    found().map_err(|error| Stop::from(error).into())
}

/// One statement that changes this device's own tables (drafts, settings).
fn run(db: &Connection, sql: &str, params: impl Params) -> Result<usize, Fault> {
    let done = || -> rusqlite::Result<usize> { db.prepare_cached(sql)?.execute(params) };
    done().map_err(|error| Stop::from(error).into())
}

fn child_id(row: &Row<'_>, column: usize) -> rusqlite::Result<ChildId> {
    row.get::<_, [u8; 16]>(column).map(ChildId::new)
}

fn record_id(row: &Row<'_>, column: usize) -> rusqlite::Result<RecordId> {
    row.get::<_, [u8; 16]>(column).map(RecordId::new)
}

/// Refuses a child that is not here or may not be seen: the same answer for both.
fn seen(desk: &Desk, m: &Moment, child: ChildId) -> Result<(), Fault> {
    desk.shows(m, child)?.then_some(()).ok_or_else(|| Code::NotFound.into())
}

/// What of a list is about children this person sees today. Whatever tells of several children ends here: a post ends
/// by date and no row says so, so that what is kept may be more than what may be seen.
fn in_sight<T>(desk: &Desk, m: &Moment, mut lines: Vec<T>, child: impl Fn(&T) -> ChildId) -> Vec<T> {
    let scope = desk.roster.scope(desk.me.device(), desk.today(m));
    lines.retain(|line| scope.contains(&child(line)));
    lines
}

/// The record of a child's form that is here, if any: the one with the smallest id.
fn meta_of(desk: &Desk, child: ChildId, form: &str) -> Result<Option<RecordMeta>, Fault> {
    Ok(desk.records_of(child)?.into_iter().find(|meta| meta.form == form))
}

/// A record that may be seen, by its id and form.
fn opened(desk: &Desk, m: &Moment, record: RecordId, form: &str) -> Result<(Opened, ChildId), Fault> {
    let opened = desk.record(record)?.filter(|o| o.meta.form == form).ok_or(Code::NotFound)?;
    let child = opened.meta.child.ok_or(Code::NotFound)?;
    seen(desk, m, child)?;
    Ok((opened, child))
}

#[cfg(test)]
pub(crate) mod tests;
