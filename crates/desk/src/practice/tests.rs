//! The practice district, as a learner meets it.

use client::Reply;
use domain::day::Day;
use serde_json::{Value, json};
use sync::courier::NetFault;

use super::*;
use crate::clock;

fn ask(client: &mut Client, name: &str, args: &Value) -> Value {
    let mut chance = OsChance;
    let done = client.call(&mut Moment::new(clock::now(), &mut chance), name, args.to_string().as_bytes());
    serde_json::from_slice(&done.expect(name).json).expect("JSON")
}

#[test]
fn a_learner_finds_a_small_district_with_work_in_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut client = begin(folder.path(), clock::now()).expect("a district");
    let cards = ask(&mut client, "children.list", &json!({}))["cards"].clone();
    let cards = cards.as_array().expect("cards");
    assert_eq!(cards.len(), 9);
    let count = |due: &str| cards.iter().filter(|card| card["due"]["state"] == due).count();
    assert!(count("overdue") >= 2, "some are overdue: {cards:?}");
    assert!(count("today") >= 1 && count("coming") >= 1, "and some soon: {cards:?}");
    let today = ask(&mut client, "today", &json!({}));
    let filled = |key: &str| today[key].as_array().is_some_and(|list| !list.is_empty());
    assert_eq!(today["alarms"].as_array().map(Vec::len), Some(1), "one child was found in danger: {today}");
    let closed = ask(&mut client, "children.list", &json!({ "closed": true }));
    assert_eq!(closed["cards"].as_array().map(Vec::len), Some(1), "one moved away");
    assert!(filled("returned"), "a note came back: {today}");
    assert!(filled("differing"), "a number differs: {today}");
    assert_eq!(ask(&mut client, "draft.list", &json!({})).as_array().map(Vec::len), Some(1));
    let me = ask(&mut client, "me", &json!({}));
    assert_eq!(me["district"], "练习区");
    assert_eq!(me["station"], false);
}

#[test]
fn every_child_of_the_practice_district_is_made_up_and_its_file_has_no_fault() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut client = begin(folder.path(), clock::now()).expect("a district");
    let listed = ask(&mut client, "children.list", &json!({}));
    for card in listed["cards"].as_array().expect("cards") {
        let findings = ask(&mut client, "child.check", &json!({ "child": card["child"] }));
        let red: Vec<&Value> = findings
            .as_array()
            .expect("findings")
            .iter()
            .filter(|finding| finding["level"] == "red" && finding["missing"] == false)
            .collect();
        assert!(red.is_empty(), "{}: {red:?}", card["name"]);
        let revealed =
            ask(&mut client, "child.reveal", &json!({ "child": card["child"], "key": "id_no", "reason": "核对" }));
        assert!(revealed.to_string().contains("990102"), "{revealed}");
    }
}

#[test]
fn it_is_made_anew_each_time_and_nobody_can_open_the_last_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut first = begin(folder.path(), clock::now()).expect("a district");
    let one = first.identity().expect("open").device();
    drop(first.call(&mut Moment::new(clock::now(), &mut OsChance), "settings.set", br#"{"key":"a","value":1}"#));
    drop(first);
    let mut closed = Client::open(folder.path()).expect("still there");
    for secret in ["", "练习", "practice", "演示用的口令"] {
        assert!(closed.unlock(&mut Moment::new(clock::now(), &mut OsChance), secret).is_err());
    }
    clear(folder.path()).expect("cleared");
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
    let second = begin(folder.path(), clock::now()).expect("a district");
    assert_ne!(second.identity().expect("open").device(), one);
}

#[test]
fn notes_stand_on_the_days_they_were_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let now = clock::now();
    let mut client = begin(folder.path(), now).expect("a district");
    let listed = ask(&mut client, "children.list", &json!({}));
    let first = listed["cards"].as_array().expect("cards").iter().find(|card| card["name"] == "苗小禾").expect("her");
    assert_eq!(first["last_visit"], Day::of(now).plus(-40).to_string());
    // Nothing it wants to send could go anywhere.
    assert_eq!(client.identity().expect("open").address, "");
    client.on_reply(&mut Moment::new(now, &mut OsChance), Reply::Failed(NetFault::Offline)).expect("nothing was asked");
}
