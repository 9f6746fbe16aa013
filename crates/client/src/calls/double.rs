//! Files that may be of one child. A person decides; joining them comes with a later issue.

use domain::child::{Identity, Same, same};
use domain::fault::Fault;
use domain::id::ChildId;
use domain::moment::Moment;
use serde::Serialize;

use super::card::{self, Card};
use super::me::Nothing;
use super::{child_id, rows};
use crate::desk::Desk;

/// Two files that may be of one child.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Pair {
    first: Card,
    second: Card,
    why: Same,
}

/// Answers `doubles.list`.
pub(crate) fn list(desk: &Desk, m: &Moment, _: Nothing) -> Result<Vec<Pair>, Fault> {
    let known = identities(desk)?;
    let joined = |child: &ChildId| desk.roster.children.get(child).is_some_and(|seat| seat.alias.is_some());
    let mut pairs = Vec::new();
    for (n, (first, a)) in known.iter().enumerate() {
        for (second, b) in &known[n + 1..] {
            let Some(why) = same(a, b).filter(|_| !joined(first) && !joined(second)) else { continue };
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
