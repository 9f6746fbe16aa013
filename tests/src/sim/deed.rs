//! What people, lines and machines do in the simulator. It must not check anything.

use domain::fault::{Code, Fault};
use domain::id::{ChildId, RecordId};
use domain::post::Role;
use domain::roster::Row;
use serde_json::{Value, json};

use super::Run;
use super::model::{Begun, Change, Note, Photo};
use crate::photo;
use crate::world::Weather;

const FIELDS: &[&str] = &["phone_child", "school_name", "live_addr", "grade_class", "wx_contact"];
const WORDS: &[&str] = &["家中整洁", "外婆照护", "情绪稳定", "作业按时", "父亲来过电话", "饮食正常", "想念妈妈"];

/// One deed, by weight.
pub(super) fn one(run: &mut Run) {
    let seat = run.dice.below(run.world.seats.len());
    if run.world.seats[seat].client.is_none() {
        run.trace.lines.push(format!("{seat} wakes"));
        return run.world.wake(seat);
    }
    match run.dice.below(100) {
        0..18 => note(run, seat),
        18..22 => photo(run, seat),
        22..42 => edit(run, seat),
        42..47 => draft(run, seat),
        47..68 => sync(run, seat),
        68..76 => run.world.gate(),
        76..82 => crash(run, seat),
        82..86 => hand_over(run),
        86..90 => pass(run, seat),
        90..93 => backup(run),
        93..95 => restore(run),
        95..97 => run.world.restart_server(),
        _ => choose(run, seat),
    }
}

/// One deed after all that: now and then a computer is lost or a child is erased.
pub(super) fn rare(run: &mut Run) {
    match run.dice.below(12) {
        0 => stop(run),
        1 => erase(run),
        _ => one(run),
    }
}

fn seen(run: &mut Run, seat: usize) -> Vec<(ChildId, String)> {
    let listed = run.world.call(seat, "children.list", &json!({})).unwrap_or_default();
    let cards = listed["cards"].as_array().cloned().unwrap_or_default();
    let card = |card: &Value| Some((card["child"].as_str()?.parse().ok()?, card["name"].as_str()?.to_owned()));
    cards.iter().filter_map(card).collect()
}

fn one_seen(run: &mut Run, seat: usize) -> Option<ChildId> {
    let seen = seen(run, seat);
    let at = run.dice.below(seen.len());
    seen.get(at).map(|(child, _)| *child)
}

fn words(run: &mut Run) -> String {
    let n = run.dice.number();
    let chosen: Vec<&str> = (0..4).map(|_| run.dice.pick(WORDS)).collect();
    format!("{}，记录号{n}。", chosen.join("，"))
}

/// A complete note about a visit yesterday, by the desk's own clock.
fn values(run: &mut Run, seat: usize, text: &str) -> Value {
    let at = domain::day::Day::of(run.world.moment_at(seat).now).plus(-1);
    let mut values = json!({
        "visit_at": format!("{at}T00:10:00+08:00"), "mode": "1", "purpose/1": true, "met_child": true,
        "met_guardian": true, "note": text, "risk_hint": "1", "next_visit": at.plus(14).to_string(), "source": "1",
    });
    for aspect in ["living", "guard", "health", "study", "psych", "safety", "social"] {
        values[aspect] = json!("1");
    }
    values
}

fn note(run: &mut Run, seat: usize) {
    let Some(child) = one_seen(run, seat) else { return };
    let text = words(run);
    let mut values = values(run, seat, &text);
    values[format!("visitors/{}", run.world.seats[seat].post)] = json!(true);
    // Every sixth tells of a danger: a copy of the dice says which.
    if run.dice.clone().below(6) == 0 {
        values["safety"] = json!("4");
        values["safety_note"] = json!("独自在家。");
        values["report_needed"] = json!(false);
    }
    let args = json!({ "children": [child], "values": values });
    let done = match run.world.call(seat, "visit.complete", &args) {
        Ok(done) => done,
        Err(fault) => return run.trace.lines.push(format!("{seat} cannot finish a note: {:?}", fault.code)),
    };
    let Some(visit) = done["records"][0]["visit"].as_str().and_then(|id| id.parse::<RecordId>().ok()) else {
        panic!("a note with everything in it is finished: {done}");
    };
    run.trace.notes += 1;
    run.trace.lines.push(format!("{seat} finishes {visit}"));
    run.model.notes.push(Note { visit, child, seat, text });
}

/// A note with a photograph, put into its draft first.
fn photo(run: &mut Run, seat: usize) {
    let Some(child) = one_seen(run, seat) else { return };
    let text = words(run);
    let mut values = values(run, seat, &text);
    values[format!("visitors/{}", run.world.seats[seat].post)] = json!(true);
    let raw = photo::glimpse(u32::try_from(run.dice.below(1 << 16)).unwrap_or(0));
    match finished_with(run, seat, child, &values, &raw) {
        Ok((visit, data)) => {
            run.trace.photos += 1;
            run.trace.lines.push(format!("{seat} finishes {visit} with a photograph"));
            run.model.notes.push(Note { visit, child, seat, text });
            run.model.photos.push(Photo { visit, child, seat, data });
        }
        Err(fault) => run.trace.lines.push(format!("{seat} cannot put a photograph: {:?}", fault.code)),
    }
}

fn finished_with(
    run: &mut Run,
    seat: usize,
    child: ChildId,
    values: &Value,
    raw: &str,
) -> Result<(RecordId, String), Fault> {
    let begun = run.world.call(seat, "draft.save", &json!({ "children": [child], "values": values }))?;
    let add = json!({ "draft": begun["draft"], "field": "attach", "name": "院子.jpg", "data": raw });
    let line = run.world.call(seat, "file.add", &add)?;
    let opened = run.world.call(seat, "file.open", &json!({ "file": line["file"] }))?;
    let done = run.world.call(seat, "visit.complete", &json!({ "draft": begun["draft"] }))?;
    let visit = done["records"][0]["visit"].as_str().and_then(|id| id.parse().ok()).expect("a whole note is finished");
    Ok((visit, opened["data"].as_str().expect("her own picture").to_owned()))
}

fn edit(run: &mut Run, seat: usize) {
    let Some(child) = one_seen(run, seat) else { return };
    let key: &'static str = FIELDS[run.dice.below(FIELDS.len())];
    let n = run.dice.below(10_000);
    let value = if key == "phone_child" { format!("1400000{n:04}") } else { format!("写法{n}号") };
    let args = json!({ "child": child, "edits": [{ "set": { "key": key, "value": value } }] });
    match run.world.call(seat, "child.edit", &args) {
        Ok(edited) => {
            if edited["saved"][0] != *key {
                // Differing values are settled by the station first; nothing was said to be saved.
                let told = edited["findings"][0]["level"] == "red";
                assert!(told, "what is not saved is said to be not saved: {edited}");
                return;
            }
            run.trace.edits += 1;
            run.trace.lines.push(format!("{seat} writes {key} {n}"));
            run.model.changes.push(Change { child, key, value, seat });
        }
        Err(fault) => run.trace.lines.push(format!("{seat} cannot write: {:?}", fault.code)),
    }
}

fn draft(run: &mut Run, seat: usize) {
    let Some(child) = one_seen(run, seat) else { return };
    let text = words(run);
    // Every other one is about two: a copy of the dice picks who comes along.
    let mut dice = run.dice.clone();
    let seen = seen(run, seat);
    let along = seen.get(dice.below(seen.len())).map(|(other, _)| *other).filter(|other| *other != child);
    let children: Vec<ChildId> = [child].into_iter().chain(along.filter(|_| dice.hits(0.5))).collect();
    let args = json!({ "children": children, "values": { "note": text } });
    if let Ok(saved) = run.world.call(seat, "draft.save", &args) {
        let visit = saved["draft"].as_str().and_then(|id| id.parse().ok()).expect("a draft has an id");
        run.trace.lines.push(format!("{seat} begins {visit} about {children:?}"));
        run.model.drafts.push(Begun { visit, children, seat, text });
    }
}

fn sync(run: &mut Run, seat: usize) {
    let mut dice = run.dice.clone();
    let mut weather = |_: &mut crate::world::World| match dice.below(12) {
        0 => Weather::RequestLost,
        1 => Weather::AnswerLost,
        2 | 3 => Weather::Cut(dice.below(40_000)),
        4 => Weather::Twice,
        5 => Weather::Late,
        6 => Weather::Portal,
        _ => Weather::Fine,
    };
    let met = run.world.sync_in(seat, &mut weather);
    run.dice = dice;
    run.trace.syncs += 1;
    run.trace.lines.push(format!("{seat} syncs: {} requests, {:?} bytes", met.requests, met.bytes));
}

/// Killed in the middle of whatever it does to its disk.
fn crash(run: &mut Run, seat: usize) {
    let after = run.dice.below(400);
    run.world.arm(seat, after);
    match run.dice.below(4) {
        0 => sync(run, seat),
        1 => note(run, seat),
        2 => photo(run, seat),
        _ => edit(run, seat),
    }
    run.world.crash(seat);
    run.trace.crashes += 1;
    run.trace.lines.push(format!("{seat} is killed at step {after}"));
}

/// The supervisor of a street takes a child from one director and gives it to another.
fn hand_over(run: &mut Run) {
    let supervisors: Vec<usize> = (0..run.world.seats.len())
        .filter(|s| {
            let post = &run.world.server.roster().posts[&run.world.seats[*s].post];
            post.role == Role::Supervisor && run.world.seats[*s].client.is_some()
        })
        .collect();
    let Some(&seat) = supervisors.get(run.dice.below(supervisors.len())) else { return };
    let Some(child) = one_seen(run, seat) else { return };
    let street = {
        let roster = run.world.server.roster();
        let post = &roster.posts[&run.world.seats[seat].post];
        roster.area_of(post).expect("a station has an area").street()
    };
    let directors: Vec<usize> = (0..run.world.seats.len())
        .filter(|s| {
            let roster = run.world.server.roster();
            let post = &roster.posts[&run.world.seats[*s].post];
            post.role == Role::Director && roster.area_of(post).is_some_and(|a| a.street() == street)
        })
        .collect();
    let to = run.world.seats[directors[run.dice.below(directors.len())]].post;
    let from: Vec<_> = run.world.server.roster().children[&child].posts().collect();
    for post in from.into_iter().filter(|p| *p != to) {
        drop(run.world.call(seat, "roster.withdraw", &json!({ "children": [child], "post": post })));
    }
    drop(run.world.call(seat, "roster.assign", &json!({ "children": [child], "post": to })));
    run.trace.moves += 1;
    run.trace.lines.push(format!("{seat} hands {child} over"));
}

/// A computer is lost: the station stops it and enrols the next one, which syncs there and then.
fn stop(run: &mut Run) {
    let stations: Vec<usize> = (0..run.world.seats.len())
        .filter(|seat| run.world.is_station(*seat) && run.world.seats[*seat].client.is_some())
        .collect();
    let Some(&station) = stations.get(run.dice.below(stations.len())) else { return };
    let people = run.world.call(station, "roster.people", &json!({})).unwrap_or_default();
    let devices = people.as_array().into_iter().flatten().flat_map(|person| person["devices"].as_array()).flatten();
    let lost = devices.filter(|device| device["may_stop"] == true).filter_map(|line| line["device"].as_str());
    let lost: Vec<usize> = lost.filter_map(|id| run.world.seat_of(id.parse().ok()?)).collect();
    let Some(&seat) = lost.get(run.dice.below(lost.len())) else { return };
    run.world.ok(station, "roster.revoke", json!({ "device": run.world.seats[seat].device }));
    let (name, person, post) = {
        let seat = &run.world.seats[seat];
        (seat.name.clone(), seat.person, seat.post)
    };
    let next = run.world.enrol(&name, person, post);
    run.model.stopped.push(seat);
    run.trace.stops += 1;
    run.trace.lines.push(format!("{station} stops {seat}, whose work goes on at {next}"));
    run.world.sync(next);
    run.world.sync(station);
}

/// The centre erases a child.
fn erase(run: &mut Run) {
    let child = run.model.children[run.dice.below(run.model.children.len())];
    if run.model.is_erased(child) {
        return;
    }
    run.world.write(vec![Row::Erase { child }]);
    run.model.erased.push(child);
    run.trace.erasures += 1;
    run.trace.lines.push(format!("{child} is erased"));
}

/// What an old backup did not know and nobody had heard of is done again, from the centre's papers.
pub(super) fn erase_again(run: &mut Run, children: Vec<ChildId>) {
    run.trace.lines.extend(children.iter().map(|child| format!("{child} is erased again")));
    run.world.write(children.into_iter().map(|child| Row::Erase { child }).collect());
}

fn pass(run: &mut Run, seat: usize) {
    let hours = run.dice.below(30) as i64;
    run.world.pass_s(hours * 3600);
    if run.dice.hits(0.3) {
        let days = run.dice.between(-3, 3);
        run.world.skew(seat, days * 86_400);
    }
    run.trace.lines.push(format!("{hours} hours pass"));
    settle_held(run);
    renew(run);
}

/// A director's post ends with one of the next days, and another begins on the day after or the next,
/// with the same children. Her seat keeps the old one: the rows may be lost with a restore. The dice are a copy.
fn renew(run: &mut Run) {
    let mut dice = run.dice.clone();
    let roster = run.world.server.roster();
    let open = |seat: &&crate::world::Seat| {
        roster.posts.get(&seat.post).is_some_and(|post| post.role == Role::Director && post.to.is_none())
    };
    let seats: Vec<_> = run.world.seats.iter().filter(open).map(|seat| (seat.post, seat.name.clone())).collect();
    let Some((old, name)) = seats.get(dice.below(seats.len())).filter(|_| dice.hits(0.15)).cloned() else { return };
    let post = roster.posts[&old].clone();
    let last = domain::day::Day::of(run.world.now).plus(dice.below(3) as i32);
    let children: Vec<ChildId> = roster.children_of(old).collect();
    let fresh = domain::id::PostId::new(run.world.moment().uuid());
    let begins = domain::roster::Post { from: last.plus(1 + dice.below(2) as i32), to: None, ..post.clone() };
    let mut rows = vec![domain::roster::Post { to: Some(last), ..post }.row(old), begins.row(fresh)];
    rows.extend(children.into_iter().map(|child| Row::Assign { child, post: fresh }));
    run.world.write(rows);
    run.trace.lines.push(format!("{name}'s post ends with {last}, another begins"));
}

fn backup(run: &mut Run) {
    let copy = run.world.backup();
    run.backups.push(copy);
}

fn restore(run: &mut Run) {
    let Some(copy) = run.backups.pop() else { return };
    run.world.restore(&copy);
    run.trace.restores += 1;
    run.trace.lines.push("an old backup is put back".into());
}

/// Whoever may picks one of the values that differ, and answers what has waited longest for an answer.
fn choose(run: &mut Run, seat: usize) {
    let today = run.world.call(seat, "today", &json!({})).unwrap_or_default();
    if let Some(alarm) = today["alarms"].as_array().and_then(|all| all.iter().find(|one| one["may_answer"] == true)) {
        let reply = json!({ "record": alarm["record"], "text": "站里今晚上门。" });
        if run.world.call(seat, "alarm.answer", &reply).is_ok() {
            run.trace.lines.push(format!("{seat} answers {}", alarm["record"]));
        }
    }
    let listed = run.world.call(seat, "differing.list", &json!({})).unwrap_or_default();
    let lines = listed.as_array().cloned().unwrap_or_default();
    let Some(line) = lines.iter().find(|l| l["may_choose"] == true) else { return };
    // A masked value is not shown here; whoever settles may write another one.
    let said = line["cell"]["said"][0]["value"].clone();
    let value = if said.is_null() { json!("14000009999") } else { said };
    let args = json!({ "record": line["record"], "key": line["key"], "value": value });
    if run.world.call(seat, "child.choose", &args).is_ok() {
        run.trace.lines.push(format!("{seat} settles {}", line["key"]));
    }
}

/// A station decides what becomes of one piece of work that waits to be claimed, or takes a decision back.
/// Its dice are a copy: where nothing is held, a seed goes on as if nobody had looked.
fn settle_held(run: &mut Run) {
    let mut dice = run.dice.clone();
    let stations: Vec<usize> = (0..run.world.seats.len())
        .filter(|seat| run.world.is_station(*seat) && run.world.seats[*seat].client.is_some())
        .collect();
    let Some(&seat) = stations.get(dice.below(stations.len())) else { return };
    let works = works(run, seat);
    if let Some(work) = works.get(dice.below(works.len())) {
        settle(run, seat, work, dice.below(4));
    }
}

/// Every station decides on all that waits to be claimed; whether there was any.
pub(super) fn settle_all(run: &mut Run) -> bool {
    let mut any = false;
    for seat in (0..run.world.seats.len()).filter(|seat| run.world.is_station(*seat)).collect::<Vec<_>>() {
        for work in works(run, seat).iter().filter(|work| work["standing"] == "open") {
            let die = run.dice.below(4);
            settle(run, seat, work, die);
            any = true;
        }
    }
    any
}

fn works(run: &mut Run, seat: usize) -> Vec<Value> {
    let listed = run.world.call(seat, "held.list", &json!({})).unwrap_or_default();
    listed.as_array().cloned().unwrap_or_default()
}

fn settle(run: &mut Run, seat: usize, work: &Value, die: usize) {
    let deed = match (work["standing"] == "open", die) {
        (false, _) => "reopen",
        (true, 0) => "return",
        (true, 1) => "shelve",
        (true, _) => "take",
    };
    let args = json!({ "device": work["device"], "record": work["record"], "deed": deed, "reason": "请当面说清" });
    match run.world.call(seat, "held.settle", &args) {
        Ok(_) => {
            run.trace.claims += usize::from(deed == "take");
            run.trace.lines.push(format!("{seat}: {deed} {}", work["record"]));
        }
        // What cannot be taken over says so, and what went along with other work is gone.
        Err(fault) => assert_eq!((fault.code, deed), (Code::NotFound, "take"), "{work}"),
    }
}
