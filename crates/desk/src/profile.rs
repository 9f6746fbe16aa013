//! One profile: a folder that one process at a time may use. It must not look into what lies there.

use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use domain::fault::{Code, Fault};

/// The folder of a profile, held by this process until dropped.
#[derive(Debug)]
pub struct Profile {
    dir: PathBuf,
    // The operating system frees the lock with the process, however it ends.
    _lock: File,
}

impl Profile {
    /// Takes the folder, making it (readable by its owner only) if there is none.
    /// [`Code::AlreadyOpen`] while another process has it.
    pub fn take(dir: &Path) -> Result<Self, Fault> {
        make(dir).map_err(|e| fault(e.kind()))?;
        let mut options = File::options();
        options.create(true).truncate(false).write(true);
        let lock = options.open(dir.join("profile.lock")).map_err(|e| fault(e.kind()))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { dir: dir.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(Code::AlreadyOpen.into()),
            Err(TryLockError::Error(e)) => Err(fault(e.kind())),
        }
    }

    /// Where the profile of this computer's user lies when nobody says otherwise.
    pub fn usual_dir() -> Option<PathBuf> {
        dirs::data_local_dir().map(|dir| dir.join("tongdang"))
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }
}

#[cfg(unix)]
fn make(dir: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

#[cfg(not(unix))]
fn make(dir: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(dir)
}

fn fault(kind: ErrorKind) -> Fault {
    match kind {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Code::DiskFull.into(),
        ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => Code::DiskReadOnly.into(),
        _ => Code::DiskFailed.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_taken_once_and_free_again_afterwards() {
        let folder = tempfile::tempdir().expect("a folder");
        let dir = folder.path().join("new/profile");
        let taken = Profile::take(&dir).expect("free");
        assert_eq!(Profile::take(&dir).map(|_| ()), Err(Code::AlreadyOpen.into()));
        drop(taken);
        assert_eq!(Profile::take(&dir).expect("free again").dir(), dir);
    }

    #[test]
    fn a_place_that_cannot_be_a_folder_is_a_fault_with_words() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("file");
        std::fs::write(&file, b"").expect("a file");
        assert_eq!(Profile::take(&file.join("profile")).map(|_| ()), Err(Code::DiskFailed.into()));
    }
}
