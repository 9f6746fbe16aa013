//! The sentences the stories are told in. They must not check anything but that a call is taken.

use domain::day::Day;
use domain::id::ChildId;
use domain::post::Role;
use domain::roster::Row;
use serde_json::{Value, json};
use tongdang_tests::world::World;

/// The station's desk.
pub(crate) const STATION: usize = 0;
/// The first community's director.
pub(crate) const DIRECTOR: usize = 1;
/// The second community's director.
pub(crate) const NEIGHBOUR: usize = 2;

/// One street with a station and two directors; everybody has synced once.
pub(crate) fn street() -> World {
    let mut world = World::found(1, 1, 2);
    world.settle();
    world
}

/// A street whose first director has one child.
pub(crate) fn street_with(name: &str) -> (World, ChildId) {
    let mut world = street();
    let child = world.child(name, DIRECTOR);
    world.settle();
    (world, child)
}

/// A social worker begins at the station and is given the child.
pub(crate) fn social_worker(world: &mut World, child: ChildId) -> usize {
    let unit = world.server.roster().posts[&world.seats[STATION].post].unit;
    let seat = world.employ("社工一", unit, Role::SocialWorker);
    let post = world.seats[seat].post;
    world.write(vec![Row::Assign { child, post }]);
    world.settle();
    seat
}

/// These desks sync, and hear what the others brought.
pub(crate) fn meet(world: &mut World, seats: &[usize]) {
    for _ in 0..3 {
        for seat in seats {
            let met = world.sync(*seat);
            assert_eq!(met.faults, [], "{} syncs", world.seats[*seat].name);
        }
        world.gate();
        world.pass_s(60);
    }
}

/// A whole note about a visit ten minutes ago by the desk's own clock.
pub(crate) fn note(world: &mut World, seat: usize, text: &str) -> Value {
    let me = world.ok(seat, "me", json!({}));
    let now = domain::moment::Timestamp(me["now"].as_i64().expect("a time"));
    let today = Day::of(now);
    let visit_at = domain::check::time::write(now.plus_s(-600));
    let mut values = json!({
        "visit_at": visit_at, "mode": "1", "purpose/1": true, "met_child": true,
        "met_guardian": true, "note": text, "risk_hint": "1", "next_visit": today.plus(14).to_string(), "source": "1",
    });
    for aspect in ["living", "guard", "health", "study", "psych", "safety", "social"] {
        values[aspect] = json!("1");
    }
    values[format!("visitors/{}", world.seats[seat].post)] = json!(true);
    values
}

/// She writes a visit and finishes it.
pub(crate) fn visits(world: &mut World, seat: usize, child: ChildId, text: &str) -> Value {
    let values = note(world, seat, text);
    let done = world.ok(seat, "visit.complete", json!({ "children": [child], "values": values }));
    assert!(done["records"][0]["visit"].is_string(), "the note is finished: {done}");
    done["records"][0]["visit"].clone()
}

/// She fills a field in.
pub(crate) fn writes(world: &mut World, seat: usize, child: ChildId, key: &str, value: &str) {
    let edits = json!([{ "set": { "key": key, "value": value } }]);
    let edited = world.ok(seat, "child.edit", json!({ "child": child, "edits": edits }));
    assert_eq!(edited["saved"], json!([key]), "{key} is saved: {edited}");
}

/// She empties a field.
pub(crate) fn clears(world: &mut World, seat: usize, child: ChildId, key: &str) {
    let edits = json!([{ "clear": { "key": key } }]);
    let edited = world.ok(seat, "child.edit", json!({ "child": child, "edits": edits }));
    assert_eq!(edited["saved"], json!([key]), "{key} is saved: {edited}");
}

/// She assesses the risk.
pub(crate) fn assesses(world: &mut World, seat: usize, child: ChildId, level: &str, reason: &str) {
    let values = json!({ "level": level, "reason": reason });
    let done = world.ok(seat, "assessment.complete", json!({ "child": child, "values": values }));
    assert!(done["record"].is_string(), "the assessment is finished: {done}");
}

/// What stands in a field on her screen, whole.
pub(crate) fn reads(world: &mut World, seat: usize, child: ChildId, key: &str) -> String {
    let asked = json!({ "child": child, "key": key, "reason": "核对" });
    let shown = world.ok(seat, "child.reveal", asked);
    shown["value"].as_str().unwrap_or_default().to_owned()
}

/// The child's card on her screen.
pub(crate) fn card(world: &mut World, seat: usize, child: ChildId) -> Value {
    world.ok(seat, "child.open", json!({ "child": child }))["card"].clone()
}

/// What two people wrote differently, as her screen lists it.
pub(crate) fn differing(world: &mut World, seat: usize) -> Vec<Value> {
    listed(&world.ok(seat, "differing.list", json!({})))
}

/// The history of a field on her screen, newest first.
pub(crate) fn history(world: &mut World, seat: usize, child: ChildId, key: &str) -> Vec<Value> {
    let lines = listed(&world.ok(seat, "child.history", json!({ "child": child })));
    lines.into_iter().filter(|line| line["key"] == key).collect()
}

/// Who wrote which note about the child, as her screen lists them, in the order of names.
pub(crate) fn notes(world: &mut World, seat: usize, child: ChildId) -> Vec<(String, String)> {
    let lines = listed(&world.ok(seat, "visits.list", json!({ "child": child })));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut notes: Vec<_> = lines.iter().map(|line| (text(&line["who"]["person"]), text(&line["opening"]))).collect();
    notes.sort();
    notes
}

/// What waits to be claimed on her screen, or was decided on: oldest first.
pub(crate) fn held(world: &mut World, seat: usize, standing: &str) -> Vec<Value> {
    let lines = listed(&world.ok(seat, "held.list", json!({})));
    lines.into_iter().filter(|line| line["standing"] == standing).collect()
}

/// The held work in which these words stand.
pub(crate) fn held_with(world: &mut World, seat: usize, words: &str) -> Value {
    let lines = held(world, seat, "open");
    let found = lines.iter().find(|line| line["written"].to_string().contains(words));
    found.unwrap_or_else(|| panic!("{words} waits to be claimed: {lines:?} {}", world.chains())).clone()
}

/// She decides what becomes of held work.
pub(crate) fn settles(world: &mut World, seat: usize, work: &Value, deed: &str, reason: &str) {
    let args = json!({ "device": work["device"], "record": work["record"], "deed": deed, "reason": reason });
    world.ok(seat, "held.settle", args);
}

/// A list of an answer.
pub(crate) fn listed(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

/// Every desk's pages are what its log says.
pub(crate) fn every_desk_is_sound(world: &mut World) {
    for seat in 0..world.seats.len() {
        assert!(world.rebuilt_equals(seat), "{}", world.seats[seat].name);
    }
}
