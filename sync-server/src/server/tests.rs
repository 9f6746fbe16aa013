//! Stories of the server alone: what desks push, hear, lose and get back.

use domain::area::Area;
use domain::day::Day;
use domain::id::ChildId;
use domain::roster::{Channel, Post, Row};
use sync::envelope::Part;
use sync::notice::{self, Notice};
use sync::wire::{Outcome, Reason, Receipt, Refusal, Request, State, Want};

use super::*;
use crate::scene::{Desk, POSTS, STREET, World, child};
use crate::store::{Cache as _, Facts as _, Inbox as _, Log as _};

#[test]
fn a_note_reaches_the_station_and_the_author_learns_where_it_stands() {
    let mut world = World::new();
    let c = world.child(1, 1);
    let (mut station, mut director) = (world.desk(0), world.desk(1));
    director.pull(&mut world);
    station.pull(&mut world);
    let record = director.visits(&mut world, c);
    let heard = director.pull(&mut world);
    assert!(matches!(heard.verdicts[0].outcomes[..], [(0, Outcome::Accepted(_))]), "{heard:?}");
    assert_eq!(heard.about(c), [], "her own words are not sent back");
    assert_eq!(station.pull(&mut world).about(c), [record]);
    assert_eq!(station.pull(&mut world).frames.len(), 0);
    assert!(director.pull(&mut world).verdicts.is_empty(), "a verdict comes once");
}

#[test]
fn nothing_changed_is_a_tiny_answer() {
    let mut world = World::new();
    world.child(1, 1);
    let mut director = world.desk(1);
    director.pull(&mut world);
    let heard = director.pull(&mut world);
    assert_eq!((heard.state, heard.frames.len(), heard.more), (Some(State::Fine), 0, false));
    assert!(heard.head.expect("a head").sig.is_none());
    assert!(heard.bytes < 110, "{} bytes", heard.bytes);
}

#[test]
fn a_director_hears_nothing_of_another_community() {
    let mut world = World::new();
    let (mine, hers) = (world.child(1, 1), world.child(2, 2));
    let (mut first, mut second, mut station) = (world.desk(1), world.desk(2), world.desk(0));
    let note = first.visits(&mut world, mine);
    let heard = second.pull(&mut world);
    assert_eq!(heard.about(mine), []);
    assert!(!heard.rows().iter().any(|row| row.child() == Some(mine)), "not even that the child exists");
    assert!(heard.rows().contains(&Row::Assign { child: hers, post: POSTS[2] }));
    let heard = station.pull(&mut world);
    assert_eq!(heard.about(mine), [note]);
    let both = [mine, hers].map(|c| heard.rows().iter().any(|row| row.child() == Some(c)));
    assert_eq!(both, [true, true]);
}

/// The filter itself: what was heard on her channel is asked for once more by her right to it now.
#[test]
fn a_row_on_her_channel_about_a_child_since_taken_from_her_does_not_travel() {
    let mut world = World::new();
    let (kept, taken) = (world.child(1, 1), world.child(2, 1));
    let (mut station, mut director) = (world.desk(0), world.desk(1));
    station.pull(&mut world);
    director.pull(&mut world);
    let written = [kept, taken].map(|c| station.visits(&mut world, c));
    world.write(vec![Row::Withdraw { child: taken, post: POSTS[1] }]);
    let heard = director.pull(&mut world);
    assert_eq!(heard.about(kept), [written[0]], "her channel carries what the station wrote");
    assert!(heard.rows().contains(&Row::Withdraw { child: taken, post: POSTS[1] }), "and that the child went");
    assert_eq!(heard.about(taken), [], "but nothing about the child that went");
}

#[test]
fn a_damaged_cache_is_rebuilt_and_nobody_notices() {
    let mut world = World::new();
    let c = world.child(1, 1);
    let mut director = world.desk(1);
    director.pull(&mut world);
    let mut doc = dossier::Record::empty();
    for (name, damage) in [("甲", false), ("乙", false), ("丙", true), ("丁", false)] {
        let item = director.writes(&mut world, &mut doc, c, name);
        if damage {
            let at = world.server.vault.store.record(item.record).expect("asked").expect("in the log").last;
            world.server.vault.store.set_document(item.record, at, b"rubbish").expect("damaged");
            world.server.open.clear();
        }
        let envelope = director.envelope(&mut world, &[item]);
        director.push(&mut world, vec![envelope]);
        world.judge();
        let verdicts = director.pull(&mut world).verdicts;
        assert!(matches!(verdicts[0].outcomes[..], [(0, Outcome::Accepted(_))]), "{name}: {verdicts:?}");
    }
    assert!(world.server.verify().expect("verified").wrong.is_empty());
}

#[test]
fn a_part_of_an_envelope_travels_with_bare_digests_and_still_verifies() {
    let mut world = World::new();
    let (mine, hers) = (world.child(1, 1), world.child(2, 2));
    let (mut station, mut second) = (world.desk(0), world.desk(2));
    second.pull(&mut world);
    let items = [mine, hers, mine].map(|c| station.note(&mut world, c, "街道看过"));
    let envelope = station.envelope(&mut world, &items);
    station.push(&mut world, vec![envelope]);
    world.judge();
    let heard = second.pull(&mut world);
    assert_eq!(heard.about(hers), [items[1].record]);
    let placed = &heard.frames[0].envelopes[0];
    let whole: Vec<bool> = placed.envelope.0.parts.iter().map(|p| matches!(p, Part::Whole(_))).collect();
    assert_eq!(whole, [false, true, false]);
    let public = station.key.sign_public();
    assert_eq!(placed.envelope.0.verify(&world.server.district().digest(), &public), Ok(()));
}

#[test]
fn the_same_push_twice_gets_the_same_receipt_and_one_row() {
    let mut world = World::new();
    let c = world.child(1, 1);
    let mut director = world.desk(1);
    let item = director.note(&mut world, c, "一次");
    let envelope = director.envelope(&mut world, &[item]);
    let first = director.push(&mut world, vec![envelope.clone()]).receipts;
    world.judge();
    let head = world.server.head().expect("a head");
    let second = director.push(&mut world, vec![envelope.clone(), envelope]).receipts;
    world.judge();
    assert_eq!([first[0], first[0]].as_slice(), second.as_slice());
    assert_eq!(world.server.head().expect("a head"), head);
}

#[test]
fn a_replayed_request_is_told_the_newest_counter_and_does_nothing() {
    let mut world = World::new();
    let c = world.child(1, 1);
    let mut director = world.desk(1);
    let item = director.note(&mut world, c, "一次");
    let envelope = director.envelope(&mut world, &[item]);
    let request = Request { push: vec![sync::wire::Pushed(envelope)], ..director.request() };
    let body = director.body(&world, &request);
    for (n, state) in [State::Fine, State::Counter(1), State::Counter(1)].into_iter().enumerate() {
        let answer = world.server.handle(&mut world.dice.moment(9), &body);
        let heard = director.clone().hear(answer);
        assert_eq!((heard.state, heard.receipts.len()), (Some(state), usize::from(n == 0)));
    }
}

#[test]
fn strangers_and_altered_requests_get_the_same_nothing() {
    let mut world = World::new();
    let mut director = world.desk(1);
    let mut stranger = director.clone();
    stranger.key = sync::key::DeviceKey::fresh(&mut world.moment());
    let request = director.request();
    let mut altered = director.body(&world, &request);
    *altered.last_mut().expect("bytes") ^= 1;
    let foreign = stranger.body(&world, &request);
    for body in [&altered[..], &foreign, b"", b"GET / HTTP/1.1", &[1; 90]] {
        assert_eq!(world.server.handle(&mut world.dice.moment(1), body), Answer::NotFound);
    }
}

#[test]
fn an_envelope_under_a_wrong_signature_is_refused_and_the_others_are_kept() {
    let mut world = World::new();
    let c = world.child(1, 1);
    let mut director = world.desk(1);
    let items = [1, 2].map(|_| director.note(&mut world, c, "好"));
    let [good, mut bad] = items.map(|item| director.envelope(&mut world, &[item]));
    bad.seq += 1;
    let receipts = director.push(&mut world, vec![bad, good]).receipts;
    assert_eq!(receipts[0], Receipt::Refused(Refusal::Signature));
    assert!(matches!(receipts[1], Receipt::Kept(_)));
}

#[test]
fn requests_that_arrive_together_are_answered_together() {
    let mut world = World::new();
    let children = [world.child(1, 1), world.child(2, 2)];
    let mut desks = [world.desk(1), world.desk(2)];
    let mut bodies = Vec::new();
    for (desk, c) in desks.iter_mut().zip(children) {
        let item = desk.note(&mut world, c, "好");
        let push = vec![sync::wire::Pushed(desk.envelope(&mut world, &[item]))];
        let request = Request { push, ..desk.request() };
        bodies.push(desk.body(&world, &request));
    }
    bodies.push(b"nonsense".to_vec());
    let bodies: Vec<&[u8]> = bodies.iter().map(Vec::as_slice).collect();
    let mut answers = world.server.handle_many(&mut world.dice.moment(9), &bodies);
    assert_eq!(answers.pop(), Some(Answer::NotFound));
    let numbers: Vec<_> = answers.into_iter().zip(&mut desks).map(|(a, desk)| desk.hear(a).receipts).collect();
    assert!(matches!((&numbers[0][..], &numbers[1][..]), ([Receipt::Kept(a)], [Receipt::Kept(b)]) if a < b));
}

#[test]
fn a_granted_child_comes_with_its_history_and_a_withdrawn_one_is_said_so() {
    let mut world = World::new();
    let c = world.child(1, 1);
    let (mut first, mut second) = (world.desk(1), world.desk(2));
    let old: Vec<_> = (0..3).map(|_| first.visits(&mut world, c)).collect();
    first.pull(&mut world);
    second.pull(&mut world);
    let rows = vec![Row::Withdraw { child: c, post: POSTS[1] }, Row::Assign { child: c, post: POSTS[2] }];
    world.write(rows.clone());
    let heard = second.pull(&mut world);
    assert_eq!(heard.about(c), old);
    let history = heard.frames.last().and_then(|f| f.history).expect("a history");
    assert!(history.whole && history.child == c);
    let new = second.visits(&mut world, c);
    assert_eq!(second.pull(&mut world).about(c), [], "her own new note is not sent back");
    let heard = first.pull(&mut world);
    assert_eq!((heard.about(c), heard.rows()), (vec![], rows[..1].to_vec()));
    let mut third = world.desk(0);
    assert_eq!(third.pull(&mut world).about(c), [old, vec![new]].concat());
}

#[test]
fn an_interrupted_history_is_asked_for_again_from_where_it_broke() {
    let mut world = World::new();
    let c = world.child(1, 1);
    let (mut first, mut second) = (world.desk(1), world.desk(2));
    let old: Vec<_> = (0..4).map(|_| first.visits(&mut world, c)).collect();
    second.pull(&mut world);
    world.write(vec![Row::Assign { child: c, post: POSTS[2] }]);
    let whole = second.clone().pull(&mut world);
    let after = whole.items().iter().find(|(i, _)| i.record == old[1]).expect("there").1;
    second.counter += 1;
    second.cursor = world.server.head().expect("a head");
    let request = Request { want: vec![Want { child: c, after }], ..second.request() };
    let heard = second.ask(&mut world, &request);
    assert_eq!(heard.about(c), old[2..]);
    let foreign = Request { want: vec![Want { child: child(9), after: 0 }], ..second.request() };
    assert_eq!(second.ask(&mut world, &foreign).frames.len(), 0, "nobody may want what is not hers");
}

#[test]
fn a_stopped_device_gets_nothing_and_its_last_pushes_are_kept() {
    let mut world = World::new();
    let c = world.child(1, 1);
    let mut director = world.desk(1);
    director.pull(&mut world);
    let item = director.note(&mut world, c, "最后一条");
    let envelope = director.envelope(&mut world, &[item]);
    world.write(vec![Row::Revoke { device: director.key.id() }]);
    let heard = director.push(&mut world, vec![envelope]);
    assert_eq!((heard.state, heard.frames.len()), (Some(State::Revoked), 0));
    assert!(matches!(heard.receipts[..], [Receipt::Kept(_)]));
}

/// Enough notes that a first download is worth packing.
fn long_history(world: &mut World, director: &mut Desk, c: ChildId) -> usize {
    for batch in 0..4u32 {
        let text = |n: u32| -> String {
            let signs = (0..1000u32).map(|k| 0x4e00 + ((k + 1) * (batch * 16 + n + 1) * 7919) % 20_000);
            signs.filter_map(char::from_u32).collect()
        };
        let items: Vec<_> = (0..16).map(|n| director.note(world, c, &text(n))).collect();
        let envelope = director.envelope(world, &items);
        director.push(world, vec![envelope]);
        world.judge();
    }
    64
}

#[test]
fn a_packed_first_download_says_the_same_as_an_unpacked_one() {
    let mut world = World::new();
    let c = world.child(1, 1);
    let mut author = world.desk(1);
    let notes = long_history(&mut world, &mut author, c);
    let plain = world.desk(1).pull(&mut world);
    assert_eq!(plain.about(c).len(), notes);
    world.pack();
    let mut reader = world.desk(1);
    world.write(vec![Row::Policy { key: "p".to_owned(), value: "1".to_owned() }]);
    let packed = reader.pull(&mut world);
    assert_eq!(packed.about(c), plain.about(c));
    assert!(packed.bytes < plain.bytes, "{} < {}", packed.bytes, plain.bytes);
    assert!(packed.rows().iter().any(|row| matches!(row, Row::Policy { .. })), "and the tail after it");
    assert_eq!(reader.cursor, world.server.head().expect("a head"));
}

#[test]
fn a_packed_first_download_goes_on_at_any_seam_even_when_it_was_dropped_meanwhile() {
    let mut world = World::new();
    let (c, other) = (world.child(1, 1), world.child(2, 1));
    let mut author = world.desk(1);
    for _ in 0..4 {
        long_history(&mut world, &mut author, c);
    }
    long_history(&mut world, &mut author, other);
    world.desk(1).pull(&mut world);
    world.pack();
    let mut reader = world.desk(1);
    let whole = reader.clone().pull(&mut world);
    assert!(whole.frames.len() > 2, "{} frames", whole.frames.len());
    reader.counter += 1;
    reader.cursor = whole.frames[0].cursor.expect("a seam");
    assert_ne!(reader.cursor.first, 0);
    let before: usize = Rest { frames: &whole.frames[..1] }.count(c);
    let rest = reader.clone().pull(&mut world);
    assert_eq!(before + rest.about(c).len(), whole.about(c).len());
    reader.counter += 1;
    world.write(vec![Row::Withdraw { child: other, post: POSTS[1] }]);
    let rest = reader.pull(&mut world);
    assert_eq!(before + rest.about(c).len(), whole.about(c).len());
    assert_eq!(rest.about(other), [], "withdrawn while the line was down");
}

struct Rest<'a> {
    frames: &'a [sync::wire::Rows],
}

impl Rest<'_> {
    fn count(&self, c: ChildId) -> usize {
        let items = self.frames.iter().flat_map(|f| &f.envelopes).flat_map(|p| p.envelope.0.items());
        items.filter(|(_, i)| i.as_ref().is_ok_and(|i| i.kind == Kind::Change && i.child == Some(c))).count()
    }
}

#[test]
fn a_new_post_opens_its_street_from_the_beginning() {
    let mut world = World::new();
    let c = world.child(1, 1);
    let (mut first, mut second) = (world.desk(1), world.desk(2));
    let note = first.visits(&mut world, c);
    assert_eq!(second.pull(&mut world).about(c), []);
    let unit = world.server.roster().posts[&POSTS[0]].unit;
    world.write(vec![Row::Post {
        id: PostId::new([77; 16]),
        person: crate::scene::person(2),
        unit,
        role: domain::post::Role::Specialist,
        from: Day::EPOCH,
        to: None,
    }]);
    assert_eq!(second.pull(&mut world).about(c), [note]);
    assert_eq!(second.pull(&mut world).frames.len(), 0, "once");
}

#[test]
fn an_erased_child_is_gone_from_the_log_and_refused_for_ever() {
    let mut world = World::new();
    let c = world.child(1, 1);
    let (mut director, mut station) = (world.desk(1), world.desk(0));
    director.visits(&mut world, c);
    let late = director.note(&mut world, c, "晚到");
    let late = director.envelope(&mut world, &[late]);
    world.write(vec![Row::Erase { child: c }]);
    assert_eq!(station.pull(&mut world).about(c), []);
    director.push(&mut world, vec![late]);
    world.judge();
    let heard = director.pull(&mut world);
    let last = heard.verdicts.last().expect("a verdict");
    assert_eq!(last.outcomes, [(0, Outcome::Held(sync::wire::Reason::Erased))]);
    assert_eq!(world.server.vault.store.unjudged(9, &Aside::default()), Ok(vec![]));
}

#[test]
fn nothing_packed_for_the_centre_outlives_an_erasure() {
    let mut world = World::new();
    let c = world.child(1, 1);
    let (of_centre, of_other) = (domain::id::Digest([1; 32]), domain::id::Digest([2; 32]));
    let segment = || crate::store::Segment { number: 0, upto: 9, first: 9, frame: b"packed".to_vec() };
    for (set, channel) in [(of_centre, Channel::District), (of_other, Channel::Post(POSTS[2]))] {
        world.server.vault.store.note_set(&set, &[channel]).expect("noted");
        world.server.vault.store.add_segment(&set, &segment()).expect("kept");
    }
    world.write(vec![Row::Erase { child: c }]);
    let mut packed = |set| world.server.vault.store.segments(&set).expect("asked").is_some();
    assert_eq!((packed(of_centre), packed(of_other)), (false, true), "and nobody else's is packed anew");
}

#[test]
fn a_post_is_told_on_its_first_day_also_when_the_clock_was_ahead_before() {
    const DAY_S: i64 = 86_400;
    let mut world = World::new();
    let mut director = world.desk(1);
    director.pull(&mut world);
    let post = world.server.roster().posts[&POSTS[2]].clone();
    let today = Day::of(world.moment().now);
    let begins = Post { from: today.plus(2), ..post };
    world.write(vec![begins.row(POSTS[2])]);
    let told = |world: &World| world.server.since[&POSTS[2]];
    let before = told(&world);
    for (days, again) in [(30, true), (1, false), (2, true), (2, false)] {
        let last = told(&world);
        world.second = days * DAY_S;
        director.pull(&mut world);
        assert_eq!(told(&world) > last, again, "on day {days}");
    }
    assert!(told(&world) > before);
}

#[test]
fn an_envelope_whose_items_went_with_an_erased_child_is_named_by_its_number() {
    let mut world = World::new();
    let c = world.child(1, 1);
    let (mut station, mut director) = (world.desk(0), world.desk(1));
    let mut of_erased = || {
        let item = director.note(&mut world, c, "抹掉以前写的");
        let envelope = director.envelope(&mut world, &[item]);
        let parts = envelope.parts.iter().map(|part| Part::Erased(part.digest())).collect();
        Envelope { parts, ..envelope }
    };
    let (said_by_another, erased) = (of_erased(), of_erased());
    world.write(vec![Row::Erase { child: c }]);
    station.pull(&mut world);
    station.push(&mut world, vec![said_by_another]);
    director.push(&mut world, vec![erased.clone()]);
    director.push(&mut world, vec![erased.clone()]);
    world.judge();
    let heard = station.pull(&mut world).items();
    let notices = heard.iter().filter(|(item, _)| item.form == notice::FORM);
    let named = notices.map(|(item, _)| minicbor::decode::<Notice>(&item.body).expect("a notice"));
    let named: Vec<_> = named.map(|notice| (notice.device, notice.seq, notice.reason)).collect();
    assert_eq!(named, [(director.key.id(), erased.seq, Reason::Erased)]);
}

#[test]
fn a_number_whose_work_was_only_purged_stays_missing_until_somebody_brings_it() {
    let mut world = World::new();
    let c = world.child(1, 1);
    let (mut station, mut director) = (world.desk(0), world.desk(1));
    let item = director.note(&mut world, c, "备份以后交给别人了");
    let envelope = director.envelope(&mut world, &[item]);
    director.push(&mut world, vec![crate::inbox::bare(&envelope)]);
    world.judge();
    let heard = station.pull(&mut world).items();
    assert!(heard.iter().all(|(item, _)| item.form != notice::FORM), "nobody says that it is gone");
    station.push(&mut world, vec![envelope]);
    world.judge();
    assert_eq!(director.pull(&mut world).verdicts.len(), 1, "the station had it");
}

#[test]
fn a_child_that_moves_streets_is_heard_on_both_sides() {
    let mut world = World::new();
    let c = world.child(1, 1);
    let mut station = world.desk(0);
    station.pull(&mut world);
    let area = Area::new(STREET + 1_001).expect("an area");
    world.write(vec![Row::Child { child: c, area }]);
    assert_eq!(station.pull(&mut world).rows(), [Row::Child { child: c, area }]);
}

#[test]
fn what_a_failed_disk_did_not_keep_gets_no_receipt() {
    let mut world = World::new();
    let c = world.child(1, 1);
    let mut director = world.desk(1);
    let item = director.note(&mut world, c, "好");
    let envelope = director.envelope(&mut world, &[item]);
    let request = Request { push: vec![sync::wire::Pushed(envelope)], ..director.request() };
    let body = director.body(&world, &request);
    world.server.vault.store.begin().expect("somebody left a transaction open");
    assert_eq!(world.server.handle(&mut world.dice.moment(9), &body), Answer::Unavailable);
    let answer = world.server.handle(&mut world.dice.moment(9), &body);
    assert!(matches!(director.hear(answer).receipts[..], [Receipt::Kept(_)]), "the retry is taken");
}

#[test]
fn four_thousand_wishes_are_answered_by_one_measure_and_then_the_next() {
    let mut world = World::new();
    let c = world.child(1, 1);
    let mut director = world.desk(1);
    for _ in 0..12 {
        let mut chance = world.moment();
        let text: String = (0..15_000)
            .filter_map(|_| char::from_u32(0x4e00 + u32::from(u16::from_be_bytes(chance.bytes())) % 20_000))
            .collect();
        let note = director.note(&mut world, c, &text);
        director.sends(&mut world, &[note]);
    }
    // Given back: all of it is history now, which a desk asks for.
    world.write(vec![Row::Withdraw { child: c, post: POSTS[1] }]);
    world.write(vec![Row::Assign { child: c, post: POSTS[1] }]);
    let mut second = world.desk(1);
    let heard = second.pull(&mut world);
    let (once, whole) = (heard.bytes, heard.about(c).len());
    assert_eq!((whole, heard.more), (12, false));
    let want = vec![Want { child: c, after: 0 }; 64];
    assert!(64 * once > 16 << 20, "far more than one answer: {once}");
    let request = Request { want, ..second.request() };
    let heard = second.ask(&mut world, &request);
    assert!(heard.bytes < 6 << 20 && heard.more, "{} bytes, more: {}", heard.bytes, heard.more);
}
