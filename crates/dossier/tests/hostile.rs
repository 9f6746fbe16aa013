//! Foreign bytes: nothing a stranger sends gets past the validator as a panic, a stuck record or
//! a copy that differs. Properties over edits in any order stand here too.

use automerge::{ActorId, Automerge, Change, ExpandedChange, ObjType, ROOT, transaction::Transactable};
use domain::form::{Form, builtin};
use domain::id::DeviceId;
use domain::moment::Timestamp;
use domain::value::Value;
use dossier::{Actor, Edit, Record, Refused, inspect, trial};
use proptest::prelude::*;

fn desk(n: u8) -> Actor {
    Actor::new(DeviceId::new([n; 16]), [n; 8])
}

fn child() -> &'static Form {
    builtin("child").expect("the child form")
}

const KEYS: [&str; 6] = ["name", "phone_child", "school_name", "risk_level", "family/00/name", "remark"];

fn edit() -> impl Strategy<Value = Edit> {
    let text = "[甲乙丙丁]{0,4}";
    prop_oneof![
        6 => (0..KEYS.len(), text).prop_map(|(k, t)| Edit::Set(KEYS[k].into(), Value::text(t))),
        1 => (0..KEYS.len()).prop_map(|k| Edit::Clear(KEYS[k].into())),
        1 => (1..5u8).prop_map(|n| Edit::Set(format!("improper/{n}"), Value::Yes(true))),
        1 => (1..5u8).prop_map(|n| Edit::Clear(format!("improper/{n}"))),
        2 => text.prop_map(|t| Edit::Write("remark".into(), t)),
    ]
}

/// What three desks do: each step is a desk, its edits, and whom it hears from first.
fn days() -> impl Strategy<Value = Vec<(usize, Vec<Edit>, usize)>> {
    prop::collection::vec((0..3usize, prop::collection::vec(edit(), 1..4), 0..3usize), 1..14)
}

/// Plays the days; returns the three records and every change made.
fn play(days: &[(usize, Vec<Edit>, usize)]) -> (Vec<Record>, Vec<Vec<u8>>) {
    let mut first = Record::empty();
    let start = first.edit(child(), &desk(1), Timestamp(1), &[Edit::Set("name".into(), Value::text("始"))]);
    let mut changes = vec![start.expect("edits").expect("a change")];
    let mut desks = vec![first.clone(), first.clone(), first];
    let mut made: Vec<Vec<usize>> = vec![vec![0]; 3];
    for (n, (who, edits, from)) in days.iter().enumerate() {
        for change in made[*from].clone() {
            if desks[*who].admit(&changes[change]).expect("in causal order") {
                made[*who].push(change);
            }
        }
        let at = Timestamp(10 + n as i64);
        if let Some(change) = desks[*who].edit(child(), &desk(*who as u8 + 1), at, edits).expect("edits") {
            made[*who].push(changes.len());
            changes.push(change);
        }
    }
    (desks, changes)
}

/// Admits everything, whatever the order, as the caller of a record must: waiting ones again.
fn gather(changes: &[&Vec<u8>]) -> Record {
    let mut record = Record::empty();
    for _ in 0..changes.len() {
        for change in changes {
            match record.admit(change) {
                Ok(_) | Err(Refused::Waiting(_)) => {}
                Err(refused) => panic!("an honest change was refused: {refused}"),
            }
        }
    }
    record
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_order_and_any_duplication_give_the_same_record(days in days(), seed in any::<u64>()) {
        let (_, changes) = play(&days);
        let straight = gather(&changes.iter().collect::<Vec<_>>());
        let mut shuffled: Vec<_> = changes.iter().chain(changes.iter().step_by(2)).collect();
        let mut n = seed;
        for i in (1..shuffled.len()).rev() {
            n = n.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            shuffled.swap(i, (n >> 33) as usize % (i + 1));
        }
        let other = gather(&shuffled);
        prop_assert_eq!(straight.heads(), other.heads());
        prop_assert_eq!(straight.view(child()), other.view(child()));
        prop_assert_eq!(straight.history(), other.history());
        let again = Record::load(&straight.save()).expect("own bytes");
        prop_assert_eq!(again.view(child()), straight.view(child()));
        prop_assert_eq!(again.history(), straight.history());
    }

    #[test]
    fn a_rehearsal_of_a_day_equals_the_record_itself(days in days(), cut in 0..14usize) {
        let (_, changes) = play(&days);
        let whole = gather(&changes.iter().collect::<Vec<_>>());
        let bytes: Vec<&[u8]> = changes.iter().map(Vec::as_slice).collect();
        let (before, after) = bytes.split_at(cut.min(bytes.len()));
        let first = trial(None, before).expect("a rehearsal");
        prop_assert!(first.fates.iter().all(|fate| *fate == Ok(true)));
        let backwards: Vec<&[u8]> = after.iter().rev().copied().collect();
        let second = trial(first.saved.as_deref(), &backwards).expect("a rehearsal");
        prop_assert!(second.fates.iter().all(|fate| *fate == Ok(true)), "{:?}", second.fates);
        prop_assert_eq!(second.record.heads(), whole.heads());
        let saved = second.saved.or(first.saved).unwrap_or_else(|| whole.save());
        let opened = Record::load(&saved).expect("own bytes");
        prop_assert_eq!(opened.view(child()), whole.view(child()));
    }

    #[test]
    fn every_value_written_offline_is_seen_by_all(mine in "[甲乙]{1,3}", theirs in "[丙丁]{1,3}") {
        let (mut desks, _) = play(&[]);
        let (a, b) = (Edit::Set("phone_child".into(), Value::text(mine.as_str())), Edit::Set("phone_child".into(), Value::text(theirs.as_str())));
        let a = desks[0].edit(child(), &desk(1), Timestamp(5), &[a]).expect("edits").expect("a change");
        let b = desks[1].edit(child(), &desk(2), Timestamp(5), &[b]).expect("edits").expect("a change");
        desks[2].admit(&b).expect("taken");
        desks[2].admit(&a).expect("taken");
        let cell = desks[2].view(child()).cells["phone_child"].clone();
        let said: Vec<_> = cell.said.iter().filter_map(|s| s.value.as_ref()?.as_text()).collect();
        prop_assert!(cell.differs && said.contains(&mine.as_str()) && said.contains(&theirs.as_str()));
    }

    #[test]
    fn arbitrary_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(inspect(&bytes).is_err());
        prop_assert!(Record::load(&bytes).is_err());
        prop_assert!(trial(Some(&bytes), &[]).is_err());
    }

    #[test]
    fn flipped_bits_and_cut_ends_are_refused(days in days(), which in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), bit in 0..8u8) {
        let (_, changes) = play(&days);
        let mut bytes = which.get(&changes).clone();
        let n = at.index(bytes.len());
        prop_assert!(inspect(&bytes[..n]).is_err());
        bytes[n] ^= 1 << bit;
        prop_assert!(inspect(&bytes).is_err());
    }

    /// The dangerous kind: mutated, then given a right checksum again.
    #[test]
    fn forged_changes_never_break_a_record(
        days in days(),
        which in any::<prop::sample::Index>(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let (_, changes) = play(&days);
        let n = which.index(changes.len());
        let honest = gather(&changes[..n].iter().collect::<Vec<_>>());
        let mut body = changes[n][9..].to_vec();
        for (at, byte) in &flips {
            let at = at.index(body.len());
            body[at] = *byte;
        }
        let forged = sealed(&body);
        let _ = inspect(&forged);
        let saved = if n == 0 { None } else { Some(honest.save()) };
        let tried = trial(saved.as_deref(), &[&forged]).expect("the rehearsal itself holds");
        if tried.fates == [Ok(true)] {
            let saved = tried.saved.expect("it grew");
            let record = Record::load(&saved).expect("what was taken opens again");
            prop_assert_eq!(record.heads(), tried.record.heads());
            let mut record = record;
            let edit = Edit::Set("name".into(), Value::text("写得下去"));
            let next = record.edit(child(), &desk(9), Timestamp(99), &[edit]).expect("edits").expect("a change");
            prop_assert!(trial(Some(&saved), &[&next]).is_ok_and(|t| t.fates == [Ok(true)]));
            let _ = (record.view(child()), record.history());
        }
    }
}

/// Magic, checksum, type and the body (length and data), as Automerge writes a change.
fn sealed(body: &[u8]) -> Vec<u8> {
    let hash = sha256(&[&[1], body].concat());
    [&[0x85, 0x6f, 0x4a, 0x83], &hash[..4], &[1], body].concat()
}

/// The checksum of a chunk is the start of this hash over its type, length and body.
fn sha256(bytes: &[u8]) -> [u8; 32] {
    use sha2::Digest as _;
    sha2::Sha256::digest(bytes).into()
}

/// A change made by hand with Automerge, past the editor.
fn forged(actor: &Actor, doc: &mut Automerge, work: impl FnOnce(&mut automerge::transaction::Transaction)) -> Vec<u8> {
    doc.set_actor(ActorId::from(actor.as_bytes().as_slice()));
    let mut tx = doc.transaction();
    work(&mut tx);
    tx.commit_with(automerge::transaction::CommitOptions::default().with_time(1));
    doc.get_last_local_change().expect("a change").raw_bytes().to_vec()
}

#[test]
fn what_no_desk_writes_is_refused_by_name() {
    type Work = fn(&mut automerge::transaction::Transaction);
    let cases: [(&str, Refused, Work); 8] = [
        ("a map inside", Refused::Shape, |tx| drop(tx.put_object(ROOT, "family", ObjType::Map))),
        ("a list inside", Refused::Shape, |tx| drop(tx.put_object(ROOT, "family", ObjType::List))),
        ("a counter", Refused::Shape, |tx| drop(tx.put(ROOT, "visits", automerge::ScalarValue::counter(1)))),
        ("bytes", Refused::Shape, |tx| drop(tx.put(ROOT, "photo", vec![1u8, 2, 3]))),
        ("a fraction", Refused::Shape, |tx| drop(tx.put(ROOT, "height", 1.5))),
        ("a key of no form", Refused::Shape, |tx| drop(tx.put(ROOT, "名 字", "x"))),
        ("a key too long", Refused::Caps, |tx| drop(tx.put(ROOT, "k".repeat(200), "x"))),
        ("too much", Refused::Caps, |tx| drop(tx.put(ROOT, "name", "长".repeat(50_000)))),
    ];
    for (what, why, work) in cases {
        let mut doc = Automerge::new_with_encoding(automerge::TextEncoding::UnicodeCodePoint);
        assert_eq!(inspect(&forged(&desk(1), &mut doc, work)).err(), Some(why), "{what}");
    }
}

#[test]
fn compressed_chunks_and_messages_are_refused() {
    let mut doc = Automerge::new();
    doc.set_actor(ActorId::from(desk(1).as_bytes().as_slice()));
    let mut tx = doc.transaction();
    tx.put(ROOT, "name", "长".repeat(400)).expect("put");
    tx.commit_with(automerge::transaction::CommitOptions::default().with_message("hello").with_time(1));
    let mut change = doc.get_last_local_change().expect("a change");
    assert_eq!(inspect(change.raw_bytes()).err(), Some(Refused::Format));
    assert_eq!(inspect(&change.bytes()).err(), Some(Refused::Format));
}

/// A change of ours, altered as data and encoded again canonically.
fn altered(change: &[u8], alter: impl FnOnce(&mut ExpandedChange)) -> Vec<u8> {
    let mut expanded = Change::try_from(change).expect("a change").decode();
    alter(&mut expanded);
    Change::from(expanded).raw_bytes().to_vec()
}

#[test]
fn squatted_numbers_forged_starts_and_second_beginnings_are_refused() {
    let (mut desks, changes) = play(&[]);
    let before = desks[0].save();
    let edit = Edit::Set("name".into(), Value::text("乙"));
    let honest = desks[0].edit(child(), &desk(1), Timestamp(7), &[edit]).expect("edits").expect("a change");
    let try_one = |bytes: &[u8]| trial(Some(&before), &[bytes]).expect("the rehearsal holds").fates[0].clone();
    assert_eq!(try_one(&honest), Ok(true));
    let seq = altered(&honest, |c| c.seq = 9);
    let start = altered(&honest, |c| c.start_op = 5_000.try_into().expect("not zero"));
    let far = altered(&honest, |c| c.start_op = (u64::from(u32::MAX) - 2).try_into().expect("not zero"));
    let alone = altered(&honest, |c| c.deps.clear());
    let blind = altered(&honest, |c| c.operations[0].pred = vec![].into());
    let late = altered(&honest, |c| c.time = i64::MAX);
    assert_eq!(try_one(&seq), Err(Refused::Sequence));
    assert_eq!(try_one(&start), Err(Refused::Sequence));
    assert_eq!(try_one(&far), Err(Refused::Format));
    assert_eq!(try_one(&alone), Err(Refused::Shape));
    assert_eq!(try_one(&blind), Err(Refused::Shape));
    assert_eq!(try_one(&late), Err(Refused::Format));
    // the same number twice: a cloned disk, or a squatter who came first
    let twin = altered(&honest, |c| c.time = 8);
    let both = trial(Some(&before), &[&honest, &twin]).expect("the rehearsal holds");
    assert_eq!(both.fates, [Ok(true), Err(Refused::Sequence)]);
    assert_eq!(trial(Some(&before), &[&changes[0]]).expect("holds").fates, [Ok(false)]);
}

/// 60 bytes that claim 2^40 operations must cost nothing.
#[test]
fn a_bomb_of_run_lengths_is_refused_at_once() {
    let (_, changes) = play(&[]);
    let honest = Change::try_from(changes[0].as_slice()).expect("a change");
    let mut body = vec![0, 16];
    body.extend_from_slice(honest.actor_id().to_bytes());
    body.extend_from_slice(&[1, 1, 0, 0, 0]);
    let run = [0x80, 0x80, 0x80, 0x80, 0x80, 0x20]; // 2^40
    let columns: [(u8, Vec<u8>); 5] = [
        (0x15, [&run[..], &[1, b'a']].concat()),
        (0x34, run.to_vec()),
        (0x42, [&run[..], &[1]].concat()),
        (0x56, [&run[..], &[0]].concat()),
        (0x70, [&run[..], &[0]].concat()),
    ];
    body.push(columns.len() as u8);
    columns.iter().for_each(|(spec, bytes)| body.extend_from_slice(&[*spec, bytes.len() as u8]));
    columns.iter().for_each(|(_, bytes)| body.extend_from_slice(bytes));
    let body = [&[body.len() as u8], body.as_slice()].concat();
    assert_eq!(inspect(&sealed(&body)).err(), Some(Refused::Caps));
}

#[test]
fn no_bytes_are_a_lost_record_and_not_an_empty_one() {
    assert!(Record::load(&[]).is_err());
    assert!(Record::load(&Record::empty().save()).is_ok_and(|record| record.is_empty()));
}
