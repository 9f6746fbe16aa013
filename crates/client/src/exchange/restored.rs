//! Where the device stood, and how it finds back after the server was restored. It must not give
//! anything up: what both sides lost sight of is pushed again.

use domain::id::Position;
use rusqlite::params;
use sync::chain;
use sync::request::HAVE_MAX;
use sync::wire::{Cursor, Holding, Mark};

use crate::store::{Stored, envelopes, items, signed, unsigned};
use crate::tag::Tag;
use crate::work::Work;

impl Work<'_> {
    /// Stands at a cursor and remembers it, thinned with age.
    pub(super) fn stand_at(&mut self, cursor: Cursor) -> Stored<()> {
        let moved = cursor != self.standing.cursor;
        self.standing.cursor = cursor;
        // In a first download the position does not cover all rows below it.
        if cursor.first > 0 || cursor.position == 0 || !moved {
            return Ok(());
        }
        let mut all = self.checkpoints()?;
        all.push(cursor);
        let kept = chain::thinned(all.clone());
        self.tx
            .prepare_cached("INSERT OR REPLACE INTO checkpoint (position, chain) VALUES (?1, ?2)")?
            .execute(params![signed(cursor.position), cursor.chain])?;
        for old in all.iter().filter(|c| !kept.contains(c)) {
            self.forget_checkpoints(old.position, old.position)?;
        }
        Ok(())
    }

    fn checkpoints(&self) -> Stored<Vec<Cursor>> {
        let mut query = self.tx.prepare_cached("SELECT position, chain FROM checkpoint ORDER BY position")?;
        let rows =
            query.query_map([], |row| Ok(Cursor { position: unsigned(row.get(0)?), chain: row.get(1)?, first: 0 }))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn forget_checkpoints(&self, from: Position, to: Position) -> Stored<()> {
        self.tx
            .prepare_cached("DELETE FROM checkpoint WHERE position BETWEEN ?1 AND ?2")?
            .execute(params![signed(from), signed(to)])?;
        Ok(())
    }

    /// The server has another history at the cursor: back to the newest point in common. All above
    /// is provisional, receipts beyond the backup count no more, and the next request says what is
    /// held here.
    pub(super) fn go_back(&mut self, theirs: &[Cursor]) -> Stored<()> {
        let tried = self.standing.cursor;
        let mut mine = self.checkpoints()?;
        if self.standing.asking {
            // It went back once already and that was no common point either.
            mine.retain(|cursor| cursor.position < tried.position);
        } else if tried.first == 0 && tried.position > 0 && !mine.contains(&tried) {
            mine.push(tried);
        }
        let common = chain::common(&mine, theirs).unwrap_or_default();
        self.forget_checkpoints(common.position + 1, Position::MAX)?;
        self.standing.cursor = common;
        self.standing.asking = true;
        self.standing.regaining = true;
        // The restored server counts its verdicts anew.
        self.standing.verdict = 0;
        items::unplace_above(&self.tx, common.position)?;
        envelopes::unreceive_above(&self.tx, self.standing.backed_up)?;
        self.refold();
        self.touch(Tag::Sync);
        Ok(())
    }

    /// Marks of the envelopes held above the cursor.
    pub(super) fn have(&self) -> Stored<Vec<Mark>> {
        let mut marks = envelopes::marks_above(&self.tx, self.standing.cursor.position)?;
        marks.truncate(HAVE_MAX);
        Ok(marks)
    }

    /// What is held of others without a place in the log.
    pub(super) fn holds(&self) -> Stored<Vec<Holding>> {
        let mut holds = Vec::new();
        for (no, mark) in envelopes::unplaced(&self.tx)?.into_iter().take(HAVE_MAX) {
            holds.extend(envelopes::assemble(&self.tx, no)?.map(|envelope| Holding::of(mark, &envelope)));
        }
        Ok(holds)
    }
}
