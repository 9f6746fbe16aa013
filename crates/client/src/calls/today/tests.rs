//! The first page on the first day.

use serde_json::{Value, json};

use crate::calls::tests::call;
use crate::scene::{Scene, child};

#[test]
fn forty_imported_children_none_assessed_and_all_due_on_one_day_are_said_in_two_lines() {
    let mut scene = Scene::new();
    let names: Vec<String> = (0..40).map(|n| format!("孩子{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let rows = scene.first_rows(&names);
    scene.exchange(rows);
    let today = call(&mut scene, "today", &json!({}));
    assert_eq!(today["unassessed"], 40);
    assert_eq!(today["crowded"]["children"], 40, "{}", today["crowded"]);
    let led = call(&mut scene, "children.list", &json!({ "due_on": today["crowded"]["day"] }));
    assert_eq!(led["cards"].as_array().map(Vec::len), Some(40), "and it leads there");
    for n in 7..47 {
        let values = json!({ "level": "1", "reason": "情况平稳" });
        call(&mut scene, "assessment.complete", &json!({ "child": child(n), "values": values }));
    }
    assert_eq!(call(&mut scene, "today", &json!({}))["unassessed"], 0);
    assert_eq!(call(&mut Scene::at_work(), "today", &json!({}))["crowded"], Value::Null);
}
