//! Writing cells so that nobody's spreadsheet runs or rounds them: numbers of documents and
//! telephones as text, text that looks like a formula marked as text. It must not choose content.

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use crate::report::Level;
use crate::workbook::{Cell, EXACT};

/// An empty workbook that carries no wall clock: the same content is the same bytes.
pub(crate) fn book() -> Result<Workbook, XlsxError> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    Ok(book)
}

/// How a cell looks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Look {
    /// As it is.
    Plain,
    /// Heading.
    Head,
    /// A finding of this gravity.
    Marked(Level),
}

fn format(look: Look) -> Format {
    let base = Format::new().set_border(FormatBorder::Thin).set_align(FormatAlign::VerticalCenter).set_text_wrap();
    match look {
        Look::Plain => base,
        Look::Head => base.set_bold().set_align(FormatAlign::Center).set_background_color("#E7EEF7"),
        Look::Marked(Level::Error) => base.set_background_color("#FFC7CE"),
        Look::Marked(Level::Duplicate) => base.set_background_color("#FCD5B4"),
        Look::Marked(Level::Warning) => base.set_background_color("#FFEB9C"),
    }
}

/// Whether a spreadsheet could take the text for a formula when somebody edits it.
fn looks_like_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// Writes text as text, whatever it begins with. Rows and columns from 1.
pub(crate) fn text(sheet: &mut Worksheet, at: (u32, u32), text: &str, look: Look) -> Result<(), XlsxError> {
    let plain = format(look).set_num_format("@");
    let format = if looks_like_formula(text) { plain.set_quote_prefix() } else { plain };
    let (row, column) = zero(at);
    sheet.write_string_with_format(row, column, text, &format).map(|_| ())
}

/// Writes a cell as it was read. `as_text` keeps a number's digits from being rounded again.
pub(crate) fn cell(
    sheet: &mut Worksheet,
    at: (u32, u32),
    cell: &Cell,
    look: Look,
    as_text: bool,
) -> Result<(), XlsxError> {
    let (row, column) = zero(at);
    match cell {
        Cell::Number(n) if !as_text && n.is_finite() && n.abs() < EXACT => {
            sheet.write_number_with_format(row, column, *n, &format(look)).map(|_| ())
        }
        Cell::Date(day) => {
            let (y, m, d) = day.ymd();
            let date = ExcelDateTime::from_ymd(y.unsigned_abs(), m.unsigned_abs(), d.unsigned_abs());
            let format = format(look).set_num_format("yyyy-mm-dd");
            match date {
                Ok(date) => sheet.write_datetime_with_format(row, column, &date, &format).map(|_| ()),
                Err(_) => text(sheet, at, &day.to_string(), look),
            }
        }
        Cell::Picture => Ok(()),
        Cell::Text(_) | Cell::Number(_) | Cell::Yes(_) | Cell::Failed(_) | Cell::Month(_) | Cell::Year(_) => {
            text(sheet, at, &cell.shown(), look)
        }
    }
}

/// The writer counts from 0 and keeps columns in 16 bits.
pub(crate) fn zero((row, column): (u32, u32)) -> (u32, u16) {
    (row.saturating_sub(1), u16::try_from(column.saturating_sub(1)).unwrap_or(u16::MAX))
}

/// Merges a region, already filled or to be filled at its first cell. A region that cannot be
/// merged (one cell, or across another) stays as it is: merging is looks, not content.
pub(crate) fn merge(sheet: &mut Worksheet, from: (u32, u32), to: (u32, u32), look: Look) -> bool {
    let ((top, left), (bottom, right)) = (zero(from), zero(to));
    sheet.merge_range(top, left, bottom, right, "", &format(look)).is_ok()
}
