//! However lines come, each item kept aside stands where all lines together leave it, and asking
//! costs no walk through the others. Test code only.

use std::collections::BTreeMap;

use domain::id::{Branch, ChildId, DeviceId, Digest, Position, RecordId};
use domain::moment::Moment;
use proptest::prelude::*;
use rusqlite::Connection;
use rusqlite::types::Value;
use sync::claim::{self, Action, Claim, Target};
use sync::envelope::{Envelope, Link};
use sync::item::{Item, Kind};
use sync::key::DeviceKey;
use sync::notice::{self, Notice};
use sync::wire::Reason;

use crate::scene::{DISTRICT, START, Seeded};
use crate::store::items::{self, Making, State};
use crate::store::{claims, envelopes, migrations};

/// Something that happens to a desk's log.
#[derive(Clone, Debug)]
enum Happens {
    /// The server says that it keeps work `work` aside, at a place of its author's chain.
    Notice { place: u16, work: Option<u8> },
    /// Another desk's decision comes.
    Claim { action: Action, works: Vec<u8>, child: u8 },
    /// This desk's own decision, not sent yet.
    Own { action: Action, works: Vec<u8>, child: u8 },
    /// The gate judges the oldest own decision that has no verdict.
    Judged { held: bool },
    /// The work comes into the log.
    Comes { work: u8 },
    /// The work is given to be settled.
    Given { work: u8 },
    /// A child is purged here, or erased for ever.
    Leaves { child: u8, erased: bool },
    /// The server was restored: what has a larger position has none any more.
    Restored { common: Position },
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![Just(Action::Take), Just(Action::Return), Just(Action::Shelve), Just(Action::Reopen)]
}

fn happens() -> impl Strategy<Value = Happens> {
    let works = || prop::collection::vec(0u8..4, 1..3);
    prop_oneof![
        5 => (0u16..4, prop::option::weighted(0.9, 0u8..4)).prop_map(|(place, work)| Happens::Notice { place, work }),
        5 => (action(), works(), 0u8..2).prop_map(|(action, works, child)| Happens::Claim { action, works, child }),
        2 => (action(), works(), 0u8..2).prop_map(|(action, works, child)| Happens::Own { action, works, child }),
        2 => any::<bool>().prop_map(|held| Happens::Judged { held }),
        2 => (0u8..4).prop_map(|work| Happens::Comes { work }),
        2 => (0u8..4).prop_map(|work| Happens::Given { work }),
        1 => (0u8..2, any::<bool>()).prop_map(|(child, erased)| Happens::Leaves { child, erased }),
        1 => (0u64..40).prop_map(|common| Happens::Restored { common }),
    ]
}

const fn child(n: u8) -> ChildId {
    ChildId::new([n; 16])
}

/// One piece of work: two are about each child.
fn work(n: u8) -> Item {
    let record = RecordId::new([40 + n; 16]);
    Item { kind: Kind::Change, record, form: "visit".into(), child: Some(child(n % 2)), body: vec![n] }
}

fn target(n: u8) -> Target {
    Target { record: work(n).record, digest: sync::item::digest(&work(n).encode()) }
}

/// A desk's log, with lines put into it by hand.
struct Log {
    db: Connection,
    key: DeviceKey,
    made: u8,
}

impl Log {
    fn new() -> Self {
        let mut db = Connection::open_in_memory().expect("memory");
        migrations().to_latest(&mut db).expect("tables");
        Self { db, key: DeviceKey::fresh(&mut Moment::new(START, &mut Seeded(3))), made: 0 }
    }

    fn line(&mut self, form: &str, child: Option<ChildId>, body: Vec<u8>) -> Item {
        self.made += 1;
        Item { kind: Kind::Audit, record: RecordId::new([self.made; 16]), form: form.into(), child, body }
    }

    /// Takes an item in at a position, in an envelope signed at that minute.
    fn take(&self, item: &Item, position: Position) {
        let bytes = item.encode();
        let known = items::find(&self.db, &sync::item::digest(&bytes)).expect("the store");
        if let Some(kept) = known {
            return items::settle(&self.db, kept.no, State::Accepted, Some(position), None).expect("the store");
        }
        let link = Link {
            branch: Branch([1; 8]),
            seq: u32::try_from(position).expect("small"),
            prev: Digest([0; 32]),
            at: START.plus_s(60 * position.cast_signed()),
            roster: 0,
        };
        let envelope = Envelope::sign(&self.key, &DISTRICT, link, vec![bytes.clone()]);
        let no = envelopes::keep(&self.db, &envelope, &envelope.id(&DISTRICT), false).expect("the store");
        items::take(&self.db, Some(item), &bytes, no, position, State::Accepted).expect("the store");
    }

    fn claim(&mut self, action: Action, works: &[u8], child: ChildId) -> Item {
        let claim = Claim {
            device: DeviceId::new([8; 16]),
            action,
            targets: works.iter().map(|n| target(*n)).collect(),
            reason: "请当面说清".into(),
            form: "visit".into(),
            at: START,
        };
        self.line(claim::FORM, Some(child), claim.encode())
    }

    fn notice(&mut self, place: u16, named: Option<u8>) -> Item {
        let notice = Notice {
            device: DeviceId::new([8; 16]),
            branch: Branch([2; 8]),
            seq: 1 + u32::from(place / 2),
            place: place % 2,
            reason: if self.made.is_multiple_of(2) { Reason::Unclaimed } else { Reason::Behind },
            form: "visit".into(),
            child: named.and_then(|n| work(n).child),
            target: named.map(target),
        };
        self.line(notice::FORM, None, minicbor::to_vec(notice).expect("memory"))
    }

    fn happens(&mut self, what: Happens, position: Position) {
        match what {
            Happens::Notice { place, work } => {
                let item = self.notice(place, work);
                self.take(&item, position);
            }
            Happens::Claim { action, works, child: n } => {
                let item = self.claim(action, &works, child(n));
                self.take(&item, position);
            }
            Happens::Own { action, works, child: n } => {
                let item = self.claim(action, &works, child(n));
                let making = Making { batch: 1, roster: 0, at: START, edits: None, replaces: None };
                items::make(&self.db, &item, &item.encode(), &making).expect("the store");
            }
            Happens::Judged { held } => {
                let oldest = "SELECT min(no) FROM item WHERE batch IS NOT NULL AND state = 0";
                let oldest: Option<i64> = self.db.query_row(oldest, [], |row| row.get(0)).expect("the store");
                let Some(no) = oldest else { return };
                let (state, at) = if held { (State::Held, None) } else { (State::Accepted, Some(position)) };
                items::settle(&self.db, no, state, at, None).expect("the store");
            }
            Happens::Comes { work: n } => self.take(&work(n), position),
            Happens::Given { work: n } => {
                let link = Link { branch: Branch([2; 8]), seq: 1, prev: Digest([0; 32]), at: START, roster: 0 };
                let bytes = work(n).encode();
                let envelope = Envelope::sign(&self.key, &DISTRICT, link, vec![bytes.clone()]);
                claims::keep(&self.db, child(n % 2), &envelope, &bytes).expect("the store");
            }
            Happens::Leaves { child: n, erased } => {
                claims::forget_child(&self.db, child(n), erased).expect("the store");
                self.db.execute("DELETE FROM item WHERE child = ?1", [child(n).as_bytes()]).expect("the store");
            }
            Happens::Restored { common } => items::unplace_above(&self.db, common).expect("the store"),
        }
    }

    /// The table and its index.
    fn tables(&self) -> BTreeMap<&'static str, Vec<Vec<Value>>> {
        claims::TABLES.into_iter().map(|table| (table, self.rows(&format!("SELECT * FROM {table}")))).collect()
    }

    fn rows(&self, sql: &str) -> Vec<Vec<Value>> {
        let mut query = self.db.prepare(sql).expect("a query");
        let columns = query.column_count();
        let rows = query.query_map([], |row| (0..columns).map(|column| row.get(column)).collect()).expect("rows");
        rows.collect::<Result<_, _>>().expect("the store")
    }

    /// Where each item stands, by what decision: numbers of lines differ from desk to desk.
    fn standings(&self) -> Vec<Vec<Value>> {
        self.rows(
            "SELECT k.device, branch, seq, place, k.digest, k.child, notice, told, stands, position, accepted, given
             FROM kept_aside k LEFT JOIN item ON item.no = k.claim",
        )
    }
}

/// Positions in another order than that in which things happen.
fn scattered(most: usize) -> impl Strategy<Value = Vec<Position>> {
    Just((1..=most as u64).collect::<Vec<_>>()).prop_shuffle()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    /// Row by row in whatever order: the same as everything folded at once.
    #[test]
    fn each_item_stands_where_all_lines_together_leave_it(
        all in prop::collection::vec(happens(), 1..40),
        positions in scattered(40),
    ) {
        let mut log = Log::new();
        for (what, position) in all.into_iter().zip(positions) {
            log.happens(what, position);
        }
        let kept = log.tables();
        claims::rebuild(&log.db).expect("the store");
        prop_assert_eq!(kept, log.tables());
    }

    /// A desk that hears the same log in another order knows the same.
    #[test]
    fn the_order_of_arrival_says_nothing(
        all in prop::collection::vec(happens(), 1..25),
        order in scattered(25),
    ) {
        let (mut one, other, mut lines) = (Log::new(), Log::new(), Vec::<(Item, Position)>::new());
        for (what, position) in all.into_iter().zip(1..) {
            let item = match what {
                Happens::Notice { place, work } => one.notice(place, work),
                Happens::Claim { action, works, child: n } => one.claim(action, &works, child(n)),
                Happens::Comes { work: n } => work(n),
                _ => continue,
            };
            if lines.iter().all(|(before, _)| *before != item) {
                lines.push((item, position));
            }
        }
        lines.iter().for_each(|(item, position)| one.take(item, *position));
        lines.sort_by_key(|(_, position)| order[usize::try_from(*position).expect("small") - 1]);
        lines.iter().for_each(|(item, position)| other.take(item, *position));
        prop_assert_eq!(one.standings(), other.standings());
    }
}

#[test]
fn a_desk_of_before_knows_where_everything_stands_as_soon_as_it_is_opened() {
    let mut log = Log::new();
    log.happens(Happens::Notice { place: 0, work: Some(0) }, 1);
    log.happens(Happens::Notice { place: 1, work: Some(1) }, 2);
    log.happens(Happens::Claim { action: Action::Return, works: vec![1], child: 1 }, 3);
    let known = log.tables();
    // As its tables were: none of this, and lines in the log.
    for gone in ["item_came", "item_accepted", "item_unplaced", "item_gone", "claimable_came", "claimable_gone"] {
        log.db.execute_batch(&format!("DROP TRIGGER {gone}")).expect("there was one");
    }
    for table in claims::TABLES {
        log.db.execute_batch(&format!("DROP TABLE {table}")).expect("there was one");
    }
    log.db.execute_batch("PRAGMA user_version = 7").expect("the version before");
    migrations().to_version(&mut log.db, 8).expect("brought up to date");
    assert_eq!(log.tables(), known);
    assert_eq!(known["kept_aside"].len(), 2);
}

#[test]
fn what_is_asked_for_and_sent_back_is_found() {
    let mut log = Log::new();
    for n in 0..3 {
        log.happens(Happens::Notice { place: n.into(), work: Some(n) }, u64::from(n) + 1);
    }
    log.happens(Happens::Given { work: 2 }, 4);
    log.happens(Happens::Claim { action: Action::Return, works: vec![0, 2], child: 0 }, 5);
    let wanted = |db: &Connection| {
        let (mut wanted, mut behind) = (Vec::new(), None);
        while let Some(child) = claims::next_wanted(db, behind).expect("the store") {
            wanted.extend(claims::wanted(db, child).expect("the store").into_iter().filter_map(|one| one.target));
            behind = Some(child);
        }
        wanted
    };
    assert_eq!(wanted(&log.db), [target(0), target(1)], "what was returned may be taken up again, and is not here");
    log.happens(Happens::Claim { action: Action::Take, works: vec![1], child: 1 }, 6);
    assert_eq!(wanted(&log.db), [target(0)], "what was taken over is on its way");
    let listed = claims::listed(&log.db, None).expect("the store");
    assert_eq!(listed.iter().map(|aside| aside.notice.target).collect::<Vec<_>>(), [Some(target(2))]);
    assert_eq!(listed[0].claim.as_ref().map(|decision| decision.claim.action), Some(Action::Return));
    let author = DeviceId::new([8; 16]);
    let since = |minutes: i64| claims::sent_back(&log.db, author, START.plus_s(60 * minutes)).expect("the store");
    assert_eq!(since(5).into_iter().collect::<Vec<_>>(), [target(0).record, target(2).record]);
    assert!(since(6).is_empty(), "that was before");
    assert_eq!(claims::last_told(&log.db, author).expect("the store"), Some(START.plus_s(180)));
    assert_eq!(claims::numbers(&log.db, (author, Branch([2; 8])), (0, 3)).expect("the store"), [1, 2]);
    log.take(&work(2), 7);
    assert!(claims::listed(&log.db, None).expect("the store").is_empty(), "in the log it needs nobody's decision");
    assert!(claims::given(&log.db, &target(2).digest).expect("the store").is_none(), "and what was given of it goes");
}

#[test]
fn nobody_is_asked_about_by_walking_through_all() {
    let log = Log::new();
    let queries = [
        super::kept::NEXT,
        super::kept::WANTED,
        super::kept::LISTED,
        super::kept::COUNTED,
        super::kept::TOLD,
        super::kept::NUMBERS,
        super::line::ABOUT,
        super::SENT_BACK,
    ];
    for sql in queries {
        let mut plan = log.db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).expect("a query");
        let none = vec![Value::Null; plan.parameter_count()];
        let steps = plan.query_map(rusqlite::params_from_iter(none), |row| row.get::<_, String>(3)).expect("a plan");
        for step in steps {
            let step = step.expect("a step");
            let walks = step.starts_with("SCAN") || step.contains("TEMP B-TREE FOR ORDER");
            assert!(!walks, "{step}\n{sql}");
        }
    }
    let planned = |sql: &str| log.rows(&format!("EXPLAIN QUERY PLAN {sql}"));
    let next = format!("{:?}", planned(&super::kept::NEXT.replace("?1", "x''")));
    assert!(next.contains("kept_wanted"), "the index of what is wanted: {next}");
    let listed = super::kept::LISTED.replace("?1", "x''").replace("?2", "x'ff'");
    let listed = format!("{:?}", planned(&listed));
    assert!(listed.contains("kept_listed"), "the index of what is here: {listed}");
}
