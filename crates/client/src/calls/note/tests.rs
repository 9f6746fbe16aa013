//! Finishing and its draft are one act. It must not reach past the door but to break the disk.

use serde_json::{Value, json};

use crate::scene::{Scene, child};

fn call(scene: &mut Scene, name: &str, args: &Value) -> Result<Value, domain::fault::Fault> {
    let done = scene.with(|client, m| client.call(m, name, args.to_string().as_bytes()))?;
    Ok(serde_json::from_slice(&done.json).expect("JSON"))
}

/// A draft for two siblings, ready to be finished.
fn ready(scene: &mut Scene) -> Value {
    let children = json!([child(7), child(8)]);
    let begun = call(scene, "visit.begin", &json!({ "children": children })).expect("begun");
    let mut values = begun["values"].clone();
    let written = json!({
        "met_child": true, "met_guardian": true, "living": "1", "guard": "1", "health": "1", "study": "2",
        "psych": "1", "safety": "1", "social": "1", "note": "家中整洁，由外祖母照护，情绪稳定，学习正常。",
    });
    for (key, value) in written.as_object().expect("a map") {
        values[key] = value.clone();
    }
    let save = json!({ "draft": begun["draft"], "children": children, "values": values });
    call(scene, "draft.save", &save).expect("saved");
    json!({ "draft": begun["draft"] })
}

fn notes(scene: &mut Scene) -> usize {
    let list = |scene: &mut Scene, n| call(scene, "visits.list", &json!({ "child": child(n) })).expect("a list");
    [7, 8].into_iter().map(|n| list(scene, n).as_array().map_or(0, Vec::len)).sum()
}

#[test]
fn siblings_notes_and_the_end_of_their_draft_are_one_act() {
    let mut scene = Scene::new();
    let rows = scene.first_rows(&["张小明", "张小红"]);
    scene.exchange(rows);
    let draft = ready(&mut scene);

    // The disk fails just when the draft is to go.
    let fail = "CREATE TEMP TRIGGER fail BEFORE DELETE ON draft BEGIN SELECT RAISE(ABORT, 'the disk'); END";
    scene.client.desk().db.execute_batch(fail).expect("a trigger");
    call(&mut scene, "visit.complete", &draft).expect_err("the disk fails");
    assert_eq!(notes(&mut scene), 0, "no note without the end of its draft");

    scene.reopen();
    call(&mut scene, "draft.open", &draft).expect("still there after the power cut");
    let done = call(&mut scene, "visit.complete", &draft).expect("finished");
    assert_eq!(done["records"].as_array().map(Vec::len), Some(2), "{done}");
    assert_eq!(notes(&mut scene), 2, "one note each, not two");
    call(&mut scene, "draft.open", &draft).expect_err("the draft went with them");
}
