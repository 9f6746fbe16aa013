//! Drafts of every form: what is typed is there after a kill, whatever key it stopped at; a page that is behind
//! another overwrites nothing and begins nothing anew.

use domain::fault::Code;
use serde_json::{Value, json};

use crate::calls::tests::{call, station, tell, whole_note};
use crate::scene::{STREET, Scene, area, child};

/// A form, its draft as its page begins it, and what is typed into it key by key.
type Begun = (&'static str, Value, Vec<(&'static str, &'static str)>);

/// A draft of each form.
fn every_form(scene: &mut Scene) -> Vec<Begun> {
    let done = finished(scene);
    vec![
        ("visit", json!({ "children": [child(7)] }), vec![("visit_at", "2026-09-"), ("note", "家里只有祖母")]),
        ("supplement", json!({ "form": "supplement", "about": done }), vec![("text", "母亲晚上来电")]),
        ("review", json!({ "form": "review", "about": done }), vec![("verdict", "2"), ("note", "请补隐患")]),
        (
            "assessment",
            json!({ "form": "assessment", "children": [child(7)] }),
            vec![("level", "3"), ("reason", "祖母住院"), ("date", "11")],
        ),
        (
            "child",
            json!({ "form": "child" }),
            vec![("name", "王小"), ("birth", "0506"), ("area", "9901"), ("family/+1/tel", "140")],
        ),
    ]
}

/// A finished note about child 7.
fn finished(scene: &mut Scene) -> Value {
    let begun = call(scene, "visit.begin", &json!({ "children": [child(7)] }));
    let values = whole_note(&begun);
    let done = call(scene, "visit.complete", &json!({ "draft": begun["draft"], "values": values }));
    done["records"][0]["visit"].clone()
}

fn refused(scene: &mut Scene, name: &str, args: &Value) -> Code {
    tell(scene, name, args).map(|answer| panic!("{name} answered {answer}")).unwrap_or_else(|fault| fault.code)
}

#[test]
fn whatever_the_form_and_whichever_the_key_a_kill_takes_nothing_that_was_saved() {
    let (mut scene, _) = station(&["张小明"]);
    for (form, begin, typed) in every_form(&mut scene) {
        let mut save = begin.clone();
        save["values"] = json!({});
        for (key, text) in &typed {
            for end in text.char_indices().map(|(at, c)| at + c.len_utf8()) {
                save["values"][*key] = json!(text[..end]);
                let saved = call(&mut scene, "draft.save", &save);
                (save["draft"], save["version"]) = (saved["draft"].clone(), saved["version"].clone());
                scene.reopen();
                let open = call(&mut scene, "draft.open", &json!({ "draft": save["draft"] }));
                assert_eq!((&open["values"], &open["version"]), (&save["values"], &save["version"]), "{form}");
            }
        }
        let lines = call(&mut scene, "draft.list", &json!({}));
        let line = lines.as_array().expect("a list").iter().find(|line| line["draft"] == save["draft"]);
        assert_eq!(line.expect("in the list")["form"], form);
        if form != "visit" {
            let find = json!({ "form": form, "child": begin["children"][0], "about": begin["about"] });
            let found = call(&mut scene, "draft.find", &find);
            assert_eq!(found["draft"], save["draft"], "found again by what it is about");
        }
    }
    assert_eq!(call(&mut scene, "today", &json!({}))["drafts"], 5);
}

#[test]
fn a_page_that_is_behind_is_told_and_overwrites_nothing() {
    let (mut scene, _) = station(&["张小明"]);
    for (form, begin, typed) in every_form(&mut scene) {
        let (key, _) = typed[0];
        let save = |draft: &Value, version: &Value, text: &str| {
            let mut save = begin.clone();
            (save["draft"], save["version"], save["values"]) = (draft.clone(), version.clone(), json!({ key: text }));
            save
        };
        let first = call(&mut scene, "draft.save", &save(&Value::Null, &Value::Null, "甲"));
        let (draft, old) = (first["draft"].clone(), first["version"].clone());
        let newer = call(&mut scene, "draft.save", &save(&draft, &old, "甲乙"));
        assert_eq!(refused(&mut scene, "draft.save", &save(&draft, &old, "丙")), Code::DraftNewer, "{form}");
        let page = json!({ "draft": draft, "version": old });
        assert_eq!(refused(&mut scene, "draft.state", &page), Code::DraftNewer, "and before its next key");
        let open = call(&mut scene, "draft.open", &json!({ "draft": draft }));
        assert_eq!(open["values"][key], "甲乙", "{form}");
        // The answer to a save got lost and it is said again.
        call(&mut scene, "draft.save", &save(&draft, &old, "甲乙"));
        if form != "visit" {
            let twice = save(&Value::Null, &Value::Null, "丁");
            assert_eq!(refused(&mut scene, "draft.save", &twice), Code::DraftNewer, "{form}: begun twice at once");
        } else {
            let complete = json!({ "draft": draft, "version": newer["version"] });
            assert_eq!(refused(&mut scene, "visit.complete", &complete), Code::DraftNewer, "not what it has not seen");
        }
    }
}

#[test]
fn a_draft_that_ended_in_another_page_is_not_begun_anew() {
    let mut scene = Scene::new();
    let rows = scene.first_rows(&["张小明", "张小红"]);
    scene.exchange(rows);
    for children in [vec![child(7)], vec![child(7), child(8)]] {
        let begun = call(&mut scene, "visit.begin", &json!({ "children": children }));
        let values = whole_note(&begun);
        let save = json!({ "draft": begun["draft"], "children": children, "values": values, "version": 1 });
        call(&mut scene, "draft.save", &save);
        let done = call(&mut scene, "visit.complete", &json!({ "draft": begun["draft"], "version": 2 }));
        scene.reopen();
        for version in [json!(2), Value::Null] {
            let mut late = save.clone();
            (late["version"], late["values"]["note"]) = (version, json!("多写的一句话"));
            assert_eq!(refused(&mut scene, "draft.save", &late), Code::DraftFinished);
        }
        assert_eq!(refused(&mut scene, "visit.complete", &save), Code::DraftFinished);
        assert_eq!(refused(&mut scene, "draft.open", &json!({ "draft": begun["draft"] })), Code::DraftFinished);
        assert_eq!(call(&mut scene, "draft.list", &json!({})), json!([]), "no ghost");
        // The note has the draft's id: the words can be added to it, for both.
        assert_eq!(done["records"][0]["visit"], begun["draft"]);
        let also: Vec<Value> =
            done["records"].as_array().expect("notes")[1..].iter().map(|one| one["visit"].clone()).collect();
        let more = json!({ "visit": begun["draft"], "also": also, "text": "多写的一句话" });
        assert_eq!(call(&mut scene, "visit.supplement", &more)["findings"], json!([]));
        let note = call(&mut scene, "visit.open", &json!({ "visit": done["records"][children.len() - 1]["visit"] }));
        assert_eq!(note["remarks"][0]["text"], "多写的一句话");
        assert_eq!(note["siblings"].as_array().map(Vec::len), Some(children.len() - 1));
    }
    let begun = call(&mut scene, "visit.begin", &json!({ "children": [child(7)] }));
    call(&mut scene, "draft.drop", &json!({ "draft": begun["draft"] }));
    let late = json!({ "draft": begun["draft"], "children": [child(7)], "values": { "note": "还在写" } });
    assert_eq!(refused(&mut scene, "draft.save", &late), Code::DraftDropped);
    assert_eq!(call(&mut scene, "draft.list", &json!({})), json!([]));
}

#[test]
fn a_draft_goes_with_what_it_became_and_not_before() {
    let (mut scene, _) = station(&["张小明"]);
    let done = finished(&mut scene);
    let begin = |scene: &mut Scene, args: Value| call(scene, "draft.save", &args)["draft"].clone();
    let supplement =
        begin(&mut scene, json!({ "form": "supplement", "about": done, "values": { "text": "母亲来电" } }));
    let review = begin(&mut scene, json!({ "form": "review", "about": done, "values": { "note": "请补" } }));
    let assessment =
        begin(&mut scene, json!({ "form": "assessment", "children": [child(7)], "values": { "level": "3" } }));
    let registration = begin(&mut scene, json!({ "form": "child", "values": { "name": "王小明" } }));
    let drafts = |scene: &mut Scene| call(scene, "draft.list", &json!({})).as_array().map_or(0, Vec::len);
    assert_eq!(drafts(&mut scene), 4);

    let assess = json!({ "child": child(7), "values": { "level": "3" }, "draft": assessment });
    assert_eq!(call(&mut scene, "assessment.complete", &assess)["record"], Value::Null, "no reason given");
    assert_eq!(drafts(&mut scene), 4, "what stands in the way takes no draft");
    let assess = json!({ "child": child(7), "values": { "level": "3", "reason": "祖母住院", "basis": "走访" }, "draft": assessment });
    assert_ne!(call(&mut scene, "assessment.complete", &assess)["record"], Value::Null);
    call(&mut scene, "visit.supplement", &json!({ "visit": done, "text": "母亲来电", "draft": supplement }));
    call(&mut scene, "visit.review", &json!({ "visit": done, "verdict": "2", "note": "请补隐患", "draft": review }));
    let found =
        json!({ "area": area(STREET + 1), "sure": true, "values": { "name": "王小明" }, "draft": registration });
    assert_ne!(call(&mut scene, "child.create", &found)["child"], Value::Null);
    assert_eq!(drafts(&mut scene), 0);

    let lines = call(&mut scene, "assessment.list", &json!({ "child": child(7) }));
    assert_eq!(
        (&lines[0]["reason"], &lines[0]["basis"], &lines[0]["level"]["code"]),
        (&json!("祖母住院"), &json!("走访"), &json!("3")),
        "can be read again"
    );
}

#[test]
fn what_one_child_said_stays_its_own_whoever_comes_first() {
    let mut scene = Scene::new();
    let rows = scene.first_rows(&["张小明", "张小红"]);
    scene.exchange(rows);
    let begun = call(&mut scene, "visit.begin", &json!({ "children": [child(7)] }));
    let mut values = whole_note(&begun);
    values["child_words"] = json!("“爸爸打我”");
    let save = |children: &[domain::id::ChildId], values: &Value| json!({ "draft": begun["draft"], "children": children, "values": values });
    call(&mut scene, "draft.save", &save(&[child(7)], &values));
    call(&mut scene, "draft.save", &save(&[child(7), child(8)], &values));
    // Left out by mistake and taken along again: behind the other now, while the page still has the words as it had.
    call(&mut scene, "draft.save", &save(&[child(8), child(7)], &values));
    let done = call(&mut scene, "visit.complete", &json!({ "draft": begun["draft"] }));
    for record in done["records"].as_array().expect("two notes") {
        let note = call(&mut scene, "visit.open", &json!({ "visit": record["visit"] })).to_string();
        assert_eq!(note.contains("爸爸打我"), record["child"] == json!(child(7)), "{record}");
    }
}

#[test]
fn each_sibling_has_a_note_of_its_own_from_one_draft() {
    let mut scene = Scene::new();
    let rows = scene.first_rows(&["张小明", "张小红"]);
    scene.exchange(rows);
    let children = [child(7), child(8)];
    let begun = call(&mut scene, "visit.begin", &json!({ "children": children }));
    let mut values = whole_note(&begun);
    values["child_words"] = json!("“想妈妈”");
    values[format!("of/{}/study", child(8))] = json!("3");
    let save = json!({ "draft": begun["draft"], "children": children, "values": values });
    let saved = call(&mut scene, "draft.save", &save);
    let asked = format!("of/{}/study_note", child(8));
    let finding = saved["findings"].as_array().expect("findings").iter().find(|one| one["key"] == asked.as_str());
    assert!(
        finding.expect("asked of her alone")["text"].as_str().is_some_and(|text| text.starts_with("张小红：")),
        "{saved}"
    );
    let mut values = values.clone();
    values[asked] = json!("作业没有写完");
    let done = call(&mut scene, "visit.complete", &json!({ "draft": begun["draft"], "values": values }));
    let text = |scene: &mut Scene, n: usize| {
        call(scene, "visit.open", &json!({ "visit": done["records"][n]["visit"] }))["sections"].to_string()
    };
    let (one, other) = (text(&mut scene, 0), text(&mut scene, 1));
    assert!(one.contains("想妈妈") && !other.contains("想妈妈"), "one child's words are that child's");
    assert!(!one.contains("作业没有写完") && other.contains("作业没有写完"), "{one}");
    // A child left out again takes along what was written of it alone.
    let begun = call(&mut scene, "visit.begin", &json!({ "children": children }));
    let own = format!("of/{}/note", child(8));
    let both = json!({ "draft": begun["draft"], "children": children, "values": { "note": "都好", &own: "感冒" } });
    call(&mut scene, "draft.save", &both);
    let alone = json!({ "draft": begun["draft"], "children": [child(7)], "values": both["values"] });
    call(&mut scene, "draft.save", &alone);
    let open = call(&mut scene, "draft.open", &json!({ "draft": begun["draft"] }));
    assert_eq!(open["values"].get(&own), None);
}

#[test]
fn the_finished_page_says_the_day_the_list_says() {
    let mut scene = Scene::at_work();
    for (planned, met) in [("2027-09-01", true), ("2027-09-01", false)] {
        let begun = call(&mut scene, "visit.begin", &json!({ "children": [child(7)] }));
        let mut values = whole_note(&begun);
        (values["next_visit"], values["met_child"]) = (json!(planned), json!(met));
        values["unmet_reason"] = json!("敲门无人");
        let done = call(&mut scene, "visit.complete", &json!({ "draft": begun["draft"], "values": values }));
        let file = call(&mut scene, "child.open", &json!({ "child": child(7) }));
        assert_eq!(done["records"][0]["next_visit"], file["card"]["next_due"], "planned {planned}, met {met}");
        assert_ne!(done["records"][0]["next_visit"], planned, "nobody plans her way out of the rule");
        scene.now = scene.now.plus_s(3600);
    }
}
