//! What a sync costs when there is four times or ten times as much: three districts of two
//! directors, measured in turns so that the machine's moods meet all of them. It must not judge.

use anyhow::Result;

use super::Places;
use super::district::{self, District};
use super::plan::{FILES, NOTES, Plan};
use super::report::{Growth, Phase};
use super::sample::{Sample, median};

/// The phases.
pub const PHASES: [&str; 2] = ["growth_files_4x", "growth_history_10x"];
/// Rounds of a sync with nothing new.
const UNCHANGED: usize = 30;
/// Days; the first brings no verdicts of a day before and does not count.
const DAYS: usize = 9;

struct Ground {
    district: District,
    unchanged: Vec<Sample>,
    day: Vec<Sample>,
}

/// Plays both phases.
pub fn play(places: &Places, wanted: &[&str], mut tell: impl FnMut(Phase)) -> Result<()> {
    let plan = |files, notes| Plan { directors: 2, files, notes, stations: 0 };
    let all = [("base", plan(FILES, NOTES)), (PHASES[0], plan(FILES * 4, NOTES)), (PHASES[1], plan(FILES, NOTES * 10))];
    let mut grounds = Vec::new();
    for (name, plan) in all.into_iter().filter(|(name, _)| *name == "base" || wanted.contains(name)) {
        let mut district = district::opened(plan, places, name)?;
        district.first_director()?;
        grounds.push((name, Ground { district, unchanged: Vec::new(), day: Vec::new() }));
    }
    for round in 0..UNCHANGED {
        for (_, ground) in &mut grounds {
            ground.unchanged(round > 0)?;
        }
    }
    for day in 0..DAYS {
        for (_, ground) in &mut grounds {
            ground.day(day > 0)?;
        }
    }
    let mut grounds = grounds.into_iter();
    let Some((_, base)) = grounds.next() else { return Ok(()) };
    for (name, ground) in grounds {
        tell(ground.against(&base, name)?);
    }
    Ok(())
}

impl Ground {
    fn unchanged(&mut self, counts: bool) -> Result<()> {
        for n in 0..self.district.directors.len() {
            let sample = self.district.measure(n)?;
            if counts {
                self.unchanged.push(sample);
            }
        }
        Ok(())
    }

    fn day(&mut self, counts: bool) -> Result<()> {
        self.district.work()?;
        for n in 0..self.district.directors.len() {
            let sample = self.district.measure(n)?;
            if counts {
                self.day.push(sample);
            }
        }
        Ok(())
    }

    fn against(&self, base: &Self, name: &str) -> Result<Phase> {
        let bytes = |samples: &[Sample]| median(samples, Sample::bytes) as f64;
        let request = |samples: &[Sample]| median(samples, |s| s.server.request).as_secs_f64();
        let gate = |samples: &[Sample]| median(samples, |s| s.server.gate).as_secs_f64();
        let growth = Growth {
            unchanged_bytes_ratio: ratio(bytes(&self.unchanged), bytes(&base.unchanged)),
            unchanged_cpu_ratio: ratio(request(&self.unchanged), request(&base.unchanged)),
            day_bytes_ratio: ratio(bytes(&self.day), bytes(&base.day)),
            day_cpu_ratio: ratio(request(&self.day), request(&base.day)),
            gate_cpu_ratio: ratio(gate(&self.day), gate(&base.day)),
        };
        let centre = &self.district.centre;
        let phase = Phase::on_line(name, &self.day, centre.peak_mb()?, centre.store_mb()?);
        Ok(phase.of(self.district.directors.len()).grown(growth))
    }
}

fn ratio(of: f64, to: f64) -> f64 {
    if to == 0.0 { 0.0 } else { (of / to * 1000.0).round() / 1000.0 }
}
