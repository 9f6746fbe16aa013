//! What every engine must do, told once. It must not name an engine.

use domain::area::Area;
use domain::id::{Branch, ChildId, DeviceId, Digest, PersonId, PostId, RecordId};
use domain::moment::Timestamp;
use domain::roster::Channel;
use sync::item::Kind;
use sync::wire::{Mark, Reach};

use super::{
    Aside, Code, DeviceState, NewArrival, NewEnvelope, NewItem, PieceId, RecordState, Segment, Standing, Store,
};

/// Runs the whole suite, each part on a fresh store.
pub(crate) fn holds<S: Store>(fresh: &mut dyn FnMut() -> S) {
    what_is_not_committed_never_was(&mut fresh());
    devices_codes_and_facts_come_back(&mut fresh());
    deliveries_wait_in_order_until_they_are_laid_out(&mut fresh());
    an_envelope_is_kept_once_and_its_items_are_judged_in_order(&mut fresh());
    who_vouches_is_a_set_and_a_reason_is_noted_once(&mut fresh());
    the_log_is_heard_where_it_was_appended(&mut fresh());
    a_key_is_never_replaced(&mut fresh());
    pieces_are_kept_once(&mut fresh());
    an_erasure_takes_key_and_pieces_once_it_is_durable(&mut fresh());
    caches_can_be_dropped(&mut fresh());
}

const CHILD: ChildId = ChildId::new([3; 16]);

fn envelope(n: u8) -> NewEnvelope {
    NewEnvelope {
        id: Digest([n; 32]),
        device: DeviceId::new([1; 16]),
        branch: Branch([2; 8]),
        seq: 1,
        floor: 5,
        header: vec![n],
    }
}

fn item(envelope: u64, place: u16, number: u64) -> NewItem {
    NewItem {
        envelope,
        place,
        digest: Digest([place as u8; 32]),
        number,
        kind: Kind::Change,
        record: RecordId::new([4; 16]),
        form: "visit".to_owned(),
        child: Some(CHILD),
        sealed: vec![9, place as u8],
        standing: Standing::New,
    }
}

fn who_vouches_is_a_set_and_a_reason_is_noted_once(store: &mut impl Store) {
    store.begin().expect("begins");
    let row = store.add_envelope(&envelope(1)).expect("kept");
    let held = NewItem { standing: Standing::Held(2), ..item(row, 0, 1) };
    let held = store.add_item(&held).expect("kept");
    assert_eq!(store.vouchers(row), Ok(vec![]));
    let [first, second] = [DeviceId::new([7; 16]), DeviceId::new([8; 16])];
    for (voucher, again) in [(first, true), (first, false), (second, true), (first, false)] {
        store.vouch(row, voucher).expect("noted");
        assert_eq!(
            store.unjudged(9, &Aside::default()),
            Ok(if again { vec![row] } else { vec![] }),
            "judged again by a new word only"
        );
        store.set_standing(held, Standing::Held(2)).expect("set");
    }
    assert_eq!(store.vouchers(row), Ok(vec![first, second]));
    store.reconsider_of(second).expect("nothing of hers");
    assert_eq!(store.unjudged(9, &Aside::default()), Ok(vec![]));
    store.reconsider_of(envelope(1).device).expect("noted");
    assert_eq!(store.unjudged(9, &Aside::default()), Ok(vec![row]));
    let news = [2, 2, 1, 1, 2].map(|reason| store.note_reason(held, reason).expect("noted"));
    assert_eq!(news, [true, false, true, false, true]);
    store.commit().expect("commits");
}

fn what_is_not_committed_never_was(store: &mut impl Store) {
    store.begin().expect("begins");
    store.set_fact("a", b"1").expect("set");
    store.add_envelope(&envelope(1)).expect("kept");
    store.rollback().expect("thrown away");
    store.begin_reading().expect("begins");
    assert_eq!(store.fact("a"), Ok(None));
    assert_eq!(store.envelope_row(&Digest([1; 32])), Ok(None));
    store.end_reading().expect("ends");
    store.rollback().expect("nothing to throw away is fine");
}

fn devices_codes_and_facts_come_back(store: &mut impl Store) {
    let device = DeviceId::new([1; 16]);
    assert_eq!(store.device(device), Ok(DeviceState::default()));
    let reach = Some(Reach { branch: Branch([2; 8]), seq: 12 });
    let state = DeviceState { counter: 3, confirmed: 9, seen: Timestamp(5), leased: Timestamp(-1), reach };
    let person = PersonId::new([8; 16]);
    let code = Code { id: 77, secret: [1; 10], person, expires: Timestamp(7), tries: 1, used: false };
    store.begin().expect("begins");
    store.set_device(device, &state).expect("set");
    store.set_code(&code).expect("set");
    store.set_fact("a", b"1").expect("set");
    store.set_fact("a", b"2").expect("replaced");
    store.commit().expect("commits");
    assert_eq!(store.device(device), Ok(state));
    assert_eq!(store.seen_since(Timestamp(5)), Ok(vec![(device, state)]), "that very moment too");
    assert_eq!(store.seen_since(Timestamp(6)), Ok(Vec::new()));
    assert_eq!(store.code(77), Ok(Some(code)));
    assert_eq!(store.code(78), Ok(None));
    assert_eq!(store.fact("a"), Ok(Some(b"2".to_vec())));
}

fn deliveries_wait_in_order_until_they_are_laid_out(store: &mut impl Store) {
    let arrival = |number: u64| NewArrival { number, id: Digest([number as u8 % 2; 32]), body: vec![7; 3000] };
    store.begin().expect("begins");
    for number in [4, 5, 6] {
        store.add_arrival(&arrival(number)).expect("kept");
    }
    store.commit().expect("commits");
    assert_eq!(store.newest_number(), Ok(6));
    assert_eq!(store.arrivals(2, &Aside::default()), Ok(vec![arrival(4), arrival(5)]));
    let aside = Aside { arrivals: [4, 5].into(), ..Aside::default() };
    assert_eq!(store.arrivals(2, &aside), Ok(vec![arrival(6)]), "what cannot be read keeps nothing from its turn");
    assert_eq!(store.arrivals_of(&Digest([0; 32])), Ok(vec![arrival(4), arrival(6)]));
    assert_eq!(store.standings(), Ok([3, 0, 0, 0]));
    let row = store.add_envelope(&envelope(1)).expect("kept");
    let accepted = NewItem { standing: Standing::Accepted(9), ..item(row, 0, 4) };
    store.add_item(&accepted).expect("laid out");
    store.drop_arrival(4).expect("laid out");
    assert_eq!(store.newest_number(), Ok(6), "what waits came later");
    for number in [5, 6] {
        store.drop_arrival(number).expect("laid out");
    }
    assert_eq!(
        (store.arrivals(9, &Aside::default()), store.newest_number()),
        (Ok(vec![]), Ok(6)),
        "no number is given twice"
    );
    assert_eq!(store.items_of_envelope(row).expect("asked")[0].standing, Standing::Accepted(9));
    assert_eq!(store.unjudged(9, &Aside::default()), Ok(vec![]));
}

fn an_envelope_is_kept_once_and_its_items_are_judged_in_order(store: &mut impl Store) {
    store.begin().expect("begins");
    let first = store.add_envelope(&envelope(1)).expect("kept");
    let second = store.add_envelope(&envelope(2)).expect("kept");
    for (row, place, number) in [(first, 0, 1), (second, 2, 2), (first, 1, 3)] {
        store.add_item(&item(row, place, number)).expect("kept");
    }
    store.commit().expect("commits");
    assert!(store.add_envelope(&envelope(1)).is_err(), "the same envelope twice is a defect of the caller");
    assert_eq!(store.forked(DeviceId::new([1; 16]), Branch([2; 8]), 1), Ok(true));
    assert_eq!(store.envelope_row(&Digest([1; 32])), Ok(Some(first)));
    assert_eq!(store.envelopes_marked(Mark([1; 8])), Ok(vec![first]));
    assert_eq!(store.envelope(second).expect("asked"), Some(envelope(2)));
    assert_eq!(store.unjudged(10, &Aside::default()), Ok(vec![first, second]));
    assert_eq!(store.unjudged(1, &Aside::default()), Ok(vec![first]));
    assert_eq!(store.newest_number(), Ok(3));
    let items = store.items_of_envelope(first).expect("asked");
    let aside = Aside { envelopes: [second].into(), items: [items[0].id].into(), ..Aside::default() };
    assert_eq!(store.unjudged(10, &aside), Ok(vec![first]), "for its other item");
    assert_eq!(store.outside_log().expect("asked").len(), 3);
    assert_eq!(items.iter().map(|i| (i.place, i.number)).collect::<Vec<_>>(), [(0, 1), (1, 3)]);
    assert_eq!(store.sealed(items[1].id), Ok(Some(vec![9, 1])));
    let standings = [Standing::Accepted(7), Standing::Held(2)];
    for (item, standing) in items.iter().zip(standings) {
        store.set_standing(item.id, standing).expect("set");
        let found = store.item_of(item.record, &item.digest).expect("asked").expect("there");
        assert_eq!(found.standing, standing);
    }
    assert_eq!(store.unjudged(10, &Aside::default()), Ok(vec![second]));
    let waiting = store.items_of_envelope(second).expect("asked")[0].id;
    store.set_standing(waiting, Standing::Waiting(Digest([6; 32]))).expect("set");
    assert_eq!(store.standings(), Ok([0, 1, 1, 1]));
    let waits: Vec<u64> =
        store.waiting_of_record(RecordId::new([4; 16])).expect("asked").iter().map(|i| i.id).collect();
    assert_eq!(waits, [waiting]);
    assert_eq!(store.items_of_record(RecordId::new([4; 16])).expect("asked").len(), 3);
    assert_eq!(store.items_of_child(CHILD).expect("asked").len(), 3);
    verdicts_are_numbered(store);
}

fn verdicts_are_numbered(store: &mut impl Store) {
    let (one, two) = (DeviceId::new([1; 16]), DeviceId::new([2; 16]));
    let numbers: Vec<u64> = [one, two, one].map(|d| store.add_verdict(d, &[1]).expect("kept")).to_vec();
    assert!(numbers.is_sorted());
    for (after, rest) in [(0, vec![numbers[0], numbers[2]]), (numbers[0], vec![numbers[2]])] {
        let found = store.verdicts(one, after, 10).expect("asked");
        assert_eq!(found.into_iter().map(|(n, _)| n).collect::<Vec<_>>(), rest);
    }
    store.skip_verdicts_to(1 << 40).expect("skipped");
    assert!(store.add_verdict(one, &[1]).expect("kept") > 1 << 40);
}

fn the_log_is_heard_where_it_was_appended(store: &mut impl Store) {
    let street = Channel::Street(Area::new(990_102_001_000).expect("an area"));
    let post = Channel::Post(PostId::new([5; 16]));
    assert_eq!(store.head(), Ok((0, Digest([0; 32]))));
    store.begin().expect("begins");
    let row = store.add_envelope(&envelope(1)).expect("kept");
    for place in 0..3 {
        store.add_item(&item(row, place, 1)).expect("kept");
    }
    let items = store.items_of_envelope(row).expect("asked");
    for (n, item) in items.iter().enumerate() {
        let heard: &[Channel] = if n == 1 { &[street, post] } else { &[street] };
        store.append(n as u64 + 1, item, &Digest([n as u8; 32]), heard).expect("appended");
    }
    store.add_roster_row(2, b"row").expect("kept");
    let state = RecordState { form: "visit".to_owned(), child: Some(CHILD), last: 3 };
    store.set_record(RecordId::new([4; 16]), &state).expect("set");
    store.commit().expect("commits");
    assert_eq!(store.head(), Ok((3, Digest([2; 32]))));
    assert_eq!(store.chain(2), Ok(Some(Digest([1; 32]))));
    assert_eq!(store.chain(9), Ok(None));
    assert_eq!(store.row(2).expect("asked").map(|i| i.id), Some(items[1].id));
    assert_eq!(store.heard(street, 0, 2, 10), Ok(vec![1, 2]));
    assert_eq!(store.heard(street, 1, u64::MAX, 1), Ok(vec![2]));
    assert_eq!(store.heard(post, 0, u64::MAX, 10), Ok(vec![2]));
    assert_eq!(store.heard(Channel::Everyone, 0, u64::MAX, 10), Ok(vec![]));
    assert_eq!(store.heard(Channel::District, 1, u64::MAX, 10), Ok(vec![2, 3]));
    assert_eq!(store.of_child(CHILD, 1, 3, 10), Ok(vec![2, 3]));
    assert_eq!(store.roster_rows(0), Ok(vec![(2, b"row".to_vec())]));
    assert_eq!(store.roster_rows(2), Ok(vec![]));
    assert_eq!(store.record(RecordId::new([4; 16])), Ok(Some(state)));
    assert_eq!(store.records(None, 10), Ok(vec![RecordId::new([4; 16])]));
}

fn a_key_is_never_replaced(store: &mut impl Store) {
    assert_eq!(store.key(&[1; 16]), Ok(None));
    store.add_key(&[1; 16], &[2; 32]).expect("kept");
    assert!(store.add_key(&[1; 16], &[3; 32]).is_err());
    assert_eq!(store.key(&[1; 16]), Ok(Some([2; 32])));
}

fn piece(child: ChildId) -> PieceId {
    PieceId { child, file: RecordId::new([1; 16]), n: 0, digest: Digest([1; 32]) }
}

fn pieces_are_kept_once(store: &mut impl Store) {
    let one = piece(CHILD);
    let altered = PieceId { digest: Digest([2; 32]), ..one };
    let foreign = piece(ChildId::new([8; 16]));
    store.begin().expect("begins");
    store.add_piece(&one, &[7; 100]).expect("kept");
    store.rollback().expect("thrown away");
    assert_eq!((store.has_piece(&one), store.pieces()), (Ok(false), Ok((0, 0))));
    store.begin().expect("begins");
    store.add_piece(&one, &[7; 100]).expect("kept");
    store.commit().expect("commits");
    assert!(store.add_piece(&one, &[7; 100]).is_err(), "the same piece twice is a defect of the caller");
    assert_eq!((store.has_piece(&one), store.piece(&one)), (Ok(true), Ok(Some(vec![7; 100]))));
    for other in [altered, foreign, PieceId { n: 1, ..one }, PieceId { file: RecordId::new([2; 16]), ..one }] {
        assert_eq!((store.has_piece(&other), store.piece(&other)), (Ok(false), Ok(None)));
    }
    store.add_piece(&foreign, &[8; 20]).expect("kept");
    assert_eq!(store.pieces(), Ok((2, 120)));
}

fn an_erasure_takes_key_and_pieces_once_it_is_durable(store: &mut impl Store) {
    let other = ChildId::new([8; 16]);
    for child in [CHILD, other] {
        store.add_key(child.as_bytes(), &[2; 32]).expect("kept");
        store.add_piece(&piece(child), &[7; 100]).expect("kept");
    }
    let held = |store: &mut dyn Store, child: ChildId| {
        (store.key(child.as_bytes()).expect("asked").is_some(), store.has_piece(&piece(child)).expect("asked"))
    };
    store.begin().expect("begins");
    store.erase(CHILD).expect("erased");
    assert!(!held(store, CHILD).0, "nobody gets the key from now on");
    store.rollback().expect("thrown away");
    assert_eq!(held(store, CHILD), (true, true), "what did not happen destroyed nothing");
    store.begin().expect("begins");
    store.erase(CHILD).expect("erased");
    store.commit().expect("commits");
    assert_eq!((held(store, CHILD), held(store, other)), ((false, false), (true, true)));
    store.set_document(RecordId::new([4; 16]), 4, b"doc").expect("kept");
    store.finish_erasing().expect("nothing is left to do");
    assert!(store.document(RecordId::new([4; 16])).expect("asked").is_some(), "and nothing is done");
}

fn caches_can_be_dropped(store: &mut impl Store) {
    let (record, set) = (RecordId::new([4; 16]), Digest([7; 32]));
    store.set_document(record, 4, b"doc").expect("kept");
    assert_eq!(store.document(record), Ok(Some((4, b"doc".to_vec()))));
    let frames = [(0, 5), (1, 9)].map(|(number, upto)| Segment { number, upto, first: 9, frame: vec![1] });
    assert_eq!(store.segments(&set), Ok(None));
    frames.iter().for_each(|frame| store.add_segment(&set, frame).expect("kept"));
    assert_eq!(store.segments(&set), Ok(Some((9, 2))));
    assert_eq!(store.segment(&set, 1), Ok(Some(frames[1].clone())));
    assert_eq!(store.segment_after(&set, 5), Ok(Some(frames[1].clone())));
    assert_eq!(store.segment_after(&set, 9), Ok(None));
    store.note_set(&set, &[Channel::Everyone, Channel::Post(PostId::new([5; 16]))]).expect("noted");
    store.note_set(&set, &[Channel::Everyone]).expect("noting twice is fine");
    assert_eq!(store.sets_on(Channel::Everyone), Ok(vec![set]));
    assert_eq!(store.sets_on(Channel::District), Ok(vec![]));
    store.drop_segments(&set).expect("dropped");
    assert_eq!(store.segments(&set), Ok(None));
    store.drop_document(record).expect("dropped");
    store.drop_cache().expect("dropped");
    assert_eq!(store.document(record), Ok(None));
}
