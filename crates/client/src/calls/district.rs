//! Where the district's server is found. It may move; its certificate authority does not, so a wrong
//! address brings no work to a stranger.

use domain::fault::{Code, Fault};
use domain::moment::Moment;
use serde::{Deserialize, Serialize};
use sync::enrol::Address;

use super::me::Nothing;
use super::{Acted, setting};
use crate::desk::Desk;
use crate::tag::Tag;

/// The setting that holds another address than the one of enrolment.
const MOVED: &str = "district_address";

/// Where the server is.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "DistrictAddress"))]
pub(crate) struct Place {
    /// Host and port this computer asks.
    address: String,
}

/// Where it has moved to.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "DistrictMoved"))]
pub(crate) struct Moved {
    /// As the centre says it: a name or numbers, with or without a port.
    address: String,
}

/// The address to ask: where the centre has moved to, or where it was at enrolment.
pub(crate) fn address(desk: &Desk) -> Result<String, Fault> {
    let moved = setting::all(desk)?.remove(MOVED);
    let moved = moved.and_then(|said| said.as_str().map(str::to_owned)).filter(|text| text.parse::<Address>().is_ok());
    Ok(moved.unwrap_or_else(|| desk.me.address.clone()))
}

/// Answers `district.address`.
pub(crate) fn place(desk: &Desk, _: &Moment, _: Nothing) -> Result<Place, Fault> {
    Ok(Place { address: address(desk)? })
}

/// Does `district.move`: from the next exchange on the other address is asked. What waits stays.
pub(crate) fn follow(desk: &mut Desk, _: &mut Moment, moved: Moved) -> Acted<Place> {
    let address: Address = moved.address.parse().map_err(|_| Code::BadAddress)?;
    let address = address.to_string();
    let at_enrolment = address == desk.me.address;
    let kept = if at_enrolment { serde_json::Value::Null } else { address.clone().into() };
    setting::keep(desk, MOVED, &kept)?;
    Ok((Place { address }, vec![Tag::Settings, Tag::Sync]))
}
