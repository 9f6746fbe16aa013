//! Every door that foreign bytes come through, as one function each: the fuzz targets and the
//! short slice in CI call the same ones. They must return, whatever the bytes; what they find
//! valid must survive being written again.

use std::sync::OnceLock;

use domain::id::{DeviceId, Digest, RecordId};
use domain::moment::{Moment, Timestamp};
use dossier::{Actor, Edit, Record};
use sync::claim::{Action, Claim, Target};
use sync::envelope::Envelope;
use sync::file::{Cut, Label, Manifest, cut};
use sync::frame::FrameReader;
use sync::item::Item;
use sync::key::DeviceKey;
use sync::piece::{Ask, Kept, Piece, Place, SignedAsk, Told};
use sync::request::SignedRequest;

use crate::chance::Seeded;

/// A door and valid bytes to begin mutating from.
pub struct Door {
    /// Its name, also the fuzz target's.
    pub name: &'static str,
    /// What reads the bytes.
    pub read: fn(&[u8]),
    /// Something it accepts.
    pub valid: fn() -> Vec<u8>,
}

/// All of them.
pub const DOORS: &[Door] = &[
    Door { name: "item", read: item, valid: || sample_item().encode() },
    Door { name: "envelope", read: envelope, valid: || sample_envelope().encode() },
    Door { name: "request", read: request, valid: sample_request },
    Door { name: "frames", read: frames, valid: sample_frames },
    Door { name: "roster_row", read: roster_row, valid: sample_row },
    Door { name: "change", read: change, valid: || sample_change().to_vec() },
    Door { name: "trial", read: trial, valid: || sample_change().to_vec() },
    Door { name: "document", read: document, valid: sample_document },
    Door { name: "workbook", read: workbook, valid: || sample_workbook().to_vec() },
    Door { name: "form", read: form, valid: || include_bytes!("../../crates/domain/forms/review.json").to_vec() },
    Door { name: "enrol_text", read: enrol_text, valid: || b"district.invalid:7443 ABCDE-FGHJK-MNPQR-STVWX".to_vec() },
    Door { name: "enrol_request", read: enrol_request, valid: || vec![1; 120] },
    Door { name: "manifest", read: manifest, valid: || sample_file().manifest.encode() },
    Door { name: "pieces", read: pieces, valid: || SignedAsk::sign(&key(), &DISTRICT, 1, &sample_ask()) },
    Door { name: "pieces_told", read: pieces_told, valid: || sample_told().sign(&key(), &DISTRICT, &[1; 64]) },
    Door { name: "claim", read: claim, valid: || sample_claim().encode() },
    Door { name: "config", read: config, valid: || b"listen = \"127.0.0.1:7443\"\n".to_vec() },
];

/// Reads bytes through the door of that name.
pub fn knock(name: &str, bytes: &[u8]) {
    let door = DOORS.iter().find(|door| door.name == name).expect("a door of that name");
    (door.read)(bytes);
}

/// For the fuzzer, which otherwise ends at any panic, also at those of Automerge that a door catches and
/// refuses. One that is not caught still ends it; the seeded slice in CI shows its message.
pub fn caught_is_fine() {
    std::panic::set_hook(Box::new(|_| {}));
}

const AT: Timestamp = Timestamp(1_795_392_000_000);
const DISTRICT: Digest = Digest([7; 32]);

fn key() -> DeviceKey {
    DeviceKey::fresh(&mut Moment::new(AT, &mut Seeded::new(1)))
}

fn item(bytes: &[u8]) {
    if let Ok(item) = Item::decode(bytes) {
        assert_eq!(item.encode(), bytes, "an item has one spelling");
    }
}

fn envelope(bytes: &[u8]) {
    if let Ok(envelope) = Envelope::decode(bytes) {
        let fits = envelope.verify(&DISTRICT, &key().sign_public()).is_ok();
        assert!(!fits || envelope.signed(&DISTRICT) == sample_envelope().signed(&DISTRICT), "a forged envelope");
        envelope.items().for_each(drop);
    }
}

fn claim(bytes: &[u8]) {
    if let Some(claim) = Claim::decode(bytes) {
        assert_eq!(claim.encode(), bytes, "a claim has one spelling");
    }
}

fn sample_claim() -> Claim {
    let targets = vec![Target { record: RecordId::new([1; 16]), digest: Digest([2; 32]) }];
    let device = DeviceId::new([3; 16]);
    Claim { device, action: Action::Return, targets, reason: "请当面说清".into(), form: "visit".into(), at: AT }
}

fn manifest(bytes: &[u8]) {
    if let Ok(manifest) = Manifest::decode(bytes) {
        assert_eq!(manifest.encode(), bytes, "a manifest has one spelling");
        drop(manifest.thumbnail(bytes));
        drop(manifest.whole([bytes]));
    }
}

fn pieces(bytes: &[u8]) {
    if let Ok(read) = SignedAsk::read(bytes) {
        drop(read.open(&DISTRICT, &key().sign_public()));
    }
}

fn pieces_told(bytes: &[u8]) {
    let read = Told::read(bytes, &DISTRICT, &[1; 64], &key().sign_public());
    assert!(read.is_err() || read == Ok(sample_told()), "a forged answer");
}

fn sample_file() -> Cut {
    let label = Label { about: RecordId::new([9; 16]), field: "attach", name: "a.jpg", media: "image/jpeg" };
    cut(&mut Moment::new(AT, &mut Seeded::new(2)), label, &[1; 90], &[2; 900]).expect("within the caps")
}

fn sample_ask() -> Ask {
    let place = Place { file: RecordId::new([8; 16]), n: 0 };
    Ask { put: vec![Piece { place, bytes: vec![1; 90] }], get: vec![place], have: vec![place] }
}

fn sample_told() -> Told {
    let place = Place { file: RecordId::new([8; 16]), n: 0 };
    Told { kept: vec![Kept::Yes], got: vec![Piece { place, bytes: vec![1; 90] }], ..Told::default() }
}

fn request(bytes: &[u8]) {
    if let Ok(read) = SignedRequest::read(bytes) {
        drop(read.open(&DISTRICT, &key().sign_public()));
    }
}

fn frames(bytes: &[u8]) {
    let mut reader = FrameReader::default();
    for chunk in bytes.chunks(97) {
        reader.feed(chunk);
        while let Ok(Some(_)) = reader.take() {}
    }
    let _ = reader.finish();
}

fn roster_row(bytes: &[u8]) {
    if let Ok(row) = minicbor::decode::<domain::roster::Row>(bytes) {
        let mut roster = domain::roster::Roster::new(DeviceId::new([0; 16]));
        roster.channels_for_row(&row);
        roster.apply(1, &row);
        roster.channels_for_row(&row);
    }
}

fn change(bytes: &[u8]) {
    drop(dossier::inspect(bytes));
}

fn trial(bytes: &[u8]) {
    if let Ok(dossier::Trial { saved: Some(saved), .. }) = dossier::trial(None, &[bytes]) {
        let form = domain::form::builtin("child").expect("a built-in form");
        let record = Record::load(&saved).expect("what passed the trial loads again");
        record.view(form);
        record.history();
    }
}

fn document(bytes: &[u8]) {
    if let Ok(record) = Record::load(bytes) {
        record.history();
    }
}

fn workbook(bytes: &[u8]) {
    if let Ok(book) = ledger::read_workbook(bytes) {
        let roster = domain::roster::Roster::new(DeviceId::new([0; 16]));
        let context = ledger::context::Context::of(&roster, domain::day::Day::of(AT));
        if let Ok(report) = ledger::dry_run(&book, &context) {
            ledger::error_book(&book, &report).expect("an error book can always be written");
        }
    }
}

fn form(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(form) = domain::form::Form::parse(text)
    {
        form.field("a/b/c");
    }
}

fn enrol_text(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        drop(text.parse::<sync::enrol::EnrolText>());
    }
}

fn enrol_request(bytes: &[u8]) {
    let _ = sync::enrol::code_id(bytes);
    let code = sync::enrol::Code::fresh(&mut Moment::new(AT, &mut Seeded::new(2)));
    assert!(sync::enrol::read_request(&code, bytes).is_err(), "nobody guesses a code");
}

fn config(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        drop(sync_server::config::Config::parse(text));
    }
}

/// An item with a real change in it.
pub fn sample_item() -> Item {
    Item {
        kind: sync::item::Kind::Change,
        record: domain::id::RecordId::new([9; 16]),
        form: "child".into(),
        child: Some(domain::id::ChildId::new([3; 16])),
        body: sample_change().to_vec(),
    }
}

fn sample_envelope() -> Envelope {
    let link =
        sync::envelope::Link { branch: domain::id::Branch([1; 8]), seq: 1, prev: Digest([0; 32]), at: AT, roster: 3 };
    Envelope::sign(&key(), &DISTRICT, link, vec![sample_item().encode()])
}

fn sample_request() -> Vec<u8> {
    let request = sync::wire::Request { push: vec![sync::wire::Pushed(sample_envelope())], ..Default::default() };
    SignedRequest::sign(&key(), &DISTRICT, 1, &request, sync::pack::Level::Quick)
}

fn sample_frames() -> Vec<u8> {
    let placed = sync::wire::Placed { envelope: sync::wire::Pushed(sample_envelope()), steps: vec![1] };
    let rows = sync::wire::Rows { envelopes: vec![placed], ..Default::default() };
    sync::frame::encode(sync::pack::Level::Quick, &sync::wire::Frame::Rows(rows))
}

fn sample_row() -> Vec<u8> {
    let child = domain::id::ChildId::new([3; 16]);
    let area = domain::area::Area::new(990_102_001_001).expect("an area");
    minicbor::to_vec(domain::roster::Row::Child { child, area }).expect("encodes")
}

fn sample_change() -> &'static [u8] {
    static CHANGE: OnceLock<Vec<u8>> = OnceLock::new();
    CHANGE.get_or_init(|| {
        let form = domain::form::builtin("child").expect("a built-in form");
        let actor = Actor::new(key().id(), [1; 8]);
        let edits = [
            Edit::Set("name".into(), domain::value::Value::text("王小明")),
            Edit::Set("categories/B1/status".into(), domain::value::Value::text("1")),
            Edit::Write("remark".into(), "情绪稳定".into()),
        ];
        Record::empty().edit(form, &actor, AT, &edits).expect("fits").expect("a change")
    })
}

fn sample_document() -> Vec<u8> {
    let mut record = Record::empty();
    record.admit(sample_change()).expect("our own change");
    record.save()
}

fn sample_workbook() -> &'static [u8] {
    static BOOK: OnceLock<Vec<u8>> = OnceLock::new();
    BOOK.get_or_init(|| ledger::template::blank_ledger().expect("a blank ledger"))
}
