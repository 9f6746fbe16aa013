//! Other people's work that the district keeps aside: what this desk was told of it, was given of
//! it, and what was decided. It must not judge who may decide.
//!
//! [`line`] what the log says, [`fold`] where that leaves each item, [`kept`] the table of that.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{Branch, ChildId, DeviceId, Digest, RecordId};
use domain::moment::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};
use sync::claim::{Action, Claim};
use sync::envelope::Envelope;
use sync::item::Item;
use sync::notice::Notice;

use super::Stored;
use line::About;

mod fold;
mod kept;
mod line;

pub(crate) use kept::{TABLES, counted, heard, last_told, listed, next_wanted, numbers, rebuild, wanted};
pub(crate) use line::is_line;

/// Where a piece of work that was kept aside stands, as far as known here. The number is the
/// column's code: never reuse one. Whether it is in the log after all is another column.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Stands {
    /// 待认领
    Open = 0,
    /// Taken over; not in the log yet.
    Taken = 1,
    /// 退回
    Returned = 2,
    /// 只存档
    Shelved = 3,
}

impl Stands {
    fn of(n: i64) -> Self {
        match n {
            0 => Self::Open,
            1 => Self::Taken,
            2 => Self::Returned,
            _ => Self::Shelved,
        }
    }
}

/// One item the server keeps, or kept, outside the log.
#[derive(Clone, Debug)]
pub(crate) struct Aside {
    /// What the server said last.
    pub(crate) notice: Notice,
    /// When the server said so.
    pub(crate) told: Option<Timestamp>,
    /// Where it stands.
    pub(crate) stands: Stands,
    /// What was decided last.
    pub(crate) claim: Option<Decision>,
}

/// A claim as it came.
#[derive(Clone, Debug)]
pub(crate) struct Decision {
    /// The item that carries it.
    line: i64,
    /// What was decided.
    pub(crate) claim: Claim,
    /// The child it is about.
    pub(crate) child: Option<ChildId>,
    /// Whose decision; `None` while it is this device's own and not signed yet.
    pub(crate) by: Option<DeviceId>,
    /// When.
    pub(crate) at: Timestamp,
}

/// Place of an item: who, which branch and number, where in it.
type Place = (DeviceId, Branch, u32, u16);

/// An item that was given to be settled.
pub(crate) struct Given {
    /// Who signed it.
    pub(crate) device: DeviceId,
    /// When.
    pub(crate) at: Timestamp,
    /// The item.
    pub(crate) item: Item,
}

/// Keeps one; what is in the log by now needs nobody's decision.
pub(crate) fn keep(db: &Connection, child: ChildId, envelope: &Envelope, bytes: &[u8]) -> Stored<()> {
    let digest = sync::item::digest(bytes);
    db.prepare_cached(
        "INSERT OR IGNORE INTO claimable (digest, child, device, at, bytes) SELECT ?1, ?2, ?3, ?4, ?5
         WHERE NOT EXISTS (SELECT 1 FROM item WHERE digest = ?1 AND state = 1)",
    )?
    .execute(params![digest.0, child.as_bytes(), envelope.device.as_bytes(), envelope.at.0, bytes])?;
    Ok(())
}

/// One that is here.
pub(crate) fn given(db: &Connection, digest: &Digest) -> Stored<Option<Given>> {
    let mut query = db.prepare_cached("SELECT device, at, bytes FROM claimable WHERE digest = ?1")?;
    let found = query.query_row(params![digest.0], |row| {
        let (at, bytes): (i64, Vec<u8>) = (row.get(1)?, row.get(2)?);
        Ok((DeviceId::new(row.get(0)?), Timestamp(at), bytes))
    });
    let Some((device, at, bytes)) = found.optional()? else { return Ok(None) };
    Ok(Item::decode(&bytes).ok().map(|item| Given { device, at, item }))
}

/// A child is purged; `erased`: what was decided about it goes as well, words were written there.
pub(crate) fn forget_child(db: &Connection, child: ChildId, erased: bool) -> Stored<()> {
    db.prepare_cached("DELETE FROM claimable WHERE child = ?1")?.execute(params![child.as_bytes()])?;
    if !erased {
        return Ok(());
    }
    for line in line::about(db, &About::Child(child))? {
        line::forget(db, &line)?;
        kept::refresh(db, line.items())?;
    }
    Ok(())
}

/// Every decision on items of a record, in the order of the log.
pub(crate) fn decisions_on(db: &Connection, record: RecordId) -> Stored<Vec<Decision>> {
    Ok(line::decisions(line::about(db, &About::Record(record))?))
}

/// Who took a record over first, or something of it.
pub(crate) fn taken(db: &Connection, record: RecordId) -> Stored<Option<Decision>> {
    let mut decisions = decisions_on(db, record)?.into_iter();
    Ok(decisions.find(|decision| decision.claim.action == Action::Take))
}

/// The items of a record that were taken over, each with who did so first.
pub(crate) fn takes(db: &Connection, record: RecordId) -> Stored<BTreeMap<Digest, Decision>> {
    let mut takes = BTreeMap::new();
    for decision in decisions_on(db, record)?.into_iter().filter(|one| one.claim.action == Action::Take) {
        for target in decision.claim.targets.iter().filter(|target| target.record == record) {
            takes.entry(target.digest).or_insert_with(|| decision.clone());
        }
    }
    Ok(takes)
}

const SENT_BACK: &str = "SELECT line FROM sent_back WHERE device = ?1 AND at >= ?2";

/// Records of which something written on a computer was sent back; it may have been decided on again.
pub(crate) fn sent_back(db: &Connection, device: DeviceId, since: Timestamp) -> Stored<BTreeSet<RecordId>> {
    let mut query = db.prepare_cached(SENT_BACK)?;
    let found = query.query_map(params![device.as_bytes(), since.0], |row| row.get(0))?;
    let mut records = BTreeSet::new();
    for no in found.collect::<Result<Vec<i64>, _>>()? {
        let decisions = line::decisions(line::one(db, no)?.into_iter().collect());
        records.extend(decisions.iter().flat_map(|decision| &decision.claim.targets).map(|target| target.record));
    }
    Ok(records)
}

#[cfg(test)]
mod tests;
