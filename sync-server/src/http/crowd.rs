//! Who is inside: sockets in all and per address, how often an address tries to enrol and a device
//! to sync or to send pieces of files. Whoever proved to be a device of the roster stays; of the others the
//! oldest makes room, where the place is full, and nobody is turned away for them.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use domain::id::DeviceId;
use sync::head::Door;
use tokio::sync::Notify;

use super::Limits;

/// Addresses and devices whose tries are remembered at once; the oldest go for new ones.
const TRIES_MAX: usize = 10_000;
const MINUTE: Duration = Duration::from_secs(60);

/// The count of all.
pub(super) struct Crowd {
    inside: Arc<Mutex<Inside>>,
    tries: Mutex<Tries>,
    limits: Limits,
}

#[derive(Default)]
struct Inside {
    next: u64,
    all: usize,
    /// The oldest first.
    by_address: BTreeMap<IpAddr, BTreeMap<u64, Arc<Spot>>>,
}

#[derive(Default)]
struct Spot {
    proven: AtomicBool,
    gone: Notify,
}

#[derive(Default)]
struct Tries {
    counts: BTreeMap<Who, (Instant, u32)>,
    by_age: BTreeSet<(Instant, Who)>,
}

/// What is counted by the minute: an address's enrolments; a device's syncs and requests for pieces, once
/// it has proven that it is this device.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Who {
    Enrolment(IpAddr),
    Device(Door, DeviceId),
}

/// One connection's place; free again when dropped.
pub(super) struct Seat {
    address: IpAddr,
    number: u64,
    spot: Arc<Spot>,
    inside: Arc<Mutex<Inside>>,
}

impl Crowd {
    pub(super) fn new(limits: &Limits) -> Self {
        Self { inside: Arc::default(), tries: Mutex::default(), limits: *limits }
    }

    /// A place. Where all are taken, in all or at this address, the oldest whose holder has proven nothing is
    /// hers; `None` when there is none.
    pub(super) fn enter(&self, address: IpAddr) -> Option<Seat> {
        let address = line_of(address);
        let mut inside = lock(&self.inside);
        if inside.at(address) >= self.limits.sockets_per_address && !inside.make_room(address) {
            return None;
        }
        if inside.all >= self.limits.sockets {
            let crowded = inside.most_crowded()?;
            inside.make_room(crowded);
        }
        let number = inside.next;
        inside.next += 1;
        inside.all += 1;
        let spot = Arc::<Spot>::default();
        inside.by_address.entry(address).or_default().insert(number, spot.clone());
        Some(Seat { address, number, spot, inside: self.inside.clone() })
    }

    /// Whether this address may try a code once more this minute.
    pub(super) fn may_enrol(&self, address: IpAddr) -> bool {
        self.tries().may(Who::Enrolment(address), self.limits.enrolments_per_minute, Instant::now())
    }

    /// The code was good: a new office enrols all its computers in one minute.
    pub(super) fn enrolled(&self, address: IpAddr) {
        if let Some((_, tries)) = self.tries().counts.get_mut(&Who::Enrolment(address)) {
            *tries = tries.saturating_sub(1);
        }
    }

    /// Whether a device, known by its signature, may sync, or bring or ask for pieces, once more this minute.
    pub(super) fn may_ask(&self, door: Door, device: DeviceId) -> bool {
        let most = match door {
            Door::Sync => self.limits.syncs_per_minute,
            Door::Piece => self.limits.pieces_per_minute,
        };
        self.tries().may(Who::Device(door, device), most, Instant::now())
    }

    fn tries(&self) -> MutexGuard<'_, Tries> {
        self.tries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inside {
    fn at(&self, address: IpAddr) -> usize {
        self.by_address.get(&address).map_or(0, BTreeMap::len)
    }

    /// The address with most places whose holders have proven nothing.
    fn most_crowded(&self) -> Option<IpAddr> {
        let strangers = |seats: &BTreeMap<u64, Arc<Spot>>| seats.values().filter(|spot| !spot.is_proven()).count();
        let counts = self.by_address.iter().map(|(address, seats)| (strangers(seats), *address));
        counts.max().filter(|(strangers, _)| *strangers > 0).map(|(_, address)| address)
    }

    fn make_room(&mut self, at: IpAddr) -> bool {
        let oldest = self.by_address.get(&at).and_then(|seats| seats.iter().find(|(_, spot)| !spot.is_proven()));
        let Some((number, spot)) = oldest else { return false };
        let number = *number;
        spot.gone.notify_one();
        metrics::counter!("tongdang_sockets_let_go_total").increment(1);
        self.leave(at, number);
        true
    }

    fn leave(&mut self, address: IpAddr, number: u64) {
        let Some(seats) = self.by_address.get_mut(&address) else { return };
        if seats.remove(&number).is_some() {
            self.all -= 1;
        }
        if seats.is_empty() {
            self.by_address.remove(&address);
        }
    }
}

impl Tries {
    fn may(&mut self, who: Who, most: u32, now: Instant) -> bool {
        let known = self.counts.get(&who).copied();
        let (since, tries) = match known {
            Some((since, tries)) if now.duration_since(since) < MINUTE => (since, tries.saturating_add(1)),
            Some(_) | None => (now, 1),
        };
        match known {
            Some((before, _)) if before != since => drop(self.by_age.remove(&(before, who))),
            None if self.counts.len() >= TRIES_MAX => {
                if let Some((_, oldest)) = self.by_age.pop_first() {
                    self.counts.remove(&oldest);
                }
            }
            Some(_) | None => {}
        }
        self.counts.insert(who, (since, tries));
        self.by_age.insert((since, who));
        tries <= most
    }
}

impl Spot {
    fn is_proven(&self) -> bool {
        self.proven.load(Ordering::Relaxed)
    }
}

impl Seat {
    pub(super) const fn address(&self) -> IpAddr {
        self.address
    }

    /// Whoever sits here signed as a device of the roster.
    pub(super) fn prove(&self) {
        self.spot.proven.store(true, Ordering::Relaxed);
    }

    /// Ends when the place is needed.
    pub(super) async fn let_go(&self) {
        self.spot.gone.notified().await;
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        lock(&self.inside).leave(self.address, self.number);
    }
}

fn lock(inside: &Mutex<Inside>) -> MutexGuard<'_, Inside> {
    inside.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What one line is given: an IPv4 address, or the network of 2^64 that an IPv6 line may choose from.
fn line_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1));
    const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 2));

    fn crowd(sockets: usize, sockets_per_address: usize) -> Crowd {
        Crowd::new(&Limits {
            sockets,
            sockets_per_address,
            enrolments_per_minute: 2,
            syncs_per_minute: 2,
            pieces_per_minute: 1,
            ..Limits::default()
        })
    }

    async fn is_gone(seat: &Seat) -> bool {
        tokio::time::timeout(Duration::from_millis(1), seat.let_go()).await.is_ok()
    }

    #[tokio::test]
    async fn the_oldest_stranger_makes_room_and_a_known_device_stays() {
        let crowd = crowd(4, 2);
        let (device, stranger) = (crowd.enter(HERE).expect("room"), crowd.enter(HERE).expect("room"));
        device.prove();
        let next = crowd.enter(HERE).expect("the stranger makes room");
        assert!(is_gone(&stranger).await && !is_gone(&device).await && !is_gone(&next).await);
        next.prove();
        assert!(crowd.enter(HERE).is_none(), "this address's places are all of devices");
        let others: Vec<Seat> = (0..2).filter_map(|_| crowd.enter(THERE)).collect();
        assert_eq!(others.len(), 2);
        let third = crowd.enter(IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 3))).expect("all are taken, and one goes");
        assert!(is_gone(&others[0]).await && !is_gone(&others[1]).await && !is_gone(&third).await);
        drop((device, stranger, next, others, third));
        let inside = lock(&crowd.inside);
        assert_eq!((inside.all, inside.by_address.len()), (0, 0));
    }

    #[test]
    fn tries_are_counted_by_the_minute_each_for_itself() {
        let crowd = crowd(4, 2);
        let tries: Vec<bool> = (0..3).map(|_| crowd.may_enrol(HERE)).collect();
        assert_eq!(tries, [true, true, false]);
        assert!(crowd.may_enrol(THERE));
        crowd.enrolled(HERE);
        crowd.enrolled(HERE);
        assert!(crowd.may_enrol(HERE), "what succeeded does not count");
        let [one, other] = [1u8, 2].map(|n| DeviceId::new([n; 16]));
        let syncs: Vec<bool> = (0..3).map(|_| crowd.may_ask(Door::Sync, one)).collect();
        assert_eq!(syncs, [true, true, false]);
        assert!(
            crowd.may_ask(Door::Piece, one) && !crowd.may_ask(Door::Piece, one),
            "pieces have a measure of their own"
        );
        assert!(crowd.may_ask(Door::Sync, other), "nobody else waits for it");
    }

    #[test]
    fn a_full_table_of_tries_lets_the_oldest_go_and_refuses_nobody() {
        let (mut tries, now) = (Tries::default(), Instant::now());
        let who = |n: usize| {
            let mut id = [0; 16];
            id[..8].copy_from_slice(&(n as u64).to_be_bytes());
            Who::Device(Door::Sync, DeviceId::new(id))
        };
        let at = |n: usize| now + Duration::from_micros(n as u64);
        for n in 0..3 * TRIES_MAX {
            assert!(tries.may(who(n), 1, at(n)), "{n}");
        }
        assert_eq!((tries.counts.len(), tries.by_age.len()), (TRIES_MAX, TRIES_MAX));
        assert!(!tries.may(who(3 * TRIES_MAX - 1), 1, at(3 * TRIES_MAX)), "the newest is remembered");
        assert!(tries.may(who(0), 1, at(3 * TRIES_MAX)), "the oldest is not");
        let later = at(3 * TRIES_MAX) + MINUTE;
        assert!(tries.may(who(0), 1, later) && !tries.may(who(0), 1, later), "a new minute");
        assert_eq!((tries.counts.len(), tries.by_age.len()), (TRIES_MAX, TRIES_MAX));
    }

    #[test]
    fn one_line_of_the_new_kind_is_one_address() {
        let [one, same, other] = ["2001:db8:0:1::1", "2001:db8:0:1:9::9", "2001:db8:0:2::1"]
            .map(|text| line_of(text.parse().expect("an address")));
        assert!(one == same && one != other);
        assert_eq!(line_of("::ffff:10.0.0.1".parse().expect("an address")), HERE);
    }
}
