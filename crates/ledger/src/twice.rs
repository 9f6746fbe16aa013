//! The same child twice: inside the workbook and against the district. Twins are not the same
//! child. It must not join anything, only say so.

use std::collections::BTreeMap;

use domain::day::Day;
use domain::value::Value;

use crate::context::Known;
use crate::heading::Heading;
use crate::report::{Finding, Level, RowReport};
use crate::target::{Part, Target};
use crate::workbook::Workbook;

/// Marks every row whose child is there already.
pub(crate) fn mark(rows: &mut [RowReport], known: &Known, headings: &BTreeMap<usize, Heading>, book: &Workbook) {
    let says = Says { headings, book };
    numbers(rows, known, &says);
    births(rows, known, &says);
}

struct Says<'a> {
    headings: &'a BTreeMap<usize, Heading>,
    book: &'a Workbook,
}

impl Says<'_> {
    fn finding(&self, row: &RowReport, key: &str, level: Level, text: String) -> Finding {
        let heading = self.headings.get(&row.sheet);
        let column = heading.and_then(|h| h.column_of(&Target::Field(Part::Child, key.to_owned())));
        let title = heading.zip(column).and_then(|(h, c)| h.columns.get(&c)).map(|c| c.title.clone());
        Finding { row: row.row, column, heading: title.unwrap_or_default(), level, text, suggestion: None }
    }
    fn place(&self, row: &RowReport) -> String {
        let sheet = self.book.sheets.get(row.sheet).map_or("", |s| s.name.as_str());
        format!("“{sheet}”表第{}行", row.row)
    }
}

fn numbers(rows: &mut [RowReport], known: &Known, says: &Says<'_>) {
    let mut first: BTreeMap<String, usize> = BTreeMap::new();
    for i in 0..rows.len() {
        let Some(number) = rows[i].text("id_no").map(str::to_owned) else { continue };
        if let Some(place) = known.ids.get(&number) {
            let text = format!("这个证件号已经有档案（{place}），没有重复建档");
            let finding = says.finding(&rows[i], "id_no", Level::Duplicate, text);
            rows[i].findings.push(finding);
        }
        let Some(&other) = first.get(&number) else {
            first.insert(number, i);
            continue;
        };
        let same = rows[other].text("name") == rows[i].text("name");
        let (mine, theirs, what) = if same {
            (Level::Duplicate, Level::Warning, "是同一个孩子，只导入前一行，请核对后保留一行")
        } else {
            (Level::Error, Level::Error, "证件号相同但姓名不同，请对照证件核对")
        };
        let (here, there) = (says.place(&rows[i]), says.place(&rows[other]));
        let finding = says.finding(&rows[i], "id_no", mine, format!("与{there}{what}"));
        rows[i].findings.push(finding);
        let finding = says.finding(&rows[other], "id_no", theirs, format!("与{here}{what}"));
        rows[other].findings.push(finding);
    }
}

fn births(rows: &mut [RowReport], known: &Known, says: &Says<'_>) {
    let mut first: BTreeMap<(String, Day), usize> = BTreeMap::new();
    for i in 0..rows.len() {
        let day = rows[i].draft.child.get("birth").and_then(Value::as_text).and_then(|d| d.parse::<Day>().ok());
        let Some(key) = rows[i].text("name").map(str::to_owned).zip(day) else { continue };
        if known.births.contains(&key) {
            let text = "已有同名同生日的档案，可能是同一个孩子，请核对".to_owned();
            let finding = says.finding(&rows[i], "name", Level::Warning, text);
            rows[i].findings.push(finding);
        }
        let Some(&other) = first.get(&key) else {
            first.insert(key, i);
            continue;
        };
        if rows[i].text("id_no").is_some() && rows[i].text("id_no") == rows[other].text("id_no") {
            continue;
        }
        for (mine, theirs) in [(i, other), (other, i)] {
            let text = format!("与{}同名同生日，可能是同一个孩子，请核对", says.place(&rows[theirs]));
            let finding = says.finding(&rows[mine], "name", Level::Warning, text);
            rows[mine].findings.push(finding);
        }
    }
}
