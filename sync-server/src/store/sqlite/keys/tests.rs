//! An erasure cut off at every place where it can be. It must not reach past the disk: what a power cut
//! leaves is what the files say when they are opened again.

use std::path::Path;
use std::time::Duration;

use domain::id::ChildId;
use domain::roster::Row;
use rusqlite::Connection;
use sync::piece::{Ask, Piece, Place};

use crate::scene::{Desk, World};
use crate::server::{Server, ServerError};
use crate::store::sqlite::{CACHE, KEYS, Sqlite, copies};
use crate::store::{Cache as _, Facts as _, Keys as _, Pieces as _};
use crate::verify::Wrong;

/// A street whose director wrote a note about a child, with a photograph.
fn street(dir: &Path) -> (World, Desk, ChildId) {
    let mut world = World::over(|secret| Sqlite::open(dir, &secret.files).expect("opens"));
    let child = world.child(1, 1);
    let (mut director, station) = (world.desk(1), world.desk(0));
    let note = director.note(&mut world, child, "一切都好");
    let (photo, cut) = director.photo(&mut world, child, note.record);
    director.sends(&mut world, &[note, photo.clone()]);
    let place = |n: usize| Place { file: photo.record, n: n as u16 };
    let put = cut.pieces.iter().enumerate().map(|(n, bytes)| Piece { place: place(n), bytes: bytes.clone() });
    director.pieces(&mut world, &Ask { put: put.collect(), ..Ask::default() });
    (world, station, child)
}

/// The centre erases a child.
fn erase(world: &mut World, child: ChildId) -> Result<(), ServerError> {
    world.second += 1;
    world.server.write_rows(&mut world.dice.moment(world.second), vec![Row::Erase { child }]).map(drop)
}

/// The server's process ends where it is and is started again.
fn start_again(world: &mut World, dir: &Path) {
    let secret = world.server.secret().clone();
    world.server = Server::open(Sqlite::in_memory().expect("a store"), secret.clone()).expect("opens");
    world.server = Server::open(Sqlite::open(dir, &secret.files).expect("opens"), secret).expect("opens");
}

/// From some commit on none of this file succeeds: what it would have made durable never was.
fn fails_after(db: &Connection, commits: usize) {
    let mut left = commits;
    let refuse = move || {
        let over = left == 0;
        left = left.saturating_sub(1);
        over
    };
    db.commit_hook(Some(refuse)).expect("a hook");
}

/// What the files hold of a child, whoever asks: its key, its pieces, its line among the unfinished.
fn left(world: &World, child: ChildId) -> [u32; 3] {
    let count = |db: &Connection, sql: &str| db.query_row(sql, [child.as_bytes()], |r| r.get(0)).expect("counted");
    let store = &world.server.vault.store;
    [
        count(&store.keys, "SELECT count(*) FROM key WHERE owner = ?"),
        count(&store.files, "SELECT count(*) FROM piece WHERE child = ?"),
        count(&store.db, "SELECT count(*) FROM erasing WHERE child = ?"),
    ]
}

#[test]
fn an_erasure_that_did_not_reach_the_disk_destroys_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    let (mut world, mut station, child) = street(dir.path());
    // The inbox keeps the row; the gate's commit fails.
    fails_after(&world.server.vault.store.db, 1);
    assert!(erase(&mut world, child).is_err(), "and the centre is told");
    assert!(!world.server.roster().children[&child].erased);
    assert_eq!(left(&world, child), [1, 4, 0]);
    start_again(&mut world, dir.path());
    assert_eq!(station.pull(&mut world).about(child).len(), 1, "her note is still there");
    assert_eq!(world.server.vault.store.pieces().expect("asked").0, 4);
    assert_eq!(world.server.verify().expect("verified").wrong, []);
    world.judge();
    assert!(world.server.roster().children[&child].erased, "the row still waited");
    assert_eq!(left(&world, child), [0, 0, 0]);
    let journal = std::fs::metadata(dir.path().join(format!("{KEYS}-wal"))).expect("there");
    assert_eq!(journal.len(), 0, "nor does the journal hold the key");
}

#[test]
fn an_erasure_cut_off_once_it_is_durable_is_finished_at_the_next_start() {
    let dir = tempfile::tempdir().expect("a folder");
    let (mut world, mut station, child) = street(dir.path());
    fails_after(&world.server.vault.store.keys, 0);
    assert!(erase(&mut world, child).is_err(), "the centre is told that the key is still there");
    assert!(world.server.roster().children[&child].erased);
    assert_eq!(left(&world, child), [1, 4, 1]);
    assert_eq!(world.server.vault.store.key(child.as_bytes()), Ok(None), "and is given to nobody");
    assert_eq!(station.pull(&mut world).about(child), []);
    // What the fall brought back of the cache.
    let record = domain::id::RecordId::new([9; 16]);
    world.server.vault.store.set_document(record, 1, b"of the child").expect("kept");
    start_again(&mut world, dir.path());
    assert_eq!(left(&world, child), [0, 0, 0]);
    assert_eq!(world.server.vault.store.document(record), Ok(None));
    assert_eq!(world.server.verify().expect("verified").wrong, []);
}

#[test]
fn a_journal_that_another_process_reads_is_cut_when_it_has_done() {
    let dir = tempfile::tempdir().expect("a folder");
    let (mut world, _, child) = street(dir.path());
    let other = Sqlite::open(dir.path(), &world.server.secret().files).expect("opens");
    other.keys.execute_batch("BEGIN").expect("begins");
    let keys: u32 = other.keys.query_row("SELECT count(*) FROM key", [], |r| r.get(0)).expect("counted");
    assert!(keys > 0);
    world.server.vault.store.keys.busy_timeout(Duration::ZERO).expect("does not wait");
    erase(&mut world, child).expect("erased");
    assert_eq!(left(&world, child), [0, 0, 1], "not finished while the old page is in the journal");
    other.keys.execute_batch("COMMIT").expect("done");
    world.server.vault.store.begin().expect("begins");
    world.server.vault.store.commit().expect("the next commit of anything");
    assert_eq!(left(&world, child), [0, 0, 0]);
}

#[test]
fn a_child_that_lost_its_key_and_an_erased_one_that_still_has_it_are_found_by_verify() {
    let dir = tempfile::tempdir().expect("a folder");
    let (mut world, _, child) = street(dir.path());
    let key = world.server.vault.store.key(child.as_bytes()).expect("asked").expect("there");
    let db = &world.server.vault.store.keys;
    db.execute("DELETE FROM key WHERE owner = ?", [child.as_bytes()]).expect("lost");
    start_again(&mut world, dir.path());
    let wrong = world.server.verify().expect("verified").wrong;
    assert!(matches!(wrong[..], [Wrong::Key(_), Wrong::Key(_)]), "{wrong:?}");
    erase(&mut world, child).expect("erased");
    assert_eq!(world.server.verify().expect("verified").wrong, []);
    world.server.vault.store.add_key(child.as_bytes(), &key).expect("back from somewhere");
    let wrong = world.server.verify().expect("verified").wrong;
    assert!(matches!(wrong[..], [Wrong::Key(_), Wrong::Key(_)]), "{wrong:?}");
}

#[test]
fn a_folder_put_aside_that_cannot_be_written_stops_no_erasure_and_no_start() {
    let dir = tempfile::tempdir().expect("a folder");
    let (mut world, _, child) = street(dir.path());
    let files = world.server.secret().files.clone();
    let aside = dir.path().join(format!("{}1", copies::ASIDE));
    std::fs::create_dir(&aside).expect("made");
    let held = world.server.vault.store.held_keys().expect("read");
    copies::write_keys(&aside, &files, &held).expect("written");
    // What is no file does not let itself be removed.
    std::fs::create_dir(aside.join(CACHE)).expect("made");
    erase(&mut world, child).expect("the centre is told that it is done");
    assert_eq!(left(&world, child), [0, 0, 1], "what is in use is destroyed, and the rest is not forgotten");
    assert_eq!(copies::destroy_keys(&aside, &files, &[child].into()), Ok(false), "what could be done there was");
    start_again(&mut world, dir.path());
    assert_eq!(left(&world, child), [0, 0, 1], "the server starts");
    std::fs::remove_dir(aside.join(CACHE)).expect("removed");
    start_again(&mut world, dir.path());
    assert_eq!(left(&world, child), [0, 0, 0]);
    // Keys that do not open are no other case.
    std::fs::write(aside.join(KEYS), [9; 9000]).expect("damaged");
    let other = world.child(2, 1);
    world.desk(1).visits(&mut world, other);
    erase(&mut world, other).expect("erased");
    assert_eq!(left(&world, other), [0, 0, 1]);
    std::fs::remove_dir_all(&aside).expect("removed");
    start_again(&mut world, dir.path());
    assert_eq!(left(&world, other), [0, 0, 0]);
}
