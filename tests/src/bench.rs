//! The district day (docs/TESTING.md) against its targets: the real server binary as a process
//! of its own, real HTTPS, real desks, real forms. It measures; it must not be part of the product.
//!
//! # Layout
//! - [`plan`] who there is; [`prepare`] the store they begin with; [`centre`] the server's process;
//! - [`seat`] a desk; [`sample`] what an exchange cost; [`report`] figures and targets;
//! - [`district`], [`growth`], [`desk`] the phases; `ui` those of the real window (feature `window`).

pub mod centre;
pub mod desk;
pub mod district;
pub mod growth;
pub mod plan;
pub mod prepare;
pub mod report;
pub mod sample;
pub mod seat;
#[cfg(feature = "window")]
pub mod ui;

use std::path::PathBuf;

use anyhow::{Result, bail, ensure};

use self::plan::{Plan, SEED, STREET};
use self::report::Phase;
use crate::synth::archive::Archive;
use crate::synth::as_of;
use crate::synth::text::{Mixture, ratios};

/// Phases of the real window; none where it cannot be driven.
#[cfg(feature = "window")]
const WINDOW: &[&str] = &ui::PHASES;
#[cfg(not(feature = "window"))]
const WINDOW: &[&str] = &[];

/// What is asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Options {
    /// Directors of the district.
    pub directors: usize,
    /// Only phases whose name begins so (and what they need).
    pub only: Option<String>,
}

/// Where things lie.
pub struct Places {
    /// Prepared stores, kept.
    pub cache: PathBuf,
    /// This run's copies, removed at the end.
    pub run: PathBuf,
    /// The server's program.
    pub binary: PathBuf,
}

impl Places {
    fn find() -> Result<Self> {
        let binary = centre::binary()?;
        let Some(target) = binary.parent().and_then(|profile| profile.parent()) else { bail!("no target folder") };
        let run = target.join(format!("bench-run-{}", std::process::id()));
        std::fs::create_dir_all(&run)?;
        Ok(Self { cache: target.join("bench-cache"), run, binary })
    }
}

impl Drop for Places {
    fn drop(&mut self) {
        // What remains is found by whoever cleans the target folder.
        let _ = std::fs::remove_dir_all(&self.run);
    }
}

/// Plays what is asked for, telling each phase as it ends.
pub fn run(options: &Options, mut tell: impl FnMut(&Phase)) -> Result<Vec<Phase>> {
    ensure!(options.directors >= STREET, "a station pulls {STREET} communities: at least so many directors");
    let wanted = |phases: &[&'static str]| -> Vec<&'static str> {
        phases
            .iter()
            .copied()
            .filter(|phase| options.only.as_deref().is_none_or(|only| phase.starts_with(only)))
            .collect()
    };
    let (of_district, of_growth, of_desk) = (wanted(&district::PHASES), wanted(&growth::PHASES), wanted(&desk::PHASES));
    let of_window = wanted(WINDOW);
    if [&of_district, &of_growth, &of_desk, &of_window].iter().all(|of| of.is_empty()) {
        let names = [&district::PHASES[..], &growth::PHASES[..], &desk::PHASES[..], WINDOW].concat();
        bail!("no such phase; there are: {}", names.join(" "));
    }
    honest_text()?;
    let places = Places::find()?;
    let mut phases = Vec::new();
    let mut keep = |phase: Phase| {
        tell(&phase);
        phases.push(phase);
    };
    if let Some(last) = of_district.last() {
        let mut district = district::opened(Plan::district(options.directors), &places, "district")?;
        district.play(last, |phase| {
            if of_district.contains(&phase.phase.as_str()) {
                keep(phase);
            }
        })?;
    }
    if !of_growth.is_empty() {
        growth::play(&places, &of_growth, &mut keep)?;
    }
    if !of_desk.is_empty() {
        desk::play(&places, &of_desk, &mut keep)?;
    }
    #[cfg(feature = "window")]
    if !of_window.is_empty() {
        ui::play(&places, &of_window, &mut keep)?;
    }
    Ok(phases)
}

/// Text that packs better than real notes would make every figure a lie.
fn honest_text() -> Result<()> {
    let archive = Archive::new(SEED, 0, plan::FILES, Mixture::Work, as_of());
    let note = |n: usize| archive.note(n % plan::FILES, n / plan::FILES)["note"].as_text().map(str::to_owned);
    let notes: Vec<String> = (0..120).filter_map(note).collect();
    let (alone, _) = ratios(&notes)?;
    ensure!((0.64..=0.70).contains(&alone), "the notes pack to {alone:.3} under zstd-19; real ones to 0.67 ± 0.03");
    let fields = (0..archive.len()).map(|file| archive.file(file).len()).min().unwrap_or(0);
    ensure!(fields >= 35, "a file has only {fields} filled fields");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_benchs_text_is_honest() {
        honest_text().expect("notes like real ones, files as full as real ones");
    }

    #[test]
    fn a_phase_nobody_knows_is_refused_before_anything_is_built() {
        let options = Options { directors: 13, only: Some("day_dictator".to_owned()) };
        let told = run(&options, |_| {}).expect_err("refused").to_string();
        assert!(told.contains("day_director"), "{told}");
    }
}
