//! What is wrong or missing in a child's file (handbook §3.1). Red blocks 完成, yellow does not.

use std::collections::BTreeMap;

use super::{ENDED, age, birth, categories, text};
use crate::check::{bank, day, dis_cert, id_no, name, paper, plain};
use crate::closing;
use crate::day::Day;
use crate::finding::Finding;
use crate::form::{self, members, rows};
use crate::value::{Key, Value};
use crate::words::Words;

type Values = BTreeMap<Key, Value>;

/// What is said where something may stand in no ordinary file, in Chinese and in English.
pub const NOT_ORDINARY: (&str, &str) = (
    "这一类别不在普通档案登记，请删去并电话联系区中心办理",
    "This category does not stand in an ordinary file; take it out and telephone the centre",
);

/// The category that stands in sealed files only.
const SEALED: &str = "C1";

/// Whether a key puts a child into a category that stands in sealed files only.
pub fn is_sealed_category(key: &str) -> bool {
    key.split_once('/').is_some_and(|(field, rest)| field == "categories" && rest.split('/').next() == Some(SEALED))
}

/// Whether a text says of somebody what stands in sealed files only, in whatever words.
pub fn is_not_ordinary(text: &str) -> bool {
    let text = plain(text).to_lowercase();
    let apart = |c: Option<char>| c.is_none_or(|c| !c.is_ascii_alphabetic());
    let word = |word: &str| {
        text.match_indices(word)
            .any(|(at, _)| apart(text[..at].chars().next_back()) && apart(text[at + word.len()..].chars().next()))
    };
    text.contains("艾滋") || text.contains("爱滋") || word("hiv") || word("aids")
}

/// Everything worth a look in a record of form `child`.
pub fn check(values: &Values, today: Day) -> Vec<Finding> {
    let mut found = form::builtin("child").map(|form| form::check(form, values)).unwrap_or_default();
    who(values, &mut found);
    born(values, today, &mut found);
    document(values, today, &mut found);
    sort(values, today, &mut found);
    health(values, today, &mut found);
    school(values, &mut found);
    family(values, today, &mut found);
    care(values, &mut found);
    found.extend(closing::check(values, today));
    found
}

/// Everything worth a look in a record of form `child_sensitive`.
pub fn check_sensitive(values: &Values, today: Day) -> Vec<Finding> {
    let mut found = form::builtin("child_sensitive").map(|form| form::check(form, values)).unwrap_or_default();
    if text(values, "psych").is_some_and(|p| p != "0") {
        for (key, what, en) in [
            ("psych_scale", "量表名称", "the scale"),
            ("psych_at", "筛查日期", "the day"),
            ("psych_org", "筛查机构", "who screened"),
        ] {
            if !values.contains_key(key) {
                found.push(Finding::missing(
                    key,
                    (
                        format!("填了心理筛查结果，请写明{what}"),
                        format!("A result of a mental screening is given; say {en} too"),
                    ),
                ));
            }
        }
    }
    if text(values, "psych_at").and_then(day::stored).is_some_and(|d| d.earliest() > today) {
        found.push(Finding::red(
            "psych_at",
            ("筛查日期还没有到，请改正", "The day of the screening has not come yet; put it right"),
        ));
    }
    match text(values, "bank_account").map(bank::read) {
        Some(Err(problem)) => found.push(Finding::red("bank_account", problem.words())),
        Some(Ok(account)) if !account.sums_up => {
            found.push(Finding::yellow("bank_account", ("账号校验不对，请对照卡片再看一遍；单位账户可以不管", "The account number does not add up: look at the card again; for an account of an institution never mind")));
        }
        _ => {}
    }
    found
}

fn who(values: &Values, found: &mut Vec<Finding>) {
    match text(values, "name").map(name::read) {
        Some(Err(problem @ name::NameProblem::Strange(_))) => found.push(Finding::yellow("name", problem.words())),
        Some(Err(problem)) => found.push(Finding::red("name", problem.words())),
        _ => {}
    }
    if text(values, "risk_level").is_none() {
        found.push(
            Finding::missing(
                "risk_level",
                ("还没有风险等级，请做一次风险评估", "No level of risk yet; please assess it"),
            )
            .softened(),
        );
    }
    if values.get("hukou_has") == Some(&Value::Yes(false)) && text(values, "hukou_kind").is_some_and(|k| k != "9") {
        found.push(Finding::yellow(
            "hukou_kind",
            (
                "没有登记户口，户籍性质应为“无户口”，请核对",
                "Not registered in any household: “Kind of registration” should be “none”; please check",
            ),
        ));
    }
}

/// From this age on nobody has a child's file, a student's included.
const TOO_OLD: i32 = 30;

fn born(values: &Values, today: Day, found: &mut Vec<Finding>) {
    let Some(born) = birth(values) else { return };
    if born.earliest() > today {
        found.push(Finding::red("birth", ("出生日期还没有到，请改正", "The birth day has not come yet; put it right")));
    } else if born.latest().age_on(today) >= TOO_OLD {
        found.push(Finding::red(
            "birth",
            (
                "按这个出生日期已经三十多岁，不会是儿童，请核对",
                "Born on this day one is over thirty and no child; please check",
            ),
        ));
    } else if born.full().is_none() && values.get("birth_est") != Some(&Value::Yes(true)) {
        found.push(Finding::missing(
            "birth",
            (
                "出生日期请填到日；确实不知道的请勾选“出生日期为估计”",
                "Give the day of birth; where nobody knows it, tick “Birth date estimated”",
            ),
        ));
    }
    let studies = matches!(text(values, "school_stage"), Some("4" | "5" | "6" | "7" | "8"));
    let open = closing::of(values).is_none();
    if open && age(values, today).is_some_and(|a| a >= 18) && !studies {
        found.push(Finding::yellow(
            "birth",
            (
                "已满18周岁，请由街道未保站办理结案；仍在校的请填写就学阶段",
                "18 years old: the station closes the file; or fill in the stage of schooling if still at school",
            ),
        ));
    }
}

fn document(values: &Values, today: Day, found: &mut Vec<Finding>) {
    let Some(kind) = text(values, "id_type") else { return };
    let number = text(values, "id_no");
    if kind == "90" && text(values, "no_id_reason").is_none() {
        found.push(Finding::missing(
            "no_id_reason",
            ("选了无证件，请填写无证或无户口原因", "“None” is chosen as the document: say why there is none"),
        ));
    }
    let suspect = values.get("id_suspect") == Some(&Value::Yes(true));
    match number.map(|n| paper::read(kind, n, today)) {
        None if kind == "90" => {}
        None if values.get("id_no") == Some(&Value::Unknown) => {
            found.push(
                Finding::missing(
                    "id_no",
                    ("证件号未采集，请尽快补采", "The document's number was not collected; please collect it soon"),
                )
                .softened(),
            );
        }
        None => found.push(Finding::missing(
            "id_no",
            (
                "请填写证件号；没有证件请把证件类型选为“无证件”",
                "Fill in the document's number; without a document choose “none” as its kind",
            ),
        )),
        Some(Ok(paper::Paper::Citizen(id))) => agrees(values, &id, found),
        Some(Ok(paper::Paper::Other(_))) => {}
        Some(Err(paper::PaperProblem::IdNo(problem))) if problem.may_be_kept() && suspect => {
            found.push(Finding::yellow(
                "id_no",
                (
                    "号码存疑，报送前请到派出所核清",
                    "The number is doubtful; clear it up with the police station before it is reported",
                ),
            ));
        }
        Some(Err(paper::PaperProblem::IdNo(problem))) if problem.may_be_kept() => {
            let Words { text, en } = problem.words();
            let keep = (
                format!("{text}；确认证件上就是这样写的，请勾选“号码存疑”"),
                format!("{en}; if the document really says so, tick “Number doubtful”"),
            );
            found.push(Finding::red("id_no", keep));
        }
        Some(Err(problem)) => found.push(Finding::red("id_no", problem.words())),
    }
}

/// Sex and birth day against the number.
fn agrees(values: &Values, id: &id_no::IdNo, found: &mut Vec<Finding>) {
    let stated = text(values, "sex").filter(|s| matches!(*s, "1" | "2"));
    if stated.is_some_and(|s| (s == "1") != id.male) {
        found.push(Finding::yellow("sex", ("性别与身份证号第17位不一致，请核对；确认无误可以保留，并在备注里说明", "Sex and character 17 of the ID number differ; check. If it is right as it is, keep it and say so in the remarks")));
    }
    if birth(values).is_some_and(|b| id.birth < b.earliest() || id.birth > b.latest()) {
        let words = (
            "出生日期与身份证号第7至14位不一致，请核对",
            "The birth day and characters 7 to 14 of the ID number differ; please check",
        );
        let est = values.get("birth_est") == Some(&Value::Yes(true));
        let suspect = values.get("id_suspect") == Some(&Value::Yes(true));
        found.push(if est || suspect { Finding::yellow("birth", words) } else { Finding::red("birth", words) });
    }
    if id.is_odd() {
        found.push(Finding::yellow(
            "id_no",
            (
                "身份证号的顺序码是000，很少见，请对照证件再看一遍",
                "The ID number's order code is 000, which is rare; look at the document again",
            ),
        ));
    }
}

fn sort(values: &Values, today: Day, found: &mut Vec<Finding>) {
    let active = categories(values);
    if form::rows(values, "categories").contains_key(SEALED) {
        found.push(Finding::red("categories", NOT_ORDINARY));
    }
    for code in ["F1", "F2"] {
        if active.contains(code) && age(values, today).is_some_and(|a| a >= 16) {
            found.push(Finding::yellow(
                format!("categories/{code}/status"),
                (
                    "已满16周岁，请办理留守或流动类别退出",
                    "16 years old: end the category of left-behind or migrant children",
                ),
            ));
        }
    }
    for (code, columns) in rows(values, "categories") {
        if columns.get("status").and_then(|v| v.as_text()) != Some(ENDED) {
            continue;
        }
        for (column, what, en) in [("to", "截止日期", "the last day"), ("exit_reason", "退出原因", "why it ended")]
        {
            if !columns.contains_key(column) {
                let words = (format!("类别已退出，请填写{what}"), format!("The category has ended; fill in {en}"));
                found.push(Finding::missing(format!("categories/{code}/{column}"), words));
            }
        }
    }
    if active.contains("F1") && text(values, "guard_reason").is_none() {
        found.push(
            Finding::missing(
                "guard_reason",
                ("留守儿童请填写委托或缺位原因", "For a left-behind child, say why others look after it"),
            )
            .softened(),
        );
    }
    only_none(values, "aid", found);
}

fn health(values: &Values, today: Day, found: &mut Vec<Finding>) {
    if text(values, "health") == Some("60") {
        for (key, what, en) in [
            ("dis_type", "残疾类别", "the kind of disability"),
            ("dis_level", "残疾等级", "its degree"),
            ("dis_cert", "残疾人证号", "the certificate's number"),
        ] {
            if !values.contains_key(key) && members(values, key).is_empty() {
                let may_be_unknown = form::builtin("child").and_then(|f| f.field(key)).is_some_and(|f| f.unknown);
                let (or, or_en) = if may_be_unknown {
                    ("；还没有的请填未采集", ", or “not collected” where there is none yet")
                } else {
                    ("", "")
                };
                let words = (
                    format!("健康状况选了残疾，请填写{what}{or}"),
                    format!("Health says disabled: fill in {en}{or_en}"),
                );
                found.push(Finding::missing(key, words));
            }
        }
    }
    match text(values, "dis_cert").map(dis_cert::read) {
        Some(Err(problem)) => found.push(Finding::red("dis_cert", problem.words())),
        Some(Ok(cert)) => {
            let types = members(values, "dis_type");
            let other_id = text(values, "id_no").is_some_and(|n| id_no::normal(n) != cert.id_no);
            let other_kind = !types.is_empty() && !types.contains(cert.kind.encode_utf8(&mut [0; 4]) as &str);
            let other_level = text(values, "dis_level").is_some_and(|l| !l.starts_with(cert.level));
            if other_id || other_kind || other_level {
                found.push(Finding::yellow("dis_cert", ("残疾人证号与证件号、残疾类别或等级不一致，请对照证件核对", "The disability certificate does not agree with ID number, kind or degree; compare them with the documents")));
            }
        }
        None => {}
    }
    measure(values, today, found);
}

/// Plausible heights and weights by age: wide bounds, a warning only (our suggestion, no
/// standard): up to this age, least and most cm, least and most kg.
const BODY: [(i32, [f64; 2], [f64; 2]); 6] = [
    (0, [35.0, 90.0], [1.5, 15.0]),
    (2, [60.0, 110.0], [5.0, 20.0]),
    (5, [75.0, 135.0], [8.0, 40.0]),
    (9, [95.0, 165.0], [12.0, 75.0]),
    (13, [110.0, 190.0], [17.0, 110.0]),
    (i32::MAX, [125.0, 210.0], [24.0, 160.0]),
];

fn measure(values: &Values, today: Day, found: &mut Vec<Finding>) {
    let Some(years) = age(values, today) else { return };
    let Some((_, cm, kg)) = BODY.iter().find(|(up_to, _, _)| years <= *up_to) else { return };
    for (key, [least, most], what, en) in
        [("height_cm", cm, "身高（厘米）", "Height (cm)"), ("weight_kg", kg, "体重（公斤）", "Weight (kg)")]
    {
        let number = text(values, key).and_then(|t| t.parse::<f64>().ok());
        if number.is_some_and(|n| n < *least || n > *most) {
            let words = (format!("{what}与年龄不太相称，请核对"), format!("{en} hardly fits the age; please check"));
            found.push(Finding::yellow(key, words));
        }
    }
}

fn school(values: &Values, found: &mut Vec<Finding>) {
    match text(values, "school_stage") {
        Some("10") if text(values, "dropout_reason").is_none() => {
            found.push(Finding::missing(
                "dropout_reason",
                ("选了辍学，请填写辍学原因", "The child has left school; say why"),
            ));
        }
        Some("1" | "2" | "3" | "4" | "5" | "6" | "7" | "8") if !values.contains_key("school_name") => {
            found.push(
                Finding::missing(
                    "school_name",
                    ("在学儿童请填写学校名称", "For a child at school, fill in the school"),
                )
                .softened(),
            );
        }
        _ => {}
    }
    if let (Some(pupil), Some(id)) = (text(values, "student_no"), text(values, "id_no"))
        && pupil.strip_prefix('G').is_some_and(|n| n != id_no::normal(id))
    {
        found.push(Finding::yellow(
            "student_no",
            (
                "学籍号（G加身份证号）与证件号不一致，请核对",
                "The pupil's number (G and the ID number) and the document's number differ; please check",
            ),
        ));
    }
}

fn family(values: &Values, today: Day, found: &mut Vec<Finding>) {
    let rows = rows(values, "family");
    let at = |columns: &BTreeMap<&str, &Value>, column: &str| {
        columns.get(column).and_then(|v| v.as_text()).map(|t| t.trim().to_owned())
    };
    for (code, who, en) in [("51", "父亲", "the father"), ("52", "母亲", "the mother")] {
        if !rows.is_empty() && !rows.values().any(|columns| at(columns, "relation").as_deref() == Some(code)) {
            let words = (
                format!("请添加{who}；不知道的姓名填“不详”并勾选“情况不详”"),
                format!("Add {en}; where nothing is known write “不详” as the name and tick “Nothing known”"),
            );
            found.push(Finding::missing("family", words));
        }
    }
    for (row, columns) in &rows {
        let key = |column: &str| format!("family/{row}/{column}");
        if at(columns, "name").as_deref() == Some("不详") && columns.get("unknown") != Some(&&Value::Yes(true)) {
            found.push(Finding::yellow(
                key("unknown"),
                ("姓名填了“不详”，请勾选“情况不详”", "The name is “not known”; tick “Nothing known” as well"),
            ));
        }
        let parent = matches!(at(columns, "relation").as_deref(), Some("51" | "52"));
        let theirs = at(columns, "birth").and_then(|t| day::stored(&t));
        if let (true, Some(theirs), Some(child)) = (parent, theirs, birth(values))
            && !(14..=60).contains(&theirs.earliest().age_on(child.earliest()))
        {
            found.push(Finding::yellow(
                key("birth"),
                (
                    "父母与儿童的年龄相差不到14岁或超过60岁，请核对",
                    "The parent is less than 14 or more than 60 years older than the child; please check",
                ),
            ));
        }
        let kind = at(columns, "id_type").unwrap_or_else(|| "01".into());
        if let Some(Err(problem)) =
            at(columns, "id_no").filter(|n| !n.is_empty()).map(|n| paper::read(&kind, &n, today))
        {
            found.push(Finding::yellow(key("id_no"), problem.words()));
        }
        only_none(values, &key("bad_habit"), found);
    }
    let guarded = matches!(text(values, "guard_type"), Some("1" | "2" | "3" | "4" | "7"));
    if guarded && !rows.is_empty() && !rows.values().any(|c| c.get("is_guardian") == Some(&&Value::Yes(true))) {
        found.push(Finding::yellow(
            "family",
            ("请在家庭成员里勾选谁是监护人", "Among the family, tick who is the guardian"),
        ));
    }
}

/// "无" beside other choices.
fn only_none(values: &Values, key: &str, found: &mut Vec<Finding>) {
    let chosen = if key == "aid" { rows(values, key).into_keys().collect() } else { members(values, key) };
    if chosen.contains("0") && chosen.len() > 1 {
        found.push(Finding::yellow(
            key,
            ("选了“无”又选了其他项，请核对", "“None” is chosen together with others; please check"),
        ));
    }
}

fn care(values: &Values, found: &mut Vec<Finding>) {
    match text(values, "guard_type") {
        Some("6") => found.push(Finding::yellow(
            "guard_type",
            (
                "无人监护：请马上做风险评估，并电话告知街道未保站",
                "Nobody looks after the child: assess the risk at once and telephone the station",
            ),
        )),
        Some("7") if text(values, "care_agreement").is_none() => {
            found.push(
                Finding::missing(
                    "care_agreement",
                    ("委托照护请补委托照护确认书", "Care by others needs its written agreement; please add it"),
                )
                .softened(),
            );
        }
        _ => {}
    }
    if members(values, "improper").contains("6") {
        found.push(Finding::yellow("improper", ("性侵嫌疑：请立即拨打110报告，不反复询问细节，保留衣物和聊天记录", "Suspected sexual abuse: call 110 now; do not ask for details again and again, keep clothes and messages")));
    }
}
