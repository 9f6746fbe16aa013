//! Rows of the log that came: verified, kept, applied, committed with the cursor. It must not
//! trust an author it cannot name.

use domain::fault::{Code, Fault};
use domain::id::Digest;
use domain::moment::Moment;
use domain::roster::Row;
use sync::envelope::{Envelope, Part};
use sync::item::{Item, Kind};
use sync::wire::{History, Placed, Regained, Rows};

use crate::desk::Desk;
use crate::store::items::State;
use crate::store::roster::{self, Hidden};
use crate::store::{Stored, envelopes, items};
use crate::tag::Tag;
use crate::work::{Admitted, Work};

impl Desk {
    /// Commits one frame of rows.
    pub(super) fn on_rows(&mut self, m: &mut Moment, rows: &Rows) -> Result<Vec<Tag>, Fault> {
        let mut work = self.work(m)?;
        for author in &rows.authors {
            roster::keep_author(&work.tx, work.authors, author)?;
        }
        work.meet_authors(rows)?;
        for placed in &rows.envelopes {
            work.take_placed(placed)?;
        }
        for regained in rows.regained.iter().flatten() {
            work.take_regained(regained)?;
        }
        for held in rows.held.iter().flatten() {
            work.take_held(&held.0)?;
        }
        if let Some(history) = rows.history {
            work.take_history(history)?;
        }
        let before = work.standing.cursor;
        let was_first = before.first > 0 || before.position == 0;
        let (mut first, mut over) = (false, false);
        if let Some(cursor) = rows.cursor {
            let still = cursor.first > 0 && cursor.position < cursor.first;
            first = was_first || cursor.first > 0;
            over = first && !still;
            work.stand_at(cursor)?;
        }
        Ok(work.finish_download(m, first, over)?)
    }
}

impl Work<'_> {
    /// Devices enrolled in these very rows, so that the order of envelopes does not matter.
    fn meet_authors(&mut self, rows: &Rows) -> Stored<()> {
        let server = self.me.server;
        for placed in rows.envelopes.iter().filter(|p| p.envelope.0.device == server) {
            self.verify(&placed.envelope.0)?;
            let items = placed.envelope.0.items().filter_map(|(_, item)| item.ok());
            for item in items.filter(|i| i.kind == Kind::Roster) {
                if let Ok(row @ Row::Device { .. }) = minicbor::decode::<Row>(&item.body) {
                    roster::keep_author(&self.tx, self.authors, &row)?;
                }
            }
        }
        Ok(())
    }

    pub(super) fn verify(&self, envelope: &Envelope) -> Stored<()> {
        let device = envelope.device;
        let outside = || match self.authors.get(&device) {
            Some(Row::Device { sign, .. }) => Some(*sign),
            Some(_) | None => None,
        };
        let public = if device == self.me.server {
            Some(self.me.server_sign)
        } else if device == self.me.device() {
            Some(self.me.key.sign_public())
        } else {
            self.roster.devices.get(&device).map(|d| d.sign).or_else(outside)
        };
        let known = public.ok_or(Code::BadAnswer)?;
        envelope.verify(&self.me.district, &known).map_err(|_| Code::BadAnswer.into())
    }

    fn take_placed(&mut self, placed: &Placed) -> Stored<()> {
        let envelope = &placed.envelope.0;
        // The server's own were verified when its rows were looked through for authors.
        if envelope.device != self.me.server {
            self.verify(envelope)?;
        }
        let id = envelope.id(&self.me.district);
        let no = envelopes::keep(&self.tx, envelope, &id, false)?;
        let mut steps = placed.steps.iter();
        let mut position = 0u64;
        for part in &envelope.parts {
            let Part::Whole(bytes) = part else { continue };
            position = steps.next().and_then(|step| position.checked_add(*step)).ok_or(Code::BadAnswer)?;
            self.take_item(envelope, no, bytes, position)?;
        }
        Ok(())
    }

    /// What is held here has a place in the log again. It was verified when it came.
    fn take_regained(&mut self, regained: &Regained) -> Stored<()> {
        let no = envelopes::marked(&self.tx, regained.mark)?.ok_or(Code::BadAnswer)?;
        let envelope = envelopes::assemble(&self.tx, no)?.ok_or(Code::BadAnswer)?;
        for (place, position) in &regained.items {
            let Some(Part::Whole(bytes)) = envelope.parts.get(usize::from(*place)) else {
                return Err(Code::BadAnswer.into());
            };
            self.take_item(&envelope, no, bytes, *position)?;
        }
        Ok(())
    }

    fn take_item(&mut self, envelope: &Envelope, no: i64, bytes: &[u8], position: u64) -> Stored<()> {
        let digest = sync::item::digest(bytes);
        let item = Item::decode(bytes).ok();
        if let Some(child) = item.as_ref().and_then(|i| i.child)
            && item.as_ref().is_some_and(|i| i.kind != Kind::Roster)
            && self.roster.children.get(&child).is_some_and(|seat| seat.erased)
        {
            return Ok(());
        }
        let known = items::find(&self.tx, &digest)?;
        let was_in = known.as_ref().is_some_and(|k| matches!(k.state, State::Own | State::Accepted | State::Waiting));
        match &known {
            Some(kept) => items::settle(&self.tx, kept.no, State::Accepted, Some(position), None)?,
            None => {
                let state = if item.is_some() { State::Accepted } else { State::Unreadable };
                items::take(&self.tx, item.as_ref(), bytes, no, position, state)?;
            }
        }
        let Some(item) = item else { return Ok(()) };
        match item.kind {
            Kind::Roster if known.is_some() => self.refold(),
            Kind::Roster => self.take_row(envelope, &item, &digest, position)?,
            Kind::Change if was_in => {}
            Kind::Change => self.take_change(&item, &digest, position)?,
            Kind::File => self.filed(item.record),
            Kind::Audit if item.form == sync::claim::FORM => self.decided(&item),
            Kind::Sealed | Kind::Audit => {}
        }
        Ok(())
    }

    fn take_row(&mut self, envelope: &Envelope, item: &Item, digest: &Digest, position: u64) -> Stored<()> {
        let row = minicbor::decode::<Row>(&item.body).ok();
        let server = envelope.device == self.me.server;
        let field = |row: &Row| {
            matches!(row, Row::Register { .. } | Row::Assign { .. } | Row::Withdraw { .. } | Row::Revoke { .. })
        };
        match row.filter(|row| server || field(row)) {
            Some(row) => {
                self.note_erasure(envelope, &row);
                self.apply(Some(position), row);
            }
            None => self.unreadable(digest, position)?,
        }
        Ok(())
    }

    /// What is out of reach here, a damaged store that was put aside, goes by this.
    fn note_erasure(&mut self, envelope: &Envelope, row: &Row) {
        let Row::Erase { child } = row else { return };
        let known = self.roster.children.get(child);
        if known.is_some_and(|seat| seat.area().is_some() || seat.posts().next().is_some()) {
            self.standing.erased = self.standing.erased.max(Some(envelope.at));
        }
    }

    fn take_change(&mut self, item: &Item, digest: &Digest, position: u64) -> Stored<()> {
        if self.admit(item, &digest.0)? == Admitted::No {
            self.unreadable(digest, position)?;
        }
        if let Some(child) = item.child {
            self.touch(Tag::Child(child));
        }
        Ok(())
    }

    fn unreadable(&mut self, digest: &Digest, position: u64) -> Stored<()> {
        if let Some(kept) = items::find(&self.tx, digest)? {
            items::settle(&self.tx, kept.no, State::Unreadable, Some(position), None)?;
        }
        Ok(())
    }

    fn take_history(&mut self, history: History) -> Stored<()> {
        if let Some(after) = roster::missed(&self.tx, history.child)? {
            if history.whole {
                roster::miss_no_more(&self.tx, history.child)?;
            } else {
                roster::miss(&self.tx, history.child, after.max(history.upto))?;
            }
        }
        let Some(Hidden::Coming(after)) = roster::hidden(&self.tx, history.child)? else { return Ok(()) };
        if history.whole {
            self.reveal_later(history.child);
            Ok(())
        } else {
            roster::hide(&self.tx, history.child, Hidden::Coming(after.max(history.upto)))
        }
    }
}
