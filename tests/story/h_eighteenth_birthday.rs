//! h: a child turns eighteen between two desks. An age may be counted by each desk's day; it must
//! not stop or change what is written.

use crate::say::{
    DIRECTOR, STATION, card, differing, every_desk_is_sound, notes, reads, social_worker, street_with, visits, writes,
};

/// From eight in the morning until one hour after midnight.
const UNTIL_AFTER_MIDNIGHT_S: i64 = 17 * 3600;

#[test]
fn two_desks_write_on_both_sides_of_an_eighteenth_birthday() {
    let (mut world, child) = street_with("张小明");
    let worker = social_worker(&mut world, child);
    writes(&mut world, STATION, child, "birth", "2008-11-24");
    world.settle();

    // The social worker's desk is already in the next day; neither hears of the other.
    world.skew(worker, UNTIL_AFTER_MIDNIGHT_S);
    assert_eq!(card(&mut world, DIRECTOR, child)["age"], 17);
    assert_eq!(card(&mut world, worker, child)["age"], 18);
    visits(&mut world, DIRECTOR, child, "满十八岁前一天的走访。");
    writes(&mut world, DIRECTOR, child, "live_addr", "明湖路 8 号");
    visits(&mut world, worker, child, "满十八岁当天的走访。");
    writes(&mut world, worker, child, "phone_child", "14000003333");
    world.skew(worker, 0);
    world.pass_s(UNTIL_AFTER_MIDNIGHT_S);
    world.settle();

    for seat in [STATION, DIRECTOR, worker] {
        assert_eq!(card(&mut world, seat, child)["age"], 18, "today everybody counts the same");
        assert_eq!(notes(&mut world, seat, child).len(), 2, "both notes are kept");
        assert_eq!(reads(&mut world, seat, child, "live_addr"), "明湖路 8 号");
        assert_eq!(reads(&mut world, seat, child, "phone_child"), "14000003333");
        assert!(differing(&mut world, seat).is_empty());
    }
    every_desk_is_sound(&mut world);
}
