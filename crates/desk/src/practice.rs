//! A made-up district to try everything in. It lives in a folder of its own beside the profile,
//! under keys of its own, and is made anew each time it is entered; what is written there never
//! leaves that folder and is removed with it. It must not know the real profile.
//!
//! Nothing here writes to a store past the client: three desks (the learner's, her old laptop, the
//! station's) do what people would have done in the last weeks, and a district in memory (`town`)
//! passes it on.

mod life;
mod town;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use client::{Client, KdfCost};
use domain::fault::{Code, Fault};
use domain::moment::{Moment, Timestamp};

use crate::clock::OsChance;

/// The practice folder of a profile: beside it, never in it.
pub fn folder(profile: &Path) -> PathBuf {
    let mut name = profile.file_name().map_or_else(|| OsString::from("tongdang"), OsString::from);
    name.push("-practice");
    profile.with_file_name(name)
}

/// Makes the practice district in an empty folder and opens the learner's desk. The passphrase is
/// drawn and forgotten: once closed, the folder can be opened by nobody.
pub fn begin(folder: &Path, now: Timestamp) -> Result<Client, Fault> {
    let mut chance = OsChance;
    let drawn: [u8; 16] = Moment::new(now, &mut chance).bytes();
    let passphrase: String = drawn.iter().map(|byte| format!("{byte:02x}")).collect();
    life::live(folder, now, &passphrase, KdfCost::TRIVIAL)
}

/// A profile as practice makes it, closed, under a passphrase that is known: for tests.
#[cfg(test)]
pub(crate) fn lived(folder: &Path, passphrase: &str) -> Result<Client, Fault> {
    life::live(folder, crate::clock::now(), passphrase, KdfCost::TRIVIAL)
}

/// Removes everything of earlier practice except the lock this process holds.
pub fn clear(folder: &Path) -> Result<(), Fault> {
    let entries = match fs::read_dir(folder) {
        Err(gone) if gone.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        other => other.map_err(|_| Code::DiskFailed)?,
    };
    for entry in entries {
        let path = entry.map_err(|_| Code::DiskFailed)?.path();
        let removed = match (path.is_dir(), path.ends_with("profile.lock")) {
            (true, _) => fs::remove_dir_all(&path),
            (false, true) => Ok(()),
            (false, false) => fs::remove_file(&path),
        };
        removed.map_err(|_| Code::DiskFailed)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
