//! The columns of a child's row that follow from its visits: last met, next due.
//!
//! No clock here: a due day is a fact, whether it is overdue is asked when the row is read.

use std::collections::BTreeSet;

use domain::assessment::Risk;
use domain::day::Day;
use domain::due::{Attempt, POLICY_KEY, Policy, danger_since, interval_start, last_met, next_visit, unmet_in_a_row};
use domain::id::ChildId;
use domain::roster::Roster;
use rusqlite::{Connection, OptionalExtension as _, Result, params};

/// The district's policy of visits, or the usual one where it has none that can be read.
pub(crate) fn frequency(roster: &Roster) -> Policy {
    roster.policies.get(POLICY_KEY).and_then(|json| Policy::parse(json).ok()).unwrap_or_default()
}

/// The day by which a child that is met on a day is to be met next; `None` while its file is not here.
pub(crate) fn due_after(tx: &Connection, child: ChildId, policy: &Policy, met: Day) -> Result<Option<Day>> {
    let facts = facts(tx, child)?;
    Ok(facts.map(|facts| next_visit(&facts.categories, facts.risk, Some(met), met, policy)))
}

struct Facts {
    categories: BTreeSet<String>,
    risk: Option<Risk>,
    assessed: Option<Day>,
    registered: Day,
    closed: bool,
}

/// A visit as the rhythm sees it.
struct Visit {
    attempt: Attempt,
    /// What was planned next.
    next: Option<Day>,
    /// Whether its note says that the child is in danger.
    danger: bool,
}

/// Works the columns out again. Nothing to do while the child's file is not here.
pub(super) fn refresh(tx: &Connection, child: ChildId, policy: &Policy) -> Result<()> {
    let Some(facts) = facts(tx, child)? else { return Ok(()) };
    let visits = visits(tx, child)?;
    let attempts: Vec<Attempt> = visits.iter().map(|visit| visit.attempt.clone()).collect();
    let (met, last) = (last_met(&attempts), visits.last());
    let from = interval_start(facts.risk, met, facts.assessed);
    let by_policy = next_visit(&facts.categories, facts.risk, from, facts.registered, policy);
    // What the last note planned counts when it is earlier; nobody plans her way out of the policy.
    let planned = last.and_then(|last| last.next.filter(|day| *day > last.attempt.on));
    let danger = danger_since(visits.iter().map(|visit| (&visit.attempt, visit.danger)));
    let danger = danger.map(|on| on.plus(i32::from(policy.urgent())));
    let due = [Some(by_policy), planned, danger].into_iter().flatten().min().filter(|_| !facts.closed);
    tx.prepare_cached(
        "UPDATE child_card SET last_visit = ?2, last_met = ?3, unmet = ?4, planned = ?5, next_due = ?6 WHERE child = ?1",
    )?
    .execute(params![
        child.as_bytes(),
        last.map(|last| last.attempt.on.to_string()),
        met.map(|day| day.to_string()),
        u32::try_from(unmet_in_a_row(&attempts)).unwrap_or(u32::MAX),
        planned.map(|day| day.to_string()),
        due.map(|day| day.to_string()),
    ])?;
    Ok(())
}

fn facts(tx: &Connection, child: ChildId) -> Result<Option<Facts>> {
    tx.prepare_cached("SELECT categories, risk, registered, assessed, closed FROM child_card WHERE child = ?1")?
        .query_row(params![child.as_bytes()], |row| {
            let (codes, risk): (String, Option<String>) = (row.get(0)?, row.get(1)?);
            let (registered, assessed): (String, Option<String>) = (row.get(2)?, row.get(3)?);
            Ok(Facts {
                categories: codes.split_whitespace().map(str::to_owned).collect(),
                risk: risk.as_deref().and_then(Risk::of),
                assessed: assessed.and_then(|day| day.parse().ok()),
                registered: registered.parse().unwrap_or(Day::EPOCH),
                closed: row.get::<_, Option<String>>(4)?.is_some(),
            })
        })
        .optional()
}

/// The child's visits in the order they were made.
fn visits(tx: &Connection, child: ChildId) -> Result<Vec<Visit>> {
    let mut query = tx.prepare_cached(
        "SELECT v.day, v.mode, v.met, v.next, coalesce(a.danger, 0) FROM visit_card v
         LEFT JOIN alarm_card a ON a.record = v.record WHERE v.child = ?1 ORDER BY v.at, v.made, v.record",
    )?;
    let rows = query.query_map(params![child.as_bytes()], |row| {
        let (day, next): (String, Option<String>) = (row.get(0)?, row.get(3)?);
        let attempt = Attempt { on: day.parse().unwrap_or(Day::EPOCH), mode: row.get(1)?, met: row.get(2)? };
        Ok(Visit { attempt, next: next.and_then(|next| next.parse().ok()), danger: row.get(4)? })
    })?;
    rows.collect()
}
