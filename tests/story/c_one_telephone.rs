//! c: two people write one telephone differently. Nothing may be chosen without a person.

use serde_json::{Value, json};
use tongdang_tests::world::World;

use domain::id::ChildId;

use crate::say::{
    DIRECTOR, STATION, differing, every_desk_is_sound, history, listed, reads, social_worker, street_with, writes,
};

const DIRECTORS: &str = "14000001111";
const WORKERS: &str = "14000002222";

/// The street after both have written and synced, and the social worker's seat.
fn two_telephones() -> (World, ChildId, usize) {
    let (mut world, child) = street_with("张小明");
    let worker = social_worker(&mut world, child);
    writes(&mut world, DIRECTOR, child, "phone_child", DIRECTORS);
    writes(&mut world, worker, child, "phone_child", WORKERS);
    world.settle();
    (world, child, worker)
}

fn said(line: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut said: Vec<_> = listed(&line["cell"]["said"])
        .iter()
        .map(|said| (text(&said["who"]["person"]), text(&said["who"]["device"]), text(&said["value"])))
        .collect();
    said.sort();
    said
}

#[test]
fn both_telephones_are_shown_with_who_and_when_and_on_which_computer() {
    let (mut world, _, worker) = two_telephones();
    for seat in [STATION, DIRECTOR, worker] {
        let lines = differing(&mut world, seat);
        assert_eq!(lines.len(), 1, "one field at {}", world.seats[seat].name);
        assert_eq!((&lines[0]["key"], &lines[0]["may_choose"]), (&json!("phone_child"), &json!(seat == STATION)));
        let by = |person: &str, value: &str| (person.to_owned(), format!("{person}的电脑"), value.to_owned());
        assert_eq!(said(&lines[0]), [by("主任1-1", DIRECTORS), by("社工一", WORKERS)]);
        let times = listed(&lines[0]["cell"]["said"]);
        assert!(times.iter().all(|said| said["who"]["at"].as_i64().is_some_and(|at| at > 0)), "each with its time");
    }
}

#[test]
fn the_director_cannot_write_over_what_is_to_be_decided() {
    let (mut world, child, _) = two_telephones();
    let edits = json!([{ "set": { "key": "phone_child", "value": "14000003333" } }]);
    let edited = world.ok(DIRECTOR, "child.edit", json!({ "child": child, "edits": edits }));
    assert_eq!(edited["saved"], json!([]), "{edited}");
    let line = differing(&mut world, DIRECTOR).remove(0);
    let choice = json!({ "record": line["record"], "key": "phone_child", "value": DIRECTORS });
    let refused = world.call(DIRECTOR, "child.choose", &choice).expect_err("she does not choose");
    assert_eq!(refused.code, domain::fault::Code::Denied);
}

#[test]
fn the_station_picks_one_everybody_sees_it_and_it_can_be_taken_back() {
    let (mut world, child, worker) = two_telephones();
    let everybody = [STATION, DIRECTOR, worker];
    let line = differing(&mut world, STATION).remove(0);
    let choice = json!({ "record": line["record"], "key": "phone_child", "value": WORKERS });
    world.ok(STATION, "child.choose", choice);
    world.settle();

    for seat in everybody {
        assert_eq!(reads(&mut world, seat, child, "phone_child"), WORKERS);
        assert!(differing(&mut world, seat).is_empty());
        let chosen = history(&mut world, seat, child, "phone_child").remove(0);
        assert_eq!(chosen["who"]["person"], "督导员1");
        assert_eq!(listed(&chosen["before"]).len(), 2, "both values stand in the history: {chosen}");
    }

    let chosen = history(&mut world, STATION, child, "phone_child").remove(0);
    world.ok(STATION, "child.undo", json!({ "record": chosen["record"], "change": chosen["change"] }));
    world.settle();
    for seat in everybody {
        let lines = differing(&mut world, seat);
        assert_eq!(lines.len(), 1, "to be decided again at {}", world.seats[seat].name);
        let mut values: Vec<String> = said(&lines[0]).into_iter().map(|(_, _, value)| value).collect();
        values.sort();
        assert_eq!(values, [DIRECTORS, WORKERS]);
    }
    every_desk_is_sound(&mut world);
}
