//! How far everybody's chains go and which numbers of them are not here, kept by triggers of the
//! envelopes (migration 9). It must not decide which number is missing: the server may have named it.

use domain::id::{Branch, DeviceId};
use rusqlite::{Connection, OptionalExtension as _, Result, params};

/// The tables that are rebuilt from the envelopes.
pub(crate) const TABLES: [&str; 2] = ["chain", "gap"];

/// Numbers of one chain that are not here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Gap {
    /// The last number before them that is here; 0 when there is none.
    pub(crate) before: u32,
    /// The next that is here.
    pub(crate) seq: u32,
    /// The head of that envelope.
    pub(crate) head: Vec<u8>,
}

// Two envelopes of one number (a cloned disk's) are one place in the chain.
const GAPS: &str = "SELECT before, seq, (SELECT head FROM envelope e
    WHERE e.device = gap.device AND e.branch = gap.branch AND e.seq = gap.seq LIMIT 1)
    FROM gap ORDER BY device, branch, seq";

/// All gaps, by chain.
pub(crate) fn gaps(db: &Connection) -> Result<Vec<Gap>> {
    let mut query = db.prepare_cached(GAPS)?;
    let gap = |row: &rusqlite::Row<'_>| Ok(Gap { before: row.get(0)?, seq: row.get(1)?, head: row.get(2)? });
    query.query_map([], gap)?.collect()
}

const NEWEST: &str = "SELECT (SELECT head FROM envelope e
    WHERE e.device = chain.device AND e.branch = chain.branch AND e.seq = chain.seq LIMIT 1)
    FROM chain ORDER BY device, branch";

/// The head of the newest envelope of each chain.
pub(crate) fn newest(db: &Connection) -> Result<Vec<Vec<u8>>> {
    db.prepare_cached(NEWEST)?.query_map([], |row| row.get(0))?.collect()
}

/// The newest number of a chain that is here; 0 when there is none.
pub(crate) fn reached(db: &Connection, device: DeviceId, branch: Branch) -> Result<u32> {
    let mut query = db.prepare_cached("SELECT seq FROM chain WHERE device = ?1 AND branch = ?2")?;
    let found = query.query_row(params![device.as_bytes(), branch.0], |row| row.get(0)).optional()?;
    Ok(found.unwrap_or_default())
}

/// Both tables from all envelopes.
pub(crate) fn rebuild(db: &Connection) -> Result<()> {
    db.execute_batch(
        "DELETE FROM chain;
         INSERT INTO chain SELECT device, branch, max(seq) FROM envelope GROUP BY device, branch;
         DELETE FROM gap;
         INSERT INTO gap SELECT * FROM follows_gap;",
    )
}

#[cfg(test)]
mod tests;
