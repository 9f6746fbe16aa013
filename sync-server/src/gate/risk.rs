//! A child's risk level comes only from an assessment in the same envelope. It must not judge
//! whether the level is right.

use std::collections::BTreeSet;

use domain::id::ChildId;
use domain::value::Value;
use dossier::ChangeInfo;
use sync::item::{Item, Kind};
use sync::wire::Reason;

use super::Batch;

const ASSESSMENT: &str = "assessment";
const CHILD: &str = "child";

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

    /// Whether a change leaves the risk level alone, or sets it as an assessment of the child says.
    pub(super) fn allows(&self, item: &Item, info: &ChangeInfo, by_server: bool) -> Result<(), Reason> {
        let (level, day) = (info.writes.get("risk_level"), info.writes.get("risk_at"));
        if by_server || item.form != CHILD || (level.is_none() && day.is_none()) {
            return Ok(());
        }
        let assessed = self
            .0
            .iter()
            .any(|(child, said)| Some(*child) == item.child && level.is_none_or(|level| level.as_ref() == Some(said)));
        if assessed { Ok(()) } else { Err(Reason::Authority) }
    }
}
