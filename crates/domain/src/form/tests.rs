//! Forms: the built-in ones are whole, foreign ones are refused within caps, old ones read on.

use proptest::prelude::*;

use super::*;
use crate::finding::Level;
use crate::words::speaks_both;

/// Every key of handbook §3.1 A–G, written by hand. `bank` and `psych` stand in parts.
const CHILD: &str = "child_no name former_name sex birth birth_est id_type id_no no_id_reason nation hukou_has \
    hukou_kind hukou_area hukou_addr live_area live_addr live_type photo phone_child categories risk_level risk_at \
    next_visit_due assigned_director assigned_social_worker wx_contact \
    health dis_type dis_level dis_cert vaccine care_level medical_ins height_cm weight_kg \
    school_stage school_name grade_class boarding student_no teacher teacher_tel academic dropout_reason \
    family guard_type guard_reason guard_eval improper care_agreement \
    income_src family_type aid age last_visit open_cases aid_this_year missing_count remark";
const FAMILY: &str = "relation name unknown sex birth id_type id_no tel edu job work_area away_from return_freq \
    contact_freq status health bad_habit annual_income is_guardian guardian_order live_together custody";
const SENSITIVE: &str = "disease psych psych_scale psych_at psych_org bank_name bank_holder bank_account bank_payee \
    bank_relation bank_way";
/// Every key of handbook §3.3.
const VISIT: &str = "child visit_at minutes mode purpose visitors met_child met_guardian unmet_reason \
    child_talk_alone living guard health study psych safety social hazard contact_parent child_words note needs \
    policy_told actions followup risk_hint next_visit attach sign_guardian sign_visitor";

fn form(id: &str) -> &'static Form {
    builtin(id).expect("a built-in form")
}

fn values(pairs: &[(&str, Value)]) -> BTreeMap<Key, Value> {
    pairs.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect()
}

#[test]
fn every_key_of_the_handbook_stands_in_its_form() {
    for (id, keys) in [("child", CHILD), ("child_sensitive", SENSITIVE), ("visit", VISIT)] {
        for key in keys.split_whitespace() {
            assert!(form(id).fields.iter().any(|f| f.key == key), "{id} lacks {key}");
        }
    }
    for column in FAMILY.split_whitespace() {
        assert!(
            form("child").fields.iter().any(|f| f.key == "family" && f.columns.iter().any(|c| c.key == column)),
            "{column}"
        );
    }
    for (rows, columns) in [("categories", "status from to exit_reason"), ("aid", "status from to amount dept")] {
        for column in columns.split_whitespace() {
            assert!(form("child").field(&format!("{rows}/x/{column}")).is_some(), "{rows} {column}");
        }
    }
}

#[test]
fn built_in_forms_have_both_labels_and_fit_the_rights_table() {
    for id in BUILTIN {
        let form = form(id);
        assert!(crate::rights::TABLE.iter().any(|g| g.form == id), "{id}");
        let all = form.fields.iter().flat_map(|f| f.columns.iter().chain([f]));
        for field in all {
            assert!(!field.title.is_empty() && !field.en.is_empty(), "{id} {}", field.key);
        }
        assert!(form.fields.iter().all(|f| !f.group.is_empty()), "{id}");
    }
    assert!(form("visit").event && !form("child").event);
    assert_eq!(form("child_sensitive").class, Class::Sensitive);
    assert!(form("child").fields.iter().filter(|f| f.merge == Merge::Text).map(|f| &f.key).eq(["remark"]));
    assert!(form("child").fields.iter().any(|f| f.key == "risk_level" && f.merge == Merge::Higher));
}

#[test]
fn record_keys_find_their_field() {
    let child = form("child");
    let row = "0123456789abcdef0123456789abcdef";
    for (key, title) in [
        ("name", Some("姓名")),
        ("categories/B1/from", Some("起始日期")),
        (&format!("family/{row}/tel"), Some("电话")),
        (&format!("family/{row}/status/LOST"), Some("情形")),
        ("dis_type/4", Some("残疾类别")),
        (&format!("family/{row}/status"), None),
        (&format!("family/{row}/tel/x"), None),
        ("categories/B1", None),
        ("dis_type", None),
        ("name/x", None),
        ("of_the_future", None),
    ] {
        assert_eq!(child.field(key).map(|f| f.title.as_str()), title, "{key}");
    }
}

#[test]
fn a_record_of_an_older_version_reads_on_and_nothing_unknown_is_lost() {
    let now = Form::parse(
        r#"{"$id":"f","x-version":2,"title":"表","x-en":"form","x-class":"ordinary","type":"object","properties":{
        "phone":{"type":"string","format":"tel","title":"电话","x-en":"Telephone","x-was":["mobile"]},
        "kin":{"type":"array","x-merge":"rows","title":"家人","x-en":"Kin","x-was":["family"],"items":{"properties":{
            "tel":{"type":"string","format":"tel","title":"电话","x-en":"Telephone","x-was":["phone"]}}}}}}"#,
    )
    .expect("a form");
    let old = values(&[
        ("mobile", Value::text("14000000001")),
        ("family/r1/phone", Value::text("14000000002")),
        ("strange", Value::Int(1)),
    ]);
    let new = now.upcast(old);
    assert_eq!(new.get("phone"), Some(&Value::text("14000000001")));
    assert_eq!(new.get("kin/r1/tel"), Some(&Value::text("14000000002")));
    assert_eq!(new.get("strange"), Some(&Value::Int(1)));
    let both = values(&[("mobile", Value::text("1")), ("phone", Value::text("2"))]);
    assert_eq!(now.upcast(both), values(&[("phone", Value::text("2"))]), "the present key wins");
}

#[test]
fn values_that_do_not_fit_are_red_and_say_which() {
    let child = form("child");
    for (key, value, good) in [
        ("sex", Value::text("1"), true),
        ("sex", Value::text("3"), false),
        ("birth", Value::text("2015-03"), true),
        ("birth", Value::text("2015-3-7"), false),
        ("birth", Value::Int(2015), false),
        ("name", Value::Unknown, false),
        ("hukou_addr", Value::Unknown, true),
        ("vaccine", Value::text("是"), false),
        ("height_cm", Value::text("101.5"), true),
        ("height_cm", Value::text("-1"), false),
        ("phone_child", Value::text("14000001234、0531-88881234"), true),
        ("phone_child", Value::text("1234"), false),
        ("live_area", Value::text("990102003007"), true),
        ("live_area", Value::text("澄明区"), false),
        ("dis_type/4", Value::Yes(true), true),
        ("dis_type/9", Value::Yes(true), false),
        ("categories/Z9/status", Value::text("1"), false),
        ("family/r1/name", Value::text("不详"), false),
        ("grade_class", Value::text("一".repeat(21)), false),
        ("of_the_future", Value::Int(1), true),
    ] {
        let found = check(child, &values(&[(key, value.clone())]));
        let wrong = found.iter().any(|f| f.key == key && f.level == Level::Red);
        assert_eq!(!wrong, good, "{key} {value:?} {found:?}");
    }
}

fn with_columns(fields: &[Field]) -> Vec<&Field> {
    fields.iter().flat_map(|field| std::iter::once(field).chain(&field.columns)).collect()
}

#[test]
fn every_label_and_help_text_is_said_in_both_languages() {
    for form in BUILTIN.map(form) {
        assert!(speaks_both(&form.title, &form.en), "{}", form.id);
        for field in with_columns(&form.fields) {
            assert!(speaks_both(&field.title, &field.en), "{} {}", form.id, field.key);
            let none = field.help.is_empty() && field.help_en.is_empty();
            assert!(none || speaks_both(&field.help, &field.help_en), "{} {}", form.id, field.key);
        }
    }
}

#[test]
fn other_asks_for_words_and_periods_run_forward() {
    let child = form("child");
    let found = check(child, &values(&[("live_type", Value::text("9")), ("improper/9", Value::Yes(true))]));
    for key in ["live_type_other", "improper_other"] {
        assert!(found.iter().any(|f| f.key == key && f.missing), "{key}");
    }
    let period = |from: &str, to: &str| {
        let row = values(&[("aid/1/from", Value::text(from)), ("aid/1/to", Value::text(to))]);
        check(child, &row).iter().any(|f| f.key == "aid/1/to")
    };
    assert!(period("2024-05-06", "2024-05-05") && !period("2024-05-06", "2024-05") && !period("2024", "2024-01-01"));
}

#[test]
fn foreign_forms_are_refused_within_caps() {
    let with = |properties: &str| {
        Form::parse(&format!(
            r#"{{"$id":"f","x-version":1,"title":"表","x-en":"form","x-class":"ordinary","properties":{{{properties}}}}}"#
        ))
    };
    let field = |rest: &str| format!(r#""a":{{"title":"甲","x-en":"a",{rest}}}"#);
    assert!(with(&field(r#""type":"string""#)).is_ok());
    for bad in [
        r#""type":"string","format":"nonsense""#,
        r#""type":"string","x-merge":"rows""#,
        r#""type":"string","x-merge":"text""#,
        r#""type":"string","x-merge":"authority""#,
        r#""type":"array","x-merge":"set""#,
        r#""type":"string","x-code":"nowhere""#,
        r#""type":"string","maxLength":1000000"#,
        r#""type":"array","x-merge":"rows","items":{"properties":{"b":{"type":"array","x-merge":"rows","title":"","x-en":"","items":{"properties":{}}}}}"#,
    ] {
        assert!(with(&field(bad)).is_err(), "{bad}");
    }
    let good = field(r#""type":"string""#);
    assert!(with(&format!("{good},{good}")).is_err(), "a key twice");
    assert!(with(&good.replace("\"a\":", "\"A/b\":")).is_err());
    assert!(with(&good.replace("\"a\":", "\"form_ver\":")).is_err());
    assert!(with("").is_err());
    let many: Vec<String> = (0..301).map(|i| good.replace("\"a\":", &format!("\"a{i}\":"))).collect();
    assert!(with(&many.join(",")).is_err());
    assert!(matches!(Form::parse(&" ".repeat(300_000)), Err(BadForm::TooLarge(_))));
    assert!(matches!(Form::parse(&"[".repeat(10_000)), Err(BadForm::Json(_))));
}

proptest! {
    #[test]
    fn any_bytes_are_answered(at in 0usize..2000, with in "\\PC{0,3}", cut in 0usize..2000) {
        let whole = SOURCES[5];
        prop_assert!(Form::parse(&whole.chars().take(cut).collect::<String>()).is_err() || cut >= whole.trim_end().chars().count());
        let mut text: Vec<char> = whole.chars().collect();
        let at = at % text.len();
        text.splice(at..=at, with.chars());
        let _ = Form::parse(&text.into_iter().collect::<String>());
    }
}

#[test]
fn a_time_that_cannot_be_read_is_red_and_says_what_is_wrong_with_it() {
    let field = builtin("visit").and_then(|form| form.field("visit_at")).expect("the field");
    for (typed, said) in [
        ("2026-11-22T", "几点"),
        ("2026-11-22T3:5", "分钟"),
        ("2026-11-22T25", "没有这个时间"),
        ("T9", "日期"),
        ("2026-11-22", "时间"),
        ("2026-11-22T14:30", "时间"),
    ] {
        let finding = check_value(field, "visit_at", &Value::text(typed)).expect(typed);
        assert!(finding.text.contains(said), "{typed}: {}", finding.text);
    }
    assert!(check_value(field, "visit_at", &Value::text("2026-11-22T14:30:00+08:00")).is_none());
    assert!(check_value(field, "visit_at", &Value::Int(9)).is_some());
}

#[test]
fn a_birth_day_without_its_year_asks_for_the_year() {
    let field = builtin("child").and_then(|form| form.field("birth")).expect("the field");
    let finding = check_value(field, "birth", &Value::text("0506")).expect("a finding");
    assert!(finding.text.contains("哪一年"), "{}", finding.text);
}

#[test]
fn a_rule_about_a_field_covers_its_marker_members_and_former_names() {
    let json = r#"{"$id": "f", "title": "表", "x-en": "f", "x-version": 2, "x-class": "ordinary", "type": "object", "properties": {
        "no": {"type": "string", "title": "号", "x-en": "no", "x-given": true, "x-was": ["nr"]},
        "free": {"type": "string", "title": "填", "x-en": "free"}
    }}"#;
    let form = Form::parse(json).expect("a form");
    let given = |key: &str| form.touches(key, |field| field.given);
    for key in ["no", "?no", "no/1", "?no/1", "nr", "?nr", "nr/1"] {
        assert!(given(key), "{key}");
    }
    for key in ["free", "?free", "number", "n", "form_ver"] {
        assert!(!given(key), "{key}");
    }
}
