//! Somebody whose posts ended yesterday: nobody has told her computer yet, all of it still lies on her disk, and
//! no call answers with anything of her former children.

use domain::day::Day;
use domain::id::{PersonId, UnitId};
use domain::post::Role;
use domain::roster::Row;
use serde_json::{Value, json};

use super::super::CALLS;
use crate::calls::tests::{call, station, tell, whole_note};
use crate::scene::{Scene, child, post, set};

/// Stands in everything that is told of the children here, and in nothing else.
const MARK: &str = "燊";

/// What a call is asked; every call that only answers has its line, and so a new one is asked too.
fn asked(name: &str, props: &Props) -> Value {
    let of = json!({ "child": child(7) });
    match name {
        "me" | "forms" | "places" | "children.list" | "children.names" | "doubles.list" | "visits.recent"
        | "draft.list" | "visit.phrases" | "today" | "dayend" | "held.list" | "differing.list" | "roster.posts"
        | "roster.people" | "sync.state" | "district.address" | "settings.get" => json!({}),
        "children.find" => json!({ "text": MARK }),
        "children.household" | "child.open" | "child.history" | "child.tenures" | "child.check" | "visits.list"
        | "unfinished.list" | "assessment.list" | "file.list" => of,
        "visit.open" => json!({ "visit": props.visit }),
        "draft.open" => json!({ "draft": props.draft }),
        "draft.state" => json!({ "draft": props.draft, "version": 1 }),
        "draft.find" => json!({ "form": "assessment", "child": child(7) }),
        "file.of" => json!({ "about": props.visit }),
        "file.thumb" => json!({ "file": props.file }),
        "read.moment" => json!({ "day": "明天", "time": "9" }),
        "read.day" => json!({ "text": "明天", "near": null }),
        other => panic!("{other} answers, and is not asked by somebody whose post ended"),
    }
}

/// What she worked with.
struct Props {
    visit: Value,
    draft: Value,
    file: Value,
}

/// A director who is her own station, after some weeks: notes, an alarm, two numbers, two files of one name.
fn at_work() -> (Scene, Props) {
    let (mut scene, mut doc) = station(&["燊小明", "燊小明"]);
    for n in [7, 8] {
        scene.edit(n, "birth", "2015-03-07");
        scene.edit(n, "live_addr", "燊水路十四号三单元六零一室");
    }
    let begun = call(&mut scene, "visit.begin", &json!({ "children": [child(7)] }));
    let mut values = whole_note(&begun);
    values["note"] = json!("燊约听说的一句话，写进了记录里。");
    values["safety"] = json!("4");
    values["safety_note"] = json!("燊患未除，独自在家三天。");
    values["report_needed"] = json!(false);
    values["followup/k1/item"] = json!("燊私要当面谈");
    let done = call(&mut scene, "visit.complete", &json!({ "draft": begun["draft"], "values": values }));
    let visit = done["records"][0]["visit"].clone();
    assert!(visit.is_string(), "{done}");
    let photo = json!({ "child": child(7), "about": visit, "field": "attach", "name": "燊.jpg", "data": crate::calls::file::tests::yard(1) });
    let file = call(&mut scene, "file.add", &photo)["file"].clone();
    call(&mut scene, "visit.supplement", &json!({ "visit": visit, "text": "燊约补充一句。" }));
    scene.now = scene.now.plus_s(60);
    call(&mut scene, "visit.review", &json!({ "visit": visit, "verdict": "2", "note": "燊去的部分请补上" }));
    let level = json!({ "level": "3", "reason": "燊忧不少，祖母住院" });
    call(&mut scene, "assessment.complete", &json!({ "child": child(7), "values": level }));
    let edit = json!({ "child": child(50), "edits": [{ "set": { "key": "school_name", "value": "燊山小学" } }] });
    call(&mut scene, "child.edit", &edit);
    let item = scene.district.change(&mut doc, 50, &[set("school_name", "燊河小学")], scene.now);
    let server = scene.district.server.clone();
    let placed = scene.district.place(&server, vec![item]);
    let rows = scene.tail(vec![placed]);
    scene.exchange(vec![rows]);
    let draft = call(&mut scene, "visit.begin", &json!({ "children": [child(7)] }))["draft"].clone();
    (scene, Props { visit, draft, file })
}

/// The calls in whose answer something of the children stands.
fn telling(scene: &mut Scene, props: &Props) -> Vec<&'static str> {
    let reading = CALLS.iter().filter(|call| call.reads).map(|call| (call.name, asked(call.name, props)));
    let also = [
        ("child.reveal", json!({ "child": child(7), "key": "live_addr", "reason": "看看" })),
        ("file.open", json!({ "file": props.file })),
    ];
    let mut telling = Vec::new();
    for (name, args) in reading.chain(also) {
        let said = match tell(scene, name, &args) {
            Ok(answer) => answer.to_string(),
            Err(fault) => format!("{fault:?}"),
        };
        // A picture has no words to be marked.
        if said.contains(MARK) || (name == "file.thumb" && said.contains("data\":\"")) {
            telling.push(name);
        }
    }
    telling
}

#[test]
fn whose_posts_ended_yesterday_is_told_nothing_of_her_former_children() {
    let (mut scene, props) = at_work();
    let before = telling(&mut scene, &props);
    for name in [
        "children.list",
        "children.find",
        "children.names",
        "children.household",
        "child.open",
        "child.history",
        "visits.list",
        "visits.recent",
        "visit.open",
        "assessment.list",
        "today",
        "dayend",
        "differing.list",
        "doubles.list",
        "file.list",
        "file.of",
        "file.thumb",
        "file.open",
        "child.reveal",
    ] {
        assert!(before.contains(&name), "{name} tells of them while she works: {before:?}");
    }
    let today = Day::of(scene.now);
    let (person, ends) = (PersonId::new([1; 16]), Some(today));
    let ended = |n: u8, unit: u8, role| Row::Post {
        id: post(n),
        person,
        unit: UnitId::new([unit; 16]),
        role,
        from: Day::EPOCH,
        to: ends,
    };
    let rows = scene.with_district(vec![ended(1, 1, Role::Director), ended(9, 9, Role::Supervisor)]);
    scene.exchange(vec![rows]);
    assert_eq!(telling(&mut scene, &props), before, "on her last day she works");
    // Tomorrow, without a network: nothing has come that says so.
    scene.now = today.plus(1).start().plus_s(8 * 3600);
    assert_eq!(telling(&mut scene, &props), Vec::<&str>::new());
}
