//! Caches in SQLite. It must not know how anything is packed.

use domain::id::{Digest, Position, RecordId};
use domain::roster::Channel;
use rusqlite::{OptionalExtension as _, params};

use super::{Sqlite, failed, signed, unsigned};
use crate::store::channel::to_bytes;
use crate::store::{Cache, Segment, Stored};

impl Cache for Sqlite {
    fn document(&mut self, record: RecordId) -> Stored<Option<(Position, Vec<u8>)>> {
        let mut q = self.cache.prepare_cached("SELECT at, saved FROM document WHERE record = ?").map_err(failed)?;
        q.query_row([record.as_bytes()], |r| Ok((unsigned(r.get(0)?), r.get(1)?))).optional().map_err(failed)
    }

    fn set_document(&mut self, record: RecordId, at: Position, saved: &[u8]) -> Stored<()> {
        let sql = "INSERT OR REPLACE INTO document (record, at, saved) VALUES (?, ?, ?)";
        let mut q = self.cache.prepare_cached(sql).map_err(failed)?;
        q.execute(params![record.as_bytes(), signed(at), saved]).map(drop).map_err(failed)
    }

    fn drop_document(&mut self, record: RecordId) -> Stored<()> {
        let mut q = self.cache.prepare_cached("DELETE FROM document WHERE record = ?").map_err(failed)?;
        q.execute([record.as_bytes()]).map(drop).map_err(failed)
    }

    fn segments(&mut self, set: &Digest) -> Stored<Option<(Position, u32)>> {
        let mut q = self
            .cache
            .prepare_cached("SELECT upto, number + 1 FROM segment WHERE set_id = ? ORDER BY number DESC LIMIT 1")
            .map_err(failed)?;
        q.query_row([set.0], |r| Ok((unsigned(r.get(0)?), r.get(1)?))).optional().map_err(failed)
    }

    fn segment(&mut self, set: &Digest, number: u32) -> Stored<Option<Segment>> {
        let mut q = self
            .cache
            .prepare_cached("SELECT number, upto, first, frame FROM segment WHERE set_id = ? AND number = ?")
            .map_err(failed)?;
        q.query_row(params![set.0, number], read).optional().map_err(failed)
    }

    fn segment_after(&mut self, set: &Digest, after: Position) -> Stored<Option<Segment>> {
        let sql =
            "SELECT number, upto, first, frame FROM segment WHERE set_id = ? AND upto > ? ORDER BY number LIMIT 1";
        let mut q = self.cache.prepare_cached(sql).map_err(failed)?;
        q.query_row(params![set.0, signed(after)], read).optional().map_err(failed)
    }

    fn add_segment(&mut self, set: &Digest, segment: &Segment) -> Stored<()> {
        let sql = "INSERT INTO segment (set_id, number, upto, first, frame) VALUES (?, ?, ?, ?, ?)";
        let mut q = self.cache.prepare_cached(sql).map_err(failed)?;
        let (upto, first) = (signed(segment.upto), signed(segment.first));
        q.execute(params![set.0, segment.number, upto, first, segment.frame]).map(drop).map_err(failed)
    }

    fn note_set(&mut self, set: &Digest, channels: &[Channel]) -> Stored<()> {
        let sql = "INSERT OR IGNORE INTO segment_channel (channel, set_id) VALUES (?, ?)";
        let mut q = self.cache.prepare_cached(sql).map_err(failed)?;
        channels.iter().try_for_each(|on| q.execute(params![to_bytes(*on), set.0]).map(drop).map_err(failed))
    }

    fn sets_on(&mut self, channel: Channel) -> Stored<Vec<Digest>> {
        let sql = "SELECT set_id FROM segment_channel WHERE channel = ?";
        let mut q = self.cache.prepare_cached(sql).map_err(failed)?;
        let rows = q.query_map([to_bytes(channel)], |r| r.get(0).map(Digest)).map_err(failed)?;
        rows.collect::<Result<_, _>>().map_err(failed)
    }

    fn drop_segments(&mut self, set: &Digest) -> Stored<()> {
        let mut q = self.cache.prepare_cached("DELETE FROM segment WHERE set_id = ?").map_err(failed)?;
        q.execute([set.0]).map(drop).map_err(failed)
    }

    fn drop_cache(&mut self) -> Stored<()> {
        self.cache
            .execute_batch("DELETE FROM document; DELETE FROM segment; DELETE FROM segment_channel")
            .map_err(failed)
    }
}

fn read(r: &rusqlite::Row<'_>) -> rusqlite::Result<Segment> {
    Ok(Segment { number: r.get(0)?, upto: unsigned(r.get(1)?), first: unsigned(r.get(2)?), frame: r.get(3)? })
}
