//! The loopback shell, knocked at by its own page and by others.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use client::KdfCost;
use tempfile::TempDir;

use super::*;
use crate::scene::Drawer;
use crate::shell::Setup;

/// A running shell in an empty folder.
struct House {
    port: u16,
    door: Arc<Door>,
    folder: TempDir,
}

/// What came back.
struct Said {
    status: u16,
    head: String,
    body: String,
}

impl Said {
    fn header(&self, name: &str) -> Option<&str> {
        let line = self.head.lines().find(|line| line.to_lowercase().starts_with(&format!("{name}:")))?;
        line.split_once(": ").map(|(_, value)| value)
    }
}

fn house() -> House {
    let folder = tempfile::tempdir().expect("a folder");
    let listener = listen(0).expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let news = news();
    let telling = news.clone();
    let shell = Shell::open(Setup {
        dir: folder.path().join("profile"),
        practice: false,
        desktop: false,
        cost: KdfCost::TRIVIAL,
        patient: false,
        keystore: Arc::new(Drawer::default()),
        tell: Box::new(move |told| tell(&telling, &told)),
        then: Box::new(|_| ()),
    });
    let door = Door::new(shell, Gate::new(port, None), news);
    let serving = door.clone();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(serve(listener, serving)).expect("serves");
    });
    House { port, door, folder }
}

impl House {
    fn send(&self, first: &str, headers: &[(&str, &str)], body: &str) -> TcpStream {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).expect("connected");
        stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a socket");
        let mut text = format!("{first} HTTP/1.1\r\ncontent-length: {}\r\n", body.len());
        for (name, value) in headers {
            text += &format!("{name}: {value}\r\n");
        }
        stream.write_all((text + "connection: close\r\n\r\n" + body).as_bytes()).expect("sent");
        stream
    }

    fn ask(&self, first: &str, headers: &[(&str, &str)], body: &str) -> Said {
        let mut all = String::new();
        self.send(first, headers, body).read_to_string(&mut all).expect("an answer");
        let (head, body) = all.split_once("\r\n\r\n").expect("a head");
        let status = head.split(' ').nth(1).and_then(|n| n.parse().ok()).expect("a status");
        Said { status, head: head.to_owned(), body: body.to_owned() }
    }

    fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    fn origin(&self) -> String {
        format!("http://{}", self.host())
    }

    /// The page's own headers, once it has its cookie.
    fn own(&self) -> Vec<(String, String)> {
        let url = self.door.gate.invite();
        let path = url.strip_prefix(&self.origin()).expect("its own address").to_owned();
        let said = self.ask(&format!("GET {path}"), &[("host", &self.host())], "");
        assert_eq!((said.status, said.header("location")), (303, Some("/")));
        let cookie = said.header("set-cookie").expect("a cookie");
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
        let cookie = cookie.split(';').next().expect("a pair").to_owned();
        [
            ("host", self.host()),
            ("cookie", cookie),
            ("origin", self.origin()),
            ("content-type", "application/json".into()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    }
}

fn borrowed(headers: &[(String, String)]) -> Vec<(&str, &str)> {
    headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

fn with<'a>(headers: &'a [(String, String)], name: &'a str, value: Option<&'a str>) -> Vec<(&'a str, &'a str)> {
    let mut changed: Vec<_> = borrowed(headers).into_iter().filter(|(other, _)| *other != name).collect();
    changed.extend(value.map(|value| (name, value)));
    changed
}

#[test]
fn its_own_page_calls_and_is_answered() {
    let house = house();
    let own = house.own();
    let said = house.ask("POST /data/shell.state", &borrowed(&own), "{}");
    assert_eq!(said.status, 200, "{}", said.body);
    assert!(said.body.contains(r#""stage":"new""#) && said.body.contains(r#""desktop":false"#), "{}", said.body);
    let said = house.ask("POST /data/me", &borrowed(&own), "{}");
    assert_eq!(said.status, 409);
    assert!(said.body.contains(r#""code":"locked""#) && said.body.contains("请输入口令"), "{}", said.body);
}

#[test]
fn every_answer_forbids_foreign_scripts_frames_and_copies_on_the_disk() {
    let house = house();
    let own = house.own();
    for (first, status) in [("POST /data/shell.state", 200), ("GET /no/such.js", 404), ("DELETE /", 404)] {
        let said = house.ask(first, &borrowed(&own), "{}");
        assert_eq!(said.status, status, "{first}");
        let policy = said.header("content-security-policy").expect("a policy");
        assert!(policy.contains("script-src 'self';") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert_eq!(said.header("cache-control"), Some("no-store"));
        assert_eq!(said.header("x-content-type-options"), Some("nosniff"));
    }
}

#[test]
fn a_token_lets_in_once_and_a_newer_one_voids_it() {
    let house = house();
    let token = |url: &str| url.rsplit_once('/').expect("a path").1.to_owned();
    let (old, new) = (token(&house.door.gate.invite()), token(&house.door.gate.invite()));
    let enter = |token: &str| house.ask(&format!("GET /{token}"), &[("host", &house.host())], "").status;
    assert_eq!(enter(&old), 403, "a newer one was made");
    assert_eq!(enter("?token="), 403);
    assert_eq!(enter(&new), 303);
    assert_eq!(enter(&new), 403, "it was used");
}

#[test]
fn a_browser_without_the_cookie_sees_nothing() {
    let house = house();
    let own = house.own();
    let name = format!("tongdang_{}", house.port);
    let value = house.door.gate.cookie();
    let guessed = [
        format!("{name}=00000000000000000000000000000000"),
        format!("{name}="),
        "other=1".into(),
        format!("tongdang_{}={value}", house.port.wrapping_add(1)),
    ];
    for cookie in guessed.iter().map(|cookie| Some(cookie.as_str())).chain([None]) {
        for first in ["GET /", "GET /index.html", "GET /news", "POST /data/shell.state"] {
            let said = house.ask(first, &with(&own, "cookie", cookie), "{}");
            assert_eq!(said.status, 403, "{first} {cookie:?}");
            assert!(!said.body.contains("stage"));
        }
    }
}

#[test]
fn a_foreign_page_in_the_same_browser_is_refused() {
    let house = house();
    let own = house.own();
    let call = "POST /data/shell.state";
    for origin in [None, Some("http://evil.example"), Some("null"), Some("http://127.0.0.1:1")] {
        assert_eq!(house.ask(call, &with(&own, "origin", origin), "{}").status, 403, "{origin:?}");
    }
    for site in ["cross-site", "same-site"] {
        let mut headers = borrowed(&own);
        headers.push(("sec-fetch-site", site));
        for first in [call, "GET /", "GET /news"] {
            assert_eq!(house.ask(first, &headers, "{}").status, 403, "{first} {site}");
        }
    }
    for kind in [None, Some("text/plain"), Some("application/x-www-form-urlencoded")] {
        assert_eq!(house.ask(call, &with(&own, "content-type", kind), "{}").status, 403, "{kind:?}");
    }
}

#[test]
fn a_foreign_name_for_this_computer_is_refused() {
    let house = house();
    let own = house.own();
    for host in ["evil.example", "127.0.0.1", "127.0.0.1:1", "127.0.0.1.evil.example:80"] {
        for first in ["GET /", "POST /data/shell.state"] {
            assert_eq!(house.ask(first, &with(&own, "host", Some(host)), "{}").status, 403, "{first} {host}");
        }
    }
    let named = format!("localhost:{}", house.port);
    assert_eq!(house.ask("POST /data/shell.state", &with(&own, "host", Some(&named)), "{}").status, 200);
}

#[test]
fn nobody_else_on_the_network_can_knock() {
    let listener = listen(0).expect("a port");
    assert!(listener.local_addr().expect("an address").ip().is_loopback());
}

#[test]
fn a_page_that_listens_hears_the_state_first_and_then_what_changes() {
    let house = house();
    let own = house.own();
    let mut lines =
        BufReader::new(house.send("GET /news", &borrowed(&own), "")).lines().map(|line| line.expect("text"));
    let mut heard = |what: &str| lines.by_ref().find(|line| line.contains(what)).expect("news");
    assert!(heard("data: ").contains(r#"{"state":{"stage":"new""#));
    assert!(heard("data: ").contains("touched"));
    assert_eq!(house.door.pages.load(Ordering::Relaxed), 1);
    tell(&house.door.news, &News::Touched(vec![client::Tag::Sync]));
    assert_eq!(heard("data: "), r#"data: {"touched":["sync"]}"#);
    let busy = house.door.clone();
    std::thread::spawn(move || (0..2000).for_each(|_| tell(&busy.news, &News::Touched(vec![client::Tag::Drafts]))));
    heard("drafts");
}

#[test]
fn a_second_start_is_shown_the_page_of_the_first_and_strangers_are_not() {
    let house = house();
    let profile = house.folder.path().join("profile");
    assert_eq!(again::ask(&profile), None, "nobody left word");
    again::leave_word(&profile, &house.door.gate).expect("word");
    let url = again::ask(&profile).expect("an address");
    let path = url.strip_prefix(&house.origin()).expect("the same house").to_owned();
    assert_eq!(house.ask(&format!("GET {path}"), &[("host", &house.host())], "").status, 303);
    assert_eq!(house.ask("POST /again", &[("host", &house.host()), ("x-tongdang", "x")], "").status, 403);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(profile.join("loopback")).expect("a file").permissions().mode();
        assert_eq!(mode & 0o077, 0, "only its owner reads it");
    }
}
