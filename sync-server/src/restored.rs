//! How it stands between a device and this server, also after an old backup was put back. It must
//! not decide which side is right: each side gives what the other lacks.

use std::collections::BTreeSet;

use domain::day::Day;
use domain::id::{Branch, DeviceId, Position};
use domain::moment::{Moment, Timestamp};
use domain::post::Reach;
use sync::chain;
use sync::envelope::Envelope;
use sync::wire::{Cursor, Mark, State};

use crate::inbox::Incoming;
use crate::server::{OwnChain, Server, ServerError, fact};
use crate::store::{DeviceState, Standing, Store};

/// Verdict numbers begin anew above all that were given before a restore.
const NUMBERS_PER_EPOCH: u32 = 40;

impl<S: Store> Server<S> {
    /// Called once on a store that came from a backup: a new branch for the server's own chain,
    /// and no rows for anybody until a station's or centre's desk has synced.
    pub fn mark_restored(&mut self, m: &mut Moment) -> Result<(), ServerError> {
        let epoch = self.epoch + 1;
        let life = u32::from_be_bytes(m.bytes());
        let (end, _) = self.vault.store.head()?;
        let own = OwnChain { branch: Branch(m.bytes()), seq: 0, prev: chain::START };
        self.durably(|s| {
            s.vault.store.set_fact(fact::LINK, &minicbor::to_vec(own).unwrap_or_default())?;
            s.vault.store.skip_verdicts_to(epoch << NUMBERS_PER_EPOCH)?;
            s.set_number(fact::EPOCH, epoch)?;
            s.set_number(fact::LIFE, u64::from(life))?;
            s.set_number(fact::RESTORED_AT, end)?;
            s.set_number(fact::WITHHELD, 1)?;
            s.set_regaining(Some(BTreeSet::new()))
        })?;
        self.epoch = epoch;
        self.life = life;
        self.withheld = true;
        Ok(())
    }

    /// Whether rows are withheld because the store was restored and nobody wide has synced yet.
    pub const fn withholds(&self) -> bool {
        self.withheld
    }

    /// The desks of stations and the centre that have not said yet that they brought back all they had, while
    /// the server takes back what a restore lost; `None` when it does not.
    pub fn awaited(&self, today: Day) -> Option<Vec<DeviceId>> {
        let brought = self.regaining.as_ref()?;
        let devices = self.roster.devices.keys().filter(|device| !brought.contains(device));
        let wide = |device: &&DeviceId| {
            let mut posts = self.roster.posts_on(**device, today);
            self.roster.active(**device) && posts.any(|(_, post)| post.role.reach() != Reach::Assigned)
        };
        Some(devices.filter(wide).copied().collect())
    }

    /// The centre ends the time in which another's word stands in for the lost log.
    pub fn close_restored(&mut self) -> Result<(), ServerError> {
        self.durably(|s| s.set_regaining(None))
    }

    /// Remembers who brought back what. In a transaction.
    fn set_regaining(&mut self, brought: Option<BTreeSet<DeviceId>>) -> Result<(), ServerError> {
        let devices: Option<Vec<DeviceId>> = brought.as_ref().map(|brought| brought.iter().copied().collect());
        self.vault.store.set_fact(fact::REGAINING, &minicbor::to_vec(devices).unwrap_or_default())?;
        self.regaining = brought;
        Ok(())
    }

    /// A desk that knows of the restore, was asked for nothing and brings nothing more has brought back all. When
    /// each desk of a station or the centre has, nobody's word stands in for the lost log any more. At each exchange:
    /// whom it waits for may have been stopped, or have left.
    pub(crate) fn note_brought_back(
        &mut self,
        now: Timestamp,
        incoming: &Incoming,
        state: &State,
    ) -> Result<(), ServerError> {
        let request = &incoming.request;
        let all = request.push.is_empty() && request.have.is_empty() && request.life.is_none_or(|l| l == self.life);
        let today = Day::of(now);
        if *state == State::Fine && all && self.awaited(today).is_some_and(|left| left.contains(&incoming.device)) {
            let mut brought = self.regaining.clone().unwrap_or_default();
            brought.insert(incoming.device);
            self.set_regaining(Some(brought))?;
        }
        self.end_regaining(today)
    }

    /// Ends the time after a restore when nobody is awaited: all said so, or whoever did not was stopped or left.
    /// Never before one of them was here: until then the roster may lack those who have most. In a transaction.
    pub(crate) fn end_regaining(&mut self, today: Day) -> Result<(), ServerError> {
        if !self.withheld && self.awaited(today).is_some_and(|left| left.is_empty()) {
            self.set_regaining(None)?;
        }
        Ok(())
    }

    pub(crate) fn state_for(&mut self, incoming: &Incoming, before: &DeviceState) -> Result<State, ServerError> {
        let request = &incoming.request;
        if !self.roster.active(incoming.device) {
            return Ok(State::Revoked);
        }
        let untold = request.life.is_some_and(|life| life != self.life);
        if !self.is_ours(request.cursor)? || untold {
            return Ok(State::Restored(self.checkpoints(before.confirmed)?));
        }
        if !request.have.is_empty() {
            let lacks = self.lacks(incoming.device, &request.have)?;
            if !lacks.is_empty() {
                return Ok(State::Lacks(lacks));
            }
        }
        if !self.withheld {
            return Ok(State::Fine);
        }
        if !self.is_wide(incoming.device) {
            return Ok(State::NotYet);
        }
        self.set_number(fact::WITHHELD, 0)?;
        self.withheld = false;
        Ok(State::Fine)
    }

    /// Whether the log has this history at the cursor.
    fn is_ours(&mut self, cursor: Cursor) -> Result<bool, ServerError> {
        if cursor.position == 0 {
            return Ok(true);
        }
        let chain = self.vault.store.chain(cursor.position)?;
        Ok(chain.is_some_and(|chain| chain.0[..8] == cursor.chain))
    }

    /// Cursors of this log, newest first: where it was restored, where the device stood then, and
    /// back in doubling steps.
    fn checkpoints(&mut self, confirmed: Position) -> Result<Vec<Cursor>, ServerError> {
        let (head, _) = self.vault.store.head()?;
        let end = match self.number(fact::RESTORED_AT)? {
            0 => head,
            restored => restored.min(head),
        };
        let mut positions = chain::spaced(end);
        positions.push(confirmed.min(end));
        positions.sort_unstable_by(|a, b| b.cmp(a));
        positions.dedup();
        let mut cursors = Vec::with_capacity(positions.len());
        for position in positions {
            if let Some(chain) = self.vault.store.chain(position)? {
                cursors.push(Cursor::at(position, &chain));
            }
        }
        Ok(cursors)
    }

    /// Which of the marked envelopes are not here whole. Whoever marks another's envelope has it in
    /// her log and vouches for it, as if she had brought it.
    fn lacks(&mut self, by: DeviceId, have: &[Mark]) -> Result<Vec<Mark>, ServerError> {
        let (mut lacks, mut seen) = (Vec::new(), BTreeSet::new());
        // The same mark again says nothing new.
        for mark in have.iter().filter(|mark| seen.insert(**mark)) {
            let mut whole = false;
            for row in self.vault.store.envelopes_marked(*mark)? {
                whole |= self.has_whole(by, row)?;
            }
            if !whole {
                lacks.push(*mark);
            }
        }
        Ok(lacks)
    }

    fn has_whole(&mut self, by: DeviceId, row: u64) -> Result<bool, ServerError> {
        let Some(kept) = self.vault.store.envelope(row)? else { return Ok(false) };
        let parts = Envelope::decode(&kept.header).map_or(0, |e| e.parts.len());
        let items = self.vault.store.items_of_envelope(row)?;
        let accepted = items.iter().all(|item| matches!(item.standing, Standing::Accepted(_)));
        if self.regaining.is_some() && !accepted && kept.device != by {
            self.vault.store.vouch(row, by)?;
        }
        Ok(items.len() >= parts)
    }

    /// Whether a device is of a station or the centre: it brings more back than its own work.
    fn is_wide(&self, device: DeviceId) -> bool {
        let person = self.roster.devices.get(&device).map(|d| d.person);
        let mut posts = person.into_iter().flat_map(|p| self.roster.posts_of(p));
        posts.any(|(_, post)| post.role.reach() != Reach::Assigned && post.to.is_none_or(|to| to >= Day::EPOCH))
    }
}

#[cfg(test)]
mod tests;
