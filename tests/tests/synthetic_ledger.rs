//! The synthetic district's workbooks read by the real importer: everything readable is read as
//! it was meant, nothing damaged is guessed. It must not repeat the importer's own unit tests.

use std::collections::BTreeMap;

use domain::id::DeviceId;
use domain::moment::Moment;
use domain::roster::Roster;
use ledger::context::Context;
use ledger::report::{Report, RowReport};
use ledger::{dry_run, read_workbook};
use tongdang_tests::chance::Seeded;
use tongdang_tests::synth::ledger::{Expect, RowTruth, Truth};
use tongdang_tests::synth::{self, District, Scale};

/// The roster that the district's organisation workbook becomes.
fn roster(district: &District) -> Roster {
    let bytes = synth::org_book::write(district).expect("a workbook");
    let book = read_workbook(&bytes).expect("readable");
    let mut chance = Seeded::new(1);
    let mut moment = Moment::new(district.on.start(), &mut chance);
    let mut roster = Roster::new(DeviceId::new([0; 16]));
    let plan = ledger::org::read_org(&book, &roster, district.on, &mut moment).expect("an organisation");
    assert!(!plan.has_errors(), "{:#?}", plan.findings);
    plan.rows.iter().for_each(|row| roster.apply(1, row));
    roster
}

/// The dry run of the district's ledger, beside the truth; rows by (sheet, row).
fn imported(district: &District, dirty: bool) -> (Roster, Truth, BTreeMap<(String, u32), RowReport>, Report) {
    let roster = roster(district);
    let ledger = synth::ledger::write(district, dirty).expect("a ledger");
    let book = read_workbook(&ledger.bytes).expect("readable");
    let report = dry_run(&book, &Context::of(&roster, district.on)).expect("a ledger");
    let sheet = |row: &RowReport| book.sheets[row.sheet].name.clone();
    let rows = report.rows.iter().map(|row| ((sheet(row), row.row), row.clone())).collect();
    (roster, ledger.truth, rows, report)
}

fn assert_read_as_meant(roster: &Roster, truth: &RowTruth, read: &RowReport) {
    let at = format!("{} row {}: {:#?}", truth.sheet, truth.row, read.findings);
    assert!(read.ready(), "{at}");
    for (key, meant) in [("name", &truth.name), ("id_no", &truth.id_no), ("birth", &truth.birth), ("sex", &truth.sex)] {
        assert_eq!(read.text(key), Some(meant.as_str()), "{key} of {at}");
    }
    let category = format!("categories/{}/status", truth.category);
    assert!(read.draft.child.contains_key(&category), "{category} of {at}");
    let unit = roster.units.values().find(|unit| Some(unit.area) == read.draft.area).map(|unit| unit.name.as_str());
    assert_eq!(unit, Some(truth.community.as_str()), "{at}");
    let post = read.draft.director.and_then(|post| roster.posts.get(&post));
    let director = post.and_then(|post| roster.people.get(&post.person));
    assert_eq!(director, Some(&truth.director), "{at}");
}

#[test]
fn a_clean_ledger_is_imported_whole_and_as_meant() {
    let district = synth::make(Scale::small(3, 8), 1, synth::as_of());
    let (roster, truth, rows, report) = imported(&district, false);
    assert_eq!(report.counts.returned, 0, "{:#?}", report.counts);
    assert_eq!(rows.len(), truth.rows.len());
    for row in &truth.rows {
        assert_read_as_meant(&roster, row, &rows[&(row.sheet.clone(), row.row)]);
    }
}

#[test]
fn a_dirty_ledger_gives_back_what_cannot_be_read_and_reads_all_else_as_meant() {
    let district = synth::make(Scale::small(6, 60), 1, synth::as_of());
    let (roster, truth, rows, _) = imported(&district, true);
    assert_eq!(rows.len(), truth.rows.len(), "no row is lost and no total is taken for a child");
    let doubled = |row: &RowTruth| row.damages.iter().any(|damage| damage.expect() == Expect::Doubled);
    // Whose number, or whose file, stands in another row too: one of the two comes back.
    let shared: Vec<&str> = truth
        .rows
        .iter()
        .filter(|row| doubled(row))
        .flat_map(|row| row.damages.iter().map(|damage| damage.written.as_str()).chain([row.id_no.as_str()]))
        .collect();
    let mut taken = BTreeMap::new();
    for row in &truth.rows {
        let read = &rows[&(row.sheet.clone(), row.row)];
        if row.must_be_returned() {
            assert!(!read.ready(), "{row:#?} was taken as {:?}", read.text("id_no"));
        } else if !shared.contains(&row.id_no.as_str()) {
            assert_read_as_meant(&roster, row, read);
        }
        if read.ready()
            && let Some(id) = read.text("id_no")
        {
            *taken.entry(id.to_owned()).or_insert(0) += 1;
        }
    }
    let twice: Vec<&String> = taken.iter().filter(|(_, n)| **n > 1).map(|(id, _)| id).collect();
    assert!(twice.is_empty(), "one number for two children: {twice:?}");
}
