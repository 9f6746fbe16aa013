//! Caches in SQLite. It must not know how anything is packed. Where the file cannot be read it is made anew: what
//! stood in it is rebuilt from the log, and nobody waits for an operator.

use domain::id::{Digest, Position, RecordId};
use domain::roster::Channel;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::{CACHE, CACHE_SCHEMA, Sqlite, connect, failed, open_file, remove, signed, unsigned};
use crate::store::channel::to_bytes;
use crate::store::{Cache, Segment, StoreError, Stored};

impl Sqlite {
    fn cached<R>(&mut self, ask: impl Fn(&Connection) -> Stored<R>) -> Stored<R> {
        match ask(&self.cache) {
            Err(StoreError::Damaged) => {
                tracing::warn!("cache.db cannot be read and is made anew");
                self.renew_cache()?;
                ask(&self.cache)
            }
            other => other,
        }
    }

    fn renew_cache(&mut self) -> Stored<()> {
        let in_transaction = !self.cache.is_autocommit();
        let fresh = Connection::open_in_memory().map_err(failed)?;
        if let Some((dir, keys)) = &self.home {
            // The old one is closed before its file goes.
            drop(std::mem::replace(&mut self.cache, fresh));
            remove(dir, CACHE)?;
            self.cache = open_file(dir, keys, CACHE)?;
        } else {
            self.cache = connect(fresh, None, CACHE_SCHEMA, "OFF")?;
        }
        if in_transaction {
            self.cache.execute_batch("BEGIN").map_err(failed)?;
        }
        Ok(())
    }
}

impl Cache for Sqlite {
    fn document(&mut self, record: RecordId) -> Stored<Option<(Position, Vec<u8>)>> {
        self.cached(|cache| {
            let mut q = cache.prepare_cached("SELECT at, saved FROM document WHERE record = ?").map_err(failed)?;
            q.query_row([record.as_bytes()], |r| Ok((unsigned(r.get(0)?), r.get(1)?))).optional().map_err(failed)
        })
    }

    fn set_document(&mut self, record: RecordId, at: Position, saved: &[u8]) -> Stored<()> {
        let sql = "INSERT OR REPLACE INTO document (record, at, saved) VALUES (?, ?, ?)";
        self.cached(|cache| {
            let mut q = cache.prepare_cached(sql).map_err(failed)?;
            q.execute(params![record.as_bytes(), signed(at), saved]).map(drop).map_err(failed)
        })
    }

    fn drop_document(&mut self, record: RecordId) -> Stored<()> {
        self.cached(|cache| {
            let mut q = cache.prepare_cached("DELETE FROM document WHERE record = ?").map_err(failed)?;
            q.execute([record.as_bytes()]).map(drop).map_err(failed)
        })
    }

    fn segments(&mut self, set: &Digest) -> Stored<Option<(Position, u32)>> {
        let sql = "SELECT upto, number + 1 FROM segment WHERE set_id = ? ORDER BY number DESC LIMIT 1";
        self.cached(|cache| {
            let mut q = cache.prepare_cached(sql).map_err(failed)?;
            q.query_row([set.0], |r| Ok((unsigned(r.get(0)?), r.get(1)?))).optional().map_err(failed)
        })
    }

    fn segment(&mut self, set: &Digest, number: u32) -> Stored<Option<Segment>> {
        let sql = "SELECT number, upto, first, frame FROM segment WHERE set_id = ? AND number = ?";
        self.cached(|cache| {
            let mut q = cache.prepare_cached(sql).map_err(failed)?;
            q.query_row(params![set.0, number], read).optional().map_err(failed)
        })
    }

    fn segment_after(&mut self, set: &Digest, after: Position) -> Stored<Option<Segment>> {
        let sql =
            "SELECT number, upto, first, frame FROM segment WHERE set_id = ? AND upto > ? ORDER BY number LIMIT 1";
        self.cached(|cache| {
            let mut q = cache.prepare_cached(sql).map_err(failed)?;
            q.query_row(params![set.0, signed(after)], read).optional().map_err(failed)
        })
    }

    fn add_segment(&mut self, set: &Digest, segment: &Segment) -> Stored<()> {
        let sql = "INSERT INTO segment (set_id, number, upto, first, frame) VALUES (?, ?, ?, ?, ?)";
        let (upto, first) = (signed(segment.upto), signed(segment.first));
        self.cached(|cache| {
            let mut q = cache.prepare_cached(sql).map_err(failed)?;
            q.execute(params![set.0, segment.number, upto, first, segment.frame]).map(drop).map_err(failed)
        })
    }

    fn note_set(&mut self, set: &Digest, channels: &[Channel]) -> Stored<()> {
        let sql = "INSERT OR IGNORE INTO segment_channel (channel, set_id) VALUES (?, ?)";
        self.cached(|cache| {
            let mut q = cache.prepare_cached(sql).map_err(failed)?;
            channels.iter().try_for_each(|on| q.execute(params![to_bytes(*on), set.0]).map(drop).map_err(failed))
        })
    }

    fn sets_on(&mut self, channel: Channel) -> Stored<Vec<Digest>> {
        self.cached(|cache| {
            let sql = "SELECT set_id FROM segment_channel WHERE channel = ?";
            let mut q = cache.prepare_cached(sql).map_err(failed)?;
            let rows = q.query_map([to_bytes(channel)], |r| r.get(0).map(Digest)).map_err(failed)?;
            rows.collect::<Result<_, _>>().map_err(failed)
        })
    }

    fn drop_segments(&mut self, set: &Digest) -> Stored<()> {
        self.cached(|cache| {
            let mut q = cache.prepare_cached("DELETE FROM segment WHERE set_id = ?").map_err(failed)?;
            q.execute([set.0]).map(drop).map_err(failed)
        })
    }

    fn drop_cache(&mut self) -> Stored<()> {
        let sql = "DELETE FROM document; DELETE FROM segment; DELETE FROM segment_channel";
        self.cached(|cache| cache.execute_batch(sql).map_err(failed))
    }
}

fn read(r: &rusqlite::Row<'_>) -> rusqlite::Result<Segment> {
    Ok(Segment { number: r.get(0)?, upto: unsigned(r.get(1)?), first: unsigned(r.get(2)?), frame: r.get(3)? })
}
