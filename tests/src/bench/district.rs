//! The district day: first downloads, a sync with nothing new, days, the whole window, a server
//! restored from yesterday's backup. It must not know how a figure is shown.

use anyhow::{Context as _, Result, ensure};
use desk::net::Line;
use sync_server::secret::Secret;
use sync_server::server::Server;
use sync_server::store::sqlite::Sqlite;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use super::centre::{Centre, Cpu};
use super::plan::{Plan, SEED};
use super::report::{Phase, Restore, Window};
use super::sample::{Sample, median, ms};
use super::seat::{Carried, Seat, carry};
use crate::synth::archive::{Archive, Daywork};
use crate::synth::as_of;
use crate::synth::text::Mixture;

/// The phases, in the order in which one needs the other.
pub const PHASES: [&str; 7] =
    ["first_director", "first_station", "unchanged", "day_director", "day_station", "whole_window", "restore"];
/// Days before the one of the whole window; the first brings no verdicts of a day before.
const DAYS: usize = 3;

/// A district at work.
pub struct District {
    /// Its server.
    pub centre: Centre,
    /// The directors' desks.
    pub directors: Vec<Seat>,
    /// The stations' desks.
    pub stations: Vec<Seat>,
    runtime: Runtime,
    plan: Plan,
    secret: Secret,
    day: usize,
}

impl District {
    /// Over a running server; nobody has joined yet.
    pub fn new(plan: Plan, centre: Centre) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let secret = Secret::load(centre.dir(), None)?;
        Ok(Self { centre, directors: Vec::new(), stations: Vec::new(), runtime, plan, secret, day: 0 })
    }

    /// Plays the phases up to the last one wanted.
    pub fn play(&mut self, last: &str, mut tell: impl FnMut(Phase)) -> Result<()> {
        let mut backup = String::new();
        for phase in PHASES {
            self.centre.forget_peak()?;
            match phase {
                "first_director" => tell(self.first_director()?),
                "first_station" => tell(self.first_station()?),
                "unchanged" => tell(self.unchanged()?),
                // Both stand on the same days.
                "day_director" => self.days()?.into_iter().for_each(&mut tell),
                "whole_window" => {
                    backup = self.backup()?;
                    tell(self.whole_window()?);
                }
                "restore" => tell(self.restore(&backup)?),
                _ => {}
            }
            if phase == last {
                break;
            }
        }
        Ok(())
    }

    fn phase(&self, name: &str, samples: &[Sample]) -> Result<Phase> {
        Ok(Phase::on_line(name, samples, self.centre.peak_mb()?, self.centre.store_mb()?))
    }

    /// Every director's first download.
    pub fn first_director(&mut self) -> Result<Phase> {
        let mut samples = Vec::new();
        for n in 0..self.plan.directors {
            let dir = self.centre.dir().join(format!("desk-{n}"));
            let person = self.plan.director(n);
            let mut seat = Seat::join(&dir, &self.secret, person, &self.centre.address())?;
            samples.push(measured(&self.runtime, &self.centre, &mut seat)?);
            let children = seat.children()?.len();
            ensure!(children == self.plan.files, "{children} children came to a director");
            self.directors.push(seat);
        }
        self.phase("first_director", &samples)
    }

    fn first_station(&mut self) -> Result<Phase> {
        let mut samples = Vec::new();
        for n in 0..self.plan.stations {
            let dir = self.centre.dir().join(format!("station-{n}"));
            let person = self.plan.station(n);
            let mut seat = Seat::join(&dir, &self.secret, person, &self.centre.address())?;
            samples.push(measured(&self.runtime, &self.centre, &mut seat)?);
            self.stations.push(seat);
        }
        self.phase("first_station", &samples)
    }

    fn unchanged(&mut self) -> Result<Phase> {
        let mut samples = Vec::new();
        for round in 0..3 {
            for seat in &mut self.directors {
                let sample = measured(&self.runtime, &self.centre, seat)?;
                if round > 0 {
                    samples.push(sample);
                }
            }
        }
        self.phase("unchanged", &samples)
    }

    fn days(&mut self) -> Result<[Phase; 2]> {
        let (mut directors, mut stations) = (Vec::new(), Vec::new());
        let mut first = true;
        for _ in 0..DAYS {
            self.work()?;
            let mut day = Vec::new();
            for seat in &mut self.directors {
                day.push(measured(&self.runtime, &self.centre, seat)?);
            }
            for seat in &mut self.stations {
                stations.push(measured(&self.runtime, &self.centre, seat)?);
            }
            if !first {
                directors.append(&mut day);
            }
            first = false;
        }
        Ok([self.phase("day_director", &directors)?, self.phase("day_station", &stations)?])
    }

    /// Everybody works offline for a day.
    pub fn work(&mut self) -> Result<()> {
        for (n, seat) in self.directors.iter_mut().enumerate() {
            seat.work(&daywork(self.plan, n, self.day))?;
        }
        self.day += 1;
        Ok(())
    }

    fn backup(&self) -> Result<String> {
        let to = self.centre.dir().join("backups");
        std::fs::create_dir_all(&to)?;
        self.centre.run(&["backup", "--to", &to.to_string_lossy()])?;
        let made = std::fs::read_dir(&to)?.next().context("no backup was made")??;
        Ok(made.path().to_string_lossy().into_owned())
    }

    /// All directors push at once, then all stations pull.
    fn whole_window(&mut self) -> Result<Phase> {
        self.work()?;
        let mark = self.centre.mark()?;
        let mut posts = Vec::new();
        for (n, seat) in self.directors.iter_mut().enumerate() {
            posts.push((n, seat.line()?, seat.request(true).context("nothing to send")?));
        }
        let answers = self.runtime.block_on(all_at_once(posts))?;
        let mut samples = Vec::new();
        for (n, carried) in answers {
            self.directors[n].take(&carried)?;
            let mut sample = Sample { durable: carried.durable, ..Sample::default() };
            sample.add_traffic(carried.traffic);
            samples.push(sample);
        }
        self.centre.quiet()?;
        for seat in &mut self.stations {
            samples.push(self.runtime.block_on(seat.talk())?);
        }
        let cpu = self.centre.since(mark)?;
        let each = |all: std::time::Duration| all / u32::try_from(samples.len()).unwrap_or(1);
        let server = Cpu { request: each(cpu.request), gate: each(cpu.gate), segment: each(cpu.segment) };
        samples.iter_mut().for_each(|sample| sample.server = server);
        let longest = samples.iter().map(|s| s.durable).max().unwrap_or_default();
        let all = cpu.request + cpu.gate + cpu.segment;
        let window = Window { server_cpu_ms: ms(all), durable_ms_max: ms(longest) };
        Ok(self.phase("whole_window", &samples)?.windowed(window))
    }

    /// Yesterday's backup is put back: everybody brings back what is missing.
    fn restore(&mut self, backup: &str) -> Result<Phase> {
        for seat in self.stations.iter_mut().chain(&mut self.directors) {
            self.runtime.block_on(seat.talk())?;
        }
        self.centre.quiet()?;
        self.centre.kill();
        let before = self.accepted()?;
        self.centre.run(&["restore", "--from", backup])?;
        let lacking = before.saturating_sub(self.accepted()?);
        ensure!(lacking > 0, "the backup held the whole day already");
        self.centre.serve()?;
        let (mut samples, mut seen_first) = (Vec::new(), 0);
        for seat in self.stations.iter_mut().chain(&mut self.directors) {
            let sample = measured(&self.runtime, &self.centre, seat)?;
            seen_first += usize::from(sample.requests > 1);
            samples.push(sample);
        }
        let (rss, store) = (self.centre.peak_mb()?, self.centre.store_mb()?);
        self.centre.kill();
        let lost = before.saturating_sub(self.accepted()?);
        let overhead = |s: &Sample| s.bytes().saturating_sub(s.pushed);
        let (stations, directors) = samples.split_at(self.stations.len());
        let restore = Restore {
            lost,
            overhead_bytes: median(directors, overhead),
            overhead_bytes_max: directors.iter().map(overhead).max().unwrap_or(0),
            station_overhead_bytes_max: stations.iter().map(overhead).max().unwrap_or(0),
            requests_max: samples.iter().map(|s| s.requests).max().unwrap_or(0),
            seen_first,
        };
        Ok(Phase::on_line("restore", &samples, rss, store).restored(restore))
    }

    /// Items in the log of the server, which is stopped.
    fn accepted(&self) -> Result<u64> {
        let store = Sqlite::open(self.centre.dir(), &self.secret.files)?;
        let [_, accepted, _, _] = Server::open(store, self.secret.clone())?.standings()?;
        Ok(accepted)
    }

    /// One director's exchange, measured with the server otherwise at rest.
    pub fn measure(&mut self, n: usize) -> Result<Sample> {
        let seat = self.directors.get_mut(n).context("no such director")?;
        measured(&self.runtime, &self.centre, seat)
    }
}

/// What a director of the plan does on her n-th day.
pub fn daywork(plan: Plan, director: usize, day: usize) -> Daywork {
    Archive::new(SEED, director, plan.files, Mixture::Work, as_of()).day(day)
}

fn measured(runtime: &Runtime, centre: &Centre, seat: &mut Seat) -> Result<Sample> {
    let mark = centre.mark()?;
    let mut sample = runtime.block_on(seat.talk())?;
    sample.server = centre.since(mark)?;
    Ok(sample)
}

async fn all_at_once(posts: Vec<(usize, Line, client::Outgoing)>) -> Result<Vec<(usize, Carried)>> {
    let mut flying = JoinSet::new();
    for (n, mut line, out) in posts {
        flying.spawn(async move { carry(&mut line, out).await.map(|carried| (n, carried)) });
    }
    flying.join_all().await.into_iter().collect()
}

/// A server over a copy of a prepared store.
pub fn opened(plan: Plan, places: &super::Places, name: &str) -> Result<District> {
    let prepared = super::prepare::prepared(plan, &places.cache, &places.binary)?;
    let centre = Centre::start(&prepared, &places.run.join(name), &places.binary)?;
    District::new(plan, centre)
}
