//! Whether a change is one that an honest desk could have made at its place in this record:
//! it continues its author's changes and overwrites exactly what the author saw. It must not apply it.

use std::collections::BTreeSet;

use automerge::{ActorId, ChangeHash, ObjId, ObjType, ROOT, ReadDoc};
use domain::id::Digest;

use crate::inspect::{Act, CharOp, OpId, Parsed, actor};
use crate::record::{Fact, Record, hashes};
use crate::{Actor, Refused};

impl Record {
    pub(crate) fn fits(&self, parsed: &Parsed) -> Result<(), Refused> {
        self.continues(parsed)?;
        let seen = hashes(&parsed.info.deps);
        self.overwrites_what_was_seen(parsed, &seen)?;
        self.writes_in_texts_that_are(parsed, &seen)
    }

    /// Every dependency is here; seq and first operation are the next ones.
    fn continues(&self, parsed: &Parsed) -> Result<(), Refused> {
        let info = &parsed.info;
        if let Some(missing) = info.deps.iter().find(|dep| !self.has(dep)) {
            return Err(Refused::Waiting(*missing));
        }
        if info.deps.is_empty() && !self.is_empty() {
            return Err(Refused::Shape); // a record has one beginning
        }
        let last = info.deps.iter().filter_map(|dep| self.facts.get(dep)).map(|fact| fact.last_op).max();
        let own = self.newest.get(&info.actor);
        let own_seq = own.and_then(|hash| self.facts.get(hash)).map_or(0, |fact| fact.seq);
        let knows_own = own.is_none_or(|own| self.descends(&info.deps, own));
        let next = info.seq == own_seq + 1 && parsed.start == last.unwrap_or(0) + 1 && knows_own;
        next.then_some(()).ok_or(Refused::Sequence)
    }

    /// Whether `old` is among `changes` or their ancestors.
    fn descends(&self, changes: &[Digest], old: &Digest) -> bool {
        let Some(floor) = self.facts.get(old).map(|fact| fact.last_op) else { return false };
        let mut stack = changes.to_vec();
        let mut met = BTreeSet::new();
        while let Some(hash) = stack.pop() {
            if hash == *old {
                return true;
            }
            let fact: Option<&Fact> = self.facts.get(&hash).filter(|fact| fact.last_op > floor);
            if let Some(fact) = fact
                && met.insert(hash)
            {
                stack.extend_from_slice(&fact.deps);
            }
        }
        false
    }

    fn overwrites_what_was_seen(&self, parsed: &Parsed, seen: &[ChangeHash]) -> Result<(), Refused> {
        for op in &parsed.keys {
            let held = self.doc.get_all_at(ROOT, op.key.as_str(), seen).map_err(|_| Refused::Shape)?;
            let held = held.iter().map(|(_, id)| op_id(id)).collect::<Result<BTreeSet<_>, _>>()?;
            if held.len() != op.pred.len() || !op.pred.iter().all(|id| held.contains(id)) {
                return Err(Refused::Shape);
            }
        }
        Ok(())
    }

    fn writes_in_texts_that_are(&self, parsed: &Parsed, seen: &[ChangeHash]) -> Result<(), Refused> {
        let made: BTreeSet<OpId> = parsed.keys.iter().filter(|op| op.act == Act::Text).map(|op| op.id).collect();
        let texts: BTreeSet<OpId> = parsed.chars.iter().map(|(text, _)| *text).collect();
        for text in texts {
            let mut held = if made.contains(&text) { BTreeSet::new() } else { self.chars_of(text, seen)? };
            let mut fresh = BTreeSet::new();
            for (_, op) in parsed.chars.iter().filter(|(of, _)| *of == text) {
                let fits = match op {
                    CharOp::Insert { id, after } => {
                        let place = after.is_none_or(|place| held.contains(&place) || fresh.contains(&place));
                        fresh.insert(*id) && place
                    }
                    // an insert may still name a character removed earlier in the same change
                    CharOp::Remove(id) => held.remove(id) && fresh.insert(*id),
                };
                if !fits {
                    return Err(Refused::Shape);
                }
            }
        }
        Ok(())
    }

    fn chars_of(&self, text: OpId, seen: &[ChangeHash]) -> Result<BTreeSet<OpId>, Refused> {
        let id = object(text);
        if self.doc.object_type(&id) != Ok(ObjType::Text) {
            return Err(Refused::Shape);
        }
        self.doc.list_range_at(&id, .., seen).map(|item| op_id(&item.id())).collect()
    }
}

/// Automerge's name for a text object.
pub(crate) fn object(id: OpId) -> ObjId {
    ObjId::Id(id.0, ActorId::from(id.1.as_bytes().as_slice()), 0)
}

/// The operation behind one of Automerge's names.
pub(crate) fn op_id(id: &ObjId) -> Result<(u64, Actor), Refused> {
    match id {
        ObjId::Id(counter, author, _) => Ok((*counter, actor(author)?)),
        ObjId::Root => Err(Refused::Shape),
    }
}
