//! g: a desk's clock is a day fast. That may neither lose work nor stop anybody's.

use domain::day::Day;
use serde_json::json;

use crate::say::{
    DIRECTOR, STATION, differing, every_desk_is_sound, meet, notes, reads, social_worker, street_with, visits, writes,
};

const DAY_S: i64 = 86_400;

#[test]
fn a_clock_one_day_fast_loses_nothing_and_stops_nobody() {
    let (mut world, child) = street_with("张小明");
    let worker = social_worker(&mut world, child);
    world.skew(DIRECTOR, DAY_S);

    visits(&mut world, DIRECTOR, child, "钟快了一天时写的走访。");
    writes(&mut world, DIRECTOR, child, "school_name", "明湖第二小学");
    visits(&mut world, worker, child, "钟是准的时候写的走访。");
    writes(&mut world, worker, child, "live_addr", "明湖路 8 号");
    world.settle();
    writes(&mut world, worker, child, "school_name", "明湖第三小学");
    writes(&mut world, DIRECTOR, child, "live_addr", "明湖路 9 号");
    world.settle();

    let both = [
        ("主任1-1".to_owned(), "钟快了一天时写的走访。".to_owned()),
        ("社工一".to_owned(), "钟是准的时候写的走访。".to_owned()),
    ];
    for seat in [STATION, DIRECTOR, worker] {
        assert_eq!(notes(&mut world, seat, child), both, "at {}", world.seats[seat].name);
        assert_eq!(reads(&mut world, seat, child, "school_name"), "明湖第三小学", "what was seen and then changed");
        assert_eq!(reads(&mut world, seat, child, "live_addr"), "明湖路 9 号");
        assert!(differing(&mut world, seat).is_empty());
        assert_eq!(world.ok(seat, "sync.state", json!({}))["held"], json!([]));
    }
    every_desk_is_sound(&mut world);
}

#[test]
fn a_clock_set_right_again_goes_on_where_it_was() {
    let (mut world, child) = street_with("张小明");
    world.skew(DIRECTOR, DAY_S);
    visits(&mut world, DIRECTOR, child, "钟快的时候写下的走访。");
    world.settle();
    world.skew(DIRECTOR, 0);
    visits(&mut world, DIRECTOR, child, "钟拨准以后写下的走访。");
    world.settle();
    assert_eq!(notes(&mut world, STATION, child).len(), 2);
    every_desk_is_sound(&mut world);
}

#[test]
fn a_clock_two_months_fast_ends_no_post_that_ends_next_month() {
    let (mut world, child) = street_with("张小明");
    let today = Day::of(world.now);
    let post = world.server.roster().posts[&world.seats[DIRECTOR].post].clone();
    let ends = domain::roster::Post { to: Some(today.plus(30)), ..post };
    let row = ends.row(world.seats[DIRECTOR].post);
    world.write(vec![row]);
    world.settle();
    let half = json!({ "children": [child], "values": { "note": "写了一半" } });
    let draft = world.ok(DIRECTOR, "draft.save", half)["draft"].clone();
    world.skew(DIRECTOR, 60 * DAY_S);
    meet(&mut world, &[DIRECTOR, STATION]);
    world.skew(DIRECTOR, 0);
    meet(&mut world, &[DIRECTOR, STATION]);

    assert_eq!(reads(&mut world, DIRECTOR, child, "name"), "张小明", "her files are still with her");
    let open = world.ok(DIRECTOR, "draft.open", json!({ "draft": draft }));
    assert_eq!(open["values"]["note"], "写了一半", "and what she began is still hers to finish");
    assert_eq!(notes(&mut world, STATION, child), []);
    world.pass_s(31 * DAY_S);
    meet(&mut world, &[DIRECTOR, STATION]);
    assert!(world.call(DIRECTOR, "child.open", &json!({ "child": child })).is_err(), "until the post really ends");
    every_desk_is_sound(&mut world);
}
