//! Taking a body in: first its head, then, once that is known to be of a device, the rest. It must not know what
//! either says.

use std::net::IpAddr;

use domain::id::DeviceId;
use http_body_util::BodyExt as _;
use hyper::StatusCode;
use hyper::body::{Body as _, Incoming};
use sync::enrol::ENROL_BYTES_MAX;
use sync::head::{self, Door, SMALL_BYTES, SignedHead};
use sync::piece;

use super::crowd::Seat;
use super::purse::Share;
use super::{Answering, Hall};
use crate::inbox::Proven;

/// A body as it arrives.
struct Arriving {
    incoming: Incoming,
    /// Bytes it says it has.
    declared: Option<usize>,
    /// Bytes at most.
    most: usize,
    bytes: Vec<u8>,
}

impl Arriving {
    /// Refused before anything of it is read when it says that it is larger than `most`.
    fn new(incoming: Incoming, most: usize) -> Result<Self, StatusCode> {
        let declared = incoming.size_hint().exact().map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
        let body = Self { incoming, declared, most: usize::MAX, bytes: Vec::new() };
        body.at_most(most)
    }

    fn at_most(self, most: usize) -> Result<Self, StatusCode> {
        if self.bytes.len().max(self.declared.unwrap_or(0)) > most {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        Ok(Self { most, ..self })
    }

    /// The next bytes, charged to whoever sends them; false at the end.
    async fn more<O: Ord + Copy>(&mut self, share: &Share<O>) -> Result<bool, StatusCode> {
        let frame = tokio::select! {
            frame = self.incoming.frame() => frame,
            () = share.let_go() => return Err(StatusCode::SERVICE_UNAVAILABLE),
        };
        let Some(frame) = frame else { return Ok(false) };
        let Ok(data) = frame.map_err(|_| StatusCode::BAD_REQUEST)?.into_data() else { return Ok(true) };
        if self.bytes.len() + data.len() > self.most {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        if !share.add(data.len()) {
            return Err(StatusCode::SERVICE_UNAVAILABLE);
        }
        self.bytes.extend_from_slice(&data);
        Ok(true)
    }
}

impl<A: Answering> Hall<A> {
    /// A request that is known to be of its device, all of it, and what it takes of the device's purse.
    pub(super) async fn taken_in(
        &self,
        door: Door,
        seat: &Seat,
        incoming: Incoming,
    ) -> Result<(Proven, Share<DeviceId>), StatusCode> {
        let (largest, purse) = match door {
            Door::Sync => (self.limits.body_bytes, &self.text),
            Door::Piece => (self.limits.body_bytes.min(piece::REQUEST_BYTES_MAX), &self.pieces),
        };
        let mut body = Arriving::new(incoming, largest)?;
        let stranger = self.strangers.open(seat.address());
        let head = loop {
            match SignedHead::read(&body.bytes) {
                Ok(Some(head)) => break head,
                Ok(None) if body.more(&stranger).await? => {}
                Ok(None) | Err(_) => return Err(StatusCode::NOT_FOUND),
            }
        };
        let known = if head.names_its_body() {
            let declared = body.declared.ok_or(StatusCode::LENGTH_REQUIRED)?;
            let length = declared.saturating_sub(head.bytes()) as u64;
            self.answering.knows(door, &head, head::Body::Length(length))
        } else {
            body = body.at_most(head.bytes() + SMALL_BYTES)?;
            while body.more(&stranger).await? {}
            self.answering.knows(door, &head, head::Body::Whole(&body.bytes[head.bytes()..]))
        };
        if !known {
            return Err(StatusCode::NOT_FOUND);
        }
        if !self.crowd.may_ask(door, head.device) {
            return Err(StatusCode::TOO_MANY_REQUESTS);
        }
        seat.prove();
        let share = purse.open(head.device);
        if !share.add(body.bytes.len()) {
            return Err(StatusCode::SERVICE_UNAVAILABLE);
        }
        drop(stranger);
        if head.names_its_body() {
            while body.more(&share).await? {}
        }
        share.whole();
        Ok((Proven { head, bytes: body.bytes }, share))
    }

    /// The body of somebody nobody can know yet.
    pub(super) async fn read_from_stranger(
        &self,
        seat: &Seat,
        incoming: Incoming,
    ) -> Result<(Vec<u8>, Share<IpAddr>), StatusCode> {
        let mut body = Arriving::new(incoming, ENROL_BYTES_MAX)?;
        let share = self.strangers.open(seat.address());
        while body.more(&share).await? {}
        share.whole();
        Ok((body.bytes, share))
    }
}
