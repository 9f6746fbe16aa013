//! When each computer was last in touch, as the server told it. It must not guess from what the computers
//! wrote: their clocks may be wrong.

use std::collections::BTreeMap;

use domain::id::{Branch, DeviceId};
use domain::moment::Timestamp;
use rusqlite::{Connection, params};
use sync::wire::{Contact, Reach};

use super::Stored;

/// Keeps what was told, unless a later contact is known.
pub(crate) fn keep(db: &Connection, contact: &Contact) -> Stored<()> {
    let (branch, seq) = contact.reach.map(|reach| (reach.branch.0, reach.seq)).unzip();
    db.prepare_cached(
        "INSERT INTO contact (device, at, branch, seq) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (device) DO UPDATE SET at = excluded.at, branch = excluded.branch, seq = excluded.seq
         WHERE excluded.at >= contact.at",
    )?
    .execute(params![contact.device.as_bytes(), contact.at.0, branch, seq])?;
    Ok(())
}

/// All that are known.
pub(crate) fn all(db: &Connection) -> Stored<BTreeMap<DeviceId, Contact>> {
    let mut query = db.prepare_cached("SELECT device, at, branch, seq FROM contact")?;
    let rows = query.query_map([], |row| {
        let (branch, seq): (Option<[u8; 8]>, Option<u32>) = (row.get(2)?, row.get(3)?);
        let reach = branch.zip(seq).map(|(branch, seq)| Reach { branch: Branch(branch), seq });
        Ok(Contact { device: DeviceId::new(row.get(0)?), at: Timestamp(row.get(1)?), reach })
    })?;
    Ok(rows.map(|contact| contact.map(|contact| (contact.device, contact))).collect::<Result<_, _>>()?)
}
