//! What only the program writes: a field that is computed, and a number it gives once. It must not judge values
//! a person fills in.

use domain::form::builtin;
use domain::number::{FileNumber, Segment};
use domain::value::Value;
use dossier::ChangeInfo;
use sync::item::Item;
use sync::wire::Reason;

use super::{Court, Known};

impl<K: Known> Court<'_, K> {
    /// Whether a change leaves alone what only the program writes. What the program gives stands in the first
    /// change of a record and is of the writing computer's own numbers; the server, which imports ledgers, may
    /// write what it gives whenever it likes.
    pub(super) fn leaves_to_the_program(&self, item: &Item, info: &ChangeInfo) -> Result<(), Reason> {
        let Some(form) = builtin(&item.form) else { return Err(Reason::Malformed) };
        if self.batch.device == self.roster.server {
            return Ok(());
        }
        let begins = info.deps.is_empty();
        let wrong = |(key, value): (&String, &Option<Value>)| {
            let given = form.touches(key, |field| field.given);
            let own = form.field(key).is_some() && value.as_ref().is_some_and(|value| self.is_own_number(value));
            form.touches(key, |field| field.computed) || (given && !(begins && own))
        };
        if info.writes.iter().any(wrong) { Err(Reason::Authority) } else { Ok(()) }
    }

    /// Whether a value is a file number that the writing computer may give.
    fn is_own_number(&self, value: &Value) -> bool {
        let segment = self.roster.devices.get(&self.batch.device).and_then(|device| device.segment);
        let number = value.as_text().and_then(FileNumber::parse);
        segment.zip(number).is_some_and(|(segment, number): (Segment, FileNumber)| segment.place(number).is_some())
    }
}
