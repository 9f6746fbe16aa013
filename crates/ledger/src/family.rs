//! The columns of father, mother, guardian and others → family rows. Cells of several lines are
//! several people; a guardian who is the father is one person. It must not judge them.

use std::collections::BTreeMap;

use domain::check;
use domain::code;
use domain::form::{Field, Kind};
use domain::value::{Key, Value};

use crate::draft::{Desk, Place};
use crate::normalise::{self, Said};
use crate::remark;
use crate::report::Level;
use crate::settle::{FamilyDocument, family_document};
use crate::target::{Part, Who};
use crate::words::{is_dash, one_line, squash};
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
    for ((_, who), mut cells) in desk.members().0 {
        // How a number is read depends on the kind of document.
        cells.sort_by_key(|(column, _)| column != "id_type");
        let count = how_many(desk, &who, &cells);
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

/// How many people the lines of a name are. A child has one father and one mother; others are
/// several where another column has as many lines, or where each line is a whole name.
fn how_many(desk: &mut Desk<'_>, who: &Who, cells: &[(String, Place<'_>)]) -> usize {
    let Some((_, at)) = cells.iter().find(|(column, _)| column == "name") else { return 1 };
    let names = lines(at.cell);
    if names.len() < 2 || matches!(who, Who::Relation(_)) {
        return 1;
    }
    let others = cells.iter().filter(|(column, _)| column != "name");
    if others.clone().any(|(_, at)| lines(at.cell).len() == names.len()) {
        return names.len();
    }
    if !names.iter().all(|name| is_whole_name(name)) {
        return 1;
    }
    desk.find(*at, Level::Warning, format!("姓名写了{}行，按{}个人登记，请核对", names.len(), names.len()), None);
    names.len()
}

/// Surnames of two characters, after which a name may be broken.
const LONG_SURNAMES: [&str; 24] = [
    "欧阳", "诸葛", "司马", "上官", "尉迟", "皇甫", "东方", "慕容", "令狐", "司徒", "夏侯", "宇文", "长孙", "公孙",
    "端木", "独孤", "南宫", "轩辕", "百里", "呼延", "万俟", "闻人", "澹台", "赫连",
];

/// Whether a line is a name of its own and no piece of a longer one.
fn is_whole_name(line: &str) -> bool {
    let name = check::name::normal(line);
    (2..=4).contains(&name.chars().count())
        && !line.contains(check::name::is_dot)
        && !LONG_SURNAMES.contains(&name.as_str())
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
    if nobody && matches!(field.kind, Kind::Text | Kind::Name | Kind::IdNo | Kind::Day) {
        return desk.keep(at);
    }
    if column == "id_no" && !is_dash(&text) {
        let kind = person.get("id_type").and_then(Value::as_text).map(str::to_owned);
        match family_document(desk, kind.as_deref(), at) {
            FamilyDocument::Number(number) => _ = person.insert("id_no".into(), Value::Text(number)),
            FamilyDocument::Words(words) => note(desk, person, at, &words),
        }
        return;
    }
    match normalise::read(field, at.cell, desk.context.today) {
        Said::Codes(codes, rest) => {
            let members = codes.into_keys().map(|code| (format!("{column}/{code}"), Value::Yes(true)));
            person.extend(members);
            if !rest.is_empty() {
                desk.find(at, Level::Warning, "有一项写法不认识，请从下拉选项里选；原文已留在备注里", None);
                note(desk, person, at, &text);
            }
        }
        Said::Unclear(advice) => {
            desk.find(at, Level::Warning, format!("{advice}；原文已留在备注里"), None);
            note(desk, person, at, &text);
        }
        Said::Value(value, words) => {
            person.insert(column.to_owned(), value);
            if let Some(words) = words {
                note(desk, person, at, &words);
            }
        }
        said => {
            if let Some(value) = desk.value(at, said) {
                person.insert(column.to_owned(), value);
            }
        }
    }
}

/// Keeps words with the person they are about; numbers, and what is too long, where they may stand.
fn note(desk: &mut Desk<'_>, person: &mut Person, at: Place<'_>, words: &str) {
    let words = one_line(words);
    let title = at.heading.title.rsplit('·').next().unwrap_or_default();
    let said = person.get("note").and_then(Value::as_text).map_or_else(String::new, |said| format!("{said}；"));
    let whole = format!("{said}{title}：{words}");
    let most = field("note").map_or(0, |f| f.max);
    if remark::holds_number(&words) || whole.chars().count() > most {
        return desk.keep_words(at, &words);
    }
    person.insert("note".into(), Value::Text(whole));
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
    let may_differ = |key: &Key| matches!(key.as_str(), "tel" | "note");
    let agree = known.iter().all(|(key, old)| may_differ(key) || person.get(key).is_none_or(|new| new == old));
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
            Some(old) if key == "note" && old != value => {
                let texts = [old, value].map(|v| v.as_text().unwrap_or_default().to_owned());
                known.insert(key, Value::Text(texts.join("；")));
            }
            Some(_) => {}
            None => {
                known.insert(key, value);
            }
        }
    }
}
