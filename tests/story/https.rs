//! One story between processes: the real server program over real HTTPS, two desks with threads of
//! their own. It must not look into the server's files.

mod office;
mod town;

use serde_json::json;

use domain::fault::Code;

use crate::say::listed;
use office::Office;
use town::Town;

#[test]
fn a_note_written_at_one_desk_is_read_at_another_over_https() {
    let mut town = Town::found();
    let director = Office::join(&town.code_for(&town.director), "主任的电脑");
    let station = Office::join(&town.code_for(&town.supervisor), "未保站的电脑");
    let both_sync = || assert_eq!([director.sync(), station.sync()], [None, None]);
    both_sync();

    let community = director.ok("me", json!({}))["posts"][0]["area"].clone();
    let found = json!({ "area": community, "values": { "name": "张小明", "birth": "2015-03-07" } });
    let created = director.ok("child.create", found);
    let child = created["child"].clone();
    assert!(child.is_string(), "registered: {created}");
    let visit = director.visits(&child, "第一次走访，家中整洁，祖母在家。");
    until("the station reads the note", || {
        both_sync();
        let opened = station.call("visit.open", json!({ "visit": visit }));
        opened.is_ok_and(|opened| opened["line"]["opening"] == "第一次走访，家中整洁，祖母在家。")
    });
    let receipt = director.ok("sync.state", json!({}));
    assert_eq!((&receipt["waiting"], &receipt["held"]), (&json!(0), &json!([])), "received, and nothing held");

    town.stop();
    assert_eq!(director.sync(), Some(Code::Offline));
    director.visits(&child, "区中心停机时写下的走访。");
    assert_eq!(listed(&director.ok("visits.list", json!({ "child": child }))).len(), 2, "she goes on working");
    town.serve().expect("it serves again");
    until("the station reads what was written meanwhile", || {
        both_sync();
        listed(&station.ok("visits.list", json!({ "child": child }))).len() == 2
    });
}

#[test]
fn a_desk_gives_nothing_to_a_server_of_another_ca_and_a_code_works_once() {
    let town = Town::found();
    let code = town.code_for(&town.director);
    let stranger = Office::join_believing(&code, sync_server::tls::Ca::fresh().expect("a CA").cert());
    assert_eq!(stranger.sync(), Some(Code::ForeignCertificate));
    assert_eq!(Office::refused(&code), Some(Code::EnrolRefused), "the code was used");
}

/// Asks again until it is so; the gate judges in its own time.
fn until(what: &str, mut so: impl FnMut() -> bool) {
    for _ in 0..100 {
        if so() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("{what}: not within ten seconds and more");
}
