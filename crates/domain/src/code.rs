//! Code tables: national standards and the field lists of the forms (handbook §5.3, §3).
//!
//! The tables are data (`codes/tables.json`); this file only looks things up.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::check::plain;

/// One code of a table.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Entry {
    /// What is stored.
    pub code: String,
    /// What people read.
    pub name: String,
    /// The same in English.
    pub en: String,
    /// Other words people write for it in ledgers.
    #[serde(skip)]
    pub also: Vec<String>,
}

/// A closed list of codes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Table {
    /// Its id, as `x-code` names it.
    pub id: String,
    /// Chinese title.
    pub title: String,
    /// English title.
    pub en: String,
    /// The code that asks for words of one's own, if there is one.
    pub other: Option<String>,
    /// The codes in the order of the standard.
    pub entries: Vec<Entry>,
    #[serde(skip)]
    words: BTreeMap<String, usize>,
}

/// A table by its id, e.g. `GB3304`.
pub fn table(id: &str) -> Option<&'static Table> {
    tables().get(id)
}

/// Every table, by id.
pub fn tables() -> &'static BTreeMap<String, Table> {
    static TABLES: OnceLock<BTreeMap<String, Table>> = OnceLock::new();
    TABLES.get_or_init(|| {
        let raw: BTreeMap<String, RawTable> = serde_json::from_str(include_str!("../codes/tables.json"))
            .expect("the built-in code tables parse (tested)");
        raw.into_iter().map(|(id, raw)| (id.clone(), raw.into_table(id))).collect()
    })
}

impl Table {
    /// What people read for a code.
    pub fn name(&self, code: &str) -> Option<&str> {
        self.entry(code).map(|e| e.name.as_str())
    }
    /// The English name of a code.
    pub fn en(&self, code: &str) -> Option<&str> {
        self.entry(code).map(|e| e.en.as_str())
    }
    /// Whether the code is in the table.
    pub fn has(&self, code: &str) -> bool {
        self.entry(code).is_some()
    }
    /// The entry of a code.
    pub fn entry(&self, code: &str) -> Option<&Entry> {
        self.entries.iter().find(|e| e.code == code)
    }
    /// The code for a label, a synonym or the code itself, however spaced; `None` is never a guess.
    pub fn code_of(&self, text: &str) -> Option<&str> {
        let word = key(text);
        let found = self.words.get(&word).map(|i| &self.entries[*i]);
        found.or_else(|| self.entry(&word)).map(|e| e.code.as_str())
    }
    /// The codes of several labels in one cell (`、，,；;/` or line breaks between them), and the
    /// pieces that are no label.
    pub fn codes_of<'t>(&self, text: &'t str) -> (BTreeSet<&str>, Vec<&'t str>) {
        if let Some(code) = self.code_of(text) {
            return (BTreeSet::from([code]), Vec::new());
        }
        let (mut codes, mut rest) = (BTreeSet::new(), Vec::new());
        let pieces = text.split(['、', '，', ',', '；', ';', '/', '／', '\n', '|', '+']);
        for piece in pieces.map(str::trim).filter(|p| !p.is_empty()) {
            match self.code_of(piece) {
                Some(code) => {
                    codes.insert(code);
                }
                None => rest.push(piece),
            }
        }
        (codes, rest)
    }
}

/// How words are compared: half width, no blanks, brackets of one kind.
fn key(text: &str) -> String {
    plain(text).chars().filter(|c| !c.is_whitespace()).collect()
}

#[derive(Deserialize)]
struct RawTable {
    title: String,
    en: String,
    other: Option<String>,
    codes: Vec<RawEntry>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawEntry {
    Known(String, String, String, Vec<String>),
    Plain(String, String, String),
}

impl RawTable {
    fn into_table(self, id: String) -> Table {
        let entries: Vec<Entry> = self.codes.into_iter().map(RawEntry::into_entry).collect();
        let mut words = BTreeMap::new();
        for (i, entry) in entries.iter().enumerate() {
            for word in entry.also.iter().chain([&entry.name]) {
                words.entry(key(word)).or_insert(i);
            }
        }
        Table { id, title: self.title, en: self.en, other: self.other, entries, words }
    }
}

impl RawEntry {
    fn into_entry(self) -> Entry {
        match self {
            Self::Known(code, name, en, also) => Entry { code, name, en, also },
            Self::Plain(code, name, en) => Entry { code, name, en, also: Vec::new() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_national_tables_are_whole() {
        for (id, count) in [("GB2261.1", 4), ("GB3304", 58), ("GB4761", 84), ("GB4658", 40), ("child_category", 15)] {
            assert_eq!(table(id).map_or(0, |t| t.entries.len()), count, "{id}");
        }
        assert_eq!(table("GB3304").and_then(|t| t.name("34")), Some("布朗"));
        assert_eq!(table("GB4761").and_then(|t| t.name("63")), Some("外祖父"));
        assert_eq!(table("RISK").and_then(|t| t.en("4")), Some("urgent"));
    }

    #[test]
    fn words_people_write_find_their_code() {
        for (id, text, code) in [
            ("GB2261.1", "男", Some("1")),
            ("GB2261.1", " 女　", Some("2")),
            ("GB2261.1", "２", Some("2")),
            ("GB2261.1", "不男不女", None),
            ("GB3304", "汉族", Some("01")),
            ("GB3304", "维吾尔族", Some("05")),
            ("GB4761", "姥姥", Some("64")),
            ("child_category", "事实无人抚养", Some("B1")),
            ("guard_type", "（外）祖父母", Some("3")),
            ("aid", "", None),
        ] {
            assert_eq!(table(id).and_then(|t| t.code_of(text)), code, "{id} {text}");
        }
        let hazards = table("hazard").expect("hazard");
        assert_eq!(hazards.codes_of("防溺水、交通,外星人"), (BTreeSet::from(["1", "4"]), vec!["外星人"]));
    }

    #[test]
    fn no_word_means_two_codes_and_every_code_has_both_names() {
        for table in tables().values() {
            let mut seen = BTreeMap::new();
            let mut codes = BTreeSet::new();
            for entry in &table.entries {
                assert!(codes.insert(&entry.code), "{} {} twice", table.id, entry.code);
                assert!(!entry.name.is_empty() && !entry.en.is_empty(), "{} {}", table.id, entry.code);
                for word in entry.also.iter().chain([&entry.name]) {
                    let first = seen.entry(key(word)).or_insert(&entry.code);
                    assert_eq!(*first, &entry.code, "{} {word}", table.id);
                }
            }
            assert!(table.other.as_ref().is_none_or(|o| table.has(o)), "{}", table.id);
        }
    }
}
