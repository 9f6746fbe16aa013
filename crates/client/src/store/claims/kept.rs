//! The table of the items kept aside: each written anew from its own lines when one of them comes,
//! goes or moves, and read by what screens and exchanges ask. It must not weigh lines itself.

use domain::id::{Branch, ChildId, DeviceId};
use domain::moment::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Result, Row, params};
use sync::notice::Notice;

use super::fold::fold;
use super::line::{self, About, Said};
use super::{Aside, Decision, Place, Stands};

/// The tables that are rebuilt from the lines.
pub(crate) const TABLES: [&str; 3] = ["said_of", "sent_back", "kept_aside"];

/// A line came, or stands otherwise in the log: what it speaks of is read anew.
pub(crate) fn heard(db: &Connection, no: i64) -> Result<()> {
    let Some(line) = line::one(db, no)? else { return Ok(()) };
    line::keep(db, &line)?;
    refresh(db, line.items())
}

/// These items, from their own lines.
pub(super) fn refresh(db: &Connection, items: Vec<About>) -> Result<()> {
    let (lines, places) = line::together(db, items)?;
    for place in places {
        forget(db, place)?;
    }
    fold(lines).values().try_for_each(|aside| write(db, aside))
}

/// All of it, from all lines. Whoever calls it changed the whole log.
pub(crate) fn rebuild(db: &Connection) -> Result<()> {
    for table in TABLES {
        db.execute(&format!("DELETE FROM {table}"), [])?;
    }
    let lines = line::all(db)?;
    lines.iter().try_for_each(|line| line::keep(db, line))?;
    fold(lines).values().try_for_each(|aside| write(db, aside))
}

fn forget(db: &Connection, (device, branch, seq, place): Place) -> Result<()> {
    let sql = "DELETE FROM kept_aside WHERE device = ?1 AND branch = ?2 AND seq = ?3 AND place = ?4";
    db.prepare_cached(sql)?.execute(params![device.as_bytes(), branch.0, seq, place])?;
    Ok(())
}

fn write(db: &Connection, aside: &Aside) -> Result<()> {
    let notice = &aside.notice;
    db.prepare_cached(
        "INSERT INTO kept_aside
         (device, branch, seq, place, digest, child, notice, told, stands, claim, accepted, given)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,
         EXISTS (SELECT 1 FROM item WHERE digest = ?5 AND state = 1),
         EXISTS (SELECT 1 FROM claimable WHERE digest = ?5))",
    )?
    .execute(params![
        notice.device.as_bytes(),
        notice.branch.0,
        notice.seq,
        notice.place,
        notice.target.map(|target| target.digest.0),
        notice.child.map(|child| *child.as_bytes()),
        minicbor::to_vec(notice).unwrap_or_default(),
        aside.told.map(|told| told.0),
        aside.stands as i64,
        aside.claim.as_ref().map(|decision| decision.line),
    ])?;
    Ok(())
}

/// Of children behind this one, the next with work that is not settled and not here.
pub(super) const NEXT: &str = "SELECT child FROM kept_aside WHERE child > ?1
    AND given = 0 AND accepted = 0 AND stands <> 1 AND digest IS NOT NULL ORDER BY child LIMIT 1";

/// The next child, behind another, with work that is not settled and was not given here.
pub(crate) fn next_wanted(db: &Connection, behind: Option<ChildId>) -> Result<Option<ChildId>> {
    // Every id is larger than nothing.
    let behind = behind.map(|child| child.as_bytes().to_vec()).unwrap_or_default();
    db.prepare_cached(NEXT)?.query_row([behind], |row| row.get(0).map(ChildId::new)).optional()
}

pub(super) const WANTED: &str = "SELECT notice FROM kept_aside WHERE child = ?1
    AND given = 0 AND accepted = 0 AND stands <> 1 AND digest IS NOT NULL ORDER BY device, branch, seq, place";

/// That work of a child, as the server told of it.
pub(crate) fn wanted(db: &Connection, child: ChildId) -> Result<Vec<Notice>> {
    let mut query = db.prepare_cached(WANTED)?;
    let notices = query.query_map([child.as_bytes()], |row| notice(row, 0))?.collect::<Result<Vec<_>>>()?;
    Ok(notices.into_iter().flatten().collect())
}

fn notice(row: &Row<'_>, column: usize) -> Result<Option<Notice>> {
    Ok(minicbor::decode(&row.get::<_, Vec<u8>>(column)?).ok())
}

/// What is here to be settled, or was settled and may be again: of one author's device, or of all.
pub(super) const LISTED: &str = "SELECT notice, told, stands, claim FROM kept_aside
    WHERE given = 1 AND accepted = 0 AND stands <> 1 AND device BETWEEN ?1 AND ?2 ORDER BY device, branch, seq, place";

/// Work that is here and not for good in a file or on its way there; of one computer, or of all.
pub(crate) fn listed(db: &Connection, device: Option<DeviceId>) -> Result<Vec<Aside>> {
    let (from, to) = device.map_or(([0; 16], [0xff; 16]), |device| (*device.as_bytes(), *device.as_bytes()));
    let mut query = db.prepare_cached(LISTED)?;
    let mut rows = query.query([from, to])?;
    let mut listed = Vec::new();
    while let Some(row) = rows.next()? {
        let Some(notice) = notice(row, 0)? else { continue };
        let (told, claim): (Option<i64>, Option<i64>) = (row.get(1)?, row.get(3)?);
        let claim = claim.map(|no| decision(db, no)).transpose()?.flatten();
        listed.push(Aside { notice, told: told.map(Timestamp), stands: Stands::of(row.get(2)?), claim });
    }
    Ok(listed)
}

fn decision(db: &Connection, no: i64) -> Result<Option<Decision>> {
    let said = line::one(db, no)?.and_then(|line| line.said);
    Ok(said.and_then(|said| if let Said::Claim(decision) = said { Some(*decision) } else { None }))
}

pub(super) const COUNTED: &str = "SELECT child, stands, count(*) FROM kept_aside
    WHERE device = ?1 AND accepted = 0 AND (digest IS NOT NULL OR child IS NOT NULL) GROUP BY child, stands";

/// How many items of a computer are kept aside, by child and where they stand. What went with its erased
/// child is named and counts for nothing: nobody has it.
pub(crate) fn counted(db: &Connection, device: DeviceId) -> Result<Vec<(Option<ChildId>, Stands, usize)>> {
    let mut query = db.prepare_cached(COUNTED)?;
    let rows = query.query_map([device.as_bytes()], |row| {
        let child = row.get::<_, Option<[u8; 16]>>(0)?.map(ChildId::new);
        Ok((child, Stands::of(row.get(1)?), row.get::<_, u32>(2)? as usize))
    })?;
    rows.collect()
}

pub(super) const TOLD: &str = "SELECT max(told) FROM kept_aside WHERE device = ?1";

/// When the server last kept something of a computer aside.
pub(crate) fn last_told(db: &Connection, device: DeviceId) -> Result<Option<Timestamp>> {
    db.prepare_cached(TOLD)?.query_row([device.as_bytes()], |row| Ok(row.get::<_, Option<i64>>(0)?.map(Timestamp)))
}

pub(super) const NUMBERS: &str =
    "SELECT DISTINCT seq FROM kept_aside WHERE device = ?1 AND branch = ?2 AND seq > ?3 AND seq < ?4 ORDER BY seq";

/// Numbers of a chain between two that the server named, because it keeps something of them aside.
pub(crate) fn numbers(db: &Connection, chain: (DeviceId, Branch), (after, before): (u32, u32)) -> Result<Vec<u32>> {
    let mut query = db.prepare_cached(NUMBERS)?;
    query.query_map(params![chain.0.as_bytes(), chain.1.0, after, before], |row| row.get(0))?.collect()
}
