//! a: two people write about one visit. No note may swallow the other.

use crate::say::{DIRECTOR, STATION, every_desk_is_sound, notes, social_worker, street_with, visits};

#[test]
fn two_people_write_about_the_same_visit_and_both_notes_are_kept() {
    let (mut world, child) = street_with("张小明");
    let worker = social_worker(&mut world, child);

    visits(&mut world, DIRECTOR, child, "与社工同去，家中整洁，祖母在家。");
    visits(&mut world, worker, child, "与主任同去，和孩子单独谈了一会儿。");
    world.settle();

    let both = [
        ("主任1-1".to_owned(), "与社工同去，家中整洁，祖母在家。".to_owned()),
        ("社工一".to_owned(), "与主任同去，和孩子单独谈了一会儿。".to_owned()),
    ];
    for seat in [STATION, DIRECTOR, worker] {
        assert_eq!(notes(&mut world, seat, child), both, "at {}", world.seats[seat].name);
    }
    every_desk_is_sound(&mut world);
}
