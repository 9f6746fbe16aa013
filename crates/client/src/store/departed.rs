//! Children that left, for the line that says so. It must not keep anything of them but their id.

use domain::id::ChildId;
use domain::moment::Timestamp;
use rusqlite::{Connection, params};

use super::Stored;

/// A child left, or left its place.
pub(crate) fn keep(db: &Connection, child: ChildId, at: Timestamp) -> Stored<()> {
    db.prepare_cached("INSERT OR REPLACE INTO departed (child, at) VALUES (?1, ?2)")?
        .execute(params![child.as_bytes(), at.0])?;
    Ok(())
}

/// It was read, or the child is back.
pub(crate) fn forget(db: &Connection, child: ChildId) -> Stored<()> {
    db.prepare_cached("DELETE FROM departed WHERE child = ?1")?.execute(params![child.as_bytes()])?;
    Ok(())
}

/// All that nobody has read yet, the newest first.
pub(crate) fn all(db: &Connection) -> Stored<Vec<ChildId>> {
    let mut query = db.prepare_cached("SELECT child FROM departed ORDER BY at DESC, child")?;
    let rows = query.query_map([], |row| row.get(0).map(ChildId::new))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
