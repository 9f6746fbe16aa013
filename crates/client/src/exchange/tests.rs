//! An exchange as both sides see it, with a district played by hand. Test code only.

use domain::fault::Code;
use domain::id::{Digest, RecordId};
use domain::roster::Row;
use dossier::Record;
use sync::courier::NetFault;
use sync::envelope::Part;
use sync::item::{Item, Kind};
use sync::wire::{
    Checkpoint, Cursor, History, Holding, Mark, Outcome, Reason, Receipt, Refusal, Regained, Rows, State, Verdict, Want,
};

use super::Reply;
use crate::scene::{DISTRICT, District, START, STREET, Scene, area, child, post, set};
use crate::store::envelopes;
use crate::write::{Act, AuditRow};

fn whole(parts: &[Part]) -> Vec<Item> {
    let bytes = parts.iter().filter_map(|part| match part {
        Part::Whole(bytes) => Some(bytes),
        Part::Bare(_) | Part::Erased(_) => None,
    });
    bytes.map(|b| Item::decode(b).expect("an item")).collect()
}

#[test]
fn what_was_written_before_a_sync_goes_as_one_signed_envelope_that_continues_the_chain() {
    let mut scene = Scene::at_work();
    scene.edit(7, "name", "张小华");
    scene.edit(7, "school_name", "第一小学");
    let first = scene.exchange(Vec::new());
    assert_eq!(first.push.len(), 1);
    let envelope = &first.push[0].0;
    let public = scene.client.desk().me.key.sign_public();
    assert_eq!(envelope.verify(&DISTRICT, &public), Ok(()));
    assert_eq!((envelope.seq, envelope.prev), (1, Digest([0; 32])));
    assert_eq!(whole(&envelope.parts).len(), 2);
    scene.edit(7, "name", "张华");
    let second = scene.exchange(Vec::new());
    assert_eq!((second.push[0].0.seq, second.push[0].0.prev), (2, envelope.id(&DISTRICT)));
    assert!(scene.exchange(Vec::new()).push.is_empty(), "received is not sent again");
}

#[test]
fn an_unanswered_request_is_sent_again_with_the_same_envelope_and_a_larger_counter() {
    let mut scene = Scene::at_work();
    scene.edit(7, "name", "张小华");
    let (_, first) = scene.ask();
    let counter = scene.client.desk().standing.counter;
    scene.reopen();
    let (out, second) = scene.ask();
    assert_eq!(first.push, second.push);
    assert_eq!(scene.client.desk().standing.counter, counter + 1);
    let head = scene.head(&second);
    let bytes = scene.answer(&out, head, Vec::new(), false);
    scene.receive(&bytes).expect("an answer");
    let ladder = scene.client.desk().ladder().expect("the store");
    assert_eq!((ladder.saved, ladder.received, ladder.backed_up), (0, 1, 0));
}

#[test]
fn the_ladder_climbs_to_backed_up_and_a_refused_envelope_is_not_sent_for_ever() {
    let mut scene = Scene::at_work();
    scene.edit(7, "name", "张小华");
    scene.exchange(Vec::new());
    scene.edit(7, "name", "张小花");
    let (out, request) = scene.ask();
    let mut head = scene.head(&request);
    head.receipts = vec![Receipt::Refused(Refusal::Signature)];
    head.backed_up = 1;
    let bytes = scene.answer(&out, head, Vec::new(), false);
    scene.receive(&bytes).expect("an answer");
    let ladder = scene.client.desk().ladder().expect("the store");
    assert_eq!((ladder.saved, ladder.backed_up), (1, 1));
    assert!(scene.exchange(Vec::new()).push.is_empty());
}

#[test]
fn commits_are_never_split_and_envelopes_never_mix_rosters() {
    let mut scene = Scene::at_work();
    for n in 0..70 {
        scene.edit(7, "name", &format!("张{n}"));
    }
    let sizes: Vec<usize> = scene.exchange(Vec::new()).push.iter().map(|p| p.0.parts.len()).collect();
    assert_eq!(sizes, [64, 6]);
    scene.edit(7, "name", "旧名册");
    let (out, request) = scene.ask();
    scene.edit(7, "name", "旧名册二");
    let row = Row::Policy { key: "visit_freq".into(), value: "{}".into() };
    let mut chance = crate::scene::Seeded(3);
    let placed = scene.district.rows(&mut domain::moment::Moment::new(START, &mut chance), vec![row]);
    let (head, rows) = (scene.head(&request), vec![scene.tail(vec![placed])]);
    let bytes = scene.answer(&out, head, rows, false);
    scene.receive(&bytes).expect("an answer");
    scene.edit(7, "name", "新名册");
    let rosters: Vec<u64> = scene.exchange(Vec::new()).push.iter().map(|p| p.0.roster).collect();
    assert_eq!(rosters.len(), 2, "each names the roster its writer knew");
    assert!(rosters[0] < rosters[1]);
}

#[test]
fn a_row_that_comes_stands_before_a_registration_that_has_no_place_yet() {
    let mut scene = Scene::at_work();
    let row = Row::Register { child: child(9), area: area(STREET + 1), post: post(1) };
    scene.commit(vec![Act::Row(row)]).expect("registered");
    let mut chance = crate::scene::Seeded(4);
    let policy = vec![Row::Policy { key: "visit_freq".into(), value: "{}".into() }];
    let placed = scene.district.rows(&mut domain::moment::Moment::new(START, &mut chance), policy);
    let (out, request) = scene.ask();
    let (head, rows) = (scene.head(&request), vec![scene.tail(vec![placed])]);
    let bytes = scene.answer(&out, head, rows, false);
    scene.receive(&bytes).expect("an answer");
    assert!(scene.with(|client, m| client.rebuilt_equals(m)).expect("the store"));
}

#[test]
fn a_cut_answer_keeps_whole_frames_and_goes_on_from_there() {
    let mut scene = Scene::new();
    let rows = scene.first_rows(&["张小明"]);
    let (out, request) = scene.ask();
    let head = scene.head(&request);
    let server = scene.district.server.clone();
    let mut doc = Record::empty();
    doc.admit(&whole(&rows[0].envelopes[2].envelope.0.parts)[0].body).expect("a change");
    let later = scene.district.change(&mut doc, 7, &[set("school_name", "第二小学")], START.plus_s(60));
    let tail = {
        let placed = scene.district.place(&server, vec![later]);
        scene.tail(vec![placed])
    };
    let middle = rows[0].cursor.expect("a cursor");
    let bytes = scene.answer(&out, head, vec![rows[0].clone(), tail.clone()], false);
    let whole_first = scene.answer(&out, scene_head(&request, &scene), vec![rows[0].clone()], false).len();
    let cut = whole_first + 10;
    for piece in bytes[..cut.min(bytes.len() - 3)].chunks(7) {
        scene.with(|client, m| client.on_reply(m, Reply::Chunk(piece))).expect("so far so good");
    }
    scene.with(|client, m| client.on_reply(m, Reply::Failed(NetFault::Offline))).expect("no harm");
    assert_eq!(scene.client.desk().standing.cursor, middle);
    assert_eq!(scene.value(7, "name").as_deref(), Some("张小明"));
    assert_eq!(scene.value(7, "school_name"), None);
    let again = scene.exchange(vec![tail]);
    assert_eq!(again.cursor, middle);
    assert_eq!(scene.value(7, "school_name").as_deref(), Some("第二小学"));
}

fn scene_head(request: &sync::wire::Request, scene: &Scene) -> sync::wire::Head {
    sync::wire::Head {
        now: scene.now,
        state: State::Fine,
        receipts: Vec::new(),
        verdicts: Vec::new(),
        verdict: request.verdict,
        lease: Some(scene.now.plus_s(14 * 86_400)),
        checkpoint: None::<Checkpoint>,
        backed_up: 0,
        sig: None,
        life: 0,
        contacts: None,
    }
}

#[test]
fn a_portals_page_or_a_strangers_answer_changes_nothing() {
    let mut scene = Scene::at_work();
    scene.edit(7, "name", "张小华");
    let standing = |scene: &mut Scene| scene.client.desk().standing.clone();
    let (_, _) = scene.ask();
    let before = standing(&mut scene);
    let page = scene.with(|client, m| client.on_reply(m, Reply::Chunk(b"<html>login</html>")));
    assert_eq!(page.map_err(|f| f.code), Err(Code::BadAnswer));
    scene.now = scene.now.plus_s(3600);
    let (out, request) = scene.ask();
    let head = scene.head(&request);
    std::mem::swap(&mut scene.district.server, &mut scene.district.other);
    let bytes = scene.answer(&out, head, Vec::new(), false);
    let stranger = scene.receive(&bytes);
    assert_eq!(stranger.map_err(|f| f.code), Err(Code::BadAnswer));
    let after = standing(&mut scene);
    assert_eq!((before.cursor, before.lease, before.synced), (after.cursor, after.lease, after.synced));
    assert_eq!(scene.client.desk().ladder().expect("the store").saved, 1);
}

#[test]
fn an_envelope_nobody_vouches_for_is_refused_whole() {
    let mut scene = Scene::at_work();
    let stranger = sync::key::DeviceKey::from_bytes(&[77; 64]);
    let mut doc = Record::empty();
    let item = scene.district.change(&mut doc, 7, &[set("school_name", "假小学")], START);
    let placed = scene.district.place(&stranger, vec![item]);
    let (out, request) = scene.ask();
    let (head, rows) = (scene.head(&request), vec![scene.tail(vec![placed])]);
    let bytes = scene.answer(&out, head, rows, false);
    assert_eq!(scene.receive(&bytes).map_err(|f| f.code), Err(Code::BadAnswer));
    assert_eq!(scene.value(7, "school_name"), None);
}

#[test]
fn a_child_entrusted_later_appears_when_its_history_is_whole() {
    let mut scene = Scene::at_work();
    let server = scene.district.server.clone();
    let mut doc = Record::empty();
    let past = [set("name", "李小红"), set("school_name", "第三小学")];
    let items: Vec<Item> =
        past.iter().map(|e| scene.district.change(&mut doc, 8, std::slice::from_ref(e), START)).collect();
    let old: Vec<_> = items.into_iter().map(|item| scene.district.place(&server, vec![item])).collect();
    let mut chance = crate::scene::Seeded(4);
    let grant = scene.district.rows(&mut domain::moment::Moment::new(START, &mut chance), District::entrust(8));
    let upto = old[0].steps[0];
    let history = |placed, whole, upto| Rows {
        envelopes: vec![placed],
        history: Some(History { child: child(8), upto, whole }),
        ..Rows::default()
    };
    let asked = scene.exchange(vec![scene.tail(vec![grant]), history(old[0].clone(), false, upto)]);
    assert!(asked.want.is_empty());
    assert_eq!(scene.value(8, "name"), None, "not before it is whole");
    let asked = scene.exchange(vec![history(old[1].clone(), true, upto + 1)]);
    assert_eq!(asked.want, [Want { child: child(8), after: upto }]);
    assert_eq!(scene.value(8, "name").as_deref(), Some("李小红"));
    assert_eq!(scene.value(8, "school_name").as_deref(), Some("第三小学"));
    assert!(scene.exchange(Vec::new()).want.is_empty());
    assert!(scene.with(|client, m| client.rebuilt_equals(m)).expect("the store"));
}

/// Taken away on Monday, changed by the other director on Tuesday, given back on Wednesday; this
/// desk hears of it on Thursday, and the line breaks before the history comes.
#[test]
fn a_child_taken_away_and_given_back_unseen_stays_and_what_was_missed_is_asked_for() {
    let mut scene = Scene::new();
    let first = scene.first_rows(&["张小明"]);
    let mut doc = Record::empty();
    doc.admit(&whole(&first[0].envelopes[2].envelope.0.parts)[0].body).expect("a change");
    scene.exchange(first);
    let others = scene.district.position + 2;
    let mut m_chance = crate::scene::Seeded(9);
    let mut m = domain::moment::Moment::new(START, &mut m_chance);
    let away = scene.district.rows(&mut m, vec![Row::Withdraw { child: child(7), post: post(1) }]);
    let change = scene.district.change(&mut doc, 7, &[set("school_name", "第五小学")], START);
    let other = scene.district.other.clone();
    let written = scene.district.place(&other, vec![change]);
    let back = scene.district.rows(&mut m, vec![Row::Assign { child: child(7), post: post(1) }]);
    scene.exchange(vec![scene.tail(vec![away, back])]);
    assert_eq!(scene.value(7, "name").as_deref(), Some("张小明"), "what is here stays in sight");
    let history = Rows {
        envelopes: vec![written],
        history: Some(History { child: child(7), upto: others, whole: true }),
        ..Rows::default()
    };
    let asked = scene.exchange(vec![history]);
    assert_eq!(asked.want, [Want { child: child(7), after: 0 }]);
    assert_eq!(scene.value(7, "school_name").as_deref(), Some("第五小学"));
    assert!(scene.exchange(Vec::new()).want.is_empty());
    assert!(scene.with(|client, m| client.rebuilt_equals(m)).expect("the store"));
}

#[test]
fn changes_that_come_before_what_they_build_on_wait_for_it() {
    let mut scene = Scene::at_work();
    let server = scene.district.server.clone();
    let mut doc = Record::empty();
    let base = scene.district.change(&mut doc, 9, &[set("name", "王小刚")], START);
    let next = scene.district.change(&mut doc, 9, &[set("name", "王刚")], START.plus_s(1));
    let mut chance = crate::scene::Seeded(5);
    let register = vec![Row::Register {
        child: child(9),
        area: domain::area::Area::new(STREET + 1).expect("an area"),
        post: post(1),
    }];
    let grant = scene.district.rows(&mut domain::moment::Moment::new(START, &mut chance), register);
    let late = scene.district.place(&server, vec![next]);
    let early = scene.district.place(&server, vec![base]);
    scene.exchange(vec![scene.tail(vec![grant, late])]);
    assert_eq!(scene.value(9, "name"), None);
    scene.exchange(vec![scene.tail(vec![early])]);
    assert_eq!(scene.value(9, "name").as_deref(), Some("王刚"));
    assert!(scene.with(|client, m| client.rebuilt_equals(m)).expect("the store"));
}

#[test]
fn a_computer_that_a_colleague_stopped_is_shown_as_stopped() {
    let mut scene = Scene::at_work();
    let other = scene.district.other.clone();
    let body = minicbor::to_vec(Row::Revoke { device: other.id() }).expect("memory");
    let record = RecordId::new([77; 16]);
    let item = Item { kind: Kind::Roster, record, form: "roster".into(), child: None, body };
    let placed = scene.district.place(&other, vec![item]);
    let rows = scene.tail(vec![placed]);
    scene.exchange(vec![rows]);
    assert!(!scene.client.desk().roster.active(other.id()));
    assert!(scene.with(|client, m| client.rebuilt_equals(m)).expect("the store"));
}

fn withdraw(scene: &mut Scene, n: u8) -> Rows {
    row_of(scene, Row::Withdraw { child: child(n), post: post(1) })
}

fn row_of(scene: &mut Scene, row: Row) -> Rows {
    let mut chance = crate::scene::Seeded(6);
    let placed = scene.district.rows(&mut domain::moment::Moment::new(START, &mut chance), vec![row]);
    scene.tail(vec![placed])
}

fn items_of(scene: &Scene, n: u8) -> i64 {
    let sql = "SELECT count(*) FROM item WHERE child = ?1 AND kind <> 2";
    let count = |db: &rusqlite::Connection| db.query_row(sql, [child(n).as_bytes()], |row| row.get(0));
    scene.client.with_db(count).expect("unlocked").expect("the store")
}

#[test]
fn a_withdrawn_child_is_purged_and_unbacked_work_stays_sealed_until_it_is_backed_up() {
    let mut scene = Scene::at_work();
    scene.edit(7, "school_name", "金丝雀小学");
    let rows = withdraw(&mut scene, 7);
    scene.exchange(vec![rows]);
    assert_eq!((scene.value(7, "name"), items_of(&scene, 7)), (None, 0));
    let sealed = |scene: &Scene| -> Vec<Vec<u8>> {
        let list = |db: &rusqlite::Connection| {
            let mut query = db.prepare("SELECT sealed FROM envelope WHERE sealed IS NOT NULL")?;
            query.query_map([], |row| row.get(0))?.collect::<Result<Vec<Vec<u8>>, _>>()
        };
        scene.client.with_db(list).expect("unlocked").expect("the store")
    };
    let kept = sealed(&scene);
    let opened = sync::seal::open_sealed(&scene.district.server.seal_secret(), &kept[0]).expect("for the district");
    let envelope = sync::envelope::Envelope::decode(&opened).expect("whole");
    assert!(envelope.items().all(|(_, item)| item.is_ok()));
    let (out, request) = scene.ask();
    let confirmed = whole(&request.push[0].0.parts);
    assert_eq!(confirmed[0].kind, Kind::Audit, "the purge is confirmed");
    let row: AuditRow = minicbor::decode(&confirmed[0].body).expect("an audit row");
    assert_eq!((row.what.as_str(), row.child), ("purged", Some(child(7))));
    let mut head = scene.head(&request);
    head.backed_up = 9;
    let bytes = scene.answer(&out, head, Vec::new(), false);
    scene.receive(&bytes).expect("an answer");
    assert!(sealed(&scene).is_empty());
}

#[test]
fn of_an_erased_child_an_own_envelope_says_so_of_a_withdrawn_one_it_keeps_silent() {
    let mut scene = Scene::new();
    let rows = scene.first_rows(&["张小明", "李小红"]);
    scene.exchange(rows);
    scene.edit(7, "school_name", "第三小学");
    scene.edit(8, "school_name", "第三小学");
    let sent = scene.exchange(Vec::new()).push.remove(0).0;
    let digests: Vec<Digest> = sent.parts.iter().map(Part::digest).collect();
    let rows = withdraw(&mut scene, 7);
    scene.exchange(vec![rows]);
    let rows = row_of(&mut scene, Row::Erase { child: child(8) });
    scene.exchange(vec![rows]);
    let kept = |db: &rusqlite::Connection| {
        let no = envelopes::own(db, sent.branch, sent.seq)?.expect("an own envelope");
        envelopes::assemble(db, no)
    };
    let kept = scene.client.with_db(kept).expect("unlocked").expect("the store").expect("its head");
    assert_eq!(kept.parts, [Part::Bare(digests[0]), Part::Erased(digests[1])]);
    assert_eq!(kept.id(&DISTRICT), sent.id(&DISTRICT));
}

#[test]
fn what_was_written_while_the_withdrawal_was_on_its_way_is_sent_before_the_purge() {
    let mut scene = Scene::at_work();
    let (out, request) = scene.ask();
    scene.edit(7, "school_name", "第四小学");
    let rows = withdraw(&mut scene, 7);
    let head = scene.head(&request);
    let bytes = scene.answer(&out, head, vec![rows], false);
    scene.receive(&bytes).expect("an answer");
    assert_eq!(scene.value(7, "name"), None, "out of sight at once");
    assert!(items_of(&scene, 7) > 0, "but not lost");
    let sent = scene.exchange(Vec::new());
    assert_eq!(whole(&sent.push[0].0.parts)[0].child, Some(child(7)));
    assert_eq!(items_of(&scene, 7), 0);
}

#[test]
fn a_held_change_leaves_the_record_and_later_words_are_said_again() {
    let mut scene = Scene::at_work();
    scene.edit(7, "school_name", "越权小学");
    scene.exchange(Vec::new());
    scene.edit(7, "name", "张明");
    let branch = scene.client.desk().standing.branch;
    let verdict = Verdict { branch, seq: 1, outcomes: vec![(0, Outcome::Held(Reason::Forbidden))] };
    scene.exchange_with(Vec::new(), vec![verdict]);
    assert_eq!(scene.value(7, "school_name"), None);
    assert_eq!(scene.value(7, "name").as_deref(), Some("张明"), "the later edit stands");
    let held = scene.client.desk().held().expect("the store");
    assert_eq!((held.len(), held[0].edits.clone()), (1, vec![set("school_name", "越权小学")]));
    let ladder = scene.client.desk().ladder().expect("the store");
    assert_eq!((ladder.held, ladder.saved), (1, 1));
    let again = scene.exchange(Vec::new());
    let item = &whole(&again.push[0].0.parts)[0];
    let info = dossier::inspect(&item.body).expect("a change");
    assert_eq!(info.seq, 1, "by another actor");
    assert!(scene.with(|client, m| client.rebuilt_equals(m)).expect("the store"));
    let claimed = Verdict { branch, seq: 1, outcomes: vec![(0, Outcome::Accepted(90))] };
    scene.exchange_with(Vec::new(), vec![claimed]);
    assert_eq!(scene.value(7, "school_name").as_deref(), Some("越权小学"), "somebody took it over");
}

#[test]
fn a_restored_server_is_told_what_it_lacks_in_three_requests() {
    let mut scene = Scene::at_work();
    scene.exchange(Vec::new());
    let backup = scene.district.cursor();
    scene.edit(7, "school_name", "第五小学");
    let branch = scene.client.desk().standing.branch;
    let server = scene.district.server.clone();
    let mut doc = Record::empty();
    let lost = scene.district.change(&mut doc, 7, &[set("former_name", "张阿明")], START.plus_s(5));
    let lost = scene.district.place(&server, vec![lost]);
    let verdict = Verdict { branch, seq: 1, outcomes: vec![(0, Outcome::Accepted(scene.district.position + 1))] };
    let rows = scene.tail(vec![lost.clone()]);
    scene.exchange_with(vec![rows], vec![verdict]);
    assert_eq!(scene.client.desk().ladder().expect("the store").received, 1);
    // The server is back at the backup.
    scene.district.position = backup.position;
    let refuse = |scene: &mut Scene, state: State| {
        let (out, request) = scene.ask();
        let mut head = scene.head(&request);
        head.state = state;
        let bytes = scene.answer(&out, head, Vec::new(), false);
        scene.receive(&bytes).expect("an answer");
        request
    };
    refuse(&mut scene, State::Restored(vec![backup]));
    assert_eq!(scene.client.desk().standing.cursor, backup);
    assert_eq!(scene.client.desk().ladder().expect("the store").saved, 1, "the ladder goes back honestly");
    let id = lost.envelope.0.id(&DISTRICT);
    let mark = Mark(id.0[..8].try_into().expect("8 of 32"));
    let second = refuse(&mut scene, State::Lacks(vec![mark]));
    assert!(second.have.contains(&mark));
    assert_eq!(second.push.len(), 1, "own work goes at once");
    let holding = Holding { mark, items: 1 };
    // What it brought back comes as a place in the log, without its bytes.
    let regained = Some(vec![Regained { mark, items: vec![(0, backup.position + 1)] }]);
    scene.district.position += 1;
    let third = scene.exchange(vec![Rows { regained, ..scene.tail(Vec::new()) }]);
    assert_eq!((third.push, third.holds), (vec![lost.envelope], Some(vec![holding])), "and others' too");
    assert!(third.have.is_empty());
    let fourth = scene.exchange(Vec::new());
    assert_eq!((fourth.holds, fourth.cursor), (None, scene.district.cursor()), "it has its place again");
    assert_eq!(scene.value(7, "school_name").as_deref(), Some("第五小学"), "nothing was given up");
    assert!(scene.exchange(Vec::new()).push.is_empty());
}

#[test]
fn a_restored_server_that_still_has_the_cursor_is_told_what_is_held_without_going_back() {
    let mut scene = Scene::at_work();
    scene.exchange(Vec::new());
    let cursor = scene.client.desk().standing.cursor;
    let (out, request) = scene.ask();
    let mut head = scene.head(&request);
    head.state = State::Restored(vec![cursor]);
    let bytes = scene.answer(&out, head, Vec::new(), false);
    scene.receive(&bytes).expect("an answer");
    assert_eq!(scene.client.desk().standing.cursor, cursor);
    assert!(scene.client.desk().standing.asking);
    assert_eq!(scene.value(7, "name").as_deref(), Some("张小明"));
}

#[test]
fn a_stopped_device_reads_nothing_and_its_words_are_still_taken() {
    let mut scene = Scene::at_work();
    scene.edit(7, "name", "张小华");
    let (out, request) = scene.ask();
    let mut head = scene.head(&request);
    (head.state, head.lease) = (State::Revoked, None);
    let bytes = scene.answer(&out, head, Vec::new(), false);
    scene.receive(&bytes).expect("an answer");
    let reading = scene.with(|client, m| client.desk().reading(m)).map_err(|f| f.code);
    assert_eq!(reading, Err(Code::Revoked));
    assert_eq!(scene.client.desk().ladder().expect("the store").received, 1);
}

#[test]
fn a_stopped_device_says_again_what_a_restored_district_may_lack_and_hears_of_it_once() {
    let mut scene = Scene::at_work();
    scene.edit(7, "name", "张小华");
    let contact = |scene: &mut Scene, restores: u32| {
        let (out, request) = scene.ask();
        let mut head = scene.head(&request);
        (head.state, head.lease, head.life) = (State::Revoked, None, head.life + restores);
        // A backup made since the restore holds numbers that were given a second time.
        head.backed_up = 1_000 * u64::from(restores);
        let bytes = scene.answer(&out, head, Vec::new(), false);
        scene.receive(&bytes).expect("an answer");
        request.push.len()
    };
    for (restores, pushed) in [(0, 1), (0, 0), (1, 0), (1, 1), (1, 0)] {
        assert_eq!(contact(&mut scene, restores), pushed, "{restores} restores");
    }
}

#[test]
fn what_an_open_page_saves_after_the_stop_is_handed_in_at_the_next_contact() {
    let mut scene = Scene::at_work();
    let contact = |scene: &mut Scene| {
        let (out, request) = scene.ask();
        let mut head = scene.head(&request);
        (head.state, head.lease) = (State::Revoked, None);
        let bytes = scene.answer(&out, head, Vec::new(), false);
        scene.receive(&bytes).expect("an answer");
        request
    };
    let draft =
        serde_json::json!({ "draft": RecordId::new([110; 16]), "children": [child(7)], "values": { "note": "一" } });
    for _ in 0..2 {
        contact(&mut scene);
        let args = draft.to_string();
        scene.with(|client, m| client.call(m, "draft.save", args.as_bytes())).expect("on the disk");
        contact(&mut scene);
        assert_eq!(contact(&mut scene).push.len(), 1, "handed in");
        assert!(contact(&mut scene).push.is_empty(), "once");
    }
}

#[test]
fn a_small_first_download_in_one_frame_is_whole_at_once() {
    let mut scene = Scene::new();
    let mut rows = scene.first_rows(&["张小明", "李小红"]);
    rows[0].cursor = Some(scene.district.cursor());
    scene.exchange(rows);
    assert_eq!(scene.value(8, "name").as_deref(), Some("李小红"));
    assert!(scene.exchange(Vec::new()).want.is_empty());
}

#[test]
fn a_counter_ahead_of_ours_means_a_second_copy_so_a_new_branch_begins() {
    let mut scene = Scene::at_work();
    scene.edit(7, "name", "张甲");
    let (out, request) = scene.ask();
    let old = request.push[0].0.branch;
    let mut head = scene.head(&request);
    (head.state, head.receipts) = (State::Counter(500), Vec::new());
    let bytes = scene.answer(&out, head, Vec::new(), false);
    scene.receive(&bytes).expect("an answer");
    scene.edit(7, "name", "张乙");
    let (_, request) = scene.ask();
    assert!(scene.client.desk().standing.counter > 500);
    let envelope = &request.push[0].0;
    assert_ne!(envelope.branch, old, "the other copy may have used the old numbers");
    assert_eq!((envelope.seq, envelope.parts.len(), request.push.len()), (1, 2, 1));
    assert_eq!(request.cursor, Cursor::default(), "what the other copy wrote comes too");
}

#[test]
fn a_child_registered_offline_is_there_at_once_and_after_reopening() {
    let mut scene = Scene::at_work();
    let area = domain::area::Area::new(STREET + 1).expect("an area");
    let record = RecordId::new([109; 16]);
    let row = Row::Register { child: child(9), area, post: post(1) };
    let edits = vec![set("name", "赵小雨")];
    let acts = vec![Act::Row(row), Act::Edit { record, form: "child", child: Some(child(9)), edits }];
    scene.commit(acts).expect("registered");
    assert_eq!(scene.value(9, "name").as_deref(), Some("赵小雨"));
    scene.reopen();
    assert_eq!(scene.value(9, "name").as_deref(), Some("赵小雨"));
    let sent = scene.exchange(Vec::new());
    let kinds: Vec<Kind> = whole(&sent.push[0].0.parts).iter().map(|i| i.kind).collect();
    assert_eq!(kinds, [Kind::Roster, Kind::Change]);
    assert!(scene.with(|client, m| client.rebuilt_equals(m)).expect("the store"));
}

#[test]
fn nobody_writes_about_a_child_out_of_her_reach_nor_changes_a_finished_note() {
    let mut scene = Scene::at_work();
    let act = |n: u8, record: u8, form: &'static str| Act::Edit {
        record: RecordId::new([record; 16]),
        form,
        child: Some(child(n)),
        edits: vec![set("name", "甲")],
    };
    assert_eq!(scene.commit(vec![act(9, 50, "child")]).map_err(|f| f.code), Err(Code::NotFound));
    let visit = |n| Act::Edit {
        record: RecordId::new([n; 16]),
        form: "visit",
        child: Some(child(7)),
        edits: vec![set("note", "今天去了。")],
    };
    scene.commit(vec![visit(60)]).expect("a note");
    assert_eq!(scene.commit(vec![visit(60)]).map_err(|f| f.code), Err(Code::Finished));
    let row = Row::Erase { child: child(7) };
    assert_eq!(scene.commit(vec![Act::Row(row)]).map_err(|f| f.code), Err(Code::Denied));
    assert_eq!(scene.client.desk().ladder().expect("the store").saved, 1);
}

#[test]
fn the_lease_ends_reading_and_a_slow_clock_does_not_prolong_it() {
    let mut scene = Scene::at_work();
    let reading = |scene: &mut Scene| scene.with(|client, m| client.desk().reading(m)).map_err(|f| f.code);
    assert_eq!(reading(&mut scene), Ok(()));
    scene.now = scene.now.plus_s(15 * 86_400);
    assert_eq!(reading(&mut scene), Err(Code::LeaseOver));
    scene.edit(7, "name", "仍可写");
    scene.exchange(Vec::new());
    assert_eq!(reading(&mut scene), Ok(()), "each sync renews it");
}
