//! m: what the station is told in the evening is true: half notes stay half, who was in touch is the district's
//! word, and whose computer was not is named.

use domain::day::Day;
use domain::id::ChildId;
use domain::roster::Row;
use serde_json::{Value, json};
use tongdang_tests::world::World;

use crate::say::{
    DIRECTOR, NEIGHBOUR, STATION, card, every_desk_is_sound, held_with, listed, meet, notes, settles, street,
    street_with, visits,
};

/// A note is begun and nothing answered but half a sentence; then the child goes to the neighbour.
fn half_a_sentence(world: &mut World, child: ChildId) -> Value {
    let begun = world.ok(DIRECTOR, "visit.begin", json!({ "children": [child] }));
    let mut values = begun["values"].clone();
    values["note"] = json!("奶奶说爸爸");
    values["report_needed"] = json!(true);
    let half = json!({ "draft": begun["draft"], "children": [child], "values": values });
    world.ok(DIRECTOR, "draft.save", half);
    begun["draft"].clone()
}

fn hands_over(world: &mut World, child: ChildId) {
    let [from, to] = [DIRECTOR, NEIGHBOUR].map(|seat| world.seats[seat].post);
    world.ok(STATION, "roster.assign", json!({ "children": [child], "post": to }));
    world.ok(STATION, "roster.withdraw", json!({ "children": [child], "post": from }));
}

fn dayend(world: &mut World) -> Value {
    world.ok(STATION, "dayend", json!({}))
}

/// The line of a seat's computer.
fn line_of(world: &World, day: &Value, seat: usize) -> Value {
    let device = json!(world.seats[seat].device);
    let lines = listed(&day["directors"]);
    lines.iter().find(|line| line["device"] == device).unwrap_or_else(|| panic!("{device}: {lines:?}")).clone()
}

#[test]
fn half_a_note_stays_half_whatever_becomes_of_it() {
    let (mut world, child) = street_with("张小明");
    let before = card(&mut world, STATION, child);
    half_a_sentence(&mut world, child);
    hands_over(&mut world, child);
    meet(&mut world, &[STATION, DIRECTOR, NEIGHBOUR, STATION]);
    // her half note was handed in with the last round
    meet(&mut world, &[STATION]);

    let work = held_with(&mut world, STATION, "奶奶说爸爸");
    assert_eq!((&work["form"]["text"], &work["unfinished"]), (&json!("没写完的走访记录"), &json!(true)), "{work}");
    assert_eq!(work["why"]["text"], "没有写完，孩子转给别人时照原样交上来的。");
    let written: Vec<String> = listed(&work["written"]).iter().map(|line| line["text"].to_string()).collect();
    let line = |begin: &str| {
        let found = written.iter().find(|line| line.contains(begin));
        found.unwrap_or_else(|| panic!("{begin}: {written:?}")).clone()
    };
    for asked in ["是否见到本人", "是否见到监护人", "生活状况", "安全状况", "主任判断", "下次计划", "方式"]
    {
        assert!(line("没有回答的").contains(asked), "{asked} was never answered: {written:?}");
    }
    assert!(
        line("自动填好、没有改过的").contains("主任判断"),
        "what the program put in is not her answer: {written:?}"
    );
    assert!(!line("没有回答的").contains("情况记录"), "that she wrote: {written:?}");

    settles(&mut world, STATION, &work, "take", "");
    meet(&mut world, &[STATION, NEIGHBOUR, STATION]);
    for seat in [STATION, NEIGHBOUR] {
        assert_eq!(notes(&mut world, seat, child), [], "no visit");
        let kept = world.ok(seat, "unfinished.list", json!({ "child": child }));
        assert_eq!(kept[0]["form"]["text"], "没写完的走访记录", "a remark in the file: {kept}");
        assert_eq!(kept.to_string().contains("强制报告"), seat == STATION, "a report is the station's: {kept}");
        assert!(
            kept[0]["written"].to_string().contains("奶奶说爸爸") && kept[0]["kept"]["person"].is_string(),
            "{kept}"
        );
        let after = card(&mut world, seat, child);
        for key in ["last_visit", "last_met", "next_due", "unmet"] {
            assert_eq!(after[key], before[key], "{key}: nobody was visited");
        }
    }
    let sum = dayend(&mut world)["sum"].clone();
    assert_eq!((&sum["visits"], &sum["received"]), (&json!(0), &json!(0)), "never counted: {sum}");
    every_desk_is_sound(&mut world);
}

#[test]
fn half_a_note_from_a_stopped_computer_is_no_visit_either() {
    let (mut world, child) = street_with("张小明");
    half_a_sentence(&mut world, child);
    let device = json!(world.seats[DIRECTOR].device);
    world.ok(STATION, "roster.revoke", json!({ "device": device }));
    meet(&mut world, &[STATION, DIRECTOR, STATION]);
    let work = held_with(&mut world, STATION, "奶奶说爸爸");
    assert_eq!(work["unfinished"], true);
    assert_eq!(work["why"]["text"], "没有写完，电脑停用时照原样交上来的。", "{work}");
    settles(&mut world, STATION, &work, "take", "");
    meet(&mut world, &[STATION]);
    assert_eq!(notes(&mut world, STATION, child), []);
    assert_eq!(dayend(&mut world)["sum"]["received"], 0);
}

#[test]
fn who_was_not_in_touch_today_is_named_and_no_tick_is_given() {
    let (mut world, child) = street_with("张小明");
    world.pass_s(86_400);
    meet(&mut world, &[STATION]);
    let day = dayend(&mut world);
    for seat in [DIRECTOR, NEIGHBOUR] {
        let line = line_of(&world, &day, seat);
        assert_eq!((&line["in_touch"], &line["why"]["text"]), (&json!("not"), &json!("今天还没有联系过")), "{line}");
    }
    assert_eq!((&day["sum"]["no_contact"], &day["sum"]["complete"]), (&json!(2), &json!(false)), "{}", day["sum"]);
    assert!(day["sum"]["sentence"]["text"].to_string().contains("截至"), "{}", day["sum"]);

    visits(&mut world, DIRECTOR, child, "家中整洁，奶奶照护，学习正常。");
    meet(&mut world, &[DIRECTOR, NEIGHBOUR, STATION]);
    let day = dayend(&mut world);
    let [wrote, silent] = [DIRECTOR, NEIGHBOUR].map(|seat| line_of(&world, &day, seat));
    assert_eq!((&wrote["in_touch"], &silent["in_touch"]), (&json!("handed_in"), &json!("quiet")), "{day}");
    assert_eq!((&day["sum"]["complete"], &day["sum"]["received"]), (&json!(true), &json!(1)), "{}", day["sum"]);

    // The next morning: of yesterday evening nobody can know until each was in touch again.
    let yesterday = Day::of(world.now);
    world.pass_s(86_400);
    meet(&mut world, &[STATION, DIRECTOR, STATION]);
    let past = world.ok(STATION, "dayend", json!({ "day": yesterday }));
    let [wrote, silent] = [DIRECTOR, NEIGHBOUR].map(|seat| line_of(&world, &past, seat));
    assert_eq!((&wrote["in_touch"], &silent["in_touch"]), (&json!("handed_in"), &json!("not")), "{past}");
    assert_eq!(past["sum"]["complete"], false);
    meet(&mut world, &[NEIGHBOUR, STATION]);
    assert_eq!(world.ok(STATION, "dayend", json!({ "day": yesterday }))["sum"]["complete"], true);
    let long_ago = world.ok(STATION, "dayend", json!({ "day": yesterday.plus(-400) }));
    assert_eq!((&long_ago["sum"]["before"], &long_ago["sum"]["complete"]), (&json!(true), &json!(false)));
}

#[test]
fn a_sync_without_upload_is_a_contact_and_a_wrong_clock_is_none() {
    let mut world = street();
    world.pass_s(86_400);
    world.skew(NEIGHBOUR, 3 * 86_400);
    meet(&mut world, &[NEIGHBOUR]);
    let at = world.now;
    world.pass_s(3600);
    meet(&mut world, &[STATION]);
    let people = listed(&world.ok(STATION, "roster.people", json!({})));
    let device = json!(world.seats[NEIGHBOUR].device);
    let computers: Vec<Value> = people.iter().flat_map(|person| listed(&person["devices"])).collect();
    let contact = computers.iter().find(|one| one["device"] == device).expect("hers")["last_contact"].as_i64();
    let contact = domain::moment::Timestamp(contact.expect("it was in touch"));
    assert!((0..300).contains(&at.since_s(contact)), "by the server's clock: {contact:?} at {at:?}");
}

#[test]
fn a_director_without_a_computer_is_named_and_what_she_did_is_in_no_figure() {
    let mut world = street();
    let unit = world.server.roster().posts[&world.seats[DIRECTOR].post].unit;
    let person = domain::id::PersonId::new(world.moment().uuid());
    let post = domain::id::PostId::new(world.moment().uuid());
    let role = domain::post::Role::Director;
    let from = Day::of(world.now);
    let name = "新来的主任".to_owned();
    world.write(vec![Row::Person { id: person, name }, Row::Post { id: post, person, unit, role, from, to: None }]);
    meet(&mut world, &[DIRECTOR, NEIGHBOUR, STATION]);
    let day = dayend(&mut world);
    let lines = listed(&day["directors"]);
    let line = lines.iter().find(|line| line["name"] == "新来的主任").expect("named");
    assert_eq!((&line["device"], &line["why"]["text"]), (&Value::Null, &json!("还没有电脑")));
    assert_eq!(day["sum"]["without"], json!(["新来的主任"]));
    assert_eq!(day["sum"]["complete"], true, "of every computer all is here: {}", day["sum"]);
}

#[test]
fn who_had_the_child_from_when_to_when_stands_in_its_file() {
    let (mut world, child) = street_with("张小明");
    hands_over(&mut world, child);
    meet(&mut world, &[STATION, DIRECTOR, NEIGHBOUR]);
    let post = world.seats[NEIGHBOUR].post;
    world.ok(STATION, "roster.withdraw", json!({ "children": [child], "post": post }));
    meet(&mut world, &[STATION]);
    let tenures = listed(&world.ok(STATION, "child.tenures", json!({ "child": child })));
    let told: Vec<_> = tenures.iter().map(|one| (one["person"]["text"].clone(), one["now"].clone())).collect();
    assert_eq!(told, [(json!("主任1-2"), json!(false)), (json!("主任1-1"), json!(false))], "the newest first");
    assert_eq!(tenures[1]["given"]["person"], "区中心");
    for who in [&tenures[1]["taken"], &tenures[0]["given"], &tenures[0]["taken"]] {
        assert!(who["at"].is_i64() && who["own"] == true, "by the station, and when: {tenures:?}");
    }
}

#[test]
fn what_is_still_registered_on_a_stopped_computer_says_so_and_is_counted_alike() {
    let (mut world, _) = street_with("张小明");
    let device = json!(world.seats[DIRECTOR].device);
    world.ok(STATION, "roster.revoke", json!({ "device": device }));
    meet(&mut world, &[STATION, DIRECTOR]);
    let roster = world.server.roster();
    let area = roster.area_of(&roster.posts[&world.seats[DIRECTOR].post]).expect("her community");
    world.pass_s(600);
    let found = json!({ "area": area, "values": { "name": "王小红", "sex": "2" } });
    world.ok(DIRECTOR, "child.create", found);
    meet(&mut world, &[DIRECTOR, STATION]);
    let work = held_with(&mut world, STATION, "王小红");
    assert_eq!(work["why"]["text"], "写于这台电脑停用之后。", "{work}");
    let listed_items: u64 =
        listed(&world.ok(STATION, "held.list", json!({}))).iter().filter_map(|line| line["items"].as_u64()).sum();
    let day = dayend(&mut world);
    assert_eq!(day["sum"]["held"], listed_items, "counts agree");
    assert_eq!(line_of(&world, &day, DIRECTOR)["held"], listed_items);
    assert_eq!(world.ok(DIRECTOR, "sync.state", json!({}))["revoked"], true);
}
