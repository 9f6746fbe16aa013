//! How the day is told: headings and sentences on the standard output, signs of life beside them
//! while something takes long. It must not count anything.

use std::io::Write as _;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

/// The teller.
pub struct Story {
    begun: Instant,
}

/// After so long a reader wants to know that something is still going on.
const LONG: Duration = Duration::from_secs(1);
const LONGER: Duration = Duration::from_secs(3);

impl Story {
    /// Begins.
    pub fn begin(title: &str) -> Self {
        let story = Self { begun: Instant::now() };
        story.say(title);
        story
    }

    /// A new chapter.
    pub fn chapter(&self, title: &str) {
        self.say(&format!("\n── {title}"));
    }

    /// A sentence.
    pub fn say(&self, sentence: &str) {
        // A reader who closed the pipe hears no more; the day goes on.
        let _ = writeln!(std::io::stdout().lock(), "{sentence}");
    }

    /// A sentence of the chapter.
    pub fn tell(&self, sentence: impl AsRef<str>) {
        self.say(&format!("   {}", sentence.as_ref()));
    }

    /// Does something; says that it is still going on when it takes over a second.
    pub fn during<R>(&self, what: &str, act: impl FnOnce() -> Result<R>) -> Result<R> {
        let (done, waits) = channel::<()>();
        let begun = Instant::now();
        let result = std::thread::scope(|scope| {
            scope.spawn(move || {
                let mut pause = LONG;
                while waits.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
                    let _ = writeln!(std::io::stderr().lock(), "   …{what}（{} 秒）", begun.elapsed().as_secs());
                    pause = LONGER;
                }
            });
            let result = act();
            drop(done);
            result
        });
        result.with_context(|| what.to_owned())
    }

    /// Since the beginning.
    pub fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }
}
