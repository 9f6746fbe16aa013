//! What a dry run must know besides the workbook. It must not be read from anywhere here.

use std::collections::{BTreeMap, BTreeSet};

use domain::day::Day;
use domain::number::FileNumber;
use domain::roster::Roster;

use crate::places::{Director, Places, directors};

/// The children the district has already, by what makes them the same.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Known {
    /// Document numbers, with where that child is, e.g. the community's name.
    pub ids: BTreeMap<String, String>,
    /// Names and days of birth.
    pub births: BTreeSet<(String, Day)>,
    /// File numbers.
    pub numbers: BTreeSet<FileNumber>,
}

/// What a dry run must know.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Context {
    /// Streets and communities.
    pub places: Places,
    /// Directors in office.
    pub directors: Vec<Director>,
    /// Children there already.
    pub known: Known,
    /// Numbers with a wrong check digit are imported as they stand and marked doubtful.
    pub accept_doubtful: bool,
    /// The day of the import.
    pub today: Day,
}

impl Context {
    /// From the roster, for a district without children yet.
    pub fn of(roster: &Roster, today: Day) -> Self {
        let places = Places::new(roster.units.values().map(|u| (u.name.as_str(), u.area)));
        Self { places, directors: directors(roster, today), known: Known::default(), accept_doubtful: false, today }
    }
}
