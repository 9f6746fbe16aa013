//! 告急: what nobody may leave lying, and the station's answer to it. Which record raises an alarm, and what
//! answers it, [`domain::alarm`] says; here it is asked who is told what.

use std::collections::BTreeMap;

use domain::alarm::{self, Cause};
use domain::fault::{Code, Fault};
use domain::finding::{Finding, may_finish};
use domain::id::{ChildId, RecordId};
use domain::moment::{Moment, Timestamp};
use domain::rights::Verb;
use domain::roster::NOW;
use domain::value::{Key, Value};
use domain::words::Words;
use dossier::Actor;
use rusqlite::{Params, params};
use serde::{Deserialize, Serialize};

use super::note::{self, event};
use super::visit::actor;
use super::words::{self, Who};
use super::{Acted, child_id, in_sight, record_id, rows};
use crate::desk::Desk;
use crate::project;
use crate::write::Act;

/// One record that raises an alarm.
#[derive(Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Alarm {
    record: RecordId,
    /// `visit` or `assessment`.
    form: String,
    child: ChildId,
    /// The child's name.
    name: String,
    /// False where it is only a question (建议升).
    danger: bool,
    /// Why, as far as this person is told.
    causes: Vec<Words>,
    /// What to do now.
    what_to_do: Vec<Words>,
    /// How the note begins; the assessment's reason.
    opening: String,
    /// Who wrote it and when.
    who: Who,
    /// What the station answered; the first of several.
    answer: Option<Answer>,
    /// Whether this person may answer now.
    may_answer: bool,
}

impl Alarm {
    pub(super) const fn child(&self) -> ChildId {
        self.child
    }

    /// Whether nobody answered yet.
    pub(super) const fn waits(&self) -> bool {
        self.answer.is_none()
    }
}

/// A station's answer.
#[derive(Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "AlarmAnswer"))]
pub(crate) struct Answer {
    text: String,
    who: Who,
}

/// How an alarm stands to be seen in a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "AlarmMark"))]
pub(crate) enum Mark {
    /// 危险, nobody answered yet.
    Danger,
    /// 建议升, nobody answered yet.
    Question,
    /// Danger, answered: it stays red where the note is read.
    AnsweredDanger,
    /// A suggestion, answered.
    AnsweredQuestion,
}

impl Mark {
    /// Of the columns `danger` and `answered` of a row; `None` without one.
    pub(super) const fn of(danger: Option<bool>, answered: Option<bool>) -> Option<Self> {
        match (danger, answered) {
            (Some(true), Some(false)) => Some(Self::Danger),
            (Some(false), Some(false)) => Some(Self::Question),
            (Some(true), Some(true)) => Some(Self::AnsweredDanger),
            (Some(false), Some(true)) => Some(Self::AnsweredQuestion),
            (None, _) | (_, None) => None,
        }
    }
}

const COLUMNS: &str = "SELECT a.record, a.form, a.child, c.name, a.danger, a.causes, a.made, a.actor, a.answered,
    coalesce((SELECT v.opening FROM visit_card v WHERE v.record = a.record),
        (SELECT r.text FROM remark_card r WHERE r.record = a.record), '')
    FROM alarm_card a JOIN child_card c ON c.child = a.child WHERE a.child NOT IN (SELECT child FROM hidden)";

/// So many are told one by one; answered, the next come up.
const TOLD: usize = 20;

/// The first of the alarms nobody answered yet, of the children this person sees, and how many there are: danger
/// first, the longest waiting first.
pub(super) fn list_open(desk: &Desk, m: &Moment) -> Result<(Vec<Alarm>, usize), Fault> {
    let sql = format!("{COLUMNS} AND a.answered = 0 ORDER BY a.danger DESC, a.made, a.record");
    let mut all = read(desk, m, &sql, [])?;
    let total = all.len();
    all.truncate(TOLD);
    Ok((all, total))
}

/// The alarms of one child that nobody answered yet, in the same order.
pub(super) fn list_open_of(desk: &Desk, m: &Moment, child: ChildId) -> Result<Vec<Alarm>, Fault> {
    let sql = format!("{COLUMNS} AND a.child = ?1 AND a.answered = 0 ORDER BY a.danger DESC, a.made, a.record");
    read(desk, m, &sql, params![child.as_bytes()])
}

/// The alarm a record raises, answered or not.
pub(super) fn of(desk: &Desk, m: &Moment, record: RecordId) -> Result<Option<Alarm>, Fault> {
    let sql = format!("{COLUMNS} AND a.record = ?1");
    Ok(read(desk, m, &sql, params![record.as_bytes()])?.into_iter().next())
}

fn read(desk: &Desk, m: &Moment, sql: &str, params: impl Params) -> Result<Vec<Alarm>, Fault> {
    let found = rows(&desk.db, sql, params, |row| {
        let (child, by) = (child_id(row, 2)?, actor(row, 7)?);
        let causes = project::causes(&row.get::<_, String>(5)?);
        let told = alarm::tell_causes(causes, hears_of_reports(desk, m, child, &by));
        let answered: bool = row.get(8)?;
        let alarm = Alarm {
            record: record_id(row, 0)?,
            form: row.get(1)?,
            child,
            name: row.get(3)?,
            danger: row.get(4)?,
            causes: told.iter().map(Cause::words).collect(),
            what_to_do: alarm::what_to_do(&told),
            opening: row.get(9)?,
            who: words::who(desk, &by, Timestamp(row.get(6)?)),
            answer: None,
            may_answer: !answered && desk.may(m, Verb::Create, "review", child),
        };
        Ok((alarm, answered))
    })?;
    let alarms = in_sight(desk, m, found, |(alarm, _)| alarm.child);
    let whole = |(alarm, answered): (Alarm, bool)| {
        let answer = if answered { answer_of(desk, alarm.record)? } else { None };
        Ok(Alarm { answer, ..alarm })
    };
    alarms.into_iter().map(whole).collect()
}

fn answer_of(desk: &Desk, record: RecordId) -> Result<Option<Answer>, Fault> {
    let sql = "SELECT text, actor, made FROM remark_card WHERE about = ?1 AND answers = 1
        ORDER BY made, record LIMIT 1";
    let found = rows(&desk.db, sql, params![record.as_bytes()], |row| {
        let who = words::who(desk, &actor(row, 1)?, Timestamp(row.get(2)?));
        Ok(Answer { text: row.get(0)?, who })
    })?;
    Ok(found.into_iter().next())
}

/// Whether this person is told that a mandatory report was made: its author, station and centre.
pub(super) fn hears_of_reports(desk: &Desk, m: &Moment, child: ChildId, author: &Actor) -> bool {
    let device = desk.sayer(author).device.and_then(|id| desk.roster.devices.get(&id));
    if author.is_of(desk.me.device()) || device.is_some_and(|device| device.person == desk.me.person) {
        return true;
    }
    let mut posts = desk.roster.posts_on(desk.me.device(), desk.today(m));
    posts.any(|(id, post)| alarm::hears_of_reports(post.role) && desk.roster.reaches(id, post, child, NOW))
}

/// An answer to an alarm.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields, rename = "AnswerAlarm"))]
pub(crate) struct Reply {
    /// The note or the assessment that raises it.
    record: RecordId,
    /// What the station does.
    text: String,
    /// Its draft; it goes when the answer is written.
    draft: Option<RecordId>,
}

/// The review written, or what stands in the way.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Answered {
    review: Option<RecordId>,
    findings: Vec<Finding>,
}

/// Does `alarm.answer`: 已阅 with a sentence.
pub(crate) fn answer(desk: &mut Desk, m: &mut Moment, reply: Reply) -> Acted<Answered> {
    let alarm = of(desk, m, reply.record)?.ok_or(Code::NotFound)?;
    let note = BTreeMap::from([("note".to_owned(), Value::text(reply.text.trim()))]);
    let values = as_read(&note, reply.record);
    let findings = domain::visit::check_review(&values, true);
    if !may_finish(&findings) {
        return Ok((Answered { review: None, findings }, Vec::new()));
    }
    let review = RecordId::new(m.uuid());
    let mut acts = vec![event(review, "review", alarm.child, &values)];
    acts.extend(reply.draft.map(Act::Done));
    let touched = desk.commit(m, acts)?;
    Ok((Answered { review: Some(review), findings }, touched))
}

/// An answer is 已阅 with a sentence.
fn as_read(values: &BTreeMap<Key, Value>, about: RecordId) -> BTreeMap<Key, Value> {
    let mut values = note::remark_values(values, Some(about));
    values.insert("verdict".to_owned(), Value::text("1"));
    values
}

/// What the rules say about an answer as it stands.
pub(super) fn check_answer(values: &BTreeMap<Key, Value>, about: RecordId) -> Vec<Finding> {
    domain::visit::check_review(&as_read(values, about), true)
}

/// The marks of a child's card: the gravest alarm nobody answered.
pub(super) const fn of_card(danger: Option<bool>) -> Option<Mark> {
    Mark::of(danger, Some(false))
}

#[cfg(test)]
mod tests;
