//! 日终合并: who has handed in, what is new, what differs, and the sum, computed from what is here.

use std::collections::{BTreeMap, BTreeSet};

use domain::area::Area;
use domain::check::time;
use domain::day;
use domain::fault::Fault;
use domain::id::{ChildId, DeviceId, PersonId, RecordId};
use domain::moment::{Moment, Timestamp};
use domain::post::Role;
use domain::roster::Post;
use domain::words::Words;
use rusqlite::params;
use serde::{Deserialize, Serialize};
use sync::envelope::Envelope;

use super::alarms::{self, Alarm};
use super::card;
use super::child::{self, Which};
use super::differ::{self, Differing};
use super::me::Nothing;
use super::visit::{self, Line, Named};
use super::{child_id, rows};
use crate::desk::Desk;
use crate::store::Stop;
use crate::store::chains::{self, Gap};
use crate::store::claims::{self, Stands};

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
    /// A line a director and device.
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
}

/// The figures of a day's end.
#[derive(Serialize, Default)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Sum {
    directors: usize,
    /// Visits made that day, as far as known here.
    visits: usize,
    /// Of those, in the district's log.
    received: usize,
    /// Numbers missing in the chains of that day.
    missing: usize,
    /// Values two people wrote differently.
    to_decide: usize,
    /// Items kept aside that wait to be claimed, of all days.
    held: usize,
    /// “131 位主任，今日 412 次走访，收到 412，缺 0，待核对 3”
    sentence: String,
}

/// A director and one of her devices; or somebody else who works or worked here, of whose work
/// something is to be done.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Director {
    person: PersonId,
    name: String,
    /// What she is or was, where she is no director here today.
    other: Option<Other>,
    unit: String,
    area: Option<Area>,
    /// `None` for a director without a device.
    device: Option<DeviceId>,
    label: String,
    /// Signed time of the newest envelope here, or when the server last kept something of it aside.
    last_contact: Option<Timestamp>,
    /// Notes made that day.
    made: usize,
    /// Of those, in the district's log.
    received: usize,
    /// Of those, here and not yet in the log.
    waiting: usize,
    /// Numbers missing before an envelope of that day.
    missing: Vec<u32>,
    /// Numbers missing before older envelopes.
    missing_earlier: usize,
    /// Items the server keeps aside with a reason (待认领), of all days.
    held: usize,
    /// Items it kept aside that somebody decided on: taken over and on their way, sent back, or
    /// only kept. What was taken over and is in the log counts with what was received.
    settled: usize,
}

/// Who is no director here today: a social worker, or somebody whose post ended.
#[derive(Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "OtherAtWork"))]
pub(crate) struct Other {
    title: Words,
    ended: bool,
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
    let day = args.day.unwrap_or_else(|| desk.today(m));
    let visits = visits(desk, m, day)?;
    let chains = chains(desk, m, day)?;
    let directors = directors(desk, m, &visits, &chains);
    let differing = differ::list(desk, m, Nothing {})?;
    let own = directors.iter().filter(|line| line.other.is_none());
    let people: BTreeSet<PersonId> = own.map(|line| line.person).collect();
    let mut sum = Sum {
        directors: people.len(),
        visits: visits.len(),
        received: visits.iter().filter(|visit| visit.received).count(),
        missing: directors.iter().map(|line| line.missing.len()).sum(),
        to_decide: differing.len(),
        held: directors.iter().map(|line| line.held).sum(),
        sentence: String::new(),
    };
    let when = if day == desk.today(m) { "今日".to_owned() } else { format!("{day} ") };
    sum.sentence = format!(
        "{} 位主任，{when} {} 次走访，收到 {}，缺 {}，待核对 {}",
        sum.directors, sum.visits, sum.received, sum.missing, sum.to_decide
    );
    if sum.held > 0 {
        sum.sentence.push_str(&format!("，待认领 {}", sum.held));
    }
    let (files, imported) = files(desk, m, day)?;
    let together = together(&visits);
    let visits = visits.into_iter().map(|visit| visit::with_name(desk, visit)).collect::<Result<_, _>>()?;
    let (alarms, alarms_total) = alarms::list_open(desk, m)?;
    Ok(Dayend { day, alarms, alarms_total, sum, directors, visits, together, files, imported, differing })
}

fn visits(desk: &Desk, m: &Moment, day: day::Day) -> Result<Vec<Line>, Fault> {
    let sql = format!("{} AND v.made >= ?1 AND v.made < ?2 ORDER BY v.made, v.record", visit::COLUMNS);
    let span = params![day.start().0, day.plus(1).start().0];
    let scope = desk.roster.scope(desk.me.device(), desk.today(m));
    let mut lines = visit::lines(desk, &sql, span)?;
    lines.retain(|line| scope.contains(&line.child));
    Ok(lines)
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

/// What is known of one device's chain.
#[derive(Default)]
struct Chain {
    last: Option<Timestamp>,
    missing: Vec<u32>,
    earlier: usize,
    held: usize,
    settled: usize,
}

/// The chains of all devices: the numbers 1 to the newest that are not here. A gap counts for the
/// day of the envelope that follows it.
fn chains(desk: &Desk, m: &Moment, day: day::Day) -> Result<BTreeMap<DeviceId, Chain>, Fault> {
    let mut chains: BTreeMap<DeviceId, Chain> = BTreeMap::new();
    for (device, last) in contacts(desk)? {
        chains.entry(device).or_default().last = Some(last);
    }
    for Gap { before, seq, head } in chains::gaps(&desk.db).map_err(Stop::from)? {
        let Ok(envelope) = Envelope::decode(&head) else { continue };
        let chain = chains.entry(envelope.device).or_default();
        // Not missing though they are not here: the server keeps items of theirs aside and said so.
        let of = (envelope.device, envelope.branch);
        let named = claims::numbers(&desk.db, of, (before, seq)).map_err(Stop::from)?;
        if day::Day::of(envelope.at) == day {
            let unnamed = (before + 1..seq).filter(|seq| named.binary_search(seq).is_err());
            chain.missing.extend(unnamed.take(MISSING_MAX));
        } else {
            chain.earlier += (seq - before - 1) as usize - named.len();
        }
    }
    for device in desk.roster.devices.keys() {
        let (held, settled) = kept_aside(desk, m, *device)?;
        let chain = chains.entry(*device).or_default();
        (chain.held, chain.settled) = (held, settled);
    }
    Ok(chains)
}

/// When each device was last heard of, as far as known here: the signed time of its newest
/// envelope, or when the server last kept something of it aside.
pub(super) fn contacts(desk: &Desk) -> Result<BTreeMap<DeviceId, Timestamp>, Fault> {
    let heads = chains::newest(&desk.db).map_err(Stop::from)?;
    let mut heard: Vec<(DeviceId, Timestamp)> =
        heads.iter().filter_map(|head| Envelope::decode(head).ok()).map(|own| (own.device, own.at)).collect();
    for device in desk.roster.devices.keys() {
        let told = claims::last_told(&desk.db, *device).map_err(Stop::from)?;
        heard.extend(told.map(|told| (*device, told)));
    }
    let mut last: BTreeMap<DeviceId, Timestamp> = BTreeMap::new();
    for (device, at) in heard {
        let newest = last.entry(device).or_insert(at);
        *newest = at.max(*newest);
    }
    Ok(last)
}

/// What the server keeps aside of one device: items that wait to be claimed, and items taken over
/// and still on their way, sent back, or kept as they are. What is in the log counts where
/// everything that came is.
fn kept_aside(desk: &Desk, m: &Moment, device: DeviceId) -> Result<(usize, usize), Fault> {
    let (mut open, mut settled) = (0, 0);
    for (child, stands, count) in claims::counted(&desk.db, device).map_err(Stop::from)? {
        // Whose child went elsewhere is settled there.
        if child.is_some_and(|child| !desk.roster.sees(desk.me.device(), child, desk.today(m))) {
            continue;
        }
        match stands {
            Stands::Open => open += count,
            Stands::Taken | Stands::Returned | Stands::Shelved => settled += count,
        }
    }
    Ok((open, settled))
}

/// Most missing numbers named of one gap.
const MISSING_MAX: usize = 100;

/// The directors whose children this person sees, device by device; and of everybody else who works or
/// worked in the same places the devices with something missing, waiting or to be claimed.
fn directors(desk: &Desk, m: &Moment, visits: &[Line], chains: &BTreeMap<DeviceId, Chain>) -> Vec<Director> {
    let (roster, today) = (&desk.roster, desk.today(m));
    let posts = roster.posts_on(desk.me.device(), today);
    let mine: Vec<Area> = posts.filter_map(|(_, post)| roster.area_of(post)).collect();
    let here = |post: &&Post| roster.area_of(post).is_some_and(|area| mine.iter().any(|mine| mine.contains(area)));
    let (now, others): (Vec<&Post>, Vec<&Post>) =
        roster.posts.values().filter(here).partition(|post| post.role == Role::Director && post.held_on(today));
    let director = |person: &PersonId| now.iter().any(|post| post.person == *person);
    // Of several posts the one held last says what she is.
    let mut last: BTreeMap<PersonId, &Post> = BTreeMap::new();
    for post in others.into_iter().filter(|post| !director(&post.person)) {
        let held = |post: &Post| (post.held_on(today), post.from <= today, post.from);
        let kept = last.entry(post.person).or_insert(post);
        if held(post) > held(kept) {
            *kept = post;
        }
    }
    let mut lines: Vec<Director> = now.iter().flat_map(|post| lines_of(desk, post, None, visits, chains)).collect();
    lines.sort_by_key(|line| (line.area, line.person, line.device));
    // With two communities each of her computers is still one.
    let mut told = BTreeSet::new();
    lines.retain(|line| told.insert((line.person, line.device)));
    for post in last.into_values() {
        let other =
            Other { title: Words::new(post.role.name(), post.role.en()), ended: post.to.is_some_and(|to| to < today) };
        lines.extend(lines_of(desk, post, Some(other), visits, chains).into_iter().filter(Director::asks));
    }
    lines
}

/// One person's devices; a line without one where she has none.
fn lines_of(
    desk: &Desk,
    post: &Post,
    other: Option<Other>,
    visits: &[Line],
    chains: &BTreeMap<DeviceId, Chain>,
) -> Vec<Director> {
    let roster = &desk.roster;
    let devices = roster.devices.iter().filter(|(_, device)| device.person == post.person);
    let mut devices: Vec<_> = devices.map(|(id, device)| (Some(*id), device.label.clone())).collect();
    if devices.is_empty() {
        devices.push((None, String::new()));
    }
    let line = |(device, label): (Option<DeviceId>, String)| {
        let own = |visit: &&Line| device.is_some() && visit.who.device_id == device;
        let made = visits.iter().filter(own).count();
        let received = visits.iter().filter(own).filter(|visit| visit.received).count();
        let chain = device.and_then(|device| chains.get(&device));
        Director {
            person: post.person,
            name: roster.people.get(&post.person).cloned().unwrap_or_default(),
            other: other.clone(),
            unit: roster.units.get(&post.unit).map(|unit| unit.name.clone()).unwrap_or_default(),
            area: roster.area_of(post),
            device,
            label,
            last_contact: chain.and_then(|chain| chain.last),
            made,
            received,
            waiting: made - received,
            missing: chain.map(|chain| chain.missing.clone()).unwrap_or_default(),
            missing_earlier: chain.map_or(0, |chain| chain.earlier),
            held: chain.map_or(0, |chain| chain.held),
            settled: chain.map_or(0, |chain| chain.settled),
        }
    };
    devices.into_iter().map(line).collect()
}

impl Director {
    /// Whether anything of hers is missing or to be decided. Notes still to be sent of the station's own
    /// computers are told apart.
    fn asks(&self) -> bool {
        self.missing.len() + self.missing_earlier + self.held > 0
    }
}

/// What people changed in files that day, and how many files an import began.
fn files(desk: &Desk, m: &Moment, day: day::Day) -> Result<(Vec<File>, usize), Fault> {
    let (from, until) = (day.start(), day.plus(1).start());
    let sql = "SELECT child, max(begun >= ?1 AND form = 'child') FROM file_card WHERE changed >= ?1
        AND child NOT IN (SELECT child FROM hidden) GROUP BY child HAVING min(begun) < ?2 ORDER BY child";
    let changed = rows(&desk.db, sql, params![from.0, until.0], |row| Ok((child_id(row, 0)?, row.get::<_, bool>(1)?)))?;
    let (mut files, mut imported) = (Vec::new(), 0);
    for (child, new) in changed {
        let Some(card) = card::one(desk, m, child)? else { continue };
        let mut lines = Vec::new();
        if new {
            imported += usize::from(by_import(desk, child)?);
        } else {
            lines = child::history(desk, m, Which { child })?;
            lines.retain(|line| from <= line.at() && line.at() < until);
        }
        if new || !lines.is_empty() {
            files.push(File { child, name: card.name, new, lines });
        }
    }
    Ok((files, imported))
}

/// Whether the district's server wrote a child's file, as an import does.
fn by_import(desk: &Desk, child: ChildId) -> Result<bool, Fault> {
    let sql = "SELECT 1 FROM item JOIN envelope ON envelope.no = item.envelope
        WHERE item.child = ?1 AND item.form = 'child' AND envelope.device = ?2 LIMIT 1";
    let of_server = params![child.as_bytes(), desk.me.server.as_bytes()];
    Ok(!rows(&desk.db, sql, of_server, |row| row.get::<_, i64>(0))?.is_empty())
}

#[cfg(test)]
mod tests;
