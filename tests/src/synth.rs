//! The synthetic district (handbook §11): units, people, children, visits, and the workbooks such
//! a district keeps. A seed fixes every byte. Nothing here may come from a real person: areas
//! begin with 99, phones with 1400, cards with 6299.
//!
//! - [`district`], [`county`] and [`make`] build a [`District`]; [`visit::history`] writes a
//!   child's visits when asked for, so that nothing large is held.
//! - [`ledger::write`] and [`org_book::write`] are its Excel workbooks, clean or as dirty as
//!   real ones, with the [`ledger::Truth`] to check an import against.
//! - [`text`] is the calibrated note text; [`archive`] a director's files, notes and day for
//!   benches.

pub mod archive;
pub mod child;
pub mod family;
pub mod ledger;
pub mod name;
pub mod number;
pub mod org_book;
pub mod people;
pub mod place;
pub mod text;
pub mod visit;
pub mod word;

use std::collections::BTreeMap;

use domain::area::Area;
use domain::day::Day;
use domain::post::Role;
use domain::value::{Key, Value};

/// Stands in every workbook and truth file.
pub const WATERMARK: &str = "虚构数据 SYNTHETIC";

/// The day a district is as of unless told otherwise.
pub fn as_of() -> Day {
    Day::EPOCH.plus(20_780) // 2026-11-23
}

/// How large a district is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scale {
    /// Its name.
    pub name: &'static str,
    /// Its six digits of area code, prefix 99.
    pub code: u32,
    /// Whether streets are towns and communities villages.
    pub rural: bool,
    /// Streets, each with a station and one supervisor.
    pub streets: usize,
    /// Communities, each with one director.
    pub communities: usize,
    /// Specialists, spread over the stations.
    pub specialists: usize,
    /// Social workers, spread over the stations.
    pub social_workers: usize,
    /// People of the centre.
    pub centre: usize,
    /// Children by category (`child_category`); each counts once.
    pub children: Vec<(&'static str, usize)>,
    /// First street and first community of the invented names that are used.
    pub names_from: (usize, usize),
}

impl Scale {
    /// The n-th street's name without its kind.
    pub fn street(&self, n: usize) -> &'static str {
        place::street(self.names_from.0 + n)
    }

    /// The n-th community's name without its kind.
    pub fn community(&self, n: usize) -> String {
        place::community(self.names_from.1 + n)
    }

    /// The district of the seed: 13 streets, 131 communities, 7 + 34 + 16 children of the first
    /// concern.
    pub fn district() -> Self {
        Self {
            name: "澄明区",
            code: 990_102,
            rural: false,
            streets: 13,
            communities: 131,
            specialists: 13,
            social_workers: 39,
            centre: 12,
            children: vec![
                ("A2", 6),
                ("A1", 1),
                ("B1", 34),
                ("D1", 16),
                ("E1", 170),
                ("E2", 150),
                ("E3", 40),
                ("E4", 60),
                ("F1", 6),
                ("F2", 2600),
            ],
            names_from: (0, 0),
        }
    }

    /// A rural county: 22 towns, 380 villages.
    pub fn county() -> Self {
        Self {
            name: "稻香县",
            code: 990_121,
            rural: true,
            streets: 22,
            communities: 380,
            specialists: 22,
            social_workers: 30,
            centre: 12,
            children: vec![
                ("A2", 60),
                ("A1", 8),
                ("B1", 291),
                ("D1", 60),
                ("E1", 1800),
                ("E2", 1400),
                ("E3", 400),
                ("E4", 600),
                ("F1", 2131),
                ("F2", 700),
            ],
            names_from: (0, 0),
        }
    }

    /// A part of the district for demos and stories: so many streets and communities, the 57
    /// thinned out accordingly.
    pub fn small(streets: usize, communities: usize) -> Self {
        let children = vec![
            ("A2", 2),
            ("B1", communities),
            ("D1", communities.div_ceil(2)),
            ("E1", communities * 2),
            ("E2", communities),
            ("E4", communities),
            ("F2", communities * 3),
        ];
        let each = streets;
        Self { streets, communities, specialists: each, social_workers: each, centre: 2, children, ..Self::district() }
    }
}

/// A synthetic district.
#[derive(Clone, PartialEq, Debug)]
pub struct District {
    /// The seed that fixes it.
    pub seed: u64,
    /// The day it is as of.
    pub on: Day,
    /// How large it is.
    pub scale: Scale,
    /// The centre, then stations, then communities in the order of their codes.
    pub units: Vec<Unit>,
    /// Everybody's posts, former ones too.
    pub posts: Vec<Post>,
    /// The children.
    pub children: Vec<Child>,
}

/// A unit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unit {
    /// Its name.
    pub name: String,
    /// What it covers.
    pub area: Area,
    /// Index of the unit above it.
    pub above: Option<usize>,
}

/// A person in a post. A person has one post here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Post {
    /// Her name, unique in the district.
    pub person: String,
    /// As what.
    pub role: Role,
    /// Index of the unit.
    pub unit: usize,
    /// First day.
    pub from: Day,
    /// Last day, of former posts.
    pub to: Option<Day>,
}

/// A child and what its file truly says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Child {
    /// Index of the community's unit.
    pub community: usize,
    /// Index of the director's post.
    pub director: usize,
    /// Values of the record `child`.
    pub values: BTreeMap<Key, Value>,
    /// Values of the record `child_sensitive`.
    pub sensitive: BTreeMap<Key, Value>,
    /// The assessment that gave its risk level: a record of its own, before the level can stand
    /// in the file.
    pub assessment: BTreeMap<Key, Value>,
    /// How it is tied to an earlier child.
    pub tie: Tie,
}

/// How a child is tied to an earlier one (index into [`District::children`]).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tie {
    /// Not at all.
    None,
    /// Same day, same parents, same home.
    TwinOf(usize),
    /// Same parents, same home.
    SiblingOf(usize),
    /// Same name and day of birth, and yet another child.
    NamesakeOf(usize),
}

impl Child {
    /// The text under a key, or nothing.
    pub fn text(&self, key: &str) -> &str {
        let value = self.values.get(key).or_else(|| self.sensitive.get(key));
        value.and_then(Value::as_text).unwrap_or("")
    }
    /// Day of birth.
    pub fn birth(&self) -> Day {
        self.text("birth").parse().unwrap_or(Day::EPOCH)
    }
    /// The code of its category.
    pub fn category(&self) -> &str {
        let key = self.values.keys().find_map(|key| key.strip_prefix("categories/"));
        key.and_then(|rest| rest.split('/').next()).unwrap_or("")
    }
}

impl District {
    /// The index of the street's unit a community lies in.
    pub fn station_of(&self, community: usize) -> usize {
        self.units[community].above.unwrap_or(0)
    }
    /// Posts held on the district's day.
    pub fn current_posts(&self) -> impl Iterator<Item = &Post> {
        self.posts.iter().filter(|post| post.to.is_none())
    }
}

/// The district of the seed city, as of [`as_of`].
pub fn district(seed: u64) -> District {
    make(Scale::district(), seed, as_of())
}

/// The rural county, as of [`as_of`].
pub fn county(seed: u64) -> District {
    make(Scale::county(), seed, as_of())
}

/// A district of any size on any day.
pub fn make(scale: Scale, seed: u64, on: Day) -> District {
    let units = people::units(&scale);
    let posts = people::posts(&scale, &units, seed, on);
    let mut district = District { seed, on, scale, units, posts, children: Vec::new() };
    let mut maker = child::Maker::new(seed);
    for (category, community) in people::homes_of_children(&district.scale, seed) {
        let made = maker.child(&district, category, community);
        district.children.push(made);
    }
    district
}

#[cfg(test)]
mod tests;
