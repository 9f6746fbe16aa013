//! Other people's work that the district keeps aside: what this desk was told of it, was given of
//! it, and what was decided. It must not judge who may decide.

use std::collections::BTreeMap;

use domain::id::{Branch, ChildId, DeviceId, Digest, RecordId};
use domain::moment::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};
use sync::claim::{Action, Claim, Target};
use sync::envelope::Envelope;
use sync::item::Item;
use sync::notice::Notice;

use super::Stored;

/// Where a piece of work that was kept aside stands, as far as known here.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Stands {
    /// 待认领
    Open,
    /// Taken over; not in the log yet.
    Taken,
    /// 退回
    Returned,
    /// 只存档
    Shelved,
    /// In the log after all.
    Accepted,
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

enum Said {
    Notice(Notice),
    Claim(Box<Decision>),
}

/// One line of the log about held work: its place in the log, what it says, when it was signed.
struct Line {
    order: (i64, i64),
    said: Said,
    at: Option<Timestamp>,
}

fn lines(db: &Connection, form: &str) -> Stored<Vec<Line>> {
    // The form in words: its index is a partial one. What the gate keeps (3) decided nothing.
    let sql = format!(
        "SELECT item.bytes, item.position, item.no, item.at, envelope.head FROM item
         LEFT JOIN envelope ON envelope.no = item.envelope WHERE item.form = '{form}' AND item.state <> 3"
    );
    let mut query = db.prepare_cached(&sql)?;
    let mut rows = query.query([])?;
    let mut lines = Vec::new();
    while let Some(row) = rows.next()? {
        let (bytes, head): (Vec<u8>, Option<Vec<u8>>) = (row.get(0)?, row.get(4)?);
        let (position, made): (Option<i64>, Option<i64>) = (row.get(1)?, row.get(3)?);
        let signed = head.and_then(|head| Envelope::decode(&head).ok());
        let at = signed.as_ref().map(|envelope| envelope.at);
        let Ok(item) = Item::decode(&bytes) else { continue };
        let said = if form == sync::notice::FORM {
            minicbor::decode::<Notice>(&item.body).ok().map(Said::Notice)
        } else {
            let (by, at) = (signed.map(|envelope| envelope.device), made.map(Timestamp).or(at).unwrap_or_default());
            Claim::decode(&item.body).map(|claim| Said::Claim(Box::new(Decision { claim, child: item.child, by, at })))
        };
        let order = (position.unwrap_or(i64::MAX), row.get(2)?);
        lines.extend(said.map(|said| Line { order, said, at }));
    }
    Ok(lines)
}

/// Every decision known here, in the order of the log.
pub(crate) fn decisions(db: &Connection) -> Stored<Vec<Decision>> {
    let mut lines = lines(db, sync::claim::FORM)?;
    lines.sort_by_key(|line| line.order);
    let said = lines.into_iter().filter_map(|line| match line.said {
        Said::Claim(decision) => Some(*decision),
        Said::Notice(_) => None,
    });
    Ok(said.collect())
}

/// Everything the server said it keeps aside, each item once, and where it stands.
pub(crate) fn all(db: &Connection) -> Stored<Vec<Aside>> {
    let mut lines: Vec<Line> =
        lines(db, sync::notice::FORM)?.into_iter().chain(lines(db, sync::claim::FORM)?).collect();
    lines.sort_by_key(|line| line.order);
    let mut kept: BTreeMap<Place, Aside> = BTreeMap::new();
    let mut places: BTreeMap<Digest, Place> = BTreeMap::new();
    for line in lines {
        match line.said {
            Said::Notice(notice) => {
                let place = (notice.device, notice.branch, notice.seq, notice.place);
                places.extend(notice.target.map(|target| (target.digest, place)));
                hear(&mut kept, place, notice, line.at);
            }
            Said::Claim(decision) => {
                for target in &decision.claim.targets {
                    let aside = places.get(&target.digest).and_then(|place| kept.get_mut(place));
                    if let Some(aside) = aside.filter(|aside| aside.notice.child == decision.child) {
                        aside.decide(&decision);
                    }
                }
            }
        }
    }
    let mut all: Vec<Aside> = kept.into_values().collect();
    let mut find = db.prepare_cached("SELECT 1 FROM item WHERE digest = ?1 AND state = 1")?;
    for aside in &mut all {
        if let Some(target) = aside.notice.target
            && find.exists(params![target.digest.0])?
        {
            aside.stands = Stands::Accepted;
        }
    }
    Ok(all)
}

/// What the server says again after somebody took it over stands open again, with its new reason.
fn hear(kept: &mut BTreeMap<Place, Aside>, place: Place, notice: Notice, told: Option<Timestamp>) {
    match kept.get_mut(&place) {
        Some(aside) => {
            aside.told = aside.told.max(told);
            if aside.stands == Stands::Taken {
                aside.stands = Stands::Open;
            }
            aside.notice = Notice { target: notice.target.or(aside.notice.target), ..notice };
        }
        None => {
            kept.insert(place, Aside { notice, told, stands: Stands::Open, claim: None });
        }
    }
}

impl Aside {
    fn decide(&mut self, decision: &Decision) {
        // A taking over is for good: who returned it at the same time came too late.
        if self.stands == Stands::Taken {
            return;
        }
        self.stands = match decision.claim.action {
            Action::Take => Stands::Taken,
            Action::Return => Stands::Returned,
            Action::Shelve => Stands::Shelved,
            Action::Reopen => Stands::Open,
        };
        self.claim = Some(decision.clone());
    }
}

/// An item that was given to be settled.
pub(crate) struct Given {
    /// Who signed it.
    pub(crate) device: DeviceId,
    /// When.
    pub(crate) at: Timestamp,
    /// The item.
    pub(crate) item: Item,
}

/// Keeps one.
pub(crate) fn keep(db: &Connection, child: ChildId, envelope: &Envelope, bytes: &[u8]) -> Stored<()> {
    let digest = sync::item::digest(bytes);
    db.prepare_cached(
        "INSERT OR IGNORE INTO claimable (digest, child, device, at, bytes) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![digest.0, child.as_bytes(), envelope.device.as_bytes(), envelope.at.0, bytes])?;
    Ok(())
}

/// Whether one is here.
pub(crate) fn has(db: &Connection, digest: &Digest) -> Stored<bool> {
    Ok(db.prepare_cached("SELECT 1 FROM claimable WHERE digest = ?1")?.exists(params![digest.0])?)
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

/// What is in the log by now needs nobody's decision.
pub(crate) fn forget_accepted(db: &Connection) -> Stored<()> {
    db.prepare_cached(
        "DELETE FROM claimable WHERE EXISTS (SELECT 1 FROM item WHERE item.digest = claimable.digest AND state = 1)",
    )?
    .execute([])?;
    Ok(())
}

/// A child is purged; `erased`: what was decided about it goes as well, words were written there.
pub(crate) fn forget_child(db: &Connection, child: ChildId, erased: bool) -> Stored<()> {
    db.prepare_cached("DELETE FROM claimable WHERE child = ?1")?.execute(params![child.as_bytes()])?;
    if !erased {
        return Ok(());
    }
    let mut query = db.prepare_cached("SELECT no, bytes FROM item WHERE form = 'claim'")?;
    let claims: Vec<(i64, Vec<u8>)> =
        query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    for (no, bytes) in claims {
        if Item::decode(&bytes).is_ok_and(|item| item.child == Some(child)) {
            db.execute("DELETE FROM item WHERE no = ?1", [no])?;
        }
    }
    Ok(())
}

/// Records that came into the log because somebody took them over: who, and when.
pub(crate) fn taken(db: &Connection) -> Stored<BTreeMap<RecordId, Decision>> {
    let takes = decisions(db)?.into_iter().filter(|decision| decision.claim.action == Action::Take);
    let mut taken = BTreeMap::new();
    for decision in takes {
        for Target { record, .. } in &decision.claim.targets {
            taken.entry(*record).or_insert_with(|| decision.clone());
        }
    }
    Ok(taken)
}
