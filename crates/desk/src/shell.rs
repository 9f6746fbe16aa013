//! What every window answers, whatever it is made of: first start, unlocking, locking, practice,
//! leaving, and where the line stands. Calls that do not begin with `shell.` go to the client
//! unchanged. It must not know windows, sockets of its own, or rules of the work.
//!
//! - [`state`] what a screen sees; [`stage`] what is held at each stage; `calls` the calls.
//!
//! A shell lives as long as its process: locking, practising and leaving end the process, and
//! whoever owns it ([`Then`]) starts a fresh one that holds no keys.

mod calls;
pub mod stage;
pub mod state;
#[cfg(test)]
mod tests;

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

pub use client::{KdfCost, Keystore};
use domain::fault::{Code, Fault};

use self::stage::Stage;
use self::state::{News, Pin, Refusal, ShellState};
use crate::Event;

/// Opening a large store takes no longer on an old computer.
const OPENING_MAX: Duration = Duration::from_secs(10);
/// How often the bytes of an answer under way are told.
const TOLD_EVERY: Duration = Duration::from_millis(250);

/// A panic says where it happened and nothing else: its message may hold what somebody wrote.
pub fn quiet_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(String::new, ToString::to_string);
        // Nobody may be reading; there is nothing else to do with it.
        drop(writeln!(std::io::stderr(), "tongdang: panic at {place}"));
    }));
}

/// What comes after this process.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Then {
    /// A fresh process over the profile, locked.
    Again,
    /// A fresh process over the practice district.
    Practice,
    /// Nothing.
    Quit,
}

/// How a shell is opened.
pub struct Setup {
    /// The profile's folder; practice stands beside it.
    pub dir: PathBuf,
    /// The practice district instead of the profile.
    pub practice: bool,
    /// A window of its own, not a browser's.
    pub desktop: bool,
    /// How dear one guess of a passphrase is.
    pub cost: KdfCost,
    /// Hears what changed. Called from any thread; must not call back.
    pub tell: Box<dyn Fn(News) + Send + Sync>,
    /// The process before this one may still be ending: wait a little for its folder.
    pub patient: bool,
    /// Where the device secret of a PIN is kept.
    pub keystore: Arc<dyn Keystore>,
    /// Ends this process soon, after the answer under way is out. Keys are already gone.
    pub then: Box<dyn Fn(Then) + Send + Sync>,
}

/// The shell's core. Calls block: make them off the thread that paints.
#[derive(Clone)]
pub struct Shell(Arc<Inner>);

struct Inner {
    setup: Setup,
    held: Mutex<Held>,
}

/// What is remembered between calls.
struct Held {
    stage: Stage,
    aside: Option<String>,
    reopened: bool,
    /// A PIN is set.
    pin: bool,
    /// This machine is known to have no keystore.
    no_keystore: bool,
    line: LineState,
    /// That work waits has been said.
    warned: bool,
}

/// The exchange with the district as the status line shows it.
#[derive(Default)]
struct LineState {
    syncing: bool,
    received: u64,
    told: Option<Instant>,
    trouble: Option<Fault>,
    /// The exchange under way has met trouble.
    failed: bool,
}

impl Shell {
    /// Takes the folder and looks what it holds. What stands in the way (the folder is open
    /// elsewhere, the disk refuses) is what every call then answers.
    pub fn open(setup: Setup) -> Self {
        let stage = Stage::of_folder(&setup).unwrap_or_else(Stage::Broken);
        let practice = setup.practice && !matches!(stage, Stage::Broken(_));
        // Unreadable slots are met again, with words, by who tries to open them.
        let pin = !practice && client::Client::open(&setup.dir).is_ok_and(|client| client.has_pin());
        let line = LineState::default();
        let held = Held { stage, aside: None, reopened: false, pin, no_keystore: false, line, warned: false };
        let shell = Self(Arc::new(Inner { setup, held: Mutex::new(held) }));
        if practice {
            shell.begin_practice();
        }
        shell
    }

    /// Answers one call: JSON in, JSON out.
    pub fn call(&self, name: &str, args: &[u8]) -> Result<Vec<u8>, Refusal> {
        let answered = match name.strip_prefix("shell.") {
            Some(own) => calls::call(self, own, args),
            None => self.desk().and_then(|desk| desk.call(name, args)).map(|done| done.json),
        };
        answered.map_err(Refusal::of)
    }

    /// A person closes the window: true when it may close. Work that waits is said once.
    pub fn may_close(&self) -> bool {
        let waiting = self.waiting();
        let mut held = self.held();
        if waiting == 0 || std::mem::replace(&mut held.warned, true) {
            return true;
        }
        drop(held);
        (self.0.setup.tell)(News::Closing(state::Closing { waiting }));
        false
    }

    /// Ends this process and says what comes after it. What the desk is doing is done first;
    /// then no key is left here.
    pub fn leave(&self, then: Then) {
        let left = self.settled();
        let practised = self.0.setup.practice && matches!(left, Stage::Open(_));
        if let Stage::Open(desk) = &left {
            // Whoever still holds the desk, a call under way or one that comes late, finds it
            // locked: the store is closed before the process takes its library down.
            drop(desk.lock());
        }
        drop(left);
        if then == Then::Again {
            self.tell_state();
        }
        if practised {
            // What cannot be removed now is removed when practice is entered again.
            drop(crate::practice::clear(&crate::practice::folder(&self.0.setup.dir)));
        }
        (self.0.setup.then)(then);
    }

    /// Where the shell stands, left: opening that is under way comes to its end first.
    fn settled(&self) -> Stage {
        let until = Instant::now() + OPENING_MAX;
        loop {
            let mut held = self.held();
            if !matches!(held.stage, Stage::Opening) || Instant::now() > until {
                return std::mem::replace(&mut held.stage, Stage::Left);
            }
            drop(held);
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The state a screen sees now.
    pub fn state(&self) -> Result<ShellState, Fault> {
        let held = self.held();
        if let Stage::Broken(fault) = &held.stage {
            return Err(fault.clone());
        }
        Ok(self.seen(&held))
    }

    fn seen(&self, held: &Held) -> ShellState {
        ShellState {
            stage: held.stage.word(),
            practice: self.0.setup.practice,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            label: state::computer(),
            aside: held.aside.clone(),
            reopened: held.reopened,
            pin: Pin::of(held.pin, held.no_keystore),
            syncing: held.line.syncing,
            received: held.line.received,
            trouble: held.line.trouble.clone().map(Refusal::of),
            desktop: self.0.setup.desktop,
        }
    }

    fn tell_state(&self) {
        let news = News::State(self.seen(&self.held()));
        (self.0.setup.tell)(news);
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn desk(&self) -> Result<Arc<crate::Desk>, Fault> {
        match &self.held().stage {
            Stage::Open(desk) => Ok(desk.clone()),
            Stage::Broken(fault) => Err(fault.clone()),
            Stage::New(_) | Stage::Joined(..) | Stage::Locked(_) | Stage::Opening | Stage::Left => {
                Err(Code::Locked.into())
            }
        }
    }

    /// What is on this disk only, and would be sent.
    fn waiting(&self) -> u32 {
        if self.0.setup.practice {
            return 0;
        }
        let state = self.desk().and_then(|desk| desk.call("sync.state", b"{}"));
        let said = state.ok().and_then(|done| serde_json::from_slice::<serde_json::Value>(&done.json).ok());
        let count = |said: &serde_json::Value, of: &str| said[of].as_u64().unwrap_or(0);
        let waits = said.map_or(0, |said| count(&said, "waiting") + count(&said, "files_waiting"));
        u32::try_from(waits).unwrap_or(u32::MAX)
    }

    /// What the desk's thread tells.
    fn hear(&self, event: Event) {
        let changed = match event {
            Event::Touched(tags) => {
                (self.0.setup.tell)(News::Touched(tags));
                false
            }
            other => self.held().line.hear(other),
        };
        if changed {
            self.tell_state();
        }
    }

    /// The listener a desk is started with. It does not keep the shell alive: the shell keeps the desk.
    fn listener(&self) -> impl Fn(Event) + Send + Sync + 'static {
        let weak = Arc::downgrade(&self.0);
        move |event| {
            if let Some(inner) = weak.upgrade() {
                Self(inner).hear(event);
            }
        }
    }
}

impl LineState {
    /// Whether a screen must be told.
    fn hear(&mut self, event: Event) -> bool {
        match event {
            Event::Touched(_) => return false,
            Event::Begun => (self.syncing, self.received, self.failed) = (true, 0, false),
            Event::Received(bytes) => {
                self.received = bytes;
                let recent = self.told.is_some_and(|at| at.elapsed() < TOLD_EVERY);
                if recent {
                    return false;
                }
                self.told = Some(Instant::now());
            }
            Event::Trouble(fault) => (self.trouble, self.failed) = (Some(fault), true),
            Event::Ended => {
                self.syncing = false;
                self.trouble = self.trouble.take().filter(|_| self.failed);
            }
        }
        true
    }
}
