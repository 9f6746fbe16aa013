//! Finds the heading of a sheet under its title and reporting-unit rows, merged over up to three
//! rows. It must not read what stands below.

use std::collections::{BTreeMap, BTreeSet};

use crate::target::{Part, Target};
use crate::words::{one_line, squash};
use crate::workbook::Sheet;

/// How many rows from the top are looked at.
const SCAN: u32 = 40;
/// Most rows a heading spans.
const DEEPEST: u32 = 3;
/// Fewest columns understood before a row counts as a heading.
const FEWEST: usize = 3;

/// The heading of one sheet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Heading {
    /// Its first row.
    pub top: u32,
    /// Its last row.
    pub bottom: u32,
    /// The columns that have a heading.
    pub columns: BTreeMap<u32, Column>,
}

/// One column of a ledger.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Column {
    /// The words of its heading, groups first: `父亲·电话`.
    pub title: String,
    /// What it means.
    pub target: Target,
}

impl Heading {
    /// The heading of a sheet, if one is recognised: it names the child and two columns more.
    pub fn find(sheet: &Sheet) -> Option<Self> {
        let last = sheet.rows.keys().next_back().copied().unwrap_or(0).min(SCAN);
        let spans = (1..=last).flat_map(|top| (0..DEEPEST).map(move |extra| (extra, top)));
        let mut best: Option<(usize, Self)> = None;
        for (extra, top) in spans {
            let heading = Self::read(sheet, top, top + extra);
            let Some(score) = heading.score() else { continue };
            let better =
                best.as_ref().is_none_or(|(known, other)| (score, other.height()) > (*known, heading.height()));
            if better {
                best = Some((score, heading));
            }
        }
        let mut best = best?.1;
        best.find_file_numbers(sheet);
        Some(best)
    }

    /// A column of running numbers whose cells do not run says the number of the paper file.
    fn find_file_numbers(&mut self, sheet: &Sheet) {
        let paper = Target::Field(Part::Child, "paper_no".to_owned());
        let mut serial = self.columns.iter().filter(|(_, c)| c.target == Target::Serial).map(|(n, _)| *n);
        let real = serial.find(|column| !is_running(sheet, self.bottom, *column));
        if let Some(column) = real.filter(|_| self.column_of(&paper).is_none())
            && let Some(column) = self.columns.get_mut(&column)
        {
            column.target = paper;
        }
    }

    fn height(&self) -> u32 {
        self.bottom - self.top
    }

    fn read(sheet: &Sheet, top: u32, bottom: u32) -> Self {
        let mut seen = BTreeSet::new();
        let (mut columns, mut surname) = (BTreeMap::new(), false);
        for column in 1..=sheet.width() {
            let levels = levels(sheet, top, bottom, column);
            if levels.is_empty() {
                continue;
            }
            let words: Vec<&str> = levels.iter().map(String::as_str).collect();
            let mut target = Target::of(&words);
            // 姓 and 名 are one name in two columns.
            let last = words.last().map(|w| squash(w));
            if last.as_deref() == Some("名") && surname {
                target = Target::Given;
            }
            surname |= last.as_deref() == Some("姓");
            let unique = matches!(target, Target::Serial | Target::Other) || seen.insert(target.clone());
            if !unique {
                target = Target::Other;
            }
            let title = words.iter().map(|w| one_line(w).replace('；', "")).collect::<Vec<_>>().join("·");
            columns.insert(column, Column { title, target });
        }
        Self { top, bottom, columns }
    }

    /// How many different meanings were found; `None` if this is no heading of children.
    fn score(&self) -> Option<usize> {
        let understood = self.columns.values().filter(|c| c.target != Target::Other).count();
        let named = self.column_of(&Target::Field(Part::Child, "name".into())).is_some();
        (named && understood >= FEWEST).then_some(understood)
    }

    /// The column with a meaning.
    pub fn column_of(&self, target: &Target) -> Option<u32> {
        self.columns.iter().find(|(_, c)| c.target == *target).map(|(n, _)| *n)
    }

    /// The column whose cells tell one child's name from the next: 名 where 姓 stands apart.
    pub fn name_column(&self) -> Option<u32> {
        self.column_of(&Target::Given).or_else(|| self.column_of(&Target::Field(Part::Child, "name".into())))
    }

    /// Whether a row repeats this heading, as printed ledgers do on every page.
    pub fn repeated_in(&self, sheet: &Sheet, row: u32) -> bool {
        let Some(cells) = sheet.rows.get(&row) else { return false };
        let same = |(column, cell): (&u32, &crate::workbook::Cell)| {
            let word = squash(&cell.shown());
            self.columns
                .get(column)
                .is_some_and(|c| squash(&c.title).ends_with(&word) || squash(&c.title).starts_with(&word))
        };
        cells.len() >= FEWEST && cells.iter().filter(|(_, c)| !c.blank()).all(same)
    }
}

/// Most digits of a running number: no district has a hundred thousand children in one ledger.
const RUNNING: usize = 5;

/// Whether the numbers of a column only count the rows below its heading.
fn is_running(sheet: &Sheet, heading: u32, column: u32) -> bool {
    let last = sheet.rows.keys().next_back().copied().unwrap_or(0);
    let words =
        sheet.rows.range(heading + 1..).filter_map(|(_, row)| row.get(&column)).map(|cell| squash(&cell.shown()));
    let numbered: Vec<String> = words.filter(|word| word.contains(|c: char| c.is_ascii_digit())).collect();
    let plain = |word: &String| word.len() <= RUNNING && !word.starts_with('0');
    let numbers: Option<Vec<u32>> = numbered.iter().map(|w| w.parse().ok().filter(|_| plain(w))).collect();
    let Some(numbers) = numbers else { return false };
    let steps = numbers.windows(2).filter(|pair| pair[0].checked_add(1) == Some(pair[1])).count();
    numbers.iter().all(|n| *n <= last) || steps * 2 >= numbers.len()
}

/// The words above a column, groups first, each merged region once.
fn levels(sheet: &Sheet, top: u32, bottom: u32, column: u32) -> Vec<String> {
    let mut levels: Vec<String> = Vec::new();
    let mut from = None;
    for row in top..=bottom {
        let Some((at, text)) = word(sheet, row, column, row < bottom, bottom) else { continue };
        if from != Some(at) {
            levels.push(text);
        }
        from = Some(at);
    }
    levels
}

/// The word at a place and where it really stands: in the cell, in the merged region around it,
/// or (groups without merging) in the next filled cell to the left.
fn word(sheet: &Sheet, row: u32, column: u32, group: bool, bottom: u32) -> Option<((u32, u32), String)> {
    if let Some(merge) = sheet.merge_at(row, column) {
        let cell = sheet.cell(merge.top, merge.left)?;
        return Some(((merge.top, merge.left), cell.shown()));
    }
    if let Some(cell) = sheet.cell(row, column) {
        return Some(((row, column), cell.shown()));
    }
    let below = |c: u32| sheet.cell(bottom, c).is_some() && sheet.merge_at(bottom, c).is_none();
    if !group || !below(column) {
        return None;
    }
    let left = (1..column).rev().find(|c| sheet.cell(row, *c).is_some())?;
    let open = (left..column).all(below) && sheet.merge_at(row, left).is_none();
    open.then(|| sheet.cell(row, left).map(|cell| ((row, left), cell.shown())))?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::Who;
    use crate::workbook::{Cell, Merge, Row};

    fn sheet(rows: &[&[&str]], merges: &[(u32, u32, u32, u32)]) -> Sheet {
        let row = |cells: &[&str]| -> Row {
            let filled = cells.iter().zip(1..).filter(|(text, _)| !text.is_empty());
            filled.map(|(text, n)| (n, Cell::Text((*text).to_owned()))).collect()
        };
        Sheet {
            rows: rows.iter().zip(1..).map(|(cells, n)| (n, row(cells))).collect(),
            merges: merges.iter().map(|&(top, left, bottom, right)| Merge { top, left, bottom, right }).collect(),
            ..Sheet::default()
        }
    }

    fn father(key: &str) -> Target {
        Target::Family(Who::Relation("51".into()), key.into())
    }

    #[test]
    fn a_two_row_heading_is_found_under_title_and_unit_rows() {
        let rows: [&[&str]; 5] = [
            &["某街道困境儿童台账"],
            &["填报单位：某街道", "", "", "填报时间：2026年"],
            &["序号", "姓名", "性别", "父亲", "", "社区"],
            &["", "", "", "姓名", "电话", ""],
            &["1", "李明", "男", "李强", "14000000001", "竹影社区"],
        ];
        let merged = [(1, 1, 1, 6), (2, 1, 2, 3), (3, 1, 4, 1), (3, 2, 4, 2), (3, 3, 4, 3), (3, 4, 3, 5), (3, 6, 4, 6)];
        for merges in [&merged[..], &[][..]] {
            let heading = Heading::find(&sheet(&rows, merges)).expect("a heading");
            assert_eq!((heading.top, heading.bottom), (3, 4), "merged: {}", !merges.is_empty());
            assert_eq!(heading.columns[&4].target, father("name"));
            assert_eq!(heading.columns[&5].target, father("tel"));
            assert_eq!(heading.columns[&5].title, "父亲·电话");
            assert_eq!(heading.columns[&6].target, Target::Community);
        }
    }

    #[test]
    fn a_plain_heading_in_the_first_row_is_enough_and_prose_is_none() {
        let plain = sheet(&[&["姓名", "性别", "身份证号"], &["李明", "男", "无"]], &[]);
        let heading = Heading::find(&plain).expect("a heading");
        assert_eq!((heading.top, heading.bottom), (1, 1));
        assert!(heading.repeated_in(&plain, 1) && !heading.repeated_in(&plain, 2));
        assert_eq!(Heading::find(&sheet(&[&["会议记录"], &["张三", "到会"]], &[])), None);
    }

    #[test]
    fn the_second_column_of_the_same_meaning_is_kept_as_other() {
        let twice = sheet(&[&["姓名", "性别", "身份证号", "性别"]], &[]);
        assert_eq!(Heading::find(&twice).expect("a heading").columns[&4].target, Target::Other);
    }
}
