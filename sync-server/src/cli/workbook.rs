//! Foreign workbooks are parsed in a child process of this binary with memory and time limits.
//!
//! The parent starts itself with the hidden subcommand [`SUBCOMMAND`], writes the file to the
//! child's stdin and reads the cells back as CBOR. This file must not look at what cells say.

use std::io::{self, Read, Write};
use std::process::{Command, ExitCode, Stdio};

use domain::fault::{Code, Fault};
use ledger::workbook::Workbook;
use rustix::process::{Resource, Rlimit, setrlimit};

/// The hidden subcommand the child is started with.
pub const SUBCOMMAND: &str = "read-workbook";
/// Most bytes of address space of the child.
const MEMORY: u64 = 512 << 20;
/// Most seconds of CPU of the child.
const CPU_S: u64 = 20;
/// Most bytes of cells taken back from the child.
const CELLS: u64 = 256 << 20;

/// How the child's status says what is wrong.
const STATUS: [(u8, Code); 6] = [
    (10, Code::BadWorkbook),
    (11, Code::WorkbookTooLarge),
    (12, Code::WorkbookLocked),
    (13, Code::WorkbookOld),
    (14, Code::WorkbookPage),
    (15, Code::WorkbookTemporary),
];
/// Most bytes a child that refuses says about where.
const ABOUT: usize = 16;

/// Parses a workbook in a limited child process of this binary. A child that dies of its limits
/// means the workbook is too large; nothing else of this process is touched.
pub fn read_limited(bytes: &[u8]) -> Result<Workbook, Fault> {
    if bytes.len() > ledger::read::MAX_FILE {
        return Err(Code::WorkbookTooLarge.into());
    }
    let own = std::env::current_exe().map_err(|e| Fault::new(Code::Bug, format!("own binary: {e}")))?;
    let mut command = Command::new(own);
    command.arg(SUBCOMMAND);
    read_with(command, bytes)
}

fn read_with(mut command: Command, bytes: &[u8]) -> Result<Workbook, Fault> {
    let failed = |e: io::Error| Fault::new(Code::Bug, format!("workbook reader: {e}"));
    let pipes = command.env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = pipes.spawn().map_err(failed)?;
    if let Some(mut stdin) = child.stdin.take() {
        // A child that died early closes its end; its status says why.
        let _ = stdin.write_all(bytes);
    }
    let mut cells = Vec::new();
    let read = child.stdout.take().map(|out| out.take(CELLS + 1).read_to_end(&mut cells));
    if cells.len() as u64 > CELLS {
        child.kill().map_err(failed)?;
    }
    let status = child.wait().map_err(failed)?;
    read.transpose().map_err(failed)?;
    match status.code() {
        Some(0) => Workbook::from_bytes(&cells),
        Some(status) => {
            let known = STATUS.iter().find(|(n, _)| i32::from(*n) == status);
            let Some((_, code)) = known else { return Err(Code::BadWorkbook.into()) };
            let about = std::str::from_utf8(&cells).ok().filter(|text| text.len() <= ABOUT && text.is_ascii());
            Err(Fault::new(*code, about.unwrap_or_default()))
        }
        None => Err(Code::WorkbookTooLarge.into()),
    }
}

/// What the child does: limits itself, reads stdin, writes cells to stdout.
pub fn child() -> ExitCode {
    if limit().is_err() {
        return ExitCode::FAILURE;
    }
    let mut bytes = Vec::new();
    let most = ledger::read::MAX_FILE as u64 + 1;
    if io::stdin().lock().take(most).read_to_end(&mut bytes).is_err() {
        return ExitCode::FAILURE;
    }
    match ledger::read_workbook(&bytes) {
        Ok(book) => match io::stdout().lock().write_all(&book.to_bytes()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        Err(fault) => {
            // Which cell, where there is one to name; nobody to tell is no failure of ours.
            let _ = io::stdout().lock().write_all(fault.about.as_bytes());
            let status = STATUS.iter().find(|(_, code)| *code == fault.code).map_or(10, |(status, _)| *status);
            ExitCode::from(status)
        }
    }
}

/// Limits for the rest of this process; no core file, so that no name is left on the disk.
fn limit() -> rustix::io::Result<()> {
    let set = |resource, most| setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) });
    set(Resource::As, MEMORY)?;
    set(Resource::Cpu, CPU_S)?;
    set(Resource::Core, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Result<Workbook, Fault> {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        read_with(command, b"bytes")
    }

    #[test]
    fn a_reader_that_dies_of_its_limits_means_too_large() {
        for script in ["kill -9 $$", "cat >/dev/null; exit 11"] {
            assert_eq!(shell(script).map_err(|f| f.code), Err(Code::WorkbookTooLarge), "{script}");
        }
    }

    #[test]
    fn a_reader_that_refuses_says_what_it_is_and_where() {
        for (status, code) in STATUS {
            let refused = shell(&format!("cat >/dev/null; printf AB12; exit {status}"));
            assert_eq!(refused, Err(Fault::new(code, "AB12")));
        }
    }

    #[test]
    fn a_reader_that_fails_or_talks_nonsense_means_a_bad_workbook() {
        for script in ["exit 101", "exit 10", "cat >/dev/null; echo hello", "exit 0"] {
            assert_eq!(shell(script).map_err(|f| f.code), Err(Code::BadWorkbook), "{script}");
        }
    }
}
