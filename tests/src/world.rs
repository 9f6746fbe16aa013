//! A small district in one thread: the real server, real desks on real encrypted stores, and a
//! network that can be cut, doubled and delayed. It must not decide anything the rooms decide.

mod cast;
mod line;

use std::path::PathBuf;

use client::{Client, KdfCost, Tag};
use domain::area::Area;
use domain::fault::Fault;
use domain::id::{ChildId, DeviceId, PersonId, Position, PostId, RecordId};
use domain::moment::{Moment, Timestamp};
use serde_json::Value;
use sync_server::secret::Secret;
use sync_server::server::Server;
use sync_server::store::Standing;
use sync_server::store::sqlite::Sqlite;

use crate::chance::Seeded;

pub use cast::SERVER;
pub use line::{Met, Weather};

/// The passphrase of every desk of the world.
pub const PASSPHRASE: &str = "明湖路走访用的口令";

/// One desk: a person at a computer.
pub struct Seat {
    /// Who sits there.
    pub name: String,
    /// Her post.
    pub post: PostId,
    /// Herself.
    pub person: PersonId,
    /// Her computer.
    pub device: DeviceId,
    /// The unlocked client; `None` after a crash, until [`World::wake`].
    pub client: Option<Client>,
    /// The profile's folder.
    pub dir: PathBuf,
}

/// The district, its server and its desks.
pub struct World {
    /// The one clock; desks may be made to differ by [`World::skew`].
    pub now: Timestamp,
    /// All chance of this world.
    pub chance: Seeded,
    /// The district server.
    pub server: Server<Sqlite>,
    /// The desks.
    pub seats: Vec<Seat>,
    /// The communities' areas, in the order of their directors.
    pub communities: Vec<domain::area::Area>,
    skews: Vec<i64>,
    ever: Vec<std::collections::BTreeSet<ChildId>>,
    late: Vec<(&'static str, Vec<u8>)>,
    folder: tempfile::TempDir,
}

impl World {
    /// The moment on the district's clock.
    pub fn moment(&mut self) -> Moment<'_> {
        Moment::new(self.now, &mut self.chance)
    }

    /// The moment on a desk's own clock.
    pub fn moment_at(&mut self, seat: usize) -> Moment<'_> {
        let now = self.now.plus_s(self.skews.get(seat).copied().unwrap_or(0));
        Moment::new(now, &mut self.chance)
    }

    /// Sets a desk's clock wrong by some seconds.
    pub fn skew(&mut self, seat: usize, seconds: i64) {
        self.skews[seat] = seconds;
    }

    /// Time goes by.
    pub fn pass_s(&mut self, seconds: i64) {
        self.now = self.now.plus_s(seconds);
    }

    /// Makes a call at a desk; the answer as JSON.
    pub fn call(&mut self, seat: usize, name: &str, args: &Value) -> Result<Value, Fault> {
        self.touch(seat, name, args).map(|(answer, _)| answer)
    }

    /// Makes a call at a desk; also what it touched.
    pub fn touch(&mut self, seat: usize, name: &str, args: &Value) -> Result<(Value, Vec<Tag>), Fault> {
        let now = self.now.plus_s(self.skews[seat]);
        let mut moment = Moment::new(now, &mut self.chance);
        let client = self.seats[seat].client.as_mut().expect("the desk is awake");
        let done = client.call(&mut moment, name, args.to_string().as_bytes())?;
        Ok((serde_json::from_slice(&done.json).expect("a call answers JSON"), done.touched))
    }

    /// Makes a call that must succeed.
    pub fn ok(&mut self, seat: usize, name: &str, args: Value) -> Value {
        self.call(seat, name, &args).unwrap_or_else(|fault| panic!("{name} at {}: {fault:?}", self.seats[seat].name))
    }

    /// The desk is killed: what the disk has stays.
    pub fn crash(&mut self, seat: usize) {
        self.seats[seat].client = None;
    }

    /// The desk's next work is cut off for good after so many steps of its database (20 virtual
    /// machine instructions each): what was not committed by then never happened.
    pub fn arm(&mut self, seat: usize, steps: usize) {
        let mut left = steps;
        let cut = move || {
            let over = left == 0;
            left = left.saturating_sub(1);
            over
        };
        let client = self.seats[seat].client.as_ref().expect("the desk is awake");
        client.with_db(|db| db.progress_handler(20, Some(cut))).expect("the desk is unlocked").expect("a handler");
    }

    /// The desk is started again and unlocked.
    pub fn wake(&mut self, seat: usize) {
        let mut client = Client::open(&self.seats[seat].dir).expect("the profile is there");
        client.unlock(&mut self.moment_at(seat), PASSPHRASE).expect("the passphrase opens it");
        self.seats[seat].client = Some(client);
    }

    /// Judges everything the inbox holds and packs what is to be packed.
    pub fn gate(&mut self) {
        let mut moment = Moment::new(self.now, &mut self.chance);
        while self.server.gate_step(&mut moment).expect("the gate works") {}
        while self.server.segment_step().expect("segments are packed") {}
        self.remember_scopes();
    }

    /// Who may see whom now: an old backup put back must not make it never have been.
    fn remember_scopes(&mut self) {
        self.ever.resize(self.seats.len(), std::collections::BTreeSet::new());
        for seat in 0..self.seats.len() {
            let scope = self.scope(seat);
            self.ever[seat].extend(scope);
            let erased = self.erased_of(seat);
            self.ever[seat].extend(erased);
        }
    }

    /// Children the desk's post reached before they were erased: between two judgements one may be given
    /// to it and erased.
    fn erased_of(&self, seat: usize) -> Vec<ChildId> {
        let (roster, id) = (self.server.roster(), self.seats[seat].post);
        let street = roster.posts.get(&id).and_then(|post| roster.area_of(post)).map(Area::street);
        let reached = |kept: &domain::roster::Seat, at: Position| {
            kept.assigned_at(id, at) || (self.is_station(seat) && kept.area_at(at).map(Area::street) == street)
        };
        let erased = roster.children.iter().filter(|(_, kept)| kept.erased);
        erased.filter(|(_, kept)| (0..=roster.version).any(|at| reached(kept, at))).map(|(child, _)| *child).collect()
    }

    /// Every child the desk's post was ever allowed to see, at whichever computer.
    pub fn ever_in_scope(&self, seat: usize) -> std::collections::BTreeSet<ChildId> {
        let post = self.seats[seat].post;
        let hers = self.ever.iter().zip(&self.seats).filter(|(_, other)| other.post == post);
        hers.flat_map(|(ever, _)| ever).copied().chain(self.scope(seat)).collect()
    }

    /// Whether the server keeps items of this record outside the log, with a reason.
    pub fn kept_aside(&mut self, record: RecordId) -> bool {
        let standings = self.server.standings_of(record).expect("the store answers");
        standings.iter().any(|s| matches!(s, Standing::Held(_)))
    }

    /// Whether the server keeps something this desk wrote about the child outside the log.
    pub fn held_from(&mut self, seat: usize, child: ChildId) -> bool {
        let device = self.seats[seat].device;
        self.server.held_authors(child).expect("the store answers").contains(&device)
    }

    /// Whether a desk's caches are what its log says.
    pub fn rebuilt_equals(&mut self, seat: usize) -> bool {
        let mut client = self.seats[seat].client.take().expect("the desk is awake");
        let equal = client.rebuilt_equals(&mut self.moment_at(seat)).expect("caches are rebuilt");
        self.seats[seat].client = Some(client);
        equal
    }

    /// Whether the desk's computer is not stopped, as far as the server knows.
    pub fn works(&self, seat: usize) -> bool {
        self.server.roster().active(self.seats[seat].device)
    }

    /// Whether the desk is a street's station.
    pub fn is_station(&self, seat: usize) -> bool {
        let post = &self.server.roster().posts[&self.seats[seat].post];
        post.role.reach() == domain::post::Reach::Street
    }

    /// The server's program is killed and started again on the same store.
    pub fn restart_server(&mut self) {
        let store = self.server.store().snapshot().expect("the store is copied");
        self.server = Server::open(store, self.server.secret().clone()).expect("the store opens");
    }

    /// What a backup taken now would hold.
    pub fn backup(&mut self) -> Sqlite {
        self.server.store().snapshot().expect("the store is copied")
    }

    /// The server is restored from a backup.
    pub fn restore(&mut self, backup: &Sqlite) {
        let secret: Secret = self.server.secret().clone();
        let store = backup.snapshot().expect("the backup is copied");
        self.server = Server::open(store, secret).expect("the backup opens");
        let mut moment = Moment::new(self.now, &mut self.chance);
        self.server.mark_restored(&mut moment).expect("marked as restored");
    }

    /// The desk of a device.
    pub fn seat_of(&self, device: DeviceId) -> Option<usize> {
        self.seats.iter().position(|s| s.device == device)
    }

    /// The children a desk may see now, by the server's roster.
    pub fn scope(&self, seat: usize) -> std::collections::BTreeSet<ChildId> {
        let today = domain::day::Day::of(self.now);
        self.server.roster().scope(self.seats[seat].device, today)
    }

    /// The posts of a seat's person by the server's roster, the day, and how far its clock is off: for a person to read.
    pub fn posts(&self, seat: usize) -> String {
        let posts: Vec<_> = self.server.roster().posts_of(self.seats[seat].person).collect();
        format!("{posts:?} on {} with {} s", domain::day::Day::of(self.now), self.skews[seat])
    }

    /// Folder of all desks' profiles.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }
}

/// Cheap key derivation: these passphrases protect nobody.
const COST: KdfCost = KdfCost::TRIVIAL;
