//! What a synthetic district promises: exact counts, invented numbers only, real form keys, the
//! same seed the same bytes, and as much dirt as the handbook asks for.

use std::collections::{BTreeMap, BTreeSet};

use domain::code;
use domain::form;
use domain::post::Role;
use domain::value::{Key, Value};

use super::*;

fn counted(district: &District) -> BTreeMap<&str, usize> {
    district.children.iter().fold(BTreeMap::new(), |mut counts, child| {
        *counts.entry(child.category()).or_insert(0) += 1;
        counts
    })
}

fn roles(district: &District) -> BTreeMap<Role, usize> {
    district.current_posts().fold(BTreeMap::new(), |mut counts, post| {
        *counts.entry(post.role).or_insert(0) += 1;
        counts
    })
}

#[test]
fn the_district_has_exactly_the_people_of_the_seed() {
    let district = district(1);
    let roles = roles(&district);
    let of = |role| roles.get(&role).copied().unwrap_or(0);
    let staff = [Role::Supervisor, Role::Director, Role::Specialist, Role::SocialWorker].map(of);
    assert_eq!(staff, [13, 131, 13, 39]);
    assert_eq!(staff.iter().sum::<usize>(), 196);
    assert_eq!(district.units.len(), 1 + 13 + 131);
    let counts = counted(&district);
    assert_eq!((counts["A2"], counts["A1"], counts["B1"], counts["D1"]), (6, 1, 34, 16));
    assert_eq!(counts["E1"] + counts["E2"] + counts["E3"] + counts["E4"], 420);
    assert_eq!((counts["F1"], counts["F2"]), (6, 2600));
    let names: BTreeSet<&str> = district.units.iter().map(|unit| unit.name.as_str()).collect();
    assert_eq!(names.len(), district.units.len(), "two units share a name");
}

#[test]
fn the_57_live_scattered_as_the_handbook_says() {
    for seed in 0..5 {
        let district = district(seed);
        let (mut communities, mut streets) = (BTreeMap::new(), BTreeMap::new());
        for child in district.children.iter().filter(|c| c.category().starts_with(['A', 'B', 'D'])) {
            *communities.entry(child.community).or_insert(0) += 1;
            *streets.entry(district.station_of(child.community)).or_insert(0) += 1;
        }
        assert!((131 - communities.len()) as f64 / 131.0 > 0.6, "{} communities have some", communities.len());
        assert!(communities.values().all(|n| *n <= 3), "{communities:?}");
        assert!(streets.len() == 13 && streets.values().all(|n| (1..=9).contains(n)), "{streets:?}");
    }
}

#[test]
fn the_county_has_its_22_towns_and_380_villages() {
    let county = county(1);
    assert_eq!(county.units.len(), 1 + 22 + 380);
    assert_eq!((roles(&county)[&Role::Director], roles(&county)[&Role::SocialWorker]), (380, 30));
    let counts = counted(&county);
    assert_eq!((counts["A1"] + counts["A2"], counts["B1"], counts["F1"], counts["F2"]), (68, 291, 2131, 700));
}

#[test]
fn no_number_could_be_a_real_persons() {
    let district = district(2);
    let mut ids = BTreeSet::new();
    for child in &district.children {
        assert!(number::is_invented_id(child.text("id_no")), "{}", child.text("id_no"));
        assert!(ids.insert(child.text("id_no").to_owned()), "a number twice");
        for (key, value) in child.values.iter().chain(&child.sensitive) {
            let text = value.as_text().unwrap_or("");
            let invented = match key.rsplit('/').next().unwrap_or("") {
                "id_no" => number::is_invented_id(text),
                "tel" | "teacher_tel" | "phone_child" => text.is_empty() || text.starts_with("1400"),
                "bank_account" => text.starts_with("6299") && text.len() == 19,
                "hukou_area" | "live_area" => text.starts_with("99") && text.len() == 12,
                _ => true,
            };
            assert!(invented, "{key} = {text}");
        }
    }
    assert!(district.units.iter().all(|unit| unit.area.to_string().starts_with("99")));
}

/// Keys and codes that the forms do not know.
fn strangers(id: &str, values: &BTreeMap<Key, Value>) -> Vec<String> {
    let form = form::builtin(id).expect("a built-in form");
    let mut strange = Vec::new();
    for (key, value) in values {
        let Some(field) = form.field(key) else {
            strange.push(format!("{id}: no field for {key}"));
            continue;
        };
        let table = field.code.as_deref().and_then(code::table);
        let code = match value {
            Value::Text(text) => Some(text.as_str()),
            Value::Yes(_) => key.rsplit('/').next().filter(|_| key.contains('/')),
            Value::Int(_) | Value::Unknown => None,
        };
        if let (Some(table), Some(code)) = (table, code)
            && !table.has(code)
        {
            strange.push(format!("{id}: {key} holds {code}, not a code of {}", table.id));
        }
    }
    strange
}

#[test]
fn every_key_and_code_is_one_of_the_forms() {
    let district = make(Scale::small(2, 6), 3, as_of());
    let mut strange = BTreeSet::new();
    for (n, child) in district.children.iter().enumerate() {
        strange.extend(strangers("child", &child.values));
        strange.extend(strangers("child_sensitive", &child.sensitive));
        strange.extend(strangers("assessment", &child.assessment));
        visit::history(&district, n).iter().for_each(|visit| strange.extend(strangers("visit", &visit.values)));
        assert!(child.values.len() >= 35, "{} fields", child.values.len());
        assert!(!child.values.contains_key("risk_level"), "only an assessment gives a level");
    }
    assert!(strange.is_empty(), "{strange:#?}");
}

#[test]
fn visits_keep_their_rhythm_and_some_find_nobody_at_home() {
    let district = make(Scale::small(3, 30), 4, as_of());
    let visits: Vec<visit::Visit> = (0..district.children.len()).flat_map(|n| visit::history(&district, n)).collect();
    let unmet = visits.iter().filter(|v| v.values["met_child"] == Value::Yes(false)).count();
    let share = unmet as f64 / visits.len() as f64;
    assert!((0.06..0.12).contains(&share), "{share:.3} of {}", visits.len());
    for visit in visits.iter().filter(|v| v.values["met_child"] == Value::Yes(true)) {
        let length = visit.values["note"].as_text().map_or(0, |t| t.chars().count());
        assert!((20..=220).contains(&length), "{length} characters");
        assert!(visit.day < district.on);
        assert!(!visit.values["note"].as_text().unwrap_or("").contains('{'), "a slot stayed open");
    }
}

#[test]
fn a_district_is_visited_about_17_000_times_a_year() {
    let district = district(1);
    let visits: usize = (0..district.children.len()).map(|n| visit::history(&district, n).len()).sum();
    assert!((14_000..22_000).contains(&visits), "{visits} visits");
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let truth = |seed| {
        let ledger = ledger::write(&make(Scale::small(2, 5), seed, as_of()), true).expect("a ledger");
        (serde_json::to_string(&ledger.truth).expect("json"), ledger.bytes)
    };
    assert_eq!(truth(7), truth(7));
    assert_ne!(truth(7).0, truth(8).0);
}

#[test]
fn the_dirt_is_as_much_as_the_handbook_asks_for() {
    let district = district(1);
    let truth = ledger::write(&district, true).expect("a ledger").truth;
    let counts = truth.counts();
    let share = |kind: &str| counts.get(kind).copied().unwrap_or(0) as f64 / truth.rows.len() as f64;
    let expected = [
        ("id15", 0.02),
        ("id_check", 0.01),
        ("id_twice", 0.005),
        ("id_scientific", 0.01),
        ("phone_empty", 0.075),
        ("parent_id_missing", 0.12),
        ("date_style", 1.65),
        ("two_communities", 0.003),
    ];
    for (kind, about) in expected {
        let share = share(kind);
        assert!((about * 0.75..=about * 1.25).contains(&share), "{kind}: {share:.4}, about {about} wanted");
    }
    for kind in ["twin", "namesake", "name_spaces", "sex_digit", "id_untidy", "id_old_area"] {
        assert!(share(kind) > 0.0, "no {kind}");
    }
    assert_eq!(truth.rows.len(), district.children.len() + counts["two_communities"]);
}

#[test]
fn a_clean_ledger_has_a_row_for_every_child_and_nothing_to_explain() {
    let district = make(Scale::small(3, 6), 5, as_of());
    let truth = ledger::write(&district, false).expect("a ledger").truth;
    assert_eq!(truth.rows.len(), district.children.len());
    assert!(truth.rows.iter().all(|row| row.damages.is_empty() && row.row > 4));
    assert!(!org_book::write(&district).expect("a workbook").is_empty());
}
