//! d: the station returns a note while the director supplements it. Neither word may be lost.

use serde_json::{Value, json};

use crate::say::{DIRECTOR, STATION, every_desk_is_sound, listed, street_with, visits};

#[test]
fn a_note_is_returned_while_it_is_supplemented_and_both_words_stand() {
    let (mut world, child) = street_with("张小明");
    let visit = visits(&mut world, DIRECTOR, child, "家中整洁，祖母在家。");
    world.settle();

    let returned = json!({ "visit": visit, "verdict": "2", "note": "请补充监护人联系方式" });
    world.ok(STATION, "visit.review", returned);
    world.pass_s(300);
    world.ok(DIRECTOR, "visit.supplement", json!({ "visit": visit, "text": "母亲下周返家，已留电话。" }));
    world.settle();

    let remark = |remark: &Value| {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (text(&remark["who"]["person"]), text(&remark["form"]), text(&remark["text"]))
    };
    for seat in [STATION, DIRECTOR] {
        let opened = world.ok(seat, "visit.open", json!({ "visit": visit }));
        let remarks: Vec<_> = listed(&opened["remarks"]).iter().map(remark).collect();
        let word = |who: &str, form: &str, text: &str| (who.to_owned(), form.to_owned(), text.to_owned());
        let both = [
            word("督导员1", "review", "请补充监护人联系方式"),
            word("主任1-1", "supplement", "母亲下周返家，已留电话。"),
        ];
        assert_eq!(remarks, both, "at {}", world.seats[seat].name);
        assert_eq!(opened["line"]["standing"], "supplemented");
        let today = world.ok(seat, "today", json!({}));
        assert_eq!(today["returned"][0]["record"], visit, "it is on today's page");
    }

    world.ok(STATION, "visit.review", json!({ "visit": visit, "verdict": "1" }));
    world.settle();
    let opened = world.ok(DIRECTOR, "visit.open", json!({ "visit": visit }));
    assert_eq!(opened["line"]["standing"], "read", "the station looked at it again");
    every_desk_is_sound(&mut world);
}
