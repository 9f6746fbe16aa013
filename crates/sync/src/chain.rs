//! The log's hash chain, and how two sides find the newest point they have in common. It covers
//! digests and positions, never content.

use domain::id::{Digest, Position};

use crate::key::sha256;
use crate::wire::{Checkpoint, Cursor};

/// The chain before the first row.
pub const START: Digest = Digest([0; 32]);

/// The chain at `position`, given the chain at the position before and the digest of the item
/// accepted there. (A position is the verdict: only accepted items have one.)
pub fn step(previous: &Digest, position: Position, item: &Digest) -> Digest {
    sha256(&[b"tongdang/chain/1", &previous.0, &position.to_be_bytes(), &item.0])
}

impl Cursor {
    /// The cursor at a position whose chain value is known.
    pub fn at(position: Position, chain: &Digest) -> Self {
        let mut short = [0; 8];
        short.copy_from_slice(&chain.0[..8]);
        Self { position, chain: short, first: 0 }
    }
}

impl From<Checkpoint> for Cursor {
    fn from(checkpoint: Checkpoint) -> Self {
        Self::at(checkpoint.position, &checkpoint.chain)
    }
}

/// Positions a server offers when histories differ: `end` (where it was restored, or its log's
/// end) and then steps back that double. Newest first, 0 left out.
pub fn spaced(end: Position) -> Vec<Position> {
    let steps = (0..Position::BITS).map(|power| (1u64 << power) - 1);
    steps.map_while(|step| end.checked_sub(step)).filter(|position| *position > 0).collect()
}

/// The cursors worth keeping on a device, of those it stood at: the newest in each doubling
/// distance from the end. Newest first; at most 65.
pub fn thinned(mut cursors: Vec<Cursor>) -> Vec<Cursor> {
    cursors.sort_by_key(|cursor| std::cmp::Reverse(cursor.position));
    let end = cursors.first().map_or(0, |newest| newest.position);
    let distance = |cursor: &Cursor| Position::BITS - (end - cursor.position).leading_zeros();
    cursors.dedup_by_key(|cursor| distance(cursor));
    cursors
}

/// The newest cursor of `mine` that nothing in `theirs` speaks against; `None`: start from 0.
///
/// A cursor beyond their newest, or at or above one at the same position with another chain, is
/// out. If the server then still answers that histories differ, forget the cursor and ask again:
/// a server that was restored from a backup names the place of the restore first, so that one
/// question is enough.
pub fn common(mine: &[Cursor], theirs: &[Cursor]) -> Option<Cursor> {
    let end = theirs.iter().map(|cursor| cursor.position).max()?;
    let differs =
        |cursor: &&Cursor| theirs.iter().any(|their| their.position == cursor.position && their.chain != cursor.chain);
    let below = mine.iter().filter(differs).map(|cursor| cursor.position).min().unwrap_or(Position::MAX);
    let possible = mine.iter().filter(|cursor| cursor.position <= end && cursor.position < below);
    possible.max_by_key(|cursor| cursor.position).map(|cursor| Cursor { first: 0, ..*cursor })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn log(seed: u8, len: u64, from: Digest) -> Vec<Cursor> {
        let mut chain = from;
        let mut walk = |position| {
            chain = step(&chain, position, &Digest([seed; 32]));
            Cursor::at(position, &chain)
        };
        (1..=len).map(&mut walk).collect()
    }

    #[test]
    fn a_restored_server_and_a_desk_meet_at_the_backup() {
        let old = log(1, 1000, START);
        let desk: Vec<Cursor> = [100, 400, 700, 1000].map(|p: usize| old[p - 1]).to_vec();
        let backup: Vec<Cursor> = spaced(650).iter().map(|p| old[*p as usize - 1]).collect();
        assert_eq!(common(&desk, &backup), Some(old[399]));
    }

    #[test]
    fn a_server_with_another_history_has_nothing_in_common() {
        let (old, foreign) = (log(1, 64, START), log(2, 64, START));
        assert_eq!(common(&old, &foreign), None);
        assert_eq!(common(&old, &[]), None);
    }

    #[test]
    fn checkpoints_thin_out_with_distance() {
        assert_eq!(spaced(10), [10, 9, 7, 3]);
        assert!(spaced(0).is_empty());
        let kept: Vec<_> = thinned(log(1, 100, START)).iter().map(|c| c.position).collect();
        assert_eq!(kept, [100, 99, 98, 96, 92, 84, 68, 36]);
    }

    proptest! {
        #[test]
        fn the_common_point_is_never_wrong_where_positions_meet(shared in 0u64..60, mine in 1u64..60, theirs in 1u64..60) {
            let trunk = log(1, shared, START);
            let tip = (0..shared).fold(START, |chain, n| step(&chain, n + 1, &Digest([1; 32])));
            let branch = |seed, len| {
                let mut chain = tip;
                let mut all = trunk.clone();
                for position in shared + 1..=shared + len {
                    chain = step(&chain, position, &Digest([seed; 32]));
                    all.push(Cursor::at(position, &chain));
                }
                all
            };
            let found = common(&branch(2, mine), &branch(3, theirs));
            prop_assert_eq!(found.map_or(0, |c| c.position), shared);
        }

        #[test]
        fn few_checkpoints_are_kept_and_always_the_newest(len in 1u64..5000) {
            let kept = thinned(log(1, len, START));
            prop_assert!(kept.len() <= 65 && kept[0].position == len);
            prop_assert_eq!(thinned(kept.clone()), kept);
        }
    }
}
