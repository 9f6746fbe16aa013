//! Where this program lies, so that it can be started anew. It must not start anything itself.

use std::io::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};

/// What Linux puts behind the path of a running program whose file was replaced.
const REPLACED: &str = " (deleted)";

/// The program's file as it is installed now: an upgrade while the window was open has put another one in
/// its place, and that is the one to start.
pub fn own() -> Result<PathBuf> {
    let path = installed(&std::env::current_exe()?);
    if path.exists() { Ok(path) } else { Err(Error::new(ErrorKind::NotFound, path.display().to_string())) }
}

fn installed(path: &Path) -> PathBuf {
    let text = path.to_str().filter(|_| !path.exists());
    text.and_then(|text| text.strip_suffix(REPLACED)).map_or_else(|| path.to_path_buf(), PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_replaced_while_it_ran_is_found_where_it_was() {
        let folder = tempfile::tempdir().expect("a folder");
        let program = folder.path().join("tongdang");
        let shown = folder.path().join("tongdang (deleted)");
        assert_eq!(installed(&shown), program, "replaced");
        assert_eq!(installed(&program), program);
        std::fs::write(&shown, "").expect("a file");
        assert_eq!(installed(&shown), shown, "a file that is really named so");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_process_whose_file_was_replaced_finds_the_new_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let (program, new) = (folder.path().join("running"), folder.path().join("new"));
        std::fs::copy("/bin/sleep", &program).expect("copied");
        std::fs::copy("/bin/sleep", &new).expect("copied");
        let mut running = std::process::Command::new(&program).arg("30").spawn().expect("started");
        std::fs::rename(&new, &program).expect("replaced as an upgrade does it");
        let shown = std::fs::read_link(format!("/proc/{}/exe", running.id())).expect("its file");
        running.kill().and_then(|()| running.wait()).expect("ended");
        assert_ne!(shown, program, "the system names a file that is gone");
        assert_eq!(installed(&shown), program);
    }
}
