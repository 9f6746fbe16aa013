//! Which computers were in touch, and how far each said that its chain goes: for the desks that see to it
//! that nothing is missing. It must not tell anything of what they wrote.

use domain::area::Area;
use domain::day::Day;
use domain::id::DeviceId;
use domain::moment::Timestamp;
use domain::post::Reach;
use sync::wire::{Contact, Request};

use crate::pull::Reader;
use crate::server::{Server, ServerError};
use crate::store::Store;

impl<S: Store> Server<S> {
    /// The computers of the asker's places that were in touch since she last heard of them; `None` when she
    /// does not ask or nothing is new.
    pub(crate) fn contacts_for(
        &mut self,
        asker: DeviceId,
        request: &Request,
        now: Timestamp,
    ) -> Result<Option<Vec<Contact>>, ServerError> {
        let Some(since) = request.contacts else { return Ok(None) };
        let reader = Reader::new(&self.roster, asker, Day::of(now));
        if !reader.counts_chains() {
            return Ok(None);
        }
        // By a clock that was put back all of it is new.
        let since = if since > now { Timestamp(0) } else { since };
        let wide = reader.posts.iter().filter(|(_, post)| post.role.reach() != Reach::Assigned);
        let mine: Vec<Area> = wide.filter_map(|(_, post)| self.roster.area_of(post)).collect();
        let seen = self.vault.store.seen_since(since)?;
        let heard = seen.into_iter().filter(|(device, _)| *device != asker && self.works_in(*device, &mine));
        let contacts: Vec<Contact> =
            heard.map(|(device, state)| Contact { device, at: state.seen, reach: state.reach }).collect();
        Ok(Some(contacts).filter(|contacts| !contacts.is_empty()))
    }

    /// Whether a computer's person works, or worked, in one of some places.
    fn works_in(&self, device: DeviceId, places: &[Area]) -> bool {
        let Some(known) = self.roster.devices.get(&device) else { return false };
        let mut areas = self.roster.posts_of(known.person).filter_map(|(_, post)| self.roster.area_of(post));
        areas.any(|area| places.iter().any(|place| place.contains(area)))
    }
}

#[cfg(test)]
mod tests;
