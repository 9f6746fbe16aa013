//! A socket that counts its bytes, so that a connection which hardly moves can be ended, whether
//! it is slow to send or slow to read.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// The counting socket.
pub(super) struct Paced {
    socket: TcpStream,
    moved: Arc<AtomicU64>,
}

/// The count.
pub(super) struct Pace(Arc<AtomicU64>);

impl Paced {
    pub(super) fn new(socket: TcpStream) -> (Self, Pace) {
        let moved = Arc::new(AtomicU64::new(0));
        (Self { socket, moved: moved.clone() }, Pace(moved))
    }

    fn count(&self, written: &Poll<io::Result<usize>>) {
        if let Poll::Ready(Ok(n)) = written {
            self.moved.fetch_add(*n as u64, Ordering::Relaxed);
        }
    }
}

impl Pace {
    /// Bytes both ways so far.
    pub(super) fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Ends when in one stretch of time fewer bytes moved than it takes.
    pub(super) async fn lost(&self, stretch: Duration, least: u64) {
        let mut before = self.bytes();
        loop {
            tokio::time::sleep(stretch).await;
            let now = self.bytes();
            if now - before < least {
                return;
            }
            before = now;
        }
    }
}

impl AsyncRead for Paced {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let polled = Pin::new(&mut self.socket).poll_read(cx, buf);
        self.moved.fetch_add((buf.filled().len() - before) as u64, Ordering::Relaxed);
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
