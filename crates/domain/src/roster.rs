//! The roster (名册): units, people, posts, devices, which child belongs where and to whom.
//!
//! Rows travel in the same log as everything else. [`Roster`] is the fold of the rows; it keeps
//! the positions between which each right held, so that "could she then?" and "may she now?" are
//! both answered offline. It must not know how rows are stored or sent.

use std::collections::{BTreeMap, BTreeSet};

use crate::area::Area;
use crate::day::Day;
use crate::id::{ChildId, DeviceId, PersonId, Position, PostId, UnitId};
use crate::number::Segment;
use crate::post::{Reach, Role};

mod channels;
mod charge;

pub use charge::{Departure, Since};

/// One row of the roster. Variant numbers are wire codes: never reuse one.
#[derive(Clone, PartialEq, Eq, Debug, minicbor::Encode, minicbor::Decode)]
pub enum Row {
    /// A unit; the width of its area says whether centre, station or community.
    #[n(0)]
    Unit {
        /// Its id.
        #[n(0)]
        id: UnitId,
        /// Its name.
        #[n(1)]
        name: String,
        /// What it covers.
        #[n(2)]
        area: Area,
    },
    /// A person who works here.
    #[n(1)]
    Person {
        /// Her id.
        #[n(0)]
        id: PersonId,
        /// Her name.
        #[n(1)]
        name: String,
    },
    /// A post begins, or (same id again) gets an end.
    #[n(2)]
    Post {
        /// Its id.
        #[n(0)]
        id: PostId,
        /// Who holds it.
        #[n(1)]
        person: PersonId,
        /// Where.
        #[n(2)]
        unit: UnitId,
        /// As what.
        #[n(3)]
        role: Role,
        /// First day.
        #[n(4)]
        from: Day,
        /// Last day, if known.
        #[n(5)]
        to: Option<Day>,
    },
    /// A device is enrolled for a person.
    #[n(3)]
    Device {
        /// Derived from the two keys.
        #[n(0)]
        id: DeviceId,
        /// Whose it is.
        #[n(1)]
        person: PersonId,
        /// Ed25519 public key.
        #[n(2)]
        #[cbor(with = "minicbor::bytes")]
        sign: [u8; 32],
        /// X25519 public key.
        #[n(3)]
        #[cbor(with = "minicbor::bytes")]
        seal: [u8; 32],
        /// What people call it, e.g. "李主任的笔记本".
        #[n(4)]
        label: String,
        /// Of which file numbers it gives a thousand a year ([`Segment`]); none when all are given.
        #[n(5)]
        segment: Option<u16>,
    },
    /// A device is stopped.
    #[n(4)]
    Revoke {
        /// Which.
        #[n(0)]
        device: DeviceId,
    },
    /// A child's file belongs to a community: registered there, or moved there.
    #[n(5)]
    Child {
        /// The child.
        #[n(0)]
        child: ChildId,
        /// The community.
        #[n(1)]
        area: Area,
    },
    /// A child found on a visit, written offline by a post that covers the community: registers
    /// the child there and assigns it to that post.
    #[n(6)]
    Register {
        /// The child.
        #[n(0)]
        child: ChildId,
        /// The community.
        #[n(1)]
        area: Area,
        /// The post that found it.
        #[n(2)]
        post: PostId,
    },
    /// A child is assigned to a post (分派).
    #[n(7)]
    Assign {
        /// The child.
        #[n(0)]
        child: ChildId,
        /// The post.
        #[n(1)]
        post: PostId,
    },
    /// A child is taken from a post (收回); its devices purge.
    #[n(8)]
    Withdraw {
        /// The child.
        #[n(0)]
        child: ChildId,
        /// The post.
        #[n(1)]
        post: PostId,
    },
    /// Two files are of one child (并档), or no longer are.
    #[n(9)]
    Alias {
        /// The file that steps back.
        #[n(0)]
        child: ChildId,
        /// The file that stays.
        #[n(1)]
        of: ChildId,
        /// False takes it back.
        #[n(2)]
        joined: bool,
    },
    /// A policy parameter (政策参数), JSON.
    #[n(10)]
    Policy {
        /// Its key, e.g. `visit_freq`.
        #[n(0)]
        key: String,
        /// JSON text.
        #[n(1)]
        value: String,
    },
    /// A child is erased for ever (合规删除); replicas purge, its ids are refused.
    #[n(11)]
    Erase {
        /// The child.
        #[n(0)]
        child: ChildId,
    },
}

impl Row {
    /// The child this row is about, if any.
    pub const fn child(&self) -> Option<ChildId> {
        match self {
            Self::Child { child, .. }
            | Self::Register { child, .. }
            | Self::Assign { child, .. }
            | Self::Withdraw { child, .. }
            | Self::Alias { child, .. }
            | Self::Erase { child } => Some(*child),
            Self::Unit { .. }
            | Self::Person { .. }
            | Self::Post { .. }
            | Self::Device { .. }
            | Self::Revoke { .. }
            | Self::Policy { .. } => None,
        }
    }
}

/// A unit of the roster.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unit {
    /// Its name.
    pub name: String,
    /// What it covers.
    pub area: Area,
}

/// A post of the roster.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Post {
    /// Who holds it.
    pub person: PersonId,
    /// Where.
    pub unit: UnitId,
    /// As what.
    pub role: Role,
    /// First day.
    pub from: Day,
    /// Last day, if known.
    pub to: Option<Day>,
}

impl Post {
    /// The row that says it.
    pub const fn row(&self, id: PostId) -> Row {
        let Self { person, unit, role, from, to } = *self;
        Row::Post { id, person, unit, role, from, to }
    }

    /// Whether the post is held on a day.
    pub fn held_on(&self, on: Day) -> bool {
        self.from <= on && self.to.is_none_or(|to| on <= to)
    }
}

/// A device of the roster.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Device {
    /// Whose it is.
    pub person: PersonId,
    /// Ed25519 public key.
    pub sign: [u8; 32],
    /// X25519 public key.
    pub seal: [u8; 32],
    /// What people call it.
    pub label: String,
    /// The file numbers it gives.
    pub segment: Option<Segment>,
    /// Position of its row.
    pub since: Position,
    /// Position at which it was stopped.
    pub revoked: Option<Position>,
}

/// A child's place in the roster.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Seat {
    areas: Vec<(Position, Area)>,
    tenures: Vec<Tenure>,
    /// The file this one was joined into.
    pub alias: Option<ChildId>,
    /// Erased for ever.
    pub erased: bool,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Tenure {
    post: PostId,
    from: Position,
    to: Option<Position>,
}

impl Seat {
    /// The community at a position.
    pub fn area_at(&self, at: Position) -> Option<Area> {
        self.areas.iter().rev().find(|(p, _)| *p <= at).map(|(_, a)| *a)
    }
    /// Position at which the child came into the roster.
    pub fn since(&self) -> Option<Position> {
        self.areas.first().map(|(p, _)| *p)
    }
    /// The community now.
    pub fn area(&self) -> Option<Area> {
        self.areas.last().map(|(_, a)| *a)
    }
    /// Position since which it has been in this street without a break; `None` when it is not there.
    pub fn in_street_since(&self, street: Area) -> Option<Position> {
        self.areas.iter().rev().take_while(|(_, a)| a.street() == street).last().map(|(p, _)| *p)
    }
    /// The posts it is assigned to now.
    pub fn posts(&self) -> impl Iterator<Item = PostId> + '_ {
        self.tenures.iter().filter(|t| t.to.is_none()).map(|t| t.post)
    }
    /// Every post that had it, in order: from which position on, and until which.
    pub fn tenures(&self) -> impl Iterator<Item = (PostId, Position, Option<Position>)> + '_ {
        self.tenures.iter().map(|tenure| (tenure.post, tenure.from, tenure.to))
    }
    /// Whether it was assigned to the post at a position.
    pub fn assigned_at(&self, post: PostId, at: Position) -> bool {
        self.tenures.iter().any(|t| t.post == post && t.from <= at && t.to.is_none_or(|to| at < to))
    }
    /// Position at which the newest current assignment to the post began.
    pub fn assigned_since(&self, post: PostId) -> Option<Position> {
        self.tenures.iter().rev().find(|t| t.post == post && t.to.is_none()).map(|t| t.from)
    }
}

/// Where a row of the log is heard. A device hears the channels of its person's posts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Channel {
    /// Every device: the centre's own units and posts, policies.
    Everyone,
    /// Everyone who works in a street: its units, people, posts, devices.
    Street(Area),
    /// The children assigned to a post.
    Post(PostId),
    /// All children of a street.
    Station(Area),
    /// Everything.
    District,
}

/// "Now": later than every position.
pub const NOW: Position = Position::MAX;

/// The fold of all rows seen so far.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Roster {
    /// The server's own device; writes rows of every kind.
    pub server: DeviceId,
    /// Position of the newest row applied.
    pub version: Position,
    /// Units.
    pub units: BTreeMap<UnitId, Unit>,
    /// People's names.
    pub people: BTreeMap<PersonId, String>,
    /// Posts.
    pub posts: BTreeMap<PostId, Post>,
    /// Devices.
    pub devices: BTreeMap<DeviceId, Device>,
    /// Children.
    pub children: BTreeMap<ChildId, Seat>,
    /// Policy parameters, JSON.
    pub policies: BTreeMap<String, String>,
    by_post: BTreeMap<PostId, BTreeSet<ChildId>>,
    by_person: BTreeMap<PersonId, BTreeSet<PostId>>,
    by_nobody: BTreeSet<ChildId>,
}

impl Roster {
    /// An empty roster of the district whose server is `server`.
    pub fn new(server: DeviceId) -> Self {
        Self {
            server,
            version: 0,
            units: BTreeMap::new(),
            people: BTreeMap::new(),
            posts: BTreeMap::new(),
            devices: BTreeMap::new(),
            children: BTreeMap::new(),
            policies: BTreeMap::new(),
            by_post: BTreeMap::new(),
            by_person: BTreeMap::new(),
            by_nobody: BTreeSet::new(),
        }
    }

    /// Applies one accepted row. The same row again changes nothing.
    pub fn apply(&mut self, at: Position, row: &Row) {
        self.version = self.version.max(at);
        match row {
            Row::Unit { id, name, area } => {
                self.units.insert(*id, Unit { name: name.clone(), area: *area });
            }
            Row::Person { id, name } => {
                self.people.insert(*id, name.clone());
            }
            Row::Post { id, person, unit, role, from, to } => {
                let post = Post { person: *person, unit: *unit, role: *role, from: *from, to: *to };
                self.posts.insert(*id, post);
                self.by_person.entry(*person).or_default().insert(*id);
            }
            Row::Device { id, person, sign, seal, label, segment } => {
                self.devices.entry(*id).or_insert_with(|| Device {
                    person: *person,
                    sign: *sign,
                    seal: *seal,
                    label: label.clone(),
                    segment: segment.and_then(Segment::new),
                    since: at,
                    revoked: None,
                });
            }
            Row::Revoke { device } => {
                if let Some(device) = self.devices.get_mut(device) {
                    device.revoked = Some(device.revoked.map_or(at, |earlier| earlier.min(at)));
                }
            }
            Row::Child { child, area } => self.seat(*child, at, *area),
            Row::Register { child, area, post } => {
                self.seat(*child, at, *area);
                self.assign(*child, *post, at);
            }
            Row::Assign { child, post } => self.assign(*child, *post, at),
            Row::Withdraw { child, post } => self.withdraw(*child, *post, at),
            Row::Alias { child, of, joined } => {
                self.children.entry(*child).or_default().alias = joined.then_some(*of);
            }
            Row::Policy { key, value } => {
                self.policies.insert(key.clone(), value.clone());
            }
            Row::Erase { child } => self.children.entry(*child).or_default().erased = true,
        }
    }

    fn seat(&mut self, child: ChildId, at: Position, area: Area) {
        let areas = &mut self.children.entry(child).or_default().areas;
        let slot = areas.partition_point(|(p, _)| *p < at);
        match areas.get_mut(slot) {
            Some(same) if same.0 == at => same.1 = area,
            Some(_) | None => areas.insert(slot, (at, area)),
        }
        self.note_charge(child);
    }

    fn assign(&mut self, child: ChildId, post: PostId, at: Position) {
        let tenures = &mut self.children.entry(child).or_default().tenures;
        if !tenures.iter().any(|t| t.post == post && t.to.is_none()) {
            tenures.push(Tenure { post, from: at, to: None });
        }
        self.by_post.entry(post).or_default().insert(child);
        self.note_charge(child);
    }

    fn withdraw(&mut self, child: ChildId, post: PostId, at: Position) {
        let seat = self.children.entry(child).or_default();
        for tenure in seat.tenures.iter_mut().filter(|t| t.post == post && t.to.is_none() && t.from <= at) {
            tenure.to = Some(at);
        }
        if !seat.posts().any(|p| p == post)
            && let Some(children) = self.by_post.get_mut(&post)
        {
            children.remove(&child);
        }
        self.note_charge(child);
    }

    /// The posts a person has ever held.
    pub fn posts_of(&self, person: PersonId) -> impl Iterator<Item = (PostId, &Post)> {
        let ids = self.by_person.get(&person);
        ids.into_iter().flatten().filter_map(|id| Some((*id, self.posts.get(id)?)))
    }

    /// The posts a device's person holds on a day.
    pub fn posts_on(&self, device: DeviceId, on: Day) -> impl Iterator<Item = (PostId, &Post)> {
        let person = self.devices.get(&device).map(|d| d.person);
        person.into_iter().flat_map(|p| self.posts_of(p)).filter(move |(_, post)| post.held_on(on))
    }

    /// The children assigned to a post now.
    pub fn children_of(&self, post: PostId) -> impl Iterator<Item = ChildId> + '_ {
        self.by_post.get(&post).into_iter().flatten().copied()
    }

    /// The area a post works in.
    pub fn area_of(&self, post: &Post) -> Option<Area> {
        self.units.get(&post.unit).map(|u| u.area)
    }

    /// Whether one post reaches a child at a position ([`NOW`] for now).
    pub fn reaches(&self, id: PostId, post: &Post, child: ChildId, at: Position) -> bool {
        let Some(seat) = self.children.get(&child).filter(|s| !s.erased) else { return false };
        match post.role.reach() {
            Reach::Assigned => seat.assigned_at(id, at),
            Reach::Street => {
                let street = self.area_of(post).map(Area::street);
                seat.area_at(at).is_some_and(|a| Some(a.street()) == street)
            }
            Reach::District => true,
        }
    }

    /// Position since which one post has reached a child without a break; `None` when it does not now.
    pub fn reached_since(&self, id: PostId, post: &Post, child: ChildId) -> Option<Position> {
        let seat = self.children.get(&child).filter(|s| !s.erased)?;
        match post.role.reach() {
            Reach::Assigned => seat.assigned_since(id),
            Reach::Street => seat.in_street_since(self.area_of(post)?.street()),
            Reach::District => Some(0),
        }
    }

    /// Whether a device may see a child now.
    pub fn sees(&self, device: DeviceId, child: ChildId, on: Day) -> bool {
        self.active(device) && self.posts_on(device, on).any(|(id, post)| self.reaches(id, post, child, NOW))
    }

    /// Whether a device may see a child now, or could on another day: by any post of its person.
    pub fn entrusts(&self, device: DeviceId, child: ChildId) -> bool {
        let person = self.devices.get(&device).map(|known| known.person);
        let mut posts = person.into_iter().flat_map(|person| self.posts_of(person));
        self.active(device) && posts.any(|(id, post)| self.reaches(id, post, child, NOW))
    }

    /// Whether the device is enrolled and not stopped.
    pub fn active(&self, device: DeviceId) -> bool {
        self.devices.get(&device).is_some_and(|d| d.revoked.is_none())
    }

    /// Every child the device may see now.
    pub fn scope(&self, device: DeviceId, on: Day) -> BTreeSet<ChildId> {
        self.scope_since(device, on).into_keys().collect()
    }

    /// Every child the device may see now, with the position since which it has without a break.
    pub fn scope_since(&self, device: DeviceId, on: Day) -> BTreeMap<ChildId, Position> {
        let mut scope = BTreeMap::new();
        if !self.active(device) {
            return scope;
        }
        for (id, post) in self.posts_on(device, on) {
            let mut add = |child: ChildId| {
                if let Some(since) = self.reached_since(id, post, child) {
                    scope.entry(child).and_modify(|known: &mut Position| *known = since.min(*known)).or_insert(since);
                }
            };
            if post.role.reach() == Reach::Assigned {
                self.children_of(id).for_each(&mut add);
            } else {
                self.children.keys().copied().for_each(&mut add);
            }
        }
        scope
    }
}

#[cfg(test)]
mod tests;
