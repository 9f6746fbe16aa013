//! Pieces beside text, with a district played by hand. It must not need a server.

use domain::fault::Code;
use serde_json::{Value, json};
use sync::courier::NetFault;
use sync::file::{Label, cut};
use sync::item::{Item, Kind};
use sync::piece::{Ask, Kept, PATH, Piece, Place, SignedAsk, Told};

use crate::exchange::{Outgoing, Reply};
use crate::scene::{DISTRICT, Scene, child};

/// A director with a photograph of child 7 by somebody else that is not here yet: its thumbnail
/// and two pieces.
fn with_photo() -> (Scene, Place, Vec<Vec<u8>>) {
    let mut scene = Scene::at_work();
    let about = domain::id::RecordId::new([107; 16]);
    let label = Label { about, field: "photo", name: "照片.jpg", media: "image/jpeg" };
    let made = scene.with(|_, m| cut(m, label, &[1; 900], &[2; 70_000])).expect("within the caps");
    let file = domain::id::RecordId::new([77; 16]);
    let body = made.manifest.encode();
    let item = Item { kind: Kind::File, record: file, form: "file".into(), child: Some(child(7)), body };
    let server = scene.district.server.clone();
    let placed = scene.district.place(&server, vec![item]);
    let rows = scene.tail(vec![placed]);
    scene.exchange(vec![rows]);
    (scene, Place { file, n: 0 }, made.pieces)
}

fn call(scene: &mut Scene, name: &str, place: Place) -> Value {
    let args = json!({ "file": place.file }).to_string();
    let done = scene.with(|client, m| client.call(m, name, args.as_bytes())).expect("taken");
    serde_json::from_slice(&done.json).expect("JSON")
}

/// The next request, which must be one for pieces.
fn asked(scene: &mut Scene) -> (Outgoing, Ask) {
    let out = scene.with(|client, m| client.next_request(m)).expect("a request");
    assert_eq!(out.path, PATH);
    let public = scene.client.desk().me.key.sign_public();
    let ask = SignedAsk::read(&out.body).expect("signed").open(&DISTRICT, &public).expect("by this device");
    (out, ask)
}

fn told(scene: &mut Scene, out: &Outgoing, told: &Told) -> Result<(), Code> {
    let sig = SignedAsk::sig_of(&out.body).expect("signed");
    let bytes = told.sign(&scene.district.server, &DISTRICT, &sig);
    scene.with(|client, m| client.on_reply(m, Reply::Chunk(&bytes))).map_err(|fault| fault.code)?;
    scene.with(|client, m| client.on_reply(m, Reply::End)).map(drop).map_err(|fault| fault.code)
}

#[test]
fn the_thumbnail_comes_by_itself_and_the_file_when_somebody_looks() {
    let (mut scene, thumb, pieces) = with_photo();
    let (out, ask) = asked(&mut scene);
    assert_eq!((&ask.get, ask.put.len()), (&vec![thumb], 0));
    let got = vec![Piece { place: thumb, bytes: pieces[0].clone() }];
    told(&mut scene, &out, &Told { got, ..Told::default() }).expect("taken");
    assert!(call(&mut scene, "file.thumb", thumb)["data"].is_string());
    assert!(scene.with(|client, m| client.next_request(m)).is_none(), "nobody asked for the file");

    assert_eq!(call(&mut scene, "file.open", thumb)["data"], Value::Null);
    scene.exchange(Vec::new());
    let (out, ask) = asked(&mut scene);
    let places = [Place { n: 1, ..thumb }, Place { n: 2, ..thumb }];
    assert_eq!(ask.get, places);
    let got = vec![Piece { place: places[1], bytes: pieces[2].clone() }];
    told(&mut scene, &out, &Told { got, ..Told::default() }).expect("taken");
    assert!(scene.with(|client, m| client.next_request(m)).is_none(), "what is not there yet is not asked for at once");
    scene.now = scene.now.plus_s(3600);
    scene.exchange(Vec::new());
    let (out, ask) = asked(&mut scene);
    assert_eq!(ask.get, places[..1], "and never what is here");
    let got = vec![Piece { place: places[0], bytes: pieces[1].clone() }];
    told(&mut scene, &out, &Told { got, ..Told::default() }).expect("taken");
    assert!(call(&mut scene, "file.open", thumb)["data"].is_string());
}

#[test]
fn pieces_that_cannot_travel_never_hold_up_text() {
    let (mut scene, ..) = with_photo();
    for fault in [NetFault::Unknown, NetFault::Offline, NetFault::Portal] {
        asked(&mut scene);
        scene.edit(7, "school_name", &format!("{fault:?}小学"));
        scene.with(|client, m| client.on_reply(m, Reply::Failed(fault))).expect("taken");
        scene.now = scene.now.plus_s(60);
        assert_eq!(scene.exchange(Vec::new()).push.len(), 1, "{fault:?}: the edit went");
        scene.now = scene.now.plus_s(3600);
        assert!(scene.exchange(Vec::new()).push.is_empty());
    }
    // What was written while a piece was on its way goes before the next piece.
    let (out, _) = asked(&mut scene);
    scene.edit(7, "school_name", "第一小学");
    told(&mut scene, &out, &Told::default()).expect("taken");
    scene.now = scene.now.plus_s(30);
    assert_eq!(scene.exchange(Vec::new()).push.len(), 1);
}

#[test]
fn who_asks_now_does_not_wait_until_the_pieces_have_rested() {
    let (mut scene, thumb, _) = with_photo();
    asked(&mut scene);
    scene.with(|client, m| client.on_reply(m, Reply::Failed(NetFault::Offline))).expect("taken");
    scene.now = scene.now.plus_s(1);
    scene.exchange(Vec::new());
    let (out, ask) = asked(&mut scene);
    assert_eq!(ask.get, [thumb], "the line is back and somebody asked");
    told(&mut scene, &out, &Told::default()).expect("the district has it not yet");
    assert!(scene.with(|client, m| client.next_request(m)).is_none());
    scene.now = scene.now.plus_s(1);
    scene.exchange(Vec::new());
    assert_eq!(asked(&mut scene).1.get, [thumb], "asked again");
}

#[test]
fn an_answer_that_does_not_fit_changes_nothing() {
    let (mut scene, thumb, pieces) = with_photo();
    let piece = |place, bytes: &[u8]| Piece { place, bytes: bytes.to_vec() };
    let unasked = Told { got: vec![piece(Place { n: 1, ..thumb }, &pieces[1])], ..Told::default() };
    let damaged = Told { got: vec![piece(thumb, &pieces[1])], ..Told::default() };
    let many = Told { kept: vec![Kept::Yes], ..Told::default() };
    for answer in [unasked, damaged, many] {
        let (out, _) = asked(&mut scene);
        assert_eq!(told(&mut scene, &out, &answer), Err(Code::BadAnswer));
        scene.now = scene.now.plus_s(3600);
        scene.exchange(Vec::new());
    }
    asked(&mut scene);
    let forged = scene.with(|client, m| {
        client.on_reply(m, Reply::Chunk(b"<html>please log in</html>"))?;
        client.on_reply(m, Reply::End)
    });
    assert_eq!(forged.map_err(|fault| fault.code), Err(Code::BadAnswer));
    assert_eq!(call(&mut scene, "file.thumb", thumb)["data"], Value::Null);
}
