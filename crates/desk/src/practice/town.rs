//! A made-up district, played in memory: it takes what desks send and gives it to all of them,
//! signed by keys nobody else has. It must not open a socket or look into what it passes on.

use client::{Client, Identity, Reply};
use domain::fault::{Code, Fault};
use domain::id::{Branch, Digest, PersonId, RecordId};
use domain::moment::{Moment, Timestamp};
use domain::roster::Row;
use sync::envelope::{Envelope, Link};
use sync::frame;
use sync::item::{Item, Kind};
use sync::key::{DeviceKey, sha256};
use sync::pack::Level;
use sync::request::SignedRequest;
use sync::wire::{Cursor, End, Frame, Head, Placed, Pushed, Receipt, Request, Rows, State};

use crate::clock::OsChance;

/// The district: its keys and its log.
pub(super) struct Town {
    server: DeviceKey,
    district: Digest,
    /// Envelopes and the position of the first item of each.
    log: Vec<(u64, Placed)>,
    position: u64,
    inbox: u64,
    link: (u32, Digest),
}

impl Town {
    /// A district with keys of its own and an empty log.
    pub(super) fn found(m: &mut Moment) -> Self {
        let server = DeviceKey::fresh(m);
        let district = sha256(&[&server.sign_public()]);
        Self { server, district, log: Vec::new(), position: 0, inbox: 0, link: (0, Digest([0; 32])) }
    }

    /// What a device of a person keeps. The address is none: nothing can be sent there.
    pub(super) fn grant(&self, name: &str, person: PersonId, key: DeviceKey) -> Identity {
        Identity {
            district: self.district,
            name: name.to_owned(),
            address: String::new(),
            ca: Vec::new(),
            server: self.server.id(),
            server_sign: self.server.sign_public(),
            inbox: self.server.seal_public(),
            key,
            person,
            lease: None,
        }
    }

    /// Writes rows of the roster.
    pub(super) fn write(&mut self, m: &mut Moment, rows: &[Row]) {
        let items = rows.iter().filter_map(|row| {
            let body = minicbor::to_vec(row).ok()?;
            let record = RecordId::new(m.uuid());
            Some(Item { kind: Kind::Roster, record, form: "roster".into(), child: row.child(), body })
        });
        let whole: Vec<Vec<u8>> = items.map(|item| item.encode()).collect();
        let (seq, prev) = self.link;
        let link = Link { branch: Branch([1; 8]), seq: seq + 1, prev, at: m.now, roster: self.position };
        let envelope = Envelope::sign(&self.server, &self.district, link, whole);
        self.link = (seq + 1, envelope.id(&self.district));
        self.place(envelope);
    }

    fn place(&mut self, envelope: Envelope) {
        let first = self.position + 1;
        let count = envelope.parts.len() as u64;
        let steps = (0..count).map(|n| if n == 0 { first } else { 1 }).collect();
        self.position += count;
        self.log.push((first, Placed { envelope: Pushed(envelope), steps }));
    }

    /// One whole exchange with a desk, at a time.
    pub(super) fn exchange(&mut self, client: &mut Client, now: Timestamp) -> Result<(), Fault> {
        let key = client.identity().map(|me| me.key.sign_public()).ok_or(Code::Locked)?;
        let mut chance = OsChance;
        let m = &mut Moment::new(now, &mut chance);
        client.sync_now(m);
        let out = client.next_request(m).ok_or(Code::Bug)?;
        let signed = SignedRequest::read(&out.body).map_err(|_| Code::Bug)?;
        let asked = signed.open(&self.district, &key).map_err(|_| Code::Bug)?;
        let answer = self.answer(&signed.sig, asked, now);
        client.on_reply(m, Reply::Chunk(&answer))?;
        client.on_reply(m, Reply::End)?;
        Ok(())
    }

    fn answer(&mut self, asked_by: &[u8; 64], asked: Request, now: Timestamp) -> Vec<u8> {
        let mut receipts = Vec::new();
        for Pushed(envelope) in asked.push {
            self.inbox += 1;
            receipts.push(Receipt::Kept(self.inbox));
            self.place(envelope);
        }
        let mut head = Head {
            now,
            state: State::Fine,
            receipts,
            verdicts: Vec::new(),
            verdict: asked.verdict,
            lease: None,
            checkpoint: None,
            backed_up: self.inbox,
            sig: None,
            life: 0,
            contacts: None,
        };
        head.sign(&self.server, &self.district, asked_by);
        let cursor = Cursor { position: self.position, chain: self.position.to_be_bytes(), first: 0 };
        let after = asked.cursor.position;
        let envelopes = self.log.iter().filter(|(first, _)| *first > after).map(|(_, placed)| placed.clone()).collect();
        let rows = Rows { envelopes, cursor: Some(cursor), ..Rows::default() };
        let end = End { cursor, more: false };
        let frames = [Frame::Head(Box::new(head)), Frame::Rows(rows), Frame::End(end)];
        frames.iter().flat_map(|frame| frame::encode(Level::Quick, frame)).collect()
    }

    /// The row that makes a device known.
    pub(super) fn device(key: &DeviceKey, person: PersonId, label: &str) -> Row {
        let (sign, seal, label) = (key.sign_public(), key.seal_public(), label.to_owned());
        Row::Device { id: key.id(), person, sign, seal, label, segment: Some(100) }
    }
}
