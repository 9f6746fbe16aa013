//! Names of streets, communities and directors as people write them → areas and posts. It must
//! not guess between two places of the same name.

use std::collections::BTreeMap;

use domain::area::{Area, Width};
use domain::day::Day;
use domain::id::PostId;
use domain::post::Role;
use domain::roster::Roster;

use crate::words::squash;

/// Why a name is no place or nobody.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Unfound {
    /// Nothing of that name.
    Nothing,
    /// More than one.
    Several,
}

/// The streets and communities of the district, by name.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Places {
    streets: BTreeMap<String, Vec<Area>>,
    communities: BTreeMap<String, Vec<Area>>,
    known: BTreeMap<Area, String>,
}

/// A director as the ledger may name her.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Director {
    /// Her post.
    pub post: PostId,
    /// Her name.
    pub name: String,
    /// Her community.
    pub area: Area,
}

/// What a street's unit is called besides the street.
const STATIONS: [&str; 5] = ["未成年人救助保护工作站", "未成年人保护工作站", "未成年人保护站", "未保工作站", "未保站"];
const STREET_ENDS: [&str; 6] = ["街道办事处", "人民政府", "街道办", "街道", "镇", "乡"];
const COMMUNITY_ENDS: [&str; 9] =
    ["社区居民委员会", "社区居委会", "居民委员会", "村民委员会", "社区村", "居委会", "村委会", "社区", "村"];

fn bare(name: &str, ends: &[&str]) -> String {
    let word = squash(name);
    let short = ends.iter().find_map(|end| word.strip_suffix(end)).filter(|rest| rest.chars().count() > 1);
    short.unwrap_or(&word).to_owned()
}

fn street_of(name: &str) -> &str {
    STATIONS.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name)
}

fn only(found: impl Iterator<Item = Area>) -> Result<Area, Unfound> {
    let mut found: Vec<Area> = found.collect();
    found.sort_unstable();
    found.dedup();
    match found.as_slice() {
        [] => Err(Unfound::Nothing),
        [one] => Ok(*one),
        [_, _, ..] => Err(Unfound::Several),
    }
}

impl Places {
    /// From names and areas.
    pub fn new<'a>(units: impl IntoIterator<Item = (&'a str, Area)>) -> Self {
        let mut places = Self::default();
        for (name, area) in units {
            match area.width() {
                Width::District => {}
                Width::Street => places.streets.entry(bare(street_of(name), &STREET_ENDS)).or_default().push(area),
                Width::Community => places.communities.entry(bare(name, &COMMUNITY_ENDS)).or_default().push(area),
            }
            places.known.insert(area, name.to_owned());
        }
        places
    }

    /// The street a text names or contains: a cell, a sheet's name, a reporting-unit row.
    pub fn street(&self, text: &str) -> Result<Area, Unfound> {
        let word = bare(street_of(text.trim()), &STREET_ENDS);
        if let Some(exact) = self.streets.get(&word) {
            return only(exact.iter().copied());
        }
        let word = squash(text);
        let inside = self
            .streets
            .iter()
            .filter(|(name, _)| STREET_ENDS.iter().any(|end| word.contains(&format!("{name}{end}"))));
        only(inside.flat_map(|(_, areas)| areas.iter().copied()))
    }

    /// The community a text names, by name or 12-digit code, inside `street` where that is known.
    pub fn community(&self, text: &str, street: Option<Area>) -> Result<Area, Unfound> {
        let inside = |area: &Area| street.is_none_or(|s| s.contains(*area));
        let code = squash(text).parse::<Area>().ok();
        if let Some(area) = code.filter(|area| self.known.contains_key(area) && area.width() == Width::Community) {
            return Ok(area);
        }
        let full = squash(text);
        let whole = self
            .known
            .iter()
            .filter(|(area, name)| area.width() == Width::Community && inside(area) && full.ends_with(&squash(name)));
        let longest = whole.clone().map(|(_, name)| name.chars().count()).max();
        let whole = whole.filter(|(_, name)| Some(name.chars().count()) == longest).map(|(area, _)| *area);
        if let Ok(area) = only(whole) {
            return Ok(area);
        }
        let word = bare(text, &COMMUNITY_ENDS);
        if let Some(exact) = self.communities.get(&word) {
            return only(exact.iter().copied().filter(inside));
        }
        let ends = self.communities.iter().filter(|(name, _)| word.ends_with(name.as_str()));
        let longest = ends.clone().map(|(name, _)| name.chars().count()).max();
        let ends = ends.filter(|(name, _)| Some(name.chars().count()) == longest);
        only(ends.flat_map(|(_, areas)| areas.iter().copied()).filter(inside))
    }

    /// The name of an area.
    pub fn name(&self, area: Area) -> Option<&str> {
        self.known.get(&area).map(String::as_str)
    }
}

/// The directors whose posts are held on a day.
pub fn directors(roster: &Roster, on: Day) -> Vec<Director> {
    let held = roster.posts.iter().filter(|(_, post)| post.role == Role::Director && post.held_on(on));
    held.filter_map(|(id, post)| {
        let name = roster.people.get(&post.person)?.clone();
        Some(Director { post: *id, name, area: roster.area_of(post)? })
    })
    .collect()
}

/// The director of a child in a community: the one named, or the only one there.
pub fn director_for(directors: &[Director], area: Area, name: Option<&str>) -> Result<PostId, Unfound> {
    let wanted = name.map(squash);
    let mut found =
        directors.iter().filter(|d| d.area == area && wanted.as_ref().is_none_or(|w| squash(&d.name) == *w));
    match (found.next(), found.next()) {
        (None, _) => Err(Unfound::Nothing),
        (Some(one), None) => Ok(one.post),
        (Some(_), Some(_)) => Err(Unfound::Several),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(code: u64) -> Area {
        Area::new(code).expect("an area")
    }

    fn places() -> Places {
        Places::new([
            ("明湖路街道", area(990_102_001_000)),
            ("稻香镇", area(990_102_100_000)),
            ("竹影社区", area(990_102_001_001)),
            ("新竹影社区", area(990_102_001_002)),
            ("和平社区", area(990_102_001_003)),
            ("和平村", area(990_102_100_003)),
        ])
    }

    #[test]
    fn a_community_is_found_however_it_is_written() {
        let p = places();
        for text in ["竹影社区", "竹影", "竹 影　社区", "明湖路街道竹影社区", "竹影社区居委会", "990102001001"]
        {
            assert_eq!(p.community(text, None), Ok(area(990_102_001_001)), "{text}");
        }
        assert_eq!(p.community("明湖路街道新竹影社区", None), Ok(area(990_102_001_002)));
        assert_eq!(p.community("月光社区", None), Err(Unfound::Nothing));
    }

    #[test]
    fn two_places_of_one_name_need_the_street() {
        let p = places();
        assert_eq!(p.community("和平", None), Err(Unfound::Several));
        let street = p.street("填报单位：明湖路街道办事处").expect("a street");
        assert_eq!(p.community("和平", Some(street)), Ok(area(990_102_001_003)));
        assert_eq!(p.community("和平村", None), Ok(area(990_102_100_003)), "the whole name is enough");
    }

    #[test]
    fn the_only_director_of_a_community_needs_no_name() {
        let director =
            |n, name: &str, code| Director { post: PostId::new([n; 16]), name: name.into(), area: area(code) };
        let all = [
            director(1, "王 芳", 990_102_001_001),
            director(2, "李娟", 990_102_001_003),
            director(3, "赵静", 990_102_001_003),
        ];
        assert_eq!(director_for(&all, area(990_102_001_001), None), Ok(PostId::new([1; 16])));
        assert_eq!(director_for(&all, area(990_102_001_001), Some("王芳")), Ok(PostId::new([1; 16])));
        assert_eq!(director_for(&all, area(990_102_001_003), None), Err(Unfound::Several));
        assert_eq!(director_for(&all, area(990_102_001_003), Some("王芳")), Err(Unfound::Nothing));
    }
}
