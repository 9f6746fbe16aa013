//! The child's file: what it says about age, categories and completeness, whether two files may
//! be of one child, and its numbers. The rules that find faults are in `child/rules.rs`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::area::Area;
use crate::check::{day, id_no, name};
use crate::day::Day;
use crate::form::{self, Form, Need};
use crate::value::{Key, Value};

mod rules;

pub use rules::{NOT_ORDINARY, check, check_sensitive, is_not_ordinary, is_sealed_category};

/// Status code of a category or an aid that has ended.
const ENDED: &str = "3";

/// Text under a key, without outer blanks; `None` where there is none.
fn text<'a>(values: &'a BTreeMap<Key, Value>, key: &str) -> Option<&'a str> {
    values.get(key)?.as_text().map(str::trim).filter(|t| !t.is_empty())
}

/// The categories a child is in now: every row of `categories` that has not ended.
pub fn categories(values: &BTreeMap<Key, Value>) -> BTreeSet<String> {
    form::rows(values, "categories")
        .into_iter()
        .filter(|(_, columns)| columns.get("status").and_then(|v| v.as_text()) != Some(ENDED))
        .map(|(code, _)| code.to_owned())
        .collect()
}

/// The keys and values that put a child into a category from a day on. A category is never
/// cleared: it ends with status 3, a last day and a reason.
pub fn category(code: &str, from: Option<&str>) -> Vec<(Key, Value)> {
    let at = |column: &str| format!("categories/{code}/{column}");
    let from = from.map_or(Value::Unknown, Value::text);
    vec![(at("status"), Value::text("1")), (at("from"), from)]
}

/// The birth day as far as it is known.
pub fn birth(values: &BTreeMap<Key, Value>) -> Option<day::PartialDay> {
    day::stored(text(values, "birth")?)
}

/// Full years (周岁) on a day; with a partial birth date the oldest it may be.
pub fn age(values: &BTreeMap<Key, Value>, on: Day) -> Option<i32> {
    birth(values).map(|b| b.earliest().age_on(on))
}

/// One field somebody should still collect.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Missing {
    /// Record key.
    pub key: Key,
    /// Chinese label.
    pub title: String,
    /// Section of the page.
    pub group: String,
}

/// How complete a file is: needed fields, those filled, and the list of the rest (缺项清单).
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Completeness {
    /// Fields that are needed in this file.
    pub needed: usize,
    /// Of those, filled ones.
    pub filled: usize,
    /// The others, in the order of the page.
    pub missing: Vec<Missing>,
}

impl Completeness {
    /// Full percent.
    pub fn percent(&self) -> usize {
        (self.filled * 100).checked_div(self.needed).unwrap_or(100)
    }
}

/// What is still to be collected. "未采集" is an answer where the form allows it: nobody is asked again and again.
pub fn completeness(values: &BTreeMap<Key, Value>, today: Day) -> Completeness {
    let Some(form) = form::builtin("child") else { return Completeness::default() };
    let absent: BTreeSet<Key> = check(values, today).into_iter().filter(|f| f.missing).map(|f| f.key).collect();
    let answered =
        |key: &str| values.get(key) == Some(&Value::Unknown) && form.field(key).is_some_and(|field| field.unknown);
    let mut missing: Vec<(usize, Missing)> =
        absent.iter().filter(|key| !answered(key)).filter_map(|key| listed(form, key)).collect();
    missing.sort_by(|(a, m), (b, n)| (a, &m.key).cmp(&(b, &n.key)));
    let must = form.fields.iter().filter(|f| f.need == Need::Must && !f.computed);
    let filled =
        must.filter(|f| form::is_filled(f, "", values) && (answered(&f.key) || !absent.contains(&f.key))).count();
    Completeness { needed: filled + missing.len(), filled, missing: missing.into_iter().map(|(_, m)| m).collect() }
}

fn listed(form: &Form, key: &str) -> Option<(usize, Missing)> {
    let head = key.split('/').next()?;
    let at = form.fields.iter().position(|f| f.key == head)?;
    let field = form.fields.get(at)?;
    let column = form.field(key).filter(|c| c.key != field.key);
    let title = column.map_or_else(|| field.title.clone(), |c| format!("{}·{}", field.title, c.title));
    Some((at, Missing { key: key.to_owned(), title, group: field.group.clone() }))
}

/// What tells one child from another.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Identity {
    /// The document's number, in its normal form.
    pub id_no: Option<String>,
    /// The name in its normal form, small letters.
    pub name: Option<String>,
    /// The whole birth day.
    pub birth: Option<Day>,
}

impl Identity {
    /// Of a child's file.
    pub fn of(values: &BTreeMap<Key, Value>) -> Self {
        Self {
            id_no: text(values, "id_no").map(id_no::normal).filter(|n| !n.is_empty()),
            name: text(values, "name").map(|n| name::normal(n).to_lowercase()).filter(|n| !n.is_empty()),
            birth: birth(values).and_then(day::PartialDay::full),
        }
    }
}

/// Why two files may be of one child.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Same {
    /// The same document number.
    Document,
    /// The same name and birth day; twins differ by name.
    NameAndBirth,
}

/// Whether two files may be of one child (疑似重复). A person decides.
pub fn same(a: &Identity, b: &Identity) -> Option<Same> {
    let equal = |x: &Option<String>, y: &Option<String>| x.is_some() && x == y;
    if equal(&a.id_no, &b.id_no) {
        Some(Same::Document)
    } else if equal(&a.name, &b.name) && a.birth.is_some() && a.birth == b.birth {
        Some(Same::NameAndBirth)
    } else {
        None
    }
}

/// Document numbers of the family: files that share one are of one family (同一家庭提示).
pub fn family_documents(values: &BTreeMap<Key, Value>) -> BTreeSet<String> {
    let rows = form::rows(values, "family");
    let numbers = rows.values().filter_map(|columns| columns.get("id_no")?.as_text().map(id_no::normal));
    numbers.filter(|n| !n.is_empty()).collect()
}

/// A file number, `区划6-年4-顺序6`. So that desks can give numbers offline, the order number is
/// a segment of three digits, the device's own, and three digits counted in it. The segment is
/// the device's rank among the devices of the roster; 0 is the server's. `None` when a part is
/// over 999.
pub fn file_number(area: Area, year: i16, segment: u16, nth: u16) -> Option<String> {
    let district = area.code() / 1_000_000;
    (segment < 1000 && nth < 1000).then(|| format!("{district:06}-{year:04}-{segment:03}{nth:03}"))
}

/// A stand-in for a child without any document, `TMP-区划6-YYYYMMDD-4`. `None` over 9999.
pub fn stand_in_number(area: Area, on: Day, nth: u16) -> Option<String> {
    let (y, m, d) = on.ymd();
    (nth < 10_000).then(|| format!("TMP-{:06}-{y:04}{m:02}{d:02}-{nth:04}", area.code() / 1_000_000))
}

#[cfg(test)]
mod tests;
