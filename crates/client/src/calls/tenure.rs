//! Who had a child from when to when: 分派, 移交 and 收回 as the file's history tells them.
//!
//! It tells what the roster says; it must not judge who may read the child.

use domain::area::Area;
use domain::fault::Fault;
use domain::id::Position;
use domain::moment::{Moment, Timestamp};
use domain::words::Words;
use dossier::Actor;
use serde::Serialize;
use sync::envelope::Envelope;

use super::child::Which;
use super::words::{self, Who};
use super::{rows, seen};
use crate::desk::Desk;
use crate::store::signed;

/// One person's time with a child.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Tenure {
    /// Who had it; "（名册里没有）" when she works where nobody here can see.
    person: Words,
    /// 儿童主任
    title: Words,
    unit: String,
    area: Option<Area>,
    /// Who gave it to her, and when.
    given: Option<Who>,
    /// Who took it from her, and when; `None` while she has it.
    taken: Option<Who>,
    /// Her post ended on this day though nobody took the child from her.
    ended: Option<domain::day::Day>,
    /// Whether she has it now.
    now: bool,
}

/// Answers `child.tenures`: the newest first.
pub(crate) fn list(desk: &Desk, m: &Moment, which: Which) -> Result<Vec<Tenure>, Fault> {
    seen(desk, m, which.child)?;
    let (roster, today) = (&desk.roster, desk.today(m));
    let mut tenures = Vec::new();
    for (id, from, to) in roster.children.get(&which.child).into_iter().flat_map(|seat| seat.tenures()) {
        let post = roster.posts.get(&id);
        let person = post.and_then(|post| roster.people.get(&post.person));
        let ended = post.and_then(|post| post.to).filter(|last| to.is_none() && *last < today);
        tenures.push(Tenure {
            person: person.map_or_else(|| words::NOBODY.into(), |name| Words::new(name, name)),
            title: post.map_or_else(|| ("", "").into(), |post| Words::new(post.role.name(), post.role.en())),
            unit: post.and_then(|post| roster.units.get(&post.unit)).map(|unit| unit.name.clone()).unwrap_or_default(),
            area: post.and_then(|post| roster.area_of(post)),
            given: row_at(desk, which, from)?,
            taken: to.map(|to| row_at(desk, which, to)).transpose()?.flatten(),
            ended,
            now: to.is_none() && ended.is_none(),
        });
    }
    tenures.reverse();
    Ok(tenures)
}

/// Who signed the row about a child at a position, and when; an own row that is not in the log yet stands for the
/// newest.
fn row_at(desk: &Desk, Which { child }: Which, at: Position) -> Result<Option<Who>, Fault> {
    let sql = "SELECT i.at, e.head FROM item i LEFT JOIN envelope e ON e.no = i.envelope
        WHERE i.kind = 2 AND i.child = ?1 AND i.state NOT IN (3, 5) AND coalesce(i.position, ?2) = ?2
        ORDER BY i.position IS NULL, i.no DESC LIMIT 1";
    let found = rows(&desk.db, sql, rusqlite::params![child.as_bytes(), signed(at)], |row| {
        Ok((row.get::<_, Option<i64>>(0)?, row.get::<_, Option<Vec<u8>>>(1)?))
    })?;
    let Some((made, head)) = found.into_iter().next() else { return Ok(None) };
    let envelope = head.and_then(|head| Envelope::decode(&head).ok());
    let by = envelope.as_ref().map_or_else(|| desk.me.device(), |envelope| envelope.device);
    let at = made.map(Timestamp).or_else(|| envelope.map(|envelope| envelope.at)).unwrap_or_default();
    Ok(Some(words::who(desk, &Actor::new(by, [0; 8]), at)))
}
