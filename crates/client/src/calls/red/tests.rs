//! Red means before, told through the door: what is wrong is not written, by whichever way it would come.

use serde_json::{Value, json};

use crate::calls::tests::call;
use crate::scene::{Scene, child};

fn edit(scene: &mut Scene, edits: Value) -> Value {
    call(scene, "child.edit", &json!({ "child": child(7), "edits": edits }))
}

fn set(key: &str, value: Value) -> Value {
    json!({ "set": { "key": key, "value": value } })
}

fn waiting(scene: &mut Scene) -> Value {
    call(scene, "sync.state", &json!({}))["waiting"].clone()
}

#[test]
fn a_category_that_may_not_stand_here_is_stopped_before_it_is_written() {
    let mut scene = Scene::at_work();
    edit(&mut scene, json!([set("categories/B1/status", json!("1"))]));
    let before = waiting(&mut scene);
    let both = json!([set("categories/C1/status", json!("1")), set("categories/C1/from", json!("2024-05"))]);
    let stopped = edit(&mut scene, both);
    assert_eq!(stopped["saved"], json!([]), "{stopped}");
    let said = |finding: &Value| finding["level"] == "red" && finding["key"] == "categories/C1/status";
    assert!(stopped["findings"].as_array().is_some_and(|all| all.iter().any(said)), "said where it was typed");
    assert_eq!(waiting(&mut scene), before, "nothing of it is on its way");
    let history = call(&mut scene, "child.history", &json!({ "child": child(7) }));
    assert!(!history.to_string().contains("C1"), "nor in the history");
}

#[test]
fn what_was_wrong_elsewhere_blocks_nothing_and_one_of_two_faults_can_be_mended() {
    let mut scene = Scene::at_work();
    // As an older program wrote it: the category stands in the file.
    scene.edit(7, "categories/C1/status", "1");
    scene.edit(7, "categories/C1/from", "2024-05");
    assert_eq!(edit(&mut scene, json!([set("school_name", json!("竹影小学"))]))["saved"], json!(["school_name"]));
    let other = edit(&mut scene, json!([set("categories/B1/status", json!("1"))]));
    assert_eq!(other["saved"], json!(["categories/B1/status"]), "it was red before: {other}");
    for key in ["categories/C1/status", "categories/C1/from"] {
        let gone = edit(&mut scene, json!([{ "clear": { "key": key } }]));
        assert_eq!(gone["saved"], json!([key]), "taken out one by one");
    }
    let history = call(&mut scene, "child.history", &json!({ "child": child(7) }));
    let undo = json!({ "record": history[0]["record"], "change": history[0]["change"] });
    let back = call(&mut scene, "child.undo", &undo);
    assert_eq!(back["saved"], json!([]), "what may not stand does not come back by undo: {back}");
    assert_eq!(back["findings"][0]["level"], "red");
}

#[test]
fn without_the_one_that_is_stopped_the_other_is_judged_again() {
    let mut scene = Scene::at_work();
    edit(&mut scene, json!([set("id_type", json!("01"))]));
    // The number is good as a passport's only, and the kind is no code.
    let stopped = edit(&mut scene, json!([set("id_type", json!("06")), set("id_no", json!("E12345678"))]));
    assert_eq!(stopped["saved"].as_array().map(Vec::len), Some(2), "together they are right: {stopped}");
    edit(&mut scene, json!([set("id_type", json!("01")), { "clear": { "key": "id_no" } }]));
    let stopped = edit(&mut scene, json!([set("id_type", json!("777")), set("id_no", json!("E12345678"))]));
    assert_eq!(stopped["saved"], json!([]), "{stopped}");
    let blank = edit(&mut scene, json!([set("name", json!("  "))]));
    assert_eq!(blank["saved"], json!([]), "a blank is no name: {blank}");
}
