//! A dry run → the children to create, with their ids; one batch can be undone as a whole. It
//! must not write them anywhere.

use std::collections::BTreeMap;

use domain::area::Area;
use domain::day::Day;
use domain::id::{ChildId, PostId, RecordId};
use domain::moment::Moment;
use domain::number::FileNumber;
use domain::value::{Key, Value};
use serde::{Deserialize, Serialize};

use crate::context::Known;
use crate::report::{Draft, Report, RowReport};

/// One import: what to keep so that all of it can be taken back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Batch {
    /// Its id, 32 hexadecimal digits.
    pub id: String,
    /// The name of the file, without folders.
    pub source: String,
    /// Which child came from which row.
    pub children: Vec<Imported>,
}

/// A child of a batch and where it stood.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Imported {
    /// The child.
    pub child: ChildId,
    /// Index of the sheet.
    pub sheet: usize,
    /// First row.
    pub row: u32,
}

/// A child to create.
#[derive(Clone, PartialEq, Debug)]
pub struct NewChild {
    /// Its id.
    pub child: ChildId,
    /// The id of its `child` record.
    pub record: RecordId,
    /// The id of its `child_sensitive` record; used only if there are sensitive values.
    pub sensitive_record: RecordId,
    /// The community.
    pub area: Area,
    /// The director's post, if one is known.
    pub director: Option<PostId>,
    /// Values of the `child` record, family rows under real ids.
    pub values: BTreeMap<Key, Value>,
    /// Values of the `child_sensitive` record.
    pub sensitive: BTreeMap<Key, Value>,
}

/// What an import will do.
#[derive(Clone, PartialEq, Debug)]
pub struct ImportPlan {
    /// To be kept for undoing.
    pub batch: Batch,
    /// The children, in the order of the workbook.
    pub children: Vec<NewChild>,
}

/// Gives ids and file numbers to every row that is ready. Rows that come back are left out.
pub fn plan(report: &Report, source: &str, known: &Known, moment: &mut Moment<'_>) -> ImportPlan {
    let id = RecordId::new(moment.uuid()).to_string();
    let source = source.rsplit(['/', '\\']).next().unwrap_or(source).to_owned();
    let (mut children, mut imported) = (Vec::new(), Vec::new());
    let mut numbers = known.numbers.clone();
    for row in report.rows.iter().filter(|row| row.ready()) {
        let Some(area) = row.draft.area else { continue };
        let mut new = new_child(&row.draft, area, moment);
        if let Some(number) = FileNumber::next(area, Day::of(moment.now), &numbers) {
            numbers.insert(number);
            new.values.insert("child_no".to_owned(), Value::text(number.to_string()));
        }
        imported.push(of_row(new.child, row));
        children.push(new);
    }
    ImportPlan { batch: Batch { id, source, children: imported }, children }
}

fn of_row(child: ChildId, row: &RowReport) -> Imported {
    Imported { child, sheet: row.sheet, row: row.row }
}

fn new_child(draft: &Draft, area: Area, moment: &mut Moment<'_>) -> NewChild {
    let mut ids: BTreeMap<String, String> = BTreeMap::new();
    let mut real = |key: &Key, moment: &mut Moment<'_>| -> Key {
        let mut parts = key.splitn(3, '/');
        match (parts.next(), parts.next(), parts.next()) {
            (Some("family"), Some(row), Some(column)) => {
                let id = ids.entry(row.to_owned()).or_insert_with(|| RecordId::new(moment.uuid()).to_string());
                format!("family/{id}/{column}")
            }
            (_, _, _) => key.clone(),
        }
    };
    NewChild {
        child: ChildId::new(moment.uuid()),
        record: RecordId::new(moment.uuid()),
        sensitive_record: RecordId::new(moment.uuid()),
        area,
        director: draft.director,
        values: draft.child.iter().map(|(key, value)| (real(key, moment), value.clone())).collect(),
        sensitive: draft.sensitive.clone(),
    }
}
