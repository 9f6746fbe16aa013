//! A technician copies a director's disk to a new computer, and both go on working. Neither may lose what
//! it said 已保存 to, and no number of the chain may stay missing.

use serde_json::json;

use crate::say::{DIRECTOR, STATION, every_desk_is_sound, listed, meet, notes, street_with, visits, writes};

#[test]
fn both_copies_of_a_disk_write_and_nothing_is_lost() {
    let (mut world, child) = street_with("张小明");
    visits(&mut world, DIRECTOR, child, "拷盘以前写的走访，还没有上传。");
    let copy = world.clone_disk(DIRECTOR);

    let words = ["旧电脑上接着写的走访。", "新电脑上接着写的走访。"];
    visits(&mut world, DIRECTOR, child, words[0]);
    visits(&mut world, copy, child, words[1]);
    writes(&mut world, copy, child, "school_name", "明湖第二小学");
    meet(&mut world, &[DIRECTOR, copy, STATION]);
    visits(&mut world, DIRECTOR, child, "各自上传以后，旧电脑上写的。");
    visits(&mut world, copy, child, "各自上传以后，新电脑上写的。");
    meet(&mut world, &[copy, DIRECTOR, STATION, DIRECTOR, copy]);

    let at_station: Vec<String> = notes(&mut world, STATION, child).into_iter().map(|(_, text)| text).collect();
    assert_eq!(at_station.len(), 5, "every note once: {at_station:?}");
    for word in words {
        assert!(at_station.iter().any(|text| text == word), "{word} arrived");
    }
    for seat in [DIRECTOR, copy] {
        assert_eq!(world.unsent(seat), 0);
        assert_eq!(notes(&mut world, seat, child).len(), 5, "and is on both computers");
    }
    let day = world.ok(STATION, "dayend", json!({}));
    let missing = |line: &serde_json::Value| !listed(&line["missing"]).is_empty();
    assert!(!listed(&day["directors"]).iter().any(missing), "no number is missing: {day}");
    every_desk_is_sound(&mut world);
}
