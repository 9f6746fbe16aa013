//! Who plays: the street whose three directors have the most to do, and what is known about the
//! children from the synthetic district. It must not ask any store.

use std::collections::BTreeMap;

use domain::post::Role;
use domain::value::Value;

use crate::synth::{District, Post, Tie, visit};

/// Directors on the stage.
pub const DIRECTORS: usize = 3;

/// A street's people.
pub struct Cast<'d> {
    /// The station's unit.
    pub station: &'d str,
    /// The supervisor.
    pub supervisor: &'d Post,
    /// The directors.
    pub directors: Vec<&'d Post>,
}

/// How many children a director has, and whether two of them are brothers or sisters.
#[derive(Clone, Copy, Default)]
struct Load {
    children: usize,
    siblings: bool,
}

/// The street where even the third director has many children; `None` in a district without
/// three directors in one street.
pub fn cast(district: &District) -> Option<Cast<'_>> {
    let mut loads: BTreeMap<usize, Load> = BTreeMap::new();
    for child in &district.children {
        let load = loads.entry(child.director).or_default();
        load.children += 1;
        load.siblings |= sibling(district, child.tie, child.director);
    }
    let streets = 1..=district.scale.streets;
    let casts = streets.filter_map(|street| of_street(district, street, &loads));
    casts.max_by_key(|(weight, _)| *weight).map(|(_, cast)| cast)
}

fn sibling(district: &District, tie: Tie, director: usize) -> bool {
    match tie {
        Tie::TwinOf(other) | Tie::SiblingOf(other) => district.children[other].director == director,
        Tie::None | Tie::NamesakeOf(_) => false,
    }
}

fn of_street<'d>(
    district: &'d District,
    street: usize,
    loads: &BTreeMap<usize, Load>,
) -> Option<((usize, usize), Cast<'d>)> {
    let load = |post: usize| loads.get(&post).copied().unwrap_or_default();
    let here = |post: &Post| post.to.is_none() && district.units[post.unit].above == Some(street);
    let posts = district.posts.iter().enumerate();
    let mut directors: Vec<(usize, &Post)> = posts.filter(|(_, p)| p.role == Role::Director && here(p)).collect();
    directors.sort_by_key(|(n, _)| std::cmp::Reverse((load(*n).siblings, load(*n).children)));
    directors.truncate(DIRECTORS);
    let supervisor = district.current_posts().find(|p| p.role == Role::Supervisor && p.unit == street)?;
    let (last, _) = directors.get(DIRECTORS - 1)?;
    let weight = (directors.iter().filter(|(n, _)| load(*n).siblings).count(), load(*last).children);
    let directors = directors.into_iter().map(|(_, post)| post).collect();
    Some((weight, Cast { station: &district.units[street].name, supervisor, directors }))
}

/// Two names of brothers or sisters among these.
pub fn siblings<'d>(district: &'d District, names: &[&str]) -> Option<(&'d str, &'d str)> {
    district.children.iter().find_map(|child| {
        let (Tie::TwinOf(other) | Tie::SiblingOf(other)) = child.tie else { return None };
        let pair = (district.children[other].text("name"), child.text("name"));
        (names.contains(&pair.0) && names.contains(&pair.1)).then_some(pair)
    })
}

/// What a director may write about a child of this name today.
pub fn words(district: &District, name: &str) -> String {
    let child = district.children.iter().position(|child| child.text("name") == name);
    let last = child.and_then(|child| visit::history(district, child).pop());
    let note = last.and_then(|visit| visit.values.get("note").and_then(Value::as_text).map(str::to_owned));
    note.unwrap_or_else(|| "家中整洁，由祖母照护，情绪稳定，学习正常，下月再来。".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synth;

    #[test]
    fn on_any_day_one_street_plays_with_its_supervisor_and_three_directors_with_siblings_to_visit() {
        for days in [0, 100, 400] {
            let district = synth::make(synth::Scale::district(), 1, synth::as_of().plus(days));
            let cast = cast(&district).expect("a cast");
            let street = district.units.iter().position(|unit| unit.name == cast.station).expect("the station");
            assert_eq!((cast.directors.len(), cast.supervisor.unit), (DIRECTORS, street));
            for director in &cast.directors {
                assert_eq!(district.units[director.unit].above, Some(street));
                let hers = district.children.iter().filter(|child| child.community == director.unit);
                let names: Vec<&str> = hers.map(|child| child.text("name")).collect();
                assert!(names.len() >= 20 && siblings(&district, &names).is_some(), "{}", names.len());
                assert!(words(&district, names[0]).chars().count() >= 10);
            }
        }
    }
}
