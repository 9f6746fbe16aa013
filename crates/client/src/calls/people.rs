//! Who works here with which computers, and stopping one that is lost (停用).
//!
//! It must not judge who may stop which: that is [`rights::may_write_row`]'s.

use std::collections::{BTreeMap, BTreeSet};

use domain::area::Area;
use domain::day::Day;
use domain::fault::{Code, Fault};
use domain::id::{DeviceId, PersonId, Position};
use domain::moment::{Moment, Timestamp};
use domain::post::Reach;
use domain::rights;
use domain::roster::{self, NOW, Row};
use serde::{Deserialize, Serialize};
use sync::enrol;
use sync::envelope::Envelope;

use super::assign::{self, PostLine};
use super::me::Nothing;
use super::offer::Offers;
use super::{Acted, close, dayend, rows};
use crate::desk::Desk;
use crate::store::signed;
use crate::write::Act;

/// A person who works here.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct PersonLine {
    person: PersonId,
    name: String,
    /// Posts held today; none of somebody who left and still has a computer.
    posts: Vec<PostLine>,
    /// Stopped ones too, the oldest first.
    devices: Vec<DeviceLine>,
}

/// One of a person's computers.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct DeviceLine {
    device: DeviceId,
    /// What people call it.
    label: String,
    /// When its row in the roster was signed, as far as known here.
    enrolled: Option<Timestamp>,
    /// When it was last in touch with the district, also without uploading anything. This computer knows its own
    /// last sync; of another the server tells stations and the centre.
    last_contact: Option<Timestamp>,
    /// Six digits that the computer itself showed when it was enrolled.
    digits: String,
    /// 已停用
    stopped: bool,
    /// Whether it is the one this is shown on.
    mine: bool,
    /// Whether this person may stop it.
    may_stop: bool,
}

/// Answers `roster.people`: whom this person's posts reach, by area. Who has only children assigned
/// to her sees herself.
pub(crate) fn people(desk: &Desk, m: &Moment, _: Nothing) -> Result<Vec<PersonLine>, Fault> {
    let today = desk.today(m);
    let (contacts, closed) = (dayend::contacts(desk)?, close::closed_children(desk)?);
    let offers = Offers::new(desk, m);
    let mut lines = Vec::new();
    for person in reached(desk, today) {
        let posts = desk.roster.posts_of(person).filter(|(_, post)| post.held_on(today));
        let mut posts: Vec<PostLine> =
            posts.map(|(id, post)| assign::line(&desk.roster, id, post, (&closed, &offers))).collect();
        posts.sort_by_key(PostLine::order);
        let name = desk.roster.people.get(&person).cloned().unwrap_or_default();
        let devices = devices(desk, today, person, &contacts)?;
        // Who left is named as long as a computer of hers is not stopped.
        if !posts.is_empty() || devices.iter().any(|device| !device.stopped) {
            lines.push(PersonLine { person, name, posts, devices });
        }
    }
    lines.sort_by_key(|line| (line.posts.is_empty(), line.posts.first().map(PostLine::order), line.person));
    Ok(lines)
}

fn reached(desk: &Desk, today: Day) -> BTreeSet<PersonId> {
    let own = desk.roster.posts_on(desk.me.device(), today);
    let wide = own.filter(|(_, post)| post.role.reach() != Reach::Assigned);
    let mine: Vec<Area> = wide.filter_map(|(_, post)| desk.roster.area_of(post)).collect();
    let works = |person| desk.roster.posts_of(person).any(|(_, post)| post.held_on(today));
    let inside = |post: &&roster::Post| {
        let area = desk.roster.area_of(post);
        let here = area.is_some_and(|area| mine.iter().any(|mine| mine.contains(area)));
        here && (post.held_on(today) || !works(post.person))
    };
    desk.roster.posts.values().filter(inside).map(|post| post.person).chain([desk.me.person]).collect()
}

fn devices(
    desk: &Desk,
    today: Day,
    person: PersonId,
    contacts: &BTreeMap<DeviceId, Timestamp>,
) -> Result<Vec<DeviceLine>, Fault> {
    let me = desk.me.device();
    let mut lines = Vec::new();
    let mut known: Vec<_> = desk.roster.devices.iter().filter(|(_, device)| device.person == person).collect();
    known.sort_by_key(|(id, device)| (device.since, **id));
    for (id, device) in known {
        let (mine, stopped) = (*id == me, device.revoked.is_some());
        let stop = Row::Revoke { device: *id };
        lines.push(DeviceLine {
            device: *id,
            label: device.label.clone(),
            enrolled: signed_at(desk, device.since)?,
            last_contact: contacts.get(id).copied(),
            digits: enrol::comparison(&desk.me.district, &device.sign, &device.seal),
            stopped,
            mine,
            may_stop: !stopped && rights::may_write_row(&desk.roster, me, (NOW, today), &stop).is_ok(),
        });
    }
    Ok(lines)
}

/// When the roster row at a position was signed.
pub(super) fn signed_at(desk: &Desk, at: Position) -> Result<Option<Timestamp>, Fault> {
    let sql = "SELECT e.head FROM item i JOIN envelope e ON e.no = i.envelope WHERE i.kind = 2 AND i.position = ?1";
    let heads = rows(&desk.db, sql, [signed(at)], |row| row.get::<_, Vec<u8>>(0))?;
    Ok(heads.first().and_then(|head| Envelope::decode(head).ok()).map(|envelope| envelope.at))
}

/// Which computer.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "WhichDevice"))]
pub(crate) struct Which {
    device: DeviceId,
}

/// Does `roster.revoke`: a lost or stolen computer reads nothing more from its next contact on.
/// Nothing of its unsent work is lost: the gate keeps it for the station. There is no way back: its
/// person's next computer is enrolled anew.
pub(crate) fn revoke(desk: &mut Desk, m: &mut Moment, which: Which) -> Acted<Nothing> {
    let known = desk.roster.devices.get(&which.device).ok_or(Code::NotFound)?;
    if known.revoked.is_some() {
        return Ok((Nothing {}, Vec::new()));
    }
    let touched = desk.commit(m, vec![Act::Row(Row::Revoke { device: which.device })])?;
    // Until the server has it, the thief may still read.
    desk.courier.ask_now(m.now);
    Ok((Nothing {}, touched))
}

#[cfg(test)]
mod tests;
