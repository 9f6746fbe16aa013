//! Founds a bench's district and fills its log: units, people, files, and the histories, which
//! arrive as signed requests of ordinary enrolled devices. It measures nothing.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use desk::clock::{self, OsChance};
use domain::id::{Branch, Digest, PersonId, PostId, UnitId};
use domain::moment::Moment;
use domain::roster::Row;
use sync::envelope::{Envelope, Link};
use sync::item::Item;
use sync::key::DeviceKey;
use sync::pack::Level;
use sync::request::SignedRequest;
use sync::wire::{Pushed, Request};
use sync_server::secret::Secret;
use sync_server::server::{Answer, Server};
use sync_server::store::Store;
use sync_server::store::sqlite::Sqlite;

use super::plan::{self, Person, Plan, SEED};
use crate::corpus::{self, Director, ENVELOPE_ITEMS};
use crate::synth::as_of;
use crate::synth::text::Mixture;

/// Envelopes of a history that travel in one request.
const TOGETHER: usize = 26;

/// The folder of a district's prepared server; made if there is none.
pub fn prepared(plan: Plan, cache: &Path, binary: &Path) -> Result<PathBuf> {
    let dir = cache.join(plan.name());
    let ready = dir.join("ready");
    if ready.exists() {
        return Ok(dir);
    }
    if dir.exists() {
        std::fs::remove_dir_all(&dir)?;
    }
    std::fs::create_dir_all(&dir)?;
    init(&dir, binary)?;
    let secret = Secret::load(&dir, None)?;
    let mut server = Server::open(Sqlite::open(&dir, &secret.files)?, secret)?;
    fill(&mut server, plan)?;
    pack(&mut server, plan)?;
    drop(server);
    std::fs::write(ready, b"")?;
    Ok(dir)
}

fn init(dir: &Path, binary: &Path) -> Result<()> {
    let area = plan::district_area().to_string();
    let mut command = Command::new(binary);
    command.arg("--dir").arg(dir).args(["init", "--name", "澄明区", "--area", &area, "--host", "127.0.0.1"]);
    let output = command.output().context("the server's program does not start")?;
    ensure!(output.status.success(), "init: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// Everything a district of the plan knows on the bench's morning.
pub fn fill<S: Store>(server: &mut Server<S>, plan: Plan) -> Result<()> {
    write(server, units(plan))?;
    for n in 0..plan.stations {
        let station = plan.station(n);
        employ(server, &station, PostId::new(plan::uuid(&format!("post/{}", station.name))))?;
        // A second computer, only to have the street's first download packed.
        let light = plan::key(&format!("light/{}", station.name));
        write(server, vec![device(&light, station.id, &station.name)])?;
    }
    for n in 0..plan.directors {
        history(server, plan, n)?;
    }
    let [new, _, held, waiting] = server.standings()?;
    ensure!(new + held + waiting == 0, "the history was not taken: {new} new, {held} held, {waiting} waiting");
    Ok(())
}

/// First downloads, packed as they are on a server that has run for a day.
fn pack<S: Store>(server: &mut Server<S>, plan: Plan) -> Result<()> {
    for n in 0..plan.stations {
        let light = plan::key(&format!("light/{}", plan.station(n).name));
        ask(server, &light, &Request::default())?;
    }
    while server.segment_step()? {}
    Ok(())
}

fn units(plan: Plan) -> Vec<Row> {
    let unit = |id: UnitId, name: String, area| Row::Unit { id, name, area };
    let centre = unit(UnitId::new(plan::uuid("centre")), "澄明区未保中心".to_owned(), plan::district_area());
    let streets = (0..plan.streets()).map(|n| unit(plan::street(n).0, format!("街道{n}未保站"), plan::street(n).1));
    let communities = (0..plan.directors).map(|n| unit(plan::community(n).0, format!("社区{n}"), plan::community(n).1));
    std::iter::once(centre).chain(streets).chain(communities).collect()
}

fn employ<S: Store>(server: &mut Server<S>, person: &Person, post: PostId) -> Result<()> {
    let (id, unit, role, from) = (person.id, person.unit, person.role, as_of().plus(-400));
    let name = person.name.clone();
    write(server, vec![Row::Person { id, name }, Row::Post { id: post, person: id, unit, role, from, to: None }])?;
    write(server, vec![device(&person.key, id, &person.name)])
}

fn device(key: &DeviceKey, person: PersonId, name: &str) -> Row {
    let (sign, seal) = (key.sign_public(), key.seal_public());
    Row::Device { id: key.id(), person, sign, seal, label: format!("{name}的电脑"), segment: None }
}

/// One director, her files and her notes, written on a computer she no longer uses.
fn history<S: Store>(server: &mut Server<S>, plan: Plan, n: usize) -> Result<()> {
    let mut director = Director::new(SEED, n, plan.files, Mixture::Work);
    let items = director.history(plan.notes);
    let (person, post) = (plan.director(n), director.pen.post());
    employ(server, &person, post)?;
    let mut computer = device(director.pen.key(), person.id, &person.name);
    if let Row::Device { segment, .. } = &mut computer {
        *segment = Some(corpus::segment(n));
    }
    write(server, vec![computer])?;
    let children = items.iter().take(plan.files).filter_map(|item| item.child);
    let area = plan::community(n).1;
    let rows = children.flat_map(|child| [Row::Child { child, area }, Row::Assign { child, post }]).collect();
    write(server, rows)?;
    let link = Link {
        branch: Branch([9; 8]),
        seq: 0,
        prev: Digest([0; 32]),
        at: clock::now(),
        roster: server.roster().version,
    };
    let district = server.district().digest();
    let envelopes = signed(director.pen.key(), &district, link, &items);
    for some in envelopes.chunks(TOGETHER) {
        let push = some.iter().cloned().map(Pushed).collect();
        ask(server, director.pen.key(), &Request { push, ..Request::default() })?;
        while server.gate_step(&mut Moment::new(clock::now(), &mut OsChance))? {}
    }
    Ok(())
}

fn signed(key: &DeviceKey, district: &Digest, mut link: Link, items: &[Item]) -> Vec<Envelope> {
    let mut envelopes = Vec::new();
    for some in items.chunks(ENVELOPE_ITEMS) {
        link.seq += 1;
        let envelope = Envelope::sign(key, district, link, some.iter().map(Item::encode).collect());
        link.prev = envelope.id(district);
        envelopes.push(envelope);
    }
    envelopes
}

fn write<S: Store>(server: &mut Server<S>, rows: Vec<Row>) -> Result<()> {
    server.write_rows(&mut Moment::new(clock::now(), &mut OsChance), rows)?;
    Ok(())
}

/// One request of a device that has no client; what comes back is only looked at for refusals.
fn ask<S: Store>(server: &mut Server<S>, key: &DeviceKey, request: &Request) -> Result<()> {
    let counter = server.device(key.id())?.counter + 1;
    let body = SignedRequest::sign(key, &server.district().digest(), counter, request, Level::Quick);
    let answer = server.handle(&mut Moment::new(clock::now(), &mut OsChance), &body);
    ensure!(matches!(answer, Answer::Frames(_)), "the server refuses a history");
    Ok(())
}

#[cfg(test)]
mod tests {
    use sync_server::secret::Founding;

    use super::*;

    #[test]
    fn the_gate_takes_the_whole_history_of_a_district() {
        let mut chance = OsChance;
        let mut m = Moment::new(clock::now(), &mut chance);
        let founding =
            Founding { name: "澄明区", area: plan::district_area(), host: "localhost", ca: b"ca", tls: Vec::new() };
        let (secret, _) = Secret::found(&mut m, founding);
        let mut server = Server::open(Sqlite::in_memory().expect("a store"), secret).expect("opens");
        let plan = Plan { directors: 2, files: 3, notes: 1, stations: 1 };
        fill(&mut server, plan).expect("nothing is held");
    }
}
