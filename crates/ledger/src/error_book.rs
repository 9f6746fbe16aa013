//! The ledger that goes back to the street (退改单): same sheets and headings, the rows that were
//! not imported, bad cells coloured with a note, a last column with the reasons. Importing it again
//! after correction imports the rest. It must not change what people wrote.

use std::collections::{BTreeMap, BTreeSet};

use domain::fault::{Code, Fault};
use domain::form::Kind;
use rust_xlsxwriter::{Note, Worksheet, XlsxError};

use crate::heading::Heading;
use crate::held::Held;
use crate::report::{Finding, Level, Report, RowReport};
use crate::target::REASON;
use crate::workbook::{Cell, Sheet, Workbook, column_name};
use crate::write::{self, Look};

/// What the file may be called: `台账.xlsx` → `台账-退改.xlsx`, and where that is there already, `台账-退改-2.xlsx` and
/// so on. Somebody may have worked in one that is there; its own name is never that of its source.
pub fn error_book_names(source: &str) -> impl Iterator<Item = String> {
    let dot = source.len().saturating_sub(".xlsx".len());
    let stem = match source.split_at_checked(dot) {
        Some((stem, end)) if end.eq_ignore_ascii_case(".xlsx") => stem,
        Some(_) | None => source,
    };
    let bare = stem.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('-');
    let first = bare.strip_suffix(BACK).or_else(|| stem.strip_suffix(BACK)).unwrap_or(stem).to_owned();
    let source = source.to_owned();
    (1u32..1000)
        .map(move |n| if n == 1 { format!("{first}{BACK}.xlsx") } else { format!("{first}{BACK}-{n}.xlsx") })
        .filter(move |name| *name != source)
}

const BACK: &str = "-退改";
/// Most characters of a sheet's name, and those none may have.
const NAME_MAX: usize = 31;
const NAME_NOT: [char; 7] = ['[', ']', ':', '*', '?', '/', '\\'];

/// A name for a sheet that no other sheet of the book has, capitals aside.
fn sheet_name(wanted: &str, index: usize, taken: &mut BTreeSet<String>) -> String {
    let plain: String = wanted.chars().filter(|c| !NAME_NOT.contains(c) && !c.is_control()).collect();
    let plain = plain.trim_matches('\'').trim();
    let base = if plain.is_empty() { format!("表{}", index + 1) } else { plain.to_owned() };
    let names = (1u32..).map(|n| {
        let end = if n == 1 { String::new() } else { format!("-{n}") };
        let short: String = base.chars().take(NAME_MAX - end.len()).collect();
        format!("{short}{end}")
    });
    let mut free = names.filter(|name| taken.insert(name.to_lowercase()));
    free.next().unwrap_or(base)
}

/// The workbook to give back; `None` if every row is ready.
pub fn error_book(book: &Workbook, report: &Report) -> Result<Option<Vec<u8>>, Fault> {
    let mut back: BTreeMap<usize, Vec<&RowReport>> = BTreeMap::new();
    for row in report.rows.iter().filter(|row| !row.ready()) {
        back.entry(row.sheet).or_default().push(row);
    }
    if back.is_empty() {
        return Ok(None);
    }
    let (mut out, mut taken) = (write::book().map_err(failed)?, BTreeSet::from(["history".to_owned()]));
    for (index, rows) in back {
        let (Some(sheet), Some(heading)) = (book.sheets.get(index), report.headings.get(&index)) else { continue };
        let page = out.add_worksheet();
        page.set_name(sheet_name(&sheet.name, index, &mut taken)).map_err(failed)?;
        let held = Held::of(sheet, heading.bottom);
        let mut places = BTreeMap::new();
        places.extend(rows.iter().flat_map(|row| &row.rows).copied().zip(heading.bottom + 1..));
        let reason = last_column(sheet, heading);
        Page { page, sheet, heading, held, places, reason }.write(&rows).map_err(failed)?;
    }
    out.save_to_buffer().map(Some).map_err(failed)
}

fn failed(error: XlsxError) -> Fault {
    Fault::new(Code::Bug, format!("workbook: {error}"))
}

/// The reason column of a book that came back before, or the first free column.
fn last_column(sheet: &Sheet, heading: &Heading) -> u32 {
    let known = heading.column_of(&crate::target::Target::Reason);
    known.unwrap_or_else(|| sheet.width().max(heading.columns.keys().next_back().copied().unwrap_or(0)) + 1)
}

struct Page<'a> {
    page: &'a mut Worksheet,
    sheet: &'a Sheet,
    heading: &'a Heading,
    held: Held<'a>,
    /// Where the rows that come back stand in the new sheet.
    places: BTreeMap<u32, u32>,
    reason: u32,
}

impl Page<'_> {
    fn write(&mut self, rows: &[&RowReport]) -> Result<(), XlsxError> {
        self.page.set_column_width(write::zero((1, self.reason)).1, 60)?;
        self.head()?;
        self.merge_rows();
        rows.iter().try_for_each(|row| self.row(row))
    }

    fn head(&mut self) -> Result<(), XlsxError> {
        let (top, bottom) = (self.heading.top, self.heading.bottom);
        for m in self.sheet.merges.iter().filter(|m| m.bottom <= bottom && m.left != self.reason) {
            write::merge(self.page, (m.top, m.left), (m.bottom, m.right), Look::Head);
        }
        for row in 1..=bottom {
            for (column, cell) in self.sheet.rows.get(&row).into_iter().flatten() {
                self.copy(cell, (row, *column), Look::Head)?;
            }
        }
        if bottom > top {
            write::merge(self.page, (top, self.reason), (bottom, self.reason), Look::Head);
        }
        write::text(self.page, (top, self.reason), REASON, Look::Head)
    }

    /// Regions merged over rows stay merged over those of them that come back.
    fn merge_rows(&mut self) {
        for m in self.sheet.merges.iter().filter(|m| m.top > self.heading.bottom && m.left != self.reason) {
            let mut rows = self.places.range(m.top..=m.bottom).map(|(_, to)| *to);
            let Some(first) = rows.next() else { continue };
            let last = rows.next_back().unwrap_or(first);
            write::merge(self.page, (first, m.left), (last, m.right), Look::Plain);
        }
    }

    fn row(&mut self, row: &RowReport) -> Result<(), XlsxError> {
        for from in &row.rows {
            let Some(to) = self.places.get(from).copied() else { continue };
            for seen in self.held.cells(*from).into_values() {
                let covered = seen.from < *from && self.places.range(seen.from..*from).next().is_some();
                if !covered {
                    let look = worst(row, *from, seen.column).map_or(Look::Plain, Look::Marked);
                    self.copy(seen.cell, (to, seen.column), look)?;
                }
            }
            for finding in row.findings.iter().filter(|f| f.row == *from) {
                self.note(finding, to)?;
            }
        }
        let Some(to) = row.rows.first().and_then(|first| self.places.get(first)).copied() else { return Ok(()) };
        let reasons = row.findings.iter().map(reason).collect::<Vec<_>>().join("\n");
        write::text(self.page, (to, self.reason), &shorten(&reasons), Look::Plain)
    }

    fn copy(&mut self, cell: &Cell, at: (u32, u32), look: Look) -> Result<(), XlsxError> {
        if at.1 == self.reason {
            return Ok(());
        }
        let field = self.heading.columns.get(&at.1).and_then(|c| c.target.field());
        let as_text = field.is_some_and(|f| matches!(f.kind, Kind::IdNo | Kind::Tel) || f.mask.is_some());
        write::cell(self.page, at, cell, look, as_text)
    }

    /// A coloured cell with its note; an empty cell is coloured too, so that it is seen.
    fn note(&mut self, finding: &Finding, to: u32) -> Result<(), XlsxError> {
        let Some(column) = finding.column.filter(|column| *column != self.reason) else { return Ok(()) };
        if self.held.cell(finding.row, column).is_none() {
            write::text(self.page, (to, column), "", Look::Marked(finding.level))?;
        }
        let (row, column) = write::zero((to, column));
        let note = Note::new(shorten(&advice(finding))).add_author_prefix(false);
        self.page.insert_note(row, column, &note).map(|_| ())
    }
}

/// What a cell or a note can hold.
fn shorten(text: &str) -> String {
    text.chars().take(TEXT_MAX).collect()
}

const TEXT_MAX: usize = 15_000;

fn worst(row: &RowReport, at: u32, column: u32) -> Option<Level> {
    row.findings.iter().filter(|f| f.row == at && f.column == Some(column)).map(|f| f.level).min()
}

fn advice(finding: &Finding) -> String {
    match &finding.suggestion {
        Some(meant) if !finding.text.contains(meant.as_str()) => format!("{}（可能应为{meant}）", finding.text),
        Some(_) | None => finding.text.clone(),
    }
}

fn reason(finding: &Finding) -> String {
    let mark = match finding.level {
        Level::Error => "错误",
        Level::Duplicate => "重复",
        Level::Warning => "提醒",
    };
    let place = finding.column.map_or_else(String::new, |c| format!("{}列{}：", column_name(c), finding.heading));
    format!("【{mark}】{place}{}", advice(finding))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheets_whose_names_differ_by_case_or_signs_are_told_apart() {
        let mut taken = BTreeSet::new();
        let long = "很长".repeat(20);
        let names: Vec<String> = ["a片区", "A片区", "a/片区", "", long.as_str(), long.as_str()]
            .iter()
            .enumerate()
            .map(|(i, n)| sheet_name(n, i, &mut taken))
            .collect();
        assert_eq!(&names[..4], ["a片区", "A片区-2", "a片区-3", "表4"]);
        assert!(names[4] != names[5] && names.iter().all(|n| n.chars().count() <= NAME_MAX));
    }

    #[test]
    fn a_book_that_comes_back_never_takes_the_name_of_its_source() {
        let names = |source: &str| error_book_names(source).take(3).collect::<Vec<_>>();
        assert_eq!(names("台账.xlsx"), ["台账-退改.xlsx", "台账-退改-2.xlsx", "台账-退改-3.xlsx"]);
        assert_eq!(names("台账.XLSX"), names("台账.xlsx"));
        assert_eq!(names("台账-退改.xlsx"), ["台账-退改-2.xlsx", "台账-退改-3.xlsx", "台账-退改-4.xlsx"]);
        assert_eq!(names("台账-退改-2.xlsx"), ["台账-退改.xlsx", "台账-退改-3.xlsx", "台账-退改-4.xlsx"]);
        assert_eq!(names("台账2024.xlsx")[0], "台账2024-退改.xlsx");
    }
}
