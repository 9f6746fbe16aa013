//! What raises an alarm (告急): a finished note or an assessment that nobody may leave lying (handbook §4).
//!
//! Read from the content of one record alone, so that every desk that holds it says the same; the answer is a
//! record too (审阅). It must not know who sees what: see [`tell_causes`].

use std::collections::{BTreeMap, BTreeSet};

use crate::assessment::Risk;
use crate::code;
use crate::form::{self, members};
use crate::post::Role;
use crate::value::{Key, Value};
use crate::visit::DIMENSIONS;
use crate::words::Words;

type Values = BTreeMap<Key, Value>;

/// The code of a condition that is 危险.
const DANGEROUS: &str = "4";
/// Hazards of the grave kind: suspected violence at home, suspected sexual abuse.
const GRAVE: [&str; 2] = ["10", "11"];
/// 建议升
const HIGHER: &str = "2";
/// 已阅
const READ: &str = "1";

/// One reason why a record raises an alarm.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Cause {
    /// One of the seven conditions is 危险: its field.
    Condition(String),
    /// A hazard of the grave kind: its code.
    Hazard(String),
    /// 强制报告 = 是. Not for every reader: see [`tell_causes`].
    Report,
    /// Assessed as 紧急.
    Urgent,
    /// There is danger; why is not for this reader.
    Danger,
    /// 建议升: no danger by itself, but a question somebody has to answer.
    Raise,
}

impl Cause {
    /// As the projections keep it.
    pub fn code(&self) -> String {
        match self {
            Self::Condition(field) => format!("condition/{field}"),
            Self::Hazard(code) => format!("hazard/{code}"),
            Self::Report => "report".to_owned(),
            Self::Urgent => "urgent".to_owned(),
            Self::Danger => "danger".to_owned(),
            Self::Raise => "raise".to_owned(),
        }
    }
    /// Reads [`Cause::code`].
    pub fn of_code(code: &str) -> Option<Self> {
        Some(match (code.split_once('/'), code) {
            (Some(("condition", field)), _) => Self::Condition(field.to_owned()),
            (Some(("hazard", code)), _) => Self::Hazard(code.to_owned()),
            (None, "report") => Self::Report,
            (None, "urgent") => Self::Urgent,
            (None, "danger") => Self::Danger,
            (None, "raise") => Self::Raise,
            _ => return None,
        })
    }
    /// Whether a child is in danger by it.
    pub const fn is_danger(&self) -> bool {
        !matches!(self, Self::Raise)
    }
    /// What a person reads.
    pub fn words(&self) -> Words {
        match self {
            Self::Condition(key) => {
                let field = form::builtin("visit").and_then(|form| form.field(key));
                let (title, en) = field.map_or((key.as_str(), key.as_str()), |f| (f.title.as_str(), f.en.as_str()));
                (format!("{title}：危险"), format!("{en}: dangerous")).into()
            }
            Self::Hazard(hazard) => {
                let table = code::table("hazard");
                let (name, en) = (table.and_then(|t| t.name(hazard)), table.and_then(|t| t.en(hazard)));
                (name.unwrap_or(hazard), en.unwrap_or(hazard)).into()
            }
            Self::Report => ("需要强制报告", "a mandatory report is needed").into(),
            Self::Urgent => ("评估为紧急", "assessed as urgent").into(),
            Self::Danger => ("有危险情形", "there is danger").into(),
            Self::Raise => ("主任建议提高风险等级", "the director suggests a higher level of risk").into(),
        }
    }
}

/// Why a record of a form raises an alarm; nothing for most. A draft raises none: it is asked of what is finished.
pub fn causes(form: &str, values: &Values) -> Vec<Cause> {
    let mut causes = Vec::new();
    let says = |key: &str, code: &str| values.get(key).and_then(Value::as_text) == Some(code);
    match form {
        "visit" => {
            let bad = DIMENSIONS.into_iter().filter(|key| says(key, DANGEROUS));
            causes.extend(bad.map(|key| Cause::Condition(key.to_owned())));
            causes.extend(grave_hazards(values).into_iter().map(|code| Cause::Hazard(code.to_owned())));
            causes.extend((values.get("report_needed") == Some(&Value::Yes(true))).then_some(Cause::Report));
            causes.extend(says("risk_hint", HIGHER).then_some(Cause::Raise));
        }
        "assessment" if says("level", Risk::Urgent.code()) => causes.push(Cause::Urgent),
        _ => {}
    }
    causes
}

/// Hazards of the grave kind in a note.
pub fn grave_hazards(values: &Values) -> BTreeSet<&str> {
    members(values, "hazard").into_iter().filter(|code| GRAVE.contains(code)).collect()
}

/// Whether a child is in danger by what a record says.
pub fn is_danger(causes: &[Cause]) -> bool {
    causes.iter().any(Cause::is_danger)
}

/// Whether a review answers an alarm: 已阅, with a sentence. To send the note back asks, it answers nothing.
/// Which review came first, and what else was said, changes nothing.
pub fn answers(review: &Values) -> bool {
    let text = |key: &str| review.get(key).and_then(Value::as_text).map_or("", str::trim);
    text("verdict") == READ && !text("note").is_empty()
}

/// Whether a role is told that a mandatory report was made: station and centre. Its author always is.
pub const fn hears_of_reports(role: Role) -> bool {
    match role {
        Role::Supervisor | Role::Specialist | Role::CentreAdmin | Role::CentreOfficer | Role::CentreLeader => true,
        Role::Director | Role::SocialWorker => false,
    }
}

/// Keys of a note that say whether a mandatory report is made: not for who is not told of it.
pub const REPORT_KEYS: [&str; 1] = ["report_needed"];

/// The causes as a reader is told them: who may not know of a report (`reports` false) sees the danger.
pub fn tell_causes(causes: Vec<Cause>, reports: bool) -> Vec<Cause> {
    if reports || !causes.contains(&Cause::Report) {
        return causes;
    }
    let mut shown: Vec<Cause> = causes.into_iter().filter(|cause| *cause != Cause::Report).collect();
    if !is_danger(&shown) {
        shown.insert(0, Cause::Danger);
    }
    shown
}

/// Said where a mandatory report is needed.
pub const REPORT: (&str, &str) = (
    "请立即拨打110报告，并电话告知街道未保站；不反复询问细节，保留衣物和聊天记录，不惊动嫌疑人",
    "Call 110 now and telephone the station; do not ask for details again and again, keep clothes and messages, do not warn the suspect",
);
/// Said of an urgent child.
pub const URGENT: (&str, &str) = (
    "紧急：请立即拨打110或120，并在30分钟内电话告知街道未保站和区中心",
    "Urgent: call 110 or 120 now, and within 30 minutes tell the station and the centre by telephone",
);
const DANGER: (&str, &str) = (
    "孩子有危险：请马上电话告知街道未保站；人身安全正受到威胁的，立即拨打110或120",
    "The child is in danger: telephone the station at once; where life or body is threatened call 110 or 120 now",
);
const RAISE: (&str, &str) = (
    "主任建议提高风险等级：请街道未保站看一看，回复一句，需要的重新评估",
    "The director suggests a higher level: the station answers in a sentence and assesses anew where needed",
);

/// What to do now, by the causes as they are told: it stays in reach as long as the note is read.
pub fn what_to_do(told: &[Cause]) -> Vec<Words> {
    let has = |cause: &Cause| told.contains(cause);
    let mut out: Vec<Words> = Vec::new();
    if has(&Cause::Report) {
        out.push(REPORT.into());
    } else if has(&Cause::Urgent) {
        out.push(URGENT.into());
    } else if is_danger(told) {
        out.push(DANGER.into());
    }
    if has(&Cause::Raise) {
        out.push(RAISE.into());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::speaks_both;

    fn of(pairs: &[(&str, &str)]) -> Values {
        let value = |text: &str| if text == "是" { Value::Yes(true) } else { Value::text(text) };
        pairs.iter().map(|(key, text)| ((*key).to_owned(), value(text))).collect()
    }

    #[test]
    fn danger_grave_hazards_reports_urgency_and_suggestions_raise_an_alarm_and_nothing_else() {
        let condition = |key: &str| Cause::Condition(key.to_owned());
        for (form, values, expected) in [
            ("visit", of(&[("safety", "4")]), vec![condition("safety")]),
            ("visit", of(&[("safety", "3"), ("hazard/1", "是"), ("hazard/9", "是")]), vec![]),
            ("visit", of(&[("hazard/11", "是")]), vec![Cause::Hazard("11".into())]),
            ("visit", of(&[("report_needed", "是")]), vec![Cause::Report]),
            ("visit", of(&[("risk_hint", "2")]), vec![Cause::Raise]),
            ("visit", of(&[("risk_hint", "3")]), vec![]),
            ("visit", of(&[("level", "4")]), vec![]),
            ("assessment", of(&[("level", "4")]), vec![Cause::Urgent]),
            ("assessment", of(&[("level", "3")]), vec![]),
            ("review", of(&[("safety", "4")]), vec![]),
        ] {
            let found = causes(form, &values);
            assert_eq!(found, expected, "{form} {values:?}");
            for cause in &found {
                assert_eq!(Cause::of_code(&cause.code()).as_ref(), Some(cause));
                assert!(speaks_both(&cause.words().text, &cause.words().en), "{cause:?}");
            }
        }
        let no = Values::from([("report_needed".to_owned(), Value::Yes(false))]);
        assert_eq!(causes("visit", &no), []);
        assert!(!is_danger(&[Cause::Raise]), "a suggestion is a question, no danger");
    }

    #[test]
    fn only_a_sentence_beside_read_answers() {
        assert!(answers(&of(&[("verdict", "1"), ("note", "已电话联系派出所，明早同去")])));
        assert!(!answers(&of(&[("verdict", "1")])));
        assert!(!answers(&of(&[("verdict", "1"), ("note", "  ")])));
        assert!(!answers(&of(&[("verdict", "2"), ("note", "请补充")])));
    }

    #[test]
    fn who_is_not_told_of_a_report_sees_the_danger_all_the_same() {
        let both = vec![Cause::Condition("guard".into()), Cause::Report];
        assert_eq!(tell_causes(both.clone(), true), both);
        assert_eq!(tell_causes(both, false), [Cause::Condition("guard".into())]);
        assert_eq!(tell_causes(vec![Cause::Report, Cause::Raise], false), [Cause::Danger, Cause::Raise]);
        for role in Role::ALL {
            assert_eq!(hears_of_reports(role), !matches!(role, Role::Director | Role::SocialWorker), "{role:?}");
        }
        let say = |causes: &[Cause]| what_to_do(causes).into_iter().map(|words| words.text).collect::<Vec<_>>();
        assert_eq!(say(&[Cause::Report]), [REPORT.0]);
        assert_eq!(say(&[Cause::Urgent]), [URGENT.0]);
        assert_eq!(say(&[Cause::Danger]), [DANGER.0], "nothing of a report");
        assert_eq!(say(&[Cause::Raise]), [RAISE.0]);
    }
}
