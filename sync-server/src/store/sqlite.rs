//! The embedded engine: four SQLCipher files. It must not know rights, envelopes or forms.
//!
//! `store.db` is the truth, `keys.db` what it is sealed under (so that erasing reaches backups),
//! `files.db` the pieces of files, `cache.db` what can be rebuilt.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, TransactionState};
use rusqlite_migration::{M, Migrations};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{Store, StoreError, Stored};

mod cache;
pub(crate) mod copies;
mod facts;
mod files;
mod inbox;
mod keys;
mod log;

/// Raw keys of the files.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct FileKeys {
    /// `store.db`
    pub store: [u8; 32],
    /// `keys.db`
    pub keys: [u8; 32],
    /// `cache.db`
    pub cache: [u8; 32],
}

impl FileKeys {
    /// `files.db`: made from the key of `store.db`, because server.key knew no files at first.
    fn files(&self) -> [u8; 32] {
        sync::key::sha256(&[b"tongdang/files.db/1", &self.store]).0
    }
}

/// The file of truth.
pub const STORE: &str = "store.db";
/// The file of keys.
pub const KEYS: &str = "keys.db";
/// The file of pieces.
pub const FILES: &str = "files.db";
/// The file of caches.
pub const CACHE: &str = "cache.db";

const STATEMENTS: usize = 96;
const PAGES_KIB: i64 = -8192;
/// A commit touches many places with a few bytes each, and every page touched is encrypted and
/// authenticated whole: small pages where small rows stand, large ones under packed downloads and pieces.
const SMALL_PAGE: u32 = 1024;
const LARGE_PAGE: u32 = 8192;
/// Bytes of journal after which it is folded into the file.
const JOURNAL_BYTES: u32 = 4 << 20;

/// Steps of each file's schema; a step that was released never changes.
const STORE_SCHEMA: &[&str] = &[
    include_str!("../../migrations/store_1.sql"),
    include_str!("../../migrations/store_2.sql"),
    include_str!("../../migrations/store_3.sql"),
    include_str!("../../migrations/store_4.sql"),
    include_str!("../../migrations/store_5.sql"),
];
const KEYS_SCHEMA: &[&str] = &[include_str!("../../migrations/keys_1.sql")];
const CACHE_SCHEMA: &[&str] = &[include_str!("../../migrations/cache_1.sql")];

/// The engine.
pub struct Sqlite {
    db: Connection,
    keys: Connection,
    files: Connection,
    cache: Connection,
    /// Where the files are, and their keys; `None` in memory and in what is held still.
    home: Option<(PathBuf, FileKeys)>,
    /// A child is erased in the open transaction.
    erases: bool,
    /// Held still as it was at one moment: nothing may be written through it.
    pinned: bool,
}

impl Store for Sqlite {}

impl Sqlite {
    /// Opens or creates the four files in a folder.
    pub fn open(dir: &Path, keys: &FileKeys) -> Stored<Self> {
        let cache = match open_file(dir, keys, CACHE) {
            Err(StoreError::Damaged) => {
                remove(dir, CACHE)?;
                open_file(dir, keys, CACHE)?
            }
            other => other?,
        };
        Ok(Self {
            db: open_file(dir, keys, STORE)?,
            keys: open_file(dir, keys, KEYS)?,
            files: open_file(dir, keys, FILES)?,
            cache,
            home: Some((dir.to_owned(), keys.clone())),
            erases: false,
            pinned: false,
        })
    }

    /// SQLCipher gives a connection up for good once it met a page it could not decrypt; whatever stands on other
    /// pages is read over a new one. What was not committed is lost
    /// with it.
    pub(super) fn mend_connections(&mut self) -> Stored<()> {
        let Some((dir, keys)) = &self.home else { return Ok(()) };
        let parts = [(&mut self.db, STORE), (&mut self.keys, KEYS), (&mut self.files, FILES)];
        for (db, name) in parts {
            if db.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(())).is_err() {
                *db = open_file(dir, keys, name)?;
            }
        }
        Ok(())
    }

    /// What was asked of a file. Where that could not be read, and nothing is written to the file, the open
    /// transaction goes on over a new connection, so that others find what is theirs.
    fn go_on_around<R>(&mut self, found: Stored<R>, file: impl Fn(&mut Self) -> &mut Connection) -> Stored<R> {
        let writes = |db: &Connection| matches!(db.transaction_state(None::<&str>), Ok(TransactionState::Write));
        if !matches!(found, Err(StoreError::Damaged)) || writes(file(self)) {
            return found;
        }
        let begun = !file(self).is_autocommit();
        self.mend_connections()?;
        if begun && file(self).is_autocommit() {
            file(self).execute_batch("BEGIN").map_err(failed)?;
        }
        found
    }

    /// Everything in memory: for tests and the simulator.
    pub fn in_memory() -> Stored<Self> {
        let open = |sql| connect(Connection::open_in_memory().map_err(failed)?, None, sql, "OFF");
        Ok(Self {
            db: open(STORE_SCHEMA)?,
            keys: open(KEYS_SCHEMA)?,
            files: open(files::SCHEMA)?,
            cache: open(CACHE_SCHEMA)?,
            home: None,
            erases: false,
            pinned: false,
        })
    }

    /// What a backup taken now and put back later would be: truth, keys and pieces, no cache. In memory.
    pub fn snapshot(&self) -> Stored<Self> {
        let mut copy = Self::in_memory()?;
        copy_into(&self.keys, &mut copy.keys)?;
        copy_into(&self.db, &mut copy.db)?;
        copy_into(&self.files, &mut copy.files)?;
        Ok(copy)
    }

    /// Asks every file whether it is sound.
    pub fn sound(&self) -> Stored<bool> {
        for db in [&self.db, &self.keys, &self.files] {
            match db.query_row("PRAGMA quick_check", [], |r| r.get::<_, String>(0)).map_err(failed) {
                Ok(word) if word == "ok" => {}
                Ok(_) | Err(StoreError::Damaged) => return Ok(false),
                Err(other) => return Err(other),
            }
        }
        Ok(true)
    }

    /// Bytes of the four files on the disk.
    pub fn bytes(&self) -> u64 {
        let Some((dir, _)) = &self.home else { return 0 };
        let size = |name: &str| std::fs::metadata(dir.join(name)).map_or(0, |m| m.len());
        [STORE, KEYS, FILES, CACHE].iter().map(|name| size(name) + size(&format!("{name}-wal"))).sum()
    }

    /// Damages what stands in `store.db`.
    #[cfg(test)]
    pub(crate) fn hurt(&self, sql: &str) {
        let done = self.db.execute(sql, []).expect("a statement");
        assert!(done > 0, "nothing is damaged by: {sql}");
    }

    /// Version of the linked SQLite.
    pub fn version() -> &'static str {
        rusqlite::version()
    }
}

/// One of the files, with its schema and how durable a commit in it is.
fn open_file(dir: &Path, keys: &FileKeys, name: &str) -> Stored<Connection> {
    let files = keys.files();
    let (key, schema, sync) = match name {
        STORE => (&keys.store, STORE_SCHEMA, "FULL"),
        KEYS => (&keys.keys, KEYS_SCHEMA, "FULL"),
        FILES => (&files, files::SCHEMA, "FULL"),
        _ => (&keys.cache, CACHE_SCHEMA, "NORMAL"),
    };
    let opened = Connection::open(dir.join(name)).map_err(failed)?;
    let db = connect(opened, Some((key, page_of(name))), schema, sync)?;
    if name == STORE { without_wiping(db) } else { Ok(db) }
}

/// Removes a database file with its journal.
pub(crate) fn remove(dir: &Path, name: &str) -> Stored<()> {
    for tail in ["", "-wal", "-shm", "-journal"] {
        match std::fs::remove_file(dir.join(format!("{name}{tail}"))) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(StoreError::Failed(e.kind().to_string())),
            Err(_) | Ok(()) => {}
        }
    }
    Ok(())
}

/// Bytes of a page of a file.
fn page_of(name: &str) -> u32 {
    if name == CACHE || name == FILES { LARGE_PAGE } else { SMALL_PAGE }
}

fn unlock(db: &Connection, key: &[u8; 32], page: u32) -> Stored<()> {
    let mut hex = String::with_capacity(67);
    hex.push_str("x'");
    key.iter().for_each(|b| hex.push_str(&format!("{b:02x}")));
    hex.push('\'');
    db.pragma_update(None, "cipher_log_level", "NONE").map_err(failed)?;
    let done = db.pragma_update(None, "key", &hex).map_err(failed);
    hex.zeroize();
    done?;
    db.pragma_update(None, "cipher_page_size", page).map_err(failed)?;
    db.pragma_update(None, "wal_autocheckpoint", JOURNAL_BYTES / page).map_err(failed)
}

fn connect(
    mut db: Connection,
    key: Option<(&[u8; 32], u32)>,
    schema: &[&'static str],
    sync: &str,
) -> Stored<Connection> {
    if rusqlite::version_number() < 3_051_003 {
        return Err(StoreError::Version(rusqlite::version().to_owned()));
    }
    if let Some((key, page)) = key {
        unlock(&db, key, page)?;
        db.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(())).map_err(failed)?;
    }
    db.busy_timeout(Duration::from_secs(5)).map_err(failed)?;
    for (name, value) in [
        ("journal_mode", "WAL"),
        ("synchronous", sync),
        ("temp_store", "MEMORY"),
        ("secure_delete", "ON"),
        ("trusted_schema", "OFF"),
        ("cell_size_check", "ON"),
    ] {
        db.pragma_update(None, name, value).map_err(failed)?;
    }
    db.pragma_update(None, "cache_size", PAGES_KIB).map_err(failed)?;
    db.set_prepared_statement_cache_capacity(STATEMENTS);
    Migrations::new(schema.iter().map(|step| M::up(step)).collect()).to_latest(&mut db).map_err(migration)?;
    Ok(db)
}

/// For `store.db`: what fills pages there is sealed under keys of `keys.db`, and those are wiped. So a page
/// that a delivery leaves behind when it is laid out is not written once more only to hold zeros; what is
/// deleted on a page that is written anyway is zeroed as ever.
fn without_wiping(db: Connection) -> Stored<Connection> {
    db.pragma_update(None, "secure_delete", "FAST").map_err(failed)?;
    Ok(db)
}

fn migration(error: rusqlite_migration::Error) -> StoreError {
    match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => failed(err),
        other => StoreError::Failed(other.to_string()),
    }
}

fn copy_into(from: &Connection, into: &mut Connection) -> Stored<()> {
    let backup = rusqlite::backup::Backup::new(from, into).map_err(failed)?;
    // In one step, which sees one state of `from`: between steps of some pages a commit of another
    // connection would make it begin anew, and at a commit a second it would never end.
    match backup.step(-1).map_err(failed)? {
        rusqlite::backup::StepResult::Done => Ok(()),
        _ => Err(StoreError::Busy),
    }
}

/// Extended codes of SQLite for a page that could not be read: SQLITE_IOERR_READ, _SHORT_READ, _DATA, _CORRUPTFS.
const UNREADABLE: [i32; 4] = [266, 522, 8202, 8458];

/// What a failure of SQLite means to us.
fn failed(error: rusqlite::Error) -> StoreError {
    use rusqlite::Error as E;
    let unlike = matches!(
        error,
        E::FromSqlConversionFailure(..) | E::IntegralValueOutOfRange(..) | E::InvalidColumnType(..) | E::Utf8Error(..)
    );
    if unlike || error.sqlite_error().is_some_and(|told| UNREADABLE.contains(&told.extended_code)) {
        return StoreError::Damaged;
    }
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full,
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => StoreError::ReadOnly,
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => StoreError::Damaged,
        // SQLCipher's word for a page it cannot decrypt; our statements themselves are all sound.
        Some(ErrorCode::Unknown) if error.sqlite_error().is_some_and(|told| told.extended_code == 1) => {
            StoreError::Damaged
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy,
        Some(_) | None => StoreError::Failed(error.to_string()),
    }
}

/// SQLite's integers are signed; ours never exceed 2^63.
const fn signed(n: u64) -> i64 {
    n as i64
}

const fn unsigned(n: i64) -> u64 {
    n as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::contract;

    #[test]
    fn the_embedded_engine_keeps_the_contract() {
        contract::holds(&mut || Sqlite::in_memory().expect("a store"));
    }

    #[test]
    fn files_are_unreadable_without_the_key_and_survive_a_copy() {
        let (dir, copy) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let keys = FileKeys { store: [1; 32], keys: [2; 32], cache: [3; 32] };
        {
            use crate::store::{Facts as _, Keys as _};
            let mut store = Sqlite::open(dir.path(), &keys).expect("opens");
            store.begin().expect("begins");
            store.set_fact("canary", b"CANARY-IN-PLAIN").expect("set");
            store.commit().expect("commits");
            store.add_key(&[7; 16], &[8; 32]).expect("kept");
            store.write_truth(copy.path(), &keys).expect("copied");
            copies::write_keys(copy.path(), &keys, &store.held_keys().expect("read")).expect("written");
            assert!(store.sound().expect("asked") && store.bytes() > 0);
        }
        for folder in [dir.path(), copy.path()] {
            let bytes = std::fs::read(folder.join(STORE)).expect("there");
            assert!(!bytes.windows(15).any(|w| w == b"CANARY-IN-PLAIN"));
        }
        use crate::store::{Facts as _, Keys as _};
        let mut again = Sqlite::open(copy.path(), &keys).expect("opens");
        assert_eq!(again.fact("canary"), Ok(Some(b"CANARY-IN-PLAIN".to_vec())));
        assert_eq!(again.key(&[7; 16]), Ok(Some([8; 32])));
        let wrong = FileKeys { store: [9; 32], keys: [2; 32], cache: [3; 32] };
        assert_eq!(Sqlite::open(dir.path(), &wrong).err(), Some(StoreError::Damaged));
    }
}
