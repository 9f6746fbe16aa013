//! Stories of photographs on the way: who brings pieces, who gets them, what a cut or a restore costs.

use domain::roster::Row;
use sync::file::Cut;
use sync::piece::PIECES_A_REQUEST;
use sync::wire::Outcome;

use super::*;
use crate::scene::{Desk, POSTS, World};
use crate::store::Pieces as _;
use crate::store::sqlite::Sqlite;

/// Every piece of a file, with its place.
fn pieces(item: &Item, cut: &Cut) -> Vec<Piece> {
    let placed = cut.pieces.iter().enumerate();
    placed.map(|(n, bytes)| Piece { place: Place { file: item.record, n: n as u16 }, bytes: bytes.clone() }).collect()
}

fn places(item: &Item, cut: &Cut) -> Vec<Place> {
    pieces(item, cut).iter().map(|piece| piece.place).collect()
}

fn put(pieces: Vec<Piece>) -> Ask {
    Ask { put: pieces, ..Ask::default() }
}

fn get(places: Vec<Place>) -> Ask {
    Ask { get: places, ..Ask::default() }
}

fn have(places: Vec<Place>) -> Ask {
    Ask { have: places, ..Ask::default() }
}

/// A director, a note of a child with a photograph, both in the log; nothing of the pieces yet.
fn noted(world: &mut World, n: u8) -> (Desk, Item, Cut) {
    let c = world.child(n, 1);
    let mut director = world.desk(1);
    director.pull(world);
    let note = director.note(world, c, "院墙塌了一角");
    let (photo, cut) = director.photo(world, c, note.record);
    director.sends(world, &[note, photo.clone()]);
    (director, photo, cut)
}

#[test]
fn a_photograph_goes_up_after_its_note_and_down_to_the_station() {
    let mut world = World::new();
    let (mut director, photo, cut) = noted(&mut world, 1);
    let all = pieces(&photo, &cut);
    assert_eq!(all.len(), 4);
    assert_eq!(director.pieces(&mut world, &put(all.clone())).kept, [Kept::Yes; 4]);
    let mut station = world.desk(0);
    let heard = station.pull(&mut world);
    let (item, _) = heard.items().into_iter().find(|(item, _)| item.kind == Kind::File).expect("the manifest");
    assert_eq!(item, photo);
    let manifest = Manifest::decode(&item.body).expect("a manifest");
    let thumb = station.pieces(&mut world, &get(vec![Place { file: item.record, n: 0 }])).got;
    assert_eq!(manifest.thumbnail(&thumb[0].bytes), Ok(vec![7; 9000]));
    let rest = station.pieces(&mut world, &get(places(&photo, &cut)[1..].to_vec())).got;
    assert_eq!(rest, all[1..]);
    assert!(manifest.whole(rest.iter().map(|piece| piece.bytes.as_slice())).is_ok());
}

#[test]
fn a_piece_before_its_text_waits_and_an_altered_one_never_comes() {
    let mut world = World::new();
    let c = world.child(1, 1);
    let mut director = world.desk(1);
    let note = director.note(&mut world, c, "门前");
    let (photo, cut) = director.photo(&mut world, c, note.record);
    let all = pieces(&photo, &cut);
    assert_eq!(director.pieces(&mut world, &put(all.clone())).kept, [Kept::NotYet; 4]);
    assert_eq!(director.pieces(&mut world, &have(places(&photo, &cut))).have, [Kept::NotYet; 4]);
    director.sends(&mut world, &[photo]);
    let mut wrong = all.clone();
    wrong.swap(1, 2);
    let (one, two) = (wrong[1].place, wrong[2].place);
    (wrong[1].place, wrong[2].place) = (two, one);
    wrong[3].bytes[5] ^= 1;
    assert_eq!(
        director.pieces(&mut world, &put(wrong)).kept,
        [Kept::Yes, Kept::Refused, Kept::Refused, Kept::Refused],
        "only the thumbnail stood where its manifest says"
    );
    assert_eq!(director.pieces(&mut world, &put(all)).kept, [Kept::Yes; 4]);
    director.sends(&mut world, &[note]);
    assert!(director.pull(&mut world).verdicts.iter().flat_map(|v| &v.outcomes).all(|(_, o)| accepted(*o)));
}

fn accepted(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Accepted(_))
}

#[test]
fn a_cut_line_costs_one_request_and_a_request_is_never_played_again() {
    let mut world = World::new();
    let (mut director, photo, cut) = noted(&mut world, 1);
    let all = pieces(&photo, &cut);
    let first = director.ask_body(&world, &put(all[..2].to_vec()));
    let kept = world.told(&first);
    assert_eq!((kept.kept.as_slice(), kept.counter), ([Kept::Yes; 2].as_slice(), None));
    // The answer is lost; the desk cannot know and asks what is there.
    let again = world.told(&first);
    assert_eq!((again.counter, again.kept.len()), (Some(director.counter), 0), "the same bytes again do nothing");
    let told = director.pieces(&mut world, &have(places(&photo, &cut))).have;
    assert_eq!(told, [Kept::Yes, Kept::Yes, Kept::NotYet, Kept::NotYet]);
    assert_eq!(director.pieces(&mut world, &put(all)).kept, [Kept::Yes; 4], "kept pieces are kept once");
    assert_eq!(world.server.vault.store.pieces().expect("asked").0, 4);
    let text = director.request();
    director.counter -= 1;
    assert!(matches!(director.ask(&mut world, &text).state, Some(sync::wire::State::Counter(_))), "one counter");
}

#[test]
fn whoever_may_not_see_the_child_neither_brings_nor_gets() {
    let mut world = World::new();
    let (mut director, photo, cut) = noted(&mut world, 1);
    let (all, at) = (pieces(&photo, &cut), places(&photo, &cut));
    let mut neighbour = world.desk(2);
    assert_eq!(neighbour.pieces(&mut world, &put(all[..1].to_vec())).kept, [Kept::Refused]);
    director.pieces(&mut world, &put(all.clone()));
    assert_eq!(neighbour.pieces(&mut world, &get(at.clone())).got, []);
    assert_eq!(neighbour.pieces(&mut world, &have(at.clone())).have, [Kept::Refused; 4]);
    let c = photo.child.expect("a child");
    world.write(vec![Row::Withdraw { child: c, post: POSTS[1] }, Row::Assign { child: c, post: POSTS[2] }]);
    assert_eq!(director.pieces(&mut world, &get(at.clone())).got, [], "not even her own, once the child is gone");
    assert_eq!(director.pieces(&mut world, &have(at.clone())).have, [Kept::Yes; 4], "but it is safe");
    assert_eq!(neighbour.pieces(&mut world, &get(at)).got, all);
    let mut stranger = director.clone();
    stranger.key = sync::key::DeviceKey::fresh(&mut world.moment());
    let body = stranger.ask_body(&world, &Ask::default());
    assert_eq!(world.server.handle_piece(&mut world.dice.moment(world.second), &body), Answer::NotFound);
    assert_eq!(world.server.handle_piece(&mut world.dice.moment(world.second), b"noise"), Answer::NotFound);
}

#[test]
fn a_stopped_desk_and_a_desk_whose_child_was_taken_hand_in_what_they_made() {
    let mut world = World::new();
    let (mut director, photo, cut) = noted(&mut world, 1);
    let c = photo.child.expect("a child");
    let all = pieces(&photo, &cut);
    // Made before the child was given to somebody else, sent after: held, and kept whole.
    let note = director.note(&mut world, c, "还没交");
    let (late, late_cut) = director.photo(&mut world, c, note.record);
    let envelope = director.envelope(&mut world, std::slice::from_ref(&late));
    world.write(vec![Row::Withdraw { child: c, post: POSTS[1] }, Row::Assign { child: c, post: POSTS[2] }]);
    director.push(&mut world, vec![envelope]);
    world.judge();
    world.write(vec![Row::Revoke { device: director.key.id() }]);
    assert_eq!(director.pieces(&mut world, &put(all)).kept, [Kept::Yes; 4]);
    assert_eq!(director.pieces(&mut world, &put(pieces(&late, &late_cut))).kept, [Kept::Yes; 4]);
    assert_eq!(director.pieces(&mut world, &get(places(&photo, &cut))).got, [], "and hears nothing");
    let mut next = world.desk(2);
    assert_eq!(next.pieces(&mut world, &get(places(&photo, &cut))).got.len(), PIECES_A_REQUEST);
    assert_eq!(next.pieces(&mut world, &get(places(&late, &late_cut))).got, [], "what is held is not in the log");
}

#[test]
fn after_a_restore_anybody_who_sees_the_child_brings_the_pieces_back() {
    let mut world = World::new();
    let (mut director, first, first_cut) = noted(&mut world, 1);
    director.pieces(&mut world, &put(pieces(&first, &first_cut)));
    let mut station = world.desk(0);
    let backup: Sqlite = world.server.store().snapshot().expect("a copy");
    let c = first.child.expect("a child");
    let note = director.note(&mut world, c, "备份以后");
    let (second, cut) = director.photo(&mut world, c, note.record);
    let envelope = director.sends(&mut world, &[note, second.clone()]);
    let all = pieces(&second, &cut);
    let before = director.pieces(&mut world, &put(all.clone())).life;
    station.pull(&mut world);
    world.restore(backup);
    let both = [places(&first, &first_cut), places(&second, &cut)].concat();
    let told = director.pieces(&mut world, &have(both.clone()));
    assert_ne!(told.life, before, "the life tells her to ask");
    assert_eq!(told.have, [[Kept::Yes; 4], [Kept::NotYet; 4]].concat());
    assert_eq!(director.pieces(&mut world, &get(both[..4].to_vec())).got, [], "rows are withheld, and so are pieces");
    assert_eq!(director.pieces(&mut world, &put(all.clone())).kept, [Kept::NotYet; 4], "text first");
    director.push(&mut world, vec![envelope]);
    world.judge();
    assert_eq!(director.pieces(&mut world, &put(all[..1].to_vec())).kept, [Kept::Yes]);
    world.server.withheld = false;
    assert_eq!(station.pieces(&mut world, &put(all[1..].to_vec())).kept, [Kept::Yes; 3], "not of her making");
}

#[test]
fn an_erased_child_leaves_no_piece() {
    let mut world = World::new();
    let (mut director, photo, cut) = noted(&mut world, 1);
    let (mut other, kept, kept_cut) = noted(&mut world, 2);
    director.pieces(&mut world, &put(pieces(&photo, &cut)));
    other.pieces(&mut world, &put(pieces(&kept, &kept_cut)));
    assert_eq!(world.server.vault.store.pieces().expect("asked").0, 8);
    world.write(vec![Row::Erase { child: photo.child.expect("a child") }]);
    assert_eq!(world.server.vault.store.pieces().expect("asked").0, 4);
    assert_eq!(director.pieces(&mut world, &put(pieces(&photo, &cut))).kept, [Kept::Refused; 4], "never again");
    assert_eq!(director.pieces(&mut world, &have(places(&photo, &cut))).have, [Kept::Refused; 4]);
}

#[test]
fn what_is_no_manifest_or_not_hers_to_attach_is_held() {
    let mut world = World::new();
    let (mut director, photo, _) = noted(&mut world, 1);
    let hers = world.child(2, 2);
    let mut neighbour = world.desk(2);
    let note = neighbour.note(&mut world, hers, "别家");
    neighbour.sends(&mut world, std::slice::from_ref(&note));
    let c = photo.child.expect("a child");
    let bad = Item { body: vec![1, 2, 3], record: RecordId::new([70; 16]), ..photo.clone() };
    let (foreign, _) = director.photo(&mut world, hers, note.record);
    let (astray, _) = director.photo(&mut world, c, note.record);
    let (again, _) = director.photo(&mut world, c, note.record);
    let again = Item { record: photo.record, ..again };
    let misnamed = Item { form: "visit".to_owned(), record: RecordId::new([71; 16]), ..photo.clone() };
    let changed = Item { kind: Kind::Change, record: RecordId::new([72; 16]), ..photo };
    director.sends(&mut world, &[bad, foreign, astray, again, misnamed, changed]);
    let heard = director.pull(&mut world);
    let outcomes = &heard.verdicts.last().expect("a verdict").outcomes;
    let reasons: Vec<Outcome> = outcomes.iter().map(|(_, outcome)| *outcome).collect();
    let held = [
        Reason::Malformed,
        Reason::Forbidden,
        Reason::Mismatch,
        Reason::Forbidden,
        Reason::Malformed,
        Reason::Malformed,
    ];
    assert_eq!(reasons, held.map(Outcome::Held));
}

#[test]
fn a_piece_kept_survives_the_process() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut world = World::over(|secret| Sqlite::open(dir.path(), &secret.files).expect("opens"));
    let (mut director, photo, cut) = noted(&mut world, 1);
    director.pieces(&mut world, &put(pieces(&photo, &cut)));
    let secret = world.server.secret.clone();
    world.server = Server::open(Sqlite::in_memory().expect("a store"), secret.clone()).expect("opens");
    world.server = Server::open(Sqlite::open(dir.path(), &secret.files).expect("opens"), secret).expect("opens");
    assert_eq!(director.pieces(&mut world, &have(places(&photo, &cut))).have, [Kept::Yes; 4]);
    let on_disk = std::fs::read(dir.path().join("files.db")).expect("there");
    let sample = &cut.pieces[1][100..140];
    assert!(!on_disk.windows(40).any(|window| window == sample), "encrypted once more at rest");
}

#[test]
fn a_file_that_cannot_be_read_keeps_nobody_from_the_others() {
    let mut world = World::new();
    let (mut director, photo, cut) = noted(&mut world, 1);
    director.pieces(&mut world, &put(pieces(&photo, &cut)));
    let note = director.visits(&mut world, crate::scene::child(1));
    let (other, other_cut) = director.photo(&mut world, crate::scene::child(1), note);
    director.sends(&mut world, std::slice::from_ref(&other));
    director.pieces(&mut world, &put(pieces(&other, &other_cut)));
    let record: String = photo.record.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let sql = format!("UPDATE body SET sealed = x'00' WHERE item = (SELECT id FROM item WHERE record = x'{record}')");
    world.server.vault.store.hurt(&sql);
    let both = [places(&photo, &cut)[0], places(&other, &other_cut)[0]];
    let told = director.pieces(&mut world, &get(both.to_vec()));
    assert_eq!(told.got.iter().map(|piece| piece.place).collect::<Vec<_>>(), both[1..]);
}

#[test]
fn a_page_of_a_piece_that_the_disk_lost_holds_that_piece() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut world = World::over(|secret| Sqlite::open(dir.path(), &secret.files).expect("opens"));
    let (mut director, photo, cut) = noted(&mut world, 1);
    director.pieces(&mut world, &put(pieces(&photo, &cut)));
    let secret = world.server.secret.clone();
    world.server = Server::open(Sqlite::in_memory().expect("a store"), secret.clone()).expect("opens");
    let file = dir.path().join("files.db");
    let mut bytes = std::fs::read(&file).expect("there");
    let at = bytes.len() / 2;
    bytes[at] ^= 1;
    std::fs::write(&file, bytes).expect("written");
    world.server = Server::open(Sqlite::open(dir.path(), &secret.files).expect("opens"), secret).expect("opens");
    let told = director.pieces(&mut world, &get(places(&photo, &cut)));
    assert_eq!(told.got.len(), places(&photo, &cut).len() - 1);
    director.visits(&mut world, crate::scene::child(1));
}

#[tokio::test]
async fn the_server_thread_answers_text_and_pieces_alike() {
    let mut world = World::new();
    let (mut director, photo, cut) = noted(&mut world, 1);
    let mut bodies = Vec::new();
    for piece in pieces(&photo, &cut) {
        bodies.push(director.ask_body(&world, &put(vec![piece])));
    }
    let (text, mut last) = (director.request(), director.clone());
    let text = last.body(&world, &text);
    let World { server, .. } = world;
    let (hub, running) = crate::hub::Hub::start(server, crate::clock::Os).expect("started");
    for body in bodies {
        assert!(matches!(hub.handle_piece(Proven::believed(body)).await, Answer::Frames(_)));
    }
    assert!(matches!(hub.handle(Proven::believed(text)).await, Answer::Frames(_)));
    assert_eq!(
        hub.with(|server, _| server.pieces()).await,
        Some(Ok((4, cut.pieces.iter().map(Vec::len).sum::<usize>() as u64)))
    );
    hub.stop();
    running.join();
}
