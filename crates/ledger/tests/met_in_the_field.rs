//! Ledgers built after public trouble reports of people who keep them (`fixtures/met`), one test
//! for each kind of trouble. It must not repeat what `dirty_ledger` checks.

use domain::day::Day;
use domain::fault::{Code, Fault};
use domain::moment::{Chance, Moment, Timestamp};
use domain::roster::Roster;
use domain::value::Value;
use ledger::context::Context;
use ledger::org::{OrgPlan, read_org};
use ledger::report::{Level, Report, RowReport};
use ledger::workbook::{Cell, Workbook};
use ledger::{dry_run, error_book, read_workbook};

struct Counter(u64);
impl Chance for Counter {
    fn fill(&mut self, buffer: &mut [u8]) {
        self.0 += 1;
        for (byte, n) in buffer.iter_mut().rev().zip(self.0.to_le_bytes()) {
            *byte = n;
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a test reads its own fixtures; the room itself has no disk")]
fn file(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/fixtures/met/{name}.xlsx", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|e| panic!("{path}: {e}"))
}

fn book(name: &str) -> Workbook {
    read_workbook(&file(name)).unwrap_or_else(|e| panic!("{name}: {e:?}"))
}

fn today() -> Day {
    Day::new(2026, 11, 28).expect("a day")
}

fn organised(book: &Workbook, roster: &Roster) -> OrgPlan {
    let mut chance = Counter(1);
    read_org(book, roster, today(), &mut Moment::new(Timestamp(1_764_000_000_000), &mut chance))
        .expect("an organisation")
}

fn context() -> Context {
    let mut roster = Roster::new(domain::id::DeviceId::new([0; 16]));
    let plan = organised(&book("org"), &roster);
    assert_eq!(plan.findings, [], "the good organisation has no findings");
    plan.rows.iter().for_each(|row| roster.apply(1, row));
    Context::of(&roster, today())
}

fn run(name: &str) -> (Workbook, Report) {
    let book = book(name);
    let report = dry_run(&book, &context()).unwrap_or_else(|e| panic!("{name}: {e:?}"));
    (book, report)
}

fn ready(report: &Report) -> Vec<&RowReport> {
    report.rows.iter().filter(|row| row.ready()).collect()
}

fn text<'a>(row: &'a RowReport, key: &str) -> &'a str {
    row.text(key).unwrap_or("")
}

fn sensitive<'a>(row: &'a RowReport, key: &str) -> &'a str {
    row.draft.sensitive.get(key).and_then(Value::as_text).unwrap_or("")
}

fn said(row: &RowReport) -> String {
    row.findings.iter().map(|f| format!("{:?} {} {}\n", f.level, f.heading, f.text)).collect()
}

/// The values of the family member with this name.
fn member(row: &RowReport, name: &str) -> Vec<(String, String)> {
    let rows = domain::form::rows(&row.draft.child, "family");
    let found = rows.values().find(|columns| columns.get("name").and_then(|v| v.as_text()) == Some(name));
    let found = found.unwrap_or_else(|| panic!("no {name} in {:#?}", row.draft.child));
    let texts = found.iter().filter_map(|(key, v)| Some(((*key).to_owned(), v.as_text()?.to_owned())));
    texts.filter(|(key, _)| key != "name").collect()
}

fn pair(key: &str, value: &str) -> (String, String) {
    (key.to_owned(), value.to_owned())
}

/// The book that goes back, read again.
fn given_back(book: &Workbook, report: &Report) -> Workbook {
    read_workbook(&error_book(book, report).expect("it is written").expect("rows came back")).expect("a workbook")
}

#[test]
fn cells_merged_down_hold_for_every_row_they_cover() {
    let (mut book, report) = run("01_community_merged_down");
    assert_eq!(report.counts.ready, 3, "{:?}", report.rows.iter().map(said).collect::<Vec<_>>());
    let context = context();
    let zhao = context.directors.iter().find(|d| d.name == "赵敏").map(|d| d.post);
    for row in &report.rows {
        assert_eq!((text(row, "live_area"), row.draft.director), ("990102001001", zhao), "row {}", row.row);
    }
    // The last two come back: the merged community and director are merged over both there, too.
    for row in [5, 6] {
        book.sheets[0].rows.get_mut(&row).expect("the row").remove(&3);
    }
    let report = dry_run(&book, &context).expect("a ledger");
    let back = given_back(&book, &report);
    let merges: Vec<(u32, u32, u32)> =
        back.sheets[0].merges.iter().filter(|m| m.top > 3).map(|m| (m.left, m.top, m.bottom)).collect();
    assert_eq!(merges, [(2, 4, 5), (13, 4, 5)]);
    assert_eq!(back.sheets[0].cell(4, 2).map(Cell::shown).as_deref(), Some("竹影社区"));
    let again = dry_run(&back, &context).expect("a ledger");
    assert!(again.rows.iter().all(|row| text(row, "live_area") == "990102001001"));
    // One of them alone: its value stands in the row itself.
    book.sheets[0].rows.get_mut(&5).expect("the row").insert(3, Cell::Text("李二鸣".into()));
    let report = dry_run(&book, &context).expect("a ledger");
    assert_eq!(given_back(&book, &report).sheets[0].cell(4, 2).map(Cell::shown).as_deref(), Some("竹影社区"));
}

#[test]
fn siblings_under_one_merged_guardian_both_have_one() {
    let (_, report) = run("02_siblings_share_merged_guardian");
    assert_eq!(report.counts.ready, 2);
    for row in &report.rows {
        assert_eq!(text(row, "live_addr"), "竹影社区 3 号楼 2 单元 301", "row {}", row.row);
        assert_eq!(member(row, "张国梁"), [pair("relation", "61"), pair("tel", "14000000021")], "row {}", row.row);
    }
    let names: Vec<&str> = report.rows.iter().map(|r| text(r, "name")).collect();
    assert_eq!(names, ["张雨桐", "张雨晴"]);
}

#[test]
fn a_number_is_judged_by_its_kind_of_document_and_a_parents_only_warned_of() {
    let (_, report) = run("04_passports_and_foreign_mothers");
    assert_eq!(report.counts.ready, 5, "{:?}", report.rows.iter().map(said).collect::<Vec<_>>());
    let documents: Vec<(&str, &str)> = report.rows.iter().map(|r| (text(r, "id_type"), text(r, "id_no"))).collect();
    let expected = [
        ("06", "E12345678"),
        ("03", "S990000001"),
        ("08", "H12345678"),
        ("01", "990102201410100150"),
        ("01", "990102201411110174"),
    ];
    assert_eq!(documents, expected);
    let rows = &report.rows;
    assert!(member(&rows[0], "阮氏花").contains(&pair("id_no", "C1234567")) && said(&rows[0]).contains("母亲身份证号"));
    assert!(
        member(&rows[3], "高建军").contains(&pair("note", "父亲身份证号：服刑中")),
        "{:?}",
        member(&rows[3], "高建军")
    );
    assert!(member(&rows[4], "马德福").contains(&pair("note", "父亲身份证号：忘记了")));
    assert!(member(&rows[4], "马秀英").contains(&pair("id_no", "990102650505042")));
    for (row, words) in [(&rows[3], "父亲身份证号"), (&rows[4], "15位旧号码")] {
        assert!(said(row).contains(words) && row.ready(), "{}", said(row));
    }
}

#[test]
fn a_wrong_number_of_another_document_comes_back_in_the_words_of_the_desk() {
    let (mut book, _) = run("04_passports_and_foreign_mothers");
    book.sheets[0].rows.get_mut(&4).expect("the row").insert(7, Cell::Text("E1".into()));
    let report = dry_run(&book, &context()).expect("a ledger");
    assert!(!report.rows[0].ready() && said(&report.rows[0]).contains("护照号是5至15位字母和数字"));
}

#[test]
fn a_date_shown_as_year_and_month_is_known_to_the_month() {
    let (_, report) = run("05_month_formatted_dates");
    let births: Vec<&str> = report.rows.iter().map(|r| text(r, "birth")).collect();
    assert_eq!(births, ["2012-05-20", "2013-09-17", "2014-01-11", "2015-02"]);
    assert_eq!(report.counts.ready, 4);
    assert!(
        report.rows.iter().all(|r| !said(r).contains("不一致")),
        "{:?}",
        report.rows.iter().map(said).collect::<Vec<_>>()
    );
}

#[test]
fn a_line_break_inside_one_value_is_nothing() {
    let (_, report) = run("06_line_breaks_in_names");
    assert_eq!(report.counts.ready, 2, "{:?}", report.rows.iter().map(said).collect::<Vec<_>>());
    let (first, second) = (&report.rows[0], &report.rows[1]);
    assert_eq!((text(first, "name"), text(second, "name")), ("阿依古丽·买买提", "诸葛明月"));
    let people = domain::form::rows(&first.draft.child, "family").len();
    assert_eq!(
        (people, member(first, "古丽娜尔·吐尔逊")),
        (1, vec![pair("relation", "52"), pair("tel", "14000000051")])
    );
    assert_eq!((text(second, "birth"), text(second, "id_no")), ("2017-03-01", "99010220170301052X"));
    assert!(member(second, "王国强").contains(&pair("tel", "14000000052")), "{:?}", second.draft.child);
}

#[test]
fn several_people_in_one_cell_are_still_several() {
    let (mut book, _) = run("06_line_breaks_in_names");
    let row = book.sheets[0].rows.get_mut(&4).expect("the row");
    row.insert(8, Cell::Text("李建国\n王秀英".into()));
    row.insert(9, Cell::Text("祖父\n祖母".into()));
    row.insert(10, Cell::Text("14000000051".into()));
    let report = dry_run(&book, &context()).expect("a ledger");
    let first = &report.rows[0];
    assert!(member(first, "李建国").contains(&pair("relation", "61")));
    assert!(member(first, "王秀英").contains(&pair("relation", "62")));
}

#[test]
fn a_formula_without_a_value_is_no_empty_cell() {
    let (book, report) = run("07_formulas_without_values");
    let found: Vec<(u32, Option<u32>)> = report
        .rows
        .iter()
        .flat_map(|r| &r.findings)
        .filter(|f| f.text.contains("公式还没有算出来") && f.text.contains("WPS"))
        .map(|f| (f.row, f.column))
        .collect();
    assert_eq!(found, [(4, Some(5)), (4, Some(10)), (5, Some(6))]);
    assert_eq!(report.counts.ready, 0);
    // Nor is it one when the book that came back is imported without a correction.
    let again = dry_run(&given_back(&book, &report), &context()).expect("a ledger");
    assert_eq!((again.counts.ready, again.counts.rows), (0, 2));
}

#[test]
fn an_error_value_nobody_knows_concerns_one_cell() {
    for (name, error) in [("08_spill", "#SPILL!"), ("08_error", "#ERROR!")] {
        let (_, report) = run(name);
        assert_eq!(report.counts.ready, 2, "{name}");
        let row = &report.rows[1];
        assert!(row.findings.iter().any(|f| f.column == Some(12) && f.text.contains(error)), "{}", said(row));
        assert_eq!(text(row, "remark"), "", "{name}");
    }
}

#[test]
fn a_name_that_failed_to_come_out_of_a_formula_comes_back() {
    let (mut book, _) = run("08_spill");
    book.sheets[0].rows.get_mut(&4).expect("the row").insert(6, Cell::Failed("#N/A".into()));
    let report = dry_run(&book, &context()).expect("a ledger");
    assert!(!report.rows[0].ready() && report.rows[1].ready());
}

#[test]
fn a_picture_in_a_cell_is_noted_and_its_formula_stands_nowhere() {
    let (_, report) = run("10_wps_dispimg");
    let row = &report.rows[0];
    assert!(row.ready() && said(row).contains("图片没有带入"), "{}", said(row));
    let values = format!("{:?}{:?}", row.draft.child, row.draft.sensitive);
    assert!(!values.contains("DISPIMG") && !values.contains("照片"), "{values}");
}

#[test]
fn what_may_not_stand_in_ordinary_records_comes_back_with_the_sentence_of_the_desk() {
    let (_, report) = run("11_hiv_category");
    assert_eq!((report.counts.rows, report.counts.ready), (3, 0));
    for row in &report.rows {
        let errors: Vec<&str> =
            row.findings.iter().filter(|f| f.level == Level::Error).map(|f| f.text.as_str()).collect();
        assert_eq!(errors, [domain::child::NOT_ORDINARY.0], "row {}", row.row);
        assert!(!said(row).contains("艾滋"), "the sentence is all that is said: {}", said(row));
    }
    let mut chance = Counter(7);
    let mut moment = Moment::new(Timestamp(1_764_000_000_000), &mut chance);
    let plan = ledger::batch::plan(&report, "台账.xlsx", &context().known, &mut moment);
    assert!(plan.children.is_empty() && plan.batch.children.is_empty());
}

#[test]
fn it_may_not_come_in_a_comment_a_sensitive_column_or_by_its_code_either() {
    let (clean, _) = run("12_sensitive_leftovers");
    let put: [fn(&mut Workbook); 4] = [
        |b| _ = b.sheets[0].comments.insert((4, 3), "HIV 阳性".into()),
        |b| _ = b.sheets[0].rows.get_mut(&4).expect("the row").insert(13, Cell::Text("艾滋病".into())),
        |b| _ = b.sheets[0].rows.get_mut(&4).expect("the row").insert(11, Cell::Text("C1".into())),
        |b| _ = b.sheets[0].rows.get_mut(&4).expect("the row").insert(20, Cell::Text("ａｉｄｓ".into())),
    ];
    for (n, put) in put.into_iter().enumerate() {
        let mut book = clean.clone();
        put(&mut book);
        let report = dry_run(&book, &context()).expect("a ledger");
        assert!(!report.rows[0].ready() && report.rows[1].ready(), "{n}: {}", said(&report.rows[0]));
        assert!(said(&report.rows[0]).contains(domain::child::NOT_ORDINARY.0), "{n}");
    }
}

#[test]
fn what_the_desk_would_refuse_the_ledger_gives_back() {
    let (clean, _) = run("12_sensitive_leftovers");
    for (column, text, sentence) in [
        (5, "2015-02-28", "出生日期与身份证号第7至14位不一致"),
        (3, "杨", "姓名至少两个字"),
        (5, "2051-02-20", "出生日期还没有到"),
    ] {
        let mut book = clean.clone();
        book.sheets[0].rows.get_mut(&4).expect("the row").insert(column, Cell::Text(text.into()));
        let report = dry_run(&book, &context()).expect("a ledger");
        assert!(!report.rows[0].ready() && said(&report.rows[0]).contains(sentence), "{}", said(&report.rows[0]));
    }
}

#[test]
fn words_that_did_not_fit_a_sensitive_column_stay_sensitive() {
    let (_, report) = run("12_sensitive_leftovers");
    assert_eq!(report.counts.ready, 2, "{:?}", report.rows.iter().map(said).collect::<Vec<_>>());
    let (first, second) = (&report.rows[0], &report.rows[1]);
    assert!(first.draft.sensitive.contains_key("disease/02"));
    assert_eq!(sensitive(first, "private_remark"), "患病情况：先天性心脏病、抑郁症\n领取方式：由居委会代领");
    assert!(
        sensitive(second, "private_remark").contains("患病情况：自闭症（2021年确诊）"),
        "{:?}",
        second.draft.sensitive
    );
    assert!(sensitive(second, "private_remark").contains("领取方式：卡在前妻处 6299000000000000002"));
    assert!(member(first, "王国强").contains(&pair("tel", "14000000111")), "{:?}", first.draft.child);
    assert!(member(second, "王国强").contains(&pair("tel", "14000000112")));
    for (row, words) in [(first, "爷爷"), (second, "白天打不通")] {
        let ordinary: String = row.draft.child.iter().map(|(key, v)| format!("{key}={v:?}\n")).collect();
        assert!(ordinary.contains(words), "{ordinary}");
        for secret in ["抑郁症", "代领", "前妻", "62990000", "确诊"] {
            assert!(!ordinary.contains(secret), "{secret} in {ordinary}");
        }
        let tel = |(key, v): (&String, &Value)| !key.ends_with("/tel") && format!("{v:?}").contains("14000000");
        assert!(!row.draft.child.iter().any(tel), "{ordinary}");
    }
}

#[test]
fn a_telephone_in_a_column_nobody_knows_is_no_ordinary_text() {
    let (mut book, _) = run("12_sensitive_leftovers");
    let sheet = &mut book.sheets[0];
    sheet.rows.get_mut(&3).expect("the heading").insert(15, Cell::Text("邻居".into()));
    sheet.rows.get_mut(&4).expect("the row").insert(15, Cell::Text("老张 140 0000 0119".into()));
    let report = dry_run(&book, &context()).expect("a ledger");
    assert!(sensitive(&report.rows[0], "private_remark").contains("邻居：老张 140 0000 0119"));
    assert!(!text(&report.rows[0], "remark").contains("老张"));
}

#[test]
fn comments_come_along_and_a_struck_out_row_asks_a_question() {
    let (book, report) = run("13_comments_and_strikethrough");
    assert_eq!(text(&report.rows[0], "remark"), "姓名（批注）：2024年3月已迁出，勿再走访");
    assert!(report.rows[0].ready());
    assert!(
        !report.rows[1].ready() && said(&report.rows[1]).contains("已划掉，是否仍在册？"),
        "{}",
        said(&report.rows[1])
    );
    // Whoever is still there is imported from the book that came back.
    let again = dry_run(&given_back(&book, &report), &context()).expect("a ledger");
    assert!(again.rows[0].ready() && text(&again.rows[0], "name") == "朱子衿", "{}", said(&again.rows[0]));
}

#[test]
fn one_struck_out_cell_is_worth_a_look_and_comments_off_the_rows_are_told() {
    let (mut book, _) = run("13_comments_and_strikethrough");
    let sheet = &mut book.sheets[0];
    sheet.struck.clear();
    sheet.partly_struck.insert((5, 10));
    sheet.comments.insert((3, 12), "写清楚".into());
    let report = dry_run(&book, &context()).expect("a ledger");
    assert!(report.rows[1].ready() && said(&report.rows[1]).contains("划掉的字"));
    assert!(report.notes.iter().any(|n| n.row == 3 && n.text.contains("L列的批注") && n.said == "写清楚"));
}

#[test]
fn a_day_that_cannot_be_is_never_imported_silently() {
    let (_, report) = run("15_births_in_the_future");
    assert_eq!(
        (report.counts.rows, report.counts.ready),
        (4, 0),
        "{:?}",
        report.rows.iter().map(said).collect::<Vec<_>>()
    );
    for row in &report.rows {
        assert!(row.findings.iter().any(|f| f.level == Level::Error && f.column == Some(5)), "{}", said(row));
    }
    let meant = report.rows[0].findings.iter().find_map(|f| f.suggestion.as_deref());
    assert_eq!(meant, Some("2015-03"), "201503 typed into a cell of dates");
}

#[test]
fn hidden_rows_are_said_and_the_strict_form_is_read() {
    let (_, report) = run("16a_hidden_plain");
    assert!(report.counts.ready == 2 && said(&report.rows[1]).contains("隐藏"));
    let (_, report) = run("18_strict_ooxml");
    assert_eq!((report.counts.ready, text(&report.rows[0], "name")), (1, "吕思源"));
}

#[test]
fn what_is_no_workbook_of_today_is_called_by_its_name() {
    let code = |bytes: &[u8]| read_workbook(bytes).map(drop).map_err(|fault| fault.code);
    assert_eq!(code(&file("19_password_1234")), Err(Code::WorkbookLocked));
    assert_eq!(Code::WorkbookLocked.text(), "这个文件有打开密码，请先在 WPS 里取消密码再导入；原文件没有改动。");
    let mut old = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    old.extend(b"W\0o\0r\0k\0b\0o\0o\0k\0");
    assert_eq!(code(&old), Err(Code::WorkbookOld));
    assert_eq!(
        code("\u{feff}\n<html><table><tr><td>姓名</td></tr></table></html>".as_bytes()),
        Err(Code::WorkbookPage)
    );
    let mut temporary = vec![b' '; 165];
    temporary[..3].copy_from_slice(b"\x02wp");
    assert_eq!(code(&temporary), Err(Code::WorkbookTemporary));
}

#[test]
fn sheets_whose_names_differ_by_case_come_back_under_two_names() {
    let (book, report) = run("22_sheet_names_differ_by_case");
    let back = given_back(&book, &report);
    assert_eq!(back.sheets.iter().map(|s| s.name.as_str()).collect::<Vec<_>>(), ["a片区", "A片区-2"]);
}

#[test]
fn two_people_of_one_name_are_asked_about() {
    let roster = Roster::new(domain::id::DeviceId::new([0; 16]));
    let plan = organised(&book("23_org_two_zhao_min"), &roster);
    let found: Vec<(u32, Level)> = plan.findings.iter().map(|(_, f)| (f.row, f.level)).collect();
    assert_eq!(found, [(6, Level::Error)]);
    assert!(plan.has_errors() && plan.findings[0].1.text.contains("与第3行同名"), "{:?}", plan.findings);
}

#[test]
fn whoever_comes_back_to_a_post_is_one_person_and_that_is_said() {
    let roster = Roster::new(domain::id::DeviceId::new([0; 16]));
    let mut book = book("23_org_two_zhao_min");
    let posts = &mut book.sheets[1];
    posts.rows.get_mut(&3).expect("the row").insert(5, Cell::Text("2025-01-31".into()));
    posts.rows.get_mut(&6).expect("the row").insert(4, Cell::Text("2025-09-01".into()));
    let plan = organised(&book, &roster);
    assert_eq!(plan.findings.iter().map(|(_, f)| f.level).collect::<Vec<_>>(), [Level::Warning]);
    let mut known = roster;
    plan.rows.iter().for_each(|row| known.apply(1, row));
    assert_eq!(known.people.values().filter(|name| *name == "赵敏").count(), 1);
    let again = organised(&book, &known);
    assert_eq!((again.rows, again.findings), (vec![], vec![]), "read again it adds and asks nothing");
}

#[test]
fn one_forgotten_cell_far_away_is_passed_over_by_name() {
    let (_, report) = run("24a_stray_last_row");
    assert_eq!(report.counts.ready, 1);
    assert!(report.notes.iter().any(|n| n.text.contains("A1048576")), "{:?}", report.notes);
}

#[test]
fn many_cells_far_away_are_a_sheet_that_is_too_large_and_one_is_named() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for row in 0..30 {
        sheet.write_string(200_000 + row, 0, "完").expect("written");
    }
    let fault = read_workbook(&book.save_to_buffer().expect("saved")).expect_err("too large");
    assert_eq!(fault, Fault::new(Code::WorkbookTooLarge, "A200021"));
}

#[test]
fn a_column_of_real_file_numbers_is_no_running_number() {
    let (mut book, report) = run("26_own_file_numbers");
    assert_eq!(text(&report.rows[0], "paper_no"), "202300123");
    book.sheets[0].rows.get_mut(&4).expect("the row").insert(1, Cell::Text("1".into()));
    let report = dry_run(&book, &context()).expect("a ledger");
    assert_eq!(text(&report.rows[0], "paper_no"), "", "1 only counts");
}

#[test]
fn running_numbers_may_go_on_from_sheet_to_sheet() {
    let (mut book, _) = run("01_community_merged_down");
    for (row, n) in [(4, 501.0), (5, 502.0), (6, 503.0)] {
        book.sheets[0].rows.get_mut(&row).expect("the row").insert(1, Cell::Number(n));
    }
    let report = dry_run(&book, &context()).expect("a ledger");
    assert!(report.rows.iter().all(|row| text(row, "paper_no").is_empty()));
}

#[test]
fn a_number_with_a_small_x_is_the_same_number() {
    let mut context = context();
    let values = [("id_no".to_owned(), Value::text("99010220150909001x"))].into();
    let known = domain::child::Identity::of(&values).id_no.expect("a number");
    context.known.ids.insert(known, "竹影社区".into());
    let report = dry_run(&book("28_capital_x"), &context).expect("a ledger");
    assert_eq!(report.rows[0].findings.iter().filter(|f| f.level == Level::Duplicate).count(), 1);
}

#[test]
fn a_name_in_two_columns_is_one_name() {
    let (mut book, report) = run("29_surname_column");
    assert_eq!((report.counts.ready, text(&report.rows[0], "name")), (1, "司马长风"));
    // Siblings under a surname that is merged down are two children.
    let mut second = book.sheets[0].rows[&4].clone();
    second.remove(&3);
    second.insert(4, Cell::Text("长云".into()));
    second.insert(6, Cell::Text("无".into()));
    second.insert(7, Cell::Text("2017-01-02".into()));
    book.sheets[0].rows.insert(5, second);
    book.sheets[0].merges.push(ledger::workbook::Merge { top: 4, left: 3, bottom: 5, right: 3 });
    let report = dry_run(&book, &context()).expect("a ledger");
    assert_eq!(report.rows.iter().map(|r| text(r, "name")).collect::<Vec<_>>(), ["司马长风", "司马长云"]);
}

#[test]
fn the_rows_that_are_good_are_ready_beside_one_that_is_not() {
    let (book, report) = run("30_plain_one_error");
    assert_eq!((ready(&report).len(), report.counts.returned), (5, 1));
    assert_eq!(given_back(&book, &report).sheets[0].cell(4, 3).map(Cell::shown).as_deref(), Some("白六鸽"));
}
