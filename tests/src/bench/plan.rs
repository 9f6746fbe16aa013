//! What a district of the bench is: how many directors, files and notes, and who everybody is.
//! The same plan gives the same people and keys every time. It must not start or store anything.

use domain::area::Area;
use domain::id::{PersonId, UnitId};
use domain::moment::{Moment, Timestamp};
use domain::post::Role;
use sync::key::{DeviceKey, sha256};

use crate::chance::Seeded;
use crate::synth::archive::Archive;
use crate::synth::as_of;
use crate::synth::text::Mixture;

/// The bench's only seed.
pub const SEED: u64 = 1;
/// Communities of a street; its station pulls all of them.
pub const STREET: usize = 10;
/// Files of a director.
pub const FILES: usize = 40;
/// Notes of a file.
pub const NOTES: usize = 12;
/// To be raised when prepared stores of before are of no use.
const GENERATOR: u8 = 2;
/// 99 is the prefix of areas that exist nowhere.
const DISTRICT: u64 = 990_102_000_000;

/// A district.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Plan {
    /// Directors, a community each.
    pub directors: usize,
    /// Files of each.
    pub files: usize,
    /// Notes of each file.
    pub notes: usize,
    /// Stations with a desk; each hears the ten communities of its street.
    pub stations: usize,
}

/// Somebody with a post and a computer that a real client runs on.
pub struct Person {
    /// Her name.
    pub name: String,
    /// Her id.
    pub id: PersonId,
    /// Where she works.
    pub unit: UnitId,
    /// As what.
    pub role: Role,
    /// Her computer's keys.
    pub key: DeviceKey,
}

impl Plan {
    /// The district day (docs/TESTING.md).
    pub fn district(directors: usize) -> Self {
        Self { directors, files: FILES, notes: NOTES, stations: (directors / STREET).max(1) }
    }

    /// Streets there are.
    pub const fn streets(self) -> usize {
        self.directors.div_ceil(STREET)
    }

    /// Under which name its prepared store lies: another generator or dictionary, another name.
    pub fn name(self) -> String {
        let archive = Archive::new(SEED, 0, 4, Mixture::Work, as_of());
        let sample = format!("{:?}{:?}{:?}", archive.file(0), archive.note(0, 0), archive.day(0));
        let dictionary = include_bytes!("../../../crates/sync/dict/v1.zdict");
        let hash = sha256(&[&[GENERATOR], env!("CARGO_PKG_VERSION").as_bytes(), sample.as_bytes(), dictionary]);
        let tail: String = hash.0.iter().take(6).map(|b| format!("{b:02x}")).collect();
        let Self { directors, files, notes, stations } = self;
        format!("{directors}x{files}x{notes}-{stations}-{tail}")
    }

    /// The n-th director.
    pub fn director(self, n: usize) -> Person {
        person(format!("主任{n}"), community(n).0, Role::Director)
    }

    /// The n-th station's supervisor.
    pub fn station(self, n: usize) -> Person {
        person(format!("督导员{n}"), street(n).0, Role::Supervisor)
    }
}

/// The district's own area.
pub fn district_area() -> Area {
    area(DISTRICT)
}

/// Unit and area of the n-th street.
pub fn street(n: usize) -> (UnitId, Area) {
    (UnitId::new(uuid(&format!("street/{n}"))), area(DISTRICT + (n as u64 + 1) * 1000))
}

/// Unit and area of the n-th director's community.
pub fn community(n: usize) -> (UnitId, Area) {
    let code = street(n / STREET).1.code() + (n % STREET) as u64 + 1;
    (UnitId::new(uuid(&format!("community/{n}"))), area(code))
}

fn area(code: u64) -> Area {
    Area::new(code).expect("twelve digits")
}

fn person(name: String, unit: UnitId, role: Role) -> Person {
    let key = key(&format!("desk/{name}"));
    let id = PersonId::new(uuid(&format!("person/{name}")));
    Person { name, id, unit, role, key }
}

/// A device's keys.
pub fn key(purpose: &str) -> DeviceKey {
    DeviceKey::fresh(&mut Moment::new(morning(), &mut Seeded::named(SEED, purpose)))
}

/// An id.
pub fn uuid(purpose: &str) -> [u8; 16] {
    Moment::new(morning(), &mut Seeded::named(SEED, purpose)).uuid()
}

fn morning() -> Timestamp {
    as_of().start()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_station_hears_ten_communities_and_everybody_is_always_the_same() {
        let plan = Plan::district(13);
        assert_eq!((plan.stations, plan.streets()), (1, 2));
        assert!((0..STREET).all(|n| street(0).1.contains(community(n).1)));
        assert!(!street(0).1.contains(community(STREET).1));
        assert_eq!(plan.director(3).key.id(), plan.director(3).key.id());
        assert_ne!(plan.director(3).id, plan.director(4).id);
        assert_ne!(plan.name(), Plan::district(14).name());
    }
}
