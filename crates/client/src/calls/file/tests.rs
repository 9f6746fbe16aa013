//! Photographs, told through the door. It must not reach past it but to look for what must not
//! be there.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::fault::{Code, Fault};
use serde_json::{Value, json};

use crate::scene::{Scene, child, holds};

fn tell(scene: &mut Scene, name: &str, args: &Value) -> Result<Value, Fault> {
    let done = scene.with(|client, m| client.call(m, name, args.to_string().as_bytes()))?;
    Ok(serde_json::from_slice(&done.json).expect("JSON"))
}

fn call(scene: &mut Scene, name: &str, args: &Value) -> Value {
    tell(scene, name, args).unwrap_or_else(|fault| panic!("{name}: {fault:?}"))
}

/// A photograph of a yard, base64.
pub(crate) fn yard(shade: u8) -> String {
    let image = image::RgbImage::from_fn(640, 480, |x, y| image::Rgb([shade, (x / 3) as u8, (y / 2) as u8]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, image::ImageFormat::Jpeg).expect("a JPEG");
    STANDARD.encode(bytes.into_inner())
}

fn siblings() -> Scene {
    let mut scene = Scene::new();
    let rows = scene.first_rows(&["张小明", "张小红"]);
    scene.exchange(rows);
    scene
}

fn draft(scene: &mut Scene, children: &[u8]) -> Value {
    let children: Vec<_> = children.iter().map(|n| child(*n)).collect();
    let begun = call(scene, "visit.begin", &json!({ "children": children }));
    let mut values = begun["values"].clone();
    let written = json!({
        "met_child": true, "met_guardian": true, "living": "1", "guard": "1", "health": "1", "study": "2",
        "psych": "1", "safety": "1", "social": "1", "note": "家中整洁，由外祖母照护，情绪稳定，学习正常。",
    });
    for (key, value) in written.as_object().expect("a map") {
        values[key] = value.clone();
    }
    let save = json!({ "draft": begun["draft"], "children": children, "values": values });
    call(scene, "draft.save", &save);
    begun["draft"].clone()
}

fn add(scene: &mut Scene, draft: &Value, shade: u8) -> Value {
    let args = json!({ "draft": draft, "field": "attach", "name": "C:\\照片\\院子.HEIC.jpeg", "data": yard(shade) });
    call(scene, "file.add", &args)
}

fn pieces(scene: &Scene) -> u32 {
    let count = |db: &rusqlite::Connection| db.query_row("SELECT count(*) FROM piece", [], |row| row.get(0));
    scene.client.with_db(count).expect("open").expect("a count")
}

#[test]
fn a_drafts_photograph_survives_a_kill_and_goes_with_the_note() {
    let mut scene = siblings();
    let draft = draft(&mut scene, &[7]);
    let line = add(&mut scene, &draft, 9);
    assert_eq!((&line["name"], &line["draft"], &line["here"]), (&json!("院子.HEIC.jpg"), &json!(true), &json!(true)));
    scene.reopen();
    let of = call(&mut scene, "file.of", &json!({ "about": draft }));
    assert_eq!(of[0]["file"], line["file"], "still there after the kill");
    assert_eq!(call(&mut scene, "sync.state", &json!({}))["files_waiting"], 0, "a draft is not sent");

    let done = call(&mut scene, "visit.complete", &json!({ "draft": draft }));
    let visit = done["records"][0]["visit"].clone();
    let of = call(&mut scene, "file.of", &json!({ "about": visit }));
    assert_eq!((&of[0]["child"], &of[0]["draft"], &of[0]["sent"]), (&json!(child(7)), &json!(false), &json!(false)));
    assert_eq!(of[0]["who"]["own"], true);
    let which = json!({ "file": of[0]["file"] });
    let opened = call(&mut scene, "file.open", &which);
    let bytes = STANDARD.decode(opened["data"].as_str().expect("here")).expect("base64");
    assert_eq!(image::load_from_memory(&bytes).expect("a JPEG").width(), 640);
    assert!(call(&mut scene, "file.thumb", &which)["data"].is_string());
    assert_eq!(tell(&mut scene, "file.drop", &which).map_err(|f| f.code), Err(Code::Finished));
    assert_eq!(call(&mut scene, "file.list", &json!({ "child": child(7) }))[0]["file"], of[0]["file"]);
    let state = call(&mut scene, "sync.state", &json!({}));
    assert_eq!((&state["files_waiting"], &state["pieces_waiting"]), (&json!(1), &json!(pieces(&scene))));
    assert!(scene.with(|client, m| client.rebuilt_equals(m)).expect("the store"));
}

#[test]
fn siblings_get_a_photograph_each_under_its_own_key() {
    let mut scene = siblings();
    let draft = draft(&mut scene, &[7, 8]);
    add(&mut scene, &draft, 9);
    call(&mut scene, "visit.complete", &json!({ "draft": draft }));
    let of = |scene: &mut Scene, n| call(scene, "file.list", &json!({ "child": child(n) }))[0].clone();
    let (one, other) = (of(&mut scene, 7), of(&mut scene, 8));
    assert_ne!(one["file"], other["file"]);
    let open = |scene: &mut Scene, line: &Value| call(scene, "file.open", &json!({ "file": line["file"] }));
    assert_eq!(open(&mut scene, &one)["data"], open(&mut scene, &other)["data"], "the same picture");
    let sql = "SELECT count(DISTINCT bytes) = count(*), count(DISTINCT file) FROM piece";
    let kept = |db: &rusqlite::Connection| db.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)));
    let kept: (bool, u32) = scene.client.with_db(kept).expect("open").expect("a count");
    assert_eq!(kept, (true, 2), "no ciphertext twice, and the draft's is gone");
}

#[test]
fn photographs_stand_as_they_were_added_the_same_with_every_sibling() {
    let mut scene = siblings();
    let draft = draft(&mut scene, &[7, 8]);
    for shade in [200, 40, 120, 80, 160] {
        add(&mut scene, &draft, shade);
    }
    let open = |scene: &mut Scene, line: &Value| {
        call(scene, "file.open", &json!({ "file": line["file"] }))["data"].as_str().expect("a picture").to_owned()
    };
    let of = |scene: &mut Scene, lines: Value| -> Vec<String> {
        lines.as_array().expect("lines").iter().map(|line| open(scene, line)).collect()
    };
    let lines = call(&mut scene, "file.of", &json!({ "about": draft }));
    let added = of(&mut scene, lines);
    call(&mut scene, "visit.complete", &json!({ "draft": draft }));
    for n in [7, 8] {
        let lines = call(&mut scene, "file.list", &json!({ "child": child(n) }));
        assert_eq!(of(&mut scene, lines), added, "child {n}");
    }
}

#[test]
fn what_is_taken_out_or_thrown_away_is_gone_and_a_visit_takes_five() {
    let mut scene = siblings();
    let draft = draft(&mut scene, &[7]);
    let first = add(&mut scene, &draft, 1);
    for shade in 2..=5 {
        add(&mut scene, &draft, shade);
    }
    let sixth = json!({ "draft": draft, "field": "attach", "name": "六.jpg", "data": yard(6) });
    assert_eq!(tell(&mut scene, "file.add", &sixth).map_err(|f| f.code), Err(Code::ManyPictures));
    call(&mut scene, "file.drop", &json!({ "file": first["file"] }));
    add(&mut scene, &draft, 6);
    assert_eq!(call(&mut scene, "file.of", &json!({ "about": draft })).as_array().map(Vec::len), Some(5));
    call(&mut scene, "draft.drop", &json!({ "draft": draft }));
    assert_eq!(pieces(&scene), 0, "thrown away with the draft");
    let gone = tell(&mut scene, "file.open", &json!({ "file": first["file"] }));
    assert_eq!(gone.map_err(|f| f.code), Err(Code::NotFound));
}

#[test]
fn a_portrait_belongs_to_the_childs_file_at_once() {
    let mut scene = siblings();
    let record = call(&mut scene, "child.open", &json!({ "child": child(7) }))["card"]["record"].clone();
    let record = if record.is_string() { record } else { json!(domain::id::RecordId::new([107; 16])) };
    let args = json!({ "child": child(7), "about": record, "field": "photo", "name": "", "data": yard(3) });
    let line = call(&mut scene, "file.add", &args);
    assert_eq!((&line["name"], &line["field"]), (&json!("照片.jpg"), &json!("photo")));
    let request = scene.exchange(Vec::new());
    let items = request.push[0].0.items().filter_map(|(_, item)| item.ok());
    assert_eq!(items.filter(|item| item.kind == sync::item::Kind::File).count(), 1, "the manifest goes with the text");
}

#[test]
fn no_picture_no_place_and_not_hers_are_refused_in_words() {
    let mut scene = siblings();
    let draft = draft(&mut scene, &[7]);
    let mut args = json!({ "draft": draft, "field": "attach", "name": "a.jpg", "data": STANDARD.encode("no picture") });
    assert_eq!(tell(&mut scene, "file.add", &args).map_err(|f| f.code), Err(Code::BadPicture));
    args["data"] = json!("A".repeat(21 << 20));
    assert_eq!(tell(&mut scene, "file.add", &args).map_err(|f| f.code), Err(Code::LargePicture), "too large");
    args["data"] = json!(yard(1));
    args["about"] = draft.clone();
    assert_eq!(tell(&mut scene, "file.add", &args).map_err(|f| f.code), Err(Code::BadCall));
    let foreign = json!({ "child": child(9), "about": draft, "field": "photo", "name": "", "data": yard(3) });
    assert_eq!(tell(&mut scene, "file.add", &foreign).map_err(|f| f.code), Err(Code::NotFound));
    assert_eq!(pieces(&scene), 0);
}

#[test]
fn no_picture_lies_readable_in_the_folder() {
    let mut scene = siblings();
    let draft = draft(&mut scene, &[7]);
    let line = add(&mut scene, &draft, 9);
    let opened = call(&mut scene, "file.open", &json!({ "file": line["file"] }));
    let bytes = STANDARD.decode(opened["data"].as_str().expect("here")).expect("base64");
    for needle in [&bytes[..32], &bytes[bytes.len() / 2..][..32], "院子.HEIC".as_bytes()] {
        assert!(!holds(scene.dir.path(), needle));
    }
}
