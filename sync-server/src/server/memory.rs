//! What the server holds in memory, taken from its store. It must not decide what stands there.

use domain::day::Day;
use domain::id::{DeviceId, Position};
use domain::roster::{Post, Roster, Row};
use sync::item::Kind;

use super::{Server, ServerError, Since, fact};
use crate::store::{Store, StoreError};

impl<S: Store> Server<S> {
    /// Takes everything held in memory anew from the store. All of it is read first: where that fails, what was
    /// held stays, and nobody is judged by a roster that is not whole.
    pub(super) fn reload(&mut self) -> Result<(), ServerError> {
        self.open.clear();
        let epoch = self.number(fact::EPOCH)?;
        let life = u32::try_from(self.number(fact::LIFE)?).unwrap_or_default();
        let withheld = self.number(fact::WITHHELD)? != 0;
        let brought = self.vault.store.fact(fact::REGAINING)?;
        let brought = brought.and_then(|bytes| minicbor::decode::<Option<Vec<DeviceId>>>(&bytes).ok().flatten());
        let begun = self.vault.store.fact(fact::BEGUN)?;
        let (roster, since) = self.roster_anew()?;
        self.look_for_backup()?;
        self.epoch = epoch;
        self.life = life;
        self.withheld = withheld;
        self.regaining = brought.map(|brought| brought.into_iter().collect());
        self.begun = begun.and_then(|bytes| minicbor::decode(&bytes).ok());
        self.roster = roster;
        self.since = since;
        self.is_stale = false;
        Ok(self.vault.store.finish_erasing()?)
    }

    /// The roster folded from its rows.
    fn roster_anew(&mut self) -> Result<(Roster, Since), ServerError> {
        let (mut roster, mut since) = (Roster::new(self.secret.id()), Since::new());
        let rows = match self.vault.store.roster_rows(0) {
            Err(StoreError::Damaged) => {
                tracing::error!("the rows of the roster cannot be read, taken from the log");
                self.vault.rollback()?;
                self.rows_in_log()?
            }
            rows => self.rows_of_roster(rows?)?,
        };
        for (at, row) in &rows {
            fold_into((&mut roster, &mut since), *at, row);
        }
        Ok((roster, since))
    }

    /// Who may do what follows from every row of it: without one the server does not open.
    pub(crate) fn rows_of_roster(
        &mut self,
        rows: Vec<(Position, Vec<u8>)>,
    ) -> Result<Vec<(Position, Row)>, ServerError> {
        let mut read = Vec::with_capacity(rows.len());
        for (at, bytes) in rows {
            let row = minicbor::decode(&bytes).ok().or_else(|| self.row_in_log(at)).ok_or(ServerError::Row(at))?;
            read.push((at, row));
        }
        Ok(read)
    }

    /// The same from the log alone. A place that cannot be read may have been one of them.
    pub(crate) fn rows_in_log(&mut self) -> Result<Vec<(Position, Row)>, ServerError> {
        let (end, _) = self.vault.store.head()?;
        let mut rows = Vec::new();
        for at in 1..=end {
            let item = self.vault.store.row(at)?.ok_or(ServerError::Row(at))?;
            if item.kind == Kind::Roster {
                rows.push((at, self.row_in_log(at).ok_or(ServerError::Row(at))?));
            }
        }
        Ok(rows)
    }

    /// After a failure: nothing of what was open stays, in memory neither. That what is held cannot be read anew is
    /// no damage of what is in hand: nothing is set aside for it.
    pub(super) fn take_anew(&mut self) -> Result<(), ServerError> {
        self.is_stale = true;
        self.vault.rollback()?;
        self.reload().map_err(|error| match error {
            error if error.is_damage() => ServerError::Store(StoreError::Failed(error.to_string())),
            error => error,
        })
    }

    /// Applies a row to the roster in memory.
    pub(crate) fn fold(&mut self, at: Position, row: &Row) {
        fold_into((&mut self.roster, &mut self.since), at, row);
    }
}

/// Applies a row to a roster, and notes since when its post is what it is.
fn fold_into((roster, since): (&mut Roster, &mut Since), at: Position, row: &Row) {
    if let Row::Post { id, unit, role, from, to, .. } = row {
        let ends = |end: Option<Day>| to.is_some_and(|to| end.is_none_or(|end| to < end));
        let only_ends = |post: &Post| post.unit == *unit && post.role == *role && post.from == *from && ends(post.to);
        if !roster.posts.get(id).is_some_and(only_ends) {
            since.insert(*id, at);
        }
    }
    roster.apply(at, row);
}
