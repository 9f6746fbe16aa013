//! First downloads packed once: frames of everything a set of channels hears, kept in the cache and
//! sent as they are. It must not change what a reader may see: a set is dropped when its members change.

use std::collections::BTreeSet;

use domain::id::{Digest, PostId};
use domain::post::Role;
use domain::roster::Channel;
use sync::key::sha256;
use sync::wire::Cursor;

use crate::meter::timed;
use crate::pull::{Reader, Sent};
use crate::rows::Rows;
use crate::server::{Server, ServerError};
use crate::store::{Segment, Store, channel};

/// Below this many unpacked bytes, packing anew costs less than keeping.
const WORTH_BYTES: usize = 128 * 1024;

/// What a first download depends on: the posts, what they hear, what their roles may read.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Set {
    channels: BTreeSet<Channel>,
    roles: BTreeSet<Role>,
    posts: BTreeSet<PostId>,
}

impl Set {
    pub(crate) fn of(reader: &Reader) -> Self {
        Self {
            channels: reader.channels.clone(),
            roles: reader.posts.iter().map(|(_, post)| post.role).collect(),
            posts: reader.posts.iter().map(|(id, _)| *id).collect(),
        }
    }

    fn id(&self) -> Digest {
        let mut bytes = Vec::new();
        for channel in &self.channels {
            bytes.extend(channel::to_bytes(*channel));
        }
        for role in &self.roles {
            bytes.extend(minicbor::to_vec(role).unwrap_or_default());
        }
        sha256(&[b"tongdang/segment/1", &bytes])
    }
}

impl<S: Store> Server<S> {
    /// Packs the next frame of a wanted set; false when nothing is wanted.
    pub fn segment_step(&mut self) -> Result<bool, ServerError> {
        let Some(set) = self.wanted.first().cloned() else { return Ok(false) };
        let (done, cpu) = timed(|| self.pack_next(&set));
        self.meter.segment_cpu += cpu;
        if done? {
            self.wanted.remove(&set);
        }
        Ok(true)
    }

    /// Packs one frame of a set; true when the set is up to date.
    fn pack_next(&mut self, set: &Set) -> Result<bool, ServerError> {
        let reader = self.reader_of(set);
        let id = set.id();
        let head = self.head()?;
        let (packed, number) = self.vault.store.segments(&id)?.unwrap_or_default();
        let open = match number.checked_sub(1) {
            Some(last) => self.vault.store.segment(&id, last)?.map(|s| s.first).filter(|first| *first > packed),
            None => None,
        };
        let first = open.unwrap_or(head.position);
        let mut rows = Rows::dense(reader.clone());
        let mut upto = first;
        for position in self.first_positions(&reader, packed, first)? {
            self.add_at(&mut rows, position)?;
            if rows.is_full() {
                upto = position;
                break;
            }
        }
        if open.is_none() && !rows.is_full() && rows.bytes() < WORTH_BYTES {
            return Ok(true);
        }
        let mut cursor = self.cursor_at(upto)?;
        cursor.first = if upto == first { 0 } else { first };
        let Some(frame) = rows.take(None, Some(cursor)) else { return Ok(true) };
        let channels: Vec<Channel> = set.channels.iter().copied().collect();
        self.vault.store.note_set(&id, &channels)?;
        self.vault.store.add_segment(&id, &Segment { number, upto, first, frame })?;
        Ok(upto == first)
    }

    fn reader_of(&self, set: &Set) -> Reader {
        let posts = set.posts.iter().filter_map(|id| Some((*id, self.roster.posts.get(id)?.clone())));
        Reader { device: None, posts: posts.collect(), channels: set.channels.clone() }
    }

    /// Sends the packed frames of a set from a place on; where the reader stands after them.
    pub(crate) fn send_segments(&mut self, set: &Set, from: Cursor, sent: &mut Sent) -> Result<Cursor, ServerError> {
        let id = set.id();
        let mut cursor = from;
        let mut number = 0;
        if from.position > 0 {
            // Only a reader that stands at a seam of this very set may go on with it.
            let seam = self.vault.store.segment_after(&id, from.position - 1)?;
            let Some(seam) = seam.filter(|s| s.upto == from.position && s.first == from.first) else {
                return Ok(from);
            };
            number = seam.number + 1;
        }
        while let Some(segment) = self.vault.store.segment(&id, number)? {
            cursor = self.cursor_at(segment.upto)?;
            cursor.first = if segment.upto == segment.first { 0 } else { segment.first };
            sent.push(Some(segment.frame));
            number += 1;
            if sent.is_full() {
                break;
            }
        }
        Ok(cursor)
    }

    /// Drops the sets that any of these channels belongs to.
    pub(crate) fn drop_sets(&mut self, channels: &BTreeSet<Channel>) -> Result<(), ServerError> {
        for channel in channels {
            for set in self.vault.store.sets_on(*channel)? {
                self.vault.store.drop_segments(&set)?;
            }
        }
        Ok(())
    }

    /// Asks for a device's first download to be packed when there is time.
    pub(crate) fn want_segments(&mut self, reader: &Reader) {
        if !reader.posts.is_empty() {
            self.wanted.insert(Set::of(reader));
        }
    }

    /// How many sets wait to be packed.
    pub fn segments_wanted(&self) -> usize {
        self.wanted.len()
    }
}
