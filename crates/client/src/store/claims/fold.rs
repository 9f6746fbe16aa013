//! What notices and claims say together of the items kept aside, each item once. Pure: the same
//! lines give the same, in whatever order they came. It must not read tables.

use std::collections::BTreeMap;

use domain::id::Digest;
use domain::moment::Timestamp;
use sync::claim::Action;
use sync::notice::Notice;

use super::line::{Line, Said, place_of};
use super::{Aside, Decision, Place, Stands};

/// Weighs lines in the order of the log. Whether an item came into the log after all is not theirs
/// to say.
pub(super) fn fold(mut lines: Vec<Line>) -> BTreeMap<Place, Aside> {
    lines.retain(|line| line.counts);
    lines.sort_by_key(|line| line.order);
    let mut kept: BTreeMap<Place, Aside> = BTreeMap::new();
    let mut places: BTreeMap<Digest, Place> = BTreeMap::new();
    for line in lines {
        match line.said {
            Some(Said::Notice(notice)) => {
                let place = place_of(&notice);
                places.extend(notice.target.map(|target| (target.digest, place)));
                hear(&mut kept, place, notice, line.at);
            }
            Some(Said::Claim(decision)) => {
                for target in &decision.claim.targets {
                    let aside = places.get(&target.digest).and_then(|place| kept.get_mut(place));
                    if let Some(aside) = aside.filter(|aside| aside.notice.child == decision.child) {
                        aside.decide(&decision);
                    }
                }
            }
            None => {}
        }
    }
    kept
}

/// What the server says again after somebody took it over stands open again, with its new reason.
fn hear(kept: &mut BTreeMap<Place, Aside>, place: Place, notice: Notice, told: Option<Timestamp>) {
    match kept.get_mut(&place) {
        Some(aside) => {
            aside.told = aside.told.max(told);
            if aside.stands == Stands::Taken {
                aside.stands = Stands::Open;
            }
            aside.notice = Notice { target: notice.target.or(aside.notice.target), ..notice };
        }
        None => {
            kept.insert(place, Aside { notice, told, stands: Stands::Open, claim: None });
        }
    }
}

impl Aside {
    fn decide(&mut self, decision: &Decision) {
        // A taking over is for good: who returned it at the same time came too late.
        if self.stands == Stands::Taken {
            return;
        }
        self.stands = match decision.claim.action {
            Action::Take => Stands::Taken,
            Action::Return => Stands::Returned,
            Action::Shelve => Stands::Shelved,
            Action::Reopen => Stands::Open,
        };
        self.claim = Some(decision.clone());
    }
}
