//! One fixed sample of everything that is frozen. Change nothing here: add.

use domain::area::Area;
use domain::day::Day;
use domain::form::builtin;
use domain::id::{Branch, ChildId, DeviceId, Digest, PersonId, PostId, RecordId, UnitId};
use domain::moment::{Chance, Moment, Timestamp};
use domain::post::Role;
use domain::roster::Row;
use domain::value::Value;
use dossier::{Actor, Edit, Record, View};
use minicbor::bytes::ByteVec;
use sync::claim::{Action, Claim, Target};
use sync::envelope::{Envelope, Link, Part};
use sync::file::{Cut, Label, cut};
use sync::item::{Item, Kind};
use sync::key::DeviceKey;
use sync::notice::Notice;
use sync::pack::Level;
use sync::piece::{Ask, Kept, Piece, Place, Told};
use sync::request::SignedRequest;
use sync::wire::{
    Checkpoint, Contact, Cursor, End, Frame, Head, History, Mark, Outcome, Placed, Pushed, Reach, Reason, Receipt,
    Request, Rows, State, Verdict, Want,
};

/// SHA-256 of no real district's root key.
pub(crate) const DISTRICT: Digest = Digest([7; 32]);
pub(crate) const AT: Timestamp = Timestamp(1_795_392_000_000);
const CHILD: ChildId = ChildId::new([3; 16]);

struct Counting(u8);

impl Chance for Counting {
    fn fill(&mut self, buffer: &mut [u8]) {
        for byte in buffer {
            self.0 = self.0.wrapping_add(1);
            *byte = self.0;
        }
    }
}

/// The device of all samples.
pub(crate) fn key() -> DeviceKey {
    DeviceKey::fresh(&mut Moment::new(AT, &mut Counting(0)))
}

/// Items of every kind.
pub(crate) fn items() -> Vec<(&'static str, Item)> {
    let item = |kind, form: &str, child, body: &[u8]| Item {
        kind,
        record: RecordId::new([9; 16]),
        form: form.into(),
        child,
        body: body.to_vec(),
    };
    vec![
        ("change", item(Kind::Change, "child", Some(CHILD), b"opaque")),
        ("sealed", item(Kind::Sealed, "report", Some(CHILD), b"age")),
        ("roster", item(Kind::Roster, "roster", None, b"row")),
        ("audit", item(Kind::Audit, "audit", Some(CHILD), b"who")),
        ("file", item(Kind::File, "file", Some(CHILD), b"manifest")),
    ]
}

/// A photograph cut for the way: two pieces of a file and a thumbnail.
pub(crate) fn file() -> Cut {
    let (mut chance, record) = (Counting(0), RecordId::new([9; 16]));
    let label = Label { about: record, field: "attach", name: "院子.jpg", media: "image/jpeg" };
    cut(&mut Moment::new(AT, &mut chance), label, &[1; 700], &[2; 65_600]).expect("within the caps")
}

/// The item that carries its manifest.
pub(crate) fn manifest_item() -> Item {
    let body = file().manifest.encode();
    Item { kind: Kind::File, record: RecordId::new([10; 16]), form: "file".into(), child: Some(CHILD), body }
}

const fn place(n: u16) -> Place {
    Place { file: RecordId::new([10; 16]), n }
}

/// A request for pieces.
pub(crate) fn ask() -> Ask {
    let put = vec![Piece { place: place(0), bytes: file().pieces.remove(0) }];
    Ask { put, get: vec![place(1)], have: vec![place(0), place(2)] }
}

/// Its answer.
pub(crate) fn told() -> Told {
    let got = vec![Piece { place: place(1), bytes: vec![3; 40] }];
    let have = vec![Kept::Yes, Kept::Refused];
    Told { kept: vec![Kept::NotYet], got, have, counter: Some(9), life: 2 }
}

/// Roster rows of every variant.
pub(crate) fn rows() -> Vec<(&'static str, Row)> {
    let area = Area::new(990_102_001_001).expect("an area");
    let (post, person, unit) = (PostId::new([1; 16]), PersonId::new([2; 16]), UnitId::new([4; 16]));
    let (device, from) = (DeviceId::new([5; 16]), Day::EPOCH.plus(20_000));
    let label = "纪主任的电脑".to_owned();
    let (sign, seal) = ([6; 32], [7; 32]);
    let numbering = |segment| Row::Device { id: device, person, sign, seal, label: label.clone(), segment };
    vec![
        ("unit", Row::Unit { id: unit, name: "竹影社区".into(), area }),
        ("person", Row::Person { id: person, name: "纪　宁".into() }),
        ("post", Row::Post { id: post, person, unit, role: Role::Director, from, to: None }),
        ("post-ended", Row::Post { id: post, person, unit, role: Role::Supervisor, from, to: Some(from.plus(9)) }),
        ("device", numbering(None)),
        ("device-segment", numbering(Some(137))),
        ("revoke", Row::Revoke { device }),
        ("child", Row::Child { child: CHILD, area }),
        ("register", Row::Register { child: CHILD, area, post }),
        ("assign", Row::Assign { child: CHILD, post }),
        ("withdraw", Row::Withdraw { child: CHILD, post }),
        ("alias", Row::Alias { child: CHILD, of: ChildId::new([8; 16]), joined: true }),
        ("policy", Row::Policy { key: "lease_days".into(), value: "14".into() }),
        ("erase", Row::Erase { child: CHILD }),
    ]
}

/// A signed envelope.
pub(crate) fn envelope() -> Envelope {
    let link = Link { branch: Branch([1; 8]), seq: 2, prev: Digest([4; 32]), at: AT, roster: 77 };
    Envelope::sign(&key(), &DISTRICT, link, items().into_iter().map(|(_, i)| i.encode()).collect())
}

/// The same with its first item as a bare digest.
pub(crate) fn partial() -> Envelope {
    let mut envelope = envelope();
    envelope.parts[0] = Part::Bare(envelope.parts[0].digest());
    envelope
}

/// The same as its author says it once the first item's child was erased.
pub(crate) fn erased() -> Envelope {
    let mut envelope = envelope();
    envelope.parts[0] = Part::Erased(envelope.parts[0].digest());
    envelope
}

/// A request with everything in it.
pub(crate) fn request() -> Request {
    Request {
        cursor: Cursor { position: 1234, chain: [1; 8], first: 0 },
        verdict: 5,
        push: vec![Pushed(envelope())],
        want: vec![Want { child: CHILD, after: 3 }],
        have: vec![Mark([2; 8])],
        sealed: vec![vec![9; 60].into()],
        life: Some(77),
        holds: None,
        held: None,
        contacts: None,
        reach: None,
    }
}

/// The same, signed.
pub(crate) fn signed_request() -> Vec<u8> {
    SignedRequest::sign(&key(), &DISTRICT, 42, &request(), Level::Dense)
}

/// A request whose head names its body: larger than what may come unseen.
pub(crate) fn large_request() -> Request {
    let mut sealed = vec![0; 20_000];
    // Nothing in it repeats, so that it does not pack.
    sealed.chunks_mut(32).enumerate().for_each(|(n, some)| {
        some.copy_from_slice(&sync::key::sha256(&[&n.to_be_bytes()]).0[..some.len()]);
    });
    Request { sealed: vec![sealed.into()], ..Request::default() }
}

/// The same, signed.
pub(crate) fn signed_large_request() -> Vec<u8> {
    SignedRequest::sign(&key(), &DISTRICT, 44, &large_request(), Level::Quick)
}

/// Frames of every kind.
pub(crate) fn frames() -> Vec<Frame> {
    let head = Head {
        now: AT,
        state: State::Fine,
        receipts: vec![Receipt::Kept(9)],
        verdicts: vec![Verdict {
            branch: Branch([1; 8]),
            seq: 2,
            outcomes: vec![
                (0, Outcome::Accepted(1235)),
                (1, Outcome::Waiting(Digest([5; 32]))),
                (2, Outcome::Held(Reason::Unclaimed)),
            ],
        }],
        verdict: 6,
        lease: Some(AT.plus_s(14 * 86_400)),
        checkpoint: Some(Checkpoint { position: 1235, chain: Digest([6; 32]) }),
        backed_up: 8,
        sig: None,
        life: 77,
        contacts: None,
    };
    let cursor = Cursor { position: 1235, chain: [6; 8], first: 0 };
    let rows = Rows {
        authors: vec![rows().swap_remove(4).1],
        envelopes: vec![Placed { envelope: Pushed(partial()), steps: vec![1230, 1, 1, 1] }],
        history: Some(History { child: CHILD, upto: 1230, whole: true }),
        cursor: Some(cursor),
        regained: None,
        held: None,
    };
    vec![Frame::Head(Box::new(head)), Frame::Rows(rows), Frame::End(End { cursor, more: false })]
}

/// The answer's bytes.
pub(crate) fn answer() -> Vec<u8> {
    frames().iter().flat_map(|frame| sync::frame::encode(Level::Dense, frame)).collect()
}

const fn target() -> Target {
    Target { record: RecordId::new([9; 16]), digest: Digest([8; 32]) }
}

/// A station's decision on held work.
pub(crate) fn claim() -> Claim {
    let (device, targets) = (DeviceId::new([5; 16]), vec![target()]);
    Claim {
        device, action: Action::Return, targets, reason: "请和新主任当面说。".into(), form: "visit".into(), at: AT
    }
}

/// What the server keeps aside, with and without the name of the item.
pub(crate) fn notices() -> [(&'static str, Notice); 2] {
    let notice = Notice {
        device: DeviceId::new([5; 16]),
        branch: Branch([1; 8]),
        seq: 2,
        place: 3,
        reason: Reason::Unclaimed,
        form: "visit".into(),
        child: Some(CHILD),
        target: None,
    };
    [("notice", notice.clone()), ("notice-target", Notice { target: Some(target()), ..notice })]
}

/// A request that asks for held work.
pub(crate) fn request_for_held() -> Vec<u8> {
    let request = Request { held: Some(vec![target()]), ..request() };
    SignedRequest::sign(&key(), &DISTRICT, 43, &request, Level::Dense)
}

/// A frame that brings it.
pub(crate) fn held() -> Frame {
    Frame::Rows(Rows { held: Some(vec![Pushed(partial())]), ..Rows::default() })
}

/// A station's request that asks who was in touch, and says that it leaves work behind.
pub(crate) fn request_for_contacts() -> Vec<u8> {
    let reach = Some(Reach { branch: Branch([1; 8]), seq: 9 });
    let request = Request { contacts: Some(AT), reach, ..request() };
    SignedRequest::sign(&key(), &DISTRICT, 44, &request, Level::Dense)
}

/// The head that says who was.
pub(crate) fn head_with_contacts() -> Frame {
    let Frame::Head(head) = frames().swap_remove(0) else { unreachable!("a head first") };
    let wrote =
        Contact { device: DeviceId::new([5; 16]), at: AT, reach: Some(Reach { branch: Branch([2; 8]), seq: 7 }) };
    let silent = Contact { device: DeviceId::new([6; 16]), at: AT.plus_s(60), reach: None };
    Frame::Head(Box::new(Head { contacts: Some(vec![wrote, silent]), ..*head }))
}

/// Changes of one record of each form of the trunk.
pub(crate) fn records() -> Vec<(&'static str, &'static str, Vec<ByteVec>)> {
    let set = |key: &str, value: Value| Edit::Set(key.into(), value);
    let row = "family/000102030405060708090a0b0c0d0e0f";
    let child = vec![
        vec![
            set("name", Value::text("𬭎·玥")),
            set("hukou_has", Value::Unknown),
            set("categories/B1/status", Value::text("1")),
            set(&format!("{row}/name"), Value::text("纪宁")),
            Edit::Write("remark".into(), "外婆照护，情绪稳定。".into()),
        ],
        vec![set("name", Value::text("𬭎玥")), Edit::Clear("categories/B1/status".into())],
        vec![Edit::Write("remark".into(), "外婆照护，近来情绪稳定。".into())],
    ];
    let visit = vec![vec![
        set("visit_at", Value::text("2026-11-23T09:30:00+08:00")),
        set("minutes", Value::Int(40)),
        set("purpose/1", Value::Yes(true)),
        set("met_child", Value::Yes(true)),
        set("note", Value::text("家中整洁，学习正常，已约下月再访。")),
    ]];
    let unfinished = vec![vec![
        set("of", Value::text("visit")),
        set("written", Value::text(r#"{"mode":"1","note":"奶奶说“爸爸”"}"#)),
        set("proposed", Value::text("mode")),
    ]];
    let sessions =
        [("child-normal", "child", child), ("visit", "visit", visit), ("unfinished", "unfinished", unfinished)];
    sessions.into_iter().map(|(name, form, sittings)| (name, form, write(form, &sittings))).collect()
}

fn write(form: &str, sittings: &[Vec<Edit>]) -> Vec<ByteVec> {
    let form = builtin(form).expect("a built-in form");
    let mut record = Record::empty();
    let mut sitting = |n: usize, edits: &[Edit]| {
        let actor = Actor::new(DeviceId::new([5; 16]), [n as u8; 8]);
        let change = record.edit(form, &actor, AT.plus_s(n as i64), edits).expect("the edits fit");
        ByteVec::from(change.expect("a change"))
    };
    sittings.iter().enumerate().map(|(n, edits)| sitting(n, edits)).collect()
}

/// A view as text.
pub(crate) fn say(view: &View) -> String {
    view.cells.iter().map(|(key, cell)| format!("{key} = {:?}\n", cell.value)).collect()
}
