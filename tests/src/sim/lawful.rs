//! What people take away on purpose: a lost computer that was stopped is given and shows nothing more, a
//! child that was erased is nowhere. It must not change anything but by asking.

use domain::fault::Code;
use domain::id::ChildId;
use domain::roster::Row;
use serde_json::json;
use sync::item::Item;

use super::Run;
use super::check::{Broken, broken};

/// (2) Whatever a stopped computer asks, nothing that others wrote comes to it.
pub(super) fn given_nothing(run: &mut Run) -> Result<(), Broken> {
    for seat in 0..run.world.seats.len() {
        if run.world.works(seat) || run.world.seats[seat].client.is_none() {
            continue;
        }
        let before = of_others(run, seat);
        run.world.sync(seat);
        if of_others(run, seat) > before {
            return broken(2, format!("{} was stopped and is given more", run.world.seats[seat].name));
        }
    }
    Ok(())
}

fn of_others(run: &Run, seat: usize) -> u32 {
    let client = run.world.seats[seat].client.as_ref().expect("awake");
    let count =
        client.with_db(|db| db.query_row("SELECT count(*) FROM item WHERE batch IS NULL", [], |row| row.get(0)));
    count.expect("unlocked").expect("a count")
}

/// (2) Once it has heard, a stopped computer shows nothing; and no old backup sets it to work again.
pub(super) fn shut(run: &mut Run) -> Result<(), Broken> {
    for seat in run.model.stopped.clone() {
        let name = run.world.seats[seat].name.clone();
        if run.world.works(seat) {
            let chains = run.world.chains();
            return broken(2, format!("{name} (seat {seat}) was stopped and works again\n{chains}"));
        }
        for call in ["children.list", "children.names", "visits.list", "draft.list", "held.list"] {
            let shown = run.world.call(seat, call, &json!({ "child": run.model.children[0] }));
            if shown.as_ref().err().map(|fault| fault.code) != Some(Code::Revoked) {
                return broken(2, format!("{name} was stopped and shows {call}: {shown:?}"));
            }
        }
    }
    Ok(())
}

/// An old backup may not know of an erasure: every desk that heard of it has brought it back by now.
/// Those that no desk had heard of.
pub(super) fn unheard(run: &Run) -> Result<Vec<ChildId>, Broken> {
    let children = &run.world.server.roster().children;
    let back = run.model.erased.iter().filter(|child| !children.get(child).is_some_and(|seat| seat.erased));
    let back: Vec<ChildId> = back.copied().collect();
    for seat in (0..run.world.seats.len()).filter(|seat| run.world.works(*seat)) {
        if let Some(child) = back.iter().find(|child| heard(run, seat, **child)) {
            return broken(2, format!("{} knows that {child} was erased, the district does not", seat));
        }
    }
    Ok(back)
}

fn heard(run: &Run, seat: usize, child: ChildId) -> bool {
    rows_about(run, seat, child).contains(&Row::Erase { child })
}

/// Whether the only thing a desk was told of a child is that it was erased.
pub(super) fn only_erased(run: &Run, seat: usize, child: ChildId) -> bool {
    rows_about(run, seat, child).iter().all(|row| *row == Row::Erase { child })
}

fn rows_about(run: &Run, seat: usize, child: ChildId) -> Vec<Row> {
    let client = run.world.seats[seat].client.as_ref().expect("awake");
    let rows = client.with_db(|db| {
        let mut query = db.prepare("SELECT bytes FROM item WHERE kind = 2 AND child = ?")?;
        query.query_map([child.as_bytes()], |row| row.get(0))?.collect::<Result<Vec<Vec<u8>>, _>>()
    });
    let items = rows.expect("unlocked").expect("rows").into_iter().filter_map(|bytes| Item::decode(&bytes).ok());
    items.into_iter().filter_map(|item| minicbor::decode::<Row>(&item.body).ok()).collect()
}

/// (2) An erased child, and no other, is gone: the server can read nothing of it and takes nothing, and
/// no word written about it is found at any desk that works.
pub(super) fn gone(run: &mut Run) -> Result<(), Broken> {
    let children = &run.world.server.roster().children;
    let erased: Vec<ChildId> = children.iter().filter(|(_, seat)| seat.erased).map(|(child, _)| *child).collect();
    for child in &erased {
        let read = run.world.server.readable_of(*child).expect("the store answers");
        let taken = run.world.server.accepted_after_erasure(*child).expect("the store answers");
        if !run.model.is_erased(*child) || read + taken > 0 {
            return broken(2, format!("{child} is erased: {read} items can be read, {taken} were taken later"));
        }
    }
    let notes = run.model.notes.iter().filter(|note| erased.contains(&note.child));
    // What was begun about two stays with the other.
    let begun = run.model.drafts.iter().filter(|draft| draft.children.iter().all(|child| erased.contains(child)));
    let words = notes.map(|note| note.text.as_str()).chain(begun.map(|draft| draft.text.as_str()));
    let words: Vec<&str> = words.collect();
    for seat in (0..run.world.seats.len()).filter(|seat| run.world.works(*seat)) {
        if let Some((word, table)) = found(run, seat, &words) {
            return broken(2, format!("{word} is in {table} of {}", run.world.seats[seat].name));
        }
    }
    Ok(())
}

/// The first of the words that stands anywhere in a desk's store, and in which table.
fn found(run: &Run, seat: usize, words: &[&str]) -> Option<(String, String)> {
    let client = run.world.seats[seat].client.as_ref().expect("awake");
    let found = client.with_db(|db| -> rusqlite::Result<Option<(String, String)>> {
        let columns = "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table'";
        let mut query = db.prepare(columns)?;
        let columns = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let columns = columns.collect::<Result<Vec<(String, String)>, _>>()?;
        for (table, column) in columns {
            let sql = format!("SELECT 1 FROM \"{table}\" WHERE instr(CAST(\"{column}\" AS BLOB), CAST(? AS BLOB))");
            let mut query = db.prepare(&sql)?;
            for word in words {
                if query.exists([word])? {
                    return Ok(Some((word.to_string(), table)));
                }
            }
        }
        Ok(None)
    });
    found.expect("unlocked").expect("every table is looked through")
}
