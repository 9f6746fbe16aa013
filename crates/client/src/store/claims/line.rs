//! Lines of the log about work kept aside, notices and claims: what each says, and an index of what
//! they speak of. It must not weigh them against each other: that is `fold`.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{ChildId, DeviceId, Digest, RecordId};
use domain::moment::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Result, Row, params};
use sync::claim::{Action, Claim};
use sync::envelope::Envelope;
use sync::item::Item;
use sync::notice::Notice;

use super::{Decision, Place};

/// Whether items of a form are such lines.
pub(crate) fn is_line(form: &str) -> bool {
    form == sync::notice::FORM || form == sync::claim::FORM
}

/// What a line says.
pub(super) enum Said {
    Notice(Notice),
    Claim(Box<Decision>),
}

/// One line: its place in the log, what it says, when it was signed.
pub(super) struct Line {
    /// Its item.
    pub(super) no: i64,
    /// The log's order; own lines and those without a place come last.
    pub(super) order: (i64, i64),
    /// Whether it counts: what the gate keeps aside itself decided nothing.
    pub(super) counts: bool,
    /// `None` of one that cannot be read.
    pub(super) said: Option<Said>,
    /// The child of a claim.
    child: Option<ChildId>,
    /// When it was signed.
    pub(super) at: Option<Timestamp>,
}

/// What a line may speak of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum About {
    Item(Digest),
    Place(Place),
    Record(RecordId),
    Child(ChildId),
}

impl About {
    /// As the index spells it. The first byte is a code: never reuse one.
    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Item(digest) => [&[0u8], &digest.0[..]].concat(),
            Self::Place((device, branch, seq, place)) => {
                [&[1u8], &device.as_bytes()[..], &branch.0, &seq.to_be_bytes(), &place.to_be_bytes()].concat()
            }
            Self::Record(record) => [&[2u8], &record.as_bytes()[..]].concat(),
            Self::Child(child) => [&[3u8], &child.as_bytes()[..]].concat(),
        }
    }
}

/// Where a notice says the item is.
pub(super) fn place_of(notice: &Notice) -> Place {
    (notice.device, notice.branch, notice.seq, notice.place)
}

impl Line {
    /// The items it is about, by digest and by place.
    pub(super) fn items(&self) -> Vec<About> {
        match &self.said {
            Some(Said::Notice(notice)) => {
                let named = notice.target.map(|target| About::Item(target.digest));
                std::iter::once(About::Place(place_of(notice))).chain(named).collect()
            }
            Some(Said::Claim(decision)) => {
                decision.claim.targets.iter().map(|target| About::Item(target.digest)).collect()
            }
            None => Vec::new(),
        }
    }

    /// All it is found by.
    fn abouts(&self) -> BTreeSet<About> {
        let mut abouts: BTreeSet<About> = self.items().into_iter().collect();
        if let Some(Said::Claim(decision)) = &self.said {
            abouts.extend(decision.claim.targets.iter().map(|target| About::Record(target.record)));
        }
        abouts.extend(self.child.map(About::Child));
        abouts
    }

    /// Whose work it sends back, and when.
    fn sends_back(&self) -> Option<(DeviceId, Timestamp)> {
        match &self.said {
            Some(Said::Claim(decision)) if decision.claim.action == Action::Return => {
                Some((decision.claim.device, decision.at))
            }
            _ => None,
        }
    }

    /// Reads [`COLUMNS`]; `None` for what is no item.
    fn read(row: &Row<'_>) -> Result<Option<Self>> {
        let (no, form, bytes): (i64, String, Vec<u8>) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let (position, state, made): (Option<i64>, i64, Option<i64>) = (row.get(3)?, row.get(4)?, row.get(5)?);
        let signed = row.get::<_, Option<Vec<u8>>>(6)?.and_then(|head| Envelope::decode(&head).ok());
        let at = signed.as_ref().map(|envelope| envelope.at);
        let Ok(item) = Item::decode(&bytes) else { return Ok(None) };
        let (mut child, by) = (None, signed.map(|envelope| envelope.device));
        let said = if form == sync::notice::FORM {
            minicbor::decode::<Notice>(&item.body).ok().map(Said::Notice)
        } else {
            child = item.child;
            let at = made.map(Timestamp).or(at).unwrap_or_default();
            Claim::decode(&item.body).map(|claim| Said::Claim(Box::new(Decision { line: no, claim, child, by, at })))
        };
        Ok(Some(Self { no, order: (position.unwrap_or(i64::MAX), no), counts: state != HELD, said, child, at }))
    }
}

/// Code of an item the gate keeps aside.
const HELD: i64 = crate::store::items::State::Held as i64;

const COLUMNS: &str = "SELECT item.no, item.form, item.bytes, item.position, item.state, item.at, envelope.head
    FROM item LEFT JOIN envelope ON envelope.no = item.envelope";

/// One line.
pub(super) fn one(db: &Connection, no: i64) -> Result<Option<Line>> {
    let mut query = db.prepare_cached(&format!("{COLUMNS} WHERE item.no = ?1 AND item.form IN ('notice', 'claim')"))?;
    Ok(query.query_row([no], Line::read).optional()?.flatten())
}

/// Every line.
pub(super) fn all(db: &Connection) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    // The form in words: its index is a partial one.
    for form in ["notice", "claim"] {
        let mut query = db.prepare(&format!("{COLUMNS} WHERE item.form = '{form}'"))?;
        for line in query.query_map([], Line::read)? {
            lines.extend(line?);
        }
    }
    Ok(lines)
}

pub(super) const ABOUT: &str = "SELECT line FROM said_of WHERE about = ?1";

fn numbers(db: &Connection, about: &About) -> Result<Vec<i64>> {
    db.prepare_cached(ABOUT)?.query_map([about.bytes()], |row| row.get(0))?.collect()
}

/// The lines about something.
pub(super) fn about(db: &Connection, about: &About) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for no in numbers(db, about)? {
        lines.extend(one(db, no)?);
    }
    Ok(lines)
}

/// The lines about these items and all that hangs together with them, and their places: the server
/// may have told of one item at two places, and of two at one.
pub(super) fn together(db: &Connection, items: Vec<About>) -> Result<(Vec<Line>, BTreeSet<Place>)> {
    let (mut open, mut seen, mut lines) = (items, BTreeSet::new(), BTreeMap::new());
    while let Some(about) = open.pop() {
        if !seen.insert(about) {
            continue;
        }
        for no in numbers(db, &about)? {
            if lines.contains_key(&no) {
                continue;
            }
            let Some(line) = one(db, no)? else { continue };
            if matches!(line.said, Some(Said::Notice(_))) {
                open.extend(line.items());
            }
            lines.insert(no, line);
        }
    }
    let places = seen.iter().filter_map(|about| if let About::Place(place) = about { Some(*place) } else { None });
    Ok((lines.into_values().collect(), places.collect()))
}

/// Finds a line from now on by what it speaks of; one that is found already stays.
pub(super) fn keep(db: &Connection, line: &Line) -> Result<()> {
    let mut insert = db.prepare_cached("INSERT OR IGNORE INTO said_of (about, line) VALUES (?1, ?2)")?;
    for about in line.abouts() {
        insert.execute(params![about.bytes(), line.no])?;
    }
    if let Some((device, at)) = line.sends_back() {
        db.prepare_cached("INSERT OR IGNORE INTO sent_back (device, at, line) VALUES (?1, ?2, ?3)")?
            .execute(params![device.as_bytes(), at.0, line.no])?;
    }
    Ok(())
}

/// A line goes for good, and its item.
pub(super) fn forget(db: &Connection, line: &Line) -> Result<()> {
    let mut delete = db.prepare_cached("DELETE FROM said_of WHERE about = ?1 AND line = ?2")?;
    for about in line.abouts() {
        delete.execute(params![about.bytes(), line.no])?;
    }
    if let Some((device, at)) = line.sends_back() {
        db.prepare_cached("DELETE FROM sent_back WHERE device = ?1 AND at = ?2 AND line = ?3")?.execute(params![
            device.as_bytes(),
            at.0,
            line.no
        ])?;
    }
    db.prepare_cached("DELETE FROM item WHERE no = ?1")?.execute([line.no])?;
    Ok(())
}

/// The claims among lines that count, in the order of the log.
pub(super) fn decisions(mut lines: Vec<Line>) -> Vec<Decision> {
    lines.retain(|line| line.counts);
    lines.sort_by_key(|line| line.order);
    let said = lines.into_iter().filter_map(|line| match line.said {
        Some(Said::Claim(decision)) => Some(*decision),
        Some(Said::Notice(_)) | None => None,
    });
    said.collect()
}
