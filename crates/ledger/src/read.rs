//! Bytes of an `.xlsx` → [`Workbook`], within caps. Pure: the process limits (memory, time) are
//! the caller's. It must not guess what cells mean.

mod caps;
mod hidden;

use std::io::Cursor;
use std::panic::catch_unwind;

use calamine::{DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx};
use domain::day::Day;
use domain::fault::{Code, Fault};

use crate::workbook::{Cell, Merge, Sheet, Workbook};

pub use caps::{MAX_FILE, MAX_PARTS, MAX_RATIO, MAX_UNPACKED};

/// Most sheets read.
pub const MAX_SHEETS: usize = 200;
/// Last row that may hold anything.
pub const MAX_ROWS: u32 = 100_000;
/// Last column that may hold anything.
pub const MAX_COLUMNS: u32 = 400;
/// Most filled cells in the whole workbook.
pub const MAX_CELLS: usize = 2_000_000;
/// Most characters of one cell (Excel's own cap).
pub const MAX_TEXT: usize = 32_767;

/// Reads a workbook. Refuses what is no `.xlsx` ([`Code::BadWorkbook`]) and what is larger than
/// the caps ([`Code::WorkbookTooLarge`]) before unpacking it into memory. The parser under it
/// may panic on hostile bytes; that too is a refusal.
pub fn read_workbook(bytes: &[u8]) -> Result<Workbook, Fault> {
    caps::check(bytes)?;
    catch_unwind(|| parse(bytes)).unwrap_or_else(|_| Err(Code::BadWorkbook.into()))
}

fn bad<E>(_: E) -> Fault {
    Code::BadWorkbook.into()
}

fn parse(bytes: &[u8]) -> Result<Workbook, Fault> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(bad)?;
    let tabs = book.sheets_metadata().to_vec();
    if tabs.len() > MAX_SHEETS {
        return Err(Code::WorkbookTooLarge.into());
    }
    let (mut sheets, mut cells) = (Vec::new(), MAX_CELLS);
    for tab in tabs.iter().filter(|t| t.typ == SheetType::WorkSheet) {
        let mut sheet = Sheet {
            name: tab.name.clone(),
            hidden: tab.visible != SheetVisible::Visible,
            merges: merges(&mut book, &tab.name)?,
            ..Sheet::default()
        };
        fill(&mut book, &mut sheet, &mut cells)?;
        let found = hidden::of_sheet(bytes, &tab.name, MAX_COLUMNS);
        (sheet.hidden_rows, sheet.hidden_columns) = (found.rows, found.columns);
        sheets.push(sheet);
    }
    if sheets.is_empty() { Err(Code::BadWorkbook.into()) } else { Ok(Workbook { sheets }) }
}

/// Merged regions that touch the area cells may stand in, clipped to it.
fn merges(book: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Vec<Merge>, Fault> {
    let found = book.merge_cells_by_sheet_name(name).map_err(bad)?;
    if found.len() > MAX_CELLS / 10 {
        return Err(Code::WorkbookTooLarge.into());
    }
    let inside = found.iter().filter(|d| d.start.0 < MAX_ROWS && d.start.1 < MAX_COLUMNS);
    Ok(inside
        .map(|d| Merge {
            top: d.start.0 + 1,
            left: d.start.1 + 1,
            bottom: d.end.0.min(MAX_ROWS - 1) + 1,
            right: d.end.1.min(MAX_COLUMNS - 1) + 1,
        })
        .collect())
}

fn fill(book: &mut Xlsx<Cursor<&[u8]>>, sheet: &mut Sheet, left: &mut usize) -> Result<(), Fault> {
    let mut reader = book.worksheet_cells_reader(&sheet.name).map_err(bad)?;
    while let Some(found) = reader.next_cell().map_err(bad)? {
        let Some(cell) = cell(found.get_value()).filter(|c| !c.blank()) else { continue };
        let (row, column) = found.get_position();
        *left = left.checked_sub(1).ok_or(Code::WorkbookTooLarge)?;
        if row >= MAX_ROWS || column >= MAX_COLUMNS {
            return Err(Code::WorkbookTooLarge.into());
        }
        sheet.rows.entry(row + 1).or_default().insert(column + 1, cell);
    }
    Ok(())
}

fn cell(found: &DataRef<'_>) -> Option<Cell> {
    let text = |t: &str| Cell::Text(t.chars().take(MAX_TEXT).collect());
    match found {
        DataRef::Empty => None,
        DataRef::Int(n) => Some(Cell::Number(*n as f64)),
        DataRef::Float(n) => Some(Cell::Number(*n)),
        DataRef::String(t) | DataRef::DurationIso(t) => Some(text(t)),
        DataRef::SharedString(t) => Some(text(t)),
        DataRef::DateTimeIso(t) => {
            let day = t.get(..10).and_then(|d| d.parse().ok());
            Some(day.filter(|_| matches!(t.get(10..), Some("" | "T00:00:00"))).map_or_else(|| text(t), Cell::Date))
        }
        DataRef::Bool(yes) => Some(Cell::Yes(*yes)),
        DataRef::DateTime(at) => Some(date(at)),
        DataRef::Error(e) => Some(Cell::Failed(e.to_string())),
    }
}

/// A number shown as a date: a whole day stays a day, a time of day is kept as text, and a
/// number of days no calendar has (an id formatted as a date by accident) stays a number.
fn date(at: &ExcelDateTime) -> Cell {
    let serial = at.as_f64();
    if at.is_duration() || !(1.0..2_958_466.0).contains(&serial) {
        return Cell::Number(serial);
    }
    let (y, m, d, hour, minute, _, _) = at.to_ymd_hms_milli();
    let day = i16::try_from(y).ok().and_then(|y| Day::new(y, m.cast_signed(), d.cast_signed()).ok());
    match day {
        Some(day) if serial.fract() == 0.0 => Cell::Date(day),
        Some(day) => Cell::Text(format!("{day} {hour:02}:{minute:02}")),
        None => Cell::Number(serial),
    }
}
