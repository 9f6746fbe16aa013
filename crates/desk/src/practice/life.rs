//! Who lives in the practice district and what happened there in the last weeks. All of it is
//! made up; numbers carry the area prefix 99 and telephones 1400.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use client::{Client, KdfCost};
use domain::area::Area;
use domain::check::id_no;
use domain::day::Day;
use domain::fault::{Code, Fault};
use domain::id::{PersonId, PostId, UnitId};
use domain::moment::{Moment, Timestamp};
use domain::post::Role;
use domain::roster::Row;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sync::key::DeviceKey;

use super::town::Town;
use crate::clock::OsChance;

const DISTRICT: &str = "练习区";
const STREET: u64 = 990_102_001_000;
const COMMUNITY: u64 = 990_102_001_001;
/// The number the child's mother gave, and the one the school gave the station.
const PHONES: [&str; 2] = ["14000002468", "14000001357"];
/// Folders of the two desks that are not the learner's, while the district is made.
const OTHERS: [&str; 2] = ["old", "station"];
const DAY_S: i64 = 86_400;
/// The child that was found alone at home, and the one that moved away, in the order of the list.
const ALONE: usize = 4;
const MOVED: usize = 8;

#[derive(Deserialize)]
struct People {
    families: Vec<Family>,
}

#[derive(Deserialize)]
struct Family {
    address: String,
    guard: String,
    home: String,
    /// Level and reason of an assessment.
    risk: Option<String>,
    why: Option<String>,
    members: Vec<Map<String, Value>>,
    children: Vec<Child>,
}

#[derive(Deserialize)]
struct Child {
    name: String,
    sex: String,
    /// Years before this one, and the day.
    born: (i16, String),
    category: String,
    school: Option<String>,
    stage: Option<String>,
    class: Option<String>,
    phone: Option<String>,
    /// How many days ago, in how many days from today the next is planned, what was written.
    visits: Vec<(i64, i32, String)>,
}

/// One desk of the district.
struct Desk {
    client: Client,
    key: DeviceKey,
}

impl Desk {
    fn ask(&mut self, now: Timestamp, name: &str, args: &Value) -> Result<Value, Fault> {
        let mut chance = OsChance;
        let done = self.client.call(&mut Moment::new(now, &mut chance), name, args.to_string().as_bytes())?;
        serde_json::from_slice(&done.json).map_err(|_| Code::Bug.into())
    }
}

/// Makes the district; gives back the learner's desk, open, in `folder`.
pub(super) fn live(folder: &Path, now: Timestamp, passphrase: &str, cost: KdfCost) -> Result<Client, Fault> {
    let people: People = serde_json::from_str(include_str!("people.json")).map_err(|_| Code::Bug)?;
    let mut chance = OsChance;
    let m = &mut Moment::new(now.plus_s(-60 * DAY_S), &mut chance);
    let mut town = Town::found(m);
    let staff = Staff::new(m);
    let mut desk = |place: &Path, person: PersonId| {
        let key = DeviceKey::fresh(m);
        let grant = town.grant(DISTRICT, person, key.clone());
        let client = Client::create(place, m, grant, passphrase, cost)?;
        Ok::<_, Fault>(Desk { client, key })
    };
    let mut learner = desk(folder, staff.learner)?;
    let [mut old, mut station] =
        [desk(&folder.join(OTHERS[0]), staff.learner)?, desk(&folder.join(OTHERS[1]), staff.supervisor)?];
    town.write(m, &staff.rows(&[(&learner.key, false), (&old.key, false), (&station.key, true)]));
    town.exchange(&mut old.client, m.now)?;
    let children = register(&mut old, &people, now)?;
    visits(&mut old, &people, &children, now)?;
    town.exchange(&mut old.client, now.plus_s(-2 * DAY_S))?;
    town.exchange(&mut station.client, now.plus_s(-2 * DAY_S))?;
    evening(&mut old, &mut station, &children, now.plus_s(-DAY_S))?;
    // Both send before either hears of the other.
    town.exchange(&mut old.client, now.plus_s(-DAY_S + 60))?;
    town.exchange(&mut station.client, now.plus_s(-DAY_S + 60))?;
    town.exchange(&mut learner.client, now)?;
    half_a_note(&mut learner, &children, now)?;
    drop((old, station));
    // What the two others know the learner's desk has been told.
    for place in OTHERS {
        fs::remove_dir_all(folder.join(place)).map_err(|_| Code::DiskFailed)?;
    }
    Ok(learner.client)
}

/// The people who work there.
struct Staff {
    learner: PersonId,
    supervisor: PersonId,
    units: [UnitId; 2],
    posts: [PostId; 2],
}

impl Staff {
    fn new(m: &mut Moment) -> Self {
        Self {
            learner: PersonId::new(m.uuid()),
            supervisor: PersonId::new(m.uuid()),
            units: [UnitId::new(m.uuid()), UnitId::new(m.uuid())],
            posts: [PostId::new(m.uuid()), PostId::new(m.uuid())],
        }
    }

    fn rows(&self, devices: &[(&DeviceKey, bool)]) -> Vec<Row> {
        let area = |code| Area::new(code).ok();
        let mut rows = Vec::new();
        for (id, name, code) in [(self.units[0], "练习街道未保站", STREET), (self.units[1], "练习社区", COMMUNITY)]
        {
            rows.extend(area(code).map(|area| Row::Unit { id, name: name.to_owned(), area }));
        }
        for (id, name) in [(self.supervisor, "安宁"), (self.learner, "练习者")] {
            rows.push(Row::Person { id, name: name.to_owned() });
        }
        let held = [(self.supervisor, Role::Supervisor), (self.learner, Role::Director)];
        for ((id, unit), (person, role)) in self.posts.into_iter().zip(self.units).zip(held) {
            rows.push(Row::Post { id, person, unit, role, from: Day::EPOCH, to: None });
        }
        for ((key, station), label) in devices.iter().zip(["练习用的电脑", "从前的电脑", "街道站的电脑"])
        {
            let person = if *station { self.supervisor } else { self.learner };
            rows.push(Town::device(key, person, label));
        }
        rows
    }
}

/// Every child of the district, in the order of the list.
fn register(desk: &mut Desk, people: &People, now: Timestamp) -> Result<Vec<Value>, Fault> {
    let at = now.plus_s(-58 * DAY_S);
    let mut made = Vec::new();
    for family in &people.families {
        for child in &family.children {
            let values = file(family, child, made.len() + 1, Day::of(now));
            let area = COMMUNITY.to_string();
            let done = desk.ask(at, "child.create", &json!({ "area": area, "values": values, "sure": true }))?;
            let id = done["child"].clone();
            if id.is_null() {
                return Err(Fault::new(Code::Bug, done["findings"].to_string()));
            }
            if let (Some(level), Some(why)) = (&family.risk, &family.why) {
                let said = json!({ "child": id, "values": { "level": level, "reason": why } });
                desk.ask(at.plus_s(60), "assessment.complete", &said)?;
            }
            made.push(id);
        }
    }
    Ok(made)
}

/// What is known of a child, as the fields of the file.
fn file(family: &Family, child: &Child, number: usize, today: Day) -> BTreeMap<String, Value> {
    let mut values = BTreeMap::new();
    let mut set = |key: &str, value: Value| drop(values.insert(key.to_owned(), value));
    let born = format!("{}-{}", today.ymd().0 - child.born.0, child.born.1);
    let seventeen = format!("990102{}{:03}", born.replace('-', ""), number * 2 + usize::from(child.sex == "1"));
    let id_no = id_no::check_digit(&seventeen).map(|digit| format!("{seventeen}{digit}"));
    set("name", json!(child.name));
    set("sex", json!(child.sex));
    set("birth", json!(born));
    set("id_type", json!("01"));
    set("id_no", json!(id_no));
    set("nation", json!("01"));
    set("hukou_has", json!(true));
    set("hukou_addr", json!(family.address));
    set("live_addr", json!(family.address));
    set("live_type", json!(family.home));
    set("guard_type", json!(family.guard));
    set("health", json!(if child.category == "E3" { "40" } else { "10" }));
    set("source", json!("1"));
    set(&format!("categories/{}/status", child.category), json!("1"));
    for (key, known) in [
        ("school_name", &child.school),
        ("school_stage", &child.stage),
        ("grade_class", &child.class),
        ("phone_child", &child.phone),
    ] {
        if let Some(known) = known {
            set(key, json!(known));
        }
    }
    for (n, member) in family.members.iter().enumerate() {
        for (key, value) in member {
            match (key.as_str(), value.as_str()) {
                ("status", Some(code)) => set(&format!("family/+{n}/status/{code}"), json!(true)),
                _ => set(&format!("family/+{n}/{key}"), value.clone()),
            }
        }
    }
    values
}

/// The notes of the last weeks, each on its day.
fn visits(desk: &mut Desk, people: &People, children: &[Value], now: Timestamp) -> Result<(), Fault> {
    let all = people.families.iter().flat_map(|family| &family.children).zip(children);
    let mut notes: Vec<(i64, i32, &str, &Value)> = all
        .flat_map(|(child, id)| child.visits.iter().map(move |(ago, next, note)| (*ago, *next, note.as_str(), id)))
        .collect();
    notes.sort_by_key(|(ago, ..)| -ago);
    for (ago, next, note, child) in notes {
        let at = now.plus_s(-ago * DAY_S);
        let said = json!({ "note": note, "next_visit": Day::of(now).plus(next).to_string() });
        visit(desk, child, at, &said)?;
    }
    Ok(())
}

/// One finished note: all is well but for what is said.
fn visit(desk: &mut Desk, child: &Value, at: Timestamp, said: &Value) -> Result<(), Fault> {
    let draft = desk.ask(at, "visit.begin", &json!({ "children": [child] }))?;
    let mut values = draft["values"].clone();
    for key in ["living", "guard", "health", "study", "psych", "safety", "social"] {
        values[key] = json!("1");
    }
    values["met_child"] = json!(true);
    values["met_guardian"] = json!(true);
    values["contact_parent"] = json!("1");
    for (key, value) in said.as_object().into_iter().flatten() {
        values[key] = value.clone();
    }
    let done = desk.ask(at, "visit.complete", &json!({ "draft": draft["draft"], "values": values }))?;
    if done["records"].as_array().is_none_or(Vec::is_empty) {
        return Err(Fault::new(Code::Bug, done["findings"].to_string()));
    }
    Ok(())
}

/// A note that raises an alarm, which nobody has answered yet.
fn danger() -> Value {
    json!({
        "met_guardian": false, "unmet_reason": "母亲外出打零工，下午才回来", "safety": "4",
        "safety_note": "四岁孩子独自在家，煤气灶开着火。", "guard": "3", "guard_note": "这周已有两次独自在家。",
        "report_needed": false, "risk_hint": "2",
        "note": "敲门孩子自己开的，母亲不在，灶上煮着面。已关火，陪孩子等到母亲回来，讲明不能把幼儿单独留在家里。",
    })
}

/// The station sends a note back and closes the file of a child that moved away; a telephone number is heard
/// differently by two; one child was found in danger.
fn evening(old: &mut Desk, station: &mut Desk, children: &[Value], at: Timestamp) -> Result<(), Fault> {
    let (Some(first), Some(third), Some(alone)) = (children.first(), children.get(2), children.get(ALONE)) else {
        return Err(Code::Bug.into());
    };
    visit(old, alone, at, &danger())?;
    let closing = json!({ "closed_why": "MOVED_OUT", "closed_papers": "迁移证（练习）" });
    let done = station.ask(at, "child.close", &json!({ "child": children.get(MOVED), "values": closing }))?;
    if done["done"] != true {
        return Err(Fault::new(Code::Bug, done["findings"].to_string()));
    }
    let notes = station.ask(at, "visits.list", &json!({ "child": third }))?;
    let back = json!({ "visit": notes[0]["record"], "verdict": "2", "note": "请补充孩子在学校的情况" });
    station.ask(at, "visit.review", &back)?;
    for (desk, phone) in [(old, PHONES[0]), (station, PHONES[1])] {
        let edits = json!([{ "set": { "key": "phone_child", "value": phone } }]);
        desk.ask(at, "child.edit", &json!({ "child": first, "edits": edits }))?;
    }
    Ok(())
}

/// A note the learner began this morning.
fn half_a_note(learner: &mut Desk, children: &[Value], now: Timestamp) -> Result<(), Fault> {
    let child = children.last().ok_or(Code::Bug)?;
    let draft = learner.ask(now, "visit.begin", &json!({ "children": [child] }))?;
    let mut values = draft["values"].clone();
    values["note"] = json!("刚进门，先记下：妈妈在家，孩子刚吃完药，");
    let save = json!({ "draft": draft["draft"], "children": [child], "values": values });
    learner.ask(now, "draft.save", &save).map(|_| ())
}
