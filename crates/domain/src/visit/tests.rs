//! The visit note: a whole one is quiet, each rule speaks alone.

use super::*;
use crate::finding::{Level, may_finish};

const ONE: &str = "visitors/00000000000000000000000000000001";
const TWO: &str = "visitors/00000000000000000000000000000002";

fn context() -> Context {
    Context {
        birth: "2015-03-07".parse().ok(),
        now: time::read("2026-11-23T17:00:00+08:00").expect("a time"),
        risk: Some(Risk::Middle),
        categories: BTreeSet::from(["B1".into()]),
        policy: Policy::default(),
    }
}

fn whole() -> Values {
    let mut values: Values = [
        ("visit_at", "2026-11-23T16:30:00+08:00"),
        ("mode", "1"),
        ("note", "家中整洁，祖母照护，情绪稳定，学习正常。"),
        ("risk_hint", "1"),
        ("next_visit", "2026-12-08"),
    ]
    .map(|(k, v)| (k.to_owned(), Value::text(v)))
    .into();
    values.extend(DIMENSIONS.map(|key| (key.to_owned(), Value::text("1"))));
    values.extend(["met_child", "met_guardian", "purpose/1", ONE].map(|key| (key.to_owned(), Value::Yes(true))));
    values
}

fn changed(changes: &str) -> Values {
    let mut values = whole();
    for change in changes.split_whitespace() {
        let (key, value) = change.split_once('=').expect("key=value");
        match value {
            "" => _ = values.remove(key),
            "是" | "否" => _ = values.insert(key.into(), Value::Yes(value == "是")),
            value => _ = values.insert(key.into(), Value::text(value)),
        }
    }
    values
}

#[test]
fn a_whole_note_says_nothing() {
    assert_eq!(check(&whole(), &context()), []);
}

#[test]
fn each_rule_of_the_note_speaks() {
    let (red, yellow) = (Some(Level::Red), Some(Level::Yellow));
    for (changes, key, level) in [
        ("visit_at=2026-11-23T17:10:00+08:00", "visit_at", None),
        ("visit_at=2026-11-23T17:10:01+08:00", "visit_at", red),
        ("visit_at=2015-03-06T10:00:00+08:00", "visit_at", red),
        ("visit_at=昨天", "visit_at", red),
        ("visit_at=2026-11-16T17:00:00+08:00", "late_reason", None),
        ("visit_at=2026-11-16T16:59:59+08:00", "late_reason", red),
        ("visit_at=2026-11-10T10:00:00+08:00 late_reason=纸质补录", "late_reason", None),
        ("mode=", "mode", red),
        ("mode=6", "mode_other", red),
        ("mode=2", "met_child", yellow),
        ("mode=2 met_child=否", "met_child", None),
        ("mode=2 met_child=否", "unmet_reason", None),
        ("mode=6 mode_other=微信留言 met_child=否", "unmet_reason", None),
        ("mode=3 met_child=否", "unmet_reason", red),
        ("met_child=否", "unmet_reason", red),
        ("met_child=否 unmet_reason=敲门无人", "unmet_reason", None),
        ("met_guardian=否", "unmet_reason", yellow),
        ("met_guardian=否 mode=4", "unmet_reason", None),
        ("purpose/1=", "purpose", red),
        ("purpose/3=是", "visitors", yellow),
        ("living=", "living", red),
        ("living=3", "living_note", red),
        ("living=3 living_note=断电三天", "living_note", None),
        ("safety=4 safety_note=独自在家", "report_needed", red),
        ("safety=4 safety_note=独自在家 report_needed=否", "report_needed", None),
        ("safety=4 safety_note=独自在家 report_needed=是", "report_needed", yellow),
        ("hazard/11=是", "report_needed", red),
        ("hazard/11=是", "visitors", yellow),
        ("hazard/99=是", "hazard_other", red),
        ("hazard/77=是", "hazard/77", red),
        ("note=好", "note", red),
        ("note=", "note", red),
        ("child_words=想妈妈", "child_words", yellow),
        ("child_words=“想妈妈”", "child_words", None),
        ("risk_hint=", "risk_hint", red),
        ("safety=4 safety_note=独自在家 report_needed=否", "risk_hint", yellow),
        ("safety=4 safety_note=独自在家 report_needed=否 risk_hint=2", "risk_hint", None),
        ("hazard/10=是 report_needed=否 next_visit=2026-11-24", "next_visit", None),
        ("hazard/10=是 report_needed=否 next_visit=2026-11-25", "next_visit", yellow),
        ("next_visit=2026-11-23", "next_visit", red),
        ("next_visit=2026-12", "next_visit", red),
        ("next_visit=2026-12-09", "next_visit", yellow),
        ("needs/1=是 policy_told/3=是 actions/2=是", "needs", None),
    ] {
        let found = check(&changed(changes), &context());
        assert_eq!(found.iter().find(|f| f.key == key).map(|f| f.level), level, "{changes}: {found:?}");
        assert!(found.iter().all(|f| crate::words::speaks_both(&f.text, &f.en)), "{changes}: {found:?}");
    }
}

#[test]
fn left_behind_children_and_high_risk_ask_for_more() {
    let mut context = context();
    context.categories.insert("F1".into());
    context.risk = Some(Risk::High);
    let found = check(&changed("next_visit=2026-11-30"), &context);
    let keys: Vec<&str> = found.iter().map(|f| f.key.as_str()).collect();
    assert_eq!(keys, ["visitors", "contact_parent"]);
    let mut quiet = changed("next_visit=2026-11-30 contact_parent=1");
    quiet.insert(TWO.into(), Value::Yes(true));
    assert_eq!(check(&quiet, &context), []);
}

#[test]
fn the_next_visit_follows_the_policy_and_only_meetings_count() {
    let on = "2026-11-23".parse().expect("a day");
    assert_eq!(next_visit(on, &whole(), &context()).to_string(), "2026-12-08");
    for danger in ["safety=4", "hazard/11=是", "report_needed=是"] {
        let next = next_visit(on, &changed(danger), &context());
        assert_eq!(next.to_string(), "2026-11-24", "{danger}: the rhythm of the urgent");
    }
    assert!(attempt(&whole()).is_some_and(|a| a.resets() && a.on == on));
    for changes in ["met_child=否", "mode=2", "mode=6"] {
        assert!(attempt(&changed(changes)).is_some_and(|a| !a.resets()), "{changes}");
    }
    assert_eq!(attempt(&changed("visit_at=")), None);
}

#[test]
fn a_note_sent_back_says_what_is_wanted() {
    let of =
        |pairs: &[(&str, &str)]| -> Values { pairs.iter().map(|(k, v)| ((*k).to_owned(), Value::text(*v))).collect() };
    let about = "00000000000000000000000000000009";
    assert!(may_finish(&check_review(&of(&[("about", about), ("verdict", "1")]), false)));
    assert!(!may_finish(&check_review(&of(&[("about", about), ("verdict", "2")]), false)));
    assert!(may_finish(&check_review(&of(&[("about", about), ("verdict", "2"), ("note", "请补安全隐患")]), true)));
    assert!(!may_finish(&check_review(&of(&[("about", "那一条"), ("verdict", "1")]), false)));
    assert!(
        !may_finish(&check_review(&of(&[("about", about), ("verdict", "1")]), true)),
        "an alarm is answered in words"
    );
    assert!(may_finish(&check_review(&of(&[("about", about), ("verdict", "1"), ("note", "今晚同去")]), true)));
    assert!(may_finish(&check_supplement(&of(&[("about", about), ("text", "补充：母亲已来电")]))));
    assert!(!may_finish(&check_supplement(&of(&[("about", about)]))));
}
