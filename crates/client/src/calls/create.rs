//! A child found on a visit: registered, begun and assigned to the finder, all in one commit.

use std::collections::BTreeMap;

use domain::area::{Area, Width};
use domain::child::Identity;
use domain::fault::{Code, Fault};
use domain::finding::{Finding, Level};
use domain::form::{VERSION_KEY, builtin};
use domain::id::{ChildId, PostId, RecordId};
use domain::moment::Moment;
use domain::number::{FileNumber, Segment};
use domain::rights::{Verb, role_may};
use domain::roster::Row;
use domain::value::{Key, Value};
use rusqlite::params;
use serde::{Deserialize, Serialize};

use super::card::Card;
use super::child::{FORMS, FieldEdit, NOT_BY_HAND, acts, in_normal_form, named_rows, rules};
use super::{Acted, double, rows};
use crate::desk::Desk;
use crate::search::{Kind, of_kind};
use crate::store::standing::after_a_copy;
use crate::write::Act;

/// A child found.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub(crate) struct Found {
    /// The community; one of this person's own.
    area: Area,
    /// What is known: keys of both records of the file. At least the name.
    values: BTreeMap<Key, Value>,
    /// True once the finder has looked at the files that may be of the same child.
    #[serde(default)]
    sure: bool,
    /// Its draft; it goes when the child is registered.
    draft: Option<RecordId>,
}

/// What became of it.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Created {
    /// `None` when something red stands in the way, or files that may be of the same child are
    /// to be looked at first.
    child: Option<ChildId>,
    findings: Vec<Finding>,
    /// Files here that may be of the same child.
    doubles: Vec<Card>,
}

/// Does `child.create`. Fields not known yet do not stand in the way; wrong ones do.
pub(crate) fn create(desk: &mut Desk, m: &mut Moment, found: Found) -> Acted<Created> {
    let post = finder(desk, m, found.area).ok_or(Code::Denied)?;
    let child = ChildId::new(m.uuid());
    let edits = named_rows(m, as_edits(&found.values), &mut BTreeMap::new());
    let values = edits.iter().filter_map(FieldEdit::value).map(|(key, value)| (key.clone(), value.clone())).collect();
    let findings = findings(desk, m, &edits)?;
    let named = found.values.get("name").and_then(Value::as_text).is_some_and(|name| !name.trim().is_empty());
    let wrong = findings.iter().any(|finding| finding.level == Level::Red && !finding.missing);
    // Writing goes on when the lease is over; reading others' files does not.
    let doubles = match desk.reading(m) {
        Ok(()) => double::like(desk, m, &Identity::of(&values))?,
        Err(_) => Vec::new(),
    };
    if wrong || !named || (!doubles.is_empty() && !found.sure) {
        return Ok((Created { child: None, findings, doubles }, Vec::new()));
    }
    let mut all = vec![Act::Row(Row::Register { child, area: found.area, post })];
    let mut edits = edits;
    if let Some(number) = next_number(desk, m, found.area)? {
        edits.push(FieldEdit::Set { key: "child_no".to_owned(), value: Value::text(number.to_string()) });
        all.push(Act::Numbered(number));
    }
    all.extend(begun(child, &edits)?);
    all.extend(found.draft.map(Act::Done));
    let touched = desk.commit(m, all)?;
    Ok((Created { child: Some(child), findings, doubles }, touched))
}

fn as_edits(values: &BTreeMap<Key, Value>) -> Vec<FieldEdit> {
    let edits = values.iter().filter(|(key, _)| *key != VERSION_KEY);
    in_normal_form(edits.map(|(key, value)| FieldEdit::Set { key: key.clone(), value: value.clone() }).collect())
}

/// What the rules say about a registration as it stands; where it is to be kept is no field of the file.
pub(super) fn check(desk: &Desk, m: &Moment, values: &BTreeMap<Key, Value>) -> Result<Vec<Finding>, Fault> {
    let named = values.iter().filter(|(key, _)| *key != AREA_KEY);
    // New rows have no ids yet: any will do for the rules.
    let named = named.map(|(key, value)| (key.replace("/+", &format!("/{:031}", 0)), value.clone())).collect();
    findings(desk, m, &as_edits(&named))
}

/// Where a draft of a registration says in which community.
pub(crate) const AREA_KEY: &str = "area";

/// The next file number of this computer; `None` for one that may give none, or whose year is full.
fn next_number(desk: &Desk, m: &Moment, area: Area) -> Result<Option<FileNumber>, Fault> {
    let Some(segment) = desk.roster.devices.get(&desk.me.device()).and_then(|device| device.segment) else {
        return Ok(None);
    };
    let today = desk.today(m);
    let count = match desk.standing.given.get(&today.ymd().0) {
        Some(count) => *count,
        // The first of the year; or a store begun anew that does not know what it gave: what is on file here says.
        None if desk.standing.cursor.first > 0 => return Ok(None),
        None => given_before(desk, segment, today.ymd().0)?,
    };
    Ok(segment.nth(area, today, count + 1))
}

/// How many numbers of a segment this computer may have given in a year, by the files that are here: children
/// gone since may have had some more.
fn given_before(desk: &Desk, segment: Segment, year: i16) -> Result<u32, Fault> {
    let cards: Vec<String> = rows(&desk.db, "SELECT needles FROM child_card", params![], |row| row.get(0))?;
    let numbers = cards.iter().flat_map(|needles| of_kind(needles, Kind::Number)).filter_map(FileNumber::parse);
    let highest = numbers.filter(|number| number.year == year).filter_map(|number| segment.place(number)).max();
    Ok(highest.map_or(0, after_a_copy))
}

/// The post that may register a child in a community.
fn finder(desk: &Desk, m: &Moment, area: Area) -> Option<PostId> {
    let covers = |place: Option<Area>| place.is_some_and(|place| place.contains(area));
    let mut posts = desk.roster.posts_on(desk.me.device(), desk.today(m));
    let found =
        posts.find(|(_, post)| role_may(post.role, Verb::Create, "register") && covers(desk.roster.area_of(post)));
    found.map(|(id, _)| id).filter(|_| area.width() == Width::Community)
}

fn findings(desk: &Desk, m: &Moment, edits: &[FieldEdit]) -> Result<Vec<Finding>, Fault> {
    let mut findings = Vec::new();
    for id in FORMS {
        let form = builtin(id).ok_or(Code::Bug)?;
        let own: BTreeMap<Key, Value> = edits
            .iter()
            .filter(|edit| form.field(edit.key()).is_some_and(|field| !field.computed && !field.given))
            .filter_map(FieldEdit::value)
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        findings.extend(rules(form, &own, desk.today(m)));
    }
    let known =
        |key: &str| FORMS.iter().any(|id| builtin(id).is_some_and(|f| f.field(key).is_some_and(|field| !field.given)));
    let strange = edits.iter().filter(|edit| !known(edit.key()));
    findings.extend(strange.map(|edit| Finding::red(edit.key(), NOT_BY_HAND)));
    Ok(findings)
}

/// Both records, begun. Rights are asked at the commit: before it the roster knows no such child.
fn begun(child: ChildId, edits: &[FieldEdit]) -> Result<Vec<Act>, Fault> {
    let empty = |id: &&str| Some((builtin(id)?, None, dossier::View::default()));
    acts(child, &FORMS.iter().filter_map(empty).collect(), edits)
}

#[cfg(test)]
mod tests;
