//! Settings of this device: how this person likes her desk. They never travel.

use std::collections::BTreeMap;

use domain::fault::{Code, Fault};
use domain::moment::Moment;
use rusqlite::params;
use serde::{Deserialize, Serialize};

use super::me::Nothing;
use super::{Acted, rows, run};
use crate::desk::Desk;
use crate::tag::Tag;

/// Longest key and value of a setting, in bytes; most settings.
const KEY_BYTES_MAX: usize = 60;
const VALUE_BYTES_MAX: usize = 64 * 1024;
const SETTINGS_MAX: usize = 200;

/// Every setting by its key; a value is any JSON.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Settings {
    #[cfg_attr(test, ts(type = "Record<string, unknown>"))]
    values: BTreeMap<String, serde_json::Value>,
}

/// One setting to write; `null` goes back to the usual.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "SetSetting"))]
pub(crate) struct Set {
    key: String,
    #[cfg_attr(test, ts(type = "unknown"))]
    value: serde_json::Value,
}

/// Answers `settings.get`.
pub(crate) fn get(desk: &Desk, _: &Moment, _: Nothing) -> Result<Settings, Fault> {
    Ok(Settings { values: all(desk)? })
}

pub(super) fn all(desk: &Desk) -> Result<BTreeMap<String, serde_json::Value>, Fault> {
    let kept = rows(&desk.db, "SELECT key, value FROM setting ORDER BY key", [], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
    })?;
    Ok(kept.into_iter().filter_map(|(key, text)| Some((key, serde_json::from_str(&text).ok()?))).collect())
}

/// Whether something that is on unless somebody switched it off is on.
pub(super) fn is_on(desk: &Desk, key: &str) -> Result<bool, Fault> {
    Ok(all(desk)?.get(key) != Some(&serde_json::Value::Bool(false)))
}

/// Does `settings.set`.
pub(crate) fn set(desk: &mut Desk, _: &mut Moment, set: Set) -> Acted<Nothing> {
    keep(desk, &set.key, &set.value)?;
    Ok((Nothing {}, vec![Tag::Settings]))
}

/// Writes one setting; `null` removes it.
pub(super) fn keep(desk: &Desk, key: &str, value: &serde_json::Value) -> Result<(), Fault> {
    let text = value.to_string();
    if key.is_empty() || key.len() > KEY_BYTES_MAX || text.len() > VALUE_BYTES_MAX {
        return Err(Code::BadCall.into());
    }
    if value.is_null() {
        run(&desk.db, "DELETE FROM setting WHERE key = ?1", params![key])?;
        return Ok(());
    }
    let known = all(desk)?;
    if known.len() >= SETTINGS_MAX && !known.contains_key(key) {
        return Err(Code::BadCall.into());
    }
    run(&desk.db, "INSERT OR REPLACE INTO setting (key, value) VALUES (?1, ?2)", params![key, text])?;
    Ok(())
}
