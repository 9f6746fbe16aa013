//! 没有负责人: children nobody is in charge of, for those who look after a station's work.
//!
//! It must not judge who has nobody: that is [`domain::roster::Roster::in_nobodys_charge`]'s.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use domain::day::Day;
use domain::fault::Fault;
use domain::id::ChildId;
use domain::moment::Moment;
use domain::roster::{Row, Since};
use serde::Serialize;

use super::card::Card;
use super::me::settles;
use crate::desk::Desk;
use crate::store::roster::signed_last;

/// A child nobody is in charge of.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Unassigned {
    #[serde(flatten)]
    card: Card,
    /// Since which day, as far as known here.
    since: Option<Day>,
}

/// So many are told one by one; the rest stands in the list of children.
const TOLD: usize = 6;

/// The children nobody is in charge of; none for who only looks after children of her own.
pub(super) fn all(desk: &Desk, m: &Moment) -> BTreeSet<ChildId> {
    let today = desk.today(m);
    let station = desk.roster.posts_on(desk.me.device(), today).any(|(_, post)| settles(post.role));
    if station { desk.roster.in_nobodys_charge(today) } else { BTreeSet::new() }
}

/// The first of them, the highest risk first.
pub(super) fn told(desk: &Desk, m: &Moment, mut cards: Vec<Card>) -> Result<Vec<Unassigned>, Fault> {
    cards.sort_by_cached_key(|c| (Reverse(c.risk.as_ref().map(|r| r.code.clone())), c.sorted.clone(), c.child));
    cards.truncate(TOLD);
    cards.into_iter().map(|card| Ok(Unassigned { since: since(desk, m, card.child)?, card })).collect()
}

fn since(desk: &Desk, m: &Moment, child: ChildId) -> Result<Option<Day>, Fault> {
    let signed = match desk.roster.alone_since(child, desk.today(m)) {
        Since::Ended(day) => return Ok(Some(day)),
        Since::Withdrawn => signed_last(&desk.db, child, |row| matches!(row, Row::Withdraw { .. }))?,
        Since::Placed => signed_last(&desk.db, child, |row| matches!(row, Row::Child { .. } | Row::Register { .. }))?,
    };
    Ok(signed.map(Day::of))
}

#[cfg(test)]
mod tests;
