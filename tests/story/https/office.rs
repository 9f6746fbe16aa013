//! One person at one computer: a real desk with its thread and its line. It must not know what its
//! calls mean.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use client::{Client, KdfCost};
use desk::clock::{self, OsChance};
use desk::profile::Profile;
use desk::{Desk, Event};
use domain::fault::{Code, Fault};
use domain::moment::Moment;
use serde_json::{Value, json};

const PASSPHRASE: &str = "明湖路走访用的口令";
/// Longest an exchange may take.
const PATIENCE: Duration = Duration::from_secs(40);

/// A desk that is open. Dropped, its thread ends.
pub(crate) struct Office {
    desk: Desk,
    trouble: Arc<Mutex<Option<Fault>>>,
    _folder: tempfile::TempDir,
}

impl Office {
    /// Joins the district with the text of address and code.
    pub(crate) fn join(text: &str, label: &str) -> Self {
        let joined = enrol(text, label).unwrap_or_else(|fault| panic!("{label} joins: {fault:?}"));
        Self::open(joined.identity)
    }

    /// Joins, and believes in another CA than the one it was told.
    pub(crate) fn join_believing(text: &str, ca: &[u8]) -> Self {
        let mut identity = enrol(text, "电脑").unwrap_or_else(|fault| panic!("joins: {fault:?}")).identity;
        identity.ca = ca.to_vec();
        Self::open(identity)
    }

    /// Why it may not join.
    pub(crate) fn refused(text: &str) -> Option<Code> {
        enrol(text, "电脑").err().map(|fault| fault.code)
    }

    fn open(identity: client::Identity) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let profile = Profile::take(&folder.path().join("profile")).expect("a profile");
        let mut chance = OsChance;
        let moment = &mut Moment::new(clock::now(), &mut chance);
        let client = Client::create(profile.dir(), moment, identity, PASSPHRASE, KdfCost::TRIVIAL).expect("a profile");
        let trouble: Arc<Mutex<Option<Fault>>> = Arc::default();
        let heard = trouble.clone();
        let tell = move |event| {
            if let Event::Trouble(fault) = event {
                *heard.lock().unwrap_or_else(PoisonError::into_inner) = Some(fault);
            }
        };
        Self { desk: Desk::start(profile, client, tell).expect("a thread"), trouble, _folder: folder }
    }

    /// Makes a call.
    pub(crate) fn call(&self, name: &str, args: Value) -> Result<Value, Fault> {
        let done = self.desk.call(name, args.to_string().as_bytes())?;
        Ok(serde_json::from_slice(&done.json).expect("a call answers JSON"))
    }

    /// Makes a call that must succeed.
    pub(crate) fn ok(&self, name: &str, args: Value) -> Value {
        self.call(name, args).unwrap_or_else(|fault| panic!("{name}: {fault:?}"))
    }

    /// Exchanges until nothing is due; what went wrong.
    pub(crate) fn sync(&self) -> Option<Code> {
        self.wait();
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.desk.sync_now().expect("the desk is awake");
        self.wait();
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).take().map(|fault| fault.code)
    }

    /// Waits until no exchange is under way or due.
    fn wait(&self) {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            let (wake, now) = self.desk.with(|client, moment| (client.wake_at(), moment.now)).expect("awake");
            if wake.is_some_and(|wake| wake > now) {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("the exchange does not end");
    }

    /// She writes a visit and finishes it.
    pub(crate) fn visits(&self, child: &Value, text: &str) -> Value {
        let mut values = self.ok("visit.begin", json!({ "children": [child] }))["values"].clone();
        let written = json!({
            "met_child": true, "met_guardian": true, "living": "1", "guard": "1", "health": "1", "study": "1",
            "psych": "1", "safety": "1", "social": "1", "note": text,
        });
        for (key, value) in written.as_object().expect("a map") {
            values[key] = value.clone();
        }
        let done = self.ok("visit.complete", json!({ "children": [child], "values": values }));
        assert!(done["records"][0]["visit"].is_string(), "the note is finished: {done}");
        done["records"][0]["visit"].clone()
    }
}

fn enrol(text: &str, label: &str) -> Result<desk::enrol::Enrolled, Fault> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(desk::enrol::enrol(text, label))
}
