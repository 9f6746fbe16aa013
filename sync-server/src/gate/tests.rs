//! Stories at the gate: each reason reached by what could really happen.

use std::collections::BTreeMap;
use std::convert::Infallible;

use domain::area::Area;
use domain::day::Day;
use domain::form::builtin;
use domain::id::{ChildId, DeviceId, PersonId, PostId, RecordId, UnitId};
use domain::moment::Timestamp;
use domain::post::Role;
use domain::roster::{Roster, Row};
use domain::value::Value;
use dossier::{Actor, Edit, Record};
use sync::claim::{self, Action, Claim, Target};

use super::*;

mod program;

const NOON: Timestamp = Timestamp(1_795_400_000_000);
const SERVER: DeviceId = DeviceId::new([0; 16]);
const STATION: u8 = 1;
const DIRECTOR: u8 = 2;
const NEIGHBOUR: u8 = 3;
const CHILD: ChildId = ChildId::new([9; 16]);

const fn device(n: u8) -> DeviceId {
    DeviceId::new([n; 16])
}

const fn post(n: u8) -> PostId {
    PostId::new([n; 16])
}

fn area(n: u64) -> Area {
    Area::new(990_102_001_000 + n).expect("an area")
}

fn actor(n: u8) -> Actor {
    Actor::new(device(n), [n; 8])
}

/// The store as the gate sees it, in memory.
#[derive(Default)]
struct Shelf {
    fixed: BTreeMap<RecordId, Fixed>,
    saved: BTreeMap<RecordId, Vec<u8>>,
    /// By digest: who took it over.
    claimed: BTreeMap<domain::id::Digest, DeviceId>,
}

impl Known for Shelf {
    type Error = Infallible;
    fn fixed(&mut self, record: RecordId) -> Result<Option<Fixed>, Infallible> {
        Ok(self.fixed.get(&record).cloned())
    }
    fn document(&mut self, record: RecordId) -> Result<Option<Record>, Infallible> {
        Ok(self.saved.get(&record).map(|saved| Record::load(saved).expect("saved by the gate")))
    }
    fn claimer(&mut self, item: &Item) -> Result<Option<DeviceId>, Infallible> {
        Ok(self.claimed.get(&sync::item::digest(&item.encode())).copied())
    }
    fn keep(&mut self, record: RecordId, saved: Vec<u8>, open: Record) -> Result<(), Infallible> {
        assert_eq!(Record::load(&saved).expect("it opens").heads(), open.heads(), "saved as it is open");
        self.saved.insert(record, saved);
        Ok(())
    }
}

/// A street with a station and two directors; one child of the first.
struct Street {
    roster: Roster,
    shelf: Shelf,
}

impl Street {
    fn new() -> Self {
        let mut roster = Roster::new(SERVER);
        let seats = [(STATION, Role::Supervisor, 0), (DIRECTOR, Role::Director, 1), (NEIGHBOUR, Role::Director, 2)];
        for (n, role, at) in seats {
            let (unit, person, from) = (UnitId::new([n; 16]), PersonId::new([n; 16]), Day::EPOCH);
            let rows = [
                Row::Unit { id: unit, name: String::new(), area: area(at) },
                Row::Post { id: post(n), person, unit, role, from, to: None },
                Row::Device {
                    id: device(n),
                    person,
                    sign: [n; 32],
                    seal: [n; 32],
                    label: String::new(),
                    segment: None,
                },
            ];
            rows.iter().for_each(|row| roster.apply(1, row));
        }
        roster.apply(2, &Row::Child { child: CHILD, area: area(1) });
        roster.apply(3, &Row::Assign { child: CHILD, post: post(DIRECTOR) });
        Self { roster, shelf: Shelf::default() }
    }

    /// Judges and does what the server does with the rulings.
    fn judge(&mut self, batch: &Batch) -> Vec<(u16, Ruling)> {
        let rulings = judge(&self.roster, batch, &mut self.shelf, &mut InProcess, NOON);
        let rulings = rulings.expect("the shelf never fails");
        for (place, ruling) in &rulings {
            let Some((_, Ok(item))) = batch.items.iter().find(|(n, _)| n == place) else { continue };
            if *ruling == Ruling::Accept {
                self.shelf.fixed.entry(item.record).or_insert_with(|| Fixed::of(item));
                if item.kind == Kind::Roster {
                    let row: Row = minicbor::decode(&item.body).expect("an accepted row");
                    self.roster.apply(self.roster.version + 1, &row);
                }
            }
        }
        rulings
    }

    fn ruling(&mut self, batch: &Batch) -> Ruling {
        let rulings = self.judge(batch);
        assert_eq!(rulings.len(), 1);
        rulings[0].1
    }

    /// The child's file, written by the director and accepted.
    fn with_file(mut self) -> (Self, Record) {
        let (item, record) = file();
        assert_eq!(self.ruling(&sent(DIRECTOR, vec![item])), Ruling::Accept);
        (self, record)
    }
}

fn sent(by: u8, items: Vec<Item>) -> Batch {
    let items = items.into_iter().enumerate().map(|(n, item)| (n as u16, Ok(item))).collect();
    Batch {
        device: device(by),
        at: NOON,
        roster: 3,
        confirmed: 0,
        items,
        settled: BTreeSet::new(),
        vouchers: BTreeSet::new(),
    }
}

fn change(record: u8, form: &str, body: Vec<u8>) -> Item {
    Item { kind: Kind::Change, record: RecordId::new([record; 16]), form: form.into(), child: Some(CHILD), body }
}

fn row_item(row: &Row) -> Item {
    let body = minicbor::to_vec(row).expect("a row");
    Item { kind: Kind::Roster, record: RecordId::new([99; 16]), form: "roster".into(), child: row.child(), body }
}

fn set(key: &str, value: &str) -> Edit {
    Edit::Set(key.into(), Value::text(value))
}

fn edit(record: &mut Record, form: &str, by: u8, edits: &[Edit]) -> Vec<u8> {
    let form = builtin(form).expect("a form");
    record.edit(form, &actor(by), NOON, edits).expect("edits").expect("a change")
}

/// The first change of the child's file, by the director.
fn file() -> (Item, Record) {
    let mut record = Record::empty();
    let body = edit(&mut record, "child", DIRECTOR, &[set("name", "林小溪")]);
    (change(10, "child", body), record)
}

fn visit(by: u8) -> Item {
    change(20, "visit", edit(&mut Record::empty(), "visit", by, &[set("note", "家里都好。")]))
}

fn assessment(by: u8, level: &str) -> Item {
    change(30, "assessment", edit(&mut Record::empty(), "assessment", by, &[set("level", level)]))
}

const fn held(reason: Reason) -> Ruling {
    Ruling::Hold(reason)
}

#[test]
fn a_directors_day_is_accepted() {
    let (mut street, mut record) = Street::new().with_file();
    let edited = change(10, "child", edit(&mut record, "child", DIRECTOR, &[set("school_name", "第二小学")]));
    let again = change(10, "child", edit(&mut record, "child", DIRECTOR, &[set("teacher", "陈老师")]));
    let rulings = street.judge(&sent(DIRECTOR, vec![edited, visit(DIRECTOR), again]));
    assert_eq!(rulings, [(0, Ruling::Accept), (1, Ruling::Accept), (2, Ruling::Accept)]);
    let kept = Record::load(&street.shelf.saved[&RecordId::new([10; 16])]).expect("kept");
    assert_eq!(kept.heads(), record.heads());
    assert!(!street.shelf.saved.contains_key(&RecordId::new([20; 16])), "an event's document is its one change");
}

#[test]
fn a_finished_note_never_changes() {
    let mut street = Street::new();
    let mut record = Record::empty();
    let first = edit(&mut record, "visit", DIRECTOR, &[set("note", "家里都好。")]);
    let second = edit(&mut record, "visit", DIRECTOR, &[set("note", "改口。")]);
    let batch = sent(DIRECTOR, vec![change(20, "visit", first), change(20, "visit", second.clone())]);
    assert_eq!(street.judge(&batch), [(0, Ruling::Accept), (1, held(Reason::Forbidden))]);
    assert_eq!(street.ruling(&sent(DIRECTOR, vec![change(20, "visit", second)])), held(Reason::Forbidden));
}

#[test]
fn a_neighbours_child_is_forbidden_and_a_leaver_waits_to_be_claimed() {
    let mut street = Street::new();
    assert_eq!(street.ruling(&sent(NEIGHBOUR, vec![visit(NEIGHBOUR)])), held(Reason::Forbidden));
    street.roster.apply(4, &Row::Withdraw { child: CHILD, post: post(DIRECTOR) });
    assert_eq!(street.ruling(&sent(DIRECTOR, vec![visit(DIRECTOR)])), held(Reason::Unclaimed));
    let heard = Batch { confirmed: 4, ..sent(DIRECTOR, vec![visit(DIRECTOR)]) };
    assert_eq!(street.ruling(&heard), held(Reason::Forbidden), "its device had confirmed the withdrawal");
}

#[test]
fn a_stopped_devices_work_waits_to_be_claimed() {
    let mut street = Street::new();
    street.roster.apply(4, &Row::Revoke { device: device(DIRECTOR) });
    assert_eq!(street.ruling(&sent(DIRECTOR, vec![visit(DIRECTOR)])), held(Reason::Unclaimed));
    let audit = Item {
        kind: Kind::Audit,
        record: RecordId::new([50; 16]),
        form: "audit".into(),
        child: Some(CHILD),
        body: vec![1; 100],
    };
    assert_eq!(street.ruling(&sent(DIRECTOR, vec![audit.clone()])), Ruling::Accept);
    let long = Item { body: vec![1; ROW_BYTES_MAX + 1], ..audit };
    assert_eq!(street.ruling(&sent(DIRECTOR, vec![long])), held(Reason::Caps));
}

fn claim_item(action: Action, target: &Item) -> Item {
    let targets = vec![Target { record: target.record, digest: sync::item::digest(&target.encode()) }];
    let claim = Claim {
        device: device(DIRECTOR),
        action,
        targets,
        reason: "已当面说清".into(),
        form: target.form.clone(),
        at: NOON,
    };
    let record = RecordId::new([60; 16]);
    Item { kind: Kind::Audit, record, form: claim::FORM.into(), child: Some(CHILD), body: claim.encode() }
}

#[test]
fn only_the_childs_station_settles_held_work() {
    let mut street = Street::new();
    let note = visit(DIRECTOR);
    let (unit, person) = (UnitId::new([5; 16]), PersonId::new([5; 16]));
    let other = Area::new(990_102_002_000).expect("an area");
    for row in [
        Row::Unit { id: unit, name: String::new(), area: other },
        Row::Post { id: post(5), person, unit, role: Role::Supervisor, from: Day::EPOCH, to: None },
        Row::Device { id: device(5), person, sign: [5; 32], seal: [5; 32], label: String::new(), segment: None },
    ] {
        street.roster.apply(3, &row);
    }
    for action in [Action::Take, Action::Return, Action::Shelve, Action::Reopen] {
        let claim = claim_item(action, &note);
        assert_eq!(street.ruling(&sent(DIRECTOR, vec![claim.clone()])), held(Reason::Forbidden), "her own judge");
        assert_eq!(street.ruling(&sent(NEIGHBOUR, vec![claim.clone()])), held(Reason::Forbidden));
        assert_eq!(street.ruling(&sent(5, vec![claim.clone()])), held(Reason::Forbidden), "another street's station");
        assert_eq!(street.ruling(&sent(STATION, vec![claim])), Ruling::Accept);
    }
    let claim = claim_item(Action::Take, &note);
    let nobodys = Item { child: None, record: RecordId::new([61; 16]), ..claim.clone() };
    assert_eq!(street.ruling(&sent(STATION, vec![nobodys])), held(Reason::Forbidden));
    let long = Item { body: [claim.body.clone(), vec![0]].concat(), ..claim.clone() };
    assert_eq!(street.ruling(&sent(STATION, vec![long])), held(Reason::Malformed));
    street.roster.apply(4, &Row::Revoke { device: device(STATION) });
    assert_eq!(street.ruling(&sent(STATION, vec![claim])), held(Reason::Unclaimed), "stolen itself meanwhile");
}

#[test]
fn what_a_station_takes_over_is_judged_as_its_authors_work() {
    let mut street = Street::new();
    street.roster.apply(4, &Row::Withdraw { child: CHILD, post: post(DIRECTOR) });
    let (note, other) = (visit(DIRECTOR), Item { record: RecordId::new([21; 16]), ..visit(DIRECTOR) });
    let take = |street: &mut Street, item: &Item| {
        street.shelf.claimed.insert(sync::item::digest(&item.encode()), device(STATION));
    };
    take(&mut street, &note);
    let both = sent(DIRECTOR, vec![note, other]);
    assert_eq!(street.judge(&both), [(0, Ruling::Accept), (1, held(Reason::Unclaimed))], "one item, not the envelope");
    let never = Item { record: RecordId::new([22; 16]), ..visit(NEIGHBOUR) };
    assert_eq!(street.ruling(&sent(NEIGHBOUR, vec![never.clone()])), held(Reason::Forbidden));
    take(&mut street, &never);
    assert_eq!(street.ruling(&sent(NEIGHBOUR, vec![never])), Ruling::Accept, "read and vouched for");
    let mut finished = Record::empty();
    edit(&mut finished, "visit", DIRECTOR, &[set("note", "家里都好。")]);
    let again = change(20, "visit", edit(&mut finished, "visit", DIRECTOR, &[set("note", "改口。")]));
    take(&mut street, &again);
    assert_eq!(street.ruling(&sent(DIRECTOR, vec![again])), held(Reason::Forbidden), "what no supervisor may write");
    let by_neighbour = Item { record: RecordId::new([23; 16]), ..visit(DIRECTOR) };
    street.shelf.claimed.insert(sync::item::digest(&by_neighbour.encode()), device(NEIGHBOUR));
    assert_eq!(
        street.ruling(&sent(DIRECTOR, vec![by_neighbour])),
        held(Reason::Unclaimed),
        "a director vouches for nothing"
    );
    let hostile = change(40, "visit", vec![0xff; 40]);
    take(&mut street, &hostile);
    assert_eq!(street.ruling(&sent(DIRECTOR, vec![hostile])), held(Reason::Malformed), "and still tried like all");
    let claim = claim_item(Action::Take, &visit(DIRECTOR));
    take(&mut street, &claim);
    street.roster.apply(5, &Row::Revoke { device: device(STATION) });
    assert_eq!(street.ruling(&sent(STATION, vec![claim])), held(Reason::Unclaimed), "a claim is never claimed");
}

#[test]
fn a_wrong_clock_loses_no_work() {
    let mut street = Street::new();
    let early = Batch { at: Timestamp(-1_000_000_000_000), ..sent(DIRECTOR, vec![visit(DIRECTOR)]) };
    assert_eq!(street.ruling(&early), Ruling::Accept);
}

#[test]
fn a_child_found_on_a_visit_is_registered_first_and_its_file_follows() {
    let mut street = Street::new();
    let found = ChildId::new([77; 16]);
    let register = Row::Register { child: found, area: area(1), post: post(DIRECTOR) };
    let (file, _) = file();
    let file = Item { child: Some(found), ..file };
    let note = Item { child: Some(found), ..visit(DIRECTOR) };
    let rulings = street.judge(&sent(DIRECTOR, vec![file, row_item(&register)]));
    assert_eq!(rulings, [(1, Ruling::Accept), (0, Ruling::Accept)]);
    // a second envelope of the same offline day, still knowing only the old roster
    assert_eq!(street.ruling(&sent(DIRECTOR, vec![note.clone()])), Ruling::Accept);
    let stranger = Item { record: RecordId::new([21; 16]), ..note };
    assert_eq!(street.ruling(&sent(NEIGHBOUR, vec![stranger])), held(Reason::Forbidden));
    let elsewhere = Row::Register { child: ChildId::new([78; 16]), area: area(2), post: post(DIRECTOR) };
    assert_eq!(street.ruling(&sent(DIRECTOR, vec![row_item(&elsewhere)])), held(Reason::Forbidden));
}

#[test]
fn a_child_found_by_whoever_works_there_no_more_is_registered_and_her_words_about_it_wait() {
    let ended = Row::Post {
        id: post(DIRECTOR),
        person: PersonId::new([DIRECTOR; 16]),
        unit: UnitId::new([DIRECTOR; 16]),
        role: Role::Director,
        from: Day::EPOCH,
        to: Some(Day::EPOCH),
    };
    for end in [ended, Row::Revoke { device: device(DIRECTOR) }] {
        let mut street = Street::new();
        street.roster.apply(4, &end);
        let found = ChildId::new([77; 16]);
        let row = |child, at, n| row_item(&Row::Register { child, area: area(at), post: post(n) });
        let note = Item { child: Some(found), ..visit(DIRECTOR) };
        let rulings = street.judge(&sent(DIRECTOR, vec![note, row(found, 1, DIRECTOR)]));
        assert_eq!(rulings, [(1, Ruling::Accept), (0, held(Reason::Forbidden))], "{end:?}");
        let other = ChildId::new([78; 16]);
        for (item, why) in [
            (row(other, 2, DIRECTOR), "where she never worked"),
            (row(other, 2, NEIGHBOUR), "for somebody else's post"),
            (row(CHILD, 1, DIRECTOR), "a child that has its place"),
        ] {
            assert!(matches!(street.ruling(&sent(DIRECTOR, vec![item])), Ruling::Hold(_)), "{why}: {end:?}");
        }
    }
}

#[test]
fn roster_rows_of_others_than_the_server_are_few() {
    let mut street = Street::new();
    let assign = Row::Assign { child: CHILD, post: post(NEIGHBOUR) };
    assert_eq!(street.ruling(&sent(DIRECTOR, vec![row_item(&assign)])), held(Reason::Forbidden));
    assert_eq!(street.ruling(&sent(STATION, vec![row_item(&assign)])), Ruling::Accept);
    let policy = Row::Policy { key: "visit_freq".into(), value: "{}".into() };
    assert_eq!(street.ruling(&sent(STATION, vec![row_item(&policy)])), held(Reason::Forbidden));
    assert_eq!(street.ruling(&sent(0, vec![row_item(&policy)])), Ruling::Accept, "the server's own device");
    let lying = Item { child: None, ..row_item(&assign) };
    assert_eq!(street.ruling(&sent(STATION, vec![lying])), held(Reason::Malformed));
    let trailing = Item { body: [row_item(&assign).body, vec![0]].concat(), ..row_item(&assign) };
    assert_eq!(street.ruling(&sent(STATION, vec![trailing])), held(Reason::Malformed));
}

#[test]
fn a_station_stops_a_computer_of_its_street_and_never_its_own() {
    let mut street = Street::new();
    let stop = |n: u8| row_item(&Row::Revoke { device: device(n) });
    assert_eq!(street.ruling(&sent(STATION, vec![stop(DIRECTOR)])), Ruling::Accept);
    assert_eq!(street.ruling(&sent(STATION, vec![stop(STATION)])), held(Reason::Forbidden));
    assert_eq!(street.ruling(&sent(NEIGHBOUR, vec![stop(DIRECTOR)])), held(Reason::Forbidden));
    street.roster.apply(4, &Row::Revoke { device: device(STATION) });
    assert_eq!(street.ruling(&sent(STATION, vec![stop(DIRECTOR)])), held(Reason::Unclaimed), "stolen itself meanwhile");
}

#[test]
fn a_stop_brought_back_after_a_restore_holds_though_its_author_left() {
    let mut street = Street::new();
    let stop = row_item(&Row::Revoke { device: device(NEIGHBOUR) });
    street.roster.apply(4, &Row::Revoke { device: device(DIRECTOR) });
    let brought = |by: u8| Batch { vouchers: BTreeSet::from([device(by)]), ..sent(DIRECTOR, vec![stop.clone()]) };
    assert_eq!(street.ruling(&brought(STATION)), Ruling::Accept);
    assert_eq!(street.ruling(&brought(NEIGHBOUR)), held(Reason::Forbidden), "who may not stop it brings nothing back");
}

#[test]
fn a_change_waits_for_the_one_before_it_and_is_then_accepted() {
    let (mut street, mut record) = Street::new().with_file();
    let first = edit(&mut record, "child", DIRECTOR, &[set("school_name", "第二小学")]);
    let missing = dossier::inspect(&first).expect("honest").hash;
    let second = change(10, "child", edit(&mut record, "child", DIRECTOR, &[set("teacher", "陈老师")]));
    assert_eq!(street.ruling(&sent(DIRECTOR, vec![second.clone()])), Ruling::Wait(missing));
    assert_eq!(street.ruling(&sent(DIRECTOR, vec![change(10, "child", first)])), Ruling::Accept);
    assert_eq!(street.ruling(&sent(DIRECTOR, vec![second])), Ruling::Accept);
}

#[test]
fn who_may_only_add_to_a_file_waits_for_its_beginning_instead_of_being_refused() {
    let mut street = Street::new();
    let (unit, person) = (UnitId::new([1; 16]), PersonId::new([4; 16]));
    let officer = Row::Post { id: post(4), person, unit, role: Role::CentreOfficer, from: Day::EPOCH, to: None };
    let desk = Row::Device { id: device(4), person, sign: [4; 32], seal: [4; 32], label: String::new(), segment: None };
    [officer, desk].iter().for_each(|row| street.roster.apply(3, row));
    let (begun, mut record) = file();
    let beginning = dossier::inspect(&begun.body).expect("honest").hash;
    let added = change(10, "child", edit(&mut record, "child", 4, &[set("teacher", "陈老师")]));
    let own = change(11, "child", edit(&mut Record::empty(), "child", 4, &[set("name", "林小溪")]));
    let rulings = street.judge(&sent(4, vec![added.clone(), own]));
    assert_eq!(rulings, [(0, Ruling::Wait(beginning)), (1, held(Reason::Forbidden))]);
    assert_eq!(street.ruling(&sent(DIRECTOR, vec![begun])), Ruling::Accept);
    assert_eq!(street.ruling(&sent(4, vec![added])), Ruling::Accept);
    // an event has no second change to wait for
    let mut note = Record::empty();
    edit(&mut note, "visit", DIRECTOR, &[set("note", "家里都好。")]);
    let later = change(20, "visit", edit(&mut note, "visit", DIRECTOR, &[set("note", "改口。")]));
    assert_eq!(street.ruling(&sent(DIRECTOR, vec![later])), held(Reason::Forbidden));
}

#[test]
fn a_risk_level_comes_only_with_its_assessment() {
    let (mut street, record) = Street::new().with_file();
    let risk = |level: &str| {
        let body =
            edit(&mut record.clone(), "child", DIRECTOR, &[set("risk_level", level), set("risk_at", "2026-11-23")]);
        change(10, "child", body)
    };
    assert_eq!(street.ruling(&sent(DIRECTOR, vec![risk("3")])), held(Reason::Authority));
    let other = sent(DIRECTOR, vec![risk("1"), assessment(DIRECTOR, "3")]);
    assert_eq!(street.judge(&other), [(0, held(Reason::Authority)), (1, Ruling::Accept)]);
    let again = Batch { settled: BTreeSet::from([1]), ..sent(DIRECTOR, vec![risk("3"), assessment(DIRECTOR, "3")]) };
    assert_eq!(street.ruling(&again), Ruling::Accept, "judged again: the assessment was accepted before");
}

#[test]
fn a_file_is_closed_by_the_station_and_not_by_its_director() {
    let (mut street, record) = Street::new().with_file();
    let closing = |by: u8| {
        let edits = [Edit::Set("closed".into(), Value::Yes(true)), set("closed_why", "AGE18")];
        change(10, "child", edit(&mut record.clone(), "child", by, &edits))
    };
    assert_eq!(street.ruling(&sent(DIRECTOR, vec![closing(DIRECTOR)])), held(Reason::Authority));
    assert_eq!(street.ruling(&sent(STATION, vec![closing(STATION)])), Ruling::Accept);
}

#[test]
fn a_closing_brought_back_after_a_restore_counts_though_the_supervisor_left_since() {
    let (mut street, record) = Street::new().with_file();
    let closing = |by: u8| {
        let edits = [Edit::Set("closed".into(), Value::Yes(true)), set("closed_why", "AGE18")];
        change(10, "child", edit(&mut record.clone(), "child", by, &edits))
    };
    let wrote = NOON.plus_s(-10 * 24 * 3600);
    let (id, unit, person) = (post(STATION), UnitId::new([STATION; 16]), PersonId::new([STATION; 16]));
    let to = Some(Day::of(NOON).plus(-5));
    street.roster.apply(4, &Row::Post { id, person, unit, role: Role::Supervisor, from: Day::EPOCH, to });
    let brought = |by: u8, voucher: u8, at: Timestamp| {
        let vouchers = BTreeSet::from([device(voucher)]);
        Batch { at, vouchers, ..sent(by, vec![closing(by)]) }
    };
    let alone = Batch { at: wrote, ..sent(STATION, vec![closing(STATION)]) };
    assert_eq!(street.ruling(&alone), held(Reason::Unclaimed), "nobody had it in her log");
    assert_eq!(street.ruling(&brought(STATION, NEIGHBOUR, wrote)), held(Reason::Unclaimed), "nor she, of this child");
    assert_eq!(street.ruling(&brought(STATION, DIRECTOR, NOON)), held(Reason::Forbidden), "written after her post");
    assert_eq!(street.ruling(&brought(DIRECTOR, DIRECTOR, wrote)), held(Reason::Authority), "never a director");
    assert_eq!(street.ruling(&brought(STATION, DIRECTOR, wrote)), Ruling::Accept);
}

#[test]
fn the_assessment_of_another_child_lends_no_level() {
    let (mut street, mut record) = Street::new().with_file();
    let sibling = ChildId::new([8; 16]);
    street.roster.apply(2, &Row::Child { child: sibling, area: area(1) });
    street.roster.apply(3, &Row::Assign { child: sibling, post: post(DIRECTOR) });
    let assessed = Item { child: Some(sibling), ..assessment(DIRECTOR, "4") };
    let risk = change(10, "child", edit(&mut record, "child", DIRECTOR, &[set("risk_level", "4")]));
    let rulings = street.judge(&sent(DIRECTOR, vec![assessed, risk]));
    assert_eq!(rulings, [(0, Ruling::Accept), (1, held(Reason::Authority))]);
}

#[test]
fn a_record_keeps_its_child_and_its_form() {
    let (mut street, mut record) = Street::new().with_file();
    let sibling = ChildId::new([8; 16]);
    street.roster.apply(2, &Row::Child { child: sibling, area: area(1) });
    street.roster.apply(3, &Row::Assign { child: sibling, post: post(DIRECTOR) });
    let body = edit(&mut record, "child", DIRECTOR, &[set("teacher", "陈老师")]);
    let moved = Item { child: Some(sibling), ..change(10, "child", body.clone()) };
    assert_eq!(street.ruling(&sent(DIRECTOR, vec![moved])), held(Reason::Mismatch));
    let renamed = change(10, "child_sensitive", body);
    assert_eq!(street.ruling(&sent(DIRECTOR, vec![renamed])), held(Reason::Mismatch));
}

#[test]
fn what_a_hostile_device_makes_is_held() {
    let (mut street, mut record) = Street::new().with_file();
    let honest = edit(&mut record.clone(), "child", DIRECTOR, &[set("teacher", "陈老师")]);
    let station = edit(&mut record.clone(), "child", STATION, &[set("teacher", "王老师")]);
    let mut flipped = honest.clone();
    flipped[20] ^= 1;
    let table: [(&str, Vec<u8>, Ruling); 5] = [
        ("another device's actor", station, held(Reason::Malformed)),
        ("a flipped bit", flipped, held(Reason::Malformed)),
        ("cut short", honest[..30].to_vec(), held(Reason::Malformed)),
        ("too large", vec![0; dossier::BYTES_MAX + 1], held(Reason::Caps)),
        ("nothing", vec![], held(Reason::Malformed)),
    ];
    for (what, body, ruling) in table {
        assert_eq!(street.ruling(&sent(DIRECTOR, vec![change(10, "child", body)])), ruling, "{what}");
    }
    assert_eq!(street.ruling(&sent(DIRECTOR, vec![change(10, "child", honest)])), Ruling::Accept);
    // the same number of the same session once more: a cloned disk
    let twin = edit(&mut record, "child", DIRECTOR, &[set("teacher", "赵老师")]);
    assert_eq!(street.ruling(&sent(DIRECTOR, vec![change(10, "child", twin)])), held(Reason::Malformed));
    let unreadable = Batch { items: vec![(0, Err(BadItem))], ..sent(DIRECTOR, vec![]) };
    assert_eq!(street.ruling(&unreadable), held(Reason::Malformed));
}

#[test]
fn nothing_of_an_erased_child_comes_in() {
    let mut street = Street::new();
    street.roster.apply(4, &Row::Erase { child: CHILD });
    let again = Row::Register { child: CHILD, area: area(1), post: post(DIRECTOR) };
    for item in [visit(DIRECTOR), row_item(&again)] {
        assert_eq!(street.ruling(&sent(DIRECTOR, vec![item])), held(Reason::Erased));
    }
}

#[test]
fn what_is_not_built_and_records_of_no_child_are_held() {
    let mut street = Street::new();
    let body = visit(STATION).body;
    for item in [
        Item { child: None, ..visit(STATION) },
        Item { kind: Kind::File, child: None, ..change(20, "file", body.clone()) },
    ] {
        assert_eq!(street.ruling(&sent(STATION, vec![item])), held(Reason::Forbidden));
    }
    // The table of rights has lines for some of these; none of them is a record that people write together.
    for form in ["claim", "register", "assign", "file", "roster", "audit", "notice", "no_such_form"] {
        for by in [STATION, DIRECTOR] {
            let written = change(20, form, visit(by).body);
            assert_eq!(street.ruling(&sent(by, vec![written])), held(Reason::Malformed), "{form}");
        }
    }
    for form in ["visit", "child", "mandatory_report"] {
        let sealed = Item { kind: Kind::Sealed, ..change(20, form, body.clone()) };
        assert_eq!(street.ruling(&sent(STATION, vec![sealed])), held(Reason::Malformed), "{form}");
    }
}

/// A trial that fails whenever a certain change is in it, as a panic in the child process would.
struct Fragile(Vec<u8>);

impl Rehearsal for Fragile {
    fn run(&mut self, base: Option<Record>, changes: &[&Inspected]) -> Result<dossier::Trial, Refused> {
        let breaks = changes.iter().any(|change| change.bytes() == self.0);
        if breaks { Err(Refused::Trial) } else { dossier::rehearse(base, changes) }
    }
}

#[test]
fn one_change_that_breaks_the_trial_does_not_take_the_others_with_it() {
    let (mut street, mut record) = Street::new().with_file();
    let good = edit(&mut record.clone(), "child", DIRECTOR, &[set("teacher", "陈老师")]);
    let bad = {
        edit(&mut record, "child", DIRECTOR, &[set("teacher", "陈老师")]);
        edit(&mut record, "child", DIRECTOR, &[set("school_name", "第二小学")])
    };
    let batch = sent(DIRECTOR, vec![change(10, "child", good), change(10, "child", bad.clone())]);
    let rulings = judge(&street.roster, &batch, &mut street.shelf, &mut Fragile(bad), NOON).expect("the shelf");
    assert_eq!(rulings, [(0, Ruling::Accept), (1, held(Reason::Trial))]);
}
