//! Files that may be of one child. A person decides; joining them comes with a later issue.
//!
//! That two files are of two children (不是同一个孩子) is remembered on this device only: no record
//! belongs to two children, and the roster's alias row can say "joined" and "no longer joined" but
//! not that somebody looked and they never were one.

use std::collections::BTreeSet;

use domain::child::{Identity, Same, same};
use domain::fault::{Code, Fault};
use domain::id::ChildId;
use domain::moment::Moment;
use serde::{Deserialize, Serialize};

use super::card::{self, Card};
use super::me::Nothing;
use super::{Acted, child_id, rows, seen, setting};
use crate::desk::Desk;
use crate::tag::Tag;

/// Two files that may be of one child.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Pair {
    first: Card,
    second: Card,
    why: Same,
}

/// Two files somebody looked at.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "ApartPair"))]
pub(crate) struct Apart {
    first: ChildId,
    second: ChildId,
    /// They are of two children; `false` takes it back.
    apart: bool,
}

/// The setting that remembers them: pairs of ids, the newest last.
const SETTING: &str = "doubles.apart";
/// Most pairs remembered; an older one is offered again.
const PAIRS_MAX: usize = 800;

type Two = [ChildId; 2];

/// Does `doubles.apart`.
pub(crate) fn apart(desk: &mut Desk, m: &mut Moment, args: Apart) -> Acted<Nothing> {
    if args.first == args.second {
        return Err(Code::BadCall.into());
    }
    seen(desk, m, args.first)?;
    seen(desk, m, args.second)?;
    let pair = sorted(args.first, args.second);
    let mut pairs = known_apart(desk)?;
    pairs.retain(|known| *known != pair);
    if args.apart {
        pairs.push(pair);
    }
    let older = pairs.len().saturating_sub(PAIRS_MAX);
    let value = serde_json::to_value(&pairs[older..]).map_err(|_| Code::Bug)?;
    setting::keep(desk, SETTING, &value)?;
    Ok((Nothing {}, vec![Tag::Settings]))
}

fn sorted(first: ChildId, second: ChildId) -> Two {
    if first < second { [first, second] } else { [second, first] }
}

fn known_apart(desk: &Desk) -> Result<Vec<Two>, Fault> {
    let kept = setting::all(desk)?.remove(SETTING).and_then(|value| serde_json::from_value(value).ok());
    Ok(kept.unwrap_or_default())
}

/// Answers `doubles.list`: without those somebody said are two children.
pub(crate) fn list(desk: &Desk, m: &Moment, _: Nothing) -> Result<Vec<Pair>, Fault> {
    let known = identities(desk)?;
    let apart: BTreeSet<Two> = known_apart(desk)?.into_iter().collect();
    let joined = |child: &ChildId| desk.roster.children.get(child).is_some_and(|seat| seat.alias.is_some());
    let mut pairs = Vec::new();
    for (n, (first, a)) in known.iter().enumerate() {
        for (second, b) in &known[n + 1..] {
            let one = |_: &Same| !joined(first) && !joined(second) && !apart.contains(&sorted(*first, *second));
            let Some(why) = same(a, b).filter(one) else { continue };
            let cards = (card::one(desk, m, *first)?, card::one(desk, m, *second)?);
            if let (Some(first), Some(second)) = cards {
                pairs.push(Pair { first, second, why });
            }
        }
    }
    Ok(pairs)
}

/// Files here that may be of the same child as this one.
pub(super) fn like(desk: &Desk, m: &Moment, of: &Identity) -> Result<Vec<Card>, Fault> {
    let mut cards = Vec::new();
    for (child, identity) in identities(desk)? {
        if same(of, &identity).is_some() {
            cards.extend(card::one(desk, m, child)?);
        }
    }
    Ok(cards)
}

fn identities(desk: &Desk) -> Result<Vec<(ChildId, Identity)>, Fault> {
    let sql = "SELECT child, id_no, name, birth FROM child_card
        WHERE child NOT IN (SELECT child FROM hidden) ORDER BY child";
    rows(&desk.db, sql, [], |row| {
        let columns = [("id_no", 1), ("name", 2), ("birth", 3)];
        let mut values = std::collections::BTreeMap::new();
        for (key, column) in columns {
            if let Some(text) = row.get::<_, Option<String>>(column)? {
                values.insert(key.to_owned(), domain::value::Value::Text(text));
            }
        }
        Ok((child_id(row, 0)?, Identity::of(&values)))
    })
}
