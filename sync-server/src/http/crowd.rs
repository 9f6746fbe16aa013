//! Who is inside: sockets in all and per address, how often an address tries to enrol and a device
//! to sync or to send pieces of files. It must not believe who a device says it is: the limit only
//! holds what claims the same.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Limits;

/// Addresses and devices remembered at once; beyond it the oldest minute is forgotten.
const ADDRESSES_MAX: usize = 10_000;
const MINUTE: Duration = Duration::from_secs(60);

/// The count of all.
pub(super) struct Crowd {
    inside: Arc<Mutex<Inside>>,
    sockets: usize,
    per_address: usize,
    enrolments: u32,
    syncs: u32,
    pieces: u32,
}

#[derive(Default)]
struct Inside {
    all: usize,
    by_address: BTreeMap<IpAddr, usize>,
    tries: BTreeMap<Who, (Instant, u32)>,
}

/// What is counted by the minute: an address's enrolments, or the syncs (or the requests for pieces)
/// from an address that bear the first bytes of one device's request.
type Who = (IpAddr, What);

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Enrolment,
    Sync(Option<[u8; DEVICE]>),
    Pieces(Option<[u8; DEVICE]>),
}

/// Version and device of a request.
const DEVICE: usize = 17;

/// One connection's place; free again when dropped.
pub(super) struct Seat {
    address: IpAddr,
    inside: Arc<Mutex<Inside>>,
}

impl Crowd {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            inside: Arc::default(),
            sockets: limits.sockets,
            per_address: limits.sockets_per_address,
            enrolments: limits.enrolments_per_minute,
            syncs: limits.syncs_per_minute,
            pieces: limits.pieces_per_minute,
        }
    }

    /// A place, unless all or this address's are taken.
    pub(super) fn enter(&self, address: IpAddr) -> Option<Seat> {
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        let here = inside.by_address.get(&address).copied().unwrap_or(0);
        if inside.all >= self.sockets || here >= self.per_address {
            return None;
        }
        inside.all += 1;
        inside.by_address.insert(address, here + 1);
        Some(Seat { address, inside: self.inside.clone() })
    }

    /// Whether this address may try a code once more this minute.
    pub(super) fn may_enrol(&self, address: IpAddr) -> bool {
        self.may((address, What::Enrolment), self.enrolments)
    }

    /// Whether whoever sent this request may sync once more this minute.
    pub(super) fn may_sync(&self, address: IpAddr, body: &[u8]) -> bool {
        self.may((address, What::Sync(body.first_chunk().copied())), self.syncs)
    }

    /// Whether whoever sent this request may bring or ask for pieces once more this minute.
    pub(super) fn may_piece(&self, address: IpAddr, body: &[u8]) -> bool {
        self.may((address, What::Pieces(body.first_chunk().copied())), self.pieces)
    }

    fn may(&self, who: Who, most: u32) -> bool {
        let now = Instant::now();
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        if inside.tries.len() >= ADDRESSES_MAX {
            inside.tries.retain(|_, (since, _)| now.duration_since(*since) < MINUTE);
        }
        if inside.tries.len() >= ADDRESSES_MAX && !inside.tries.contains_key(&who) {
            return false;
        }
        let (since, tries) = inside.tries.entry(who).or_insert((now, 0));
        if now.duration_since(*since) >= MINUTE {
            (*since, *tries) = (now, 0);
        }
        *tries = tries.saturating_add(1);
        *tries <= most
    }
}

impl Seat {
    pub(super) const fn address(&self) -> IpAddr {
        self.address
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        inside.all = inside.all.saturating_sub(1);
        if let Some(here) = inside.by_address.get_mut(&self.address) {
            *here = here.saturating_sub(1);
            if *here == 0 {
                inside.by_address.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1));
    const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 2));

    #[test]
    fn one_address_cannot_take_every_place_and_leaving_frees_them() {
        let limits = Limits {
            sockets: 3,
            sockets_per_address: 2,
            enrolments_per_minute: 2,
            syncs_per_minute: 2,
            pieces_per_minute: 1,
            ..Limits::default()
        };
        let crowd = Crowd::new(&limits);
        let (first, second) = (crowd.enter(HERE), crowd.enter(HERE));
        assert!(first.is_some() && second.is_some() && crowd.enter(HERE).is_none());
        let third = crowd.enter(THERE);
        assert!(third.is_some() && crowd.enter(THERE).is_none(), "three in all");
        drop(first);
        assert!(crowd.enter(HERE).is_some());
        let tries: Vec<bool> = (0..3).map(|_| crowd.may_enrol(HERE)).collect();
        assert_eq!(tries, [true, true, false]);
        assert!(crowd.may_enrol(THERE));
        let [one, other] = [1u8, 2].map(|n| [n; 100]);
        let syncs: Vec<bool> = (0..3).map(|_| crowd.may_sync(HERE, &one)).collect();
        assert_eq!(syncs, [true, true, false]);
        assert!(crowd.may_piece(HERE, &one) && !crowd.may_piece(HERE, &one), "pieces have a measure of their own");
        assert!(crowd.may_sync(HERE, &other) && crowd.may_sync(THERE, &one), "nobody else waits for it");
    }
}
