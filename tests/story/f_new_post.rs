//! f: a director changes post and her old laptop comes back ten days later. Her words may neither
//! be lost nor enter a file by themselves, and the old files must leave the laptop.

use domain::day::Day;
use domain::id::{ChildId, PostId, RecordId};
use domain::roster::Row;
use serde_json::{Value, json};
use tongdang_tests::world::World;

use crate::say::{DIRECTOR, NEIGHBOUR, STATION, every_desk_is_sound, listed, meet, notes, street_with, visits, writes};

/// The director moves to the second community; the child goes to the director there.
fn moves_on(world: &mut World, child: ChildId) {
    let (old, person) = (world.seats[DIRECTOR].post, world.seats[DIRECTOR].person);
    let (from, to) = (world.server.roster().posts[&old].clone(), world.seats[NEIGHBOUR].post);
    let unit = world.server.roster().posts[&to].unit;
    let today = Day::of(world.now);
    let fresh = PostId::new(world.moment().uuid());
    let ended = Row::Post { id: old, person, unit: from.unit, role: from.role, from: from.from, to: Some(today) };
    let begun = Row::Post { id: fresh, person, unit, role: from.role, from: today.plus(1), to: None };
    world.write(vec![ended, begun, Row::Withdraw { child, post: old }, Row::Assign { child, post: to }]);
}

/// Items, records and cards of the child that her disk still holds in the clear of its own key.
fn traces(world: &World, seat: usize, child: ChildId) -> i64 {
    let client = world.seats[seat].client.as_ref().expect("awake");
    let count = |db: &rusqlite::Connection| {
        let tables = ["record", "child_card", "visit_card", "file_card", "differing"];
        let count = |table: &str| {
            let sql = format!("SELECT count(*) FROM {table} WHERE child = ?1");
            db.query_row(&sql, [child.as_bytes()], |row| row.get::<_, i64>(0)).expect("a count")
        };
        tables.into_iter().map(count).sum()
    };
    client.with_db(count).expect("unlocked")
}

fn record(id: &Value) -> RecordId {
    id.as_str().and_then(|id| id.parse().ok()).expect("a record")
}

#[test]
fn her_old_laptop_syncs_ten_days_later_and_nothing_is_lost_or_left() {
    let (mut world, child) = street_with("张小明");
    let before = visits(&mut world, DIRECTOR, child, "换岗之前写下的走访。");
    moves_on(&mut world, child);
    meet(&mut world, &[STATION, NEIGHBOUR]);
    world.pass_s(2 * 86_400);
    let after = visits(&mut world, DIRECTOR, child, "换岗以后在旧电脑上写的走访。");
    writes(&mut world, DIRECTOR, child, "phone_child", "14000003333");
    let draft = json!({ "children": [child], "values": { "note": "只写了一半的话" } });
    let draft = world.ok(DIRECTOR, "visit.draft.save", draft)["draft"].clone();
    world.pass_s(8 * 86_400);
    assert!(traces(&world, DIRECTOR, child) > 0, "the old laptop still has the file");

    meet(&mut world, &[DIRECTOR, STATION, NEIGHBOUR]);

    for written in [&before, &after, &draft] {
        assert!(world.kept_aside(record(written)), "待认领");
    }
    assert!(world.held_from(DIRECTOR, child));
    assert_eq!(notes(&mut world, NEIGHBOUR, child), [], "nothing enters a file by itself");
    assert_eq!(notes(&mut world, STATION, child), []);
    let device = world.seats[DIRECTOR].device;
    let day = world.ok(STATION, "dayend", json!({}));
    let line = listed(&day["directors"]).into_iter().find(|line| line["device"] == json!(device)).expect("her laptop");
    assert!(line["held"].as_u64().is_some_and(|held| held >= 4), "the station is told: {line}");
    assert_eq!(line["missing"], json!([]), "and misses no number");

    assert_eq!(traces(&world, DIRECTOR, child), 0, "the old laptop has given the file away");
    let gone = world.call(DIRECTOR, "child.open", &json!({ "child": child })).expect_err("not hers any more");
    assert_eq!(gone.code, domain::fault::Code::NotFound);
    assert_eq!(world.unsent(DIRECTOR), 0);
    every_desk_is_sound(&mut world);
}
