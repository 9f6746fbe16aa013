//! Log rows gathered into frames: items of one envelope together, the others as bare digests. It
//! must not decide which rows; only the reader's right to each is asked once more.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{DeviceId, Position};
use domain::number::Segment;
use domain::roster::Row;
use sync::envelope::{Envelope, Part};
use sync::frame;
use sync::item::{Item, Kind};
use sync::pack::Level;
use sync::wire::{self, Cursor, Frame, History, Mark, Placed, Pushed, Regained};

use crate::damage::Damage;
use crate::pull::Reader;
use crate::server::{Server, ServerError};
use crate::store::{Store, StoredItem};

/// Unpacked bytes after which a frame is cut: what a broken line loses at most.
const FRAME_BYTES: usize = 256 * 1024;
/// What the place of an item takes that the reader holds already.
const REGAINED_BYTES: usize = 16;

struct Gathered {
    envelope: Envelope,
    place: u16,
    at: Position,
    steps: Vec<u64>,
}

/// Rows on their way into a frame.
pub(crate) struct Rows {
    pub(crate) reader: Reader,
    gathered: Vec<Gathered>,
    /// Newest group of an envelope, so that its next item joins it.
    newest: BTreeMap<u64, usize>,
    authors: Vec<Row>,
    introduced: BTreeSet<DeviceId>,
    bytes: usize,
    level: Level,
    cut: usize,
    regained: Vec<Regained>,
    held: Vec<Pushed>,
    pub(crate) sent: u64,
}

impl Rows {
    pub(crate) const fn new(reader: Reader) -> Self {
        Self {
            reader,
            gathered: Vec::new(),
            newest: BTreeMap::new(),
            authors: Vec::new(),
            introduced: BTreeSet::new(),
            bytes: 0,
            level: Level::Quick,
            cut: FRAME_BYTES,
            regained: Vec::new(),
            held: Vec::new(),
            sent: 0,
        }
    }

    /// For frames packed once and sent often: denser and longer.
    pub(crate) const fn dense(reader: Reader) -> Self {
        let mut rows = Self::new(reader);
        rows.level = Level::Dense;
        rows.cut = 3 * FRAME_BYTES;
        rows
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.gathered.is_empty() && self.regained.is_empty() && self.held.is_empty()
    }

    pub(crate) const fn is_full(&self) -> bool {
        self.bytes >= self.cut
    }

    /// Unpacked bytes gathered.
    pub(crate) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// The frame of what was gathered; begins the next.
    pub(crate) fn take(&mut self, history: Option<History>, cursor: Option<Cursor>) -> Option<Vec<u8>> {
        let envelopes = self.gathered.drain(..).map(|g| Placed { envelope: Pushed(g.envelope), steps: g.steps });
        let envelopes: Vec<Placed> = envelopes.collect();
        self.sent += envelopes.len() as u64;
        self.newest.clear();
        self.bytes = 0;
        let regained = Some(std::mem::take(&mut self.regained)).filter(|regained| !regained.is_empty());
        let held = Some(std::mem::take(&mut self.held)).filter(|held| !held.is_empty());
        let authors = std::mem::take(&mut self.authors);
        let rows = wire::Rows { authors, envelopes, history, cursor, regained, held };
        Some(frame::encode(self.level, &Frame::Rows(rows)))
    }

    /// Where an item stands that the reader holds already.
    pub(crate) fn regain(&mut self, mark: Mark, place: u16, position: Position) {
        self.bytes += REGAINED_BYTES;
        match self.regained.last_mut() {
            Some(last) if last.mark == mark => last.items.push((place, position)),
            Some(_) | None => self.regained.push(Regained { mark, items: vec![(place, position)] }),
        }
    }

    /// An envelope with a held item.
    pub(crate) fn hold(&mut self, envelope: Pushed) {
        self.bytes += envelope.0.weight();
        self.held.push(envelope);
    }

    fn put(&mut self, item: &StoredItem, position: Position, bytes: Vec<u8>) -> bool {
        let Some(n) = self.newest.get(&item.envelope) else { return false };
        let Some(group) = self.gathered.get_mut(*n) else { return false };
        // Steps go up with the places; an item accepted out of turn begins a group of its own.
        if group.place >= item.place {
            return false;
        }
        let Some(part) = group.envelope.parts.get_mut(usize::from(item.place)) else { return false };
        self.bytes += bytes.len();
        *part = Part::Whole(bytes);
        group.steps.push(position - group.at);
        (group.place, group.at) = (item.place, position);
        true
    }
}

impl<S: Store> Server<S> {
    /// Adds the row at a position, if the reader may read it. A damaged one stays out.
    pub(crate) fn add_at(&mut self, rows: &mut Rows, position: Position) -> Result<(), ServerError> {
        let added = match self.vault.store.row(position) {
            Ok(Some(item)) => self.add(rows, &item, position),
            Ok(None) => Err(ServerError::Row(position)),
            Err(error) => Err(error.into()),
        };
        self.unless_damaged(Damage::Log(position), added).map(drop)
    }

    /// Adds one row, if the reader may read it and it was not erased.
    pub(crate) fn add(&mut self, rows: &mut Rows, item: &StoredItem, position: Position) -> Result<(), ServerError> {
        let may = rows.reader.may_read(&self.roster, item) || self.answers(&rows.reader, item)?;
        let bytes = if may { self.vault.open(item)? } else { None };
        let Some(bytes) = bytes else { return self.add_header(rows, item, position) };
        if item.kind == Kind::Roster && !self.may_read_row(&rows.reader, &bytes) {
            return Ok(());
        }
        self.meter.rows += 1;
        if rows.newest.contains_key(&item.envelope) && rows.put(item, position, bytes.clone()) {
            return Ok(());
        }
        let Some(kept) = self.vault.store.envelope(item.envelope)? else { return Err(ServerError::Row(position)) };
        let mut envelope = Envelope::decode(&kept.header).map_err(|_| ServerError::Row(position))?;
        let part = envelope.parts.get_mut(usize::from(item.place)).ok_or(ServerError::Row(position))?;
        rows.bytes += kept.header.len() + bytes.len();
        *part = Part::Whole(bytes);
        self.introduce(rows, kept.device);
        rows.newest.insert(item.envelope, rows.gathered.len());
        rows.gathered.push(Gathered { envelope, place: item.place, at: position, steps: vec![position] });
        Ok(())
    }

    fn may_read_row(&self, reader: &Reader, bytes: &[u8]) -> bool {
        // Nearly everybody holds a post; then nothing needs to be taken apart.
        let row = || Item::decode(bytes).ok().and_then(|item| minicbor::decode::<Row>(&item.body).ok());
        !reader.posts.is_empty() || row().is_some_and(|row| reader.may_read_row(&self.roster, &row))
    }

    /// A station counts the numbers of its authors' chains also where it may not read: the signed
    /// header with bare digests, no content.
    fn add_header(&mut self, rows: &mut Rows, item: &StoredItem, position: Position) -> Result<(), ServerError> {
        if !rows.reader.counts_chains() || rows.newest.contains_key(&item.envelope) {
            return Ok(());
        }
        let Some(kept) = self.vault.store.envelope(item.envelope)? else { return Err(ServerError::Row(position)) };
        let envelope = Envelope::decode(&kept.header).map_err(|_| ServerError::Row(position))?;
        rows.bytes += kept.header.len();
        self.introduce(rows, kept.device);
        rows.newest.insert(item.envelope, rows.gathered.len());
        rows.gathered.push(Gathered { envelope, place: 0, at: 0, steps: Vec::new() });
        Ok(())
    }

    /// The keys and name of an author outside the reader's part of the roster.
    pub(crate) fn introduce(&self, rows: &mut Rows, author: DeviceId) {
        let Some(device) = self.roster.devices.get(&author) else { return };
        if !rows.introduced.insert(author) {
            return;
        }
        let row = Row::Device {
            id: author,
            person: device.person,
            sign: device.sign,
            seal: device.seal,
            label: device.label.clone(),
            segment: device.segment.map(Segment::get),
        };
        let heard = self.roster.channels_for_row(&row);
        let known = rows.reader.channels.contains(&domain::roster::Channel::District)
            || heard.intersection(&rows.reader.channels).next().is_some();
        if !known {
            rows.authors.push(row);
        }
    }
}
