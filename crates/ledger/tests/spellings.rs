//! The same sheet in other spellings of the same XML: prefixes, quotes, defaults. What is read must
//! not depend on them.

use std::io::{Cursor, Write};

use ledger::read_workbook;
use ledger::workbook::{Cell, Sheet};
use zip::write::SimpleFileOptions;

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const LINKS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A workbook of one sheet from the XML of its parts.
fn packed(parts: &[(&str, String)]) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, xml) in parts {
        out.start_file(*name, SimpleFileOptions::default()).expect("a part");
        out.write_all(xml.as_bytes()).expect("written");
    }
    out.finish().expect("finished").into_inner()
}

fn link(id: &str, kind: &str, target: &str) -> String {
    format!("<Relationship Id='{id}' Type='{OFFICE}/{kind}' Target='{target}'/>")
}

/// The sheet read from a body, with styles.
fn sheet(open: &str, body: &str, styles: &str) -> Sheet {
    let books = link("a", "officeDocument", "xl/workbook.xml");
    let links = link("s1", "worksheet", "worksheets/one.xml") + &link("s2", "styles", "/xl/styles.xml");
    let book = format!(
        "<x:workbook xmlns:x='{MAIN}' xmlns:rel='{OFFICE}'><x:sheets><x:sheet name='甲&amp;乙' sheetId='1' rel:id='s1'/></x:sheets></x:workbook>"
    );
    let parts = [
        ("_rels/.rels", format!("<Relationships xmlns='{LINKS}'>{books}</Relationships>")),
        ("xl/workbook.xml", book),
        ("xl/_rels/workbook.xml.rels", format!("<Relationships xmlns='{LINKS}'>{links}</Relationships>")),
        ("XL\\Worksheets\\one.xml", format!("{open}{body}")),
        ("xl/styles.xml", styles.to_owned()),
    ];
    let book = read_workbook(&packed(&parts)).expect("a workbook");
    assert_eq!(book.sheets[0].name, "甲&乙");
    book.sheets[0].clone()
}

#[test]
fn hidden_rows_and_columns_are_seen_in_every_spelling() {
    let open = format!("<ns0:worksheet xmlns:ns0=\"{MAIN}\">");
    let body = "<ns0:sheetFormatPr ns0:zeroHeight='1' defaultRowHeight='15'/>\
        <ns0:cols><ns0:col min='2' max='2' hidden='true'/><ns0:col min='4' max='5' width='0' customWidth='1'/></ns0:cols>\
        <ns0:sheetData>\
        <ns0:row r='1' hidden='0'><ns0:c r='A1' t='inlineStr'><ns0:is><ns0:t>甲</ns0:t></ns0:is></ns0:c></ns0:row>\
        <ns0:row r=\"2\"><ns0:c t='inlineStr'><ns0:is><ns0:t>乙</ns0:t></ns0:is></ns0:c><ns0:c><ns0:v>7</ns0:v></ns0:c></ns0:row>\
        <ns0:row r='3' ht='0' customHeight='1'/><ns0:row r='4' ht='15'/><ns0:row r='5' hidden = \"true\"/>\
        </ns0:sheetData></ns0:worksheet>";
    let sheet = sheet(&open, body, "<styleSheet/>");
    assert_eq!(sheet.hidden_rows.into_iter().collect::<Vec<_>>(), [2, 3, 5]);
    assert_eq!(sheet.hidden_columns.into_iter().collect::<Vec<_>>(), [2, 4, 5]);
    let row = &sheet.rows[&2];
    assert_eq!(
        (&row[&1], &row[&2]),
        (&Cell::Text("乙".into()), &Cell::Number(7.0)),
        "cells without a place stand in order"
    );
}

#[test]
fn dates_are_told_by_their_style_also_by_those_that_stand_in_no_workbook() {
    let styles = "<styleSheet><fonts count='2'><font/><font><strike/></font></fonts>\
        <cellStyleXfs><xf numFmtId='14'/></cellStyleXfs>\
        <cellXfs><xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='57'/><xf numFmtId='17' fontId='1'/><xf numFmtId='20'/></cellXfs></styleSheet>";
    let body = "<sheetData><row r='1'><c r='A1'><v>41030</v></c><c r='B1' s='1'><v>41030</v></c><c r='C1' s='2'><v>41030</v></c>\
        <c r='D1' s='3'><v>41030</v></c><c r='E1' s='4'><v>0.5</v></c><c r='F1' s='1'><v>41030.75</v></c>\
        <c r='G1' t='d'><v>2012-05-01T00:00:00</v></c><c r='H1' s='1'><v>990102201503070018</v></c></row></sheetData></worksheet>";
    let sheet = sheet("<worksheet>", body, styles);
    let shown: Vec<String> = sheet.rows[&1].values().map(Cell::shown).collect();
    assert_eq!(
        shown,
        ["41030", "2012-05-01", "2012-05", "2012-05", "0.5", "2012-05-01 18:00", "2012-05-01", "9.901022015030701E+17"]
    );
    assert_eq!(sheet.struck.into_iter().collect::<Vec<_>>(), [(1, 4)]);
}

#[test]
fn a_picture_of_another_program_in_a_cell_is_a_picture() {
    let body = "<sheetData><row r='1'><c r='A1' t='e' vm='1'><v>#VALUE!</v></c><c r='B1' t='e'><v>#VALUE!</v></c></row></sheetData><drawing r:id='d'/></worksheet>";
    let sheet = sheet("<worksheet>", body, "<styleSheet/>");
    assert_eq!(sheet.rows[&1].values().collect::<Vec<_>>(), [&Cell::Picture, &Cell::Failed("#VALUE!".into())]);
    assert!(sheet.pictures);
}

#[test]
fn a_formula_that_came_to_nothing_is_nothing_and_one_never_worked_out_is_not() {
    let body = "<sheetData><row r='1'><c r='A1' t='str'><f>IF(1,\"\")</f><v></v></c><c r='B1'><f>C1</f></c><c r='C1'><f t='shared' si='0'/><v/></c>\
        <c r='D1'><f>1+1</f><v>2</v></c></row></sheetData></worksheet>";
    let sheet = sheet("<worksheet>", body, "<styleSheet/>");
    let failed = Cell::Failed(ledger::workbook::UNCALCULATED.into());
    let cells: Vec<_> = sheet.rows[&1].iter().collect();
    assert_eq!(cells, [(&2, &failed), (&3, &failed), (&4, &Cell::Number(2.0))]);
}
