//! Pieces of files: who may bring one and who may have one. It reads manifests and never opens a
//! piece; it judges nothing.
//!
//! A piece is believed because a manifest names its digest, and a manifest because it came signed
//! through the inbox. Whoever made a file may bring its pieces also when she has the right no longer:
//! held work is kept whole until somebody takes it over.

use std::collections::BTreeMap;
use std::rc::Rc;

use domain::day::Day;
use domain::id::{ChildId, DeviceId, RecordId};
use domain::moment::Moment;
use sync::file::{FORM, Manifest};
use sync::item::{Item, Kind};
use sync::piece::{Ask, Kept, Piece, Place, SignedAsk, Told};
use sync::wire::{Outcome, Reason};

use crate::inbox::Proven;
use crate::meter::timed;
use crate::pull::Reader;
use crate::server::{Answer, Server, ServerError, outcome};
use crate::store::{DeviceState, PieceId, Store, StoreError};

/// Manifests looked at of one file; honest desks make one.
const MANIFESTS_MAX: usize = 16;

/// A request whose signature fits its device.
struct Asked {
    device: DeviceId,
    sig: [u8; 64],
    counter: u64,
    ask: Ask,
}

impl Asked {
    const fn of(signed: &SignedAsk<'_>, ask: Ask) -> Self {
        Self { device: signed.device, sig: signed.sig, counter: signed.counter, ask }
    }
}

/// Who asks, and the files looked up for her so far.
struct Desk {
    device: DeviceId,
    active: bool,
    reader: Reader,
    files: BTreeMap<RecordId, Rc<Files>>,
}

/// The manifests of one file.
struct Files {
    /// Whether anything came under this id, if only what cannot be read or was erased.
    heard_of: bool,
    manifests: Vec<File>,
}

/// One manifest, and what it is to the desk that asks.
struct File {
    manifest: Manifest,
    child: ChildId,
    file: RecordId,
    /// It is of her making, and kept.
    own: bool,
    stand: Stand,
}

/// Whether a desk may have a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stand {
    /// It is in the log and about a child she may see.
    Seen,
    /// It is about a child she may see, and not in the log.
    Unsettled,
    /// She may not see it now.
    Foreign,
}

impl File {
    fn piece(&self, n: u16) -> Option<PieceId> {
        let digest = *self.manifest.pieces.get(usize::from(n))?;
        Some(PieceId { child: self.child, file: self.file, n, digest })
    }
}

impl<S: Store> Server<S> {
    /// Answers one request for pieces.
    pub fn handle_piece(&mut self, m: &mut Moment, body: &[u8]) -> Answer {
        self.handle_pieces(m, &[body]).pop().unwrap_or(Answer::NotFound)
    }

    /// Answers several requests for pieces with one commit for all they bring.
    pub fn handle_pieces(&mut self, m: &mut Moment, bodies: &[&[u8]]) -> Vec<Answer> {
        self.timed_pieces(m, |s| bodies.iter().map(|body| s.read_ask(body)).collect())
    }

    /// The same of requests whose signatures were checked at the door.
    pub(crate) fn handle_proven_pieces(&mut self, m: &mut Moment, requests: &[Proven]) -> Vec<Answer> {
        self.timed_pieces(m, |s| requests.iter().map(|request| s.read_proven_ask(request)).collect())
    }

    fn timed_pieces(&mut self, m: &Moment, read: impl FnOnce(&Self) -> Vec<Option<Asked>>) -> Vec<Answer> {
        let (answers, cpu) = timed(|| {
            let asked = read(self);
            self.answer_pieces(m, &asked)
        });
        self.meter.piece_cpu += cpu;
        self.meter.piece_requests += answers.len() as u64;
        answers
    }

    fn answer_pieces(&mut self, m: &Moment, asked: &[Option<Asked>]) -> Vec<Answer> {
        let told = self.durably(|s| {
            let told = asked.iter().map(|asked| asked.as_ref().map(|asked| s.told(m, asked)).transpose());
            told.collect::<Result<Vec<Option<Told>>, _>>()
        });
        let told = match told {
            Ok(told) => told,
            // One of them is about something damaged: each for itself.
            Err(error) if error.is_damage() && asked.len() > 1 => {
                return asked.chunks(1).flat_map(|one| self.answer_pieces(m, one)).collect();
            }
            Err(error) => {
                tracing::error!(%error, "store failed, pieces turned away");
                return asked.iter().map(|_| Answer::Unavailable).collect();
            }
        };
        asked.iter().zip(told).map(|(asked, told)| self.answer_told(asked.as_ref(), told)).collect()
    }

    fn answer_told(&mut self, asked: Option<&Asked>, told: Option<Told>) -> Answer {
        let (Some(asked), Some(told)) = (asked, told) else {
            self.meter.refused += 1;
            return Answer::NotFound;
        };
        self.meter.pieces_kept += told.kept.iter().filter(|kept| **kept == Kept::Yes).count() as u64;
        self.meter.pieces_sent += told.got.len() as u64;
        Answer::Frames(vec![told.sign(&self.secret.device, &self.digest, &asked.sig)])
    }

    /// Believes a request only under the signature of a device the roster knows.
    fn read_ask(&self, body: &[u8]) -> Option<Asked> {
        let signed = SignedAsk::read(body).ok()?;
        let public = self.roster.devices.get(&signed.device)?.sign;
        Some(Asked::of(&signed, signed.open(&self.digest, &public).ok()?))
    }

    /// The same of one that was proven at the door.
    fn read_proven_ask(&self, proven: &Proven) -> Option<Asked> {
        self.roster.devices.get(&proven.head.device)?;
        let signed = SignedAsk::read(&proven.bytes).ok()?;
        Some(Asked::of(&signed, signed.open_proven().ok()?))
    }

    /// Keeps what is brought and gathers what is asked for; runs inside one transaction.
    fn told(&mut self, m: &Moment, asked: &Asked) -> Result<Told, ServerError> {
        let before = self.vault.store.device(asked.device)?;
        let mut told = Told { life: self.life, ..Told::default() };
        if asked.counter <= before.counter {
            told.counter = Some(before.counter);
            return Ok(told);
        }
        self.vault.store.set_device(asked.device, &DeviceState { counter: asked.counter, seen: m.now, ..before })?;
        let mut desk = Desk {
            device: asked.device,
            active: self.roster.active(asked.device),
            reader: Reader::new(&self.roster, asked.device, Day::of(m.now)),
            files: BTreeMap::new(),
        };
        for piece in &asked.ask.put {
            told.kept.push(self.put(&mut desk, piece)?);
        }
        for place in &asked.ask.get {
            told.got.extend(self.got(&mut desk, *place)?);
        }
        for place in &asked.ask.have {
            told.have.push(self.has(&mut desk, *place)?);
        }
        Ok(told)
    }

    /// Keeps a piece, if a manifest names it that the desk may bring pieces for.
    fn put(&mut self, desk: &mut Desk, piece: &Piece) -> Result<Kept, ServerError> {
        let Place { file, n } = piece.place;
        let files = self.files(desk, file)?;
        let mut answer = if files.heard_of { Kept::Refused } else { Kept::NotYet };
        for file in files.manifests.iter().filter(|file| file.manifest.is_piece(usize::from(n), &piece.bytes)) {
            match (file.stand, file.piece(n)) {
                (Stand::Seen, Some(id)) => return self.keep_piece(&id, &piece.bytes),
                (_, Some(id)) if file.own => return self.keep_piece(&id, &piece.bytes),
                (Stand::Unsettled, _) => answer = Kept::NotYet,
                // Rows that say she may see it may not be back yet.
                (Stand::Foreign, _) if self.withheld => answer = Kept::NotYet,
                (_, _) => {}
            }
        }
        Ok(answer)
    }

    fn keep_piece(&mut self, id: &PieceId, bytes: &[u8]) -> Result<Kept, ServerError> {
        if !self.vault.store.has_piece(id)? {
            self.vault.store.add_piece(id, bytes)?;
        }
        Ok(Kept::Yes)
    }

    /// A piece the desk may have: about a child it sees now, in the log or its own.
    fn got(&mut self, desk: &mut Desk, place: Place) -> Result<Option<Piece>, ServerError> {
        if !desk.active || self.withheld {
            return Ok(None);
        }
        for file in &self.files(desk, place.file)?.manifests {
            let may = file.stand == Stand::Seen || (file.stand == Stand::Unsettled && file.own);
            let Some(id) = file.piece(place.n).filter(|_| may) else { continue };
            // A damaged piece is no piece; others of the same request are given.
            match self.vault.store.piece(&id) {
                Ok(Some(bytes)) => return Ok(Some(Piece { place, bytes })),
                Ok(None) | Err(StoreError::Damaged) => {}
                Err(other) => return Err(other.into()),
            }
        }
        Ok(None)
    }

    /// Whether a piece the desk holds is here.
    fn has(&mut self, desk: &mut Desk, place: Place) -> Result<Kept, ServerError> {
        let files = self.files(desk, place.file)?;
        let mut answer = if files.heard_of { Kept::Refused } else { Kept::NotYet };
        for file in files.manifests.iter().filter(|file| file.own || self.withheld || file.stand != Stand::Foreign) {
            let Some(id) = file.piece(place.n) else { continue };
            let hers = file.own || file.stand != Stand::Foreign;
            if hers && self.vault.store.has_piece(&id)? {
                return Ok(Kept::Yes);
            }
            answer = Kept::NotYet;
        }
        Ok(answer)
    }

    /// The manifests of a file, and what they are to the desk.
    fn files(&mut self, desk: &mut Desk, record: RecordId) -> Result<Rc<Files>, ServerError> {
        if let Some(files) = desk.files.get(&record) {
            return Ok(files.clone());
        }
        let items = self.vault.store.items_of_record(record)?;
        let mut files = Files { heard_of: !items.is_empty(), manifests: Vec::new() };
        let manifests = items.iter().filter(|item| item.kind == Kind::File && item.form == FORM);
        for stored in manifests.take(MANIFESTS_MAX) {
            let Some(child) = stored.child else { continue };
            let bytes = match self.vault.open(stored) {
                Ok(Some(bytes)) => bytes,
                Ok(None) | Err(StoreError::Damaged) => continue,
                Err(other) => return Err(other.into()),
            };
            let manifest = Item::decode(&bytes).ok().and_then(|item| Manifest::decode(&item.body).ok());
            let Some(manifest) = manifest else { continue };
            let author = self.vault.store.envelope(stored.envelope)?.map(|kept| kept.device);
            let about = self.vault.store.record(manifest.about)?.map(|about| about.form);
            let outcome = outcome(stored.standing);
            let sees = desk.active
                && desk.reader.may_read(&self.roster, stored)
                && about.is_none_or(|form| desk.reader.may_read_form(&self.roster, &form, child));
            let stand = match outcome {
                Outcome::Accepted(_) if sees => Stand::Seen,
                Outcome::Waiting(_) | Outcome::Held(_) if sees => Stand::Unsettled,
                Outcome::Accepted(_) | Outcome::Waiting(_) | Outcome::Held(_) => Stand::Foreign,
            };
            let own = author == Some(desk.device) && may_be_taken_over(outcome);
            files.manifests.push(File { manifest, child, file: record, own, stand });
        }
        let files = Rc::new(files);
        desk.files.insert(record, files.clone());
        Ok(files)
    }
}

/// Whether an item is in the log or may come into it yet.
const fn may_be_taken_over(outcome: Outcome) -> bool {
    match outcome {
        Outcome::Accepted(_) | Outcome::Waiting(_) => true,
        Outcome::Held(reason) => matches!(reason, Reason::Forbidden | Reason::Unclaimed),
    }
}

#[cfg(test)]
mod tests;
