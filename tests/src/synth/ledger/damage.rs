//! The rows of a ledger before they are written, and what people and Excel did to them.

use std::collections::BTreeMap;

use domain::code;
use domain::day::Day;
use domain::form;
use domain::post::Role;
use domain::value::Value;
use serde::{Deserialize, Serialize};

use crate::chance::Seeded;
use crate::synth::child::OLD_AREA;
use crate::synth::{Child, District, Tie, place};

/// One cell as Excel holds it.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Cell {
    Text(String),
    Number(f64),
    /// A serial number shown as a day.
    Date(f64),
}

/// One row before it is written.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) child: usize,
    pub(super) community: usize,
    pub(super) director: usize,
    /// By [`super::sheet::Column::id`].
    pub(super) cells: BTreeMap<&'static str, Cell>,
    pub(super) damages: Vec<Damage>,
}

/// What is wrong or unusual in a row.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Damage {
    /// The column (`id_no`, `father_id`, `birth`, `name`…).
    pub column: String,
    /// What happened.
    pub kind: Kind,
    /// What stands in the cell.
    pub written: String,
    /// What was meant.
    pub meant: String,
}

/// What can happen to a row.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A number of the old 15 digits.
    Id15,
    /// A wrong check digit.
    IdCheck,
    /// A number Excel made a float of: the last digits are gone.
    IdScientific,
    /// Another child's number.
    IdTwice,
    /// Full-width digits, a leading ', a trailing space, a small x: readable.
    IdUntidy,
    /// Number of a district that no longer exists: right for life.
    IdOldArea,
    /// A parent's number is missing.
    ParentIdMissing,
    /// The guardian's phone is missing.
    PhoneEmpty,
    /// Full-width spaces inside the name.
    NameSpaces,
    /// A day in another style than ISO.
    DateStyle,
    /// 1 and 2 instead of 男 and 女.
    SexDigit,
    /// The same child a second time, in another community.
    TwoCommunities,
    /// Twin of another row: not a duplicate.
    Twin,
    /// Same name and birthday as another child.
    Namesake,
}

/// What an import has to do about it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Expect {
    /// Reads it without a word.
    Read,
    /// Says something and goes on.
    Warned,
    /// Says that the row is there already.
    Doubled,
    /// Gives the row back, never guesses.
    Returned,
}

impl Kind {
    /// Its name in the truth file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Id15 => "id15",
            Self::IdCheck => "id_check",
            Self::IdScientific => "id_scientific",
            Self::IdTwice => "id_twice",
            Self::IdUntidy => "id_untidy",
            Self::IdOldArea => "id_old_area",
            Self::ParentIdMissing => "parent_id_missing",
            Self::PhoneEmpty => "phone_empty",
            Self::NameSpaces => "name_spaces",
            Self::DateStyle => "date_style",
            Self::SexDigit => "sex_digit",
            Self::TwoCommunities => "two_communities",
            Self::Twin => "twin",
            Self::Namesake => "namesake",
        }
    }
}

impl Damage {
    /// What an import has to do about it.
    pub const fn expect(&self) -> Expect {
        match self.kind {
            Kind::Id15 | Kind::IdCheck | Kind::IdScientific => Expect::Returned,
            Kind::IdTwice | Kind::TwoCommunities => Expect::Doubled,
            Kind::Namesake => Expect::Warned,
            Kind::IdUntidy
            | Kind::IdOldArea
            | Kind::ParentIdMissing
            | Kind::PhoneEmpty
            | Kind::NameSpaces
            | Kind::DateStyle
            | Kind::SexDigit
            | Kind::Twin => Expect::Read,
        }
    }
}

/// Every row of the ledger, damaged or not, in the order of the communities.
pub(super) fn plan(district: &District, dirty: bool) -> Vec<Row> {
    let mut rows: Vec<Row> = (0..district.children.len()).map(|n| row(district, n)).collect();
    if dirty {
        let mut hand = Hand { chance: Seeded::named(district.seed, "damage"), district };
        hand.second_files(&mut rows);
        hand.numbers(&mut rows);
        rows.iter_mut().for_each(|row| hand.habits(row));
        rows.sort_by_key(|row| row.community);
    }
    rows
}

/// A share of all rows, but at least one, so that each kind occurs in any ledger.
fn share_of(rows: usize, share: f64) -> usize {
    ((rows as f64 * share).round() as usize).max(1)
}

struct Hand<'a> {
    chance: Seeded,
    district: &'a District,
}

impl Hand<'_> {
    /// The same child in two communities, each with a file of its own (0.3 %).
    fn second_files(&mut self, rows: &mut Vec<Row>) {
        let communities: Vec<(usize, usize)> = self.directors();
        for _ in 0..share_of(rows.len(), 0.003) {
            let mut copy = rows[self.chance.below(rows.len())].clone();
            let elsewhere: Vec<(usize, usize)> =
                communities.iter().copied().filter(|(unit, _)| *unit != copy.community).collect();
            if elsewhere.is_empty() {
                return;
            }
            let (unit, post) = elsewhere[self.chance.below(elsewhere.len())];
            (copy.community, copy.director) = (unit, post);
            let name = self.district.units[unit].name.clone();
            let home = place::home(&mut self.chance, self.district.scale.rural);
            copy.put("live_addr", &format!("{}{name}{home}", self.district.scale.name));
            copy.put("director", &self.district.posts[post].person);
            copy.put("community", &name);
            copy.note(
                "community",
                Kind::TwoCommunities,
                &name,
                &self.district.units[rows_home(self.district, &copy)].name,
            );
            rows.push(copy);
        }
    }

    fn directors(&self) -> Vec<(usize, usize)> {
        let posts = self.district.posts.iter().enumerate();
        posts.filter(|(_, p)| p.role == Role::Director && p.to.is_none()).map(|(n, p)| (p.unit, n)).collect()
    }

    /// Numbers beyond repair, each in a row of its own.
    fn numbers(&mut self, rows: &mut [Row]) {
        let mut order: Vec<usize> = (0..rows.len()).filter(|n| rows[*n].damages.is_empty()).collect();
        self.chance.shuffle(&mut order);
        let total = rows.len();
        let shares = [
            (Kind::Id15, 0.02),
            (Kind::IdCheck, 0.01),
            (Kind::IdScientific, 0.01),
            (Kind::IdTwice, 0.005),
            (Kind::IdUntidy, 0.03),
        ];
        let mut order = order.into_iter();
        for (kind, share) in shares {
            for n in order.by_ref().take(share_of(total, share)).collect::<Vec<_>>() {
                let other = self.chance.below(total);
                let others = rows[other].text("id_no").to_owned();
                self.number(&mut rows[n], kind, &others);
            }
        }
    }

    fn number(&mut self, row: &mut Row, kind: Kind, others: &str) {
        let meant = row.text("id_no").to_owned();
        if meant.len() != 18 || (kind == Kind::IdTwice && (others == meant || others.len() != 18)) {
            return;
        }
        let written = match kind {
            Kind::Id15 => format!("{}{}", &meant[..6], &meant[8..17]),
            Kind::IdCheck => {
                let wrong = if meant.ends_with('1') { '2' } else { '1' };
                format!("{}{wrong}", &meant[..17])
            }
            Kind::IdTwice => others.to_owned(),
            Kind::IdScientific => {
                // Excel keeps 15 digits: what it shows as 9.90102E+17.
                let kept: f64 = format!("{}000", &meant[..15]).parse().unwrap_or(9.9e17);
                row.cells.insert("id_no", Cell::Number(kept));
                row.note("id_no", kind, &format!("{kept:e}"), &meant);
                return;
            }
            _ => match self.chance.below(4) {
                0 => meant.chars().map(full_width).collect(),
                1 => format!("'{meant}"),
                2 => format!("{meant} "),
                _ => format!("{} {}", &meant[..6], meant[6..].to_lowercase()),
            },
        };
        row.put("id_no", &written);
        row.note("id_no", kind, &written, &meant);
    }

    /// What a street or a person always does, and what is simply missing.
    fn habits(&mut self, row: &mut Row) {
        let child = &self.district.children[row.child];
        let street = self.district.station_of(row.community);
        let birth = child.birth();
        let style = self.chance.below(7);
        row.day("birth", birth, style);
        if let Ok(since) = since(child).parse::<Day>() {
            row.day("since", since, self.chance.below(6));
        }
        if street.is_multiple_of(3) {
            row.put("sex", child.text("sex"));
            row.note("sex", Kind::SexDigit, child.text("sex"), child.text("sex"));
        }
        let name = child.text("name");
        let chars: Vec<char> = name.chars().collect();
        if street % 2 == 1 && chars.len() == 2 {
            let spaced = format!("{}\u{3000}{}", chars[0], chars[1]);
            row.put("name", &spaced);
            row.note("name", Kind::NameSpaces, &spaced, name);
        }
        for column in ["father_id", "mother_id"] {
            if self.chance.hits(0.06) {
                row.lose(column, Kind::ParentIdMissing);
            }
        }
        if self.chance.hits(0.08) {
            row.lose("guardian_tel", Kind::PhoneEmpty);
        }
        let id = child.text("id_no");
        if id.starts_with(&OLD_AREA.to_string()) {
            row.note("id_no", Kind::IdOldArea, id, id);
        }
        match child.tie {
            Tie::TwinOf(_) => row.note("name", Kind::Twin, name, name),
            Tie::NamesakeOf(_) => row.note("name", Kind::Namesake, name, name),
            Tie::None | Tie::SiblingOf(_) => {}
        }
    }
}

fn rows_home(district: &District, row: &Row) -> usize {
    district.children[row.child].community
}

fn full_width(c: char) -> char {
    char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c)
}

impl Row {
    fn put(&mut self, column: &'static str, text: &str) {
        self.cells.insert(column, Cell::Text(text.to_owned()));
    }
    fn text(&self, column: &str) -> &str {
        match self.cells.get(column) {
            Some(Cell::Text(text)) => text,
            Some(Cell::Number(_) | Cell::Date(_)) | None => "",
        }
    }
    fn note(&mut self, column: &str, kind: Kind, written: &str, meant: &str) {
        let (column, written, meant) = (column.to_owned(), written.to_owned(), meant.to_owned());
        self.damages.push(Damage { column, kind, written, meant });
    }
    fn lose(&mut self, column: &'static str, kind: Kind) {
        if let Some(Cell::Text(meant)) = self.cells.remove(column) {
            self.note(column, kind, "", &meant);
        }
    }
    /// A day in one of seven styles; 0 is ISO.
    fn day(&mut self, column: &'static str, day: Day, style: usize) {
        let (y, m, d) = day.ymd();
        // Day 25569 of Excel's calendar is 1970-01-01.
        let serial = f64::from(day.number() + 25_569);
        let cell = match style {
            0 => Cell::Text(day.to_string()),
            1 => Cell::Text(format!("{y}/{m}/{d}")),
            2 => Cell::Text(format!("{y}.{m}.{d}")),
            3 => Cell::Text(format!("{y}年{m}月{d}日")),
            4 => Cell::Text(format!("{y}{m:02}{d:02}")),
            5 => Cell::Date(serial),
            _ => Cell::Number(serial),
        };
        let written = match &cell {
            Cell::Text(text) => text.clone(),
            Cell::Number(number) | Cell::Date(number) => number.to_string(),
        };
        self.cells.insert(column, cell);
        if style != 0 {
            self.note(column, Kind::DateStyle, &written, &day.to_string());
        }
    }
}

/// When the child's category began.
fn since(child: &Child) -> &str {
    let key = child.values.keys().find(|key| key.starts_with("categories/") && key.ends_with("/from"));
    key.map_or("", |key| child.text(key))
}

fn label(table: &str, code: &str) -> String {
    code::table(table).and_then(|table| table.name(code)).unwrap_or(code).to_owned()
}

fn labels(table: &str, child: &Child, field: &str) -> String {
    let codes = form::members(&child.values, field);
    codes.into_iter().map(|code| label(table, code)).collect::<Vec<_>>().join("、")
}

/// The clean row of one child.
fn row(district: &District, n: usize) -> Row {
    let child = &district.children[n];
    let (community, director) = (child.community, child.director);
    let mut row = Row { child: n, community, director, cells: BTreeMap::new(), damages: Vec::new() };
    let plain = [
        "name",
        "birth",
        "id_no",
        "hukou_addr",
        "live_addr",
        "dis_cert",
        "school_name",
        "grade_class",
        "bank_name",
        "bank_holder",
        "bank_account",
        "remark",
    ];
    plain.iter().for_each(|key| row.put(key, child.text(key)));
    let coded = [
        ("sex", "GB2261.1"),
        ("nation", "GB3304"),
        ("health", "health"),
        ("dis_level", "dis_level"),
        ("school_stage", "school_stage"),
        ("family_type", "family_type"),
    ];
    for (key, table) in coded {
        let code = child.text(key);
        row.put(key, &if code.is_empty() { String::new() } else { label(table, code) });
    }
    row.put("community", &district.units[community].name);
    row.put("director", &district.posts[director].person);
    row.put("category", &label("child_category", child.category()));
    row.put("since", since(child));
    row.put("dis_type", &labels("dis_type", child, "dis_type"));
    let aid: Vec<String> = form::rows(&child.values, "aid").keys().map(|code| label("aid", code)).collect();
    row.put("aid", &aid.join("、"));
    family(&mut row, child);
    row.cells.retain(|_, cell| !matches!(cell, Cell::Text(text) if text.is_empty()));
    row
}

fn family(row: &mut Row, child: &Child) {
    for (_, member) in form::rows(&child.values, "family") {
        let text = |column: &str| member.get(column).and_then(|value| value.as_text()).unwrap_or("").to_owned();
        let states = member.keys().filter_map(|column| column.strip_prefix("status/"));
        let states: Vec<String> = states.map(|state| label("parent_status", state)).collect();
        let (name, id, state, tel): (&str, &str, &str, &str) = match text("relation").as_str() {
            "51" => ("father_name", "father_id", "father_state", "father_tel"),
            "52" => ("mother_name", "mother_id", "mother_state", "mother_tel"),
            _ => ("", "", "", ""),
        };
        let mut put = |column: &str, text: &str| {
            if let Some(known) = super::sheet::COLUMNS.iter().find(|c| c.id == column) {
                row.put(known.id, text);
            }
        };
        put(name, &text("name"));
        put(id, &text("id_no"));
        put(state, &states.join("、"));
        put(tel, &text("tel"));
        if member.get("is_guardian") == Some(&&Value::Yes(true)) {
            put("guardian_name", &text("name"));
            put("guardian_relation", &label("GB4761", &text("relation")));
            put("guardian_tel", &text("tel"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synth::number::check_char;

    #[test]
    fn a_wrong_check_digit_is_really_wrong() {
        let id = "990102201503070018";
        assert!(id.ends_with(check_char(&id[..17])));
        assert_eq!("９９", "99".chars().map(full_width).collect::<String>());
    }
}
