//! Stories of held work at the server: who is given it, whose claim counts, and who hears of it.

use domain::id::{ChildId, RecordId};
use domain::roster::Row;
use sync::claim::{Action, Claim, FORM, Target};
use sync::item::{Item, Kind};
use sync::wire::{Outcome, Request};

use crate::scene::{Desk, Heard, POSTS, World};
use crate::store::Cache as _;

/// Two notes by the first director in one envelope, sent when the child was with the second already.
fn late() -> (World, ChildId, [Desk; 3], [Item; 2]) {
    let mut world = World::new();
    let c = world.child(1, 1);
    let mut desks = [world.desk(0), world.desk(1), world.desk(2)];
    desks.iter_mut().for_each(|desk| drop(desk.pull(&mut world)));
    world.write(vec![Row::Withdraw { child: c, post: POSTS[1] }, Row::Assign { child: c, post: POSTS[2] }]);
    let notes = [desks[1].note(&mut world, c, "第一篇"), desks[1].note(&mut world, c, "第二篇")];
    desks[1].sends(&mut world, &notes);
    world.judge();
    (world, c, desks, notes)
}

fn target(item: &Item) -> Target {
    Target { record: item.record, digest: sync::item::digest(&item.encode()) }
}

/// How many held items an answer brings.
fn given(heard: &Heard) -> usize {
    heard.frames.iter().flat_map(|rows| rows.held.iter().flatten()).map(|pushed| pushed.0.items().count()).sum()
}

fn asks(world: &mut World, desk: &mut Desk, notes: &[Item]) -> usize {
    let held = Some(notes.iter().map(target).collect());
    let request = Request { held, ..desk.request() };
    given(&desk.ask(world, &request))
}

fn claims(world: &mut World, desk: &mut Desk, author: &Desk, child: ChildId, action: Action, note: &Item) {
    let at = world.moment().now;
    let (device, form) = (author.key.id(), note.form.clone());
    let claim = Claim { device, action, targets: vec![target(note)], reason: "已当面说清".into(), form, at };
    let record = RecordId::new(world.moment().uuid());
    let item = Item { kind: Kind::Audit, record, form: FORM.into(), child: Some(child), body: claim.encode() };
    desk.sends(world, &[item]);
    world.judge();
}

fn claims_heard(heard: &Heard) -> usize {
    heard.items().iter().filter(|(item, _)| item.form == FORM).count()
}

#[test]
fn held_work_is_given_to_the_childs_station_alone() {
    let (mut world, _, [mut station, mut author, mut successor], notes) = late();
    assert_eq!(asks(&mut world, &mut station, &notes), 2);
    assert_eq!(asks(&mut world, &mut author, &notes), 0, "not even her own: the child is not hers");
    assert_eq!(asks(&mut world, &mut successor, &notes), 0);
    let unknown = Item { body: vec![1], ..notes[0].clone() };
    assert_eq!(asks(&mut world, &mut station, &[unknown]), 0);
}

#[test]
fn a_claim_lets_in_just_what_it_names_and_tells_the_author() {
    let (mut world, c, [mut station, mut author, mut successor], [first, second]) = late();
    author.pull(&mut world);
    let judge = author.clone();
    claims(&mut world, &mut successor, &judge, c, Action::Take, &first);
    assert_eq!(world.server.held_of(c).expect("a count"), 2, "a director's claim lets nothing in");
    claims(&mut world, &mut station, &judge, c, Action::Take, &first);
    assert_eq!(world.server.held_of(c).expect("a count"), 1, "the other of its envelope stays");
    assert!(successor.pull(&mut world).about(c).contains(&first.record));
    let heard = author.pull(&mut world);
    let outcomes: Vec<_> = heard.verdicts.iter().flat_map(|verdict| &verdict.outcomes).collect();
    assert!(matches!(outcomes[..], [(0, Outcome::Accepted(_))]), "{outcomes:?}");
    assert_eq!(claims_heard(&heard), 1, "she hears of her own work though the child is not hers");
    claims(&mut world, &mut station, &judge, c, Action::Return, &first);
    claims(&mut world, &mut station, &judge, c, Action::Return, &second);
    assert_eq!(world.server.held_of(c).expect("a count"), 1, "what was taken over stays, what came back is kept");
    assert_eq!(claims_heard(&author.pull(&mut world)), 2);
    let mut bystander = world.desk(1);
    world.write(vec![Row::Withdraw { child: c, post: POSTS[2] }]);
    assert_eq!(claims_heard(&successor.pull(&mut world)), 0, "who lost the child hears no more of it");
    assert_eq!(claims_heard(&bystander.pull(&mut world)), 3, "her next computer hears what her first one did");
    assert_eq!(world.server.verify().expect("verified").wrong, []);
}

#[test]
fn a_claim_that_came_before_the_work_it_names_lets_it_in() {
    let mut world = World::new();
    let c = world.child(1, 1);
    let (mut station, mut author) = (world.desk(0), world.desk(1));
    author.pull(&mut world);
    station.pull(&mut world);
    world.write(vec![Row::Withdraw { child: c, post: POSTS[1] }]);
    let note = author.note(&mut world, c, "备份以后的一篇");
    let judge = author.clone();
    claims(&mut world, &mut station, &judge, c, Action::Take, &note);
    author.sends(&mut world, &[note]);
    world.judge();
    assert_eq!(world.server.held_of(c).expect("a count"), 0, "as after a restore, in whatever order things come back");
    assert_eq!(world.server.verify().expect("verified").wrong, []);
}

#[test]
fn why_work_was_sent_back_goes_from_what_is_packed_for_its_author() {
    let (mut world, c, [mut station, author, _], notes) = late();
    claims(&mut world, &mut station, &author, c, Action::Return, &notes[0]);
    let others = domain::roster::Channel::Post(domain::id::PostId::new([99; 16]));
    let sets = [domain::roster::Channel::Post(POSTS[1]), others].map(|channel| {
        let set = domain::id::Digest([if channel == others { 2 } else { 1 }; 32]);
        let segment = crate::store::Segment { number: 0, upto: 9, first: 9, frame: b"packed".to_vec() };
        world.server.vault.store.note_set(&set, &[channel]).expect("noted");
        world.server.vault.store.add_segment(&set, &segment).expect("kept");
        set
    });
    world.write(vec![Row::Erase { child: c }]);
    let packed = sets.map(|set| world.server.vault.store.segments(&set).expect("asked").is_some());
    assert_eq!(packed, [false, true], "she sees the child no longer, and was told why");
}

#[test]
fn held_work_comes_by_the_measure_of_one_answer() {
    let mut world = World::new();
    let c = world.child(1, 1);
    let mut desks = [world.desk(0), world.desk(1)];
    desks.iter_mut().for_each(|desk| drop(desk.pull(&mut world)));
    world.write(vec![Row::Withdraw { child: c, post: POSTS[1] }, Row::Assign { child: c, post: POSTS[2] }]);
    let [station, author] = &mut desks;
    let mut notes = Vec::new();
    for _ in 0..20 {
        let mut chance = world.moment();
        let mut one = || 0x4e00 + u32::from(u16::from_be_bytes(chance.bytes())) % 20_000;
        let text: String = (0..20_000).filter_map(|_| char::from_u32(one())).collect();
        let note = author.note(&mut world, c, &text);
        author.sends(&mut world, std::slice::from_ref(&note));
        notes.push(target(&note));
    }
    let request = Request { held: Some(notes.iter().cycle().take(256).copied().collect()), ..station.request() };
    let heard = station.ask(&mut world, &request);
    assert!(given(&heard) > 9 && heard.bytes < 6 << 20 && heard.more, "{} bytes", heard.bytes);
}
