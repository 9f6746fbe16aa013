//! Where rows and items are heard: the channels of a device and of a row. It must not know who asks.

use std::collections::BTreeSet;

use super::{Channel, Roster, Row};
use crate::area::{Area, Width};
use crate::day::Day;
use crate::id::{ChildId, DeviceId, PersonId};
use crate::post::Reach;

impl Roster {
    /// The channels a device hears on a day.
    pub fn channels_of(&self, device: DeviceId, on: Day) -> BTreeSet<Channel> {
        let mut channels = BTreeSet::new();
        for (id, post) in self.posts_on(device, on) {
            let Some(area) = self.area_of(post) else { continue };
            match post.role.reach() {
                Reach::District => return BTreeSet::from([Channel::District]),
                Reach::Street => channels.extend([Channel::Station(area.street()), Channel::Street(area.street())]),
                Reach::Assigned => channels.extend([Channel::Post(id), Channel::Street(area.street())]),
            }
            channels.insert(Channel::Everyone);
        }
        channels
    }

    /// Where rows about a device's own person are heard, whatever posts she holds.
    pub fn channels_about(&self, device: DeviceId) -> BTreeSet<Channel> {
        self.devices.get(&device).map(|known| self.channels_for_person(known.person)).unwrap_or_default()
    }

    /// The stations that count a device's chain: those of every street its person works or worked in.
    pub fn stations_of(&self, device: DeviceId) -> BTreeSet<Channel> {
        let person = self.devices.get(&device).map(|d| d.person);
        let areas = person.into_iter().flat_map(|p| self.posts_of(p)).filter_map(|(_, post)| self.area_of(post));
        areas.filter(|a| a.width() != Width::District).map(|a| Channel::Station(a.street())).collect()
    }

    /// Where rows about a child are heard now, besides [`Channel::District`].
    pub fn channels_for_child(&self, child: ChildId) -> BTreeSet<Channel> {
        let mut channels = BTreeSet::new();
        if let Some(seat) = self.children.get(&child) {
            channels.extend(seat.posts().map(Channel::Post));
            channels.extend(seat.area().map(|a| Channel::Station(a.street())));
        }
        channels
    }

    /// Where a roster row is heard, besides [`Channel::District`]. Call it before and after
    /// [`Roster::apply`] and join both, so that those who lose a child hear of it.
    pub fn channels_for_row(&self, row: &Row) -> BTreeSet<Channel> {
        match row {
            Row::Unit { area, .. } => Self::staff_channels(*area),
            Row::Person { id, .. } => self.channels_for_person(*id),
            Row::Post { unit, person, .. } => {
                let mut channels = self.channels_for_person(*person);
                channels.extend(self.units.get(unit).map(|u| Self::staff_channels(u.area)).unwrap_or_default());
                channels
            }
            Row::Device { person, .. } => self.channels_for_person(*person),
            Row::Revoke { device } => {
                self.devices.get(device).map(|d| self.channels_for_person(d.person)).unwrap_or_default()
            }
            Row::Child { child, .. } | Row::Alias { child, .. } => self.channels_for_child(*child),
            // Also by whom the child was given to in rows that a restored server has not heard of again.
            Row::Erase { child } => {
                let mut channels = self.channels_for_child(*child);
                channels.insert(Channel::Everyone);
                channels
            }
            Row::Register { child, post, .. } | Row::Assign { child, post } | Row::Withdraw { child, post } => {
                let mut channels = self.channels_for_child(*child);
                channels.insert(Channel::Post(*post));
                channels
            }
            Row::Policy { .. } => BTreeSet::from([Channel::Everyone]),
        }
    }

    fn staff_channels(area: Area) -> BTreeSet<Channel> {
        if area.width() == Width::District {
            BTreeSet::from([Channel::Everyone])
        } else {
            BTreeSet::from([Channel::Street(area.street())])
        }
    }

    fn channels_for_person(&self, person: PersonId) -> BTreeSet<Channel> {
        let areas = self.posts_of(person).filter_map(|(_, post)| self.area_of(post));
        areas.flat_map(Self::staff_channels).collect()
    }
}
