//! The list of children and the search box.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use domain::area::Area;
use domain::day::Day;
use domain::due::State;
use domain::fault::Fault;
use domain::id::{ChildId, PostId};
use domain::moment::Moment;
use serde::{Deserialize, Serialize};

use super::card::{self, Card};
use super::me::Nothing;
use super::offer::Offer;
use super::setting;
use crate::desk::Desk;
use crate::search::Query;

/// What to list. Every part left out lets all pass; the parts are joined by "and".
#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub(crate) struct Filter {
    /// Any of these categories.
    categories: Option<Vec<String>>,
    /// Any of these levels.
    risk: Option<Vec<String>>,
    /// How the next visit stands.
    due: Option<Vec<Due>>,
    /// In this community, street or district.
    area: Option<Area>,
    /// In this post's charge.
    post: Option<PostId>,
    /// Only with something missing, or something two people wrote differently.
    missing: Option<bool>,
    differs: Option<bool>,
    /// 已结案: closed files, and no others; left out, open ones only.
    closed: Option<bool>,
    /// 未评估: without a level of risk.
    unassessed: Option<bool>,
    /// 本月未访: no visit in this month.
    unvisited: Option<bool>,
    /// Due on this day.
    due_on: Option<Day>,
    /// Searched as the search box does.
    text: Option<String>,
    sort: Option<Sort>,
}

/// How a child's next visit stands.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "DueFilter"))]
pub(crate) enum Due {
    /// 逾期
    Overdue,
    /// 今天应访
    Today,
    /// 将到期
    Coming,
    /// Not yet.
    Later,
}

impl Due {
    const fn of(state: State) -> Self {
        match state {
            State::Overdue { .. } => Self::Overdue,
            State::Today => Self::Today,
            State::Coming { .. } => Self::Coming,
            State::Later { .. } => Self::Later,
        }
    }
}

/// The order of the list.
#[derive(Clone, Copy, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum Sort {
    /// The most overdue first.
    #[default]
    Due,
    /// By the name as it is said.
    Name,
    /// The highest risk first.
    Risk,
    /// The longest without a visit first.
    Visit,
}

/// The children listed.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Listed {
    cards: Vec<Card>,
    /// How many open files there are without any filter.
    total: usize,
}

/// Words to find a child by.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Find {
    text: String,
    /// At most so many; 20 when left out.
    #[serde(default)]
    #[cfg_attr(test, ts(optional))]
    most: Option<usize>,
}

/// Answers `children.list`.
pub(crate) fn list(desk: &Desk, m: &Moment, filter: Filter) -> Result<Listed, Fault> {
    let all = card::all(desk, m)?;
    let total = open(&all);
    let month = desk.today(m).first_of_month();
    let query = filter.text.as_deref().map(|text| asked(desk, text)).transpose()?.flatten();
    let mut cards: Vec<Card> = all
        .into_iter()
        .filter(|card| filter.lets(card, month))
        .filter_map(|card| if let Some(query) = &query { found(query, card) } else { Some(card) })
        .collect();
    sort(&mut cards, filter.sort.unwrap_or_default());
    Ok(Listed { cards, total })
}

/// Answers `children.find`: the best fits first.
pub(crate) fn find(desk: &Desk, m: &Moment, find: Find) -> Result<Listed, Fault> {
    let all = card::all(desk, m)?;
    let total = open(&all);
    let Some(query) = asked(desk, &find.text)? else { return Ok(Listed { cards: Vec::new(), total }) };
    let mut ranked: Vec<(u8, Card)> =
        all.into_iter().filter_map(|card| Some((query.fit(&card.needles)?.rank(), card))).collect();
    // A closed file is found too, behind the open ones.
    let order = |(rank, card): &(u8, Card)| (card.closed.is_some(), *rank, card.sorted.clone(), card.child);
    ranked.sort_by_cached_key(order);
    ranked.truncate(find.most.unwrap_or(20));
    Ok(Listed { cards: ranked.into_iter().filter_map(|(_, card)| found(&query, card)).collect(), total })
}

fn open(cards: &[Card]) -> usize {
    cards.iter().filter(|card| card.closed.is_none()).count()
}

/// The setting that switches off that sounds are alike; on where nobody said.
const ALIKE: &str = "search.alike";

fn asked(desk: &Desk, text: &str) -> Result<Option<Query>, Fault> {
    Ok(Query::new(text, setting::is_on(desk, ALIKE)?))
}

/// A child that fits, and why.
fn found(query: &Query, mut card: Card) -> Option<Card> {
    let why = query.fit(&card.needles)?.why();
    card.why = why;
    Some(card)
}

/// A child by name only: enough to begin a note, nothing to read.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "ChildName"))]
pub(crate) struct Name {
    child: ChildId,
    name: String,
    /// The community's name.
    area: String,
}

/// Answers `children.names`: the children assigned to this person's own posts, by the name as it
/// is said. It is asked after the lease too, so it must never say more than this.
pub(crate) fn names(desk: &Desk, m: &Moment, _: Nothing) -> Result<Vec<Name>, Fault> {
    let posts = desk.roster.posts_on(desk.me.device(), desk.today(m));
    let own: BTreeSet<ChildId> = posts.flat_map(|(id, _)| desk.roster.children_of(id)).collect();
    let mut cards = card::all(desk, m)?;
    cards.retain(|card| own.contains(&card.child) && card.closed.is_none() && card.may.contains(&Offer::Visit));
    sort(&mut cards, Sort::Name);
    let area = |card: &Card| card.area.as_ref().map(|place| place.name.clone()).unwrap_or_default();
    Ok(cards.into_iter().map(|card| Name { child: card.child, area: area(&card), name: card.name }).collect())
}

impl Filter {
    /// Whether it lets a card pass; `month` is the first day of this one.
    fn lets(&self, card: &Card, month: Day) -> bool {
        let any = |wanted: &Option<Vec<String>>, has: &dyn Fn(&str) -> bool| {
            wanted.as_ref().is_none_or(|codes| codes.is_empty() || codes.iter().any(|code| has(code)))
        };
        any(&self.categories, &|code| card.categories.iter().any(|c| c.code == code))
            && any(&self.risk, &|code| card.risk.as_ref().is_some_and(|r| r.code == code))
            && self
                .due
                .as_ref()
                .is_none_or(|due| due.is_empty() || card.due.is_some_and(|state| due.contains(&Due::of(state))))
            && self.area.is_none_or(|area| card.area.as_ref().is_some_and(|place| area.contains(place.code)))
            && self.post.is_none_or(|post| card.posts.iter().any(|charge| charge.post == post))
            && self.missing.is_none_or(|wanted| wanted == (card.missing > 0))
            && self.differs.is_none_or(|wanted| wanted == (card.differs > 0))
            && self.closed.unwrap_or(false) == card.closed.is_some()
            && self.unassessed.is_none_or(|wanted| wanted == card.risk.is_none())
            && self.unvisited.is_none_or(|wanted| wanted != card.has_visit_since(month))
            && self.due_on.is_none_or(|day| card.next_due == Some(day))
    }
}

fn sort(cards: &mut [Card], by: Sort) {
    let name = |card: &Card| (card.sorted.clone(), card.child);
    match by {
        Sort::Name => cards.sort_by_cached_key(name),
        Sort::Due => cards.sort_by_cached_key(|c| (c.next_due.is_none(), c.next_due, name(c))),
        Sort::Risk => cards.sort_by_cached_key(|c| (Reverse(c.risk.as_ref().map(|r| r.code.clone())), name(c))),
        Sort::Visit => cards.sort_by_cached_key(|c| (c.last_visit.clone(), name(c))),
    }
}

#[cfg(test)]
mod tests;
