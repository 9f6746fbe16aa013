//! After the day: the same desks in real windows, against the same running server, until the last
//! is closed. It must not play anything itself.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use desk::profile::Profile;
use domain::fault::Code;

use super::actor::PASSPHRASE;
use super::centre::beside;
use super::day::{Day, Seat};

/// Directors whose windows open.
const DIRECTORS: usize = 2;
/// A window that locks ends and starts again: so long is nobody at the folder.
const LOCKING: Duration = Duration::from_secs(4);
const BLINK: Duration = Duration::from_millis(300);

impl Day<'_> {
    /// Opens two directors' windows and the station's; comes back when all are closed.
    pub fn windows(&mut self) -> Result<()> {
        let program = beside("tongdang")?;
        self.story.chapter("窗口");
        let mut open = Vec::new();
        let directors = self.directors.iter_mut().take(DIRECTORS);
        for seat in directors.chain(std::iter::once(&mut self.station)) {
            open.push(show(&program, seat)?);
        }
        for seat in self.directors.iter().take(DIRECTORS) {
            self.story.tell(format!("儿童主任{}的窗口已打开", seat.name()));
        }
        self.story.tell(format!("街道站{}的窗口已打开", self.station.name()));
        self.story.tell(format!("口令都是：{PASSPHRASE}"));
        self.story.tell("区中心的服务一直开着；窗口全部关掉，演示就结束。");
        wait(&open);
        Ok(())
    }
}

fn show(program: &std::path::Path, seat: &mut Seat) -> Result<PathBuf> {
    let dir = seat.player.leave()?;
    let mut command = Command::new(program);
    // `--again`: whoever looks whether the folder is free has it for a moment.
    command.arg("--again").arg("--profile").arg(&dir).stdin(Stdio::null()).stdout(Stdio::null());
    command.spawn().with_context(|| format!("{}的窗口打不开", seat.name()))?;
    Ok(dir)
}

/// Until nobody has had any of the folders for a while.
fn wait(folders: &[PathBuf]) {
    let taken = |dir: &PathBuf| matches!(Profile::take(dir), Err(fault) if fault.code == Code::AlreadyOpen);
    let mut seen = Instant::now();
    while seen.elapsed() < LOCKING {
        if folders.iter().any(taken) {
            seen = Instant::now();
        }
        std::thread::sleep(BLINK);
    }
}
