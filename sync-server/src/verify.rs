//! Proves a store from itself: the chain, every item's digest and place, every signature, every piece
//! of a file, and that caches rebuilt from the log equal the caches. What cannot be read is named by its place, and
//! the rest is looked at. It must not change anything.

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
use crate::damage::Damage;
use crate::judging::rebuild;
use crate::server::{Server, ServerError};
use crate::store::{Aside, PieceId, Standing, Store, StoreError, Stored, StoredItem};
use crate::vault::Vault;

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
    /// A kept piece of a file cannot be read, or is not the one its manifest names.
    Piece(RecordId, u16),
    /// What was decided on a held item is not what the claims of the log say.
    Claim(ChildId),
    /// A saved document is not the fold of its changes.
    Document(RecordId),
    /// A delivery that waits for the gate, by its inbox number, is not what was signed.
    Arrival(u64),
    /// What stands there cannot be read.
    Unread(Damage),
    /// The changes of a record whose document is saved do not fold: one of them cannot be read.
    Unfolded(RecordId),
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

/// How reading goes on after something that could not be read.
pub(crate) type GoOn<'a, S> = &'a dyn Fn(&mut Vault<S>) -> Stored<()>;

/// What is gathered on the way through the log.
struct Walk {
    before: Digest,
    envelopes: BTreeMap<u64, Option<Envelope>>,
    roster: Roster,
    claims: Claims,
}

const WRONG_MAX: usize = 1000;
const PAGE: usize = 500;

impl<S: Store> Server<S> {
    /// Checks the whole store.
    pub fn verify(&mut self) -> Result<Verified, ServerError> {
        self.verify_around(&Vault::<S>::read_on)
    }

    /// The same, with a way of its own around what cannot be read.
    pub(crate) fn verify_around(&mut self, go_on: GoOn<'_, S>) -> Result<Verified, ServerError> {
        let mut told = Verified::default();
        let roster = Roster::new(self.secret.id());
        let (before, envelopes, claims) = (chain::START, BTreeMap::new(), Claims::new());
        let mut walk = Walk { before, envelopes, roster, claims };
        let (end, _) = self.vault.store.head()?;
        for at in 1..=end {
            if told.wrong.len() >= WRONG_MAX {
                return Ok(told);
            }
            let so_far = told.wrong.len();
            match self.check_row(at, &mut walk, &mut told, go_on) {
                Err(error) if error.is_damage() => told.wrong.push(Wrong::Unread(Damage::Log(at))),
                looked => looked?,
            }
            if told.wrong.len() > so_far {
                go_on(&mut self.vault)?;
            }
        }
        told.envelopes = walk.envelopes.len() as u64;
        if walk.roster != self.roster {
            told.wrong.push(Wrong::Roster);
        }
        self.check_claims(&walk.claims, &mut told, go_on)?;
        let documents = self.check_documents(&mut told, go_on);
        self.unless_cut_off_at("record", documents, &mut told, go_on)?;
        let arrivals = self.check_arrivals(&mut told, go_on);
        self.unless_cut_off_at("arrival", arrivals, &mut told, go_on)?;
        Ok(told)
    }

    /// A table that could not be read to its end is named.
    fn unless_cut_off_at(
        &mut self,
        table: &'static str,
        looked: Result<(), ServerError>,
        told: &mut Verified,
        go_on: GoOn<'_, S>,
    ) -> Result<(), ServerError> {
        match looked {
            Err(error) if error.is_damage() => {
                told.wrong.push(Wrong::Unread(Damage::Table(table)));
                Ok(go_on(&mut self.vault)?)
            }
            other => other,
        }
    }

    fn check_row(
        &mut self,
        at: Position,
        walk: &mut Walk,
        told: &mut Verified,
        go_on: GoOn<'_, S>,
    ) -> Result<(), ServerError> {
        let (before, value) = (walk.before, self.vault.store.chain(at)?);
        // Also where its item cannot be read: the next row is not to blame.
        walk.before = value.unwrap_or(before);
        let (Some(item), Some(value)) = (self.vault.store.row(at)?, value) else {
            told.wrong.push(Wrong::Gap(at));
            return Ok(());
        };
        told.rows += 1;
        if chain::step(&before, at, &item.digest) != value {
            told.wrong.push(Wrong::Chain(at));
        }
        let envelope = match walk.envelopes.entry(item.envelope) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(self.signed(&item, at, told)?),
        };
        let envelope = envelope.as_ref();
        self.check_item(&item, at, envelope, &mut walk.roster, told, go_on)?;
        self.gather_claim(&item, envelope, &mut walk.claims)
    }

    fn check_arrivals(&mut self, told: &mut Verified, go_on: GoOn<'_, S>) -> Result<(), ServerError> {
        for arrival in self.vault.store.arrivals(usize::MAX, &Aside::default())? {
            told.arrivals += 1;
            let sound = match self.is_sound(&arrival) {
                Err(error) if error.is_damage() => false,
                sound => sound?,
            };
            if !sound {
                told.wrong.push(Wrong::Arrival(arrival.number));
                go_on(&mut self.vault)?;
            }
        }
        Ok(())
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
        go_on: GoOn<'_, S>,
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
                Some(manifest) => self.check_pieces((child, stored.record), &manifest, told, go_on)?,
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

    fn check_claims(&mut self, claims: &Claims, told: &mut Verified, go_on: GoOn<'_, S>) -> Result<(), ServerError> {
        for ((child, digest), folded) in claims {
            match decided(&mut self.vault, *child, digest) {
                Ok(kept) if kept == Some(*folded) => {}
                Ok(_) => told.wrong.push(Wrong::Claim(*child)),
                Err(StoreError::Damaged) => {
                    told.wrong.push(Wrong::Claim(*child));
                    go_on(&mut self.vault)?;
                }
                Err(other) => return Err(other.into()),
            }
        }
        Ok(())
    }

    fn check_pieces(
        &mut self,
        (child, file): (ChildId, RecordId),
        manifest: &Manifest,
        told: &mut Verified,
        go_on: GoOn<'_, S>,
    ) -> Result<(), ServerError> {
        told.files += 1;
        for (n, digest) in manifest.pieces.iter().enumerate() {
            let id = PieceId { child, file, n: n as u16, digest: *digest };
            match self.vault.store.piece(&id) {
                Ok(None) => told.missing += 1,
                Ok(Some(bytes)) if manifest.is_piece(n, &bytes) => told.pieces += 1,
                Ok(Some(_)) => told.wrong.push(Wrong::Piece(file, id.n)),
                Err(StoreError::Damaged) => {
                    told.wrong.push(Wrong::Piece(file, id.n));
                    go_on(&mut self.vault)?;
                }
                Err(other) => return Err(other.into()),
            }
        }
        Ok(())
    }

    fn check_documents(&mut self, told: &mut Verified, go_on: GoOn<'_, S>) -> Result<(), ServerError> {
        let mut after = None;
        loop {
            let records = self.vault.store.records(after, PAGE)?;
            let Some(last) = records.last() else { return Ok(()) };
            after = Some(*last);
            for record in records {
                match self.check_document(record, told) {
                    Err(error) if error.is_damage() => {
                        told.wrong.push(Wrong::Unfolded(record));
                        go_on(&mut self.vault)?;
                    }
                    looked => looked?,
                }
            }
        }
    }

    fn check_document(&mut self, record: RecordId, told: &mut Verified) -> Result<(), ServerError> {
        let newest = self.vault.store.record(record)?.map(|state| state.last);
        let Some((at, saved)) = self.vault.store.document(record)? else { return Ok(()) };
        if Some(at) != newest {
            return Ok(());
        }
        told.documents += 1;
        let fold = rebuild(&mut self.vault, record)?;
        let saved = dossier::Record::load(&saved).ok();
        if fold.map(|fold| fold.heads()) != saved.map(|saved| saved.heads()) {
            told.wrong.push(Wrong::Document(record));
        }
        Ok(())
    }
}
