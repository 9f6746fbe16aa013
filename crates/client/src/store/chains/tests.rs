//! However envelopes come and go, the gaps and ends of their chains are those of the envelopes here,
//! and asking for them walks through no envelopes. Test code only.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use rusqlite::{Connection, params};

use super::{GAPS, NEWEST, gaps, newest, rebuild};
use crate::store::migrations;

fn store() -> Connection {
    let mut db = Connection::open_in_memory().expect("a store");
    migrations().to_latest(&mut db).expect("migrates");
    db
}

/// An envelope comes, or own ones that nobody received go.
#[derive(Clone, Debug)]
enum Happens {
    Comes { chain: u8, seq: u32 },
    Go { chain: u8, above: u32 },
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        5 => (0u8..3, 1u32..12).prop_map(|(chain, seq)| Happens::Comes { chain, seq }),
        1 => (0u8..3, 0u32..12).prop_map(|(chain, above)| Happens::Go { chain, above }),
    ]
}

/// Numbers of each chain that are here.
type Here = BTreeMap<u8, BTreeSet<u32>>;

fn expected(here: &Here) -> (Vec<(u32, u32)>, Vec<u32>) {
    let mut gaps = Vec::new();
    for numbers in here.values() {
        let befores = std::iter::once(&0).chain(numbers);
        gaps.extend(befores.zip(numbers).filter(|(before, seq)| *before + 1 < **seq).map(|(b, s)| (*b, *s)));
    }
    (gaps, here.values().filter_map(|numbers| numbers.last().copied()).collect())
}

/// The head of these envelopes says only which number it is.
fn kept(db: &Connection) -> (Vec<(u32, u32)>, Vec<u32>) {
    let gaps = gaps(db).expect("the store");
    assert!(gaps.iter().all(|gap| gap.head == gap.seq.to_be_bytes()), "{gaps:?}");
    let ends = newest(db).expect("the store").into_iter().map(|head| u32::from_be_bytes(head.try_into().expect("4")));
    (gaps.iter().map(|gap| (gap.before, gap.seq)).collect(), ends.collect())
}

proptest! {
    #[test]
    fn gaps_and_ends_are_those_of_the_envelopes_here(all in prop::collection::vec(happens(), 1..40)) {
        let db = store();
        let mut here = Here::new();
        for (n, one) in all.iter().enumerate() {
            match one {
                Happens::Comes { chain, seq } => {
                    let sql = "INSERT INTO envelope (id, device, branch, seq, head, own) VALUES (?, ?, x'00', ?, ?, 0)";
                    let id = u32::try_from(n).expect("few").to_be_bytes();
                    db.execute(sql, params![id, [*chain], seq, seq.to_be_bytes()]).expect("kept");
                    here.entry(*chain).or_default().insert(*seq);
                }
                Happens::Go { chain, above } => {
                    let sql = "DELETE FROM envelope WHERE device = ? AND seq > ?";
                    db.execute(sql, params![[*chain], above]).expect("gone");
                    here.entry(*chain).or_default().retain(|seq| seq <= above);
                }
            }
            prop_assert_eq!(kept(&db), expected(&here));
        }
        let before = kept(&db);
        rebuild(&db).expect("the store");
        prop_assert_eq!(kept(&db), before);
    }
}

#[test]
fn neither_a_day_s_end_nor_a_new_envelope_walks_through_the_others() {
    let db = store();
    let come = "SELECT * FROM follows_gap WHERE device = x'01' AND branch = x'00' AND seq IN (3,
        (SELECT min(seq) FROM envelope WHERE device = x'01' AND branch = x'00' AND seq > 3))";
    for sql in [GAPS, NEWEST, come] {
        let mut plan = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).expect("a query");
        let steps = plan.query_map([], |row| row.get::<_, String>(3)).expect("a plan");
        for step in steps {
            let step = step.expect("a step");
            assert!(!step.contains("SCAN e") && !step.contains("TEMP B-TREE FOR ORDER"), "{step}\n{sql}");
        }
    }
}
