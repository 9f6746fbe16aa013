//! A store of before is opened by the program of now: nothing a person wrote is lost on the way.

use rusqlite::Connection;
use serde_json::json;

use super::*;
use crate::calls::tests::{call, whole_note};
use crate::draft;
use crate::scene::{Scene, child};

#[test]
fn drafts_of_before_are_there_after_the_upgrade() {
    let mut db = Connection::open_in_memory().expect("a store");
    migrations().to_version(&mut db, 9).expect("the tables of before");
    let children = [*child(7).as_bytes(), *child(8).as_bytes()].concat();
    db.execute(
        "INSERT INTO draft (draft, form, children, body, begun, saved) VALUES (?1, 'visit', ?2, ?3, 1, 2)",
        rusqlite::params![[9_u8; 16], children, r#"{"note":"两个孩子都在家","followup/k3x/item":"补户口"}"#],
    )
    .expect("a draft of before");
    migrations().to_latest(&mut db).expect("the tables of now");
    let kept = draft::load(&db, domain::id::RecordId::new([9; 16])).expect("the store").expect("the draft");
    assert_eq!((kept.children, kept.version, kept.values.len()), (vec![child(7), child(8)], 1, 2));
    assert_eq!(draft::all(&db).expect("the store").len(), 1);
}

#[test]
fn what_notes_of_before_left_to_be_done_is_there_after_the_upgrade() {
    let mut scene = Scene::at_work();
    let begun = call(&mut scene, "visit.begin", &json!({ "children": [child(7)] }));
    let mut values = whole_note(&begun);
    values["followup/00000000000000000000000000000001/item"] = json!("问学校要课桌");
    values["followup/00000000000000000000000000000002/item"] = json!("补户口");
    let done = call(&mut scene, "visit.complete", &json!({ "draft": begun["draft"], "values": values }));
    let row = "00000000000000000000000000000002";
    call(&mut scene, "follow_up.done", &json!({ "visit": done["records"][0]["visit"], "row": row, "done": true }));
    let db = &scene.client.desk().db;
    let open = || -> Vec<String> {
        let mut query = db.prepare("SELECT item FROM follow_up WHERE done IS NULL").expect("a query");
        query.query_map([], |row| row.get(0)).expect("rows").collect::<Result<_, _>>().expect("text")
    };
    let before = open();
    assert_eq!(before, ["问学校要课桌"]);
    db.execute_batch("DELETE FROM follow_up; DELETE FROM follow_said;").expect("a store of before");
    crate::project::rebuild_follow_ups(db).expect("the hook of the migration");
    assert_eq!(open(), before);
}
