//! The organisation workbook a district hands in: 单位, 人员岗位, 分派. It must not hold a child's
//! particulars beyond name and number.

use domain::post::Role;
use rust_xlsxwriter::{Workbook, XlsxError};

use super::District;
use super::ledger::stamp;

/// The workbook's bytes.
pub fn write(district: &District) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    stamp(&mut book)?;
    units(district, &mut book)?;
    posts(district, &mut book)?;
    assignments(district, &mut book)?;
    book.save_to_buffer()
}

fn sheet(book: &mut Workbook, name: &str, rows: impl Iterator<Item = Vec<String>>) -> Result<(), XlsxError> {
    let sheet = book.add_worksheet();
    sheet.set_name(name)?;
    for (row, cells) in rows.enumerate() {
        for (column, cell) in cells.into_iter().enumerate() {
            sheet.write_string(row as u32, column as u16, cell)?;
        }
    }
    Ok(())
}

fn heading(titles: &[&str]) -> Vec<String> {
    titles.iter().map(|&title| title.to_owned()).collect()
}

fn units(district: &District, book: &mut Workbook) -> Result<(), XlsxError> {
    let rows = district.units.iter().map(|unit| {
        let above = unit.above.map_or_else(String::new, |n| district.units[n].name.clone());
        vec![unit.name.clone(), unit.area.to_string(), above]
    });
    sheet(book, "单位", std::iter::once(heading(&["名称", "区划代码", "上级单位"])).chain(rows))
}

fn posts(district: &District, book: &mut Workbook) -> Result<(), XlsxError> {
    let rows = district.posts.iter().map(|post| {
        let unit = district.units[post.unit].name.clone();
        let to = post.to.map_or_else(String::new, |day| day.to_string());
        vec![post.person.clone(), unit, post.role.name().to_owned(), post.from.to_string(), to]
    });
    let titles = heading(&["姓名", "单位", "岗位", "起始日期", "截止日期"]);
    sheet(book, "人员岗位", std::iter::once(titles).chain(rows))
}

fn assignments(district: &District, book: &mut Workbook) -> Result<(), XlsxError> {
    let rows = district.children.iter().map(|child| {
        let director = &district.posts[child.director];
        debug_assert_eq!(director.role, Role::Director);
        let community = district.units[child.community].name.clone();
        vec![child.text("name").to_owned(), child.text("id_no").to_owned(), community, director.person.clone()]
    });
    let titles = heading(&["儿童姓名", "证件号", "社区", "儿童主任"]);
    sheet(book, "分派", std::iter::once(titles).chain(rows))
}
