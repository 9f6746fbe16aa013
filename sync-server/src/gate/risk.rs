//! A child's risk level comes only from an assessment in the same envelope, and no choice of it is taken back by
//! hand. It must not judge whether the level is right.

use std::collections::BTreeSet;

use domain::form::{Merge, builtin};
use domain::id::ChildId;
use domain::value::Value;
use dossier::ChangeInfo;
use sync::item::{Item, Kind};
use sync::wire::Reason;

use super::Batch;

const ASSESSMENT: &str = "assessment";
const CHILD: &str = "child";
const LEVEL: &str = "risk_level";

/// The assessments of an envelope that are in the log: child and level.
pub(super) struct Risk(BTreeSet<(ChildId, Value)>);

/// Whether an item belongs to an assessment.
pub(super) fn is_assessment(item: &Item) -> bool {
    item.form == ASSESSMENT
}

impl Risk {
    /// With the assessments accepted when the envelope was judged before.
    pub(super) fn settled(batch: &Batch) -> Self {
        let mut risk = Self(BTreeSet::new());
        for (place, item) in &batch.items {
            if let Ok(item) = item
                && batch.settled.contains(place)
                && item.kind == Kind::Change
                && let Ok(info) = dossier::inspect(&item.body)
            {
                risk.assessed(item, &info);
            }
        }
        risk
    }

    /// Notes an accepted change, if it is an assessment.
    pub(super) fn assessed(&mut self, item: &Item, info: &ChangeInfo) {
        if let (true, Some(child), Some(Some(level))) = (is_assessment(item), item.child, info.writes.get("level")) {
            self.0.insert((child, level.clone()));
        }
    }

    /// Whether a change leaves what follows from an assessment alone, or sets it as an assessment of the child says.
    pub(super) fn allows(&self, item: &Item, info: &ChangeInfo, by_server: bool) -> Result<(), Reason> {
        let Some(form) = builtin(&item.form).filter(|_| !by_server) else { return Ok(()) };
        let mut follows = info.writes.iter().filter(|(key, _)| form.touches(key, |f| f.merge == Merge::Higher));
        let level = info.writes.get(LEVEL);
        let says = |said: &Value| level.is_none_or(|level| level.as_ref() == Some(said));
        let assessed = self.0.iter().any(|(child, said)| Some(*child) == item.child && says(said));
        // A marker is emptied with a new level, and set only by taking a choice back.
        let fits = |(key, value): (&String, &Option<Value>)| {
            assessed && item.form == CHILD && (form.field(key).is_some() || value.is_none())
        };
        if follows.all(fits) { Ok(()) } else { Err(Reason::Authority) }
    }
}
