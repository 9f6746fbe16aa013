//! Checks that hold for every form: kind, length, code, needed fields, periods. Knows no field
//! by name.

use std::collections::BTreeMap;

use super::{Field, Form, Kind, Merge, Need, rows};
use crate::area::Area;
use crate::check::{clock, day, paper, tel, time};
use crate::code;
use crate::finding::Finding;
use crate::value::{Key, Value};
use crate::words::Words;

/// Everything in the record that does not fit its form: wrong values and missing ones. Keys the
/// form does not know (of newer versions) are left alone.
pub fn check(form: &Form, values: &BTreeMap<Key, Value>) -> Vec<Finding> {
    let mut found: Vec<Finding> = values
        .iter()
        .filter_map(|(key, value)| check_value(form.field(key)?, key, value))
        .chain(values.keys().filter_map(|key| foreign_row(form, key)))
        .collect();
    for field in form.fields.iter().filter(|f| !f.computed) {
        found.extend(needed(field, "", values));
        found.extend(other(field, &form.fields, "", values));
        if field.merge == Merge::Rows {
            for row in rows(values, &field.key).keys() {
                found.extend(check_row(field, &format!("{}/{row}/", field.key), values));
            }
        }
    }
    found
}

/// What is wrong with one value of a field, standing under `key`.
pub fn check_value(field: &Field, key: &str, value: &Value) -> Option<Finding> {
    let Field { title, en, .. } = field;
    match value {
        Value::Unknown if field.need == Need::Must && !field.unknown => {
            let words =
                (format!("“{title}”不能填未采集，请填写"), format!("“{en}” cannot be “not collected”; fill it in"));
            Some(Finding::missing(key, words))
        }
        Value::Unknown => None,
        value => wrong(field, value, key)
            .map(|what| Finding::red(key, (format!("“{title}”{}", what.text), format!("“{en}”: {}", what.en)))),
    }
}

/// What to do about a value, to stand behind the field's title.
fn wrong(field: &Field, value: &Value, key: &str) -> Option<Words> {
    if field.merge == Merge::Set {
        let member = key.rsplit('/').next().unwrap_or_default();
        let known = match field.kind {
            Kind::Codes => in_table(field, member),
            _ => is_id(member),
        };
        return (!known || value.as_yes().is_none()).then(|| Words::from(STRANGE));
    }
    let text = value.as_text();
    let good = match field.kind {
        Kind::Yes => value.as_yes().is_some(),
        Kind::Int | Kind::Money => value.as_int().is_some_and(|n| n >= 0),
        Kind::Text | Kind::Name | Kind::LongText | Kind::Rows | Kind::Codes | Kind::Files => text.is_some(),
        Kind::Code => text.is_some_and(|t| in_table(field, t)),
        Kind::Day => return wrong_day(text),
        Kind::Month => text.is_some_and(|t| day::stored(t).is_some_and(|d| d.month.is_some() && d.day.is_none())),
        Kind::Time => return wrong_time(text),
        Kind::Decimal => text.is_some_and(is_decimal),
        // The document's own rule depends on its kind (`check::paper`): here only its shape.
        Kind::IdNo => text.is_some_and(paper::looks_like_one),
        Kind::Tel => return wrong_tel(text),
        Kind::Area => text.is_some_and(|t| t.parse::<Area>().is_ok()),
        Kind::Ref => text.is_some_and(is_id),
    };
    if !good {
        return Some(hint(field.kind).into());
    }
    let long = text.is_some_and(|t| t.chars().count() > field.max);
    let max = field.max;
    long.then(|| (format!("太长了，请缩短到{max}字以内"), format!("too long; at most {max} characters")).into())
}

/// A member or a row that no table knows.
const STRANGE: (&str, &str) = ("里有一项不认识，请重新选择", "one of them is not known; choose again");

fn wrong_tel(text: Option<&str>) -> Option<Words> {
    match text.map(tel::read) {
        Some(Ok(_)) => None,
        Some(Err(problem)) => {
            let Words { text, en } = problem.words();
            Some((format!("：{text}"), en).into())
        }
        None => Some(hint(Kind::Tel).into()),
    }
}

fn wrong_day(text: Option<&str>) -> Option<Words> {
    match text.map(|text| day::read(text).map(|day| day.to_string() == text)) {
        Some(Ok(true)) => None,
        Some(Err(problem)) => {
            let Words { text, en } = problem.words();
            Some((format!("：{text}"), en).into())
        }
        Some(Ok(false)) | None => Some(hint(Kind::Day).into()),
    }
}

/// What a person typed as day and time stands there until both can be read, with a `T` between them.
fn wrong_time(text: Option<&str>) -> Option<Words> {
    let Some(text) = text else { return Some(hint(Kind::Time).into()) };
    if time::read(text).is_ok() {
        return None;
    }
    let problem = text.split_once('T').and_then(|(day, clock)| {
        let day = day::read(day).err().map(day::DayProblem::words);
        day.or_else(|| clock::read(clock).err().map(clock::ClockProblem::words))
    });
    Some(problem.map_or_else(|| hint(Kind::Time).into(), |Words { text, en }| (format!("：{text}"), en).into()))
}

const fn hint(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Yes => ("请选择是或否", "choose yes or no"),
        Kind::Int => ("请填不小于0的整数", "a whole number from 0 on"),
        Kind::Money => ("请填不小于0的金额", "an amount from 0 on"),
        Kind::Decimal => ("请填数字，最多两位小数", "a number, at most two decimals"),
        Kind::Code | Kind::Codes => ("不在可选的项目里，请重新选择", "not among the choices; choose again"),
        Kind::Day => ("不是日期，请按2024-05-06的样子填写", "no day; write it like 2024-05-06"),
        Kind::Month => ("不是年月，请按2024-05的样子填写", "no month; write it like 2024-05"),
        Kind::Time => ("不是时间，请重新选择日期和时间", "no time; choose day and time again"),
        Kind::IdNo => {
            ("里有不该有的字，请对照证件重新填写", "it has characters no number has; type it again from the document")
        }
        Kind::Tel => ("不是电话号码，请重新填写", "no telephone number; type it again"),
        Kind::Area => {
            ("没有这个区划，请重新选择，或写6位区划代码", "no area; choose again, or write its code of 6 digits")
        }
        Kind::Ref => ("请重新选择", "choose again"),
        Kind::Text | Kind::Name | Kind::LongText | Kind::Rows | Kind::Files => {
            ("填写的内容不对，请重新填写", "this does not fit; type it again")
        }
    }
}

fn in_table(field: &Field, code: &str) -> bool {
    field.code.as_deref().and_then(code::table).is_some_and(|table| table.has(code))
}

fn is_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

fn is_decimal(text: &str) -> bool {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |s: &str, max: usize| (1..=max).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit());
    digits(whole, 9) && digits(part, 2)
}

/// A row of a keyed field (`categories`) whose id is no code of its table.
fn foreign_row(form: &Form, key: &str) -> Option<Finding> {
    let (head, row) = key.split_once('/').map(|(head, rest)| (head, rest.split('/').next().unwrap_or(rest)))?;
    let field = form.fields.iter().find(|f| f.key == head && f.merge == Merge::Rows)?;
    let known = if field.code.is_some() { in_table(field, row) } else { is_id(row) };
    let (text, en) = STRANGE;
    let words = || (format!("“{}”{text}", field.title), format!("“{}”: {en}", field.en));
    (!known).then(|| Finding::red(key, words()))
}

/// Whether anything that counts stands under the field: a value, a member, a row.
pub(crate) fn is_filled(field: &Field, prefix: &str, values: &BTreeMap<Key, Value>) -> bool {
    let key = format!("{prefix}{}", field.key);
    match field.merge {
        Merge::Rows => !rows(values, &key).is_empty(),
        Merge::Set => !super::members(values, &key).is_empty() || values.get(&key) == Some(&Value::Unknown),
        _ => values.get(&key).is_some_and(|v| v.as_text().is_none_or(|t| !t.trim().is_empty())),
    }
}

fn needed(field: &Field, prefix: &str, values: &BTreeMap<Key, Value>) -> Option<Finding> {
    let words = || (format!("请填写“{}”", field.title), format!("Please fill in “{}”", field.en));
    (field.need == Need::Must && !is_filled(field, prefix, values))
        .then(|| Finding::missing(format!("{prefix}{}", field.key), words()))
}

/// "其他" asks for words (handbook §3): `<key>_other` beside the field.
fn other(field: &Field, siblings: &[Field], prefix: &str, values: &BTreeMap<Key, Value>) -> Option<Finding> {
    let other = field.code.as_deref().and_then(code::table)?.other.as_deref()?;
    let beside = siblings.iter().find(|f| f.key.strip_suffix("_other") == Some(&field.key))?;
    let key = format!("{prefix}{}", field.key);
    let chosen = match field.merge {
        Merge::Rows => rows(values, &key).contains_key(other),
        Merge::Set => super::members(values, &key).contains(other),
        _ => values.get(&key).and_then(Value::as_text) == Some(other),
    };
    (chosen && !is_filled(beside, prefix, values)).then(|| {
        let words = (
            format!("“{}”选了其他，请写明是什么（不超过{}字）", field.title, beside.max),
            format!("“{}” is “other”: say what (at most {} characters)", field.en, beside.max),
        );
        Finding::missing(format!("{prefix}{}", beside.key), words)
    })
}

fn check_row(field: &Field, prefix: &str, values: &BTreeMap<Key, Value>) -> Vec<Finding> {
    let mut found: Vec<Finding> = field
        .columns
        .iter()
        .flat_map(|c| [needed(c, prefix, values), other(c, &field.columns, prefix, values)])
        .flatten()
        .collect();
    for (from, to) in [("from", "to"), ("status_from", "status_to")] {
        let at = |column: &str| values.get(&format!("{prefix}{column}")).and_then(Value::as_text).and_then(day::stored);
        if let (Some(first), Some(last)) = (at(from), at(to))
            && last.latest() < first.earliest()
        {
            let words = ("截止日期早于起始日期，请改正", "It ends before it begins; put it right");
            found.push(Finding::red(format!("{prefix}{to}"), words));
        }
    }
    found
}
