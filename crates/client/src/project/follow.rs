//! Rows of what a visit left to be done (后续事项), and of the supplements that say it is done.
//!
//! It must not know in which order they came, nor what day it is.

use std::collections::BTreeMap;

use domain::form::{members, rows};
use domain::id::{ChildId, RecordId};
use domain::value::Value;
use dossier::View;
use rusqlite::{Connection, Result, params};

use super::{first_said, text, values};
use crate::store::records;

/// Writes the rows of a note.
pub(super) fn write_note(tx: &Connection, record: RecordId, child: ChildId, view: &View) -> Result<()> {
    tx.prepare_cached("DELETE FROM follow_up WHERE record = ?1")?.execute(params![record.as_bytes()])?;
    let written = values(view);
    let all = rows(&written, "followup");
    for (row, columns) in &all {
        let Some(item) = read_column(columns, "item") else { continue };
        tx.prepare_cached(
            "INSERT INTO follow_up (record, row, child, item, due, person) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            record.as_bytes(),
            row,
            child.as_bytes(),
            item,
            read_column(columns, "due"),
            read_column(columns, "person")
        ])?;
    }
    if all.is_empty() { Ok(()) } else { refresh(tx, record) }
}

fn read_column<'v>(columns: &BTreeMap<&str, &'v Value>, column: &str) -> Option<&'v str> {
    columns.get(column).and_then(|value| value.as_text()).map(str::trim).filter(|text| !text.is_empty())
}

/// Writes what a supplement says about rows of its note.
pub(super) fn write_said(tx: &Connection, record: RecordId, child: ChildId, view: &View) -> Result<()> {
    tx.prepare_cached("DELETE FROM follow_said WHERE record = ?1")?.execute(params![record.as_bytes()])?;
    let (Some(said), Some(about)) = (first_said(view), text(view, "about").and_then(|id| id.parse::<RecordId>().ok()))
    else {
        return Ok(());
    };
    let written = values(view);
    let mut any = false;
    for (field, done) in [("done", true), ("again", false)] {
        for row in members(&written, field) {
            tx.prepare_cached(
                "INSERT OR REPLACE INTO follow_said (record, row, about, child, done, made) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![record.as_bytes(), row, about.as_bytes(), child.as_bytes(), done, said.at.0])?;
            any = true;
        }
    }
    if any { refresh(tx, about) } else { Ok(()) }
}

/// What was said last of each row of a note.
fn refresh(tx: &Connection, about: RecordId) -> Result<()> {
    tx.prepare_cached(
        "UPDATE follow_up SET done = (SELECT iif(s.done, s.record, NULL) FROM follow_said s
            WHERE s.about = follow_up.record AND s.row = follow_up.row AND s.child = follow_up.child
            ORDER BY s.made DESC, s.record DESC LIMIT 1)
         WHERE record = ?1",
    )?
    .execute(params![about.as_bytes()])?;
    Ok(())
}

/// The rows of the notes and supplements that are shown: what a store of before lacks.
pub(crate) fn rebuild(tx: &Connection) -> crate::store::Stored<()> {
    for meta in records::all(tx, None)? {
        let (Some(child), Some(form)) = (meta.child, meta.form()) else { continue };
        let shown = match meta.form.as_str() {
            "visit" => "SELECT 1 FROM visit_card WHERE record = ?1",
            "supplement" => "SELECT 1 FROM remark_card WHERE record = ?1",
            _ => continue,
        };
        if !tx.prepare_cached(shown)?.exists(params![meta.record.as_bytes()])? {
            continue;
        }
        let Some(opened) = records::open(tx, meta.record)? else { continue };
        let view = opened.doc.view(form);
        if meta.form == "visit" {
            write_note(tx, meta.record, child, &view)?
        } else {
            write_said(tx, meta.record, child, &view)?
        }
    }
    Ok(())
}
