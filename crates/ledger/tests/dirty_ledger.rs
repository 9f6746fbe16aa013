//! A ledger as people really keep it, written by another library (`fixtures/make.py`): every cell
//! expected here is written by hand. It must not use the writer of this room to make its input.

use domain::day::Day;
use domain::moment::{Chance, Moment, Timestamp};
use domain::roster::Roster;
use domain::value::Value;
use ledger::batch::plan;
use ledger::context::Context;
use ledger::org::{OrgPlan, read_org};
use ledger::report::{Level, Report, RowReport};
use ledger::workbook::{Cell, Workbook};
use ledger::{dry_run, error_book, read_workbook};

/// Every draw is another number.
struct Counter(u64);
impl Chance for Counter {
    fn fill(&mut self, buffer: &mut [u8]) {
        self.0 += 1;
        for (byte, n) in buffer.iter_mut().rev().zip(self.0.to_le_bytes()) {
            *byte = n;
        }
    }
}

fn book(bytes: &[u8]) -> Workbook {
    read_workbook(bytes).expect("a workbook")
}

fn today() -> Day {
    Day::new(2026, 11, 23).expect("a day")
}

fn organised(bytes: &[u8], roster: &Roster) -> OrgPlan {
    let mut chance = Counter(1);
    read_org(&book(bytes), roster, today(), &mut Moment::new(Timestamp(1_700_000_000_000), &mut chance))
        .expect("an organisation workbook")
}

fn roster() -> Roster {
    let mut roster = Roster::new(domain::id::DeviceId::new([0; 16]));
    let plan = organised(include_bytes!("fixtures/org.xlsx"), &roster);
    assert_eq!(plan.findings, [], "the good organisation workbook has no findings");
    plan.rows.iter().for_each(|row| roster.apply(1, row));
    roster
}

fn run() -> (Workbook, Report, Context) {
    let context = Context::of(&roster(), today());
    let book = book(include_bytes!("fixtures/dirty.xlsx"));
    let report = dry_run(&book, &context).expect("a ledger");
    (book, report, context)
}

fn row(report: &Report, sheet: usize, row: u32) -> &RowReport {
    report
        .rows
        .iter()
        .find(|r| (r.sheet, r.row) == (sheet, row))
        .unwrap_or_else(|| panic!("row {row} of sheet {sheet}"))
}

fn text<'a>(row: &'a RowReport, key: &str) -> &'a str {
    row.text(key).unwrap_or("")
}

/// Errors and duplicates of a row: level and the start of the text.
fn red(row: &RowReport) -> Vec<(Level, &str)> {
    row.findings.iter().filter(|f| f.level != Level::Warning).map(|f| (f.level, f.text.as_str())).collect()
}

#[test]
fn the_counts_add_up_and_nothing_is_skipped_silently() {
    let (_, report, _) = run();
    let c = report.counts;
    assert_eq!(
        (c.rows, c.ready, c.returned, c.errors, c.duplicates),
        (14, 6, 8, 7, 1),
        "{:#?}",
        report.rows.iter().map(|r| (r.sheet, r.row, red(r))).collect::<Vec<_>>()
    );
    let notes: Vec<(usize, u32, &str)> = report.notes.iter().map(|n| (n.sheet, n.row, n.text.as_str())).collect();
    assert!(notes.contains(&(0, 0, "隐藏的W列已一并读入，请核对")), "{notes:?}");
    assert!(notes.contains(&(2, 0, "没有认出表头，这张表没有导入")), "{notes:?}");
    assert!(notes.iter().any(|n| n.1 == 18 && n.2.starts_with("合计行")), "{notes:?}");
    assert!(report.notes.iter().any(|n| n.row == 19 && n.said.contains("填表人：某某")), "{notes:?}");
    assert!(notes.iter().any(|n| n.1 == 19 && n.2.starts_with("不是儿童的一行")), "{notes:?}");
}

#[test]
fn a_full_row_is_read_cell_by_cell() {
    let (_, report, context) = run();
    let r = row(&report, 0, 5);
    let expected = [
        ("name", "李明"),
        ("sex", "1"),
        ("birth", "2015-03-07"),
        ("id_no", "990102201503070018"),
        ("id_type", "01"),
        ("categories/B1/status", "1"),
        ("categories/B1/from", "2021-05"),
        ("health", "10"),
        ("school_stage", "2"),
        ("family/1/relation", "51"),
        ("family/1/name", "李强"),
        ("family/2/relation", "52"),
        ("family/2/name", "王娟"),
        ("family/2/id_no", "990102199001010023"),
        ("family/2/tel", "无"),
        ("family/3/relation", "61"),
        ("family/3/name", "李建国"),
        ("family/3/tel", "14000000001、14000000002"),
        ("aid/1/status", "1"),
        ("aid/10/status", "1"),
        ("live_area", "990102001001"),
        ("source", "5"),
        ("remark", "爱画画\n学段：小学三年级\n鞋码：36"),
    ];
    for (key, value) in expected {
        assert_eq!(text(r, key), value, "{key}: {:#?}", r.draft.child);
    }
    assert_eq!(r.draft.child.get("family/1/status/DEAD"), Some(&Value::Yes(true)));
    assert_eq!(r.draft.child.get("family/3/is_guardian"), Some(&Value::Yes(true)));
    assert_eq!(r.draft.sensitive.get("bank_account"), Some(&Value::text("6299000000000000002")));
    let director = context.directors.iter().find(|d| d.name == "赵敏").map(|d| d.post);
    assert!(director.is_some() && r.draft.director == director);
    assert!(r.ready());
}

#[test]
fn twins_are_two_children_and_unclear_words_are_kept() {
    let (_, report, _) = run();
    let r = row(&report, 0, 6);
    assert!(r.ready(), "{:?}", r.findings);
    for (key, value) in [
        ("name", "李亮"),
        ("sex", "2"),
        ("birth", "2015-03-07"),
        ("id_no", "990102201503070026"),
        ("school_stage", "2"),
        ("aid/0/status", "1"),
    ] {
        assert_eq!(text(r, key), value, "{key}");
    }
    assert!(text(r, "remark").contains("儿童类别：困境儿童"), "{}", text(r, "remark"));
    assert!(!r.draft.child.contains_key("health"), "a stroke is nothing");
}

#[test]
fn damaged_numbers_come_back_and_are_never_guessed() {
    let (_, report, _) = run();
    let cases = [
        (7, "数字太长", None),
        (8, "号码被表格改坏了", None),
        (9, "这是15位旧号码", Some("990102191205030011")),
        (10, "身份证号校验不对", None),
        (16, "名册里没有这个社区", None),
    ];
    for (n, starts, suggestion) in cases {
        let r = row(&report, 0, n);
        let finding = r.findings.iter().find(|f| f.level == Level::Error).expect("an error");
        assert!(finding.text.starts_with(starts), "row {n}: {}", finding.text);
        assert_eq!(finding.suggestion.as_deref(), suggestion, "row {n}");
        assert!(!r.ready() && (n == 16 || !r.draft.child.contains_key("id_no")), "row {n}");
    }
}

#[test]
fn a_doubtful_number_is_taken_as_it_stands_only_when_asked_for() {
    let (book, _, mut context) = run();
    context.accept_doubtful = true;
    let report = dry_run(&book, &context).expect("a ledger");
    let r = row(&report, 0, 10);
    assert!(r.ready());
    assert_eq!(text(r, "id_no"), "990102201503070019");
    assert_eq!(r.draft.child.get("id_suspect"), Some(&Value::Yes(true)));
}

#[test]
fn odd_styles_are_normalised() {
    let (_, report, _) = run();
    let r = row(&report, 0, 11);
    for (key, value) in [
        ("name", "欧阳子墨"),
        ("birth", "2012-01-01"),
        ("id_no", "99010220120101124X"),
        ("categories/E1/from", "2020-09"),
        ("categories/E2/from", "2020-09"),
        ("school_stage", "8"),
    ] {
        assert_eq!(text(r, key), value, "{key}");
    }
    let r = row(&report, 0, 17);
    assert_eq!((text(r, "name"), text(r, "birth"), text(r, "id_no")), ("赵𬭎", "2018-03", ""));
    assert!(r.ready() && r.findings.iter().any(|f| f.text.contains("隐藏")));
}

#[test]
fn several_rows_of_one_child_are_one_child() {
    let (_, report, _) = run();
    let r = row(&report, 0, 12);
    assert_eq!(r.rows, [12, 13]);
    for (key, value) in [
        ("name", "阿依古丽·买买提"),
        ("birth", "2016-02-29"),
        ("family/1/relation", "51"),
        ("family/1/name", "买买提"),
        ("family/1/tel", "14000000005"),
        ("family/2/relation", "52"),
        ("family/2/name", "古丽"),
        ("family/2/tel", "14000000006"),
        ("remark", "性别：√"),
    ] {
        assert_eq!(text(r, key), value, "{key}: {:#?}", r.draft.child);
    }
}

#[test]
fn the_same_number_twice_is_said_on_both_rows() {
    let (_, report, _) = run();
    assert_eq!(
        red(row(&report, 0, 15)),
        [(Level::Duplicate, "与“明湖路街道”表第5行是同一个孩子，只导入前一行，请核对后保留一行")]
    );
    assert!(row(&report, 0, 5).findings.iter().any(|f| f.text.contains("第15行")));
    for n in [2, 4] {
        assert!(red(row(&report, 1, n))[0].1.contains("证件号相同但姓名不同"));
    }
}

#[test]
fn ticks_and_missing_papers_are_understood() {
    let (_, report, _) = run();
    let r = row(&report, 1, 3);
    for (key, value) in [
        ("name", "孙奕辰"),
        ("id_type", "90"),
        ("aid/2/status", "1"),
        ("live_addr", "+86楼旁"),
        ("family/1/tel", "14000000007"),
        ("live_area", "990102100003"),
        ("remark", "证件号码：无户口"),
    ] {
        assert_eq!(text(r, key), value, "{key}: {:#?}", r.draft.child);
    }
    assert!(!r.draft.child.contains_key("aid/1/status") && r.ready());
}

#[test]
fn the_returned_ledger_can_be_corrected_and_imported_again() {
    let (workbook, report, context) = run();
    let bytes = error_book(&workbook, &report).expect("it is written").expect("rows came back");
    let mut back = book(&bytes);
    assert_eq!(back.sheets.iter().map(|s| s.name.as_str()).collect::<Vec<_>>(), ["明湖路街道", "稻香镇"]);
    assert_eq!(back.sheets[1].cell(2, 1), Some(&Cell::Text("=1+1".into())), "text stays text");
    let again = dry_run(&back, &context).expect("still a ledger");
    assert_eq!(again.counts.rows, 8);
    let kept: Vec<&str> = again.rows.iter().map(|r| text(r, "name")).collect();
    assert_eq!(kept, ["张若汐", "陈一诺", "周沐辰", "吴昊", "李明", "郑晓", "=1+1", "王梓轩"]);
    let reason = again.headings[&0].column_of(&ledger::target::Target::Reason).expect("a reason column");
    let said = back.sheets[0].cell(5, reason).expect("a reason").shown();
    assert!(said.starts_with("【错误】F列公民身份号码：数字太长"), "{said}");
    back.sheets[0].rows.get_mut(&5).expect("the row").insert(6, Cell::Text("99010220120101124X".into()));
    let corrected = dry_run(&back, &context).expect("still a ledger");
    assert!(row(&corrected, 0, 5).ready(), "{:?}", row(&corrected, 0, 5).findings);
}

#[test]
fn a_plan_gives_every_ready_child_its_own_ids() {
    let (_, report, mut context) = run();
    context.known.numbers.extend(domain::number::FileNumber::parse("990102-2023-000041"));
    let mut chance = Counter(3);
    let plan = plan(
        &report,
        "/somewhere/台账.xlsx",
        &context.known,
        &mut Moment::new(Timestamp(1_700_000_000_000), &mut chance),
    );
    assert_eq!((plan.children.len(), plan.batch.children.len()), (6, 6));
    assert_eq!(plan.batch.source, "台账.xlsx");
    let first = &plan.children[0];
    let numbers: Vec<_> = plan.children.iter().filter_map(|new| new.values["child_no"].as_text()).collect();
    assert_eq!((numbers[0], numbers[5]), ("990102-2023-000042", "990102-2023-000047"));
    let members = domain::form::rows(&first.values, "family");
    assert_eq!(members.len(), 3);
    assert!(members.keys().all(|id| id.parse::<domain::id::RowId>().is_ok()));
    let form = domain::form::builtin("child").expect("the form");
    for new in &plan.children {
        for key in new.values.keys() {
            assert!(form.field(key).is_some(), "{key} is no key of the form");
        }
    }
}

#[test]
fn known_children_are_not_created_again() {
    let (book, _, mut context) = run();
    context.known.ids.insert("990102201503070026".into(), "竹影社区".into());
    context.known.births.insert(("李明".into(), Day::new(2015, 3, 7).expect("a day")));
    let report = dry_run(&book, &context).expect("a ledger");
    assert_eq!(red(row(&report, 0, 6)), [(Level::Duplicate, "这个证件号已经有档案（竹影社区），没有重复建档")]);
    assert!(row(&report, 0, 5).ready(), "the same name and birth is only a warning");
}

#[test]
fn the_organisation_is_read_once_and_reading_it_again_adds_nothing() {
    let roster = roster();
    assert_eq!((roster.units.len(), roster.people.len(), roster.posts.len()), (6, 4, 4));
    let again = organised(include_bytes!("fixtures/org.xlsx"), &roster);
    assert_eq!(again.rows, []);
    let names: Vec<&str> =
        again.assignments.iter().map(|a| roster.people[&roster.posts[&a.post].person].as_str()).collect();
    assert_eq!(names, ["赵敏", "周静"], "only 周静 is in office at 和平社区");
    let (rows, lost) = again.assign(|named| named.id_no.as_ref().map(|_| domain::id::ChildId::new([1; 16])));
    assert_eq!((rows.len(), lost), (1, vec![3]));
}

#[test]
fn a_wrong_organisation_is_said_cell_by_cell() {
    let plan = organised(include_bytes!("fixtures/org_wrong.xlsx"), &Roster::new(domain::id::DeviceId::new([0; 16])));
    let said: Vec<(&str, u32, &str)> =
        plan.findings.iter().map(|(s, f)| (s.as_str(), f.row, f.heading.as_str())).collect();
    for wanted in [
        ("单位", 3, "区划代码"),
        ("人员岗位", 3, "岗位"),
        ("人员岗位", 4, "截止日期"),
        ("人员岗位", 5, "单位"),
        ("分派", 2, "儿童主任"),
    ] {
        assert!(said.contains(&wanted), "{wanted:?} in {said:?}");
    }
    assert!(plan.has_errors());
}
