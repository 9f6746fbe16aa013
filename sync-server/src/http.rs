//! The door to the network: an accept loop with deadlines and caps, four routes, and one answer
//! for everybody who does not belong here. It moves bytes and must not know what they mean.
//!
//! Whoever connects is a stranger until the server core has checked a signature, so everything up
//! to there is bounded: sockets in all and per address, seconds for the handshake and the head,
//! bytes of a body, and a least pace ([`pace`]) that ends slow senders and slow readers alike.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use sync::piece;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, SemaphorePermit, watch};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use self::crowd::{Crowd, Seat};
use self::pace::Paced;
use crate::enrol;
use crate::hub::Hub;
use crate::server::Answer;
use crate::store::Store;

mod crowd;
mod pace;

/// Who answers, behind the door.
pub trait Answering: Clone + Send + Sync + 'static {
    /// The answer to a signed request.
    fn sync(&self, body: Vec<u8>) -> impl Future<Output = Answer> + Send;
    /// The answer to a signed request for pieces of files.
    fn piece(&self, body: Vec<u8>) -> impl Future<Output = Answer> + Send;
    /// The answer to an enrolment request; nothing unless the asker knows an open code.
    fn enrol(&self, body: Vec<u8>) -> impl Future<Output = Answer> + Send;
    /// Whether the store answers.
    fn healthy(&self) -> impl Future<Output = bool> + Send;
}

impl<S: Store + Send + 'static> Answering for Hub<S> {
    async fn sync(&self, body: Vec<u8>) -> Answer {
        self.handle(body).await
    }
    async fn piece(&self, body: Vec<u8>) -> Answer {
        self.handle_piece(body).await
    }
    async fn enrol(&self, body: Vec<u8>) -> Answer {
        match self.with(move |server, m| enrol::enrol(server, m, &body)).await {
            Some(Ok(Some(bytes))) => Answer::Frames(vec![bytes]),
            Some(Ok(None)) => Answer::NotFound,
            Some(Err(_)) | None => Answer::Unavailable,
        }
    }
    async fn healthy(&self) -> bool {
        self.with(|server, _| server.head().is_ok()).await == Some(true)
    }
}

/// How much a stranger may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Sockets in all.
    pub sockets: usize,
    /// Sockets per address; a street may share one.
    pub sockets_per_address: usize,
    /// Enrolment requests per address and minute.
    pub enrolments_per_minute: u32,
    /// Syncs per device and minute: a desk gone mad does not keep the others waiting.
    pub syncs_per_minute: u32,
    /// Requests for pieces of files per device and minute, some 256 KB each: more than a line carries.
    pub pieces_per_minute: u32,
    /// For the TLS handshake.
    pub handshake: Duration,
    /// For the head of a request, and between two requests.
    pub head: Duration,
    /// For the body of a request.
    pub body: Duration,
    /// Largest body.
    pub body_bytes: usize,
    /// Bytes of bodies in memory at once, over all connections.
    pub bodies_bytes: usize,
    /// The same of bodies with pieces of files: a purse of their own, so that text finds room.
    pub pieces_bytes: usize,
    /// In each such stretch of time a connection moves [`Limits::pace_bytes`] or ends.
    pub pace: Duration,
    /// See [`Limits::pace`].
    pub pace_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            sockets: 800,
            sockets_per_address: 400,
            enrolments_per_minute: 20,
            syncs_per_minute: 240,
            pieces_per_minute: 1_200,
            handshake: Duration::from_secs(5),
            head: Duration::from_secs(10),
            body: Duration::from_secs(20 * 60),
            body_bytes: sync::request::REQUEST_BYTES_MAX + 1024,
            bodies_bytes: 64 << 20,
            pieces_bytes: 32 << 20,
            pace: Duration::from_secs(20),
            pace_bytes: 1024,
        }
    }
}

/// What every connection shares.
struct Hall<A> {
    answering: A,
    limits: Limits,
    crowd: Crowd,
    bodies: Purse,
    pieces: Purse,
}

/// Memory for bodies that came and were not yet answered.
struct Purse {
    /// Largest body.
    largest: usize,
    left: Semaphore,
}

/// Accepts until `stop` becomes true (or its sender is gone), then lets requests under way finish
/// for up to ten seconds.
pub async fn serve<A: Answering>(
    listener: TcpListener,
    tls: Arc<rustls::ServerConfig>,
    answering: A,
    limits: Limits,
    mut stop: watch::Receiver<bool>,
) {
    let acceptor = TlsAcceptor::from(tls);
    let bodies = Purse { largest: limits.body_bytes, left: Semaphore::new(limits.bodies_bytes) };
    let largest = limits.body_bytes.min(piece::REQUEST_BYTES_MAX);
    let pieces = Purse { largest, left: Semaphore::new(limits.pieces_bytes) };
    let hall = Arc::new(Hall { answering, limits, crowd: Crowd::new(&limits), bodies, pieces });
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => break,
            Some(_) = connections.join_next() => continue,
        };
        let Ok((socket, peer)) = accepted else {
            // Out of file descriptors or the like: what is open goes on, new ones wait.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        metrics::counter!("tongdang_sockets_total").increment(1);
        let Some(seat) = hall.crowd.enter(peer.ip()) else {
            metrics::counter!("tongdang_sockets_refused_total").increment(1);
            continue;
        };
        connections.spawn(connection(hall.clone(), acceptor.clone(), socket, seat, stop.clone()));
    }
    drop(listener);
    let all = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(Duration::from_secs(10), all).await.is_err() {
        tracing::warn!("connections cut at shutdown");
    }
}

async fn connection<A: Answering>(
    hall: Arc<Hall<A>>,
    acceptor: TlsAcceptor,
    socket: TcpStream,
    seat: Seat,
    mut stop: watch::Receiver<bool>,
) {
    let limits = hall.limits;
    let _ = socket.set_nodelay(true);
    let (paced, pace) = Paced::new(socket);
    let Ok(Ok(stream)) = tokio::time::timeout(limits.handshake, acceptor.accept(paced)).await else {
        metrics::counter!("tongdang_handshakes_failed_total").increment(1);
        return;
    };
    let address = seat.address();
    let service = service_fn(move |request| {
        let hall = hall.clone();
        async move { Ok::<_, Infallible>(hall.route(address, request).await) }
    });
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(16 * 1024)
        .max_headers(32)
        .auto_date_header(false)
        .serve_connection(TokioIo::new(stream), service);
    let mut serving = std::pin::pin!(serving);
    let mut slow = std::pin::pin!(pace.lost(limits.pace, limits.pace_bytes));
    let mut stopping = false;
    loop {
        tokio::select! {
            _ = serving.as_mut() => break,
            () = slow.as_mut() => {
                metrics::counter!("tongdang_connections_slow_total").increment(1);
                break;
            }
            _ = stop.wait_for(|stop| *stop), if !stopping => {
                stopping = true;
                serving.as_mut().graceful_shutdown();
            }
        }
    }
    metrics::counter!("tongdang_tls_bytes_total").increment(pace.bytes());
}

impl<A: Answering> Hall<A> {
    async fn route(&self, address: IpAddr, request: Request<Incoming>) -> Response<Frames> {
        let answer = match (request.method(), request.uri().path()) {
            (&Method::POST, "/v1/sync") => match self.body(&self.bodies, request.into_body()).await {
                Ok((body, _held)) if self.crowd.may_sync(address, &body) => self.answering.sync(body).await,
                Ok(_) => return bare(StatusCode::TOO_MANY_REQUESTS),
                Err(status) => return bare(status),
            },
            (&Method::POST, piece::PATH) => match self.body(&self.pieces, request.into_body()).await {
                Ok((body, _held)) if self.crowd.may_piece(address, &body) => self.answering.piece(body).await,
                Ok(_) => return bare(StatusCode::TOO_MANY_REQUESTS),
                Err(status) => return bare(status),
            },
            (&Method::POST, "/v1/enrol") if self.crowd.may_enrol(address) => {
                match self.body(&self.bodies, request.into_body()).await {
                    Ok((body, _held)) => self.answering.enrol(body).await,
                    Err(status) => return bare(status),
                }
            }
            (&Method::GET, "/healthz") if self.answering.healthy().await => Answer::Frames(vec![b"ok\n".to_vec()]),
            (&Method::GET, "/healthz") => Answer::Unavailable,
            _ => Answer::NotFound,
        };
        match answer {
            Answer::Frames(frames) => Response::new(Frames::new(frames)),
            Answer::Unavailable => bare(StatusCode::SERVICE_UNAVAILABLE),
            // One answer for wrong paths, wrong codes and unknown devices: nothing to probe.
            Answer::NotFound => bare(StatusCode::NOT_FOUND),
        }
    }

    /// Reads a body within the caps. It counts against the memory of all bodies while it is held.
    async fn body<'p>(
        &self,
        purse: &'p Purse,
        incoming: Incoming,
    ) -> Result<(Vec<u8>, SemaphorePermit<'p>), StatusCode> {
        let declared = incoming.size_hint().exact().unwrap_or(purse.largest as u64);
        let bytes = usize::try_from(declared).unwrap_or(usize::MAX);
        if bytes > purse.largest {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        let permits = u32::try_from(bytes.max(1)).map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
        let permit = purse.left.try_acquire_many(permits).map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
        let collecting = Limited::new(incoming, purse.largest).collect();
        match tokio::time::timeout(self.limits.body, collecting).await {
            Ok(Ok(body)) => Ok((body.to_bytes().into(), permit)),
            Ok(Err(_)) => Err(StatusCode::BAD_REQUEST),
            Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
        }
    }
}

fn bare(status: StatusCode) -> Response<Frames> {
    let mut response = Response::new(Frames::new(Vec::new()));
    *response.status_mut() = status;
    response
}

/// An answer's frames, sent one by one; their length is known, so the head says it.
struct Frames {
    queue: VecDeque<Bytes>,
    left: u64,
}

impl Frames {
    fn new(frames: Vec<Vec<u8>>) -> Self {
        let left = frames.iter().map(|frame| frame.len() as u64).sum();
        Self { queue: frames.into_iter().map(Bytes::from).collect(), left }
    }
}

impl Body for Frames {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let next = self.queue.pop_front();
        self.left -= next.as_ref().map_or(0, |bytes| bytes.len() as u64);
        Poll::Ready(next.map(|bytes| Ok(Frame::data(bytes))))
    }
    fn is_end_stream(&self) -> bool {
        self.queue.is_empty()
    }
    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

/// Serves the counters as Prometheus text to this machine only; anything but loopback is dropped.
pub async fn serve_metrics(
    listener: TcpListener,
    render: Arc<dyn Fn() -> String + Send + Sync>,
    mut stop: watch::Receiver<bool>,
) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        let Ok((socket, peer)) = accepted else { continue };
        if !peer.ip().is_loopback() {
            continue;
        }
        let render = render.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            let found = request.uri().path() == "/metrics";
            let response = if found {
                Response::new(Frames::new(vec![render().into_bytes()]))
            } else {
                bare(StatusCode::NOT_FOUND)
            };
            async move { Ok::<_, Infallible>(response) }
        });
        let serving = http1::Builder::new().keep_alive(false).serve_connection(TokioIo::new(socket), service);
        let _ = tokio::time::timeout(Duration::from_secs(10), serving).await;
    }
}

#[cfg(test)]
mod tests;
