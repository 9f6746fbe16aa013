//! Deliveries between their receipt and the gate. Test code only.

use domain::roster::Row;
use sync::envelope::Part;
use sync::item::Kind;
use sync::wire::{Outcome, Reason, Receipt};

use crate::scene::{Desk, World};
use crate::server::Server;
use crate::store::{Aside, Inbox as _, Standing};
use crate::verify::Wrong;

fn scene() -> (World, domain::id::ChildId, Desk) {
    let mut world = World::new();
    let child = world.child(1, 1);
    let mut director = world.desk(1);
    director.pull(&mut world);
    (world, child, director)
}

#[test]
fn what_was_received_is_one_row_until_the_gate_lays_it_out_with_where_it_stands() {
    let (mut world, child, mut director) = scene();
    let items = [director.note(&mut world, child, "一"), director.note(&mut world, child, "二")];
    let envelope = director.envelope(&mut world, &items);
    let first = director.push(&mut world, vec![envelope.clone()]).receipts;
    let again = director.push(&mut world, vec![envelope.clone()]).receipts;
    assert_eq!(first, again, "received twice before the gate, kept once");
    let id = envelope.id(&world.server.district().digest());
    assert_eq!(world.server.vault.store.envelope_row(&id), Ok(None));
    assert_eq!(world.server.vault.store.arrivals(9, &Aside::default()).expect("asked").len(), 1);
    let [Receipt::Kept(number)] = first[..] else { panic!("{first:?}") };
    assert_eq!(world.server.newest_number(), Ok(number));
    world.judge();
    assert_eq!(world.server.vault.store.arrivals(9, &Aside::default()), Ok(vec![]));
    assert_eq!(world.server.newest_number(), Ok(number), "no number is given twice");
    let row = world.server.vault.store.envelope_row(&id).expect("asked").expect("laid out");
    let laid = world.server.vault.store.items_of_envelope(row).expect("asked");
    assert!(laid.iter().all(|item| matches!(item.standing, Standing::Accepted(_)) && item.number == number));
    assert_eq!(director.push(&mut world, vec![envelope]).receipts, first, "and received once more after it");
    assert_eq!(director.pull(&mut world).verdicts.len(), 0, "one verdict, which came with the last answer");
}

#[test]
fn the_same_words_twice_in_one_envelope_are_one_item() {
    let (mut world, child, mut director) = scene();
    let note = director.note(&mut world, child, "一");
    let heard = {
        let envelope = director.envelope(&mut world, &[note.clone(), note]);
        director.push(&mut world, vec![envelope]);
        world.judge();
        director.pull(&mut world)
    };
    assert!(matches!(heard.verdicts[0].outcomes[..], [(0, Outcome::Accepted(_))]), "{heard:?}");
}

#[test]
fn what_a_cloned_disk_sends_in_another_envelope_is_told_where_it_stands() {
    let (mut world, child, mut director) = scene();
    let note = director.note(&mut world, child, "一");
    director.sends(&mut world, std::slice::from_ref(&note));
    let known = director.pull(&mut world).verdicts;
    let clone = director.envelope(&mut world, &[note]);
    let [Receipt::Kept(number)] = director.push(&mut world, vec![clone]).receipts[..] else { panic!("not kept") };
    world.judge();
    let told = director.pull(&mut world).verdicts;
    assert_eq!(told[0].outcomes, known[0].outcomes);
    assert_ne!(told[0].seq, known[0].seq);
    // Its number may be a backup's by now: it is never given to words that are not in that backup.
    let next = director.note(&mut world, child, "二");
    let envelope = director.envelope(&mut world, &[next]);
    let receipts = director.push(&mut world, vec![envelope]).receipts;
    assert!(matches!(receipts[..], [Receipt::Kept(later)] if later > number), "{receipts:?} after {number}");
}

#[test]
fn a_child_erased_while_a_delivery_waits_leaves_nothing_of_it() {
    let (mut world, child, mut director) = scene();
    let note = director.note(&mut world, child, "不该留下的话");
    let envelope = director.envelope(&mut world, &[note]);
    director.push(&mut world, vec![envelope]);
    // Written by the server itself and judged in order of arrival, so the child's key goes last.
    world.write(vec![Row::Erase { child }]);
    let late = director.note(&mut world, child, "更不该留下的话");
    let envelope = director.envelope(&mut world, &[late]);
    let mut verdicts = director.push(&mut world, vec![envelope]).verdicts;
    world.judge();
    let items = world.server.vault.store.items_of_child(child).expect("asked");
    for item in items.into_iter().filter(|item| item.kind != Kind::Roster) {
        assert_eq!(world.server.vault.open(&item), Ok(None));
    }
    verdicts.extend(director.pull(&mut world).verdicts);
    let outcomes: Vec<Outcome> = verdicts.iter().flat_map(|v| v.outcomes.iter().map(|(_, o)| *o)).collect();
    assert!(matches!(outcomes[..], [Outcome::Accepted(_), Outcome::Held(Reason::Erased)]), "{outcomes:?}");
    assert!(world.server.verify().expect("verified").wrong.is_empty());
}

#[test]
fn a_backup_holds_what_waits_for_the_gate_and_a_restored_server_judges_it() {
    let (mut world, child, mut director) = scene();
    let note = director.note(&mut world, child, "刚送到");
    let envelope = director.envelope(&mut world, std::slice::from_ref(&note));
    let receipts = director.push(&mut world, vec![envelope.clone()]).receipts;
    let copy = world.server.store().snapshot().expect("copied");
    let secret = world.server.secret().clone();
    let mut restored = Server::open(copy, secret).expect("opens");
    let told = restored.verify().expect("verified");
    assert_eq!((told.arrivals, told.wrong.len()), (1, 0));
    let [Receipt::Kept(number)] = receipts[..] else { panic!("{receipts:?}") };
    assert_eq!(restored.newest_number(), Ok(number));
    world.server = restored;
    world.judge();
    let found = world.server.vault.store.item_of(note.record, &envelope.parts[0].digest());
    assert!(matches!(found.expect("asked").expect("laid out").standing, Standing::Accepted(_)));
}

#[test]
fn a_delivery_that_is_not_what_was_signed_is_found_by_verify() {
    let (mut world, child, mut director) = scene();
    let note = director.note(&mut world, child, "一");
    let envelope = director.envelope(&mut world, &[note]);
    director.push(&mut world, vec![envelope]);
    let mut arrival = world.server.vault.store.arrivals(1, &Aside::default()).expect("asked").remove(0);
    world.server.vault.store.drop_arrival(arrival.number).expect("dropped");
    let last = arrival.body.len() - 1;
    arrival.body[last] ^= 1;
    world.server.vault.store.add_arrival(&arrival).expect("damaged");
    let wrong = world.server.verify().expect("verified").wrong;
    assert_eq!(wrong, [Wrong::Arrival(arrival.number)]);
}

/// Two desks bring an envelope back in parts, each what it holds of it.
#[test]
fn parts_that_two_desks_bring_are_both_kept_also_when_each_brings_as_many() {
    let (mut world, child, mut director) = scene();
    let mut station = world.desk(0);
    station.pull(&mut world);
    let items = [director.note(&mut world, child, "一"), director.note(&mut world, child, "二")];
    let envelope = director.envelope(&mut world, &items);
    let only = |place: usize| {
        let mut part = envelope.clone();
        part.parts[1 - place] = Part::Bare(part.parts[1 - place].digest());
        part
    };
    station.push(&mut world, vec![only(0)]);
    director.push(&mut world, vec![only(1)]);
    world.judge();
    for (item, part) in items.iter().zip(&envelope.parts) {
        let found = world.server.vault.store.item_of(item.record, &part.digest()).expect("asked");
        assert!(matches!(found.expect("kept").standing, Standing::Accepted(_)));
    }
}

#[test]
fn the_rest_of_an_envelope_is_judged_before_what_came_after_it() {
    let (mut world, child, mut director) = scene();
    let mut doc = dossier::Record::empty();
    let items = [director.writes(&mut world, &mut doc, child, "甲"), director.note(&mut world, child, "看过")];
    let next = director.writes(&mut world, &mut doc, child, "乙");
    let envelope = director.envelope(&mut world, &items);
    let mut first = envelope.clone();
    first.parts[0] = Part::Bare(first.parts[0].digest());
    director.push(&mut world, vec![first]);
    world.judge();
    let later = director.envelope(&mut world, &[next]);
    director.push(&mut world, vec![envelope, later]);
    world.judge();
    let verdicts = director.pull(&mut world).verdicts;
    let waited = verdicts.iter().flat_map(|v| &v.outcomes).any(|(_, o)| matches!(o, Outcome::Waiting(_)));
    assert!(!waited, "what it builds on was here before it: {verdicts:?}");
}
