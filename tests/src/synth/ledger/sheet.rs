//! One street's sheet: its headings in that street's own words, the rows, totals and notes.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use super::damage::{Cell, Row};
use super::{District, RowTruth, WATERMARK};

/// A column: what it holds, the merged heading above it, and how different streets call it.
pub(super) struct Column {
    /// What it holds; [`Row::cells`] is keyed by it.
    pub(super) id: &'static str,
    group: &'static str,
    titles: &'static [&'static str],
}

const fn column(id: &'static str, titles: &'static [&'static str]) -> Column {
    Column { id, group: "", titles }
}

const fn under(group: &'static str, id: &'static str, titles: &'static [&'static str]) -> Column {
    Column { id, group, titles }
}

/// Every column of the ledger.
pub(super) const COLUMNS: [Column; 37] = [
    column("no", &["序号"]),
    column("street", &["街道", "所属街道"]),
    column("community", &["社区", "所在社区", "村（居）"]),
    column("name", &["儿童姓名", "姓名", "姓  名"]),
    column("sex", &["性别"]),
    column("nation", &["民族"]),
    column("birth", &["出生日期", "出生年月日", "出生年月"]),
    column("id_no", &["身份证号", "公民身份号码", "证件号码", "身份证\n号码"]),
    column("hukou_addr", &["户籍地址", "户籍所在地"]),
    column("live_addr", &["现住址", "家庭住址", "现居住地址"]),
    column("category", &["儿童类别", "类别", "儿童类型"]),
    column("since", &["认定时间", "认定日期", "纳入时间"]),
    column("health", &["健康状况", "身体状况"]),
    column("dis_type", &["残疾类别"]),
    column("dis_level", &["残疾等级"]),
    column("dis_cert", &["残疾证号", "残疾人证号"]),
    column("school_name", &["就读学校", "学校名称"]),
    column("grade_class", &["年级班级"]),
    column("school_stage", &["学段", "就学情况"]),
    column("guardian_name", &["监护人姓名"]),
    column("guardian_relation", &["与儿童关系"]),
    column("guardian_tel", &["监护人电话", "监护人联系电话"]),
    under("父亲", "father_name", &["姓名"]),
    under("父亲", "father_id", &["身份证号", "证件号码"]),
    under("父亲", "father_state", &["状况", "情况"]),
    under("父亲", "father_tel", &["电话", "联系电话"]),
    under("母亲", "mother_name", &["姓名"]),
    under("母亲", "mother_id", &["身份证号", "证件号码"]),
    under("母亲", "mother_state", &["状况", "情况"]),
    under("母亲", "mother_tel", &["电话", "联系电话"]),
    column("family_type", &["家庭类型"]),
    column("aid", &["享受救助", "享受救助情况"]),
    column("bank_name", &["开户行", "开户银行"]),
    column("bank_holder", &["户名"]),
    column("bank_account", &["账号", "银行账号"]),
    column("director", &["儿童主任", "责任儿童主任"]),
    column("remark", &["备注"]),
];

const LAST: u16 = COLUMNS.len() as u16 - 1;
/// First row of data, counted from 0: title, unit, two heading rows.
const FIRST_ROW: u32 = 4;

struct Styles {
    title: Format,
    head: Format,
    cell: Format,
    date: Format,
}

impl Styles {
    fn new() -> Self {
        let boxed = Format::new().set_border(FormatBorder::Thin);
        Self {
            title: Format::new().set_bold().set_font_size(16).set_align(FormatAlign::Center),
            head: boxed
                .clone()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::Center)
                .set_background_color(Color::Silver),
            cell: boxed.clone().set_text_wrap(),
            date: boxed.set_num_format("yyyy-mm-dd"),
        }
    }
}

/// Writes one street's sheet and says where each row came to stand.
pub(super) fn write(
    book: &mut Workbook,
    district: &District,
    street: usize,
    rows: &[&Row],
) -> Result<Vec<RowTruth>, XlsxError> {
    let kind = if district.scale.rural { "镇" } else { "街道" };
    let name = format!("{}{kind}", district.scale.street(street));
    let styles = Styles::new();
    let sheet = book.add_worksheet();
    sheet.set_name(&name)?;
    top(sheet, &styles, district, &name, street)?;
    let mut truths = Vec::with_capacity(rows.len());
    for (n, row) in rows.iter().enumerate() {
        let at = FIRST_ROW + n as u32;
        line(sheet, &styles, at, n + 1, &name, row)?;
        truths.push(truth(district, &name, at + 1, row));
    }
    bottom(sheet, &styles, FIRST_ROW + rows.len() as u32, rows.len())?;
    Ok(truths)
}

fn top(
    sheet: &mut Worksheet,
    styles: &Styles,
    district: &District,
    name: &str,
    street: usize,
) -> Result<(), XlsxError> {
    let title = format!("{}{name}儿童关爱服务对象台账（{WATERMARK}）", district.scale.name);
    sheet.merge_range(0, 0, 0, LAST, &title, &styles.title)?;
    let (y, m, d) = district.on.ymd();
    let unit = format!("填报单位：{}", district.units[street + 1].name);
    sheet.merge_range(1, 0, 1, 9, &unit, &Format::new())?;
    sheet.merge_range(1, 10, 1, LAST, &format!("填报时间：{y}年{m}月{d}日"), &Format::new())?;
    let mut column = 0;
    while column < COLUMNS.len() {
        let Column { group, .. } = COLUMNS[column];
        let title = |n: usize| COLUMNS[n].titles[street % COLUMNS[n].titles.len()];
        let at = column as u16;
        if group.is_empty() {
            sheet.merge_range(2, at, 3, at, title(column), &styles.head)?;
            column += 1;
            continue;
        }
        let width = COLUMNS[column..].iter().take_while(|c| c.group == group).count();
        sheet.merge_range(2, at, 2, at + width as u16 - 1, group, &styles.head)?;
        for n in column..column + width {
            sheet.write_string_with_format(3, n as u16, title(n), &styles.head)?;
        }
        column += width;
    }
    Ok(())
}

fn line(sheet: &mut Worksheet, styles: &Styles, at: u32, n: usize, street: &str, row: &Row) -> Result<(), XlsxError> {
    for (column, Column { id, .. }) in COLUMNS.iter().enumerate() {
        let column = column as u16;
        match (*id, row.cells.get(id)) {
            ("no", _) => sheet.write_number_with_format(at, column, n as f64, &styles.cell)?,
            ("street", _) => sheet.write_string_with_format(at, column, street, &styles.cell)?,
            (_, Some(Cell::Text(text))) => sheet.write_string_with_format(at, column, text, &styles.cell)?,
            (_, Some(Cell::Number(number))) => sheet.write_number_with_format(at, column, *number, &styles.cell)?,
            (_, Some(Cell::Date(serial))) => sheet.write_number_with_format(at, column, *serial, &styles.date)?,
            (_, None) => sheet.write_blank(at, column, &styles.cell)?,
        };
    }
    Ok(())
}

fn bottom(sheet: &mut Worksheet, styles: &Styles, at: u32, rows: usize) -> Result<(), XlsxError> {
    sheet.write_string_with_format(at, 0, "合计", &styles.head)?;
    sheet.write_string_with_format(at, 3, format!("{rows}人"), &styles.head)?;
    let notes = "注：1.本表每月5日前更新；2.证件号码请核对后填写；3.不得外传。";
    sheet.merge_range(at + 1, 0, at + 1, LAST, notes, &Format::new())?;
    Ok(())
}

fn truth(district: &District, sheet: &str, row: u32, written: &Row) -> RowTruth {
    let child = &district.children[written.child];
    RowTruth {
        sheet: sheet.to_owned(),
        row,
        child: written.child,
        name: child.text("name").to_owned(),
        id_no: child.text("id_no").to_owned(),
        birth: child.text("birth").to_owned(),
        sex: child.text("sex").to_owned(),
        category: child.category().to_owned(),
        community: district.units[written.community].name.clone(),
        director: district.posts[written.director].person.clone(),
        damages: written.damages.clone(),
    }
}
