//! What a visit left to be done: shown until somebody says it is done, on every desk that has the note.

use domain::id::RecordId;
use serde_json::{Value, json};

use crate::calls::tests::{call, whole_note};
use crate::scene::{Scene, child};

/// A note with two follow-ups whose rows are named as a page named them once.
fn note_with_rows(scene: &mut Scene) -> Value {
    let begun = call(scene, "visit.begin", &json!({ "children": [child(7)] }));
    let mut values = whole_note(&begun);
    for (row, item, due) in [("k3x9qz1p", "带孩子补办户口", "2026-10-01"), ("1f", "问学校要课桌", "")] {
        values[format!("followup/{row}/item")] = json!(item);
        if !due.is_empty() {
            values[format!("followup/{row}/due")] = json!(due);
        }
    }
    let done = call(scene, "visit.complete", &json!({ "draft": begun["draft"], "values": values }));
    assert_eq!(done["records"].as_array().map(Vec::len), Some(1), "{done}");
    done["records"][0]["visit"].clone()
}

fn items(scene: &mut Scene) -> Vec<String> {
    let today = call(scene, "today", &json!({}));
    let lines = today["follow_ups"].as_array().expect("a list").iter();
    lines.map(|line| line["item"].as_str().expect("text").to_owned()).collect()
}

#[test]
fn a_follow_up_is_finished_with_its_note_and_stands_on_today_until_it_is_done() {
    let mut scene = Scene::at_work();
    let visit = note_with_rows(&mut scene);
    assert_eq!(items(&mut scene), ["带孩子补办户口", "问学校要课桌"], "what has a day first");
    scene.now = scene.now.plus_s(60);
    let note = call(&mut scene, "visit.open", &json!({ "visit": visit }));
    let follow_ups = note["follow_ups"].as_array().expect("a list").clone();
    let row = |item: &str| follow_ups.iter().find(|one| one["item"] == item).expect("a row")["row"].clone();
    let say = |done: bool| json!({ "visit": visit, "row": row("带孩子补办户口"), "done": done });
    call(&mut scene, "follow_up.done", &say(true));
    assert_eq!(items(&mut scene), ["问学校要课桌"]);
    scene.reopen();
    assert_eq!(items(&mut scene), ["问学校要课桌"], "after a lock, too");
    let note = call(&mut scene, "visit.open", &json!({ "visit": visit }));
    assert_eq!(note["remarks"][0]["text"], "已办：带孩子补办户口", "it stands in the note, with who and when");
    scene.now = scene.now.plus_s(60);
    call(&mut scene, "follow_up.done", &say(false));
    assert_eq!(items(&mut scene).len(), 2, "a wrong tap is taken back");
    assert!(scene.with(|client, m| client.rebuilt_equals(m)).expect("the store"));
}

#[test]
fn what_somebody_else_said_is_done_is_done_here_in_whatever_order_it_comes() {
    for first in [true, false] {
        let mut scene = Scene::at_work();
        let row = "000000000000000000000000000000aa";
        let visit = RecordId::new([71; 16]);
        let note = vec![
            crate::scene::set(&format!("followup/{row}/item"), "问学校要课桌"),
            crate::scene::set("visit_at", "2026-09-21T10:00:00+08:00"),
        ];
        let done = vec![
            crate::scene::set("about", &visit.to_string()),
            crate::scene::set("text", "已办"),
            dossier::Edit::Set(format!("done/{row}"), domain::value::Value::Yes(true)),
        ];
        let mut acts = vec![
            crate::write::Act::Edit { record: visit, form: "visit", child: Some(child(7)), edits: note },
            crate::write::Act::Edit {
                record: RecordId::new([72; 16]),
                form: "supplement",
                child: Some(child(7)),
                edits: done,
            },
        ];
        if first {
            acts.reverse();
        }
        for act in acts {
            scene.commit(vec![act]).expect("written");
        }
        assert_eq!(items(&mut scene), Vec::<String>::new(), "supplement first: {first}");
        assert!(scene.with(|client, m| client.rebuilt_equals(m)).expect("the store"));
    }
}
