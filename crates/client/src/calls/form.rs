//! The forms and code tables, so that screens hold no labels of their own.

use domain::area::Area;
use domain::code::{self, Table};
use domain::country;
use domain::fault::Fault;
use domain::form::{self, Form};
use domain::moment::Moment;
use serde::Serialize;

use super::me::Nothing;
use crate::desk::Desk;

/// Every form and code table.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Forms {
    forms: Vec<&'static Form>,
    codes: Vec<&'static Table>,
}

/// A province, city or county.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "CountryPlace"))]
pub(crate) struct Place {
    code: Area,
    name: String,
}

/// Answers `places`: those of the whole country.
#[expect(clippy::unnecessary_wraps, reason = "every call has one shape")]
pub(crate) fn places(_: &Desk, _: &Moment, _: Nothing) -> Result<Vec<Place>, Fault> {
    Ok(country::all().map(|(code, name)| Place { code, name }).collect())
}

/// Answers `forms`.
#[expect(clippy::unnecessary_wraps, reason = "every call has one shape")]
pub(crate) fn forms(_: &Desk, _: &Moment, _: Nothing) -> Result<Forms, Fault> {
    Ok(Forms {
        forms: form::BUILTIN.iter().filter_map(|id| form::builtin(id)).collect(),
        codes: code::tables().values().collect(),
    })
}
