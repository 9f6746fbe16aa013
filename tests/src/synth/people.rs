//! Units, staff, and which community each child lives in. It must not know what a file holds.

use std::collections::BTreeSet;

use domain::area::Area;
use domain::day::Day;
use domain::post::Role;

use super::{Post, Scale, Unit, name};
use crate::chance::Seeded;

/// Most children of the first concern (A, B, D) in one community and in one street.
const FIRST_CONCERN_MAX: (usize, usize) = (3, 9);

fn area(scale: &Scale, street: usize, community: usize) -> Area {
    let code = u64::from(scale.code) * 1_000_000 + street as u64 * 1000 + community as u64;
    Area::new(code).expect("a six-digit district code gives a twelve-digit area")
}

/// Centre, stations, communities; communities are dealt out to the streets in turn.
pub(super) fn units(scale: &Scale) -> Vec<Unit> {
    let (street_kind, station) =
        if scale.rural { ("镇", "未成年人保护工作站") } else { ("街道", "未成年人保护工作站") };
    let community_kind = if scale.rural { "村" } else { "社区" };
    let centre = format!("{}未成年人救助保护中心", scale.name);
    let mut units = vec![Unit { name: centre, area: area(scale, 0, 0), above: None }];
    let street_name = |n: usize| format!("{}{street_kind}", scale.street(n));
    let stations = (0..scale.streets).map(|n| {
        let name = format!("{}{station}", street_name(n));
        Unit { name, area: area(scale, n + 1, 0), above: Some(0) }
    });
    units.extend(stations);
    let mut communities: Vec<(usize, usize, usize)> =
        (0..scale.communities).map(|n| (n % scale.streets, n / scale.streets, n)).collect();
    communities.sort_unstable();
    units.extend(communities.into_iter().map(|(street, number, n)| Unit {
        name: format!("{}{community_kind}", scale.community(n)),
        area: area(scale, street + 1, number + 1),
        above: Some(1 + street),
    }));
    units
}

/// Everybody's posts. One community in ten also has a former director.
pub(super) fn posts(scale: &Scale, units: &[Unit], seed: u64, on: Day) -> Vec<Post> {
    let mut staff = Staff { chance: Seeded::named(seed, "staff"), on, taken: BTreeSet::new(), posts: Vec::new() };
    for n in 0..scale.centre {
        staff.post([Role::CentreAdmin, Role::CentreOfficer, Role::CentreLeader][(n % 6).min(2)], 0);
    }
    for n in 0..scale.streets {
        staff.post(Role::Supervisor, 1 + n);
    }
    for n in 0..scale.specialists {
        staff.post(Role::Specialist, 1 + n % scale.streets);
    }
    for n in 0..scale.social_workers {
        staff.post(Role::SocialWorker, 1 + n % scale.streets);
    }
    for unit in 1 + scale.streets..units.len() {
        staff.post(Role::Director, unit);
        if unit % 10 == 0 {
            staff.former_director(unit);
        }
    }
    staff.posts
}

struct Staff {
    chance: Seeded,
    on: Day,
    taken: BTreeSet<String>,
    posts: Vec<Post>,
}

impl Staff {
    fn name(&mut self) -> String {
        loop {
            let male = self.chance.hits(0.3);
            let name = name::fresh(&mut self.chance, name::Era::Parent, male).full;
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
    }

    fn post(&mut self, role: Role, unit: usize) {
        let from = self.on.plus(-self.chance.between(60, 1600) as i32);
        let person = self.name();
        self.posts.push(Post { person, role, unit, from, to: None });
    }

    /// Whoever held the post before the last one.
    fn former_director(&mut self, unit: usize) {
        let until = self.posts.last().map_or(self.on, |post| post.from).plus(-1);
        let from = until.plus(-self.chance.between(300, 1500) as i32);
        let person = self.name();
        self.posts.push(Post { person, role: Role::Director, unit, from, to: Some(until) });
    }
}

/// (category, community unit) of every child, in the order of the communities.
pub(super) fn homes_of_children(scale: &Scale, seed: u64) -> Vec<(&'static str, usize)> {
    let mut chance = Seeded::named(seed, "homes");
    let first = 1 + scale.streets;
    let mut homes = Vec::new();
    let mut slots = first_concern_slots(scale, &mut chance);
    // Some communities have many children, some few.
    let weights: Vec<(usize, f64)> =
        (0..scale.communities).map(|n| (n, 0.3 + chance.share() + chance.share())).collect();
    for (category, count) in &scale.children {
        for _ in 0..*count {
            let first_concern = category.starts_with(['A', 'B', 'D']);
            let slot = if first_concern { slots.pop() } else { None };
            homes.push((*category, first + slot.unwrap_or_else(|| chance.weighted(&weights))));
        }
    }
    homes.sort_by_key(|(category, community)| (*community, *category));
    homes
}

/// Where the children of the first concern live: about 65 % of the communities have none, no
/// community more than 3, every street 1 to 9 (handbook §11.2). More children than the limits
/// hold (a county) fall back to chance.
fn first_concern_slots(scale: &Scale, chance: &mut Seeded) -> Vec<usize> {
    let wanted: usize =
        scale.children.iter().filter(|(c, _)| c.starts_with(['A', 'B', 'D'])).map(|(_, count)| count).sum();
    // Communities as units() orders them: street after street.
    let mut streets: Vec<Vec<usize>> = vec![Vec::new(); scale.streets];
    let mut order: Vec<usize> = (0..scale.communities).map(|n| n % scale.streets).collect();
    order.sort_unstable();
    order.iter().enumerate().for_each(|(n, street)| streets[*street].push(n));
    streets.iter_mut().for_each(|street| chance.shuffle(street));
    let active = scale.communities * 35 / 100;
    let (mut slots, mut per_street): (Vec<usize>, Vec<usize>) = (Vec::new(), vec![0; scale.streets]);
    let mut open: Vec<(usize, usize)> = Vec::new();
    for n in 0..active.max(scale.streets).min(wanted) {
        let street = n % scale.streets;
        if let Some(community) = streets[street].pop() {
            slots.push(community);
            per_street[street] += 1;
            open.push((street, community));
        }
    }
    let mut tries = wanted * 20;
    while slots.len() < wanted && tries > 0 && !open.is_empty() {
        tries -= 1;
        let (street, community) = open[chance.below(open.len())];
        let here = slots.iter().filter(|slot| **slot == community).count();
        if here < FIRST_CONCERN_MAX.0 && per_street[street] < FIRST_CONCERN_MAX.1 {
            slots.push(community);
            per_street[street] += 1;
        }
    }
    chance.shuffle(&mut slots);
    slots
}
