//! l: a photograph is sent over a line that breaks, and the laptop is switched off half-way. The
//! note must not wait for it, and nothing of it may be sent for nothing or lost.

use domain::id::ChildId;
use serde_json::{Value, json};
use tongdang_tests::photo;
use tongdang_tests::world::{Weather, World};

use crate::say::{DIRECTOR, NEIGHBOUR, STATION, every_desk_is_sound, listed, note, notes, street_with};

/// A finished note with one photograph; the note's record.
fn visits_with_photo(world: &mut World, child: ChildId, seed: u32) -> Value {
    let begun = world.ok(DIRECTOR, "visit.begin", json!({ "children": [child] }));
    let add = json!({ "draft": begun["draft"], "field": "attach", "name": "院子.jpg", "data": photo::yard(seed) });
    world.ok(DIRECTOR, "file.add", add);
    // Killed before 完成: the draft and its photograph are still there.
    world.crash(DIRECTOR);
    world.wake(DIRECTOR);
    assert_eq!(files(world, DIRECTOR, &begun["draft"]).len(), 1);
    let values = note(world, DIRECTOR, "家中整洁，拍了院子里的水缸。");
    let done = world.ok(DIRECTOR, "visit.complete", json!({ "draft": begun["draft"], "values": values }));
    done["records"][0]["visit"].clone()
}

fn files(world: &mut World, seat: usize, about: &Value) -> Vec<Value> {
    listed(&world.ok(seat, "file.of", json!({ "about": about })))
}

fn open(world: &mut World, seat: usize, file: &Value) -> Value {
    world.ok(seat, "file.open", json!({ "file": file }))["data"].clone()
}

fn waiting(world: &mut World) -> u64 {
    world.ok(DIRECTOR, "sync.state", json!({}))["pieces_waiting"].as_u64().expect("a count")
}

#[test]
fn the_note_is_at_the_station_before_its_photograph_and_the_photograph_comes_after_all_cuts() {
    let (mut world, child) = street_with("张小明");
    let visit = visits_with_photo(&mut world, child, 1);
    let mine = files(&mut world, DIRECTOR, &visit);
    let all = waiting(&mut world);
    assert!(all >= 4, "a photograph of several pieces: {all}");

    // The text goes through, then the line breaks at the first request for pieces.
    let mut requests = 0;
    world.sync_in(DIRECTOR, &mut |_| {
        requests += 1;
        if requests == 1 { Weather::Fine } else { Weather::RequestLost }
    });
    world.gate();
    world.sync(STATION);
    assert_eq!(notes(&mut world, STATION, child).len(), 1, "the note did not wait");
    let theirs = files(&mut world, STATION, &visit);
    assert_eq!((theirs.len(), &theirs[0]["here"]), (1, &json!(false)), "the station knows of it");
    assert_eq!(open(&mut world, STATION, &theirs[0]["file"]), Value::Null, "and asks for it");
    assert_eq!(waiting(&mut world), all);

    // Cut, answers lost, the laptop switched off: what was kept is not sent again.
    let mut left = all;
    for weather in [Weather::AnswerLost, Weather::Cut(30), Weather::Twice, Weather::Late, Weather::Portal] {
        world.pass_s(3600);
        let mut requests = 0;
        world.sync_in(DIRECTOR, &mut |_| {
            requests += 1;
            if requests == 2 { weather } else { Weather::Fine }
        });
        world.crash(DIRECTOR);
        world.wake(DIRECTOR);
        assert!(waiting(&mut world) <= left, "{weather:?}");
        left = waiting(&mut world);
    }
    world.pass_s(3600);
    world.sync(DIRECTOR);
    assert_eq!(waiting(&mut world), 0);
    assert_eq!(files(&mut world, DIRECTOR, &visit)[0]["sent"], true, "已送达 only with all pieces");

    world.pass_s(3600);
    world.sync(STATION);
    let here = open(&mut world, STATION, &theirs[0]["file"]);
    assert_eq!(here, open(&mut world, DIRECTOR, &mine[0]["file"]), "the same picture");
    let thumb = world.ok(STATION, "file.thumb", json!({ "file": theirs[0]["file"] }));
    assert!(thumb["data"].is_string());
    assert_eq!(files(&mut world, STATION, &visit)[0]["here"], true);
    let foreign = world.call(NEIGHBOUR, "file.open", &json!({ "file": mine[0]["file"] })).expect_err("not hers");
    assert_eq!(foreign.code, domain::fault::Code::NotFound);
    every_desk_is_sound(&mut world);
}

#[test]
fn a_photograph_follows_its_child_and_leaves_the_former_laptop() {
    let (mut world, child) = street_with("张小明");
    let visit = visits_with_photo(&mut world, child, 2);
    let file = files(&mut world, DIRECTOR, &visit)[0]["file"].clone();
    let picture = open(&mut world, DIRECTOR, &file);
    // The child is given to the neighbour while the photograph is still on the director's laptop.
    let (from, to) = (world.seats[DIRECTOR].post, world.seats[NEIGHBOUR].post);
    world.ok(STATION, "roster.withdraw", json!({ "children": [child], "post": from }));
    world.ok(STATION, "roster.assign", json!({ "children": [child], "post": to }));
    world.sync(STATION);
    world.gate();
    world.settle();
    world.settle();
    let gone = world.call(DIRECTOR, "file.open", &json!({ "file": file })).expect_err("no longer hers");
    assert_eq!(gone.code, domain::fault::Code::NotFound);
    // What was written after the child had gone is kept aside by the district until the station
    // says so; the pieces are there with it.
    let (pieces, _) = world.server.pieces().expect("the store answers");
    assert!(pieces >= 4, "{pieces} pieces are with the district");
    let theirs = files(&mut world, NEIGHBOUR, &visit);
    if let Some(line) = theirs.first() {
        open(&mut world, NEIGHBOUR, &line["file"]);
        world.settle();
        assert_eq!(open(&mut world, NEIGHBOUR, &line["file"]), picture);
    }
    every_desk_is_sound(&mut world);
}

#[test]
fn an_older_backup_gets_the_photograph_again_from_whoever_has_it() {
    let (mut world, child) = street_with("张小明");
    let backup = world.backup();
    let visit = visits_with_photo(&mut world, child, 3);
    world.settle();
    assert_eq!(waiting(&mut world), 0);
    let (kept, bytes) = world.server.pieces().expect("the store answers");
    world.restore(&backup);
    assert_eq!(world.server.pieces().expect("the store answers"), (0, 0), "the backup knows nothing of it");
    for _ in 0..3 {
        world.pass_s(3600);
        world.settle();
    }
    assert_eq!(world.server.pieces().expect("the store answers"), (kept, bytes));
    let file = files(&mut world, STATION, &visit)[0]["file"].clone();
    open(&mut world, STATION, &file);
    world.settle();
    assert_eq!(open(&mut world, STATION, &file), open(&mut world, DIRECTOR, &file));
    every_desk_is_sound(&mut world);
}
