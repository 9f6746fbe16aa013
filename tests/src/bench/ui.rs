//! The real window over a full desk: what a person waits for, from the click to the paint, measured
//! inside the page, and what the window costs while nobody touches it. It must not know a network.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use super::Places;
use super::centre::copy;
use super::desk::{prepared, unlocked};
use super::plan::{FILES, SEED};
use super::report::{AtDesk, Idle, Phase};
use super::sample::{ms, quantile};
use super::seat::PASSPHRASE;
use crate::synth::archive::Archive;
use crate::synth::as_of;
use crate::synth::text::Mixture;
use crate::window::{Screen, Window};

/// The phases.
pub const PHASES: [&str; 7] = ["ui_start", "ui_open", "ui_file", "ui_search", "ui_save", "ui_key", "ui_idle"];
const STARTS: usize = 5;
const FILES_OPENED: usize = 40;
const SEARCHES: usize = 40;
const SAVES: usize = 20;
const KEYS: usize = 60;
/// Letters in the note one types on in.
const LONG_NOTE: usize = 1_930;
const IDLE: Duration = Duration::from_secs(20);

/// Plays the phases.
pub fn play(places: &Places, wanted: &[&str], mut tell: impl FnMut(Phase)) -> Result<()> {
    let folder = places.run.join("window");
    copy(&prepared(&places.cache)?, &folder.join("profile"))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        drafts(&folder.join("profile"))?;
        let screen = Screen::light();
        let (window, [starting, opening]) = starts(&screen, &folder).await?;
        for name in PHASES.into_iter().filter(|name| wanted.contains(name)) {
            let phase = match name {
                "ui_start" => Phase::at_desk(name, starting.clone()),
                "ui_open" => Phase::at_desk(name, opening.clone()),
                "ui_file" => Phase::at_desk(name, files(&window).await?),
                "ui_search" => Phase::at_desk(name, searches(&window).await?),
                "ui_save" => Phase::at_desk(name, saves(&window).await?),
                "ui_key" => Phase::at_desk(name, keys(&window).await?),
                _ => Phase::idle(name, idle(&window).await?),
            };
            tell(phase);
        }
        window.close().await;
        Ok(())
    })
}

/// Visits that only wait for 完成, and one whose note is long.
fn drafts(profile: &Path) -> Result<()> {
    let mut seat = unlocked(profile)?;
    let children = seat.children()?;
    let archive = Archive::new(SEED, 0, FILES, Mixture::Work, as_of());
    for n in 0..=SAVES {
        let child = children[n * 7];
        let mut ready = seat.draft(child, &archive.note(n % FILES, 60 + n))?;
        if n == 0 {
            ready["values"]["note"] = "字".repeat(LONG_NOTE).into();
        }
        ready["children"] = serde_json::json!([child]);
        seat.call("draft.save", &ready)?;
    }
    Ok(())
}

/// From the start of the process until a driver that looks all the time sees the unlock screen; and
/// from the passphrase to 今天, where the derivation of the key costs nothing.
async fn starts(screen: &Screen, folder: &Path) -> Result<(Window, [AtDesk; 2])> {
    let (mut starting, mut opening) = (Vec::new(), Vec::new());
    loop {
        let window = Window::open(screen, "bench", folder).await;
        window.find("unlock").await;
        starting.push(age(window.process().context("no process")?)?);
        window.write("field-secret", PASSPHRASE).await;
        opening.push(window.timed("[data-testid=unlock]", "[data-testid=today-list] a").await?);
        if starting.len() == STARTS {
            return Ok((window, [figure(starting), figure(opening)]));
        }
        window.close().await;
    }
}

async fn files(window: &Window) -> Result<AtDesk> {
    let (mut times, mut seen) = (Vec::new(), BTreeSet::new());
    for n in 0..FILES_OPENED {
        window.click("nav-children").await;
        window.find("children-list").await;
        window.script(&format!("document.getElementById('page').scrollTop = {}", n * 400)).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        let rows =
            "return [...document.querySelectorAll('[data-testid=children-list] a')].map((row) => row.dataset.testid)";
        let rows: Vec<String> = serde_json::from_value(window.script(rows).await)?;
        let fresh = rows.into_iter().find(|row| !seen.contains(row)).context("no row that was not opened yet")?;
        times.push(window.timed(&format!("[data-testid={fresh}]"), "[data-testid=part-A] .field").await?);
        seen.insert(fresh);
    }
    Ok(figure(times))
}

/// From the keystroke to the new list, with the pause that waits for more letters.
async fn searches(window: &Window) -> Result<AtDesk> {
    window.click("nav-children").await;
    window.find("children-list").await;
    let mut times = Vec::new();
    for n in 0..SEARCHES {
        let text = ["王", "小学", "zm", "李", "1"][n % 5];
        times.push(window.answered("[data-testid=children-search]", text, "[data-testid=children-count]").await?);
    }
    Ok(figure(times))
}

async fn saves(window: &Window) -> Result<AtDesk> {
    let mut times = Vec::new();
    for _ in 0..SAVES {
        window.click("nav-visits").await;
        // The list is asked for anew: the note just finished leaves it.
        tokio::time::sleep(Duration::from_millis(500)).await;
        window.click("draft").await;
        window.find("complete").await;
        window.none("[data-testid=complete][disabled]").await;
        times.push(window.timed("[data-testid=complete]", "[data-testid=completed]").await?);
    }
    Ok(figure(times))
}

/// From a key in a long note to the paint.
async fn keys(window: &Window) -> Result<AtDesk> {
    window.click("nav-visits").await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    window.click("draft").await;
    let note = window.value("field-note").await;
    ensure!(note.chars().count() >= LONG_NOTE, "the long note is the last draft");
    window.script(LISTEN).await;
    for _ in 0..KEYS {
        window.write("field-note", "a").await;
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    let times: Vec<f64> = serde_json::from_value(window.script("return window.painted").await)?;
    ensure!(times.len() >= KEYS, "only {} keys were heard", times.len());
    Ok(figure(times))
}

const LISTEN: &str = "window.painted = []; document.addEventListener('keydown', () => {
    const began = performance.now();
    requestAnimationFrame(() => setTimeout(() => window.painted.push(performance.now() - began)));
}, true)";

async fn idle(window: &Window) -> Result<Idle> {
    window.click("nav-today").await;
    tokio::time::sleep(Duration::from_secs(10)).await;
    let process = window.process().context("no process")?;
    let (began, before) = (Instant::now(), ticks(process)?);
    tokio::time::sleep(IDLE).await;
    let spent = (ticks(process)? - before) as f64 / TICKS_A_S;
    let pages = children_of(process)?;
    let web: u64 = pages.iter().map(|page| resident_kb(*page).unwrap_or(0)).sum();
    let mb = |kb: u64| (kb as f64 / 102.4).round() / 10.0;
    let cpu_percent = (spent / began.elapsed().as_secs_f64() * 10_000.0).round() / 100.0;
    let (rss_mb, own_mb) = (mb(resident_kb(process)?), mb(own_kb(process)?));
    Ok(Idle { cpu_percent, rss_mb, own_mb, web_rss_mb: mb(web) })
}

fn figure(mut times: Vec<f64>) -> AtDesk {
    times.sort_by(f64::total_cmp);
    let times: Vec<Duration> = times.into_iter().map(|t| Duration::from_secs_f64(t.max(0.0) / 1e3)).collect();
    let (p50, p99) = (quantile(times.clone(), 0.5), quantile(times, 0.99));
    AtDesk { ms_p50: ms(p50), ms_p99: ms(p99), ..AtDesk::default() }
}

/// Linux counts a process's time so.
const TICKS_A_S: f64 = 100.0;

/// Fields of `/proc/PID/stat` after the name, which may hold spaces. None asked for here is below
/// zero; those that are read as nothing.
fn stat(process: u32) -> Result<Vec<u64>> {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    let (_, rest) = text.rsplit_once(')').context("a stat line")?;
    Ok(rest.split_whitespace().skip(1).map(|field| field.parse().unwrap_or(0)).collect())
}

/// How long a process has lived, ms.
fn age(process: u32) -> Result<f64> {
    let uptime = std::fs::read_to_string("/proc/uptime")?;
    let now: f64 = uptime.split_whitespace().next().context("an uptime")?.parse()?;
    let started = *stat(process)?.get(18).context("a start time")? as f64 / TICKS_A_S;
    Ok((now - started) * 1e3)
}

fn ticks(process: u32) -> Result<u64> {
    let fields = stat(process)?;
    Ok(fields.get(10).copied().unwrap_or(0) + fields.get(11).copied().unwrap_or(0))
}

fn resident_kb(process: u32) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).context("no VmRSS")?;
    Ok(line.split_whitespace().nth(1).context("no size")?.parse()?)
}

/// Memory that no other process maps: without the web view's libraries and the drawing ones, which its
/// processes share.
fn own_kb(process: u32) -> Result<u64> {
    let text = std::fs::read_to_string(format!("/proc/{process}/smaps_rollup"))?;
    let private = text.lines().filter(|line| line.starts_with("Private_"));
    Ok(private.filter_map(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).sum())
}

fn children_of(process: u32) -> Result<Vec<u32>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc")? {
        let Ok(other) = entry?.file_name().to_string_lossy().parse::<u32>() else { continue };
        // A process may end while one looks.
        if stat(other).is_ok_and(|fields| fields.first() == Some(&u64::from(process))) {
            found.push(other);
        }
    }
    Ok(found)
}
