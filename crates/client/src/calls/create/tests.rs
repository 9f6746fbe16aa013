//! File numbers of children found on a visit, with no network.

use serde_json::{Value, json};

use crate::calls::tests::call;
use crate::scene::{STREET, Scene, area};

fn found(scene: &mut Scene, name: &str) -> Value {
    let found = json!({ "area": area(STREET + 1), "sure": true, "values": { "name": name } });
    call(scene, "child.create", &found)["child"].clone()
}

/// The number that stands in a child's file, and whether it may be typed.
fn number(scene: &mut Scene, child: &Value) -> (Value, Value) {
    let file = call(scene, "child.open", &json!({ "child": child }));
    let sections = file["sections"].as_array().expect("sections");
    let mut fields = sections.iter().flat_map(|section| section["fields"].as_array().expect("fields"));
    let field = fields.find(|field| field["key"] == "child_no").expect("the field");
    (field["cell"]["text"].clone(), field["computed"].clone())
}

#[test]
fn each_file_begun_on_this_computer_has_a_number_of_its_own_segment_counted_by_the_year() {
    let mut scene = Scene::at_work();
    let one = found(&mut scene, "王小明");
    let year = scene.client.desk().today(&domain::moment::Moment::new(scene.now, &mut scene.chance)).ymd().0;
    assert_eq!(number(&mut scene, &one), (json!(format!("990102-{year}-137001")), json!(true)));
    scene.reopen();
    let two = found(&mut scene, "李小红");
    assert_eq!(number(&mut scene, &two).0, json!(format!("990102-{year}-137002")));
    let hits = call(&mut scene, "children.find", &json!({ "text": "137002" }));
    assert_eq!(hits["cards"][0]["child"], two, "found by it");
    let today = scene.now;
    scene.now = today.plus_s(366 * 86_400);
    let ahead = found(&mut scene, "周小华");
    scene.now = today.plus_s(60);
    assert_eq!(number(&mut scene, &ahead).0, json!(format!("990102-{}-137001", year + 1)), "a clock that was ahead");
    let three = found(&mut scene, "吴小军");
    assert_eq!(number(&mut scene, &three).0, json!(format!("990102-{year}-137003")), "and none is given twice");
}

#[test]
fn a_store_begun_anew_goes_on_well_after_what_is_on_file() {
    let mut scene = Scene::at_work();
    let one = found(&mut scene, "王小明");
    let first = number(&mut scene, &one).0;
    scene.client.desk().standing.given.clear();
    let two = found(&mut scene, "李小红");
    let next = number(&mut scene, &two).0;
    assert_eq!(next.as_str().map(|n| n.ends_with("-137101")), Some(true), "{first} and then {next}");
}

#[test]
fn after_the_lease_a_found_child_is_taken_in_and_shows_nobody_elses_file() {
    let mut scene = Scene::at_work();
    let like = json!({ "area": area(STREET + 1), "values": { "name": "王小明", "birth": "2016-05-01" } });
    call(&mut scene, "child.create", &like);
    let again = call(&mut scene, "child.create", &like);
    assert_eq!((&again["child"], again["doubles"].as_array().map(Vec::len)), (&Value::Null, Some(1)), "{again}");
    scene.now = scene.now.plus_s(20 * 86_400);
    let found = call(&mut scene, "child.create", &like);
    assert_eq!((found["child"].is_string(), &found["doubles"]), (true, &json!([])), "{found}");
}

#[test]
fn nobody_types_a_file_number() {
    let mut scene = Scene::at_work();
    let child = found(&mut scene, "王小明");
    let before = number(&mut scene, &child);
    let typed = json!({ "child": child, "edits": [{ "set": { "key": "child_no", "value": "990102-2026-000001" } }] });
    assert_eq!(call(&mut scene, "child.edit", &typed)["saved"], json!([]));
    assert_eq!(number(&mut scene, &child), before);
    let history = call(&mut scene, "child.history", &json!({ "child": child }));
    let begun = &history[0];
    call(&mut scene, "child.undo", &json!({ "record": begun["record"], "change": begun["change"] }));
    assert_eq!(number(&mut scene, &child), before, "nor takes it back with what was typed beside it");
    let typed = json!({ "area": area(STREET + 1), "values": { "name": "李小红", "child_no": "990102-2026-000001" } });
    assert_eq!(call(&mut scene, "child.create", &typed)["child"], Value::Null);
}
