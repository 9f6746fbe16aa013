//! The calls, told through the door. It must not reach past it.

use domain::day::Day;
use domain::id::{PersonId, UnitId};
use domain::post::Role;
use domain::roster::Row;
use dossier::Record;
use serde_json::{Value, json};
use sync::wire::Rows;

use crate::scene::{STREET, Scene, child, post, set};

pub(crate) fn call(scene: &mut Scene, name: &str, args: &Value) -> Value {
    tell(scene, name, args).unwrap_or_else(|fault| panic!("{name}: {fault:?}"))
}

pub(crate) fn tell(scene: &mut Scene, name: &str, args: &Value) -> Result<Value, domain::fault::Fault> {
    let done = scene.with(|client, m| client.call(m, name, args.to_string().as_bytes()))?;
    Ok(serde_json::from_slice(&done.json).expect("JSON"))
}

/// A director with these children (from 7 on) who also holds the station's post.
pub(crate) fn station(names: &[&str]) -> (Scene, Record) {
    let mut scene = Scene::new();
    let mut rows = scene.first_rows(names);
    let street = domain::area::Area::new(STREET).expect("an area");
    let (unit, person) = (UnitId::new([9; 16]), PersonId::new([1; 16]));
    let supervisor = Row::Post { id: post(9), person, unit, role: Role::Supervisor, from: Day::EPOCH, to: None };
    let mut m = domain::moment::Moment::new(scene.now, &mut scene.chance);
    let placed =
        scene.district.rows(&mut m, vec![Row::Unit { id: unit, name: "示例街道".into(), area: street }, supervisor]);
    rows[0].envelopes.push(placed);
    // One more file, whose document the test keeps.
    let placed = scene.district.rows(&mut m, crate::scene::District::entrust(50));
    rows[0].envelopes.push(placed);
    let mut doc = Record::empty();
    let item = scene.district.change(&mut doc, 50, &[set("name", "曾一诺"), set("birth", "2015-03-07")], scene.now);
    let server = scene.district.server.clone();
    let placed = scene.district.place(&server, vec![item]);
    rows[0].envelopes.push(placed);
    let cursor = scene.district.cursor();
    rows[0].cursor = Some(sync::wire::Cursor { first: cursor.position, ..cursor });
    scene.exchange(rows);
    (scene, doc)
}

pub(crate) fn note() -> Value {
    json!({
        "mode": "1", "purpose/1": true, "met_child": true, "met_guardian": true, "living": "1", "guard": "1",
        "health": "1", "study": "2", "psych": "1", "safety": "1", "social": "1", "risk_hint": "1",
        "note": "家中整洁，由外祖母照护，情绪稳定，学习正常。",
    })
}

pub(crate) fn whole_note(begun: &Value) -> Value {
    let mut values = begun["values"].clone();
    for (key, value) in note().as_object().expect("a map") {
        values[key] = value.clone();
    }
    values
}

#[test]
fn what_is_still_to_be_collected_is_said_in_one_number_and_not_collected_is_an_answer() {
    let mut scene = Scene::at_work();
    let id = json!({ "child": child(7) });
    let missing = |scene: &mut Scene| {
        let file = call(scene, "child.open", &id);
        let keys: Vec<String> = serde_json::from_value(file["missing"].clone()).expect("keys");
        assert_eq!(file["card"]["missing"], json!(keys.len()), "the list of children says the same");
        keys
    };
    let before = missing(&mut scene);
    assert!(before.iter().any(|key| key == "nation"), "{before:?}");
    let edit = json!({ "child": child(7), "edits": [{ "set": { "key": "nation", "value": null } }] });
    assert_eq!(call(&mut scene, "child.edit", &edit)["saved"], json!(["nation"]));
    let without: Vec<String> = before.into_iter().filter(|key| key != "nation").collect();
    assert_eq!(missing(&mut scene), without, "未采集 is an answer: nobody is asked again");
}

#[test]
fn a_telephone_is_edited_told_in_the_history_and_taken_back() {
    let mut scene = Scene::at_work();
    let id = json!({ "child": child(7) });
    let file = call(&mut scene, "child.open", &id);
    assert_eq!(file["card"]["name"], "张小明");
    assert!(file["card"]["may"].as_array().is_some_and(|may| may.contains(&json!("edit"))));
    assert!(file["findings"].as_array().is_some_and(|f| !f.is_empty()), "much is still missing");

    let edit =
        |value: &str| json!({ "child": child(7), "edits": [{ "set": { "key": "phone_child", "value": value } }] });
    let edited = call(&mut scene, "child.edit", &edit("14000001234"));
    assert_eq!(edited["saved"], json!(["phone_child"]));
    let wrong = call(&mut scene, "child.edit", &edit("12"));
    assert_eq!(wrong["saved"], json!([]), "a wrong number is not written: {wrong}");

    let history = call(&mut scene, "child.history", &id);
    assert_eq!(history[0]["label"], json!({ "text": "儿童本人或手表电话", "en": "Child's telephone" }));
    assert_eq!(history[0]["after"], "140****1234", "masked in the history too");
    assert_eq!(history[0]["who"]["person"], "主任1");
    let words = json!({ "text": "主任1填写“儿童本人或手表电话”：140****1234", "en": "主任1 filled in “Child's telephone”: 140****1234" });
    assert_eq!(history[0]["words"], words);
    let waiting = |scene: &mut Scene| call(scene, "sync.state", &json!({}))["waiting"].clone();
    let before = waiting(&mut scene);
    let shown =
        call(&mut scene, "child.reveal", &json!({ "child": child(7), "key": "phone_child", "reason": "联系家长" }));
    assert_eq!(shown["value"], "14000001234");
    assert_eq!(waiting(&mut scene), before, "who only looked at a number wrote nothing");

    scene.now = scene.now.plus_s(60);
    let undo = json!({ "record": history[0]["record"], "change": history[0]["change"] });
    assert_eq!(call(&mut scene, "child.undo", &undo)["saved"], json!(["phone_child"]));
    let file = call(&mut scene, "child.open", &id);
    assert_eq!(file["card"]["phone"], Value::Null);
    assert!(scene.with(|client, m| client.rebuilt_equals(m)).expect("the store"));
}

#[test]
fn one_note_for_two_siblings_survives_a_kill_and_makes_two_records() {
    let mut scene = Scene::new();
    let rows = scene.first_rows(&["张小明", "张小红"]);
    scene.exchange(rows);
    let begun = call(&mut scene, "visit.begin", &json!({ "children": [child(7), child(8)] }));
    let save = json!({ "draft": begun["draft"], "children": [child(7), child(8)], "values": whole_note(&begun) });
    let mut half = save.clone();
    half["values"].as_object_mut().expect("a map").remove("note");
    call(&mut scene, "draft.save", &half);
    let stopped = call(&mut scene, "visit.complete", &json!({ "draft": begun["draft"] }));
    assert_eq!(stopped["records"], json!([]), "red stands in the way");

    call(&mut scene, "draft.save", &save);
    scene.reopen();
    let kept = call(&mut scene, "draft.open", &json!({ "draft": begun["draft"] }));
    assert_eq!(kept["values"], save["values"]);
    let done = call(&mut scene, "visit.complete", &json!({ "draft": begun["draft"] }));
    assert_eq!(done["records"].as_array().map(Vec::len), Some(2), "{done}");
    assert_eq!(call(&mut scene, "draft.list", &json!({})), json!([]));

    let lines = call(&mut scene, "visits.list", &json!({ "child": child(8) }));
    assert_eq!(lines[0]["standing"], "finished");
    assert_eq!(lines[0]["received"], false);
    let visit = json!({ "visit": lines[0]["record"], "text": "补充：母亲下周返家。" });
    assert!(call(&mut scene, "visit.supplement", &visit)["record"].is_string());
    let opened = call(&mut scene, "visit.open", &json!({ "visit": lines[0]["record"] }));
    assert_eq!(opened["remarks"][0]["text"], "补充：母亲下周返家。");
    let refused = tell(&mut scene, "visit.review", &json!({ "visit": lines[0]["record"], "verdict": "1" }));
    assert!(refused.is_err(), "a director does not review");
    assert!(scene.with(|client, m| client.rebuilt_equals(m)).expect("the store"));
}

#[test]
fn two_telephones_differ_the_station_chooses_and_takes_it_back() {
    let (mut scene, mut doc) = station(&[]);
    scene.edit(50, "phone_child", "14000001111");
    let item = scene.district.change(&mut doc, 50, &[set("phone_child", "14000002222")], scene.now);
    let server = scene.district.server.clone();
    let placed = scene.district.place(&server, vec![item]);
    let rows: Rows = scene.tail(vec![placed]);
    scene.exchange(vec![rows]);

    let differing = call(&mut scene, "differing.list", &json!({}));
    assert_eq!(differing.as_array().map(Vec::len), Some(1), "{differing}");
    assert_eq!(differing[0]["cell"]["said"].as_array().map(Vec::len), Some(2));
    let day = call(&mut scene, "dayend", &json!({}));
    assert_eq!(day["sum"]["to_decide"], 1);
    assert_eq!(day["differing"][0]["kind"], "tel", "so another number can be written");
    let of = |name: &str| day["files"].as_array().and_then(|files| files.iter().find(|file| file["name"] == name));
    let begun = of("曾一诺").expect("a file of that day");
    assert_eq!((&begun["new"], &begun["lines"]), (&json!(true), &json!([])), "of a new file all is new");
    let choice = json!({ "record": differing[0]["record"], "key": "phone_child", "value": "14000002222" });
    call(&mut scene, "child.choose", &choice);
    assert_eq!(call(&mut scene, "differing.list", &json!({})), json!([]));
    let history = call(&mut scene, "child.history", &json!({ "child": child(50) }));
    assert_eq!(history[0]["before"].as_array().map(Vec::len), Some(2), "both values stand in the history");

    let undo = json!({ "record": history[0]["record"], "change": history[0]["change"] });
    assert_eq!(call(&mut scene, "child.undo", &undo)["saved"], json!(["phone_child"]));
    let differing = call(&mut scene, "differing.list", &json!({}));
    assert_eq!(differing[0]["cell"]["said"].as_array().map(Vec::len), Some(2), "they stand side by side again");
    assert!(scene.with(|client, m| client.rebuilt_equals(m)).expect("the store"));
}

#[test]
fn a_child_found_offline_is_registered_and_a_second_file_is_only_made_when_sure() {
    let mut scene = Scene::at_work();
    let community = domain::area::Area::new(STREET + 1).expect("an area");
    let found = |sure: bool| {
        json!({ "area": community, "sure": sure, "values": {
            "name": "王小明", "birth": "2015-03-07", "family/+1/name": "李桂兰", "family/+1/is_guardian": true,
            "psych": "0", "categories/E1/status": "1",
        } })
    };
    let made = call(&mut scene, "child.create", &found(false));
    assert!(made["child"].is_string(), "{made}");
    let again = call(&mut scene, "child.create", &found(false));
    assert_eq!(again["child"], Value::Null);
    assert_eq!(again["doubles"][0]["name"], "王小明");
    assert!(call(&mut scene, "child.create", &found(true))["child"].is_string());
    assert_eq!(call(&mut scene, "doubles.list", &json!({})).as_array().map(Vec::len), Some(1));

    for text in ["wxm", "wang xm", "李桂兰", "lgl"] {
        let hits = call(&mut scene, "children.find", &json!({ "text": text }));
        assert_eq!(hits["cards"].as_array().map(Vec::len), Some(2), "{text}");
    }
    let poor = call(&mut scene, "children.list", &json!({ "categories": ["E1"], "sort": "name" }));
    assert_eq!((poor["cards"].as_array().map(Vec::len), &poor["total"]), (Some(2), &json!(3)));
    let elsewhere = json!({ "area": "990102002001", "values": { "name": "王小红" } });
    assert!(tell(&mut scene, "child.create", &elsewhere).is_err(), "not her community");
}

#[test]
fn an_assessment_sets_the_level_and_the_next_visit_comes_sooner() {
    let mut scene = Scene::at_work();
    let due = |scene: &mut Scene| call(scene, "child.open", &json!({ "child": child(7) }))["card"].clone();
    let before = due(&mut scene);
    let direct = json!({ "child": child(7), "edits": [{ "set": { "key": "risk_level", "value": "3" } }] });
    assert_eq!(call(&mut scene, "child.edit", &direct)["saved"], json!([]), "the level comes only from an assessment");
    let values = json!({ "level": "3", "reason": "监护人外出，由年迈祖母照护，存在较大风险。" });
    let done = call(&mut scene, "assessment.complete", &json!({ "child": child(7), "values": values }));
    assert!(done["record"].is_string(), "{done}");
    let after = due(&mut scene);
    assert_eq!(after["risk"], json!({ "code": "3", "name": "高" }));
    assert!(after["next_due"].as_str() < before["next_due"].as_str());
}

#[test]
fn the_days_end_counts_what_is_here() {
    let (mut scene, _) = station(&["张小明"]);
    let begun = call(&mut scene, "visit.begin", &json!({ "children": [child(7)] }));
    let done = call(&mut scene, "visit.complete", &json!({ "draft": begun["draft"], "values": whole_note(&begun) }));
    assert_eq!(done["records"].as_array().map(Vec::len), Some(1), "{done}");
    let day = call(&mut scene, "dayend", &json!({}));
    let sentence = day["sum"]["sentence"]["text"].as_str().expect("a sentence");
    let (as_of, rest) = sentence.split_once('，').expect("as of when");
    assert!(as_of.starts_with("截至 "), "{sentence}");
    assert_eq!(rest, "2 位主任，今日收到走访 0 次，缺 0，待核对 0，1 台电脑没有联系");
    assert_eq!((&day["sum"]["visits"], &day["sum"]["waiting"]), (&json!(1), &json!(1)), "written here, not sent yet");
    assert_eq!(day["visits"][0]["name"], "张小明");
    let visit = day["visits"][0]["record"].clone();
    let returned = json!({ "visit": visit, "verdict": "2" });
    assert_eq!(call(&mut scene, "visit.review", &returned)["record"], Value::Null, "sent back without a word");
    call(&mut scene, "visit.review", &json!({ "visit": visit, "verdict": "2", "note": "请补充监护人联系方式" }));
    let back = call(&mut scene, "today", &json!({}))["returned"][0].clone();
    assert_eq!(back["standing"], "returned");
    assert_eq!((&back["name"], &back["asked"]), (&json!("张小明"), &json!("请补充监护人联系方式")));
    scene.now = scene.now.plus_s(60);
    call(&mut scene, "visit.supplement", &json!({ "visit": visit, "text": "监护人电话已补。" }));
    assert_eq!(call(&mut scene, "today", &json!({}))["returned"][0]["standing"], "supplemented");
    let line = call(&mut scene, "sync.state", &json!({}))["line"].clone();
    assert!(line.as_str().is_some_and(|line| line.starts_with("已保存在本机 · 待上传 ")), "{line}");
}

#[test]
fn a_note_that_was_begun_is_saved_on_after_the_last_day_of_the_post() {
    let mut scene = Scene::at_work();
    let begun = call(&mut scene, "visit.begin", &json!({ "children": [child(7)] }));
    let me = scene.client.desk().me.person;
    let (id, post) = scene.client.desk().roster.posts_of(me).next().map(|(id, post)| (id, post.clone())).expect("hers");
    let ends = domain::roster::Post { to: Some(Day::of(scene.now)), ..post }.row(id);
    let placed = scene.with_district(vec![ends]);
    scene.exchange(vec![placed]);
    scene.now = scene.now.plus_s(2 * 86_400);
    let more = json!({ "draft": begun["draft"], "children": [child(7)], "values": { "note": "过了零点还在写" } });
    assert_eq!(call(&mut scene, "draft.save", &more)["children"], json!([child(7)]), "nobody heard of the end yet");
    assert!(tell(&mut scene, "child.open", &json!({ "child": child(7) })).is_err(), "the file is shut");
}

#[test]
fn after_the_lease_files_are_closed_and_new_notes_are_still_taken() {
    let mut scene = Scene::at_work();
    let begun = call(&mut scene, "visit.begin", &json!({ "children": [child(7)] }));
    scene.now = scene.now.plus_s(20 * 86_400);
    let refused = tell(&mut scene, "child.open", &json!({ "child": child(7) })).expect_err("closed");
    assert_eq!(refused.code, domain::fault::Code::LeaseOver);
    let mut values = whole_note(&begun);
    values["late_reason"] = json!("下雪封路");
    values["next_visit"] = json!(Day::of(scene.now).plus(7));
    let done = call(&mut scene, "visit.complete", &json!({ "draft": begun["draft"], "values": values }));
    assert_eq!(done["records"].as_array().map(Vec::len), Some(1), "{done}");
}

#[test]
fn after_the_lease_her_children_are_still_known_by_name_and_on_a_stopped_computer_not_even_that() {
    let mut scene = Scene::at_work();
    scene.now = scene.now.plus_s(20 * 86_400);
    assert!(tell(&mut scene, "children.list", &json!({})).is_err(), "the files are closed");
    let names = call(&mut scene, "children.names", &json!({}));
    assert_eq!(names, json!([{ "child": child(7), "name": "张小明", "area": "社区1" }]), "and nothing else");
    let begun = call(&mut scene, "visit.begin", &json!({ "children": [names[0]["child"]] }));
    assert!(begun["draft"].is_string(), "so a new note can be begun");

    let (out, request) = scene.ask();
    let mut head = scene.head(&request);
    (head.state, head.lease) = (sync::wire::State::Revoked, None);
    let bytes = scene.answer(&out, head, Vec::new(), false);
    scene.receive(&bytes).expect("an answer");
    for (name, args) in [
        ("children.names", json!({})),
        ("draft.list", json!({})),
        ("draft.open", json!({ "draft": begun["draft"] })),
        ("file.of", json!({ "about": begun["draft"] })),
    ] {
        let refused = tell(&mut scene, name, &args).expect_err("a thief reads nothing");
        assert_eq!(refused.code, domain::fault::Code::Revoked, "{name}");
    }
    assert_eq!(call(&mut scene, "sync.state", &json!({}))["revoked"], true);
}

#[test]
fn a_director_has_nothing_to_look_at_and_a_station_what_others_wrote_until_it_is_marked() {
    assert_eq!(call(&mut Scene::at_work(), "today", &json!({}))["unread_since"], Value::Null);
    let (mut scene, _) = station(&["张小明"]);
    let (now, other) = (scene.now, scene.district.other.clone());
    let mut notes = Vec::new();
    for (n, days) in [(61, 2), (62, 0)] {
        let form = domain::form::builtin("visit").expect("built in");
        let actor = dossier::Actor::new(other.id(), [n; 8]);
        let edits = [set("visit_at", "2026-09-20T09:00:00+08:00"), set("note", "家中整洁")];
        let at = now.plus_s(-days * 86_400);
        let body = Record::empty().edit(form, &actor, at, &edits).expect("edits").expect("a change");
        let record = domain::id::RecordId::new([n; 16]);
        let (kind, form) = (sync::item::Kind::Change, "visit".to_owned());
        notes.push(sync::item::Item { kind, record, form, child: Some(child(7)), body });
    }
    let visits: Vec<Value> = notes.iter().map(|note| json!(note.record)).collect();
    let placed = scene.district.place(&other, notes);
    let rows = scene.tail(vec![placed]);
    scene.exchange(vec![rows]);
    let begun = call(&mut scene, "visit.begin", &json!({ "children": [child(7)] }));
    let values = whole_note(&begun);
    call(&mut scene, "visit.complete", &json!({ "draft": begun["draft"], "values": values }));

    let left = |scene: &mut Scene| {
        let today = call(scene, "today", &json!({}));
        (today["unread"].clone(), today["unread_since"].clone())
    };
    let (before, today) = (Day::of(now).plus(-2), Day::of(now));
    assert_eq!(left(&mut scene), (json!(2), json!(before)), "not the station's own note");
    let shown = call(&mut scene, "dayend", &json!({ "day": before }))["visits"].clone();
    assert_eq!((&shown[0]["record"], shown.as_array().map(Vec::len)), (&visits[0], Some(1)), "there it stands");
    call(&mut scene, "visit.review", &json!({ "visit": visits[0], "verdict": "1" }));
    assert_eq!(left(&mut scene), (json!(1), json!(today)));
    call(&mut scene, "visit.review", &json!({ "visit": visits[1], "verdict": "2", "note": "请补充" }));
    assert_eq!(left(&mut scene), (json!(0), Value::Null), "sent back, it waits for its author");
    scene.now = scene.now.plus_s(60);
    call(&mut scene, "visit.supplement", &json!({ "visit": visits[1], "text": "已补。" }));
    assert_eq!(left(&mut scene), (json!(1), json!(today)), "supplemented, it is to be looked at again");
}

#[test]
fn two_children_of_one_name_are_told_apart_until_that_is_taken_back() {
    let mut scene = Scene::at_work();
    let community = domain::area::Area::new(STREET + 1).expect("an area");
    let found = json!({ "area": community, "sure": true, "values": { "name": "王小明", "birth": "2015-03-07" } });
    let [first, second] = [(); 2].map(|()| call(&mut scene, "child.create", &found)["child"].clone());
    let pairs = |scene: &mut Scene| call(scene, "doubles.list", &json!({})).as_array().map(Vec::len);
    let apart =
        |first: &Value, second: &Value, apart: bool| json!({ "first": first, "second": second, "apart": apart });
    assert_eq!(pairs(&mut scene), Some(1));
    call(&mut scene, "doubles.apart", &apart(&first, &second, true));
    assert_eq!(pairs(&mut scene), Some(0), "不是同一个孩子");
    scene.reopen();
    assert_eq!(pairs(&mut scene), Some(0), "it is remembered");
    call(&mut scene, "doubles.apart", &apart(&second, &first, false));
    assert_eq!(pairs(&mut scene), Some(1), "taken back, in whichever order");
    assert!(tell(&mut scene, "doubles.apart", &apart(&first, &first, true)).is_err(), "one file is not two");
    assert!(tell(&mut scene, "doubles.apart", &apart(&first, &json!(child(99)), true)).is_err(), "not hers to judge");
}

#[test]
fn nonsense_is_answered_in_words_and_changes_nothing() {
    let mut scene = Scene::at_work();
    for (name, args, code) in [
        ("child.open", json!({}), domain::fault::Code::BadCall),
        ("child.open", json!({ "child": child(99) }), domain::fault::Code::NotFound),
        ("child.burn", json!({}), domain::fault::Code::NotFound),
        ("children.list", json!({ "colour": "red" }), domain::fault::Code::BadCall),
        ("visit.complete", json!({}), domain::fault::Code::BadCall),
        ("roster.assign", json!({ "children": [child(7)], "post": post(2) }), domain::fault::Code::Denied),
    ] {
        assert_eq!(tell(&mut scene, name, &args).expect_err("refused").code, code, "{name} {args}");
    }
    call(&mut scene, "settings.set", &json!({ "key": "phrases", "value": ["一切都好。"] }));
    assert_eq!(call(&mut scene, "visit.phrases", &json!({}))["own"], json!(["一切都好。"]));
    assert_eq!(call(&mut scene, "me", &json!({}))["posts"][0]["title"]["text"], "儿童主任");
}

#[test]
fn children_at_one_address_are_offered_together_and_last_notes_stand_by_name() {
    let mut scene = Scene::new();
    let rows = scene.first_rows(&["张小明", "张小红", "李雨"]);
    scene.exchange(rows);
    for n in [7, 8] {
        scene.edit(n, "live_addr", "明湖路街道竹影社区 5 号楼 2 单元 301");
    }
    scene.edit(9, "live_addr", "明湖路街道竹影社区 5 号楼 2 单元 302");
    let found = call(&mut scene, "children.household", &json!({"child": child(7).to_string()}));
    let names: Vec<&str> = found.as_array().expect("cards").iter().filter_map(|card| card["name"].as_str()).collect();
    assert_eq!(names, ["张小红"]);
    assert_eq!(call(&mut scene, "children.household", &json!({"child": child(9).to_string()})), json!([]));
    for n in [8, 7] {
        let begun = call(&mut scene, "visit.begin", &json!({"children": [child(n).to_string()]}));
        let values = whole_note(&begun);
        call(&mut scene, "visit.complete", &json!({"draft": begun["draft"], "values": values}));
        scene.now = scene.now.plus_s(60);
    }
    let recent = call(&mut scene, "visits.recent", &json!({"most": 5}));
    let names: Vec<&str> = recent.as_array().expect("notes").iter().filter_map(|note| note["name"].as_str()).collect();
    assert_eq!(names, ["张小明", "张小红"], "the newest first");
}
