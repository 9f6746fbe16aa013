//! A danger goes through the day: seen by a director with no network, red on her own page and first on her
//! station's, until somebody of the station answers in words.

use domain::id::ChildId;
use serde_json::{Value, json};
use tongdang_tests::world::World;

use crate::say::{DIRECTOR, STATION, assesses, card, every_desk_is_sound, listed, note, social_worker, street_with};

/// A note of today that says the child is in danger, and that it has to be reported.
fn sees_danger(world: &mut World, seat: usize, child: ChildId) -> Value {
    let mut values = note(world, seat, "孩子身上有新伤，不愿意回家，继父在家喝酒。");
    values["safety"] = json!("4");
    values["safety_note"] = json!("继父酒后动手，孩子害怕回家。");
    values["hazard/10"] = json!(true);
    values["report_needed"] = json!(true);
    let done = world.ok(seat, "visit.complete", json!({ "children": [child], "values": values }));
    assert!(done["records"][0]["visit"].is_string(), "the note is finished: {done}");
    let questioned = |finding: &Value| finding["key"] == "risk_hint" && finding["level"] == "yellow";
    assert!(listed(&done["findings"][0]["findings"]).iter().any(questioned), "不变 is questioned: {done}");
    done["records"][0]["visit"].clone()
}

fn alarms(world: &mut World, seat: usize, page: &str) -> Vec<Value> {
    listed(&world.ok(seat, page, json!({}))["alarms"])
}

fn causes(alarm: &Value) -> Vec<String> {
    listed(&alarm["causes"]).iter().map(|words| words["text"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn a_danger_stands_red_on_both_desks_until_the_station_answers_in_words() {
    let (mut world, child) = street_with("张小明");
    let visit = sees_danger(&mut world, DIRECTOR, child);
    let all = ["安全状况：危险", "家暴嫌疑", "需要强制报告"];

    // At once, offline, on her own page.
    let own = alarms(&mut world, DIRECTOR, "today");
    assert_eq!((own.len(), &own[0]["record"], &own[0]["may_answer"]), (1, &visit, &json!(false)));
    assert_eq!(causes(&own[0]), all);
    let shown = card(&mut world, DIRECTOR, child);
    assert_eq!((&shown["alarm"], &shown["next_due"]), (&json!("danger"), &json!("2026-11-24")), "the urgent rhythm");
    assert_eq!(alarms(&mut world, STATION, "today"), Vec::<Value>::new(), "nothing came yet");

    world.settle();
    for page in ["today", "dayend"] {
        let there = alarms(&mut world, STATION, page);
        assert_eq!((there.len(), &there[0]["may_answer"]), (1, &json!(true)), "{page}");
        assert_eq!(causes(&there[0]), all, "the station hears of the report");
    }
    let bare = world.ok(STATION, "visit.review", json!({ "visit": visit, "verdict": "1" }));
    assert_eq!(
        (&bare["record"], &bare["findings"][0]["key"]),
        (&Value::Null, &json!("note")),
        "已阅 alone is no answer"
    );
    world.ok(STATION, "visit.review", json!({ "visit": visit, "verdict": "2", "note": "请补充伤在哪里" }));
    assert_eq!(alarms(&mut world, STATION, "today").len(), 1, "who asks has not answered");
    let blank = world.ok(STATION, "alarm.answer", json!({ "record": visit, "text": "  " }));
    assert_eq!(blank["review"], Value::Null);
    world.ok(STATION, "alarm.answer", json!({ "record": visit, "text": "已同派出所联系，今晚一起上门。" }));
    world.settle();
    let asked = world.ok(DIRECTOR, "today", json!({}))["returned"].clone();
    assert_eq!(
        (&asked[0]["record"], &asked[0]["asked"]),
        (&visit, &json!("请补充伤在哪里")),
        "an answer takes back nothing that was asked for"
    );
    for seat in [STATION, DIRECTOR] {
        for page in ["today", "dayend"] {
            assert_eq!(alarms(&mut world, seat, page), Vec::<Value>::new(), "answered: {page}");
        }
        let opened = world.ok(seat, "visit.open", json!({ "visit": visit }));
        assert_eq!(opened["alarm"]["answer"]["text"], "已同派出所联系，今晚一起上门。");
        assert_eq!(opened["line"]["alarm"], "answered_danger", "the note read later is red all the same");
        assert!(listed(&opened["alarm"]["what_to_do"])[0]["text"].as_str().is_some_and(|text| text.contains("110")));
        let shown = card(&mut world, seat, child);
        assert_eq!((&shown["alarm"], &shown["next_due"]), (&Value::Null, &json!("2026-11-24")), "still to be met");
    }
    every_desk_is_sound(&mut world);
}

#[test]
fn an_answer_that_comes_before_its_note_closes_it_all_the_same() {
    let (mut world, child) = street_with("张小明");
    let worker = social_worker(&mut world, child);
    let visit = sees_danger(&mut world, DIRECTOR, child);
    world.sync(DIRECTOR);
    world.gate();
    world.sync(STATION);
    world.ok(STATION, "alarm.answer", json!({ "record": visit, "text": "站里今晚上门。" }));
    world.settle();
    // A desk that was away hears of both in one answer, and a new one in whichever order they are packed.
    assert_eq!(alarms(&mut world, worker, "today"), Vec::<Value>::new());
    let (person, post) = (world.seats[worker].person, world.seats[worker].post);
    let fresh = world.enrol("社工一", person, post);
    world.settle();
    assert_eq!(alarms(&mut world, fresh, "today"), Vec::<Value>::new());
    every_desk_is_sound(&mut world);
}

#[test]
fn that_a_report_was_made_is_told_to_author_and_station_and_the_danger_to_everybody() {
    let (mut world, child) = street_with("张小明");
    let worker = social_worker(&mut world, child);
    let visit = sees_danger(&mut world, DIRECTOR, child);
    world.settle();
    for (seat, told) in [(DIRECTOR, true), (STATION, true), (worker, false)] {
        let opened = world.ok(seat, "visit.open", json!({ "visit": visit }));
        let sections = opened["sections"].to_string();
        let name = world.seats[seat].name.clone();
        assert_eq!(sections.contains("\"report_needed\""), told, "{name}");
        assert_eq!(opened.to_string().contains("强制报告"), told, "{name}");
        assert_eq!(opened["line"]["alarm"], "danger", "{name}");
        assert_eq!(alarms(&mut world, seat, "today")[0].to_string().contains("强制报告"), told, "{name}");
    }
}

#[test]
fn an_urgent_assessment_and_a_suggested_rise_ask_for_an_answer_too() {
    let (mut world, child) = street_with("张小明");
    world.pass_s(20 * 86_400);
    world.settle();
    assesses(&mut world, DIRECTOR, child, "4", "夜里独自在家，祖母住院。");
    let shown = card(&mut world, DIRECTOR, child);
    assert_eq!(
        (&shown["alarm"], &shown["next_due"]),
        (&json!("danger"), &json!("2026-12-14")),
        "tomorrow, not in a week"
    );
    let mut values = note(&mut world, DIRECTOR, "家里断电两天，孩子在邻居家。");
    values["risk_hint"] = json!("2");
    let done = world.ok(DIRECTOR, "visit.complete", json!({ "children": [child], "values": values }));
    world.settle();
    let open = alarms(&mut world, STATION, "dayend");
    let forms: Vec<(&Value, &Value)> = open.iter().map(|alarm| (&alarm["form"], &alarm["danger"])).collect();
    let (urgent, raise) = ((&json!("assessment"), &json!(true)), (&json!("visit"), &json!(false)));
    assert_eq!(forms, [urgent, raise], "danger first");
    assert_eq!(open[1]["record"], done["records"][0]["visit"]);
    assert_eq!(open[0]["opening"], "夜里独自在家，祖母住院。", "the reason is read");
    for alarm in &open {
        world.ok(STATION, "alarm.answer", json!({ "record": alarm["record"], "text": "已安排社工今晚陪护。" }));
    }
    let refused = world.call(DIRECTOR, "alarm.answer", &json!({ "record": open[0]["record"], "text": "知道了" }));
    assert!(refused.is_err(), "a director does not answer her own alarm");
    world.settle();
    assert_eq!(alarms(&mut world, DIRECTOR, "today"), Vec::<Value>::new());
    every_desk_is_sound(&mut world);
}
