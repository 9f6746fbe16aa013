//! Who works here: the person, her posts, this device.

use domain::area::Area;
use domain::fault::Fault;
use domain::id::{DeviceId, PersonId, PostId};
use domain::moment::{Moment, Timestamp};
use domain::post::Role;
use domain::words::Words;
use serde::{Deserialize, Serialize};

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
        now: desk.now(m),
    })
}

/// Whether a role settles what two people wrote differently and reviews notes.
pub(crate) const fn settles(role: Role) -> bool {
    match role {
        Role::Supervisor | Role::Specialist | Role::CentreAdmin | Role::CentreOfficer => true,
        Role::Director | Role::SocialWorker | Role::CentreLeader => false,
    }
}
