//! Alarms through the door; their rows rebuilt, and made by a program that keeps more rows than the one before.

use domain::day::Day;
use serde_json::{Value, json};

use crate::calls::tests::{call, station, whole_note};
use crate::scene::{Scene, child};

/// A finished note about child 7 with these answers.
fn note(scene: &mut Scene, answers: &Value) -> Value {
    let begun = call(scene, "visit.begin", &json!({ "children": [child(7)] }));
    let mut values = whole_note(&begun);
    for (key, value) in answers.as_object().expect("a map") {
        values[key] = value.clone();
    }
    let done = call(scene, "visit.complete", &json!({ "draft": begun["draft"], "values": values }));
    assert!(done["records"][0]["visit"].is_string(), "{done}");
    done["records"][0]["visit"].clone()
}

fn danger() -> Value {
    json!({ "safety": "4", "safety_note": "独自在家三天。", "report_needed": false })
}

fn due(scene: &mut Scene) -> Value {
    call(scene, "child.open", &json!({ "child": child(7) }))["card"]["next_due"].clone()
}

#[test]
fn a_danger_brings_the_next_visit_forward_until_the_child_is_met_without_one() {
    let (mut scene, _) = station(&["张小明"]);
    let today = Day::of(scene.now);
    let visit = note(&mut scene, &danger());
    assert_eq!(due(&mut scene), json!(today.plus(1)), "whatever was planned: {visit}");
    call(&mut scene, "alarm.answer", &json!({ "record": visit, "text": "今晚接到亲戚家。" }));
    assert_eq!(due(&mut scene), json!(today.plus(1)), "an answer is no visit");
    scene.now = scene.now.plus_s(86_400);
    note(&mut scene, &json!({ "mode": "2", "met_child": false, "unmet_reason": "电话" }));
    assert_eq!(due(&mut scene), json!(today.plus(1)), "a telephone call meets nobody");
    scene.now = scene.now.plus_s(3600);
    note(&mut scene, &json!({ "next_visit": today.plus(20) }));
    assert_eq!(due(&mut scene), json!(today.plus(20)), "met, and no danger: the usual rhythm");
    assert!(scene.with(|client, m| client.rebuilt_equals(m)).expect("the store"));
}

#[test]
fn half_an_answer_is_there_after_a_lock_and_goes_with_the_answer() {
    let (mut scene, _) = station(&["张小明"]);
    let visit = note(&mut scene, &danger());
    let half = json!({ "form": "alarm", "about": visit, "values": { "note": "今晚接到亲" } });
    let draft = call(&mut scene, "draft.save", &half)["draft"].clone();
    scene.reopen();
    let find = |form: &str| json!({ "form": form, "about": visit });
    assert_eq!(call(&mut scene, "draft.find", &find("alarm"))["values"]["note"], "今晚接到亲");
    assert_eq!(call(&mut scene, "draft.find", &find("review")), Value::Null, "sending it back is another thing");
    let said = json!({ "record": visit, "text": "今晚接到亲戚家。", "draft": draft });
    assert!(call(&mut scene, "alarm.answer", &said)["review"].is_string());
    assert_eq!(call(&mut scene, "draft.list", &json!({})), json!([]));
}

#[test]
fn a_district_s_own_urgent_rhythm_counts() {
    let (mut scene, _) = station(&["张小明"]);
    let policy = domain::roster::Row::Policy { key: "visit_freq".into(), value: r#"{"risk":{"4":3}}"#.into() };
    let rows = scene.with_district(vec![policy]);
    scene.exchange(vec![rows]);
    note(&mut scene, &danger());
    assert_eq!(due(&mut scene), json!(Day::of(scene.now).plus(3)));
}

#[test]
fn a_newer_program_finds_the_alarms_in_what_an_older_one_kept() {
    let (mut scene, _) = station(&["张小明"]);
    note(&mut scene, &danger());
    let kept = call(&mut scene, "today", &json!({}))["alarms"].clone();
    assert_eq!(kept.as_array().map(Vec::len), Some(1));
    // As a migration leaves it: no such rows yet, and the word that the caches are those of before.
    let before = "DELETE FROM alarm_card; UPDATE child_card SET next_due = NULL; INSERT INTO stale (one) VALUES (1);";
    scene.client.with_db(|db| db.execute_batch(before)).expect("unlocked").expect("the tables are there");
    scene.reopen();
    assert_eq!(call(&mut scene, "today", &json!({}))["alarms"], kept);
    assert_eq!(due(&mut scene), json!(Day::of(scene.now).plus(1)));
    assert!(scene.with(|client, m| client.rebuilt_equals(m)).expect("the store"));
    let stale = scene.client.with_db(|db| db.query_row("SELECT count(*) FROM stale", [], |row| row.get::<_, u32>(0)));
    assert_eq!(stale.expect("unlocked").expect("a count"), 0, "once");
}
