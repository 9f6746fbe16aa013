//! A child moved away, died, was adopted, turned 18: the station closes its file. It is off every list of what is
//! due at once, and read as ever.

use domain::id::ChildId;
use serde_json::{Value, json};
use tongdang_tests::world::World;

use crate::say::{DIRECTOR, STATION, card, differing, every_desk_is_sound, history, listed, street_with};

fn closes(world: &mut World, seat: usize, child: ChildId, why: &str) -> Value {
    world.ok(seat, "child.close", json!({ "child": child, "values": { "closed_why": why } }))
}

fn names(world: &mut World, seat: usize, filter: Value) -> Vec<String> {
    let cards = listed(&world.ok(seat, "children.list", filter)["cards"]);
    cards.iter().map(|card| card["name"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn a_closed_file_is_off_every_list_still_read_and_opened_again_with_a_reason() {
    let (mut world, child) = street_with("张小明");
    world.child("李小雨", DIRECTOR);
    world.settle();
    world.pass_s(40 * 86_400);
    world.settle();
    assert_eq!(listed(&world.ok(DIRECTOR, "today", json!({}))["overdue"]).len(), 2);

    let refused = world.call(DIRECTOR, "child.close", &json!({ "child": child, "values": { "closed_why": "AGE18" } }));
    assert!(refused.is_err(), "a director closes nothing");
    let by_hand = json!([{ "set": { "key": "closed", "value": true } }]);
    let edited = world.ok(STATION, "child.edit", json!({ "child": child, "edits": by_hand }));
    assert_eq!(edited["saved"], json!([]), "nor does anybody by the way");
    let grave = closes(&mut world, STATION, child, "DEAD");
    assert_eq!((&grave["done"], &grave["findings"][0]["key"]), (&json!(false), &json!("closed_papers")));
    assert_eq!(closes(&mut world, STATION, child, "MOVED_OUT")["done"], json!(true), "without a category too");
    world.settle();

    for seat in [STATION, DIRECTOR] {
        assert_eq!(names(&mut world, seat, json!({})), ["李小雨"], "at {}", world.seats[seat].name);
        assert_eq!(names(&mut world, seat, json!({ "closed": true })), ["张小明"]);
        let today = world.ok(seat, "today", json!({}));
        assert_eq!(listed(&today["overdue"]).len(), 1, "{today}");
        assert_eq!(listed(&world.ok(seat, "children.find", json!({ "text": "张小明" }))["cards"]).len(), 1, "found");
        let shown = card(&mut world, seat, child);
        assert_eq!((&shown["closed"]["why"]["code"], &shown["next_due"]), (&json!("MOVED_OUT"), &Value::Null));
        let posts = listed(&world.ok(seat, "roster.posts", json!({})));
        let hers = posts.iter().find(|post| post["role"] == "director" && post["children"] != 0);
        assert_eq!(hers.map(|post| post["children"].clone()), Some(json!(1)));
    }
    let file = world.ok(STATION, "child.open", json!({ "child": child }));
    let offers = |file: &Value, act: &str| listed(&file["card"]["may"]).contains(&json!(act));
    assert!(offers(&file, "reopen") && !offers(&file, "close"));
    let hers = world.ok(DIRECTOR, "child.open", json!({ "child": child }));
    assert!(!offers(&hers, "reopen") && !offers(&hers, "close"));
    assert_eq!(listed(&world.ok(DIRECTOR, "children.names", json!({}))).len(), 1, "no note is begun by the way");

    let line = history(&mut world, STATION, child, "closed").remove(0);
    assert_eq!(line["may_undo"], json!(false), "it is opened again, with a reason");
    let undo = json!({ "record": line["record"], "change": line["change"] });
    assert!(world.call(STATION, "child.undo", &undo).is_err());
    let bare = world.ok(STATION, "child.reopen", json!({ "child": child, "why": " " }));
    assert_eq!(bare["done"], json!(false));
    let back = world.ok(STATION, "child.reopen", json!({ "child": child, "why": "孩子又迁回来了" }));
    assert_eq!(back["done"], json!(true));
    world.settle();
    assert_eq!(names(&mut world, DIRECTOR, json!({})).len(), 2);
    let told = history(&mut world, DIRECTOR, child, "reopened_why");
    assert!(told[0]["words"]["text"].as_str().is_some_and(|text| text.contains("又迁回来")), "{told:?}");
    assert_eq!(closes(&mut world, STATION, child, "AGE18")["done"], json!(true), "and closed once more");
    assert!(history(&mut world, STATION, child, "reopened_why")[0]["after"].is_null(), "with nothing of before");
    every_desk_is_sound(&mut world);
}

#[test]
fn two_who_close_a_file_at_once_for_different_reasons_differ_as_ever() {
    let (mut world, child) = street_with("张小明");
    let unit = world.server.roster().posts[&world.seats[STATION].post].unit;
    let colleague = world.employ("未保专员一", unit, domain::post::Role::Specialist);
    world.settle();
    closes(&mut world, STATION, child, "MOVED_OUT");
    world.ok(
        colleague,
        "child.close",
        json!({ "child": child, "values": { "closed_why": "ADOPTED", "closed_papers": "收养登记证 示例〔2026〕1号" } }),
    );
    world.settle();
    let lines = differing(&mut world, STATION);
    assert_eq!(lines.iter().map(|line| line["key"].as_str()).collect::<Vec<_>>(), [Some("closed_why")]);
    assert!(!card(&mut world, STATION, child)["closed"].is_null(), "closed it is");
    let line = &lines[0];
    let choice = json!({ "record": line["record"], "key": "closed_why", "value": "ADOPTED" });
    world.ok(STATION, "child.choose", choice);
    world.settle();
    assert_eq!(card(&mut world, colleague, child)["closed"]["why"]["code"], "ADOPTED");
    every_desk_is_sound(&mut world);
}
