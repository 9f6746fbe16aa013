//! A small district for this room's tests. It must not be used outside tests.

use domain::area::Area;
use domain::day::Day;
use domain::id::{Branch, ChildId, Digest, PersonId, Position, PostId, RecordId, UnitId};
use domain::moment::{Chance, Moment, Timestamp};
use domain::post::Role;
use domain::roster::Row;
use domain::value::Value;
use dossier::{Actor, Edit, Record};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use sync::envelope::{Envelope, Link};
use sync::file::{self, Cut};
use sync::frame::FrameReader;
use sync::item::{Item, Kind};
use sync::key::DeviceKey;
use sync::pack::Level;
use sync::piece::{Ask, SignedAsk, Told};
use sync::request::SignedRequest;
use sync::wire::{Cursor, Frame, Head, Outcome, Pushed, Receipt, Request, Rows, State, Verdict};

use crate::secret::{Founding, Secret};
use crate::server::{Answer, Server};
use crate::store::sqlite::Sqlite;

/// Seeded chance.
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }
    pub(crate) fn moment(&mut self, second: i64) -> Moment<'_> {
        Moment::new(time(second), self)
    }
}

impl Chance for Dice {
    fn fill(&mut self, buffer: &mut [u8]) {
        self.0.fill_bytes(buffer);
    }
}

/// Keys of a new district.
pub(crate) fn secret(m: &mut Moment) -> Secret {
    let area = Area::new(990_102_000_000).expect("an area");
    Secret::found(m, Founding { name: "测试区", area, host: "localhost", ca: b"ca", tls: Vec::new() }).0
}

/// The first area; communities are +1, +2.
pub(crate) const STREET: u64 = 990_102_001_000;

/// The time of a second.
pub(crate) const fn time(second: i64) -> Timestamp {
    Timestamp(1_760_000_000_000 + second * 1000)
}

/// A district in memory: one street, a station, two directors; second by second.
pub(crate) struct World {
    pub(crate) server: Server<Sqlite>,
    pub(crate) dice: Dice,
    pub(crate) second: i64,
}

/// The posts of the street in order: supervisor, first director, second director.
pub(crate) const POSTS: [PostId; 3] = [PostId::new([1; 16]), PostId::new([2; 16]), PostId::new([3; 16])];

pub(crate) const fn child(n: u8) -> ChildId {
    ChildId::new([100 + n; 16])
}

impl World {
    pub(crate) fn new() -> Self {
        Self::over(|_| Sqlite::in_memory().expect("a store"))
    }

    /// The same over a store of the test's choice.
    pub(crate) fn over(store: impl FnOnce(&Secret) -> Sqlite) -> Self {
        let mut dice = Dice::new(7);
        let secret = secret(&mut dice.moment(0));
        let server = Server::open(store(&secret), secret).expect("opens");
        let mut world = Self { server, dice, second: 0 };
        let mut rows = Vec::new();
        for (n, role) in [Role::Supervisor, Role::Director, Role::Director].into_iter().enumerate() {
            let area = Area::new(STREET + n as u64).expect("an area");
            let (unit, person) = (UnitId::new([n as u8 + 1; 16]), person(n));
            rows.push(Row::Unit { id: unit, name: format!("单位{n}"), area });
            rows.push(Row::Person { id: person, name: format!("人员{n}") });
            rows.push(Row::Post { id: POSTS[n], person, unit, role, from: Day::EPOCH, to: None });
        }
        world.write(rows);
        world
    }

    pub(crate) fn moment(&mut self) -> Moment<'_> {
        self.second += 1;
        self.dice.moment(self.second)
    }

    pub(crate) fn write(&mut self, rows: Vec<Row>) -> Vec<Outcome> {
        self.second += 1;
        let outcomes = self.server.write_rows(&mut self.dice.moment(self.second), rows).expect("written");
        assert!(outcomes.iter().all(|o| matches!(o, Outcome::Accepted(_))), "{outcomes:?}");
        outcomes
    }

    /// A child of the first or second director's community, assigned to her.
    pub(crate) fn child(&mut self, n: u8, director: usize) -> ChildId {
        let area = Area::new(STREET + director as u64).expect("an area");
        self.write(vec![Row::Child { child: child(n), area }, Row::Assign { child: child(n), post: POSTS[director] }]);
        child(n)
    }

    pub(crate) fn judge(&mut self) {
        self.second += 1;
        while self.server.gate_step(&mut self.dice.moment(self.second)).expect("judged") {}
    }

    /// The answer to a request about pieces, its signature checked.
    pub(crate) fn told(&mut self, body: &[u8]) -> Told {
        let answer = self.server.handle_piece(&mut self.dice.moment(self.second), body);
        let Answer::Frames(frames) = answer else { panic!("no answer: {answer:?}") };
        let sig = SignedAsk::sig_of(body).expect("a signature");
        let public = self.server.secret.device.sign_public();
        Told::read(&frames.concat(), &self.server.district().digest(), &sig, &public).expect("an answer")
    }

    pub(crate) fn pack(&mut self) {
        while self.server.segment_step().expect("packed") {}
    }

    /// Puts the store of a backup in this server's place.
    pub(crate) fn restore(&mut self, backup: Sqlite) {
        let secret = self.server.secret().clone();
        self.server = Server::open(backup, secret).expect("opens");
        self.second += 1;
        self.server.mark_restored(&mut self.dice.moment(self.second)).expect("marked");
    }

    /// Enrols a new device for the holder of a post.
    pub(crate) fn desk(&mut self, post: usize) -> Desk {
        self.desk_of(person(post))
    }

    /// The same for a person.
    pub(crate) fn desk_of(&mut self, person: PersonId) -> Desk {
        let key = DeviceKey::fresh(&mut self.moment());
        let (sign, seal) = (key.sign_public(), key.seal_public());
        self.write(vec![Row::Device { id: key.id(), person, sign, seal, label: String::new(), segment: None }]);
        let session = self.moment().bytes();
        let actor = Actor::new(key.id(), session);
        let branch = Branch(self.moment().bytes());
        Desk {
            key,
            actor,
            branch,
            counter: 0,
            seq: 0,
            prev: Digest([0; 32]),
            cursor: Cursor::default(),
            verdict: 0,
            life: None,
        }
    }
}

pub(crate) const fn person(n: usize) -> PersonId {
    PersonId::new([n as u8 + 1; 16])
}

/// A desk reduced to what it sends and hears.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) key: DeviceKey,
    actor: Actor,
    branch: Branch,
    pub(crate) counter: u64,
    seq: u32,
    prev: Digest,
    pub(crate) cursor: Cursor,
    pub(crate) verdict: u64,
    life: Option<u32>,
}

/// What one answer said.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    pub(crate) state: Option<State>,
    pub(crate) receipts: Vec<Receipt>,
    pub(crate) verdicts: Vec<Verdict>,
    pub(crate) head: Option<Head>,
    pub(crate) frames: Vec<Rows>,
    pub(crate) more: bool,
    pub(crate) bytes: usize,
}

impl Heard {
    /// Records of the child's changes heard, in order, histories too.
    pub(crate) fn about(&self, child: ChildId) -> Vec<RecordId> {
        let items = self.items();
        let changes = items.iter().filter(|(i, _)| i.kind == Kind::Change && i.child == Some(child));
        changes.map(|(i, _)| i.record).collect()
    }

    /// Every whole item with its position.
    pub(crate) fn items(&self) -> Vec<(Item, Position)> {
        let mut all = Vec::new();
        for placed in self.frames.iter().flat_map(|f| &f.envelopes) {
            let mut at = 0;
            let whole = placed.envelope.0.items().map(|(_, item)| item.expect("an item"));
            for (item, step) in whole.zip(&placed.steps) {
                at += step;
                all.push((item, at));
            }
        }
        all
    }

    pub(crate) fn rows(&self) -> Vec<Row> {
        let roster = self.items().into_iter().filter(|(i, _)| i.kind == Kind::Roster);
        roster.map(|(i, _)| minicbor::decode(&i.body).expect("a row")).collect()
    }
}

impl Desk {
    pub(crate) fn request(&self) -> Request {
        Request { cursor: self.cursor, verdict: self.verdict, life: self.life, ..Request::default() }
    }

    pub(crate) fn body(&mut self, world: &World, request: &Request) -> Vec<u8> {
        self.counter += 1;
        SignedRequest::sign(&self.key, &world.server.district().digest(), self.counter, request, Level::Quick)
    }

    /// Sends a request; takes over cursor and verdict number from the answer.
    pub(crate) fn ask(&mut self, world: &mut World, request: &Request) -> Heard {
        let body = self.body(world, request);
        let answer = world.server.handle(&mut world.dice.moment(world.second), &body);
        self.hear(answer)
    }

    pub(crate) fn hear(&mut self, answer: Answer) -> Heard {
        let Answer::Frames(frames) = answer else { panic!("no answer: {answer:?}") };
        let mut reader = FrameReader::default();
        let mut heard = Heard { bytes: frames.iter().map(Vec::len).sum(), ..Heard::default() };
        frames.iter().for_each(|frame| reader.feed(frame));
        while let Some(frame) = reader.take().expect("a frame") {
            match frame {
                Frame::Head(head) => {
                    self.verdict = head.verdict;
                    self.life = Some(head.life);
                    heard.state = Some(head.state.clone());
                    heard.receipts = head.receipts.clone();
                    heard.verdicts = head.verdicts.clone();
                    heard.head = Some(*head);
                }
                Frame::Rows(rows) => heard.frames.push(rows),
                Frame::End(end) => {
                    self.cursor = end.cursor;
                    heard.more = end.more;
                }
            }
        }
        heard
    }

    /// Asks with nothing to push.
    pub(crate) fn pull(&mut self, world: &mut World) -> Heard {
        let request = self.request();
        self.ask(world, &request)
    }

    /// Pushes envelopes.
    pub(crate) fn push(&mut self, world: &mut World, envelopes: Vec<Envelope>) -> Heard {
        let push = envelopes.into_iter().map(Pushed).collect();
        let request = Request { push, ..self.request() };
        self.ask(world, &request)
    }

    /// A visit note of a child, as an item.
    pub(crate) fn note(&self, world: &mut World, child: ChildId, text: &str) -> Item {
        let record = RecordId::new(world.moment().uuid());
        let form = domain::form::builtin("visit").expect("a form");
        let edits = [Edit::Set("note".to_owned(), Value::text(text))];
        let at = world.moment().now;
        let body = Record::empty().edit(form, &self.actor, at, &edits).expect("an edit").expect("a change");
        Item { kind: Kind::Change, record, form: "visit".to_owned(), child: Some(child), body }
    }

    /// A photograph of 150 KB about a record, cut for the way, and its manifest as an item.
    pub(crate) fn photo(&self, world: &mut World, child: ChildId, about: RecordId) -> (Item, Cut) {
        let bytes: Vec<u8> = (0..150 * 1024_u32).map(|n| (n % 251) as u8).collect();
        let label = file::Label { about, field: "attach", name: "院子.jpg", media: "image/jpeg" };
        let cut = file::cut(&mut world.moment(), label, &[7; 9000], &bytes).expect("within the caps");
        let (record, form) = (RecordId::new(world.moment().uuid()), file::FORM.to_owned());
        (Item { kind: Kind::File, record, form, child: Some(child), body: cut.manifest.encode() }, cut)
    }

    /// Signs items into one envelope, pushes it and has it judged.
    pub(crate) fn sends(&mut self, world: &mut World, items: &[Item]) -> Envelope {
        let envelope = self.envelope(world, items);
        let heard = self.push(world, vec![envelope.clone()]);
        assert!(matches!(heard.receipts[..], [Receipt::Kept(_)]), "{heard:?}");
        world.judge();
        envelope
    }

    /// A request about pieces as posted.
    pub(crate) fn ask_body(&mut self, world: &World, ask: &Ask) -> Vec<u8> {
        self.counter += 1;
        SignedAsk::sign(&self.key, &world.server.district().digest(), self.counter, ask)
    }

    /// Sends a request about pieces; what the server told.
    pub(crate) fn pieces(&mut self, world: &mut World, ask: &Ask) -> Told {
        let body = self.ask_body(world, ask);
        world.told(&body)
    }

    /// The next change of a child's file, as an item.
    pub(crate) fn writes(&self, world: &mut World, doc: &mut Record, child: ChildId, name: &str) -> Item {
        let form = domain::form::builtin("child").expect("a form");
        let edits = [Edit::Set("name".to_owned(), Value::text(name))];
        let at = world.moment().now;
        let body = doc.edit(form, &self.actor, at, &edits).expect("an edit").expect("a change");
        let record = RecordId::new(*child.as_bytes());
        Item { kind: Kind::Change, record, form: "child".to_owned(), child: Some(child), body }
    }

    /// Signs items into the next envelope.
    pub(crate) fn envelope(&mut self, world: &mut World, items: &[Item]) -> Envelope {
        let district = world.server.district().digest();
        let (roster, at) = (world.server.roster().version, world.moment().now);
        self.seq += 1;
        let link = Link { branch: self.branch, seq: self.seq, prev: self.prev, at, roster };
        let envelope = Envelope::sign(&self.key, &district, link, items.iter().map(Item::encode).collect());
        self.prev = envelope.id(&district);
        envelope
    }

    /// Writes a note and pushes it; its record.
    pub(crate) fn visits(&mut self, world: &mut World, child: ChildId) -> RecordId {
        let item = self.note(world, child, "一切都好");
        let envelope = self.envelope(world, std::slice::from_ref(&item));
        let heard = self.push(world, vec![envelope]);
        assert!(matches!(heard.receipts[..], [Receipt::Kept(_)]), "{heard:?}");
        world.judge();
        item.record
    }
}

/// The ways in which one row of the log is damaged, in SQL; `RECORD` stands for its record in hexadecimal.
pub(crate) fn damages() -> [String; 6] {
    let item = "(SELECT id FROM item WHERE record = x'RECORD')";
    [
        format!("UPDATE body SET sealed = x'00' WHERE item = {item}"),
        format!("DELETE FROM body WHERE item = {item}"),
        "UPDATE item SET kind = 99 WHERE record = x'RECORD'".to_owned(),
        "UPDATE item SET standing = 77 WHERE record = x'RECORD'".to_owned(),
        "UPDATE envelope SET header = x'00' WHERE row = (SELECT envelope FROM item WHERE record = x'RECORD')"
            .to_owned(),
        format!("DELETE FROM log WHERE item = {item}"),
    ]
}
