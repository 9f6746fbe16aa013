//! A computer is stolen and the station stops it. Nothing that was not yet sent may be lost, and
//! whoever has the computer may read nothing more once it has met the district.

use domain::fault::Code;
use domain::id::{ChildId, RecordId};
use serde_json::{Value, json};
use tongdang_tests::photo;
use tongdang_tests::world::World;

use crate::say::{
    DIRECTOR, STATION, every_desk_is_sound, held_with, listed, meet, notes, settles, street_with, visits,
};

/// Her computer as the station's page of people and computers shows it.
fn her_computer(world: &mut World) -> Value {
    let (person, device) = (json!(world.seats[DIRECTOR].person), json!(world.seats[DIRECTOR].device));
    let people = listed(&world.ok(STATION, "roster.people", json!({})));
    let line = people.into_iter().find(|line| line["person"] == person).expect("she works in the street");
    listed(&line["devices"]).into_iter().find(|line| line["device"] == device).expect("her computer")
}

/// A note with a photograph that she has begun and not finished; the draft.
fn half_a_note(world: &mut World, child: ChildId) -> Value {
    let draft = world.ok(DIRECTOR, "visit.begin", json!({ "children": [child] }))["draft"].clone();
    let add = json!({ "draft": draft, "field": "attach", "name": "院子.jpg", "data": photo::yard(1) });
    world.ok(DIRECTOR, "file.add", add);
    let half = json!({ "draft": draft, "children": [child], "values": { "note": "只写了一半的话" } });
    world.ok(DIRECTOR, "draft.save", half);
    draft
}

#[test]
fn a_stolen_computer_is_stopped_and_what_it_had_not_sent_waits_to_be_claimed() {
    let (mut world, child) = street_with("张小明");
    visits(&mut world, DIRECTOR, child, "被偷以前已经上传的走访。");
    meet(&mut world, &[DIRECTOR, STATION]);
    let unsent = visits(&mut world, DIRECTOR, child, "还没有上传就被偷走的走访。");
    let half = half_a_note(&mut world, child);

    let computer = her_computer(&mut world);
    assert_eq!((&computer["may_stop"], &computer["stopped"]), (&json!(true), &json!(false)));
    world.ok(STATION, "roster.revoke", json!({ "device": computer["device"] }));
    meet(&mut world, &[STATION]);
    assert_eq!(her_computer(&mut world)["stopped"], json!(true));
    let opened = world.call(DIRECTOR, "child.open", &json!({ "child": child }));
    assert!(opened.is_ok(), "a computer that meets nobody does not know yet");

    meet(&mut world, &[DIRECTOR, STATION]);

    for (call, args) in [
        ("child.open", json!({ "child": child })),
        ("children.list", json!({})),
        ("children.names", json!({})),
        ("visits.list", json!({ "child": child })),
        ("draft.open", json!({ "draft": half })),
    ] {
        let refused = world.call(DIRECTOR, call, &args).expect_err("the thief reads nothing more");
        assert_eq!(refused.code, Code::Revoked, "{call}");
    }
    for written in [&unsent, &half] {
        let record: RecordId = written.as_str().and_then(|id| id.parse().ok()).expect("a record");
        assert!(world.kept_aside(record), "待认领");
    }
    assert!(world.held_from(DIRECTOR, child));
    assert_eq!(world.unsent(DIRECTOR), 0, "all of it reached the district, the photograph too");
    let known = vec![("主任1-1".to_owned(), "被偷以前已经上传的走访。".to_owned())];
    assert_eq!(notes(&mut world, STATION, child), known, "nothing enters a file by itself");
    let device = json!(world.seats[DIRECTOR].device);
    let day = world.ok(STATION, "dayend", json!({}));
    let line = listed(&day["directors"]).into_iter().find(|line| line["device"] == device).expect("her computer");
    assert_eq!((&line["held"], &line["missing"]), (&json!(3), &json!([])), "the station is told: {line}");

    let (person, post) = (world.seats[DIRECTOR].person, world.seats[DIRECTOR].post);
    let next = world.enrol("主任1-1", person, post);
    world.settle();
    assert_eq!(notes(&mut world, next, child), known, "her next computer has what the district has");
    every_desk_is_sound(&mut world);

    let work = held_with(&mut world, STATION, "还没有上传就被偷走的走访。");
    settles(&mut world, STATION, &work, "take", "");
    let begun = held_with(&mut world, STATION, "只写了一半的话");
    assert_eq!((&begun["photos"], &begun["may_take"]), (&json!(1), &json!(true)), "with its photograph: {begun}");
    settles(&mut world, STATION, &begun, "return", "请在新电脑上重写。");
    meet(&mut world, &[STATION, DIRECTOR, next]);
    for seat in [STATION, next] {
        let now = notes(&mut world, seat, child);
        assert!(now.contains(&("主任1-1".to_owned(), "还没有上传就被偷走的走访。".to_owned())), "{now:?}");
        assert_eq!(now.len(), 2, "what was sent back is in no file");
    }
    let back = world.ok(next, "sync.state", json!({}))["returned"].clone();
    assert_eq!(
        (&back[0]["name"], &back[0]["reason"]),
        (&json!("张小明"), &json!("请在新电脑上重写。")),
        "on her new computer"
    );
    assert_eq!(world.ok(DIRECTOR, "sync.state", json!({}))["returned"], json!([]), "the thief is told nothing");
    every_desk_is_sound(&mut world);
}

#[test]
fn a_note_taken_over_from_a_stolen_computer_brings_its_photograph() {
    let (mut world, child) = street_with("张小明");
    let draft = half_a_note(&mut world, child);
    let device = json!(world.seats[DIRECTOR].device);
    world.ok(STATION, "roster.revoke", json!({ "device": device }));
    meet(&mut world, &[STATION]);
    meet(&mut world, &[DIRECTOR, STATION]);
    let work = held_with(&mut world, STATION, "只写了一半的话");
    assert_eq!((&work["record"], &work["photos"]), (&draft, &json!(1)));
    settles(&mut world, STATION, &work, "take", "");
    meet(&mut world, &[STATION]);
    let files = listed(&world.ok(STATION, "file.of", json!({ "about": draft })));
    assert_eq!(files.len(), 1, "the photograph is beside the note");
    world.pass_s(3600);
    world.settle();
    let thumb = world.ok(STATION, "file.thumb", json!({ "file": files[0]["file"] }));
    assert!(thumb["data"].is_string(), "and can be seen: {thumb}");
    every_desk_is_sound(&mut world);
}

#[test]
fn what_was_begun_in_any_form_is_handed_in_when_a_computer_is_stopped() {
    let (mut world, child) = street_with("张小明");
    let done = visits(&mut world, DIRECTOR, child, "被偷以前已经上传的走访。");
    meet(&mut world, &[DIRECTOR, STATION]);
    let begun = [
        ("母亲晚上来电说", json!({ "form": "supplement", "about": done, "values": { "text": "母亲晚上来电说" } })),
        (
            "祖母住院没人照料",
            json!({ "form": "assessment", "children": [child], "values": { "reason": "祖母住院没人照料", "date": "11" } }),
        ),
        ("王小半", json!({ "form": "child", "values": { "name": "王小半", "birth": "05", "family/+1/tel": "140" } })),
    ];
    let mut drafts = Vec::new();
    for (_, save) in &begun {
        drafts.push(world.ok(DIRECTOR, "draft.save", save.clone())["draft"].clone());
    }
    let device = json!(world.seats[DIRECTOR].device);
    world.ok(STATION, "roster.revoke", json!({ "device": device }));
    meet(&mut world, &[STATION]);
    meet(&mut world, &[DIRECTOR, STATION]);
    meet(&mut world, &[DIRECTOR, STATION]);
    for (draft, (words, _)) in drafts.iter().zip(&begun) {
        let id = draft.as_str().and_then(|id| id.parse::<RecordId>().ok()).expect("an id");
        assert!(world.kept_aside(id), "{words} is with the district");
        held_with(&mut world, STATION, words);
    }
    every_desk_is_sound(&mut world);
}
