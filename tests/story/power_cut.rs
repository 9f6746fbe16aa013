//! The power goes in the middle of a long answer. What had come must not be fetched again, and
//! nothing may be missing.

use serde_json::{Value, json};
use tongdang_tests::chance::Seeded;
use tongdang_tests::world::{Weather, World};

use crate::say::{DIRECTOR, every_desk_is_sound, listed, notes, street, visits};

const CHILDREN: usize = 10;
/// Notes of each.
const NOTES: usize = 20;
/// Characters of a note.
const WORDS: usize = 1900;

/// Words that no dictionary makes small.
fn words(dice: &mut Seeded) -> String {
    (0..WORDS).filter_map(|_| char::from_u32(0x4e00 + dice.below(0x5000) as u32)).collect()
}

/// A street with so many children and notes about them.
fn street_with_a_history() -> World {
    let mut world = street();
    let children: Vec<_> = (0..CHILDREN).map(|n| world.child(&format!("孩子{n}号"), DIRECTOR)).collect();
    world.settle();
    let mut dice = Seeded::named(1, "notes");
    for child in children {
        (0..NOTES).for_each(|_| drop(visits(&mut world, DIRECTOR, child, &words(&mut dice))));
    }
    world.settle();
    world
}

/// A new computer of the director's that has nothing yet.
fn new_computer(world: &mut World) -> usize {
    let (person, post) = (world.seats[DIRECTOR].person, world.seats[DIRECTOR].post);
    let seat = world.enrol("主任1-1", person, post);
    world.gate();
    seat
}

/// The children her computer lists.
fn children(world: &mut World, seat: usize) -> Vec<Value> {
    listed(&world.ok(seat, "children.list", json!({}))["cards"])
}

#[test]
fn the_power_goes_in_the_middle_of_an_answer_and_the_rest_comes_later() {
    let mut world = street_with_a_history();
    let undisturbed = new_computer(&mut world);
    let all = world.sync(undisturbed).bytes.1;
    assert_eq!(children(&mut world, undisturbed).len(), CHILDREN);

    let fresh = new_computer(&mut world);
    let cut = world.sync_in(fresh, &mut |_| Weather::Cut(all * 3 / 4));
    world.crash(fresh);
    world.wake(fresh);
    assert_eq!(children(&mut world, fresh), [json!(null); 0], "half a file is not shown as a file");

    let rest = world.sync(fresh);
    assert_eq!(rest.faults, []);
    let cards = children(&mut world, fresh);
    assert_eq!(cards.len(), CHILDREN, "nothing is missing");
    for card in cards {
        let child = card["child"].as_str().and_then(|id| id.parse().ok()).expect("a child");
        assert_eq!(notes(&mut world, fresh, child).len(), NOTES, "each with all notes");
    }
    assert!(rest.bytes.1 < all / 2, "it goes on where it stopped: {} of {all} after {}", rest.bytes.1, cut.bytes.1);
    every_desk_is_sound(&mut world);
}
