//! The number on a child's file (档案编号): given by the program, never changed, and printed on paper.
//! It names nothing inside: records are found by their ids. Source: handbook §3.1, `child_no`.

use std::collections::BTreeSet;

use crate::area::Area;
use crate::day::Day;

/// Least serial of a computer's own; the centre gives those below.
const DEVICES_FROM: u32 = 100_000;
/// Segments there are, and the number of the first.
const FIRST: u16 = 100;
const LAST: u16 = 999;

/// `990102-2026-137004`: district, year, serial.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct FileNumber {
    /// The district's six digits.
    pub district: u32,
    /// The year the file was begun in.
    pub year: i16,
    /// 1 to 999,999 in the district and the year.
    pub serial: u32,
}

impl FileNumber {
    /// Reads one as it is written.
    pub fn parse(text: &str) -> Option<Self> {
        let (district, rest) = text.split_once('-')?;
        let (year, serial) = rest.split_once('-')?;
        let digits = |part: &str, n: usize| part.len() == n && part.bytes().all(|b| b.is_ascii_digit());
        if !(digits(district, 6) && digits(year, 4) && digits(serial, 6)) {
            return None;
        }
        Some(Self { district: district.parse().ok()?, year: year.parse().ok()?, serial: serial.parse().ok()? })
    }

    /// The centre's next after those it has given; `None` when its year is full.
    pub fn next(area: Area, on: Day, given: &BTreeSet<Self>) -> Option<Self> {
        let none = Self { district: district(area), year: on.ymd().0, serial: 0 };
        let full = Self { serial: DEVICES_FROM, ..none };
        let last = given.range(none..full).next_back().copied().unwrap_or(none);
        let next = Self { serial: last.serial + 1, ..last };
        (next < full).then_some(next)
    }
}

impl std::fmt::Display for FileNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:06}-{:04}-{:06}", self.district, self.year, self.serial)
    }
}

fn district(area: Area) -> u32 {
    (area.code() / 1_000_000) as u32
}

/// The thousand numbers a year that one computer gives with no network (设备段号).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Segment(u16);

impl Segment {
    /// Serials of a segment.
    pub const SERIALS: u32 = 1000;

    /// 100 to 999.
    pub const fn new(n: u16) -> Option<Self> {
        if n >= FIRST && n <= LAST { Some(Self(n)) } else { None }
    }

    /// One that no computer has, from a place drawn by chance: a centre that was restored may not know
    /// yet which it gave last. `None` when all are given.
    pub fn free(chance: u16, taken: impl Fn(Self) -> bool) -> Option<Self> {
        let count = LAST - FIRST + 1;
        (0..count).map(|n| Self(FIRST + (chance % count + n) % count)).find(|one| !taken(*one))
    }

    /// Its number.
    pub const fn get(self) -> u16 {
        self.0
    }

    /// The n-th number, from 1, that this computer gives in a year; `None` when the year is full.
    pub fn nth(self, area: Area, on: Day, n: u32) -> Option<FileNumber> {
        let serial = u32::from(self.0) * Self::SERIALS + n;
        let number = FileNumber { district: district(area), year: on.ymd().0, serial };
        (1..Self::SERIALS).contains(&n).then_some(number)
    }

    /// Which number of this segment one is; `None` for another's.
    pub fn place(self, number: FileNumber) -> Option<u32> {
        (number.serial / Self::SERIALS == u32::from(self.0)).then_some(number.serial % Self::SERIALS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area() -> Area {
        Area::new(990_102_001_001).expect("an area")
    }

    fn day(text: &str) -> Day {
        text.parse().expect("a day")
    }

    #[test]
    fn the_centre_goes_on_after_its_highest_of_the_year_and_leaves_the_computers_theirs() {
        let next = |texts: &[&str]| {
            let given = texts.iter().filter_map(|text| FileNumber::parse(text)).collect();
            FileNumber::next(area(), day("2026-11-26"), &given).map(|number| number.to_string())
        };
        assert_eq!(next(&[]).as_deref(), Some("990102-2026-000001"));
        let before = ["990102-2026-000041", "990102-2026-137001", "990102-2025-000900", "990103-2026-000700"];
        assert_eq!(next(&before).as_deref(), Some("990102-2026-000042"));
        assert_eq!(next(&["990102-2026-099999"]), None);
    }

    #[test]
    fn a_computer_counts_within_its_segment_and_stops_at_its_end() {
        let segment = Segment::new(137).expect("a segment");
        let nth = |n| segment.nth(area(), day("2026-01-01"), n).map(|number| number.to_string());
        assert_eq!(nth(1).as_deref(), Some("990102-2026-137001"));
        assert_eq!(nth(999).as_deref(), Some("990102-2026-137999"));
        assert_eq!((nth(0), nth(1000)), (None, None));
        let place = |text: &str| FileNumber::parse(text).and_then(|number| segment.place(number));
        assert_eq!((place("990102-2026-137004"), place("990102-2026-138004")), (Some(4), None));
        assert_eq!((Segment::new(99), Segment::new(1000)), (None, None));
    }

    #[test]
    fn every_segment_is_given_once_wherever_chance_begins() {
        let mut taken = BTreeSet::new();
        while let Some(one) = Segment::free(65_535, |one| taken.contains(&one)) {
            taken.insert(one);
        }
        assert_eq!(taken.len(), 900);
        assert_eq!((taken.first().map(|s| s.get()), taken.last().map(|s| s.get())), (Some(100), Some(999)));
    }

    #[test]
    fn only_what_is_written_as_one_is_a_number() {
        for text in ["990102-2026-00001", "99010-2026-000001", "990102-26-000001", "990102-2026-+00001", "", "七"] {
            assert_eq!(FileNumber::parse(text), None, "{text}");
        }
        let text = "990102-2026-137004";
        assert_eq!(FileNumber::parse(text).map(|n| n.to_string()).as_deref(), Some(text));
    }
}
