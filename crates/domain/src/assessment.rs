//! Risk levels and the assessment they come from (handbook §3.5, §4.2).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::alarm;
use crate::check::day;
use crate::day::Day;
use crate::finding::Finding;
use crate::form;
use crate::value::{Key, Value};

/// A child's risk level. Stored as the code of table `RISK`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Risk {
    /// 低
    Low,
    /// 中
    Middle,
    /// 高
    High,
    /// 紧急
    Urgent,
}

impl Risk {
    /// Every level, lowest first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Middle, Self::High, Self::Urgent];

    /// The level of a code.
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.code() == code)
    }
    /// The level a record holds under `risk_level` or `level`.
    pub fn in_record(values: &BTreeMap<Key, Value>) -> Option<Self> {
        ["risk_level", "level"].iter().find_map(|key| Self::of(values.get(*key)?.as_text()?))
    }
    /// Its code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Low => "1",
            Self::Middle => "2",
            Self::High => "3",
            Self::Urgent => "4",
        }
    }
}

/// What the rules need to know beside the assessment itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Context {
    /// The child's birth day, if known.
    pub birth: Option<Day>,
    /// Today.
    pub today: Day,
    /// The child's level until now.
    pub current: Option<Risk>,
}

/// What is missing or wrong in an assessment.
pub fn check(values: &BTreeMap<Key, Value>, context: &Context) -> Vec<Finding> {
    let mut found = form::builtin("assessment").map(|form| form::check(form, values)).unwrap_or_default();
    let date = values.get("date").and_then(Value::as_text).and_then(day::stored);
    match date.map(|d| (d.full(), d)) {
        Some((None, _)) => found.push(Finding::red("date", ("评估日期请填到日", "Give the day of the assessment"))),
        Some((Some(date), _)) if date > context.today => found.push(Finding::red(
            "date",
            ("评估日期还没有到，请改正", "The day of the assessment has not come yet; put it right"),
        )),
        Some((Some(date), _)) if context.birth.is_some_and(|b| date < b) => {
            found.push(Finding::red(
                "date",
                (
                    "评估日期早于儿童出生日期，请改正",
                    "The day of the assessment is before the child was born; put it right",
                ),
            ));
        }
        _ => {}
    }
    let lowered = Risk::in_record(values) < context.current;
    let reason = values.get("reason").and_then(Value::as_text).map_or(0, |t| t.trim().chars().count());
    match (Risk::in_record(values), lowered) {
        (Some(_), true) if reason < 10 => {
            found.push(Finding::red(
                "reason",
                (
                    "降低风险等级请写明理由（不少于10个字）",
                    "To lower the level of risk, say why (at least 10 characters)",
                ),
            ));
        }
        (Some(Risk::Urgent), _) => found.push(Finding::yellow("level", alarm::URGENT)),
        _ => {}
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::may_finish;

    fn day(text: &str) -> Day {
        text.parse().expect("a day")
    }

    fn note(level: &str, reason: &str, date: &str) -> BTreeMap<Key, Value> {
        [("level", level), ("reason", reason), ("date", date)].map(|(k, v)| (k.to_owned(), Value::text(v))).into()
    }

    #[test]
    fn an_assessment_needs_level_reason_and_a_possible_date() {
        let context = Context { birth: Some(day("2015-03-07")), today: day("2026-11-23"), current: Some(Risk::High) };
        for (values, good) in [
            (note("3", "情况没有变化", "2026-11-23"), true),
            (note("4", "正遭家暴", "2026-11-23"), true),
            (note("1", "好转", "2026-11-23"), false),
            (note("1", "母亲已返家照料，三次走访未见异常", "2026-11-23"), true),
            (note("3", "情况没有变化", "2026-11-24"), false),
            (note("3", "情况没有变化", "2015-03-06"), false),
            (note("3", "情况没有变化", "2026-11"), false),
            (note("5", "情况没有变化", "2026-11-23"), false),
            (note("3", "", "2026-11-23"), false),
            (BTreeMap::new(), false),
        ] {
            let found = check(&values, &context);
            assert_eq!(may_finish(&found), good, "{values:?}");
            assert!(found.iter().all(|f| crate::words::speaks_both(&f.text, &f.en)), "{found:?}");
        }
        assert_eq!(check(&note("4", "正遭家暴", "2026-11-23"), &context).len(), 1, "urgent says whom to call");
    }

    #[test]
    fn levels_are_the_codes_of_the_table() {
        for risk in Risk::ALL {
            assert_eq!(Risk::of(risk.code()), Some(risk));
            assert!(crate::code::table("RISK").is_some_and(|t| t.has(risk.code())));
        }
        assert!(Risk::Urgent > Risk::Low && Risk::of("9").is_none());
    }
}
