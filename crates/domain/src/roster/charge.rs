//! Which children nobody is in charge of (没有负责人) and since when, and how a child left somebody's
//! charge.
//!
//! It must not look through all children: rows keep the index, and what a day alone changes is only
//! what posts that are over still hold.

use std::collections::BTreeSet;

use super::{NOW, Roster};
use crate::area::Area;
use crate::day::Day;
use crate::id::{ChildId, DeviceId, PersonId, PostId};
use crate::post::{Reach, Role};

/// What left a child without anybody.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Since {
    /// Nobody was ever in charge of it here: since its file came to this place.
    Placed,
    /// It was withdrawn (收回) and nobody followed.
    Withdrawn,
    /// The post that has it is over: since this day.
    Ended(Day),
}

/// How a child left somebody, or the place where she looks after it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Departure {
    /// Somebody of the same role has it now (移交).
    Handed(PersonId),
    /// Taken from her (收回); nobody she knows follows.
    Withdrawn,
    /// Its file belongs to another street now.
    Street,
    /// Its file belongs to another community of the street now; it is still in her charge.
    Community(Area),
}

impl Roster {
    /// The children whom no post has that is held on a day. Erased files and those joined into
    /// another ask for nobody.
    pub fn in_nobodys_charge(&self, on: Day) -> BTreeSet<ChildId> {
        let over = self.by_post.iter().filter(|(post, _)| !self.is_held(**post, on)).flat_map(|(_, has)| has);
        let alone = self.by_nobody.iter().chain(over).copied();
        alone.filter(|child| self.asks_for_somebody(*child, on)).collect()
    }

    /// What left a child without anybody; of no meaning for one that somebody has.
    pub fn alone_since(&self, child: ChildId, on: Day) -> Since {
        let Some(seat) = self.children.get(&child) else { return Since::Placed };
        let over = seat.posts().filter(|post| !self.is_held(*post, on)).filter_map(|post| self.posts.get(&post)?.to);
        match over.max() {
            Some(last) => Since::Ended(last.plus(1)),
            // A post nobody here knows is another street's: the child came from there.
            None if seat.tenures.iter().all(|tenure| tenure.to.is_none()) => Since::Placed,
            None => Since::Withdrawn,
        }
    }

    /// How a child that a device's person once had has left her; `None` when it has not, when its file
    /// is erased, or when it is she who has left.
    pub fn departure(&self, device: DeviceId, child: ChildId, on: Day) -> Option<Departure> {
        let seat = self.children.get(&child).filter(|seat| !seat.erased)?;
        let area = seat.area()?;
        let mine: Vec<_> = self.posts_on(device, on).collect();
        let of = |reach: Reach| mine.iter().filter(move |(_, post)| post.role.reach() == reach);
        let near =
            |area: Area| mine.iter().any(|(_, post)| self.area_of(post).map(Area::street) == Some(area.street()));
        if mine.is_empty() || of(Reach::District).next().is_some() {
            return None;
        }
        if !near(area) {
            return Some(Departure::Street);
        }
        if of(Reach::Street).any(|(id, post)| self.reaches(*id, post, child, NOW)) {
            return None;
        }
        let mut has = of(Reach::Assigned).filter(|(id, _)| seat.assigned_at(*id, NOW)).peekable();
        if has.peek().is_some() {
            let away = has.all(|(_, post)| self.area_of(post).is_some_and(|place| !place.contains(area)));
            return away.then_some(Departure::Community(area));
        }
        let roles: BTreeSet<Role> = of(Reach::Assigned).map(|(_, post)| post.role).collect();
        let held = seat.posts().filter_map(|id| self.posts.get(&id).filter(|post| post.held_on(on)));
        let next = held.filter(|post| roles.contains(&post.role)).last();
        Some(next.map_or(Departure::Withdrawn, |post| Departure::Handed(post.person)))
    }

    /// Keeps the index: called whenever a child's place or posts are other ones.
    pub(super) fn note_charge(&mut self, child: ChildId) {
        if self.children.get(&child).is_some_and(|seat| seat.posts().next().is_none()) {
            self.by_nobody.insert(child);
        } else {
            self.by_nobody.remove(&child);
        }
    }

    fn is_held(&self, post: PostId, on: Day) -> bool {
        self.posts.get(&post).is_some_and(|post| post.held_on(on))
    }

    fn asks_for_somebody(&self, child: ChildId, on: Day) -> bool {
        let open =
            self.children.get(&child).filter(|seat| !seat.erased && seat.alias.is_none() && seat.area().is_some());
        open.is_some_and(|seat| !seat.posts().any(|post| self.is_held(post, on)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::id::UnitId;
    use crate::roster::Row;

    const fn child(n: u8) -> ChildId {
        ChildId::new([n; 16])
    }

    const fn post(n: u8) -> PostId {
        PostId::new([n; 16])
    }

    fn held(n: u8, to: Option<Day>) -> Row {
        let (person, unit) = (PersonId::new([n; 16]), UnitId::new([n; 16]));
        Row::Post { id: post(n), person, unit, role: Role::Director, from: Day::EPOCH, to }
    }

    fn placed(n: u8) -> Row {
        Row::Child { child: child(n), area: Area::new(990_102_001_001).expect("an area") }
    }

    fn roster(rows: &[Row]) -> Roster {
        let mut roster = Roster::new(DeviceId::new([0; 16]));
        (1..).zip(rows).for_each(|(at, row)| roster.apply(at, row));
        roster
    }

    #[test]
    fn nobody_has_a_child_never_assigned_withdrawn_or_of_a_post_that_is_over() {
        let (assign, withdraw) = (
            |n, to| Row::Assign { child: child(n), post: post(to) },
            |n, from| Row::Withdraw { child: child(n), post: post(from) },
        );
        let last = Day::EPOCH.plus(10);
        let mut rows = vec![held(1, None), held(2, Some(last))];
        rows.extend((1..=7).map(placed));
        rows.extend([assign(1, 1), assign(2, 1), withdraw(2, 1), assign(3, 2), assign(5, 2), assign(5, 1)]);
        // Of a post of another street, which nobody here knows; handed over; erased.
        rows.extend([assign(6, 9), assign(7, 2), withdraw(7, 2), Row::Erase { child: child(7) }]);
        let roster = roster(&rows);
        let alone = |on: Day| roster.in_nobodys_charge(on).into_iter().collect::<Vec<_>>();
        assert_eq!(alone(last), [child(2), child(4), child(6)]);
        assert_eq!(alone(last.plus(1)), [child(2), child(3), child(4), child(6)], "the day ends the post");
        let since = |n| roster.alone_since(child(n), last.plus(1));
        assert_eq!([since(2), since(3)], [Since::Withdrawn, Since::Ended(last.plus(1))]);
        assert_eq!([since(4), since(6)], [Since::Placed; 2]);
    }

    #[test]
    fn a_child_assigned_again_is_in_good_hands() {
        let mut rows = vec![held(1, None), placed(1), Row::Assign { child: child(1), post: post(1) }];
        rows.push(Row::Withdraw { child: child(1), post: post(1) });
        assert_eq!(roster(&rows).in_nobodys_charge(Day::EPOCH).len(), 1);
        rows.push(Row::Assign { child: child(1), post: post(1) });
        assert!(roster(&rows).in_nobodys_charge(Day::EPOCH).is_empty());
        rows.extend([Row::Alias { child: child(1), of: child(2), joined: true }, held(1, Some(Day::EPOCH))]);
        assert!(roster(&rows).in_nobodys_charge(Day::EPOCH.plus(1)).is_empty(), "it is in another file now");
    }

    /// A supervisor (1), two directors of two communities (2, 3) and one of another street (4), each
    /// with a device; child 1 is the first director's.
    fn street() -> Roster {
        let mut rows = Vec::new();
        for (n, area, role) in [
            (1, 990_102_001_000, Role::Supervisor),
            (2, 990_102_001_001, Role::Director),
            (3, 990_102_001_002, Role::Director),
            (4, 990_102_002_001, Role::Director),
        ] {
            let (person, unit, area) =
                (PersonId::new([n; 16]), UnitId::new([n; 16]), Area::new(area).expect("an area"));
            let (sign, seal, label) = ([n; 32], [n; 32], String::new());
            rows.extend([
                Row::Unit { id: unit, name: String::new(), area },
                Row::Post { id: post(n), person, unit, role, from: Day::EPOCH, to: None },
                Row::Device { id: DeviceId::new([n; 16]), person, sign, seal, label, segment: None },
            ]);
        }
        rows.extend([placed(1), Row::Assign { child: child(1), post: post(2) }]);
        roster(&rows)
    }

    #[test]
    fn who_lost_a_child_is_told_how() {
        let of = |roster: &Roster, n: u8| roster.departure(DeviceId::new([n; 16]), child(1), Day::EPOCH);
        let mut there = street();
        assert_eq!([of(&there, 1), of(&there, 2)], [None; 2]);
        there.apply(20, &Row::Child { child: child(1), area: Area::new(990_102_001_002).expect("an area") });
        let place = Area::new(990_102_001_002).expect("an area");
        assert_eq!([of(&there, 1), of(&there, 2)], [None, Some(Departure::Community(place))]);
        there.apply(21, &Row::Assign { child: child(1), post: post(3) });
        there.apply(22, &Row::Withdraw { child: child(1), post: post(2) });
        assert_eq!([of(&there, 1), of(&there, 2)], [None, Some(Departure::Handed(PersonId::new([3; 16])))]);
        there.apply(23, &Row::Withdraw { child: child(1), post: post(3) });
        assert_eq!(of(&there, 2), Some(Departure::Withdrawn));
        there.apply(24, &Row::Child { child: child(1), area: Area::new(990_102_002_001).expect("an area") });
        assert_eq!([of(&there, 1), of(&there, 2)], [Some(Departure::Street); 2]);
        there.apply(25, &Row::Erase { child: child(1) });
        assert_eq!([of(&there, 1), of(&there, 2)], [None; 2], "of an erased file nothing is told");
    }

    fn row() -> impl Strategy<Value = Row> {
        (0..6u8, 1..5u8, 1..4u8).prop_map(|(kind, n, to)| match kind {
            0 => placed(n),
            1 => Row::Withdraw { child: child(n), post: post(to) },
            2 => held(to, (n > 2).then(|| Day::EPOCH.plus(i32::from(n)))),
            3 => Row::Erase { child: child(n) },
            _ => Row::Assign { child: child(n), post: post(to) },
        })
    }

    proptest! {
        #[test]
        fn the_index_says_what_looking_at_every_child_says(rows in proptest::collection::vec(row(), 0..40), day in 0..6) {
            let (roster, on) = (roster(&rows), Day::EPOCH.plus(day));
            let every = roster.children.keys().copied();
            let looked: BTreeSet<ChildId> = every.filter(|child| roster.asks_for_somebody(*child, on)).collect();
            prop_assert_eq!(roster.in_nobodys_charge(on), looked);
        }
    }
}
