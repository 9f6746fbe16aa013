//! `cargo xtask demo`: a synthetic district's working day, played for real. The server and every
//! desk are processes of their own over HTTPS; every figure is counted when it is acknowledged
//! and read back from the stores at the end. It must not know how the rooms do their work.
//!
//! - [`actor`] is one desk's process, [`order`] what it is told, [`player`] who tells it;
//! - [`proxy`] is the cable between a desk and the server, [`centre`] the server's process;
//! - [`cast`] chooses the street; [`day`] holds the company, its acts stand in `morning`,
//!   `field`, `evening` and `night`; [`story`] tells and [`tally`] compares; `windows` come last.

pub mod actor;
pub mod cast;
pub mod centre;
pub mod day;
mod evening;
mod field;
mod morning;
mod night;
pub mod order;
pub mod player;
pub mod proxy;
pub mod story;
pub mod tally;
mod windows;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use desk::clock;

use self::cast::cast;
use self::day::{Day, Figures};
use self::story::Story;
use self::tally::Tally;
use crate::synth;

/// The district of the demo.
const SEED: u64 = 1;
/// The day may not end while it is played.
const DAY_LEFT: Duration = Duration::from_secs(120);

/// Plays the day; the figures, when all of them add up. Then, if wanted, the desks' windows.
pub fn play(windows: bool) -> Result<Figures> {
    let stage = Stage::set()?;
    let story = Story::begin("童档演示：一个虚构区县的一个工作日（数据全部为合成）");
    wait_for_midnight(&story)?;
    let today = domain::day::Day::of(clock::now());
    let district = story.during("编一个区", || Ok(synth::make(synth::Scale::district(), SEED, today)))?;
    let (units, people, children) = (district.units.len(), district.current_posts().count(), district.children.len());
    story.tell(format!("{}：{units} 个单位，{people} 人在岗，{children} 名儿童", district.scale.name));
    let cast = cast(&district).context("没有三位主任的街道")?;
    let mut tally = Tally::default();
    let centre = morning::found(&story, &stage.folder, &district, &mut tally)?;
    let (station, directors) = morning::enrol(&story, &stage.folder, &centre, &cast)?;
    let figures = Figures::default();
    let mut day = Day { story: &story, district: &district, centre, station, directors, tally, figures };
    day.first_sync()?;
    day.offline()?;
    day.homecoming()?;
    day.dayend()?;
    day.reassign()?;
    day.receipt(&stage.folder)?;
    let seconds = story.elapsed().as_secs();
    if day.tally.wrong().is_empty() {
        story.say(&format!("核对了 {} 个数字，全部相符，用时 {seconds} 秒。", day.tally.compared()));
        if windows {
            day.windows()?;
        }
        return Ok(day.figures);
    }
    bail!("有 {} 个数字对不上：{}", day.tally.wrong().len(), day.tally.wrong().join("；"))
}

/// The day's end counts by the day on the wall: begin after midnight rather than play across it.
fn wait_for_midnight(story: &Story) -> Result<()> {
    let now = clock::now();
    let left = domain::day::Day::of(now).plus(1).start().since_s(now).unsigned_abs();
    if left >= DAY_LEFT.as_secs() {
        return Ok(());
    }
    story.during("快到半夜了，等新的一天开始", || {
        std::thread::sleep(Duration::from_secs(left + 1));
        Ok(())
    })
}

/// The folder of this run. What the last run left is removed; one run at a time.
struct Stage {
    folder: PathBuf,
    // The operating system frees the lock with the process, however it ends.
    _lock: File,
}

impl Stage {
    fn set() -> Result<Self> {
        let all = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name(".demo");
        fs::create_dir_all(&all).with_context(|| format!("建不了文件夹 {}", all.display()))?;
        let lock = File::create(all.join("lock"))?;
        if lock.try_lock().is_err() {
            bail!("另一个演示正在运行，请等它结束");
        }
        for entry in fs::read_dir(&all)? {
            let path = entry?.path();
            if path.is_dir() {
                fs::remove_dir_all(&path).with_context(|| format!("上次的文件夹删不掉：{}", path.display()))?;
            }
        }
        let folder = all.join(clock::now().0.to_string());
        fs::create_dir(&folder)?;
        Ok(Self { folder, _lock: lock })
    }
}
