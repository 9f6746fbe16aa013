//! What a dry run says: which rows are ready, which come back, and why, cell by cell. It must
//! not decide anything itself.

use std::collections::BTreeMap;

use domain::area::Area;
use domain::id::PostId;
use domain::value::{Key, Value};
use serde::{Deserialize, Serialize};

use crate::heading::Heading;

/// How grave a finding is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The row comes back: a cell cannot be read safely.
    Error,
    /// The row comes back: the child is there already.
    Duplicate,
    /// The row is imported; somebody should look at it.
    Warning,
}

/// One thing to say about a cell or a row.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Finding {
    /// The row as Excel numbers it.
    pub row: u32,
    /// The column from 1; `None` is the whole row.
    pub column: Option<u32>,
    /// The words of the column's heading.
    pub heading: String,
    /// How grave.
    pub level: Level,
    /// What is wrong and what to do, in plain Chinese.
    pub text: String,
    /// What it probably should be; a person must confirm it.
    pub suggestion: Option<String>,
}

/// What a row becomes when it is imported.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Draft {
    /// Values of the `child` record. Family rows are numbered `family/1/…` until they get ids.
    pub child: BTreeMap<Key, Value>,
    /// Values of the `child_sensitive` record.
    pub sensitive: BTreeMap<Key, Value>,
    /// The community.
    pub area: Option<Area>,
    /// The director's post.
    pub director: Option<PostId>,
}

/// One child's row (or rows).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RowReport {
    /// Index of the sheet in the workbook.
    pub sheet: usize,
    /// First row.
    pub row: u32,
    /// All rows of this child, the first included.
    pub rows: Vec<u32>,
    /// What it becomes.
    pub draft: Draft,
    /// What there is to say.
    pub findings: Vec<Finding>,
}

impl RowReport {
    /// Whether the row is imported.
    pub fn ready(&self) -> bool {
        self.findings.iter().all(|f| f.level == Level::Warning)
    }
    /// A text value of the child record.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.draft.child.get(key).and_then(Value::as_text)
    }
}

/// Something skipped or noticed that is no child's row.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Note {
    /// Index of the sheet.
    pub sheet: usize,
    /// The row; 0 is the whole sheet.
    pub row: u32,
    /// What was done and why.
    pub text: String,
    /// What stood there; it may be personal.
    pub said: String,
}

/// The figures of a dry run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Children's rows found.
    pub rows: usize,
    /// Rows that will be imported.
    pub ready: usize,
    /// Rows that come back.
    pub returned: usize,
    /// Red cells.
    pub errors: usize,
    /// Children there already.
    pub duplicates: usize,
    /// Yellow cells.
    pub warnings: usize,
}

/// The whole dry run.
#[derive(Clone, PartialEq, Debug)]
pub struct Report {
    /// Every child's row in the order of the workbook.
    pub rows: Vec<RowReport>,
    /// The headings by sheet index.
    pub headings: BTreeMap<usize, Heading>,
    /// What was skipped.
    pub notes: Vec<Note>,
    /// The figures.
    pub counts: Counts,
}

impl Counts {
    /// Counts what the rows say.
    pub(crate) fn of(rows: &[RowReport]) -> Self {
        let findings = |level| rows.iter().flat_map(|r| &r.findings).filter(|f| f.level == level).count();
        let ready = rows.iter().filter(|r| r.ready()).count();
        Self {
            rows: rows.len(),
            ready,
            returned: rows.len() - ready,
            errors: findings(Level::Error),
            duplicates: findings(Level::Duplicate),
            warnings: findings(Level::Warning),
        }
    }
}
