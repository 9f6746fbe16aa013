//! The thread behind a window, against a district reduced to what it answers.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::Instant;

use client::{Identity, KdfCost};
use domain::id::PersonId;
use sync::frame;
use sync::key::DeviceKey;
use sync::pack::Level;
use sync::request::SignedRequest;
use sync::wire::{End, Frame, Head, State};
use tokio::io::AsyncWriteExt as _;
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::scene::{Paper, paper, request};

const DISTRICT: domain::id::Digest = domain::id::Digest([5; 32]);
const PASSPHRASE: &str = "四只羊过河";

fn fresh_key() -> DeviceKey {
    DeviceKey::fresh(&mut Moment::new(clock::now(), &mut OsChance))
}

fn identity(paper: &Paper, address: SocketAddr) -> Identity {
    let (server, inbox) = (fresh_key(), fresh_key());
    Identity {
        district: DISTRICT,
        name: "虚构区".into(),
        address: address.to_string(),
        ca: paper.ca.clone(),
        server: server.id(),
        server_sign: server.sign_public(),
        inbox: inbox.seal_public(),
        key: fresh_key(),
        person: PersonId::new([1; 16]),
        lease: None,
    }
}

/// A district that has nothing new for anybody.
async fn quiet(paper: &Paper, key: [u8; 32]) -> SocketAddr {
    let listening = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listening.local_addr().expect("an address");
    let acceptor = TlsAcceptor::from(paper.tls.clone());
    tokio::spawn(async move {
        while let Ok((socket, _)) = listening.accept().await {
            let Ok(mut stream) = acceptor.accept(socket).await else { continue };
            while let Some(body) = request(&mut stream).await {
                let asked = SignedRequest::read(&body).and_then(|signed| signed.open(&DISTRICT, &key));
                let asked = asked.expect("a desk's request");
                let head = Head {
                    now: clock::now(),
                    state: State::Fine,
                    receipts: vec![],
                    verdicts: vec![],
                    verdict: asked.verdict,
                    lease: None,
                    checkpoint: None,
                    backed_up: 0,
                    sig: None,
                    life: 0,
                    contacts: None,
                };
                let end = End { cursor: asked.cursor, more: false };
                let frames = [Frame::Head(Box::new(head)), Frame::End(end)];
                let body: Vec<u8> = frames.iter().flat_map(|frame| frame::encode(Level::Quick, frame)).collect();
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
                drop(stream.write_all(&[head.as_bytes(), &body].concat()).await);
            }
        }
    });
    address
}

/// A window that remembers what it was told.
struct Window {
    desk: Desk,
    told: Arc<Mutex<Vec<Event>>>,
}

impl Window {
    fn open(dir: &std::path::Path, identity: Identity) -> Self {
        let profile = Profile::take(dir).expect("free");
        let mut moment_chance = OsChance;
        let m = &mut Moment::new(clock::now(), &mut moment_chance);
        let client = Client::create(dir, m, identity, PASSPHRASE, KdfCost::TRIVIAL).expect("a profile");
        let told = Arc::new(Mutex::new(Vec::new()));
        let hearing = told.clone();
        let tell = move |event| hearing.lock().expect("unpoisoned").push(event);
        Self { desk: Desk::start(profile, client, tell).expect("a thread"), told }
    }

    /// Waits until something was told; panics after ten seconds.
    fn wait_for(&self, what: impl Fn(&Event) -> bool) {
        let until = Instant::now() + Duration::from_secs(10);
        while !self.told.lock().expect("unpoisoned").iter().any(&what) {
            assert!(Instant::now() < until, "told only {:?}", self.told.lock().expect("unpoisoned"));
            std::thread::sleep(Duration::from_millis(10));
        }
        self.told.lock().expect("unpoisoned").clear();
    }
}

const fn synced(event: &Event) -> bool {
    matches!(event, Event::Touched(_))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_desk_syncs_by_itself_and_on_request_and_nothing_changed_is_cheap() {
    let (paper, folder) = (paper(), tempfile::tempdir().expect("a folder"));
    let mut me = identity(&paper, SocketAddr::from(([127, 0, 0, 1], 1)));
    me.address = quiet(&paper, me.key.sign_public()).await.to_string();
    let window = Window::open(folder.path(), me);
    window.wait_for(synced);
    let first = window.desk.traffic().expect("counters");
    window.desk.sync_now().expect("running");
    // Not by what is told: one exchange may touch things twice.
    let until = Instant::now() + Duration::from_secs(10);
    let mut second = first;
    while second.http_down == first.http_down && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(10));
        second = window.desk.traffic().expect("counters");
    }
    assert_eq!((second.requests, second.connections), (2, 1), "the line is kept");
    let bytes = second.http_up + second.http_down - first.http_up - first.http_down;
    assert!(bytes <= 450, "nothing changed costs {bytes} bytes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_district_that_is_away_is_said_once_a_try_and_the_desk_goes_on() {
    let (paper, folder) = (paper(), tempfile::tempdir().expect("a folder"));
    let gone = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = gone.local_addr().expect("an address");
    drop(gone);
    let window = Window::open(folder.path(), identity(&paper, address));
    window.wait_for(|event| *event == Event::Trouble(Code::Offline.into()));
    window.desk.call("me", b"{}").expect("calls are answered");
    assert!(window.desk.call("no.such.call", b"{}").is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_desk_told_the_districts_new_address_goes_there_and_keeps_it() {
    let (paper, folder) = (paper(), tempfile::tempdir().expect("a folder"));
    let me = identity(&paper, SocketAddr::from(([127, 0, 0, 1], 1)));
    let key = me.key.sign_public();
    let window = Window::open(folder.path(), me);
    window.wait_for(|event| *event == Event::Trouble(Code::Offline.into()));
    let wrong = window.desk.call("district.move", br#"{"address":"not an address"}"#);
    assert_eq!(wrong.map(|_| ()), Err(Code::BadAddress.into()));
    let address = quiet(&paper, key).await;
    let moved = format!(r#"{{"address":"  https://{address}/ "}}"#);
    window.desk.call("district.move", moved.as_bytes()).expect("an address");
    window.desk.sync_now().expect("running");
    window.wait_for(synced);
    window.desk.lock().expect("running");
    window.desk.unlock(PASSPHRASE).expect("the passphrase");
    let place = window.desk.call("district.address", b"{}").expect("answered");
    assert!(String::from_utf8_lossy(&place.json).contains(&address.to_string()), "and it is kept");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn locking_silences_a_desk_and_dropping_it_frees_the_profile() {
    let (paper, folder) = (paper(), tempfile::tempdir().expect("a folder"));
    let mut me = identity(&paper, SocketAddr::from(([127, 0, 0, 1], 1)));
    me.address = quiet(&paper, me.key.sign_public()).await.to_string();
    let window = Window::open(folder.path(), me);
    window.wait_for(synced);
    window.desk.lock().expect("running");
    assert_eq!(window.desk.call("me", b"{}").map(|_| ()), Err(Code::Locked.into()));
    assert_eq!(window.desk.unlock("五只羊"), Err(Code::WrongPassphrase.into()));
    window.desk.unlock(PASSPHRASE).expect("the passphrase");
    window.wait_for(synced);
    assert_eq!(Profile::take(folder.path()).map(|_| ()), Err(Code::AlreadyOpen.into()));
    drop(window);
    assert!(Profile::take(folder.path()).is_ok());
}

#[test]
fn a_desk_apart_never_calls_its_district() {
    let (paper, folder) = (paper(), tempfile::tempdir().expect("a folder"));
    let district = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    district.set_nonblocking(true).expect("a socket");
    let me = identity(&paper, district.local_addr().expect("an address"));
    let mut chance = OsChance;
    let m = &mut Moment::new(clock::now(), &mut chance);
    let client = Client::create(folder.path(), m, me, PASSPHRASE, KdfCost::TRIVIAL).expect("a profile");
    let desk = Desk::start_apart(Profile::take(folder.path()).expect("free"), client, |_| ()).expect("a thread");
    desk.sync_now().expect("running");
    std::thread::sleep(Duration::from_millis(300));
    assert!(district.accept().is_err(), "nobody called");
    assert_eq!(desk.traffic().expect("counters").requests, 0);
}
