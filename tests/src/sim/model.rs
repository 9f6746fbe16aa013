//! What people were told is saved: plain lists, no merging, no rights. The reference the district
//! is compared with.

use domain::id::{ChildId, RecordId};

/// A finished visit note.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Note {
    /// Its record.
    pub visit: RecordId,
    /// Whose.
    pub child: ChildId,
    /// Who finished it.
    pub seat: usize,
    /// Its text.
    pub text: String,
}

/// A note begun and not finished, about one child or several.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Begun {
    /// Its draft.
    pub visit: RecordId,
    /// Whose.
    pub children: Vec<ChildId>,
    /// Who began it.
    pub seat: usize,
    /// Its text.
    pub text: String,
}

/// A field changed in a child's file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// Whose.
    pub child: ChildId,
    /// Which field.
    pub key: &'static str,
    /// To what.
    pub value: String,
    /// By whom.
    pub seat: usize,
}

/// A photograph beside a finished visit note.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Photo {
    /// The note.
    pub visit: RecordId,
    /// Whose.
    pub child: ChildId,
    /// Who put it there.
    pub seat: usize,
    /// What was kept, as the screen gets it.
    pub data: String,
}

/// All of it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Model {
    /// Children of the district, in the order in which they came.
    pub children: Vec<ChildId>,
    /// Notes acknowledged.
    pub notes: Vec<Note>,
    /// Changes acknowledged.
    pub changes: Vec<Change>,
    /// Photographs acknowledged.
    pub photos: Vec<Photo>,
    /// Drafts acknowledged and not finished.
    pub drafts: Vec<Begun>,
    /// Seats whose computer was lost and stopped.
    pub stopped: Vec<usize>,
    /// Children erased.
    pub erased: Vec<ChildId>,
}

impl Model {
    /// Whether a child was erased.
    pub fn is_erased(&self, child: ChildId) -> bool {
        self.erased.contains(&child)
    }

    /// The same without what was written about erased children.
    pub fn without_erased(&self) -> Self {
        let mut model = self.clone();
        model.notes.retain(|note| !self.is_erased(note.child));
        model.changes.retain(|change| !self.is_erased(change.child));
        model.photos.retain(|photo| !self.is_erased(photo.child));
        model.drafts.iter_mut().for_each(|draft| draft.children.retain(|child| !self.is_erased(*child)));
        model.drafts.retain(|draft| !draft.children.is_empty());
        model
    }
}
