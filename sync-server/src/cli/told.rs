//! What a dry run came to, on the operator's terminal: what came back, what is worth a look, what was passed over. It
//! must not show what cells say: that stands in the workbook that goes back.

use std::collections::BTreeMap;

use ledger::report::{Level, Report};
use ledger::workbook::{Workbook, column_name};

use super::say;

/// Most lines of one kind.
const LINES: usize = 60;
/// Most row numbers in one line.
const ROWS: usize = 12;

/// One thing said in the same words of several rows of a sheet.
type Same = (Level, usize, Option<u32>, String, String);

pub(super) fn tell(book: &Workbook, report: &Report) {
    let counts = &report.counts;
    say(&format!(
        "读到儿童 {} 行：可导入 {}，退回 {}（错误单元格 {}，已有或重复 {}）；需留意 {} 处。",
        counts.rows, counts.ready, counts.returned, counts.errors, counts.duplicates, counts.warnings
    ));
    lines(findings(book, report));
    lines(notes(book, report));
}

fn lines(mut lines: Vec<String>) {
    let left = lines.len().saturating_sub(LINES);
    lines.truncate(LINES);
    lines.iter().for_each(|line| say(line));
    if left > 0 {
        say(&format!("  还有 {left} 条没有列出，改好上面的再试算一次。"));
    }
}

fn sheet(book: &Workbook, n: usize) -> &str {
    book.sheets.get(n).map_or("", |s| s.name.as_str())
}

/// Errors first; what is said of many rows in the same words is one line.
fn findings(book: &Workbook, report: &Report) -> Vec<String> {
    let mut same: BTreeMap<Same, Vec<u32>> = BTreeMap::new();
    for row in &report.rows {
        for f in &row.findings {
            let key = (f.level, row.sheet, f.column, f.heading.clone(), f.text.clone());
            same.entry(key).or_default().push(f.row);
        }
    }
    let line = |((level, n, column, heading, text), rows): (Same, Vec<u32>)| {
        let mark = match level {
            Level::Error => "退回",
            Level::Duplicate => "已有",
            Level::Warning => "留意",
        };
        let column = column.map(|c| format!(" {}列{heading}", column_name(c))).unwrap_or_default();
        format!("  〔{mark}〕{} 第 {} 行{column}：{}", sheet(book, n), numbers(&rows), hide_numbers(&text))
    };
    same.into_iter().map(line).collect()
}

/// A sentence without the numbers of documents, cards and telephones it quotes.
fn hide_numbers(text: &str) -> String {
    let mut out = String::new();
    let mut run = String::new();
    for c in text.chars().map(Some).chain([None]) {
        match c {
            Some(c) if c.is_ascii_digit() || c == 'X' => run.push(c),
            c => {
                out.push_str(if run.len() < 7 { &run } else { "…" });
                run.clear();
                out.extend(c);
            }
        }
    }
    out
}

fn notes(book: &Workbook, report: &Report) -> Vec<String> {
    let mut same: BTreeMap<(usize, &str), Vec<u32>> = BTreeMap::new();
    for note in &report.notes {
        same.entry((note.sheet, note.text.as_str())).or_default().push(note.row);
    }
    let line = |((n, text), rows): ((usize, &str), Vec<u32>)| match rows.as_slice() {
        [0, ..] => format!("  〔说明〕{}：{text}", sheet(book, n)),
        rows => format!("  〔说明〕{} 第 {} 行：{text}", sheet(book, n), numbers(rows)),
    };
    same.into_iter().map(line).collect()
}

fn numbers(rows: &[u32]) -> String {
    let first: Vec<String> = rows.iter().take(ROWS).map(u32::to_string).collect();
    let more = if rows.len() > ROWS { format!(" 等 {} ", rows.len()) } else { String::new() };
    format!("{}{more}", first.join("、"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_a_sentence_are_not_shown() {
        assert_eq!(
            hide_numbers("这是15位旧号码，对应的18位可能是99010219650505042X，请核对"),
            "这是15位旧号码，对应的18位可能是…，请核对"
        );
        assert_eq!(hide_numbers("“1400000123”不是电话"), "“…”不是电话");
    }

    #[test]
    fn many_rows_are_one_line() {
        assert_eq!(numbers(&[4, 5, 9]), "4、5、9");
        assert_eq!(numbers(&(1..=40).collect::<Vec<_>>()), "1、2、3、4、5、6、7、8、9、10、11、12 等 40 ");
    }
}
