//! What merged regions say for every row they cover: a community merged down over five children
//! is the community of all five. It must not know what columns mean.

use std::collections::BTreeMap;

use crate::workbook::{Cell, Sheet};

/// The regions of a sheet that are merged down below its heading.
pub(crate) struct Held<'a> {
    sheet: &'a Sheet,
    /// By column and first row: the last row. Only the first column of a region holds anything.
    regions: BTreeMap<u32, BTreeMap<u32, u32>>,
}

/// A cell as a row shows it.
pub(crate) struct Seen<'a> {
    pub(crate) column: u32,
    pub(crate) cell: &'a Cell,
    /// Where it really stands: the row itself, or the first of a merged region.
    pub(crate) from: u32,
}

impl<'a> Held<'a> {
    /// The regions below row `below`.
    pub(crate) fn of(sheet: &'a Sheet, below: u32) -> Self {
        let mut regions: BTreeMap<u32, BTreeMap<u32, u32>> = BTreeMap::new();
        for merge in sheet.merges.iter().filter(|m| m.top > below && m.bottom > m.top) {
            regions.entry(merge.left).or_default().insert(merge.top, merge.bottom);
        }
        Self { sheet, regions }
    }

    /// The first row of the region that covers a row of a column from above.
    pub(crate) fn above(&self, row: u32, column: u32) -> Option<u32> {
        let (top, bottom) = self.regions.get(&column)?.range(..row).next_back()?;
        (row <= *bottom).then_some(*top)
    }

    /// The cells a row shows: its own, and those merged down to it.
    pub(crate) fn cells(&self, row: u32) -> BTreeMap<u32, Seen<'a>> {
        let own = self.sheet.rows.get(&row).into_iter().flatten();
        let own = own.map(|(column, cell)| (*column, Seen { column: *column, cell, from: row }));
        let mut cells: BTreeMap<u32, Seen<'a>> = own.collect();
        for column in self.regions.keys().copied() {
            if cells.contains_key(&column) {
                continue;
            }
            let Some(from) = self.above(row, column) else { continue };
            if let Some(cell) = self.sheet.cell(from, column) {
                cells.insert(column, Seen { column, cell, from });
            }
        }
        cells
    }

    /// What a row shows in a column.
    pub(crate) fn cell(&self, row: u32, column: u32) -> Option<&'a Cell> {
        let own = self.sheet.cell(row, column);
        own.or_else(|| self.sheet.cell(self.above(row, column)?, column))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workbook::{Merge, Row};

    #[test]
    fn a_region_holds_for_all_its_rows_and_no_further() {
        let text = |t: &str| Cell::Text(t.to_owned());
        let row = |column: u32, t: &str| Row::from([(column, text(t))]);
        let merge = |top, bottom| Merge { top, left: 2, bottom, right: 2 };
        let sheet = Sheet {
            rows: [(1, row(2, "社区")), (2, row(2, "竹影")), (3, row(1, "甲")), (4, row(1, "乙")), (5, row(1, "丙"))]
                .into(),
            merges: vec![merge(2, 4)],
            ..Sheet::default()
        };
        let held = Held::of(&sheet, 1);
        let seen = |r| held.cells(r).get(&2).map(|s| (s.cell.shown(), s.from));
        assert_eq!(seen(4), Some(("竹影".to_owned(), 2)));
        assert_eq!((seen(5), held.cell(3, 2)), (None, Some(&text("竹影"))));
        assert!(!Held::of(&sheet, 2).cells(3).contains_key(&2), "a heading is not held down");
    }
}
