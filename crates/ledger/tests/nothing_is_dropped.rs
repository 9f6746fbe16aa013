//! Whatever stands in a row that is imported is found again, in a field or in the remark. It must
//! not know which of the two.

use domain::area::Area;
use domain::day::Day;
use domain::id::PostId;
use domain::value::Value;
use ledger::context::{Context, Known};
use ledger::dry_run;
use ledger::places::{Director, Places};
use ledger::report::RowReport;
use ledger::workbook::{Cell, Merge, Row, Sheet, Workbook};
use proptest::prelude::*;

const GROUPS: [(&str, &[&str]); 20] = [
    ("街道", &[]),
    ("就读学校", &[]),
    ("民族", &[]),
    ("健康状况", &[]),
    ("儿童类别", &[]),
    ("认定时间", &[]),
    ("出生日期", &[]),
    ("现住址", &[]),
    ("残疾类别", &[]),
    ("监护情况", &[]),
    ("享受救助", &[]),
    ("补助标准", &[]),
    ("银行账号", &[]),
    ("身高", &[]),
    ("父亲", &["姓名", "状况", "联系电话", "年收入"]),
    ("监护人", &["姓名", "与儿童关系", "电话"]),
    ("低保", &[]),
    ("鞋码", &[]),
    ("儿童主任", &[]),
    ("备注", &[]),
];

fn context() -> Context {
    let area = Area::new(990_102_001_001).expect("an area");
    let director = Director { post: PostId::new([1; 16]), name: "赵敏".into(), area };
    Context {
        places: Places::new([("竹影社区", area)]),
        directors: vec![director],
        known: Known::default(),
        accept_doubtful: false,
        today: Day::new(2026, 11, 23).expect("a day"),
    }
}

/// A heading over two rows and below it the children.
fn workbook(children: &[Vec<Option<String>>]) -> Workbook {
    let text = |t: &str| Cell::Text(t.to_owned());
    let (mut top, mut sub, mut merges, mut column) = (Row::new(), Row::new(), Vec::new(), 3);
    top.insert(1, text("姓名"));
    top.insert(2, text("社区"));
    for (group, titles) in GROUPS {
        top.insert(column, text(group));
        let wide = titles.len().max(1) as u32;
        for (title, n) in titles.iter().zip(column..) {
            sub.insert(n, text(title));
        }
        let bottom = if titles.is_empty() { 2 } else { 1 };
        merges.push(Merge { top: 1, left: column, bottom, right: column + wide - 1 });
        column += wide;
    }
    merges.extend([1, 2].map(|left| Merge { top: 1, left, bottom: 2, right: left }));
    let mut sheet = Sheet { name: "表".into(), rows: [(1, top), (2, sub)].into(), merges, ..Sheet::default() };
    for (cells, (n, row)) in children.iter().zip((0..).zip(3..)) {
        let filled = cells.iter().zip(3..).filter_map(|(cell, n)| Some((n, Cell::Text(cell.clone()?))));
        let name = char::from_u32(0x4e00 + n).expect("a character");
        sheet
            .rows
            .insert(row, [(1, text(&format!("王{name}"))), (2, text("竹影社区"))].into_iter().chain(filled).collect());
    }
    Workbook { sheets: vec![sheet] }
}

/// Everything the draft says, in one line.
fn said(row: &RowReport) -> String {
    let values = row.draft.child.values().chain(row.draft.sensitive.values());
    values.filter_map(Value::as_text).collect::<Vec<_>>().join("\n")
}

fn width() -> usize {
    GROUPS.iter().map(|(_, titles)| titles.len().max(1)).sum()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn every_cell_of_an_imported_row_is_found_again(
        children in proptest::collection::vec(proptest::collection::vec(proptest::option::of("Q[a-z0-9汉字生僻字甲乙丙丁]{2,10}"), width()), 1..6)
    ) {
        let report = dry_run(&workbook(&children), &context()).expect("a ledger");
        prop_assert_eq!(report.counts.rows, children.len());
        for (row, cells) in report.rows.iter().zip(&children) {
            prop_assert!(row.ready(), "{:?}", row.findings);
            let said = said(row);
            for cell in cells.iter().flatten() {
                prop_assert!(said.contains(cell.as_str()), "{} is lost in {}", cell, said);
            }
        }
    }
}

#[test]
fn a_blank_template_is_understood_without_a_finding() {
    let bytes = ledger::template::blank_ledger().expect("it is written");
    let mut book = ledger::read_workbook(&bytes).expect("a workbook");
    let filled = [
        (2, "竹影社区"),
        (3, "李明"),
        (7, "990102201503070018"),
        (10, "事实无人抚养儿童"),
        (19, "李建国"),
        (20, "祖父"),
        (22, "李强"),
        (24, "死亡"),
    ];
    let row: Row = filled.iter().map(|(column, text)| (*column, Cell::Text((*text).to_owned()))).collect();
    book.sheets[0].rows.insert(5, row);
    let report = dry_run(&book, &context()).expect("a ledger");
    assert_eq!(report.counts.rows, 1);
    let row = &report.rows[0];
    assert_eq!(row.findings, []);
    for (key, value) in [
        ("name", "李明"),
        ("family/1/name", "李强"),
        ("family/2/name", "李建国"),
        ("family/2/relation", "61"),
        ("sex", "1"),
        ("birth", "2015-03-07"),
    ] {
        assert_eq!(row.text(key), Some(value), "{key}: {:?}", row.draft.child);
    }
    let other = report.headings[&0].columns.values().filter(|c| c.target == ledger::target::Target::Other);
    assert_eq!(other.count(), 0);
}
