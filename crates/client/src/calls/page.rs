//! A record as a page: its form's fields in their sections, each with what stands there.
//!
//! It must not know any particular field.

use std::collections::BTreeMap;

use domain::form::{Field, Form, Kind, Merge, Need};
use domain::id::RecordId;
use domain::roster::Roster;
use domain::value::{Key, Value};
use domain::words::Words;
use dossier::{Cell, Said, View};
use serde::Serialize;

use super::card::Coded;
use super::words::{self, Tongue, Who};
use crate::desk::Desk;

/// A section of a form, e.g. `A`.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Section {
    group: String,
    fields: Vec<Shown>,
}

impl Section {
    /// Its group.
    pub(crate) fn group(&self) -> &str {
        &self.group
    }
    /// Leaves only the fields a reader is told of.
    pub(crate) fn keep(&mut self, told: impl Fn(&str) -> bool) {
        self.fields.retain(|field| told(&field.key));
    }
}

/// A field and what stands there.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Shown {
    /// The whole key, e.g. `family/<row>/name`.
    key: Key,
    form: String,
    /// `None` while the record does not exist.
    record: Option<RecordId>,
    title: String,
    en: String,
    help: String,
    help_en: String,
    kind: Kind,
    merge: Merge,
    need: Need,
    /// Code table.
    code: Option<String>,
    /// Whether "未采集" is an answer.
    unknown: bool,
    max: usize,
    /// Filled by the program, not by hand.
    computed: bool,
    cell: Option<CellShown>,
    /// Of a set: what is in it.
    members: Vec<Member>,
    /// Of repeating rows: the rows.
    rows: Vec<RowShown>,
}

/// What stands under a key.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct CellShown {
    /// The value; left out where it is masked.
    value: Option<Value>,
    /// In words.
    text: String,
    /// Whether to ask `child.reveal` for the whole.
    masked: bool,
    /// Whether two people wrote differently and somebody must choose.
    differs: bool,
    /// All that was said, the oldest first; more than one only when it differs.
    said: Vec<Saying>,
}

/// One value somebody wrote.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Saying {
    pub(crate) value: Option<Value>,
    pub(crate) text: String,
    pub(crate) who: Who,
    /// The change that wrote it, for `child.undo`.
    pub(crate) change: String,
}

/// A member of a set.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Member {
    key: Key,
    code: Coded,
    who: Option<Who>,
}

/// A repeating row.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct RowShown {
    /// Its id, or its code where the field names a table.
    row: String,
    /// The code's name.
    name: Option<String>,
    fields: Vec<Shown>,
}

/// One record to show.
pub(crate) struct Sheet<'a> {
    pub(crate) form: &'a Form,
    pub(crate) record: Option<RecordId>,
    pub(crate) view: &'a View,
    /// What computed fields hold, by key.
    pub(crate) computed: &'a BTreeMap<&'static str, String>,
}

/// The sections of one or more records shown as one page, in the order of their names.
pub(crate) fn sections(desk: &Desk, sheets: &[Sheet<'_>]) -> Vec<Section> {
    let mut groups: BTreeMap<&str, Vec<Shown>> = BTreeMap::new();
    for sheet in sheets {
        for field in &sheet.form.fields {
            groups.entry(&field.group).or_default().push(sheet.show(desk, field, &field.key));
        }
    }
    groups.into_iter().map(|(group, fields)| Section { group: group.to_owned(), fields }).collect()
}

/// What stands in a record, a line a field: what somebody wrote in sentences first.
pub(crate) fn told(desk: &Desk, sheet: &Sheet<'_>) -> Vec<Words> {
    let fields = sheet.form.fields.iter();
    let (sentences, others): (Vec<&Field>, Vec<&Field>) = fields.partition(|field| field.kind == Kind::LongText);
    let fields = sentences.into_iter().chain(others);
    let said = |tongue| fields.clone().flat_map(move |field| sheet.lines(tongue, desk, field, &field.key));
    said(Tongue::Chinese).zip(said(Tongue::English)).map(|(text, en)| Words::new(text, en)).collect()
}

impl Sheet<'_> {
    /// What stands under a field in words, its title before it; nothing where nothing does.
    fn lines(&self, tongue: Tongue, desk: &Desk, field: &Field, key: &str) -> Vec<String> {
        let (list, comma) = (tongue.of("、", ", "), tongue.of("，", ", "));
        let cell =
            self.view.cells.get(key).map(|cell| words::masked_in(tongue, &desk.roster, Some(field), &cell.value).0);
        let codes = self.codes(field, key);
        let names = codes.map(|(_, code, _)| words::say_in(tongue, &desk.roster, Some(field), &Value::text(code)));
        let members = names.collect::<Vec<String>>().join(list);
        let rows = self.row_ids(field).into_iter().map(|row| {
            let columns = field.columns.iter().map(|column| (column, format!("{}/{row}/{}", field.key, column.key)));
            let fields = columns.flat_map(|(column, key)| self.lines(tongue, desk, column, &key));
            let name = words::coded(tongue, field, row).map(str::to_owned);
            name.into_iter().chain(fields).collect::<Vec<String>>().join(comma)
        });
        let all = cell.into_iter().chain([members]).chain(rows).filter(|text| !text.is_empty());
        all.map(|text| words::line(tongue, tongue.of(&field.title, &field.en), &text)).collect()
    }

    fn show(&self, desk: &Desk, field: &Field, key: &str) -> Shown {
        let cell = self.view.cells.get(key).map(|cell| shown(desk, Some(field), cell));
        let cell = cell.or_else(|| self.computed.get(key).map(|text| computed(text)));
        Shown {
            key: key.to_owned(),
            form: self.form.id.clone(),
            record: self.record,
            title: field.title.clone(),
            en: field.en.clone(),
            help: field.help.clone(),
            help_en: field.help_en.clone(),
            kind: field.kind,
            merge: field.merge,
            need: field.need,
            code: field.code.clone(),
            unknown: field.unknown,
            max: field.max,
            computed: field.computed || field.given || field.merge == Merge::Authority,
            cell,
            members: self.members(desk, field, key),
            rows: self.rows(desk, field),
        }
    }

    fn members(&self, desk: &Desk, field: &Field, key: &str) -> Vec<Member> {
        let table = field.code.as_deref().unwrap_or_default();
        self.codes(field, key)
            .map(|(key, code, cell)| Member {
                key: key.clone(),
                code: named(&desk.roster, field, table, code),
                who: cell.said.first().map(|said| words::said_by(desk, said)),
            })
            .collect()
    }

    /// Of a set: what is in it.
    fn codes<'s>(&'s self, field: &Field, key: &str) -> impl Iterator<Item = (&'s Key, &'s str, &'s Cell)> + use<'s> {
        let set = field.merge == Merge::Set;
        self.under(key).filter(move |(_, rest, cell)| set && !rest.contains('/') && cell.value.as_yes() == Some(true))
    }

    /// Of repeating rows: their ids.
    fn row_ids(&self, field: &Field) -> Vec<&str> {
        let under = self.under(&field.key).filter(|_| field.merge == Merge::Rows);
        let mut ids: Vec<&str> = under.filter_map(|(_, rest, _)| rest.split('/').next()).collect();
        ids.dedup();
        ids
    }

    fn rows(&self, desk: &Desk, field: &Field) -> Vec<RowShown> {
        let table = field.code.as_deref();
        self.row_ids(field)
            .into_iter()
            .map(|row| RowShown {
                row: row.to_owned(),
                name: table.map(|table| Coded::new(table, row).name),
                fields: field
                    .columns
                    .iter()
                    .map(|column| self.show(desk, column, &format!("{}/{row}/{}", field.key, column.key)))
                    .collect(),
            })
            .collect()
    }

    fn under<'s>(&'s self, key: &str) -> impl Iterator<Item = (&'s Key, &'s str, &'s Cell)> + use<'s> {
        let head = format!("{key}/");
        let from = self.view.cells.range(head.clone()..);
        from.map_while(move |(key, cell)| key.strip_prefix(head.as_str()).map(|rest| (key, rest, cell)))
    }
}

/// A set of references has people's names for members.
fn named(roster: &Roster, field: &Field, table: &str, code: &str) -> Coded {
    if field.kind == Kind::Ref {
        return Coded { code: code.to_owned(), name: words::say(roster, Some(field), &Value::text(code)) };
    }
    Coded::new(table, code)
}

fn computed(text: &str) -> CellShown {
    CellShown { value: None, text: text.to_owned(), masked: false, differs: false, said: Vec::new() }
}

/// A cell as it is shown.
pub(crate) fn shown(desk: &Desk, field: Option<&Field>, cell: &Cell) -> CellShown {
    let (text, masked) = words::masked(&desk.roster, field, &cell.value);
    let mut said: Vec<&Said> = cell.said.iter().collect();
    if cell.differs {
        // Each keeps its side whatever was picked or taken back meanwhile.
        said.sort_by_key(|said| (said.at, said.change));
    }
    let said = said
        .into_iter()
        .map(|said| {
            let value = said.value.clone().unwrap_or(Value::Unknown);
            // Who must choose has to see what she chooses from.
            let text = if cell.differs { words::say(&desk.roster, field, &value) } else { text.clone() };
            Saying {
                value: (!masked || cell.differs).then_some(value),
                text,
                who: words::said_by(desk, said),
                change: hex(&said.change.0),
            }
        })
        .collect();
    CellShown { value: (!masked).then(|| cell.value.clone()), text, masked, differs: cell.differs, said }
}

/// 64 digits of a change's hash.
pub(crate) fn hex(bytes: &[u8; 32]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Reads [`hex`].
pub(crate) fn unhex(text: &str) -> Option<domain::id::Digest> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (n, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * n..2 * n + 2], 16).ok()?;
    }
    Some(domain::id::Digest(bytes))
}
