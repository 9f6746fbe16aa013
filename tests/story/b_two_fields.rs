//! b: two people correct different fields of one file. Neither may undo the other.

use crate::say::{DIRECTOR, STATION, differing, every_desk_is_sound, reads, social_worker, street_with, writes};

#[test]
fn the_directors_telephone_and_the_social_workers_address_both_stand() {
    let (mut world, child) = street_with("张小明");
    let worker = social_worker(&mut world, child);

    writes(&mut world, DIRECTOR, child, "phone_child", "14000002222");
    writes(&mut world, worker, child, "live_addr", "明湖路 8 号院 2 单元");
    world.settle();

    for seat in [STATION, DIRECTOR, worker] {
        assert_eq!(reads(&mut world, seat, child, "phone_child"), "14000002222");
        assert_eq!(reads(&mut world, seat, child, "live_addr"), "明湖路 8 号院 2 单元");
        assert!(differing(&mut world, seat).is_empty(), "nothing is to be decided");
    }
    every_desk_is_sound(&mut world);
}
