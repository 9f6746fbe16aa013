//! Backups: proven, put back, beside a server that goes on, and reached by erasures.

use super::*;
use crate::scene::{Desk, World};
use sync::wire::State;

fn on_disk(dir: &Path) -> (World, Desk) {
    let mut world = World::over(|secret| Sqlite::open(dir, &secret.files).expect("opens"));
    let c = world.child(1, 1);
    let mut director = world.desk(1);
    director.visits(&mut world, c);
    director.pull(&mut world);
    (world, director)
}

#[test]
fn a_backup_is_proven_put_back_and_seen_by_desks() {
    let (dir, to) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let (mut world, mut director) = on_disk(dir.path());
    assert_eq!(director.pull(&mut world).head.expect("a head").backed_up, 0);
    world.second += 1;
    let proven = world.server.backup(&world.dice.moment(world.second), to.path()).expect("backed up");
    world.second = 51;
    assert_eq!((proven.head, proven.number), (director.cursor, world.server.newest_number().expect("asked")));
    let head = director.pull(&mut world).head.expect("a head");
    assert_eq!((head.backed_up, head.sig.is_some()), (proven.number, true), "a new backup is news");
    assert!(director.pull(&mut world).head.expect("a head").sig.is_none(), "and told once");
    let c = crate::scene::child(1);
    director.visits(&mut world, c);
    director.pull(&mut world);
    let secret = world.server.secret.clone();
    world.server = Server::open(Sqlite::in_memory().expect("a store"), secret.clone()).expect("opens");
    let mut chance = crate::scene::Dice::new(3);
    let restored = Server::restore(&mut chance.moment(60), dir.path(), &proven.folder, secret);
    world.server = restored.expect("put back");
    assert!(world.server.verify().expect("checked").wrong.is_empty());
    assert_eq!(world.server.backed_up(), Ok(proven.number));
    assert!(matches!(director.pull(&mut world).state, Some(State::Restored(_))));
    let aside = std::fs::read_dir(dir.path()).expect("a folder").filter_map(Result::ok);
    assert!(aside.filter(|e| e.path().is_dir()).any(|e| e.path().join(STORE).is_file()), "nothing was deleted");
}

#[test]
fn photographs_are_backed_up_once_and_put_back_beside_what_is_here() {
    use sync::piece::{Ask, Kept, Piece, Place};
    let (dir, to) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let (mut world, mut director) = on_disk(dir.path());
    let erased = world.child(2, 1);
    let mut asks = Vec::new();
    for c in [crate::scene::child(1), erased, crate::scene::child(1)] {
        let note = director.note(&mut world, c, "照片");
        let (photo, cut) = director.photo(&mut world, c, note.record);
        director.sends(&mut world, &[note, photo.clone()]);
        let place = |n: usize| Place { file: photo.record, n: n as u16 };
        let put = cut.pieces.iter().enumerate().map(|(n, bytes)| Piece { place: place(n), bytes: bytes.clone() });
        asks.push(Ask { put: put.collect(), ..Ask::default() });
    }
    let backup = |world: &mut World| {
        world.second += 1;
        world.server.backup(&world.dice.moment(world.second), to.path()).expect("backed up")
    };
    let kept = |world: &mut World| crate::store::Pieces::pieces(&mut world.server.vault.store).expect("asked").0;
    director.pieces(&mut world, &asks[0]);
    director.pieces(&mut world, &asks[1]);
    let first = backup(&mut world);
    assert_eq!((first.pieces, first.folder.join(FILES).exists()), (8, false), "one copy, beside the backups");
    assert_eq!(backup(&mut world).pieces, 0, "only what is new is written");
    world.write(vec![domain::roster::Row::Erase { child: erased }]);
    director.pieces(&mut world, &asks[2]);
    let last = backup(&mut world);
    assert_eq!(last.pieces, 4);
    let verified = world.server.verify().expect("checked");
    assert_eq!((verified.files, verified.pieces, verified.missing, verified.wrong), (2, 8, 0, vec![]));
    let secret = world.server.secret.clone();
    world.server = Server::open(Sqlite::in_memory().expect("a store"), secret.clone()).expect("opens");
    std::fs::write(dir.path().join(FILES), [9; 9000]).expect("damaged");
    let mut chance = crate::scene::Dice::new(3);
    let restored = Server::restore(&mut chance.moment(60), dir.path(), &last.folder, secret);
    world.server = restored.expect("put back");
    assert_eq!(kept(&mut world), 8, "without the erased child's");
    let have = asks[2].put.iter().map(|piece| piece.place).collect();
    assert_eq!(director.pieces(&mut world, &Ask { have, ..Ask::default() }).have, [Kept::Yes; 4]);
}

#[test]
fn damaged_photographs_are_mended_without_touching_the_text() {
    let (dir, to) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let (mut world, mut director) = on_disk(dir.path());
    let (c, erased) = (crate::scene::child(1), world.child(2, 1));
    let [(photo, before), _] = [c, erased].map(|of| {
        let (photo, cut) = director.photo(&mut world, of, domain::id::RecordId::new([1; 16]));
        director.sends(&mut world, std::slice::from_ref(&photo));
        let place = |n: usize| sync::piece::Place { file: photo.record, n: n as u16 };
        let put = cut.pieces.iter().enumerate();
        let put = put.map(|(n, bytes)| sync::piece::Piece { place: place(n), bytes: bytes.clone() }).collect();
        (photo, director.pieces(&mut world, &sync::piece::Ask { put, ..sync::piece::Ask::default() }))
    });
    world.second += 1;
    let backed_up = world.server.backup(&world.dice.moment(world.second), to.path()).expect("backed up");
    assert_eq!(backed_up.pieces, 8);
    world.write(vec![domain::roster::Row::Erase { child: erased }]);
    director.visits(&mut world, c);
    let (head, secret) = (world.server.head(), world.server.secret.clone());
    world.server = Server::open(Sqlite::in_memory().expect("a store"), secret.clone()).expect("opens");
    std::fs::write(dir.path().join(FILES), [9; 9000]).expect("damaged");
    assert!(Sqlite::open(dir.path(), &secret.files).is_err());
    let mended = Server::restore_pieces(&mut world.moment(), dir.path(), to.path(), secret);
    let (server, taken) = mended.expect("mended");
    world.server = server;
    assert_eq!(taken, Taken::default());
    assert_eq!((world.server.head(), world.server.withholds()), (head, false), "text as it was");
    let kept = crate::store::Pieces::pieces(&mut world.server.vault.store).expect("asked").0;
    assert_eq!(kept, 4, "nothing comes back of a child erased after the backup");
    let have = (0..4).map(|n| sync::piece::Place { file: photo.record, n }).collect();
    let told = director.pieces(&mut world, &sync::piece::Ask { have, ..sync::piece::Ask::default() });
    assert_eq!(told.have, [sync::piece::Kept::Yes; 4]);
    assert_ne!(told.life, before.life, "the desks look for what is still missing");
}

#[test]
fn an_altered_piece_and_a_missing_one_are_told_apart() {
    let dir = tempfile::tempdir().expect("a folder");
    let (mut world, mut director) = on_disk(dir.path());
    let c = crate::scene::child(1);
    let (photo, cut) = director.photo(&mut world, c, domain::id::RecordId::new([1; 16]));
    director.sends(&mut world, std::slice::from_ref(&photo));
    let digest = cut.manifest.pieces[1];
    let id = crate::store::PieceId { child: c, file: photo.record, n: 1, digest };
    crate::store::Pieces::add_piece(&mut world.server.vault.store, &id, b"altered").expect("slipped in");
    let verified = world.server.verify().expect("checked");
    assert_eq!((verified.files, verified.pieces, verified.missing), (1, 0, 3));
    assert_eq!(verified.wrong, [crate::verify::Wrong::Piece(photo.record, 1)]);
}

#[test]
fn a_folder_without_a_backup_changes_nothing() {
    let (dir, empty) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let (mut world, _) = on_disk(dir.path());
    let secret = world.server.secret.clone();
    let refused = Server::restore(&mut world.moment(), dir.path(), empty.path(), secret);
    assert_eq!(refused.err(), Some(BackupError::None));
    assert!(dir.path().join(STORE).is_file());
}

#[test]
fn an_altered_log_does_not_verify() {
    let dir = tempfile::tempdir().expect("a folder");
    let (mut world, _) = on_disk(dir.path());
    assert!(world.server.verify().expect("checked").wrong.is_empty());
    let (position, _) = crate::store::Log::head(&mut world.server.vault.store).expect("a head");
    let item = crate::store::Log::row(&mut world.server.vault.store, position).expect("asked").expect("there");
    crate::store::Log::append(&mut world.server.vault.store, position + 1, &item, &sync::chain::START, &[])
        .expect("slipped in");
    let wrong = world.server.verify().expect("checked").wrong;
    assert!(wrong.contains(&crate::verify::Wrong::Chain(position + 1)), "{wrong:?}");
}

/// Every file below a folder that is called so.
fn named(folder: &Path, name: &str) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let below = entries.flat_map(|path| if path.is_dir() { named(&path, name) } else { vec![path] });
    below.filter(|path| path.file_name().is_some_and(|of| of == name)).collect()
}

fn back_up(world: &mut World, to: &Path) -> Proven {
    world.second += 1;
    world.server.backup(&world.dice.moment(world.second), to).expect("backed up")
}

#[test]
fn a_backup_and_a_verification_are_of_one_moment_though_the_server_goes_on() {
    let (dir, to) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let (mut world, mut director) = on_disk(dir.path());
    let erased = world.child(2, 1);
    director.visits(&mut world, erased);
    let (head, number) = (world.server.head().expect("asked"), world.server.newest_number().expect("asked"));
    let (point, looked) = (world.server.point().expect("a point"), world.server.point().expect("a point"));
    let new = world.child(3, 1);
    director.visits(&mut world, new);
    world.write(vec![Row::Erase { child: erased }]);
    assert_eq!(looked.verify().expect("verified").wrong, []);
    let proven = point.back_up(world.moment().now, to.path()).expect("compared with what was so then");
    assert_eq!((proven.head, proven.number, proven.wrong), (head, number, 0));
    assert_ne!(world.server.head(), Ok(head));
    let secret = world.server.secret.clone();
    let put_back = tempfile::tempdir().expect("a folder");
    let mut old = Server::restore(&mut world.moment(), put_back.path(), &proven.folder, secret).expect("put back");
    assert_eq!(old.verify().expect("verified").wrong, []);
    assert_eq!(old.readable_of(erased), Ok(1), "nobody had erased it then");
}

#[test]
fn a_clock_a_year_ahead_takes_no_keys_and_is_said() {
    let (dir, to) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let (mut world, _) = on_disk(dir.path());
    let (first, second) = (back_up(&mut world, to.path()), back_up(&mut world, to.path()));
    assert_eq!((first.clock, second.clock), (None, None));
    let right = world.second;
    world.second += 365 * 24 * 3600;
    let ahead = back_up(&mut world, to.path());
    assert_eq!(ahead.clock, Some(365));
    world.second = right;
    let after = back_up(&mut world, to.path());
    assert_eq!(after.clock, Some(-365), "and that the clock is right again");
    assert_eq!(back_up(&mut world, to.path()).clock, None, "and once is enough");
    assert_eq!(named(to.path(), KEYS).len(), 5, "all can still be put back");
    world.server.backed_up_at = Timestamp(i64::MAX);
    let now = world.moment().now;
    assert!(!world.server.lease_due(now, now), "a backup of next year is not news with every request until then");
}

#[test]
fn an_erasure_reaches_the_keys_of_earlier_backups_and_is_told_when_one_is_put_back() {
    let (dir, to) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let (mut world, mut director) = on_disk(dir.path());
    let child = world.child(2, 1);
    director.visits(&mut world, child);
    let before = back_up(&mut world, to.path());
    world.write(vec![Row::Erase { child }]);
    let after = back_up(&mut world, to.path());
    assert_eq!(after.unreached, Vec::<PathBuf>::new());
    let secret = world.server.secret.clone();
    let put_back = tempfile::tempdir().expect("a folder");
    let mut old = Server::restore(&mut world.moment(), put_back.path(), &before.folder, secret).expect("put back");
    assert!(old.roster().children[&child].erased, "before any desk says so");
    assert_eq!((old.readable_of(child), old.verify().expect("verified").wrong), (Ok(0), vec![]));
    assert_eq!(old.readable_of(crate::scene::child(1)), Ok(1), "and nobody else");
}

#[test]
fn a_backup_broken_off_leaves_no_keys() {
    let (dir, to) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let (mut world, _) = on_disk(dir.path());
    // As an older version left them, and as a power cut in the last moment would.
    let whole = back_up(&mut world, to.path()).folder;
    let (part, last) = (to.path().join("000000000000001.part"), whole.join("keys.part"));
    for left in [&part, &last] {
        std::fs::create_dir(left).expect("a folder");
        std::fs::copy(whole.join("keys").join(KEYS), left.join(KEYS)).expect("copied");
    }
    back_up(&mut world, to.path());
    assert!(!part.exists() && !last.exists(), "gone with the next one");
    assert_eq!(named(to.path(), KEYS).len(), 2);
}

#[test]
fn an_erasure_reaches_what_a_restore_moved_aside() {
    let (dir, to) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let (mut world, mut director) = on_disk(dir.path());
    let child = world.child(2, 1);
    director.visits(&mut world, child);
    let proven = back_up(&mut world, to.path());
    let secret = world.server.secret.clone();
    world.server = Server::open(Sqlite::in_memory().expect("a store"), secret.clone()).expect("opens");
    let restored = Server::restore(&mut world.moment(), dir.path(), &proven.folder, secret.clone());
    world.server = restored.expect("put back");
    let aside = copies::aside(dir.path()).expect("asked").pop().expect("moved aside");
    assert!(!aside.join(CACHE).exists(), "saved documents stand under no child's key");
    let readable = |dir: &Path| {
        let mut old = Server::open(Sqlite::open(dir, &secret.files).expect("opens"), secret.clone()).expect("opens");
        old.readable_of(child).expect("asked")
    };
    assert_eq!(readable(&aside), 1);
    std::fs::write(aside.join(CACHE), b"of an older version").expect("written");
    world.write(vec![Row::Erase { child }]);
    assert!(!aside.join(CACHE).exists());
    assert_eq!(readable(&aside), 0, "there too");
    assert_eq!(Sqlite::unreached(dir.path(), &secret.files), Ok(vec![]));
    std::fs::write(aside.join(KEYS), [9; 9000]).expect("damaged");
    assert_eq!(Sqlite::unreached(dir.path(), &secret.files), Ok(vec![aside]), "doctor names it");
}

/// A photograph of four pieces, kept.
fn photographed(world: &mut World, director: &mut Desk) {
    use sync::piece::{Ask, Piece, Place};
    let (photo, cut) = director.photo(world, crate::scene::child(1), domain::id::RecordId::new([1; 16]));
    director.sends(world, std::slice::from_ref(&photo));
    let place = |n: usize| Place { file: photo.record, n: n as u16 };
    let put = cut.pieces.iter().enumerate().map(|(n, bytes)| Piece { place: place(n), bytes: bytes.clone() });
    director.pieces(world, &Ask { put: put.collect(), ..Ask::default() });
}

/// Closes the store; what is done to its folder meanwhile is what opens again.
fn meanwhile(world: &mut World, dir: &Path, deed: impl FnOnce()) {
    let secret = world.server.secret.clone();
    world.server = Server::open(Sqlite::in_memory().expect("a store"), secret.clone()).expect("opens");
    deed();
    world.server = Server::open(Sqlite::open(dir, &secret.files).expect("opens"), secret).expect("opens");
}

/// The disk lost the last page.
fn lose_last_page(file: &Path) {
    let mut bytes = std::fs::read(file).expect("there");
    let at = bytes.len() - 100;
    bytes[at] ^= 1;
    std::fs::write(file, bytes).expect("written");
}

/// The disk lost every page but the first ones.
fn lose_most(file: &Path) {
    let mut bytes = std::fs::read(file).expect("there");
    bytes[8192..].iter_mut().step_by(512).for_each(|byte| *byte ^= 1);
    std::fs::write(file, bytes).expect("written");
}

#[test]
fn a_lost_piece_is_passed_over_and_counted_and_the_text_is_backed_up_and_put_back() {
    let (dir, to) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let (mut world, mut director) = on_disk(dir.path());
    photographed(&mut world, &mut director);
    let first = back_up(&mut world, to.path());
    assert_eq!((first.pieces, first.unread, first.failed), (4, 0, None));
    lose_last_page(&to.path().join(FILES));
    let (put_back, secret) = (tempfile::tempdir().expect("a folder"), world.server.secret.clone());
    let (mut old, taken) =
        Server::put_back(&mut world.moment(), put_back.path(), &first.folder, secret).expect("put back");
    let kept = crate::store::Pieces::pieces(&mut old.vault.store).expect("asked").0;
    assert!(taken.unread > 0 && taken.failed.is_none() && taken.shut.is_empty(), "{taken:?}");
    assert_eq!((kept + taken.unread, old.verify().expect("verified").wrong), (4, vec![]));
    meanwhile(&mut world, dir.path(), || lose_last_page(&dir.path().join(FILES)));
    let fresh = tempfile::tempdir().expect("a folder");
    let told = back_up(&mut world, fresh.path());
    assert!(told.unread > 0, "{told:?}");
    assert_eq!((told.pieces + told.unread, told.failed, told.wrong), (4, None, 0));
    assert_eq!(world.server.backed_up(), Ok(told.number), "the text is");
    let wrong = world.server.point().expect("a point").verify().expect("goes on").wrong;
    assert!(!wrong.is_empty() && wrong.iter().all(|one| matches!(one, Wrong::Piece(..))), "{wrong:?}");
}

#[test]
fn an_altered_piece_does_not_reach_a_backup() {
    let (dir, to) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let (mut world, mut director) = on_disk(dir.path());
    photographed(&mut world, &mut director);
    let file = domain::id::RecordId::new([2; 16]);
    let digest = domain::id::Digest([3; 32]);
    let id = crate::store::PieceId { child: crate::scene::child(1), file, n: 0, digest };
    crate::store::Pieces::add_piece(&mut world.server.vault.store, &id, b"altered").expect("slipped in");
    let told = back_up(&mut world, to.path());
    assert_eq!((told.pieces, told.unread, told.failed), (4, 1, None));
}

#[test]
fn pieces_that_cannot_be_written_do_not_discard_the_text() {
    let (dir, to) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let (mut world, mut director) = on_disk(dir.path());
    photographed(&mut world, &mut director);
    std::fs::write(to.path().join(FILES), [9; 9000]).expect("damaged");
    let told = back_up(&mut world, to.path());
    assert_eq!((told.failed, told.wrong), (Some(StoreError::Damaged), 0));
    assert_eq!(world.server.backed_up(), Ok(0), "no desk believes that its photographs are there");
    assert_eq!(std::fs::read(to.path().join(FILES)).expect("there"), [9; 9000], "it may be mended");
    let (put_back, secret) = (tempfile::tempdir().expect("a folder"), world.server.secret.clone());
    let (mut old, taken) =
        Server::put_back(&mut world.moment(), put_back.path(), &told.folder, secret).expect("put back");
    assert_eq!((taken.shut.len(), old.verify().expect("verified").wrong), (1, vec![]));
}

#[test]
fn a_damaged_backup_is_refused_before_anything_in_use_is_touched() {
    let (dir, to) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let (mut world, mut director) = on_disk(dir.path());
    let (whole, broken) = (back_up(&mut world, to.path()).folder, back_up(&mut world, to.path()).folder);
    director.visits(&mut world, crate::scene::child(1));
    let secret = world.server.secret.clone();
    world.server = Server::open(Sqlite::in_memory().expect("a store"), secret.clone()).expect("opens");
    lose_most(&broken.join(STORE));
    let live = || [STORE, KEYS, FILES, CACHE].map(|name| std::fs::read(dir.path().join(name)).expect("there"));
    let before = live();
    let refused = Server::restore(&mut world.moment(), dir.path(), &broken, secret.clone());
    assert_eq!(refused.err(), Some(BackupError::Unsound));
    assert!(live() == before, "nothing in use was touched");
    assert_eq!(copies::aside(dir.path()), Ok(vec![]), "and nothing is left");
    let left = dir.path().join(format!("{ASIDE}000000000000001.part"));
    std::fs::create_dir(&left).expect("a folder");
    std::fs::copy(whole.join(STORE), left.join(STORE)).expect("copied");
    let mut server = Server::restore(&mut world.moment(), dir.path(), &whole, secret).expect("put back");
    assert!(!left.exists(), "what was broken off goes with the next one");
    let aside = copies::aside(dir.path()).expect("asked");
    assert_eq!(aside.len(), 1);
    assert!(std::fs::read(aside[0].join(STORE)).expect("moved") == before[0]);
    assert!(server.withholds() && server.verify().expect("verified").wrong.is_empty());
}

/// The position that is named.
fn position(wrong: &Wrong) -> Option<u64> {
    use crate::damage::Damage;
    match wrong {
        Wrong::Gap(at) | Wrong::Chain(at) | Wrong::Item(at) | Wrong::Key(at) | Wrong::Signature(at) => Some(*at),
        Wrong::Unread(Damage::Log(at)) => Some(*at),
        _ => None,
    }
}

#[test]
fn a_damaged_row_is_named_by_verify_and_a_backup_beside_it_is_made_and_says_so() {
    for sql in crate::scene::damages() {
        let (dir, to) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let (mut world, mut director) = on_disk(dir.path());
        let record = director.visits(&mut world, crate::scene::child(1));
        director.visits(&mut world, crate::scene::child(1));
        let items = crate::store::Inbox::items_of_record(&mut world.server.vault.store, record).expect("asked");
        let crate::store::Standing::Accepted(at) = items[0].standing else { panic!("not accepted") };
        let hex: String = record.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        world.server.vault.store.hurt(&sql.replace("RECORD", &hex));
        let wrong = world.server.verify().expect("goes on").wrong;
        assert!(wrong.iter().any(|one| position(one) == Some(at)), "{sql}: {wrong:?}");
        assert!(wrong.len() <= 3, "and hardly more: {sql}: {wrong:?}");
        assert_eq!(world.server.point().expect("a point").verify().expect("goes on").wrong, wrong, "{sql}");
        let proven = back_up(&mut world, to.path());
        assert_eq!(proven.wrong, in_copies(&wrong).len(), "{sql}");
        assert_eq!(world.server.backed_up(), Ok(0), "{sql}");
        let secret = world.server.secret.clone();
        let put_back = tempfile::tempdir().expect("a folder");
        let old = Server::restore(&mut world.moment(), put_back.path(), &proven.folder, secret);
        assert!(old.is_ok_and(|mut old| old.verify().is_ok()), "{sql}");
    }
}

#[test]
fn a_lost_page_of_the_truth_is_named_by_verify_and_a_backup_says_what_to_do() {
    let (dir, to) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let (mut world, mut director) = on_disk(dir.path());
    let mut chance = crate::scene::Dice::new(5);
    for second in 0..3 {
        let mut moment = chance.moment(second);
        let mut one = || u32::from(u16::from_be_bytes(moment.bytes()));
        let text: String = (0..15_000).filter_map(|_| char::from_u32(0x4e00 + one() % 20_000)).collect();
        let note = director.note(&mut world, crate::scene::child(1), &text);
        director.sends(&mut world, std::slice::from_ref(&note));
    }
    director.visits(&mut world, crate::scene::child(1));
    meanwhile(&mut world, dir.path(), || {
        let file = dir.path().join(STORE);
        let mut bytes = std::fs::read(&file).expect("there");
        let at = bytes.len() - 30 * 1024;
        bytes[at] ^= 1;
        std::fs::write(&file, bytes).expect("written");
    });
    let wrong = world.server.point().expect("a point").verify().expect("goes on").wrong;
    assert_eq!(wrong.iter().filter_map(position).collect::<BTreeSet<u64>>().len(), 1, "{wrong:?}");
    world.second += 1;
    let refused = world.server.backup(&world.dice.moment(world.second), to.path());
    assert_eq!(refused, Err(BackupError::Unreadable));
    assert_eq!((named(to.path(), KEYS), backups(to.path())), (vec![], Ok(vec![])));
}
