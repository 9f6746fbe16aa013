//! The validator: what a foreign change does, read without any document. It must not apply anything.

use std::collections::BTreeMap;
use std::ops::Deref;

use automerge::legacy::{ElementId, Key as WireKey, ObjectId, Op as WireOp, OpType};
use automerge::{ActorId, Change, ExpandedChange, ObjType, ScalarValue};
use domain::id::Digest;
use domain::moment::Timestamp;
use domain::value::{Key, Value};

use crate::view::marker;
use crate::{Actor, ChangeInfo, Refused, chunk, guarded};

/// No operation of a record may have a higher number: a forged start would make it unwritable.
const OP_CEILING: u64 = 1 << 24;
/// 2100-01-01: later claims are no clock's.
const LATEST: i64 = 4_102_444_800_000;
/// Longest scalar text, in bytes.
const TEXT_MAX: usize = 64 * 1024;

/// Name of an operation: its number and its author's session.
pub(crate) type OpId = (u64, Actor);

/// What an operation does to a key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Act {
    Put(Value),
    Empty,
    /// Makes the text object of an x-merge text field.
    Text,
}

/// An operation on the flat map.
#[derive(Clone)]
pub(crate) struct KeyOp {
    pub(crate) id: OpId,
    pub(crate) key: Key,
    pub(crate) act: Act,
    pub(crate) pred: Vec<OpId>,
}

/// An operation inside a text object.
#[derive(Clone)]
pub(crate) enum CharOp {
    Insert { id: OpId, after: Option<OpId> },
    Remove(OpId),
}

/// A change taken apart.
#[derive(Clone)]
pub(crate) struct Parsed {
    pub(crate) info: ChangeInfo,
    pub(crate) start: u64,
    pub(crate) keys: Vec<KeyOp>,
    /// By the text object they are in.
    pub(crate) chars: Vec<(OpId, CharOp)>,
    pub(crate) change: Change,
}

/// A foreign change that was read and found to be one: what it does, and itself.
#[derive(Clone)]
pub struct Inspected(pub(crate) Parsed);

impl Deref for Inspected {
    type Target = ChangeInfo;
    fn deref(&self) -> &ChangeInfo {
        &self.0.info
    }
}

impl Inspected {
    /// The bytes it was read from.
    pub fn bytes(&self) -> &[u8] {
        self.0.change.raw_bytes()
    }
}

impl std::fmt::Debug for Inspected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.info.fmt(f)
    }
}

/// Reads a foreign change: caps, canonical bytes, checksum, and only what a desk writes.
pub fn inspect(change: &[u8]) -> Result<Inspected, Refused> {
    parse(change).map(Inspected)
}

pub(crate) fn parse(bytes: &[u8]) -> Result<Parsed, Refused> {
    chunk::check(bytes)?;
    guarded(|| {
        let change = Change::try_from(bytes).map_err(|_| Refused::Format)?;
        // Automerge does not compare the checksum itself
        if change.hash().0[..4] != bytes[4..8] {
            return Err(Refused::Format);
        }
        let expanded = change.decode();
        let parsed = apart(change, &expanded)?;
        let canonical = Change::from(expanded).raw_bytes() == bytes;
        canonical.then_some(parsed).ok_or(Refused::Format)
    })
}

/// Takes a change apart that the bytes of a record already hold.
pub(crate) fn take_apart(change: Change) -> Result<Parsed, Refused> {
    let expanded = change.decode();
    apart(change, &expanded)
}

fn apart(change: Change, expanded: &ExpandedChange) -> Result<Parsed, Refused> {
    let author = actor(&expanded.actor_id)?;
    let start = change.start_op().get();
    let mut parsed = Parsed { info: header(&change, author)?, start, keys: vec![], chars: vec![], change };
    for (n, op) in expanded.operations.iter().enumerate() {
        parsed.take((start + n as u64, author), op)?;
    }
    parsed.info.writes = parsed.writes()?;
    Ok(parsed)
}

fn header(change: &Change, author: Actor) -> Result<ChangeInfo, Refused> {
    let deps: Vec<_> = change.deps().iter().map(|dep| Digest(dep.0)).collect();
    let last = change.start_op().get().saturating_add(change.len() as u64);
    let sane = deps.is_sorted_by(|a, b| a < b)
        && last <= OP_CEILING
        && (1..=OP_CEILING).contains(&change.seq())
        && (0..LATEST).contains(&change.timestamp());
    if !sane {
        return Err(Refused::Format);
    }
    Ok(ChangeInfo {
        hash: Digest(change.hash().0),
        actor: author,
        seq: change.seq(),
        deps,
        at: Timestamp(change.timestamp()),
        ops: change.len(),
        writes: BTreeMap::new(),
    })
}

impl Parsed {
    fn take(&mut self, id: OpId, op: &WireOp) -> Result<(), Refused> {
        match (&op.obj, &op.key) {
            (ObjectId::Root, WireKey::Map(key)) if !op.insert => {
                let act = match &op.action {
                    OpType::Put(value) => Act::Put(plain(value).ok_or(Refused::Shape)?),
                    OpType::Delete if !op.pred.is_empty() => Act::Empty,
                    OpType::Make(ObjType::Text) if self.info.deps.is_empty() => Act::Text,
                    _ => return Err(Refused::Shape),
                };
                let pred = op.pred.iter().map(op_id).collect::<Result<_, _>>()?;
                self.take_key(KeyOp { id, key: key.to_string(), act, pred });
            }
            (ObjectId::Id(text), WireKey::Seq(place)) => {
                let act = in_text(id, op, place)?;
                self.chars.push((op_id(text)?, act));
            }
            (ObjectId::Root | ObjectId::Id(_), _) => return Err(Refused::Shape),
        }
        Ok(())
    }

    /// Emptying a key and setting it at once is one act: how the shown one of several values is
    /// chosen (Automerge would write nothing for the shown value itself).
    fn take_key(&mut self, op: KeyOp) {
        match self.keys.last_mut() {
            Some(last) if last.key == op.key && last.act == Act::Empty && op.pred.is_empty() => {
                (last.id, last.act) = (op.id, op.act);
            }
            Some(_) | None => self.keys.push(op),
        }
    }

    /// The keys it writes; each at most once.
    fn writes(&self) -> Result<BTreeMap<Key, Option<Value>>, Refused> {
        let mut writes = BTreeMap::new();
        for op in &self.keys {
            let value = match &op.act {
                Act::Put(value) => Some(value.clone()),
                Act::Empty | Act::Text => None,
            };
            if !key_fits(&op.key) || writes.insert(op.key.clone(), value).is_some() {
                return Err(Refused::Shape);
            }
        }
        Ok(writes)
    }
}

fn in_text(id: OpId, op: &WireOp, place: &ElementId) -> Result<CharOp, Refused> {
    let place = place.as_opid().map(op_id).transpose()?;
    match &op.action {
        OpType::Put(ScalarValue::Str(text)) if op.insert && op.pred.is_empty() && text.chars().count() == 1 => {
            Ok(CharOp::Insert { id, after: place })
        }
        OpType::Delete if !op.insert && op.pred.len() == 1 => {
            let removed = op.pred.iter().map(op_id).next().transpose()?;
            match (removed, place) {
                (Some(removed), Some(place)) if removed == place => Ok(CharOp::Remove(removed)),
                (_, _) => Err(Refused::Shape),
            }
        }
        _ => Err(Refused::Shape),
    }
}

fn op_id(id: &automerge::legacy::OpId) -> Result<OpId, Refused> {
    Ok((id.counter(), actor(id.actor())?))
}

pub(crate) fn actor(id: &ActorId) -> Result<Actor, Refused> {
    id.to_bytes().try_into().map(Actor).map_err(|_| Refused::Format)
}

/// The value of a scalar a desk writes.
pub(crate) fn plain(value: &ScalarValue) -> Option<Value> {
    match value {
        ScalarValue::Null => Some(Value::Unknown),
        ScalarValue::Boolean(yes) => Some(Value::Yes(*yes)),
        ScalarValue::Int(n) => Some(Value::Int(*n)),
        ScalarValue::Str(text) if text.len() <= TEXT_MAX => Some(Value::Text(text.to_string())),
        ScalarValue::Str(_)
        | ScalarValue::Uint(_)
        | ScalarValue::F64(_)
        | ScalarValue::Bytes(_)
        | ScalarValue::Counter(_)
        | ScalarValue::Timestamp(_)
        | ScalarValue::Unknown { .. } => None,
    }
}

/// Whether a key is one that forms use: up to four short ASCII parts, `?` before a marker.
pub(crate) fn key_fits(key: &str) -> bool {
    let key = marker::key(key).unwrap_or(key);
    let part = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b));
    key.len() as u64 <= chunk::KEY_MAX && key.split('/').count() <= 4 && key.split('/').all(part)
}
