//! One child as a list shows it.

use std::collections::{BTreeMap, BTreeSet};

use domain::area::Area;
use domain::code;
use domain::day::Day;
use domain::due::{self, Policy};
use domain::fault::Fault;
use domain::id::{ChildId, PostId};
use domain::mask;
use domain::moment::Moment;
use domain::post::Role;
use domain::roster::Roster;
use rusqlite::{Row, params};
use serde::Serialize;

use super::alarms::{self, Mark};
use super::offer::{Offer, Offers};
use super::{child_id, rows};
use crate::desk::Desk;
use crate::project::frequency;
use crate::search::Why;

/// A code with what people read.
#[derive(Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Coded {
    pub(crate) code: String,
    pub(crate) name: String,
}

impl Coded {
    /// The code of a table, with its name.
    pub(crate) fn new(table: &str, code: &str) -> Self {
        let name = code::table(table).and_then(|t| t.name(code)).unwrap_or(code).to_owned();
        Self { code: code.to_owned(), name }
    }
}

/// A post that has the child.
#[derive(Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Charge {
    pub(crate) post: PostId,
    pub(crate) role: Role,
    pub(crate) person: String,
    /// Whether this person may take the child back from it (收回).
    pub(crate) may_take: bool,
}

/// A place with its name.
#[derive(Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Place {
    pub(crate) code: Area,
    pub(crate) name: String,
}

/// One child as a list shows it; numbers are masked.
#[derive(Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Card {
    pub(crate) child: ChildId,
    pub(crate) name: String,
    pub(crate) sex: String,
    pub(crate) birth: Option<String>,
    pub(crate) age: Option<i32>,
    /// What the child is looked after for; the secret one (C1) is never among them.
    pub(crate) categories: Vec<Coded>,
    pub(crate) risk: Option<Coded>,
    pub(crate) area: Option<Place>,
    pub(crate) posts: Vec<Charge>,
    /// `****0018`
    pub(crate) id_end: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) school: Option<String>,
    /// Fields that must be filled and are not.
    pub(crate) missing: u32,
    /// Values two people wrote differently.
    pub(crate) differs: u32,
    pub(crate) last_visit: Option<String>,
    pub(crate) last_met: Option<String>,
    /// Tries in a row without meeting the child.
    pub(crate) unmet: u32,
    /// The gravest alarm about the child that nobody answered yet.
    pub(crate) alarm: Option<Mark>,
    /// How the file is closed; nothing is due of a closed one.
    pub(crate) closed: Option<Closed>,
    pub(crate) next_due: Option<Day>,
    pub(crate) due: Option<due::State>,
    /// How the name is said, for sorting on the screen.
    pub(crate) sorted: String,
    /// In an answer to a search: why the child stands in it, where it is not simply its name.
    pub(crate) why: Vec<Why>,
    /// What this person may do with the child.
    pub(crate) may: Vec<Offer>,
    #[serde(skip)]
    pub(crate) needles: String,
}

/// Why and when a file was closed.
#[derive(Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "FileClosed"))]
pub(crate) struct Closed {
    pub(crate) why: Coded,
    pub(crate) on: Option<String>,
}

const COLUMNS: &str = "SELECT c.child, c.name, c.sex, c.birth, c.categories, c.risk, c.id_no, c.phone, c.school,
    c.missing, (SELECT count(*) FROM differing d WHERE d.child = c.child), c.last_visit, c.last_met, c.unmet,
    c.next_due, c.sorted, c.needles, c.closed, c.closed_on,
    (SELECT max(a.danger) FROM alarm_card a WHERE a.child = c.child AND a.answered = 0) FROM child_card c WHERE c.child NOT IN (SELECT child FROM hidden)";

/// Every child this device shows.
pub(crate) fn all(desk: &Desk, m: &Moment) -> Result<Vec<Card>, Fault> {
    let reader = Reader::new(desk, m);
    let cards = rows(&desk.db, COLUMNS, [], |row| reader.card(row))?;
    Ok(cards.into_iter().filter(|card| reader.scope.contains(&card.child)).collect())
}

/// One child's card.
pub(crate) fn one(desk: &Desk, m: &Moment, child: ChildId) -> Result<Option<Card>, Fault> {
    let reader = Reader::new(desk, m);
    let sql = format!("{COLUMNS} AND c.child = ?1");
    let cards = rows(&desk.db, &sql, params![child.as_bytes()], |row| reader.card(row))?;
    Ok(cards.into_iter().next().filter(|card| reader.scope.contains(&card.child)))
}

impl Card {
    /// Whether a visit was made on a day or later.
    pub(super) fn has_visit_since(&self, day: Day) -> bool {
        self.last_visit.as_deref().and_then(|last| last.parse::<Day>().ok()).is_some_and(|last| last >= day)
    }
}

struct Reader<'d> {
    roster: &'d Roster,
    today: Day,
    policy: Policy,
    scope: BTreeSet<ChildId>,
    places: BTreeMap<Area, &'d str>,
    offers: Offers<'d>,
}

impl<'d> Reader<'d> {
    fn new(desk: &'d Desk, m: &Moment) -> Self {
        let today = desk.today(m);
        let scope = desk.roster.scope(desk.me.device(), today);
        let places = desk.roster.units.values().map(|unit| (unit.area, unit.name.as_str())).collect();
        let offers = Offers::new(desk, m);
        Self { roster: &desk.roster, today, policy: frequency(&desk.roster), scope, places, offers }
    }

    fn card(&self, row: &Row<'_>) -> rusqlite::Result<Card> {
        let child = child_id(row, 0)?;
        let birth: Option<String> = row.get(3)?;
        let categories: String = row.get(4)?;
        let (closed, closed_on): (Option<String>, Option<String>) = (row.get(17)?, row.get(18)?);
        let next_due = row.get::<_, Option<String>>(14)?.and_then(|day| day.parse::<Day>().ok());
        Ok(Card {
            child,
            name: row.get(1)?,
            sex: row.get::<_, Option<String>>(2)?.map(|c| Coded::new("GB2261.1", &c).name).unwrap_or_default(),
            age: birth.as_deref().and_then(|b| b.parse::<Day>().ok()).map(|b| b.age_on(self.today)),
            birth,
            categories: categories
                .split_whitespace()
                .filter(|c| !domain::child::is_sealed_category(&format!("categories/{c}")))
                .map(|c| Coded::new("child_category", c))
                .collect(),
            risk: row.get::<_, Option<String>>(5)?.map(|c| Coded::new("RISK", &c)),
            area: self.place(child),
            posts: self.posts(child),
            id_end: row.get::<_, Option<String>>(6)?.map(|no| mask::last4(&no)),
            phone: row.get::<_, Option<String>>(7)?.map(|tel| mask::tel(&tel)),
            school: row.get(8)?,
            missing: row.get(9)?,
            differs: row.get(10)?,
            last_visit: row.get(11)?,
            last_met: row.get(12)?,
            unmet: row.get(13)?,
            due: next_due.map(|day| due::state(day, self.today, &self.policy)),
            next_due,
            sorted: row.get(15)?,
            why: Vec::new(),
            may: self.offers.of_child(child, closed.is_some()),
            needles: row.get(16)?,
            closed: closed.map(|why| Closed { why: Coded::new("close_reason", &why), on: closed_on }),
            alarm: alarms::of_card(row.get(19)?),
        })
    }

    fn place(&self, child: ChildId) -> Option<Place> {
        let code = self.roster.children.get(&child)?.area()?;
        let name = self.places.get(&code).map_or_else(|| code.to_string(), |name| (*name).to_owned());
        Some(Place { code, name })
    }

    fn posts(&self, child: ChildId) -> Vec<Charge> {
        let seat = self.roster.children.get(&child);
        let hand = self.offers.may_hand(child);
        let held = seat.into_iter().flat_map(|seat| seat.posts()).filter_map(|id| {
            let post = self.roster.posts.get(&id).filter(|post| post.held_on(self.today))?;
            let person = self.roster.people.get(&post.person).cloned().unwrap_or_default();
            let may_take = hand && self.offers.may_take_from(post);
            Some(Charge { post: id, role: post.role, person, may_take })
        });
        held.collect()
    }
}
