//! Props for the tests of this room: seeded devices, envelopes and an answer. Test code only.

use domain::id::{Branch, ChildId, Digest, RecordId};
use domain::moment::{Chance, Moment, Timestamp};

use crate::claim::Target;
use crate::envelope::{Envelope, Link};
use crate::item::{Item, Kind};
use crate::key::DeviceKey;
use crate::wire::{
    Checkpoint, Contact, Cursor, End, Frame, Head, History, Holding, Mark, Outcome, Placed, Pushed, Reach, Reason,
    Receipt, Regained, Request, Rows, State, Verdict, Want,
};

pub(crate) const DISTRICT: Digest = Digest([5; 32]);
pub(crate) const NOW: Timestamp = Timestamp(1_800_000_000_000);

/// A toy generator: good enough to make bytes differ.
pub(crate) struct Seeded(pub(crate) u64);

impl Chance for Seeded {
    fn fill(&mut self, buffer: &mut [u8]) {
        for byte in buffer {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = (self.0 >> 56) as u8;
        }
    }
}

pub(crate) fn device(seed: u64) -> DeviceKey {
    DeviceKey::fresh(&mut Moment::new(NOW, &mut Seeded(seed)))
}

pub(crate) fn item(n: u8) -> Item {
    Item {
        kind: Kind::Change,
        record: RecordId::new([n; 16]),
        form: "visit".into(),
        child: Some(ChildId::new([n; 16])),
        body: vec![n; 40],
    }
}

pub(crate) fn envelope(key: &DeviceKey, seq: u32, items: u8) -> Envelope {
    let link = Link { branch: Branch([1; 8]), seq, prev: Digest([0; 32]), at: NOW, roster: 3 };
    Envelope::sign(key, &DISTRICT, link, (1..=items).map(|n| item(n).encode()).collect())
}

pub(crate) fn cursor(position: u64) -> Cursor {
    Cursor { position, chain: [position as u8; 8], first: 0 }
}

pub(crate) fn request() -> Request {
    Request {
        cursor: cursor(41),
        verdict: 12,
        push: vec![Pushed(envelope(&device(1), 1, 3)), Pushed(envelope(&device(1), 2, 1))],
        want: vec![Want { child: ChildId::new([4; 16]), after: 9 }],
        have: vec![Mark([7; 8])],
        sealed: vec![vec![9; 60].into()],
        life: Some(77),
        holds: Some(vec![Holding { mark: Mark([8; 8]), items: 5 }]),
        held: Some(vec![Target { record: RecordId::new([5; 16]), digest: Digest([6; 32]) }]),
        contacts: Some(NOW),
        reach: Some(Reach { branch: Branch([1; 8]), seq: 9 }),
    }
}

pub(crate) fn head() -> Head {
    let outcomes = vec![(0, Outcome::Accepted(50)), (1, Outcome::Held(Reason::Forbidden))];
    Head {
        now: NOW,
        state: State::Fine,
        receipts: vec![Receipt::Kept(77)],
        verdicts: vec![Verdict { branch: Branch([1; 8]), seq: 1, outcomes }],
        verdict: 13,
        lease: Some(NOW.plus_s(14 * 86_400)),
        checkpoint: Some(Checkpoint { position: 60, chain: Digest([6; 32]) }),
        backed_up: 70,
        sig: None,
        life: 77,
        contacts: Some(vec![Contact { device: device(2).id(), at: NOW, reach: None }]),
    }
}

pub(crate) fn answer() -> Vec<Frame> {
    let placed = Placed { envelope: Pushed(envelope(&device(2), 5, 3)), steps: vec![51, 1, 3] };
    let regained = Regained { mark: Mark([8; 8]), items: vec![(0, 54), (2, 55)] };
    let rows =
        Rows { envelopes: vec![placed], cursor: Some(cursor(55)), regained: Some(vec![regained]), ..Rows::default() };
    let held = Rows { held: Some(vec![Pushed(envelope(&device(3), 2, 1))]), ..Rows::default() };
    let history = History { child: ChildId::new([4; 16]), upto: 30, whole: true };
    let past = Rows { history: Some(history), ..rows.clone() };
    vec![
        Frame::Head(Box::new(head())),
        Frame::Rows(rows),
        Frame::Rows(Rows { cursor: None, ..past }),
        Frame::Rows(held),
        Frame::End(End { cursor: cursor(60), more: false }),
    ]
}
