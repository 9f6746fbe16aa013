//! Transactions, small facts, devices and codes in SQLite. It must not know what they mean.

use domain::id::{Branch, DeviceId, PersonId};
use domain::moment::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use sync::wire::Reach;

use super::{Sqlite, failed, signed, unsigned};
use crate::store::{Code, DeviceState, Facts, StoreError, Stored};

const DEVICE: &str = "SELECT device, counter, confirmed, seen, leased, branch, seq FROM device";

/// Reads [`DEVICE`].
fn device_state(row: &Row<'_>) -> rusqlite::Result<(DeviceId, DeviceState)> {
    let (branch, seq): (Option<[u8; 8]>, Option<u32>) = (row.get(5)?, row.get(6)?);
    let state = DeviceState {
        counter: unsigned(row.get(1)?),
        confirmed: unsigned(row.get(2)?),
        seen: Timestamp(row.get(3)?),
        leased: Timestamp(row.get(4)?),
        reach: branch.zip(seq).map(|(branch, seq)| Reach { branch: Branch(branch), seq }),
    };
    Ok((DeviceId::new(row.get(0)?), state))
}

/// One of the words around a transaction, parsed once.
fn say(db: &Connection, word: &str) -> Stored<()> {
    db.prepare_cached(word).and_then(|mut word| word.execute([])).map(drop).map_err(failed)
}

impl Facts for Sqlite {
    fn begin(&mut self) -> Stored<()> {
        for db in [&self.cache, &self.keys, &self.files] {
            say(db, "BEGIN")?;
        }
        say(&self.db, "BEGIN IMMEDIATE")
    }

    fn commit(&mut self) -> Stored<()> {
        // New keys first: what is sealed under a key must never be durable before it. Then the pieces: a
        // piece nobody was told of does no harm. What an erasure destroys goes when all of it is durable:
        // whose key is destroyed has been erased.
        for db in [&self.keys, &self.files, &self.db, &self.cache] {
            say(db, "COMMIT")?;
        }
        if self.erases {
            self.erases = !self.destroy_erased()?;
        }
        Ok(())
    }

    fn begin_reading(&mut self) -> Stored<()> {
        say(&self.db, "BEGIN")
    }

    fn end_reading(&mut self) -> Stored<()> {
        say(&self.db, "COMMIT")
    }

    fn rollback(&mut self) -> Stored<()> {
        self.erases = false;
        for db in [&self.db, &self.keys, &self.files, &self.cache] {
            if !db.is_autocommit() {
                match db.execute_batch("ROLLBACK").map_err(failed) {
                    // Gone with its connection.
                    Ok(()) | Err(StoreError::Damaged) => {}
                    Err(other) => return Err(other),
                }
            }
        }
        self.mend_connections()
    }

    fn fact(&mut self, name: &str) -> Stored<Option<Vec<u8>>> {
        let mut q = self.db.prepare_cached("SELECT value FROM fact WHERE name = ?").map_err(failed)?;
        q.query_row([name], |r| r.get(0)).optional().map_err(failed)
    }

    fn set_fact(&mut self, name: &str, value: &[u8]) -> Stored<()> {
        let mut q =
            self.db.prepare_cached("INSERT OR REPLACE INTO fact (name, value) VALUES (?, ?)").map_err(failed)?;
        q.execute(params![name, value]).map(drop).map_err(failed)
    }

    fn device(&mut self, device: DeviceId) -> Stored<DeviceState> {
        let sql = format!("{DEVICE} WHERE device = ?");
        let mut q = self.db.prepare_cached(&sql).map_err(failed)?;
        let found = q.query_row([device.as_bytes()], device_state).optional().map_err(failed)?;
        Ok(found.map(|(_, state)| state).unwrap_or_default())
    }

    fn set_device(&mut self, device: DeviceId, state: &DeviceState) -> Stored<()> {
        let sql = "INSERT OR REPLACE INTO device (device, counter, confirmed, seen, leased, branch, seq)
                   VALUES (?, ?, ?, ?, ?, ?, ?)";
        let mut q = self.db.prepare_cached(sql).map_err(failed)?;
        let (counter, confirmed) = (signed(state.counter), signed(state.confirmed));
        let (branch, seq) = state.reach.map(|reach| (reach.branch.0, reach.seq)).unzip();
        q.execute(params![device.as_bytes(), counter, confirmed, state.seen.0, state.leased.0, branch, seq])
            .map(drop)
            .map_err(failed)
    }

    fn seen_since(&mut self, since: Timestamp) -> Stored<Vec<(DeviceId, DeviceState)>> {
        let sql = format!("{DEVICE} WHERE seen >= ? ORDER BY seen, device");
        let mut q = self.db.prepare_cached(&sql).map_err(failed)?;
        let rows = q.query_map([since.0], device_state).map_err(failed)?;
        rows.collect::<Result<_, _>>().map_err(failed)
    }

    fn code(&mut self, id: u32) -> Stored<Option<Code>> {
        let mut q = self
            .db
            .prepare_cached("SELECT id, secret, person, expires, tries, used FROM code WHERE id = ?")
            .map_err(failed)?;
        let code = q.query_row([id], |r| {
            Ok(Code {
                id: r.get(0)?,
                secret: r.get(1)?,
                person: PersonId::new(r.get(2)?),
                expires: Timestamp(r.get(3)?),
                tries: r.get(4)?,
                used: r.get(5)?,
            })
        });
        code.optional().map_err(failed)
    }

    fn set_code(&mut self, code: &Code) -> Stored<()> {
        let sql = "INSERT OR REPLACE INTO code (id, secret, person, expires, tries, used) VALUES (?, ?, ?, ?, ?, ?)";
        let mut q = self.db.prepare_cached(sql).map_err(failed)?;
        q.execute(params![code.id, code.secret, code.person.as_bytes(), code.expires.0, code.tries, code.used])
            .map(drop)
            .map_err(failed)
    }
}
