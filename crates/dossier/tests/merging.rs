//! Stories of two desks writing in one record. They must not look inside Automerge.

use domain::form::{Form, builtin};
use domain::id::{DeviceId, Digest};
use domain::moment::Timestamp;
use domain::value::Value;
use dossier::{Actor, Edit, EditError, Record, Refused};

fn desk(n: u8) -> Actor {
    Actor::new(DeviceId::new([n; 16]), [n; 8])
}

const fn at(minute: i64) -> Timestamp {
    Timestamp(1_700_000_000_000 + minute * 60_000)
}

fn child() -> &'static Form {
    builtin("child").expect("the child form")
}

fn set(key: &str, value: &str) -> Edit {
    Edit::Set(key.into(), Value::text(value))
}

/// A record, and the copy of another desk that has seen it all.
fn begun() -> (Record, Record) {
    let mut record = Record::empty();
    let edits = [set("name", "林小溪"), set("phone_child", "14000000001"), set("risk_level", "1")];
    record.edit(child(), &desk(1), at(0), &edits).expect("edits").expect("a change");
    let copy = Record::load(&record.save()).expect("own bytes");
    (record, copy)
}

fn write(record: &mut Record, who: u8, minute: i64, edits: &[Edit]) -> Vec<u8> {
    record.edit(child(), &desk(who), at(minute), edits).expect("edits").expect("a change")
}

fn meet(one: &mut Record, other: &mut Record, from_one: &[Vec<u8>], from_other: &[Vec<u8>]) {
    for change in from_one {
        assert_eq!(other.admit(change), Ok(true));
    }
    for change in from_other {
        assert_eq!(one.admit(change), Ok(true));
    }
    assert_eq!(one.heads(), other.heads());
    assert_eq!(one.view(child()), other.view(child()));
}

fn text(record: &Record, key: &str) -> Option<String> {
    record.view(child()).cells.get(key).and_then(|cell| cell.value.as_text().map(str::to_owned))
}

#[test]
fn two_phone_numbers_written_offline_are_both_kept_until_a_person_picks() {
    let (mut one, mut other) = begun();
    let a = write(&mut one, 1, 1, &[set("phone_child", "14000000002")]);
    let b = write(&mut other, 2, 2, &[set("phone_child", "14000000003")]);
    meet(&mut one, &mut other, &[a], &[b]);

    let cell = one.view(child()).cells["phone_child"].clone();
    assert!(cell.differs);
    let said: Vec<_> = cell.said.iter().map(|s| (s.value.clone(), s.actor, s.at)).collect();
    let both = [(Some(Value::text("14000000003")), desk(2), at(2)), (Some(Value::text("14000000002")), desk(1), at(1))];
    assert_eq!(said, both, "the newer is shown first");

    let choice = write(&mut one, 3, 3, &[set("phone_child", "14000000002")]);
    meet(&mut one, &mut other, &[choice], &[]);
    let cell = &other.view(child()).cells["phone_child"];
    assert!(!cell.differs && cell.said.len() == 1 && cell.value == Value::text("14000000002"));
}

#[test]
fn a_choice_can_be_taken_back_and_then_both_values_stand_again() {
    let (mut one, mut other) = begun();
    let a = write(&mut one, 1, 1, &[set("phone_child", "14000000002")]);
    let b = write(&mut other, 2, 2, &[set("phone_child", "14000000003")]);
    meet(&mut one, &mut other, &[a], &[b]);
    for picked in ["14000000002", "14000000003", "14000000004"] {
        let before = one.view(child()).cells["phone_child"].clone();
        let choice = write(&mut one, 3, 3, &[set("phone_child", picked)]);
        let hash = dossier::inspect(&choice).expect("own change").hash;
        let edits = one.undo(child(), &hash);
        let back = write(&mut one, 3, 4, &edits);
        meet(&mut one, &mut other, &[choice, back], &[]);
        let after = one.view(child()).cells["phone_child"].clone();
        assert!(after.differs, "{picked}");
        let values = |cell: &dossier::Cell| cell.said.iter().map(|s| s.value.clone()).collect::<Vec<_>>();
        assert!(values(&before).iter().all(|v| values(&after).contains(v)), "{picked}");
        assert!(one.history().iter().filter(|line| line.key == "phone_child").count() >= 5, "{picked}");
    }
    let settled = write(&mut one, 3, 9, &[set("phone_child", "14000000009")]);
    meet(&mut one, &mut other, &[settled], &[]);
    assert!(!other.view(child()).cells["phone_child"].differs);
}

#[test]
fn the_same_value_written_twice_does_not_differ() {
    let (mut one, mut other) = begun();
    let a = write(&mut one, 1, 1, &[set("phone_child", "14000000002")]);
    let b = write(&mut other, 2, 2, &[set("phone_child", "14000000002")]);
    meet(&mut one, &mut other, &[a], &[b]);
    assert!(!one.view(child()).cells["phone_child"].differs);
}

/// What an older desk wrote: the spelling as it was typed.
fn as_typed(record: &Record, who: u8, minute: i64, key: &str, text: &str) -> Vec<u8> {
    use automerge::transaction::{CommitOptions, Transactable};
    let mut doc = automerge::Automerge::load(&record.save()).expect("own bytes");
    doc.set_actor(automerge::ActorId::from(desk(who).as_bytes().as_slice()));
    let done = doc.transact_with::<_, _, automerge::AutomergeError, _>(
        |()| CommitOptions::default().with_time(at(minute).0),
        |tx| tx.put(automerge::ROOT, key, text),
    );
    done.expect("a change").hash.expect("a change");
    doc.get_last_local_change().expect("the change").raw_bytes().to_vec()
}

#[test]
fn one_telephone_in_two_spellings_is_written_as_one_value() {
    let (mut one, mut other) = begun();
    let a = write(&mut one, 1, 1, &[set("phone_child", "+86 140-0000-0002"), set("id_no", "99010220120101124x")]);
    let again = one.edit(child(), &desk(1), at(3), &[set("phone_child", "0086-14000000002")]);
    assert_eq!(again, Ok(None), "another spelling of what stands changes nothing");
    let b =
        write(&mut other, 2, 2, &[set("phone_child", "１４００００００００２"), set("id_no", "99010220120101124X")]);
    meet(&mut one, &mut other, &[a], &[b]);
    for key in ["phone_child", "id_no"] {
        let cell = &one.view(child()).cells[key];
        assert!(!cell.differs && cell.said.len() == 1, "{key}");
    }
    assert_eq!(text(&one, "phone_child").as_deref(), Some("14000000002"));
    assert_eq!(text(&other, "id_no").as_deref(), Some("99010220120101124X"));
}

#[test]
fn two_spellings_that_were_stored_before_do_not_differ_and_a_third_value_does() {
    let (mut one, mut other) = begun();
    let a = as_typed(&one, 1, 1, "phone_child", "0531-88881234");
    let b = as_typed(&other, 2, 2, "phone_child", "053188881234");
    assert_eq!((one.admit(&a), other.admit(&b)), (Ok(true), Ok(true)));
    meet(&mut one, &mut other, &[a], &[b]);
    assert!(!one.view(child()).cells["phone_child"].differs);
    let (mut third, _) = begun();
    let c = write(&mut third, 3, 3, &[set("phone_child", "14000000002")]);
    assert_eq!(one.admit(&c), Ok(true));
    assert!(one.view(child()).cells["phone_child"].differs);
}

#[test]
fn sets_unite_and_the_higher_risk_stands_until_a_later_assessment() {
    let (mut one, mut other) = begun();
    let yes = |key: &str| Edit::Set(key.into(), Value::Yes(true));
    let a = write(&mut one, 1, 1, &[set("risk_level", "3"), yes("improper/1"), yes("improper/2")]);
    let b = write(&mut other, 2, 2, &[set("risk_level", "2"), yes("improper/2"), yes("improper/3")]);
    meet(&mut one, &mut other, &[a], &[b]);
    let view = one.view(child());
    for member in ["improper/1", "improper/2", "improper/3"] {
        assert_eq!(view.cells[member].value, Value::Yes(true));
        assert!(!view.cells[member].differs);
    }
    assert!(view.cells["risk_level"].value == Value::text("3") && !view.cells["risk_level"].differs);
    let lowered = write(&mut other, 2, 3, &[set("risk_level", "1")]);
    meet(&mut one, &mut other, &[], &[lowered]);
    assert_eq!(text(&one, "risk_level").as_deref(), Some("1"));
}

#[test]
fn remarks_of_two_people_are_joined_character_by_character() {
    let (mut one, mut other) = begun();
    let start = write(&mut one, 1, 1, &[Edit::Write("remark".into(), "与奶奶同住。".into())]);
    meet(&mut one, &mut other, &[start], &[]);
    let a = write(&mut one, 1, 2, &[Edit::Write("remark".into(), "上午：与奶奶同住。".into())]);
    let b = write(&mut other, 2, 3, &[Edit::Write("remark".into(), "与奶奶同住。腿脚不便。".into())]);
    let undone = dossier::inspect(&a).expect("own change").hash;
    meet(&mut one, &mut other, &[a], &[b]);
    assert_eq!(text(&one, "remark").as_deref(), Some("上午：与奶奶同住。腿脚不便。"));
    assert_eq!(one.undo(child(), &undone), [], "somebody wrote on: nothing to take back blindly");
    let lines: Vec<_> = one.history().into_iter().filter(|l| l.key == "remark").collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[2].before, [Value::text("与奶奶同住。")], "what its author saw");
}

#[test]
fn history_says_from_what_to_what_and_undo_goes_back() {
    let (mut one, _) = begun();
    let change = write(&mut one, 1, 5, &[set("phone_child", "14000000002"), Edit::Clear("risk_level".into())]);
    let hash = dossier::inspect(&change).expect("own change").hash;
    let told: Vec<_> = one.history().into_iter().filter(|line| line.said.change == hash).collect();
    assert_eq!(told.len(), 2);
    assert_eq!(
        (told[0].before.clone(), told[0].said.value.clone()),
        (vec![Value::text("14000000001")], Some(Value::text("14000000002")))
    );
    assert_eq!((told[1].before.clone(), told[1].said.value.clone()), (vec![Value::text("1")], None));
    let back = one.undo(child(), &hash);
    assert_eq!(back, [set("phone_child", "14000000001")], "a level stands with its assessment");
    write(&mut one, 1, 6, &back);
    assert_eq!(text(&one, "phone_child").as_deref(), Some("14000000001"));
    assert_eq!(one.undo(child(), &hash), [], "it no longer holds what that change wrote");
}

#[test]
fn the_record_can_be_seen_as_it_was() {
    let (mut one, _) = begun();
    write(&mut one, 1, 60, &[set("name", "林晓溪"), Edit::Write("remark".into(), "新".into())]);
    let before = one.view_at(child(), at(30));
    assert_eq!(before.cells["name"].value, Value::text("林小溪"));
    assert!(!before.cells.contains_key("remark"));
    assert_eq!(one.view_at(child(), at(60)), one.view(child()));
    assert!(one.view_at(child(), at(-1)).cells.is_empty());
}

#[test]
fn unknown_is_a_value_and_blank_is_none() {
    let (mut one, _) = begun();
    write(&mut one, 1, 1, &[Edit::Set("phone_child".into(), Value::Unknown)]);
    assert_eq!(one.view(child()).cells["phone_child"].value, Value::Unknown);
    write(&mut one, 1, 2, &[Edit::Clear("phone_child".into())]);
    assert!(!one.view(child()).cells.contains_key("phone_child"));
}

#[test]
fn an_older_desk_keeps_the_fields_of_a_newer_form() {
    let form = |version: u32, more: &str| {
        let json = format!(
            r#"{{"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"child","x-version":{version},
            "title":"表","x-en":"Form","x-class":"ordinary","type":"object","properties":{{
            "name":{{"type":"string","title":"姓名","x-en":"Name"}}{more}}}}}"#
        );
        Form::parse(&json).expect("a form")
    };
    let newer =
        form(2, r#","phone":{"type":"string","format":"tel","title":"电话","x-en":"Phone","x-was":["mobile"]}"#);
    let older = form(1, r#","mobile":{"type":"string","format":"tel","title":"电话","x-en":"Phone"}"#);
    let mut record = Record::empty();
    record.edit(&older, &desk(1), at(0), &[set("name", "甲"), set("mobile", "14000000001")]).expect("edits");
    assert_eq!(record.view(&newer).cells["phone"].value, Value::text("14000000001"), "read by the new name");
    record.edit(&newer, &desk(2), at(1), &[set("phone", "14000000002")]).expect("edits");
    assert_eq!(record.view(&newer).cells["phone"].value, Value::text("14000000002"));
    record.edit(&older, &desk(1), at(2), &[set("name", "乙")]).expect("edits");
    let view = record.view(&older);
    assert_eq!(view.cells["phone"].value, Value::text("14000000002"), "kept as a cell of its own");
    assert_eq!((view.version, record.form_version()), (2, Some(2)));
    record.edit(&newer, &desk(2), at(3), &[Edit::Clear("phone".into())]).expect("edits");
    assert!(!record.view(&newer).cells.contains_key("phone"), "the former name is emptied too");
}

#[test]
fn edits_that_change_nothing_make_no_change_and_bad_edits_leave_no_trace() {
    let (mut one, _) = begun();
    let heads = one.heads();
    let edit = |record: &mut Record, edit: Edit| record.edit(child(), &desk(1), at(9), &[edit]);
    assert_eq!(edit(&mut one, set("name", "林小溪")), Ok(None));
    assert_eq!(edit(&mut one, Edit::Clear("school_name".into())), Ok(None));
    let key = |key: &str| key.to_owned();
    assert_eq!(edit(&mut one, set("no_such", "x")), Err(EditError::Key(key("no_such"))));
    assert_eq!(edit(&mut one, Edit::Set("name".into(), Value::Int(3))), Err(EditError::Value(key("name"))));
    assert_eq!(edit(&mut one, Edit::Set("remark".into(), Value::Unknown)), Err(EditError::Value(key("remark"))));
    assert_eq!(edit(&mut one, Edit::Write("remark".into(), "长".repeat(20_001))), Err(EditError::Large));
    assert_eq!(one.heads(), heads);
    write(&mut one, 1, 10, &[set("name", "林晓溪")]);
    let mut again = Record::load(&one.save()).expect("own bytes");
    assert_eq!(again.admit(&write(&mut one, 1, 11, &[set("name", "林溪")])), Ok(true));
}

#[test]
fn the_same_edits_make_the_same_bytes() {
    let make = || {
        let mut record = Record::empty();
        let first = write(&mut record, 1, 0, &[set("name", "林小溪"), Edit::Write("remark".into(), "甲乙".into())]);
        [first, write(&mut record, 1, 1, &[Edit::Write("remark".into(), "甲丙乙".into())])]
    };
    assert_eq!(make(), make());
}

#[test]
fn a_change_that_comes_too_early_names_the_one_it_waits_for() {
    let (mut one, mut other) = begun();
    let first = write(&mut one, 1, 1, &[set("name", "甲")]);
    let second = write(&mut one, 1, 2, &[set("name", "乙")]);
    let missing: Digest = dossier::inspect(&first).expect("own change").hash;
    assert_eq!(other.admit(&second), Err(Refused::Waiting(missing)));
    assert_eq!((other.admit(&first), other.admit(&second), other.admit(&first)), (Ok(true), Ok(true), Ok(false)));
    assert_eq!(one.view(child()), other.view(child()));
}
