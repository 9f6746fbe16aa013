//! 日终合并: who has handed in, what is new, what differs, and the sum, computed from what is here.

mod computers;

use std::collections::BTreeSet;

use domain::check::time;
use domain::day;
use domain::fault::Fault;
use domain::id::{ChildId, DeviceId, PersonId, RecordId};
use domain::moment::{Moment, Timestamp};
use domain::words::Words;
use rusqlite::params;
use serde::{Deserialize, Serialize};
use sync::envelope::Envelope;

use super::alarms::{self, Alarm};
use super::card;
use super::child::{self, Which};
use super::differ::{self, Differing, Settled};
use super::me::Nothing;
use super::visit::{self, Line, Named};
use super::words::{self, Tongue};
use super::{child_id, in_sight, rows};
use crate::desk::Desk;

use computers::Director;
pub(super) use computers::contacts;

/// Which day; today when left out.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields, rename = "WhichDay"))]
pub(crate) struct Day {
    day: Option<day::Day>,
}

/// A day's end.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Dayend {
    day: day::Day,
    /// 告急: what the station has not answered yet, of all days.
    alarms: Vec<Alarm>,
    /// How many there are.
    alarms_total: usize,
    sum: Sum,
    /// A line a director and computer; of others who work here the computers that ask for something.
    directors: Vec<Director>,
    /// Notes finished that day.
    visits: Vec<Named>,
    /// Visits to one child by different people within two hours: possibly one visit, written twice.
    together: Vec<Together>,
    /// What changed that day in files, child by child.
    files: Vec<File>,
    /// Of the new files, those an import began: “导入 n 份”.
    imported: usize,
    differing: Vec<Differing>,
    /// What was settled that day and still stands, the newest first.
    settled: Vec<Settled>,
}

/// The figures of a day's end.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Sum {
    directors: usize,
    /// As of when all of this is: the last exchange with the district that ended well.
    as_of: Option<Timestamp>,
    /// Visits of that day known here.
    visits: usize,
    /// Of those, in the district's log. What stands on a computer that was not in touch since nobody here can
    /// know: the computers are named.
    received: usize,
    /// Of those, written here and not yet in the log.
    waiting: usize,
    /// Numbers missing in the chains of that day.
    missing: usize,
    /// Values two people wrote differently.
    to_decide: usize,
    /// Items kept aside that wait to be claimed, of all days.
    held: usize,
    /// Computers that were not in touch since they may have been worked on.
    no_contact: usize,
    /// When the one that was in touch the longest ago was: what was written on it since, nobody here can know.
    earliest: Option<Timestamp>,
    /// Directors who have no computer that works: what they did is not in any of these figures.
    without: Vec<String>,
    /// The district did not work with this program on that day yet.
    before: bool,
    /// 都核对完了: every computer was in touch on that day, of an earlier day after it; all that was handed in by then is
    /// here, and nothing is left to settle. It speaks as of `earliest`.
    complete: bool,
    /// “截至 16:03，131 位主任，今日收到走访 412 次，缺 0，待核对 3”
    sentence: Words,
}

/// What changed in one file that day.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "FileChanged"))]
pub(crate) struct File {
    child: ChildId,
    name: String,
    /// Begun that day.
    new: bool,
    /// What changed; empty of a new file, where all did: a ledger brings hundreds at once.
    lines: Vec<child::Line>,
}

/// Two visits that may be one.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Together {
    child: ChildId,
    visits: [RecordId; 2],
}

/// Answers `dayend`.
pub(crate) fn dayend(desk: &Desk, m: &Moment, args: Day) -> Result<Dayend, Fault> {
    let today = desk.today(m);
    let day = args.day.unwrap_or(today);
    let visits = visits(desk, m, day)?;
    let Changed { files, imported, authors, settled } = changed(desk, m, day)?;
    let mut wrote = remarkers(desk, day)?;
    wrote.extend(authors.into_iter().chain(visits.iter().filter_map(|visit| visit.who.device_id)));
    let directors = computers::lines(desk, m, day, &visits, &wrote)?;
    let differing = differ::list(desk, m, Nothing {})?;
    let (alarms, alarms_total) = alarms::list_open(desk, m)?;
    let sum = sum(desk, (day, today), &visits, &directors, (differing.len(), alarms_total))?;
    let together = together(&visits);
    let visits = visits.into_iter().map(|visit| visit::with_name(desk, visit)).collect::<Result<_, _>>()?;
    Ok(Dayend { day, alarms, alarms_total, sum, directors, visits, together, files, imported, differing, settled })
}

fn sum(
    desk: &Desk,
    (day, today): (day::Day, day::Day),
    visits: &[Line],
    lines: &[Director],
    (to_decide, alarms): (usize, usize),
) -> Result<Sum, Fault> {
    let people: BTreeSet<PersonId> = lines.iter().filter(|line| line.is_director()).map(Director::person).collect();
    let received = visits.iter().filter(|visit| visit.received).count();
    let as_of = desk.standing.synced;
    let before = begun(desk)?.is_none_or(|begun| day < begun);
    let no_contact = lines.iter().filter(|line| line.is_computer_out_of_touch()).count();
    let settled = alarms == 0 && to_decide == 0 && received == visits.len() && !lines.iter().any(Director::asks);
    let mut sum = Sum {
        directors: people.len(),
        as_of,
        visits: visits.len(),
        received,
        waiting: visits.len() - received,
        missing: lines.iter().map(Director::missing).sum(),
        to_decide,
        held: lines.iter().map(Director::held).sum(),
        no_contact,
        earliest: lines.iter().filter_map(Director::last_contact).min(),
        without: lines.iter().filter(|line| line.has_no_computer()).map(|line| line.name().to_owned()).collect(),
        before,
        complete: settled && no_contact == 0 && !before && as_of.is_some_and(|at| day::Day::of(at) >= day),
        sentence: Words::new("", ""),
    };
    sum.sentence = Tongue::both(|tongue| sum.say(tongue, day, today));
    Ok(sum)
}

impl Sum {
    fn say(&self, tongue: Tongue, day: day::Day, today: day::Day) -> String {
        let as_of = self.as_of.map(|at| words::clock(at, today));
        let when = if day == today {
            tongue.of("今日", "today").to_owned()
        } else {
            match tongue {
                Tongue::Chinese => format!("{day} "),
                Tongue::English => format!("on {day}"),
            }
        };
        let Self { directors, received, missing, to_decide, held, no_contact, .. } = self;
        let (mut said, comma) = match (tongue, as_of) {
            (Tongue::Chinese, Some(at)) => (
                format!(
                    "截至 {at}，{directors} 位主任，{when}收到走访 {received} 次，缺 {missing}，待核对 {to_decide}"
                ),
                "，",
            ),
            (Tongue::Chinese, None) => return "还没有同步过，不知道各台电脑交了什么。请点“立即同步”。".to_owned(),
            (Tongue::English, Some(at)) => (
                format!(
                    "As of {at}: {directors} directors, {received} visits received {when}, {missing} missing, {to_decide} to settle"
                ),
                ", ",
            ),
            (Tongue::English, None) => {
                return "Not synced yet: what was handed in is not known. Press “Sync now”.".to_owned();
            }
        };
        for (count, words) in [
            (held, (format!("待认领 {held}"), format!("{held} to claim"))),
            (no_contact, (format!("{no_contact} 台电脑没有联系"), format!("{no_contact} computers not in touch"))),
        ] {
            if *count > 0 {
                said.push_str(comma);
                said.push_str(tongue.of(&*words.0, &*words.1));
            }
        }
        said
    }
}

/// The first day of the district, by the oldest row of its roster here.
fn begun(desk: &Desk) -> Result<Option<day::Day>, Fault> {
    let sql = "SELECT e.head FROM item i JOIN envelope e ON e.no = i.envelope
        WHERE i.kind = 2 AND i.position IS NOT NULL ORDER BY i.position LIMIT 1";
    let heads = rows(&desk.db, sql, [], |row| row.get::<_, Vec<u8>>(0))?;
    Ok(heads.first().and_then(|head| Envelope::decode(head).ok()).map(|envelope| day::Day::of(envelope.at)))
}

/// The computers on which something beside notes was written that day: supplements, reviews, assessments, and
/// half notes that were kept.
fn remarkers(desk: &Desk, day: day::Day) -> Result<BTreeSet<DeviceId>, Fault> {
    let sql = "SELECT DISTINCT actor FROM remark_card WHERE made >= ?1 AND made < ?2";
    let actors = rows(&desk.db, sql, params![day.start().0, day.plus(1).start().0], |row| visit::actor(row, 0))?;
    Ok(actors.iter().filter_map(|actor| desk.sayer(actor).device).collect())
}

fn visits(desk: &Desk, m: &Moment, day: day::Day) -> Result<Vec<Line>, Fault> {
    let sql = format!("{} AND v.made >= ?1 AND v.made < ?2 ORDER BY v.made, v.record", visit::COLUMNS);
    let span = params![day.start().0, day.plus(1).start().0];
    Ok(in_sight(desk, m, visit::lines(desk, m, &sql, span)?, |line| line.child))
}

/// Further apart than this, two visits are two visits.
const TOGETHER_S: i64 = 2 * 3600;

/// Visits to the same child at nearly the same time by different people.
fn together(visits: &[Line]) -> Vec<Together> {
    let at = |line: &Line| time::read(&line.visit_at).ok();
    let one = |a: &Line, b: &Line| {
        a.child == b.child
            && a.who.person != b.who.person
            && at(a).zip(at(b)).is_some_and(|(a, b)| a.since_s(b).abs() <= TOGETHER_S)
    };
    let pairs = visits.iter().enumerate().flat_map(|(n, a)| visits[n + 1..].iter().map(move |b| (a, b)));
    let pairs = pairs.filter(|(a, b)| one(a, b));
    pairs.map(|(a, b)| Together { child: a.child, visits: [a.record, b.record] }).collect()
}

/// What was done in files on a day.
#[derive(Default)]
struct Changed {
    files: Vec<File>,
    /// How many an import began.
    imported: usize,
    /// On which computers.
    authors: BTreeSet<DeviceId>,
    settled: Vec<Settled>,
}

fn changed(desk: &Desk, m: &Moment, day: day::Day) -> Result<Changed, Fault> {
    let (from, until) = (day.start(), day.plus(1).start());
    let sql =
        "SELECT child, max(begun >= ?1 AND form = 'child'), max(changed > begun) FROM file_card WHERE changed >= ?1
        AND child NOT IN (SELECT child FROM hidden) GROUP BY child HAVING min(begun) < ?2 ORDER BY child";
    let found = rows(&desk.db, sql, params![from.0, until.0], |row| {
        Ok((child_id(row, 0)?, row.get::<_, bool>(1)?, row.get::<_, bool>(2)?))
    })?;
    let mut out = Changed::default();
    for (child, new, since) in found {
        let Some(card) = card::one(desk, m, child)? else { continue };
        let mut lines = Vec::new();
        if new {
            let authors = authors_of(desk, child)?;
            out.imported += usize::from(authors.contains(&desk.me.server));
            out.authors.extend(authors);
        } else {
            lines = child::history(desk, m, Which { child })?;
            lines.retain(|line| from <= line.at() && line.at() < until);
            out.authors.extend(lines.iter().filter_map(child::Line::device));
        }
        // A file nobody wrote in again has nothing to choose from: a ledger brings hundreds at once.
        if !new || since {
            out.settled.extend(differ::settled(desk, m, child, (from, until))?);
        }
        if new || !lines.is_empty() {
            out.files.push(File { child, name: card.name, new, lines });
        }
    }
    out.settled.sort_by_key(|one| std::cmp::Reverse(one.at()));
    Ok(out)
}

/// On which computers a child's file was written; an import writes it on the district's server.
fn authors_of(desk: &Desk, child: ChildId) -> Result<BTreeSet<DeviceId>, Fault> {
    let sql = "SELECT DISTINCT envelope.device FROM item JOIN envelope ON envelope.no = item.envelope
        WHERE item.child = ?1 AND item.form = 'child'";
    let authors = rows(&desk.db, sql, params![child.as_bytes()], |row| row.get(0).map(DeviceId::new))?;
    Ok(authors.into_iter().collect())
}

#[cfg(test)]
mod tests;
