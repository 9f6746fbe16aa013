//! The visit note and what is said about it later: 补充说明 and 审阅 (handbook §3.3).

use std::collections::{BTreeMap, BTreeSet};

use crate::alarm;
use crate::assessment::Risk;
use crate::check::{day, time};
use crate::day::Day;
use crate::due::{Attempt, Policy};
use crate::finding::Finding;
use crate::form::{self, members};
use crate::moment::Timestamp;
use crate::value::{Key, Value};

mod party;

pub use party::{join_findings, name_first, of_child, own_key};

type Values = BTreeMap<Key, Value>;

/// What the rules need to know beside the note itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Context {
    /// The child's birth day (the first it may be), if known.
    pub birth: Option<Day>,
    /// Now.
    pub now: Timestamp,
    /// The child's risk level.
    pub risk: Option<Risk>,
    /// The child's present categories.
    pub categories: BTreeSet<String>,
    /// Intervals of visits.
    pub policy: Policy,
}

/// The seven conditions every note answers.
pub const DIMENSIONS: [&str; 7] = ["living", "guard", "health", "study", "psych", "safety", "social"];

/// A note may be dated this much ahead of the clock.
const AHEAD_S: i64 = 10 * 60;
/// Later than this a note says why it is late.
const LATE_S: i64 = 7 * 24 * 3600;

fn text<'a>(values: &'a Values, key: &str) -> Option<&'a str> {
    values.get(key)?.as_text().map(str::trim).filter(|t| !t.is_empty())
}

fn yes(values: &Values, key: &str) -> Option<bool> {
    values.get(key)?.as_yes()
}

/// When the visit was.
pub fn at(values: &Values) -> Option<Timestamp> {
    time::read(text(values, "visit_at")?).ok()
}

/// The visit as the rhythm sees it; `None` without time or mode.
pub fn attempt(values: &Values) -> Option<Attempt> {
    let mode = text(values, "mode")?.to_owned();
    Some(Attempt { on: Day::of(at(values)?), mode, met: yes(values, "met_child") == Some(true) })
}

/// The latest day of the next visit after a note: one interval after this visit; where the note says that the
/// child is in danger, the interval of the urgent.
pub fn next_visit(on: Day, values: &Values, context: &Context) -> Day {
    let usual = context.policy.interval(&context.categories, context.risk);
    let danger = alarm::is_danger(&alarm::causes("visit", values));
    on.plus(i32::from(if danger { usual.min(context.policy.urgent()) } else { usual }))
}

/// What is missing or wrong in a note.
pub fn check(values: &Values, context: &Context) -> Vec<Finding> {
    let mut found = form::builtin("visit").map(|form| form::check(form, values)).unwrap_or_default();
    when(values, context, &mut found);
    met(values, context, &mut found);
    conditions(values, &mut found);
    words(values, context, &mut found);
    next(values, context, &mut found);
    found
}

fn when(values: &Values, context: &Context, found: &mut Vec<Finding>) {
    if values.get("minutes").and_then(Value::as_int).is_some_and(|m| m > 12 * 60) {
        found.push(Finding::yellow(
            "minutes",
            ("时长超过12小时，请核对（单位是分钟）", "More than 12 hours; please check (it is in minutes)"),
        ));
    }
    let Some(at) = at(values) else { return };
    let late = context.now.since_s(at);
    if late < -AHEAD_S {
        found.push(Finding::red(
            "visit_at",
            (
                "走访时间还没有到，请改正；如果电脑时间不对，请先校准",
                "The time of the visit has not come yet; put it right, or first set the clock of the computer",
            ),
        ));
    }
    if context.birth.is_some_and(|b| Day::of(at) < b) {
        found.push(Finding::red(
            "visit_at",
            ("走访时间早于儿童出生日期，请改正", "The visit is before the child was born; put it right"),
        ));
    }
    if late > LATE_S && text(values, "late_reason").is_none() {
        found.push(Finding::missing(
            "late_reason",
            ("补录7天以前的走访，请写明补录原因", "A visit of more than 7 days ago: say why it is written late"),
        ));
    }
}

fn met(values: &Values, context: &Context, found: &mut Vec<Finding>) {
    let mode = text(values, "mode");
    let unexplained = text(values, "unmet_reason").is_none();
    // Who telephoned, or wrote, never went to see the child: there is nothing to explain.
    let went = !matches!(mode, Some("2" | "6"));
    match (yes(values, "met_child"), yes(values, "met_guardian")) {
        (Some(false), _) if unexplained && went => found
            .push(Finding::missing("unmet_reason", ("没有见到本人，请填写未见原因", "The child was not met; say why"))),
        (_, Some(false)) if unexplained && mode == Some("1") => {
            found.push(
                Finding::missing(
                    "unmet_reason",
                    ("入户没有见到监护人，请写一下原因", "The guardian was not met at home; say why"),
                )
                .softened(),
            );
        }
        _ => {}
    }
    if matches!(mode, Some("2" | "6")) && yes(values, "met_child") == Some(true) {
        found.push(Finding::yellow(
            "met_child",
            (
                "电话等方式不算见到本人，到期日不会顺延，请核对",
                "By telephone and the like the child is not met and the due day stays; please check",
            ),
        ));
    }
    let purposes = members(values, "purpose");
    let grave = context.risk >= Some(Risk::High) || purposes.contains("3") || !alarm::grave_hazards(values).is_empty();
    if grave && members(values, "visitors").len() < 2 {
        found.push(Finding::yellow(
            "visitors",
            (
                "高风险或涉侵害的走访，建议两人以上同去",
                "A visit of high risk, or about harm, is better made by two or more",
            ),
        ));
    }
}

fn conditions(values: &Values, found: &mut Vec<Finding>) {
    let of = |key: &str| text(values, key);
    for key in DIMENSIONS {
        let note = format!("{key}_note");
        if matches!(of(key), Some("3" | "4")) && of(&note).is_none() {
            let field = form::builtin("visit").and_then(|f| f.field(key));
            let (title, en) = field.map_or((key, key), |f| (f.title.as_str(), f.en.as_str()));
            let words = (
                format!("“{title}”选了差或危险，请写明情况"),
                format!("“{en}” is poor or dangerous; say what is wrong"),
            );
            found.push(Finding::missing(note, words));
        }
    }
    let danger = alarm::is_danger(&alarm::causes("visit", values));
    match (danger, yes(values, "report_needed")) {
        (true, None) => {
            let words = (
                "有危险情形，请回答是否需要强制报告；拿不准时请先拨打110或电话问街道未保站",
                "There is danger: say whether a mandatory report is needed; if in doubt call 110 or ask the station first",
            );
            found.push(Finding::missing("report_needed", words));
        }
        (_, Some(true)) => found.push(Finding::yellow("report_needed", alarm::REPORT)),
        _ => {}
    }
    if danger && of("risk_hint") == Some("1") {
        let words = (
            "有危险情形，主任判断却是“不变”，请再想一想：是否应建议升",
            "There is danger, and the director's view is “same”; think again whether to suggest a higher level",
        );
        found.push(Finding::yellow("risk_hint", words));
    }
}

fn words(values: &Values, context: &Context, found: &mut Vec<Finding>) {
    let count = text(values, "note").map_or(0, |t| t.chars().filter(|c| !c.is_whitespace()).count());
    if (1..10).contains(&count) {
        found.push(Finding::red(
            "note",
            (
                "情况记录太短，请写清看到和了解到的情况（不少于10个字）",
                "The note is too short; write what you saw and heard (at least 10 characters)",
            ),
        ));
    }
    if text(values, "child_words").is_some_and(|t| !t.contains(['“', '”', '"', '「', '『'])) {
        found.push(Finding::yellow(
            "child_words",
            (
                "儿童原话请用引号，与自己的判断分开",
                "Put the child's own words in quotation marks, apart from your judgement",
            ),
        ));
    }
    if context.categories.contains("F1") && text(values, "contact_parent").is_none() {
        found.push(Finding::missing(
            "contact_parent",
            (
                "留守儿童请填写近30天父母联系情况",
                "For a left-behind child, say whether the parents were in touch within 30 days",
            ),
        ));
    }
}

fn next(values: &Values, context: &Context, found: &mut Vec<Finding>) {
    let next = text(values, "next_visit").and_then(day::stored);
    let (Some(next), Some(on)) = (next, at(values).map(Day::of)) else { return };
    match next.full() {
        None => found.push(Finding::red("next_visit", ("下次计划请填到日", "Give the day of the next visit"))),
        Some(next) if next <= on => found.push(Finding::red(
            "next_visit",
            ("下次计划应在这次走访之后，请改正", "The next visit comes after this one; put it right"),
        )),
        Some(next) if next > next_visit(on, values, context) => {
            let latest = next_visit(on, values, context);
            let words = (
                format!("按走访频次，最晚应在{latest}之前再访，请核对"),
                format!("By the frequency of visits the next is due by {latest}; please check"),
            );
            found.push(Finding::yellow("next_visit", words));
        }
        Some(_) => {}
    }
}

/// What is missing or wrong in a 补充说明.
pub fn check_supplement(values: &Values) -> Vec<Finding> {
    form::builtin("supplement").map(|form| form::check(form, values)).unwrap_or_default()
}

/// What is missing or wrong in a 审阅: a note sent back says what is wanted, an alarm is answered in words.
pub fn check_review(values: &Values, alarm: bool) -> Vec<Finding> {
    let mut found = form::builtin("review").map(|form| form::check(form, values)).unwrap_or_default();
    match (text(values, "verdict"), text(values, "note")) {
        (Some("2"), None) => {
            found.push(Finding::missing(
                "note",
                ("退回时请写明要补充什么", "Sending back: say what is to be supplemented"),
            ));
        }
        (Some("1"), None) if alarm => {
            let words = (
                "这一条要有回复：请写一句站里怎么处理、谁去、什么时候",
                "This one has to be answered: say in a sentence what the station does, who goes and when",
            );
            found.push(Finding::missing("note", words));
        }
        _ => {}
    }
    found
}

#[cfg(test)]
mod tests;
