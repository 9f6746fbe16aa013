//! Backups that were restored and compared before anybody is told that they exist; and putting
//! one back. It must never touch the running files before the copy is proven.
//!
//! ```text
//! DIR/<time>/store.db         the truth            DIR/<time>/keys/keys.db   what it is sealed under
//! DIR/files.db                the pieces of files, one copy for all backups
//! ```
//! Pieces are never altered and show by themselves whether they are whole, so each backup writes only
//! the new ones, and putting one back only adds what is not here.
//! Copies of keys older than a week are removed, so that an erasure reaches the backups too.

use std::path::{Path, PathBuf};

use domain::id::ChildId;
use domain::moment::{Moment, Timestamp};
use sync::wire::Cursor;

use crate::secret::Secret;
use crate::server::{Server, ServerError, fact};
use crate::store::sqlite::{CACHE, FILES, KEYS, STORE, Sqlite};
use crate::store::{Facts as _, StoreError};

/// Why there is no backup, or it was not put back.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BackupError {
    /// The server or its store.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// The disk.
    #[error("备份目录读写出错（{0}）：请检查磁盘空间和权限后再试。")]
    Disk(String),
    /// What was written is not what is here.
    #[error("备份写完后核对不一致，这份备份作废，没有改动正式数据：请换一块磁盘再试。")]
    Differs,
    /// The copy of the pieces does.
    #[error("备份目录里的附件（files.db）打不开或核对不一致：请把它移到别处再备份一次，会重新写一份完整的。")]
    Pieces,
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
}

/// How long copies of the keys are kept.
const KEYS_KEPT_S: i64 = 7 * 24 * 3600;

impl Server<Sqlite> {
    /// Writes a backup into a new folder under `to`, opens it again, checks it whole, and only
    /// then moves the watermark that desks show as 已备份.
    pub fn backup(&mut self, m: &mut Moment, to: &Path) -> Result<Proven, BackupError> {
        let folder = to.join(format!("{:015}", m.now.0));
        let part = to.join(format!("{:015}.part", m.now.0));
        std::fs::create_dir_all(part.join("keys"))?;
        self.store().write_copy(&part, &self.secret.files)?;
        let proven = self.proven(&part).and_then(|proven| Ok(Proven { pieces: self.back_up_pieces(to)?, ..proven }));
        let proven = match proven {
            Ok(proven) => proven,
            Err(error) => {
                std::fs::remove_dir_all(&part)?;
                return Err(error);
            }
        };
        for name in [CACHE, FILES, KEYS, STORE] {
            for tail in ["-wal", "-shm"] {
                crate::store::sqlite::remove(&part, &format!("{name}{tail}"))?;
            }
        }
        crate::store::sqlite::remove(&part, CACHE)?;
        crate::store::sqlite::remove(&part, FILES)?;
        std::fs::rename(part.join(KEYS), part.join("keys").join(KEYS))?;
        std::fs::rename(&part, &folder)?;
        std::fs::File::open(to)?.sync_all()?;
        self.durably(|s| {
            s.set_number(fact::BACKED_UP_AT, m.now.0.unsigned_abs())?;
            Ok(s.set_number(fact::BACKED_UP, proven.number)?)
        })?;
        (self.backed_up, self.backed_up_at) = (proven.number, m.now);
        forget_old_keys(to, m.now)?;
        Ok(Proven { folder, ..proven })
    }

    /// Opens a copy as a server of its own and compares it with this one.
    fn proven(&mut self, part: &Path) -> Result<Proven, BackupError> {
        let mut copy = Server::open(Sqlite::open(part, &self.secret.files)?, self.secret.clone())?;
        let (head, number) = (copy.head()?, copy.newest_number()?);
        let same = head == self.head()?
            && number == self.newest_number()?
            && copy.standings()? == self.standings()?
            && copy.store().sound()?;
        let verified = copy.verify()?;
        if !same || !verified.wrong.is_empty() {
            return Err(BackupError::Differs);
        }
        Ok(Proven { folder: part.to_owned(), head, number, rows: verified.rows, pieces: 0 })
    }

    /// Brings the one copy of the pieces up to date; those of erased children go from it.
    fn back_up_pieces(&self, to: &Path) -> Result<u64, BackupError> {
        self.store().back_up_pieces(to, &self.secret.files, &self.erased()).map_err(|error| match error {
            StoreError::Damaged => BackupError::Pieces,
            other => other.into(),
        })
    }

    /// Puts a backup back into a data folder whose server is stopped. What was there is moved
    /// aside, never deleted.
    pub fn restore(m: &mut Moment, dir: &Path, from: &Path, secret: Secret) -> Result<Self, BackupError> {
        if !from.join(STORE).is_file() || !from.join("keys").join(KEYS).is_file() {
            return Err(BackupError::None);
        }
        let aside = dir.join(format!("恢复前-{:015}", m.now.0));
        std::fs::create_dir_all(&aside)?;
        for name in [STORE, KEYS, CACHE] {
            for tail in ["", "-wal", "-shm"] {
                let name = format!("{name}{tail}");
                match std::fs::rename(dir.join(&name), aside.join(&name)) {
                    Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
                    Err(_) | Ok(()) => {}
                }
            }
        }
        for (from, to) in [(from.join("keys").join(KEYS), dir.join(KEYS)), (from.join(STORE), dir.join(STORE))] {
            std::fs::copy(from, &to)?;
            std::fs::File::open(to)?.sync_all()?;
        }
        put_damaged_pieces_aside(dir, &aside, &secret)?;
        let mut server = Self::open(Sqlite::open(dir, &secret.files)?, secret)?;
        if !server.store().sound()? {
            return Err(BackupError::Differs);
        }
        server.mark_restored(m)?;
        // All there is now came from this backup.
        let number = server.newest_number()?;
        server.durably(|s| Ok(s.set_number(fact::BACKED_UP, number)?))?;
        server.backed_up = number;
        // Text comes back also without its photographs; desks bring what they hold of them.
        if let Err(error) = server.take_pieces(from) {
            tracing::error!(%error, "pieces of files not taken from the backup");
        }
        Ok(server)
    }

    /// Puts only the pieces of files back, into a data folder whose server is stopped; text stays as
    /// it is. A new life makes the desks look for what the backup did not have either.
    pub fn restore_pieces(m: &mut Moment, dir: &Path, from: &Path, secret: Secret) -> Result<Self, BackupError> {
        let aside = dir.join(format!("恢复前-{:015}", m.now.0));
        std::fs::create_dir_all(&aside)?;
        put_damaged_pieces_aside(dir, &aside, &secret)?;
        let mut server = Self::open(Sqlite::open(dir, &secret.files)?, secret)?;
        server.take_pieces(from)?;
        let life = u32::from_be_bytes(m.bytes());
        server.durably(|s| Ok(s.set_number(fact::LIFE, u64::from(life))?))?;
        server.life = life;
        Ok(server)
    }

    fn erased(&self) -> Vec<ChildId> {
        self.roster.children.iter().filter(|(_, seat)| seat.erased).map(|(child, _)| *child).collect()
    }

    /// Takes what is not here from the pieces in the folder of a backup, or beside it.
    fn take_pieces(&self, from: &Path) -> Result<(), BackupError> {
        let around = from.canonicalize()?;
        for folder in around.ancestors().take(2).filter(|folder| folder.join(FILES).is_file()) {
            self.store().take_pieces(folder, &self.secret.files, &self.erased())?;
        }
        Ok(())
    }

    /// When the newest compared backup was made, as far as the store knows.
    pub fn backed_up(&mut self) -> Result<u64, ServerError> {
        Ok(self.number(fact::BACKED_UP)?)
    }

    /// Empties the caches; they are rebuilt as they are needed.
    pub fn drop_caches(&mut self) -> Result<(), ServerError> {
        use crate::store::Cache as _;
        self.vault.store.begin()?;
        self.vault.store.drop_cache()?;
        Ok(self.vault.store.commit()?)
    }
}

fn put_damaged_pieces_aside(dir: &Path, aside: &Path, secret: &Secret) -> Result<(), BackupError> {
    if !Sqlite::pieces_sound(dir, &secret.files)? {
        std::fs::rename(dir.join(FILES), aside.join(FILES))?;
        crate::store::sqlite::remove(dir, FILES)?;
    }
    Ok(())
}

fn forget_old_keys(to: &Path, now: Timestamp) -> Result<(), BackupError> {
    for entry in std::fs::read_dir(to)? {
        let path = entry?.path();
        let made = path.file_name().and_then(|n| n.to_str()).and_then(|n| n.parse().ok()).map(Timestamp);
        if made.is_some_and(|made| now.since_s(made) > KEYS_KEPT_S) && path.join("keys").is_dir() {
            std::fs::remove_dir_all(path.join("keys"))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::{Desk, World};
    use sync::wire::State;

    fn on_disk(dir: &Path) -> (World, Desk) {
        let mut world = World::over(|secret| Sqlite::open(dir, &secret.files).expect("opens"));
        let c = world.child(1, 1);
        let mut director = world.desk(1);
        director.visits(&mut world, c);
        director.pull(&mut world);
        (world, director)
    }

    #[test]
    fn a_backup_is_proven_put_back_and_seen_by_desks() {
        let (dir, to) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let (mut world, mut director) = on_disk(dir.path());
        assert_eq!(director.pull(&mut world).head.expect("a head").backed_up, 0);
        world.second += 1;
        let proven = world.server.backup(&mut world.dice.moment(world.second), to.path()).expect("backed up");
        world.second = 51;
        assert_eq!((proven.head, proven.number), (director.cursor, world.server.newest_number().expect("asked")));
        let head = director.pull(&mut world).head.expect("a head");
        assert_eq!((head.backed_up, head.sig.is_some()), (proven.number, true), "a new backup is news");
        assert!(director.pull(&mut world).head.expect("a head").sig.is_none(), "and told once");
        let c = crate::scene::child(1);
        director.visits(&mut world, c);
        director.pull(&mut world);
        let secret = world.server.secret.clone();
        world.server = Server::open(Sqlite::in_memory().expect("a store"), secret.clone()).expect("opens");
        let mut chance = crate::scene::Dice::new(3);
        let restored = Server::restore(&mut chance.moment(60), dir.path(), &proven.folder, secret);
        world.server = restored.expect("put back");
        assert!(world.server.verify().expect("checked").wrong.is_empty());
        assert_eq!(world.server.backed_up(), Ok(proven.number));
        assert!(matches!(director.pull(&mut world).state, Some(State::Restored(_))));
        let aside = std::fs::read_dir(dir.path()).expect("a folder").filter_map(Result::ok);
        assert!(aside.filter(|e| e.path().is_dir()).any(|e| e.path().join(STORE).is_file()), "nothing was deleted");
    }

    #[test]
    fn photographs_are_backed_up_once_and_put_back_beside_what_is_here() {
        use sync::piece::{Ask, Kept, Piece, Place};
        let (dir, to) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let (mut world, mut director) = on_disk(dir.path());
        let erased = world.child(2, 1);
        let mut asks = Vec::new();
        for c in [crate::scene::child(1), erased, crate::scene::child(1)] {
            let note = director.note(&mut world, c, "照片");
            let (photo, cut) = director.photo(&mut world, c, note.record);
            director.sends(&mut world, &[note, photo.clone()]);
            let place = |n: usize| Place { file: photo.record, n: n as u16 };
            let put = cut.pieces.iter().enumerate().map(|(n, bytes)| Piece { place: place(n), bytes: bytes.clone() });
            asks.push(Ask { put: put.collect(), ..Ask::default() });
        }
        let backup = |world: &mut World| {
            world.second += 1;
            world.server.backup(&mut world.dice.moment(world.second), to.path()).expect("backed up")
        };
        let kept = |world: &mut World| crate::store::Pieces::pieces(&mut world.server.vault.store).expect("asked").0;
        director.pieces(&mut world, &asks[0]);
        director.pieces(&mut world, &asks[1]);
        let first = backup(&mut world);
        assert_eq!((first.pieces, first.folder.join(FILES).exists()), (8, false), "one copy, beside the backups");
        assert_eq!(backup(&mut world).pieces, 0, "only what is new is written");
        world.write(vec![domain::roster::Row::Erase { child: erased }]);
        director.pieces(&mut world, &asks[2]);
        let last = backup(&mut world);
        assert_eq!(last.pieces, 4);
        let verified = world.server.verify().expect("checked");
        assert_eq!((verified.files, verified.pieces, verified.missing, verified.wrong), (2, 8, 0, vec![]));
        let secret = world.server.secret.clone();
        world.server = Server::open(Sqlite::in_memory().expect("a store"), secret.clone()).expect("opens");
        std::fs::write(dir.path().join(FILES), [9; 9000]).expect("damaged");
        let mut chance = crate::scene::Dice::new(3);
        let restored = Server::restore(&mut chance.moment(60), dir.path(), &last.folder, secret);
        world.server = restored.expect("put back");
        assert_eq!(kept(&mut world), 8, "without the erased child's");
        let have = asks[2].put.iter().map(|piece| piece.place).collect();
        assert_eq!(director.pieces(&mut world, &Ask { have, ..Ask::default() }).have, [Kept::Yes; 4]);
    }

    #[test]
    fn damaged_photographs_are_mended_without_touching_the_text() {
        let (dir, to) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let (mut world, mut director) = on_disk(dir.path());
        let (c, erased) = (crate::scene::child(1), world.child(2, 1));
        let [(photo, before), _] = [c, erased].map(|of| {
            let (photo, cut) = director.photo(&mut world, of, domain::id::RecordId::new([1; 16]));
            director.sends(&mut world, std::slice::from_ref(&photo));
            let place = |n: usize| sync::piece::Place { file: photo.record, n: n as u16 };
            let put = cut.pieces.iter().enumerate();
            let put = put.map(|(n, bytes)| sync::piece::Piece { place: place(n), bytes: bytes.clone() }).collect();
            (photo, director.pieces(&mut world, &sync::piece::Ask { put, ..sync::piece::Ask::default() }))
        });
        world.second += 1;
        let backed_up = world.server.backup(&mut world.dice.moment(world.second), to.path()).expect("backed up");
        assert_eq!(backed_up.pieces, 8);
        world.write(vec![domain::roster::Row::Erase { child: erased }]);
        director.visits(&mut world, c);
        let (head, secret) = (world.server.head(), world.server.secret.clone());
        world.server = Server::open(Sqlite::in_memory().expect("a store"), secret.clone()).expect("opens");
        std::fs::write(dir.path().join(FILES), [9; 9000]).expect("damaged");
        assert!(Sqlite::open(dir.path(), &secret.files).is_err());
        let mended = Server::restore_pieces(&mut world.moment(), dir.path(), to.path(), secret);
        world.server = mended.expect("mended");
        assert_eq!((world.server.head(), world.server.withholds()), (head, false), "text as it was");
        let kept = crate::store::Pieces::pieces(&mut world.server.vault.store).expect("asked").0;
        assert_eq!(kept, 4, "nothing comes back of a child erased after the backup");
        let have = (0..4).map(|n| sync::piece::Place { file: photo.record, n }).collect();
        let told = director.pieces(&mut world, &sync::piece::Ask { have, ..sync::piece::Ask::default() });
        assert_eq!(told.have, [sync::piece::Kept::Yes; 4]);
        assert_ne!(told.life, before.life, "the desks look for what is still missing");
    }

    #[test]
    fn an_altered_piece_and_a_missing_one_are_told_apart() {
        let dir = tempfile::tempdir().expect("a folder");
        let (mut world, mut director) = on_disk(dir.path());
        let c = crate::scene::child(1);
        let (photo, cut) = director.photo(&mut world, c, domain::id::RecordId::new([1; 16]));
        director.sends(&mut world, std::slice::from_ref(&photo));
        let digest = cut.manifest.pieces[1];
        let id = crate::store::PieceId { child: c, file: photo.record, n: 1, digest };
        crate::store::Pieces::add_piece(&mut world.server.vault.store, &id, b"altered").expect("slipped in");
        let verified = world.server.verify().expect("checked");
        assert_eq!((verified.files, verified.pieces, verified.missing), (1, 0, 3));
        assert_eq!(verified.wrong, [crate::verify::Wrong::Piece(photo.record, 1)]);
    }

    #[test]
    fn a_folder_without_a_backup_changes_nothing() {
        let (dir, empty) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let (mut world, _) = on_disk(dir.path());
        let secret = world.server.secret.clone();
        let refused = Server::restore(&mut world.moment(), dir.path(), empty.path(), secret);
        assert_eq!(refused.err(), Some(BackupError::None));
        assert!(dir.path().join(STORE).is_file());
    }

    #[test]
    fn an_altered_log_does_not_verify() {
        let dir = tempfile::tempdir().expect("a folder");
        let (mut world, _) = on_disk(dir.path());
        assert!(world.server.verify().expect("checked").wrong.is_empty());
        let (position, _) = crate::store::Log::head(&mut world.server.vault.store).expect("a head");
        let item = crate::store::Log::row(&mut world.server.vault.store, position).expect("asked").expect("there");
        crate::store::Log::append(&mut world.server.vault.store, position + 1, &item, &sync::chain::START, &[])
            .expect("slipped in");
        let wrong = world.server.verify().expect("checked").wrong;
        assert!(wrong.contains(&crate::verify::Wrong::Chain(position + 1)), "{wrong:?}");
    }
}
