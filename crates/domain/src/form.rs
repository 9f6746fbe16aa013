//! Forms as data: what a record may hold, how it is checked, merged, found, masked and imported.
//!
//! One JSON file per form under `crates/domain/forms/` (JSON Schema 2020-12 plus `x-` keywords,
//! DESIGN §3). This file reads them; it must not know any particular field.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::check::day::Near;
use crate::post::Role;
use crate::value::{Key, Value};

mod filled;
mod normal;
mod read;

pub(crate) use filled::is_filled;
pub use filled::{check, check_value};
pub use normal::{normal, normal_values, same};
pub use read::BadForm;

/// How widely a form's records may be seen (`x-class`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Class {
    /// 普通
    Ordinary,
    /// 敏感
    Sensitive,
    /// 密封: never an Automerge record.
    Sealed,
}

/// What happens when two people write differently (`x-merge`, handbook §12).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Merge {
    /// All concurrent values are kept; a person picks.
    Register,
    /// Two people may write in it together, character by character.
    Text,
    /// Union; each member is a key `field/<code>`.
    Set,
    /// Repeating rows with stable ids; keys `field/<row>/<column>`, and
    /// `field/<row>/<column>/<code>` where the column itself is a set. The row id is 32 hex
    /// digits, or a code of the table where the field names one ([`Field::code`]): then two
    /// people who add the same category write the same row.
    Rows,
    /// The higher value stands until a later one replaces all (risk).
    Higher,
    /// Only the named posts may write.
    Authority,
}

/// What a field holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Kind {
    /// One line of text.
    Text,
    /// A person's name.
    Name,
    /// Long text.
    LongText,
    /// ISO day, or `YYYY`, `YYYY-MM` where only that is known.
    Day,
    /// ISO month.
    Month,
    /// RFC 3339 time with zone.
    Time,
    /// Whole number.
    Int,
    /// Money in fen.
    Money,
    /// Decimal written out.
    Decimal,
    /// Yes or no.
    Yes,
    /// One code of a table.
    Code,
    /// Several codes of a table (merge is `Set`).
    Codes,
    /// An identity document's number.
    IdNo,
    /// Telephone numbers, separated by `、`.
    Tel,
    /// 12-digit area code.
    Area,
    /// A reference: the id of a child, a post or a record.
    Ref,
    /// Repeating rows (merge is `Rows`).
    Rows,
    /// Files (reserved: ids of file manifests).
    Files,
}

/// When a field must be filled before 完成.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Need {
    /// M
    Must,
    /// C: a rule of the form says when.
    When,
    /// O
    May,
}

/// How a value is shown until asked for (`x-mask`, handbook §7.4).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Mask {
    /// `9901**********0018`
    IdNo,
    /// `138****1234`
    Tel,
    /// last 4
    Bank,
}

/// One field of a form, or one column of repeating rows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Field {
    /// Key in the record.
    pub key: String,
    /// Chinese label.
    pub title: String,
    /// English label.
    pub en: String,
    /// Help text in Chinese.
    pub help: String,
    /// The same in English.
    pub help_en: String,
    /// Section, e.g. `A`.
    pub group: String,
    /// What it holds.
    pub kind: Kind,
    /// What happens when two differ.
    pub merge: Merge,
    /// When it must be filled.
    pub need: Need,
    /// Whether "unknown / not collected" is an answer.
    pub unknown: bool,
    /// Code table id.
    pub code: Option<String>,
    /// Most characters.
    pub max: usize,
    /// Heading synonyms for import; the title is always one.
    pub excel: Vec<String>,
    /// Found by pinyin.
    pub pinyin: bool,
    /// Masked until asked for.
    pub mask: Option<Mask>,
    /// Who may write it (only with [`Merge::Authority`]).
    pub authority: Vec<Role>,
    /// Columns of repeating rows.
    pub columns: Vec<Field>,
    /// Computed, never written.
    pub computed: bool,
    /// Written once by the program, never by hand (`x-given`).
    pub given: bool,
    /// Which day is meant where nobody writes the year (`x-near`); `None`: the year must be written.
    pub near: Option<Near>,
    /// Keys this field had in older versions of the form (`x-was`).
    pub was: Vec<String>,
}

/// One form.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Form {
    /// Its id, e.g. `child`.
    pub id: String,
    /// Version; stands in the record under [`VERSION_KEY`].
    pub version: u32,
    /// Chinese title.
    pub title: String,
    /// English title.
    pub en: String,
    /// How widely it may be seen.
    pub class: Class,
    /// An event: one author, one change at 完成, never changed.
    pub event: bool,
    /// The fields in the order of the page.
    pub fields: Vec<Field>,
}

/// Key of the form version inside a record.
pub const VERSION_KEY: &str = "form_ver";

/// The forms the program is built with.
pub const BUILTIN: [&str; 7] =
    ["child", "child_sensitive", "visit", "supplement", "review", "assessment", "unfinished"];

const SOURCES: [&str; 7] = [
    include_str!("../forms/child.json"),
    include_str!("../forms/child_sensitive.json"),
    include_str!("../forms/visit.json"),
    include_str!("../forms/supplement.json"),
    include_str!("../forms/review.json"),
    include_str!("../forms/assessment.json"),
    include_str!("../forms/unfinished.json"),
];

/// A form the program is built with.
pub fn builtin(id: &str) -> Option<&'static Form> {
    static FORMS: OnceLock<Vec<Form>> = OnceLock::new();
    let parse = |source: &&str| Form::parse(source).expect("a built-in form parses (tested)");
    FORMS.get_or_init(|| SOURCES.iter().map(parse).collect()).iter().find(|form| form.id == id)
}

/// The rows of a repeating field: row id → column → value. Members of a set column stand under
/// `column/code`.
pub fn rows<'a>(values: &'a BTreeMap<Key, Value>, field: &str) -> BTreeMap<&'a str, BTreeMap<&'a str, &'a Value>> {
    let mut rows: BTreeMap<&str, BTreeMap<&str, &Value>> = BTreeMap::new();
    for (key, value) in under(values, field) {
        if let Some((row, column)) = key.split_once('/') {
            rows.entry(row).or_default().insert(column, value);
        }
    }
    rows
}

/// The members of a set field: `field/<code>` = yes.
pub fn members<'a>(values: &'a BTreeMap<Key, Value>, field: &str) -> BTreeSet<&'a str> {
    under(values, field).filter(|(key, v)| v.as_yes() == Some(true) && !key.contains('/')).map(|(key, _)| key).collect()
}

fn under<'a>(values: &'a BTreeMap<Key, Value>, field: &str) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let head = format!("{field}/");
    values
        .range(head.clone()..)
        .map_while(move |(key, value)| key.strip_prefix(head.as_str()).map(|rest| (rest, value)))
}

impl Field {
    /// Whether no person fills it in by hand: it is computed, given once by the program, or follows from
    /// another record (a risk level from its assessment).
    pub const fn by_program(&self) -> bool {
        self.computed || self.given || matches!(self.merge, Merge::Higher)
    }
}

impl Form {
    /// Reads a form from JSON. Districts ship forms as data, so the text is foreign: everything
    /// is capped and nothing is guessed.
    pub fn parse(json: &str) -> Result<Self, BadForm> {
        read::form(json)
    }

    /// The field (or column) that a record key belongs to: `name`, `family/<row>/name`,
    /// `family/<row>/status/<code>`, `hazard/3`, `categories/B1/from`. `None` for keys of newer
    /// versions.
    pub fn field(&self, key: &str) -> Option<&Field> {
        let mut parts = key.split('/');
        let head = parts.next()?;
        let field = self.fields.iter().find(|f| f.key == head)?;
        let (row, column, member) = (parts.next(), parts.next(), parts.next());
        if parts.next().is_some() {
            return None;
        }
        match (field.merge, row, column, member) {
            (Merge::Rows, Some(_), Some(column), member) => {
                let column = field.columns.iter().find(|c| c.key == column)?;
                (member.is_some() == (column.merge == Merge::Set)).then_some(column)
            }
            (Merge::Set, Some(_), None, None) => Some(field),
            (Merge::Rows | Merge::Set, _, _, _) => None,
            (_, None, None, None) => Some(field),
            (_, _, _, _) => None,
        }
    }

    /// Whether a write under a key touches a field of which something is so: the key itself, a member, a row or a
    /// column of it, a name it had in older forms, or the marker `?key` beside any of these. For rules about who
    /// may write: what is no key of the form at all touches the field it begins with.
    pub fn touches(&self, key: &str, so: impl Fn(&Field) -> bool) -> bool {
        let bare = key.strip_prefix('?').unwrap_or(key);
        let now = self.renamed(bare);
        let now = now.as_deref().unwrap_or(bare);
        let head = now.split('/').next().unwrap_or(now);
        let named = |field: &Field| field.key == head || field.was.iter().any(|was| was == head);
        self.fields.iter().any(|field| named(field) && so(field)) || self.field(now).is_some_and(so)
    }

    /// What a key of an older version of this form is called now; `None` when it needs no new
    /// name or is not known here.
    pub fn renamed(&self, key: &str) -> Option<Key> {
        if self.field(key).is_some() {
            return None;
        }
        let (head, rest) = key.split_once('/').map_or((key, None), |(head, rest)| (head, Some(rest)));
        let field = self.fields.iter().find(|f| f.key == head || f.was.iter().any(|w| w == head))?;
        let rest = match rest {
            Some(rest) if field.merge == Merge::Rows => Some(renamed_column(field, rest)),
            Some(rest) => Some(rest.to_owned()),
            None => None,
        };
        let new = rest.map_or_else(|| field.key.clone(), |rest| format!("{}/{rest}", field.key));
        self.field(&new).is_some().then_some(new)
    }

    /// Reads a record of an older form version as this one (upcasting): former keys get their
    /// present names unless those already hold something; unknown keys stay as they are. It
    /// never writes anything back.
    pub fn upcast<V>(&self, old: BTreeMap<Key, V>) -> BTreeMap<Key, V> {
        let (mut now, mut former) = (BTreeMap::new(), Vec::new());
        for (key, value) in old {
            match self.renamed(&key) {
                Some(new) => former.push((new, value)),
                None => {
                    now.insert(key, value);
                }
            }
        }
        for (key, value) in former {
            now.entry(key).or_insert(value);
        }
        now
    }
}

fn renamed_column(field: &Field, rest: &str) -> String {
    let mut parts: Vec<&str> = rest.split('/').collect();
    if let Some(name) = parts.get_mut(1)
        && let Some(column) = field.columns.iter().find(|c| c.was.iter().any(|w| w == name))
    {
        *name = &column.key;
    }
    parts.join("/")
}

#[cfg(test)]
mod tests;
