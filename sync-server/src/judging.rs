//! Feeds kept envelopes to the gate in order of arrival, writes verdicts down, appends what was
//! accepted. It must not judge by itself.

use std::collections::{BTreeMap, BTreeSet};

use domain::day::Day;
use domain::id::{ChildId, DeviceId, PersonId, Position, PostId, RecordId};
use domain::moment::Moment;
use domain::roster::{Channel, Row};
use dossier::Record;
use sync::chain;
use sync::claim::{self, Target};
use sync::envelope::Envelope;
use sync::item::{Item, Kind};
use sync::notice::{self, Notice};
use sync::wire::{Outcome, Reason, Verdict};

use crate::claiming;
use crate::gate::{self, Batch, Fixed, InProcess, Known, Ruling};
use crate::meter::timed;
use crate::open_records::OpenRecords;
use crate::pull::Reader;
use crate::server::{Server, ServerError};
use crate::store::{
    Aside, NewArrival, NewEnvelope, NewItem, RecordState, Standing, Store, StoreError, Stored, StoredItem,
};
use crate::vault::{Vault, owner};

/// An envelope before the gate.
struct Case {
    batch: Batch,
    items: BTreeMap<u16, StoredItem>,
    /// Sealed bytes of the items that get their row with the ruling.
    fresh: BTreeMap<u16, Vec<u8>>,
    erased: Vec<(u16, Ruling)>,
}

impl Case {
    fn of(header: &Envelope, kept: &NewEnvelope, vouchers: BTreeSet<DeviceId>) -> Self {
        let batch = Batch { vouchers, ..Batch::of(header, kept.floor) };
        Self { batch, items: BTreeMap::new(), fresh: BTreeMap::new(), erased: Vec::new() }
    }

    /// Lays an item before the gate; what cannot be opened any more is ruled on already.
    fn lay(&mut self, item: StoredItem, bytes: Option<Vec<u8>>) {
        match bytes {
            Some(bytes) => self.batch.items.push((item.place, Item::decode(&bytes))),
            None if self.batch.settled.contains(&item.place) => {}
            None => self.erased.push((item.place, Ruling::Hold(Reason::Erased))),
        }
        self.items.insert(item.place, item);
    }
}

/// What the gate asks of the store.
pub(crate) struct Docs<'a, S> {
    vault: &'a mut Vault<S>,
    open: &'a mut OpenRecords,
    /// Kept until the positions are known.
    grown: BTreeMap<RecordId, (Vec<u8>, Record)>,
}

impl<'a, S> Docs<'a, S> {
    pub(crate) const fn new(vault: &'a mut Vault<S>, open: &'a mut OpenRecords) -> Self {
        Self { vault, open, grown: BTreeMap::new() }
    }
}

impl<S: Store> Known for Docs<'_, S> {
    type Error = ServerError;

    fn fixed(&mut self, record: RecordId) -> Result<Option<Fixed>, ServerError> {
        let state = self.vault.record(record)?;
        Ok(state.map(|state| Fixed { form: state.form, child: state.child }))
    }

    fn document(&mut self, record: RecordId) -> Result<Option<Record>, ServerError> {
        let Some(last) = self.vault.record(record)?.map(|state| state.last) else { return Ok(None) };
        if let Some(open) = self.open.take(record, last) {
            return Ok(Some(open));
        }
        // The cache is a file of its own: only what was saved at the newest position counts.
        let saved = self.vault.store.document(record)?.filter(|(at, _)| *at == last);
        match saved.and_then(|(_, saved)| Record::load(&saved).ok()) {
            Some(open) => Ok(Some(open)),
            None => Ok(rebuild(self.vault, record)?),
        }
    }

    fn claimer(&mut self, item: &Item) -> Result<Option<DeviceId>, ServerError> {
        Ok(claiming::claimer(self.vault, item)?)
    }

    fn keep(&mut self, record: RecordId, saved: Vec<u8>, open: Record) -> Result<(), ServerError> {
        self.grown.insert(record, (saved, open));
        Ok(())
    }
}

/// The document of a record's accepted changes, from the log alone; `None` when there are none. One that cannot
/// be read is not in it: what goes on from it waits.
pub(crate) fn rebuild<S: Store>(vault: &mut Vault<S>, record: RecordId) -> Stored<Option<Record>> {
    let mut placed = Vec::new();
    for item in vault.store.items_of_record(record)? {
        let (Standing::Accepted(at), Kind::Change) = (item.standing, item.kind) else { continue };
        let bytes = match vault.open(&item) {
            Ok(Some(bytes)) => bytes,
            Ok(None) | Err(StoreError::Damaged) => continue,
            Err(other) => return Err(other),
        };
        let Ok(item) = Item::decode(&bytes) else { continue };
        placed.push((at, item.body));
    }
    placed.sort_unstable();
    let changes: Vec<&[u8]> = placed.iter().map(|(_, body)| body.as_slice()).collect();
    if changes.is_empty() {
        return Ok(None);
    }
    dossier::trial(None, &changes).map(|trial| Some(trial.record)).map_err(|_| StoreError::Damaged)
}

/// The item that carries a notice.
fn notice_item(m: &mut Moment, notice: &Notice) -> Vec<u8> {
    let body = minicbor::to_vec(notice).unwrap_or_default();
    let record = RecordId::new(m.uuid());
    Item { kind: Kind::Audit, record, form: notice::FORM.to_owned(), child: None, body }.encode()
}

/// The reason's wire code.
fn code(reason: Reason) -> u8 {
    minicbor::to_vec(reason).ok().and_then(|bytes| bytes.first().copied()).unwrap_or(0)
}

/// Envelopes judged in one transaction.
const TOGETHER: usize = 16;

impl<S: Store> Server<S> {
    /// Judges the oldest deliveries not judged, in one transaction; false when there are none.
    pub fn gate_step(&mut self, m: &mut Moment) -> Result<bool, ServerError> {
        let (done, cpu) = timed(|| self.judge_oldest(m));
        self.meter.gate_cpu += cpu;
        if done.as_ref().is_err_and(ServerError::is_damage) {
            self.go_on()?;
        }
        done
    }

    fn judge_oldest(&mut self, m: &mut Moment) -> Result<bool, ServerError> {
        // What is judged again came before everything that is not laid out yet.
        let rows = self.vault.store.unjudged(TOGETHER, &self.aside)?;
        if !rows.is_empty() {
            let together = self.durably(|s| rows.iter().try_for_each(|row| s.judge_again(m, *row)));
            return self.or_each_alone(together, |s| s.judge_rows_alone(m, &rows));
        }
        let arrivals = self.vault.store.arrivals(TOGETHER, &self.aside)?;
        if arrivals.is_empty() {
            return Ok(false);
        }
        let together = self.durably(|s| {
            for arrival in &arrivals {
                // What an earlier envelope lacked has rows now and is judged before all that came later.
                if !s.judge_arrival(m, arrival)? {
                    break;
                }
            }
            Ok(())
        });
        self.or_each_alone(together, |s| s.judge_arrivals_alone(m, &arrivals))
    }

    /// One that is damaged stops the others only until each was tried for itself.
    fn or_each_alone(
        &mut self,
        together: Result<(), ServerError>,
        alone: impl FnOnce(&mut Self) -> Result<(), ServerError>,
    ) -> Result<bool, ServerError> {
        match together {
            Err(error) if error.is_damage() => alone(self),
            other => other,
        }
        .map(|()| true)
    }

    fn judge_rows_alone(&mut self, m: &mut Moment, rows: &[u64]) -> Result<(), ServerError> {
        for row in rows {
            let judged = self.durably(|s| s.judge_again(m, *row));
            if let Err(error) = judged {
                self.set_aside(error, |aside| aside.envelopes.insert(*row))?;
            }
        }
        Ok(())
    }

    fn judge_arrivals_alone(&mut self, m: &mut Moment, arrivals: &[NewArrival]) -> Result<(), ServerError> {
        for arrival in arrivals {
            match self.durably(|s| s.judge_arrival(m, arrival)) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => self.set_aside(error, |aside| aside.arrivals.insert(arrival.number))?,
            }
        }
        Ok(())
    }

    /// Passed over until the next start.
    fn set_aside(&mut self, error: ServerError, put: impl FnOnce(&mut Aside) -> bool) -> Result<(), ServerError> {
        if !error.is_damage() {
            return Err(error);
        }
        put(&mut self.aside);
        self.meter.damaged += 1;
        tracing::error!(%error, "not judged: run doctor, which names it");
        Ok(())
    }

    /// Whether it was judged; false: it was the rest of an envelope that has rows.
    fn judge_arrival(&mut self, m: &mut Moment, arrival: &NewArrival) -> Result<bool, ServerError> {
        let laid = self.lay_out(arrival)?;
        let whole = laid.is_some();
        if let Some(laid) = laid {
            let mut case = Case::of(&laid.header, &laid.kept, laid.vouchers);
            for (place, (item, sealed)) in laid.fresh {
                let (bytes, sealed) = match self.vault.unseal(&owner(item.kind, item.child, item.record), &sealed) {
                    Ok(Some(bytes)) => (Some(bytes), sealed),
                    // Erased since it came: nothing of it is written down again.
                    Ok(None) => (None, Vec::new()),
                    // Sealed under another key than there is: held as it is, and everybody else goes on.
                    Err(StoreError::Damaged) => (None, sealed),
                    Err(other) => return Err(other.into()),
                };
                case.fresh.insert(place, sealed);
                case.lay(item, bytes);
            }
            // A cloned disk sends the same item in two envelopes: both learn what became of it.
            self.tell(laid.kept.device, &laid.header, laid.judged)?;
            self.judge(m, &laid.header, case)?;
            if laid.erased {
                self.note_gone(m, &laid.header)?;
            }
        }
        self.vault.store.drop_arrival(arrival.number)?;
        Ok(whole)
    }

    /// An envelope that has rows: what is new or waiting, beside what was accepted before.
    fn judge_again(&mut self, m: &mut Moment, row: u64) -> Result<(), ServerError> {
        let Some(kept) = self.vault.store.envelope(row)? else { return Err(ServerError::Row(0)) };
        let header = Envelope::decode(&kept.header).map_err(|_| ServerError::Row(0))?;
        let vouchers = self.vault.store.vouchers(row)?.into_iter().collect();
        let mut case = Case::of(&header, &kept, vouchers);
        for stored in self.vault.store.items_of_envelope(row)? {
            match stored.standing {
                Standing::Held(_) => continue,
                Standing::Accepted(_) => {
                    case.batch.settled.insert(stored.place);
                }
                Standing::New | Standing::Waiting(_) => {}
            }
            match self.vault.open(&stored) {
                Ok(bytes) => case.lay(stored, bytes),
                Err(StoreError::Damaged) if case.batch.settled.contains(&stored.place) => case.lay(stored, None),
                Err(StoreError::Damaged) => {
                    self.set_aside(StoreError::Damaged.into(), |s| s.items.insert(stored.id))?
                }
                Err(other) => return Err(other.into()),
            }
        }
        self.judge(m, &header, case)
    }

    fn judge(&mut self, m: &mut Moment, header: &Envelope, mut case: Case) -> Result<(), ServerError> {
        let mut docs = Docs::new(&mut self.vault, &mut self.open);
        let rulings = gate::judge(&self.roster, &case.batch, &mut docs, &mut InProcess, m.now)?;
        let documents = docs.grown;
        let mut outcomes: Vec<(u16, Outcome)> = Vec::with_capacity(rulings.len());
        let mut grown = BTreeSet::new();
        for (place, ruling) in rulings.into_iter().chain(std::mem::take(&mut case.erased)) {
            let Some(item) = case.items.get(&place) else { continue };
            let fresh = case.fresh.remove(&place);
            let outcome = match ruling {
                Ruling::Accept => {
                    let body = case.batch.items.iter().find(|(n, _)| *n == place).and_then(|(_, i)| i.as_ref().ok());
                    grown.insert(item.record);
                    let body = body.map_or(&[][..], |item| &item.body);
                    Outcome::Accepted(self.append(m, header.device, (item, fresh), body)?)
                }
                Ruling::Wait(digest) => {
                    self.meter.waiting += 1;
                    self.stand(item, fresh, Standing::Waiting(digest))?;
                    Outcome::Waiting(digest)
                }
                Ruling::Hold(reason) => {
                    self.meter.held += 1;
                    self.stand(item, fresh, Standing::Held(code(reason)))?;
                    Outcome::Held(reason)
                }
            };
            outcomes.push((place, outcome));
        }
        // No item goes with its delivery unruled.
        for (place, sealed) in std::mem::take(&mut case.fresh) {
            let Some(item) = case.items.get(&place) else { continue };
            self.stand(item, Some(sealed), Standing::Held(code(Reason::Malformed)))?;
            outcomes.push((place, Outcome::Held(Reason::Malformed)));
        }
        for (record, (saved, open)) in documents {
            let at = self.vault.record(record)?.map_or(0, |state| state.last);
            self.vault.store.set_document(record, at, &saved)?;
            self.open.put(record, at, open);
        }
        outcomes.sort_unstable_by_key(|(place, _)| *place);
        if case.items.values().any(|item| item.kind == Kind::Roster) {
            self.end_regaining(Day::of(m.now))?;
        }
        self.note_held(m, header, &case, &outcomes)?;
        self.tell(header.device, header, outcomes)?;
        grown.into_iter().try_for_each(|record| self.wake(record))
    }

    /// Writes down where an item stands, with its row when it has none yet; its row.
    fn stand(&mut self, item: &StoredItem, fresh: Option<Vec<u8>>, standing: Standing) -> Result<u64, ServerError> {
        match fresh {
            Some(sealed) => Ok(self.vault.store.add_item(&NewItem::of(item.clone(), sealed, standing))?),
            None => {
                self.vault.store.set_standing(item.id, standing)?;
                Ok(item.id)
            }
        }
    }

    /// Writes a verdict down for the author.
    pub(crate) fn tell(
        &mut self,
        author: DeviceId,
        header: &Envelope,
        outcomes: Vec<(u16, Outcome)>,
    ) -> Result<(), ServerError> {
        if outcomes.is_empty() || author == self.roster.server {
            return Ok(());
        }
        let verdict = Verdict { branch: header.branch, seq: header.seq, outcomes };
        self.vault.store.add_verdict(author, &minicbor::to_vec(verdict).unwrap_or_default())?;
        Ok(())
    }

    /// What waited in a record that grew is judged again.
    fn wake(&mut self, record: RecordId) -> Result<(), ServerError> {
        for item in self.vault.store.waiting_of_record(record)? {
            self.vault.store.set_standing(item.id, Standing::New)?;
        }
        Ok(())
    }

    /// The stations hear of what was held or waits: a number of a chain that is not in the log is named,
    /// never silently missing.
    fn note_held(
        &mut self,
        m: &mut Moment,
        header: &Envelope,
        case: &Case,
        outcomes: &[(u16, Outcome)],
    ) -> Result<(), ServerError> {
        let mut items = Vec::new();
        for (place, outcome) in outcomes {
            let reason = match outcome {
                Outcome::Accepted(_) => continue,
                Outcome::Held(reason) => *reason,
                Outcome::Waiting(_) => Reason::Behind,
            };
            let Some(item) = case.items.get(place) else { continue };
            let Some(kept) = self.vault.store.item_of(item.record, &item.digest)? else { continue };
            // Said once: what is judged again and stays where it is, is no news.
            if !self.vault.store.note_reason(kept.id, code(reason))? {
                continue;
            }
            let notice = Notice {
                device: header.device,
                branch: header.branch,
                seq: header.seq,
                place: *place,
                reason,
                form: item.form.clone(),
                child: item.child,
                target: Some(Target { record: item.record, digest: item.digest }),
            };
            items.push(notice_item(m, &notice));
        }
        if items.is_empty() || header.device == self.roster.server {
            return Ok(());
        }
        self.keep_own(m, items).map(drop)
    }

    /// Nothing of the envelope will ever be in the log: its number is named, so that nobody waits for it.
    fn note_gone(&mut self, m: &mut Moment, header: &Envelope) -> Result<(), ServerError> {
        let notice = Notice {
            device: header.device,
            branch: header.branch,
            seq: header.seq,
            place: 0,
            reason: Reason::Erased,
            form: String::new(),
            child: None,
            target: None,
        };
        let item = notice_item(m, &notice);
        self.keep_own(m, vec![item]).map(drop)
    }

    /// Where an accepted item is heard: with its child, and by the stations of its author, who
    /// count the numbers of her chain.
    fn hearers(&self, author: DeviceId, item: &StoredItem, body: &[u8]) -> BTreeSet<Channel> {
        let mut heard = self.roster.stations_of(author);
        heard.extend(item.child.map(|c| self.roster.channels_for_child(c)).unwrap_or_default());
        if author == self.roster.server
            && item.form == notice::FORM
            && let Ok(notice) = minicbor::decode::<Notice>(body)
        {
            heard.extend(self.roster.stations_of(notice.device));
            let with_child = notice.child.map(|c| self.roster.channels_for_child(c)).unwrap_or_default();
            heard.extend(with_child.into_iter().filter(|c| matches!(c, Channel::Station(_))));
        }
        heard
    }

    /// Appends an accepted item to the log and lets it be heard.
    fn append(
        &mut self,
        m: &Moment,
        author: DeviceId,
        (item, fresh): (&StoredItem, Option<Vec<u8>>),
        body: &[u8],
    ) -> Result<Position, ServerError> {
        let (end, before) = self.vault.head()?;
        let at = end + 1;
        let chain = chain::step(&before, at, &item.digest);
        let heard = match item.kind {
            Kind::Roster => {
                let mut heard = self.apply_row(m, at, item.envelope, body)?;
                heard.extend(self.roster.stations_of(author));
                heard
            }
            Kind::Audit if item.form == claim::FORM => {
                self.settle_held(author, item, body)?;
                let mut heard = self.hearers(author, item, body);
                heard.extend(self.channels_of_author(body));
                heard
            }
            Kind::Audit => self.hearers(author, item, body),
            Kind::Change | Kind::Sealed | Kind::File => {
                let record = self.vault.record(item.record)?;
                let state =
                    record.unwrap_or_else(|| RecordState { form: item.form.clone(), child: item.child, last: at });
                self.vault.set_record(item.record, RecordState { last: at, ..state })?;
                self.hearers(author, item, body)
            }
        };
        let heard: Vec<Channel> = heard.into_iter().collect();
        let id = self.stand(item, fresh, Standing::Accepted(at))?;
        self.vault.append(at, &StoredItem { id, ..item.clone() }, &chain, &heard)?;
        self.meter.accepted += 1;
        Ok(at)
    }

    /// Folds a roster row in; where it is heard.
    fn apply_row(
        &mut self,
        m: &Moment,
        at: Position,
        envelope: u64,
        body: &[u8],
    ) -> Result<BTreeSet<Channel>, ServerError> {
        let row: Row = minicbor::decode(body).map_err(|_| ServerError::Row(at))?;
        let mut heard = self.roster.channels_for_row(&row);
        let mut with_child = row.child().map(|child| self.roster.channels_for_child(child)).unwrap_or_default();
        // Who sees the whole district hears on no other channel.
        with_child.insert(Channel::District);
        let known =
            |child: &ChildId| self.roster.children.get(child).is_some_and(|seat| seat.erased || seat.area().is_some());
        let new = row.child().is_some_and(|child| !known(&child));
        self.fold(at, &row);
        heard.extend(self.roster.channels_for_row(&row));
        self.vault.store.add_roster_row(at, body)?;
        match &row {
            Row::Erase { child } => {
                with_child.extend(self.channels_of_claims(*child)?);
                self.drop_sets(&with_child)?;
                self.forget(*child)?;
            }
            Row::Child { child, .. }
            | Row::Register { child, .. }
            | Row::Assign { child, .. }
            | Row::Withdraw { child, .. } => {
                self.vault.store.reconsider(*child, new)?;
                let has_history = !self.vault.store.of_child(*child, 0, at, 1)?.is_empty();
                if has_history {
                    self.drop_sets(&heard)?;
                }
            }
            Row::Device { id, person, .. } => {
                self.rows_again(envelope, *person, None)?;
                self.want_segments(&Reader::new(&self.roster, *id, Day::of(m.now)));
            }
            Row::Post { id, person, .. } => self.rows_again(envelope, *person, Some(*id))?,
            Row::Alias { .. } | Row::Unit { .. } | Row::Person { .. } | Row::Revoke { .. } | Row::Policy { .. } => {}
        }
        Ok(heard)
    }

    /// After a restore the stop of a computer may come back before the computer and its person's post do,
    /// or a child's assignment or registration before the post: they were held, and are judged again when these are brought
    /// back. A post or a computer that is new lets nothing in that was held before.
    fn rows_again(&mut self, envelope: u64, person: PersonId, post: Option<PostId>) -> Result<(), ServerError> {
        if self.vault.store.vouchers(envelope)?.is_empty() {
            return Ok(());
        }
        let devices = self.roster.devices.iter().filter(|(_, device)| device.person == person);
        devices.map(|(id, _)| *id).try_for_each(|id| self.vault.store.reconsider_of(id))?;
        for item in self.vault.store.held_rows()? {
            let bytes = match self.vault.open(&item) {
                Err(StoreError::Damaged) => None,
                opened => opened?,
            };
            let row = bytes.and_then(|bytes| Item::decode(&bytes).ok());
            let about = match row.and_then(|item| minicbor::decode(&item.body).ok()) {
                Some(Row::Revoke { device }) => self.roster.devices.get(&device).is_some_and(|d| d.person == person),
                Some(Row::Assign { post: to, .. } | Row::Register { post: to, .. }) => Some(to) == post,
                Some(_) | None => false,
            };
            if about {
                self.vault.store.set_standing(item.id, Standing::New)?;
            }
        }
        Ok(())
    }

    /// Erases a child's key and the pieces of its files, and what caches hold of it.
    fn forget(&mut self, child: ChildId) -> Result<(), ServerError> {
        match self.vault.store.items_of_child(child) {
            Ok(items) => {
                let records: BTreeSet<RecordId> = items.iter().map(|item| item.record).collect();
                for record in records {
                    self.vault.store.drop_document(record)?;
                    self.open.forget(record);
                }
            }
            // Which records are hers cannot be read: nothing saved of anybody is kept.
            Err(StoreError::Damaged) => {
                self.vault.store.drop_cache()?;
                self.open.clear();
            }
            Err(other) => return Err(other.into()),
        }
        Ok(self.vault.erase(child)?)
    }
}
