//! Backups that were restored and compared before anybody is told that they exist; and putting
//! one back. It must never touch the running files before the copy is proven.
//!
//! ```text
//! DIR/<time>/store.db         the truth            DIR/<time>/keys/keys.db   what it is sealed under
//! DIR/files.db                the pieces of files, one copy for all backups
//! ```
//! A backup is of one moment ([`Point`]): the server goes on writing while it is copied and compared with
//! what was so then. Keys are written last, once the copy is proven, and what a broken-off backup left
//! goes with the next one. Pieces are never altered and show by themselves whether they are whole, so each
//! backup writes only the new ones, and putting one back only adds what is not here.
//! An erasure reaches the backups beside it with the next one: by what that holds, never by a clock.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use domain::id::ChildId;
use domain::moment::{Moment, Timestamp};
use domain::roster::Row;
use sync::wire::Cursor;

use crate::secret::Secret;
use crate::server::{Server, ServerError, fact};
use crate::store::sqlite::copies::{self, ASIDE, AllKeys};
use crate::store::sqlite::{CACHE, FILES, FileKeys, KEYS, STORE, Sqlite, remove};
use crate::store::{Facts as _, StoreError};
use crate::vault::Vault;
use crate::verify::{Verified, Wrong};

/// Why there is no backup, or it was not put back.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BackupError {
    /// The server or its store.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// The disk.
    #[error("备份目录读写出错（{0}）：请检查磁盘空间，以及运行服务的用户能不能写这个目录，再试。")]
    Disk(String),
    /// What was written is not what is here.
    #[error("备份写完后核对不一致，这份备份作废，没有改动正式数据：请换一块磁盘再试。")]
    Differs,
    /// Something of the truth cannot be read, so that no whole copy can be made.
    #[error(
        "正式数据里有读不出来的地方，复制不了，这次没有备份；以前的备份都在，不要删。请运行 doctor 看是哪里；停掉服务，把整个数据目录拷一份，再用 restore 恢复最近的备份，各电脑会把缺的补回来。"
    )]
    Unreadable,
    /// What is to be put back does not open or is not whole.
    #[error("这份备份打不开或不完整，没有改动正式数据：请换一份更早的备份，或从另一份介质上恢复。")]
    Unsound,
    /// Another backup is being written there.
    #[error("另一次备份正在写这个目录：等它完成再试。")]
    Busy,
    /// The folder holds no backup.
    #[error("这个目录里没有备份：应有 store.db 和 keys/keys.db。")]
    None,
}

impl From<StoreError> for BackupError {
    fn from(error: StoreError) -> Self {
        Self::Server(error.into())
    }
}

impl From<std::io::Error> for BackupError {
    fn from(error: std::io::Error) -> Self {
        Self::Disk(error.kind().to_string())
    }
}

/// A backup that was opened again and compared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proven {
    /// Where it is.
    pub folder: PathBuf,
    /// The log's end in it.
    pub head: Cursor,
    /// Inbox numbers up to here are in it.
    pub number: u64,
    /// Rows of its log checked.
    pub rows: u64,
    /// Pieces of files added and compared.
    pub pieces: u64,
    /// Pieces of files that cannot be read here, and so are not in it; at least so many.
    pub unread: u64,
    /// Why the copy of the pieces was not brought up to date; then nothing counts as backed up by it.
    pub failed: Option<StoreError>,
    /// How far this machine's clock is from that of the backup before, in days, where that is not to be believed:
    /// negative when it went back.
    pub clock: Option<i64>,
    /// What does not hold in the store itself, and so in its copy; then nothing counts as backed up by it.
    pub wrong: usize,
    /// Earlier backups whose keys do not open: erased children's may still stand in them.
    pub unreached: Vec<PathBuf>,
}

/// What came of the pieces when a backup was put back.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Taken {
    /// Pieces of the backup that cannot be read there, at least so many.
    pub unread: u64,
    /// Files of pieces, in the backup or beside it, that do not open.
    pub shut: Vec<PathBuf>,
    /// Why not all were taken, where it is not the backup's.
    pub failed: Option<BackupError>,
}

/// More days between two backups than a centre that backs up leaves.
const GAP_DAYS: i64 = 60;
const DAY_S: i64 = 24 * 3600;
/// Ends the name of what is not proven yet.
const PART: &str = "part";

/// A server as it was at one moment, and what it said of itself then. The server goes on meanwhile.
pub struct Point {
    store: Sqlite,
    secret: Secret,
    head: Cursor,
    number: u64,
    /// When the backup before was made; 0 without one.
    before: Timestamp,
}

impl Point {
    /// Opens what is held still, for reading.
    fn open(self) -> Result<Server<Sqlite>, ServerError> {
        Server::open(self.store, self.secret)
    }

    /// Proves the store as it was, beside the server that goes on.
    pub fn verify(self) -> Result<Verified, ServerError> {
        self.open()?.verify_held_still()
    }

    /// Writes a backup of this moment into a new folder under `to`, opens it again, and checks it whole.
    pub fn back_up(self, now: Timestamp, to: &Path) -> Result<Proven, BackupError> {
        std::fs::create_dir_all(to)?;
        let lock = std::fs::OpenOptions::new().create(true).append(true).open(to.join("backup.lock"))?;
        lock.try_lock().map_err(|_| BackupError::Busy)?;
        sweep(to)?;
        let earlier = backups(to)?;
        let clock = doubted(now, self.before);
        let folder = (now.0..).map(|time| to.join(format!("{time:015}"))).find(|folder| !folder.exists());
        let folder = folder.ok_or(BackupError::Busy)?;
        let part = folder.with_extension(PART);
        std::fs::create_dir_all(&part)?;
        let (proven, held, then) = match self.proven(&part, to) {
            Ok(done) => done,
            Err(error) => {
                std::fs::remove_dir_all(&part)?;
                return Err(error);
            }
        };
        std::fs::rename(&part, &folder)?;
        let keys = &then.secret.files;
        write_keys_last(&folder, keys, &held)?;
        std::fs::File::open(to)?.sync_all()?;
        let unreached = reach(&earlier, keys, &then.erased())?;
        Ok(Proven { folder, clock, unreached, ..proven })
    }

    /// Copies the truth and proves the copy, with the keys in memory only; then the pieces.
    fn proven(self, part: &Path, to: &Path) -> Result<(Proven, AllKeys, Server<Sqlite>), BackupError> {
        let (head, number) = (self.head, self.number);
        let mut then = self.open()?;
        let keys = then.secret.files.clone();
        then.store().write_truth(part, &keys).map_err(|error| match error {
            StoreError::Damaged => BackupError::Unreadable,
            other => other.into(),
        })?;
        let held = then.store().held_keys()?;
        let mut copy = Server::open(Sqlite::of_copy(part, &keys, &held)?, then.secret.clone())?;
        let same = copy.head()? == head
            && copy.newest_number()? == number
            && copy.standings()? == then.standings()?
            && copy.store().sound()?;
        let verified = copy.verify()?;
        if !same || (!verified.wrong.is_empty() && in_copies(&then.verify_held_still()?.wrong) != verified.wrong) {
            return Err(BackupError::Differs);
        }
        // Without those whose erasure was not finished then: the copy finished it.
        let held = copy.store().held_keys()?;
        drop(copy);
        for tail in ["-wal", "-shm"] {
            remove(part, &format!("{STORE}{tail}"))?;
        }
        // The text is proven, whatever becomes of the pieces.
        let (copied, failed) = match then.store().back_up_pieces(to, &keys, &then.erased()) {
            Ok(copied) => (copied, None),
            Err(error) => {
                tracing::error!(%error, "the copy of the pieces is not up to date");
                (Default::default(), Some(error))
            }
        };
        let (rows, pieces, unread, wrong) = (verified.rows, copied.pieces, copied.unread, verified.wrong.len());
        let (folder, clock, unreached) = (part.to_owned(), None, Vec::new());
        Ok((Proven { folder, head, number, rows, pieces, unread, failed, clock, wrong, unreached }, held, then))
    }
}

/// What is wrong in a copy of the truth, too: caches and pieces are not in it.
fn in_copies(wrong: &[Wrong]) -> Vec<Wrong> {
    let apart = |wrong: &Wrong| matches!(wrong, Wrong::Document(_) | Wrong::Unfolded(_) | Wrong::Piece(..));
    wrong.iter().copied().filter(|wrong| !apart(wrong)).collect()
}

impl Server<Sqlite> {
    /// This server as it is now, to be looked at or copied while it goes on; called between requests, and
    /// done in the time it takes to read the keys.
    pub fn point(&mut self) -> Result<Point, ServerError> {
        let store = self.store().pin()?;
        let (head, number, before) = (self.head()?, self.newest_number()?, self.backed_up_at);
        Ok(Point { store, secret: self.secret.clone(), head, number, before })
    }

    /// Moves the watermark that desks show as 已备份 to a backup that was proven.
    pub fn count_backup(&mut self, now: Timestamp, proven: &Proven) -> Result<(), ServerError> {
        if proven.wrong > 0 || proven.failed.is_some() {
            return Ok(());
        }
        self.durably(|s| {
            s.set_number(fact::BACKED_UP_AT, now.0.unsigned_abs())?;
            Ok(s.set_number(fact::BACKED_UP, proven.number)?)
        })?;
        (self.backed_up, self.backed_up_at) = (proven.number, now);
        Ok(())
    }

    /// A backup at one stroke, when nobody else is served meanwhile.
    pub fn backup(&mut self, m: &Moment, to: &Path) -> Result<Proven, BackupError> {
        let proven = self.point()?.back_up(m.now, to)?;
        self.count_backup(m.now, &proven)?;
        Ok(proven)
    }

    /// Proves a store that is held still.
    fn verify_held_still(&mut self) -> Result<Verified, ServerError> {
        let keys = self.secret.files.clone();
        self.verify_around(&|vault: &mut Vault<Sqlite>| vault.store.look_on(&keys))
    }

    /// Puts a backup back into a data folder whose server is stopped. What was there is moved
    /// aside, never deleted.
    pub fn restore(m: &mut Moment, dir: &Path, from: &Path, secret: Secret) -> Result<Self, BackupError> {
        Ok(Self::put_back(m, dir, from, secret)?.0)
    }

    /// The same, and what came of the pieces. Nothing that is in use is touched before the copy beside it is proven,
    /// lives its new life and has no erased child any more.
    pub fn put_back(m: &mut Moment, dir: &Path, from: &Path, secret: Secret) -> Result<(Self, Taken), BackupError> {
        if !from.join(STORE).is_file() || !from.join("keys").join(KEYS).is_file() {
            return Err(BackupError::None);
        }
        std::fs::create_dir_all(dir)?;
        for left in copies::aside(dir)?.into_iter().filter(|folder| folder.extension().is_some_and(|e| e == PART)) {
            std::fs::remove_dir_all(left)?;
        }
        let aside = dir.join(format!("{ASIDE}{:015}", m.now.0));
        let part = aside.with_extension(PART);
        let erased = match Self::make_ready(m, &part, from, &secret) {
            Ok(erased) => erased,
            Err(error) => {
                // What is left of it goes with the next one.
                drop(std::fs::remove_dir_all(&part));
                return Err(error);
            }
        };
        std::fs::create_dir_all(&aside)?;
        // Saved documents, under no child's key: no erasure would reach them there.
        remove(dir, CACHE)?;
        exchange(dir, &part, &aside)?;
        std::fs::remove_dir_all(&part)?;
        put_damaged_pieces_aside(dir, &aside, &secret)?;
        reach_aside(dir, &secret.files, &erased);
        let server = Self::open(Sqlite::open(dir, &secret.files)?, secret)?;
        // Text comes back also without its photographs; desks bring what they hold of them.
        let taken = server.store().forget_pieces(&server.erased()).map_err(BackupError::from);
        let taken = taken.and_then(|()| server.take_pieces(from)).unwrap_or_else(|error| {
            tracing::error!(%error, "pieces of files not taken from the backup");
            Taken { failed: Some(error), ..Taken::default() }
        });
        Ok((server, taken))
    }

    /// Copies a backup into a folder, proves it there and begins its new life; the children erased since.
    fn make_ready(m: &mut Moment, part: &Path, from: &Path, secret: &Secret) -> Result<Vec<ChildId>, BackupError> {
        std::fs::create_dir_all(part)?;
        for (from, name) in [(from.join("keys").join(KEYS), KEYS), (from.join(STORE), STORE)] {
            std::fs::copy(from, part.join(name))?;
        }
        let erased = Self::revive(m, part, secret).map_err(|error| match error {
            BackupError::Server(error) if error.is_damage() => BackupError::Unsound,
            other => other,
        })?;
        for name in [KEYS, STORE] {
            std::fs::File::open(part.join(name))?.sync_all()?;
        }
        Ok(erased)
    }

    fn revive(m: &mut Moment, part: &Path, secret: &Secret) -> Result<Vec<ChildId>, BackupError> {
        let mut server = Self::open(Sqlite::open(part, &secret.files)?, secret.clone())?;
        if !server.store().sound()? {
            return Err(BackupError::Unsound);
        }
        server.mark_restored(m)?;
        server.erase_again(m)?;
        // All there is now came from this backup.
        let number = server.newest_number()?;
        server.durably(|s| Ok(s.set_number(fact::BACKED_UP, number)?))?;
        Ok(server.erased())
    }

    /// Puts only the pieces of files back, into a data folder whose server is stopped; text stays as
    /// it is. A new life makes the desks look for what the backup did not have either.
    pub fn restore_pieces(
        m: &mut Moment,
        dir: &Path,
        from: &Path,
        secret: Secret,
    ) -> Result<(Self, Taken), BackupError> {
        let aside = dir.join(format!("{ASIDE}{:015}", m.now.0));
        std::fs::create_dir_all(&aside)?;
        put_damaged_pieces_aside(dir, &aside, &secret)?;
        let mut server = Self::open(Sqlite::open(dir, &secret.files)?, secret)?;
        let taken = server.take_pieces(from)?;
        let life = u32::from_be_bytes(m.bytes());
        server.durably(|s| Ok(s.set_number(fact::LIFE, u64::from(life))?))?;
        server.life = life;
        Ok((server, taken))
    }

    /// Children erased after the backup was made: their keys in it were destroyed by a later one, and its log
    /// does not know. It is told before anything else.
    fn erase_again(&mut self, m: &mut Moment) -> Result<(), ServerError> {
        let erased = self.store().destroyed()?;
        let rows: Vec<Row> = erased.into_iter().map(|child| Row::Erase { child }).collect();
        if !rows.is_empty() {
            self.write_rows(m, rows)?;
        }
        Ok(())
    }

    fn erased(&self) -> Vec<ChildId> {
        self.roster.children.iter().filter(|(_, seat)| seat.erased).map(|(child, _)| *child).collect()
    }

    /// Takes what is not here from the pieces in the folder of a backup, or beside it.
    fn take_pieces(&self, from: &Path) -> Result<Taken, BackupError> {
        let (around, erased) = (from.canonicalize()?, self.erased());
        let mut taken = Taken::default();
        for folder in around.ancestors().take(2).filter(|folder| folder.join(FILES).is_file()) {
            match self.store().take_pieces(folder, &self.secret.files, &erased)? {
                Some(copied) => taken.unread += copied.unread,
                None => taken.shut.push(folder.join(FILES)),
            }
        }
        Ok(taken)
    }

    /// When the newest compared backup was made, as far as the store knows.
    pub const fn backed_up_at(&self) -> Timestamp {
        self.backed_up_at
    }

    /// How far the newest compared backup reaches.
    pub fn backed_up(&mut self) -> Result<u64, ServerError> {
        Ok(self.number(fact::BACKED_UP)?)
    }

    /// Empties the caches; they are rebuilt as they are needed.
    pub fn drop_caches(&mut self) -> Result<(), ServerError> {
        use crate::store::Cache as _;
        self.open.clear();
        self.vault.store.begin()?;
        self.vault.store.drop_cache()?;
        Ok(self.vault.store.commit()?)
    }
}

/// Moves what is in use aside and what is ready into its place; where that breaks off, all is as it was.
fn exchange(dir: &Path, part: &Path, aside: &Path) -> Result<(), BackupError> {
    let mut moved: Vec<(PathBuf, PathBuf)> = Vec::new();
    for (from, to) in [(dir, aside), (part, dir)] {
        for name in [KEYS, STORE].iter().flat_map(|name| ["", "-wal", "-shm"].map(|tail| format!("{name}{tail}"))) {
            let (old, new) = (from.join(&name), to.join(&name));
            match std::fs::rename(&old, &new) {
                Ok(()) => moved.push((old, new)),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => {
                    for (old, new) in moved.iter().rev() {
                        std::fs::rename(new, old)?;
                    }
                    return Err(error.into());
                }
            }
        }
    }
    for folder in [aside, dir] {
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// What was moved aside is the same truth once more: children erased since the backup are erased there, too.
fn reach_aside(dir: &Path, keys: &FileKeys, erased: &[ChildId]) {
    let erased: BTreeSet<ChildId> = erased.iter().copied().collect();
    let folders = if erased.is_empty() { Vec::new() } else { copies::aside(dir).unwrap_or_default() };
    for folder in folders.into_iter().filter(|folder| folder.join(KEYS).is_file()) {
        // Damaged often: that is why a backup is put back. `doctor` names the folder.
        if let Err(error) = copies::destroy_keys(&folder, keys, &erased) {
            tracing::error!(%error, "an erasure does not reach a folder that a restore put aside");
        }
    }
}

fn put_damaged_pieces_aside(dir: &Path, aside: &Path, secret: &Secret) -> Result<(), BackupError> {
    if !Sqlite::pieces_sound(dir, &secret.files)? {
        std::fs::rename(dir.join(FILES), aside.join(FILES))?;
        remove(dir, FILES)?;
    }
    Ok(())
}

/// The backups in a folder, oldest name first.
fn backups(to: &Path) -> Result<Vec<(Timestamp, PathBuf)>, BackupError> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(to)? {
        let path = entry?.path();
        let made = path.file_name().and_then(|name| name.to_str()).filter(|name| name.len() == 15);
        if let Some(made) = made.and_then(|made| made.parse().ok()).filter(|_| path.is_dir()) {
            found.push((Timestamp(made), path));
        }
    }
    found.sort();
    Ok(found)
}

/// Takes away what a backup left that was broken off.
fn sweep(to: &Path) -> Result<(), BackupError> {
    for entry in std::fs::read_dir(to)? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == PART) && path.is_dir() {
            std::fs::remove_dir_all(&path)?;
        }
    }
    for (_, folder) in backups(to)? {
        let part = folder.join("keys").with_extension(PART);
        if part.is_dir() {
            std::fs::remove_dir_all(part)?;
        }
    }
    Ok(())
}

/// The keys of a proven backup, whole or not at all.
fn write_keys_last(folder: &Path, keys: &FileKeys, held: &AllKeys) -> Result<(), BackupError> {
    let (part, whole) = (folder.join("keys").with_extension(PART), folder.join("keys"));
    std::fs::create_dir_all(&part)?;
    if let Err(error) = copies::write_keys(&part, keys, held) {
        std::fs::remove_dir_all(folder)?;
        return Err(if error == StoreError::Damaged { BackupError::Differs } else { error.into() });
    }
    std::fs::rename(&part, &whole)?;
    Ok(std::fs::File::open(folder)?.sync_all()?)
}

/// Destroys the keys of erased children in earlier backups; those whose keys do not open.
fn reach(earlier: &[(Timestamp, PathBuf)], keys: &FileKeys, erased: &[ChildId]) -> Result<Vec<PathBuf>, BackupError> {
    let erased: BTreeSet<ChildId> = erased.iter().copied().collect();
    let mut unreached = Vec::new();
    for (_, folder) in earlier {
        let folder = folder.join("keys");
        if !folder.join(KEYS).is_file() {
            continue;
        }
        match copies::destroy_keys(&folder, keys, &erased) {
            Err(StoreError::Damaged | StoreError::ReadOnly) => unreached.push(folder),
            other => drop(other?),
        }
    }
    Ok(unreached)
}

/// Days between this clock and the backup before, where one of the two was wrong.
fn doubted(now: Timestamp, before: Timestamp) -> Option<i64> {
    let days = now.since_s(before).div_euclid(DAY_S);
    (before.0 > 0 && (now < before || days > GAP_DAYS)).then_some(days)
}

#[cfg(test)]
mod tests;
