//! Something damaged of each kind, and everybody else, who goes on. Test code only.

use domain::id::{ChildId, RecordId};
use domain::roster::Row;
use dossier::Record;
use sync::wire::Outcome;

use super::*;
use crate::scene::{Desk, POSTS, World};
use crate::store::sqlite::{CACHE, STORE, Sqlite};
use crate::store::{Cache as _, Keys as _, Log as _};

/// A child with its director and its station.
fn scene(mut world: World) -> (World, ChildId, Desk, Desk) {
    let c = world.child(1, 1);
    let (mut director, mut station) = (world.desk(1), world.desk(0));
    director.pull(&mut world);
    station.pull(&mut world);
    (world, c, director, station)
}

fn hex(record: RecordId) -> String {
    record.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A text that does not pack.
fn long_text(world: &mut World, chars: usize) -> String {
    let mut chance = world.moment();
    let mut one = || u32::from(u16::from_be_bytes(chance.bytes()));
    (0..chars).filter_map(|_| char::from_u32(0x4e00 + one() % 20_000)).collect()
}

#[test]
fn a_delivery_that_cannot_be_read_holds_itself() {
    let (mut world, c, mut director, mut station) = scene(World::new());
    let notes = ["第一篇", "第二篇", "第三篇"].map(|text| director.note(&mut world, c, text));
    for note in &notes {
        let envelope = director.envelope(&mut world, std::slice::from_ref(note));
        director.push(&mut world, vec![envelope]);
    }
    world
        .server
        .vault
        .store
        .hurt("UPDATE arrival SET body = x'00' WHERE number = (SELECT min(number) + 1 FROM arrival)");
    world.judge();
    assert_eq!(station.pull(&mut world).about(c), [notes[0].record, notes[2].record]);
    let damaged = world.server.damaged().expect("asked");
    assert!(matches!(damaged[..], [Damage::Arrival(_)]), "{damaged:?}");
    let later = director.visits(&mut world, c);
    assert_eq!(station.pull(&mut world).about(c), [later]);
    assert_eq!(world.server.meter().damaged, 1, "it was tried once");
}

#[test]
fn what_waits_and_cannot_be_read_holds_itself() {
    let (mut world, c, mut director, mut station) = scene(World::new());
    let mut file = Record::empty();
    let (first, second) =
        (director.writes(&mut world, &mut file, c, "林小溪"), director.writes(&mut world, &mut file, c, "林溪"));
    director.sends(&mut world, &[second]);
    world
        .server
        .vault
        .store
        .hurt("UPDATE body SET sealed = x'00' WHERE item = (SELECT id FROM item WHERE standing = 3)");
    director.sends(&mut world, std::slice::from_ref(&first));
    assert_eq!(station.pull(&mut world).about(c), [first.record]);
    assert!(matches!(world.server.damaged().expect("asked")[..], [Damage::Item(_)]));
    let later = director.visits(&mut world, c);
    assert_eq!(station.pull(&mut world).about(c), [later]);
}

#[test]
fn one_damaged_row_of_the_log_stays_out_and_everybody_else_hears_the_rest() {
    for sql in crate::scene::damages() {
        let (mut world, c, mut director, mut station) = scene(World::new());
        let notes = [0; 3].map(|_| director.visits(&mut world, c));
        let rest = [notes[0], notes[2]];
        world.server.vault.store.hurt(&sql.replace("RECORD", &hex(notes[1])));
        assert_eq!(station.pull(&mut world).about(c), rest, "{sql}");
        let damaged = world.server.damaged().expect("asked");
        assert!(damaged.iter().any(|one| matches!(one, Damage::Log(_))) && damaged.len() == 1, "{sql}: {damaged:?}");
        let mut second = world.desk(1);
        assert_eq!(second.pull(&mut world).about(c), rest, "a first download: {sql}");
        world.pack();
        world.write(vec![Row::Assign { child: c, post: POSTS[2] }]);
        let mut other = world.desk(2);
        assert_eq!(other.pull(&mut world).about(c), rest, "{sql}");
        let later = director.visits(&mut world, c);
        assert_eq!(station.pull(&mut world).about(c), [later], "{sql}");
    }
}

#[test]
fn what_goes_on_from_a_damaged_change_waits_and_its_envelope_does_not() {
    let (mut world, c, mut director, mut station) = scene(World::new());
    let mut file = Record::empty();
    let first = director.writes(&mut world, &mut file, c, "林小溪");
    let second = director.writes(&mut world, &mut file, c, "林溪");
    director.sends(&mut world, &[first]);
    director.sends(&mut world, &[second]);
    director.pull(&mut world);
    let newest = "(SELECT max(id) FROM item WHERE kind = 0)";
    world.server.vault.store.hurt(&format!("UPDATE body SET sealed = x'00' WHERE item = {newest}"));
    world.server.vault.store.drop_cache().expect("dropped");
    world.server.open.clear();
    let third = director.writes(&mut world, &mut file, c, "小溪");
    let note = director.note(&mut world, c, "家里都好。");
    director.sends(&mut world, &[third, note.clone()]);
    let outcomes = director.pull(&mut world).verdicts.pop().expect("a verdict").outcomes;
    assert!(matches!(outcomes[..], [(0, Outcome::Waiting(_)), (1, Outcome::Accepted(_))]), "{outcomes:?}");
    assert!(station.pull(&mut world).about(c).contains(&note.record));
}

#[test]
fn a_verdict_that_cannot_be_read_does_not_stop_its_author() {
    let (mut world, c, mut director, _) = scene(World::new());
    director.visits(&mut world, c);
    world.server.vault.store.hurt("UPDATE verdict SET verdict = x'ff'");
    assert!(director.pull(&mut world).verdicts.is_empty());
    director.visits(&mut world, c);
    assert_eq!(director.pull(&mut world).verdicts.len(), 1);
}

#[test]
fn an_erasure_reaches_a_child_whose_rows_cannot_be_read() {
    let (mut world, c, mut director, _) = scene(World::new());
    director.visits(&mut world, c);
    world.server.vault.store.hurt("UPDATE item SET kind = 99 WHERE kind = 0");
    assert!(world.server.vault.store.key(c.as_bytes()).expect("asked").is_some());
    world.write(vec![Row::Erase { child: c }]);
    assert_eq!(world.server.vault.store.key(c.as_bytes()), Ok(None));
}

fn on_disk(dir: &std::path::Path) -> World {
    World::over(|secret| Sqlite::open(dir, &secret.files).expect("opens"))
}

/// Closes the store, does something to its folder, and opens it again.
fn meanwhile(world: &mut World, dir: &std::path::Path, deed: impl FnOnce()) {
    let secret = world.server.secret.clone();
    world.server = Server::open(Sqlite::in_memory().expect("a store"), secret.clone()).expect("opens");
    deed();
    world.server = Server::open(Sqlite::open(dir, &secret.files).expect("opens"), secret).expect("opens");
}

fn flip(file: &std::path::Path, at: impl FnOnce(usize) -> usize) {
    let mut bytes = std::fs::read(file).expect("there");
    let at = at(bytes.len());
    bytes[at] ^= 1;
    std::fs::write(file, bytes).expect("written");
}

#[test]
fn a_damaged_copy_of_a_roster_row_is_read_from_the_log() {
    let dir = tempfile::tempdir().expect("a folder");
    let (mut world, c, mut director, _) = scene(on_disk(dir.path()));
    world.server.vault.store.hurt("UPDATE roster SET row = x'ff' WHERE position = (SELECT max(position) FROM roster)");
    let before = world.server.roster.clone();
    meanwhile(&mut world, dir.path(), || {});
    assert_eq!(world.server.roster, before);
    director.visits(&mut world, c);
    assert!(matches!(world.server.damaged().expect("asked")[..], [Damage::Roster(_)]));
}

#[test]
fn a_page_of_a_delivery_that_the_disk_lost_holds_that_delivery() {
    let dir = tempfile::tempdir().expect("a folder");
    let (mut world, c, mut director, mut station) = scene(on_disk(dir.path()));
    let mut notes = Vec::new();
    for _ in 0..3 {
        let text = long_text(&mut world, 15_000);
        let note = director.note(&mut world, c, &text);
        let envelope = director.envelope(&mut world, std::slice::from_ref(&note));
        director.push(&mut world, vec![envelope]);
        notes.push(note.record);
    }
    // The newest stands at the end of the file.
    meanwhile(&mut world, dir.path(), || flip(&dir.path().join(STORE), |len| len - 10 * 1024));
    world.judge();
    assert_eq!(station.pull(&mut world).about(c), notes[..2]);
    let damaged = world.server.damaged().expect("asked");
    assert!(matches!(damaged[..], [Damage::Arrival(_)]), "{damaged:?}");
    let later = director.visits(&mut world, c);
    assert_eq!(station.pull(&mut world).about(c), [later]);
}

#[test]
fn a_page_of_a_body_that_the_disk_lost_holds_that_row() {
    let dir = tempfile::tempdir().expect("a folder");
    let (mut world, c, mut director, mut station) = scene(on_disk(dir.path()));
    let mut notes = Vec::new();
    for _ in 0..3 {
        let text = long_text(&mut world, 15_000);
        let note = director.note(&mut world, c, &text);
        director.sends(&mut world, std::slice::from_ref(&note));
        notes.push(note.record);
    }
    let later = director.visits(&mut world, c);
    meanwhile(&mut world, dir.path(), || flip(&dir.path().join(STORE), |len| len - 30 * 1024));
    let heard = station.pull(&mut world).about(c);
    assert_eq!((heard.len(), heard.contains(&later)), (3, true), "all but one");
    let damaged = world.server.damaged().expect("asked");
    assert!(matches!(damaged[..], [Damage::Log(_)]), "{damaged:?}");
    let later = director.visits(&mut world, c);
    assert_eq!(station.pull(&mut world).about(c), [later]);
}

#[test]
fn a_cache_the_disk_damaged_is_made_anew_while_the_server_runs() {
    let dir = tempfile::tempdir().expect("a folder");
    let (mut world, c, mut director, mut station) = scene(on_disk(dir.path()));
    let mut file = Record::empty();
    for n in 0..12 {
        let text = long_text(&mut world, 15_000);
        let note = director.note(&mut world, c, &text);
        let edit = director.writes(&mut world, &mut file, c, &format!("林小溪{n}"));
        director.sends(&mut world, &[note, edit]);
    }
    world.desk(1).pull(&mut world);
    world.pack();
    meanwhile(&mut world, dir.path(), || {
        let cache = dir.path().join(CACHE);
        let mut bytes = std::fs::read(&cache).expect("there");
        // All but the first page, which opening reads.
        bytes[8192..].iter_mut().step_by(512).for_each(|byte| *byte ^= 1);
        std::fs::write(&cache, bytes).expect("written");
    });
    let edit = director.writes(&mut world, &mut file, c, "小溪");
    director.sends(&mut world, std::slice::from_ref(&edit));
    assert_eq!(world.desk(1).pull(&mut world).about(c).len(), 25);
    assert_eq!(station.pull(&mut world).about(c).len(), 25);
    world.pack();
    assert!(world.server.vault.store.document(edit.record).expect("asked").is_some(), "and kept anew");
    assert_eq!(world.server.damaged(), Ok(vec![]));
}

#[test]
fn a_roster_that_cannot_be_read_anew_leaves_the_one_there_is_and_nothing_is_judged_by_it() {
    let (mut world, c, mut director, mut station) = scene(World::new());
    let newest = "(SELECT max(position) FROM roster)";
    let row = format!("id = (SELECT item FROM log WHERE position = {newest})");
    world.server.vault.store.hurt(&format!("UPDATE roster SET row = x'ff' WHERE position = {newest}"));
    world.server.vault.store.hurt(&format!("UPDATE item SET kind = kind + 90 WHERE {row}"));
    let before = world.server.roster.clone();
    let failed = world.server.durably(|_| -> Result<(), ServerError> { Err(ServerError::TooLarge) });
    assert!(failed.is_err_and(|error| !error.is_damage()), "nothing is set aside for it");
    assert_eq!(world.server.roster, before);
    let request = director.request();
    let body = director.body(&world, &request);
    let answer = world.server.handle(&mut world.dice.moment(world.second), &body);
    assert_eq!(answer, crate::server::Answer::Unavailable);
    world.server.vault.store.hurt(&format!("UPDATE item SET kind = kind - 90 WHERE {row}"));
    let note = director.visits(&mut world, c);
    assert_eq!(world.server.roster, before);
    assert_eq!(station.pull(&mut world).about(c), [note]);
}

#[test]
fn the_rows_of_the_roster_stand_in_the_log_too() {
    let (mut world, ..) = scene(World::new());
    let rows = world.server.vault.store.roster_rows(0).expect("read");
    let rows = world.server.rows_of_roster(rows).expect("decoded");
    assert!(!rows.is_empty());
    assert_eq!(world.server.rows_in_log(), Ok(rows));
}
