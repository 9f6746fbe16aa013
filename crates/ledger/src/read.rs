//! Bytes of an `.xlsx` → [`Workbook`], within caps. Pure: the process limits (memory, time) are
//! the caller's. It must not guess what cells mean.
//!
//! We read the parts ourselves: libraries tell neither what a cell is shown as, nor what is
//! hidden, struck out or commented, and one value they do not know costs the whole book.

mod caps;
mod comments;
mod foreign;
mod package;
mod sheet;
mod strings;
mod styles;
mod xml;

use std::panic::catch_unwind;

use domain::fault::{Code, Fault};

use crate::workbook::{Sheet, Workbook};
use package::{Link, Package};
use sheet::Shared;
use xml::{Step, Xml, attribute, bad, name, yes};

pub use caps::{MAX_FILE, MAX_PARTS, MAX_RATIO, MAX_UNPACKED};

/// Most sheets read.
pub const MAX_SHEETS: usize = 200;
/// Last row that may hold anything.
pub const MAX_ROWS: u32 = 100_000;
/// Last column that may hold anything.
pub const MAX_COLUMNS: u32 = 400;
/// Most filled cells and merged regions in the whole workbook.
pub const MAX_CELLS: usize = 2_000_000;
/// Most characters of one cell (Excel's own cap).
pub const MAX_TEXT: usize = 32_767;
/// Most bytes of text in the whole workbook: one shared string may stand in every cell.
const MAX_SAID: usize = 128 << 20;
/// Most cells of one sheet beyond the last row or column that are passed over.
const MAX_STRAY: usize = 20;

/// What may still be read of this workbook.
struct Budget {
    cells: usize,
    text: usize,
}

impl Budget {
    fn spend(&mut self, cells: usize, text: usize) -> Result<(), Fault> {
        self.cells = self.cells.checked_sub(cells).ok_or(Code::WorkbookTooLarge)?;
        self.text = self.text.checked_sub(text).ok_or(Code::WorkbookTooLarge)?;
        Ok(())
    }
}

/// Reads a workbook. Refuses what is no `.xlsx` and says what it is instead, and what is larger
/// than the caps ([`Code::WorkbookTooLarge`]) before unpacking it into memory. Should the parser
/// under it panic on hostile bytes, that too is a refusal.
pub fn read_workbook(bytes: &[u8]) -> Result<Workbook, Fault> {
    if let Some(code) = foreign::recognise(bytes) {
        return Err(code.into());
    }
    caps::check(bytes)?;
    catch_unwind(|| parse(bytes)).unwrap_or_else(|_| Err(Code::BadWorkbook.into()))
}

/// A tab: what it says, whether it is hidden, and the link to its part.
struct Tab {
    name: String,
    hidden: bool,
    link: String,
}

fn parse(bytes: &[u8]) -> Result<Workbook, Fault> {
    let mut package = Package::open(bytes)?;
    let whole = package.links("")?.into_iter().find(|link| link.kind == "officeDocument");
    let path = whole.map_or_else(|| "xl/workbook.xml".to_owned(), |link| link.path);
    let xml = package.part(&path)?.ok_or(Code::BadWorkbook)?;
    let (tabs, from_1904) = tabs(&xml)?;
    if tabs.len() > MAX_SHEETS {
        return Err(Code::WorkbookTooLarge.into());
    }
    let links = package.links(&path)?;
    let shared = read_shared(&mut package, &links, from_1904)?;
    let (mut sheets, mut budget) = (Vec::new(), Budget { cells: MAX_CELLS, text: MAX_SAID });
    for tab in tabs {
        let Some(link) = links.iter().find(|l| l.id == tab.link && l.kind == "worksheet") else { continue };
        let xml = package.part(&link.path)?.ok_or(Code::BadWorkbook)?;
        let mut sheet = Sheet { name: tab.name, hidden: tab.hidden, ..Sheet::default() };
        sheet::fill(&xml, &shared, &mut sheet, &mut budget)?;
        sheet.comments = comments::of_sheet(&mut package, &link.path)?;
        let said = sheet.comments.values().map(String::len).sum();
        budget.spend(sheet.comments.len(), said)?;
        sheets.push(sheet);
    }
    if sheets.is_empty() { Err(Code::BadWorkbook.into()) } else { Ok(Workbook { sheets }) }
}

fn tabs(xml: &str) -> Result<(Vec<Tab>, bool), Fault> {
    let (mut xml, mut tabs, mut from_1904) = (Xml::new(xml), Vec::new(), false);
    loop {
        match xml.step()? {
            Step::Over => return Ok((tabs, from_1904)),
            Step::Open(tag) => match name(&tag) {
                "workbookPr" => from_1904 = yes(&tag, "date1904"),
                "sheet" => tabs.push(Tab {
                    name: attribute(&tag, "name").unwrap_or_default(),
                    hidden: matches!(attribute(&tag, "state").as_deref(), Some("hidden" | "veryHidden")),
                    link: attribute(&tag, "id").ok_or_else(|| bad(()))?,
                }),
                _ => {}
            },
            Step::Close(_) | Step::Text(_) => {}
        }
    }
}

fn read_shared(package: &mut Package<'_>, links: &[Link], from_1904: bool) -> Result<Shared, Fault> {
    let mut part = |kind: &str| match links.iter().find(|link| link.kind == kind) {
        Some(link) => package.part(&link.path),
        None => Ok(None),
    };
    let strings = part("sharedStrings")?.map_or_else(|| Ok(Vec::new()), |xml| strings::shared(&xml))?;
    let styles = part("styles")?.map_or_else(|| Ok(Vec::new()), |xml| styles::read(&xml))?;
    Ok(Shared { strings, styles, from_1904 })
}
