//! The country's provinces, cities and counties by their codes (GB/T 2260): where somebody is registered may be
//! far from the district. The table is data (`codes/areas.txt`); it is as old as its source says, and a code it
//! does not know is kept as it was given.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::area::Area;
use crate::check::plain;

/// A code's first two, four and six digits.
type Code = u32;

struct Places {
    names: BTreeMap<Code, &'static str>,
    /// Names as people write them; `None` where two places have one.
    codes: BTreeMap<String, Option<Code>>,
}

fn places() -> &'static Places {
    static PLACES: OnceLock<Places> = OnceLock::new();
    PLACES.get_or_init(|| {
        let lines = include_str!("../codes/areas.txt").lines().filter_map(|line| line.split_once(' '));
        let names: BTreeMap<Code, &str> = lines.filter_map(|(code, name)| Some((code.parse().ok()?, name))).collect();
        let mut codes = BTreeMap::new();
        for code in names.keys() {
            for name in spellings(&names, *code) {
                codes.entry(name).and_modify(|known| *known = None).or_insert(Some(*code));
            }
        }
        Places { names, codes }
    })
}

/// A place's province, city and own name, widest first; what has no name of its own is left out.
fn parts<'n>(names: &BTreeMap<Code, &'n str>, code: Code) -> Vec<&'n str> {
    let mut codes = vec![code - code % 10_000, code - code % 100, code];
    codes.dedup();
    codes.into_iter().filter_map(|code| names.get(&code).copied()).collect()
}

/// How a place is written: with all that it lies in, with some of it, alone.
fn spellings(names: &BTreeMap<Code, &str>, code: Code) -> std::collections::BTreeSet<String> {
    let parts = parts(names, code);
    let mut out: std::collections::BTreeSet<String> = (0..parts.len()).map(|n| parts[n..].concat()).collect();
    if let [province, .., own] = parts.as_slice() {
        out.insert(format!("{province}{own}"));
    }
    out
}

/// A place's whole name: 山东省济南市历下区. `None` for a code of no place of this table.
pub fn name(area: Area) -> Option<String> {
    let code = Code::try_from(area.district().code() / 1_000_000).ok()?;
    let names = &places().names;
    names.contains_key(&code).then(|| parts(names, code).concat())
}

/// The place a text names, with or without what it lies in; `None` where none or several are called so.
pub fn find(text: &str) -> Option<Area> {
    let name: String = plain(text).chars().filter(|c| !c.is_whitespace()).collect();
    let code = places().codes.get(&name).copied().flatten()?;
    Area::new(u64::from(code) * 1_000_000).ok()
}

/// Every place, with its whole name.
pub fn all() -> impl Iterator<Item = (Area, String)> {
    let places = places();
    places.names.keys().filter_map(|code| {
        let area = Area::new(u64::from(*code) * 1_000_000).ok()?;
        Some((area, parts(&places.names, *code).concat()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_have_their_whole_name_and_are_found_by_it() {
        let at = |code: &str| code.parse::<Area>().expect("an area");
        for (code, whole) in [
            ("370000000000", "山东省"),
            ("370100000000", "山东省济南市"),
            ("370102000000", "山东省济南市历下区"),
            ("110101000000", "北京市东城区"),
        ] {
            assert_eq!(name(at(code)).as_deref(), Some(whole));
            assert_eq!(find(whole), Some(at(code)), "{whole}");
        }
        assert_eq!(find("济南市 历下区"), Some(at("370102000000")));
        assert_eq!(find("历下区"), Some(at("370102000000")));
        assert_eq!(find("山东省历下区"), Some(at("370102000000")));
        assert_eq!((find("鼓楼区"), find("哪儿"), find("")), (None, None, None), "several are called so, or none");
        assert_eq!(name(at("990102000000")), None);
    }

    #[test]
    fn the_table_is_whole() {
        let provinces = all().filter(|(area, _)| area.code() % 10_000_000_000 == 0).count();
        assert_eq!(provinces, 34);
        assert!(all().count() > 3000);
    }
}
