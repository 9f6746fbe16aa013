//! What went over the line, for the status line and the bench. It counts and decides nothing.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes both ways.
#[derive(Debug, Default)]
pub(crate) struct Ways {
    up: AtomicU64,
    down: AtomicU64,
}

impl Ways {
    pub(crate) fn moved(&self) -> u64 {
        self.up.load(Relaxed) + self.down.load(Relaxed)
    }
}

/// The counters of one line.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    pub(crate) socket: Arc<Ways>,
    pub(crate) http: Arc<Ways>,
    pub(crate) requests: AtomicU64,
    pub(crate) connections: AtomicU64,
}

/// What a line has carried so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Traffic {
    /// HTTP headers and bodies sent, bytes.
    pub http_up: u64,
    /// HTTP headers and bodies received, bytes.
    pub http_down: u64,
    /// Bytes sent through the socket: TLS and what is in it.
    pub tls_up: u64,
    /// Bytes received through the socket.
    pub tls_down: u64,
    /// Requests begun.
    pub requests: u64,
    /// Connections made.
    pub connections: u64,
}

impl Meter {
    pub(crate) fn read(&self) -> Traffic {
        Traffic {
            http_up: self.http.up.load(Relaxed),
            http_down: self.http.down.load(Relaxed),
            tls_up: self.socket.up.load(Relaxed),
            tls_down: self.socket.down.load(Relaxed),
            requests: self.requests.load(Relaxed),
            connections: self.connections.load(Relaxed),
        }
    }
}

/// A stream that counts.
pub(crate) struct Counted<S> {
    pub(crate) stream: S,
    pub(crate) ways: Arc<Ways>,
}

impl<S> Counted<S> {
    fn count(&self, written: &Poll<io::Result<usize>>) {
        if let Poll::Ready(Ok(n)) = written {
            self.ways.up.fetch_add(*n as u64, Relaxed);
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Counted<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buf);
        self.ways.down.fetch_add((buf.filled().len() - before) as u64, Relaxed);
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Counted<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.count(&polled);
        polled
    }
    // What TLS has to say at once leaves in one packet.
    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(cx, pieces);
        self.count(&polled);
        polled
    }
    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
