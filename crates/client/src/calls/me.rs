//! Who works here: the person, her posts, this device.

use std::collections::BTreeSet;

use domain::area::{Area, Width};
use domain::fault::Fault;
use domain::id::{DeviceId, PersonId, PostId};
use domain::moment::{Moment, Timestamp};
use domain::post::{Reach, Role};
use domain::rights;
use domain::words::Words;
use serde::{Deserialize, Serialize};

use super::card::Place;
use super::offer::{Offer, Offers};
use crate::desk::Desk;

/// No arguments, or nothing to say.
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Nothing {}

/// The person at this device.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Me {
    /// The district's name.
    district: String,
    person: PersonId,
    name: String,
    device: DeviceId,
    /// What people call the device.
    label: String,
    /// Posts held today.
    posts: Vec<MyPost>,
    /// Whether she works at a station or the centre: settles, reviews, sees a day's end.
    station: bool,
    /// What she may do with children of her posts.
    may: Vec<Offer>,
    /// Communities she may register a child in.
    registers: Vec<Place>,
    now: Timestamp,
}

/// A post she holds.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct MyPost {
    post: PostId,
    role: Role,
    /// 儿童主任
    title: Words,
    unit: String,
    area: Option<Area>,
}

/// Answers `me`.
pub(crate) fn me(desk: &Desk, m: &Moment, _: Nothing) -> Result<Me, Fault> {
    let (roster, device) = (&desk.roster, desk.me.device());
    let posts: Vec<MyPost> = roster
        .posts_on(device, desk.today(m))
        .map(|(id, post)| MyPost {
            post: id,
            role: post.role,
            title: Words::new(post.role.name(), post.role.en()),
            unit: roster.units.get(&post.unit).map(|u| u.name.clone()).unwrap_or_default(),
            area: roster.area_of(post),
        })
        .collect();
    Ok(Me {
        district: desk.me.name.clone(),
        person: desk.me.person,
        name: roster.people.get(&desk.me.person).cloned().unwrap_or_default(),
        device,
        label: roster.devices.get(&device).map(|d| d.label.clone()).unwrap_or_default(),
        station: posts.iter().any(|post| settles(post.role)),
        posts,
        may: Offers::new(desk, m).of_anybody(),
        registers: registers(desk, m),
        now: desk.now(m),
    })
}

/// The communities in the areas of her posts in which somebody looks after children.
fn registers(desk: &Desk, m: &Moment) -> Vec<Place> {
    let (roster, device, today) = (&desk.roster, desk.me.device(), desk.today(m));
    let looked_after = roster.posts.values().filter(|post| post.held_on(today) && post.role.reach() == Reach::Assigned);
    let areas: BTreeSet<Area> = looked_after.filter_map(|post| roster.area_of(post)).collect();
    let communities = areas.into_iter().filter(|area| area.width() == Width::Community);
    let hers = communities.filter(|area| rights::covers(roster, device, today, "register", *area));
    let name = |area: Area| {
        let unit = roster.units.values().find(|unit| unit.area == area);
        unit.map_or_else(|| area.to_string(), |unit| unit.name.clone())
    };
    hers.map(|code| Place { code, name: name(code) }).collect()
}

/// Whether a role settles what two people wrote differently and reviews notes.
pub(crate) const fn settles(role: Role) -> bool {
    match role {
        Role::Supervisor | Role::Specialist | Role::CentreAdmin | Role::CentreOfficer => true,
        Role::Director | Role::SocialWorker | Role::CentreLeader => false,
    }
}
