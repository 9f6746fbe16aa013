//! f: a director changes post and her old laptop comes back ten days later. Her words may neither
//! be lost nor enter a file by themselves, and the old files must leave the laptop.

use domain::day::Day;
use domain::id::{ChildId, PostId, RecordId};
use domain::roster::Row;
use serde_json::{Value, json};
use tongdang_tests::world::World;

use crate::say::{
    DIRECTOR, NEIGHBOUR, STATION, every_desk_is_sound, held, held_with, history, listed, meet, notes, settles,
    street_with, visits, writes,
};

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
        let tables = ["record", "child_card", "visit_card", "file_card", "alarm_card", "differing"];
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
    let draft = world.ok(DIRECTOR, "draft.save", draft)["draft"].clone();
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

/// Her old laptop comes back with a note, two edits and a half note, all written too late.
fn came_back_late() -> (World, ChildId, Value) {
    let (mut world, child) = street_with("张小明");
    moves_on(&mut world, child);
    meet(&mut world, &[STATION, NEIGHBOUR]);
    world.pass_s(2 * 86_400);
    let note = visits(&mut world, DIRECTOR, child, "换岗以后在旧电脑上写的走访。");
    writes(&mut world, DIRECTOR, child, "phone_child", "14000003333");
    writes(&mut world, DIRECTOR, child, "school_name", "明湖第二小学");
    let draft = json!({ "children": [child], "values": { "note": "只写了一半的话" } });
    world.ok(DIRECTOR, "draft.save", draft);
    world.pass_s(8 * 86_400);
    meet(&mut world, &[DIRECTOR, STATION, NEIGHBOUR]);
    (world, child, note)
}

#[test]
fn a_child_she_found_before_the_change_comes_to_her_station_though_nobody_knew_of_it() {
    let (mut world, known) = street_with("张小明");
    let roster = world.server.roster();
    let area = roster.area_of(&roster.posts[&world.seats[DIRECTOR].post]).expect("her community");
    let found = json!({ "area": area, "values": { "name": "王小红", "sex": "2" } });
    let child = world.ok(DIRECTOR, "child.create", found)["child"].clone();
    let child: ChildId = child.as_str().and_then(|id| id.parse().ok()).expect("registered");
    visits(&mut world, DIRECTOR, child, "新发现的孩子，和奶奶住。");
    moves_on(&mut world, known);
    meet(&mut world, &[STATION, NEIGHBOUR]);
    world.pass_s(10 * 86_400);
    meet(&mut world, &[DIRECTOR, STATION, NEIGHBOUR]);

    let file = held_with(&mut world, STATION, "王小红");
    let note = held_with(&mut world, STATION, "新发现的孩子，和奶奶住。");
    for work in [&file, &note] {
        settles(&mut world, STATION, work, "take", "");
    }
    meet(&mut world, &[STATION]);
    let without = listed(&world.ok(STATION, "today", json!({}))["unassigned"]);
    assert!(without.iter().any(|line| line["name"] == "王小红"), "in nobody's charge: {without:?}");
    let post = world.seats[NEIGHBOUR].post;
    world.write(vec![Row::Assign { child, post }]);
    meet(&mut world, &[STATION, NEIGHBOUR]);
    for seat in [STATION, NEIGHBOUR] {
        assert_eq!(world.ok(seat, "child.open", json!({ "child": child }))["card"]["name"], "王小红");
        assert_eq!(notes(&mut world, seat, child).len(), 1);
    }
    every_desk_is_sound(&mut world);
}

/// Of her chain at the station's day's end: what waits to be claimed, what was decided and is in no file.
fn counted(world: &mut World) -> (u64, u64) {
    let device = world.seats[DIRECTOR].device;
    let day = world.ok(STATION, "dayend", json!({}));
    let line = listed(&day["directors"]).into_iter().find(|line| line["device"] == json!(device)).expect("her laptop");
    assert_eq!((&line["missing"], &line["missing_earlier"]), (&json!([]), &json!(0)), "no number is missing: {line}");
    assert_eq!(day["sum"]["held"], line["held"], "nobody else's waits");
    (line["held"].as_u64().expect("a count"), line["settled"].as_u64().expect("a count"))
}

#[test]
fn the_supervisor_takes_one_note_over_sends_another_back_and_keeps_a_third() {
    let (mut world, child, note) = came_back_late();
    let (all, _) = counted(&mut world);
    let whole = held_with(&mut world, STATION, "换岗以后在旧电脑上写的走访。");
    assert_eq!((&whole["record"], &whole["name"], &whole["may_take"]), (&note, &json!("张小明"), &json!(true)));
    assert_eq!(whole["who"]["person"], "主任1-1");
    assert_eq!(whole["written"][0]["text"], "情况记录：换岗以后在旧电脑上写的走访。", "what she wrote comes first");
    assert_eq!(whole["written"][0]["en"], "What was found: 换岗以后在旧电脑上写的走访。");
    let id = |text: &str| text.split(|c: char| !c.is_ascii_hexdigit()).any(|run| run.len() >= 16);
    assert!(!whole["written"].to_string().split(',').any(id), "in words, no ids: {whole}");
    assert!(whole["written"].to_string().contains("走访人：主任1-1"), "{whole}");
    settles(&mut world, STATION, &whole, "take", "");
    let half = held_with(&mut world, STATION, "只写了一半的话");
    let no_reason = json!({ "device": half["device"], "record": half["record"], "deed": "return", "reason": " " });
    let refused = world.call(STATION, "held.settle", &no_reason).expect_err("a reason is wanted");
    assert_eq!((refused.code, refused.about.as_str()), (domain::fault::Code::Invalid, "reason"));
    settles(&mut world, STATION, &half, "return", "没有写完，请和新主任当面说清。");
    assert_eq!(held(&mut world, STATION, "returned").len(), 1, "it does not ask any more");
    meet(&mut world, &[STATION, DIRECTOR, NEIGHBOUR]);

    let known = vec![("主任1-1".to_owned(), "换岗以后在旧电脑上写的走访。".to_owned())];
    for seat in [STATION, NEIGHBOUR] {
        assert_eq!(notes(&mut world, seat, child), known, "in the file, as her note, and the half one is not");
        let line = listed(&world.ok(seat, "visits.list", json!({ "child": child }))).remove(0);
        assert_eq!(line["taken"]["person"], "督导员1", "and who took it over: {line}");
        let opened = world.ok(seat, "visit.open", json!({ "visit": note }));
        assert_eq!(
            (&opened["line"]["taken"]["person"], &opened["line"]["received"]),
            (&json!("督导员1"), &json!(true))
        );
    }
    assert!(!world.kept_aside(record(&note)) && world.kept_aside(record(&half["record"])));
    let back = world.ok(DIRECTOR, "sync.state", json!({}))["returned"].clone();
    assert_eq!(
        (&back[0]["form"]["text"], &back[0]["reason"]),
        (&json!("没写完的记录"), &json!("没有写完，请和新主任当面说清。"))
    );
    assert_eq!(
        (&back[0]["who"]["person"], &back[0]["name"], &back[1]),
        (&json!("督导员1"), &Value::Null, &Value::Null)
    );
    assert_eq!(world.ok(NEIGHBOUR, "sync.state", json!({}))["returned"], json!([]), "told to her alone");
    assert_eq!(traces(&world, DIRECTOR, child), 0, "without the file");

    let edits = held_with(&mut world, STATION, "明湖第二小学");
    settles(&mut world, STATION, &edits, "shelve", "");
    assert_eq!(held(&mut world, STATION, "open"), [] as [Value; 0], "nothing asks any more");
    let (open, settled) = counted(&mut world);
    assert_eq!((open, settled), (all - 1 - settled, all - 1), "kept aside = in the log + decided + open");
    meet(&mut world, &[STATION, DIRECTOR, NEIGHBOUR]);
    assert_eq!(history(&mut world, NEIGHBOUR, child, "school_name").len(), 1, "and changes nothing");
    every_desk_is_sound(&mut world);
    assert_eq!(world.server.verify().expect("verified").wrong, []);
}

#[test]
fn a_decision_can_be_taken_back_until_it_is_a_taking_over() {
    let (mut world, child, _) = came_back_late();
    let edits = held_with(&mut world, STATION, "明湖第二小学");
    settles(&mut world, STATION, &edits, "return", "请核对学校。");
    meet(&mut world, &[STATION, DIRECTOR]);
    assert_eq!(world.ok(DIRECTOR, "sync.state", json!({}))["returned"][0]["reason"], "请核对学校。");
    settles(&mut world, STATION, &edits, "reopen", "");
    meet(&mut world, &[STATION, DIRECTOR]);
    assert_eq!(world.ok(DIRECTOR, "sync.state", json!({}))["returned"], json!([]), "no longer sent back");
    settles(&mut world, STATION, &edits, "take", "");
    meet(&mut world, &[STATION, DIRECTOR, NEIGHBOUR]);
    for seat in [STATION, NEIGHBOUR] {
        let lines = history(&mut world, seat, child, "school_name");
        assert_eq!(lines[0]["after"], "明湖第二小学", "both her edits are in the file");
        assert_eq!(lines[0]["who"]["person"], "主任1-1");
        let taken = &lines[0]["taken"];
        assert_eq!(taken["person"], "督导员1", "and who took it over");
        assert!(taken["at"].as_i64() > lines[0]["at"].as_i64(), "days after it was written: {taken}");
        assert_eq!(lines[1]["taken"], Value::Null, "what went into the file by itself nobody took over");
        assert_eq!(history(&mut world, seat, child, "phone_child").len(), 2);
    }
    let again = json!({ "device": edits["device"], "record": edits["record"], "deed": "reopen" });
    let gone = world.call(STATION, "held.settle", &again).expect_err("taken over for good");
    assert_eq!(gone.code, domain::fault::Code::NotFound);
    every_desk_is_sound(&mut world);
}

#[test]
fn an_old_backup_loses_no_decision() {
    let (mut world, child, note) = came_back_late();
    let copy = world.backup();
    let whole = held_with(&mut world, STATION, "换岗以后在旧电脑上写的走访。");
    settles(&mut world, STATION, &whole, "take", "");
    let half = held_with(&mut world, STATION, "只写了一半的话");
    settles(&mut world, STATION, &half, "return", "没有写完。");
    meet(&mut world, &[STATION, DIRECTOR, NEIGHBOUR]);
    world.restore(&copy);
    assert!(world.kept_aside(record(&note)), "the backup knows of no decision");
    for _ in 0..3 {
        world.pass_s(3600);
        meet(&mut world, &[STATION, DIRECTOR, NEIGHBOUR]);
    }
    assert!(!world.kept_aside(record(&note)), "the station's computer brought it back");
    assert!(world.kept_aside(record(&half["record"])));
    assert_eq!(notes(&mut world, NEIGHBOUR, child).len(), 1);
    assert_eq!(held(&mut world, STATION, "returned").len(), 1);
    assert_eq!(world.server.verify().expect("verified").wrong, []);
    every_desk_is_sound(&mut world);
}

#[test]
fn a_director_and_another_streets_station_settle_nothing() {
    let mut world = World::found(5, 2, 2);
    world.settle();
    let (own, other, director, next) = (0, 1, 2, 3);
    let child = world.child("张小明", director);
    world.settle();
    let (from, to) = (world.seats[director].post, world.seats[next].post);
    world.write(vec![Row::Withdraw { child, post: from }, Row::Assign { child, post: to }]);
    let note = visits(&mut world, director, child, "写在交接以后的一次走访。");
    meet(&mut world, &[director, own, other, next]);
    let work = held_with(&mut world, own, "写在交接以后的一次走访。");
    let args = json!({ "device": work["device"], "record": work["record"], "deed": "take" });
    for seat in [other, director, next] {
        assert_eq!(world.ok(seat, "held.list", json!({})), json!([]), "{}", world.seats[seat].name);
        let refused = world.call(seat, "held.settle", &args).expect_err("not hers to decide");
        assert_eq!(refused.code, domain::fault::Code::NotFound);
        let kept = world.seats[seat]
            .client
            .as_ref()
            .expect("awake")
            .with_db(|db| db.query_row("SELECT count(*) FROM claimable", [], |row| row.get::<_, i64>(0)));
        assert_eq!(kept.map(|count| count.expect("a count")), Some(0), "and nothing of it lies there");
    }
    assert!(world.kept_aside(record(&note)));
}

/// Her post as it stands, with another first or last day.
fn post_of(world: &World, seat: usize, days: (Day, Option<Day>)) -> Row {
    let id = world.seats[seat].post;
    let post = world.server.roster().posts[&id].clone();
    domain::roster::Post { from: days.0, to: days.1, ..post }.row(id)
}

#[test]
fn a_half_note_about_two_of_whom_one_leaves_is_handed_in_for_the_one_and_goes_on_about_the_other() {
    let (mut world, stays) = street_with("张小明");
    let leaves = world.child("张小红", DIRECTOR);
    world.settle();
    let draft = json!({ "children": [leaves, stays], "values": { "note": "两个孩子都在家，奶奶说" } });
    let draft = world.ok(DIRECTOR, "draft.save", draft)["draft"].clone();
    let (old, to) = (world.seats[DIRECTOR].post, world.seats[NEIGHBOUR].post);
    world.write(vec![Row::Withdraw { child: leaves, post: old }, Row::Assign { child: leaves, post: to }]);
    meet(&mut world, &[DIRECTOR, STATION, NEIGHBOUR]);

    assert!(
        held_with(&mut world, STATION, "两个孩子都在家，奶奶说")["child"] == json!(leaves),
        "nothing saved is lost"
    );
    assert_eq!(traces(&world, DIRECTOR, leaves), 0, "and the file is gone from her laptop");
    let open = world.ok(DIRECTOR, "draft.open", json!({ "draft": draft }));
    assert_eq!(open["children"], json!([stays]));
    // The page was open all the time and still names both.
    let more =
        json!({ "draft": draft, "children": [leaves, stays], "values": { "note": "两个孩子都在家，奶奶说都好。" } });
    assert_eq!(world.ok(DIRECTOR, "draft.save", more)["children"], json!([stays]));

    world.write(vec![Row::Withdraw { child: stays, post: old }, Row::Assign { child: stays, post: to }]);
    meet(&mut world, &[DIRECTOR, STATION, NEIGHBOUR]);
    assert!(world.kept_aside(record(&draft)), "the rest as well");
    assert_eq!(world.ok(DIRECTOR, "draft.list", json!({})), json!([]), "nothing to read stays behind");
    every_desk_is_sound(&mut world);
}

#[test]
fn a_post_known_before_it_begins_brings_its_children_on_its_first_day() {
    let (mut world, child) = street_with("张小明");
    let (old, today) = (world.seats[DIRECTOR].post, Day::of(world.now));
    let post = world.server.roster().posts[&old].clone();
    let fresh = PostId::new(world.moment().uuid());
    let begins = domain::roster::Post { from: today.plus(3), to: None, ..post };
    world.write(vec![
        post_of(&world, DIRECTOR, (begins.from.plus(-30), Some(today))),
        begins.row(fresh),
        Row::Withdraw { child, post: old },
        Row::Assign { child, post: fresh },
    ]);
    world.settle();
    for _ in 0..2 {
        world.pass_s(86_400);
        meet(&mut world, &[DIRECTOR, STATION]);
        assert_eq!(world.scope(DIRECTOR).len(), 0, "between two posts she has no files");
    }
    world.pass_s(86_400);
    meet(&mut world, &[DIRECTOR, STATION]);
    assert_eq!(world.ok(DIRECTOR, "child.open", json!({ "child": child }))["card"]["name"], "张小明");
    every_desk_is_sound(&mut world);
}

#[test]
fn a_post_whose_end_is_entered_days_later_takes_the_files_off_her_laptop_all_the_same() {
    let (mut world, child) = street_with("张小明");
    let today = Day::of(world.now);
    world.pass_s(5 * 86_400);
    let ended = post_of(&world, DIRECTOR, (today.plus(-30), Some(today)));
    let to = world.seats[NEIGHBOUR].post;
    world.write(vec![ended, Row::Assign { child, post: to }]);
    meet(&mut world, &[DIRECTOR, STATION, NEIGHBOUR]);
    assert_eq!(traces(&world, DIRECTOR, child), 0);
    assert_eq!(world.unsent(DIRECTOR), 0);
    let known = world.ok(DIRECTOR, "me", json!({}));
    assert_eq!(known["posts"], json!([]), "she knows why");
    assert!(world.ok(NEIGHBOUR, "child.open", json!({ "child": child }))["card"]["name"] == "张小明");
    every_desk_is_sound(&mut world);
}

#[test]
fn the_station_stops_the_computer_of_somebody_who_left() {
    let (mut world, _) = street_with("张小明");
    let today = Day::of(world.now);
    let ended = post_of(&world, DIRECTOR, (today.plus(-30), Some(today)));
    world.write(vec![ended]);
    world.pass_s(2 * 86_400);
    meet(&mut world, &[STATION]);
    let device = json!(world.seats[DIRECTOR].device);
    let line = |people: Value| listed(&people).into_iter().find(|one| one["devices"][0]["device"] == device);
    let hers = line(world.ok(STATION, "roster.people", json!({}))).expect("she is still named");
    assert_eq!((&hers["posts"], &hers["devices"][0]["may_stop"]), (&json!([]), &json!(true)));
    world.ok(STATION, "roster.revoke", json!({ "device": device }));
    meet(&mut world, &[STATION, DIRECTOR]);
    assert_eq!(world.ok(DIRECTOR, "sync.state", json!({}))["revoked"], true);
    assert!(line(world.ok(STATION, "roster.people", json!({}))).is_none(), "and then no more");
}

#[test]
fn work_of_somebody_whose_post_ended_stands_in_the_way_of_all_is_settled() {
    let (mut world, child) = street_with("张小明");
    let today = Day::of(world.now);
    let ended = post_of(&world, DIRECTOR, (today.plus(-30), Some(today)));
    world.write(vec![ended]);
    meet(&mut world, &[STATION]);
    world.pass_s(2 * 86_400);
    visits(&mut world, DIRECTOR, child, "岗位结束以后写的走访。");
    meet(&mut world, &[DIRECTOR, STATION]);

    let device = world.seats[DIRECTOR].device;
    let day = world.ok(STATION, "dayend", json!({}));
    let line = listed(&day["directors"]).into_iter().find(|line| line["device"] == json!(device)).expect("her laptop");
    assert_eq!(line["other"], json!({ "title": { "text": "儿童主任", "en": "Child director" }, "ended": true }));
    assert_eq!((&line["held"], &day["sum"]["held"], &day["sum"]["directors"]), (&json!(1), &json!(1), &json!(1)));
}
