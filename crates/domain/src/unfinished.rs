//! 没写完的记录: a draft that its author could not go on with, because the child went to somebody else
//! or her computer was stopped. It is a record of a form of its own, so that nothing that reads
//! finished notes can take it for one: it counts nowhere and answers no question.

use std::collections::{BTreeMap, BTreeSet};

use crate::form::{self, Field, Form, Need};
use crate::value::{Key, Value};

/// The form of such records.
pub const FORM: &str = "unfinished";

/// A draft as it stood when it was handed in.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Unfinished {
    /// The form of what it was to become.
    pub of: String,
    /// What stood in it.
    pub values: BTreeMap<Key, Value>,
    /// Keys whose value the program proposed when the draft was begun, and nobody changed since.
    pub proposed: BTreeSet<Key>,
}

impl Unfinished {
    /// What stands in its record. The draft goes as it is kept, in one text: half a note may hold what
    /// no form takes.
    pub fn record(&self) -> BTreeMap<Key, Value> {
        let written = serde_json::to_string(&self.values).unwrap_or_default();
        let mut record =
            BTreeMap::from([("of".to_owned(), Value::text(&*self.of)), ("written".to_owned(), Value::text(written))]);
        if !self.proposed.is_empty() {
            let keys: Vec<&str> = self.proposed.iter().map(String::as_str).collect();
            record.insert("proposed".to_owned(), Value::text(keys.join(" ")));
        }
        record
    }

    /// Reads [`Unfinished::record`]; what another program wrote otherwise is shown as far as it can be read.
    pub fn read(record: &BTreeMap<Key, Value>) -> Self {
        let text = |key: &str| record.get(key).and_then(Value::as_text).unwrap_or_default();
        Self {
            of: text("of").to_owned(),
            values: serde_json::from_str(text("written")).unwrap_or_default(),
            proposed: text("proposed").split_whitespace().map(str::to_owned).collect(),
        }
    }

    /// The form of what it was to become.
    pub fn form(&self) -> Option<&'static Form> {
        form::builtin(&self.of)
    }

    /// What somebody wrote or chose.
    pub fn answers(&self) -> BTreeMap<Key, Value> {
        let own = |(key, _): &(&Key, &Value)| !self.proposed.contains(*key);
        self.values.iter().filter(own).map(|(key, value)| (key.clone(), value.clone())).collect()
    }

    /// The questions every such record answers and nobody answered here; what only the program proposed
    /// is no answer.
    pub fn unanswered(&self) -> Vec<&'static Field> {
        let answers = self.answers();
        // Whose record it is stands on its envelope.
        let asked = |field: &&Field| field.need == Need::Must && !field.computed && field.key != "child";
        let fields = self.form().into_iter().flat_map(|form| &form.fields).filter(asked);
        fields.filter(|field| !form::is_filled(field, "", &answers)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn half() -> Unfinished {
        let values = [
            ("note", Value::text("奶奶说“爸爸”")),
            ("mode", Value::text("1")),
            ("living", Value::text("1")),
            ("of_the_future", Value::Int(3)),
        ];
        Unfinished {
            of: "visit".to_owned(),
            values: values.into_iter().map(|(key, value)| (key.to_owned(), value)).collect(),
            proposed: BTreeSet::from(["mode".to_owned()]),
        }
    }

    #[test]
    fn a_draft_comes_out_of_its_record_as_it_went_in() {
        let record = half().record();
        let form = form::builtin(FORM).expect("a form");
        assert!(record.keys().all(|key| form.field(key).is_some()), "{record:?}");
        assert_eq!(Unfinished::read(&record), half());
        assert_eq!(Unfinished::read(&BTreeMap::new()), Unfinished::default(), "what is no such record says nothing");
    }

    #[test]
    fn what_nobody_answered_is_not_answered_by_a_proposal() {
        let keys: Vec<&str> = half().unanswered().into_iter().map(|field| field.key.as_str()).collect();
        for open in ["mode", "met_child", "met_guardian", "purpose", "guard", "risk_hint"] {
            assert!(keys.contains(&open), "{open}: {keys:?}");
        }
        for answered in ["note", "living", "child", "minutes"] {
            assert!(!keys.contains(&answered), "{answered}: {keys:?}");
        }
    }
}
