//! e: a child is registered offline whom the station already has. No file may be dropped or joined
//! by itself.

use domain::id::ChildId;
use serde_json::json;

use crate::say::{DIRECTOR, NEIGHBOUR, STATION, card, every_desk_is_sound, listed, notes, street, visits};

#[test]
fn a_child_found_offline_that_the_station_has_becomes_a_possible_double() {
    let mut world = street();
    let known = world.child("张小明", NEIGHBOUR);
    world.settle();
    visits(&mut world, NEIGHBOUR, known, "邻居主任写下的走访。");

    let found = json!({ "area": world.communities[0], "values": {
        "name": "张小明", "birth": "2015-03-07", "phone_child": "14000002222",
    } });
    let created = world.ok(DIRECTOR, "child.create", found);
    assert_eq!(created["doubles"], json!([]), "she does not have the other file");
    let child: ChildId = created["child"].as_str().and_then(|id| id.parse().ok()).expect("a child");
    visits(&mut world, DIRECTOR, child, "第一次见面写的走访。");
    world.settle();

    let doubles = listed(&world.ok(STATION, "doubles.list", json!({})));
    assert_eq!(doubles.len(), 1, "the station is told once");
    let mut pair = [&doubles[0]["first"]["child"], &doubles[0]["second"]["child"]].map(|id| id.to_string());
    let mut both = [json!(known), json!(child)].map(|id| id.to_string());
    pair.sort();
    both.sort();
    assert_eq!(pair, both);

    assert_eq!(card(&mut world, STATION, known)["name"], "张小明");
    assert_eq!(card(&mut world, STATION, child)["name"], "张小明");
    let note = |who: &str, text: &str| vec![(who.to_owned(), text.to_owned())];
    assert_eq!(notes(&mut world, STATION, known), note("主任1-2", "邻居主任写下的走访。"));
    assert_eq!(notes(&mut world, STATION, child), note("主任1-1", "第一次见面写的走访。"));
    assert_eq!(notes(&mut world, DIRECTOR, child), note("主任1-1", "第一次见面写的走访。"));
    let hidden = world.call(DIRECTOR, "child.open", &json!({ "child": known })).expect_err("not hers");
    assert_eq!(hidden.code, domain::fault::Code::NotFound);
    every_desk_is_sound(&mut world);
}
