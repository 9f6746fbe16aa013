//! Strangers, slow ones and honest desks at the door, over real sockets.

use std::net::SocketAddr;

use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::*;
use crate::tls::Ca;

/// Answers a sync with what was asked, twice; knows one enrolment code; slow when told so.
#[derive(Clone)]
struct Echo;

impl Answering for Echo {
    async fn sync(&self, body: Vec<u8>) -> Answer {
        if body.starts_with(b"slow") {
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        match &body[..] {
            b"unknown device" => Answer::NotFound,
            b"store down" => Answer::Unavailable,
            _ => Answer::Frames(vec![body.clone(), body]),
        }
    }
    async fn piece(&self, body: Vec<u8>) -> Answer {
        if body == b"unknown device" { Answer::NotFound } else { Answer::Frames(vec![b"told".to_vec()]) }
    }
    async fn enrol(&self, body: Vec<u8>) -> Answer {
        if body == b"code" { Answer::Frames(vec![b"grant".to_vec()]) } else { Answer::NotFound }
    }
    async fn healthy(&self) -> bool {
        true
    }
}

struct Server {
    address: SocketAddr,
    ca: Ca,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

async fn server(limits: Limits) -> Server {
    let ca = Ca::fresh().expect("a CA");
    let tls = ca.server_config(&["localhost".to_owned()]).expect("a certificate");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = watch::channel(false);
    let task = tokio::spawn(serve(listener, tls, Echo, limits, stopped));
    Server { address, ca, stop, task }
}

impl Server {
    async fn connect(&self) -> TlsStream<TcpStream> {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(CertificateDer::from(self.ca.cert().to_vec())).expect("the CA");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])
            .expect("TLS 1.3")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let socket = TcpStream::connect(self.address).await.expect("the server");
        let name = ServerName::try_from("localhost").expect("a name");
        TlsConnector::from(Arc::new(config)).connect(name, socket).await.expect("our own CA")
    }

    /// Sends bytes and reads until the server closes or a second is over.
    async fn say(&self, text: &str) -> String {
        let mut stream = self.connect().await;
        stream.write_all(text.as_bytes()).await.expect("written");
        heard(&mut stream).await
    }
}

async fn heard(stream: &mut TlsStream<TcpStream>) -> String {
    let mut all = Vec::new();
    let reading = async { while stream.read_buf(&mut all).await.is_ok_and(|n| n > 0) {} };
    let _ = tokio::time::timeout(Duration::from_secs(1), reading).await;
    String::from_utf8_lossy(&all).into_owned()
}

fn post(path: &str, body: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

const NOT_FOUND: &str = "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n";

#[tokio::test]
async fn an_answer_has_one_header_and_its_frames_in_order() {
    let server = server(Limits::default()).await;
    let answer = server.say(&post("/v1/sync", "frames")).await;
    assert_eq!(answer, "HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\nframesframes");
    let grant = server.say(&post("/v1/enrol", "code")).await;
    assert_eq!(grant, "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\ngrant");
    let told = server.say(&post("/v1/piece", "pieces")).await;
    assert_eq!(told, "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ntold");
    let down = server.say(&post("/v1/sync", "store down")).await;
    assert!(down.starts_with("HTTP/1.1 503 "), "{down}");
    let health = server.say("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert!(health.ends_with("ok\n"), "{health}");
}

#[tokio::test]
async fn whoever_does_not_belong_here_hears_the_same() {
    let server = server(Limits { enrolments_per_minute: 1, ..Limits::default() }).await;
    let mut answers = vec![
        server.say(&post("/v1/sync", "unknown device")).await,
        server.say(&post("/v1/piece", "unknown device")).await,
        server.say("GET /v1/piece HTTP/1.1\r\nhost: x\r\n\r\n").await,
        server.say(&post("/admin", "")).await,
        server.say("GET /v1/sync HTTP/1.1\r\nhost: x\r\n\r\n").await,
        server.say(&post("/v1/enrol", "wrong code")).await,
    ];
    answers.push(server.say(&post("/v1/enrol", "code")).await);
    for answer in answers {
        assert_eq!(answer, NOT_FOUND, "the last one because of the guess before");
    }
}

#[tokio::test]
async fn a_body_beyond_the_cap_is_refused_before_it_is_read() {
    let server = server(Limits { body_bytes: 10, ..Limits::default() }).await;
    let declared = server.say("POST /v1/sync HTTP/1.1\r\nhost: x\r\ncontent-length: 11\r\n\r\n").await;
    assert!(declared.starts_with("HTTP/1.1 413 "), "{declared}");
    let chunked =
        "POST /v1/sync HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nb\r\n01234567890\r\n0\r\n\r\n";
    let undeclared = server.say(chunked).await;
    assert!(undeclared.starts_with("HTTP/1.1 400 "), "{undeclared}");
}

#[tokio::test]
async fn pieces_have_a_purse_and_a_cap_of_their_own() {
    let server = server(Limits { bodies_bytes: 100, pieces_bytes: 100, ..Limits::default() }).await;
    let mut waiting = server.connect().await;
    waiting.write_all(b"POST /v1/piece HTTP/1.1\r\nhost: x\r\ncontent-length: 90\r\n\r\n").await.expect("written");
    tokio::time::sleep(Duration::from_millis(100)).await;
    let busy = server.say(&post("/v1/piece", "more than is left")).await;
    assert!(busy.starts_with("HTTP/1.1 503 "), "{busy}");
    assert!(server.say(&post("/v1/sync", "text finds its room")).await.starts_with("HTTP/1.1 200 "));
    let bytes = piece::REQUEST_BYTES_MAX + 1;
    let large = server.say(&format!("POST /v1/piece HTTP/1.1\r\nhost: x\r\ncontent-length: {bytes}\r\n\r\n")).await;
    assert!(large.starts_with("HTTP/1.1 413 "), "{large}");
}

#[tokio::test]
async fn bodies_share_one_purse() {
    let server = server(Limits { bodies_bytes: 100, ..Limits::default() }).await;
    let mut waiting = server.connect().await;
    waiting.write_all(b"POST /v1/sync HTTP/1.1\r\nhost: x\r\ncontent-length: 90\r\n\r\n").await.expect("written");
    tokio::time::sleep(Duration::from_millis(100)).await;
    let busy = server.say(&post("/v1/sync", "more than is left")).await;
    assert!(busy.starts_with("HTTP/1.1 503 "), "{busy}");
    drop(waiting);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(server.say(&post("/v1/sync", "more than is left")).await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn the_slow_are_shown_out() {
    let quick = Duration::from_millis(200);
    let server =
        server(Limits { handshake: quick, head: quick, pace: quick, pace_bytes: 50, ..Limits::default() }).await;
    let mut silent = TcpStream::connect(server.address).await.expect("the server");
    let mut byte = [0];
    let closed = tokio::time::timeout(Duration::from_secs(2), silent.read(&mut byte)).await;
    assert!(matches!(closed, Ok(Ok(0) | Err(_))), "a held handshake");
    for begun in
        ["POST /v1/sync HTTP/1.1\r\nx-slow", "POST /v1/sync HTTP/1.1\r\nhost: x\r\ncontent-length: 99\r\n\r\n0"]
    {
        let mut stream = server.connect().await;
        stream.write_all(begun.as_bytes()).await.expect("written");
        let ended = tokio::time::timeout(Duration::from_secs(2), async {
            while stream.read(&mut byte).await.is_ok_and(|n| n > 0) {}
        });
        assert!(ended.await.is_ok(), "{begun}");
    }
}

#[tokio::test]
async fn plain_http_and_noise_end_at_the_handshake() {
    let server = server(Limits::default()).await;
    let mut socket = TcpStream::connect(server.address).await.expect("the server");
    socket.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.expect("written");
    let mut all = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(2), socket.read_to_end(&mut all)).await.expect("closed");
    assert!(!all.starts_with(b"HTTP"), "nothing in the clear");
}

#[tokio::test]
async fn a_stopping_server_finishes_what_it_began() {
    let server = server(Limits::default()).await;
    let mut stream = server.connect().await;
    stream.write_all(post("/v1/sync", "slow").as_bytes()).await.expect("written");
    tokio::time::sleep(Duration::from_millis(100)).await;
    server.stop.send(true).expect("listening");
    assert!(heard(&mut stream).await.ends_with("slowslow"));
    tokio::time::timeout(Duration::from_secs(2), server.task).await.expect("in time").expect("no panic");
    assert!(TcpStream::connect(server.address).await.is_err(), "no new ones");
}

#[tokio::test]
async fn one_address_cannot_take_every_socket() {
    let server = server(Limits { sockets_per_address: 1, ..Limits::default() }).await;
    let kept = server.connect().await;
    let mut refused = TcpStream::connect(server.address).await.expect("the queue");
    let mut byte = [0];
    let closed = tokio::time::timeout(Duration::from_secs(2), refused.read(&mut byte)).await;
    assert!(matches!(closed, Ok(Ok(0) | Err(_))));
    drop(kept);
}

#[tokio::test]
async fn counters_are_read_on_this_machine_only_under_their_path() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = watch::channel(false);
    let task = tokio::spawn(serve_metrics(listener, Arc::new(|| "a 1\n".to_owned()), stopped));
    for (path, ends) in [("/metrics", "a 1\n"), ("/", "content-length: 0\r\nconnection: close\r\n\r\n")] {
        let mut socket = TcpStream::connect(address).await.expect("the server");
        socket.write_all(format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n").as_bytes()).await.expect("written");
        let mut all = String::new();
        socket.read_to_string(&mut all).await.expect("text");
        assert!(all.contains(ends.split("\r\n").next().unwrap_or(ends)), "{all}");
    }
    stop.send(true).expect("listening");
    task.await.expect("no panic");
}
