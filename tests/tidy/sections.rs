//! Every `§` names a section that stands in `docs`. It must not read anything outside the repository.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::tree;

/// The documents whose sections are named, by the words they are named with (in lower case).
const DOCUMENTS: &[(&str, &[&str])] = &[
    ("docs/DESIGN.md", &["design"]),
    ("docs/RECORDS.md", &["records", "records.md"]),
    ("docs/HANDBOOK.zh.md", &["handbook", "h", "手册"]),
    ("docs/CASEWORK.md", &["casework"]),
];

/// File endings in which a `§` is looked at.
const READ: &[&str] = &["rs", "md", "ts", "tsx", "css", "toml", "json", "sql", "py"];

/// Numbers of the headings of a document: `## 4. …`, `### 3.1 …`.
fn headings(text: &str) -> BTreeSet<String> {
    let marked = text.lines().filter(|line| line.starts_with('#'));
    marked.map(|line| number(line.trim_start_matches(['#', ' ']))).filter(|number| !number.is_empty()).collect()
}

/// The section number a text begins with, without a last dot.
fn number(text: &str) -> String {
    let digits: String = text.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    digits.trim_end_matches('.').to_owned()
}

/// Comment marks and line ends are nothing: a name may stand on the line before its `§`.
fn one_line(text: &str) -> String {
    let bare = text.lines().map(|line| line.trim_start().trim_start_matches(['/', '!', '*', '#', ' ']));
    bare.collect::<Vec<_>>().join(" ")
}

/// Names of sections in a text: the document's name, in lower case, and the number. A name holds for
/// the `§` that follow it with nothing but separators between; none is the empty word.
fn references(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut begin = 0;
    for (at, mark) in text.match_indices('§') {
        let before = &text[begin..at];
        let rest = text[at + mark.len()..].trim_start();
        let number = number(rest);
        let between = before.trim_matches([' ', ',', '、', '，', ';', '–', '-', '/']);
        let follows = !found.is_empty() && (between.is_empty() || matches!(between, "and" | "和" | "to"));
        let name = if follows {
            found.last().map(|(name, _)| name.clone()).unwrap_or_default()
        } else {
            let word = before.trim_end_matches([' ', '`', '(', '（', '“']);
            let word = word.rsplit(|c: char| !(c.is_alphanumeric() || c == '.')).next().unwrap_or_default();
            word.trim_start_matches('.').to_lowercase()
        };
        begin = at + mark.len() + (text[at + mark.len()..].len() - rest.len()) + number.len();
        found.push((name, number));
    }
    found
}

#[test]
fn every_section_named_stands_in_the_documents() {
    let mut known: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (path, words) in DOCUMENTS {
        let numbers = headings(&tree::read(Path::new(path)));
        assert!(numbers.len() > 5, "{path} has headings with numbers");
        words.iter().for_each(|word| drop(known.insert(word, numbers.clone())));
    }
    let mut found = Vec::new();
    for path in tree::files() {
        let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
        if !READ.contains(&ending) || path.starts_with("tests/tidy") {
            continue;
        }
        let own = DOCUMENTS.iter().find(|(document, _)| Path::new(document) == path).map(|(_, words)| words[0]);
        for (name, number) in references(&one_line(&tree::read(&path))) {
            let standard = !name.is_empty() && name.chars().all(|c| c.is_ascii_digit());
            // inside a document a bare § is one of its own
            let numbers = known.get(name.as_str()).or_else(|| own.and_then(|word| known.get(word)));
            if !standard && !numbers.is_some_and(|numbers| numbers.contains(&number)) {
                found.push(format!("{}: {name} §{number}", path.display()));
            }
        }
    }
    tree::none("sections that are named and stand in no document of docs/", found);
}

#[test]
fn a_name_holds_for_the_sections_that_follow_it() {
    let found = references("see DESIGN §3, §4 and §5; (handbook §5.3, §3) alone §7, RFC 9562 §5.7");
    let found: Vec<(&str, &str)> = found.iter().map(|(name, number)| (name.as_str(), number.as_str())).collect();
    let named = [("design", "3"), ("design", "4"), ("design", "5"), ("handbook", "5.3"), ("handbook", "3")];
    assert_eq!(found, [&named[..], &[("alone", "7"), ("9562", "5.7")]].concat());
}
