//! Who lives and works in the world: units, people, posts, desks, children. Synthetic only.

use client::{Client, Identity};
use domain::area::Area;
use domain::day::Day;
use domain::id::{ChildId, PersonId, PostId, RecordId, UnitId};
use domain::moment::{Moment, Timestamp};
use domain::post::Role;
use domain::roster::Row;
use domain::value::Value;
use dossier::{Actor, Edit, Record};
use sync::item::{Item, Kind};
use sync::key::DeviceKey;
use sync_server::secret::{Founding, Secret};
use sync_server::server::Server;
use sync_server::store::sqlite::Sqlite;

use super::{COST, PASSPHRASE, Seat, World};
use crate::chance::Seeded;

/// 2026-11-23 08:00 in China.
const MORNING: Timestamp = Timestamp(1_795_392_000_000);
const DISTRICT: u64 = 990_102_000_000;
/// The server's folder, where it has one.
pub const SERVER: &str = "server";

impl World {
    /// A district of `streets` streets with `communities` communities each: one supervisor per
    /// street, one director per community. Seats: supervisors first, then directors.
    pub fn found(seed: u64, streets: u64, communities: u64) -> Self {
        Self::found_over(seed, streets, communities, |_, _| Sqlite::in_memory().expect("a store"))
    }

    /// The same, with the server's store and keys in files of the folder `server` beside the desks.
    pub fn found_on_disk(seed: u64, streets: u64, communities: u64) -> Self {
        Self::found_over(seed, streets, communities, |folder, secret| {
            let dir = folder.join(SERVER);
            std::fs::create_dir(&dir).expect("a folder");
            secret
                .save(&mut Moment::new(MORNING, &mut Seeded::named(seed, "salt")), &dir, None)
                .expect("keys are kept");
            Sqlite::open(&dir, &secret.files).expect("a store")
        })
    }

    fn found_over(
        seed: u64,
        streets: u64,
        communities: u64,
        store: impl FnOnce(&std::path::Path, &Secret) -> Sqlite,
    ) -> Self {
        let mut chance = Seeded::named(seed, "world");
        let mut moment = Moment::new(MORNING, &mut chance);
        let area = Area::new(DISTRICT).expect("an area");
        let founding = Founding { name: "澄明区", area, host: "district.invalid:7443", ca: b"", tls: Vec::new() };
        let (secret, _root) = Secret::found(&mut moment, founding);
        let folder = tempfile::tempdir().expect("a folder");
        let store = store(folder.path(), &secret);
        let server = Server::open(store, secret).expect("a server");
        let (seats, skews, ever, late) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let communities_of = Vec::new();
        let mut world =
            Self { now: MORNING, chance, server, seats, communities: communities_of, skews, ever, late, folder };
        world.write(vec![Row::Unit { id: UnitId::new([1; 16]), name: "澄明区未保中心".into(), area }]);
        let mut directors = Vec::new();
        for street in 1..=streets {
            let station = world.unit(&format!("街道{street}未保站"), DISTRICT + street * 1000);
            world.employ(&format!("督导员{street}"), station, Role::Supervisor);
            for community in 1..=communities {
                let code = DISTRICT + street * 1000 + community;
                let unit = world.unit(&format!("社区{street}-{community}"), code);
                directors.push((format!("主任{street}-{community}"), unit));
                world.communities.push(Area::new(code).expect("an area"));
            }
        }
        for (name, unit) in directors {
            world.employ(&name, unit, Role::Director);
        }
        world
    }

    fn unit(&mut self, name: &str, code: u64) -> UnitId {
        let id = UnitId::new(self.moment().uuid());
        self.write(vec![Row::Unit { id, name: name.into(), area: Area::new(code).expect("an area") }]);
        id
    }

    /// The server writes roster rows.
    pub fn write(&mut self, rows: Vec<Row>) {
        let mut moment = Moment::new(self.now, &mut self.chance);
        self.server.write_rows(&mut moment, rows).expect("rows are written");
        self.remember_scopes();
    }

    /// A person takes a post and gets an enrolled computer. Returns her seat.
    pub fn employ(&mut self, name: &str, unit: UnitId, role: Role) -> usize {
        let person = PersonId::new(self.moment().uuid());
        let post = PostId::new(self.moment().uuid());
        let from = Day::of(self.now).plus(-400);
        self.write(vec![
            Row::Person { id: person, name: name.into() },
            Row::Post { id: post, person, unit, role, from, to: None },
        ]);
        self.enrol(name, person, post)
    }

    /// Another computer for a person who has a post.
    pub fn enrol(&mut self, name: &str, person: PersonId, post: PostId) -> usize {
        let key = DeviceKey::fresh(&mut self.moment());
        let (sign, seal) = (key.sign_public(), key.seal_public());
        let label = format!("{name}的电脑");
        self.write(vec![Row::Device { id: key.id(), person, sign, seal, label, segment: None }]);
        let district = self.server.district().clone();
        let secret = self.server.secret();
        let identity = Identity {
            district: district.digest(),
            name: district.name,
            address: district.host,
            ca: Vec::new(),
            server: secret.id(),
            server_sign: secret.device.sign_public(),
            inbox: secret.inbox.seal_public(),
            key: key.clone(),
            person,
            lease: Some(self.server.lease(self.now)),
        };
        let dir = self.folder.path().join(format!("seat-{}", self.seats.len()));
        let client = Client::create(&dir, &mut self.moment(), identity, PASSPHRASE, COST).expect("a profile");
        let seat = Seat { name: name.into(), post, person, device: key.id(), client: Some(client), dir };
        self.seats.push(seat);
        self.skews.push(0);
        self.seats.len() - 1
    }

    /// A second computer with a copy of a desk's disk: the same keys, the same chain. Returns its seat.
    pub fn clone_disk(&mut self, seat: usize) -> usize {
        let dir = self.folder.path().join(format!("seat-{}", self.seats.len()));
        // the copy is of a computer that was shut down
        self.crash(seat);
        std::fs::create_dir(&dir).expect("a folder");
        for entry in std::fs::read_dir(&self.seats[seat].dir).expect("the profile's folder") {
            let from = entry.expect("a file").path();
            std::fs::copy(&from, dir.join(from.file_name().expect("a name"))).expect("copied");
        }
        let (name, post, person) = (self.seats[seat].name.clone(), self.seats[seat].post, self.seats[seat].person);
        let copy =
            Seat {
                name: format!("{name}（副本）"), post, person, device: self.seats[seat].device, client: None, dir
            };
        self.seats.push(copy);
        self.skews.push(self.skews[seat]);
        self.wake(seat);
        self.wake(self.seats.len() - 1);
        self.seats.len() - 1
    }

    /// A child's file made by the centre and assigned to a director's seat.
    pub fn child(&mut self, name: &str, seat: usize) -> ChildId {
        let post = self.seats[seat].post;
        let unit = self.server.roster().posts[&post].unit;
        let area = self.server.roster().units[&unit].area;
        let child = ChildId::new(self.moment().uuid());
        self.write(vec![Row::Child { child, area }, Row::Assign { child, post }]);
        let values = [
            ("name", Value::text(name)),
            ("sex", Value::text("1")),
            ("birth", Value::text("2015-03-07")),
            ("phone_child", Value::text("14000000001")),
            ("school_name", Value::text("明湖小学")),
        ];
        let edits: Vec<Edit> = values.into_iter().map(|(key, value)| Edit::Set(key.into(), value)).collect();
        self.write_record("child", child, &edits);
        child
    }

    /// The server's own device writes a new record of a child.
    pub fn write_record(&mut self, form: &str, child: ChildId, edits: &[Edit]) -> RecordId {
        let record = RecordId::new(self.moment().uuid());
        let actor = Actor::new(self.server.secret().id(), self.moment().bytes());
        let at = self.now;
        let built = domain::form::builtin(form).expect("a built-in form");
        let body = Record::empty().edit(built, &actor, at, edits).expect("the edits fit").expect("a change");
        let item = Item { kind: Kind::Change, record, form: form.into(), child: Some(child), body };
        let mut moment = Moment::new(self.now, &mut self.chance);
        self.server.write_items(&mut moment, vec![item]).expect("the record is written");
        record
    }
}
