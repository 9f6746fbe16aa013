//! One record in memory: an Automerge document and what must be known of each of its changes.
//! It must not trust bytes: whatever comes in has been taken apart and compared first.

use std::collections::BTreeMap;

use automerge::{Automerge, Change, ChangeHash, LoadOptions, ROOT, ReadDoc, SaveOptions, TextEncoding};
use domain::form::VERSION_KEY;
use domain::id::Digest;
use domain::moment::Timestamp;

use crate::inspect::{Parsed, actor, parse};
use crate::{Actor, Refused, guarded};

/// Largest saved record that is opened again.
const SAVED_BYTES_MAX: usize = 16 * 1024 * 1024;

/// What is kept of a change besides Automerge's own books.
#[derive(Clone)]
pub(crate) struct Fact {
    pub(crate) actor: Actor,
    pub(crate) seq: u64,
    /// Number of its last operation.
    pub(crate) last_op: u64,
    pub(crate) at: Timestamp,
    pub(crate) deps: Vec<Digest>,
}

/// One record: the merge of all its changes.
#[derive(Clone)]
pub struct Record {
    pub(crate) doc: Automerge,
    pub(crate) facts: BTreeMap<Digest, Fact>,
    /// The newest change of each session.
    pub(crate) newest: BTreeMap<Actor, Digest>,
}

impl Record {
    /// A record nobody has written in.
    pub fn empty() -> Self {
        let doc = Automerge::new_with_encoding(TextEncoding::UnicodeCodePoint);
        Self { doc, facts: BTreeMap::new(), newest: BTreeMap::new() }
    }

    /// Opens what [`Record::save`] wrote. Never for bytes of another device.
    ///
    /// # Errors
    /// [`Refused`] when the bytes are damaged: the caller rebuilds the record from its changes.
    pub fn load(saved: &[u8]) -> Result<Self, Refused> {
        if saved.len() > SAVED_BYTES_MAX {
            return Err(Refused::Caps);
        }
        // Automerge takes no bytes for a record nobody has written in; here they are a lost one.
        if saved.is_empty() {
            return Err(Refused::Format);
        }
        guarded(|| {
            let options = LoadOptions::new().text_encoding(TextEncoding::UnicodeCodePoint);
            let doc = Automerge::load_with_options(saved, options).map_err(|_| Refused::Format)?;
            let mut record = Self { doc, facts: BTreeMap::new(), newest: BTreeMap::new() };
            record.learn()?;
            Ok(record)
        })
    }

    /// The whole record as bytes: a cache, never compared and never sent.
    pub fn save(&self) -> Vec<u8> {
        self.doc.save_with_options(SaveOptions { deflate: false, retain_orphans: false })
    }

    /// Hashes of the newest changes, ascending. Equal heads mean equal views.
    pub fn heads(&self) -> Vec<Digest> {
        self.doc.get_heads().iter().map(|head| Digest(head.0)).collect()
    }

    /// Whether nobody has written in it.
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty()
    }

    /// Whether it holds a change.
    pub fn has(&self, change: &Digest) -> bool {
        self.facts.contains_key(change)
    }

    /// The form version its newest writer used.
    pub fn form_version(&self) -> Option<u32> {
        let (value, _) = self.doc.get(ROOT, VERSION_KEY).ok()??;
        value.as_i64().and_then(|version| u32::try_from(version).ok())
    }

    /// Takes in a change of any author. `Ok(false)`: it was here already.
    ///
    /// # Errors
    /// [`Refused::Waiting`] names a change that must come first: keep this one and try again
    /// after it. Anything else is final for these bytes; the record stays as it was.
    pub fn admit(&mut self, change: &[u8]) -> Result<bool, Refused> {
        let parsed = parse(change)?;
        self.take(&parsed)
    }

    pub(crate) fn take(&mut self, parsed: &Parsed) -> Result<bool, Refused> {
        let info = &parsed.info;
        if self.has(&info.hash) {
            return Ok(false);
        }
        guarded(|| self.fits(parsed))?;
        let before = self.doc.clone();
        let applied = guarded(|| {
            self.doc.apply_changes([parsed.change.clone()]).map_err(|_| Refused::Trial)?;
            let here = self.doc.get_heads().contains(&ChangeHash(info.hash.0));
            here.then_some(()).ok_or(Refused::Trial)
        });
        if let Err(refused) = applied {
            self.doc = before; // a panic may have left half a change behind
            return Err(refused);
        }
        let last_op = parsed.start + info.ops as u64 - 1;
        self.newest.insert(info.actor, info.hash);
        let fact = Fact { actor: info.actor, seq: info.seq, last_op, at: info.at, deps: info.deps.clone() };
        self.facts.insert(info.hash, fact);
        Ok(true)
    }

    /// Notes a change this record just made itself.
    pub(crate) fn note(&mut self, change: &Change) -> Result<Digest, Refused> {
        let hash = Digest(change.hash().0);
        let actor = actor(change.actor_id())?;
        let deps = change.deps().iter().map(|dep| Digest(dep.0)).collect();
        let at = Timestamp(change.timestamp());
        self.facts.insert(hash, Fact { actor, seq: change.seq(), last_op: change.max_op(), at, deps });
        self.newest.insert(actor, hash);
        Ok(hash)
    }

    fn learn(&mut self) -> Result<(), Refused> {
        let mut latest: BTreeMap<Actor, u64> = BTreeMap::new();
        for meta in self.doc.get_changes_meta(&[]) {
            let (hash, actor) = (Digest(meta.hash.0), actor(&meta.actor)?);
            let newest = latest.entry(actor).or_default();
            if meta.seq > *newest {
                *newest = meta.seq;
                self.newest.insert(actor, hash);
            }
            let deps = meta.deps.iter().map(|dep| Digest(dep.0)).collect();
            let at = Timestamp(meta.timestamp);
            self.facts.insert(hash, Fact { actor, seq: meta.seq, last_op: meta.max_op, at, deps });
        }
        Ok(())
    }
}

/// Hashes in Automerge's own type.
pub(crate) fn hashes(digests: &[Digest]) -> Vec<ChangeHash> {
    digests.iter().map(|digest| ChangeHash(digest.0)).collect()
}
