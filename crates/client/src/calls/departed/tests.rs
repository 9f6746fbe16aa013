//! A child that left, told through the door. It must not reach past it.

use domain::roster::Row;
use serde_json::{Value, json};

use crate::calls::tests::call;
use crate::scene::{STREET, Scene, area, child, post};

fn told(scene: &mut Scene) -> Value {
    call(scene, "today", &json!({}))["departed"].clone()
}

/// Rows of the district come.
fn come(scene: &mut Scene, rows: Vec<Row>) {
    let mut m = domain::moment::Moment::new(scene.now, &mut scene.chance);
    let placed = scene.district.rows(&mut m, rows);
    let rows = scene.tail(vec![placed]);
    scene.exchange(vec![rows]);
}

#[test]
fn a_director_reads_once_that_a_child_was_handed_over_and_to_whom() {
    let mut scene = Scene::at_work();
    assert_eq!(told(&mut scene), json!([]));
    let rows = vec![Row::Assign { child: child(7), post: post(2) }, Row::Withdraw { child: child(7), post: post(1) }];
    come(&mut scene, rows);
    let line = json!([{ "child": child(7), "name": null, "how": "handed", "person": "主任2" }]);
    assert_eq!(told(&mut scene), line, "the name went with the file");
    scene.reopen();
    assert_eq!(told(&mut scene), line);
    call(&mut scene, "departed.seen", &json!({ "children": [child(7)] }));
    assert_eq!(told(&mut scene), json!([]), "read once");
}

#[test]
fn a_child_given_back_before_anybody_read_it_never_left() {
    let mut scene = Scene::at_work();
    come(&mut scene, vec![Row::Withdraw { child: child(7), post: post(1) }]);
    assert_eq!(told(&mut scene)[0]["how"], "withdrawn");
    come(&mut scene, vec![Row::Assign { child: child(7), post: post(1) }]);
    assert_eq!(told(&mut scene), json!([]));
}

#[test]
fn a_child_that_moved_is_named_while_it_is_still_hers() {
    let mut scene = Scene::at_work();
    come(&mut scene, vec![Row::Child { child: child(7), area: area(STREET + 2) }]);
    let line = json!([{ "child": child(7), "name": "张小明", "how": "community", "place": "社区2" }]);
    assert_eq!(told(&mut scene), line);
    come(&mut scene, vec![Row::Child { child: child(7), area: area(STREET + 1) }]);
    assert_eq!(told(&mut scene), json!([]), "back again");
    come(&mut scene, vec![Row::Child { child: child(7), area: area(990_102_002_001) }]);
    assert_eq!(told(&mut scene), json!([{ "child": child(7), "name": "张小明", "how": "street" }]));
    come(&mut scene, vec![Row::Erase { child: child(7) }]);
    assert_eq!(told(&mut scene), json!([]));
}

#[test]
fn a_station_reads_that_a_child_moved_out_of_its_street() {
    let (mut scene, _) = crate::calls::tests::station(&["张小明"]);
    come(&mut scene, vec![Row::Withdraw { child: child(7), post: post(1) }]);
    assert_eq!(told(&mut scene), json!([]), "that it sees itself");
    come(&mut scene, vec![Row::Child { child: child(7), area: area(990_102_002_001) }]);
    assert_eq!(told(&mut scene), json!([{ "child": child(7), "name": null, "how": "street" }]));
}
