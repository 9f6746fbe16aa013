//! When a child's file is closed (结案) and opened again. The fields stand in the form `child`; who may write them
//! is said there (`x-authority`). A closed file is read as ever, but nothing about it is due.

use std::collections::BTreeMap;

use crate::check::day;
use crate::child;
use crate::day::Day;
use crate::finding::Finding;
use crate::form;
use crate::post::Role;
use crate::value::{Key, Value};

type Values = BTreeMap<Key, Value>;

/// Whether the file is closed.
pub const CLOSED: &str = "closed";
/// The section of the file that says so.
pub const GROUP: &str = "H";
/// What closing a file asks for.
pub const ASKED: [&str; 4] = ["closed_on", "closed_why", "closed_why_other", "closed_papers"];
/// Why it was opened again.
pub const REOPENED: &str = "reopened_why";
/// Reasons that no file is closed for without papers: death, adoption.
const ON_PAPER: [&str; 2] = ["DEAD", "ADOPTED"];

/// How a file is closed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Closed {
    /// Code of `close_reason`.
    pub why: String,
    /// The day, as written.
    pub on: Option<String>,
}

fn text<'v>(values: &'v Values, key: &str) -> Option<&'v str> {
    values.get(key)?.as_text().map(str::trim).filter(|text| !text.is_empty())
}

/// How the file is closed; `None` while it is open.
pub fn of(values: &Values) -> Option<Closed> {
    let why = || text(values, "closed_why").unwrap_or("OTHER").to_owned();
    let on = || text(values, "closed_on").map(str::to_owned);
    (values.get(CLOSED) == Some(&Value::Yes(true))).then(|| Closed { why: why(), on: on() })
}

/// Whether a role closes and reopens files.
pub fn may(role: Role) -> bool {
    form::builtin("child").and_then(|form| form.field(CLOSED)).is_some_and(|field| field.authority.contains(&role))
}

/// What is missing or wrong in the closing of a file; nothing of an open one.
pub fn check(values: &Values, today: Day) -> Vec<Finding> {
    let mut found = Vec::new();
    if of(values).is_none() {
        return found;
    }
    match text(values, "closed_on").and_then(day::stored).map(|day| (day.full(), day)) {
        None => found.push(Finding::missing("closed_on", ("请填写结案日期", "Give the day the file is closed"))),
        Some((None, _)) => {
            found.push(Finding::red("closed_on", ("结案日期请填到日", "Give the whole day the file is closed")));
        }
        Some((Some(on), _)) if on > today => found.push(Finding::red(
            "closed_on",
            ("结案日期还没有到，请改正", "The day of closing has not come yet; put it right"),
        )),
        Some((Some(on), _)) if child::birth(values).is_some_and(|birth| on < birth.earliest()) => {
            let words = ("结案日期早于出生日期，请改正", "The file is closed before the child was born; put it right");
            found.push(Finding::red("closed_on", words));
        }
        Some(_) => {}
    }
    match text(values, "closed_why") {
        None => found.push(Finding::missing("closed_why", ("请选择结案原因", "Say why the file is closed"))),
        Some(why) if ON_PAPER.contains(&why) && text(values, "closed_papers").is_none() => {
            let words = (
                "死亡、收养须有材料：请写明材料名称、文号和出具单位",
                "Death and adoption need papers: give their name, number and issuer",
            );
            found.push(Finding::missing("closed_papers", words));
        }
        Some(_) => {}
    }
    found
}

/// What is missing when a closed file is opened again.
pub fn check_reopening(why: &str) -> Option<Finding> {
    let words = ("请写一下为什么重新启用", "Say why the file is opened again");
    why.trim().is_empty().then(|| Finding::missing(REOPENED, words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::may_finish;
    use crate::words::speaks_both;

    fn closed(pairs: &[(&str, &str)]) -> Values {
        let mut values: Values = pairs.iter().map(|(key, text)| ((*key).to_owned(), Value::text(*text))).collect();
        values.insert("birth".into(), Value::text("2015-03-07"));
        values.insert(CLOSED.into(), Value::Yes(true));
        values
    }

    #[test]
    fn a_file_is_closed_with_day_and_reason_and_of_the_gravest_with_papers() {
        let today: Day = "2026-11-23".parse().expect("a day");
        for (values, good) in [
            (closed(&[("closed_on", "2026-11-20"), ("closed_why", "MOVED_OUT")]), true),
            (closed(&[("closed_on", "2026-11-23"), ("closed_why", "AGE18")]), true),
            (closed(&[("closed_on", "2026-11-24"), ("closed_why", "AGE18")]), false),
            (closed(&[("closed_on", "2026-11"), ("closed_why", "AGE18")]), false),
            (closed(&[("closed_on", "2015-03-06"), ("closed_why", "AGE18")]), false),
            (closed(&[("closed_why", "AGE18")]), false),
            (closed(&[("closed_on", "2026-11-20")]), false),
            (closed(&[("closed_on", "2026-11-20"), ("closed_why", "DEAD")]), false),
            (closed(&[("closed_on", "2026-11-20"), ("closed_why", "DEAD"), ("closed_papers", "死亡证明")]), true),
        ] {
            let found = check(&values, today);
            assert_eq!(may_finish(&found), good, "{values:?} {found:?}");
            assert!(found.iter().all(|f| speaks_both(&f.text, &f.en)), "{found:?}");
        }
        let mut open = closed(&[]);
        open.insert(CLOSED.into(), Value::Yes(false));
        assert_eq!((of(&open), check(&open, today)), (None, vec![]), "an open file is asked nothing");
        assert!(check_reopening(" ").is_some() && check_reopening("孩子又迁回来了").is_none());
    }

    #[test]
    fn station_and_centre_close_and_nobody_else() {
        for role in Role::ALL {
            let wanted = matches!(role, Role::Supervisor | Role::Specialist | Role::CentreAdmin | Role::CentreOfficer);
            assert_eq!(may(role), wanted, "{role:?}");
        }
        let form = form::builtin("child").expect("built in");
        for key in ASKED.into_iter().chain([CLOSED, REOPENED]) {
            let field = form.field(key).expect("a field");
            assert_eq!((field.group.as_str(), field.authority.len()), (GROUP, 4), "{key}");
        }
    }
}
