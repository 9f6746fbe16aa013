//! Whom nobody is in charge of, told through the door. It must not reach past it.

use domain::day::Day;
use domain::id::{PersonId, UnitId};
use domain::post::Role;
use domain::roster::Row;
use serde_json::{Value, json};

use crate::calls::tests::{call, station};
use crate::scene::{Scene, child, post};

fn told(scene: &mut Scene) -> (Value, Vec<(String, Value)>) {
    let today = call(scene, "today", &json!({}));
    let lines = today["unassigned"].as_array().expect("lines");
    let line = |one: &Value| (one["name"].as_str().unwrap_or_default().to_owned(), one["since"].clone());
    (today["unassigned_total"].clone(), lines.iter().map(line).collect())
}

#[test]
fn a_station_sees_whom_nobody_has_until_somebody_is_assigned() {
    let (mut scene, _) = station(&["张小明"]);
    assert_eq!(told(&mut scene), (json!(0), vec![]));
    let which = json!({ "children": [child(7)], "post": post(1) });
    scene.now = scene.now.plus_s(3 * 86_400);
    call(&mut scene, "roster.withdraw", &which);
    let day = json!(Day::of(scene.now));
    scene.now = scene.now.plus_s(86_400);
    assert_eq!(told(&mut scene), (json!(1), vec![("张小明".into(), day.clone())]), "not sent yet");
    scene.exchange(vec![]);
    scene.reopen();
    assert_eq!(told(&mut scene), (json!(1), vec![("张小明".into(), day)]));
    call(&mut scene, "roster.assign", &json!({ "children": [child(7)], "post": post(2) }));
    assert_eq!(told(&mut scene), (json!(0), vec![]));
}

#[test]
fn the_children_of_a_director_whose_post_is_over_have_nobody_from_the_next_day() {
    let (mut scene, _) = station(&["张小明"]);
    let (person, unit, last) = (PersonId::new([1; 16]), UnitId::new([1; 16]), Day::of(scene.now));
    let over = Row::Post { id: post(1), person, unit, role: Role::Director, from: Day::EPOCH, to: Some(last) };
    let mut m = domain::moment::Moment::new(scene.now, &mut scene.chance);
    let placed = scene.district.rows(&mut m, vec![over]);
    let rows = scene.tail(vec![placed]);
    scene.exchange(vec![rows]);
    assert_eq!(told(&mut scene).0, json!(0));
    scene.now = scene.now.plus_s(86_400);
    let since = json!(last.plus(1));
    let lines = vec![("曾一诺".to_owned(), since.clone()), ("张小明".to_owned(), since)];
    assert_eq!(told(&mut scene), (json!(2), lines));
}

#[test]
fn a_director_is_not_asked_to_assign_anybody() {
    let mut scene = Scene::at_work();
    let mut m = domain::moment::Moment::new(scene.now, &mut scene.chance);
    let placed = scene.district.rows(&mut m, vec![Row::Withdraw { child: child(7), post: post(1) }]);
    let rows = scene.tail(vec![placed]);
    scene.exchange(vec![rows]);
    assert_eq!(told(&mut scene), (json!(0), vec![]));
}
