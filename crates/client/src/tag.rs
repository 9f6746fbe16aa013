//! What a change touched, so that a screen knows which of its questions to ask again.
//!
//! A tag names a place, never content; it must not carry anything a person wrote.

use std::fmt;

use domain::id::{ChildId, RecordId};
use serde::{Serialize, Serializer};

/// One thing that changed. On the wire to a screen it is text: `children`, `child:<id>`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Tag {
    /// The list of children: somebody came, went, or a column of the list changed.
    Children,
    /// One child's file.
    Child(ChildId),
    /// The visit notes of a child.
    Visits(ChildId),
    /// One event record: a visit note with its supplements and reviews, an assessment.
    Record(RecordId),
    /// Values two people wrote differently.
    Differing,
    /// The roster: units, people, posts, devices, who has which child, policies.
    Roster,
    /// Photographs and scans: one came, went, or got further.
    Files,
    /// Drafts of this device.
    Drafts,
    /// Settings of this device.
    Settings,
    /// What waits, what is held, when was the last sync.
    Sync,
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Children => f.write_str("children"),
            Self::Child(id) => write!(f, "child:{id}"),
            Self::Visits(id) => write!(f, "visits:{id}"),
            Self::Record(id) => write!(f, "record:{id}"),
            Self::Differing => f.write_str("differing"),
            Self::Roster => f.write_str("roster"),
            Self::Files => f.write_str("files"),
            Self::Drafts => f.write_str("drafts"),
            Self::Settings => f.write_str("settings"),
            Self::Sync => f.write_str("sync"),
        }
    }
}

impl Serialize for Tag {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_a_word_or_a_word_and_an_id() {
        let child = ChildId::new([0xab; 16]);
        assert_eq!(Tag::Children.to_string(), "children");
        assert_eq!(Tag::Child(child).to_string(), format!("child:{}", "ab".repeat(16)));
    }
}
