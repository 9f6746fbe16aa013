//! The gate: judges the items of one kept envelope, in the order of DESIGN §5. Pure over its
//! inputs; it must not know how anything is stored, and gives no positions.
//!
//! # How the caller uses it
//! - Envelopes are judged in inbox order, each in one transaction: [`judge`], then append what is
//!   [`Ruling::Accept`]ed in the order returned (roster rows first), then fold accepted rows into
//!   the roster and commit together with the documents handed to [`Known::keep`].
//! - `batch.items` holds every readable or unreadable item of the envelope the server has;
//!   those accepted earlier stand in `batch.settled` and get no second ruling.
//! - A [`Ruling::Wait`] names the change (not the item) that is missing. Whenever a change of that
//!   record is accepted, judge the envelopes again that hold waiting items of the record, with
//!   their accepted items in `settled`. A wait ends only so.
//! - [`Known::document`] must be the fold of exactly the record's accepted changes. When the
//!   cache may be older or newer than the log (a crash between two files), or does not open,
//!   rebuild it first.

mod file;
mod given;
mod right;
mod risk;
mod row;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use domain::form::builtin;
use domain::id::{ChildId, DeviceId, Digest, Position, RecordId};
use domain::moment::Timestamp;
use domain::rights::Verb;
use domain::roster::Roster;
use dossier::{Inspected, Record, Refused};
use sync::envelope::Envelope;
use sync::item::{BadItem, Item, Kind};
use sync::wire::Reason;

use risk::Risk;

/// Largest body of a roster or audit row.
const ROW_BYTES_MAX: usize = 4 * 1024;

/// What the gate decides on an item.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ruling {
    /// Goes into the log at the next position.
    Accept,
    /// Builds on this change, which the server does not have.
    Wait(Digest),
    /// Kept, not in the log.
    Hold(Reason),
}

/// What a record's first accepted item fixed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fixed {
    /// Its form.
    pub form: String,
    /// Its child.
    pub child: Option<ChildId>,
}

impl Fixed {
    fn of(item: &Item) -> Self {
        Self { form: item.form.clone(), child: item.child }
    }
}

/// What the gate must know of the store.
pub trait Known {
    /// A failure of the store; nothing has been decided then.
    type Error;
    /// What the record's first accepted item fixed; `None` for a record not yet in the log.
    fn fixed(&mut self, record: RecordId) -> Result<Option<Fixed>, Self::Error>;
    /// The fold of exactly the record's accepted changes, to be changed; rebuilt from the log where
    /// what was saved of it is old or damaged. `None` when there are none, and never asked for
    /// event records.
    fn document(&mut self, record: RecordId) -> Result<Option<Record>, Self::Error>;
    /// The device that took an item over for its author (认领); asked only of what she has or had no
    /// right to.
    fn claimer(&mut self, item: &Item) -> Result<Option<DeviceId>, Self::Error>;
    /// Takes the document with the newly accepted changes, saved and open; dropped when the
    /// transaction fails.
    fn keep(&mut self, record: RecordId, saved: Vec<u8>, open: Record) -> Result<(), Self::Error>;
}

/// Where changes are tried; in a child process later.
pub trait Rehearsal {
    /// [`dossier::rehearse`].
    fn run(&mut self, base: Option<Record>, changes: &[&Inspected]) -> Result<dossier::Trial, Refused>;
}

/// Tries changes in this process.
#[derive(Clone, Copy, Default, Debug)]
pub struct InProcess;

impl Rehearsal for InProcess {
    fn run(&mut self, base: Option<Record>, changes: &[&Inspected]) -> Result<dossier::Trial, Refused> {
        dossier::rehearse(base, changes)
    }
}

/// One kept envelope, its signature verified.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Who signed.
    pub device: DeviceId,
    /// The device's clock when it signed: a claim.
    pub at: Timestamp,
    /// The roster version the author says it knew.
    pub roster: Position,
    /// Position of the newest cursor the device ever asked with.
    pub confirmed: Position,
    /// The whole items with their place in the envelope.
    pub items: Vec<(u16, Result<Item, BadItem>)>,
    /// Places of the items accepted when the envelope was judged before.
    pub settled: BTreeSet<u16>,
    /// The devices that returned another's envelope while the server took back what it lost with a restore: each
    /// stands in for the lost log where it reaches the child, never for a right the author had not.
    pub vouchers: BTreeSet<DeviceId>,
}

impl Batch {
    /// From a kept envelope that was never judged.
    pub fn of(envelope: &Envelope, confirmed: Position) -> Self {
        let items = envelope.items().map(|(n, item)| (n as u16, item)).collect();
        let (device, at, roster) = (envelope.device, envelope.at, envelope.roster);
        Self { device, at, roster, confirmed, items, settled: BTreeSet::new(), vouchers: BTreeSet::new() }
    }
}

/// Judges an envelope. The rulings come in the order in which the accepted items are to be
/// appended: roster rows, because others may need the child they register, then in the order of
/// the envelope, so that it travels in one piece.
///
/// # Errors
/// Only those of the store.
pub fn judge<K: Known>(
    roster: &Roster,
    batch: &Batch,
    known: &mut K,
    rehearsal: &mut dyn Rehearsal,
    now: Timestamp,
) -> Result<Vec<(u16, Ruling)>, K::Error> {
    let mut court = Court {
        roster: Cow::Borrowed(roster),
        batch,
        now,
        known,
        rehearsal,
        risk: Risk::settled(batch),
        rulings: Vec::new(),
        rows: BTreeSet::new(),
        records: BTreeMap::new(),
        claimer: None,
    };
    court.rows();
    for kind in [Kind::Audit, Kind::Sealed, Kind::File] {
        court.opaque(kind)?;
    }
    court.changes()?;
    let Court { mut rulings, rows, .. } = court;
    rulings.sort_by_key(|(place, _)| (!rows.contains(place), *place));
    Ok(rulings)
}

/// What became of each change, and the record's document when it grew.
type Tried = (Vec<Ruling>, Option<(Vec<u8>, Record)>);

/// A change that may be tried.
struct Candidate<'a> {
    place: u16,
    item: &'a Item,
    change: Inspected,
}

/// One judging of one envelope.
struct Court<'a, K> {
    roster: Cow<'a, Roster>,
    batch: &'a Batch,
    now: Timestamp,
    known: &'a mut K,
    rehearsal: &'a mut dyn Rehearsal,
    risk: Risk,
    rulings: Vec<(u16, Ruling)>,
    /// Places of the roster rows.
    rows: BTreeSet<u16>,
    records: BTreeMap<RecordId, Option<Fixed>>,
    /// Who took the item in hand over for its author.
    claimer: Option<DeviceId>,
}

impl<'a, K: Known> Court<'a, K> {
    fn rule(&mut self, place: u16, ruling: Ruling) {
        self.rulings.push((place, ruling));
    }

    /// The items of a kind not yet settled.
    fn open_items(&self, kind: Kind) -> Vec<(u16, &'a Item)> {
        let batch: &'a Batch = self.batch;
        let open = batch.items.iter().filter(|(place, _)| !batch.settled.contains(place));
        open.filter_map(|(place, item)| Some((*place, item.as_ref().ok().filter(|item| item.kind == kind)?))).collect()
    }

    /// Roster rows, first: what follows may need the child they register. Unreadable items too.
    fn rows(&mut self) {
        let batch: &'a Batch = self.batch;
        for (place, item) in batch.items.iter().filter(|(place, _)| !batch.settled.contains(place)) {
            if item.is_err() {
                self.rule(*place, Ruling::Hold(Reason::Malformed));
            }
        }
        for (place, item) in self.open_items(Kind::Roster) {
            let ruling = match self.row(item) {
                Ok(row) => {
                    // only this judging needs it; the caller folds it in with its real position
                    let next = self.roster.version + 1;
                    self.roster.to_mut().apply(next, &row);
                    Ruling::Accept
                }
                Err(reason) => Ruling::Hold(reason),
            };
            self.rows.insert(place);
            self.rule(place, ruling);
        }
    }

    /// Items the server does not try: caps and rights only; of a file its manifest too.
    fn opaque(&mut self, kind: Kind) -> Result<(), K::Error> {
        for (place, item) in self.open_items(kind) {
            let fixed = self.fixed(item.record)?;
            let mut right = self.opaque_judged(item, fixed.as_ref())?;
            if kind == Kind::File && wants_right(right.err()) && self.is_claimed(item)? {
                right = self.opaque_judged(item, fixed.as_ref())?;
                self.claimer = None;
            }
            let ruling = match right {
                Ok(()) => {
                    self.records.insert(item.record, Some(Fixed::of(item)));
                    Ruling::Accept
                }
                Err(reason) => Ruling::Hold(reason),
            };
            self.rule(place, ruling);
        }
        Ok(())
    }

    fn opaque_judged(&mut self, item: &Item, fixed: Option<&Fixed>) -> Result<Result<(), Reason>, K::Error> {
        match self.opaque_right(item, fixed) {
            Ok(()) if item.kind == Kind::File => self.manifest(item),
            right => Ok(right),
        }
    }

    /// Whether a supervisor vouches for just this item.
    fn is_claimed(&mut self, item: &Item) -> Result<bool, K::Error> {
        self.claimer = self.known.claimer(item)?;
        Ok(self.claimer.is_some())
    }

    fn opaque_right(&self, item: &Item, fixed: Option<&Fixed>) -> Result<(), Reason> {
        if item.child.is_some_and(|child| self.erased(child)) {
            return Err(Reason::Erased);
        }
        if fixed.is_some_and(|fixed| *fixed != Fixed::of(item)) {
            return Err(Reason::Mismatch);
        }
        if item.kind == Kind::Audit {
            return self.audit(item);
        }
        // Sealed records are reserved on the wire and not built: nobody could read, merge or erase one.
        if item.kind == Kind::Sealed || item.form != sync::file::FORM {
            return Err(Reason::Malformed);
        }
        let verb = if fixed.is_some() { Verb::Change } else { Verb::Create };
        self.right(item, &[verb])
    }

    /// Changes: what needs no document first, then the trial, once per record.
    fn changes(&mut self) -> Result<(), K::Error> {
        let mut order: Vec<RecordId> = Vec::new();
        let mut records: BTreeMap<RecordId, Vec<(u16, &'a Item)>> = BTreeMap::new();
        for (place, item) in self.open_items(Kind::Change) {
            let items = records.entry(item.record).or_default();
            if items.is_empty() {
                order.push(item.record);
            }
            items.push((place, item));
        }
        // a risk level is accepted only after the assessment it comes from
        let assesses = |record: &RecordId| records.get(record).is_some_and(|items| risk::is_assessment(items[0].1));
        order.sort_by_key(|record| !assesses(record));
        for record in order {
            self.record(record, &records[&record])?;
        }
        Ok(())
    }

    fn record(&mut self, record: RecordId, items: &[(u16, &'a Item)]) -> Result<(), K::Error> {
        let mut fixed = self.fixed(record)?;
        let in_log = fixed.is_some();
        let mut candidates = Vec::new();
        for (place, item) in items {
            let mut admitted = self.admissible(item, fixed.as_ref());
            if wants_right(admitted.as_ref().err().copied()) && self.is_claimed(item)? {
                admitted = self.admissible(item, fixed.as_ref());
                self.claimer = None;
            }
            match admitted {
                Ok(change) => {
                    fixed.get_or_insert_with(|| Fixed::of(item));
                    candidates.push(Candidate { place: *place, item, change });
                }
                Err(reason) => self.rule(*place, Ruling::Hold(reason)),
            }
        }
        if candidates.is_empty() {
            return Ok(());
        }
        let event = builtin(&candidates[0].item.form).is_some_and(|form| form.event);
        let known = (in_log && !event).then_some(record);
        let (rulings, grown) = self.tried(known, &candidates)?;
        for (candidate, ruling) in candidates.iter().zip(rulings) {
            if ruling == Ruling::Accept {
                self.records.insert(record, Some(Fixed::of(candidate.item)));
                self.risk.assessed(candidate.item, &candidate.change);
            }
            self.rule(candidate.place, ruling);
        }
        match grown {
            Some((saved, open)) if !event => self.known.keep(record, saved, open),
            Some(_) | None => Ok(()),
        }
    }

    /// What can be said of a change without its record's document.
    fn admissible(&self, item: &Item, fixed: Option<&Fixed>) -> Result<Inspected, Reason> {
        if item.body.len() > dossier::BYTES_MAX {
            return Err(Reason::Caps);
        }
        // The table of rights names more than records: a claim, a registration, an assignment, a file's manifest.
        if builtin(&item.form).is_none() {
            return Err(Reason::Malformed);
        }
        if item.child.is_some_and(|child| self.erased(child)) {
            return Err(Reason::Erased);
        }
        if fixed.is_some_and(|fixed| *fixed != Fixed::of(item)) {
            return Err(Reason::Mismatch);
        }
        // a record not in the log may be one whose beginning is still on its way
        self.right(item, if fixed.is_some() { &[Verb::Change] } else { &[Verb::Create, Verb::Change] })?;
        let info = dossier::inspect(&item.body).map_err(|refused| reason(&refused))?;
        self.right(item, if info.deps.is_empty() && fixed.is_none() { &[Verb::Create] } else { &[Verb::Change] })?;
        if !info.actor.is_of(self.batch.device) {
            return Err(Reason::Malformed);
        }
        self.leaves_to_the_program(item, &info)?;
        self.authority(item, &info)?;
        self.risk.allows(item, &info, self.batch.device == self.roster.server)?;
        Ok(info)
    }

    /// The trial, on what the store holds of `known`; a record not in the log has nothing yet.
    fn tried(&mut self, known: Option<RecordId>, candidates: &[Candidate]) -> Result<Tried, K::Error> {
        let changes: Vec<&Inspected> = candidates.iter().map(|c| &c.change).collect();
        let base = self.base(known)?;
        let trial = match self.rehearsal.run(base, &changes) {
            Ok(trial) => Ok(trial),
            // the first trial took the record with it
            Err(_) => {
                let base = self.base(known)?;
                self.one_by_one(base, &changes)
            }
        };
        let Ok(trial) = trial else { return Ok((vec![Ruling::Hold(Reason::Trial); candidates.len()], None)) };
        let rulings = trial.fates.iter().map(|fate| match fate {
            Ok(_) => Ruling::Accept,
            Err(Refused::Waiting(digest)) => Ruling::Wait(*digest),
            Err(refused) => Ruling::Hold(reason(refused)),
        });
        Ok((rulings.collect(), trial.saved.map(|saved| (saved, trial.record))))
    }

    fn base(&mut self, known: Option<RecordId>) -> Result<Option<Record>, K::Error> {
        known.map_or(Ok(None), |record| self.known.document(record))
    }

    /// After a trial that failed as a whole: each change alone, so that one bad change does not
    /// take the others with it.
    fn one_by_one(&mut self, base: Option<Record>, changes: &[&Inspected]) -> Result<dossier::Trial, Refused> {
        let mut sum = self.rehearsal.run(base, &[])?;
        for change in changes {
            match self.rehearsal.run(Some(sum.record.clone()), &[change]) {
                Ok(next) => {
                    sum.record = next.record;
                    sum.saved = next.saved.or(sum.saved);
                    sum.fates.extend(next.fates);
                }
                Err(_) => sum.fates.push(Err(Refused::Trial)),
            }
        }
        Ok(sum)
    }

    /// What is fixed of a record, by the log or by an item accepted in this judging.
    fn fixed(&mut self, record: RecordId) -> Result<Option<Fixed>, K::Error> {
        if let Some(fixed) = self.records.get(&record) {
            return Ok(fixed.clone());
        }
        let fixed = self.known.fixed(record)?;
        self.records.insert(record, fixed.clone());
        Ok(fixed)
    }
}

/// Whether an item is held for want of a right, then or now.
const fn wants_right(reason: Option<Reason>) -> bool {
    matches!(reason, Some(Reason::Forbidden | Reason::Unclaimed))
}

const fn reason(refused: &Refused) -> Reason {
    match refused {
        Refused::Caps => Reason::Caps,
        Refused::Trial => Reason::Trial,
        Refused::Format | Refused::Waiting(_) | Refused::Sequence | Refused::Shape => Reason::Malformed,
    }
}

#[cfg(test)]
mod tests;
