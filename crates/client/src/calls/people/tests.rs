//! People and computers, told through the door. It must not reach past it.

use domain::day::Day;
use domain::fault::Code;
use domain::id::{Branch, DeviceId, PersonId, RecordId, UnitId};
use domain::post::Role;
use domain::roster::Row;
use serde_json::{Value, json};
use sync::item::{Item, Kind};
use sync::notice::{self, Notice};
use sync::wire::{Outcome, Reason, Verdict};

use crate::scene::{START, STREET, Scene, post};

fn tell(scene: &mut Scene, name: &str, args: &Value) -> Result<Value, Code> {
    let done = scene.with(|client, m| client.call(m, name, args.to_string().as_bytes())).map_err(|f| f.code)?;
    Ok(serde_json::from_slice(&done.json).expect("JSON"))
}

fn people(scene: &mut Scene) -> Value {
    tell(scene, "roster.people", &json!({})).expect("the people")
}

fn stop(scene: &mut Scene, device: DeviceId) -> Result<Value, Code> {
    tell(scene, "roster.revoke", &json!({ "device": device }))
}

/// The first director is the street's supervisor as well.
fn station() -> Scene {
    let mut scene = Scene::new();
    let mut rows = scene.first_rows(&["张小明"]);
    let (unit, person) = (UnitId::new([9; 16]), PersonId::new([1; 16]));
    let area = domain::area::Area::new(STREET).expect("an area");
    let also = vec![
        Row::Unit { id: unit, name: "示例街道".into(), area },
        Row::Post { id: post(9), person, unit, role: Role::Supervisor, from: Day::EPOCH, to: None },
    ];
    let mut m = domain::moment::Moment::new(scene.now, &mut scene.chance);
    rows[0].envelopes.push(scene.district.rows(&mut m, also));
    let cursor = scene.district.cursor();
    rows[0].cursor = Some(sync::wire::Cursor { first: cursor.position, ..cursor });
    scene.exchange(rows);
    scene
}

#[test]
fn a_station_sees_everybody_of_its_street_with_the_digits_of_each_computer() {
    let mut scene = station();
    let (me, other) = (scene.client.desk().me.device(), scene.district.other.clone());
    let people = people(&mut scene);
    assert_eq!(people.as_array().map(Vec::len), Some(2), "{people}");
    let (herself, neighbour) = (&people[0], &people[1]);
    assert_eq!((&herself["name"], &neighbour["name"]), (&json!("主任1"), &json!("主任2")));
    assert_eq!(herself["posts"].as_array().map(Vec::len), Some(2), "both her posts");
    assert_eq!((&herself["posts"][1]["unit"], &herself["posts"][1]["children"]), (&json!("社区1"), &json!(1)));
    let mine = &herself["devices"][0];
    assert_eq!((&mine["device"], &mine["mine"], &mine["may_stop"]), (&json!(me), &json!(true), &json!(false)));
    assert_eq!(mine["last_contact"], json!(scene.now), "its last sync");
    let digits = sync::enrol::comparison(&crate::scene::DISTRICT, &other.sign_public(), &other.seal_public());
    let told = json!([{
        "device": other.id(), "label": "主任2的笔记本", "enrolled": START, "last_contact": null, "digits": digits,
        "stopped": false, "mine": false, "may_stop": true,
    }]);
    assert_eq!(neighbour["devices"], told);
}

#[test]
fn a_director_sees_herself_and_stops_nobody() {
    let mut scene = Scene::at_work();
    let other = scene.district.other.id();
    let people = people(&mut scene);
    assert_eq!(people.as_array().map(Vec::len), Some(1), "{people}");
    assert_eq!((&people[0]["name"], &people[0]["devices"][0]["mine"]), (&json!("主任1"), &json!(true)));
    assert_eq!(stop(&mut scene, other), Err(Code::Denied));
}

#[test]
fn a_lost_computer_is_stopped_once_and_the_row_goes_with_the_next_sync() {
    let mut scene = station();
    let (me, other) = (scene.client.desk().me.device(), scene.district.other.id());
    assert_eq!(stop(&mut scene, me), Err(Code::Denied), "never the one she sits at");
    assert_eq!(stop(&mut scene, DeviceId::new([77; 16])), Err(Code::NotFound));
    for _ in 0..2 {
        assert_eq!(stop(&mut scene, other), Ok(json!({})), "said again, nothing happens");
    }
    let stopped = |scene: &mut Scene| people(scene)[1]["devices"][0].clone();
    let line = stopped(&mut scene);
    assert_eq!((&line["stopped"], &line["may_stop"]), (&json!(true), &json!(false)));
    let sent = scene.exchange(Vec::new());
    let items = sent.push[0].0.items().map(|(_, item)| item.expect("an item"));
    let rows: Vec<Row> = items.map(|item| minicbor::decode(&item.body).expect("a row")).collect();
    assert_eq!(rows, [Row::Revoke { device: other }]);
    assert!(scene.with(|client, m| client.rebuilt_equals(m)).expect("the store"));

    let (branch, seq) = (sent.push[0].0.branch, sent.push[0].0.seq);
    let held = Verdict { branch, seq, outcomes: vec![(0, Outcome::Held(Reason::Forbidden))] };
    scene.exchange_with(Vec::new(), vec![held]);
    assert_eq!(stopped(&mut scene)["stopped"], json!(false), "what the gate did not take is not shown as done");
}

#[test]
fn a_laptop_all_of_whose_work_is_kept_aside_was_heard_of() {
    let mut scene = station();
    let device = scene.district.other.id();
    let last = |scene: &mut Scene| people(scene)[1]["devices"][0]["last_contact"].clone();
    assert_eq!(last(&mut scene), Value::Null);
    let notice = Notice {
        device,
        branch: Branch([1; 8]),
        seq: 1,
        place: 0,
        reason: Reason::Forbidden,
        form: "visit".into(),
        child: None,
        target: None,
    };
    let body = minicbor::to_vec(notice).expect("memory");
    let record = RecordId::new([50; 16]);
    let item = Item { kind: Kind::Audit, record, form: notice::FORM.into(), child: None, body };
    let server = scene.district.server.clone();
    let placed = scene.district.place(&server, vec![item]);
    let at = placed.envelope.0.at;
    let rows = scene.tail(vec![placed]);
    scene.exchange(vec![rows]);
    assert_eq!(last(&mut scene), json!(at), "by the server's word");
}
