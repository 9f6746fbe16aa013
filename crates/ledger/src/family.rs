//! The columns of father, mother, guardian and others → family rows. Cells of several lines are
//! several people; a guardian who is the father is one person. It must not judge them.

use std::collections::BTreeMap;

use domain::check;
use domain::code;
use domain::form::{Field, Kind};
use domain::value::{Key, Value};

use crate::draft::{Desk, Place};
use crate::normalise::{self, Said};
use crate::report::Level;
use crate::target::{Part, Who};
use crate::words::{is_dash, squash};
use crate::workbook::Cell;

/// The family cells of one child's rows, by row and person.
#[derive(Default)]
pub(crate) struct Members<'a>(BTreeMap<(u32, Who), Vec<(String, Place<'a>)>>);

type Person = BTreeMap<Key, Value>;

impl<'a> Members<'a> {
    pub(crate) fn take(&mut self, row: u32, who: &Who, column: &str, at: Place<'a>) {
        self.0.entry((row, who.clone())).or_default().push((column.to_owned(), at));
    }
}

/// Writes all family rows into the draft, numbered from 1.
pub(crate) fn write(desk: &mut Desk<'_>) {
    let mut people: Vec<Person> = Vec::new();
    for ((_, who), cells) in desk.members().0 {
        let count = cells.iter().filter(|(column, _)| column == "name").map(|(_, at)| lines(at.cell).len()).max();
        let count = count.unwrap_or(1).max(1);
        let mut found = vec![Person::new(); count];
        for (column, at) in &cells {
            let pieces = lines(at.cell);
            if count > 1 && pieces.len() == count {
                for (person, piece) in found.iter_mut().zip(pieces) {
                    take(desk, person, column, Place { cell: &Cell::Text(piece), ..*at });
                }
            } else if let Some(first) = found.first_mut() {
                take(desk, first, column, *at);
            }
        }
        found.into_iter().filter(|p| !p.is_empty()).for_each(|person| add(&mut people, &who, person));
    }
    for (n, person) in people.into_iter().enumerate() {
        let keyed = person.into_iter().map(|(key, value)| (format!("family/{}/{key}", n + 1), value));
        desk.draft.child.extend(keyed);
    }
}

fn lines(cell: &Cell) -> Vec<String> {
    let Cell::Text(text) = cell else { return Vec::new() };
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

fn field(column: &str) -> Option<&'static Field> {
    let family = Part::Child.form().fields.iter().find(|f| f.key == "family")?;
    family.columns.iter().find(|c| c.key == column)
}

fn take(desk: &mut Desk<'_>, person: &mut Person, column: &str, at: Place<'_>) {
    let Some(field) = field(column) else { return desk.keep(at) };
    if column == "relation" {
        return relation(desk, person, at);
    }
    let text = at.cell.shown();
    if column == "name" && matches!(squash(&text).as_str(), "不详" | "未知" | "不明") {
        person.insert("name".into(), Value::text("不详"));
        person.insert("unknown".into(), Value::Yes(true));
        return;
    }
    let nobody = ["无", "没有"].contains(&squash(&text).as_str());
    if nobody && matches!(field.kind, Kind::Text | Kind::IdNo | Kind::Day) {
        return desk.keep(at);
    }
    match normalise::read(field, at.cell, desk.context.today) {
        Said::Codes(codes, rest) => {
            let members = codes.into_keys().map(|code| (format!("{column}/{code}"), Value::Yes(true)));
            person.extend(members);
            if !rest.is_empty() {
                let advice = format!("“{}”写法不认识，请从下拉选项里选；原文已放进备注", rest.join("、"));
                desk.find(at, Level::Warning, advice, None);
                desk.keep(at);
            }
        }
        said => {
            if let Some(value) = desk.value(at, said) {
                person.insert(column.to_owned(), value);
            }
        }
    }
}

/// Who the member is to the child. `父子` says father; `祖孙` does not say which grandparent.
fn relation(desk: &mut Desk<'_>, person: &mut Person, at: Place<'_>) {
    let text = at.cell.shown();
    if is_dash(&text) {
        return;
    }
    let pairs = [
        ("父子", "51"),
        ("父女", "51"),
        ("母子", "52"),
        ("母女", "52"),
        ("祖孙", "60"),
        ("爷孙", "61"),
        ("父", "51"),
        ("母", "52"),
    ];
    let word = squash(&text);
    let pair = pairs.iter().find(|(w, _)| *w == word).map(|(_, code)| *code);
    let known = pair.or_else(|| code::table("GB4761").and_then(|t| t.code_of(&text)));
    match known {
        Some(code) => {
            person.insert("relation".into(), Value::text(code));
        }
        None => {
            desk.find(at, Level::Warning, "与儿童的关系写法不认识，请写父亲、母亲、祖父这样；原文已放进备注", None);
            desk.keep(at);
        }
    }
}

/// Adds a person. A guardian who is there already, by name or as father or mother, is the same.
fn add(people: &mut Vec<Person>, who: &Who, mut person: Person) {
    match who {
        Who::Relation(code) => {
            person.entry("relation".into()).or_insert_with(|| Value::text(code.clone()));
        }
        Who::Guardian => {
            person.insert("is_guardian".into(), Value::Yes(true));
        }
        Who::Member => {}
    }
    if person.keys().all(|key| key == "relation" || key == "is_guardian") && *who != Who::Guardian {
        return;
    }
    match people.iter_mut().find(|known| same(known, &person)) {
        Some(known) => join(known, person),
        None => people.push(person),
    }
}

fn same(known: &Person, person: &Person) -> bool {
    let both = |key: &str| known.get(key).zip(person.get(key));
    let agree = known.iter().all(|(key, old)| key == "tel" || person.get(key).is_none_or(|new| new == old));
    let named = person.get("name").or_else(|| known.get("name")).and_then(Value::as_text) != Some("不详");
    let by_name = both("name").is_some_and(|(a, b)| a == b) && named;
    let by_relation = !person.contains_key("name")
        && both("relation").is_some_and(|(a, b)| a == b && matches!(a.as_text(), Some("51" | "52")));
    (by_name || by_relation) && agree
}

/// Joins what two sets of columns say about one person; two different numbers are both kept.
fn join(known: &mut Person, person: Person) {
    for (key, value) in person {
        match known.get(&key).cloned() {
            Some(old) if key == "tel" && old != value => {
                let texts = [old, value].map(|v| v.as_text().unwrap_or_default().to_owned());
                let both = check::tel::read(&texts.join("、")).map(|n| check::tel::join(&n));
                known.insert(key, Value::Text(both.unwrap_or_else(|_| texts.join("、"))));
            }
            Some(_) => {}
            None => {
                known.insert(key, value);
            }
        }
    }
}
