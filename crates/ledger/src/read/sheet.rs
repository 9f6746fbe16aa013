//! One sheet's XML → its cells, merged regions and what is hidden. It must not guess what cells mean.

use domain::day::Day;
use domain::fault::{Code, Fault};
use quick_xml::events::BytesStart;

use super::strings::{Said, rich, unescape};
use super::styles::{Shown, Style};
use super::xml::{Step, Xml, attribute, end_name, name, number, yes};
use super::{Budget, MAX_COLUMNS, MAX_ROWS, MAX_STRAY};
use crate::workbook::{Beyond, Cell, Merge, Sheet, UNCALCULATED};

/// What the sheets of a workbook share.
pub(super) struct Shared {
    pub(super) strings: Vec<Said>,
    pub(super) styles: Vec<Style>,
    /// Days are counted from 1904.
    pub(super) from_1904: bool,
}

/// Reads a sheet's part into `sheet`.
pub(super) fn fill(xml: &str, shared: &Shared, sheet: &mut Sheet, budget: &mut Budget) -> Result<(), Fault> {
    let (mut xml, mut at, mut default_hidden) = (Xml::new(xml), (0u32, 0u32), false);
    loop {
        match xml.step()? {
            Step::Over => return Ok(()),
            Step::Open(tag) => match name(&tag) {
                "sheetFormatPr" => default_hidden = yes(&tag, "zeroHeight"),
                "col" => columns(&tag, sheet),
                "row" => {
                    at = (number(&tag, "r").unwrap_or_else(|| at.0.saturating_add(1)), 0);
                    if is_hidden_row(&tag, default_hidden) && at.0 <= MAX_ROWS {
                        sheet.hidden_rows.insert(at.0);
                    }
                }
                "c" => {
                    let next = (at.0.max(1), at.1.saturating_add(1));
                    at = attribute(&tag, "r").and_then(|r| place(&r)).unwrap_or(next);
                    let raw = Raw::read(&mut xml, &tag)?;
                    put(sheet, at, &raw, shared, budget)?;
                }
                "mergeCell" => {
                    budget.spend(1, 0)?;
                    sheet.merges.extend(attribute(&tag, "ref").and_then(|r| region(&r)));
                }
                "drawing" => sheet.pictures = true,
                _ => {}
            },
            Step::Close(_) | Step::Text(_) => {}
        }
    }
}

fn columns(tag: &BytesStart<'_>, sheet: &mut Sheet) {
    let (first, last) = (number(tag, "min").unwrap_or(1u32), number(tag, "max").unwrap_or(0u32));
    if yes(tag, "hidden") || number::<f64>(tag, "width") == Some(0.0) {
        sheet.hidden_columns.extend(first..=last.min(MAX_COLUMNS));
    }
}

/// Hidden by hand or a filter, drawn down to nothing, or hidden because rows are unless they say otherwise.
fn is_hidden_row(tag: &BytesStart<'_>, default_hidden: bool) -> bool {
    let flat = number::<f64>(tag, "ht") == Some(0.0);
    let by_default = default_hidden && attribute(tag, "hidden").is_none() && attribute(tag, "ht").is_none();
    yes(tag, "hidden") || flat || by_default
}

/// A cell as it is written.
#[derive(Default)]
struct Raw {
    kind: String,
    style: usize,
    /// Its value is held elsewhere: a picture in the cell.
    rich: bool,
    formula: Option<String>,
    value: Option<String>,
    inline: Option<Said>,
}

impl Raw {
    fn read(xml: &mut Xml<'_>, tag: &BytesStart<'_>) -> Result<Self, Fault> {
        let mut raw = Self {
            kind: attribute(tag, "t").unwrap_or_default(),
            style: number(tag, "s").unwrap_or(0),
            rich: attribute(tag, "vm").is_some(),
            ..Self::default()
        };
        loop {
            match xml.step()? {
                Step::Open(tag) => match name(&tag) {
                    "v" => raw.value = Some(xml.text()?),
                    "f" => raw.formula = Some(xml.text()?),
                    "is" => raw.inline = Some(rich(xml)?),
                    _ => xml.skip()?,
                },
                Step::Close(tag) if end_name(&tag) == "c" => return Ok(raw),
                Step::Close(_) | Step::Text(_) => {}
                Step::Over => return Err(Code::BadWorkbook.into()),
            }
        }
    }

    fn said(&self, shared: &Shared) -> Said {
        let value = self.value.as_deref().unwrap_or_default();
        match self.kind.as_str() {
            "s" => value.trim().parse().ok().and_then(|n: usize| shared.strings.get(n)).cloned().unwrap_or_default(),
            "inlineStr" => self.inline.clone().unwrap_or_default(),
            _ => Said { text: unescape(value), struck: 0 },
        }
    }

    /// What stands in it; `None` is nothing.
    fn cell(&self, shown: Shown, from_1904: bool, said: &Said) -> Option<Cell> {
        let holds = |text: &Option<String>| text.as_ref().is_some_and(|t| t.contains("DISPIMG("));
        if holds(&self.formula) || holds(&self.value) || self.rich && self.kind == "e" {
            return Some(Cell::Picture);
        }
        let value = self.value.as_deref().map_or("", str::trim);
        // A formula may come to the empty text, and is then written as text; without a value it never was worked out.
        if self.formula.is_some() && value.is_empty() && (self.kind != "str" || self.value.is_none()) {
            return Some(Cell::Failed(UNCALCULATED.to_owned()));
        }
        match self.kind.as_str() {
            "e" => Some(Cell::Failed(said.text.trim().to_owned())),
            "b" => Some(Cell::Yes(matches!(value, "1" | "true"))),
            "s" | "str" | "inlineStr" => Some(text(&said.text)),
            "d" => Some(iso(value)),
            _ if value.is_empty() => self.inline.as_ref().map(|said| text(&said.text)),
            _ => Some(
                value
                    .parse::<f64>()
                    .ok()
                    .filter(|n| n.is_finite())
                    .map_or_else(|| text(&said.text), |n| number_shown(n, shown, from_1904)),
            ),
        }
    }
}

fn text(text: &str) -> Cell {
    match text.trim() {
        failed if is_error(failed) => Cell::Failed(failed.to_owned()),
        _ => Cell::Text(text.chars().take(super::MAX_TEXT).collect()),
    }
}

/// Whether a text is an error value that was copied as text, e.g. in a ledger that came back.
fn is_error(text: &str) -> bool {
    let code = |c: char| c.is_ascii_uppercase() || matches!(c, '/' | '0' | '_');
    let word = text.strip_prefix('#').and_then(|rest| rest.strip_suffix(['!', '?']));
    word.is_some_and(|w| !w.is_empty() && w.chars().all(code))
        || matches!(text, "#N/A" | "#GETTING_DATA" | UNCALCULATED)
}

fn iso(text: &str) -> Cell {
    let day = text.get(..10).and_then(|d| d.parse().ok());
    let whole = matches!(text.get(10..), Some("" | "T00:00:00" | "T00:00:00Z" | "T00:00:00.000"));
    day.filter(|_| whole).map_or_else(|| Cell::Text(text.to_owned()), Cell::Date)
}

/// A number shown as a date: a whole day stays a day, a time of day is kept as text, and a
/// number of days no calendar has (an id formatted as a date by accident) stays a number.
fn number_shown(n: f64, shown: Shown, from_1904: bool) -> Cell {
    let serial = if from_1904 { n + 1462.0 } else { n };
    if matches!(shown, Shown::Plain | Shown::Clock) || !(1.0..2_958_466.0).contains(&serial) {
        return Cell::Number(n);
    }
    let days = serial.floor() as i32;
    // The calendar of spreadsheets has a 29 February 1900.
    let day = Day::new(1899, 12, 30).ok().map(|zero| zero.plus(if days < 60 { days + 1 } else { days }));
    let minutes = (serial.fract() * 1440.0).round() as i32;
    match (day, shown) {
        (None, _) => Cell::Number(n),
        (Some(day), Shown::Month) => Cell::Month(day),
        (Some(day), Shown::Year) => Cell::Year(day),
        (Some(day), _) if minutes == 0 || minutes == 1440 => Cell::Date(day.plus(minutes / 1440)),
        (Some(day), _) => Cell::Text(format!("{day} {:02}:{:02}", minutes / 60, minutes % 60)),
    }
}

fn put(sheet: &mut Sheet, at: (u32, u32), raw: &Raw, shared: &Shared, budget: &mut Budget) -> Result<(), Fault> {
    let said = raw.said(shared);
    let style = shared.styles.get(raw.style).copied().unwrap_or_default();
    let Some(cell) = raw.cell(style.shown, shared.from_1904, &said).filter(|c| !c.blank()) else { return Ok(()) };
    budget.spend(1, said.text.len())?;
    let (row, column) = at;
    if row == 0 || column == 0 {
        return Err(Code::BadWorkbook.into());
    }
    if row > MAX_ROWS || column > MAX_COLUMNS {
        // One forgotten cell far away is passed over by name; many are a sheet that is too large.
        if sheet.beyond.len() >= MAX_STRAY {
            return Err(Fault::new(Code::WorkbookTooLarge, crate::workbook::cell_name(row, column)));
        }
        sheet.beyond.push(Beyond { row, column });
        return Ok(());
    }
    if style.struck || said.is_struck() {
        sheet.struck.insert((row, column));
    } else if said.struck > 0 {
        sheet.partly_struck.insert((row, column));
    }
    sheet.rows.entry(row).or_default().insert(column, cell);
    Ok(())
}

/// `AB12` → row 12, column 28.
pub(super) fn place(text: &str) -> Option<(u32, u32)> {
    let text = text.trim().replace('$', "");
    let split = text.find(|c: char| c.is_ascii_digit())?;
    let (letters, digits) = text.split_at(split);
    let row = digits.parse().ok()?;
    let column = letters.bytes().try_fold(0u32, |n, b| {
        let b = b.to_ascii_uppercase();
        b.is_ascii_uppercase().then(|| n.checked_mul(26)?.checked_add(u32::from(b - b'A') + 1))?
    })?;
    (row > 0 && column > 0).then_some((row, column))
}

/// A merged region that touches the area cells may stand in, clipped to it.
fn region(text: &str) -> Option<Merge> {
    let (from, to) = text.split_once(':')?;
    let ((top, left), (bottom, right)) = (place(from)?, place(to)?);
    let merge = Merge { top, left, bottom: bottom.min(MAX_ROWS), right: right.min(MAX_COLUMNS) };
    (merge.top <= merge.bottom && merge.left <= merge.right).then_some(merge)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_as_excel_names_them() {
        assert_eq!((place("A1"), place("AB12"), place("$C$4")), (Some((1, 1)), Some((12, 28)), Some((4, 3))));
        for bad in ["", "A", "12", "A0", "é4", "ZZZZZZZZZZ1"] {
            assert_eq!(place(bad), None, "{bad}");
        }
    }

    #[test]
    fn error_values_are_known_by_their_look() {
        for error in ["#N/A", "#DIV/0!", "#NAME?", "#SPILL!", "#ERROR!", "#公式未计算"] {
            assert!(is_error(error), "{error}");
        }
        for text in ["#3", "#", "#!", "3#楼", "#明湖路!"] {
            assert!(!is_error(text), "{text}");
        }
    }
}
