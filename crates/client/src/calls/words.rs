//! Values in the words people use: code names for codes, 是／否, dates and money written out,
//! masked where the form says so, and who said it.

use domain::code;
use domain::day::Day;
use domain::form::{Field, Form, Kind, Merge};
use domain::id::{DeviceId, PostId};
use domain::mask;
use domain::moment::Timestamp;
use domain::roster::Roster;
use domain::value::Value;
use dossier::Said;
use serde::Serialize;

use crate::desk::Desk;

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

/// Who an actor is.
pub(crate) fn who(desk: &Desk, actor: &dossier::Actor, at: Timestamp) -> Who {
    let sayer = desk.sayer(actor);
    let own = actor.is_of(desk.me.device());
    let server = actor.is_of(desk.me.server);
    let person = match (sayer.person.is_empty(), server) {
        (false, _) => sayer.person,
        (true, true) => "区中心".to_owned(),
        (true, false) => "（名册里没有）".to_owned(),
    };
    Who { person, device: sayer.label, device_id: sayer.device, own, at }
}

/// Who said a value.
pub(crate) fn said_by(desk: &Desk, said: &Said) -> Who {
    who(desk, &said.actor, said.at)
}

/// A value in words. `field` is `None` for keys of newer forms.
pub(crate) fn say(roster: &Roster, field: Option<&Field>, value: &Value) -> String {
    let Some(field) = field else { return plain(value) };
    match value {
        Value::Unknown => "未采集".to_owned(),
        Value::Yes(true) => "是".to_owned(),
        Value::Yes(false) => "否".to_owned(),
        Value::Int(fen) if field.kind == Kind::Money => format!("{}.{:02}元", fen / 100, (fen % 100).abs()),
        Value::Int(n) => n.to_string(),
        Value::Text(text) => written(roster, field, text),
    }
}

fn written(roster: &Roster, field: &Field, text: &str) -> String {
    if let Some(table) = field.code.as_deref().and_then(code::table) {
        return table.name(text).unwrap_or(text).to_owned();
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
    roster.units.values().find(|unit| unit.area == area).map(|unit| unit.name.clone())
}

fn plain(value: &Value) -> String {
    match value {
        Value::Unknown => "未采集".to_owned(),
        Value::Yes(yes) => if *yes { "是" } else { "否" }.to_owned(),
        Value::Int(n) => n.to_string(),
        Value::Text(text) => text.clone(),
    }
}

/// A value in words, masked where the field says so; whether it was.
pub(crate) fn masked(roster: &Roster, field: Option<&Field>, value: &Value) -> (String, bool) {
    match (field.and_then(|f| f.mask), value) {
        (Some(kind), Value::Text(text)) => (mask::show(kind, text), true),
        _ => (say(roster, field, value), false),
    }
}

/// What a key is called: the field's title, with its row's or member's name where there is one.
pub(crate) fn label(form: &Form, key: &str) -> String {
    let Some(field) = form.field(key) else { return key.to_owned() };
    let parts: Vec<&str> = key.split('/').collect();
    let top = form.fields.iter().find(|f| f.key == parts[0]);
    let member = |code: &str| {
        let name = field.code.as_deref().and_then(code::table).and_then(|table| table.name(code));
        name.unwrap_or(code).to_owned()
    };
    match (top, parts.as_slice()) {
        (Some(top), [_, row, rest @ ..]) if top.merge == Merge::Rows => {
            let table = top.code.as_deref().and_then(code::table);
            let row = table.and_then(|t| t.name(row)).map(|name| format!("（{name}）")).unwrap_or_default();
            let member = rest.get(1).map(|code| format!("·{}", member(code))).unwrap_or_default();
            format!("{}{row}·{}{member}", top.title, field.title)
        }
        (_, [_, code]) => format!("{}·{}", field.title, member(code)),
        (_, _) => field.title.clone(),
    }
}

/// `17:32` today, `11-22 17:32` before.
pub(crate) fn clock(at: Timestamp, today: Day) -> String {
    let day = Day::of(at);
    let minutes = (at.0 - day.start().0) / 60_000;
    let (_, month, date) = day.ymd();
    let time = format!("{:02}:{:02}", minutes / 60, minutes % 60);
    if day == today { time } else { format!("{month:02}-{date:02} {time}") }
}

/// RFC 3339 with China's zone, to the minute.
pub(crate) fn rfc3339(at: Timestamp) -> String {
    let day = Day::of(at);
    let minutes = (at.0 - day.start().0) / 60_000;
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
        assert_eq!(label(form, "name"), "姓名");
        assert_eq!(label(form, "categories/B1/from"), "类别（事实无人抚养儿童）·起始日期");
        assert_eq!(label(form, "someday"), "someday");
    }
}
