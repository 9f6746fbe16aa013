//! A child is erased: whatever was typed about it anywhere, finished or not, at whichever desk, on the server and in
//! its backups, is in none of the places `domain::places` lists.

use std::path::Path;

use domain::id::ChildId;
use domain::places::{TABLES, Way};
use domain::roster::Row;
use serde_json::json;
use sync_server::server::Server;
use tongdang_tests::photo;
use tongdang_tests::world::World;

use crate::canaries::{self, Typist};
use crate::say::{DIRECTOR, NEIGHBOUR, STATION, held_with, meet, settles, visits};

/// What is typed about the child; with words that lie at desks which see the child no longer.
fn typed(world: &mut World, typist: &mut Typist) -> ChildId {
    let child = canaries::file(world, typist);
    let visit = canaries::visit(world, typist, child);
    world.settle();
    canaries::remarks(world, typist, child, &visit);
    begun(world, typist, DIRECTOR, child);
    world.settle();
    child
}

/// A note with a photograph that nobody finished.
fn begun(world: &mut World, typist: &mut Typist, seat: usize, child: ChildId) {
    let begun = world.ok(seat, "visit.begin", json!({ "children": [child] }));
    let draft = begun["draft"].clone();
    let (name, data) = (format!("{}.jpg", typist.words("门前")), photo::yard_with(5, ""));
    world.ok(seat, "file.add", json!({ "draft": draft, "field": "attach", "name": name, "data": data }));
    let values = json!({ "note": typist.words("草稿") });
    let half = json!({ "draft": draft, "children": [child], "version": begun["version"], "values": values });
    world.ok(seat, "draft.save", half);
}

/// The child goes to another director; what the first one still writes is sent back with a reason, which lies
/// at her desk although the child does not.
fn sent_back(world: &mut World, typist: &mut Typist, child: ChildId) {
    let (old, new) = (world.seats[DIRECTOR].post, world.seats[NEIGHBOUR].post);
    let late = typist.words("迟到的话");
    world.write(vec![Row::Withdraw { child, post: old }, Row::Assign { child, post: new }]);
    visits(world, DIRECTOR, child, &late);
    meet(world, &[DIRECTOR, STATION, NEIGHBOUR]);
    let work = held_with(world, STATION, &late);
    let reason = typist.words("退回缘由");
    settles(world, STATION, &work, "return", &reason);
    meet(world, &[STATION, DIRECTOR, NEIGHBOUR]);
    begun(world, typist, NEIGHBOUR, child);
    assert_eq!(standing(world, DIRECTOR, std::slice::from_ref(&reason)).len(), 1, "she reads why");
}

/// Which of the words stand in which tables of a desk, opened as its owner opens it.
fn standing(world: &World, seat: usize, words: &[String]) -> Vec<(String, String)> {
    let client = world.seats[seat].client.as_ref().expect("awake");
    let found = client.with_db(|db| -> rusqlite::Result<Vec<(String, String)>> {
        let mut found = Vec::new();
        for (_, table, _) in TABLES.iter().filter(|(file, _, _)| *file == "desk.db") {
            let mut columns = db.prepare("SELECT name FROM pragma_table_info(?)")?;
            let columns = columns.query_map([table], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
            for column in columns {
                let sql = format!("SELECT 1 FROM {table} WHERE instr(CAST(\"{column}\" AS BLOB), CAST(? AS BLOB))");
                let mut query = db.prepare(&sql)?;
                for word in words {
                    if query.exists([word])? {
                        found.push((word.clone(), (*table).to_owned()));
                    }
                }
            }
        }
        Ok(found)
    });
    found.expect("unlocked").expect("every table is looked through")
}

/// How many rows about the child stand in the tables that an erasure empties of it.
fn rows(world: &World, seat: usize, child: ChildId) -> Vec<(String, i64)> {
    let client = world.seats[seat].client.as_ref().expect("awake");
    let count = |db: &rusqlite::Connection| -> rusqlite::Result<Vec<(String, i64)>> {
        let mut counts = Vec::new();
        for (_, table, _) in TABLES.iter().filter(|(file, _, way)| *file == "desk.db" && *way == Way::Deleted) {
            let about = "SELECT count(*) FROM pragma_table_info(?) WHERE name = 'child'";
            if db.query_row(about, [table], |row| row.get::<_, i64>(0))? == 0 {
                continue;
            }
            // That it was erased is a row of the roster.
            let but = if *table == "item" { " AND kind <> 2" } else { "" };
            let sql = format!("SELECT count(*) FROM {table} WHERE child = ?{but}");
            counts.push(((*table).to_owned(), db.query_row(&sql, [child.as_bytes()], |row| row.get(0))?));
        }
        Ok(counts)
    };
    let counts = client.with_db(count).expect("unlocked").expect("counted");
    counts.into_iter().filter(|(_, count)| *count > 0).collect()
}

#[test]
fn nothing_of_an_erased_child_is_left_in_any_place() {
    let mut world = World::found_on_disk(3, 1, 2);
    world.settle();
    let mut typist = Typist::new(3);
    let child = typed(&mut world, &mut typist);
    sent_back(&mut world, &mut typist, child);
    let words = typist.all().to_vec();
    let seats = [DIRECTOR, STATION, NEIGHBOUR];
    assert!(!standing(&world, STATION, &words).is_empty() && !standing(&world, NEIGHBOUR, &words).is_empty());
    let to = tempfile::tempdir().expect("a folder");
    let before = back_up(&mut world, to.path());

    world.write(vec![Row::Erase { child }]);
    world.settle();
    world.settle();
    for seat in seats {
        assert_eq!(standing(&world, seat, &words), [], "{}", world.seats[seat].name);
        assert_eq!(rows(&world, seat, child), [], "{}", world.seats[seat].name);
    }
    assert_eq!(world.server.readable_of(child), Ok(0));
    assert_eq!(canaries::found(world.folder(), &words), [], "nor in the clear in any file");
    back_up(&mut world, to.path());
    let (secret, folder) = (world.server.secret().clone(), tempfile::tempdir().expect("a folder"));
    let mut old = Server::restore(&mut world.moment(), folder.path(), &before, secret).expect("put back");
    assert_eq!(old.readable_of(child), Ok(0), "nor in a backup from before");
    assert_eq!(old.verify().expect("verified").wrong, []);
}

fn back_up(world: &mut World, to: &Path) -> std::path::PathBuf {
    world.pass_s(60);
    let now = world.now;
    let proven = world.server.point().expect("a moment").back_up(now, to).expect("backed up");
    world.server.count_backup(now, &proven).expect("counted");
    proven.folder
}
