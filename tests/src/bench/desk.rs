//! A full desk: 1,000 files and 50,000 notes on an encrypted store. Opening it, 今天, what waits,
//! opening a file, searching, saving a note. It must not know the network.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use client::{Client, KdfCost, Reply};
use desk::clock::OsChance;
use domain::id::ChildId;
use serde_json::json;
use sync_server::meter::thread_cpu;
use sync_server::secret::{Founding, Secret};
use sync_server::server::{Answer, Server};
use sync_server::store::sqlite::Sqlite;

use super::Places;
use super::centre::copy;
use super::plan::{self, FILES, Plan, SEED, STREET};
use super::prepare::fill;
use super::report::{AtDesk, Phase};
use super::sample::{ms, quantile};
use super::seat::{PASSPHRASE, Seat, identity, moment};
use crate::chance::Seeded;
use crate::synth::archive::Archive;
use crate::synth::as_of;
use crate::synth::text::Mixture;

/// The phases.
pub const PHASES: [&str; 6] = ["desk_open", "desk_today", "desk_state", "desk_file", "desk_search", "desk_save"];
/// One street of ten communities.
const FULL: Plan = Plan { directors: STREET, files: 100, notes: 50, stations: 1 };
/// Notes saved.
const SAVES: usize = 200;
const ADDRESS: &str = "127.0.0.1:1";

/// Plays the phases.
pub fn play(places: &Places, wanted: &[&str], mut tell: impl FnMut(Phase)) -> Result<()> {
    let prepared = prepared(&places.cache)?;
    let dir = places.run.join("desk");
    copy(&prepared, &dir)?;
    let mut seat = None;
    for name in PHASES.into_iter().filter(|name| wanted.contains(name)) {
        if name == "desk_open" {
            tell(Phase::at_desk(name, opening(&dir)?));
            continue;
        }
        let seat = match &mut seat {
            Some(seat) => seat,
            none => none.insert(unlocked(&dir)?),
        };
        let children = seat.children()?;
        let mut chance = Seeded::named(SEED, name);
        let figure = match name {
            // What every screen asks for, and asks again after every change.
            "desk_today" => timed(30, |_| seat.call("today", &json!({})).map(drop))?,
            "desk_state" => timed(100, |_| seat.call("sync.state", &json!({})).map(drop))?,
            "desk_file" => files(seat, &children, &mut chance)?,
            "desk_search" => searches(seat, &mut chance)?,
            _ => saves(seat, &children, &mut chance)?,
        };
        tell(Phase::at_desk(name, figure));
    }
    Ok(())
}

/// The profile of a station whose street has 1,000 files; made if there is none.
pub(super) fn prepared(cache: &Path) -> Result<PathBuf> {
    let dir = cache.join(format!("desk-{}", FULL.name()));
    let ready = dir.join("ready");
    if ready.exists() {
        return Ok(dir);
    }
    if dir.exists() {
        std::fs::remove_dir_all(&dir)?;
    }
    let mut chance = OsChance;
    let area = plan::district_area();
    let founding = Founding { name: "澄明区", area, host: ADDRESS, ca: b"", tls: Vec::new() };
    let (secret, _root) = Secret::found(&mut moment(&mut chance), founding);
    let mut server = Server::open(Sqlite::in_memory()?, secret.clone())?;
    fill(&mut server, FULL)?;
    let grant = identity(&secret, &FULL.station(0), ADDRESS);
    let mut client = Client::create(&dir, &mut moment(&mut chance), grant, PASSPHRASE, KdfCost::TRIVIAL)?;
    while let Some(out) = client.next_request(&mut moment(&mut chance)) {
        let Answer::Frames(frames) = server.handle(&mut moment(&mut chance), &out.body) else {
            bail!("the server does not know the station's desk");
        };
        for frame in frames {
            client.on_reply(&mut moment(&mut chance), Reply::Chunk(&frame))?;
        }
        client.on_reply(&mut moment(&mut chance), Reply::End)?;
    }
    drop(client);
    std::fs::write(ready, b"")?;
    Ok(dir)
}

/// The full desk, unlocked.
pub(super) fn unlocked(dir: &Path) -> Result<Seat> {
    let mut client = Client::open(dir)?;
    client.unlock(&mut moment(&mut OsChance), PASSPHRASE)?;
    let mut seat = Seat::of(client, FULL.station(0), ADDRESS.to_owned());
    let children = seat.children()?.len();
    ensure!(children == FULL.directors * FULL.files, "the full desk has {children} children");
    Ok(seat)
}

/// From the passphrase to the list; the derivation of the key costs nothing here and is measured
/// beside it, at what a real desk pays.
fn opening(dir: &Path) -> Result<AtDesk> {
    let figure = timed(15, |_| {
        let mut client = Client::open(dir)?;
        client.unlock(&mut moment(&mut OsChance), PASSPHRASE)?;
        let listed = client.call(&mut moment(&mut OsChance), "children.list", b"{}")?;
        ensure!(listed.json.len() > 100_000, "the list is short");
        Ok(())
    })?;
    Ok(AtDesk { derivation_ms: Some(derivation()?), ..figure })
}

fn derivation() -> Result<f64> {
    let folder = tempfile::tempdir()?;
    let (secret, _root) = Secret::found(
        &mut moment(&mut OsChance),
        Founding { name: "澄明区", area: plan::district_area(), host: ADDRESS, ca: b"", tls: Vec::new() },
    );
    let grant = identity(&secret, &FULL.station(0), ADDRESS);
    Client::create(folder.path(), &mut moment(&mut OsChance), grant, PASSPHRASE, KdfCost::STANDARD)?;
    let mut client = Client::open(folder.path())?;
    let began = Instant::now();
    client.unlock(&mut moment(&mut OsChance), PASSPHRASE)?;
    Ok(ms(began.elapsed()))
}

fn files(seat: &mut Seat, children: &[ChildId], chance: &mut Seeded) -> Result<AtDesk> {
    timed(300, |_| {
        let which = json!({"child": children[chance.below(children.len())]});
        seat.call("child.open", &which)?;
        let notes = seat.call("visits.list", &which)?;
        ensure!(notes.as_array().is_some_and(|notes| notes.len() >= FULL.notes), "notes are missing");
        Ok(())
    })
}

/// What people type: a surname, a name, initials, four digits, a road.
fn searches(seat: &mut Seat, chance: &mut Seeded) -> Result<AtDesk> {
    let listed = seat.call("children.list", &json!({}))?;
    let cards = listed["cards"].as_array().context("no cards")?;
    let names: Vec<String> = cards.iter().filter_map(|card| card["name"].as_str().map(str::to_owned)).collect();
    timed(300, |n| {
        let name = &names[chance.below(names.len())];
        let text = match n % 5 {
            0 => name.clone(),
            1 => name.chars().take(1).collect(),
            2 => "zm".to_owned(),
            3 => format!("{:04}", chance.below(10_000)),
            _ => "小学".to_owned(),
        };
        let found = seat.call("children.find", &json!({"text": text}))?;
        ensure!(n % 5 != 0 || found["cards"].as_array().is_some_and(|cards| !cards.is_empty()), "{name} is not found");
        Ok(())
    })
}

fn saves(seat: &mut Seat, children: &[ChildId], chance: &mut Seeded) -> Result<AtDesk> {
    let archive = Archive::new(SEED, 0, FILES, Mixture::Work, as_of());
    let mut finished = Vec::new();
    for n in 0..=SAVES {
        let child = children[chance.below(children.len())];
        let draft = seat.draft(child, &archive.note(n % FILES, 60 + n))?;
        finished.push(draft);
    }
    timed(SAVES, |n| {
        let done = seat.call("visit.complete", &finished[n])?;
        let saved = done["records"].as_array().map_or(0, Vec::len);
        ensure!(saved == 1, "the note was not saved: {done}");
        Ok(())
    })
}

fn timed(times: usize, mut act: impl FnMut(usize) -> Result<()>) -> Result<AtDesk> {
    // Once more than is measured: caches are warm on a desk at work.
    act(times)?;
    let (mut walls, mut cpus): (Vec<Duration>, Vec<Duration>) = (Vec::new(), Vec::new());
    for n in 0..times {
        let (wall, cpu) = (Instant::now(), thread_cpu());
        act(n)?;
        cpus.push(thread_cpu().saturating_sub(cpu));
        walls.push(wall.elapsed());
    }
    Ok(AtDesk {
        ms_p50: ms(quantile(walls.clone(), 0.5)),
        ms_p99: ms(quantile(walls, 0.99)),
        cpu_ms_p50: ms(quantile(cpus, 0.5)),
        derivation_ms: None,
    })
}
