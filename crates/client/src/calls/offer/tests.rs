//! Every role before every act: what is offered is done, and what is not offered would have been refused.

use domain::area::Area;
use domain::day::Day;
use domain::fault::Code;
use domain::id::{DeviceId, PersonId, RecordId, UnitId};
use domain::moment::Moment;
use domain::post::{Reach, Role};
use domain::roster::Row;
use domain::value::Value as Stored;
use dossier::{Actor, Edit, Record};
use serde_json::{Value, json};
use sync::item::{Item, Kind};

use crate::calls::tests::{call, note, tell};
use crate::scene::{District, STREET, Scene, child, post, set};

/// Children as their own director, or others; 7 is open, 50 is closed.
fn scene(role: Role) -> Scene {
    let mut scene = Scene::new();
    let mut rows = scene.first_rows(&["张小明"]);
    let (area, unit) = match role.reach() {
        Reach::Assigned => (STREET + 1, 1),
        Reach::Street => (STREET, 9),
        Reach::District => (STREET - STREET % 1_000_000, 9),
    };
    let unit = UnitId::new([unit; 16]);
    let area = Area::new(area).expect("an area");
    let post = Row::Post { id: post(1), person: PersonId::new([1; 16]), unit, role, from: Day::EPOCH, to: None };
    let mut m = Moment::new(scene.now, &mut scene.chance);
    let placed = scene.district.rows(&mut m, vec![Row::Unit { id: unit, name: "某处".into(), area }, post]);
    rows[0].envelopes.push(placed);
    let other = scene.district.other.clone();
    let placed = scene.district.place(&other, vec![theirs(other.id())]);
    rows[0].envelopes.push(placed);
    let placed = scene.district.rows(&mut Moment::new(scene.now, &mut scene.chance), District::entrust(50));
    rows[0].envelopes.push(placed);
    let closed = Edit::Set("closed".into(), Stored::Yes(true));
    let closed = [set("name", "钱多多"), closed, set("closed_why", "AGE18"), set("closed_on", "2026-09-01")];
    let server = scene.district.server.clone();
    let item = scene.district.change(&mut Record::empty(), 50, &closed, scene.now);
    let placed = scene.district.place(&server, vec![item]);
    rows[0].envelopes.push(placed);
    let cursor = scene.district.cursor();
    rows[0].cursor = Some(sync::wire::Cursor { first: cursor.position, ..cursor });
    scene.exchange(rows);
    scene
}

const THEIRS: RecordId = RecordId::new([77; 16]);

/// A note of another director about child 7.
fn theirs(author: DeviceId) -> Item {
    let form = domain::form::builtin("visit").expect("built in");
    let mut edits: Vec<Edit> = Vec::new();
    for (key, value) in note().as_object().expect("a map") {
        let value: Stored = serde_json::from_value(value.clone()).expect("a value");
        edits.push(Edit::Set(key.clone(), value));
    }
    edits.push(Edit::Set("visit_at".into(), Stored::text("2026-09-20T10:00:00+08:00")));
    edits.push(Edit::Set("followup/0000000000000000000000000000001f/item".into(), Stored::text("问学校")));
    let mut doc = Record::empty();
    let body = doc.edit(form, &Actor::new(author, [3; 8]), crate::scene::START, &edits).expect("edits").expect("some");
    Item { kind: Kind::Change, record: THEIRS, form: "visit".into(), child: Some(child(7)), body }
}

/// Whether the core does it for this role: refused, nothing else than a refusal stands in the way.
fn done(role: Role, act: &str, args: &Value) -> bool {
    let mut scene = scene(role);
    match tell(&mut scene, act, args) {
        Ok(answer) => {
            let stands = ["record", "child", "done", "saved"].map(|key| answer.get(key));
            let empty = [json!(null), json!(false), json!([])];
            assert!(!stands.into_iter().flatten().any(|said| empty.contains(said)), "{role:?} {act}: {answer}");
            true
        }
        Err(fault) if fault.code == Code::Denied => false,
        Err(fault) => panic!("{role:?} {act}: {fault:?}"),
    }
}

fn has(may: &Value, offer: &str) -> bool {
    may.as_array().expect("offers").contains(&json!(offer))
}

/// What is offered is done, and what is not is refused.
fn agree(role: Role, (what, offered): (&str, bool), act: &str, args: &Value) {
    assert_eq!(offered, done(role, act, args), "{role:?}: {what} is offered: {offered}");
}

#[test]
fn every_role_is_offered_with_a_file_what_the_core_does_and_nothing_it_refuses() {
    for role in Role::ALL {
        let mut at = scene(role);
        let mut may = |n: u8| call(&mut at, "child.open", &json!({ "child": child(n) }))["card"]["may"].clone();
        let (open, closed) = (may(7), may(50));
        let offered = |what: &'static str, offer: &str| (what, has(&open, offer));
        agree(role, offered("写走访", "visit"), "visit.begin", &json!({ "children": [child(7)] }));
        let level = json!({ "level": "2", "reason": "祖母住院，无人照料" });
        let assess = json!({ "child": child(7), "values": level });
        agree(role, offered("评估", "assess"), "assessment.complete", &assess);
        let edit = json!({ "set": { "key": "school_name", "value": "松风第一小学" } });
        agree(role, offered("改", "edit"), "child.edit", &json!({ "child": child(7), "edits": [edit] }));
        if has(&open, "edit") {
            // The sensitive part begins with its first value.
            let psych = json!({ "set": { "key": "psych", "value": "1" } });
            agree(role, offered("改", "edit"), "child.edit", &json!({ "child": child(7), "edits": [psych] }));
        }
        let (about, picture) = (RecordId::new([107; 16]), crate::calls::file::tests::yard(1));
        let photo = json!({ "child": child(7), "about": about, "field": "photo", "name": "a.jpg", "data": picture });
        agree(role, offered("照片", "edit"), "file.add", &photo);
        let why = json!({ "closed_why": "MOVED_OUT", "closed_papers": "户口迁移证" });
        agree(role, offered("结案", "close"), "child.close", &json!({ "child": child(7), "values": why }));
        let again = json!({ "child": child(50), "why": "孩子又回来了" });
        agree(role, ("重新启用", has(&closed, "reopen")), "child.reopen", &again);
        assert!(!has(&open, "reopen") && !has(&closed, "close"), "{role:?}");
    }
}

#[test]
fn every_role_is_offered_with_a_note_what_the_core_does_and_nothing_it_refuses() {
    for role in Role::ALL {
        let note = call(&mut scene(role), "visit.open", &json!({ "visit": THEIRS }));
        let offered = |what: &'static str, offer: &str| (what, has(&note["line"]["may"], offer));
        let words = json!({ "visit": THEIRS, "text": "又问了一次。" });
        agree(role, offered("补充说明", "supplement"), "visit.supplement", &words);
        agree(role, offered("已阅", "review"), "visit.review", &json!({ "visit": THEIRS, "verdict": "1" }));
        let row = &note["follow_ups"][0];
        let said = json!({ "visit": THEIRS, "row": row["row"], "done": true });
        agree(role, ("已办", row["may_say"] == true), "follow_up.done", &said);
    }
}

#[test]
fn every_role_is_offered_of_people_what_the_core_does_and_nothing_it_refuses() {
    for role in Role::ALL {
        let mut at = scene(role);
        let card = call(&mut at, "child.open", &json!({ "child": child(7) }))["card"].clone();
        // Handing over: to every post that is shown as one to hand to, from everybody who has the child.
        for line in call(&mut at, "roster.posts", &json!({})).as_array().expect("posts") {
            let hand = line["may_hand"] == true && has(&card["may"], "hand");
            agree(role, ("分派", hand), "roster.assign", &json!({ "children": [child(7)], "post": line["post"] }));
        }
        for charge in card["posts"].as_array().expect("posts") {
            let from = json!({ "children": [child(7)], "post": charge["post"] });
            agree(role, ("收回", charge["may_take"] == true), "roster.withdraw", &from);
        }
        for person in call(&mut at, "roster.people", &json!({})).as_array().expect("people") {
            for device in person["devices"].as_array().expect("computers") {
                let which = json!({ "device": device["device"] });
                agree(role, ("停用", device["may_stop"] == true), "roster.revoke", &which);
            }
        }
    }
}

#[test]
fn every_role_is_offered_without_a_child_what_is_offered_with_one() {
    for role in Role::ALL {
        let mut at = scene(role);
        let me = call(&mut at, "me", &json!({}));
        let card = call(&mut at, "child.open", &json!({ "child": child(7) }))["card"].clone();
        let note = call(&mut at, "visit.open", &json!({ "visit": THEIRS }));
        for offer in ["visit", "assess", "hand", "review"] {
            let somewhere = has(&card["may"], offer) || has(&note["line"]["may"], offer);
            assert_eq!(has(&me["may"], offer), somewhere, "{role:?}: {offer}");
        }
        // Registering: in a community that is offered, and in none where nothing is.
        let places = me["registers"].as_array().expect("places");
        assert_eq!(places.is_empty(), !has(&me["may"], "register"), "{role:?}");
        let community = json!(Area::new(STREET + 1).expect("an area"));
        let place = places.first().map_or(community, |place| place["code"].clone());
        let found = json!({ "area": place, "values": { "name": "新来的" }, "sure": true });
        agree(role, ("新登记", !places.is_empty()), "child.create", &found);
    }
}
