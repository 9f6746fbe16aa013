//! One word per concept, and every word where people look for it.

use std::path::Path;

use domain::fault::Code;
use domain::rights::{TABLE, Verb, role_may};

use crate::tree;

#[test]
fn every_fault_says_what_happened_and_what_to_do_next() {
    let mut seen = std::collections::BTreeSet::new();
    for code in Code::ALL {
        let text = code.text();
        assert!(seen.insert(text) && seen.insert(code.en()), "{code:?} says the same as another");
        assert!(text.ends_with('。') && text.chars().count() >= 10, "{code:?}: {text}");
        assert!(
            text.chars().all(|c| !c.is_ascii_alphabetic() || text.contains("WPS") || text.contains(".xlsx")),
            "{text}"
        );
        for word in ["CRDT", "冲突", "令牌", "同步失败", "错误代码"] {
            assert!(!text.contains(word), "{code:?} uses {word}");
        }
    }
}

/// Rows of the glossary's table: 中文, English, type, screen wording.
fn glossary() -> Vec<Vec<String>> {
    let text = tree::read(Path::new("docs/GLOSSARY.md"));
    let rows = text.lines().filter(|l| l.starts_with("| ") && !l.starts_with("| 中文") && !l.starts_with("| ---"));
    rows.map(|l| l.trim_matches('|').split('|').map(|c| c.trim().to_owned()).collect()).collect()
}

#[test]
fn every_type_in_the_glossary_exists() {
    let source: String = tree::rust().into_iter().map(|(_, text)| text).collect();
    let mut found = Vec::new();
    for row in glossary() {
        assert_eq!(row.len(), 4, "four columns: {row:?}");
        for name in row[2].split([',', ' ']).map(|n| n.trim_matches('`')).filter(|n| !n.is_empty() && *n != "–") {
            let last = name.rsplit("::").next().unwrap_or(name);
            let known = ["struct ", "enum ", "trait ", "fn ", "mod ", "type ", "const ", "\n    "]
                .iter()
                .any(|kind| source.contains(&format!("{kind}{last}")));
            if !known {
                found.push(format!("{} → {name}", row[0]));
            }
        }
    }
    tree::none("types of the glossary that are not in the code", found);
}

#[test]
fn every_word_of_the_work_stands_in_the_glossary() {
    let text = tree::read(Path::new("docs/GLOSSARY.md"));
    let mut missing: Vec<String> =
        domain::post::Role::ALL.iter().map(|r| r.name().to_owned()).filter(|n| !text.contains(n)).collect();
    for id in domain::form::BUILTIN {
        let form = domain::form::builtin(id).expect("a built-in form");
        let present = text.contains(&form.title) && text.contains(&format!("`{id}`"));
        missing.extend((!present).then(|| format!("form {id} {}", form.title)));
    }
    tree::none("words missing from docs/GLOSSARY.md", missing);
}

/// The rights table as `docs/SECURITY.md` must show it.
fn rights_table() -> String {
    let mut out = String::from("| form |");
    let roles = domain::post::Role::ALL;
    roles.iter().for_each(|r| out.push_str(&format!(" {} |", r.name())));
    out.push_str(&format!("\n|{}\n", " --- |".repeat(roles.len() + 1)));
    for grant in TABLE {
        out.push_str(&format!("| `{}` |", grant.form));
        for role in roles {
            let mark = |verb, mark| if role_may(role, verb, grant.form) { mark } else { "" };
            let cell = format!("{}{}{}", mark(Verb::Read, "r"), mark(Verb::Create, "c"), mark(Verb::Change, "w"));
            out.push_str(&format!(" {} |", if cell.is_empty() { "–" } else { &cell }));
        }
        out.push('\n');
    }
    out
}

#[test]
fn security_md_shows_the_rights_as_they_are() {
    let path = Path::new("docs/SECURITY.md");
    let text = tree::read(path);
    let (begin, end) = ("<!-- rights: begin -->\n", "<!-- rights: end -->");
    let (head, rest) = text.split_once(begin).expect("the begin mark");
    let (_, tail) = rest.split_once(end).expect("the end mark");
    let fresh = format!("{head}{begin}{}{end}{tail}", rights_table());
    if std::env::var_os("TIDY_WRITE").is_some() {
        std::fs::write(tree::root().join(path), &fresh).expect("written");
    }
    assert!(text == fresh, "run the tidy tests once with TIDY_WRITE=1 and commit docs/SECURITY.md");
}

#[test]
fn links_in_documents_lead_somewhere() {
    let mut found = Vec::new();
    for path in tree::files().into_iter().filter(|p| p.extension().is_some_and(|e| e == "md")) {
        let folder = path.parent().unwrap_or(Path::new(""));
        for target in tree::read(&path).split("](").skip(1).filter_map(|t| t.split(')').next()) {
            let file = target.split('#').next().unwrap_or_default();
            let outside = file.is_empty() || file.contains("://") || file.contains(' ');
            if !outside && !tree::root().join(folder).join(file).exists() {
                found.push(format!("{} → {target}", path.display()));
            }
        }
    }
    tree::none("links that lead nowhere", found);
}
