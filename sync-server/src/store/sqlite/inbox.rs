//! The inbox in SQLite. It must not open envelopes or sealed bytes.

use domain::id::{Branch, ChildId, DeviceId, Digest, RecordId};
use rusqlite::{OptionalExtension as _, params};
use sync::item::Kind;
use sync::wire::Mark;

use super::{Sqlite, failed, signed, unsigned};
use crate::store::{Aside, Inbox, NewArrival, NewEnvelope, NewItem, Standing, StoreError, Stored, StoredItem};

/// Columns of an item, in the order [`read`] takes them.
pub(super) const COLUMNS: &str =
    "item.id, item.envelope, item.place, item.digest, item.number, item.kind, item.record, item.form, item.child,
     item.standing, item.at, item.awaits";

const NEW: i64 = 0;
const ACCEPTED: i64 = 1;
const HELD: i64 = 2;
const WAITING: i64 = 3;

/// One item from a row of [`COLUMNS`].
pub(super) fn read(r: &rusqlite::Row<'_>) -> rusqlite::Result<Option<StoredItem>> {
    let awaits: Option<[u8; 32]> = r.get(11)?;
    let at: i64 = r.get(10)?;
    let standing = match r.get(9)? {
        NEW => Standing::New,
        ACCEPTED => Standing::Accepted(unsigned(at)),
        HELD => Standing::Held(at as u8),
        WAITING => Standing::Waiting(Digest(awaits.unwrap_or_default())),
        _ => return Ok(None),
    };
    let Some(kind) = Kind::of(r.get(5)?) else { return Ok(None) };
    Ok(Some(StoredItem {
        id: unsigned(r.get(0)?),
        envelope: unsigned(r.get(1)?),
        place: r.get(2)?,
        digest: Digest(r.get(3)?),
        number: unsigned(r.get(4)?),
        kind,
        record: RecordId::new(r.get(6)?),
        form: r.get(7)?,
        child: r.get::<_, Option<[u8; 16]>>(8)?.map(ChildId::new),
        standing,
    }))
}

impl Sqlite {
    fn items(&self, filter: &str, value: &dyn rusqlite::ToSql) -> Stored<Vec<StoredItem>> {
        self.listed(&format!("SELECT {COLUMNS} FROM item WHERE {filter}"), value)
    }

    fn arrivals_at_once(&self, limit: usize, aside: &Aside) -> Stored<Vec<NewArrival>> {
        let sql = "SELECT number, id, body FROM arrival ORDER BY number";
        let mut q = self.db.prepare_cached(sql).map_err(failed)?;
        let mut rows = q.query([]).map_err(failed)?;
        let mut found = Vec::new();
        while found.len() < limit
            && let Some(row) = rows.next().map_err(failed)?
        {
            if !aside.arrivals.contains(&unsigned(row.get(0).map_err(failed)?)) {
                found.push(arrival(row).map_err(failed)?);
            }
        }
        Ok(found)
    }

    /// The same around what cannot be read: the numbers stand apart from the bodies.
    fn arrivals_one_by_one(&mut self, limit: usize, aside: &Aside) -> Stored<Vec<NewArrival>> {
        let mut found = Vec::new();
        for number in self.arrival_numbers()?.into_iter().filter(|number| !aside.arrivals.contains(number)).take(limit)
        {
            let sql = "SELECT number, id, body FROM arrival WHERE number = ?";
            let one = self.db.query_row(sql, [signed(number)], arrival).map_err(failed);
            match one {
                Err(StoreError::Damaged) => {
                    self.mend_connections()?;
                    found.push(NewArrival { number, id: Digest([0; 32]), body: Vec::new() });
                }
                other => found.push(other?),
            }
        }
        Ok(found)
    }

    fn arrival_numbers(&self) -> Stored<Vec<u64>> {
        let mut q = self.db.prepare_cached("SELECT number FROM arrival ORDER BY number").map_err(failed)?;
        let numbers = q.query_map([], |r| r.get(0).map(unsigned)).map_err(failed)?;
        numbers.collect::<Result<_, _>>().map_err(failed)
    }

    fn listed(&self, sql: &str, value: &dyn rusqlite::ToSql) -> Stored<Vec<StoredItem>> {
        let mut q = self.db.prepare_cached(sql).map_err(failed)?;
        let rows = q.query_map([value], read).map_err(failed)?;
        rows.map(|row| row.map_err(failed)?.ok_or(StoreError::Damaged)).collect()
    }
}

/// What stands in the columns `standing`, `at` and `awaits`.
fn columns(standing: Standing) -> (i64, i64, Option<[u8; 32]>) {
    match standing {
        Standing::New => (NEW, 0, None),
        Standing::Accepted(at) => (ACCEPTED, signed(at), None),
        Standing::Held(reason) => (HELD, i64::from(reason), None),
        Standing::Waiting(digest) => (WAITING, 0, Some(digest.0)),
    }
}

fn arrival(r: &rusqlite::Row<'_>) -> rusqlite::Result<NewArrival> {
    Ok(NewArrival { number: unsigned(r.get(0)?), id: Digest(r.get(1)?), body: r.get(2)? })
}

impl Inbox for Sqlite {
    fn add_arrival(&mut self, new: &NewArrival) -> Stored<()> {
        let sql = "INSERT INTO arrival (number, id, body) VALUES (?, ?, ?)";
        let mut q = self.db.prepare_cached(sql).map_err(failed)?;
        q.execute(params![signed(new.number), new.id.0, new.body]).map(drop).map_err(failed)
    }

    fn arrivals(&mut self, limit: usize, aside: &Aside) -> Stored<Vec<NewArrival>> {
        match self.arrivals_at_once(limit, aside) {
            Err(StoreError::Damaged) if self.db.is_autocommit() => {
                self.mend_connections()?;
                self.arrivals_one_by_one(limit, aside)
            }
            other => other,
        }
    }

    fn arrivals_of(&mut self, id: &Digest) -> Stored<Vec<NewArrival>> {
        let sql = "SELECT number, id, body FROM arrival WHERE id = ? ORDER BY number";
        let mut q = self.db.prepare_cached(sql).map_err(failed)?;
        let rows = q.query_map([id.0], arrival).map_err(failed)?;
        rows.collect::<Result<_, _>>().map_err(failed)
    }

    fn drop_arrival(&mut self, number: u64) -> Stored<()> {
        let mut q = self.db.prepare_cached("DELETE FROM arrival WHERE number = ?").map_err(failed)?;
        q.execute([signed(number)]).map(drop).map_err(failed)
    }

    fn envelope_row(&mut self, id: &Digest) -> Stored<Option<u64>> {
        let mut q = self.db.prepare_cached("SELECT row FROM envelope WHERE id = ?").map_err(failed)?;
        q.query_row([id.0], |r| r.get(0).map(unsigned)).optional().map_err(failed)
    }

    fn envelopes_marked(&mut self, mark: Mark) -> Stored<Vec<u64>> {
        let (mut low, mut high) = ([0; 32], [0xff; 32]);
        low[..8].copy_from_slice(&mark.0);
        high[..8].copy_from_slice(&mark.0);
        let mut q = self.db.prepare_cached("SELECT row FROM envelope WHERE id BETWEEN ? AND ?").map_err(failed)?;
        let rows = q.query_map([low, high], |r| r.get(0).map(unsigned)).map_err(failed)?;
        rows.collect::<Result<_, _>>().map_err(failed)
    }

    fn add_envelope(&mut self, new: &NewEnvelope) -> Stored<u64> {
        let sql = "INSERT INTO envelope (id, device, branch, seq, floor, header) VALUES (?, ?, ?, ?, ?, ?)";
        let mut q = self.db.prepare_cached(sql).map_err(failed)?;
        let (device, branch) = (new.device.as_bytes(), new.branch.0);
        q.insert(params![new.id.0, device, branch, new.seq, signed(new.floor), new.header])
            .map(unsigned)
            .map_err(failed)
    }

    fn envelope(&mut self, row: u64) -> Stored<Option<NewEnvelope>> {
        let sql = "SELECT id, device, branch, seq, floor, header FROM envelope WHERE row = ?";
        let mut q = self.db.prepare_cached(sql).map_err(failed)?;
        let envelope = q.query_row([signed(row)], |r| {
            Ok(NewEnvelope {
                id: Digest(r.get(0)?),
                device: DeviceId::new(r.get(1)?),
                branch: Branch(r.get(2)?),
                seq: r.get(3)?,
                floor: unsigned(r.get(4)?),
                header: r.get(5)?,
            })
        });
        envelope.optional().map_err(failed)
    }

    fn forked(&mut self, device: DeviceId, branch: Branch, seq: u32) -> Stored<bool> {
        let sql = "SELECT count(*) > 1 FROM envelope WHERE device = ? AND branch = ? AND seq = ?";
        let mut q = self.db.prepare_cached(sql).map_err(failed)?;
        q.query_row(params![device.as_bytes(), branch.0, seq], |r| r.get(0)).map_err(failed)
    }

    fn add_item(&mut self, new: &NewItem) -> Stored<u64> {
        let (standing, at, awaits) = columns(new.standing);
        let sql = "INSERT INTO item (envelope, place, digest, number, kind, record, form, child, standing, at, awaits)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        let mut q = self.db.prepare_cached(sql).map_err(failed)?;
        let id = q
            .insert(params![
                signed(new.envelope),
                new.place,
                new.digest.0,
                signed(new.number),
                new.kind.code(),
                new.record.as_bytes(),
                new.form,
                new.child.as_ref().map(ChildId::as_bytes),
                standing,
                at,
                awaits,
            ])
            .map_err(failed)?;
        let mut q = self.db.prepare_cached("INSERT INTO body (item, sealed) VALUES (?, ?)").map_err(failed)?;
        q.execute(params![id, new.sealed]).map_err(failed)?;
        Ok(unsigned(id))
    }

    fn item_of(&mut self, record: RecordId, digest: &Digest) -> Stored<Option<StoredItem>> {
        let sql = format!("SELECT {COLUMNS} FROM item WHERE record = ? AND digest = ?");
        let mut q = self.db.prepare_cached(&sql).map_err(failed)?;
        let item = q.query_row(params![record.as_bytes(), digest.0], read).optional().map_err(failed)?;
        item.map(|found| found.ok_or(StoreError::Damaged)).transpose()
    }

    fn items_of_envelope(&mut self, row: u64) -> Stored<Vec<StoredItem>> {
        self.items("envelope = ? ORDER BY place", &signed(row))
    }

    fn items_of_record(&mut self, record: RecordId) -> Stored<Vec<StoredItem>> {
        self.items("record = ? ORDER BY id", record.as_bytes())
    }

    fn waiting_of_record(&mut self, record: RecordId) -> Stored<Vec<StoredItem>> {
        self.items("record = ? AND standing = 3 ORDER BY id", record.as_bytes())
    }

    fn items_of_child(&mut self, child: ChildId) -> Stored<Vec<StoredItem>> {
        self.items("child = ? ORDER BY id", child.as_bytes())
    }

    fn unjudged(&mut self, limit: usize, aside: &Aside) -> Stored<Vec<u64>> {
        let sql = "SELECT envelope, id FROM item WHERE standing = 0 ORDER BY number, id";
        let mut q = self.db.prepare_cached(sql).map_err(failed)?;
        let mut rows = q.query([]).map_err(failed)?;
        let mut found: Vec<u64> = Vec::new();
        while let Some(row) = rows.next().map_err(failed)? {
            let envelope = unsigned(row.get(0).map_err(failed)?);
            let passed =
                aside.envelopes.contains(&envelope) || aside.items.contains(&unsigned(row.get(1).map_err(failed)?));
            if passed || found.contains(&envelope) {
                continue;
            }
            if found.len() == limit {
                break;
            }
            found.push(envelope);
        }
        Ok(found)
    }

    fn outside_log(&mut self) -> Stored<Vec<(u64, Option<StoredItem>)>> {
        let sql =
            format!("SELECT {COLUMNS} FROM item WHERE standing <> ? AND id NOT IN (SELECT item FROM log) ORDER BY id");
        let mut q = self.db.prepare(&sql).map_err(failed)?;
        let rows = q.query_map([ACCEPTED], |r| Ok((unsigned(r.get(0)?), read(r).ok().flatten()))).map_err(failed)?;
        rows.collect::<Result<_, _>>().map_err(failed)
    }

    fn sealed(&mut self, item: u64) -> Stored<Option<Vec<u8>>> {
        let mut q = self.db.prepare_cached("SELECT sealed FROM body WHERE item = ?").map_err(failed)?;
        q.query_row([signed(item)], |r| r.get(0)).optional().map_err(failed)
    }

    fn vouch(&mut self, envelope: u64, voucher: DeviceId) -> Stored<()> {
        let row = signed(envelope);
        let sql = "INSERT OR IGNORE INTO voucher (envelope, device) VALUES (?, ?)";
        let mut note = self.db.prepare_cached(sql).map_err(failed)?;
        if note.execute(params![row, voucher.as_bytes()]).map_err(failed)? == 0 {
            return Ok(());
        }
        // 1 and 2: forbidden, unclaimed (sync::wire::Reason).
        let sql = "UPDATE item SET standing = ?, at = 0 WHERE envelope = ? AND standing = ? AND at IN (1, 2)";
        let mut again = self.db.prepare_cached(sql).map_err(failed)?;
        again.execute(params![NEW, row, HELD]).map(drop).map_err(failed)
    }

    fn vouchers(&mut self, envelope: u64) -> Stored<Vec<DeviceId>> {
        let sql = "SELECT device FROM voucher WHERE envelope = ? ORDER BY device";
        let mut q = self.db.prepare_cached(sql).map_err(failed)?;
        let rows = q.query_map([signed(envelope)], |r| r.get(0).map(DeviceId::new)).map_err(failed)?;
        rows.collect::<Result<_, _>>().map_err(failed)
    }

    fn reconsider_of(&mut self, device: DeviceId) -> Stored<()> {
        // From the envelopes that somebody vouches for: few.
        let sql = "UPDATE item SET standing = ?, at = 0 WHERE standing = 2 AND at IN (1, 2) AND envelope IN
             (SELECT row FROM envelope WHERE device = ? AND row IN (SELECT envelope FROM voucher))";
        let mut again = self.db.prepare_cached(sql).map_err(failed)?;
        again.execute(params![NEW, device.as_bytes()]).map(drop).map_err(failed)
    }

    fn note_reason(&mut self, item: u64, reason: u8) -> Stored<bool> {
        let sql = "INSERT INTO noticed (item, reason) VALUES (?, ?)
             ON CONFLICT (item) DO UPDATE SET reason = excluded.reason WHERE reason <> excluded.reason";
        let mut q = self.db.prepare_cached(sql).map_err(failed)?;
        q.execute(params![signed(item), i64::from(reason)]).map(|changed| changed > 0).map_err(failed)
    }

    fn reconsider(&mut self, child: ChildId, all: bool) -> Stored<()> {
        // HELD in words: the index of held items is partial.
        let sql = "UPDATE item SET standing = ?, at = 0 WHERE child = ? AND standing = 2 AND at IN (1, 2)
             AND (? OR item.envelope IN (SELECT envelope FROM voucher))";
        let mut again = self.db.prepare_cached(sql).map_err(failed)?;
        again.execute(params![NEW, child.as_bytes(), all]).map(drop).map_err(failed)
    }

    fn held_rows(&mut self) -> Stored<Vec<StoredItem>> {
        // By name: of what is held only, and no walk through all items.
        let sql = "FROM item INDEXED BY item_held WHERE standing = 2 AND kind = ? ORDER BY id";
        self.listed(&format!("SELECT {COLUMNS} {sql}"), &Kind::Roster.code())
    }

    fn set_standing(&mut self, item: u64, standing: Standing) -> Stored<()> {
        let (code, at, awaits) = columns(standing);
        let sql = "UPDATE item SET standing = ?, at = ?, awaits = ? WHERE id = ?";
        let mut q = self.db.prepare_cached(sql).map_err(failed)?;
        q.execute(params![code, at, awaits, signed(item)]).map(drop).map_err(failed)
    }

    fn newest_number(&mut self) -> Stored<u64> {
        // A store from before there were arrivals has its last number with its last item.
        let mut newest = 0;
        for sql in [
            "SELECT seq FROM sqlite_sequence WHERE name = 'arrival'",
            "SELECT number FROM item ORDER BY id DESC LIMIT 1",
        ] {
            let mut q = self.db.prepare_cached(sql).map_err(failed)?;
            let number = q.query_row([], |r| r.get(0).map(unsigned)).optional().map_err(failed)?;
            newest = newest.max(number.unwrap_or(0));
        }
        Ok(newest)
    }

    fn add_verdict(&mut self, device: DeviceId, verdict: &[u8]) -> Stored<u64> {
        let mut q = self.db.prepare_cached("INSERT INTO verdict (device, verdict) VALUES (?, ?)").map_err(failed)?;
        q.insert(params![device.as_bytes(), verdict]).map(unsigned).map_err(failed)
    }

    fn skip_verdicts_to(&mut self, number: u64) -> Stored<()> {
        let sql = "INSERT OR IGNORE INTO verdict (number, device, verdict) VALUES (?, x'', x'')";
        self.db.execute(sql, [signed(number)]).map(drop).map_err(failed)
    }

    fn verdicts(&mut self, device: DeviceId, after: u64, limit: usize) -> Stored<Vec<(u64, Vec<u8>)>> {
        let sql = "SELECT number, verdict FROM verdict WHERE device = ? AND number > ? ORDER BY number";
        let mut q = self.db.prepare_cached(sql).map_err(failed)?;
        let rows = q.query_map(params![device.as_bytes(), signed(after)], |r| Ok((unsigned(r.get(0)?), r.get(1)?)));
        rows.map_err(failed)?.take(limit).collect::<Result<_, _>>().map_err(failed)
    }

    fn standings(&mut self) -> Stored<[u64; 4]> {
        let mut q = self.db.prepare("SELECT standing, count(*) FROM item GROUP BY standing").map_err(failed)?;
        let mut counts = [0; 4];
        let mut rows = q.query([]).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            let standing: i64 = row.get(0).map_err(failed)?;
            // A standing nobody knows counts nowhere: its row is damaged, and named where rows are looked at.
            if let Some(count) = usize::try_from(standing).ok().and_then(|standing| counts.get_mut(standing)) {
                *count = unsigned(row.get(1).map_err(failed)?);
            }
        }
        let arrived = self.db.query_row("SELECT count(*) FROM arrival", [], |r| r.get(0).map(unsigned));
        counts[0] += arrived.map_err(failed)?;
        Ok(counts)
    }
}
