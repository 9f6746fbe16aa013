//! The row of a child's file.
//!
//! It must not know visits; `due` fills those columns.

use domain::check::{id_no, tel};
use domain::child;
use domain::closing;
use domain::day::Day;
use domain::form;
use domain::id::{ChildId, RecordId};
use domain::moment::Timestamp;
use domain::value::Value;
use dossier::View;
use rusqlite::{Connection, Result, params};

use super::{first_said, text, values};
use crate::search::{Kind, Needles, sort_key};
use crate::store::records::RecordMeta;

/// Writes the columns of a child's card that come from its file. Of two files of one child
/// (which no desk makes) the one with the smaller id is shown.
pub(super) fn card(tx: &Connection, record: RecordId, child: ChildId, view: &View) -> Result<()> {
    let Some(first) = first_said(view) else {
        return tx
            .prepare_cached("DELETE FROM child_card WHERE child = ?1 AND record = ?2")?
            .execute(params![child.as_bytes(), record.as_bytes()])
            .map(drop);
    };
    let name = text(view, "name").unwrap_or("（未填姓名）");
    let closed = closing::of(&values(view));
    tx.prepare_cached(
        "INSERT INTO child_card (child, record, name, sorted, sex, birth, categories, risk, id_no, phone,
            school, missing, registered, needles, unmet, assessed, closed, closed_on)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, 0, ?15, ?16, ?17)
         ON CONFLICT (child) DO UPDATE SET record = excluded.record, name = excluded.name,
            sorted = excluded.sorted, sex = excluded.sex, birth = excluded.birth,
            categories = excluded.categories, risk = excluded.risk, id_no = excluded.id_no,
            phone = excluded.phone, school = excluded.school, missing = excluded.missing,
            registered = excluded.registered, needles = excluded.needles, assessed = excluded.assessed,
            closed = excluded.closed, closed_on = excluded.closed_on
         WHERE excluded.record <= child_card.record",
    )?
    .execute(params![
        child.as_bytes(),
        record.as_bytes(),
        name,
        sort_key(name),
        text(view, "sex"),
        text(view, "birth"),
        categories(view),
        text(view, "risk_level"),
        text(view, "id_no"),
        phone(view),
        text(view, "school_name"),
        missing(view),
        Day::of(first.at).to_string(),
        needles(view),
        text(view, "risk_at"),
        closed.as_ref().map(|closed| &closed.why),
        closed.as_ref().and_then(|closed| closed.on.as_ref()),
    ])?;
    Ok(())
}

/// Writes when a record of the file was begun and last written in.
pub(super) fn file(tx: &Connection, meta: &RecordMeta, child: ChildId, view: &View) -> Result<()> {
    tx.prepare_cached("DELETE FROM file_card WHERE record = ?1")?.execute(params![meta.record.as_bytes()])?;
    let (Some(first), Some(newest)) = (first_said(view), newest(view)) else { return Ok(()) };
    tx.prepare_cached("INSERT INTO file_card (record, form, child, begun, changed) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![meta.record.as_bytes(), meta.form, child.as_bytes(), first.at.0, newest.0])?;
    Ok(())
}

fn newest(view: &View) -> Option<Timestamp> {
    view.cells.values().flat_map(|cell| &cell.said).map(|said| said.at).max()
}

/// Codes of the categories the child is in now, each with a space after it.
fn categories(view: &View) -> String {
    child::categories(&values(view)).iter().map(|code| format!("{code} ")).collect()
}

/// The telephone a visitor would ring: the first guardian's, another relative's, the child's own.
fn phone(view: &View) -> Option<String> {
    let values = values(view);
    let rows = form::rows(&values, "family");
    let mut tels: Vec<(bool, &str)> = rows
        .values()
        .filter_map(|row| {
            let guardian = row.get("is_guardian").and_then(|v| v.as_yes()) == Some(true);
            Some((!guardian, row.get("tel")?.as_text()?))
        })
        .collect();
    tels.sort_unstable();
    tels.first().map(|(_, tel)| *tel).or_else(|| text(view, "phone_child")).map(str::to_owned)
}

/// How many fields are still to be collected, on the day of the file's newest change.
fn missing(view: &View) -> u32 {
    let day = newest(view).map_or(Day::EPOCH, Day::of);
    u32::try_from(child::completeness(&values(view), day).missing.len()).unwrap_or(u32::MAX)
}

/// Everything the child may be found by.
fn needles(view: &View) -> String {
    let mut needles = Needles::default();
    for (key, cell) in &view.cells {
        let Value::Text(written) = &cell.value else { continue };
        let Some(kind) = needle(view, key) else { continue };
        match kind {
            Kind::IdNo | Kind::Phone | Kind::Number => numbers(&mut needles, kind, written),
            _ => needles.push(kind, written),
        }
    }
    needles.finish()
}

/// By what a value makes its child found; `None` for most.
fn needle(view: &View, key: &str) -> Option<Kind> {
    let (row, column) = key.rsplit_once('/').unwrap_or(("", key));
    let guards = || view.cells.get(&format!("{row}/is_guardian")).and_then(|cell| cell.value.as_yes()) == Some(true);
    Some(match (row.is_empty(), row.starts_with("family/"), column) {
        (true, _, "name") => Kind::Name,
        (true, _, "former_name") => Kind::Former,
        (true, _, "school_name") => Kind::School,
        (true, _, "live_addr" | "hukou_addr") => Kind::Address,
        (true, _, "child_no") => Kind::Number,
        (true, _, "phone_child") | (_, true, "tel") => Kind::Phone,
        (true, _, "id_no") | (_, true, "id_no") => Kind::IdNo,
        (_, true, "name") => {
            if guards() {
                Kind::Guardian
            } else {
                Kind::Family
            }
        }
        _ => return None,
    })
}

/// Numbers as they are looked for: without the signs between their digits.
fn numbers(needles: &mut Needles, kind: Kind, written: &str) {
    match kind {
        Kind::Phone => tel::digits(written).iter().for_each(|number| needles.push(kind, number)),
        Kind::IdNo => needles.push(kind, &id_no::normal(written)),
        _ => needles.push(kind, written),
    }
}
