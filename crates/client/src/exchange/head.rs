//! The first frame of an answer: receipts, verdicts, lease, and how it stands between the two.
//! It must not touch rows.

use std::collections::BTreeSet;

use domain::day::Day;
use domain::fault::{Code, Fault};
use domain::id::RecordId;
use domain::moment::Moment;
use dossier::Actor;
use sync::envelope::Envelope;
use sync::item::{Item, Kind};
use sync::wire::{Cursor, Head, Outcome, Receipt, State, Verdict};

use super::Flight;
use crate::desk::Desk;
use crate::store::items::State as ItemState;
use crate::store::{Stored, contacts, envelopes, files, items};
use crate::tag::Tag;
use crate::work::Work;

impl Desk {
    /// Commits the head. News without the server's signature is no news.
    pub(super) fn on_head(&mut self, m: &mut Moment, flight: &mut Flight, head: &Head) -> Result<Vec<Tag>, Fault> {
        let signed = head.is_signed(&self.me.district, &flight.sig, &self.me.server_sign);
        let told = head.lease.is_some() || head.contacts.is_some();
        let news = !head.receipts.is_empty() || !head.verdicts.is_empty() || told;
        if (head.sig.is_some() || news) && !signed {
            return Err(Code::BadAnswer.into());
        }
        let mut work = self.work(m)?;
        work.standing.told = Some(Day::of(head.now));
        if signed {
            work.take_receipts(flight, head)?;
            work.take_verdicts(m, head)?;
            work.take_contacts(flight, head)?;
            work.standing.lease = head.lease.or(work.standing.lease);
            work.standing.heard = Some((head.now, m.now));
        }
        work.take_state(m, flight, head, signed)?;
        work.purge_leaving(m)?;
        work.touch(Tag::Sync);
        Ok(work.finish(m)?)
    }
}

impl Work<'_> {
    fn take_receipts(&mut self, flight: &Flight, head: &Head) -> Stored<()> {
        if !head.receipts.is_empty() && head.receipts.len() != flight.pushed.len() {
            return Err(Code::BadAnswer.into());
        }
        for (no, receipt) in flight.pushed.iter().zip(&head.receipts) {
            match receipt {
                Receipt::Kept(inbox) => envelopes::received(&self.tx, *no, *inbox)?,
                Receipt::Refused(why) => envelopes::refused(&self.tx, *no, *why)?,
            }
        }
        if self.has_another_life(head) {
            // Numbers given before a restore are not those that its backups hold: nothing is let go by them.
            self.standing.backed_up = self.standing.backed_up.min(head.backed_up);
            return Ok(());
        }
        self.standing.backed_up = head.backed_up;
        items::forget_edits(&self.tx, head.backed_up)?;
        self.drop_sealed()
    }

    /// When computers were in touch, where that was asked for.
    fn take_contacts(&mut self, flight: &Flight, head: &Head) -> Stored<()> {
        if !flight.contacts || head.state != State::Fine {
            return Ok(());
        }
        for contact in head.contacts.iter().flatten() {
            contacts::keep(&self.tx, contact)?;
        }
        self.standing.contacts = Some(head.now);
        Ok(())
    }

    /// Whether the server was restored since it was last heard.
    fn has_another_life(&self, head: &Head) -> bool {
        self.standing.life.is_some_and(|life| life != head.life)
    }

    fn take_verdicts(&mut self, m: &mut Moment, head: &Head) -> Stored<()> {
        let mut damaged = BTreeSet::new();
        for verdict in &head.verdicts {
            self.take_verdict(verdict, &mut damaged)?;
        }
        self.standing.verdict = self.standing.verdict.max(head.verdict);
        for record in damaged {
            self.remake(m, record)?;
        }
        Ok(())
    }

    fn take_verdict(&mut self, verdict: &Verdict, damaged: &mut BTreeSet<RecordId>) -> Stored<()> {
        let Some(no) = envelopes::own(&self.tx, verdict.branch, verdict.seq)? else { return Ok(()) };
        let Some(envelope) = envelopes::assemble(&self.tx, no)? else { return Ok(()) };
        for (place, outcome) in &verdict.outcomes {
            self.take_outcome(&envelope, usize::from(*place), *outcome, damaged)?;
        }
        Ok(())
    }

    fn take_outcome(
        &mut self,
        envelope: &Envelope,
        place: usize,
        outcome: Outcome,
        damaged: &mut BTreeSet<RecordId>,
    ) -> Stored<()> {
        let Some(digest) = envelope.parts.get(place).map(sync::envelope::Part::digest) else { return Ok(()) };
        // A purged item's verdict needs no place to stand.
        let Some(kept) = items::find(&self.tx, &digest)? else { return Ok(()) };
        let Ok(item) = Item::decode(&kept.bytes) else { return Ok(()) };
        let (state, position, reason) = match outcome {
            Outcome::Accepted(position) => (ItemState::Accepted, Some(position), None),
            Outcome::Waiting(_) if kept.state == ItemState::Remade => return Ok(()),
            Outcome::Waiting(_) => (ItemState::Waiting, None, None),
            Outcome::Held(reason) => (ItemState::Held, None, Some(reason)),
        };
        items::settle(&self.tx, kept.no, state, position, reason)?;
        if item.form == sync::claim::FORM {
            self.decided(&item);
        }
        let was_out = matches!(kept.state, ItemState::Held | ItemState::Remade);
        match (item.kind, state) {
            (Kind::Roster, _) => self.refold(),
            (Kind::Change, ItemState::Held) if kept.state != ItemState::Held => {
                damaged.insert(item.record);
            }
            // Somebody took it over after all.
            (Kind::Change, ItemState::Accepted) if was_out => {
                self.admit(&item, &digest.0)?;
            }
            (Kind::File, _) => self.filed(item.record),
            (Kind::Change | Kind::Sealed | Kind::Audit, _) => {}
        }
        if let Some(child) = item.child {
            self.touch(Tag::Child(child));
        }
        Ok(())
    }

    fn take_state(&mut self, m: &mut Moment, flight: &mut Flight, head: &Head, signed: bool) -> Stored<()> {
        self.standing.not_yet = head.state == State::NotYet;
        if self.has_another_life(head) {
            // A backup may be older than the pieces it was brought.
            files::doubt(&self.tx)?;
        }
        match &head.state {
            State::Fine => {
                flight.fine = true;
                self.standing.asking = false;
                self.standing.life = Some(head.life);
                self.standing.revoked &= !signed;
            }
            State::Counter(newest) => {
                flight.again = true;
                // A larger counter than ours: another copy of this profile is or was at work.
                if *newest > flight.counter {
                    self.standing.counter = self.standing.counter.max(*newest);
                    self.standing.fork(m);
                    envelopes::take_apart(&self.tx)?;
                    *self.actor = Actor::new(self.me.device(), m.bytes());
                    self.standing.cursor = Cursor::default();
                }
            }
            State::Restored(theirs) => {
                flight.again = true;
                self.go_back(theirs)?;
                self.standing.life = Some(head.life);
            }
            State::Lacks(marks) => {
                flight.again = true;
                self.standing.asking = false;
                envelopes::lack(&self.tx, marks)?;
            }
            State::NotYet => self.standing.asking = false,
            // At every contact: what is typed into a page that was still open is saved as well.
            State::Revoked if signed => {
                let restored = self.has_another_life(head);
                self.standing.life = Some(head.life);
                if restored {
                    // Nobody tells a stopped device what the backup lacks: all that is here is said again.
                    envelopes::unreceive_above(&self.tx, self.standing.backed_up)?;
                    envelopes::unreceive_here(&self.tx)?;
                }
                files::bring_own_only(&self.tx)?;
                flight.again = self.hand_in_all(m)? || !self.standing.revoked || restored;
                self.standing.revoked = true;
            }
            State::Revoked => {}
        }
        Ok(())
    }
}
