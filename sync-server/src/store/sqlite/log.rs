//! The log in SQLite. It must not decide what enters it or who hears it.

use domain::id::{ChildId, Digest, Position, RecordId};
use domain::roster::Channel;
use rusqlite::{OptionalExtension as _, ToSql, params};

use super::inbox::{COLUMNS, read};
use super::{Sqlite, failed, signed, unsigned};
use crate::store::{Log, RecordState, StoreError, Stored, StoredItem, channel};

impl Sqlite {
    /// At most `limit` of them. Counted here: a bound LIMIT makes SQLite plan the statement anew each time.
    fn positions(&self, sql: &str, values: &[&dyn ToSql], limit: usize) -> Stored<Vec<Position>> {
        let mut q = self.db.prepare_cached(sql).map_err(failed)?;
        let rows = q.query_map(values, |r| r.get(0).map(unsigned)).map_err(failed)?;
        rows.take(limit).collect::<Result<_, _>>().map_err(failed)
    }
}

/// At most `i64::MAX`, which is how "no end" is spelled for SQLite.
fn end(upto: Position) -> i64 {
    i64::try_from(upto).unwrap_or(i64::MAX)
}

impl Log for Sqlite {
    fn head(&mut self) -> Stored<(Position, Digest)> {
        let sql = "SELECT position, chain FROM log ORDER BY position DESC LIMIT 1";
        let mut q = self.db.prepare_cached(sql).map_err(failed)?;
        let head = q.query_row([], |r| Ok((unsigned(r.get(0)?), Digest(r.get(1)?)))).optional().map_err(failed)?;
        Ok(head.unwrap_or((0, Digest([0; 32]))))
    }

    fn chain(&mut self, at: Position) -> Stored<Option<Digest>> {
        let mut q = self.db.prepare_cached("SELECT chain FROM log WHERE position = ?").map_err(failed)?;
        q.query_row([end(at)], |r| r.get(0).map(Digest)).optional().map_err(failed)
    }

    fn append(&mut self, at: Position, item: &StoredItem, chain: &Digest, heard: &[Channel]) -> Stored<()> {
        let sql = "INSERT INTO log (position, item, child, chain) VALUES (?, ?, ?, ?)";
        let mut q = self.db.prepare_cached(sql).map_err(failed)?;
        let child = item.child.as_ref().map(ChildId::as_bytes);
        q.execute(params![signed(at), signed(item.id), child, chain.0]).map_err(failed)?;
        let mut q = self.db.prepare_cached("INSERT INTO feed (channel, position) VALUES (?, ?)").map_err(failed)?;
        for on in heard {
            q.execute(params![channel::to_bytes(*on), signed(at)]).map_err(failed)?;
        }
        Ok(())
    }

    fn row(&mut self, at: Position) -> Stored<Option<StoredItem>> {
        let sql = format!("SELECT {COLUMNS} FROM log JOIN item ON item.id = log.item WHERE position = ?");
        let mut q = self.db.prepare_cached(&sql).map_err(failed)?;
        let item = q.query_row([end(at)], read).optional().map_err(failed)?;
        item.map(|found| found.ok_or(StoreError::Damaged)).transpose()
    }

    fn heard(&mut self, on: Channel, after: Position, upto: Position, limit: usize) -> Stored<Vec<Position>> {
        let (after, upto) = (end(after), end(upto));
        if on == Channel::District {
            let sql = "SELECT position FROM log WHERE position > ? AND position <= ? ORDER BY position";
            return self.positions(sql, &[&after, &upto], limit);
        }
        let sql = "SELECT position FROM feed WHERE channel = ? AND position > ? AND position <= ? ORDER BY position";
        self.positions(sql, &[&channel::to_bytes(on), &after, &upto], limit)
    }

    fn of_child(&mut self, child: ChildId, after: Position, upto: Position, limit: usize) -> Stored<Vec<Position>> {
        let sql = "SELECT position FROM log WHERE child = ? AND position > ? AND position <= ? ORDER BY position";
        self.positions(sql, &[child.as_bytes(), &end(after), &end(upto)], limit)
    }

    fn add_roster_row(&mut self, at: Position, row: &[u8]) -> Stored<()> {
        let mut q = self.db.prepare_cached("INSERT INTO roster (position, row) VALUES (?, ?)").map_err(failed)?;
        q.execute(params![signed(at), row]).map(drop).map_err(failed)
    }

    fn roster_rows(&mut self, after: Position) -> Stored<Vec<(Position, Vec<u8>)>> {
        let sql = "SELECT position, row FROM roster WHERE position > ? ORDER BY position";
        let mut q = self.db.prepare_cached(sql).map_err(failed)?;
        let rows = q.query_map([end(after)], |r| Ok((unsigned(r.get(0)?), r.get(1)?))).map_err(failed)?;
        rows.collect::<Result<_, _>>().map_err(failed)
    }

    fn record(&mut self, record: RecordId) -> Stored<Option<RecordState>> {
        let mut q = self.db.prepare_cached("SELECT form, child, last FROM record WHERE record = ?").map_err(failed)?;
        let state = q.query_row([record.as_bytes()], |r| {
            let child: Option<[u8; 16]> = r.get(1)?;
            Ok(RecordState { form: r.get(0)?, child: child.map(ChildId::new), last: unsigned(r.get(2)?) })
        });
        state.optional().map_err(failed)
    }

    fn set_record(&mut self, record: RecordId, state: &RecordState) -> Stored<()> {
        let sql = "INSERT OR REPLACE INTO record (record, form, child, last) VALUES (?, ?, ?, ?)";
        let mut q = self.db.prepare_cached(sql).map_err(failed)?;
        let child = state.child.as_ref().map(ChildId::as_bytes);
        q.execute(params![record.as_bytes(), state.form, child, signed(state.last)]).map(drop).map_err(failed)
    }

    fn records(&mut self, after: Option<RecordId>, limit: usize) -> Stored<Vec<RecordId>> {
        let sql = "SELECT record FROM record WHERE record > ? ORDER BY record";
        let mut q = self.db.prepare_cached(sql).map_err(failed)?;
        let after: &[u8] = after.as_ref().map_or(&[], |r| r.as_bytes());
        let rows = q.query_map(params![after], |r| r.get(0).map(RecordId::new)).map_err(failed)?;
        rows.take(limit).collect::<Result<_, _>>().map_err(failed)
    }
}
