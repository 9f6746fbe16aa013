//! What cannot be read any more: a row, a delivery, a body. It holds itself: it is passed over, its place is said
//! here and in the log of the program, and everybody else goes on. It must not mend anything, nor say content.

use domain::id::Position;
use domain::roster::Row;
use sync::envelope::Envelope;
use sync::item::{Item, Kind};

use crate::server::{Server, ServerError};
use crate::store::{Aside, Standing, Store, StoreError, Stored, StoredItem};

/// Something stored that cannot be read.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Damage {
    /// The row at a position of the log, its body or its envelope.
    Log(Position),
    /// A row of the roster, which is folded from these.
    Roster(Position),
    /// An item outside the log, by its row: to be judged, waiting or held.
    Item(u64),
    /// A delivery not laid out yet, by its inbox number.
    Arrival(u64),
    /// A table that could not be read to its end; which of its rows stand beyond is not known.
    Table(&'static str),
}

/// Most that is named at once.
const NAMED_MAX: usize = 1000;

impl<S: Store> Server<S> {
    /// Reading goes on without what is damaged; everything else that fails is a failure. Only while reading.
    pub(crate) fn unless_damaged<R>(
        &mut self,
        what: Damage,
        done: Result<R, ServerError>,
    ) -> Result<Option<R>, ServerError> {
        match done {
            Ok(done) => Ok(Some(done)),
            Err(error) if error.is_damage() => {
                tracing::error!(?what, "damaged, passed over");
                self.meter.damaged += 1;
                self.read_on();
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// The rest is read, see [`Vault::read_on`](crate::vault::Vault::read_on).
    pub(crate) fn read_on(&mut self) {
        if let Err(error) = self.vault.read_on() {
            tracing::error!(%error, "reading does not go on");
        }
    }

    /// After something was looked at that may be damaged: the store is read on.
    pub fn go_on(&mut self) -> Result<(), ServerError> {
        Ok(self.vault.rollback()?)
    }

    /// A row of the roster as it stands in the log.
    pub(crate) fn row_in_log(&mut self, at: Position) -> Option<Row> {
        let item = self.vault.store.row(at).ok()??;
        let bytes = self.vault.open(&item).ok()??;
        minicbor::decode(&Item::decode(&bytes).ok()?.body).ok()
    }

    /// All that cannot be read, by its place.
    pub fn damaged(&mut self) -> Result<Vec<Damage>, ServerError> {
        let mut damaged = Vec::new();
        let (end, _) = self.vault.store.head()?;
        for at in 1..=end {
            let item = self.vault.store.row(at).ok().flatten();
            let chain = self.vault.store.chain(at).ok().flatten();
            if chain.is_none() || !item.is_some_and(|item| self.can_be_read(&item)) {
                damaged.push(Damage::Log(at));
                self.vault.rollback()?;
            }
            if damaged.len() >= NAMED_MAX {
                return Ok(damaged);
            }
        }
        let rows = self.vault.store.roster_rows(0);
        for (at, row) in self.unless_cut_off("roster", rows, &mut damaged)? {
            if minicbor::decode::<Row>(&row).is_err() {
                damaged.push(Damage::Roster(at));
            }
        }
        let outside = self.vault.store.outside_log();
        for (id, item) in self.unless_cut_off("item", outside, &mut damaged)? {
            if !item.is_some_and(|item| self.can_be_read(&item)) {
                damaged.push(Damage::Item(id));
                self.vault.rollback()?;
            }
        }
        let arrivals = self.vault.store.arrivals(usize::MAX, &Aside::default());
        for arrival in self.unless_cut_off("arrival", arrivals, &mut damaged)? {
            if !matches!(self.is_sound(&arrival), Ok(true)) {
                damaged.push(Damage::Arrival(arrival.number));
                self.vault.rollback()?;
            }
        }
        damaged.truncate(NAMED_MAX);
        Ok(damaged)
    }

    /// What was listed of a table, or the table is named: looking goes on with the others.
    fn unless_cut_off<R>(
        &mut self,
        table: &'static str,
        listed: Stored<Vec<R>>,
        damaged: &mut Vec<Damage>,
    ) -> Result<Vec<R>, ServerError> {
        match listed {
            Err(StoreError::Damaged) => {
                damaged.push(Damage::Table(table));
                self.vault.rollback()?;
                Ok(Vec::new())
            }
            other => Ok(other?),
        }
    }

    /// Whether envelope and body of an item are there and are what was signed. What was erased has no body.
    fn can_be_read(&mut self, item: &StoredItem) -> bool {
        let kept = self.vault.store.envelope(item.envelope).ok().flatten();
        let header = kept.and_then(|kept| Envelope::decode(&kept.header).ok());
        let part = header.and_then(|header| header.parts.get(usize::from(item.place)).map(|part| part.digest()));
        if part != Some(item.digest) {
            return false;
        }
        match self.vault.open(item) {
            Ok(Some(bytes)) => sync::item::digest(&bytes) == item.digest,
            // Held because it was sealed under another key than there is, or came after an erasure.
            Ok(None) => item.kind != Kind::Roster,
            Err(_) => matches!(item.standing, Standing::Held(_)) && item.child.is_some_and(|c| self.is_erased(c)),
        }
    }
}

#[cfg(test)]
mod tests;
