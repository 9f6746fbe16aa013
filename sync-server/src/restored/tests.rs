//! Stories of a server put back to an older backup: what desks hear, and how everything comes back.

use domain::area::Area;
use domain::day::Day;
use domain::id::{PostId, RecordId};
use domain::post::Role;
use domain::roster::Row;
use sync::envelope::Envelope;
use sync::item::{Item, Kind};
use sync::wire::{Cursor, Holding, Mark, Outcome, Receipt, Request, State};

use crate::scene::{POSTS, STREET, World, child, person};
use crate::store::Standing;

fn mark(world: &World, envelope: &Envelope) -> Mark {
    let id = envelope.id(&world.server.district().digest());
    Mark(id.0[..8].try_into().expect("8 bytes"))
}

#[test]
fn a_restored_server_is_seen_in_the_first_request_and_gets_everything_back() {
    let mut world = World::new();
    let (c, other) = (world.child(1, 1), world.child(2, 2));
    let (mut director, mut second, mut station) = (world.desk(1), world.desk(2), world.desk(0));
    director.visits(&mut world, c);
    for desk in [&mut director, &mut second, &mut station] {
        desk.pull(&mut world);
    }
    let backup = world.server.store().snapshot().expect("a backup");
    let item = director.note(&mut world, c, "备份之后");
    let lost = director.envelope(&mut world, std::slice::from_ref(&item));
    director.push(&mut world, vec![lost.clone()]);
    world.judge();
    for desk in [&mut director, &mut station] {
        desk.pull(&mut world);
    }
    let known = station.cursor;
    world.restore(backup);

    // 1: the mismatch is seen; 2: who lacks what; 3: it is back.
    let Some(State::Restored(checkpoints)) = director.pull(&mut world).state else { panic!("not noticed") };
    assert!(checkpoints.iter().all(|c| c.position < known.position) && checkpoints.len() > 2);
    director.cursor = checkpoints[0];
    let request = Request { have: vec![mark(&world, &lost)], ..director.request() };
    let heard = director.ask(&mut world, &request);
    assert_eq!(heard.state, Some(State::Lacks(vec![mark(&world, &lost)])));
    let heard = director.push(&mut world, vec![lost]);
    assert!(matches!(heard.receipts[..], [Receipt::Kept(_)]));
    assert_eq!(heard.state, Some(State::NotYet), "nobody gets rows before a wide desk was here");
    assert!(matches!(heard.verdicts.last().expect("a verdict").outcomes[..], [(0, Outcome::Accepted(_))]));

    let Some(State::Restored(checkpoints)) = station.pull(&mut world).state else { panic!("not noticed") };
    station.cursor = checkpoints[0];
    assert_eq!(station.pull(&mut world).about(c), [item.record], "the director's note from the director's desk");
    assert!(!world.server.withholds());
    assert_eq!(director.pull(&mut world).state, Some(State::Fine));
    assert_eq!(second.pull(&mut world).about(other), []);
}

#[test]
fn a_lost_note_comes_back_from_the_station_when_its_author_never_returns() {
    let mut world = World::new();
    let c = world.child(1, 1);
    let mut station = world.desk(0);
    station.pull(&mut world);
    let backup = world.server.store().snapshot().expect("a backup");
    // Enrolled, written and heard after the backup; the device then drowns.
    let mut drowned = world.desk(1);
    let record = drowned.visits(&mut world, c);
    let heard = station.pull(&mut world);
    assert_eq!(heard.about(c), [record]);
    let held: Vec<Envelope> = heard.frames.iter().flat_map(|f| &f.envelopes).map(|p| p.envelope.0.clone()).collect();
    world.restore(backup);
    let Some(State::Restored(checkpoints)) = station.pull(&mut world).state else { panic!("not noticed") };
    station.cursor = checkpoints[0];
    let have: Vec<Mark> = held.iter().map(|e| mark(&world, e)).collect();
    let request = Request { have: have.clone(), ..station.request() };
    assert_eq!(station.ask(&mut world, &request).state, Some(State::Lacks(have)));
    let heard = station.push(&mut world, held);
    assert!(heard.receipts.iter().all(|r| matches!(r, Receipt::Kept(_))), "{:?}", heard.receipts);
    world.judge();
    assert!(world.server.roster().active(drowned.key.id()), "its enrolment came back too");
    assert_eq!(world.desk(1).pull(&mut world).about(c), [record]);
}

#[test]
fn what_a_station_brings_back_after_a_restore_does_not_come_back_to_it() {
    let mut world = World::new();
    let c = world.child(1, 1);
    let (mut station, mut director) = (world.desk(0), world.desk(1));
    station.pull(&mut world);
    let backup = world.server.store().snapshot().expect("a backup");
    director.visits(&mut world, c);
    let heard = station.pull(&mut world);
    let placed = heard.frames.iter().flat_map(|f| &f.envelopes).find(|p| p.envelope.0.device == director.key.id());
    let envelope = placed.expect("the director's").envelope.0.clone();
    world.restore(backup);
    let Some(State::Restored(checkpoints)) = station.pull(&mut world).state else { panic!("not noticed") };
    station.cursor = checkpoints[0];
    let mut silent = station.clone();
    let holding = Holding::of(mark(&world, &envelope), &envelope);
    let push = vec![sync::wire::Pushed(envelope)];
    let heard = station.ask(&mut world, &Request { push, holds: Some(vec![holding]), ..station.request() });
    let regained: Vec<_> = heard.frames.iter().flat_map(|f| f.regained.iter().flatten()).collect();
    assert_eq!(heard.about(c), [], "not what it holds");
    assert!(matches!(regained[..], [r] if r.mark == holding.mark && matches!(r.items[..], [(0, _)])), "{regained:?}");
    silent.counter = station.counter;
    assert_eq!(silent.pull(&mut world).about(c).len(), 1, "whole to whoever does not say so");
}

#[test]
fn a_lost_note_her_author_brings_back_counts_where_her_successor_has_it_in_her_log() {
    let mut world = World::new();
    let c = world.child(1, 1);
    let (mut author, mut heir) = (world.desk(1), world.desk(2));
    let taken = vec![Row::Withdraw { child: c, post: POSTS[1] }];
    let given = vec![Row::Assign { child: c, post: POSTS[2] }];
    let backup = world.server.store().snapshot().expect("a backup");
    let item = author.note(&mut world, c, "备份之后");
    let lost = author.envelope(&mut world, std::slice::from_ref(&item));
    author.push(&mut world, vec![lost.clone()]);
    world.judge();
    world.write(taken.clone());
    world.write(given.clone());
    heir.pull(&mut world);
    world.restore(backup);

    world.write(taken);
    author.push(&mut world, vec![lost.clone()]);
    assert!(matches!(heir.pull(&mut world).state, Some(State::Restored(_))));
    heir.cursor = Cursor::default();
    let request = Request { have: vec![mark(&world, &lost)], ..heir.request() };
    assert_eq!(heir.ask(&mut world, &request).state, Some(State::NotYet), "it is here already");
    world.judge();
    let stands = |world: &mut World| world.server.standings_of(item.record).expect("the store answers");
    assert!(matches!(stands(&mut world)[..], [Standing::Held(_)]), "the child is not hers yet");
    world.write(given);
    world.judge();
    assert!(matches!(stands(&mut world)[..], [Standing::Accepted(_)]), "now it is");
}

#[test]
fn a_revocation_lost_in_a_restore_applies_before_anybody_gets_rows() {
    let mut world = World::new();
    let c = world.child(1, 1);
    let (mut station, mut thief) = (world.desk(0), world.desk(1));
    thief.visits(&mut world, c);
    station.pull(&mut world);
    thief.pull(&mut world);
    let backup = world.server.store().snapshot().expect("a backup");
    world.write(vec![Row::Revoke { device: thief.key.id() }]);
    let heard = station.pull(&mut world);
    let held: Vec<Envelope> = heard.frames[0].envelopes.iter().map(|p| p.envelope.0.clone()).collect();
    world.restore(backup);
    assert!(matches!(thief.pull(&mut world).state, Some(State::Restored(_))));
    thief.cursor = Cursor::default();
    assert_eq!(thief.pull(&mut world).state, Some(State::NotYet));
    station.cursor = Cursor::default();
    station.push(&mut world, held);
    let heard = thief.pull(&mut world);
    assert_eq!((heard.state, heard.frames.len()), (Some(State::Revoked), 0));
}

#[test]
fn a_stop_that_comes_back_before_the_computer_it_is_about_holds_once_that_is_back() {
    let mut world = World::new();
    let mut station = world.desk(0);
    station.pull(&mut world);
    let backup = world.server.store().snapshot().expect("a backup");
    let mut thief = world.desk(1);
    let heard = station.pull(&mut world);
    let enrolled: Vec<Envelope> = heard.frames[0].envelopes.iter().map(|p| p.envelope.0.clone()).collect();
    let body = minicbor::to_vec(Row::Revoke { device: thief.key.id() }).expect("a row");
    let record = RecordId::new([9; 16]);
    let stop = Item { kind: Kind::Roster, record, form: "roster".to_owned(), child: None, body };
    let stop = station.sends(&mut world, &[stop]);
    assert_eq!(thief.pull(&mut world).state, Some(State::Revoked));
    world.restore(backup);
    station.cursor = Cursor::default();
    station.push(&mut world, vec![stop]);
    station.push(&mut world, enrolled);
    world.judge();
    let heard = thief.pull(&mut world);
    assert_eq!((heard.state, heard.frames.len()), (Some(State::Revoked), 0));
}

#[test]
fn an_assignment_that_comes_back_before_its_child_does_holds_once_that_is_back() {
    let mut world = World::new();
    let (mut station, mut director) = (world.desk(0), world.desk(1));
    station.pull(&mut world);
    let backup = world.server.store().snapshot().expect("a backup");
    let roster = |row: &Row, n: u8| {
        let body = minicbor::to_vec(row).expect("a row");
        let record = RecordId::new([n; 16]);
        Item { kind: Kind::Roster, record, form: "roster".to_owned(), child: row.child(), body }
    };
    let (child, area) = (child(5), Area::new(STREET + 1).expect("an area"));
    let found = director.sends(&mut world, &[roster(&Row::Register { child, area, post: POSTS[1] }, 8)]);
    station.pull(&mut world);
    let given = roster(&Row::Assign { child, post: POSTS[2] }, 9);
    let given = station.sends(&mut world, &[given]);
    assert!(world.server.roster().children[&child].posts().any(|post| post == POSTS[2]));
    world.restore(backup);
    station.push(&mut world, vec![given]);
    world.judge();
    assert!(!world.server.roster().children.contains_key(&child), "nobody knows the child yet");
    director.push(&mut world, vec![found]);
    world.judge();
    assert!(world.server.roster().children[&child].posts().any(|post| post == POSTS[2]));
}

#[test]
fn a_child_found_at_a_post_that_comes_back_later_is_known_once_that_is_back() {
    let mut world = World::new();
    let (mut station, mut director) = (world.desk(0), world.desk(1));
    station.pull(&mut world);
    let backup = world.server.store().snapshot().expect("a backup");
    let unit = world.server.roster().posts[&POSTS[1]].unit;
    let (post, person, from) = (PostId::new([77; 16]), person(1), Day::EPOCH);
    world.write(vec![Row::Post { id: post, person, unit, role: Role::Director, from, to: None }]);
    let given: Vec<Envelope> =
        station.pull(&mut world).frames[0].envelopes.iter().map(|p| p.envelope.0.clone()).collect();
    let (child, area) = (child(5), Area::new(STREET + 1).expect("an area"));
    let row = Row::Register { child, area, post };
    let (body, record) = (minicbor::to_vec(&row).expect("a row"), RecordId::new([8; 16]));
    let item = Item { kind: Kind::Roster, record, form: "roster".to_owned(), child: Some(child), body };
    let found = director.sends(&mut world, &[item]);
    assert!(world.server.roster().children.contains_key(&child));
    world.restore(backup);
    director.push(&mut world, vec![found]);
    world.judge();
    assert!(!world.server.roster().children.contains_key(&child), "nobody knows the post yet");
    station.push(&mut world, given);
    world.judge();
    assert!(world.server.roster().children.contains_key(&child));
}

#[test]
fn a_note_only_in_the_inbox_when_the_backup_was_taken_back_is_asked_for_again() {
    let mut world = World::new();
    let c = world.child(1, 1);
    let (mut director, mut station) = (world.desk(1), world.desk(0));
    director.pull(&mut world);
    station.pull(&mut world);
    director.pull(&mut world);
    let backup = world.server.store().snapshot().expect("a backup");
    let item = director.note(&mut world, c, "只在收件箱");
    let envelope = director.envelope(&mut world, &[item]);
    director.push(&mut world, vec![envelope]);
    world.restore(backup);
    assert!(matches!(director.pull(&mut world).state, Some(State::Restored(_))), "though the log's end is the same");
    assert!(matches!(director.pull(&mut world).state, Some(State::NotYet)), "said once");
}

#[test]
fn a_held_stop_stays_held_when_a_computer_is_enrolled_anew() {
    let mut world = World::new();
    let mut station = world.desk(0);
    station.pull(&mut world);
    let backup = world.server.store().snapshot().expect("a backup");
    let other = world.desk(1);
    let enrolled = station.pull(&mut world).rows().into_iter().find(|row| matches!(row, Row::Device { .. }));
    world.restore(backup);
    let body = minicbor::to_vec(Row::Revoke { device: other.key.id() }).expect("a row");
    let record = RecordId::new([9; 16]);
    station.sends(&mut world, &[Item { kind: Kind::Roster, record, form: "roster".to_owned(), child: None, body }]);
    world.write(vec![enrolled.expect("a computer")]);
    world.judge();
    assert!(world.server.roster().active(other.key.id()), "nobody brought it back: it is a new one");
}

/// The standings of a record's items.
fn stands(world: &mut World, record: RecordId) -> Vec<Standing> {
    world.server.standings_of(record).expect("the store answers")
}

/// A note its author wrote when the child was hers, sent when it is not any more.
fn late(world: &mut World, author: &mut crate::scene::Desk, item: &Item) -> Envelope {
    let envelope = author.envelope(world, std::slice::from_ref(item));
    let child = item.child.expect("a child");
    world.write(vec![Row::Withdraw { child, post: POSTS[1] }, Row::Assign { child, post: POSTS[2] }]);
    author.push(world, vec![envelope.clone()]);
    world.judge();
    envelope
}

#[test]
fn nobody_vouches_for_anything_where_nothing_was_lost() {
    let mut world = World::new();
    let c = world.child(1, 1);
    let (mut author, mut heir, mut station) = (world.desk(1), world.desk(2), world.desk(0));
    let item = author.note(&mut world, c, "交接以后才送到");
    let envelope = late(&mut world, &mut author, &item);
    assert!(matches!(stands(&mut world, item.record)[..], [Standing::Held(_)]), "to be claimed");
    for desk in [&mut heir, &mut station] {
        desk.push(&mut world, vec![envelope.clone()]);
        let request = Request { have: vec![mark(&world, &envelope)], ..desk.request() };
        desk.ask(&mut world, &request);
        world.judge();
    }
    assert!(matches!(stands(&mut world, item.record)[..], [Standing::Held(_)]), "there is a claim for that");
}

#[test]
fn the_word_of_others_counts_until_every_station_brought_back_all_or_the_centre_ends_it() {
    for ended_by_hand in [false, true] {
        let mut world = World::new();
        let c = world.child(1, 1);
        let (mut author, mut heir, mut station) = (world.desk(1), world.desk(2), world.desk(0));
        let spare = world.desk(0);
        let backup = world.server.store().snapshot().expect("a backup");
        world.restore(backup);
        let left = |world: &mut World| {
            let today = Day::of(world.moment().now);
            world.server.awaited(today)
        };
        let item = author.note(&mut world, c, "交接以后才送到");
        let envelope = late(&mut world, &mut author, &item);
        for _ in 0..3 {
            station.pull(&mut world);
        }
        assert_eq!(left(&mut world), Some(vec![spare.key.id()]), "one said so, another did not yet");
        if ended_by_hand {
            world.server.close_restored().expect("ended");
        } else {
            world.write(vec![Row::Revoke { device: spare.key.id() }]);
            assert_eq!(left(&mut world), None, "stopped: nobody is waited for");
            station.pull(&mut world);
        }
        assert_eq!(left(&mut world), None);
        heir.push(&mut world, vec![envelope]);
        world.judge();
        assert!(matches!(stands(&mut world, item.record)[..], [Standing::Held(_)]));
    }
}

#[test]
fn the_time_ends_at_the_next_contact_when_the_last_awaited_left_her_post() {
    let mut world = World::new();
    let (mut director, mut station) = (world.desk(1), world.desk(0));
    let backup = world.server.store().snapshot().expect("a backup");
    world.restore(backup);
    let today = Day::of(world.moment().now);
    director.pull(&mut world);
    assert!(world.server.awaited(today).is_some(), "nobody was here who could say so");
    let unit = world.server.roster().posts[&POSTS[0]].unit;
    let (id, from, to) = (POSTS[0], Day::EPOCH, Some(today.plus(-1)));
    world.write(vec![Row::Post { id, person: person(0), unit, role: Role::Supervisor, from, to }]);
    assert_eq!(world.server.awaited(today), Some(vec![]), "and until one was, the roster may lack others");
    station.pull(&mut world);
    station.pull(&mut world);
    assert_eq!(world.server.awaited(today), None);
}

#[test]
fn the_same_mark_twice_is_lacking_once() {
    let mut world = World::new();
    let c = world.child(1, 1);
    let mut director = world.desk(1);
    director.pull(&mut world);
    let item = director.note(&mut world, c, "没有送到");
    let envelope = director.envelope(&mut world, &[item]);
    let mark = mark(&world, &envelope);
    let heard = director.ask(&mut world, &Request { have: vec![mark; 3], ..director.request() });
    assert_eq!(heard.state, Some(State::Lacks(vec![mark])));
}

#[test]
fn another_vouches_only_for_what_the_author_could_have_written() {
    let mut world = World::new();
    let c = world.child(1, 1);
    let (mut author, mut station) = (world.desk(1), world.desk(0));
    let (leader, post) = (person(7), PostId::new([70; 16]));
    let unit = world.server.roster().posts[&POSTS[1]].unit;
    world.write(vec![
        Row::Person { id: leader, name: "领导".to_owned() },
        Row::Post { id: post, person: leader, unit, role: Role::CentreLeader, from: Day::EPOCH, to: None },
    ]);
    let mut boss = world.desk_of(leader);
    let backup = world.server.store().snapshot().expect("a backup");
    world.restore(backup);
    let note = author.note(&mut world, c, "她写得了");
    let review = Item { form: "review".to_owned(), ..author.note(&mut world, c, "不是她写的") };
    let unknown = Item { form: "vote".to_owned(), ..author.note(&mut world, c, "谁也不认识") };
    let target = sync::claim::Target { record: note.record, digest: sync::item::digest(&note.encode()) };
    let claim = sync::claim::Claim {
        device: author.key.id(),
        action: sync::claim::Action::Take,
        targets: vec![target],
        reason: "放行".to_owned(),
        form: "visit".to_owned(),
        at: world.moment().now,
    };
    let record = RecordId::new([9; 16]);
    let form = sync::claim::FORM.to_owned();
    let claim = Item { kind: Kind::Audit, record, form, child: Some(c), body: claim.encode() };
    let foreign = boss.note(&mut world, c, "领导不写走访");
    world.write(vec![Row::Withdraw { child: c, post: POSTS[1] }]);
    for item in [&note, &review, &unknown, &claim, &foreign] {
        let by = if item == &foreign { &mut boss } else { &mut author };
        let envelope = by.envelope(&mut world, std::slice::from_ref(item));
        station.push(&mut world, vec![envelope]);
        world.judge();
    }
    assert!(matches!(stands(&mut world, note.record)[..], [Standing::Accepted(_)]), "it stood in the station's log");
    for item in [review, unknown, claim, foreign] {
        assert!(matches!(stands(&mut world, item.record)[..], [Standing::Held(_)]), "{}", item.form);
    }
}

#[test]
fn several_who_bring_the_same_back_all_count() {
    let mut world = World::new();
    let c = world.child(1, 1);
    let (mut author, mut heir, mut other) = (world.desk(1), world.desk(2), world.desk(1));
    let backup = world.server.store().snapshot().expect("a backup");
    let item = author.note(&mut world, c, "备份之后");
    let lost = author.envelope(&mut world, std::slice::from_ref(&item));
    world.restore(backup);
    world.write(vec![Row::Withdraw { child: c, post: POSTS[1] }]);
    heir.push(&mut world, vec![lost.clone()]);
    world.judge();
    // The author's second computer, which reaches the child no more.
    other.push(&mut world, vec![lost]);
    world.judge();
    assert!(matches!(stands(&mut world, item.record)[..], [Standing::Held(_)]), "the child is nobody's yet");
    world.write(vec![Row::Assign { child: c, post: POSTS[2] }]);
    world.judge();
    assert!(
        matches!(stands(&mut world, item.record)[..], [Standing::Accepted(_)]),
        "the first one's word still counts"
    );
}

#[test]
fn the_same_held_envelope_a_hundred_times_moves_the_log_by_nothing() {
    let mut world = World::new();
    let c = world.child(1, 1);
    let (mut author, mut heir, mut second) = (world.desk(1), world.desk(2), world.desk(1));
    let backup = world.server.store().snapshot().expect("a backup");
    world.restore(backup);
    let item = author.note(&mut world, c, "一百次");
    let envelope = author.envelope(&mut world, std::slice::from_ref(&item));
    world.write(vec![Row::Withdraw { child: c, post: POSTS[1] }]);
    author.push(&mut world, vec![envelope.clone()]);
    world.judge();
    assert!(matches!(stands(&mut world, item.record)[..], [Standing::Held(_)]));
    let head = world.server.head();
    let mark = mark(&world, &envelope);
    for _ in 0..100 {
        for desk in [&mut author, &mut heir, &mut second] {
            desk.push(&mut world, vec![envelope.clone()]);
            let request = Request { have: vec![mark], ..desk.request() };
            desk.ask(&mut world, &request);
        }
        world.judge();
    }
    assert_eq!(world.server.head(), head, "nobody hears again what was said");
}

#[test]
fn a_note_that_comes_back_before_its_authors_post_does_counts_once_that_is_back() {
    let mut world = World::new();
    let c = world.child(1, 1);
    let mut station = world.desk(0);
    let (new, post) = (person(8), PostId::new([80; 16]));
    let unit = world.server.roster().posts[&POSTS[1]].unit;
    world.write(vec![Row::Person { id: new, name: "新来的".to_owned() }]);
    let mut author = world.desk_of(new);
    station.pull(&mut world);
    let backup = world.server.store().snapshot().expect("a backup");
    world.write(vec![Row::Post { id: post, person: new, unit, role: Role::Director, from: Day::EPOCH, to: None }]);
    let given: Vec<Envelope> =
        station.pull(&mut world).frames[0].envelopes.iter().map(|p| p.envelope.0.clone()).collect();
    let item = author.note(&mut world, c, "岗位还没回来");
    let lost = author.envelope(&mut world, std::slice::from_ref(&item));
    world.restore(backup);
    station.push(&mut world, vec![lost]);
    world.judge();
    assert!(matches!(stands(&mut world, item.record)[..], [Standing::Held(_)]), "nobody knows the post yet");
    station.push(&mut world, given);
    world.judge();
    assert!(matches!(stands(&mut world, item.record)[..], [Standing::Accepted(_)]));
}
