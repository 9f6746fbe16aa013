//! A visit leaves something to be done. It stands on 今天 of the director and of her station until somebody says that
//! it is done, on whichever desk.

use serde_json::json;
use tongdang_tests::world::World;

use crate::say::{DIRECTOR, STATION, every_desk_is_sound, listed, note, street_with};

fn to_do(world: &mut World, seat: usize) -> Vec<String> {
    let today = world.ok(seat, "today", json!({}));
    listed(&today["follow_ups"]).iter().map(|line| format!("{} {}", line["name"], line["item"])).collect()
}

#[test]
fn what_a_visit_left_to_be_done_is_seen_by_both_until_one_of_them_did_it() {
    let (mut world, child) = street_with("张小明");
    let begun = world.ok(DIRECTOR, "visit.begin", json!({ "children": [child] }));
    let mut values = note(&mut world, DIRECTOR, "户口还没有上，祖母想问怎么办。");
    values["followup/7k2m0x/item"] = json!("带祖母去派出所补办户口");
    values["followup/7k2m0x/due"] = json!("2026-12-01");
    let done = world.ok(DIRECTOR, "visit.complete", json!({ "draft": begun["draft"], "values": values }));
    let visit = done["records"][0]["visit"].clone();
    world.settle();
    let line = "\"张小明\" \"带祖母去派出所补办户口\"";
    for seat in [DIRECTOR, STATION] {
        assert_eq!(to_do(&mut world, seat), [line], "{}", world.seats[seat].name);
    }
    world.ok(STATION, "visit.review", json!({ "visit": visit, "verdict": "2", "note": "请补充监护人电话" }));
    world.pass_s(60);

    // Both are away from the network: the station hears that it was done, the director goes on.
    let opened = world.ok(STATION, "visit.open", json!({ "visit": visit }));
    let row = opened["follow_ups"][0]["row"].clone();
    world.ok(
        STATION,
        "follow_up.done",
        json!({ "visit": visit, "row": row, "done": true, "text": "派出所已办，户口本已拿到" }),
    );
    assert_eq!((to_do(&mut world, STATION).len(), to_do(&mut world, DIRECTOR).len()), (0, 1));
    world.settle();
    assert_eq!(to_do(&mut world, DIRECTOR), Vec::<String>::new());
    let opened = world.ok(DIRECTOR, "visit.open", json!({ "visit": visit }));
    assert_eq!(opened["follow_ups"][0]["done"]["person"], "督导员1");
    assert_eq!(opened["line"]["standing"], "returned", "what was asked for is still to be supplemented");

    world.pass_s(60);
    world.ok(DIRECTOR, "follow_up.done", json!({ "visit": visit, "row": row, "done": false }));
    world.settle();
    for seat in [DIRECTOR, STATION] {
        assert_eq!(to_do(&mut world, seat), [line], "taken back, {}", world.seats[seat].name);
    }
    every_desk_is_sound(&mut world);
}
