//! A workbook as plain cells: what was read, before anything is understood. It must not know
//! what a heading or a child is.

use std::collections::{BTreeMap, BTreeSet};

use domain::day::Day;
use domain::fault::{Code, Fault};
use minicbor::{Decode, Encode};

/// All sheets of a workbook, in the order of their tabs.
#[derive(Clone, PartialEq, Debug, Default, Encode, Decode)]
pub struct Workbook {
    /// The sheets.
    #[n(0)]
    pub sheets: Vec<Sheet>,
}

/// One sheet.
#[derive(Clone, PartialEq, Debug, Default, Encode, Decode)]
pub struct Sheet {
    /// What its tab says.
    #[n(0)]
    pub name: String,
    /// Its tab is hidden.
    #[n(1)]
    pub hidden: bool,
    /// Rows by their number as Excel shows it (from 1); rows without content are absent.
    #[n(2)]
    pub rows: BTreeMap<u32, Row>,
    /// Merged regions.
    #[n(3)]
    pub merges: Vec<Merge>,
    /// Rows hidden by hand or by a filter.
    #[n(4)]
    pub hidden_rows: BTreeSet<u32>,
    /// Columns hidden by hand (from 1).
    #[n(5)]
    pub hidden_columns: BTreeSet<u32>,
    /// What comments say, by row and column.
    #[n(6)]
    pub comments: BTreeMap<(u32, u32), String>,
    /// Filled cells whose whole text is struck out.
    #[n(7)]
    pub struck: BTreeSet<(u32, u32)>,
    /// Filled cells of whose text a part is struck out.
    #[n(8)]
    pub partly_struck: BTreeSet<(u32, u32)>,
    /// Filled cells beyond the last row or column that is read.
    #[n(9)]
    pub beyond: Vec<Beyond>,
    /// Pictures or shapes lie on it.
    #[n(10)]
    pub pictures: bool,
}

/// A filled cell that lies too far away to be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Beyond {
    /// Its row.
    #[n(0)]
    pub row: u32,
    /// Its column.
    #[n(1)]
    pub column: u32,
}

/// The filled cells of one row by column, from 1 (A).
pub type Row = BTreeMap<u32, Cell>;

/// A merged region, both corners included, from 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Merge {
    /// First row.
    #[n(0)]
    pub top: u32,
    /// First column.
    #[n(1)]
    pub left: u32,
    /// Last row.
    #[n(2)]
    pub bottom: u32,
    /// Last column.
    #[n(3)]
    pub right: u32,
}

/// What stands in a cell.
#[derive(Clone, PartialEq, Debug, Encode, Decode)]
pub enum Cell {
    /// Text, as typed.
    #[n(0)]
    Text(#[n(0)] String),
    /// A number. Excel keeps 15 digits: longer ones are damaged.
    #[n(1)]
    Number(#[n(0)] f64),
    /// True or false.
    #[n(2)]
    Yes(#[n(0)] bool),
    /// A number shown as a date.
    #[n(3)]
    Date(#[n(0)] Day),
    /// A formula that failed: `#N/A`; or that was never worked out: [`UNCALCULATED`].
    #[n(4)]
    Failed(#[n(0)] String),
    /// A number shown as year and month.
    #[n(5)]
    Month(#[n(0)] Day),
    /// A number shown as a year.
    #[n(6)]
    Year(#[n(0)] Day),
    /// A picture put into the cell.
    #[n(7)]
    Picture,
}

/// What stands for the value of a formula that was never worked out.
pub const UNCALCULATED: &str = "#公式未计算";

/// Beyond this a number in a cell has lost digits (2^53 has 16; Excel keeps 15).
pub(crate) const EXACT: f64 = 1e15;

impl Cell {
    /// The cell as a person reads it; damaged numbers in scientific notation, as Excel shows them.
    pub fn shown(&self) -> String {
        match self {
            Self::Text(text) | Self::Failed(text) => text.clone(),
            Self::Number(n) if n.abs() >= EXACT => format!("{n:e}").replace('e', "E+"),
            Self::Number(n) => n.to_string(),
            Self::Yes(yes) => if *yes { "是" } else { "否" }.to_owned(),
            Self::Date(day) => day.to_string(),
            Self::Month(day) => day.to_string()[..7].to_owned(),
            Self::Year(day) => day.to_string()[..4].to_owned(),
            Self::Picture => String::new(),
        }
    }
    /// Whether nothing but blanks stands in it.
    pub fn blank(&self) -> bool {
        matches!(self, Self::Text(text) if text.chars().all(|c| c.is_whitespace() || c == '\u{feff}'))
    }
}

impl Sheet {
    /// The cell at a row and column, if filled.
    pub fn cell(&self, row: u32, column: u32) -> Option<&Cell> {
        self.rows.get(&row)?.get(&column)
    }
    /// The merged region a cell lies in.
    pub fn merge_at(&self, row: u32, column: u32) -> Option<&Merge> {
        self.merges.iter().find(|m| m.top <= row && row <= m.bottom && m.left <= column && column <= m.right)
    }
    /// The last filled column.
    pub fn width(&self) -> u32 {
        self.rows.values().filter_map(|row| row.keys().next_back()).max().copied().unwrap_or(0)
    }
}

impl Workbook {
    /// The bytes that travel from the limited child process.
    pub fn to_bytes(&self) -> Vec<u8> {
        minicbor::to_vec(self).expect("encoding into memory cannot fail")
    }
    /// Reads what [`Workbook::to_bytes`] wrote; anything else is [`Code::BadWorkbook`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Fault> {
        minicbor::decode(bytes).map_err(|_| Code::BadWorkbook.into())
    }
}

/// A cell as Excel names it: row 12, column 28 is AB12.
pub fn cell_name(row: u32, column: u32) -> String {
    format!("{}{row}", column_name(column))
}

/// A column as Excel names it: 1 is A, 28 is AB.
pub fn column_name(column: u32) -> String {
    let (mut rest, mut name) = (column, String::new());
    while rest > 0 {
        let letter = u8::try_from((rest - 1) % 26).unwrap_or(0);
        name.insert(0, char::from(b'A' + letter));
        rest = (rest - 1) / 26;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_as_excel_does() {
        for (n, name) in [(1, "A"), (26, "Z"), (27, "AA"), (52, "AZ"), (703, "AAA")] {
            assert_eq!(column_name(n), name);
        }
    }

    #[test]
    fn a_workbook_survives_the_pipe() {
        let row = Row::from([(1, Cell::Text("李明".into())), (3, Cell::Number(1.5)), (4, Cell::Date(Day::EPOCH))]);
        let merge = Merge { top: 1, left: 1, bottom: 2, right: 3 };
        let sheet = Sheet { name: "一".into(), rows: [(3, row)].into(), merges: vec![merge], ..Sheet::default() };
        let book = Workbook { sheets: vec![sheet] };
        assert_eq!(Workbook::from_bytes(&book.to_bytes()), Ok(book));
        assert!(Workbook::from_bytes(b"hello").is_err());
    }

    #[test]
    fn a_damaged_number_is_shown_as_excel_shows_it() {
        assert_eq!(Cell::Number(3.701_02e17).shown(), "3.70102E+17");
        assert_eq!(Cell::Number(12.0).shown(), "12");
    }
}
