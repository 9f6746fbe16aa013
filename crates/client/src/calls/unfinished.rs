//! 没写完的记录: drafts that were handed in when their child went to somebody else or the computer was
//! stopped, and that a station kept as a remark.
//!
//! None of it is a visit, here or anywhere; what nobody answered is shown as not answered.

use std::collections::BTreeMap;

use domain::alarm::REPORT_KEYS;
use domain::fault::Fault;
use domain::form;
use domain::id::RecordId;
use domain::moment::{Moment, Timestamp};
use domain::unfinished::{self, Unfinished};
use domain::value::{Key, Value};
use domain::words::Words;
use dossier::{Cell, View};
use rusqlite::params;
use serde::Serialize;

use super::alarms;
use super::child::Which;
use super::page::{self, Sheet};
use super::visit::actor;
use super::words::{self, Tongue, Who};
use super::{held, record_id, rows, seen};
use crate::desk::Desk;
use crate::project;
use crate::store::claims;

/// Something unfinished in a child's file.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "UnfinishedLine"))]
pub(crate) struct Line {
    record: RecordId,
    /// 没写完的走访记录
    form: Words,
    /// Who wrote it, and when it was handed in.
    who: Who,
    /// What was written, what the program had filled in, what nobody answered.
    written: Vec<Words>,
    /// Who kept it as a remark, and when.
    kept: Option<Who>,
}

/// Answers `unfinished.list`: the newest first.
pub(crate) fn list(desk: &Desk, m: &Moment, which: Which) -> Result<Vec<Line>, Fault> {
    seen(desk, m, which.child)?;
    let sql = "SELECT record, made, actor FROM remark_card WHERE child = ?1 AND form = 'unfinished'
        ORDER BY made DESC, record";
    let found = rows(&desk.db, sql, params![which.child.as_bytes()], |row| {
        Ok((record_id(row, 0)?, Timestamp(row.get(1)?), actor(row, 2)?))
    })?;
    let mut lines = Vec::new();
    for (record, made, actor) in found {
        let (Some(opened), Some(form)) = (desk.record(record)?, form::builtin(unfinished::FORM)) else { continue };
        let mut draft = Unfinished::read(&project::values(&opened.doc.view(form)));
        let told = alarms::hears_of_reports(desk, m, which.child, &actor);
        let hidden: &[&str] = if told { &[] } else { &REPORT_KEYS };
        draft.values.retain(|key, _| !hidden.contains(&key.as_str()));
        let decision = claims::taken(&desk.db, record)?.filter(|decision| decision.child == Some(which.child));
        lines.push(Line {
            record,
            form: title(&draft),
            who: words::who(desk, &actor, made),
            written: written(desk, &draft, hidden),
            kept: decision.map(|decision| held::decider(desk, &decision)),
        });
    }
    Ok(lines)
}

/// What it is called: 没写完的 and what it was to become.
pub(super) fn title(draft: &Unfinished) -> Words {
    match draft.form() {
        Some(form) => Words::new(format!("没写完的{}", form.title), format!("Unfinished {}", form.en.to_lowercase())),
        None => held::title(Some(unfinished::FORM)),
    }
}

/// What stands in it, a line a field; then what the program had filled in and nobody changed; then what
/// nobody answered, but for `hidden` questions.
pub(super) fn written(desk: &Desk, draft: &Unfinished, hidden: &[&str]) -> Vec<Words> {
    let Some(form) = draft.form() else {
        // A form of a newer program: the keys at least.
        let line = |(key, value): (&Key, &Value)| {
            Tongue::both(|tongue| words::line(tongue, key, &words::say_in(tongue, &desk.roster, None, value)))
        };
        return draft.values.iter().map(line).collect();
    };
    let told = |values: BTreeMap<Key, Value>| {
        let (view, none) = (view_of(values), BTreeMap::new());
        page::told(desk, &Sheet { form, record: None, view: &view, computed: &none })
    };
    let mut answers = draft.answers();
    // Which note a supplement was to be about says nothing in words.
    answers.remove("about");
    let mut said = told(answers.clone());
    // Half a note may hold what the form has no field for.
    let strange = answers.iter().filter(|(key, _)| form.field(key).is_none());
    said.extend(strange.map(|(key, value)| {
        Tongue::both(|tongue| words::line(tongue, key, &words::say_in(tongue, &desk.roster, None, value)))
    }));
    let proposed = draft.values.iter().filter(|(key, _)| draft.proposed.contains(*key));
    let proposed = told(proposed.map(|(key, value)| (key.clone(), value.clone())).collect());
    let mut unanswered = draft.unanswered();
    unanswered.retain(|field| !hidden.contains(&field.key.as_str()));
    let names = |tongue: Tongue| unanswered.iter().map(move |field| tongue.of(&*field.title, &*field.en).to_owned());
    said.extend(row(("自动填好、没有改过的", "Filled in by the program and left so"), |tongue| {
        proposed.iter().map(|one| tongue.of(&one.text, &one.en).clone()).collect()
    }));
    said.extend(row(("没有回答的", "Not answered"), |tongue| names(tongue).collect()));
    said
}

/// Several things in one line; nothing where there are none.
fn row(label: (&'static str, &'static str), of: impl Fn(Tongue) -> Vec<String>) -> Option<Words> {
    let line = |tongue: Tongue| {
        let all = of(tongue).join(tongue.of("、", ", "));
        words::line(tongue, tongue.of(label.0, label.1), &all)
    };
    (!of(Tongue::Chinese).is_empty()).then(|| Tongue::both(line))
}

/// Values as a page shows them; who said them stands above.
fn view_of(values: BTreeMap<Key, Value>) -> View {
    let cell = |value| Cell { value, said: Vec::new(), differs: false };
    View { cells: values.into_iter().map(|(key, value)| (key, cell(value))).collect(), ..View::default() }
}
