//! i: one clears what another edits. What was written must survive, and both must be told.

use serde_json::Value;

use crate::say::{DIRECTOR, STATION, clears, every_desk_is_sound, history, reads, street_with, writes};

#[test]
fn an_edit_survives_that_another_clears_and_both_stand_in_the_history() {
    let (mut world, child) = street_with("张小明");
    for (clearing, writing) in [(DIRECTOR, STATION), (STATION, DIRECTOR)] {
        let address = format!("明湖路 {writing} 号");
        writes(&mut world, DIRECTOR, child, "live_addr", "旧地址");
        world.settle();
        clears(&mut world, clearing, child, "live_addr");
        writes(&mut world, writing, child, "live_addr", &address);
        world.settle();

        for seat in [STATION, DIRECTOR] {
            assert_eq!(reads(&mut world, seat, child, "live_addr"), address, "at {}", world.seats[seat].name);
            let lines = history(&mut world, seat, child, "live_addr");
            let told = |who: usize, after: &Value| {
                lines.iter().take(2).any(|l| l["who"]["person"] == world.seats[who].name && l["after"] == *after)
            };
            assert!(told(writing, &address.clone().into()), "the writing is told: {lines:?}");
            assert!(told(clearing, &Value::Null), "the clearing is told: {lines:?}");
        }
    }
    every_desk_is_sound(&mut world);
}
