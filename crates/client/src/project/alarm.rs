//! Rows of what raises an alarm, and whether somebody answered it.
//!
//! It must not know the order in which record and answer came: either writes the same row.

use domain::alarm::{self, Cause};
use domain::id::{ChildId, RecordId};
use dossier::View;
use rusqlite::{Connection, Result, params};

use super::{first_said, values};
use crate::store::records::RecordMeta;

/// Writes the alarm of a note or an assessment, where it raises one.
pub(super) fn write(tx: &Connection, meta: &RecordMeta, child: ChildId, view: &View) -> Result<()> {
    tx.prepare_cached("DELETE FROM alarm_card WHERE record = ?1")?.execute(params![meta.record.as_bytes()])?;
    let causes = alarm::causes(&meta.form, &values(view));
    let Some(said) = first_said(view).filter(|_| !causes.is_empty()) else { return Ok(()) };
    tx.prepare_cached(
        "INSERT INTO alarm_card (record, form, child, danger, causes, made, actor, answered)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0)",
    )?
    .execute(params![
        meta.record.as_bytes(),
        meta.form,
        child.as_bytes(),
        alarm::is_danger(&causes),
        causes.iter().map(|cause| format!("{} ", cause.code())).collect::<String>(),
        said.at.0,
        said.actor.as_bytes(),
    ])?;
    mark_answered(tx, meta.record)
}

/// Says of a record's alarm, if it raises one, whether a review that is here answers it.
pub(super) fn mark_answered(tx: &Connection, about: RecordId) -> Result<()> {
    tx.prepare_cached(
        "UPDATE alarm_card SET answered = EXISTS (SELECT 1 FROM remark_card r WHERE r.about = ?1 AND r.answers = 1)
         WHERE record = ?1",
    )?
    .execute(params![about.as_bytes()])?;
    Ok(())
}

/// Reads the causes of a row.
pub(crate) fn causes(text: &str) -> Vec<Cause> {
    text.split_whitespace().filter_map(Cause::of_code).collect()
}
