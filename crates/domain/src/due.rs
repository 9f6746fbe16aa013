//! Who is to be visited when (handbook §1.6). The intervals are policy, never constants of the
//! rules.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::assessment::Risk;
use crate::code;
use crate::day::Day;

/// The roster's policy key of this policy.
pub const POLICY_KEY: &str = "visit_freq";

/// Longest intervals between two meetings, in days (policy `visit_freq`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Policy {
    /// By category code.
    pub category: BTreeMap<String, u16>,
    /// By risk code; a level that is not named leaves it to the categories.
    pub risk: BTreeMap<String, u16>,
    /// For a child of no category named above.
    pub otherwise: u16,
    /// How many days before it is due a visit is shown as coming.
    pub ahead: u16,
    /// After how many attempts in a row without meeting the child a rise is suggested.
    pub unmet: u16,
}

impl Default for Policy {
    fn default() -> Self {
        let codes = |pairs: &[(&str, u16)]| pairs.iter().map(|(code, days)| ((*code).to_owned(), *days)).collect();
        let monthly = ["A1", "A2", "B1", "C1", "D1", "E1", "E2", "E3", "E4", "F1", "G1", "G2", "G3", "H1"];
        let mut category: BTreeMap<String, u16> = codes(&monthly.map(|code| (code, 30)));
        category.insert("F2".into(), 90);
        Self { category, risk: codes(&[("2", 15), ("3", 7), ("4", 1)]), otherwise: 30, ahead: 7, unmet: 2 }
    }
}

/// Why a policy was not taken.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadPolicy {
    /// Not the JSON of this policy, or too much of it.
    #[error("not a visit policy: {0}")]
    Json(String),
    /// A code that is in no table.
    #[error("unknown code: {0}")]
    Code(String),
    /// Fewer than 1 or more than 366 days, or a count outside 1–31.
    #[error("number out of range")]
    Range,
}

impl Policy {
    /// Reads the policy from the roster's JSON; what is not named keeps its default.
    pub fn parse(json: &str) -> Result<Self, BadPolicy> {
        if json.len() > 16 * 1024 {
            return Err(BadPolicy::Json("too long".into()));
        }
        // serde would take an array for an object of defaults.
        if !json.trim_start().starts_with('{') {
            return Err(BadPolicy::Json("an object is expected".into()));
        }
        let given: Self = serde_json::from_str(json).map_err(|e| BadPolicy::Json(e.to_string()))?;
        for (table, codes) in [("child_category", &given.category), ("RISK", &given.risk)] {
            if let Some(code) = codes.keys().find(|c| !code::table(table).is_some_and(|t| t.has(c))) {
                return Err(BadPolicy::Code(code.chars().take(20).collect()));
            }
        }
        let days = given.category.values().chain(given.risk.values()).chain([&given.otherwise]);
        if days.into_iter().any(|d| !(1..=366).contains(d)) || given.ahead > 31 || !(1..=31).contains(&given.unmet) {
            return Err(BadPolicy::Range);
        }
        let mut whole = Self { otherwise: given.otherwise, ahead: given.ahead, unmet: given.unmet, ..Self::default() };
        whole.category.extend(given.category);
        whole.risk.extend(given.risk);
        Ok(whole)
    }

    /// The interval of an urgent child, in days: also after a note that says there is danger, whatever the level.
    pub fn urgent(&self) -> u16 {
        self.risk.get(Risk::Urgent.code()).copied().unwrap_or(1)
    }

    /// The shortest interval of all that apply, in days.
    pub fn interval(&self, categories: &BTreeSet<String>, risk: Option<Risk>) -> u16 {
        let by_category = categories.iter().map(|c| self.category.get(c).copied().unwrap_or(self.otherwise));
        let by_risk = risk.and_then(|r| self.risk.get(r.code())).copied();
        by_category.chain(by_risk).min().unwrap_or(self.otherwise)
    }
}

/// The day by which a child is to be met next: one interval after the last meeting, or after
/// the registration where there was none.
pub fn next_visit(
    categories: &BTreeSet<String>,
    risk: Option<Risk>,
    last_met: Option<Day>,
    registered: Day,
    policy: &Policy,
) -> Day {
    last_met.unwrap_or(registered).plus(i32::from(policy.interval(categories, risk)))
}

/// The day from which a child's interval runs: the last meeting; of an urgent child not before the day it became
/// urgent, or it would be overdue by weeks the moment somebody says so.
pub fn interval_start(risk: Option<Risk>, last_met: Option<Day>, assessed: Option<Day>) -> Option<Day> {
    if risk == Some(Risk::Urgent) { last_met.max(assessed) } else { last_met }
}

/// The day of a danger that no meeting followed without one, of visits in the order they were made, each with
/// whether it told of a danger. By then plus [`Policy::urgent`] the child is to be met, whatever was planned.
pub fn danger_since<'a>(visits: impl IntoIterator<Item = (&'a Attempt, bool)>) -> Option<Day> {
    let mut since = None;
    for (attempt, danger) in visits {
        since = match (danger, attempt.resets()) {
            (true, true) => Some(attempt.on),
            (true, false) => since.or(Some(attempt.on)),
            (false, true) => None,
            (false, false) => since,
        };
    }
    since
}

/// So many children due on one day are more than a person visits on it.
const CROWD: usize = 8;

/// The first day on which more children are due than a person visits in a day, with how many; of days in any order.
pub fn crowded_day(due: impl IntoIterator<Item = Day>) -> Option<(Day, usize)> {
    let mut days: BTreeMap<Day, usize> = BTreeMap::new();
    due.into_iter().for_each(|day| *days.entry(day).or_default() += 1);
    days.into_iter().find(|(_, count)| *count >= CROWD)
}

/// How a due day stands to today. Natural days.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum State {
    /// 逾期, by so many days.
    Overdue {
        /// Days since it was due.
        days: u32,
    },
    /// 今天应访
    Today,
    /// 将到期, within the policy's `ahead`.
    Coming {
        /// Days until it is due.
        days: u32,
    },
    /// Not yet.
    Later {
        /// Days until it is due.
        days: u32,
    },
}

/// How the due day stands to today.
pub fn state(due: Day, today: Day, policy: &Policy) -> State {
    let days = due.since(today);
    match (days, days.unsigned_abs()) {
        (i32::MIN..=-1, days) => State::Overdue { days },
        (0, _) => State::Today,
        (_, days) if days <= u32::from(policy.ahead) => State::Coming { days },
        (_, days) => State::Later { days },
    }
}

/// One attempt to see a child, as far as the rhythm cares.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Attempt {
    /// The day of the visit.
    pub on: Day,
    /// Code of `visit_mode`.
    pub mode: String,
    /// Whether the child was met.
    pub met: bool,
}

impl Attempt {
    /// Whether it starts the interval anew: face to face (in the home, by video, at school, in
    /// the children's home) and the child was met.
    pub fn resets(&self) -> bool {
        self.met && self.is_face_to_face()
    }
    fn is_face_to_face(&self) -> bool {
        matches!(self.mode.as_str(), "1" | "3" | "4" | "5")
    }
}

/// The last day the child was met, of attempts in any order.
pub fn last_met<'a>(attempts: impl IntoIterator<Item = &'a Attempt>) -> Option<Day> {
    attempts.into_iter().filter(|a| a.resets()).map(|a| a.on).max()
}

/// How often in a row, up to now, somebody went and did not meet the child. Telephone calls
/// neither count nor break the row.
pub fn unmet_in_a_row(attempts: &[Attempt]) -> usize {
    let met = last_met(attempts);
    attempts.iter().filter(|a| a.is_face_to_face() && !a.met && met.is_none_or(|m| a.on > m)).count()
}

/// What to say when the child was not met several times in a row.
pub fn unmet_hint(attempts: &[Attempt], policy: &Policy) -> Option<String> {
    let times = unmet_in_a_row(attempts);
    (times >= usize::from(policy.unmet))
        .then(|| format!("连续{times}次没有见到本人，请报告儿童督导员，并考虑提高风险等级"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> Day {
        text.parse().expect("a day")
    }

    fn of(codes: &[&str]) -> BTreeSet<String> {
        codes.iter().map(|c| (*c).to_owned()).collect()
    }

    fn attempt(on: &str, mode: &str, met: bool) -> Attempt {
        Attempt { on: day(on), mode: mode.into(), met }
    }

    #[test]
    fn the_shortest_interval_of_all_applies() {
        let policy = Policy::default();
        for (categories, risk, days) in [
            (vec!["F2"], Some(Risk::Low), 90),
            (vec!["F2"], None, 90),
            (vec!["F1"], Some(Risk::Low), 30),
            (vec!["F2", "E1"], Some(Risk::Low), 30),
            (vec!["B1"], Some(Risk::Middle), 15),
            (vec!["B1"], Some(Risk::High), 7),
            (vec![], Some(Risk::Urgent), 1),
            (vec![], None, 30),
            (vec!["Z9"], None, 30),
        ] {
            assert_eq!(policy.interval(&of(&categories), risk), days, "{categories:?} {risk:?}");
        }
        let due = next_visit(&of(&["B1"]), Some(Risk::Middle), Some(day("2026-11-01")), day("2026-01-01"), &policy);
        assert_eq!(due, day("2026-11-16"));
        assert_eq!(next_visit(&of(&["B1"]), None, None, day("2026-01-01"), &policy), day("2026-01-31"));
    }

    #[test]
    fn due_days_are_overdue_today_coming_or_later() {
        let (policy, today) = (Policy::default(), day("2026-11-23"));
        for (due, expected) in [
            ("2026-11-20", State::Overdue { days: 3 }),
            ("2026-11-23", State::Today),
            ("2026-11-30", State::Coming { days: 7 }),
            ("2026-12-01", State::Later { days: 8 }),
        ] {
            assert_eq!(state(day(due), today, &policy), expected);
        }
    }

    #[test]
    fn only_a_meeting_face_to_face_starts_the_interval_anew() {
        let mut attempts = vec![attempt("2026-10-01", "1", true), attempt("2026-10-20", "2", true)];
        assert_eq!(last_met(&attempts), Some(day("2026-10-01")));
        attempts.push(attempt("2026-10-10", "1", false));
        assert_eq!(unmet_hint(&attempts, &Policy::default()), None);
        attempts.push(attempt("2026-10-25", "4", false));
        assert_eq!(last_met(&attempts), Some(day("2026-10-01")), "a knock without answer changes nothing");
        assert!(unmet_hint(&attempts, &Policy::default()).is_some_and(|text| text.contains('2')));
        attempts.push(attempt("2026-10-26", "3", true));
        assert_eq!((last_met(&attempts), unmet_in_a_row(&attempts)), (Some(day("2026-10-26")), 0));
    }

    #[test]
    fn after_a_danger_the_urgent_rhythm_holds_until_a_meeting_without_one() {
        let (met, rung, away) =
            (|on| attempt(on, "1", true), |on| attempt(on, "2", true), |on| attempt(on, "1", false));
        let since =
            |visits: &[(Attempt, bool)]| danger_since(visits.iter().map(|(attempt, danger)| (attempt, *danger)));
        let mut visits = vec![(met("2026-10-01"), false), (met("2026-10-20"), true)];
        assert_eq!(since(&visits), Some(day("2026-10-20")));
        visits.push((away("2026-10-21"), false));
        visits.push((rung("2026-10-22"), true));
        assert_eq!(since(&visits), Some(day("2026-10-20")), "nobody met the child since");
        visits.push((met("2026-10-23"), true));
        assert_eq!(since(&visits), Some(day("2026-10-23")), "met, and still in danger");
        visits.push((met("2026-10-24"), false));
        assert_eq!(since(&visits), None);
        assert_eq!(since(&[(rung("2026-10-22"), true)]), Some(day("2026-10-22")), "heard by telephone counts too");
        let policy = Policy::parse(r#"{"risk":{"4":2}}"#).expect("a policy");
        assert_eq!((policy.urgent(), Policy::default().urgent()), (2, 1));
    }

    #[test]
    fn an_urgent_child_is_due_from_the_day_it_became_urgent() {
        let (met, assessed) = (Some(day("2026-10-01")), Some(day("2026-11-23")));
        assert_eq!(interval_start(Some(Risk::Urgent), met, assessed), assessed);
        assert_eq!(interval_start(Some(Risk::Urgent), Some(day("2026-11-24")), assessed), Some(day("2026-11-24")));
        assert_eq!(interval_start(Some(Risk::High), met, assessed), met);
        assert_eq!(interval_start(Some(Risk::Urgent), None, None), None);
        let due = |risk| {
            next_visit(
                &of(&["B1"]),
                Some(risk),
                interval_start(Some(risk), met, assessed),
                day("2026-01-01"),
                &Policy::default(),
            )
        };
        assert_eq!((due(Risk::Urgent), due(Risk::High)), (day("2026-11-24"), day("2026-10-08")));
    }

    #[test]
    fn a_day_with_more_children_than_one_person_visits_is_named() {
        let (first, second) = (day("2026-12-01"), day("2026-12-28"));
        let days = std::iter::repeat_n(second, 25).chain(std::iter::repeat_n(first, 7));
        assert_eq!(crowded_day(days), Some((second, 25)));
        assert_eq!(crowded_day(std::iter::repeat_n(first, 7)), None);
    }

    #[test]
    fn a_district_changes_what_it_names_and_nonsense_is_refused() {
        let policy = Policy::parse(r#"{"category":{"F2":60},"risk":{"3":10},"unmet":3}"#).expect("a policy");
        assert_eq!(policy.interval(&of(&["F2"]), None), 60);
        assert_eq!(policy.interval(&of(&["F1"]), Some(Risk::Middle)), 15);
        assert_eq!((policy.risk.get("3"), policy.unmet), (Some(&10), 3));
        for bad in [
            r#"{"category":{"Z9":60}}"#,
            r#"{"risk":{"7":60}}"#,
            r#"{"category":{"F2":0}}"#,
            r#"{"otherwise":1000}"#,
            r#"{"unmet":0}"#,
            r#"{"categories":{}}"#,
            "[]",
            "",
        ] {
            assert!(Policy::parse(bad).is_err(), "{bad}");
        }
        assert!(Policy::parse(&" ".repeat(20_000)).is_err());
    }

    proptest! {
        #[test]
        fn any_policy_text_is_answered(text in "\\PC{0,80}") {
            let _ = Policy::parse(&text);
        }

        #[test]
        fn more_categories_never_make_it_later(a in "[A-H][1-4]", b in "[A-H][1-4]") {
            let policy = Policy::default();
            prop_assert!(policy.interval(&of(&[&a, &b]), None) <= policy.interval(&of(&[&a]), None));
        }
    }
}
