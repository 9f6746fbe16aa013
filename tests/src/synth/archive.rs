//! A director's files, notes and day for benches (docs/TESTING.md, "The district day"): 40 files of some 40
//! filled keys, 12 notes of 400 characters each, a day of 6 patched files and 6 notes. Everything
//! is made when asked for; nothing large is held. It must not know records, changes or ids:
//! the caller adds `visitors/<post>`.

use std::collections::BTreeMap;

use domain::day::Day;
use domain::value::{Key, Value};

use super::text::{Mixture, written};
use super::{Child, Scale, make, visit};
use crate::chance::Seeded;

/// Characters of a bench note.
pub const NOTE_CHARS: usize = 400;
/// Files and notes of a director's day.
pub const DAY_EDITS: usize = 6;

/// The keys of a bench file; family rows keep the columns of [`FAMILY`].
const KEYS: [&str; 28] = [
    "name",
    "sex",
    "birth",
    "id_type",
    "id_no",
    "nation",
    "hukou_has",
    "hukou_kind",
    "hukou_area",
    "hukou_addr",
    "live_area",
    "live_addr",
    "live_type",
    "health",
    "care_level",
    "medical_ins",
    "height_cm",
    "weight_kg",
    "school_stage",
    "school_name",
    "grade_class",
    "teacher",
    "guard_type",
    "guard_eval",
    "family_type",
    "child_no",
    "vaccine",
    "boarding",
];
const FAMILY: [&str; 5] = ["relation", "name", "id_no", "tel", "status"];

/// What one director keeps.
#[derive(Clone, Debug)]
pub struct Archive {
    seed: u64,
    director: usize,
    mixture: Mixture,
    on: Day,
    children: Vec<Child>,
}

/// An edit of one file: keys and their new values.
pub type Edits = Vec<(Key, Value)>;

/// A director's day.
#[derive(Clone, PartialEq, Debug)]
pub struct Daywork {
    /// (file, three keys) six times.
    pub edits: Vec<(usize, Edits)>,
    /// (file, values of a visit) six times.
    pub notes: Vec<(usize, BTreeMap<Key, Value>)>,
}

impl Archive {
    /// The archive of the n-th director with so many files.
    pub fn new(seed: u64, director: usize, files: usize, mixture: Mixture, on: Day) -> Self {
        // The dictionary must not know the bench's places, so the two never share one.
        let (street, community) = match mixture {
            Mixture::Work => (director % 12, director % 200),
            Mixture::Training => (12 + director % 12, 200 + director % 200),
        };
        let place = match mixture {
            Mixture::Work => Scale::district(),
            Mixture::Training => Scale { rural: false, ..Scale::county() },
        };
        let scale = Scale {
            streets: 1,
            communities: 1,
            centre: 0,
            specialists: 0,
            social_workers: 0,
            children: vec![("B1", files / 4), ("E1", files / 4), ("F2", files - files / 4 * 2)],
            names_from: (street, community),
            ..place
        };
        let children = make(scale, mixed(seed, director), on).children;
        Self { seed, director, mixture, on, children }
    }

    /// Number of files.
    pub const fn len(&self) -> usize {
        self.children.len()
    }

    /// Whether it holds none.
    pub const fn is_empty(&self) -> bool {
        self.children.is_empty()
    }

    /// Values of the record `child` of one file.
    pub fn file(&self, file: usize) -> BTreeMap<Key, Value> {
        let values = &self.children[file].values;
        let kept = values.iter().filter(|(key, _)| match key.split_once('/') {
            Some(("family", rest)) => rest.split('/').nth(1).is_some_and(|column| FAMILY.contains(&column)),
            Some((head, _)) => head == "categories",
            None => KEYS.contains(&key.as_str()),
        });
        kept.map(|(key, value)| (key.clone(), value.clone())).collect()
    }

    /// Values of one visit of a file; visit 0 is the oldest, one a month.
    pub fn note(&self, file: usize, n: usize) -> BTreeMap<Key, Value> {
        let mut chance = self.chance(&format!("note/{file}/{n}"));
        let day = self.on.plus(-30 * (n as i32 % 100 + 1) - chance.between(0, 20) as i32);
        self.visit(&mut chance, day)
    }

    /// What the director does on the n-th day of the bench.
    pub fn day(&self, n: usize) -> Daywork {
        let mut chance = self.chance(&format!("day/{n}"));
        let mut files: Vec<usize> = (0..self.len()).collect();
        chance.shuffle(&mut files);
        let day = self.on.plus(n as i32);
        let edits = files.iter().take(DAY_EDITS).map(|file| (*file, patch(&mut chance))).collect();
        chance.shuffle(&mut files);
        let notes = files.iter().take(DAY_EDITS).map(|file| (*file, self.visit(&mut chance, day))).collect();
        Daywork { edits, notes }
    }

    fn visit(&self, chance: &mut Seeded, day: Day) -> BTreeMap<Key, Value> {
        let mut values = visit::frame(chance, day, true, day.plus(30));
        values.insert("note".into(), Value::Text(written(chance, self.mixture, NOTE_CHARS)));
        values
    }

    fn chance(&self, purpose: &str) -> Seeded {
        Seeded::named(mixed(self.seed, self.director), purpose)
    }
}

fn mixed(seed: u64, director: usize) -> u64 {
    Seeded::named(seed, &format!("director/{director}")).number()
}

/// Three fields people really change: a phone, a class, a measure.
fn patch(chance: &mut Seeded) -> Edits {
    let phone = format!("1400{:07}", chance.below(10_000_000));
    let class = format!("{}年级{}班", ["一", "二", "三", "四", "五", "六"][chance.below(6)], chance.between(1, 8));
    let height = chance.between(90, 175).to_string();
    vec![
        ("phone_child".into(), Value::Text(phone)),
        ("grade_class".into(), Value::Text(class)),
        ("height_cm".into(), Value::Text(height)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_holds_files_of_at_least_35_fields_and_notes_of_400_characters() {
        let archive = Archive::new(1, 5, 40, Mixture::Work, crate::synth::as_of());
        assert_eq!(archive.len(), 40);
        for file in 0..40 {
            let keys = archive.file(file).len();
            assert!((35..=48).contains(&keys), "file {file} has {keys} keys");
        }
        let note = archive.note(3, 11);
        assert_eq!(note["note"].as_text().map(|t| t.chars().count()), Some(NOTE_CHARS));
        assert_eq!(note, archive.note(3, 11), "asked twice, the same");
        let day = archive.day(0);
        assert_eq!((day.edits.len(), day.notes.len()), (6, 6));
        assert!(day.edits.iter().all(|(_, keys)| keys.len() == 3));
        assert_ne!(archive.file(0), Archive::new(1, 6, 40, Mixture::Work, crate::synth::as_of()).file(0));
    }
}
