//! What the server keeps outside the log: asked by operators and by the simulator. It must not change anything.

use domain::id::{ChildId, DeviceId, RecordId};
use domain::roster::Row;
use sync::item::Kind;

use crate::server::{Server, ServerError};
use crate::store::{Standing, Store};

impl<S: Store> Server<S> {
    /// How each item of a record stands.
    pub fn standings_of(&mut self, record: RecordId) -> Result<Vec<Standing>, ServerError> {
        let items = self.vault.store.items_of_record(record)?;
        Ok(items.into_iter().map(|item| item.standing).collect())
    }

    /// How many changes and photographs of a child are held.
    pub fn held_of(&mut self, child: ChildId) -> Result<usize, ServerError> {
        let items = self.vault.store.items_of_child(child)?;
        let held = items.iter().filter(|item| matches!(item.standing, Standing::Held(_)));
        Ok(held.filter(|item| matches!(item.kind, Kind::Change | Kind::File)).count())
    }

    /// How many of a child wait for what they go on from.
    pub fn waiting_of(&mut self, child: ChildId) -> Result<usize, ServerError> {
        let items = self.vault.store.items_of_child(child)?;
        Ok(items.iter().filter(|item| matches!(item.standing, Standing::Waiting(_))).count())
    }

    /// The devices whose items about a child are held.
    pub fn held_authors(&mut self, child: ChildId) -> Result<Vec<DeviceId>, ServerError> {
        let mut authors = Vec::new();
        for item in self.vault.store.items_of_child(child)? {
            if matches!(item.standing, Standing::Held(_))
                && let Some(envelope) = self.vault.store.envelope(item.envelope)?
            {
                authors.push(envelope.device);
            }
        }
        Ok(authors)
    }

    /// How many items about a child can be read; of an erased one none.
    pub fn readable_of(&mut self, child: ChildId) -> Result<usize, ServerError> {
        let mut readable = 0;
        for item in self.vault.store.items_of_child(child)? {
            let read = item.kind != Kind::Roster && self.vault.open(&item)?.is_some();
            readable += usize::from(read);
        }
        Ok(readable)
    }

    /// Whether these words stand in anything that came about a child.
    pub fn says(&mut self, child: ChildId, words: &str) -> Result<bool, ServerError> {
        for item in self.vault.store.items_of_child(child)? {
            let bytes = self.vault.open(&item)?.unwrap_or_default();
            if bytes.windows(words.len()).any(|some| some == words.as_bytes()) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// How many items about a child came into the log after its erasure: for ever none.
    pub fn accepted_after_erasure(&mut self, child: ChildId) -> Result<usize, ServerError> {
        let rows = self.vault.store.roster_rows(0)?;
        let erase = |row: &[u8]| minicbor::decode::<Row>(row).is_ok_and(|row| row == Row::Erase { child });
        let Some(erased) = rows.iter().find(|(_, row)| erase(row)).map(|(at, _)| *at) else { return Ok(0) };
        let items = self.vault.store.items_of_child(child)?;
        let content = items.iter().filter(|item| item.kind != Kind::Roster);
        Ok(content.filter(|item| matches!(item.standing, Standing::Accepted(at) if at > erased)).count())
    }
}
