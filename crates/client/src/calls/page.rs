//! A record as a page: its form's fields in their sections, each with what stands there.
//!
//! It must not know any particular field.

use std::collections::BTreeMap;

use domain::form::{Field, Form, Kind, Merge, Need};
use domain::id::RecordId;
use domain::roster::Roster;
use domain::value::{Key, Value};
use dossier::{Cell, View};
use serde::Serialize;

use super::card::Coded;
use super::words::{self, Who};
use crate::desk::Desk;

/// A section of a form, e.g. `A`.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Section {
    group: String,
    fields: Vec<Shown>,
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
    /// All that was said; more than one only when it differs.
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
pub(crate) fn told(desk: &Desk, sheet: &Sheet<'_>) -> Vec<String> {
    let fields = sheet.form.fields.iter().map(|field| sheet.show(desk, field, &field.key));
    let (sentences, others): (Vec<Shown>, Vec<Shown>) = fields.partition(|shown| shown.kind == Kind::LongText);
    sentences.iter().chain(&others).flat_map(Shown::told).collect()
}

impl Shown {
    fn told(&self) -> Vec<String> {
        let cell = self.cell.iter().map(|cell| cell.text.clone()).filter(|text| !text.is_empty());
        let members: Vec<&str> = self.members.iter().map(|member| member.code.name.as_str()).collect();
        let members = (!members.is_empty()).then(|| members.join("、"));
        let rows = self.rows.iter().map(|row| {
            let fields: Vec<String> = row.fields.iter().flat_map(Self::told).collect();
            format!("{}{}", row.name.as_ref().map(|name| format!("{name}，")).unwrap_or_default(), fields.join("，"))
        });
        cell.chain(members).chain(rows).map(|text| format!("{}：{text}", self.title)).collect()
    }
}

impl Sheet<'_> {
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
            computed: field.computed || field.given,
            cell,
            members: if field.merge == Merge::Set { self.members(desk, field, key) } else { Vec::new() },
            rows: if field.merge == Merge::Rows { self.rows(desk, field) } else { Vec::new() },
        }
    }

    fn members(&self, desk: &Desk, field: &Field, key: &str) -> Vec<Member> {
        let table = field.code.as_deref().unwrap_or_default();
        self.under(key)
            .filter(|(_, rest, cell)| !rest.contains('/') && cell.value.as_yes() == Some(true))
            .map(|(key, code, cell)| Member {
                key: key.clone(),
                code: named(&desk.roster, field, table, code),
                who: cell.said.first().map(|said| words::said_by(desk, said)),
            })
            .collect()
    }

    fn rows(&self, desk: &Desk, field: &Field) -> Vec<RowShown> {
        let mut ids: Vec<&str> = self.under(&field.key).filter_map(|(_, rest, _)| rest.split('/').next()).collect();
        ids.dedup();
        let table = field.code.as_deref();
        ids.into_iter()
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
    let said = cell
        .said
        .iter()
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
