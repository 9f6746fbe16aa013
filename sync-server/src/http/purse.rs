//! Memory for bodies on their way in, charged to whoever sends them, as the bytes arrive. Where it runs out, the
//! oldest body not all there of whoever takes most goes; nobody else waits for it. It must not read a byte.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// The memory of one kind of senders: addresses nobody vouches for, or devices.
pub(super) struct Purse<O> {
    inside: Arc<Mutex<Inside<O>>>,
}

struct Inside<O> {
    /// Bytes in all, and of one sender.
    most: (usize, usize),
    next: u64,
    bytes: usize,
    senders: BTreeMap<O, Sender>,
}

#[derive(Default)]
struct Sender {
    bytes: usize,
    /// The oldest first.
    bodies: BTreeMap<u64, Held>,
}

struct Held {
    bytes: usize,
    /// All of it is there and somebody works on it.
    whole: bool,
    gone: Arc<Notify>,
}

/// What one body takes; given back when dropped.
pub(super) struct Share<O: Ord + Copy> {
    inside: Arc<Mutex<Inside<O>>>,
    sender: O,
    number: u64,
    gone: Arc<Notify>,
}

impl<O: Ord + Copy> Purse<O> {
    /// With room for so many bytes in all, and of one sender.
    pub(super) fn new(all: usize, of_one: usize) -> Self {
        let inside = Inside { most: (all, of_one), next: 0, bytes: 0, senders: BTreeMap::new() };
        Self { inside: Arc::new(Mutex::new(inside)) }
    }

    /// A body begins.
    pub(super) fn open(&self, sender: O) -> Share<O> {
        let gone = Arc::new(Notify::new());
        let mut inside = lock(&self.inside);
        let number = inside.next;
        inside.next += 1;
        let held = Held { bytes: 0, whole: false, gone: gone.clone() };
        inside.senders.entry(sender).or_default().bodies.insert(number, held);
        Share { inside: self.inside.clone(), sender, number, gone }
    }
}

impl<O: Ord + Copy> Share<O> {
    /// So many more bytes came; false: there is no room, or it was let go itself.
    pub(super) fn add(&self, bytes: usize) -> bool {
        let mut inside = lock(&self.inside);
        while inside.of(self.sender) + bytes > inside.most.1 {
            if !inside.let_oldest_go(self.sender) {
                return false;
            }
        }
        while inside.bytes + bytes > inside.most.0 {
            let most = inside.senders.iter().filter(|(_, sender)| sender.bodies.values().any(Held::may_go));
            let Some(greediest) = most.max_by_key(|(_, sender)| sender.bytes).map(|(sender, _)| *sender) else {
                return false;
            };
            inside.let_oldest_go(greediest);
        }
        inside.charge(self.sender, self.number, bytes)
    }

    /// All of it is there: it stays until it is answered.
    pub(super) fn whole(&self) {
        let mut inside = lock(&self.inside);
        let sender = inside.senders.get_mut(&self.sender);
        if let Some(held) = sender.and_then(|sender| sender.bodies.get_mut(&self.number)) {
            held.whole = true;
        }
    }

    /// Ends when this body is let go.
    pub(super) async fn let_go(&self) {
        self.gone.notified().await;
    }
}

impl<O: Ord + Copy> Drop for Share<O> {
    fn drop(&mut self) {
        lock(&self.inside).give_back(self.sender, self.number);
    }
}

impl Held {
    const fn may_go(&self) -> bool {
        !self.whole && self.bytes > 0
    }
}

impl<O: Ord + Copy> Inside<O> {
    fn of(&self, sender: O) -> usize {
        self.senders.get(&sender).map_or(0, |sender| sender.bytes)
    }

    fn charge(&mut self, sender: O, number: u64, bytes: usize) -> bool {
        let Some(sender) = self.senders.get_mut(&sender) else { return false };
        let Some(held) = sender.bodies.get_mut(&number) else { return false };
        held.bytes += bytes;
        sender.bytes += bytes;
        self.bytes += bytes;
        true
    }

    fn let_oldest_go(&mut self, of: O) -> bool {
        let oldest = self.senders.get(&of).and_then(|sender| sender.bodies.iter().find(|(_, held)| held.may_go()));
        let Some((number, held)) = oldest else { return false };
        let number = *number;
        held.gone.notify_one();
        metrics::counter!("tongdang_bodies_let_go_total").increment(1);
        self.give_back(of, number);
        true
    }

    fn give_back(&mut self, of: O, number: u64) {
        let Some(sender) = self.senders.get_mut(&of) else { return };
        if let Some(held) = sender.bodies.remove(&number) {
            sender.bytes -= held.bytes;
            self.bytes -= held.bytes;
        }
        if sender.bodies.is_empty() {
            self.senders.remove(&of);
        }
    }
}

fn lock<O>(inside: &Mutex<Inside<O>>) -> MutexGuard<'_, Inside<O>> {
    inside.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_gone<O: Ord + Copy>(share: &Share<O>) -> bool {
        !share.add(0)
    }

    #[test]
    fn what_was_declared_costs_nothing_and_what_came_is_given_back() {
        let purse = Purse::new(100, 100);
        let waiting: Vec<_> = (0..50).map(|n| purse.open(n)).collect();
        let (one, other) = (purse.open(60), purse.open(61));
        assert!(one.add(60) && other.add(40));
        drop(one);
        assert!(other.add(60) && !is_gone(&other));
        drop((waiting, other));
        let inside = lock(&purse.inside);
        assert_eq!((inside.bytes, inside.senders.len()), (0, 0));
    }

    #[test]
    fn whoever_takes_too_much_loses_the_oldest_of_her_own_bodies() {
        let purse = Purse::new(1000, 100);
        let (other, first, second) = (purse.open('b'), purse.open('a'), purse.open('a'));
        assert!(other.add(90) && first.add(60) && second.add(60));
        assert!(is_gone(&first) && !is_gone(&second) && !is_gone(&other));
        assert!(!second.add(50), "one body alone larger than all of hers");
        assert!(is_gone(&second) && !is_gone(&other));
    }

    #[test]
    fn where_all_is_full_the_greediest_makes_room_and_what_is_worked_on_stays() {
        let purse = Purse::new(100, 100);
        let (worked_on, slow, small) = (purse.open('a'), purse.open('b'), purse.open('c'));
        assert!(worked_on.add(50));
        worked_on.whole();
        assert!(slow.add(40) && small.add(5));
        let new = purse.open('d');
        assert!(new.add(40), "the greediest that may go goes");
        assert!(is_gone(&slow) && !is_gone(&small) && !is_gone(&worked_on));
        new.whole();
        small.whole();
        assert!(!purse.open('e').add(30), "the server is busy");
    }
}
