//! The filters people ask the list with.

use domain::day::Day;
use serde_json::{Value, json};

use crate::calls::tests::{call, whole_note};
use crate::scene::{Scene, child};

fn names(scene: &mut Scene, filter: &Value) -> Vec<String> {
    let listed = call(scene, "children.list", filter);
    let cards = listed["cards"].as_array().expect("cards").iter();
    cards.filter_map(|card| card["name"].as_str().map(str::to_owned)).collect()
}

#[test]
fn without_a_level_without_a_visit_this_month_and_due_on_a_day() {
    let mut scene = Scene::new();
    let rows = scene.first_rows(&["张小明", "李小雨"]);
    scene.exchange(rows);
    call(
        &mut scene,
        "assessment.complete",
        &json!({ "child": child(7), "values": { "level": "1", "reason": "情况平稳" } }),
    );
    let begun = call(&mut scene, "visit.begin", &json!({ "children": [child(8)] }));
    let mut values = whole_note(&begun);
    values["next_visit"] = json!(Day::of(scene.now).plus(9));
    call(&mut scene, "visit.complete", &json!({ "draft": begun["draft"], "values": values }));
    assert_eq!(names(&mut scene, &json!({ "unassessed": true })), ["李小雨"]);
    assert_eq!(names(&mut scene, &json!({ "unassessed": false })), ["张小明"]);
    assert_eq!(names(&mut scene, &json!({ "unvisited": true })), ["张小明"]);
    let due_on = json!({ "due_on": Day::of(scene.now).plus(9) });
    assert_eq!(names(&mut scene, &due_on), ["李小雨"]);
    // The month is over: nobody was visited in the new one.
    let month = Day::of(scene.now).first_of_month();
    while Day::of(scene.now).first_of_month() == month {
        scene.now = scene.now.plus_s(86_400);
    }
    scene.exchange(Vec::new());
    assert_eq!(names(&mut scene, &json!({ "unvisited": true })).len(), 2);
}
