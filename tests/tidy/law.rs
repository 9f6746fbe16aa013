//! Who may import whom (DESIGN §2, `docs/ARCHITECTURE.md`). A new arrow needs a decision record.

use std::collections::BTreeSet;
use std::path::Path;

use crate::tree;

/// The rooms that may import each other, and the libraries with effects that are forbidden.
struct Room {
    folder: &'static str,
    rooms: &'static [&'static str],
    never: &'static [&'static str],
}

const EDGE: &[&str] = &["tokio", "hyper", "axum", "rustls", "tauri", "getrandom", "dirs", "keyring"];
const ROOMS: &[&str] =
    &["domain", "dossier", "sync", "ledger", "client", "desk", "paper", "verify", "sync-server", "tongdang-tests"];

const LAW: &[Room] = &[
    Room { folder: "crates/domain", rooms: &[], never: &["automerge", "rusqlite", "tokio", "rand", "getrandom"] },
    Room { folder: "crates/dossier", rooms: &["domain"], never: &["rusqlite", "tokio", "serde_json", "getrandom"] },
    Room { folder: "crates/sync", rooms: &["domain"], never: &["automerge", "rusqlite", "tokio", "getrandom"] },
    Room { folder: "crates/ledger", rooms: &["domain"], never: &["automerge", "rusqlite", "tokio", "getrandom"] },
    Room { folder: "crates/client", rooms: &["domain", "dossier", "sync", "ledger"], never: &["automerge"] },
    Room { folder: "crates/desk", rooms: &["client", "sync", "domain"], never: &["automerge", "rusqlite", "tauri"] },
    Room { folder: "src-tauri", rooms: &["desk"], never: &["automerge", "rusqlite", "tokio", "hyper"] },
    Room { folder: "sync-server", rooms: &["domain", "dossier", "sync", "ledger"], never: &["automerge", "tauri"] },
    Room {
        folder: "tests",
        rooms: &["domain", "dossier", "sync", "ledger", "client", "desk", "sync-server"],
        never: &["automerge"],
    },
    Room { folder: "xtask", rooms: &[], never: &["rusqlite", "automerge", "tokio"] },
];

fn imports(folder: &str, dev: bool) -> BTreeSet<String> {
    let manifest: toml::Table =
        tree::read(&Path::new(folder).join("Cargo.toml")).parse().unwrap_or_else(|e| panic!("{folder}: {e}"));
    let mut names = BTreeSet::new();
    let tables = if dev { &["dependencies", "dev-dependencies", "build-dependencies"][..] } else { &["dependencies"] };
    for table in tables {
        names.extend(manifest.get(*table).and_then(|t| t.as_table()).into_iter().flat_map(|t| t.keys().cloned()));
    }
    names
}

#[test]
fn the_arrows_between_rooms_are_those_of_the_law() {
    let mut found = Vec::new();
    for room in LAW {
        for name in imports(room.folder, false) {
            if ROOMS.contains(&name.as_str()) && !room.rooms.contains(&name.as_str()) {
                found.push(format!("{} imports {name}", room.folder));
            }
            let edge = room.folder == "crates/client" && EDGE.contains(&name.as_str());
            if room.never.contains(&name.as_str()) || edge {
                found.push(format!("{} must never import {name}", room.folder));
            }
        }
    }
    tree::none("arrows outside the law", found);
}

#[test]
fn only_dossier_knows_automerge() {
    let outside = LAW.iter().filter(|r| r.folder != "crates/dossier" && imports(r.folder, true).contains("automerge"));
    tree::none("rooms that know Automerge", outside.map(|r| r.folder.to_owned()).collect());
}

#[test]
fn every_room_stands_in_the_law_and_in_the_architecture() {
    let map = tree::read(Path::new("docs/ARCHITECTURE.md"));
    let mut found = Vec::new();
    for path in tree::files().iter().filter(|p| p.ends_with("Cargo.toml") && p.components().count() > 1) {
        let folder = path.parent().expect("a folder").to_string_lossy().into_owned();
        let exempt = folder == "tests/fuzz";
        if !exempt && !LAW.iter().any(|r| r.folder == folder) {
            found.push(format!("{folder} has no line in the law"));
        }
        if !exempt && !map.contains(&format!("`{folder}`")) {
            found.push(format!("{folder} is not on the map in docs/ARCHITECTURE.md"));
        }
    }
    tree::none("rooms without a place", found);
}

#[test]
fn async_stays_at_the_sockets() {
    let inside = tree::rust().into_iter().filter(|(path, text)| {
        let name = path.to_string_lossy();
        let pure = ["crates/domain", "crates/dossier", "crates/sync", "crates/ledger", "crates/client"];
        pure.iter().any(|p| name.starts_with(p)) && (text.contains("async fn") || text.contains(".await"))
    });
    tree::none("async inside", inside.map(|(p, _)| p.display().to_string()).collect());
}
