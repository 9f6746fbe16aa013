//! Strangers, slow ones and honest desks at the door, over real sockets.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::LazyLock;

use domain::id::Digest;
use rustls::pki_types::{CertificateDer, ServerName};
use sync::head::{SMALL_BYTES, posted};
use sync::key::DeviceKey;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::*;
use crate::tls::Ca;

const DISTRICT: Digest = Digest([7; 32]);

/// The devices of the roster are 1 to 20.
fn device(n: u8) -> DeviceKey {
    DeviceKey::from_bytes(&[n; 64])
}

static ROSTER: LazyLock<BTreeMap<DeviceId, [u8; 32]>> =
    LazyLock::new(|| (1..=20).map(device).map(|key| (key.id(), key.sign_public())).collect());

/// Answers a sync with what was asked, twice; knows one enrolment code; slow when told so.
#[derive(Clone)]
struct Echo;

impl Answering for Echo {
    fn knows(&self, door: Door, head: &SignedHead, body: head::Body<'_>) -> bool {
        ROSTER.get(&head.device).is_some_and(|key| head.is_signed((door, &DISTRICT), key, body))
    }
    async fn sync(&self, request: Proven) -> Answer {
        let body = request.bytes[request.head.bytes()..].to_vec();
        if body.starts_with(b"slow") {
            tokio::time::sleep(Duration::from_millis(600)).await;
        }
        match &body[..] {
            b"store down" => Answer::Unavailable,
            large if large.len() > 1000 => Answer::Frames(vec![large.len().to_string().into_bytes()]),
            _ => Answer::Frames(vec![body.clone(), body]),
        }
    }
    async fn piece(&self, _: Proven) -> Answer {
        Answer::Frames(vec![b"told".to_vec()])
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
    async fn say(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect().await;
        stream.write_all(bytes).await.expect("written");
        heard(&mut stream).await
    }

    /// A connection that sent so much and waits.
    async fn begin(&self, bytes: &[u8]) -> TlsStream<TcpStream> {
        let mut stream = self.connect().await;
        stream.write_all(bytes).await.expect("written");
        stream
    }

    async fn serves(&self, n: u8) {
        let answer = self.say(&sync(n, b"text")).await;
        assert!(answer.ends_with("texttext"), "{answer}");
    }
}

/// One answer; what came of it after a second, or when the server hung up.
async fn heard(stream: &mut TlsStream<TcpStream>) -> String {
    let mut all = Vec::new();
    let reading = async { while !is_whole(&all) && stream.read_buf(&mut all).await.is_ok_and(|n| n > 0) {} };
    let _ = tokio::time::timeout(Duration::from_secs(1), reading).await;
    String::from_utf8_lossy(&all).into_owned()
}

fn is_whole(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    length.is_some_and(|length: usize| body.len() >= length)
}

fn head_of(path: &str, length: usize) -> Vec<u8> {
    format!("POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n").into_bytes()
}

fn post(path: &str, body: &[u8]) -> Vec<u8> {
    [&head_of(path, body.len()), body].concat()
}

/// A request of a device.
fn sync(n: u8, body: &[u8]) -> Vec<u8> {
    post("/v1/sync", &posted(&device(n), (Door::Sync, &DISTRICT), 1, body))
}

fn pieces(n: u8, body: &[u8]) -> Vec<u8> {
    post("/v1/piece", &posted(&device(n), (Door::Piece, &DISTRICT), 1, body))
}

const NOT_FOUND: &str = "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n";

#[tokio::test]
async fn an_answer_has_one_header_and_its_frames_in_order() {
    let server = server(Limits::default()).await;
    let answer = server.say(&sync(1, b"frames")).await;
    assert_eq!(answer, "HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\nframesframes");
    let grant = server.say(&post("/v1/enrol", b"code")).await;
    assert_eq!(grant, "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\ngrant");
    let told = server.say(&pieces(1, b"pieces")).await;
    assert_eq!(told, "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ntold");
    let down = server.say(&sync(1, b"store down")).await;
    assert!(down.starts_with("HTTP/1.1 503 "), "{down}");
    let health = server.say(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert!(health.ends_with("ok\n"), "{health}");
    let large = server.say(&sync(1, &[7; 3 * SMALL_BYTES])).await;
    assert!(large.ends_with(&(3 * SMALL_BYTES).to_string()), "{large}");
}

#[tokio::test]
async fn whoever_does_not_belong_here_hears_the_same() {
    let server = server(Limits { enrolments_per_minute: 1, ..Limits::default() }).await;
    let mut damaged = sync(1, b"text");
    damaged.pop();
    damaged.push(0);
    let at_another_door = posted(&device(1), (Door::Piece, &DISTRICT), 1, b"text");
    let strange = [
        post("/v1/sync", b"noise"),
        post("/v1/sync", b""),
        sync(21, b"text"),
        damaged,
        post("/v1/sync", &at_another_door),
        pieces(21, b"pieces"),
        b"GET /v1/piece HTTP/1.1\r\nhost: x\r\n\r\n".to_vec(),
        post("/admin", b""),
        b"GET /v1/sync HTTP/1.1\r\nhost: x\r\n\r\n".to_vec(),
        post("/v1/enrol", b"wrong code"),
        // Because of the guess before.
        post("/v1/enrol", b"code"),
    ];
    for bytes in strange {
        assert_eq!(server.say(&bytes).await, NOT_FOUND, "{}", String::from_utf8_lossy(&bytes));
    }
}

#[tokio::test]
async fn a_body_beyond_the_cap_is_refused_before_it_is_read() {
    let limits = Limits::default();
    let server = server(limits).await;
    let declared = server.say(&head_of("/v1/sync", limits.body_bytes + 1)).await;
    assert!(declared.starts_with("HTTP/1.1 413 "), "{declared}");
    let pieces = server.say(&head_of("/v1/piece", piece::REQUEST_BYTES_MAX + 1)).await;
    assert!(pieces.starts_with("HTTP/1.1 413 "), "{pieces}");
    let code = server.say(&head_of("/v1/enrol", sync::enrol::ENROL_BYTES_MAX + 1)).await;
    assert!(code.starts_with("HTTP/1.1 413 "), "{code}");
}

#[tokio::test]
async fn a_large_body_is_taken_in_only_behind_a_head_that_is_a_devices() {
    let server = server(Limits::default()).await;
    let (whole, length) = (posted(&device(1), (Door::Sync, &DISTRICT), 1, &[7; 100_000]), 100_000);
    let begun = |head: &[u8], length: usize| [&head_of("/v1/sync", length), head].concat();
    // Each is answered although its body has not come.
    let mut forged = whole[..200].to_vec();
    forged[30] ^= 1;
    let head_bytes = whole.len() - length;
    for (what, bytes) in [
        ("noise", begun(&[9; 200], 8 << 20)),
        ("a forged head", begun(&forged, whole.len())),
        ("another length than was signed", begun(&whole[..200], whole.len() + 1)),
    ] {
        let answer = server.say(&bytes).await;
        assert!(answer.starts_with("HTTP/1.1 404 "), "{what}: {answer}");
    }
    let small = posted(&device(1), (Door::Sync, &DISTRICT), 1, b"text");
    let unnamed = server.say(&begun(&small, 8 << 20)).await;
    assert!(unnamed.starts_with("HTTP/1.1 413 "), "{unnamed}");
    let chunked = [
        &b"POST /v1/sync HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n79\r\n"[..],
        &whole[..head_bytes],
        b"\r\n",
    ];
    let undeclared = server.say(&chunked.concat()).await;
    assert!(undeclared.starts_with("HTTP/1.1 411 "), "{undeclared}");
    let mut honest = server.begin(&begun(&whole[..200], whole.len())).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    honest.write_all(&whole[200..]).await.expect("written");
    assert!(heard(&mut honest).await.ends_with("100000"));
}

#[tokio::test]
async fn nine_large_bodies_that_hardly_come_keep_nobody_waiting() {
    let server = server(Limits::default()).await;
    let mut slow = Vec::new();
    for n in 0..9 {
        slow.push(server.begin(&[head_of("/v1/sync", 8 << 20), vec![n; 1200]].concat()).await);
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    server.serves(1).await;
    assert!(server.say(&pieces(1, b"pieces")).await.ends_with("told"));
    drop(slow);
}

#[tokio::test]
async fn ten_thousand_random_posts_from_one_address_refuse_nobody_there() {
    let server = server(Limits::default()).await;
    let mut random: u64 = 7;
    let mut flood = server.connect().await;
    let mut answers = vec![0; 64 * 1024];
    for n in 0..100 {
        let mut hundred = Vec::new();
        for _ in 0..100 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let version = 1 + (random >> 40) as u8 % 3;
            let body = [&[version][..], &random.to_be_bytes().repeat(12)].concat();
            hundred.extend(post("/v1/sync", &body));
        }
        flood.write_all(&hundred).await.expect("written");
        let mut due = 100 * NOT_FOUND.len();
        while due > 0 {
            let read = flood.read(&mut answers).await.expect("answered");
            assert!(read > 0, "hung up on");
            due = due.saturating_sub(read);
        }
        if n % 25 == 0 {
            server.serves(1 + n / 25).await;
        }
    }
    server.serves(9).await;
}

#[tokio::test]
async fn a_devices_own_measure_counts_only_after_its_signature() {
    let server = server(Limits { syncs_per_minute: 2, ..Limits::default() }).await;
    let mut forged = sync(1, b"text");
    let last = forged.len() - 1;
    forged[last] ^= 1;
    for _ in 0..5 {
        assert_eq!(server.say(&forged).await, NOT_FOUND);
    }
    server.serves(1).await;
    server.serves(1).await;
    let over = server.say(&sync(1, b"text")).await;
    assert!(over.starts_with("HTTP/1.1 429 "), "{over}");
    server.serves(2).await;
}

#[tokio::test]
async fn a_device_takes_of_its_own_purse_and_text_and_pieces_have_one_each() {
    let limits = Limits { body_bytes: 50_000, bodies_bytes: 120_000, pieces_bytes: 60_000, ..Limits::default() };
    let server = server(limits).await;
    let half = |n: u8, door, path: &str| {
        let whole = posted(&device(n), (door, &DISTRICT), 1, &[7; 40_000]);
        [&head_of(path, whole.len()), &whole[..39_000]].concat()
    };
    let mut first = server.begin(&half(1, Door::Sync, "/v1/sync")).await;
    let mut pieces = server.begin(&half(1, Door::Piece, "/v1/piece")).await;
    let mut others = Vec::new();
    for _ in 0..2 {
        others.push(server.begin(&half(1, Door::Sync, "/v1/sync")).await);
    }
    let gone = heard(&mut first).await;
    assert!(gone.starts_with("HTTP/1.1 503 "), "its own oldest makes room: {gone}");
    assert_eq!(heard(&mut pieces).await, "", "pieces have a purse of their own");
    let large = server.say(&sync(2, &[7; 45_000])).await;
    assert!(large.ends_with("45000"), "nobody else waits for it: {large}");
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
    let body = [&head_of("/v1/sync", 99), &[1u8][..]].concat();
    for begun in [&b"POST /v1/sync HTTP/1.1\r\nx-slow"[..], &body] {
        let mut stream = server.begin(begun).await;
        let ended = tokio::time::timeout(Duration::from_secs(2), async {
            while stream.read(&mut byte).await.is_ok_and(|n| n > 0) {}
        });
        assert!(ended.await.is_ok(), "{}", String::from_utf8_lossy(begun));
    }
}

#[tokio::test]
async fn nobody_is_shown_out_for_waiting_until_the_server_has_worked() {
    let quick = Duration::from_millis(200);
    let server = server(Limits { pace: quick, pace_bytes: 5000, ..Limits::default() }).await;
    let answer = server.say(&sync(1, b"slow")).await;
    assert!(answer.ends_with("slowslow"), "{answer}");
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
    let mut stream = server.begin(&sync(1, b"slow")).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    server.stop.send(true).expect("listening");
    assert!(heard(&mut stream).await.ends_with("slowslow"));
    tokio::time::timeout(Duration::from_secs(2), server.task).await.expect("in time").expect("no panic");
    assert!(TcpStream::connect(server.address).await.is_err(), "no new ones");
}

#[tokio::test]
async fn a_full_house_lets_the_oldest_stranger_go_and_lets_everybody_in() {
    let server = server(Limits { sockets: 6, sockets_per_address: 3, ..Limits::default() }).await;
    let mut known = server.connect().await;
    known.write_all(&sync(1, b"text")).await.expect("written");
    assert!(heard(&mut known).await.ends_with("texttext"));
    let mut strangers = Vec::new();
    for _ in 0..9 {
        strangers.push(server.connect().await);
    }
    server.serves(2).await;
    let mut byte = [0];
    let closed = tokio::time::timeout(Duration::from_secs(2), strangers[0].read(&mut byte)).await;
    assert!(matches!(closed, Ok(Ok(0) | Err(_))), "the oldest stranger");
    known.write_all(&sync(1, b"text")).await.expect("written");
    assert!(heard(&mut known).await.ends_with("texttext"), "a device's line stays");
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
