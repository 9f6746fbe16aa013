//! Processes of one profile that follow each other. A second start finds the first by a file only
//! its owner can read, and gets an address from it. A process that ends to lock hands port and
//! cookie to its successor, so that the page in the browser stays good; never a key.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use hyper::header::{HeaderMap, HeaderName};

use super::gate::{Gate, Refused, same};
use crate::shell::Then;

/// Where a second start asks.
pub(super) const PATH: &str = "/again";
const HEADER: HeaderName = HeaderName::from_static("x-tongdang");
/// In the profile's folder: port and secret of the process that has it.
const FILE: &str = "loopback";
/// Between a process and its successor: `port:cookie`.
const HANDED: &str = "TONGDANG_LOOPBACK";
const PATIENCE: Duration = Duration::from_secs(2);

/// What a process leaves to its successor.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Handed {
    /// The port the page knows.
    pub port: u16,
    /// The cookie the browser has.
    pub cookie: String,
}

impl Handed {
    /// What the process before left, if there was one.
    pub fn from_before() -> Option<Self> {
        let said = std::env::var(HANDED).ok()?;
        let (port, cookie) = said.split_once(':')?;
        Some(Self { port: port.parse().ok()?, cookie: cookie.to_owned() })
    }

    /// Becomes a fresh process: the same program with the same arguments, none of the memory.
    /// Comes back only when that fails.
    pub fn become_fresh(&self, profile: &Path, then: Then) -> std::io::Error {
        let program = match crate::program::own() {
            Ok(program) => program,
            Err(error) => return error,
        };
        let mut fresh = Command::new(program);
        fresh.arg("--again").arg("--no-browser").arg("--profile").arg(profile);
        if then == Then::Practice {
            fresh.arg("--practice");
        }
        fresh.env(HANDED, format!("{}:{}", self.port, self.cookie));
        replace(&mut fresh)
    }
}

#[cfg(unix)]
fn replace(fresh: &mut Command) -> std::io::Error {
    use std::os::unix::process::CommandExt as _;
    fresh.exec()
}

#[cfg(not(unix))]
fn replace(fresh: &mut Command) -> std::io::Error {
    match fresh.spawn() {
        Ok(_) => std::process::exit(0),
        Err(error) => error,
    }
}

/// Opens the system's browser.
pub fn browse(url: &str) -> std::io::Result<()> {
    let mut command = if cfg!(windows) {
        let mut command = Command::new("rundll32");
        command.args(["url.dll,FileProtocolHandler", url]);
        command
    } else {
        let mut command = Command::new(if cfg!(target_os = "macos") { "open" } else { "xdg-open" });
        command.arg(url);
        command
    };
    command.env_remove(HANDED).spawn().map(|_| ())
}

/// Leaves word for a second start.
pub fn leave_word(profile: &Path, gate: &Gate) -> std::io::Result<()> {
    let path = profile.join(FILE);
    drop(std::fs::remove_file(&path));
    let mut options = std::fs::File::options();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(format!("{}:{}", gate.port(), gate.cookie()).as_bytes())
}

/// Asks the process that has the profile for an address; `None` when none answers.
pub fn ask(profile: &Path) -> Option<String> {
    let word = std::fs::read_to_string(profile.join(FILE)).ok()?;
    let (port, secret) = word.split_once(':')?;
    let port: u16 = port.parse().ok()?;
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    let asked = format!(
        "POST {PATH} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n{HEADER}: {secret}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(asked.as_bytes()).ok()?;
    let mut said = String::new();
    stream.take(4096).read_to_string(&mut said).ok()?;
    let url = said.strip_prefix("HTTP/1.1 200")?.rsplit_once("\r\n\r\n")?.1.to_owned();
    url.starts_with("http://127.0.0.1:").then_some(url)
}

/// A fresh address for who knows the secret of the file. No page can set this header from afar:
/// the browser would ask first, and nothing here answers that.
pub(super) fn answer(gate: &Gate, headers: &HeaderMap) -> Result<String, Refused> {
    let said = headers.get(HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if same(said, gate.cookie()) { Ok(gate.invite()) } else { Err(Refused::Stranger) }
}
