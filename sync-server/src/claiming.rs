//! Work that is held, and what a station decides on it (认领): who is given it, and which item a
//! decision lets in. It must not judge: a claim that comes here was accepted by the gate.

use domain::id::{ChildId, DeviceId, Digest};
use domain::rights::{Verb, role_may};
use domain::roster::{Channel, NOW};
use sync::claim::{Action, Claim, FORM, Target};
use sync::envelope::{Envelope, Part};
use sync::item::{Item, Kind};
use sync::wire::{Pushed, Reason};

use crate::damage::Damage;
use crate::pull::{Reader, Sent};
use crate::rows::Rows;
use crate::server::{Server, ServerError};
use crate::store::StoreError;
use crate::store::{Standing, Store, Stored, StoredItem};
use crate::vault::Vault;

/// Prefix of the facts that say what was decided on an item of a child.
const FACT: &str = "claim/";

/// What was decided on an item, and by which device.
#[derive(Clone, Copy, PartialEq, Eq, Debug, minicbor::Encode, minicbor::Decode)]
pub(crate) struct Decided {
    #[n(0)]
    pub(crate) by: DeviceId,
    #[n(1)]
    pub(crate) action: Action,
}

/// The child stands in the name: a station of another street, which may claim only what is of its
/// own children, reaches no other child's item by its digest.
fn name(child: ChildId, digest: &Digest) -> String {
    let digits: String = digest.0.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{FACT}{child}/{digits}")
}

/// What was decided last; a taking over is for good.
pub(crate) fn later(before: Option<Decided>, next: Decided) -> Decided {
    before.filter(|before| before.action == Action::Take).unwrap_or(next)
}

/// What was decided on an item of a child.
pub(crate) fn decided<S: Store>(vault: &mut Vault<S>, child: ChildId, digest: &Digest) -> Stored<Option<Decided>> {
    Ok(vault.store.fact(&name(child, digest))?.and_then(|bytes| minicbor::decode(&bytes).ok()))
}

/// The device that took an item over for its author.
pub(crate) fn claimer<S: Store>(vault: &mut Vault<S>, item: &Item) -> Stored<Option<DeviceId>> {
    let Some(child) = item.child else { return Ok(None) };
    let decided = decided(vault, child, &sync::item::digest(&item.encode()))?;
    Ok(decided.filter(|decided| decided.action == Action::Take).map(|decided| decided.by))
}

impl<S: Store> Server<S> {
    /// Writes an accepted claim down: what it takes over and was held for want of a right is judged
    /// again. An item not here yet is judged by it when it comes.
    pub(crate) fn settle_held(&mut self, by: DeviceId, item: &StoredItem, body: &[u8]) -> Result<(), ServerError> {
        let (Some(claim), Some(child)) = (Claim::decode(body), item.child) else { return Ok(()) };
        for target in &claim.targets {
            let before = decided(&mut self.vault, child, &target.digest)?;
            let now = later(before, Decided { by, action: claim.action });
            let bytes = minicbor::to_vec(now).unwrap_or_default();
            self.vault.store.set_fact(&name(child, &target.digest), &bytes)?;
            let held = self.vault.store.item_of(target.record, &target.digest)?;
            let held = held.filter(|held| held.child == Some(child) && wants_right(held.standing));
            if let (Action::Take, Some(held)) = (now.action, held) {
                self.vault.store.set_standing(held.id, Standing::New)?;
            }
        }
        Ok(())
    }

    /// The channels of a claim's author: she hears what became of her work at whatever post she has.
    pub(crate) fn channels_of_author(&self, body: &[u8]) -> Vec<Channel> {
        let device = Claim::decode(body).and_then(|claim| self.roster.devices.get(&claim.device));
        let posts = device.into_iter().flat_map(|device| self.roster.posts_of(device.person));
        posts.map(|(id, _)| Channel::Post(id)).collect()
    }

    /// The channels of all whose work about a child was decided on: why stands in what is packed for them too.
    pub(crate) fn channels_of_claims(&mut self, child: ChildId) -> Result<Vec<Channel>, ServerError> {
        let mut channels = Vec::new();
        let items = match self.vault.store.items_of_child(child) {
            // Which items are hers cannot be read: then nothing that is packed is kept (`forget`).
            Err(StoreError::Damaged) => return Ok(channels),
            items => items?,
        };
        for item in items {
            if item.kind == Kind::Audit
                && item.form == FORM
                && let Ok(Some(bytes)) = self.vault.open(&item)
                && let Ok(item) = Item::decode(&bytes)
            {
                channels.extend(self.channels_of_author(&item.body));
            }
        }
        Ok(channels)
    }

    /// Whether an item is a claim on the reader's own work; she may see the child no longer.
    pub(crate) fn answers(&mut self, reader: &Reader, item: &StoredItem) -> Result<bool, ServerError> {
        if item.kind != Kind::Audit || item.form != FORM {
            return Ok(false);
        }
        let body = self.vault.open(item)?.and_then(|bytes| Item::decode(&bytes).ok()).map(|item| item.body);
        let claim = body.and_then(|body| Claim::decode(&body));
        let author = claim.and_then(|claim| self.roster.devices.get(&claim.device)).map(|device| device.person);
        Ok(author.is_some_and(|author| reader.posts.iter().any(|(_, post)| post.person == author)))
    }

    /// The held items a reader asked for and may settle; false when not all fitted.
    pub(crate) fn held_for(
        &mut self,
        reader: &Reader,
        wanted: &[Target],
        sent: &mut Sent,
    ) -> Result<bool, ServerError> {
        let mut rows = Rows::new(reader.clone());
        for target in wanted {
            if sent.is_full() {
                return Ok(false);
            }
            let found = self.vault.store.item_of(target.record, &target.digest).map_err(ServerError::from);
            let item = self.unless_damaged(Damage::Item(0), found)?.flatten();
            let Some(item) = item.filter(|item| self.is_to_settle(reader, item)) else { continue };
            let added = self.hold(&mut rows, &item);
            self.unless_damaged(Damage::Item(item.id), added)?;
            if rows.is_full() {
                sent.push(rows.take(None, None));
            }
        }
        if !rows.is_empty() {
            sent.push(rows.take(None, None));
        }
        Ok(true)
    }

    fn is_to_settle(&self, reader: &Reader, item: &StoredItem) -> bool {
        matches!(item.standing, Standing::Held(_)) && self.may_settle(reader, item)
    }

    fn hold(&mut self, rows: &mut Rows, item: &StoredItem) -> Result<(), ServerError> {
        let Some(bytes) = self.vault.open(item)? else { return Ok(()) };
        let kept = self.vault.store.envelope(item.envelope)?.ok_or(ServerError::Row(item.envelope))?;
        let mut envelope = Envelope::decode(&kept.header).map_err(|_| ServerError::Row(item.envelope))?;
        *envelope.parts.get_mut(usize::from(item.place)).ok_or(ServerError::Row(item.envelope))? = Part::Whole(bytes);
        self.introduce(rows, kept.device);
        rows.hold(Pushed(envelope));
        Ok(())
    }

    fn may_settle(&self, reader: &Reader, item: &StoredItem) -> bool {
        let Some(child) = item.child else { return false };
        let settles = |role| role_may(role, Verb::Create, FORM) && role_may(role, Verb::Read, &item.form);
        let mut posts = reader.posts.iter();
        posts.any(|(id, post)| settles(post.role) && self.roster.reaches(*id, post, child, NOW))
    }
}

/// Whether it is held for want of a right, then or now: what a supervisor can vouch for.
fn wants_right(standing: Standing) -> bool {
    let Standing::Held(code) = standing else { return false };
    matches!(minicbor::decode(&[code]), Ok(Reason::Forbidden | Reason::Unclaimed))
}

#[cfg(test)]
mod tests;
