//! The dress rehearsal: changes on a copy, saved, opened again and compared. It must not keep
//! anything: the caller commits what comes out, or nothing.

use automerge::{Automerge, ROOT, ReadDoc, ValueRef};
use domain::id::Digest;

use crate::inspect::parse;
use crate::{Record, Refused, guarded};

/// What a rehearsal came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trial {
    /// The record with the admitted changes, as [`Record::save`] writes it.
    pub saved: Vec<u8>,
    /// Its heads.
    pub heads: Vec<Digest>,
    /// What became of each change, in the order given: taken (`false`: it was here already) or refused.
    pub fates: Vec<Result<bool, Refused>>,
}

/// Tries changes on one record: opens it, admits each (in any order), saves, opens again and
/// compares heads and content. Once per record and batch.
///
/// # Errors
/// [`Refused::Trial`] when the whole did not survive; then no single fate can be trusted and the
/// caller tries the changes one by one. [`Refused::Format`] or [`Refused::Caps`] when `saved` is damaged.
pub fn trial(saved: Option<&[u8]>, changes: &[&[u8]]) -> Result<Trial, Refused> {
    let mut record = saved.map_or_else(|| Ok(Record::empty()), Record::load)?;
    let mut fates = vec![None; changes.len()];
    let mut left: Vec<usize> = (0..changes.len()).collect();
    loop {
        let waiting = left.len();
        left.retain(|n| {
            let fate = parse(changes[*n]).and_then(|parsed| record.take(parsed));
            let waits = matches!(fate, Err(Refused::Waiting(_)));
            fates[*n] = Some(fate);
            waits
        });
        if left.is_empty() || left.len() == waiting {
            break;
        }
    }
    let fates: Vec<_> = fates.into_iter().flatten().collect();
    let heads = record.heads();
    let saved = match saved {
        Some(saved) if !fates.contains(&Ok(true)) => saved.to_vec(),
        Some(_) | None => rehearsed(&record, &heads)?,
    };
    Ok(Trial { saved, heads, fates })
}

/// Saves, opens again and compares.
fn rehearsed(record: &Record, heads: &[Digest]) -> Result<Vec<u8>, Refused> {
    guarded(|| {
        let saved = record.save();
        let again = Record::load(&saved).map_err(|_| Refused::Trial)?;
        let same = again.heads() == heads && same(&record.doc, &again.doc);
        same.then_some(saved).ok_or(Refused::Trial)
    })
}

/// Whether two documents hold the same: every value of every key with its operation, every text.
fn same(one: &Automerge, other: &Automerge) -> bool {
    let (mut ones, mut others) = (one.map_range(ROOT, ..), other.map_range(ROOT, ..));
    loop {
        match (ones.next(), others.next()) {
            (None, None) => return true,
            (Some(a), Some(b)) => {
                let alike = a.key == b.key && a.value == b.value && a.conflict == b.conflict && a.id() == b.id();
                let texts = || !matches!(a.value, ValueRef::Object(_)) || one.text(a.id()) == other.text(b.id());
                let all = || !a.conflict || one.get_all(ROOT, a.key.as_ref()) == other.get_all(ROOT, b.key.as_ref());
                if !(alike && texts() && all()) {
                    return false;
                }
            }
            (Some(_), None) | (None, Some(_)) => return false,
        }
    }
}
