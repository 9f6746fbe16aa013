//! A delivery between its receipt and the gate: an envelope whole in one row, every item sealed. It
//! must not judge; laying out is telling what is here already from what is new.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{ChildId, DeviceId, Digest, Position, RecordId};
use domain::moment::Moment;
use sync::envelope::{Envelope, Part};
use sync::item::{Item, Kind};
use sync::wire::Outcome;

use crate::inbox::bare;
use crate::server::{Server, ServerError, outcome};
use crate::store::{NewArrival, NewEnvelope, NewItem, Standing, Store, StoreError, StoredItem};
use crate::vault::owner;

/// The row of a delivery.
#[derive(minicbor::Encode, minicbor::Decode)]
struct Arrival {
    #[n(0)]
    floor: Position,
    /// Who else brought it, while that counted.
    #[n(1)]
    voucher: Option<DeviceId>,
    /// The envelope, every part a bare digest.
    #[n(2)]
    #[cbor(with = "minicbor::bytes")]
    header: Vec<u8>,
    #[n(3)]
    items: Vec<Arrived>,
    /// Its author says that all of it went with erased children.
    #[n(4)]
    #[cbor(default)]
    erased: bool,
}

/// How a delivery came.
#[derive(Clone, Copy)]
pub(crate) struct Brought {
    /// By the device that signed it.
    pub(crate) by_author: bool,
    /// Position its author's device had confirmed before; 0 where somebody else brought it.
    pub(crate) floor: Position,
    /// Somebody else, and her word counts: the server takes back what a restore lost.
    pub(crate) voucher: Option<DeviceId>,
}

/// One item of it, with what the sealed bytes are found by.
#[derive(minicbor::Encode, minicbor::Decode)]
struct Arrived {
    #[n(0)]
    place: u16,
    #[n(1)]
    kind: u8,
    #[n(2)]
    record: RecordId,
    #[n(3)]
    form: String,
    #[n(4)]
    child: Option<ChildId>,
    /// Empty: it came after the erasure of its child.
    #[n(5)]
    #[cbor(with = "minicbor::bytes")]
    sealed: Vec<u8>,
}

impl Arrived {
    /// Whether it says of the item's bytes what stands in them.
    fn is_of(&self, bytes: &[u8]) -> bool {
        Item::decode(bytes).is_ok_and(|item| {
            (item.kind.code(), item.record, &item.form, item.child) == (self.kind, self.record, &self.form, self.child)
        })
    }
}

/// A delivery laid out.
pub(crate) struct LaidOut {
    /// The envelope as kept.
    pub(crate) kept: NewEnvelope,
    /// Who else brought it, while that counted.
    pub(crate) vouchers: BTreeSet<DeviceId>,
    /// Its header, read.
    pub(crate) header: Envelope,
    /// Items that have no row yet, with their sealed bytes.
    pub(crate) fresh: BTreeMap<u16, (StoredItem, Vec<u8>)>,
    /// What became of items that came before in another envelope.
    pub(crate) judged: Vec<(u16, Outcome)>,
    /// Its author says that all of it went with erased children.
    pub(crate) erased: bool,
}

impl<S: Store> Server<S> {
    /// Takes a verified envelope in, with those of its items that it brings, sealed; the inbox number
    /// that covers them: `number`, or that of the delivery they came with before.
    pub(crate) fn arrive(
        &mut self,
        m: &mut Moment,
        envelope: &Envelope,
        brought: Brought,
        number: u64,
    ) -> Result<u64, ServerError> {
        let id = envelope.id(&self.digest);
        let Brought { by_author, floor, voucher } = brought;
        if let Some(covered) = self.covered(&id, envelope, voucher)? {
            return Ok(covered);
        }
        let mut items = Vec::new();
        for (place, part) in envelope.parts.iter().enumerate() {
            let Part::Whole(bytes) = part else { continue };
            let Ok(Item { kind, record, form, child, .. }) = Item::decode(bytes) else { continue };
            // Nothing about an erased child is ever written down again; the gate says why.
            let sealed = match child {
                Some(child) if self.is_erased(child) => Vec::new(),
                Some(_) | None => self.vault.seal(m, &owner(kind, child, record), bytes)?,
            };
            items.push(Arrived { place: place as u16, kind: kind.code(), record, form, child, sealed });
        }
        let erased = by_author && envelope.parts.iter().all(|part| matches!(part, Part::Erased(_)));
        let arrival = Arrival { floor, voucher, header: bare(envelope).encode(), items, erased };
        let body = minicbor::to_vec(arrival).unwrap_or_default();
        self.vault.store.add_arrival(&NewArrival { number, id, body })?;
        self.meter.pushes += 1;
        Ok(number)
    }

    pub(crate) fn is_erased(&self, child: ChildId) -> bool {
        self.roster.children.get(&child).is_some_and(|seat| seat.erased)
    }

    /// The number of what an envelope brings, when all of it is here.
    fn covered(
        &mut self,
        id: &Digest,
        envelope: &Envelope,
        voucher: Option<DeviceId>,
    ) -> Result<Option<u64>, ServerError> {
        let whole = envelope.parts.iter().enumerate().filter_map(|(place, part)| match part {
            Part::Whole(bytes) => Some((place as u16, Item::decode(bytes).ok()?.record, part.digest())),
            Part::Bare(_) | Part::Erased(_) => None,
        });
        let whole: Vec<(u16, RecordId, Digest)> = whole.collect();
        let Some(row) = self.vault.store.envelope_row(id)? else {
            // On its way to the gate. What somebody else vouches for goes there once more.
            let arrivals = self.vault.store.arrivals_of(id)?;
            let holds = |arrival: &NewArrival| {
                let came = minicbor::decode::<Arrival>(&arrival.body).ok();
                if voucher.is_some() && came.as_ref().is_none_or(|came| came.voucher != voucher) {
                    return false;
                }
                let places: BTreeSet<u16> = came.iter().flat_map(|came| &came.items).map(|item| item.place).collect();
                whole.iter().all(|(place, ..)| places.contains(place))
            };
            return Ok(arrivals.iter().find(|arrival| holds(arrival)).map(|arrival| arrival.number));
        };
        let mut covered = 0;
        for (_, record, digest) in whole {
            match self.vault.store.item_of(record, &digest) {
                Ok(Some(known)) => covered = covered.max(known.number),
                // What cannot be read is not here: it comes again.
                Ok(None) | Err(StoreError::Damaged) => return Ok(None),
                Err(other) => return Err(other.into()),
            }
        }
        if let Some(voucher) = voucher {
            self.vault.store.vouch(row, voucher)?;
        }
        Ok(Some(covered))
    }

    /// Whether a delivery can still be laid out: every item that was not erased opens and is the one
    /// that was signed.
    pub(crate) fn is_sound(&mut self, arrival: &NewArrival) -> Result<bool, ServerError> {
        let Ok(came) = minicbor::decode::<Arrival>(&arrival.body) else { return Ok(false) };
        let Ok(header) = Envelope::decode(&came.header) else { return Ok(false) };
        if header.id(&self.digest) != arrival.id || (came.erased && !came.items.is_empty()) {
            return Ok(false);
        }
        for item in &came.items {
            let (Some(kind), Some(part)) = (Kind::of(item.kind), header.parts.get(usize::from(item.place))) else {
                return Ok(false);
            };
            match self.vault.unseal(&owner(kind, item.child, item.record), &item.sealed) {
                Ok(Some(bytes)) if sync::item::digest(&bytes) == part.digest() && item.is_of(&bytes) => {}
                // Without its key only where the child was erased: a copy that lacks a key is no backup.
                Ok(None) if item.sealed.is_empty() || item.child.is_some_and(|child| self.is_erased(child)) => {}
                Ok(Some(_) | None) | Err(StoreError::Damaged) => return Ok(false),
                Err(other) => return Err(other.into()),
            }
        }
        Ok(true)
    }

    /// Tells what a delivery brings anew. `None`: its envelope has been here before; what was
    /// missing of it has rows now and waits to be judged with the rest.
    pub(crate) fn lay_out(&mut self, arrival: &NewArrival) -> Result<Option<LaidOut>, ServerError> {
        let damaged = ServerError::Row(0);
        let Ok(came) = minicbor::decode::<Arrival>(&arrival.body) else { return Err(damaged) };
        let Ok(header) = Envelope::decode(&came.header) else { return Err(damaged) };
        let Envelope { device, branch, seq, .. } = header;
        let Arrival { floor, voucher, header: bytes, items, erased } = came;
        let known = self.vault.store.envelope_row(&arrival.id)?;
        let kept = NewEnvelope { id: arrival.id, device, branch, seq, floor, header: bytes };
        let row = match known {
            Some(row) => row,
            None => self.vault.store.add_envelope(&kept)?,
        };
        let (mut fresh, mut judged, mut seen) = (BTreeMap::new(), Vec::new(), BTreeSet::new());
        for item in items {
            let (Some(kind), Some(part)) = (Kind::of(item.kind), header.parts.get(usize::from(item.place))) else {
                return Err(damaged);
            };
            let (place, digest) = (item.place, part.digest());
            if let Some(other) = self.vault.store.item_of(item.record, &digest)? {
                if known.is_none() && other.standing != Standing::New {
                    judged.push((place, outcome(other.standing)));
                }
                continue;
            }
            // The same bytes twice in one envelope are one item.
            if !seen.insert((item.record, digest)) {
                continue;
            }
            let Arrived { record, form, child, sealed, .. } = item;
            let stored = StoredItem {
                id: 0,
                envelope: row,
                place,
                digest,
                number: arrival.number,
                kind,
                record,
                form,
                child,
                standing: Standing::New,
            };
            fresh.insert(place, (stored, sealed));
        }
        if known.is_none() {
            let vouchers: BTreeSet<DeviceId> = voucher.into_iter().collect();
            vouchers.iter().try_for_each(|voucher| self.vault.store.vouch(row, *voucher))?;
            return Ok(Some(LaidOut { kept, vouchers, header, fresh, judged, erased }));
        }
        for (item, sealed) in fresh.into_values() {
            self.vault.store.add_item(&NewItem::of(item, sealed, Standing::New))?;
        }
        if let Some(voucher) = voucher {
            self.vault.store.vouch(row, voucher)?;
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests;
