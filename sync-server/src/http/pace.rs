//! A socket that counts its bytes, so that a connection which hardly moves can be ended, whether
//! it is slow to send or slow to read. Where the other side waits for the server, no byte should move and no
//! time counts.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// The counting socket.
pub(super) struct Paced {
    socket: TcpStream,
    count: Arc<Count>,
}

/// The count.
#[derive(Clone)]
pub(super) struct Pace(Arc<Count>);

#[derive(Default)]
struct Count {
    moved: AtomicU64,
    /// The server works on an answer.
    at_work: AtomicBool,
    /// How often it began to.
    works: AtomicU64,
}

/// While it lives, the other side waits for the server.
pub(super) struct Work(Arc<Count>);

impl Paced {
    pub(super) fn new(socket: TcpStream) -> (Self, Pace) {
        let count = Arc::<Count>::default();
        (Self { socket, count: count.clone() }, Pace(count))
    }

    fn count(&self, written: &Poll<io::Result<usize>>) {
        if let Poll::Ready(Ok(n)) = written {
            self.count.moved.fetch_add(*n as u64, Ordering::Relaxed);
        }
    }
}

impl Pace {
    /// Bytes both ways so far.
    pub(super) fn bytes(&self) -> u64 {
        self.0.moved.load(Ordering::Relaxed)
    }

    /// The server's own work begins.
    pub(super) fn work(&self) -> Work {
        self.0.works.fetch_add(1, Ordering::Relaxed);
        self.0.at_work.store(true, Ordering::Relaxed);
        Work(self.0.clone())
    }

    /// Ends when in one stretch of time fewer bytes moved than it takes, and the server worked in none of it.
    pub(super) async fn lost(&self, stretch: Duration, least: u64) {
        let at_work = || self.0.at_work.load(Ordering::Relaxed);
        let works = || self.0.works.load(Ordering::Relaxed);
        loop {
            let (bytes, before, begun) = (self.bytes(), at_work(), works());
            tokio::time::sleep(stretch).await;
            let worked = before || at_work() || works() != begun;
            if !worked && self.bytes() - bytes < least {
                return;
            }
        }
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        self.0.at_work.store(false, Ordering::Relaxed);
    }
}

impl AsyncRead for Paced {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let polled = Pin::new(&mut self.socket).poll_read(cx, buf);
        self.count.moved.fetch_add((buf.filled().len() - before) as u64, Ordering::Relaxed);
        polled
    }
}

impl AsyncWrite for Paced {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.socket).poll_write(cx, bytes);
        self.count(&polled);
        polled
    }
    // The records of a handshake, or of a frame, leave in one packet.
    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.socket).poll_write_vectored(cx, pieces);
        self.count(&polled);
        polled
    }
    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}
