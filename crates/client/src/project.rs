//! Rows for screens, written in the transaction that changes a record.
//!
//! Each row depends on records and policies only, never on the order in which they came or on a
//! clock: dropped and rebuilt they are equal. This file must not decide anything about rights.

mod alarm;
mod child;
mod due;
mod event;
mod follow;

use std::collections::BTreeMap;

use domain::id::ChildId;
use domain::roster::{Roster, Row};
use domain::unfinished;
use domain::value::{Key, Value};
use dossier::{Said, View};
use rusqlite::{Connection, Result, params};

use crate::store::records::RecordMeta;
use crate::tag::Tag;

pub(crate) use alarm::causes;
pub(crate) use due::{due_after, frequency};
pub(crate) use follow::rebuild as rebuild_follow_ups;

/// The disposable tables, for dropping and comparing.
pub(crate) const TABLES: [&str; 9] = [
    "child_card",
    "file_card",
    "visit_card",
    "remark_card",
    "alarm_card",
    "follow_up",
    "follow_said",
    "differing",
    "file",
];

/// Writes the rows of one record as it now is. A record whose view is empty has no rows.
pub(crate) fn record(tx: &Connection, meta: &RecordMeta, view: &View, roster: &Roster) -> Result<Vec<Tag>> {
    let mut touched = differing(tx, meta, view)?;
    let Some(child) = meta.child else { return Ok(touched) };
    match meta.form.as_str() {
        "child" => {
            child::card(tx, meta.record, child, view)?;
            child::file(tx, meta, child, view)?;
            due::refresh(tx, child, &frequency(roster))?;
            touched.extend([Tag::Children, Tag::Child(child)]);
        }
        "child_sensitive" => {
            child::file(tx, meta, child, view)?;
            touched.push(Tag::Child(child));
        }
        "visit" => {
            event::visit(tx, meta.record, child, view)?;
            follow::write_note(tx, meta.record, child, view)?;
            alarm::write(tx, meta, child, view)?;
            due::refresh(tx, child, &frequency(roster))?;
            touched.extend([Tag::Children, Tag::Child(child), Tag::Visits(child), Tag::Record(meta.record)]);
        }
        "supplement" | "review" | "assessment" | unfinished::FORM => {
            let about = event::remark(tx, meta, view)?;
            match meta.form.as_str() {
                "assessment" => alarm::write(tx, meta, child, view)?,
                "supplement" => follow::write_said(tx, meta.record, child, view)?,
                _ => about.map_or(Ok(()), |about| alarm::mark_answered(tx, about))?,
            }
            touched.extend([Tag::Children, Tag::Visits(child), Tag::Child(child), Tag::Record(meta.record)]);
            touched.extend(about.map(Tag::Record));
        }
        _ => {}
    }
    Ok(touched)
}

/// Rows that depend on policies; everything else of the roster is read from the roster itself.
pub(crate) fn roster(tx: &Connection, roster: &Roster, rows: &[Row]) -> Result<Vec<Tag>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut touched = vec![Tag::Roster];
    if rows.iter().any(|row| row.child().is_some()) {
        touched.push(Tag::Children);
    }
    if rows.iter().any(|row| matches!(row, Row::Policy { .. })) {
        let frequency = frequency(roster);
        for child in children(tx)? {
            due::refresh(tx, child, &frequency)?;
        }
        touched.push(Tag::Children);
    }
    Ok(touched)
}

/// Drops every row about a child, and the drafts about it alone.
pub(crate) fn forget_child(tx: &Connection, child: ChildId) -> Result<Vec<Tag>> {
    for table in TABLES {
        tx.execute(&format!("DELETE FROM {table} WHERE child = ?1"), params![child.as_bytes()])?;
    }
    tx.execute("DELETE FROM draft WHERE children = ?1", params![child.as_bytes()])?;
    Ok(vec![Tag::Children, Tag::Child(child), Tag::Visits(child), Tag::Differing, Tag::Drafts])
}

/// Drops all rows, before a rebuild.
pub(crate) fn clear(tx: &Connection) -> Result<()> {
    TABLES.iter().try_for_each(|table| tx.execute(&format!("DELETE FROM {table}"), []).map(drop))
}

fn children(tx: &Connection) -> Result<Vec<ChildId>> {
    let mut query = tx.prepare_cached("SELECT child FROM child_card ORDER BY child")?;
    query.query_map([], |row| row.get::<_, [u8; 16]>(0).map(ChildId::new))?.collect()
}

fn differing(tx: &Connection, meta: &RecordMeta, view: &View) -> Result<Vec<Tag>> {
    let gone =
        tx.prepare_cached("DELETE FROM differing WHERE record = ?1")?.execute(params![meta.record.as_bytes()])?;
    let mut insert = tx.prepare_cached("INSERT INTO differing (record, key, form, child) VALUES (?1, ?2, ?3, ?4)")?;
    let child = meta.child.map(|c| *c.as_bytes());
    let mut count = 0;
    for (key, _) in view.cells.iter().filter(|(_, cell)| cell.differs) {
        count += insert.execute(params![meta.record.as_bytes(), key, meta.form, child])?;
    }
    Ok(if gone + count > 0 { vec![Tag::Differing] } else { Vec::new() })
}

/// The shown value of every key.
pub(crate) fn values(view: &View) -> BTreeMap<Key, Value> {
    view.cells.iter().map(|(key, cell)| (key.clone(), cell.value.clone())).collect()
}

/// Who said the first thing of a record and when: the oldest of what still stands.
fn first_said(view: &View) -> Option<&Said> {
    view.cells.values().flat_map(|cell| &cell.said).min_by_key(|said| (said.at, said.change))
}

fn text<'v>(view: &'v View, key: &str) -> Option<&'v str> {
    view.cells.get(key).and_then(|cell| cell.value.as_text()).filter(|text| !text.is_empty())
}
