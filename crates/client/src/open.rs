//! A client in one folder: created at enrolment, locked or unlocked. It must not know screens;
//! calls go through `door`. [`pin`] the short way in.

use std::fs;
use std::path::{Path, PathBuf};

use domain::fault::{Code, Fault};
use domain::moment::{Moment, Timestamp};
use zeroize::Zeroizing;

use crate::desk::Desk;
use crate::door;
use crate::exchange::{Flight, Outgoing, Reply};
use crate::identity::Identity;
use crate::slot::{KdfCost, Kind, Slots, StoreKey, disk, sync_folder};
use crate::store::{self, Stop};
use crate::tag::Tag;

mod known;
mod pin;

pub use known::spoken;

const DATABASE: &str = "desk.db";
/// Begins the names of damaged stores that were put aside; the time follows.
const ASIDE: &str = "资料库-损坏-";
/// Longer than a computer works without the district, and clocks differ.
const ERASED_BEFORE_S: i64 = 60 * 24 * 3600;

/// One profile: locked, or unlocked with everything a screen may ask.
pub struct Client {
    dir: PathBuf,
    slots: Slots,
    inside: Option<Box<Inside>>,
    aside: Option<String>,
    reopened: bool,
}

struct Inside {
    desk: Desk,
    flight: Option<Flight>,
    key: StoreKey,
}

/// What a call gave back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Done {
    /// The answer, JSON.
    pub json: Vec<u8>,
    /// What it touched.
    pub touched: Vec<Tag>,
}

impl Client {
    /// Makes the profile of a freshly enrolled device and opens it. The folder must hold none.
    pub fn create(dir: &Path, m: &mut Moment, grant: Identity, passphrase: &str, cost: KdfCost) -> Result<Self, Fault> {
        fs::create_dir_all(dir).map_err(|e| disk(&e))?;
        if Slots::exist(dir) {
            return Err(Code::AlreadyOpen.into());
        }
        let key: StoreKey = Zeroizing::new(m.bytes());
        let slots = Slots::seal(m, &key, &grant, passphrase, cost)?;
        // The key first: a crash in between leaves a profile with an empty store, not a lost one.
        slots.write(dir)?;
        let db = store::open(&dir.join(DATABASE), &key)?;
        let desk = Desk::load(db, grant, m)?;
        let inside = Some(Box::new(Inside { desk, flight: None, key }));
        Ok(Self { dir: dir.to_owned(), slots, inside, aside: None, reopened: false })
    }

    /// Whether a folder holds a profile.
    pub fn exists(dir: &Path) -> bool {
        Slots::exist(dir)
    }

    /// Opens the profile of a folder, locked.
    pub fn open(dir: &Path) -> Result<Self, Fault> {
        let slots = Slots::read(dir)?;
        Ok(Self { dir: dir.to_owned(), slots, inside: None, aside: None, reopened: false })
    }

    /// Unlocks with the passphrase or the printed recovery code. A store that cannot be read is
    /// put aside under another name ([`Client::put_aside`]) and begun anew; the next exchanges
    /// fetch what the district has.
    pub fn unlock(&mut self, m: &mut Moment, secret: &str) -> Result<(), Fault> {
        let (key, me, kind) = self.slots.open(secret)?;
        self.drop_used_up();
        self.forgive();
        self.begin(m, key, me)?;
        self.reopened = kind == Kind::Recovery;
        Ok(())
    }

    /// Begins to work with the key of the store.
    fn begin(&mut self, m: &mut Moment, key: StoreKey, me: Identity) -> Result<(), Fault> {
        let path = self.dir.join(DATABASE);
        // A kill may have come between two of its files.
        self.aside = self.finish_aside().map_err(|e| disk(&e))?.or(self.aside.take());
        let desk = match self.enter(&path, &key, &me, m) {
            Err(Stop(fault)) if fault.code == Code::StoreDamaged => {
                self.aside = Some(self.move_aside(m.now)?);
                let db = store::open(&path, &key)?;
                Desk::load(db, me, m)?
            }
            other => other?,
        };
        self.inside = Some(Box::new(Inside { desk, flight: None, key }));
        self.reach_aside()
    }

    /// A damaged store that was put aside may hold words about a child erased since, and nothing can be erased in
    /// it: it goes whole, once the new store heard of the erasure.
    fn reach_aside(&self) -> Result<(), Fault> {
        let Some(erased) = self.inside.as_ref().and_then(|inside| inside.desk.standing.erased) else { return Ok(()) };
        let reach = || -> std::io::Result<()> {
            for entry in fs::read_dir(&self.dir)? {
                let entry = entry?;
                let name = entry.file_name();
                let time =
                    name.to_string_lossy().strip_prefix(ASIDE).and_then(|rest| rest.split('.').next()?.parse().ok());
                // Erased long before, the child had left the store before it was damaged.
                if time.is_some_and(|time: i64| Timestamp(time).since_s(erased) < ERASED_BEFORE_S) {
                    fs::remove_file(entry.path())?;
                }
            }
            sync_folder(&self.dir)
        };
        reach().map_err(|e| disk(&e))
    }

    /// Whether the recovery code opened it: the passphrase is forgotten, another one is due.
    pub const fn reopened(&self) -> bool {
        self.reopened
    }

    /// Whether somebody knows the passphrase or the recovery code: an open window alone is not
    /// enough to lock its owner out, or to get in again later.
    pub fn proves(&self, secret: &str) -> Result<(), Fault> {
        self.slots.open(secret).map(drop)
    }

    /// Puts another passphrase in the place of the one there was. A PIN stays, as people expect: it
    /// is another secret, for this computer only, and is changed or removed by itself.
    pub fn change_passphrase(&mut self, m: &mut Moment, passphrase: &str, cost: KdfCost) -> Result<(), Fault> {
        let inside = self.inside.as_ref().ok_or(Code::Locked)?;
        let mut slots = self.slots.clone();
        slots.change_passphrase(m, &inside.key, passphrase, cost)?;
        self.keep(slots)?;
        self.reopened = false;
        Ok(())
    }

    /// Opens the database; one that was found damaged before is looked through first.
    fn enter(&self, path: &Path, key: &StoreKey, me: &Identity, m: &mut Moment) -> Result<Desk, Stop> {
        let db = store::open(path, key)?;
        if self.suspect().exists() {
            let damage = db.prepare("PRAGMA cipher_integrity_check")?.exists([])?;
            if damage {
                return Err(Code::StoreDamaged.into());
            }
            fs::remove_file(self.suspect()).map_err(|e| disk(&e))?;
        }
        Desk::load(db, me.clone(), m)
    }

    /// A mark left when the store was found damaged while it was open.
    fn suspect(&self) -> PathBuf {
        self.dir.join("desk.suspect")
    }

    fn move_aside(&self, now: Timestamp) -> Result<String, Fault> {
        let name = format!("{ASIDE}{}", now.0);
        let moved = || -> std::io::Result<Option<String>> {
            fs::write(self.moving(), &name)?;
            sync_folder(&self.dir)?;
            self.finish_aside()
        };
        moved().map_err(|e| disk(&e))?.ok_or_else(|| Code::Bug.into())
    }

    /// The name a store is on its way to be put aside under: it is several files, and none may stay behind.
    fn moving(&self) -> PathBuf {
        self.dir.join("desk.moving")
    }

    /// Moves what is left to be moved; the name it was put aside under, if any.
    fn finish_aside(&self) -> std::io::Result<Option<String>> {
        if !self.moving().exists() {
            return Ok(None);
        }
        let name = fs::read_to_string(self.moving())?;
        if !name.is_empty() {
            for end in ["", "-wal", "-shm"] {
                let (from, to) = (self.dir.join(format!("{DATABASE}{end}")), self.dir.join(format!("{name}.db{end}")));
                if from.exists() && !to.exists() {
                    fs::rename(from, to)?;
                }
            }
            if self.suspect().exists() {
                fs::remove_file(self.suspect())?;
            }
        }
        sync_folder(&self.dir)?;
        fs::remove_file(self.moving())?;
        Ok(Some(format!("{name}.db")).filter(|_| !name.is_empty()))
    }

    /// Name of the file a damaged store was put aside under at this unlock, if it was.
    pub fn put_aside(&self) -> Option<&str> {
        self.aside.as_deref()
    }

    /// Forgets keys and content. The process that held them should end as well (DESIGN §6).
    pub fn lock(&mut self) {
        self.inside = None;
    }

    /// Whether it is locked.
    pub const fn is_locked(&self) -> bool {
        self.inside.is_none()
    }

    /// Makes a printed recovery code; it is shown once and kept nowhere.
    pub fn recovery_code(&mut self, m: &mut Moment, cost: KdfCost) -> Result<String, Fault> {
        let inside = self.inside.as_ref().ok_or(Code::Locked)?;
        let mut slots = self.slots.clone();
        let code = slots.add_recovery(m, &inside.key, cost)?;
        self.keep(slots)?;
        Ok(code)
    }

    /// Other slots, on the disk first.
    fn keep(&mut self, slots: Slots) -> Result<(), Fault> {
        slots.write(&self.dir)?;
        self.slots = slots;
        Ok(())
    }

    /// Who this device is; `None` while locked.
    pub fn identity(&self) -> Option<&Identity> {
        self.inside.as_ref().map(|i| &i.desk.me)
    }

    /// Host and port of the district's server, as this desk was told last; `None` while locked.
    pub fn address(&self) -> Option<String> {
        self.inside.as_ref().and_then(|i| crate::calls::district::address(&i.desk).ok())
    }

    /// One use case by name with JSON arguments.
    pub fn call(&mut self, m: &mut Moment, name: &str, args: &[u8]) -> Result<Done, Fault> {
        self.with(|inside| door::call(&mut inside.desk, m, name, args))
    }

    /// The next request to send, when one is due. At most one is under way: after it, nothing
    /// comes until [`Reply::End`] or [`Reply::Failed`] was given.
    pub fn next_request(&mut self, m: &mut Moment) -> Option<Outgoing> {
        // A fault here is met again, with words, by the next call; the courier tries later.
        self.with(|inside| inside.desk.next_request(m, &mut inside.flight)).ok().flatten()
    }

    /// What came back, piece by piece. Every whole frame is committed as it comes.
    pub fn on_reply(&mut self, m: &mut Moment, reply: Reply<'_>) -> Result<Vec<Tag>, Fault> {
        let before = self.inside.as_ref().and_then(|inside| inside.desk.standing.erased);
        let touched = self.with(|inside| inside.desk.on_reply(m, &mut inside.flight, reply))?;
        if self.inside.as_ref().is_some_and(|inside| inside.desk.standing.erased != before) {
            self.reach_aside()?;
        }
        Ok(touched)
    }

    /// A person asked for an exchange, or the line came back.
    pub fn sync_now(&mut self, m: &Moment) {
        if let Some(inside) = &mut self.inside {
            inside.desk.carrying.asked(m.now);
            inside.desk.courier.ask_now(m.now);
        }
    }

    /// When [`Client::next_request`] will have something; `None` while locked or one is under way.
    pub fn wake_at(&self) -> Option<Timestamp> {
        self.inside.as_ref().and_then(|i| i.desk.courier.wake_at())
    }

    /// Whether the caches rebuilt from the log equal the caches (invariant 8).
    pub fn rebuilt_equals(&mut self, m: &mut Moment) -> Result<bool, Fault> {
        self.with(|inside| inside.desk.rebuilt_equals(m))
    }

    fn with<T>(&mut self, act: impl FnOnce(&mut Inside) -> Result<T, Fault>) -> Result<T, Fault> {
        let inside = self.inside.as_mut().ok_or(Code::Locked)?;
        let mut result = act(inside);
        // What a broken-off transaction left in memory is not what the store says.
        if !inside.desk.sound
            && let Err(stop) = inside.desk.reload()
        {
            result = Err(stop.into());
        }
        if result.as_ref().is_err_and(|fault| fault.code == Code::StoreDamaged) {
            // Looked through, and if need be put aside, at the next unlock.
            fs::write(self.suspect(), b"").map_err(|e| disk(&e))?;
            self.lock();
        }
        result
    }

    /// The unlocked inside, for this room's tests.
    #[cfg(test)]
    pub(crate) fn desk(&mut self) -> &mut Desk {
        &mut self.inside.as_mut().expect("unlocked").desk
    }

    /// The open database, for a simulator's hooks and a test's questions.
    #[cfg(any(test, feature = "probe"))]
    pub fn with_db<T>(&self, look: impl FnOnce(&rusqlite::Connection) -> T) -> Option<T> {
        self.inside.as_ref().map(|i| look(&i.desk.db))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::{PASSPHRASE, Scene, holds};

    #[test]
    fn a_profile_opens_offline_and_only_with_its_passphrase() {
        let mut scene = Scene::at_work();
        scene.edit(7, "name", "张小明明");
        scene.client.lock();
        let locked = scene.with(|client, m| client.call(m, "me", b"{}"));
        assert_eq!(locked.map_err(|f| f.code), Err(Code::Locked));
        for wrong in ["", "春风十里", "春风十里 2027"] {
            let refused = scene.with(|client, m| client.unlock(m, wrong));
            assert_eq!(refused.map_err(|f| f.code), Err(Code::WrongPassphrase), "{wrong}");
        }
        scene.with(|client, m| client.unlock(m, PASSPHRASE)).expect("the passphrase");
        assert_eq!(scene.value(7, "name").as_deref(), Some("张小明明"));
        scene.reopen();
        assert_eq!(scene.value(7, "name").as_deref(), Some("张小明明"));
    }

    #[test]
    fn a_printed_recovery_code_opens_too_however_it_is_typed() {
        let mut scene = Scene::at_work();
        let code = scene.with(|client, m| client.recovery_code(m, KdfCost::TRIVIAL)).expect("a code");
        scene.client = Client::open(scene.dir.path()).expect("a profile");
        let wide = |c: char| if c == '-' { '—' } else { char::from_u32(c as u32 + 0xfee0).expect("wide") };
        for typed in [
            code.to_lowercase().replace('-', " "),
            code.replace('0', "O").replace('1', "l").replace('-', "－"),
            code.chars().map(wide).collect(),
        ] {
            scene.client = Client::open(scene.dir.path()).expect("a profile");
            scene.with(|client, m| client.unlock(m, &typed)).expect("the recovery code");
        }
        let slip = if code.starts_with('A') { code.replacen('A', "B", 1) } else { format!("A{}", &code[1..]) };
        for wrong in [&slip[..], &code[..code.len() - 1], &format!("{}G", &code[..code.len() - 1])] {
            assert_eq!(scene.client.proves(wrong).map_err(|f| f.code), Err(Code::WrongRecovery), "{wrong}");
        }
        assert_eq!(scene.client.proves("四只山羊夜里过河").map_err(|f| f.code), Err(Code::WrongPassphrase));
        assert_eq!(scene.value(7, "name").as_deref(), Some("张小明"));
        assert!(scene.client.reopened(), "another passphrase is due");
    }

    #[test]
    fn another_passphrase_takes_the_place_of_the_first_and_the_recovery_code_stays() {
        let mut scene = Scene::at_work();
        let code = scene.with(|client, m| client.recovery_code(m, KdfCost::TRIVIAL)).expect("a code");
        scene.client = Client::open(scene.dir.path()).expect("a profile");
        scene.with(|client, m| client.unlock(m, &code)).expect("the recovery code");
        assert_eq!(scene.client.proves("秋水长天").map_err(|f| f.code), Err(Code::WrongPassphrase));
        assert_eq!((scene.client.proves(PASSPHRASE), scene.client.proves(&code)), (Ok(()), Ok(())));
        scene.with(|client, m| client.change_passphrase(m, "秋水长天", KdfCost::TRIVIAL)).expect("changed");
        assert!(!scene.client.reopened());
        for (secret, opens) in [("秋水长天", true), (code.as_str(), true), (PASSPHRASE, false)] {
            scene.client = Client::open(scene.dir.path()).expect("a profile");
            let opened = scene.with(|client, m| client.unlock(m, secret));
            assert_eq!(opened.is_ok(), opens, "{secret}: {opened:?}");
        }
        let locked = Client::open(scene.dir.path()).expect("a profile").change_passphrase(
            &mut Moment::new(scene.now, &mut scene.chance),
            "x",
            KdfCost::TRIVIAL,
        );
        assert_eq!(locked.map_err(|f| f.code), Err(Code::Locked), "only who is in may change it");
    }

    #[test]
    fn nothing_lies_readable_in_the_folder() {
        let mut scene = Scene::at_work();
        scene.edit(7, "name", "唯一的金丝雀名字");
        for canary in ["唯一的金丝雀名字", "张小明", "主任1的笔记本", PASSPHRASE, "SQLite format"] {
            assert!(!holds(scene.dir.path(), canary.as_bytes()), "{canary}");
        }
    }

    #[test]
    fn a_damaged_store_is_put_aside_and_fetched_anew() {
        let mut scene = Scene::at_work();
        scene.client.lock();
        let noise: Vec<u8> = (0..40_960u32).map(|n| (n * 31 % 251) as u8).collect();
        fs::write(scene.dir.path().join(DATABASE), &noise).expect("damage");
        scene.reopen();
        let aside = scene.client.put_aside().expect("put aside").to_owned();
        assert_eq!(fs::read(scene.dir.path().join(aside)).expect("kept"), noise, "never deleted");
        assert_eq!(scene.value(7, "name"), None);
        scene.district.position = 0;
        let rows = scene.first_rows(&["张小明"]);
        let asked = scene.exchange(rows);
        assert_eq!(asked.cursor.position, 0, "a first download");
        assert_eq!(scene.value(7, "name").as_deref(), Some("张小明"));
    }

    #[test]
    fn a_damaged_store_put_aside_goes_with_the_next_erasure() {
        let mut scene = Scene::at_work();
        scene.client.lock();
        let noise: Vec<u8> = (0..40_960u32).map(|n| (n * 31 % 251) as u8).collect();
        fs::write(scene.dir.path().join(DATABASE), &noise).expect("damage");
        scene.reopen();
        let aside = scene.dir.path().join(scene.client.put_aside().expect("put aside"));
        scene.district.position = 0;
        let rows = scene.first_rows(&["张小明", "李小红"]);
        scene.exchange(rows);
        let come = |scene: &mut Scene, row| {
            let mut m = Moment::new(scene.now, &mut scene.chance);
            let placed = scene.district.rows(&mut m, vec![row]);
            let rows = scene.tail(vec![placed]);
            scene.exchange(vec![rows]);
        };
        come(&mut scene, domain::roster::Row::Erase { child: crate::scene::child(99) });
        assert!(aside.exists(), "a child nobody here knew");
        come(&mut scene, domain::roster::Row::Erase { child: crate::scene::child(7) });
        assert!(!aside.exists());
    }

    #[test]
    fn a_kill_between_the_files_of_a_damaged_store_leaves_none_behind() {
        let mut scene = Scene::at_work();
        scene.client.lock();
        let dir = scene.dir.path().to_owned();
        let wal = format!("{DATABASE}-wal");
        fs::write(dir.join(&wal), b"the newest words").expect("a journal");
        fs::write(dir.join("desk.moving"), "资料库-损坏-7").expect("on its way");
        fs::rename(dir.join(DATABASE), dir.join("资料库-损坏-7.db")).expect("moved");
        scene.reopen();
        assert_eq!(scene.client.put_aside(), Some("资料库-损坏-7.db"));
        assert_eq!(fs::read(dir.join("资料库-损坏-7.db-wal")).expect("kept"), b"the newest words");
        scene.client.lock();
        scene.reopen();
        assert_eq!(scene.client.put_aside(), None, "told once, and nothing of the new store was moved");
    }

    #[test]
    fn a_second_profile_in_the_same_folder_is_refused() {
        let scene = Scene::new();
        let mut other = Scene::new();
        let grant = other.client.desk().me.clone();
        let again = other.with(|_, m| Client::create(scene.dir.path(), m, grant, "x", KdfCost::TRIVIAL).map(|_| ()));
        assert_eq!(again.map_err(|f| f.code), Err(Code::AlreadyOpen));
    }

    #[test]
    fn damaged_slots_are_an_error_and_never_a_panic() {
        let mut scene = Scene::new();
        let path = scene.dir.path().join("slots.cbor");
        let good = fs::read(&path).expect("slots");
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 0x55;
            fs::write(&path, &bad).expect("damage");
            if let Ok(mut client) = Client::open(scene.dir.path()) {
                let opened = scene.with(|_, m| client.unlock(m, PASSPHRASE));
                assert!(opened.is_err() || client.identity().is_some(), "byte {at}");
            }
            fs::write(&path, &good[..at]).expect("cut");
            assert!(Client::open(scene.dir.path()).is_err(), "cut at {at}");
        }
    }
}
