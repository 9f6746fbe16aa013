//! What a device hears: the log after its cursor, filtered by what it may see now; the history of
//! what it was just granted; its first download. It must not open documents or change anything.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use domain::day::Day;
use domain::id::{ChildId, DeviceId, Position, PostId};
use domain::post::Reach;
use domain::rights::{self, Verb};
use domain::roster::{Channel, NOW, Post, Roster, Row};
use sync::envelope::Envelope;
use sync::item::Kind;
use sync::wire::{Cursor, End, History, Holding, Request, Want};

use crate::damage::Damage;
use crate::rows::Rows;
use crate::segment::Set;
use crate::server::{Server, ServerError};
use crate::store::{Store, StoredItem};

/// Rows and end of an answer.
pub(crate) struct Pull {
    pub(crate) frames: Vec<Vec<u8>>,
    pub(crate) end: End,
}

/// Packed bytes after which an answer ends and the device asks again: one measure for all it asked for.
const ANSWER_BYTES: usize = 4 << 20;
/// Positions looked at in one answer.
const SCAN: usize = 50_000;

/// The frames of an answer so far.
#[derive(Default)]
pub(crate) struct Sent {
    frames: Vec<Vec<u8>>,
    bytes: usize,
}

impl Sent {
    /// One more; a frame with nothing in it is none.
    pub(crate) fn push(&mut self, frame: Option<Vec<u8>>) {
        self.bytes += frame.as_ref().map_or(0, Vec::len);
        self.frames.extend(frame);
    }

    /// Whether the answer is long enough.
    pub(crate) const fn is_full(&self) -> bool {
        self.bytes > ANSWER_BYTES
    }
}

/// Who reads, and what she may hear today.
#[derive(Clone)]
pub(crate) struct Reader {
    pub(crate) device: Option<DeviceId>,
    pub(crate) posts: Vec<(PostId, Post)>,
    pub(crate) channels: BTreeSet<Channel>,
}

impl Reader {
    pub(crate) fn new(roster: &Roster, device: DeviceId, on: Day) -> Self {
        let posts: Vec<_> = roster.posts_on(device, on).map(|(id, post)| (id, post.clone())).collect();
        // Whoever holds no post hears of her own: that one ended she may have to be told after its last day.
        let channels = if posts.is_empty() { roster.channels_about(device) } else { roster.channels_of(device, on) };
        Self { device: Some(device), posts, channels }
    }

    /// Whether a row of the roster may be read: any that is heard here, or of one without a post her own posts.
    pub(crate) fn may_read_row(&self, roster: &Roster, row: &Row) -> bool {
        let me = self.device.filter(|_| self.posts.is_empty()).and_then(|device| roster.devices.get(&device));
        me.is_none_or(|me| matches!(row, Row::Post { person, .. } if *person == me.person))
    }

    /// Whether a row that is heard on her channels, or about a child of hers, may be read.
    pub(crate) fn may_read(&self, roster: &Roster, item: &StoredItem) -> bool {
        let everything = self.channels.contains(&Channel::District);
        match (item.kind, item.child) {
            (Kind::Roster, _) => true,
            (Kind::Audit, Some(child)) if item.form == sync::claim::FORM => {
                self.may_read_form(roster, &item.form, child)
            }
            (Kind::Audit, _) => everything || item.form == sync::notice::FORM,
            (Kind::Change | Kind::Sealed | Kind::File, None) => everything,
            (Kind::Change | Kind::Sealed | Kind::File, Some(child)) => self.may_read_form(roster, &item.form, child),
        }
    }

    /// Whether records of a form of a child may be read.
    pub(crate) fn may_read_form(&self, roster: &Roster, form: &str, child: ChildId) -> bool {
        self.posts
            .iter()
            .any(|(id, post)| rights::role_may(post.role, Verb::Read, form) && roster.reaches(*id, post, child, NOW))
    }

    /// Whether she sees to it that no number of a chain is missing.
    pub(crate) fn counts_chains(&self) -> bool {
        self.channels.iter().any(|c| matches!(c, Channel::Station(_) | Channel::District))
    }

    /// Position since which she sees the child; `None` when she does not.
    pub(crate) fn since(&self, roster: &Roster, child: ChildId) -> Option<Position> {
        self.posts.iter().filter_map(|(id, post)| roster.reached_since(*id, post, child)).min()
    }

    /// Everyone she sees who was hers already at `at`.
    pub(crate) fn children(&self, roster: &Roster, at: Position) -> BTreeSet<ChildId> {
        let mut children = BTreeSet::new();
        for (id, post) in &self.posts {
            if post.role.reach() == Reach::Assigned {
                children.extend(roster.children_of(*id));
            } else {
                children.extend(roster.children.keys().filter(|c| roster.reaches(*id, post, **c, NOW)));
            }
        }
        children.retain(|child| self.since(roster, *child).is_some_and(|since| since <= at));
        children
    }
}

/// What is known while the tail is heard.
#[derive(Default)]
struct Heard {
    /// Where the reader's cursor stood.
    after: Position,
    /// By row of the envelope, what she says she holds.
    holds: BTreeMap<u64, Holding>,
    /// By row of the envelope, its author and the roster version she knew.
    authors: BTreeMap<u64, (DeviceId, Position)>,
    /// The children she was granted since.
    grants: BTreeSet<ChildId>,
}

impl<S: Store> Server<S> {
    /// Everything a device gets in one answer.
    pub(crate) fn pull(&mut self, device: DeviceId, request: &Request, on: Day) -> Result<Pull, ServerError> {
        let head = self.head()?;
        let mut cursor = request.cursor;
        let held = request.held.as_deref().unwrap_or_default();
        if cursor == head && request.want.is_empty() && held.is_empty() {
            return Ok(Pull { frames: Vec::new(), end: End { cursor, more: false } });
        }
        let reader = Reader::new(&self.roster, device, on);
        let mut rows = Rows::new(reader.clone());
        let mut sent = Sent::default();
        if self.begins_anew(&reader, cursor) {
            cursor = Cursor::default();
        }
        if cursor.position == 0 || cursor.first != 0 {
            cursor = self.first_download(&reader, cursor, head, &mut sent)?;
        }
        let holds = request.holds.as_deref().unwrap_or_default();
        let mut wants = request.want.clone();
        let mut more = cursor.first != 0;
        if !more {
            let grants;
            (cursor, grants) = self.tail(&mut rows, (cursor, head), holds, &mut sent)?;
            more = cursor.position < head.position;
            // What does not come now the device knows that it lacks, and asks for.
            wants.splice(0..0, grants.into_iter().map(|child| Want { child, after: 0 }));
        }
        for want in wants {
            let Some(since) = reader.since(&self.roster, want.child) else { continue };
            if sent.is_full() {
                more = true;
                break;
            }
            let upto = if since == 0 { head.position } else { since - 1 };
            more |= !self.history(&mut rows, want, upto, &mut sent)?;
        }
        more |= !self.held_for(&reader, held, &mut sent)?;
        Ok(Pull { frames: sent.frames, end: End { cursor, more } })
    }

    /// A post that began after the cursor opens channels the device never heard: begin anew.
    fn begins_anew(&self, reader: &Reader, cursor: Cursor) -> bool {
        let known = cursor.position.max(cursor.first);
        reader.posts.iter().any(|(id, _)| self.since.get(id).is_some_and(|since| *since > known))
    }

    /// Position since which a device may have a child without a break, days between two posts among them.
    fn held_since(&self, reader: &Reader, child: ChildId) -> Option<Position> {
        let begun = |id: &PostId| self.since.get(id).copied().unwrap_or_default();
        let reached = reader
            .posts
            .iter()
            .filter_map(|(id, post)| Some(self.roster.reached_since(*id, post, child)?.max(begun(id))));
        reached.min()
    }

    /// Rows of her channels after the cursor; and the children she was granted in between. Ends early when the
    /// answer is long enough.
    fn tail(
        &mut self,
        rows: &mut Rows,
        (from, head): (Cursor, Cursor),
        holds: &[Holding],
        sent: &mut Sent,
    ) -> Result<(Cursor, BTreeSet<ChildId>), ServerError> {
        let (positions, upto) = self.heard(&rows.reader.channels.clone(), from.position, head.position)?;
        let mut heard = Heard { after: from.position, holds: self.held_by_reader(holds)?, ..Heard::default() };
        let mut at = from.position;
        for position in positions {
            at = position;
            let added = self.hear(rows, position, &mut heard);
            self.unless_damaged(Damage::Log(position), added)?;
            if rows.is_full() {
                let cursor = self.cursor_at(position)?;
                sent.push(rows.take(None, Some(cursor)));
                if sent.is_full() {
                    return Ok((cursor, heard.grants));
                }
            }
        }
        let cursor = if upto == head.position { head } else { self.cursor_at(at.max(upto))? };
        if !rows.is_empty() {
            sent.push(rows.take(None, Some(cursor)));
        }
        Ok((cursor, heard.grants))
    }

    /// One row of her channels after the cursor.
    fn hear(&mut self, rows: &mut Rows, position: Position, heard: &mut Heard) -> Result<(), ServerError> {
        let item = self.vault.store.row(position)?.ok_or(ServerError::Row(position))?;
        let since = item.child.and_then(|c| Some((c, rows.reader.since(&self.roster, c)?)));
        let granted = since.filter(|(_, since)| *since > heard.after);
        if let (Kind::Roster, Some((child, _))) = (item.kind, granted) {
            heard.grants.insert(child);
        }
        let comes_as_history = item.kind != Kind::Roster && granted.is_some_and(|(_, since)| position < since);
        let (author, knew) = match heard.authors.entry(item.envelope) {
            Entry::Occupied(author) => *author.get(),
            Entry::Vacant(new) => *new.insert(self.author_of(&item)?),
        };
        // Her own work is with her, unless she wrote it before the child was taken from her
        // and given back, or before her post began anew: then she purged it in between.
        let held = item.child.and_then(|child| self.held_since(&rows.reader, child));
        let has = Some(author) == rows.reader.device && held.is_none_or(|since| since <= knew);
        let holding = heard.holds.get(&item.envelope).filter(|holding| holding.has(item.place));
        if let Some(holding) = holding.filter(|_| !has && rows.reader.may_read(&self.roster, &item)) {
            rows.regain(holding.mark, item.place, position);
        } else if !has && !comes_as_history {
            self.add(rows, &item, position)?;
        }
        Ok(())
    }

    /// By row of the envelope, what the reader says it holds.
    fn held_by_reader(&mut self, holds: &[Holding]) -> Result<BTreeMap<u64, Holding>, ServerError> {
        let (mut held, mut seen) = (BTreeMap::new(), BTreeSet::new());
        for holding in holds.iter().filter(|holding| seen.insert(holding.mark)) {
            // Two that begin alike: which is meant cannot be known, so both come whole.
            if let [row] = self.vault.store.envelopes_marked(holding.mark)?[..] {
                held.insert(row, *holding);
            }
        }
        Ok(held)
    }

    /// Who signed an item, and the roster version she knew.
    fn author_of(&mut self, item: &StoredItem) -> Result<(DeviceId, Position), ServerError> {
        let kept = self.vault.store.envelope(item.envelope)?.ok_or(ServerError::Row(item.envelope))?;
        let header = Envelope::decode(&kept.header).map_err(|_| ServerError::Row(item.envelope))?;
        Ok((kept.device, header.roster))
    }

    /// Positions heard on any of the channels, ascending, and up to where that is complete.
    pub(crate) fn heard(
        &mut self,
        channels: &BTreeSet<Channel>,
        after: Position,
        upto: Position,
    ) -> Result<(BTreeSet<Position>, Position), ServerError> {
        let (mut all, mut complete) = (BTreeSet::new(), upto);
        for channel in channels {
            let positions = self.vault.store.heard(*channel, after, upto, SCAN)?;
            if let (SCAN, Some(last)) = (positions.len(), positions.last()) {
                complete = complete.min(*last);
            }
            all.extend(positions);
        }
        all.retain(|position| *position <= complete);
        Ok((all, complete))
    }

    /// A child's rows in `(want.after, upto]` as history frames; false when not all fitted.
    fn history(&mut self, rows: &mut Rows, want: Want, upto: Position, sent: &mut Sent) -> Result<bool, ServerError> {
        let child = want.child;
        let positions = self.vault.store.of_child(child, want.after, upto, SCAN)?;
        let rest = if positions.len() == SCAN { positions.last().copied() } else { None };
        for position in positions {
            self.add_at(rows, position)?;
            if rows.is_full() || rest == Some(position) {
                sent.push(rows.take(Some(History { child, upto: position, whole: false }), None));
                if sent.is_full() || rest == Some(position) {
                    return Ok(false);
                }
            }
        }
        sent.push(rows.take(Some(History { child, upto: upto.max(want.after), whole: true }), None));
        Ok(true)
    }

    /// The first download from a place on: packed segments where they are, the log for the rest.
    fn first_download(
        &mut self,
        reader: &Reader,
        from: Cursor,
        head: Cursor,
        sent: &mut Sent,
    ) -> Result<Cursor, ServerError> {
        let set = Set::of(reader);
        let mut cursor = self.send_segments(&set, from, sent)?;
        self.wanted.insert(set);
        if cursor.position != 0 && cursor.first == 0 {
            return Ok(cursor);
        }
        let first = if cursor.first == 0 { head.position } else { cursor.first };
        let mut rows = Rows::new(reader.clone());
        for position in self.first_positions(reader, cursor.position, first)? {
            self.add_at(&mut rows, position)?;
            if rows.is_full() {
                cursor = Cursor { first: if position == first { 0 } else { first }, ..self.cursor_at(position)? };
                sent.push(rows.take(None, Some(cursor)));
                if sent.is_full() {
                    return Ok(cursor);
                }
            }
        }
        cursor = self.cursor_at(first)?;
        sent.push(rows.take(None, Some(cursor)));
        Ok(cursor)
    }

    /// Positions of a first download in `(after, upto]`: what her channels heard, and all of the
    /// children that were hers at `upto`.
    pub(crate) fn first_positions(
        &mut self,
        reader: &Reader,
        after: Position,
        upto: Position,
    ) -> Result<BTreeSet<Position>, ServerError> {
        let mut all = BTreeSet::new();
        for channel in &reader.channels {
            all.extend(self.vault.store.heard(*channel, after, upto, usize::MAX >> 1)?);
        }
        if !reader.channels.contains(&Channel::District) {
            for child in reader.children(&self.roster, upto) {
                all.extend(self.vault.store.of_child(child, after, upto, usize::MAX >> 1)?);
            }
        }
        Ok(all)
    }

    /// The cursor at a position of the log.
    pub(crate) fn cursor_at(&mut self, position: Position) -> Result<Cursor, ServerError> {
        if position == 0 {
            return Ok(Cursor::default());
        }
        let chain = self.vault.store.chain(position)?.ok_or(ServerError::Row(position))?;
        Ok(Cursor::at(position, &chain))
    }
}
