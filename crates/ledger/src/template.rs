//! The blank ledger to hand out: two heading rows, choices to pick from, numbers as text. It is
//! what [`crate::dry_run()`] understands without a single finding.

use domain::code;
use domain::fault::{Code, Fault};
use domain::form::Kind;
use rust_xlsxwriter::{DataValidation, Format, Formula, Workbook as Book, Worksheet, XlsxError};

use crate::target::Target;
use crate::write::{self, Look};

/// How many rows have choices.
const ROWS: u32 = 500;
const CHOICES: &str = "选项";

/// Groups over columns; an empty group is a column of its own.
const COLUMNS: [(&str, &[&str]); 30] = [
    ("", &["序号"]),
    ("", &["社区"]),
    ("", &["儿童姓名"]),
    ("", &["性别"]),
    ("", &["民族"]),
    ("", &["出生日期"]),
    ("", &["身份证号"]),
    ("", &["户籍地址"]),
    ("", &["现住址"]),
    ("", &["儿童类别"]),
    ("", &["认定时间"]),
    ("", &["健康状况"]),
    ("", &["残疾类别"]),
    ("", &["残疾等级"]),
    ("", &["残疾证号"]),
    ("", &["学段"]),
    ("", &["就读学校"]),
    ("", &["年级班级"]),
    ("监护人", &["姓名", "与儿童关系", "联系电话"]),
    ("父亲", &["姓名", "身份证号", "状况", "联系电话"]),
    ("母亲", &["姓名", "身份证号", "状况", "联系电话"]),
    ("", &["监护情况"]),
    ("", &["家庭类型"]),
    ("", &["享受救助"]),
    ("", &["开户行"]),
    ("", &["户名"]),
    ("", &["银行账号"]),
    ("", &["领取方式"]),
    ("", &["儿童主任"]),
    ("", &["备注"]),
];

/// A blank ledger as an `.xlsx` file.
pub fn blank_ledger() -> Result<Vec<u8>, Fault> {
    build().map_err(|error| Fault::new(Code::Bug, format!("workbook: {error}")))
}

fn build() -> Result<Vec<u8>, XlsxError> {
    let mut book = write::book()?;
    let (mut page, mut lists) = (Worksheet::new(), Worksheet::new());
    page.set_name("台账")?;
    lists.set_name(CHOICES)?.set_hidden(true);
    write::text(&mut page, (1, 1), "儿童台账", Look::Head)?;
    write::text(&mut page, (2, 1), "填报单位：", Look::Plain)?;
    let (mut column, mut list) = (1, 1);
    for (group, titles) in COLUMNS {
        let first = column;
        for title in titles {
            let levels: &[&str] = if group.is_empty() { &[title] } else { &[group, title] };
            one(&mut page, &mut lists, (column, &mut list), levels)?;
            column += 1;
        }
        if titles.len() > 1 {
            write::merge(&mut page, (3, first), (3, column - 1), Look::Head);
            write::text(&mut page, (3, first), group, Look::Head)?;
        }
    }
    write::merge(&mut page, (1, 1), (1, column - 1), Look::Head);
    write::text(&mut page, (1, 1), "儿童台账", Look::Head)?;
    page.set_freeze_panes(4, 3)?;
    book.push_worksheet(page);
    book.push_worksheet(lists);
    Book::save_to_buffer(&mut book)
}

/// One column: its heading, its format, its choices.
fn one(page: &mut Worksheet, lists: &mut Worksheet, at: (u32, &mut u32), levels: &[&str]) -> Result<(), XlsxError> {
    let (column, list) = at;
    let title = levels.last().copied().unwrap_or_default();
    if levels.len() == 1 {
        write::merge(page, (3, column), (4, column), Look::Head);
        write::text(page, (3, column), title, Look::Head)?;
    } else {
        write::text(page, (4, column), title, Look::Head)?;
    }
    let (_, zero) = write::zero((1, column));
    let Some(field) = Target::of(levels).field() else { return Ok(()) };
    if matches!(field.kind, Kind::IdNo | Kind::Tel | Kind::Day) || field.mask.is_some() {
        page.set_column_format(zero, &Format::new().set_num_format("@"))?;
        page.set_column_width(zero, 20)?;
    }
    let table = field.code.as_deref().and_then(code::table).filter(|_| field.kind == Kind::Code);
    let Some(table) = table else { return Ok(()) };
    for (entry, row) in table.entries.iter().zip(1..) {
        write::text(lists, (row, *list), &entry.name, Look::Plain)?;
    }
    let letter = crate::workbook::column_name(*list);
    let range = format!("={CHOICES}!${letter}$1:${letter}${}", table.entries.len());
    *list += 1;
    let choice = DataValidation::new().allow_list_formula(Formula::new(range));
    page.add_data_validation(4, zero, 3 + ROWS, zero, &choice).map(|_| ())
}
