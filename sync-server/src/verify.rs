//! Proves a store from itself: the chain, every item's digest and place, every signature, every piece
//! of a file, and that caches rebuilt from the log equal the caches. It must not change anything.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use domain::id::{ChildId, Digest, Position, RecordId};
use domain::roster::{Roster, Row};
use sync::chain;
use sync::claim::{self, Claim};
use sync::envelope::{Envelope, Part};
use sync::file::Manifest;
use sync::item::{self, Kind};

use crate::claiming::{Decided, decided, later};
use crate::judging::rebuild;
use crate::server::{Server, ServerError};
use crate::store::{Aside, PieceId, Standing, Store, StoreError, StoredItem};

/// What does not hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wrong {
    /// No row at a position below the log's end.
    Gap(Position),
    /// The chain value does not follow from the row.
    Chain(Position),
    /// An item's bytes are not those that were signed, or stand in the wrong place.
    Item(Position),
    /// An item has lost its key though its child was not erased, or has one though it was.
    Key(Position),
    /// An envelope is not signed by its author.
    Signature(Position),
    /// The roster row kept for folding is not the one in the log.
    Row(Position),
    /// The roster in memory is not the fold of the log.
    Roster,
    /// A kept piece of a file is not the one its manifest names.
    Piece(RecordId, u16),
    /// What was decided on a held item is not what the claims of the log say.
    Claim(ChildId),
    /// A saved document is not the fold of its changes.
    Document(RecordId),
    /// A delivery that waits for the gate, by its inbox number, is not what was signed.
    Arrival(u64),
}

/// What was looked at, and what was wrong with it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Verified {
    /// Rows of the log.
    pub rows: u64,
    /// Envelopes they came in.
    pub envelopes: u64,
    /// Rows whose child was erased: digests only.
    pub erased: u64,
    /// Saved documents compared.
    pub documents: u64,
    /// Files whose manifests stand in the log.
    pub files: u64,
    /// Pieces of them that are here whole.
    pub pieces: u64,
    /// Pieces of them not here: still on their way, or lost with a restore until a desk brings them.
    pub missing: u64,
    /// Deliveries with a receipt that wait for the gate.
    pub arrivals: u64,
    /// What does not hold; at most a thousand.
    pub wrong: Vec<Wrong>,
}

type Claims = BTreeMap<(ChildId, Digest), Decided>;

const WRONG_MAX: usize = 1000;
const PAGE: usize = 500;

impl<S: Store> Server<S> {
    /// Checks the whole store.
    pub fn verify(&mut self) -> Result<Verified, ServerError> {
        let mut told = Verified::default();
        let mut roster = Roster::new(self.secret.id());
        let mut envelopes: BTreeMap<u64, Option<Envelope>> = BTreeMap::new();
        let mut claims = Claims::new();
        let (end, _) = self.vault.store.head()?;
        let mut before = chain::START;
        for at in 1..=end {
            if told.wrong.len() >= WRONG_MAX {
                return Ok(told);
            }
            let (Some(item), Some(value)) = (self.vault.store.row(at)?, self.vault.store.chain(at)?) else {
                told.wrong.push(Wrong::Gap(at));
                continue;
            };
            told.rows += 1;
            if chain::step(&before, at, &item.digest) != value {
                told.wrong.push(Wrong::Chain(at));
            }
            before = value;
            let envelope = match envelopes.entry(item.envelope) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => new.insert(self.signed(&item, at, &mut told)?),
            };
            let envelope = envelope.as_ref();
            self.check_item(&item, at, envelope, &mut roster, &mut told)?;
            self.gather_claim(&item, envelope, &mut claims)?;
        }
        told.envelopes = envelopes.len() as u64;
        if roster != self.roster {
            told.wrong.push(Wrong::Roster);
        }
        self.check_claims(&claims, &mut told)?;
        self.check_documents(&mut told)?;
        for arrival in self.vault.store.arrivals(usize::MAX, &Aside::default())? {
            told.arrivals += 1;
            if !self.is_sound(&arrival)? {
                told.wrong.push(Wrong::Arrival(arrival.number));
            }
        }
        Ok(told)
    }

    fn signed(
        &mut self,
        item: &StoredItem,
        at: Position,
        told: &mut Verified,
    ) -> Result<Option<Envelope>, ServerError> {
        let kept = self.vault.store.envelope(item.envelope)?;
        let envelope = kept.and_then(|kept| Envelope::decode(&kept.header).ok());
        let Some(envelope) = envelope else {
            told.wrong.push(Wrong::Signature(at));
            return Ok(None);
        };
        let own = (envelope.device == self.roster.server).then(|| self.secret.device.sign_public());
        let public = own.or_else(|| self.roster.devices.get(&envelope.device).map(|d| d.sign));
        if public.is_none_or(|public| envelope.verify(&self.digest, &public).is_err()) {
            told.wrong.push(Wrong::Signature(at));
        }
        Ok(Some(envelope))
    }

    fn check_item(
        &mut self,
        stored: &StoredItem,
        at: Position,
        envelope: Option<&Envelope>,
        roster: &mut Roster,
        told: &mut Verified,
    ) -> Result<(), ServerError> {
        let part = envelope.and_then(|e| e.parts.get(usize::from(stored.place)));
        let placed = part == Some(&Part::Bare(stored.digest)) && stored.standing == Standing::Accepted(at);
        let bytes = match self.vault.open(stored) {
            Ok(bytes) => bytes,
            Err(StoreError::Damaged) => {
                told.wrong.push(Wrong::Item(at));
                return Ok(());
            }
            Err(other) => return Err(other.into()),
        };
        let erased = stored.kind != Kind::Roster && stored.child.is_some_and(|child| self.is_erased(child));
        if bytes.is_none() != erased {
            told.wrong.push(Wrong::Key(at));
        }
        let Some(bytes) = bytes else {
            told.erased += u64::from(erased);
            return Ok(());
        };
        if !placed || item::digest(&bytes) != stored.digest {
            told.wrong.push(Wrong::Item(at));
        }
        if stored.kind == Kind::Roster {
            let row = item::Item::decode(&bytes).ok().and_then(|i| minicbor::decode::<Row>(&i.body).ok());
            match row {
                Some(row) => roster.apply(at, &row),
                None => told.wrong.push(Wrong::Row(at)),
            }
        }
        if let (Kind::File, Some(child)) = (stored.kind, stored.child) {
            let manifest = item::Item::decode(&bytes).ok().and_then(|item| Manifest::decode(&item.body).ok());
            match manifest {
                Some(manifest) => self.check_pieces(child, stored.record, &manifest, told)?,
                None => told.wrong.push(Wrong::Item(at)),
            }
        }
        Ok(())
    }

    /// Folds the claims of the log, as they were folded when they were accepted.
    fn gather_claim(
        &mut self,
        stored: &StoredItem,
        envelope: Option<&Envelope>,
        claims: &mut Claims,
    ) -> Result<(), ServerError> {
        let (Some(child), Some(envelope)) = (stored.child, envelope) else { return Ok(()) };
        if stored.kind != Kind::Audit || stored.form != claim::FORM {
            return Ok(());
        }
        let Ok(Some(bytes)) = self.vault.open(stored) else { return Ok(()) };
        let claim = item::Item::decode(&bytes).ok().and_then(|item| Claim::decode(&item.body));
        let Some(claim) = claim else { return Ok(()) };
        for target in &claim.targets {
            let before = claims.get(&(child, target.digest)).copied();
            let next = Decided { by: envelope.device, action: claim.action };
            claims.insert((child, target.digest), later(before, next));
        }
        Ok(())
    }

    fn check_claims(&mut self, claims: &Claims, told: &mut Verified) -> Result<(), ServerError> {
        for ((child, digest), folded) in claims {
            if decided(&mut self.vault, *child, digest)? != Some(*folded) {
                told.wrong.push(Wrong::Claim(*child));
            }
        }
        Ok(())
    }

    fn check_pieces(
        &mut self,
        child: ChildId,
        file: RecordId,
        manifest: &Manifest,
        told: &mut Verified,
    ) -> Result<(), ServerError> {
        told.files += 1;
        for (n, digest) in manifest.pieces.iter().enumerate() {
            let id = PieceId { child, file, n: n as u16, digest: *digest };
            match self.vault.store.piece(&id)? {
                None => told.missing += 1,
                Some(bytes) if manifest.is_piece(n, &bytes) => told.pieces += 1,
                Some(_) => told.wrong.push(Wrong::Piece(file, id.n)),
            }
        }
        Ok(())
    }

    fn check_documents(&mut self, told: &mut Verified) -> Result<(), ServerError> {
        let mut after = None;
        loop {
            let records = self.vault.store.records(after, PAGE)?;
            let Some(last) = records.last() else { return Ok(()) };
            after = Some(*last);
            for record in records {
                let newest = self.vault.store.record(record)?.map(|state| state.last);
                let Some((at, saved)) = self.vault.store.document(record)? else { continue };
                if Some(at) != newest {
                    continue;
                }
                told.documents += 1;
                let fold = rebuild(&mut self.vault, record)?;
                let saved = dossier::Record::load(&saved).ok();
                if fold.map(|fold| fold.heads()) != saved.map(|saved| saved.heads()) {
                    told.wrong.push(Wrong::Document(record));
                }
            }
        }
    }
}
