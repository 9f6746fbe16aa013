//! Values in the words people use: code names for codes, 是／否, dates and money written out,
//! masked where the form says so, and who said it. In Chinese, or where it is asked for in English.

use domain::code;
use domain::day::Day;
use domain::form::{Field, Form, Kind, Merge};
use domain::id::{DeviceId, PostId};
use domain::mask;
use domain::moment::Timestamp;
use domain::roster::Roster;
use domain::value::Value;
use domain::words::Words;
use dossier::Said;
use serde::Serialize;

use crate::desk::Desk;

/// A language of the screens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Tongue {
    Chinese,
    English,
}

impl Tongue {
    /// The one of a pair.
    pub(crate) const fn of<T: Copy>(self, chinese: T, english: T) -> T {
        match self {
            Self::Chinese => chinese,
            Self::English => english,
        }
    }

    /// The same said in both.
    pub(crate) fn both(say: impl Fn(Self) -> String) -> Words {
        Words::new(say(Self::Chinese), say(Self::English))
    }
}

/// Who said something, on which device, and when.
#[derive(Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Who {
    /// Her name; "（名册里没有）" when unknown here.
    pub(crate) person: String,
    /// What people call the device.
    pub(crate) device: String,
    /// The device, where it is known here.
    pub(crate) device_id: Option<DeviceId>,
    /// Whether it is this device.
    pub(crate) own: bool,
    pub(crate) at: Timestamp,
}

/// Whose words those of the district's server are.
const CENTRE: (&str, &str) = ("区中心", "The centre");
/// Somebody this device does not know.
pub(super) const NOBODY: (&str, &str) = ("（名册里没有）", "(not in the roster)");

impl Who {
    /// Her name, to stand in a sentence.
    pub(crate) fn named(&self, tongue: Tongue) -> &str {
        let known = [CENTRE, NOBODY].into_iter().find(|(chinese, _)| *chinese == self.person);
        known.map_or(&self.person, |(chinese, english)| tongue.of(chinese, english))
    }
}

/// Who an actor is.
pub(crate) fn who(desk: &Desk, actor: &dossier::Actor, at: Timestamp) -> Who {
    let sayer = desk.sayer(actor);
    let own = actor.is_of(desk.me.device());
    let server = actor.is_of(desk.me.server);
    let person = match (sayer.person.is_empty(), server) {
        (false, _) => sayer.person,
        (true, true) => CENTRE.0.to_owned(),
        (true, false) => NOBODY.0.to_owned(),
    };
    Who { person, device: sayer.label, device_id: sayer.device, own, at }
}

/// Who said a value.
pub(crate) fn said_by(desk: &Desk, said: &Said) -> Who {
    who(desk, &said.actor, said.at)
}

/// A value in words. `field` is `None` for keys of newer forms.
pub(crate) fn say(roster: &Roster, field: Option<&Field>, value: &Value) -> String {
    say_in(Tongue::Chinese, roster, field, value)
}

/// [`say`] in a language.
pub(crate) fn say_in(tongue: Tongue, roster: &Roster, field: Option<&Field>, value: &Value) -> String {
    match (value, field) {
        (Value::Unknown, _) => tongue.of("未采集", "not collected").to_owned(),
        (Value::Yes(true), _) => tongue.of("是", "yes").to_owned(),
        (Value::Yes(false), _) => tongue.of("否", "no").to_owned(),
        (Value::Int(fen), Some(field)) if field.kind == Kind::Money => {
            format!("{}.{:02}{}", fen / 100, (fen % 100).abs(), tongue.of("元", " yuan"))
        }
        (Value::Int(n), _) => n.to_string(),
        (Value::Text(text), Some(field)) => written(tongue, roster, field, text),
        (Value::Text(text), None) => text.clone(),
    }
}

/// What people read for a code of a field's table.
pub(crate) fn coded<'f>(tongue: Tongue, field: &'f Field, code: &str) -> Option<&'f str> {
    let table = field.code.as_deref().and_then(code::table)?;
    tongue.of(table.name(code), table.en(code))
}

fn written(tongue: Tongue, roster: &Roster, field: &Field, text: &str) -> String {
    if let Some(name) = coded(tongue, field, text) {
        return name.to_owned();
    }
    match field.kind {
        Kind::Ref => post(roster, text).unwrap_or_else(|| text.to_owned()),
        Kind::Area => area(roster, text).unwrap_or_else(|| text.to_owned()),
        Kind::Time => text.get(..16).map_or_else(|| text.to_owned(), |t| t.replace('T', " ")),
        _ => text.to_owned(),
    }
}

fn post(roster: &Roster, id: &str) -> Option<String> {
    let post = roster.posts.get(&id.parse::<PostId>().ok()?)?;
    roster.people.get(&post.person).cloned()
}

fn area(roster: &Roster, code: &str) -> Option<String> {
    let area = code.parse().ok()?;
    let unit = roster.units.values().find(|unit| unit.area == area).map(|unit| unit.name.clone());
    unit.or_else(|| domain::country::name(area))
}

/// A value in words, masked where the field says so; whether it was.
pub(crate) fn masked(roster: &Roster, field: Option<&Field>, value: &Value) -> (String, bool) {
    masked_in(Tongue::Chinese, roster, field, value)
}

/// [`masked`] in a language.
pub(crate) fn masked_in(tongue: Tongue, roster: &Roster, field: Option<&Field>, value: &Value) -> (String, bool) {
    match (field.and_then(|f| f.mask), value) {
        (Some(kind), Value::Text(text)) => (mask::show(kind, text), true),
        _ => (say_in(tongue, roster, field, value), false),
    }
}

/// What a field is called, and what stands there.
pub(crate) fn line(tongue: Tongue, label: &str, text: &str) -> String {
    format!("{label}{}{text}", tongue.of("：", ": "))
}

/// What stands where somebody emptied a field.
pub(crate) const fn emptied(tongue: Tongue) -> &'static str {
    tongue.of("（清空）", "(emptied)")
}

/// What a key is called: the field's title, with its row's or member's name where there is one.
pub(crate) fn label_in(tongue: Tongue, form: &Form, key: &str) -> String {
    let Some(field) = form.field(key) else { return key.to_owned() };
    let parts: Vec<&str> = key.split('/').collect();
    let top = form.fields.iter().find(|f| f.key == parts[0]);
    let title = |field: &Field| tongue.of(&field.title, &field.en).clone();
    let member = |code: &str| coded(tongue, field, code).unwrap_or(code).to_owned();
    match (top, parts.as_slice()) {
        (Some(top), [_, row, rest @ ..]) if top.merge == Merge::Rows => {
            let bracketed = |name| match tongue {
                Tongue::Chinese => format!("（{name}）"),
                Tongue::English => format!(" ({name})"),
            };
            let row = coded(tongue, top, row).map(bracketed).unwrap_or_default();
            let member = rest.get(1).map(|code| format!("·{}", member(code))).unwrap_or_default();
            format!("{}{row}·{}{member}", title(top), title(field))
        }
        (_, [_, code]) => format!("{}·{}", title(field), member(code)),
        (_, _) => title(field),
    }
}

/// `17:32` today, `11-22 17:32` before.
pub(crate) fn clock(at: Timestamp, today: Day) -> String {
    let day = Day::of(at);
    let minutes = at.0.saturating_sub(day.start().0) / 60_000;
    let (_, month, date) = day.ymd();
    let time = format!("{:02}:{:02}", minutes / 60, minutes % 60);
    if day == today { time } else { format!("{month:02}-{date:02} {time}") }
}

/// RFC 3339 with China's zone, to the minute.
pub(crate) fn rfc3339(at: Timestamp) -> String {
    let day = Day::of(at);
    let minutes = at.0.saturating_sub(day.start().0) / 60_000;
    format!("{day}T{:02}:{:02}:00+08:00", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_shows_chinese_time_and_the_day_only_when_it_is_another() {
        let noon = Timestamp("2026-11-23".parse::<Day>().expect("a day").start().0 + 12 * 3_600_000);
        let today = Day::of(noon);
        assert_eq!(clock(noon, today), "12:00");
        assert_eq!(clock(noon, today.plus(1)), "11-23 12:00");
        assert_eq!(rfc3339(noon), "2026-11-23T12:00:00+08:00");
    }

    #[test]
    fn keys_are_called_as_on_the_form() {
        let form = domain::form::builtin("child").expect("the form");
        assert_eq!(label_in(Tongue::Chinese, form, "name"), "姓名");
        assert_eq!(label_in(Tongue::Chinese, form, "categories/B1/from"), "类别（事实无人抚养儿童）·起始日期");
        assert_eq!(label_in(Tongue::Chinese, form, "someday"), "someday");
        let en = |key| label_in(Tongue::English, form, key);
        assert_eq!(en("categories/B1/from"), "Categories (de facto without care)·From");
        assert_eq!(en("someday"), "someday");
    }
}
