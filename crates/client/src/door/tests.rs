//! The door itself: names, arguments, who may knock when.

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
