//! Who changed what from what to what, and the way back. It must not decide who may go it.

use std::collections::{BTreeMap, BTreeSet};

use automerge::{ChangeHash, ROOT, ReadDoc};
use domain::form::{Field, Form, Merge, VERSION_KEY};
use domain::id::Digest;
use domain::value::{Key, Value};

use crate::fit::object;
use crate::inspect::{Act, KeyOp, OpId, Parsed, take_apart};
use crate::record::hashes;
use crate::view::marker;
use crate::{Edit, HistoryLine, Record, Said};

impl Record {
    /// Every line of the record's history: causes before effects, otherwise by claimed time.
    /// Cost is linear in the record (long texts apart: each writing in one costs its length).
    pub fn history(&self) -> Vec<HistoryLine> {
        let mut changes: BTreeMap<Digest, Parsed> = BTreeMap::new();
        for change in self.doc.get_changes(&[]) {
            if let Ok(parsed) = take_apart(change) {
                changes.insert(parsed.info.hash, parsed);
            }
        }
        let mut told = Told::default();
        for hash in self.in_order() {
            if let Some(parsed) = changes.get(&hash) {
                self.tell(&mut told, parsed);
            }
        }
        told.lines
    }

    /// Edits that restore what a change overwrote, for the keys that still hold what it wrote.
    /// A choice among differing values is taken back: they stand side by side again.
    pub fn undo(&self, form: &Form, change: &Digest) -> Vec<Edit> {
        let Some(fact) = self.facts.get(change) else { return vec![] };
        let found = self.doc.get_change_by_hash(&ChangeHash(change.0)).and_then(|change| take_apart(change).ok());
        let Some(parsed) = found else { return vec![] };
        let (before, now) = (hashes(&fact.deps), self.doc.get_heads());
        let mut edits = vec![];
        for op in parsed.keys.iter().filter(|op| op.key != VERSION_KEY && op.act != Act::Text) {
            let held = self.doc.get_all(ROOT, op.key.as_str()).unwrap_or_default();
            let still = match (&op.act, held.as_slice()) {
                (Act::Empty, []) => true,
                (Act::Put(_), [(_, id)]) => crate::fit::op_id(id) == Ok(op.id),
                (Act::Put(_) | Act::Empty | Act::Text, _) => false,
            };
            // what the program gave once nobody takes back, and a level stands with its assessment
            let free = |field: &Field| !field.given && field.merge != Merge::Higher;
            let may = form.field(&op.key).is_some_and(free) || marker::key(&op.key).is_some();
            if still && may {
                edits.extend(self.back(op, &before, change));
            }
        }
        for (text, key) in self.texts_written(&parsed) {
            let text_at = |heads: &[ChangeHash]| self.doc.text_at(object(text), heads).unwrap_or_default();
            if text_at(&now) == text_at(&[ChangeHash(change.0)]) {
                let was = if before.is_empty() { String::new() } else { text_at(&before) };
                edits.push(Edit::Write(key, was));
            }
        }
        edits
    }

    fn back(&self, op: &KeyOp, before: &[ChangeHash], change: &Digest) -> Vec<Edit> {
        let said = if before.is_empty() { vec![] } else { self.said(&op.key, before) };
        let values: BTreeSet<_> = said.iter().filter_map(|said| said.value.clone()).collect();
        let Some(shown) = said.into_iter().next().and_then(|said| said.value) else {
            return vec![Edit::Clear(op.key.clone())];
        };
        let mut edits = vec![Edit::Set(op.key.clone(), shown)];
        if values.len() > 1 {
            edits.push(Edit::Set(marker::of(&op.key), Value::Text(marker::text(change))));
        }
        edits
    }

    /// The text objects a change wrote in, and their keys.
    fn texts_written(&self, parsed: &Parsed) -> BTreeMap<OpId, Key> {
        let texts: BTreeSet<OpId> = parsed.chars.iter().map(|(text, _)| *text).collect();
        let keys = texts.into_iter().filter_map(|text| {
            let parent = self.doc.parents(object(text)).ok()?.next()?;
            Some((text, parent.prop.to_string()))
        });
        keys.collect()
    }

    /// All changes: causes before effects, otherwise by claimed time.
    fn in_order(&self) -> Vec<Digest> {
        let mut missing: BTreeMap<Digest, usize> = BTreeMap::new();
        let mut followers: BTreeMap<Digest, Vec<Digest>> = BTreeMap::new();
        let mut ready = BTreeSet::new();
        for (hash, fact) in &self.facts {
            missing.insert(*hash, fact.deps.len());
            fact.deps.iter().for_each(|dep| followers.entry(*dep).or_default().push(*hash));
            if fact.deps.is_empty() {
                ready.insert((fact.at, *hash));
            }
        }
        let mut order = Vec::with_capacity(self.facts.len());
        while let Some((_, hash)) = ready.pop_first() {
            order.push(hash);
            for follower in followers.remove(&hash).unwrap_or_default() {
                let Some(left) = missing.get_mut(&follower) else { continue };
                *left -= 1;
                if *left == 0
                    && let Some(fact) = self.facts.get(&follower)
                {
                    ready.insert((fact.at, follower));
                }
            }
        }
        order
    }

    fn tell(&self, told: &mut Told, parsed: &Parsed) {
        let info = &parsed.info;
        let said = |value| Said { value, actor: info.actor, at: info.at, change: info.hash };
        for op in parsed.keys.iter().filter(|op| op.key != VERSION_KEY) {
            let before: Vec<Value> = op.pred.iter().filter_map(|id| told.held.get(id).cloned()).collect();
            let value = match &op.act {
                Act::Put(value) => Some(value.clone()),
                Act::Empty => None,
                Act::Text => continue,
            };
            if let Some(value) = &value {
                told.held.insert(op.id, value.clone());
            }
            match marker::key(&op.key) {
                None => told.lines.push(HistoryLine { key: op.key.clone(), before, said: said(value) }),
                // a choice taken back where the shown value stays: a line of its own
                Some(key) if value.is_some() && !info.writes.contains_key(key) => {
                    let shown = self.said(key, &[ChangeHash(info.hash.0)]).into_iter().next().and_then(|s| s.value);
                    let before = shown.iter().cloned().collect();
                    told.lines.push(HistoryLine { key: key.to_owned(), before, said: said(shown) });
                }
                Some(_) => {}
            }
        }
        for (text, key) in self.texts_written(parsed) {
            let text_at = |heads: &[ChangeHash]| self.doc.text_at(object(text), heads).ok();
            let before = if info.deps.is_empty() { None } else { text_at(&hashes(&info.deps)) };
            let before = before.filter(|text| !text.is_empty()).map(Value::Text).into_iter().collect();
            let after = text_at(&[ChangeHash(info.hash.0)]).filter(|text| !text.is_empty()).map(Value::Text);
            told.lines.push(HistoryLine { key, before, said: said(after) });
        }
    }
}

/// The history so far, and what each operation wrote.
#[derive(Default)]
struct Told {
    lines: Vec<HistoryLine>,
    held: BTreeMap<OpId, Value>,
}
