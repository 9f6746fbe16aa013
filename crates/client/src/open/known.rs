//! Names that whoever took the computer knows as well, and tries first in a passphrase: of the people here, the
//! children and their families, schools and units, in characters and in pinyin.

use std::collections::BTreeSet;

use domain::fault::{Code, Fault};

use super::Client;
use crate::search::{Kind, of_kind, reading};
use crate::store::Stored;

impl Client {
    /// All of them, as they may be typed.
    pub fn known_names(&self) -> Result<Vec<String>, Fault> {
        let desk = &self.inside.as_ref().ok_or(Code::Locked)?.desk;
        let mut names: BTreeSet<String> = desk.roster.people.values().cloned().collect();
        names.extend(desk.roster.units.values().map(|unit| unit.name.clone()));
        names.insert(desk.me.name.clone());
        for needles in children(&desk.db)? {
            for kind in [Kind::Name, Kind::Former, Kind::Guardian, Kind::Family, Kind::School] {
                names.extend(of_kind(&needles, kind).map(str::to_owned));
            }
        }
        let typed: BTreeSet<String> = names.iter().flat_map(|name| spoken(name)).collect();
        Ok(typed.into_iter().collect())
    }
}

fn children(db: &rusqlite::Connection) -> Stored<Vec<String>> {
    let mut query = db.prepare_cached("SELECT needles FROM child_card")?;
    Ok(query.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// What places are called in short without.
const ENDS: [&str; 8] = ["街道未保站", "未保站", "街道", "社区", "小学", "中学", "区", "镇"];

/// A name as it may be typed in a passphrase: 王小芳, wangxiaofang, wang, xiaofang, wangxf, wxf.
pub fn spoken(name: &str) -> Vec<String> {
    let short = ENDS.iter().find_map(|end| name.strip_suffix(end)).filter(|short| !short.is_empty());
    let mut out = Vec::new();
    for name in std::iter::once(name).chain(short) {
        let said = reading::said(name);
        let initials = |said: &[String]| said.iter().filter_map(|s| s.chars().next()).collect::<String>();
        out.push(name.to_lowercase());
        for surname in 1..=usize::min(2, said.len().saturating_sub(1)) {
            let (first, given) = said.split_at(surname);
            out.extend([first.concat(), given.concat(), format!("{}{}", first.concat(), initials(given))]);
        }
        out.extend([said.concat(), initials(&said)]);
    }
    out.retain(|word| word.chars().count() > 1);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::Scene;

    #[test]
    fn a_passphrase_of_a_name_known_here_and_a_year_is_refused_in_characters_and_in_pinyin() {
        let mut scene = Scene::at_work();
        let known = scene.client.known_names().expect("names");
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let child = scene.value(7, "name").expect("a child");
        let pinyin = reading::said(&child).concat();
        for weak in [
            format!("{child}2015年"),
            format!("{pinyin}2015"),
            format!("{pinyin}20150307"),
            "Zhang.Xiao-Ming_2015".to_owned(),
        ] {
            assert!(!domain::passphrase::strength(&weak, &known).enough, "{weak}");
        }
        assert!(domain::passphrase::strength("灯塔 豆浆 棉鞋 火车", &known).enough);
    }

    #[test]
    fn a_name_is_typed_in_many_ways() {
        let said = spoken("王小芳");
        for typed in ["王小芳", "wangxiaofang", "wang", "xiaofang", "wangxf", "wxf"] {
            assert!(said.iter().any(|one| one == typed), "{typed}: {said:?}");
        }
        assert!(spoken("松风街道未保站").contains(&"songfeng".to_owned()));
        assert!(spoken("欧阳雨欣").contains(&"ouyang".to_owned()));
    }
}
