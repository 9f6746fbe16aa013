//! The invariants of DESIGN §8, as far as one thread can see them. It must not change anything
//! but by asking.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::ChildId;
use serde_json::{Value, json};

use super::model::{Change, Note, Photo};
use super::{Run, lawful};

/// An invariant that did not hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Broken {
    /// Its number in DESIGN §8.
    pub invariant: u8,
    /// What was seen.
    pub what: String,
    /// What had happened until then.
    pub trace: Vec<String>,
}

pub(super) fn broken<T>(invariant: u8, what: impl Into<String>) -> Result<T, Broken> {
    Err(Broken { invariant, what: what.into(), trace: Vec::new() })
}

/// (2) At any time: the server gives a desk nothing of a child it may not see; what a desk shows
/// after a sync is its scope. Checked on what the last answer could have brought.
pub(super) fn scope(run: &mut Run) -> Result<(), Broken> {
    for seat in 0..run.world.seats.len() {
        let Some(client) = &run.world.seats[seat].client else { continue };
        let known = client.with_db(|db| {
            let mut query = db.prepare("SELECT DISTINCT child, kind = 2 FROM item WHERE child IS NOT NULL")?;
            query.query_map([], |row| Ok((row.get::<_, [u8; 16]>(0)?, row.get(1)?)))?.collect::<Result<Vec<_>, _>>()
        });
        let Some(Ok(known)) = known else { continue };
        let ever = run.world.ever_in_scope(seat);
        for (child, row) in known.into_iter().map(|(child, row): (_, bool)| (ChildId::new(child), row)) {
            // That a child is erased every device is told, by a number that says nothing, and nothing else of it.
            if !(ever.contains(&child) || row && lawful::only_erased(run, seat, child)) {
                return broken(2, format!("{} holds {child}, never hers", run.world.seats[seat].name));
            }
        }
    }
    Ok(())
}

/// All that must hold once everybody is up to date.
pub(super) fn everything(run: &mut Run) -> Result<(), Broken> {
    drained(run)?;
    holdings(run)?;
    acknowledged(run)?;
    converged(run)?;
    rebuilt(run)?;
    drafts(run)?;
    proof(run)?;
    held(run)?;
    lawful::shut(run)?;
    lawful::gone(run)
}

/// (4) Nothing waits to be sent.
fn drained(run: &mut Run) -> Result<(), Broken> {
    for seat in 0..run.world.seats.len() {
        let state = run.world.ok(seat, "sync.state", json!({}));
        if run.world.unsent(seat) != 0 || state["restoring"] == true {
            let chains = run.world.chains();
            return broken(4, format!("{} still waits: {state}\n{chains}", run.world.seats[seat].name));
        }
    }
    Ok(())
}

/// (2) A desk holds what is in its scope now, and nothing else. The disk of a stopped one is out of reach.
fn holdings(run: &mut Run) -> Result<(), Broken> {
    for seat in (0..run.world.seats.len()).filter(|seat| run.world.works(*seat)).collect::<Vec<_>>() {
        let scope = run.world.scope(seat);
        let client = run.world.seats[seat].client.as_ref().expect("awake");
        // Roster rows say where a child went; they are no content.
        let item = "item WHERE kind <> 2 AND child IS NOT NULL";
        let tables = ["record", "child_card", "visit_card", "remark_card", "alarm_card", "differing", "file"];
        let tables = tables.map(|table| format!("{table} WHERE child IS NOT NULL"));
        // Own pieces that no backup holds stay; the key they are under is gone with the manifest.
        let piece = "piece WHERE away IS NULL AND child IS NOT NULL";
        for table in tables.iter().map(String::as_str).chain([item, piece]) {
            let held = client.with_db(|db| {
                let mut query = db.prepare(&format!("SELECT DISTINCT child FROM {table}"))?;
                query.query_map([], |row| row.get::<_, [u8; 16]>(0))?.collect::<Result<Vec<_>, _>>()
            });
            let held = held.expect("unlocked").expect("the table is there");
            let left: Vec<ChildId> = held.into_iter().map(ChildId::new).filter(|c| !scope.contains(c)).collect();
            if !left.is_empty() {
                let posts = run.world.posts(seat);
                return broken(2, format!("{} still holds {left:?} in {table}: {posts}", run.world.seats[seat].name));
            }
        }
        let listed = run.world.ok(seat, "children.list", json!({}));
        if listed["total"] != scope.len() {
            let name = &run.world.seats[seat].name;
            return broken(1, format!("{name} sees {} of {} children", listed["total"], scope.len()));
        }
    }
    Ok(())
}

/// (1) and (7) Acknowledged work is in every replica that may see it, or kept and named by the
/// server with its reason. An erasure is the one lawful exception.
fn acknowledged(run: &mut Run) -> Result<(), Broken> {
    let model = run.model.without_erased();
    for note in &model.notes {
        found_note(run, note)?;
    }
    for change in &model.changes {
        found_change(run, change)?;
    }
    found_photos(run)
}

/// Every photograph is with everybody who may see its note: known and small at once, whole when
/// asked for.
fn found_photos(run: &mut Run) -> Result<(), Broken> {
    let photos = run.model.without_erased().photos;
    // What is asked for comes with the next sync; what was tried in vain is asked for again later.
    let mut asked = BTreeSet::new();
    for ask in [true, false] {
        for photo in &photos {
            for seat in 0..run.world.seats.len() {
                if !run.world.scope(seat).contains(&photo.child) || run.world.kept_aside(photo.visit) {
                    continue;
                }
                // A post may begin in the hour between: then nobody asked here yet.
                if !ask && !asked.contains(&(seat, photo.visit)) {
                    continue;
                }
                asked.insert((seat, photo.visit));
                let files = run.world.ok(seat, "file.of", json!({ "about": photo.visit }));
                let which = json!({ "file": files[0]["file"] });
                if !ask || files[0].is_null() {
                    found_photo(run, seat, photo, &files[0])?;
                } else {
                    run.world.ok(seat, "file.open", which);
                }
            }
        }
        run.world.pass_s(3600);
        run.world.settle();
    }
    Ok(())
}

fn found_photo(run: &mut Run, seat: usize, photo: &Photo, line: &Value) -> Result<(), Broken> {
    let manifest = line["file"].as_str().and_then(|id| id.parse().ok());
    if manifest.is_some_and(|file| run.world.kept_aside(file)) {
        return Ok(());
    }
    let name = run.world.seats[seat].name.clone();
    let told = |what: &str| format!("photograph of {} by seat {}, {what} at {name}: {line}", photo.visit, photo.seat);
    if line.is_null() {
        return broken(1, format!("{}\n{}", told("is unknown"), run.world.chains()));
    }
    let opened = run.world.ok(seat, "file.open", json!({ "file": line["file"] }));
    let thumb = run.world.ok(seat, "file.thumb", json!({ "file": line["file"] }));
    if opened["data"] != photo.data || thumb["data"].is_null() {
        return broken(1, told("is not whole"));
    }
    Ok(())
}

fn found_note(run: &mut Run, note: &Note) -> Result<(), Broken> {
    if run.world.kept_aside(note.visit) {
        run.trace.held += 1;
        return Ok(());
    }
    for seat in 0..run.world.seats.len() {
        if !run.world.scope(seat).contains(&note.child) {
            continue;
        }
        let opened = run.world.call(seat, "visit.open", &json!({ "visit": note.visit })).unwrap_or_default();
        if !opened.to_string().contains(&note.text) {
            let name = &run.world.seats[seat].name;
            let name = name.clone();
            let stands = run.world.server.standings_of(note.visit);
            let chains = run.world.chains();
            return broken(
                1,
                format!("note {} of seat {} is not at {name}: {stands:?}\n{chains}", note.visit, note.seat),
            );
        }
    }
    Ok(())
}

fn found_change(run: &mut Run, change: &Change) -> Result<(), Broken> {
    if run.world.held_from(change.seat, change.child) {
        run.trace.held += 1;
        return Ok(());
    }
    for seat in 0..run.world.seats.len() {
        if !run.world.scope(seat).contains(&change.child) {
            continue;
        }
        let history = run.world.ok(seat, "child.history", json!({ "child": change.child }));
        let said = history.as_array().into_iter().flatten().filter(|line| line["key"] == change.key);
        let tail: String = change.value.chars().skip(change.value.chars().count().saturating_sub(4)).collect();
        if !said.map(|line| line["after"].to_string()).any(|after| after.contains(&tail)) {
            let name = &run.world.seats[seat].name;
            return broken(1, format!("{} of seat {} is not in the history at {name}", change.value, change.seat));
        }
    }
    Ok(())
}

/// (3) Where two desks hold the same record, it is the same.
fn converged(run: &mut Run) -> Result<(), Broken> {
    let mut views: BTreeMap<ChildId, (String, String)> = BTreeMap::new();
    for seat in 0..run.world.seats.len() {
        for child in run.world.scope(seat) {
            let opened = run.world.ok(seat, "child.open", json!({ "child": child }));
            let view = facts(&opened);
            let name = run.world.seats[seat].name.clone();
            let (other, first) = views.entry(child).or_insert_with(|| (name.clone(), view.clone()));
            if *first != view {
                let apart: Vec<String> = first
                    .lines()
                    .zip(view.lines())
                    .filter(|(one, two)| one != two)
                    .map(|(one, two)| format!("{one}\n{two}"))
                    .collect();
                let what = format!("{child} at {other} and {name}:\n{}\n{}", apart.join("\n"), run.world.chains());
                return broken(3, what);
            }
        }
    }
    Ok(())
}

/// What a file says, whoever looks: a line a field.
fn facts(opened: &Value) -> String {
    let mut sections = opened["sections"].clone();
    strip(&mut sections);
    let fields = sections.as_array().into_iter().flatten().flat_map(|s| s["fields"].as_array().cloned());
    // What is computed from visits may count an own note that the gate keeps aside.
    let written = fields.flatten().filter(|f| f["computed"] == false);
    written.map(|f| format!("{} {} {} {}\n", f["key"], f["cell"], f["members"], f["rows"])).collect()
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.remove("own");
            map.values_mut().for_each(strip);
        }
        Value::Array(list) => list.iter_mut().for_each(strip),
        _ => {}
    }
}

/// (8) Caches rebuilt from the log equal the caches.
fn rebuilt(run: &mut Run) -> Result<(), Broken> {
    for seat in 0..run.world.seats.len() {
        if !run.world.rebuilt_equals(seat) {
            return broken(8, format!("{}'s caches are not what its log says", run.world.seats[seat].name));
        }
    }
    Ok(())
}

/// A draft that was saved and not finished is still there, word for word; of a child that went to
/// somebody else, the district keeps it as it was, and nobody sees a visit in it.
fn drafts(run: &mut Run) -> Result<(), Broken> {
    for draft in run.model.without_erased().drafts {
        let kept = run.world.call(draft.seat, "draft.open", &json!({ "draft": draft.visit }));
        let here = |child: &ChildId| {
            let open = kept.as_ref().ok().filter(|open| open.to_string().contains(&draft.text));
            open.is_some_and(|open| open["children"].as_array().is_some_and(|all| all.contains(&json!(child))))
        };
        for child in draft.children.iter().filter(|child| !here(child)) {
            if !run.world.server.says(*child, &draft.text).expect("the store answers") {
                let chains = run.world.chains();
                return broken(1, format!("draft {} of {child} seat {}: {kept:?}\n{chains}", draft.visit, draft.seat));
            }
        }
        for seat in (0..run.world.seats.len()).filter(|seat| run.world.works(*seat)).collect::<Vec<_>>() {
            for child in run.world.scope(seat).into_iter().filter(|child| draft.children.contains(child)) {
                let visits = run.world.ok(seat, "visits.list", json!({ "child": child }));
                if visits.to_string().contains(&draft.text) {
                    let name = run.world.seats[seat].name.clone();
                    return broken(1, format!("draft {} became a visit of {child} at {name}: {visits}", draft.visit));
                }
            }
        }
    }
    Ok(())
}

/// The station's proof: no number is missing in any chain.
fn proof(run: &mut Run) -> Result<(), Broken> {
    for seat in 0..run.world.seats.len() {
        if !run.world.is_station(seat) {
            continue;
        }
        let end = run.world.ok(seat, "dayend", json!({}));
        let lines = end["directors"].as_array().cloned().unwrap_or_default();
        for line in lines {
            let missing = line["missing"].as_array().map_or(0, Vec::len) as u64;
            if missing + line["missing_earlier"].as_u64().unwrap_or(0) > 0 {
                let chains = run.world.chains();
                return broken(1, format!("{} sees numbers missing: {line}\n{chains}", run.world.seats[seat].name));
            }
        }
    }
    Ok(())
}

/// How a line of held work says that it only waits for another.
const BEHIND: &str = "它接着写的前一条还没有收到。";

/// What came is in the log or held, and all that is held of its children stands on a station's list:
/// open, sent back or only kept.
fn held(run: &mut Run) -> Result<(), Broken> {
    let [fresh, ..] = run.world.server.standings().expect("the store answers");
    if fresh > 0 {
        return broken(7, format!("{fresh} items are not judged"));
    }
    for seat in (0..run.world.seats.len()).filter(|seat| run.world.is_station(*seat)).collect::<Vec<_>>() {
        let listed = run.world.ok(seat, "held.list", json!({}));
        for child in run.world.scope(seat) {
            let lines = listed.as_array().into_iter().flatten().filter(|line| line["child"] == json!(child));
            // What waits for one that is held stands there too, and says so, unless its author made it anew.
            let (behind, held): (Vec<&Value>, Vec<&Value>) = lines.partition(|line| line["why"]["text"] == BEHIND);
            let count = |lines: Vec<&Value>| lines.iter().filter_map(|line| line["items"].as_u64()).sum::<u64>();
            let (behind, shown) = (count(behind), count(held));
            let kept = run.world.server.held_of(child).expect("the store answers");
            let waiting = run.world.server.waiting_of(child).expect("the store answers");
            if shown != kept as u64 || behind > waiting as u64 {
                let name = run.world.seats[seat].name.clone();
                let what = format!(
                    "{kept} items of {child} are held, {shown} listed at {name}: {listed}\n{}",
                    run.world.chains()
                );
                return broken(7, what);
            }
        }
    }
    Ok(())
}
