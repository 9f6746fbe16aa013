//! The computers of a day's end: what each handed in, whether all of it is here, and which was not in touch.
//!
//! What stands on a computer that has not met the district since, nobody here can know: it is named, never
//! counted as fine. When a computer was in touch is the server's word, never the clock of the computer.

use std::collections::{BTreeMap, BTreeSet};

use domain::area::Area;
use domain::day::Day;
use domain::fault::Fault;
use domain::id::{DeviceId, PersonId};
use domain::moment::{Moment, Timestamp};
use domain::post::Role;
use domain::rights::{Verb, role_may};
use domain::roster::{Device, Post};
use domain::words::Words;
use serde::Serialize;
use sync::envelope::Envelope;
use sync::wire::{Contact, Reach};

use super::Line;
use crate::desk::Desk;
use crate::store::chains::{self, Gap};
use crate::store::claims::{self, Stands};
use crate::store::{Stop, contacts as told};

/// How far a computer was heard of.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "InTouch"))]
pub(crate) enum InTouch {
    /// 交了的: something written that day came from it, or something of it is to be settled.
    HandedIn,
    /// 联系过、没有写的: it was in touch and had nothing written that day.
    Quiet,
    /// 没有联系的: it was not in touch since it may have been worked on, or there is none.
    Not,
}

/// A director and one of her computers; or somebody else who works or worked here, of whose computer something
/// is to be said.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Director {
    person: PersonId,
    name: String,
    /// What she is or was, where she was no director here that day.
    other: Option<Other>,
    unit: String,
    area: Option<Area>,
    /// `None` for a director without a computer that works.
    device: Option<DeviceId>,
    label: String,
    in_touch: InTouch,
    /// Why it counts as not in touch.
    why: Option<Words>,
    /// When it was last in touch with the district.
    last_contact: Option<Timestamp>,
    /// Notes made that day.
    made: usize,
    /// Of those, in the district's log.
    received: usize,
    /// Of those, here and not yet in the log.
    waiting: usize,
    /// Numbers missing before an envelope of that day, or of those it said that day it has.
    missing: Vec<u32>,
    /// Numbers missing otherwise.
    missing_earlier: usize,
    /// Items the server keeps aside with a reason (待认领), of all days.
    held: usize,
    /// Items it kept aside that somebody decided on: taken over and on their way, sent back, or
    /// only kept. What was taken over and is in the log counts with what was received.
    settled: usize,
}

/// Who was no director here that day: a social worker, a colleague at the station, or somebody whose post ended.
#[derive(Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "OtherAtWork"))]
pub(crate) struct Other {
    title: Words,
    ended: bool,
}

impl Director {
    pub(super) const fn person(&self) -> PersonId {
        self.person
    }
    pub(super) fn name(&self) -> &str {
        &self.name
    }
    pub(super) const fn is_director(&self) -> bool {
        self.other.is_none()
    }
    pub(super) fn missing(&self) -> usize {
        self.missing.len()
    }
    pub(super) const fn held(&self) -> usize {
        self.held
    }
    pub(super) fn is_computer_out_of_touch(&self) -> bool {
        self.device.is_some() && self.in_touch == InTouch::Not
    }
    /// When it was last in touch, where that was late enough to count for the day.
    pub(super) fn last_contact(&self) -> Option<Timestamp> {
        self.last_contact.filter(|_| self.in_touch != InTouch::Not)
    }
    pub(super) const fn has_no_computer(&self) -> bool {
        self.device.is_none()
    }

    /// Whether anything of hers is missing or to be decided. Notes still to be sent of the station's own
    /// computers are told apart.
    pub(super) fn asks(&self) -> bool {
        self.missing.len() + self.missing_earlier + self.held > 0
    }
}

/// What is known of one computer's chain.
#[derive(Default)]
struct Chain {
    missing: Vec<u32>,
    earlier: usize,
    held: usize,
    settled: usize,
}

/// Most missing numbers named of one gap.
const MISSING_MAX: usize = 100;

/// The chains of all computers: the numbers up to the newest, or to the last one it said it has, that are not
/// here. A gap counts for the day of the envelope that follows it, or of the contact.
fn chains(desk: &Desk, m: &Moment, day: Day) -> Result<BTreeMap<DeviceId, Chain>, Fault> {
    let mut chains: BTreeMap<DeviceId, Chain> = BTreeMap::new();
    for Gap { before, seq, head } in chains::gaps(&desk.db).map_err(Stop::from)? {
        let Ok(envelope) = Envelope::decode(&head) else { continue };
        let chain = chains.entry(envelope.device).or_default();
        let reach = Reach { branch: envelope.branch, seq };
        chain.miss(desk, (envelope.device, reach), before, Day::of(envelope.at) == day)?;
    }
    for (device, contact) in told::all(&desk.db)? {
        let Some(reach) = contact.reach else { continue };
        let here = chains::reached(&desk.db, device, reach.branch).map_err(Stop::from)?;
        if here < reach.seq {
            let end = Reach { seq: reach.seq.saturating_add(1), ..reach };
            chains.entry(device).or_default().miss(desk, (device, end), here, Day::of(contact.at) == day)?;
        }
    }
    for device in desk.roster.devices.keys() {
        let (held, settled) = kept_aside(desk, m, *device)?;
        let chain = chains.entry(*device).or_default();
        (chain.held, chain.settled) = (held, settled);
    }
    Ok(chains)
}

impl Chain {
    /// Numbers between one that is here and another are not.
    fn miss(
        &mut self,
        desk: &Desk,
        (device, Reach { branch, seq }): (DeviceId, Reach),
        before: u32,
        that_day: bool,
    ) -> Result<(), Fault> {
        // Not missing though they are not here: the server keeps items of theirs aside and said so.
        let named = claims::numbers(&desk.db, (device, branch), (before, seq)).map_err(Stop::from)?;
        if that_day {
            let unnamed = (before + 1..seq).filter(|seq| named.binary_search(seq).is_err());
            self.missing.extend(unnamed.take(MISSING_MAX));
        } else {
            self.earlier += (seq - before - 1) as usize - named.len();
        }
        Ok(())
    }
}

/// When each computer was last heard of, as far as known here: the server's word, or where it never said
/// anything the signed time of the newest envelope, or when it last kept something of it aside.
pub(crate) fn contacts(desk: &Desk) -> Result<BTreeMap<DeviceId, Timestamp>, Fault> {
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
    last.extend(told::all(&desk.db)?.into_iter().map(|(device, contact)| (device, contact.at)));
    last.extend(desk.standing.synced.map(|at| (desk.me.device(), at)));
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

/// All that a line is made of.
struct Known<'a> {
    desk: &'a Desk,
    day: Day,
    today: Day,
    visits: &'a [Line],
    wrote: &'a BTreeSet<DeviceId>,
    chains: BTreeMap<DeviceId, Chain>,
    last: BTreeMap<DeviceId, Timestamp>,
    told: BTreeMap<DeviceId, Contact>,
}

/// The directors of that day whose children this person sees, computer by computer; and of everybody else who works
/// or worked in the same places the computers with something missing, to be claimed, or not in touch. `wrote`: the
/// computers from which something of that day came.
pub(super) fn lines(
    desk: &Desk,
    m: &Moment,
    day: Day,
    visits: &[Line],
    wrote: &BTreeSet<DeviceId>,
) -> Result<Vec<Director>, Fault> {
    let (roster, today) = (&desk.roster, desk.today(m));
    let (chains, last, told) = (chains(desk, m, day)?, contacts(desk)?, told::all(&desk.db)?);
    let known = Known { desk, day, today, visits, wrote, chains, last, told };
    let posts = roster.posts_on(desk.me.device(), today);
    let mine: Vec<Area> = posts.filter_map(|(_, post)| roster.area_of(post)).collect();
    let here = |post: &&Post| roster.area_of(post).is_some_and(|area| mine.iter().any(|mine| mine.contains(area)));
    let (then, others): (Vec<&Post>, Vec<&Post>) =
        roster.posts.values().filter(here).partition(|post| post.role == Role::Director && post.held_on(day));
    let director = |person: &PersonId| then.iter().any(|post| post.person == *person);
    // Of several posts the one held last says what she is.
    let mut of_others: BTreeMap<PersonId, &Post> = BTreeMap::new();
    for post in others.into_iter().filter(|post| !director(&post.person)) {
        let held = |post: &Post| (post.held_on(day), post.from <= day, post.from);
        let kept = of_others.entry(post.person).or_insert(post);
        if held(post) > held(kept) {
            *kept = post;
        }
    }
    let mut lines: Vec<Director> = then.iter().flat_map(|post| known.lines_of(post, None)).collect();
    lines.sort_by_key(|line| (line.area, line.person, line.device));
    // With two communities each of her computers is still one.
    let mut seen = BTreeSet::new();
    lines.retain(|line| seen.insert((line.person, line.device)));
    for post in of_others.into_values() {
        let ended = post.to.is_some_and(|to| to < today);
        let other = Other { title: Words::new(post.role.name(), post.role.en()), ended };
        // Whoever may write no note has nothing to hand in, and whose post had ended had nothing either.
        let writes = post.held_on(day) && role_may(post.role, Verb::Create, "visit");
        let of_hers = known.lines_of(post, Some(other)).into_iter();
        lines.extend(of_hers.filter(|line| line.asks() || (writes && line.is_computer_out_of_touch())));
    }
    Ok(lines)
}

impl Known<'_> {
    /// One person's computers; a line without one where none of hers works.
    fn lines_of(&self, post: &Post, other: Option<Other>) -> Vec<Director> {
        let devices = self.desk.roster.devices.iter().filter(|(_, device)| device.person == post.person);
        let devices: Vec<(DeviceId, &Device)> = devices.map(|(id, device)| (*id, device)).collect();
        let works = devices.iter().any(|(_, device)| device.revoked.is_none());
        let mut lines: Vec<Director> =
            devices.iter().map(|(id, device)| self.line(post, other.clone(), Some((*id, *device)))).collect();
        // A stopped one is named for what of it is to be settled.
        lines.retain(|line| line.in_touch != InTouch::Not || !self.is_stopped(line.device));
        if !works {
            let mut without = self.line(post, other, None);
            without.why = Some(if devices.is_empty() { NONE_YET.into() } else { ALL_STOPPED.into() });
            lines.push(without);
        }
        lines
    }

    fn is_stopped(&self, device: Option<DeviceId>) -> bool {
        let known = device.and_then(|device| self.desk.roster.devices.get(&device));
        known.is_some_and(|known| known.revoked.is_some())
    }

    fn line(&self, post: &Post, other: Option<Other>, device: Option<(DeviceId, &Device)>) -> Director {
        let roster = &self.desk.roster;
        let id = device.map(|(id, _)| id);
        let own = |visit: &&Line| id.is_some() && visit.who.device_id == id;
        let made = self.visits.iter().filter(own).count();
        let received = self.visits.iter().filter(own).filter(|visit| visit.received).count();
        let chain = id.and_then(|id| self.chains.get(&id));
        let mut line = Director {
            person: post.person,
            name: roster.people.get(&post.person).cloned().unwrap_or_default(),
            other,
            unit: roster.units.get(&post.unit).map(|unit| unit.name.clone()).unwrap_or_default(),
            area: roster.area_of(post),
            device: id,
            label: device.map(|(_, device)| device.label.clone()).unwrap_or_default(),
            in_touch: InTouch::Not,
            why: None,
            last_contact: id.and_then(|id| self.last.get(&id).copied()),
            made,
            received,
            waiting: made - received,
            missing: chain.map(|chain| chain.missing.clone()).unwrap_or_default(),
            missing_earlier: chain.map_or(0, |chain| chain.earlier),
            held: chain.map_or(0, |chain| chain.held),
            settled: chain.map_or(0, |chain| chain.settled),
        };
        if let Some(id) = id {
            line.why = self.out_of_touch(id);
            let wrote = self.wrote.contains(&id) || line.asks();
            line.in_touch = match (&line.why, wrote || self.is_stopped(Some(id)) && line.settled > 0) {
                (Some(_), _) => InTouch::Not,
                (None, true) => InTouch::HandedIn,
                (None, false) => InTouch::Quiet,
            };
            if self.is_stopped(Some(id)) && line.asks() {
                // Nobody expects anything more of it.
                (line.in_touch, line.why) = (InTouch::HandedIn, None);
            }
        }
        line
    }

    /// Why a computer counts as not in touch: of today when it was not today, of an earlier day when it was not
    /// after that day.
    fn out_of_touch(&self, device: DeviceId) -> Option<Words> {
        let own = self.desk.standing.synced.filter(|_| device == self.desk.me.device());
        let told = self.told.get(&device).map(|contact| contact.at);
        // What arrived was brought: of one nothing was told of yet.
        let contact = own.or(told).or_else(|| self.last.get(&device).copied());
        let since = if self.day == self.today { self.day.start() } else { self.day.plus(1).start() };
        match contact {
            Some(at) if at >= since => None,
            Some(_) if self.day == self.today => Some(NOT_TODAY.into()),
            Some(_) => Some(NOT_SINCE.into()),
            None => Some(NEVER.into()),
        }
    }
}

const NONE_YET: (&str, &str) = ("还没有电脑", "no computer yet");
const ALL_STOPPED: (&str, &str) = ("原来的电脑已停用，还没有新电脑", "her computer was stopped, no new one yet");
const NEVER: (&str, &str) = ("登记以后还没有联系过", "never in touch since it was enrolled");
const NOT_TODAY: (&str, &str) = ("今天还没有联系过", "not in touch today");
const NOT_SINCE: (&str, &str) = ("那天以后还没有联系过", "not in touch since that day");
