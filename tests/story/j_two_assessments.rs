//! j: two levels assess the risk on one day. The higher must stand until somebody assesses again.

use serde_json::{Value, json};

use crate::say::{DIRECTOR, STATION, assesses, card, differing, every_desk_is_sound, reads, street_with};

#[test]
fn of_two_assessments_of_one_day_the_higher_stands_until_a_later_one_lowers_it() {
    for [directors, stations] in [["3", "2"], ["2", "3"]] {
        let (mut world, child) = street_with("张小明");
        assesses(&mut world, DIRECTOR, child, directors, "祖母年迈，夜里常无人照看。");
        assesses(&mut world, STATION, child, stations, "电话里听着尚可，仍需留意。");
        world.settle();
        for seat in [STATION, DIRECTOR] {
            assert_eq!(card(&mut world, seat, child)["risk"]["code"], "3", "at {}", world.seats[seat].name);
            assert!(differing(&mut world, seat).is_empty(), "nobody has to choose");
        }

        world.pass_s(7 * 86_400);
        assesses(&mut world, STATION, child, "1", "母亲已返家照料，三次走访未见异常。");
        world.settle();
        for seat in [STATION, DIRECTOR] {
            assert_eq!(card(&mut world, seat, child)["risk"]["code"], "1", "lowered with a reason");
            assert_eq!(reads(&mut world, seat, child, "risk_at"), "2026-11-30");
        }
        every_desk_is_sound(&mut world);
    }
}

#[test]
fn no_level_is_written_or_lowered_without_an_assessment_and_a_reason() {
    let (mut world, child) = street_with("张小明");
    assesses(&mut world, DIRECTOR, child, "3", "祖母年迈，夜里常无人照看。");
    world.settle();

    let edits = json!([{ "set": { "key": "risk_level", "value": "1" } }]);
    let edited = world.ok(STATION, "child.edit", json!({ "child": child, "edits": edits }));
    assert_eq!(edited["saved"], json!([]), "not by hand: {edited}");
    let bare = json!({ "child": child, "values": { "level": "1", "reason": "好转" } });
    let refused = world.ok(STATION, "assessment.complete", bare);
    assert_eq!(refused["record"], Value::Null, "lowering needs its reason: {refused}");
    world.settle();
    assert_eq!(card(&mut world, DIRECTOR, child)["risk"]["code"], "3");
}
