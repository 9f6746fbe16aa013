//! The whole server as one value: synchronous, deterministic, one writer. It must not know
//! sockets, clocks or the operating system.

use std::collections::{BTreeMap, BTreeSet};

use domain::day::Day;
use domain::id::RecordId;
use domain::id::{Branch, DeviceId, Digest, PersonId, Position, PostId};
use domain::moment::{Moment, Timestamp};
use domain::number::Segment;
use domain::roster::{Post, Roster, Row};
use sync::chain;
use sync::envelope::{ENVELOPE_BYTES_MAX, Envelope, ITEMS_MAX, Link};
use sync::frame;
use sync::item::{Item, Kind};
use sync::pack::Level;
use sync::wire::{Cursor, End, Frame, Head, Outcome, State};

use crate::arrival::Brought;
use crate::inbox::{Asked, Incoming, Proven};
use crate::meter::{Meter, timed};
use crate::open_records::OpenRecords;
use crate::pull::{Pull, Reader};
use crate::secret::{District, Secret};
use crate::segment::Set;
use crate::store::{Aside, Code, DeviceState, Standing, Store, StoreError};
use crate::vault::Vault;

mod memory;

/// What the HTTP edge sends back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// Unknown device or unreadable request: the uniform 404.
    NotFound,
    /// The store failed; nothing was kept and no receipt is given.
    Unavailable,
    /// Encoded frames, in order.
    Frames(Vec<Vec<u8>>),
}

/// Why an act of the server itself did not happen.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ServerError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A stored row that is none.
    #[error("数据库里有读不懂的行（位置 {0}）：请运行 verify，必要时用 restore 恢复备份。")]
    Row(Position),
    /// One item alone is larger than an envelope.
    #[error("有一条内容太大，没有写入。")]
    TooLarge,
}

impl ServerError {
    /// Whether something stored cannot be read: it holds itself, and all else goes on.
    pub(crate) const fn is_damage(&self) -> bool {
        matches!(self, Self::Row(_) | Self::Store(StoreError::Damaged))
    }
}

/// How long a device may read without a sync, when no policy says otherwise.
const LEASE_DAYS: i64 = 14;
/// A push this large is a history: the author's first download is worth packing anew.
const BULK_BYTES: usize = 64 * 1024;
const DAY_S: i64 = 24 * 3600;
/// Facts of the store.
pub(crate) mod fact {
    /// Where the server's own chain stands, CBOR.
    pub(crate) const LINK: &str = "link";
    /// The last day whose new posts were told.
    pub(crate) const BEGUN: &str = "begun";
    /// Inbox numbers up to here are in a compared backup.
    pub(crate) const BACKED_UP: &str = "backed_up";
    /// When that backup was made.
    pub(crate) const BACKED_UP_AT: &str = "backed_up_at";
    /// How often the store was restored; the log's end at the last time; whether rows are withheld.
    pub(crate) const EPOCH: &str = "epoch";
    /// Drawn anew at each restore.
    pub(crate) const LIFE: &str = "life";
    pub(crate) const RESTORED_AT: &str = "restored_at";
    pub(crate) const WITHHELD: &str = "withheld";
    /// After a restore, until all is back: the desks that said they brought back what they had, CBOR.
    pub(crate) const REGAINING: &str = "regaining";
}

/// Where the server's own chain stands.
#[derive(Clone, Copy, minicbor::Encode, minicbor::Decode)]
pub(crate) struct OwnChain {
    #[n(0)]
    pub(crate) branch: Branch,
    #[n(1)]
    pub(crate) seq: u32,
    #[n(2)]
    pub(crate) prev: Digest,
}

/// One district's server.
pub struct Server<S> {
    pub(crate) vault: Vault<S>,
    pub(crate) secret: Secret,
    pub(crate) digest: Digest,
    pub(crate) roster: Roster,
    pub(crate) since: Since,
    /// The last day whose new posts were told; `None` before the first request ever.
    begun: Option<Day>,
    pub(crate) epoch: u64,
    pub(crate) life: u32,
    pub(crate) withheld: bool,
    /// While it takes back what a restore lost: who said that she brought back all.
    pub(crate) regaining: Option<BTreeSet<DeviceId>>,
    pub(crate) backed_up: u64,
    pub(crate) backed_up_at: Timestamp,
    pub(crate) wanted: BTreeSet<Set>,
    pub(crate) open: OpenRecords,
    pub(crate) aside: Aside,
    pub(crate) meter: Meter,
    /// What is held in memory may not be what the store says: something failed, and so did reading it anew.
    is_stale: bool,
}

/// Position of the row since which a post is what it is now, and held.
type Since = BTreeMap<PostId, Position>;

impl<S: Store> Server<S> {
    /// Opens the server over a store.
    pub fn open(store: S, secret: Secret) -> Result<Self, ServerError> {
        let digest = secret.district.digest();
        let roster = Roster::new(secret.id());
        let mut server = Self {
            vault: Vault::new(store),
            secret,
            digest,
            roster,
            since: Since::new(),
            begun: None,
            epoch: 0,
            life: 0,
            withheld: false,
            regaining: None,
            backed_up: 0,
            backed_up_at: Timestamp(0),
            wanted: BTreeSet::new(),
            open: OpenRecords::default(),
            aside: Aside::default(),
            meter: Meter::default(),
            is_stale: true,
        };
        server.reload()?;
        Ok(server)
    }

    /// A post may begin on a later day than its row came. Until then its channels are closed to whoever
    /// will hold it, and her cursor goes past what they say: on its first day the row is written once
    /// more, and whoever comes with an older cursor begins anew.
    fn begin_posts(&mut self, m: &mut Moment) -> Result<(), ServerError> {
        let Some((before, today)) = self.new_day(m).and_then(|today| Some((self.begun?, today))) else {
            return Ok(());
        };
        let begins = |post: &Post| post.from > before && post.held_on(today);
        let posts = self.roster.posts.iter().filter(|(_, post)| begins(post));
        let rows: Vec<Row> = posts.map(|(id, post)| post.row(*id)).collect();
        if rows.is_empty() {
            return Ok(());
        }
        let items = self.items_of_rows(m, rows);
        // With the rows, so that a gate that fails does not have them said with every request.
        self.durably(|s| {
            batches(items.iter().map(Item::encode).collect())?
                .into_iter()
                .try_for_each(|batch| s.keep_own(m, batch).map(drop))?;
            s.note_day(m)
        })?;
        while self.gate_step(m).is_ok_and(|more| more) {}
        Ok(())
    }

    /// Writes down that the posts of this day were told.
    fn note_day(&mut self, m: &Moment) -> Result<(), ServerError> {
        if let Some(today) = self.new_day(m) {
            self.vault.store.set_fact(fact::BEGUN, &minicbor::to_vec(today).unwrap_or_default())?;
            self.begun = Some(today);
        }
        Ok(())
    }

    /// Today, unless its posts were told. A server just restored does not know yet who begins.
    fn new_day(&self, m: &Moment) -> Option<Day> {
        let today = Day::of(m.now);
        // Another day, not only a later one: a clock that ran ahead is put right again.
        (!self.withheld && self.begun != Some(today)).then_some(today)
    }

    pub(crate) fn number(&mut self, name: &str) -> Result<u64, StoreError> {
        let bytes = self.vault.store.fact(name)?;
        Ok(bytes.and_then(|b| b.try_into().ok()).map_or(0, u64::from_be_bytes))
    }

    pub(crate) fn set_number(&mut self, name: &str, n: u64) -> Result<(), StoreError> {
        self.vault.store.set_fact(name, &n.to_be_bytes())
    }

    /// The roster now.
    pub const fn roster(&self) -> &Roster {
        &self.roster
    }

    /// What the district is called and how it proves itself.
    pub const fn district(&self) -> &District {
        &self.secret.district
    }

    /// The server's secrets (TLS, inbox key).
    pub const fn secret(&self) -> &Secret {
        &self.secret
    }

    /// Counters since opening.
    pub const fn meter(&self) -> &Meter {
        &self.meter
    }

    /// The store, for backups and looking into.
    pub const fn store(&self) -> &S {
        &self.vault.store
    }

    /// The log's end.
    pub fn head(&mut self) -> Result<Cursor, ServerError> {
        let (position, chain) = self.vault.head()?;
        Ok(Cursor::at(position, &chain))
    }

    /// Highest inbox number given.
    pub fn newest_number(&mut self) -> Result<u64, ServerError> {
        Ok(self.vault.store.newest_number()?)
    }

    /// How many items are new, accepted, held, waiting.
    pub fn standings(&mut self) -> Result<[u64; 4], ServerError> {
        Ok(self.vault.store.standings()?)
    }

    /// How many pieces of files are kept, and their bytes.
    pub fn pieces(&mut self) -> Result<(u64, u64), ServerError> {
        Ok(self.vault.store.pieces()?)
    }

    /// What is remembered of a device: when it last asked and how far it has confirmed.
    pub fn device(&mut self, device: DeviceId) -> Result<DeviceState, ServerError> {
        Ok(self.vault.store.device(device)?)
    }

    /// Reads how far compared backups reach.
    fn look_for_backup(&mut self) -> Result<(), StoreError> {
        let (upto, made) = (self.number(fact::BACKED_UP)?, self.number(fact::BACKED_UP_AT)?);
        self.backed_up = upto;
        self.backed_up_at = Timestamp(i64::try_from(made).unwrap_or(0));
        Ok(())
    }

    /// Whether a device is due a signed answer although nothing is new: its lease is over a day
    /// old, or it has not heard of the newest backup.
    pub(crate) fn lease_due(&self, now: Timestamp, leased: Timestamp) -> bool {
        // A backup under a clock that ran ahead is not news for ever.
        now.since_s(leased) > DAY_S || (leased < self.backed_up_at && self.backed_up_at <= now)
    }

    /// Until when a device that syncs now may read offline.
    pub fn lease(&self, now: Timestamp) -> Timestamp {
        let days = self.roster.policies.get("lease_days").and_then(|v| v.trim().parse().ok());
        now.plus_s(days.unwrap_or(LEASE_DAYS).clamp(1, 365) * DAY_S)
    }

    /// An enrolment code.
    pub fn code(&mut self, id: u32) -> Result<Option<Code>, ServerError> {
        Ok(self.vault.store.code(id)?)
    }

    /// Adds or replaces an enrolment code; durable on return.
    pub fn put_code(&mut self, code: &Code) -> Result<(), ServerError> {
        self.durably(|s| s.vault.store.set_code(code).map_err(Into::into))
    }

    /// Runs something in one transaction; on failure nothing of it remains, in memory neither.
    pub(crate) fn durably<R>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<R, ServerError>,
    ) -> Result<R, ServerError> {
        if self.is_stale {
            self.take_anew()?;
        }
        let begun = self.vault.store.begin().map_err(ServerError::from);
        let done = begun.and_then(|()| {
            let result = work(self)?;
            self.vault.store.commit()?;
            Ok(result)
        });
        if done.is_err() {
            self.take_anew()?;
        }
        done
    }

    /// Answers one request.
    pub fn handle(&mut self, m: &mut Moment, body: &[u8]) -> Answer {
        self.handle_many(m, &[body]).pop().unwrap_or(Answer::NotFound)
    }

    /// Answers several requests with one commit for all they bring.
    pub fn handle_many(&mut self, m: &mut Moment, bodies: &[&[u8]]) -> Vec<Answer> {
        self.timed(m, |s| bodies.iter().map(|body| s.read(body)).collect())
    }

    /// The same of requests whose signatures were checked at the door.
    pub(crate) fn handle_proven(&mut self, m: &mut Moment, requests: &[Proven]) -> Vec<Answer> {
        self.timed(m, |s| requests.iter().map(|request| s.read_proven(request)).collect())
    }

    fn timed(&mut self, m: &mut Moment, read: impl FnOnce(&Self) -> Vec<Option<Incoming>>) -> Vec<Answer> {
        let (answers, cpu) = timed(|| {
            let incoming = read(self);
            self.answer_all(m, &incoming)
        });
        self.meter.request_cpu += cpu;
        self.meter.requests += answers.len() as u64;
        answers
    }

    fn answer_all(&mut self, m: &mut Moment, incoming: &[Option<Incoming>]) -> Vec<Answer> {
        let just_restored = self.withheld;
        let begun = self.begin_posts(m);
        if let Err(error) = &begun {
            tracing::error!(%error, "posts that begin today not told, tried again with the next request");
        }
        // What came and was not laid out yet is not lacking. Later, whoever is told that it is brings it once more.
        let asks = |incoming: &Incoming| !incoming.request.have.is_empty();
        if self.regaining.is_some() && incoming.iter().flatten().any(asks) {
            self.judge_what_came(m);
        }
        let asked = self.durably(|s| {
            // A backup may have been made by another process of this server.
            s.look_for_backup()?;
            if begun.is_ok() {
                s.note_day(m)?;
            }
            s.keep_all(m, incoming)
        });
        let asked = match asked {
            Ok(asked) => asked,
            // One of them is about something damaged: each for itself.
            Err(error) if error.is_damage() && incoming.len() > 1 => {
                return incoming.chunks(1).flat_map(|one| self.answer_all(m, one)).collect();
            }
            Err(error) => {
                tracing::error!(%error, "store failed, requests turned away");
                return incoming.iter().map(|_| Answer::Unavailable).collect();
            }
        };
        // Just restored: revocations and erasures that were brought back apply before anybody is answered. Who counts
        // chains is told how far they go: what is received and not judged yet would be missing for her.
        if just_restored || incoming.iter().flatten().any(|incoming| incoming.request.contacts.is_some()) {
            self.judge_what_came(m);
        }
        let asked = incoming.iter().zip(asked);
        let answers = self.reading(|s| asked.map(|(one, asked)| s.answer(m.now, one.as_ref(), asked)).collect());
        answers.unwrap_or_else(|_| incoming.iter().map(|_| Answer::Unavailable).collect())
    }

    fn judge_what_came(&mut self, m: &mut Moment) {
        while self.gate_step(m).is_ok_and(|more| more) {}
    }

    /// Runs something that only reads the store, under one lock for all its reads.
    fn reading<R>(&mut self, work: impl FnOnce(&mut Self) -> R) -> Result<R, StoreError> {
        self.vault.begin_reading()?;
        let result = work(self);
        self.vault.end_reading()?;
        Ok(result)
    }

    fn answer(&mut self, now: Timestamp, incoming: Option<&Incoming>, asked: Option<Asked>) -> Answer {
        let (Some(incoming), Some(asked)) = (incoming, asked) else {
            self.meter.refused += 1;
            return Answer::NotFound;
        };
        match self.frames(now, incoming, asked) {
            Ok(frames) => Answer::Frames(frames),
            Err(error) => {
                tracing::error!(%error, "an answer failed");
                self.read_on();
                Answer::Unavailable
            }
        }
    }

    fn frames(&mut self, now: Timestamp, incoming: &Incoming, asked: Asked) -> Result<Vec<Vec<u8>>, ServerError> {
        let request = &incoming.request;
        let (position, chain) = self.vault.head()?;
        let mut pull = Pull { frames: Vec::new(), end: End { cursor: request.cursor, more: false } };
        let mut head = Head {
            now,
            state: asked.state,
            receipts: asked.receipts,
            verdicts: Vec::new(),
            verdict: request.verdict,
            lease: None,
            checkpoint: None,
            backed_up: self.backed_up,
            sig: None,
            life: self.life,
            contacts: None,
        };
        if head.state == State::Fine {
            let told = self.add_verdicts(incoming.device, &mut head)?;
            pull = self.pull(incoming.device, request, Day::of(now))?;
            pull.end.more |= !told;
            head.contacts = self.contacts_for(incoming.device, request, now)?;
            if request.push.iter().map(|p| p.0.weight()).sum::<usize>() > BULK_BYTES {
                self.want_segments(&Reader::new(&self.roster, incoming.device, Day::of(now)));
            }
        } else if head.state == State::NotYet {
            self.add_verdicts(incoming.device, &mut head)?;
        }
        let news = !pull.frames.is_empty() || !head.receipts.is_empty() || !head.verdicts.is_empty();
        let news = news || head.contacts.is_some();
        let lease_due = self.lease_due(now, asked.leased);
        let revoked = head.state == State::Revoked;
        if !revoked && (news || lease_due) {
            head.lease = Some(self.lease(now));
            head.checkpoint = Some(sync::wire::Checkpoint { position, chain });
        }
        // A device that was stopped believes it, and its receipts, only under the signature.
        if revoked || news || lease_due {
            head.sign(&self.secret.device, &self.digest, &incoming.sig);
        }
        let mut frames = vec![frame::encode(Level::Quick, &Frame::Head(Box::new(head)))];
        frames.append(&mut pull.frames);
        frames.push(frame::encode(Level::Quick, &Frame::End(pull.end)));
        Ok(frames)
    }

    /// Roster rows written by the server's own device, through inbox, gate and log; judged when
    /// this returns, one outcome a row.
    pub fn write_rows(&mut self, m: &mut Moment, rows: Vec<Row>) -> Result<Vec<Outcome>, ServerError> {
        let items = self.items_of_rows(m, rows);
        self.write_items(m, items)
    }

    fn items_of_rows(&self, m: &mut Moment, rows: Vec<Row>) -> Vec<Item> {
        let rows = self.with_people(rows);
        let item = |row: &Row| Item {
            kind: Kind::Roster,
            record: RecordId::new(m.uuid()),
            form: "roster".to_owned(),
            child: row.child(),
            body: minicbor::to_vec(row).unwrap_or_default(),
        };
        rows.iter().map(item).collect()
    }

    /// A post brings its person's name and devices to where it is heard: rows written before the
    /// post were heard elsewhere or by nobody.
    fn with_people(&self, mut rows: Vec<Row>) -> Vec<Row> {
        let posts = rows.iter().filter_map(|row| match row {
            Row::Post { person, .. } => Some(*person),
            _ => None,
        });
        let people: BTreeSet<PersonId> = posts.collect();
        let (mut names, rest): (Vec<Row>, Vec<Row>) =
            rows.drain(..).partition(|row| matches!(row, Row::Person { id, .. } if people.contains(id)));
        for id in &people {
            if let Some(name) = self.roster.people.get(id)
                && !names.iter().any(|row| matches!(row, Row::Person { id: named, .. } if named == id))
            {
                names.push(Row::Person { id: *id, name: name.clone() });
            }
            names.extend(self.roster.devices.iter().filter(|(_, d)| d.person == *id).map(|(device, d)| Row::Device {
                id: *device,
                person: d.person,
                sign: d.sign,
                seal: d.seal,
                label: d.label.clone(),
                segment: d.segment.map(Segment::get),
            }));
        }
        let after = rest.iter().rposition(|row| matches!(row, Row::Post { .. })).map_or(0, |n| n + 1);
        let mut out = rest;
        out.splice(after..after, names);
        out
    }

    /// Items written by the server's own device; judged when this returns, one outcome an item.
    pub fn write_items(&mut self, m: &mut Moment, items: Vec<Item>) -> Result<Vec<Outcome>, ServerError> {
        let mut written = Vec::with_capacity(items.len());
        for batch in batches(items.iter().map(Item::encode).collect())? {
            written.push(self.durably(|s| s.keep_own(m, batch))?);
        }
        while self.gate_step(m)? {}
        let mut outcomes = Vec::with_capacity(items.len());
        for id in written {
            let row = self.vault.store.envelope_row(&id)?.ok_or(ServerError::Row(0))?;
            outcomes.extend(self.vault.store.items_of_envelope(row)?.iter().map(|item| outcome(item.standing)));
        }
        Ok(outcomes)
    }

    /// Signs items as the server's own device and takes them in; the id of their envelope.
    pub(crate) fn keep_own(&mut self, m: &mut Moment, items: Vec<Vec<u8>>) -> Result<Digest, ServerError> {
        let stored = self.vault.store.fact(fact::LINK)?.and_then(|b| minicbor::decode(&b).ok());
        let OwnChain { branch, seq, prev } =
            stored.unwrap_or_else(|| OwnChain { branch: Branch(m.bytes()), seq: 0, prev: chain::START });
        let link = Link { branch, seq: seq + 1, prev, at: m.now, roster: self.roster.version };
        let envelope = Envelope::sign(&self.secret.device, &self.digest, link, items);
        let next = OwnChain { branch, seq: seq + 1, prev: envelope.id(&self.digest) };
        self.vault.store.set_fact(fact::LINK, &minicbor::to_vec(next).unwrap_or_default())?;
        let number = self.vault.store.newest_number()? + 1;
        let brought = Brought { by_author: true, floor: self.roster.version, voucher: None };
        self.arrive(m, &envelope, brought, number)?;
        Ok(next.prev)
    }
}

/// Items cut into envelopes, in order.
fn batches(items: Vec<Vec<u8>>) -> Result<Vec<Vec<Vec<u8>>>, ServerError> {
    const ROOM: usize = ENVELOPE_BYTES_MAX - 8 * 1024;
    let mut out: Vec<Vec<Vec<u8>>> = Vec::new();
    let mut size = 0;
    for item in items {
        if item.len() > sync::item::ITEM_BYTES_MAX {
            return Err(ServerError::TooLarge);
        }
        size += item.len();
        match out.last_mut() {
            Some(last) if last.len() < ITEMS_MAX && size <= ROOM => last.push(item),
            Some(_) | None => {
                size = item.len();
                out.push(vec![item]);
            }
        }
    }
    Ok(out)
}

/// What a stored standing is called on the wire; an item not judged waits for nothing.
pub(crate) fn outcome(standing: Standing) -> Outcome {
    match standing {
        Standing::Accepted(at) => Outcome::Accepted(at),
        Standing::Waiting(digest) => Outcome::Waiting(digest),
        Standing::Held(code) => Outcome::Held(minicbor::decode(&[code]).unwrap_or(sync::wire::Reason::Malformed)),
        Standing::New => Outcome::Waiting(chain::START),
    }
}

#[cfg(test)]
mod tests;
