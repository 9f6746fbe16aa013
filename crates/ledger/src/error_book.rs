//! The ledger that goes back to the street (退改单): same sheets and headings, the rows that were
//! not imported, bad cells coloured with a note, a last column with the reasons. Importing it again
//! after correction imports the rest. It must not change what people wrote.

use std::collections::BTreeMap;

use domain::fault::{Code, Fault};
use domain::form::Kind;
use rust_xlsxwriter::{Note, Worksheet, XlsxError};

use crate::heading::Heading;
use crate::report::{Finding, Level, Report, RowReport};
use crate::target::REASON;
use crate::workbook::{Merge, Sheet, Workbook, column_name};
use crate::write::{self, Look};

/// What the file is called: `台账.xlsx` → `台账-退改.xlsx`.
pub fn error_book_name(source: &str) -> String {
    let stem = source.strip_suffix(".xlsx").or_else(|| source.strip_suffix(".XLSX")).unwrap_or(source);
    format!("{}-退改.xlsx", stem.strip_suffix("-退改").unwrap_or(stem))
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
    let mut out = write::book().map_err(failed)?;
    for (index, rows) in back {
        let (Some(sheet), Some(heading)) = (book.sheets.get(index), report.headings.get(&index)) else { continue };
        let page = out.add_worksheet();
        if page.set_name(&sheet.name).is_err() {
            page.set_name(format!("表{}", index + 1)).map_err(failed)?;
        }
        Page { page, sheet, heading, reason: last_column(sheet, heading) }.write(&rows).map_err(failed)?;
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
    reason: u32,
}

impl Page<'_> {
    fn write(&mut self, rows: &[&RowReport]) -> Result<(), XlsxError> {
        self.page.set_column_width(write::zero((1, self.reason)).1, 60)?;
        self.head()?;
        let mut to = self.heading.bottom + 1;
        for row in rows {
            self.row(row, to)?;
            to += u32::try_from(row.rows.len()).unwrap_or(1);
        }
        Ok(())
    }

    fn head(&mut self) -> Result<(), XlsxError> {
        let (top, bottom) = (self.heading.top, self.heading.bottom);
        self.merges(1, bottom, 1, |_| Look::Head);
        for row in 1..=bottom {
            self.copy(row, row, |_| Look::Head)?;
        }
        if bottom > top {
            write::merge(self.page, (top, self.reason), (bottom, self.reason), Look::Head);
        }
        write::text(self.page, (top, self.reason), REASON, Look::Head)
    }

    fn row(&mut self, row: &RowReport, to: u32) -> Result<(), XlsxError> {
        let (Some(first), Some(last)) = (row.rows.first(), row.rows.last()) else { return Ok(()) };
        if last > first {
            self.merges(*first, *last, to, |_| Look::Plain);
        }
        for (from, to) in row.rows.iter().zip(to..) {
            let marked = |column: u32| worst(row, *from, column).map_or(Look::Plain, Look::Marked);
            self.copy(*from, to, marked)?;
            for finding in row.findings.iter().filter(|f| f.row == *from) {
                self.note(finding, to)?;
            }
        }
        let reasons: Vec<String> = row.findings.iter().map(reason).collect();
        write::text(self.page, (to, self.reason), &reasons.join("\n"), Look::Plain)
    }

    fn copy(&mut self, from: u32, to: u32, look: impl Fn(u32) -> Look) -> Result<(), XlsxError> {
        let cells = self.sheet.rows.get(&from).into_iter().flatten().filter(|(column, _)| **column != self.reason);
        for (column, cell) in cells {
            let field = self.heading.columns.get(column).and_then(|c| c.target.field());
            let as_text = field.is_some_and(|f| matches!(f.kind, Kind::IdNo | Kind::Tel) || f.mask.is_some());
            write::cell(self.page, (to, *column), cell, look(*column), as_text)?;
        }
        Ok(())
    }

    /// A coloured cell with its note; an empty cell is coloured too, so that it is seen.
    fn note(&mut self, finding: &Finding, to: u32) -> Result<(), XlsxError> {
        let Some(column) = finding.column else { return Ok(()) };
        if self.sheet.cell(finding.row, column).is_none() {
            write::text(self.page, (to, column), "", Look::Marked(finding.level))?;
        }
        let (row, column) = write::zero((to, column));
        self.page.insert_note(row, column, &Note::new(advice(finding)).add_author_prefix(false)).map(|_| ())
    }

    fn merges(&mut self, first: u32, last: u32, to: u32, look: impl Fn(u32) -> Look) {
        let inside = |m: &&Merge| first <= m.top && m.bottom <= last && m.left != self.reason;
        for m in self.sheet.merges.iter().filter(inside) {
            let moved = |row: u32| row - first + to;
            write::merge(self.page, (moved(m.top), m.left), (moved(m.bottom), m.right), look(m.left));
        }
    }
}

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
    fn a_book_that_comes_back_twice_keeps_its_name() {
        assert_eq!(error_book_name("台账.xlsx"), "台账-退改.xlsx");
        assert_eq!(error_book_name("台账-退改.xlsx"), "台账-退改.xlsx");
    }
}
