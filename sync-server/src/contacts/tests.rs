//! What a station is told of computers in touch. It must not look into the store.

use domain::moment::Timestamp;
use sync::wire::{Contact, Reach, Request};

use crate::scene::{Desk, World};

/// The contacts an asker is told of, and the server's time of the answer.
fn told(world: &mut World, desk: &mut Desk, since: Timestamp) -> (Vec<Contact>, Timestamp) {
    world.second += 1;
    let request = Request { contacts: Some(since), ..desk.request() };
    let head = desk.ask(world, &request).head.expect("a head");
    assert!(head.contacts.is_none() || head.sig.is_some(), "what counts is signed: {head:?}");
    (head.contacts.unwrap_or_default(), head.now)
}

#[test]
fn a_station_hears_who_was_in_touch_since_it_asked_last_also_of_one_who_uploaded_nothing() {
    let mut world = World::new();
    let c = world.child(1, 1);
    let (mut station, mut writes, mut silent) = (world.desk(0), world.desk(1), world.desk(2));
    let (first, _) = told(&mut world, &mut station, Timestamp(0));
    assert_eq!(first, [], "nobody yet, and never itself");

    world.second += 1;
    silent.pull(&mut world);
    let at = crate::scene::time(world.second);
    writes.visits(&mut world, c);
    let (second, now) = told(&mut world, &mut station, Timestamp(0));
    let of = |contacts: &[Contact], desk: &Desk| contacts.iter().copied().find(|one| one.device == desk.key.id());
    let quiet = of(&second, &silent).expect("in touch is in touch");
    assert_eq!((quiet.at, quiet.reach), (at, None), "without a word of what it has");
    let wrote = of(&second, &writes).expect("in touch");
    assert_eq!(wrote.reach.map(|reach| reach.seq), Some(1));

    world.second += 1;
    assert_eq!(told(&mut world, &mut station, now).0, [], "what it knows it is not told again");
    silent.pull(&mut world);
    let (third, _) = told(&mut world, &mut station, now);
    assert_eq!(third.iter().map(|one| one.device).collect::<Vec<_>>(), [silent.key.id()]);
}

#[test]
fn what_a_computer_leaves_behind_is_known_by_its_number_until_it_comes() {
    let mut world = World::new();
    let c = world.child(1, 1);
    let (mut station, mut director) = (world.desk(0), world.desk(1));
    let notes = [director.note(&mut world, c, "第一篇。"), director.note(&mut world, c, "第二篇。")];
    let envelopes: Vec<_> =
        notes.iter().map(|note| director.envelope(&mut world, std::slice::from_ref(note))).collect();
    let left = Reach { branch: envelopes[1].branch, seq: envelopes[1].seq };
    let push = vec![sync::wire::Pushed(envelopes[0].clone())];
    let request = Request { push, reach: Some(left), ..director.request() };
    director.ask(&mut world, &request);
    let reach = |contacts: Vec<Contact>| contacts[0].reach;
    assert_eq!(reach(told(&mut world, &mut station, Timestamp(0)).0), Some(left));
    director.push(&mut world, vec![envelopes[1].clone()]);
    director.push(&mut world, vec![envelopes[0].clone()]);
    assert_eq!(
        reach(told(&mut world, &mut station, Timestamp(0)).0),
        Some(left),
        "an older one said again changes nothing"
    );
}

#[test]
fn a_director_is_told_of_nobody_and_a_clock_put_back_hides_nobody() {
    let mut world = World::new();
    world.child(1, 1);
    let (mut station, mut director, mut other) = (world.desk(0), world.desk(1), world.desk(2));
    other.pull(&mut world);
    assert_eq!(told(&mut world, &mut director, Timestamp(0)).0, []);
    let ahead = world.moment().now.plus_s(86_400);
    assert!(!told(&mut world, &mut station, ahead).0.is_empty(), "a time that has not come is no time");
}
