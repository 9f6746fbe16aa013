//! Records the gate had open lately, kept open for the next change. It must not know what they hold,
//! nor outlive a transaction that failed.

use std::collections::{BTreeMap, VecDeque};

use domain::id::{Position, RecordId};
use dossier::Record;

/// Most records open at once; an open file of a child takes some 50 KB.
const OPEN_MAX: usize = 400;

/// Open records by id, each with the position of its newest accepted item.
#[derive(Default)]
pub(crate) struct OpenRecords {
    open: BTreeMap<RecordId, (Position, Record)>,
    /// Oldest first; a record opened again stands in it twice.
    order: VecDeque<RecordId>,
}

impl OpenRecords {
    /// Takes a record out, if it is open and exactly as the log has it.
    pub(crate) fn take(&mut self, record: RecordId, last: Position) -> Option<Record> {
        self.open.remove(&record).filter(|(at, _)| *at == last).map(|(_, open)| open)
    }

    /// Keeps a record open; the longest unused make room.
    pub(crate) fn put(&mut self, record: RecordId, at: Position, open: Record) {
        self.open.insert(record, (at, open));
        self.order.push_back(record);
        while self.order.len() > OPEN_MAX {
            let oldest = self.order.pop_front();
            if let Some(oldest) = oldest.filter(|oldest| !self.order.contains(oldest)) {
                self.open.remove(&oldest);
            }
        }
    }

    /// Closes a record.
    pub(crate) fn forget(&mut self, record: RecordId) {
        self.open.remove(&record);
    }

    /// Closes all: what they hold may never have been committed.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn id(n: u16) -> RecordId {
        let [a, b] = n.to_be_bytes();
        RecordId::new([a, b, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    }

    #[test]
    fn only_what_stands_where_the_log_stands_is_given_and_only_so_many_stay() {
        let mut open = OpenRecords::default();
        open.put(id(1), 7, Record::empty());
        assert!(open.take(id(1), 8).is_none(), "the log went on without it");
        assert!(open.take(id(1), 7).is_none(), "and it is closed");
        for n in 0..=OPEN_MAX as u16 {
            open.put(id(n), 1, Record::empty());
            open.put(id(OPEN_MAX as u16), 2, Record::empty());
        }
        assert!(open.open.len() <= OPEN_MAX && open.take(id(0), 1).is_none());
        assert!(open.take(id(OPEN_MAX as u16), 2).is_some(), "what is used stays");
    }
}
