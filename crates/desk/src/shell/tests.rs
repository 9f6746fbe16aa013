//! The shell as a window uses it: first start, locked and opened again, practised, left.

use std::fs;
use std::path::Path;
use std::sync::mpsc;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;
use crate::practice;
use crate::scene::{self, CODE, Drawer};

const PASSPHRASE: &str = "竹影社区的春天 2026";
const OTHER: &str = "灯塔 豆浆 棉鞋 火车";

/// A window over a folder, with what it was told.
struct Window {
    shell: Shell,
    news: mpsc::Receiver<Value>,
    then: mpsc::Receiver<Then>,
}

impl Window {
    fn open(dir: &Path, practice: bool) -> Self {
        Self::beside(dir, practice, Arc::new(Drawer::default()))
    }

    /// A window on a machine with this keystore.
    fn beside(dir: &Path, practice: bool, keystore: Arc<Drawer>) -> Self {
        let (tell, news) = mpsc::channel();
        let (end, then) = mpsc::channel();
        let shell = Shell::open(Setup {
            dir: dir.to_owned(),
            practice,
            desktop: true,
            cost: KdfCost::TRIVIAL,
            patient: false,
            keystore,
            tell: Box::new(move |told| drop(tell.send(serde_json::to_value(told).expect("JSON")))),
            then: Box::new(move |then| end.send(then).expect("somebody waits")),
        });
        Self { shell, news, then }
    }

    fn ask(&self, name: &str, args: &Value) -> Result<Value, Code> {
        let answered = self.shell.call(name, args.to_string().as_bytes());
        answered.map(|json| serde_json::from_slice(&json).expect("JSON")).map_err(|refusal| refusal.code)
    }

    fn state(&self) -> Value {
        self.ask("shell.state", &json!({})).expect("a state")
    }

    fn wait_for(&self, stage: &str) {
        let until = Instant::now() + Duration::from_secs(20);
        while self.state()["stage"] != stage {
            assert!(Instant::now() < until, "stands at {}", self.state());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path().join("profile");
    (folder, dir)
}

/// Everything that lies in a folder, with its bytes.
fn contents(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = fs::read_dir(dir).expect("a folder").map(|entry| entry.expect("an entry").path());
    let mut all: Vec<_> = entries.map(|path| (path.clone(), fs::read(&path).expect("a file"))).collect();
    all.sort();
    all
}

/// A director's profile with children, open.
fn at_work(dir: &Path) -> Window {
    fs::create_dir_all(dir).expect("a folder");
    drop(practice::lived(dir, PASSPHRASE).expect("a profile"));
    let window = Window::open(dir, false);
    window.ask("shell.unlock", &json!({ "secret": PASSPHRASE })).expect("the passphrase");
    window
}

fn edit(window: &Window, phone: &str) {
    let listed = window.ask("children.list", &json!({})).expect("a list");
    let cards = listed["cards"].as_array().expect("cards");
    let child = &cards.iter().find(|card| card["differs"] == 0).expect("a child")["child"];
    let edits = json!([{ "set": { "key": "phone_child", "value": phone } }]);
    let edited = window.ask("child.edit", &json!({ "child": child, "edits": edits })).expect("an edit");
    assert_eq!(edited["saved"], json!(["phone_child"]));
}

#[test]
fn from_an_empty_computer_to_work_and_back_to_a_locked_one() {
    let (_folder, dir) = folder();
    let window = Window::open(&dir, false);
    assert_eq!(window.state()["stage"], "new");
    assert_eq!(window.ask("me", &json!({})), Err(Code::Locked));
    let address = scene::district();
    let join = json!({ "address": address, "code": format!(" {} ", CODE.to_lowercase()), "label": "某某的笔记本" });
    let joined = window.ask("shell.enrol", &join).expect("let in");
    assert_eq!((&joined["district"], &joined["person"]), (&json!("虚构区"), &json!("某某的笔记本")));
    assert_eq!(window.state()["stage"], "joined");
    for weak in ["123456", "某某的笔记本", "春风"] {
        assert_eq!(window.ask("shell.create", &json!({ "passphrase": weak })), Err(Code::WeakPassphrase), "{weak}");
    }
    let recovery = window.ask("shell.create", &json!({ "passphrase": PASSPHRASE })).expect("a profile");
    assert_eq!(window.state()["stage"], "open");
    assert_eq!(window.ask("me", &json!({})).expect("an answer")["district"], "虚构区");
    assert_eq!(window.ask("shell.create", &json!({ "passphrase": OTHER })), Err(Code::BadCall));
    window.ask("shell.lock", &json!({})).expect("locking");
    assert_eq!(window.then.recv(), Ok(Then::Again));
    assert_eq!(window.ask("me", &json!({})), Err(Code::Locked), "nothing is answered while the process ends");
    let stages: Vec<Value> = window.news.try_iter().map(|told| told["state"]["stage"].clone()).collect();
    assert!(stages.contains(&json!("opening")) && stages.contains(&json!("open")), "{stages:?}");

    let again = Window::open(&dir, false);
    assert_eq!(again.state()["stage"], "locked");
    assert_eq!(again.ask("shell.unlock", &json!({ "secret": "不对" })), Err(Code::WrongPassphrase));
    assert_eq!(again.state()["stage"], "locked");
    let state = again.ask("shell.unlock", &json!({ "secret": PASSPHRASE })).expect("the passphrase");
    assert_eq!((&state["stage"], &state["reopened"]), (&json!("open"), &json!(false)));
    assert_eq!(recovery["recovery"].as_str().map(str::len), Some(39));
}

#[test]
fn a_forgotten_passphrase_is_replaced_with_the_printed_code_which_is_then_void() {
    let (_folder, dir) = folder();
    let window = at_work(&dir);
    let printed = window.ask("shell.recovery", &json!({ "secret": PASSPHRASE })).expect("a code")["recovery"].clone();
    window.ask("shell.lock", &json!({})).expect("locking");

    let window = Window::open(&dir, false);
    let state = window.ask("shell.unlock", &json!({ "secret": printed })).expect("the printed code");
    assert_eq!(state["reopened"], true);
    edit(&window, "14000009999");
    assert_eq!(window.ask("shell.passphrase", &json!({ "passphrase": "123456" })), Err(Code::WeakPassphrase));
    let renewed = window.ask("shell.passphrase", &json!({ "passphrase": OTHER })).expect("another passphrase");
    assert!(renewed["recovery"].is_string(), "a new code comes with it");
    assert_eq!(window.state()["reopened"], false);
    for (wrong, why) in [(json!({}), "none"), (json!({ "old": PASSPHRASE }), "the forgotten one")] {
        let mut args = json!({ "passphrase": OTHER });
        args["old"] = wrong["old"].clone();
        assert_eq!(window.ask("shell.passphrase", &args), Err(Code::WrongPassphrase), "{why}");
    }
    assert_eq!(window.ask("shell.recovery", &json!({ "secret": "不对" })), Err(Code::WrongPassphrase));
    let plain = window.ask("shell.passphrase", &json!({ "passphrase": OTHER, "old": OTHER })).expect("changed again");
    assert!(plain["recovery"].is_null(), "the code is still good");
    window.ask("shell.lock", &json!({})).expect("locking");

    let window = Window::open(&dir, false);
    for (void, code) in [(&printed, Code::WrongRecovery), (&json!(PASSPHRASE), Code::WrongPassphrase)] {
        assert_eq!(window.ask("shell.unlock", &json!({ "secret": void })), Err(code));
    }
    window.ask("shell.unlock", &json!({ "secret": renewed["recovery"] })).expect("the new code");
}

#[test]
fn a_pin_is_set_opens_and_is_removed_by_who_knows_the_passphrase() {
    let (_folder, dir) = folder();
    let drawer = Arc::new(Drawer::default());
    drop(at_work(&dir));
    let window = Window::beside(&dir, false, drawer.clone());
    window.ask("shell.unlock", &json!({ "secret": PASSPHRASE })).expect("the passphrase");
    assert_eq!(window.state()["pin"], "none");
    let set = |window: &Window, secret: &str, pin: Option<&str>| {
        window.ask("shell.pin", &json!({ "secret": secret, "pin": pin })).map(|state| state["pin"].clone())
    };
    assert_eq!(set(&window, "不对", Some("739105")), Err(Code::WrongPassphrase));
    assert_eq!(set(&window, PASSPHRASE, Some("123456")), Err(Code::WeakPin));
    assert_eq!(set(&window, PASSPHRASE, Some("739105")), Ok(json!("set")));
    assert_eq!(set(&window, "739105", Some("802461")), Err(Code::WrongPassphrase), "a PIN proves nobody");
    assert_eq!(set(&window, "739105", None), Err(Code::WrongPassphrase));
    window.ask("shell.lock", &json!({})).expect("locking");

    let window = Window::beside(&dir, false, drawer.clone());
    assert_eq!((&window.state()["stage"], &window.state()["pin"]), (&json!("locked"), &json!("set")));
    let refusal = window.shell.call("shell.unlock", br#"{"secret":"739106"}"#).expect_err("another PIN");
    assert_eq!((refusal.code, refusal.about.as_str()), (Code::WrongPin, "4"));
    let state = window.ask("shell.unlock", &json!({ "secret": "739105" })).expect("the PIN");
    assert_eq!((&state["stage"], &state["pin"], &state["reopened"]), (&json!("open"), &json!("set"), &json!(false)));
    assert_eq!(set(&window, PASSPHRASE, None), Ok(json!("none")));
    assert!(drawer.0.lock().expect("a drawer").as_ref().is_some_and(|kept| kept.is_empty()));
    window.ask("shell.lock", &json!({})).expect("locking");
    let window = Window::beside(&dir, false, drawer);
    assert_eq!(window.ask("shell.unlock", &json!({ "secret": "739105" })), Err(Code::WrongPassphrase));
}

#[test]
fn a_pin_wrong_five_times_is_gone_and_the_passphrase_opens() {
    let (_folder, dir) = folder();
    let drawer = Arc::new(Drawer::default());
    drop(at_work(&dir));
    let window = Window::beside(&dir, false, drawer.clone());
    window.ask("shell.unlock", &json!({ "secret": PASSPHRASE })).expect("the passphrase");
    window.ask("shell.pin", &json!({ "secret": PASSPHRASE, "pin": "739105" })).expect("a PIN");
    window.ask("shell.lock", &json!({})).expect("locking");
    // The keystore is away for a while: no try is counted.
    let window = Window::beside(&dir, false, Arc::new(Drawer(std::sync::Mutex::new(None))));
    assert_eq!(window.ask("shell.unlock", &json!({ "secret": "739105" })), Err(Code::PinAway));
    assert_eq!(window.state()["pin"], "set");
    window.ask("shell.quit", &json!({ "sure": true })).expect("left");
    let mut codes = Vec::new();
    for _ in 0..5 {
        let window = Window::beside(&dir, false, drawer.clone());
        codes.push(window.ask("shell.unlock", &json!({ "secret": "000001" })).expect_err("another PIN"));
        let left = if codes.len() == 5 { "none" } else { "set" };
        assert_eq!((&window.state()["pin"], &window.state()["stage"]), (&json!(left), &json!("locked")));
    }
    assert_eq!(codes, [Code::WrongPin, Code::WrongPin, Code::WrongPin, Code::WrongPin, Code::PinGone]);
    let window = Window::beside(&dir, false, drawer);
    let state = window.ask("shell.unlock", &json!({ "secret": PASSPHRASE })).expect("the passphrase");
    assert_eq!((&state["stage"], &state["pin"]), (&json!("open"), &json!("none")));
}

#[test]
fn a_passphrase_of_digits_from_before_there_were_pins_opens_beside_a_pin_and_without_the_keystore() {
    const DIGITS: &str = "739105862047";
    let (_folder, dir) = folder();
    let drawer = Arc::new(Drawer::default());
    drop(at_work(&dir));
    let window = Window::beside(&dir, false, drawer.clone());
    window.ask("shell.unlock", &json!({ "secret": PASSPHRASE })).expect("the passphrase");
    window.ask("shell.pin", &json!({ "secret": PASSPHRASE, "pin": "802461" })).expect("a PIN");
    let desk = window.shell.desk().expect("open");
    desk.with(|client, m| client.change_passphrase(m, DIGITS, KdfCost::TRIVIAL)).expect("asked").expect("changed");
    drop(desk);
    window.ask("shell.lock", &json!({})).expect("locking");
    for keystore in [drawer, Arc::new(Drawer(std::sync::Mutex::new(None)))] {
        let window = Window::beside(&dir, false, keystore);
        let state = window.ask("shell.unlock", &json!({ "secret": DIGITS })).expect("the passphrase");
        assert_eq!(state["stage"], "open");
        window.ask("shell.lock", &json!({})).expect("locking");
    }
}

#[test]
fn without_a_keystore_the_state_says_so_and_no_pin_can_be_set() {
    let (_folder, dir) = folder();
    drop(at_work(&dir));
    let window = Window::beside(&dir, false, Arc::new(Drawer(std::sync::Mutex::new(None))));
    window.ask("shell.unlock", &json!({ "secret": PASSPHRASE })).expect("the passphrase");
    let until = Instant::now() + Duration::from_secs(20);
    while window.state()["pin"] != "unavailable" {
        assert!(Instant::now() < until, "stands at {}", window.state());
        std::thread::sleep(Duration::from_millis(10));
    }
    let refused = window.ask("shell.pin", &json!({ "secret": PASSPHRASE, "pin": "739105" }));
    assert_eq!(refused, Err(Code::NoKeystore));
    let practice = Window::open(&dir, true);
    practice.wait_for("open");
    assert_eq!(practice.ask("shell.pin", &json!({ "secret": "x", "pin": null })), Err(Code::Practice));
}

#[test]
fn a_folder_open_elsewhere_says_so_to_every_call() {
    let (_folder, dir) = folder();
    let _first = Window::open(&dir, false);
    let second = Window::open(&dir, false);
    for name in ["shell.state", "me"] {
        assert_eq!(second.ask(name, &json!({})), Err(Code::AlreadyOpen), "{name}");
    }
    assert_eq!(second.ask("shell.unlock", &json!({ "secret": "x" })), Err(Code::BadCall));
    assert!(second.shell.may_close());
}

#[test]
fn practice_leaves_the_real_profile_alone_and_goes_nowhere() {
    let (_folder, dir) = folder();
    drop(at_work(&dir));
    let window = Window::open(&dir, true);
    window.wait_for("open");
    assert_eq!(window.state()["practice"], true);
    edit(&window, "14000008888");
    assert_eq!(window.ask("shell.sync", &json!({})), Err(Code::Practice));
    let desk = window.shell.desk().expect("open");
    desk.sync_now().expect("asked past the shell");
    std::thread::sleep(Duration::from_millis(300));
    let traffic = desk.traffic().expect("counters");
    assert_eq!((traffic.requests, traffic.connections), (0, 0), "no socket was opened");
    let (one, other) = (desk.call("me", b"{}").expect("me").json, at_real(&dir));
    drop(desk);
    assert_ne!(one, other, "another district, another device");
    assert!(window.shell.may_close(), "practice keeps nobody from leaving");
    window.ask("shell.practice", &json!({ "on": false })).expect("out of it");
    assert_eq!(window.then.recv(), Ok(Then::Again));
    let left = contents(&practice::folder(&dir));
    assert!(left.iter().all(|(path, _)| path.ends_with("profile.lock")), "{:?}", left.iter().map(|l| &l.0));
}

fn at_real(dir: &Path) -> Vec<u8> {
    let window = Window::open(dir, false);
    window.ask("shell.unlock", &json!({ "secret": PASSPHRASE })).expect("the passphrase");
    window.shell.call("me", b"{}").expect("me")
}

#[test]
fn no_byte_of_the_real_profile_changes_while_somebody_practises() {
    let (_folder, dir) = folder();
    drop(at_work(&dir));
    let before = contents(&dir);
    let window = Window::open(&dir, true);
    window.wait_for("open");
    edit(&window, "14000008888");
    window.ask("shell.practice", &json!({ "on": true })).expect("anew");
    assert_eq!(window.then.recv(), Ok(Then::Practice));
    assert!(contents(&dir) == before);
}

#[test]
fn closing_with_work_that_waits_is_said_once() {
    let (_folder, dir) = folder();
    let window = at_work(&dir);
    assert!(window.shell.may_close(), "nothing waits");
    edit(&window, "14000007777");
    window.news.try_iter().for_each(drop);
    assert!(!window.shell.may_close());
    let told: Vec<Value> = window.news.try_iter().filter(|told| told.get("closing").is_some()).collect();
    assert_eq!(told, [json!({ "closing": { "waiting": 1 } })]);
    assert_eq!(window.ask("shell.quit", &json!({ "sure": false })), Ok(json!({ "leaving": false, "waiting": 1 })));
    assert!(window.shell.may_close(), "it was said");
    assert_eq!(window.ask("shell.quit", &json!({ "sure": true })), Ok(json!({ "leaving": true, "waiting": 1 })));
    assert_eq!(window.then.recv(), Ok(Then::Quit));
}

#[test]
fn what_is_no_call_of_the_shell_is_refused_with_words() {
    let (_folder, dir) = folder();
    let window = Window::open(&dir, false);
    assert_eq!(window.ask("shell.nothing", &json!({})), Err(Code::NotFound));
    assert_eq!(window.ask("shell.unlock", &json!([1])), Err(Code::BadCall));
    assert_eq!(window.ask("shell.strength", &json!({ "passphrase": "长".repeat(20_000) })), Err(Code::BadCall));
    let refusal = window.shell.call("shell.unlock", b"no json").expect_err("no JSON");
    assert_eq!(refusal.text, Code::BadCall.text());
}

#[test]
fn trouble_stays_until_a_good_exchange_and_bytes_are_not_told_one_by_one() {
    let mut line = LineState::default();
    assert!(line.hear(Event::Begun) && line.syncing);
    assert!(line.hear(Event::Trouble(Code::Offline.into())));
    assert!(line.hear(Event::Ended) && !line.syncing);
    assert_eq!(line.trouble, Some(Code::Offline.into()));
    line.hear(Event::Begun);
    assert_eq!(line.trouble, Some(Code::Offline.into()), "still the last known");
    assert!(line.hear(Event::Received(1000)));
    assert!(!line.hear(Event::Received(2000)), "told a moment ago");
    line.hear(Event::Ended);
    assert_eq!((line.trouble, line.received), (None, 2000));
}

#[test]
fn the_committed_typescript_is_that_of_the_shell() {
    let mut book = domain::typescript::Book::new();
    calls::signatures(&mut book);
    book.also::<News>();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/bindings/shell.ts");
    let fresh = book.text("desk", "crates/desk/src/shell/calls.rs", "ShellCalls");
    if std::env::var_os("TONGDANG_BINDINGS").is_some() {
        fs::write(path, &fresh).expect("the bindings can be written");
    }
    let committed = fs::read_to_string(path).unwrap_or_default();
    assert!(committed == fresh, "run the tests of desk once with TONGDANG_BINDINGS=write and commit bindings/");
}

#[test]
fn who_leaves_closes_the_store_whoever_else_still_reads() {
    let (_folder, dir) = folder();
    let window = at_work(&dir);
    let reading = window.shell.desk().expect("open");
    assert!(reading.call("children.list", b"{}").is_ok());
    window.ask("shell.lock", &json!({})).expect("locked");
    assert_eq!(window.then.recv().expect("the end"), Then::Again);
    let late = reading.call("children.list", b"{}");
    assert_eq!(late.map(|done| done.json).map_err(|fault| fault.code), Err(Code::Locked));
}
