//! The encrypted database of one profile: opening it, and the tables of the log and its caches.
//!
//! It must not know rules of the work; screens' tables belong to `project`.

pub(crate) mod chains;
pub(crate) mod claims;
pub(crate) mod contacts;
pub(crate) mod departed;
pub(crate) mod envelopes;
pub(crate) mod files;
pub(crate) mod items;
pub(crate) mod records;
pub(crate) mod roster;
pub(crate) mod standing;

use std::fmt::Write as _;
use std::path::Path;

use domain::fault::{Code, Fault};
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction};
use rusqlite_migration::{M, Migrations};

use crate::slot::StoreKey;

/// The tables, version by version.
fn migrations() -> Migrations<'static> {
    Migrations::new(vec![
        M::up(include_str!("migrations/0001_log.sql")),
        M::up(include_str!("migrations/0002_projection.sql")),
        M::up(include_str!("migrations/0003_files.sql")),
        M::up(include_str!("migrations/0004_own.sql")),
        M::up(include_str!("migrations/0005_claims.sql")),
        M::up(include_str!("migrations/0006_missed.sql")),
        M::up(include_str!("migrations/0007_departed.sql")),
        // What notices and claims say together is in no SQL.
        M::up_with_hook(include_str!("migrations/0008_kept_aside.sql"), |tx: &Transaction<'_>| {
            Ok(claims::rebuild(tx)?)
        }),
        M::up(include_str!("migrations/0009_chains.sql")),
        M::up_with_hook(include_str!("migrations/0010_drafts.sql"), |tx: &Transaction<'_>| {
            let failed = |_| rusqlite_migration::HookError::Hook("what is to follow".to_owned());
            crate::project::rebuild_follow_ups(tx).map_err(failed)
        }),
        M::up(include_str!("migrations/0011_alarm.sql")),
        M::up(include_str!("migrations/0012_contacts.sql")),
        M::up(include_str!("migrations/0013_normal.sql")),
    ])
}

/// Oldest SQLite without known ways to damage a WAL database.
const SQLITE_MIN: i32 = 3_051_003;

/// What stops an act: a fault already in words, carried through SQL code by `?`.
#[derive(Debug)]
pub(crate) struct Stop(pub(crate) Fault);

/// Result of whatever touches the store.
pub(crate) type Stored<T> = Result<T, Stop>;

impl From<rusqlite::Error> for Stop {
    fn from(error: rusqlite::Error) -> Self {
        Self(code_of(&error).into())
    }
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self(fault)
    }
}

impl From<Code> for Stop {
    fn from(code: Code) -> Self {
        Self(code.into())
    }
}

impl From<Stop> for Fault {
    fn from(stop: Stop) -> Self {
        stop.0
    }
}

/// Which fault an error of SQLite is.
fn code_of(error: &rusqlite::Error) -> Code {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => Code::DiskFull,
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Code::DiskReadOnly,
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Code::StoreDamaged,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Code::AlreadyOpen,
        Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen) => Code::DiskFailed,
        Some(_) | None => Code::Bug,
    }
}

/// Opens (or creates) the database with its raw key and brings the tables up to date.
pub(crate) fn open(path: &Path, key: &StoreKey) -> Stored<Connection> {
    let sound = rusqlite::version_number() >= SQLITE_MIN;
    if !sound {
        return Err(Code::Bug.into());
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut db = Connection::open_with_flags(path, flags)?;
    // Before the key, or a wrong key prints to stderr.
    db.execute_batch("PRAGMA cipher_log_level = NONE;")?;
    let mut raw = zeroize::Zeroizing::new(String::with_capacity(70));
    raw.push_str("x'");
    key.iter().for_each(|b| write!(raw, "{b:02x}").unwrap_or(()));
    raw.push('\'');
    db.pragma_update(None, "key", raw.as_str())?;
    db.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get::<_, i64>(0))?;
    db.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    db.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON;
         PRAGMA foreign_keys = ON; PRAGMA cache_size = -16000; PRAGMA trusted_schema = OFF;",
    )?;
    db.busy_timeout(std::time::Duration::from_millis(200))?;
    db.set_prepared_statement_cache_capacity(128);
    migrations().to_latest(&mut db).map_err(|error| match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => Stop::from(err),
        _ => Code::Bug.into(),
    })?;
    Ok(db)
}

/// A number of the wire as SQLite keeps it; positions and counters stay far below 2^63.
pub(crate) fn signed(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// A number of SQLite as the wire has it.
pub(crate) fn unsigned(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}

#[cfg(test)]
mod tests;
