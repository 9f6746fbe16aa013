//! What the shell holds at each stage. The folder stays held from the first to the last.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use client::Client;
use domain::fault::{Code, Fault};

use super::Setup;
use super::state::Word;
use crate::Desk;
use crate::enrol::Enrolled;
use crate::practice;
use crate::profile::Profile;

/// Longest wait for the process before this one to let go of the folder.
const PATIENCE: Duration = Duration::from_secs(5);

fn taken(dir: &Path, patience: Duration) -> Result<Profile, Fault> {
    let until = Instant::now() + patience;
    loop {
        match Profile::take(dir) {
            Err(fault) if fault.code == Code::AlreadyOpen && Instant::now() < until => {
                std::thread::sleep(Duration::from_millis(50));
            }
            other => return other,
        }
    }
}

/// Where the shell stands.
pub(super) enum Stage {
    /// An empty folder.
    New(Profile),
    /// A district has let this computer in; nothing of it is on the disk yet.
    Joined(Profile, Box<Enrolled>),
    /// A profile, locked.
    Locked(Profile),
    /// Somebody is trying or setting a passphrase; whoever does holds the folder.
    Opening,
    /// Work.
    Open(Arc<Desk>),
    /// The folder cannot be used.
    Broken(Fault),
    /// The process is about to end.
    Left,
}

impl Stage {
    /// Takes a folder.
    pub(super) fn of_folder(setup: &Setup) -> Result<Self, Fault> {
        let dir = if setup.practice { practice::folder(&setup.dir) } else { setup.dir.clone() };
        let profile = taken(&dir, if setup.patient { PATIENCE } else { Duration::ZERO })?;
        let known = !setup.practice && Client::exists(&dir);
        Ok(if known { Self::Locked(profile) } else { Self::New(profile) })
    }

    pub(super) const fn word(&self) -> Word {
        match self {
            Self::New(_) | Self::Broken(_) => Word::New,
            Self::Joined(..) => Word::Joined,
            Self::Locked(_) | Self::Left => Word::Locked,
            Self::Opening => Word::Opening,
            Self::Open(_) => Word::Open,
        }
    }
}
