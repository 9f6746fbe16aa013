//! The door itself: names, arguments, who may knock when.

mod ended;

use super::*;

fn text() -> String {
    let mut book = domain::typescript::Book::new();
    signatures(&mut book);
    book.text("client", "crates/client/src/door.rs", "Calls")
}

#[test]
fn the_committed_typescript_is_that_of_the_calls() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/bindings/calls.ts");
    let fresh = text();
    if std::env::var_os("TONGDANG_BINDINGS").is_some() {
        std::fs::write(path, &fresh).expect("the bindings can be written");
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(committed == fresh, "run the tests of client once with TONGDANG_BINDINGS=write and commit bindings/");
}

#[test]
fn every_call_has_a_name_of_its_own_and_stands_in_the_typescript() {
    let written = text();
    let mut names: Vec<&str> = CALLS.iter().map(|call| call.name).collect();
    for name in &names {
        assert!(written.contains(&format!("  \"{name}\": {{ args: ")), "{name}");
    }
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count);
}

#[test]
fn a_call_listens_to_tags_that_exist() {
    let child = domain::id::ChildId::new([0; 16]);
    let record = domain::id::RecordId::new([0; 16]);
    let known = [
        Tag::Children,
        Tag::Child(child),
        Tag::Visits(child),
        Tag::Record(record),
        Tag::Differing,
        Tag::Roster,
        Tag::Files,
        Tag::Drafts,
        Tag::Settings,
        Tag::Sync,
    ];
    let words: Vec<String> =
        known.iter().map(|tag| tag.to_string().split(':').next().unwrap_or_default().to_owned()).collect();
    for call in CALLS {
        for tag in call.listens {
            assert!(words.iter().any(|word| word == tag), "{} listens to {tag}", call.name);
        }
    }
}

/// Whatever an exchange changes in an answer, the screen that shows it asks again.
#[test]
fn an_answer_that_an_exchange_changed_is_asked_again() {
    use crate::calls::tests::{call as ask, whole_note};
    use crate::scene::{Scene, child};
    use serde_json::{Value, json};

    let mut scene = Scene::at_work();
    let begun = ask(&mut scene, "visit.begin", &json!({ "children": [child(7)] }));
    let values = whole_note(&begun);
    let done = ask(&mut scene, "visit.complete", &json!({ "draft": begun["draft"], "values": values }));
    let assess = json!({ "child": child(7), "values": { "level": "3", "reason": "祖母住院" } });
    ask(&mut scene, "assessment.complete", &assess);
    let of = json!({ "child": child(7) });
    let shown: Vec<(&str, Value)> = vec![
        ("visits.recent", json!({})),
        ("visits.list", of.clone()),
        ("visit.open", json!({ "visit": done["records"][0]["visit"] })),
        ("assessment.list", of.clone()),
        ("child.open", of.clone()),
        ("child.history", of.clone()),
        ("file.list", of),
        ("children.list", json!({})),
        ("today", json!({})),
        ("dayend", json!({})),
        ("draft.list", json!({})),
    ];
    let answers =
        |scene: &mut Scene| -> Vec<Value> { shown.iter().map(|(name, args)| ask(scene, name, args)).collect() };
    // What was written is with the district.
    let request = scene.exchange(Vec::new());
    let before = answers(&mut scene);
    // In the log.
    let (out, _) = scene.ask();
    let mut head = scene.head(&request);
    head.receipts.clear();
    let mut position = scene.district.position;
    for ::sync::wire::Pushed(envelope) in &request.push {
        let mut outcomes = Vec::new();
        for n in 0..u16::try_from(envelope.parts.len()).expect("few") {
            position += 1;
            outcomes.push((n, ::sync::wire::Outcome::Accepted(position)));
        }
        head.verdicts.push(::sync::wire::Verdict { branch: envelope.branch, seq: envelope.seq, outcomes });
        head.verdict += 1;
    }
    let bytes = scene.answer(&out, head, Vec::new(), false);
    let tags = scene.receive(&bytes).expect("a good answer");
    let after = answers(&mut scene);
    let mut changed = 0;
    for ((name, args), _) in shown.iter().zip(before.iter().zip(&after)).filter(|(_, (a, b))| a != b) {
        changed += 1;
        let listens = CALLS.iter().find(|call| call.name == *name).map(|call| call.listens).unwrap_or_default();
        let hears = tags.iter().map(ToString::to_string).any(|tag| {
            let (kind, id) = tag.split_once(':').map_or((tag.as_str(), None), |(kind, id)| (kind, Some(id.to_owned())));
            listens.contains(&kind) && id.is_none_or(|id| *args == json!({}) || args.to_string().contains(&id))
        });
        assert!(hears, "{name} is another one after {tags:?}");
    }
    assert!(changed > 3, "the exchange says what the district has");
}
