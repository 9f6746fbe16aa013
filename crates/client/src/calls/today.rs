//! 今天: who to visit, what came back, what differs, what waits.

use std::cmp::Reverse;

use domain::day::Day;
use domain::due::{self, State};
use domain::fault::Fault;
use domain::id::ChildId;
use domain::moment::{Moment, Timestamp};
use domain::rights::{Verb, role_may};
use serde::Serialize;

use super::alarms::{self, Alarm};
use super::card::{self, Card};
use super::departed::{self, Departed};
use super::differ::{self, Differing};
use super::follow::{self, FollowUp};
use super::me::Nothing;
use super::unassigned::{self, Unassigned};
use super::visit::{self, Line, Standing};
use super::{child_id, in_sight, rows};
use crate::desk::Desk;
use crate::draft;

/// The day's first page.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Today {
    /// 告急: what the station has not answered yet.
    alarms: Vec<Alarm>,
    /// How many there are.
    alarms_total: usize,
    /// 逾期, the longest first.
    overdue: Vec<Card>,
    /// 今天应访
    due: Vec<Card>,
    /// 将到期
    coming: Vec<Card>,
    /// Not met several times in a row: think of the risk level.
    unmet: Vec<Card>,
    /// 没有负责人, the first of them; none for who looks after her own children only.
    unassigned: Vec<Unassigned>,
    /// How many there are.
    unassigned_total: usize,
    /// Children that left and of whom nobody has read it yet.
    departed: Vec<Departed>,
    /// Notes sent back to be supplemented, and those supplemented since.
    returned: Vec<Returned>,
    /// Notes the day's end still offers this person to look at, of the last days; 0 for who reviews none.
    unread: u32,
    /// The oldest day's end that offers one.
    unread_since: Option<Day>,
    /// What visits left to be done, the first of it.
    follow_ups: Vec<FollowUp>,
    /// How much there is.
    follow_ups_total: usize,
    /// Open files without a level of risk; 0 for who assesses none.
    unassessed: usize,
    /// A coming day on which more are due than anybody visits in a day.
    crowded: Option<Crowded>,
    differing: Vec<Differing>,
    drafts: usize,
    /// Items still to be sent.
    waiting: u32,
}

/// A day with many visits.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Crowded {
    day: Day,
    children: usize,
}

/// A note a station sent back.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Returned {
    #[serde(flatten)]
    visit: Line,
    /// The child's name.
    name: String,
    /// What the station wants to know.
    asked: String,
}

/// Answers `today`.
pub(crate) fn today(desk: &Desk, m: &Moment, _: Nothing) -> Result<Today, Fault> {
    let (mut overdue, mut due, mut coming, mut unmet) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (nobodys, mut without) = (unassigned::all(desk, m), Vec::new());
    let limit = u32::from(crate::project::frequency(&desk.roster).unmet);
    let mut cards = card::all(desk, m)?;
    cards.retain(|card| card.closed.is_none());
    let unassessed = cards.iter().filter(|card| card.risk.is_none()).count();
    let crowded = crowded_day(&cards, desk.today(m));
    for card in cards {
        if card.unmet >= limit {
            unmet.push(card.clone());
        }
        if nobodys.contains(&card.child) {
            without.push(card.clone());
        }
        match card.due {
            Some(State::Overdue { .. }) => overdue.push(card),
            Some(State::Today) => due.push(card),
            Some(State::Coming { .. }) => coming.push(card),
            Some(State::Later { .. }) | None => {}
        }
    }
    for list in [&mut overdue, &mut due, &mut coming] {
        list.sort_by_cached_key(|c| (c.next_due, Reverse(c.risk.as_ref().map(|r| r.code.clone())), c.sorted.clone()));
    }
    let returned = returned(desk, m)?;
    let (unread, since) = unread(desk, m, &returned)?;
    let mut follow_ups = follow::open(desk, m)?;
    let follow_ups_total = follow_ups.len();
    follow_ups.truncate(FOLLOW_UPS_MAX);
    let (alarms, alarms_total) = alarms::list_open(desk, m)?;
    Ok(Today {
        alarms,
        alarms_total,
        unassessed: if makes(desk, m, "assessment") { unassessed } else { 0 },
        crowded,
        overdue,
        due,
        coming,
        unmet,
        unassigned_total: without.len(),
        unassigned: unassigned::told(desk, m, without)?,
        departed: departed::list(desk, m)?,
        returned,
        unread,
        unread_since: since.map(Day::of),
        follow_ups,
        follow_ups_total,
        differing: differ::list(desk, m, Nothing {})?,
        drafts: draft::all(&desk.db)?.len(),
        waiting: u32::try_from(desk.ladder()?.saved).unwrap_or(u32::MAX),
    })
}

/// Whether this person makes records of a form at all.
fn makes(desk: &Desk, m: &Moment, form: &str) -> bool {
    let mut posts = desk.roster.posts_on(desk.me.device(), desk.today(m));
    posts.any(|(_, post)| role_may(post.role, Verb::Create, form))
}

/// So far ahead a crowded day is told.
const CROWD_DAYS: i32 = 45;

fn crowded_day(cards: &[Card], today: Day) -> Option<Crowded> {
    let due = cards.iter().filter_map(|card| card.next_due);
    let (day, children) = due::crowded_day(due.filter(|day| *day >= today && *day <= today.plus(CROWD_DAYS)))?;
    Some(Crowded { day, children })
}

fn returned(desk: &Desk, m: &Moment) -> Result<Vec<Returned>, Fault> {
    let sql = format!(
        "{} AND v.record IN (SELECT about FROM remark_card WHERE form = 'review' AND verdict = '2')
         ORDER BY v.at DESC, v.record",
        visit::COLUMNS
    );
    let mut lines = in_sight(desk, m, visit::lines(desk, m, &sql, [])?, |line| line.child);
    lines.retain(|line| matches!(line.standing, Standing::Returned | Standing::Supplemented));
    let mut back = Vec::with_capacity(lines.len());
    for visit in lines {
        let name = card::one(desk, m, visit.child)?.map(|card| card.name).unwrap_or_default();
        back.push(Returned { name, asked: asked(desk, &visit)?, visit });
    }
    Ok(back)
}

/// The words with which a note was sent back last.
fn asked(desk: &Desk, visit: &Line) -> Result<String, Fault> {
    let sql = "SELECT text FROM remark_card WHERE about = ?1 AND form = 'review' AND verdict = '2'
        ORDER BY made DESC, record DESC LIMIT 1";
    let found = rows(&desk.db, sql, [visit.record.as_bytes()], |row| row.get(0))?;
    Ok(found.into_iter().next().unwrap_or_default())
}

/// How many notes a day's end shows this person to be marked, and when the oldest was finished:
/// those never reviewed, counted where they lie, and those supplemented since they were sent back.
fn unread(desk: &Desk, m: &Moment, returned: &[Returned]) -> Result<(u32, Option<Timestamp>), Fault> {
    if !makes(desk, m, "review") {
        return Ok((0, None));
    }
    let from = desk.today(m).plus(-UNREAD_DAYS).start();
    let fresh = rows(&desk.db, FRESH, [from.0], |row| {
        let (count, oldest) = (row.get::<_, u32>(2)?, Timestamp(row.get(3)?));
        Ok((child_id(row, 0)?, visit::actor(row, 1)?, count, oldest))
    })?;
    let mut all: Vec<(ChildId, u32, Timestamp)> = fresh
        .into_iter()
        .filter(|(_, actor, ..)| !actor.is_of(desk.me.device()))
        .map(|(child, _, count, oldest)| (child, count, oldest))
        .collect();
    let again = returned.iter().map(|one| &one.visit).filter(|line| line.to_be_read() && line.who.at >= from);
    all.extend(again.map(|line| (line.child, 1, line.who.at)));
    all.retain(|(child, ..)| desk.may(m, Verb::Create, "review", *child));
    Ok((all.iter().map(|(_, count, _)| count).sum(), all.iter().map(|(_, _, oldest)| *oldest).min()))
}

/// Notes nobody has reviewed, by child and who wrote them.
const FRESH: &str = "SELECT v.child, v.actor, count(*), min(v.made) FROM visit_card v
    WHERE v.made >= ?1 AND v.child NOT IN (SELECT child FROM hidden)
    AND NOT EXISTS (SELECT 1 FROM remark_card r WHERE r.about = v.record AND r.form = 'review')
    GROUP BY v.child, v.actor";

/// Follow-ups shown at once; the rest is counted.
const FOLLOW_UPS_MAX: usize = 10;

/// A note nobody looked at for so long is history.
const UNREAD_DAYS: i32 = 30;

#[cfg(test)]
mod tests;
