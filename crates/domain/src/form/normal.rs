//! The one normal form of a value of a field: how it is stored, compared and found. What cannot be read
//! stays as it was written; the rules say what is wrong with it.

use std::collections::BTreeMap;

use crate::area::Area;
use crate::check::{amount, bank, clock, day, id_no, line, name, tel, time};
use crate::country;
use crate::day::Day;
use crate::value::{Key, Value};

use super::{Field, Form, Kind, Mask};

/// The normal form of a value: what a person typed becomes what is stored.
pub fn normal(field: &Field, value: &Value) -> Value {
    let Value::Text(text) = value else { return value.clone() };
    let number = |read: Option<i64>| read.map_or_else(|| value.clone(), Value::Int);
    match field.kind {
        Kind::Text => Value::Text(match field.mask {
            Some(Mask::IdNo) => id_no::normal(text),
            Some(Mask::Bank) => bank::normal(text),
            Some(Mask::Tel) => tel::normal(text),
            None => line(text),
        }),
        Kind::Name => Value::Text(name::normal(text)),
        Kind::Day | Kind::Month => Value::Text(day::normal(text)),
        Kind::Time => Value::Text(time::normal(text)),
        Kind::Int => number(amount::count(text)),
        // What more was said would be lost: a person writes it elsewhere.
        Kind::Money => number(amount::fen(text).filter(|(_, more)| !more).map(|(fen, _)| fen)),
        Kind::Decimal => Value::Text(amount::decimal(text).unwrap_or_else(|| line(text))),
        Kind::IdNo => Value::Text(id_no::normal(text)),
        Kind::Tel => Value::Text(tel::normal(text)),
        Kind::Area => Value::Text(area(text).map_or_else(|| line(text), |area| area.to_string())),
        Kind::LongText | Kind::Yes | Kind::Code | Kind::Codes | Kind::Ref | Kind::Rows | Kind::Files => value.clone(),
    }
}

/// A code, or the name of a place of the country.
fn area(text: &str) -> Option<Area> {
    Area::read(text).or_else(|| country::find(text))
}

/// What was typed in a form on a day as it is stored: days near it need no year.
pub fn normal_values(form: &Form, values: BTreeMap<Key, Value>, today: Day) -> BTreeMap<Key, Value> {
    let stored = |(key, value): (Key, Value)| {
        let value = form.field(&key).map_or_else(|| value.clone(), |field| near(field, &value, today));
        (key, value)
    };
    values.into_iter().map(stored).collect()
}

fn near(field: &Field, value: &Value, today: Day) -> Value {
    let read = || {
        let (text, near) = (value.as_text()?, field.near?);
        match field.kind {
            Kind::Day => Some(day::read_near(text, today, near).ok()?.to_string()),
            Kind::Time if time::read(text).is_err() => {
                let (day, clock) = text.split_once('T')?;
                Some(match (day::read_near(day, today, near), clock::read(clock)) {
                    (Ok(day), Ok(clock)) => time::write(time::at(day, clock)),
                    // What cannot be read stays, so that it is shown again and said to be wrong.
                    (Ok(day), Err(_)) => format!("{day}T{clock}"),
                    (Err(_), _) => return None,
                })
            }
            _ => None,
        }
    };
    read().map_or_else(|| normal(field, value), Value::Text)
}

/// Whether two values of a field are the same thing, in whatever way each is written.
pub fn same(field: &Field, a: &Value, b: &Value) -> bool {
    a == b || normal(field, a) == normal(field, b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::builtin;
    use proptest::prelude::*;

    fn of(key: &str, typed: &str) -> Value {
        let field = ["child", "child_sensitive", "visit"].iter().find_map(|id| builtin(id)?.field(key));
        normal(field.expect("a field"), &Value::text(typed))
    }

    #[test]
    fn each_field_has_the_normal_form_of_its_kind() {
        for (key, typed, stored) in [
            ("name", "阿依努尔．买买提", Value::text("阿依努尔·买买提")),
            ("family/1/name", "李　桂兰", Value::text("李桂兰")),
            ("id_no", "99010220120101124x", Value::text("99010220120101124X")),
            ("family/1/id_no", " e1234 5678", Value::text("E12345678")),
            ("student_no", "Ｇ990102201201011247", Value::text("G990102201201011247")),
            ("phone_child", "+86 140-0000-1234", Value::text("14000001234")),
            ("family/1/tel", "053188881234转2", Value::text("0531-88881234-2")),
            ("birth", "2012年5月3日", Value::text("2012-05-03")),
            ("birth", "0506", Value::text("0506")),
            ("bank_account", "6299 0000 0000 0000 002", Value::text("6299000000000000002")),
            ("live_addr", " ５号楼\n2单元", Value::text("5号楼 2单元")),
            ("height_cm", "120厘米", Value::text("120")),
            ("aid/1/amount", "1,200.5元", Value::Int(120_050)),
            ("aid/1/amount", "1200元/月", Value::text("1200元/月")),
            ("minutes", "３０", Value::Int(30)),
            ("hukou_area", "370102", Value::text("370102000000")),
            ("hukou_area", "山东省济南市历下区", Value::text("370102000000")),
            ("remark", " （他说） ", Value::text(" （他说） ")),
        ] {
            assert_eq!(of(key, typed), stored, "{key} {typed}");
        }
    }

    #[test]
    fn a_visit_needs_no_year_and_a_birth_day_does() {
        let today = Day::new(2026, 11, 23).expect("a day");
        let of = |id: &str, key: &str, typed: &str| {
            let form = builtin(id).expect("built in");
            let values = BTreeMap::from([(key.to_owned(), Value::text(typed))]);
            normal_values(form, values, today).remove(key).and_then(|v| v.as_text().map(str::to_owned)).expect("a text")
        };
        for (id, key, typed, stored) in [
            ("visit", "visit_at", "1122T１４３０", "2026-11-22T14:30:00+08:00"),
            ("visit", "visit_at", "昨天T9", "2026-11-22T09:00:00+08:00"),
            ("visit", "visit_at", "2026-11-22T下午3点", "2026-11-22T15:00:00+08:00"),
            ("visit", "visit_at", "1122T3:5", "2026-11-22T3:5"),
            ("visit", "visit_at", "2026-11-22T", "2026-11-22T"),
            ("visit", "visit_at", "2026-11-22T14:30:00+08:00", "2026-11-22T14:30:00+08:00"),
            ("visit", "next_visit", "0506", "2027-05-06"),
            ("visit", "followup/1/due", "12.3", "2026-12-03"),
            ("assessment", "date", "1122", "2026-11-22"),
            ("child", "birth", "0506", "0506"),
        ] {
            assert_eq!(of(id, key, typed), stored, "{key} {typed}");
        }
    }

    proptest! {
        #[test]
        fn a_normal_form_is_its_own(text in "\\PC{0,40}|[0-9 :./年月日-]{0,20}") {
            for id in crate::form::BUILTIN {
                let form = builtin(id).expect("built in");
                for field in form.fields.iter().chain(form.fields.iter().flat_map(|f| &f.columns)) {
                    let once = normal(field, &Value::text(text.clone()));
                    prop_assert_eq!(normal(field, &once), once, "{}", field.key);
                }
            }
        }
    }
}
