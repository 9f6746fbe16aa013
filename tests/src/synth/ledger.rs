//! The ledger a district really keeps, as .xlsx, with the truth beside it: a sheet per street,
//! title row, reporting-unit row, merged two-row headings, totals and notes; and, when asked for,
//! the damage people and Excel do to it (handbook §11.3).
//!
//! It must not correct anything: what is written and what was meant are kept apart ([`Truth`]).

mod damage;
mod sheet;

use std::collections::BTreeMap;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};
use serde::{Deserialize, Serialize};

use super::{District, WATERMARK};

pub use damage::{Damage, Expect};

/// A ledger and the truth about it.
#[derive(Clone, Debug)]
pub struct Ledger {
    /// The workbook.
    pub bytes: Vec<u8>,
    /// What it should be read as.
    pub truth: Truth,
}

/// What a ledger's rows really are.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Truth {
    /// 虚构数据 SYNTHETIC
    pub watermark: String,
    /// The seed.
    pub seed: u64,
    /// The district's day.
    pub on: domain::day::Day,
    /// Children in the district.
    pub children: usize,
    /// One entry per row of a child.
    pub rows: Vec<RowTruth>,
}

/// One row of a child.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RowTruth {
    /// The sheet.
    pub sheet: String,
    /// The row as Excel counts, from 1.
    pub row: u32,
    /// Index of the child in the district.
    pub child: usize,
    /// Its true name.
    pub name: String,
    /// Its true number.
    pub id_no: String,
    /// Its true birthday.
    pub birth: String,
    /// Sex code.
    pub sex: String,
    /// Category code.
    pub category: String,
    /// The community's name in this row.
    pub community: String,
    /// The director's name in this row.
    pub director: String,
    /// What is wrong or unusual in it.
    pub damages: Vec<Damage>,
}

impl RowTruth {
    /// Whether an import must return this row instead of taking it.
    pub fn must_be_returned(&self) -> bool {
        self.damages.iter().any(|damage| damage.expect() == Expect::Returned)
    }
}

impl Truth {
    /// How many rows have each kind of damage, by the kind's name.
    pub fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for damage in self.rows.iter().flat_map(|row| &row.damages) {
            *counts.entry(damage.kind.name().to_owned()).or_insert(0) += 1;
        }
        counts
    }
}

/// Marks a workbook as invented, with a creation time that depends on nothing.
pub(super) fn stamp(book: &mut Workbook) -> Result<(), XlsxError> {
    let created = ExcelDateTime::from_ymd(2026, 11, 23)?;
    let properties = DocProperties::new().set_title(WATERMARK).set_comment(WATERMARK).set_creation_datetime(&created);
    book.set_properties(&properties);
    Ok(())
}

/// Writes the ledger, clean or dirty.
pub fn write(district: &District, dirty: bool) -> Result<Ledger, XlsxError> {
    let rows = damage::plan(district, dirty);
    let mut book = Workbook::new();
    stamp(&mut book)?;
    let mut truth = Vec::with_capacity(rows.len());
    for street in 0..district.scale.streets {
        let here: Vec<&damage::Row> =
            rows.iter().filter(|row| district.station_of(row.community) == street + 1).collect();
        truth.extend(sheet::write(&mut book, district, street, &here)?);
    }
    let truth = Truth {
        watermark: WATERMARK.to_owned(),
        seed: district.seed,
        on: district.on,
        children: district.children.len(),
        rows: truth,
    };
    Ok(Ledger { bytes: book.save_to_buffer()?, truth })
}
