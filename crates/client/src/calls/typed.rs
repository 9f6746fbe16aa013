//! What a person typed as a day or a time, read by the core: screens parse nothing and show what it
//! understood.

use domain::check::{clock, day, time};
use domain::day::Day;
use domain::fault::Fault;
use domain::moment::Moment;
use domain::words::Words;
use serde::{Deserialize, Serialize};

use crate::desk::Desk;

/// A day as it was typed.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "TypedDay"))]
pub(crate) struct TypedDay {
    text: String,
    /// Which day is meant where the year is not written; `null` where it must be.
    near: Option<day::Near>,
}

/// What was understood.
#[derive(PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Understood {
    /// The normal form; what cannot be read stays as it was typed.
    text: String,
    /// What to do, where it cannot be read.
    problem: Option<Words>,
}

/// Answers `read.day`.
#[expect(clippy::unnecessary_wraps, reason = "every call has one shape")]
pub(crate) fn day(desk: &Desk, m: &Moment, typed: TypedDay) -> Result<Understood, Fault> {
    Ok(understood(&typed.text, day_of(desk.today(m), &typed)))
}

fn day_of(today: Day, typed: &TypedDay) -> Result<String, Words> {
    let read = match typed.near {
        Some(near) => day::read_near(&typed.text, today, near).map(|day| day.to_string()),
        None => day::read(&typed.text).map(|day| day.to_string()),
    };
    read.map_err(day::DayProblem::words)
}

fn understood(typed: &str, read: Result<String, Words>) -> Understood {
    match read {
        Ok(text) => Understood { text, problem: None },
        Err(problem) => Understood { text: typed.trim().to_owned(), problem: Some(problem) },
    }
}

/// Day and time of a visit as they were typed.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct TypedMoment {
    day: String,
    time: String,
}

/// What was understood of both.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct MomentUnderstood {
    day: Understood,
    time: Understood,
    /// What to keep: the moment, or both texts until they can be read.
    value: String,
}

/// Answers `read.moment`: when a visit was.
#[expect(clippy::unnecessary_wraps, reason = "every call has one shape")]
pub(crate) fn moment(desk: &Desk, m: &Moment, typed: TypedMoment) -> Result<MomentUnderstood, Fault> {
    let near = TypedDay { text: typed.day, near: Some(day::Near::Past) };
    let day = understood(&near.text, day_of(desk.today(m), &near));
    let clock = clock::read(&typed.time);
    let time = understood(&typed.time, clock.map(|clock| clock.to_string()).map_err(clock::ClockProblem::words));
    let value = match (day.text.parse::<Day>(), clock) {
        (Ok(day), Ok(clock)) => time::write(time::at(day, clock)),
        (Ok(_) | Err(_), _) => format!("{}T{}", day.text, time.text),
    };
    Ok(MomentUnderstood { day, time, value })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::calls::tests::call;
    use crate::scene::{STREET, Scene, area};

    fn registered(scene: &mut Scene, values: &Value) -> Value {
        call(scene, "child.create", &json!({ "area": area(STREET + 1), "sure": true, "values": values }))
    }

    fn stored(scene: &mut Scene, child: &Value, key: &str) -> Value {
        let file = call(scene, "child.open", &json!({ "child": child }));
        let sections = file["sections"].as_array().expect("sections");
        let mut fields = sections.iter().flat_map(|section| section["fields"].as_array().expect("fields"));
        fields.find(|field| field["key"] == key).expect("the field")["cell"]["text"].clone()
    }

    #[test]
    fn the_time_of_a_visit_is_read_by_the_core_and_what_cannot_be_read_is_said() {
        let mut scene = Scene::at_work();
        for (typed, time) in [("１４３０", "14:30"), ("9", "09:00"), ("15", "15:00"), ("下午3点", "15:00")] {
            let said = call(&mut scene, "read.moment", &json!({ "day": "今天", "time": typed }));
            assert_eq!((&said["time"]["text"], &said["time"]["problem"]), (&json!(time), &Value::Null), "{typed}");
            let value = said["value"].as_str().expect("a value");
            assert!(value.ends_with(&format!("T{time}:00+08:00")), "{value}");
        }
        for typed in ["3:5", "", "25", "刚才"] {
            let said = call(&mut scene, "read.moment", &json!({ "day": "今天", "time": typed }));
            assert!(said["time"]["problem"]["text"].is_string(), "{typed}: {said}");
            assert!(said["value"].as_str().is_some_and(|value| value.ends_with(&format!("T{typed}"))), "{said}");
        }
    }

    #[test]
    fn a_birth_day_needs_its_year_and_a_plan_does_not() {
        let mut scene = Scene::at_work();
        let day = |scene: &mut Scene, near: Value| call(scene, "read.day", &json!({ "text": "0506", "near": near }));
        assert!(day(&mut scene, Value::Null)["problem"]["text"].as_str().is_some_and(|text| text.contains("哪一年")));
        assert!(day(&mut scene, json!("coming"))["problem"].is_null());
        let refused = registered(&mut scene, &json!({ "name": "王小明", "birth": "0506" }));
        assert_eq!(refused["child"], Value::Null);
        let said = refused["findings"].as_array().expect("findings").iter().find(|one| one["key"] == "birth");
        assert!(said.and_then(|one| one["text"].as_str()).is_some_and(|text| text.contains("哪一年")), "{refused}");
    }

    #[test]
    fn what_is_typed_at_registration_is_stored_in_its_normal_form_and_found_however_it_is_typed() {
        let mut scene = Scene::at_work();
        let values = json!({
            "name": "阿依努尔．买买提", "birth": "2012年1月1日", "id_type": "01", "id_no": "99010220120101124x",
            "phone_child": "+86 140-0000-0421", "height_cm": "120厘米",
        });
        let child = registered(&mut scene, &values)["child"].clone();
        for (key, text) in [("name", "阿依努尔·买买提"), ("birth", "2012-01-01"), ("height_cm", "120")] {
            assert_eq!(stored(&mut scene, &child, key), json!(text), "{key}");
        }
        for typed in [
            "14000000421",
            "140 0000 0421",
            "+8614000000421",
            "99010220120101124x",
            "阿依努尔•买买提",
            "阿依努尔。买买提",
        ] {
            let hits = call(&mut scene, "children.find", &json!({ "text": typed }));
            assert_eq!(hits["cards"][0]["child"], child, "{typed}");
        }
        let same = json!({ "area": area(STREET + 1), "values": { "name": "买买提", "id_no": "99010220120101124X" } });
        let again = call(&mut scene, "child.create", &same);
        assert_eq!(again["doubles"][0]["child"], child, "one document, however its X is written: {again}");
    }

    #[test]
    fn sounds_are_alike_unless_she_switched_it_off() {
        let mut scene = Scene::at_work();
        let child = registered(&mut scene, &json!({ "name": "章程程" }))["child"].clone();
        let found = |scene: &mut Scene| {
            call(scene, "children.find", &json!({ "text": "zancenceng" }))["cards"][0]["child"].clone()
        };
        assert_eq!(found(&mut scene), child);
        call(&mut scene, "settings.set", &json!({ "key": "search.alike", "value": false }));
        assert_eq!(found(&mut scene), Value::Null);
    }

    #[test]
    fn rows_that_an_older_program_made_are_made_anew_when_the_store_is_opened() {
        let mut scene = Scene::at_work();
        let child =
            registered(&mut scene, &json!({ "name": "王小明", "phone_child": "0531-88880421" }))["child"].clone();
        let db = &scene.client.desk().db;
        db.execute("UPDATE child_card SET needles = replace(needles, '053188880421', '0531-88880421')", [])
            .expect("rows");
        db.execute("INSERT OR IGNORE INTO stale (one) VALUES (1)", []).expect("rows");
        let found = |scene: &mut Scene| {
            call(scene, "children.find", &json!({ "text": "53188880421" }))["cards"][0]["child"].clone()
        };
        scene.reopen();
        assert_eq!(found(&mut scene), child);
    }
}
