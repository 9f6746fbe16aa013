//! Children that left: one line each, until somebody has read it. Their files may be gone from this
//! computer, so a name stands here only while this person still sees the child.

use domain::fault::Fault;
use domain::id::{ChildId, PersonId};
use domain::moment::Moment;
use domain::roster;
use serde::{Deserialize, Serialize};

use super::me::Nothing;
use super::{Acted, card};
use crate::desk::Desk;
use crate::store::departed;
use crate::tag::Tag;

/// A child that left this person, or the place where she looks after it.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Departed {
    child: ChildId,
    /// The child's name, while she still sees it.
    name: Option<String>,
    #[serde(flatten)]
    how: How,
}

/// How it left.
#[derive(Serialize)]
#[serde(tag = "how", rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
enum How {
    /// 移交: this person has it now.
    Handed { person: String },
    /// 收回
    Withdrawn,
    /// To another street.
    Street,
    /// To another community of the street.
    Community { place: String },
}

/// What has left and was not read yet, the newest first.
pub(super) fn list(desk: &Desk, m: &Moment) -> Result<Vec<Departed>, Fault> {
    let (me, today) = (desk.me.device(), desk.today(m));
    let mut lines = Vec::new();
    for child in departed::all(&desk.db)? {
        let Some(how) = desk.roster.departure(me, child, today) else { continue };
        let seen = desk.roster.sees(me, child, today);
        let card = if seen { card::one(desk, m, child)? } else { None };
        lines.push(Departed { child, name: card.map(|card| card.name), how: said(desk, how) });
    }
    Ok(lines)
}

fn said(desk: &Desk, how: roster::Departure) -> How {
    let name = |person: PersonId| desk.roster.people.get(&person).cloned().unwrap_or_default();
    match how {
        roster::Departure::Handed(person) => How::Handed { person: name(person) },
        roster::Departure::Withdrawn => How::Withdrawn,
        roster::Departure::Street => How::Street,
        roster::Departure::Community(area) => {
            let unit = desk.roster.units.values().find(|unit| unit.area == area);
            How::Community { place: unit.map_or_else(|| area.to_string(), |unit| unit.name.clone()) }
        }
    }
}

/// Which lines were read.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct SeenDeparted {
    children: Vec<ChildId>,
}

/// Does `departed.seen`: they are not told again.
pub(crate) fn seen(desk: &mut Desk, _: &mut Moment, args: SeenDeparted) -> Acted<Nothing> {
    for child in args.children {
        departed::forget(&desk.db, child)?;
    }
    Ok((Nothing {}, vec![Tag::Roster]))
}

#[cfg(test)]
mod tests;
