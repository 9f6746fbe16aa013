//! Hints of a day's end. It must not reach past the door.

use domain::id::RecordId;
use serde_json::{Value, json};
use sync::item::{Item, Kind};

use crate::scene::{Scene, child, set};

fn dayend(scene: &mut Scene) -> Value {
    let done = scene.with(|client, m| client.call(m, "dayend", b"{}")).expect("a day's end");
    serde_json::from_slice(&done.json).expect("JSON")
}

#[test]
fn an_import_is_counted_and_what_people_changed_is_told() {
    let mut scene = Scene::new();
    let rows = scene.first_rows(&["张小明", "张小红"]);
    scene.exchange(rows);
    let day = dayend(&mut scene);
    assert_eq!((&day["imported"], day["files"].as_array().map(Vec::len)), (&json!(2), Some(2)), "导入 2 份");
    scene.now = scene.now.plus_s(24 * 3600);
    scene.edit(7, "school_name", "第二小学");
    let day = dayend(&mut scene);
    assert_eq!(day["imported"], 0, "that was yesterday");
    assert_eq!(day["files"][0]["lines"][0]["key"], "school_name", "what a person changed is told: {day}");
}

#[test]
fn two_people_at_one_child_within_two_hours_are_pointed_out() {
    let mut scene = Scene::at_work();
    let server = scene.district.server.clone();
    let mut visits = Vec::new();
    for (n, at) in [(1, "09:00"), (2, "10:30"), (3, "15:00")] {
        let values =
            [set("visit_at", &format!("{}T{at}:00+08:00", domain::day::Day::of(scene.now))), set("note", "家中整洁")];
        let form = domain::form::builtin("visit").expect("built in");
        let actor = dossier::Actor::new(domain::id::DeviceId::new([n; 16]), [n; 8]);
        // The second is written by the centre, the others by somebody outside the roster.
        let actor = if n == 2 { dossier::Actor::new(server.id(), [n; 8]) } else { actor };
        let body = dossier::Record::empty().edit(form, &actor, scene.now, &values).expect("edits").expect("a change");
        let record = RecordId::new([n + 40; 16]);
        visits.push(Item { kind: Kind::Change, record, form: "visit".into(), child: Some(child(7)), body });
    }
    let placed = scene.district.place(&server, visits);
    let rows = scene.tail(vec![placed]);
    scene.exchange(vec![rows]);
    let day = dayend(&mut scene);
    let pair = json!([RecordId::new([41; 16]), RecordId::new([42; 16])]);
    assert_eq!(day["together"], json!([{ "child": child(7), "visits": pair }]));
}
