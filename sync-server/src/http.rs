//! The door to the network: an accept loop with deadlines and caps, four routes, and one answer
//! for everybody who does not belong here. It moves bytes and must not know what they mean.
//!
//! Whoever connects is a stranger until her signature was checked. Everything up to there is bounded and charged
//! to her address, and where she takes too much, what she began first ends: sockets ([`crowd`]), bytes of bodies
//! as they arrive ([`purse`]), seconds for the handshake and the head. A large body is taken in only once its
//! head is known to be a device's ([`body`]); what a device takes is charged to it. A least pace ([`pace`]) ends
//! slow senders and slow readers alike, while bytes should move.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use domain::id::DeviceId;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use sync::head::{self, Door, SignedHead};
use sync::piece;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, watch};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use self::crowd::{Crowd, Seat};
use self::pace::{Pace, Paced};
use self::purse::Purse;
use crate::enrol;
use crate::hub::Hub;
use crate::inbox::Proven;
use crate::server::Answer;
use crate::store::Store;

mod body;
mod crowd;
mod pace;
mod purse;

/// Who answers, behind the door.
pub trait Answering: Clone + Send + Sync + 'static {
    /// Whether a head, with what there is of its body, is signed by a device of the roster.
    fn knows(&self, door: Door, head: &SignedHead, body: head::Body<'_>) -> bool;
    /// The answer to a request that is known to be of its device.
    fn sync(&self, request: Proven) -> impl Future<Output = Answer> + Send;
    /// The answer to a request for pieces of files that is known to be of its device.
    fn piece(&self, request: Proven) -> impl Future<Output = Answer> + Send;
    /// The answer to an enrolment request; nothing unless the asker knows an open code.
    fn enrol(&self, body: Vec<u8>) -> impl Future<Output = Answer> + Send;
    /// Whether the store answers.
    fn healthy(&self) -> impl Future<Output = bool> + Send;
}

impl<S: Store + Send + 'static> Answering for Hub<S> {
    fn knows(&self, door: Door, head: &SignedHead, body: head::Body<'_>) -> bool {
        self.is_of_a_device(door, head, body)
    }
    async fn sync(&self, request: Proven) -> Answer {
        self.handle(request).await
    }
    async fn piece(&self, request: Proven) -> Answer {
        self.handle_piece(request).await
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
    /// Enrolment requests that failed, per address and minute.
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
    /// Bytes of bodies of devices in memory at once, over all connections; one device has two of the largest.
    pub bodies_bytes: usize,
    /// The same of bodies with pieces of files: a purse of their own, so that text finds room.
    pub pieces_bytes: usize,
    /// The same of what nobody vouches for yet.
    pub strangers_bytes: usize,
    /// Of this per address; a street may share one.
    pub strangers_bytes_per_address: usize,
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
            strangers_bytes: 16 << 20,
            strangers_bytes_per_address: 1 << 20,
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
    strangers: Purse<IpAddr>,
    text: Purse<DeviceId>,
    pieces: Purse<DeviceId>,
    /// When it was last asked whether the store answers, and what came of it.
    health: Mutex<Option<(Instant, bool)>>,
}

/// How long one answer about the store is good for: whoever asks often does not keep the server from its work.
const HEALTH_GOOD: Duration = Duration::from_secs(1);

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
    let hall = Arc::new(Hall::new(answering, limits));
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
    let shaken = tokio::select! {
        shaken = tokio::time::timeout(limits.handshake, acceptor.accept(paced)) => shaken,
        () = seat.let_go() => return,
    };
    let Ok(Ok(stream)) = shaken else {
        metrics::counter!("tongdang_handshakes_failed_total").increment(1);
        return;
    };
    let seat = Arc::new(seat);
    let service = service_fn(|request| {
        let (hall, seat, pace) = (hall.clone(), seat.clone(), pace.clone());
        async move { Ok::<_, Infallible>(hall.route(&seat, &pace, request).await) }
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
            () = seat.let_go() => break,
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
    fn new(answering: A, limits: Limits) -> Self {
        Self {
            crowd: Crowd::new(&limits),
            strangers: Purse::new(limits.strangers_bytes, limits.strangers_bytes_per_address),
            text: Purse::new(limits.bodies_bytes, 2 * limits.body_bytes),
            pieces: Purse::new(limits.pieces_bytes, 2 * piece::REQUEST_BYTES_MAX),
            health: Mutex::new(None),
            answering,
            limits,
        }
    }

    async fn route(&self, seat: &Seat, pace: &Pace, request: Request<Incoming>) -> Response<Frames> {
        let answered = match (request.method(), request.uri().path()) {
            (&Method::POST, "/v1/sync") => self.signed(Door::Sync, seat, pace, request.into_body()).await,
            (&Method::POST, piece::PATH) => self.signed(Door::Piece, seat, pace, request.into_body()).await,
            (&Method::POST, "/v1/enrol") if self.crowd.may_enrol(seat.address()) => {
                self.enrolment(seat, pace, request.into_body()).await
            }
            (&Method::GET, "/healthz") if self.is_healthy().await => Ok(Answer::Frames(vec![b"ok\n".to_vec()])),
            (&Method::GET, "/healthz") => Ok(Answer::Unavailable),
            _ => Ok(Answer::NotFound),
        };
        match answered {
            Ok(Answer::Frames(frames)) => Response::new(Frames::new(frames)),
            Ok(Answer::Unavailable) => bare(StatusCode::SERVICE_UNAVAILABLE),
            // One answer for wrong paths, wrong codes and unknown devices: nothing to probe.
            Ok(Answer::NotFound) => bare(StatusCode::NOT_FOUND),
            Err(status) => bare(status),
        }
    }

    async fn signed(&self, door: Door, seat: &Seat, pace: &Pace, body: Incoming) -> Result<Answer, StatusCode> {
        let (request, _held) = self.in_time(self.taken_in(door, seat, body)).await?;
        let _work = pace.work();
        Ok(match door {
            Door::Sync => self.answering.sync(request).await,
            Door::Piece => self.answering.piece(request).await,
        })
    }

    async fn enrolment(&self, seat: &Seat, pace: &Pace, body: Incoming) -> Result<Answer, StatusCode> {
        let (request, _held) = self.in_time(self.read_from_stranger(seat, body)).await?;
        let _work = pace.work();
        let answer = self.answering.enrol(request).await;
        if matches!(answer, Answer::Frames(_)) {
            self.crowd.enrolled(seat.address());
        }
        Ok(answer)
    }

    async fn in_time<R>(&self, taking: impl Future<Output = Result<R, StatusCode>>) -> Result<R, StatusCode> {
        tokio::time::timeout(self.limits.body, taking).await.unwrap_or(Err(StatusCode::REQUEST_TIMEOUT))
    }

    async fn is_healthy(&self) -> bool {
        let mut health = self.health.lock().await;
        match *health {
            Some((at, healthy)) if at.elapsed() < HEALTH_GOOD => healthy,
            Some(_) | None => {
                let healthy = self.answering.healthy().await;
                *health = Some((Instant::now(), healthy));
                healthy
            }
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
