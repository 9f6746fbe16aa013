//! The same screens in the system's browser, for machines without a web view of their own: an
//! HTTP server on 127.0.0.1 that answers one browser (DESIGN §7). It must not know what calls mean.
//!
//! - [`gate`] who may knock; [`page`] the files of the screens; `answer` one request;
//!   [`again`] how a second start finds the first, and how a process hands over to its successor.

pub mod again;
mod answer;
pub mod gate;
mod page;
#[cfg(test)]
mod tests;

use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use domain::fault::{Code, Fault};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::broadcast;

use self::gate::Gate;
use crate::shell::state::{News, Word};
use crate::shell::{Shell, Then};

/// Longest a browser may take to send the head of a request.
const HEAD_TIME: Duration = Duration::from_secs(10);
/// The idle lock is counted by the page: when no page listens, work is locked by this.
const LOCK_AFTER: Duration = Duration::from_secs(60);
/// Without any page a locked shell ends.
const QUIT_AFTER: Duration = Duration::from_secs(30 * 60);
/// News kept for a page that reads slowly; one that misses some is told to ask again.
const NEWS_KEPT: usize = 256;

/// What every request is answered from.
pub struct Door {
    /// The shell.
    pub shell: Shell,
    /// Who may knock.
    pub gate: Gate,
    /// News, as JSON.
    pub news: broadcast::Sender<Arc<str>>,
    pages: AtomicUsize,
}

/// News on their way to the pages.
pub fn news() -> broadcast::Sender<Arc<str>> {
    broadcast::channel(NEWS_KEPT).0
}

/// Tells the pages; nobody listening is fine.
pub fn tell(pages: &broadcast::Sender<Arc<str>>, news: &News) {
    if let Ok(json) = serde_json::to_string(news) {
        drop(pages.send(json.into()));
    }
}

impl Door {
    /// A door over a shell.
    pub fn new(shell: Shell, gate: Gate, news: broadcast::Sender<Arc<str>>) -> Arc<Self> {
        Arc::new(Self { shell, gate, news, pages: AtomicUsize::new(0) })
    }
}

/// Listens on this computer only; port 0 takes any.
pub fn listen(port: u16) -> Result<TcpListener, Fault> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|_| Code::DiskFailed.into())
}

/// Answers until the process ends.
pub async fn serve(listener: TcpListener, door: Arc<Door>) -> std::io::Result<()> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    tokio::spawn(watch(door.clone()));
    loop {
        let Ok((socket, _)) = listener.accept().await else { continue };
        let door = door.clone();
        tokio::spawn(async move {
            let service = service_fn(move |asked| answer::answer(door.clone(), asked));
            let mut http = http1::Builder::new();
            http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIME);
            // A browser that goes away in the middle is nobody's trouble.
            drop(http.serve_connection(TokioIo::new(socket), service).await);
        });
    }
}

/// Locks and at last ends a shell nobody looks at.
async fn watch(door: Arc<Door>) {
    let mut seen = Instant::now();
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        if door.pages.load(Ordering::Relaxed) > 0 {
            seen = Instant::now();
            continue;
        }
        let open = door.shell.state().is_ok_and(|state| state.stage == Word::Open);
        let then = match seen.elapsed() {
            gone if open && gone > LOCK_AFTER => Then::Again,
            gone if gone > QUIT_AFTER => Then::Quit,
            _ => continue,
        };
        let shell = door.shell.clone();
        drop(tokio::task::spawn_blocking(move || shell.leave(then)).await);
        return;
    }
}
