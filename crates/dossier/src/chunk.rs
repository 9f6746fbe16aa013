//! Walks the bytes of a foreign change before Automerge sees them: after this, decoding can
//! neither loop, nor inflate, nor reach for an actor that is not there. It must not judge content.

use crate::Refused;

/// Largest change, in bytes.
pub const BYTES_MAX: usize = 128 * 1024;
/// Most operations in a change: a long text written anew is one for each character.
pub(crate) const OPS_MAX: u64 = 20_000;
/// Longest key of the flat map, in bytes.
pub(crate) const KEY_MAX: u64 = 120;
/// Most overwritten operations named in a change.
const PREDS_MAX: u64 = 40_000;
/// Most changes a change may build on.
const DEPS_MAX: u64 = 64;
/// Most other sessions a change may name.
const ACTORS_MAX: u64 = 256;

/// Magic bytes of Automerge and the chunk type of an uncompressed change.
const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const CHANGE: u8 = 1;

/// The columns a change of ours may have: number × 16 + type, in ascending order.
mod column {
    pub(super) const OBJ_ACTOR: u64 = 0x01;
    pub(super) const OBJ_COUNTER: u64 = 0x02;
    pub(super) const KEY_ACTOR: u64 = 0x11;
    pub(super) const KEY_COUNTER: u64 = 0x13;
    pub(super) const KEY_TEXT: u64 = 0x15;
    pub(super) const INSERT: u64 = 0x34;
    pub(super) const ACTION: u64 = 0x42;
    pub(super) const VALUE_META: u64 = 0x56;
    pub(super) const VALUE: u64 = 0x57;
    pub(super) const PRED_GROUP: u64 = 0x70;
    pub(super) const PRED_ACTOR: u64 = 0x71;
    pub(super) const PRED_COUNTER: u64 = 0x73;
}

/// Reads forward; every step may fail, none may panic.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, n: u64) -> Result<&'a [u8], Refused> {
        let n = usize::try_from(n).map_err(|_| Refused::Format)?;
        let (head, rest) = self.0.split_at_checked(n).ok_or(Refused::Format)?;
        self.0 = rest;
        Ok(head)
    }

    fn byte(&mut self) -> Result<u8, Refused> {
        Ok(self.take(1)?[0])
    }

    /// Unsigned LEB128 of at most 63 bits.
    fn number(&mut self) -> Result<u64, Refused> {
        let mut out = 0u64;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            out |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(out);
            }
        }
        Err(Refused::Format)
    }

    /// Signed LEB128 of at most 63 bits.
    fn signed(&mut self) -> Result<i64, Refused> {
        let mut out = 0i64;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            out |= i64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                let unused = 64 - (shift + 7).min(64);
                return Ok(out << unused >> unused);
            }
        }
        Err(Refused::Format)
    }

    fn capped(&mut self, most: u64) -> Result<u64, Refused> {
        let n = self.number()?;
        if n <= most { Ok(n) } else { Err(Refused::Caps) }
    }

    fn actor(&mut self) -> Result<(), Refused> {
        if self.number()? != 16 {
            return Err(Refused::Format);
        }
        self.take(16).map(|_| ())
    }
}

/// Sums over one run-length column.
#[derive(Default)]
struct Sums {
    /// Entries.
    entries: u64,
    /// Entries times their value (for texts: their length).
    total: u64,
    /// Largest value.
    largest: u64,
    /// Whether an entry is null.
    nulls: bool,
}

/// Walks a run-length column of numbers, or of texts when `texts`.
fn runs(bytes: &[u8], texts: bool) -> Result<Sums, Refused> {
    let mut reader = Reader(bytes);
    let mut sums = Sums::default();
    let one = |reader: &mut Reader| {
        let n = reader.number()?;
        if texts {
            reader.take(n)?;
        }
        Ok(n)
    };
    while !reader.0.is_empty() {
        match reader.signed()? {
            0 => {
                sums.nulls = true;
                sums.entries = sums.entries.saturating_add(reader.number()?);
            }
            n @ 1.. => {
                let value = one(&mut reader)?;
                sums.largest = sums.largest.max(value);
                sums.entries = sums.entries.saturating_add(n.unsigned_abs());
                sums.total = sums.total.saturating_add(value.saturating_mul(n.unsigned_abs()));
            }
            n => {
                for _ in 0..n.unsigned_abs() {
                    let value = one(&mut reader)?;
                    sums.largest = sums.largest.max(value);
                    sums.entries = sums.entries.saturating_add(1);
                    sums.total = sums.total.saturating_add(value);
                }
            }
        }
    }
    Ok(sums)
}

/// Refuses what is no uncompressed change within the caps.
pub(crate) fn check(bytes: &[u8]) -> Result<(), Refused> {
    if bytes.len() > BYTES_MAX {
        return Err(Refused::Caps);
    }
    let mut chunk = Reader(bytes);
    if chunk.take(4)? != MAGIC {
        return Err(Refused::Format);
    }
    chunk.take(4)?; // the checksum: compared once Automerge has hashed the chunk
    if chunk.byte()? != CHANGE {
        return Err(Refused::Format);
    }
    let length = chunk.number()?;
    if usize::try_from(length) != Ok(chunk.0.len()) {
        return Err(Refused::Format);
    }
    let deps = chunk.capped(DEPS_MAX)?;
    chunk.take(deps * 32)?;
    chunk.actor()?;
    chunk.number()?; // seq
    chunk.number()?; // first operation
    chunk.signed()?; // time
    if chunk.number()? != 0 {
        return Err(Refused::Format); // a message: no desk writes one
    }
    let others = chunk.capped(ACTORS_MAX)?;
    (0..others).try_for_each(|_| chunk.actor())?;
    columns(&mut chunk, others + 1)
}

/// Walks the columns; `actors` is how many sessions the change names.
fn columns(chunk: &mut Reader, actors: u64) -> Result<(), Refused> {
    let count = chunk.capped(16)?;
    let mut specs = Vec::new();
    for _ in 0..count {
        specs.push((chunk.number()?, chunk.number()?));
    }
    if !specs.is_sorted_by(|a, b| a.0 < b.0) {
        return Err(Refused::Format);
    }
    let (mut ops, mut preds) = (None, 0);
    for (spec, length) in specs {
        let bytes = chunk.take(length)?;
        match spec {
            column::ACTION => {
                let sums = runs(bytes, false)?;
                if sums.nulls {
                    return Err(Refused::Format);
                }
                ops = Some(sums.entries);
            }
            column::PRED_GROUP => preds = runs(bytes, false)?.total,
            column::OBJ_ACTOR | column::KEY_ACTOR | column::PRED_ACTOR => {
                if runs(bytes, false)?.largest >= actors {
                    return Err(Refused::Format);
                }
            }
            column::KEY_TEXT => {
                if runs(bytes, true)?.largest > KEY_MAX {
                    return Err(Refused::Caps);
                }
            }
            column::OBJ_COUNTER
            | column::KEY_COUNTER
            | column::INSERT
            | column::VALUE_META
            | column::VALUE
            | column::PRED_COUNTER => {}
            // compressed columns, marks, and whatever a later Automerge may add
            _ => return Err(Refused::Format),
        }
    }
    match ops {
        Some(1..=OPS_MAX) if preds <= PREDS_MAX && chunk.0.is_empty() => Ok(()),
        Some(1..=OPS_MAX) if chunk.0.is_empty() => Err(Refused::Caps),
        Some(0) | None => Err(Refused::Format),
        Some(1..=OPS_MAX) => Err(Refused::Format), // bytes after the columns
        Some(_) => Err(Refused::Caps),
    }
}
