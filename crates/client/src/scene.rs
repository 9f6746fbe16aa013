//! Props for the tests of this room: one street, a director's client, and a district that answers
//! by hand. Test code only.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;

use domain::area::Area;
use domain::day::Day;
use domain::id::{Branch, ChildId, DeviceId, Digest, PersonId, PostId, RecordId, UnitId};
use domain::moment::{Chance, Moment, Timestamp};
use domain::post::Role;
use domain::roster::Row;
use domain::value::Value;
use dossier::{Actor, Edit, Record};
use sync::envelope::{Envelope, Link};
use sync::frame;
use sync::item::{Item, Kind};
use sync::key::DeviceKey;
use sync::pack::Level;
use sync::request::SignedRequest;
use sync::wire::{Cursor, End, Frame, Head, Placed, Pushed, Receipt, Request, Rows, State, Verdict};
use tempfile::TempDir;
use zeroize::Zeroizing;

use crate::exchange::{Outgoing, Reply};
use crate::identity::Identity;
use crate::keystore::{Amiss, Keystore};
use crate::open::Client;
use crate::slot::KdfCost;
use crate::tag::Tag;
use crate::write::Act;

pub(crate) const DISTRICT: Digest = Digest([5; 32]);
pub(crate) const START: Timestamp = Timestamp(1_790_000_000_000);
pub(crate) const PASSPHRASE: &str = "春风十里 2026";
pub(crate) const STREET: u64 = 990_102_001_000;

/// A toy generator: good enough to make bytes differ.
pub(crate) struct Seeded(pub(crate) u64);

impl Chance for Seeded {
    fn fill(&mut self, buffer: &mut [u8]) {
        for byte in buffer {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = (self.0 >> 56) as u8;
        }
    }
}

/// A keystore in memory; `shut`, it refuses everything.
#[derive(Default)]
pub(crate) struct Drawer {
    pub(crate) kept: Mutex<BTreeMap<String, Vec<u8>>>,
    pub(crate) shut: bool,
}

impl Drawer {
    /// The names under which something is kept.
    pub(crate) fn names(&self) -> Vec<String> {
        self.kept.lock().expect("a drawer").keys().cloned().collect()
    }

    fn open<T>(&self, act: impl FnOnce(&mut BTreeMap<String, Vec<u8>>) -> Option<T>) -> Result<T, Amiss> {
        if self.shut {
            return Err(Amiss::Unavailable);
        }
        act(&mut self.kept.lock().expect("a drawer")).ok_or(Amiss::Absent)
    }
}

impl Keystore for Drawer {
    fn there(&self) -> bool {
        !self.shut
    }
    fn read(&self, name: &str) -> Result<Zeroizing<Vec<u8>>, Amiss> {
        self.open(|kept| kept.get(name).cloned().map(Zeroizing::new))
    }
    fn write(&self, name: &str, secret: &[u8]) -> Result<(), Amiss> {
        self.open(|kept| {
            kept.insert(name.to_owned(), secret.to_vec());
            Some(())
        })
    }
    fn erase(&self, name: &str) -> Result<(), Amiss> {
        self.open(|kept| kept.remove(name).map(drop))
    }
}

/// The district as tests play it: its server's key, its log's end, the chain of each author.
pub(crate) struct District {
    pub(crate) server: DeviceKey,
    /// Another director's device.
    pub(crate) other: DeviceKey,
    pub(crate) position: u64,
    seqs: std::collections::BTreeMap<DeviceId, (u32, Digest)>,
    pub(crate) inbox: u64,
}

/// A director's client, its folder, and the district.
pub(crate) struct Scene {
    pub(crate) client: Client,
    pub(crate) dir: TempDir,
    pub(crate) chance: Seeded,
    pub(crate) now: Timestamp,
    pub(crate) district: District,
}

pub(crate) const fn child(n: u8) -> ChildId {
    ChildId::new([n; 16])
}

pub(crate) const fn post(n: u8) -> PostId {
    PostId::new([n; 16])
}

pub(crate) fn area(code: u64) -> Area {
    Area::new(code).expect("an area")
}

pub(crate) fn set(key: &str, text: &str) -> Edit {
    Edit::Set(key.into(), Value::text(text))
}

impl District {
    fn new(m: &mut Moment) -> Self {
        let (server, other) = (DeviceKey::fresh(m), DeviceKey::fresh(m));
        Self { server, other, position: 0, seqs: std::collections::BTreeMap::new(), inbox: 0 }
    }

    fn grant(&self, key: DeviceKey) -> Identity {
        Identity {
            district: DISTRICT,
            name: "示例区".into(),
            address: "localhost:8443".into(),
            ca: vec![1, 2, 3],
            server: self.server.id(),
            server_sign: self.server.sign_public(),
            inbox: self.server.seal_public(),
            key,
            person: PersonId::new([1; 16]),
            lease: Some(START.plus_s(14 * 86_400)),
        }
    }

    /// Units, people, posts and devices of the street: post 1 is the client's, post 2 the other's.
    pub(crate) fn staff(&self, me: &DeviceKey) -> Vec<Row> {
        let mut rows = Vec::new();
        for (n, key) in [(1u8, me), (2, &self.other)] {
            let (unit, person) = (UnitId::new([n; 16]), PersonId::new([n; 16]));
            let name = format!("主任{n}");
            rows.extend([
                Row::Unit { id: unit, name: format!("社区{n}"), area: area(STREET + u64::from(n)) },
                Row::Person { id: person, name: name.clone() },
                Row::Post { id: post(n), person, unit, role: Role::Director, from: Day::EPOCH, to: None },
                Row::Device {
                    id: key.id(),
                    person,
                    sign: key.sign_public(),
                    seal: key.seal_public(),
                    label: format!("{name}的笔记本"),
                    segment: Some(136 + u16::from(n)),
                },
            ]);
        }
        rows
    }

    /// A child of community 1, assigned to post 1.
    pub(crate) fn entrust(n: u8) -> Vec<Row> {
        vec![Row::Child { child: child(n), area: area(STREET + 1) }, Row::Assign { child: child(n), post: post(1) }]
    }

    /// Items signed by an author, placed at the log's end.
    pub(crate) fn place(&mut self, key: &DeviceKey, items: Vec<Item>) -> Placed {
        let (seq, prev) = self.seqs.get(&key.id()).copied().unwrap_or((0, Digest([0; 32])));
        let link = Link { branch: Branch([1; 8]), seq: seq + 1, prev, at: START, roster: self.position };
        let first = self.position + 1;
        self.position += items.len() as u64;
        let steps = (0..items.len()).map(|n| if n == 0 { first } else { 1 }).collect();
        let envelope = Envelope::sign(key, &DISTRICT, link, items.iter().map(Item::encode).collect());
        self.seqs.insert(key.id(), (seq + 1, envelope.id(&DISTRICT)));
        Placed { envelope: Pushed(envelope), steps }
    }

    /// Roster rows by the server.
    pub(crate) fn rows(&mut self, m: &mut Moment, rows: Vec<Row>) -> Placed {
        let item = |row: &Row, record| Item {
            kind: Kind::Roster,
            record,
            form: "roster".into(),
            child: row.child(),
            body: minicbor::to_vec(row).expect("a row"),
        };
        let items = rows.iter().map(|row| item(row, RecordId::new(m.uuid()))).collect();
        let server = self.server.clone();
        self.place(&server, items)
    }

    /// A change of a child's file by the server (as an import writes it).
    pub(crate) fn change(&mut self, doc: &mut Record, n: u8, edits: &[Edit], at: Timestamp) -> Item {
        let actor = Actor::new(self.server.id(), [9; 8]);
        let form = domain::form::builtin("child").expect("built in");
        let body = doc.edit(form, &actor, at, edits).expect("edits").expect("a change");
        Item {
            kind: Kind::Change,
            record: RecordId::new([n + 100; 16]),
            form: "child".into(),
            child: Some(child(n)),
            body,
        }
    }

    pub(crate) const fn cursor(&self) -> Cursor {
        let byte = self.position as u8;
        Cursor { position: self.position, chain: [byte; 8], first: 0 }
    }
}

impl Scene {
    pub(crate) fn new() -> Self {
        let (mut chance, now) = (Seeded(7), START);
        let dir = tempfile::tempdir().expect("a folder");
        let mut m = Moment::new(now, &mut chance);
        let district = District::new(&mut m);
        let key = DeviceKey::fresh(&mut m);
        let grant = district.grant(key);
        let client = Client::create(dir.path(), &mut m, grant, PASSPHRASE, KdfCost::TRIVIAL).expect("a client");
        Self { client, dir, chance, now, district }
    }

    /// The client with its street's staff and one child (7) with a name, from the district.
    pub(crate) fn at_work() -> Self {
        let mut scene = Self::new();
        let rows = scene.first_rows(&["张小明"]);
        scene.exchange(rows);
        scene
    }

    /// Staff, then children from 7 on with these names.
    pub(crate) fn first_rows(&mut self, names: &[&str]) -> Vec<Rows> {
        let me = self.client.desk().me.key.clone();
        let mut m = Moment::new(self.now, &mut self.chance);
        let mut envelopes = vec![self.district.rows(&mut m, self.district.staff(&me))];
        for (n, name) in (7u8..).zip(names) {
            envelopes.push(self.district.rows(&mut m, District::entrust(n)));
            let item = self.district.change(&mut Record::empty(), n, &[set("name", name)], START);
            let server = self.district.server.clone();
            envelopes.push(self.district.place(&server, vec![item]));
        }
        // As segments come: in order, with the place they were cut at.
        let cursor = Cursor { first: self.district.position, ..self.district.cursor() };
        vec![Rows { envelopes, cursor: Some(cursor), ..Rows::default() }]
    }

    pub(crate) fn with<T>(&mut self, act: impl FnOnce(&mut Client, &mut Moment) -> T) -> T {
        act(&mut self.client, &mut Moment::new(self.now, &mut self.chance))
    }

    pub(crate) fn commit(&mut self, acts: Vec<Act>) -> Result<Vec<Tag>, domain::fault::Fault> {
        self.with(|client, m| client.desk().commit(m, acts))
    }

    /// Edits child `n`'s file.
    pub(crate) fn edit(&mut self, n: u8, key: &str, text: &str) {
        let edits = vec![set(key, text)];
        let record = RecordId::new([n + 100; 16]);
        let act = Act::Edit { record, form: "child", child: Some(child(n)), edits };
        self.commit(vec![act]).expect("an edit");
    }

    /// What stands under a key of child `n`'s file.
    pub(crate) fn value(&mut self, n: u8, key: &str) -> Option<String> {
        let opened = self.client.desk().record(RecordId::new([n + 100; 16])).expect("the store")?;
        let view = opened.doc.view(opened.meta.form().expect("built in"));
        view.cells.get(key).and_then(|cell| cell.value.as_text().map(str::to_owned))
    }

    /// The next request, opened as the server does.
    pub(crate) fn ask(&mut self) -> (Outgoing, Request) {
        let out = self
            .with(|client, m| {
                client.sync_now(m);
                client.next_request(m)
            })
            .expect("a request");
        let public = self.client.desk().me.key.sign_public();
        let signed = SignedRequest::read(&out.body).expect("signed");
        let request = signed.open(&DISTRICT, &public).expect("by this device");
        (out, request)
    }

    /// The bytes of an answer to a request.
    pub(crate) fn answer(&mut self, out: &Outgoing, head: Head, rows: Vec<Rows>, more: bool) -> Vec<u8> {
        let mut head = head;
        let sig = SignedRequest::sig_of(&out.body).expect("signed");
        head.sign(&self.district.server, &DISTRICT, &sig);
        let end = End { cursor: self.district.cursor(), more };
        let rows = rows.into_iter().map(Frame::Rows);
        let frames = std::iter::once(Frame::Head(Box::new(head))).chain(rows).chain([Frame::End(end)]);
        frames.flat_map(|f| frame::encode(Level::Quick, &f)).collect()
    }

    /// A head with receipts for all of a request.
    pub(crate) fn head(&mut self, request: &Request) -> Head {
        let receipts = request.push.iter().map(|_| {
            self.district.inbox += 1;
            Receipt::Kept(self.district.inbox)
        });
        Head {
            now: self.now,
            state: State::Fine,
            receipts: receipts.collect(),
            verdicts: Vec::new(),
            verdict: request.verdict,
            lease: Some(self.now.plus_s(14 * 86_400)),
            checkpoint: None,
            backed_up: 0,
            sig: None,
            life: 0,
            contacts: None,
        }
    }

    pub(crate) fn receive(&mut self, bytes: &[u8]) -> Result<Vec<Tag>, domain::fault::Fault> {
        let touched = self.with(|client, m| client.on_reply(m, Reply::Chunk(bytes)))?;
        self.with(|client, m| client.on_reply(m, Reply::End))?;
        Ok(touched)
    }

    /// A whole exchange in which these rows come; gives back what was asked.
    pub(crate) fn exchange(&mut self, rows: Vec<Rows>) -> Request {
        self.exchange_with(rows, Vec::new())
    }

    /// A whole exchange with rows and verdicts.
    pub(crate) fn exchange_with(&mut self, rows: Vec<Rows>, verdicts: Vec<Verdict>) -> Request {
        let (out, request) = self.ask();
        let mut head = self.head(&request);
        head.verdict += verdicts.len() as u64;
        head.verdicts = verdicts;
        let bytes = self.answer(&out, head, rows, false);
        self.receive(&bytes).expect("a good answer");
        request
    }

    /// Rows of the centre, as they come in the tail of an answer.
    pub(crate) fn with_district(&mut self, rows: Vec<Row>) -> Rows {
        let mut m = Moment::new(self.now, &mut self.chance);
        let placed = self.district.rows(&mut m, rows);
        self.tail(vec![placed])
    }

    /// Rows after the cursor.
    pub(crate) fn tail(&self, envelopes: Vec<Placed>) -> Rows {
        Rows { envelopes, cursor: Some(self.district.cursor()), ..Rows::default() }
    }

    /// Locks and opens the folder again.
    pub(crate) fn reopen(&mut self) {
        self.client = Client::open(self.dir.path()).expect("a profile");
        self.with(|client, m| client.unlock(m, PASSPHRASE)).expect("the passphrase");
    }
}

/// Whether any file of a folder holds these bytes.
pub(crate) fn holds(dir: &Path, needle: &[u8]) -> bool {
    let files = std::fs::read_dir(dir).expect("a folder").map(|f| f.expect("a file").path());
    files.filter(|p| p.is_file()).any(|p| {
        let bytes = std::fs::read(p).expect("a file");
        bytes.windows(needle.len()).any(|w| w == needle)
    })
}
