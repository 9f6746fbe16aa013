//! Each test that `docs/CASES.md` names is there. It must not judge whether a test is a good one.

use std::path::Path;

use crate::tree;

const TABLE: &str = "docs/CASES.md";

/// The tests a text names: `file::name` between backticks.
fn named(text: &str) -> Vec<(&str, &str)> {
    text.split('`').filter_map(|part| part.split_once("::")).filter(|(file, _)| file.contains('/')).collect()
}

fn is_there(file: &str, name: &str) -> bool {
    let Ok(text) = std::fs::read_to_string(tree::root().join(file)) else { return false };
    if file.ends_with(".rs") { text.contains(&format!("fn {name}(")) } else { text.contains(name) }
}

#[test]
fn every_test_that_stands_for_a_case_is_there() {
    let text = tree::read(Path::new(TABLE));
    let all = named(&text);
    assert!(all.len() > 150, "the table is read: {}", all.len());
    let lost = all.iter().filter(|(file, name)| !is_there(file, name));
    tree::none("tests of cases that are not there", lost.map(|(file, name)| format!("{file}::{name}")).collect());
}

#[test]
fn a_test_that_is_not_there_is_seen() {
    assert_eq!(named("| a row | `tests/tidy/cases.rs::nobody`<br>`x` |"), [("tests/tidy/cases.rs", "nobody")]);
    assert!(!is_there("tests/tidy/cases.rs", "nobody_wrote_this") && !is_there("tests/no.rs", "nobody"));
}
