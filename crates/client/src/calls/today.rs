//! 今天: who to visit, what came back, what differs, what waits.

use std::cmp::Reverse;

use domain::day::Day;
use domain::due::State;
use domain::fault::Fault;
use domain::moment::Moment;
use domain::rights::{Verb, role_may};
use serde::Serialize;

use super::card::{self, Card};
use super::differ::{self, Differing};
use super::me::Nothing;
use super::rows;
use super::visit::{self, Line, Standing};
use crate::desk::Desk;
use crate::draft;

/// The day's first page.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Today {
    /// 逾期, the longest first.
    overdue: Vec<Card>,
    /// 今天应访
    due: Vec<Card>,
    /// 将到期
    coming: Vec<Card>,
    /// Not met several times in a row: think of the risk level.
    unmet: Vec<Card>,
    /// Notes sent back to be supplemented, and those supplemented since.
    returned: Vec<Returned>,
    /// Notes the day's end still offers this person to look at, of the last days; 0 for who reviews none.
    unread: u32,
    /// The oldest day's end that offers one.
    unread_since: Option<Day>,
    differing: Vec<Differing>,
    drafts: usize,
    /// Items still to be sent.
    waiting: u32,
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
    let limit = u32::from(crate::project::frequency(&desk.roster).unmet);
    for card in card::all(desk, m)? {
        if card.unmet >= limit {
            unmet.push(card.clone());
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
    let unread = unread(desk, m)?;
    Ok(Today {
        overdue,
        due,
        coming,
        unmet,
        returned: returned(desk, m)?,
        unread: u32::try_from(unread.len()).unwrap_or(u32::MAX),
        unread_since: unread.first().map(|line| Day::of(line.who.at)),
        differing: differ::list(desk, m, Nothing {})?,
        drafts: draft::all(&desk.db)?.len(),
        waiting: u32::try_from(desk.ladder()?.saved).unwrap_or(u32::MAX),
    })
}

fn returned(desk: &Desk, m: &Moment) -> Result<Vec<Returned>, Fault> {
    let sql = format!(
        "{} AND v.record IN (SELECT about FROM remark_card WHERE form = 'review' AND verdict = '2')
         ORDER BY v.at DESC, v.record",
        visit::COLUMNS
    );
    let mut lines = rows(&desk.db, &sql, [], |row| visit::line(desk, row))?;
    lines.retain(|line| matches!(line.standing, Standing::Returned | Standing::Supplemented));
    let mut back = Vec::with_capacity(lines.len());
    for visit in lines {
        let name = card::one(desk, m, visit.child)?.map(|card| card.name).unwrap_or_default();
        back.push(Returned { name, asked: asked(desk, &visit)?, visit });
    }
    Ok(back)
}

/// The words of the newest review of a note.
fn asked(desk: &Desk, visit: &Line) -> Result<String, Fault> {
    let sql =
        "SELECT text FROM remark_card WHERE about = ?1 AND form = 'review' ORDER BY made DESC, record DESC LIMIT 1";
    let found = rows(&desk.db, sql, [visit.record.as_bytes()], |row| row.get(0))?;
    Ok(found.into_iter().next().unwrap_or_default())
}

/// The notes a day's end shows this person to be marked, the oldest first.
fn unread(desk: &Desk, m: &Moment) -> Result<Vec<Line>, Fault> {
    let mut posts = desk.roster.posts_on(desk.me.device(), desk.today(m));
    if !posts.any(|(_, post)| role_may(post.role, Verb::Create, "review")) {
        return Ok(Vec::new());
    }
    let sql = format!("{} AND v.made >= ?1 AND {} ORDER BY v.made, v.record", visit::COLUMNS, visit::NOT_READ);
    let from = desk.today(m).plus(-UNREAD_DAYS).start().0;
    let mut lines = rows(&desk.db, &sql, [from], |row| visit::line(desk, row))?;
    lines.retain(|line| line.to_be_read() && desk.may(m, Verb::Create, "review", line.child));
    Ok(lines)
}

/// A note nobody looked at for so long is history.
const UNREAD_DAYS: i32 = 30;
