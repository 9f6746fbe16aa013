//! Visit notes: the list of a child's, and one with its supplements and reviews.

use std::collections::BTreeMap;

use domain::alarm::REPORT_KEYS;
use domain::fault::{Code, Fault};
use domain::form::builtin;
use domain::id::{ChildId, RecordId};
use domain::moment::{Moment, Timestamp};
use dossier::Actor;
use rusqlite::{Params, Row, params};
use serde::{Deserialize, Serialize};

use super::alarms::{self, Alarm, Mark};
use super::card::{self, Card, Coded};
use super::child::Which;
use super::follow::{self, FollowUp};
use super::offer::{Offer, Offers};
use super::page::{self, Section, Sheet};
use super::words::{self, Who};
use super::{child_id, held, in_sight, opened, record_id, rows, seen};
use crate::desk::Desk;
use crate::store::claims;

/// Where a finished note stands.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum Standing {
    /// 已完成
    Finished,
    /// 已阅
    Read,
    /// 退回补充, and nothing was added since.
    Returned,
    /// Returned, and supplemented since.
    Supplemented,
}

/// One note as a list shows it.
#[derive(Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "VisitLine"))]
pub(crate) struct Line {
    pub(crate) record: RecordId,
    pub(crate) child: ChildId,
    /// When the visit was, RFC 3339.
    pub(crate) visit_at: String,
    pub(crate) mode: Coded,
    pub(crate) met: bool,
    pub(crate) next_visit: Option<String>,
    /// How the note begins.
    pub(crate) opening: String,
    /// Who finished it and when.
    pub(crate) who: Who,
    pub(crate) standing: Standing,
    /// Whether it raises an alarm, and whether that was answered.
    pub(crate) alarm: Option<Mark>,
    pub(crate) supplements: u32,
    /// Whether the district has it in its log.
    pub(crate) received: bool,
    /// Who took it over (认领), and when: it was written by somebody who had the child no longer.
    pub(crate) taken: Option<Who>,
    /// What this person may do with it.
    pub(crate) may: Vec<Offer>,
}

/// Columns of a note's line, for every query that lists notes. What answers its alarm reads the note too, and takes back
/// nothing that was asked for when it was sent back.
pub(super) const COLUMNS: &str = "SELECT v.record, v.child, v.at, v.mode, v.met, v.next, v.opening, v.made, v.actor,
    (SELECT count(*) FROM remark_card r WHERE r.about = v.record AND r.form = 'supplement'),
    (SELECT r.verdict FROM remark_card r WHERE r.about = v.record AND r.form = 'review'
        ORDER BY r.answers AND EXISTS (SELECT 1 FROM alarm_card a WHERE a.record = r.about), r.made DESC, r.record DESC LIMIT 1),
    (SELECT r.made FROM remark_card r WHERE r.about = v.record AND r.form = 'review'
        ORDER BY r.answers AND EXISTS (SELECT 1 FROM alarm_card a WHERE a.record = r.about), r.made DESC, r.record DESC LIMIT 1),
    (SELECT max(r.made) FROM remark_card r WHERE r.about = v.record AND r.form = 'supplement'
        AND NOT EXISTS (SELECT 1 FROM follow_said s WHERE s.record = r.record)),
    EXISTS (SELECT 1 FROM item i WHERE i.record = v.record AND i.state = 1), al.danger, al.answered
    FROM visit_card v LEFT JOIN alarm_card al ON al.record = v.record WHERE v.child NOT IN (SELECT child FROM hidden)";

impl Line {
    /// Whether this person is to look at it now: it is finished or was supplemented since it was sent
    /// back, and she reviews it.
    pub(super) fn to_be_read(&self) -> bool {
        matches!(self.standing, Standing::Finished | Standing::Supplemented) && self.may.contains(&Offer::Review)
    }
}

/// The notes of a query of [`COLUMNS`].
pub(super) fn lines(desk: &Desk, m: &Moment, sql: &str, params: impl Params) -> Result<Vec<Line>, Fault> {
    let mut lines = rows(&desk.db, sql, params, |row| line(desk, row))?;
    let offers = Offers::new(desk, m);
    for line in &mut lines {
        line.may = offers.of_note(line.child, line.who.own);
        let decision = claims::taken(&desk.db, line.record)?.filter(|decision| decision.child == Some(line.child));
        line.taken = decision.map(|decision| held::decider(desk, &decision));
    }
    Ok(lines)
}

/// Reads [`COLUMNS`].
fn line(desk: &Desk, row: &Row<'_>) -> rusqlite::Result<Line> {
    let made = Timestamp(row.get(7)?);
    let verdict: Option<String> = row.get(10)?;
    let (reviewed, supplemented): (Option<i64>, Option<i64>) = (row.get(11)?, row.get(12)?);
    let standing = match verdict.as_deref() {
        None => Standing::Finished,
        Some("2") if supplemented > reviewed => Standing::Supplemented,
        Some("2") => Standing::Returned,
        Some(_) => Standing::Read,
    };
    Ok(Line {
        record: record_id(row, 0)?,
        child: child_id(row, 1)?,
        visit_at: row.get(2)?,
        mode: Coded::new("visit_mode", &row.get::<_, String>(3)?),
        met: row.get(4)?,
        next_visit: row.get(5)?,
        opening: row.get(6)?,
        who: words::who(desk, &actor(row, 8)?, made),
        standing,
        supplements: row.get(9)?,
        received: row.get(13)?,
        alarm: Mark::of(row.get(14)?, row.get(15)?),
        taken: None,
        may: Vec::new(),
    })
}

/// An actor as the projections keep it.
pub(super) fn actor(row: &Row<'_>, column: usize) -> rusqlite::Result<Actor> {
    row.get::<_, [u8; 16]>(column).map(Actor::from_bytes)
}

/// Answers `visits.list`: the newest visit first.
pub(crate) fn list(desk: &Desk, m: &Moment, which: Which) -> Result<Vec<Line>, Fault> {
    seen(desk, m, which.child)?;
    let sql = format!("{COLUMNS} AND v.child = ?1 ORDER BY v.at DESC, v.made DESC, v.record");
    lines(desk, m, &sql, params![which.child.as_bytes()])
}

/// How many notes to look back on.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields, rename = "RecentVisits"))]
pub(crate) struct Recent {
    /// At most so many; 50 when left out.
    most: Option<u32>,
}

/// A note with the child's name, where notes of several children stand together.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "NamedVisit"))]
pub(crate) struct Named {
    #[serde(flatten)]
    visit: Line,
    /// The child's name.
    name: String,
}

/// Most notes looked back on, and as many when nobody says.
const RECENT_MAX: u32 = 500;
const RECENT: u32 = 50;

/// Answers `visits.recent`: the notes last finished, the newest first.
pub(crate) fn recent(desk: &Desk, m: &Moment, args: Recent) -> Result<Vec<Named>, Fault> {
    let sql = format!("{COLUMNS} ORDER BY v.made DESC, v.record LIMIT {}", args.most.unwrap_or(RECENT).min(RECENT_MAX));
    let mut named = Vec::new();
    for visit in in_sight(desk, m, lines(desk, m, &sql, [])?, |line| line.child) {
        named.push(with_name(desk, visit)?);
    }
    Ok(named)
}

/// A note with the child's name.
pub(super) fn with_name(desk: &Desk, visit: Line) -> Result<Named, Fault> {
    Ok(Named { name: name_of(desk, visit.child)?, visit })
}

pub(super) fn name_of(desk: &Desk, child: ChildId) -> Result<String, Fault> {
    let sql = "SELECT name FROM child_card WHERE child = ?1";
    let found = rows(&desk.db, sql, params![child.as_bytes()], |row| row.get(0))?;
    Ok(found.into_iter().next().unwrap_or_default())
}

/// Which note.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "WhichVisit"))]
pub(crate) struct Note {
    visit: RecordId,
}

/// One note, whole.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "VisitNote"))]
pub(crate) struct Opened {
    line: Line,
    card: Card,
    sections: Vec<Section>,
    remarks: Vec<Remark>,
    /// What was to be done afterwards, and what became of it.
    follow_ups: Vec<FollowUp>,
    /// The notes of the same visit about other children, for who may see them.
    siblings: Vec<SiblingNote>,
    /// What it raises alarm for, what to do now, and what the station answered.
    alarm: Option<Alarm>,
}

/// The note of the same visit about another child.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct SiblingNote {
    visit: RecordId,
    child: ChildId,
    name: String,
}

/// A supplement or a review of a note.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Remark {
    record: RecordId,
    /// `supplement` or `review`.
    form: String,
    /// Of a review.
    verdict: Option<Coded>,
    text: String,
    who: Who,
}

/// Answers `visit.open`.
pub(crate) fn open(desk: &Desk, m: &Moment, note: Note) -> Result<Opened, Fault> {
    let (found, child) = opened(desk, m, note.visit, "visit")?;
    let form = builtin("visit").ok_or(Code::Bug)?;
    let view = found.doc.view(form);
    let none = BTreeMap::new();
    let sheet = Sheet { form, record: Some(note.visit), view: &view, computed: &none };
    let mut sections = page::sections(desk, &[sheet]);
    let author = view.cells.values().flat_map(|cell| &cell.said).next().map(|said| said.actor);
    if author.is_none_or(|author| !alarms::hears_of_reports(desk, m, child, &author)) {
        sections.iter_mut().for_each(|section| section.keep(|key| !REPORT_KEYS.contains(&key)));
    }
    let sql = format!("{COLUMNS} AND v.record = ?1");
    let found_lines = lines(desk, m, &sql, params![note.visit.as_bytes()])?;
    Ok(Opened {
        line: found_lines.into_iter().next().ok_or(Code::NotFound)?,
        card: card::one(desk, m, child)?.ok_or(Code::NotFound)?,
        sections,
        remarks: remarks(desk, note.visit)?,
        follow_ups: follow::of_note(desk, m, note.visit)?,
        siblings: siblings(desk, m, note.visit)?,
        alarm: alarms::of(desk, m, note.visit)?,
    })
}

/// Notes finished in the same act: one author's session, one moment.
fn siblings(desk: &Desk, m: &Moment, visit: RecordId) -> Result<Vec<SiblingNote>, Fault> {
    let sql = "SELECT o.record, o.child FROM visit_card v JOIN visit_card o
        ON o.made = v.made AND o.actor = v.actor AND o.child <> v.child
        WHERE v.record = ?1 AND o.child NOT IN (SELECT child FROM hidden) ORDER BY o.record";
    let found = rows(&desk.db, sql, params![visit.as_bytes()], |row| Ok((record_id(row, 0)?, child_id(row, 1)?)))?;
    let mut notes = Vec::new();
    for (visit, child) in found {
        if seen(desk, m, child).is_ok() {
            notes.push(SiblingNote { visit, child, name: name_of(desk, child)? });
        }
    }
    Ok(notes)
}

fn remarks(desk: &Desk, visit: RecordId) -> Result<Vec<Remark>, Fault> {
    let sql = "SELECT record, form, verdict, text, made, actor FROM remark_card WHERE about = ?1 ORDER BY made, record";
    rows(&desk.db, sql, params![visit.as_bytes()], |row| {
        let verdict: Option<String> = row.get(2)?;
        Ok(Remark {
            record: record_id(row, 0)?,
            form: row.get(1)?,
            verdict: verdict.map(|code| Coded::new("review_verdict", &code)),
            text: row.get(3)?,
            who: words::who(desk, &actor(row, 5)?, Timestamp(row.get(4)?)),
        })
    })
}
