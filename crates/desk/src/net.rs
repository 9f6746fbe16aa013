//! The line to the district: one HTTP/1.1 connection over TLS pinned to its CA. It carries bytes,
//! says in one word what went wrong, and must not know what the bytes mean.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use bytes::Bytes;
use domain::fault::{Code, Fault};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{CONTENT_TYPE, HOST, HeaderValue};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use sync::courier::NetFault;
use sync::enrol::Address;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::meter::{Counted, Meter, Traffic};
use crate::pin;

/// How patient a line is.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For name, connection and TLS handshake together.
    pub connect: Duration,
    /// Without a byte in either direction. Slow lines move; dead ones do not.
    pub still: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { connect: Duration::from_secs(20), still: Duration::from_secs(30) }
    }
}

/// The line.
pub struct Line {
    address: Address,
    host: HeaderValue,
    tls: Arc<ClientConfig>,
    patience: Patience,
    meter: Arc<Meter>,
    open: Option<SendRequest<Full<Bytes>>>,
}

/// An answer whose head was fine; its body comes piece by piece.
pub struct Answer {
    body: Incoming,
    still: Duration,
}

impl Line {
    /// A line to the district whose CA certificate (DER) was learnt at enrolment. Nothing is sent.
    pub fn pinned(address: &str, ca_der: &[u8]) -> Result<Self, Fault> {
        Self::with(address.parse().map_err(|_| Code::BadEnrolText)?, pin::pinned(ca_der)?)
    }

    /// A line to whoever answers, for enrolment.
    pub(crate) fn unpinned(address: &Address) -> Result<Self, Fault> {
        Self::with(address.clone(), pin::anybody()?)
    }

    fn with(address: Address, tls: Arc<ClientConfig>) -> Result<Self, Fault> {
        let host = HeaderValue::from_str(&address.to_string()).map_err(|_| Code::BadEnrolText)?;
        let (patience, meter) = (Patience::default(), Arc::default());
        Ok(Self { address, host, tls, patience, meter, open: None })
    }

    /// The same line with another patience.
    #[must_use]
    pub const fn patient(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    /// What it has carried so far.
    pub fn traffic(&self) -> Traffic {
        self.meter.read()
    }

    /// Hangs up; the next request connects anew.
    pub fn hang_up(&mut self) {
        self.open = None;
    }

    /// Posts a body and waits for the head of the answer.
    pub async fn post(&mut self, path: &'static str, body: Vec<u8>) -> Result<Answer, NetFault> {
        let body = Bytes::from(body);
        // A kept connection may have died unnoticed: then, and only then, one more try.
        let response = match self.open.take().filter(|sender| !sender.is_closed()) {
            Some(sender) => match self.send(sender, path, body.clone()).await {
                Err(Unsent::Stale) => self.anew(path, body).await?,
                other => other.map_err(Unsent::fault)?,
            },
            None => self.anew(path, body).await?,
        };
        classified(&response)?;
        Ok(Answer { body: response.into_body(), still: self.patience.still })
    }

    async fn anew(&mut self, path: &'static str, body: Bytes) -> Result<Response<Incoming>, NetFault> {
        let sender = timeout(self.patience.connect, self.connect()).await.map_err(|_| NetFault::Timeout)??;
        self.send(sender, path, body).await.map_err(Unsent::fault)
    }

    async fn connect(&self) -> Result<SendRequest<Full<Bytes>>, NetFault> {
        self.meter.connections.fetch_add(1, Relaxed);
        let place = (self.address.host.as_str(), self.address.port);
        let socket = TcpStream::connect(place).await.map_err(|_| NetFault::Offline)?;
        let _ = socket.set_nodelay(true);
        let counted = Counted { stream: socket, ways: self.meter.socket.clone() };
        let name = ServerName::try_from(self.address.host.clone()).map_err(|_| NetFault::Offline)?;
        let connector = TlsConnector::from(self.tls.clone());
        let secure = connector.connect(name, counted).await.map_err(|e| tls_fault(&e))?;
        let counted = Counted { stream: secure, ways: self.meter.http.clone() };
        let shaken = http1::Builder::new().max_headers(64).handshake(TokioIo::new(counted)).await;
        let (sender, connection) = shaken.map_err(|_| NetFault::Offline)?;
        // Its errors reach whoever waits for an answer; nobody else has a use for them.
        tokio::spawn(async move { drop(connection.await) });
        Ok(sender)
    }

    async fn send(
        &mut self,
        mut sender: SendRequest<Full<Bytes>>,
        path: &'static str,
        body: Bytes,
    ) -> Result<Response<Incoming>, Unsent> {
        sender.ready().await.map_err(|_| Unsent::Stale)?;
        let mut request = Request::post(path).body(Full::new(body)).map_err(|_| Unsent::Broken)?;
        request.headers_mut().insert(HOST, self.host.clone());
        self.meter.requests.fetch_add(1, Relaxed);
        let mut answering = std::pin::pin!(sender.send_request(request));
        let response = loop {
            let before = self.meter.socket.moved();
            match timeout(self.patience.still, answering.as_mut()).await {
                Ok(Ok(response)) => break response,
                Ok(Err(e)) if e.is_canceled() => return Err(Unsent::Stale),
                Ok(Err(e)) if e.is_parse() => return Err(Unsent::Strange),
                Ok(Err(_)) => return Err(Unsent::Broken),
                Err(_) if self.meter.socket.moved() == before => return Err(Unsent::Still),
                Err(_) => {}
            }
        };
        self.open = Some(sender);
        Ok(response)
    }
}

/// Why a request brought no head of an answer.
enum Unsent {
    /// The kept connection was gone before the request went out.
    Stale,
    Broken,
    Still,
    Strange,
}

impl Unsent {
    const fn fault(self) -> NetFault {
        match self {
            Self::Stale | Self::Broken => NetFault::Offline,
            Self::Still => NetFault::Timeout,
            Self::Strange => NetFault::BadAnswer,
        }
    }
}

impl Answer {
    /// The next piece of the body; `None` at its end. Dropping the future loses nothing.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, NetFault> {
        loop {
            match timeout(self.still, self.body.frame()).await {
                Err(_) => return Err(NetFault::Timeout),
                Ok(None) => return Ok(None),
                Ok(Some(Err(_))) => return Err(NetFault::Offline),
                Ok(Some(Ok(frame))) => {
                    if let Ok(bytes) = frame.into_data() {
                        return Ok(Some(bytes));
                    }
                }
            }
        }
    }
}

fn tls_fault(error: &std::io::Error) -> NetFault {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match inner {
        Some(rustls::Error::InvalidCertificate(_)) => NetFault::ForeignCertificate,
        // Plain text where TLS was expected: something in between talks HTTP.
        Some(rustls::Error::InvalidMessage(_)) => NetFault::Portal,
        Some(_) => NetFault::BadAnswer,
        None => NetFault::Offline,
    }
}

fn classified(response: &Response<Incoming>) -> Result<(), NetFault> {
    let html = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/"));
    match response.status() {
        StatusCode::NOT_FOUND if !html => Err(NetFault::Unknown),
        StatusCode::NETWORK_AUTHENTICATION_REQUIRED | StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
            Err(NetFault::Portal)
        }
        status if status.is_redirection() || html => Err(NetFault::Portal),
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => Err(NetFault::Busy),
        StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT => Err(NetFault::Timeout),
        StatusCode::OK => Ok(()),
        _ => Err(NetFault::BadAnswer),
    }
}

#[cfg(test)]
mod tests;
