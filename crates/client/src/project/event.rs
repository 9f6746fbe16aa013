//! Rows of records that happened once: visit notes, supplements, reviews, assessments, and drafts handed in.
//!
//! It must not know the order in which they came.

use domain::alarm;
use domain::day::Day;
use domain::id::{ChildId, RecordId};
use domain::unfinished;
use dossier::View;
use rusqlite::{Connection, Result, params};

use super::{first_said, text, values};
use crate::store::records::RecordMeta;

/// Characters of a note that a list shows.
const OPENING_CHARS: usize = 60;

/// Writes a visit note's row.
pub(super) fn visit(tx: &Connection, record: RecordId, child: ChildId, view: &View) -> Result<()> {
    tx.prepare_cached("DELETE FROM visit_card WHERE record = ?1")?.execute(params![record.as_bytes()])?;
    let Some(said) = first_said(view) else { return Ok(()) };
    let made_on = Day::of(said.at).to_string();
    let at = text(view, "visit_at").unwrap_or(&made_on);
    let day = at.get(..10).filter(|d| d.parse::<Day>().is_ok()).unwrap_or(&made_on);
    let met = view.cells.get("met_child").is_some_and(|cell| cell.value.as_yes() == Some(true));
    let opening: String = text(view, "note").unwrap_or_default().chars().take(OPENING_CHARS).collect();
    tx.prepare_cached(
        "INSERT INTO visit_card (record, child, at, day, mode, met, next, hint, opening, made, actor)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute(params![
        record.as_bytes(),
        child.as_bytes(),
        at,
        day,
        text(view, "mode").unwrap_or_default(),
        met,
        text(view, "next_visit"),
        text(view, "risk_hint"),
        opening,
        said.at.0,
        said.actor.as_bytes(),
    ])?;
    Ok(())
}

/// Writes the row of a supplement, a review, an assessment or something unfinished; returns the record it is, or
/// was, about.
pub(super) fn remark(tx: &Connection, meta: &RecordMeta, view: &View) -> Result<Option<RecordId>> {
    let before: Vec<Option<[u8; 16]>> = tx
        .prepare_cached("DELETE FROM remark_card WHERE record = ?1 RETURNING about")?
        .query_map(params![meta.record.as_bytes()], |row| row.get(0))?
        .collect::<Result<_>>()?;
    let before = before.into_iter().flatten().next().map(RecordId::new);
    let Some(said) = first_said(view) else { return Ok(before) };
    let about: Option<RecordId> = text(view, "about").and_then(|id| id.parse().ok());
    let (verdict, words) = match meta.form.as_str() {
        "assessment" => ("level", "reason"),
        "review" => ("verdict", "note"),
        // What was written stays in the record, whole.
        unfinished::FORM => ("of", ""),
        _ => ("", "text"),
    };
    tx.prepare_cached(
        "INSERT INTO remark_card (record, form, child, about, verdict, text, made, actor, answers)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        meta.record.as_bytes(),
        meta.form,
        meta.child.map(|c| *c.as_bytes()),
        about.map(|r| *r.as_bytes()),
        text(view, verdict),
        text(view, words).unwrap_or_default(),
        said.at.0,
        said.actor.as_bytes(),
        meta.form == "review" && alarm::answers(&values(view)),
    ])?;
    Ok(about)
}
