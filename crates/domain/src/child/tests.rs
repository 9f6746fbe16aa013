//! The child's file: a whole one is quiet, each rule speaks alone, doubles are seen.

use proptest::prelude::*;

use super::*;
use crate::finding::{Finding, Level, may_finish};
use crate::words::speaks_both;

type Values = BTreeMap<Key, Value>;

const FATHER: &str = "00000000000000000000000000000051";
const MOTHER: &str = "00000000000000000000000000000052";

fn day(text: &str) -> Day {
    text.parse().expect("a day")
}

fn today() -> Day {
    day("2026-11-23")
}

/// A file with everything that is needed.
fn whole() -> Values {
    let mut values: Values = [
        ("child_no", "990102-2026-001001"),
        ("name", "林子墨"),
        ("sex", "1"),
        ("birth", "2015-03-07"),
        ("id_type", "01"),
        ("id_no", "990102201503070018"),
        ("nation", "01"),
        ("hukou_area", "990102003007"),
        ("hukou_addr", "澄明区明湖路街道竹影社区5号楼"),
        ("live_area", "990102003007"),
        ("live_addr", "澄明区明湖路街道竹影社区5号楼"),
        ("risk_level", "1"),
        ("health", "10"),
        ("school_stage", "2"),
        ("school_name", "竹影小学"),
        ("guard_type", "1"),
    ]
    .map(|(k, v)| (k.to_owned(), Value::text(v)))
    .into();
    values.insert("hukou_has".into(), Value::Yes(true));
    values.extend(category("B1", Some("2024-05")));
    for (row, relation, name, birth) in [(FATHER, "51", "林伟", "1985-02-01"), (MOTHER, "52", "赵静", "1987-06")] {
        for (column, value) in [("relation", relation), ("name", name), ("birth", birth)] {
            values.insert(format!("family/{row}/{column}"), Value::text(value));
        }
    }
    values.insert(format!("family/{FATHER}/is_guardian"), Value::Yes(true));
    values
}

/// Changes to the whole file: `key=value`, `key=` removes, `是`/`否`/`?` are yes, no, unknown.
fn changed(changes: &str) -> Values {
    let mut values = whole();
    for change in changes.split(' ').filter(|c| !c.is_empty()) {
        let (key, value) = change.split_once('=').expect("key=value");
        let key = key.replace("father/", &format!("family/{FATHER}/"));
        match value {
            "" => values.retain(|k, _| *k != key && !k.starts_with(&format!("{key}/"))),
            "是" | "否" => _ = values.insert(key, Value::Yes(value == "是")),
            "?" => _ = values.insert(key, Value::Unknown),
            value => _ = values.insert(key, Value::text(value)),
        }
    }
    values
}

fn at<'a>(found: &'a [Finding], key: &str) -> Option<&'a Finding> {
    let key = key.replace("father/", &format!("family/{FATHER}/"));
    found.iter().find(|f| f.key == key)
}

#[test]
fn a_whole_file_says_nothing() {
    assert_eq!(check(&whole(), today()), []);
}

#[test]
fn each_rule_of_the_file_speaks() {
    let (red, yellow) = (Some(Level::Red), Some(Level::Yellow));
    for (changes, key, level) in [
        ("name=", "name", red),
        ("name=王", "name", red),
        ("name=王3", "name", yellow),
        ("name=阿依努尔·买买提", "name", None),
        ("sex=2", "sex", yellow),
        ("birth=2015-03-08", "birth", red),
        ("birth=2015-03-08 birth_est=是", "birth", yellow),
        ("birth=2015-03", "birth", red),
        ("birth=2015-03 birth_est=是", "birth", None),
        ("birth=2027-01-01 id_no=? ", "birth", red),
        ("birth=1905-07-05 id_no=? ", "birth", red),
        ("birth=2008-11-18 id_no=990102200811183351 school_stage=3", "birth", yellow),
        ("birth=2008-11-18 id_no=990102200811183351 school_stage=4", "birth", None),
        ("id_no=990102201503070019", "id_no", red),
        ("id_no=990102201503070019 id_suspect=是", "id_no", yellow),
        ("id_no=99010220150307001 id_suspect=是", "id_no", red),
        ("id_no=", "id_no", red),
        ("id_no=?", "id_no", yellow),
        ("id_type=90", "id_no", red),
        ("id_type=90", "no_id_reason", red),
        ("id_type=90 id_no= no_id_reason=1", "id_no", None),
        ("id_type=03", "id_no", red),
        ("id_type=03 id_no=S123456789", "id_no", None),
        ("hukou_has=", "hukou_has", red),
        ("hukou_has=?", "hukou_has", None),
        ("hukou_has=否 hukou_kind=1", "hukou_kind", yellow),
        ("risk_level=", "risk_level", yellow),
        ("categories=", "categories", red),
        ("categories/C1/status=1", "categories", red),
        ("categories/F2/status=1 birth=2010-01-01 id_no=?", "categories/F2/status", yellow),
        ("categories/B1/status=3", "categories/B1/to", red),
        ("categories/B1/status=3", "categories/B1/exit_reason", red),
        ("categories/B1/status=3 categories/B1/to=2024-04 categories/B1/exit_reason=AGE18", "categories/B1/to", red),
        ("categories/B1/status=3 categories/B1/exit_reason=OTHER", "categories/B1/exit_reason_other", red),
        ("categories/F1/status=1", "guard_reason", yellow),
        ("health=60", "dis_type", red),
        ("health=60", "dis_cert", red),
        ("health=60 dis_cert=?", "dis_cert", None),
        ("dis_cert=99010220150307001843 dis_level=3", "dis_cert", None),
        ("dis_cert=99010220150307001843 dis_level=2", "dis_cert", yellow),
        ("dis_cert=12345", "dis_cert", red),
        ("height_cm=300", "height_cm", yellow),
        ("height_cm=140 weight_kg=35.5", "height_cm", None),
        ("school_stage=10", "dropout_reason", red),
        ("school_name=", "school_name", yellow),
        ("student_no=G990102201503070026", "student_no", yellow),
        ("father/relation=61", "family", red),
        ("father/name=不详", "father/unknown", yellow),
        ("father/name=不详 father/unknown=是", "father/unknown", None),
        ("father/birth=2003-01-01", "father/birth", yellow),
        ("father/birth=1950-01-01", "father/birth", yellow),
        ("father/id_no=990108580412047", "father/id_no", yellow),
        ("father/is_guardian=", "family", yellow),
        ("guard_type=6", "guard_type", yellow),
        ("guard_type=7", "care_agreement", yellow),
        ("improper/6=是", "improper", yellow),
        ("aid/0/status=1 aid/1/status=1", "aid", yellow),
        ("aid/99/status=1", "aid_other", red),
        ("live_type=9", "live_type_other", red),
    ] {
        let found = check(&changed(changes), today());
        let heard = at(&found, key);
        assert_eq!(heard.map(|f| f.level), level, "{changes}: {found:?}");
        assert!(heard.is_none_or(|f| f.text.chars().count() > 4), "{changes}");
        assert!(found.iter().all(|f| speaks_both(&f.text, &f.en)), "{changes}: {found:?}");
    }
}

#[test]
fn what_stands_in_no_ordinary_file_is_known_in_any_words() {
    for text in ["受艾滋病影响儿童", "母亲 ＨＩＶ 阳性", "hiv+", "AIDS", "爱滋"] {
        assert!(is_not_ordinary(text), "{text}");
    }
    for text in ["archive", "raids", "爱画画", ""] {
        assert!(!is_not_ordinary(text), "{text}");
    }
    assert!(is_sealed_category("categories/C1/status") && !is_sealed_category("categories/B1/C1"));
}

#[test]
fn the_sensitive_part_asks_for_the_scale_and_warns_of_the_account() {
    let of =
        |pairs: &[(&str, &str)]| -> Values { pairs.iter().map(|(k, v)| ((*k).to_owned(), Value::text(*v))).collect() };
    let found = check_sensitive(&of(&[("psych", "3")]), today());
    assert!(found.iter().all(|f| speaks_both(&f.text, &f.en)), "{found:?}");
    assert!(["psych_scale", "psych_at", "psych_org"].iter().all(|k| at(&found, k).is_some_and(|f| f.missing)));
    assert_eq!(check_sensitive(&of(&[("psych", "0"), ("bank_account", "6299000000000000002")]), today()), []);
    let warned = check_sensitive(&of(&[("bank_account", "6299000000000000003")]), today());
    assert!(may_finish(&warned) && at(&warned, "bank_account").is_some_and(|f| speaks_both(&f.text, &f.en)));
    assert!(!may_finish(&check_sensitive(&of(&[("bank_account", "6.299E+18")]), today())));
    assert!(!may_finish(&check_sensitive(&of(&[("psych_at", "2027-01-01")]), today())));
}

#[test]
fn completeness_counts_needed_fields_and_lists_the_rest() {
    let full = completeness(&whole(), today());
    assert_eq!((full.percent(), full.missing.len()), (100, 0));
    let part = completeness(&changed("nation=? guard_type= health=60"), today());
    let keys: Vec<&str> = part.missing.iter().map(|m| m.key.as_str()).collect();
    assert_eq!(keys, ["dis_type", "dis_level", "dis_cert", "guard_type"], "未采集 (nation) is an answer");
    assert_eq!(part.needed, full.needed + 3);
    let answered = completeness(&changed("health=60 dis_type/1=是 dis_level=? dis_cert=? id_no=?"), today());
    assert_eq!(answered.missing, [], "where the words offer 未采集 it is an answer");
    assert!(part.percent() < 100 && part.missing.iter().all(|m| !m.title.is_empty() && !m.group.is_empty()));
    assert_eq!(completeness(&Values::new(), today()).filled, 0);
}

/// 去补填 leads to what hands can fill in; the risk level alone comes from its assessment.
#[test]
fn what_is_missing_can_be_filled_in_and_what_may_be_answered_unknown_can_be() {
    let form = form::builtin("child").expect("a form");
    for changes in
        ["", "health=60 guard_type=7 school_stage=10 id_type=90", "categories/B1/status=3 id_no=", "birth= name="]
    {
        for values in [changed(changes), Values::new()] {
            for missing in completeness(&values, today()).missing {
                let key = missing.key.as_str();
                let field = form.field(key).or_else(|| form.fields.iter().find(|f| f.key == key)).expect(key);
                assert!(!field.computed && !field.given, "{key}");
                assert!(field.merge != crate::form::Merge::Higher || key == "risk_level", "{key}");
            }
            for finding in check(&values, today()).iter().filter(|f| f.text.contains("请填未采集")) {
                assert!(form.field(&finding.key).is_some_and(|f| f.unknown), "{finding:?}");
            }
        }
    }
}

#[test]
fn categories_are_those_that_have_not_ended() {
    let values = changed("categories/F1/status=3 categories/E1/from=2024");
    assert_eq!(categories(&values).into_iter().collect::<Vec<_>>(), ["B1", "E1"]);
    assert_eq!((age(&whole(), today()), age(&changed("birth=2016-02-29"), day("2034-02-28"))), (Some(11), Some(17)));
    assert_eq!(age(&changed("birth="), today()), None);
}

#[test]
fn one_child_in_two_files_is_seen_and_twins_are_two() {
    let of = |changes: &str| Identity::of(&changed(changes));
    let a = of("");
    for (other, expected) in [
        (of("name=林子默"), Some(Same::Document)),
        (of("id_no=９９０１０２201503070018 birth="), Some(Same::Document)),
        (of("id_no=? name=林　子墨"), Some(Same::NameAndBirth)),
        (of("id_no=990102201503070026 name=林子涵"), None),
        (of("id_no=? birth=2015-03"), None),
        (Identity::default(), None),
    ] {
        assert_eq!(same(&a, &other), expected, "{other:?}");
        assert_eq!(same(&other, &a), expected, "{other:?}");
    }
    assert_eq!(same(&Identity::default(), &Identity::default()), None);
    assert!(family_documents(&changed("father/id_no=99010819580412047x")).contains("99010819580412047X"));
}

#[test]
fn file_numbers_have_their_parts() {
    let area: Area = "990102003007".parse().expect("an area");
    assert_eq!(file_number(area, 2026, 17, 5).as_deref(), Some("990102-2026-017005"));
    assert_eq!(file_number(area, 2026, 1000, 5), None);
    assert_eq!(stand_in_number(area, today(), 12).as_deref(), Some("TMP-990102-20261123-0012"));
    assert_eq!(stand_in_number(area, today(), 10_000), None);
}

proptest! {
    #[test]
    fn whatever_stands_in_a_file_the_rules_answer(
        entries in proptest::collection::btree_map("[a-z_]{1,12}(/[A-Z0-9]{1,3}(/[a-z_]{1,8})?)?", "\\PC{0,12}", 0..12),
        key in proptest::sample::select(vec!["id_no", "birth", "name", "dis_cert", "height_cm", "student_no", "risk_level"]),
        value in prop_oneof![Just(Value::Unknown), any::<bool>().prop_map(Value::Yes), any::<i64>().prop_map(Value::Int), "\\PC{0,20}".prop_map(Value::Text)],
    ) {
        let mut values = whole();
        values.extend(entries.into_iter().map(|(k, v)| (k, Value::Text(v))));
        values.insert(key.into(), value);
        let _ = (check(&values, today()), completeness(&values, today()), check_sensitive(&values, today()));
    }
}
