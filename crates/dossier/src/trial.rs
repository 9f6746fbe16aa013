//! The dress rehearsal: changes on a copy, saved, opened again and compared. It must not keep
//! anything: the caller commits what comes out, or nothing.

use automerge::{Automerge, ROOT, ReadDoc, ValueRef};
use domain::id::Digest;

use crate::{Inspected, Record, Refused, guarded, inspect};

/// What a rehearsal came to.
pub struct Trial {
    /// The record with the admitted changes; opened again from what was saved when it grew.
    pub record: Record,
    /// As [`Record::save`] wrote it; `None` when nothing was admitted.
    pub saved: Option<Vec<u8>>,
    /// What became of each change, in the order given: taken (`false`: it was here already) or refused.
    pub fates: Vec<Result<bool, Refused>>,
}

/// Tries the bytes of changes on a saved record: see [`rehearse`].
///
/// # Errors
/// Those of [`rehearse`], and [`Refused::Format`] or [`Refused::Caps`] when `saved` is damaged.
pub fn trial(saved: Option<&[u8]>, changes: &[&[u8]]) -> Result<Trial, Refused> {
    let base = saved.map(Record::load).transpose()?;
    let inspected: Vec<_> = changes.iter().map(|change| inspect(change)).collect();
    let readable: Vec<&Inspected> = inspected.iter().flatten().collect();
    let mut trial = rehearse(base, &readable)?;
    let mut fates = std::mem::take(&mut trial.fates).into_iter();
    let fate =
        |change: &Result<Inspected, Refused>| change.as_ref().map_or_else(|r| Some(Err(r.clone())), |_| fates.next());
    trial.fates = inspected.iter().filter_map(fate).collect();
    Ok(trial)
}

/// Tries changes on one record: admits each (in any order), saves, opens again and compares heads
/// and content. Once per record and batch. Takes the record, so that nothing half done stays.
///
/// # Errors
/// [`Refused::Trial`] when the whole did not survive; then no single fate can be trusted and the
/// caller tries the changes one by one.
pub fn rehearse(base: Option<Record>, changes: &[&Inspected]) -> Result<Trial, Refused> {
    let mut record = base.unwrap_or_else(Record::empty);
    let mut fates = vec![None; changes.len()];
    let mut left: Vec<usize> = (0..changes.len()).collect();
    loop {
        let mut waiting = Vec::new();
        for n in &left {
            let fate = record.take(&changes[*n].0);
            if matches!(fate, Err(Refused::Waiting(_))) {
                waiting.push(*n);
            }
            fates[*n] = Some(fate);
        }
        if waiting.is_empty() || waiting.len() == left.len() {
            break;
        }
        left = waiting;
    }
    let fates: Vec<_> = fates.into_iter().flatten().collect();
    if !fates.contains(&Ok(true)) {
        return Ok(Trial { record, saved: None, fates });
    }
    let (saved, record) = rehearsed(&record, &record.heads())?;
    Ok(Trial { record, saved: Some(saved), fates })
}

/// Saves, opens again and compares.
fn rehearsed(record: &Record, heads: &[Digest]) -> Result<(Vec<u8>, Record), Refused> {
    guarded(|| {
        let saved = record.save();
        let again = Record::load(&saved).map_err(|_| Refused::Trial)?;
        let same = again.heads() == heads && same(&record.doc, &again.doc);
        same.then_some((saved, again)).ok_or(Refused::Trial)
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
