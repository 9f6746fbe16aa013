//! What only the program writes, tried by a changed program at every form.

use domain::form::{BUILTIN, Form, Kind, Merge};

use super::*;

/// A form as a changed program would have it: everything may be filled in, and what is one value has members too.
fn bold(form: &str, members: bool) -> Form {
    let mut form = builtin(form).expect("a form").clone();
    form.fields.iter_mut().filter(|field| field.by_program()).for_each(|field| {
        field.computed = false;
        if members {
            (field.merge, field.kind) = (Merge::Set, Kind::Codes);
        }
    });
    form
}

#[test]
fn what_no_desk_can_write_by_hand_no_change_writes() {
    let value = |kind| match kind {
        Kind::Int | Kind::Money => Value::Int(3),
        _ => Value::text("3"),
    };
    let mut tried = 0;
    for id in BUILTIN {
        let form = builtin(id).expect("a form");
        assert!(form.fields.iter().flat_map(|field| &field.columns).all(|column| !column.by_program()), "none yet");
        for field in form.fields.iter().filter(|field| field.by_program()) {
            let key = &field.key;
            let edits = [
                (false, Edit::Set(key.clone(), value(field.kind))),
                (false, set(&format!("?{key}"), &"0".repeat(64))),
                (true, Edit::Set(format!("{key}/1"), Value::Yes(true))),
                (true, set(&format!("?{key}/1"), &"0".repeat(64))),
            ];
            for (members, edit) in edits {
                let bold = bold(id, members);
                let what = format!("{id} {edit:?}");
                let begin =
                    |record: &mut Record| record.edit(&bold, &actor(STATION), NOON, std::slice::from_ref(&edit));
                let mut street = Street::new();
                let first = begin(&mut Record::empty()).expect(&what).expect("a change");
                assert_eq!(
                    street.ruling(&sent(STATION, vec![change(40, id, first)])),
                    held(Reason::Authority),
                    "{what}"
                );
                tried += 1;
                if form.event {
                    continue;
                }
                let (mut street, mut record) = Street::new().with_file();
                let later = if id == "child" { begin(&mut record) } else { begin(&mut Record::empty()) };
                let later = change(if id == "child" { 10 } else { 40 }, id, later.expect(&what).expect("a change"));
                assert_eq!(street.ruling(&sent(STATION, vec![later])), held(Reason::Authority), "{what}, later");
            }
        }
    }
    assert!(tried > 20, "{tried}");
}

#[test]
fn a_file_number_is_given_once_by_the_computer_whose_it_is() {
    let mut street = Street::new();
    let known = street.roster.devices.get_mut(&device(DIRECTOR)).expect("enrolled");
    known.segment = domain::number::Segment::new(137);
    let begun = |number: &str| {
        let mut record = Record::empty();
        let body = edit(&mut record, "child", DIRECTOR, &[set("name", "林小溪"), set("child_no", number)]);
        (change(10, "child", body), record)
    };
    for number in ["990102-2026-138001", "990102-2026-000001", "七号"] {
        assert_eq!(street.ruling(&sent(DIRECTOR, vec![begun(number).0])), held(Reason::Authority), "{number}");
    }
    let (first, mut record) = begun("990102-2026-137001");
    assert_eq!(street.ruling(&sent(DIRECTOR, vec![first])), Ruling::Accept);
    for other in [set("child_no", "990102-2026-137002"), Edit::Clear("child_no".into())] {
        let again = change(10, "child", edit(&mut record.clone(), "child", DIRECTOR, &[other]));
        assert_eq!(street.ruling(&sent(DIRECTOR, vec![again])), held(Reason::Authority));
    }
    street.roster.server = device(DIRECTOR);
    let imported = change(10, "child", edit(&mut record, "child", DIRECTOR, &[set("child_no", "990102-2026-000001")]));
    assert_eq!(street.ruling(&sent(DIRECTOR, vec![imported])), Ruling::Accept, "the centre imports ledgers");
}
