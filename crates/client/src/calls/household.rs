//! Children at one address: brothers and sisters one visit may be about. A person decides who was
//! there; this only offers.

use domain::fault::Fault;
use domain::moment::Moment;
use rusqlite::params;

use super::card::{self, Card};
use super::child::Which;
use super::{child_id, rows, seen};
use crate::desk::Desk;

/// Shortest address that tells two households apart, in characters: below it is a village's name.
const ADDRESS_CHARS_MIN: usize = 8;
/// More than this is no household but an institution.
const HOUSEHOLD_MAX: usize = 8;

/// Answers `children.household`: the other children with the same address, by name.
pub(crate) fn household(desk: &Desk, m: &Moment, which: Which) -> Result<Vec<Card>, Fault> {
    seen(desk, m, which.child)?;
    let own = "SELECT needles FROM child_card WHERE child = ?1";
    let needles = rows(&desk.db, own, params![which.child.as_bytes()], |row| row.get::<_, String>(0))?;
    let lines = needles.iter().flat_map(|needles| needles.lines());
    let addresses = lines.filter(|line| line.starts_with('a') && line.chars().count() > ADDRESS_CHARS_MIN);
    let mut cards: Vec<Card> = Vec::new();
    for address in addresses {
        let same = "SELECT child FROM child_card WHERE child <> ?1 AND instr(char(10) || needles, ?2) > 0
            AND child NOT IN (SELECT child FROM hidden) ORDER BY sorted, child";
        let line = format!("\n{address}\n");
        for child in rows(&desk.db, same, params![which.child.as_bytes(), line], |row| child_id(row, 0))? {
            if !cards.iter().any(|card| card.child == child) {
                cards.extend(card::one(desk, m, child)?.filter(|card| card.closed.is_none()));
            }
        }
    }
    cards.truncate(if cards.len() > HOUSEHOLD_MAX { 0 } else { HOUSEHOLD_MAX });
    Ok(cards)
}
