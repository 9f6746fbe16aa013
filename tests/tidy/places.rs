//! Where words about a child can lie: the list in the code, the table in SECURITY.md, the tables that are
//! made and the page's own data say the same.

use std::collections::BTreeSet;
use std::path::Path;

use domain::places::{PLACES, TABLES};

use crate::tree;

#[test]
fn the_places_in_the_document_are_those_of_the_code() {
    let text = tree::read(Path::new("docs/SECURITY.md"));
    let (_, rest) = text.split_once("<!-- places: begin -->").expect("the table begins");
    let (table, _) = rest.split_once("<!-- places: end -->").expect("the table ends");
    let rows: Vec<&str> = table.lines().filter(|line| line.starts_with("| ")).skip(2).collect();
    let proof = |of: &str| if of.is_empty() { "–".to_owned() } else { format!("`{of}`") };
    let said = PLACES.iter().map(|p| format!("| {} | {} | {} | {} |", p.at, p.holds, p.reached, proof(p.proof)));
    let said: Vec<String> = said.collect();
    assert_eq!(rows, said, "it should say\n{}", said.join("\n"));
}

#[test]
fn every_proof_is_a_test() {
    let source: String = tree::rust().into_iter().map(|(_, text)| text).collect();
    let proofs: BTreeSet<&str> = PLACES.iter().map(|place| place.proof).filter(|proof| !proof.is_empty()).collect();
    let missing = proofs.into_iter().filter(|proof| !source.contains(&format!("fn {proof}()")));
    tree::none("proofs that are no tests", missing.map(str::to_owned).collect());
}

/// The tables a migration makes.
fn made(text: &str) -> impl Iterator<Item = String> + '_ {
    let names = text.lines().filter_map(|line| line.trim_start().strip_prefix("CREATE TABLE "));
    let names = names.map(|rest| rest.strip_prefix("IF NOT EXISTS ").unwrap_or(rest));
    names.map(|rest| rest.split([' ', '(']).next().unwrap_or_default().to_owned())
}

#[test]
fn every_table_says_how_an_erasure_reaches_it() {
    let mut tables = BTreeSet::new();
    for path in tree::files().iter().filter(|path| path.extension().is_some_and(|end| end == "sql")) {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let desk = path.starts_with("crates/client/src/migrations");
        let file = if desk { "desk".to_owned() } else { name.split('_').next().unwrap_or_default().to_owned() };
        tables.extend(made(&tree::read(path)).map(|table| (format!("{file}.db"), table)));
    }
    let said: BTreeSet<(String, String)> = TABLES.iter().map(|(f, t, _)| ((*f).to_owned(), (*t).to_owned())).collect();
    let odd = tables.symmetric_difference(&said).map(|(file, table)| format!("{file}: {table}"));
    tree::none("tables that `domain::places::TABLES` does not know, or knows in vain", odd.collect());
}

#[test]
fn the_page_keeps_nothing_of_a_child() {
    const MAY: [&str; 2] = ["ui/src/look.tsx", "ui/src/parts/practised.ts"];
    let mut found = Vec::new();
    for path in tree::files().iter().filter(|path| path.starts_with("ui/src")) {
        let name = path.display().to_string();
        if !path.extension().is_some_and(|end| end == "ts" || end == "tsx") || name.contains(".test.") {
            continue;
        }
        let text = tree::read(path);
        for word in ["localStorage", "sessionStorage", "indexedDB", "document.cookie", "caches.", "serviceWorker"] {
            if text.contains(word) && !(word == "localStorage" && MAY.contains(&name.as_str())) {
                found.push(format!("{name} uses {word}"));
            }
        }
    }
    tree::none("places in the page that outlive it", found);
}
