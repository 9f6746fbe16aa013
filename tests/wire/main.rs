//! Frozen bytes of every released format, version 1: they are read for ever, and what is written
//! today is what was written then. `WIRE_WRITE=1` adds bytes of new samples; it never changes old ones.

mod samples;

use std::path::PathBuf;

use dossier::Record;
use samples::{DISTRICT, key, say};
use sync::claim::Claim;
use sync::envelope::Envelope;
use sync::file::Manifest;
use sync::frame::FrameReader;
use sync::head::{Body, Door, SignedHead};
use sync::item::Item;
use sync::notice::Notice;
use sync::pack::Level;
use sync::piece::{SignedAsk, Told};
use sync::request::SignedRequest;
use sync::wire::Frame;

fn frozen(name: &str, fresh: impl FnOnce() -> Vec<u8>) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("wire/v1").join(name);
    if !path.exists() && std::env::var_os("WIRE_WRITE").is_some() {
        std::fs::write(&path, fresh()).expect("written");
    }
    std::fs::read(&path).unwrap_or_else(|_| panic!("{name} has no frozen bytes: run once with WIRE_WRITE=1"))
}

#[test]
fn items_of_every_kind_are_what_they_were() {
    for (name, item) in samples::items() {
        let bytes = frozen(&format!("item-{name}.cbor"), || item.encode());
        assert_eq!(Item::decode(&bytes).as_ref(), Ok(&item), "{name}");
        assert_eq!(item.encode(), bytes, "{name}");
    }
}

#[test]
fn a_photograph_of_then_is_opened_today() {
    let made = samples::file();
    let bytes = frozen("item-file-manifest.cbor", || samples::manifest_item().encode());
    let item = Item::decode(&bytes).expect("an item");
    assert_eq!(item, samples::manifest_item());
    let manifest = Manifest::decode(&item.body).expect("a manifest");
    let pieces: Vec<Vec<u8>> = ["thumb", "1", "2"]
        .iter()
        .zip(&made.pieces)
        .map(|(n, piece)| frozen(&format!("piece-{n}.bin"), || piece.clone()))
        .collect();
    assert_eq!(manifest.thumbnail(&pieces[0]), Ok(vec![1; 700]));
    assert_eq!(manifest.whole(pieces[1..].iter().map(Vec::as_slice)), Ok(vec![2; 65_600]));
}

#[test]
fn pieces_are_asked_for_and_given_as_they_were() {
    let (key, public) = (key(), key().sign_public());
    let asked = frozen("ask.bin", || SignedAsk::sign(&key, &DISTRICT, 5, &samples::ask()));
    let signed = SignedAsk::read(&asked).expect("a request");
    assert_eq!((signed.counter, signed.open(&DISTRICT, &public)), (5, Ok(samples::ask())));
    assert_eq!(SignedAsk::sign(&key, &DISTRICT, 5, &samples::ask()), asked);
    let told = frozen("told.bin", || samples::told().sign(&key, &DISTRICT, &signed.sig));
    assert_eq!(Told::read(&told, &DISTRICT, &signed.sig, &public), Ok(samples::told()));
    assert_eq!(samples::told().sign(&key, &DISTRICT, &signed.sig), told);
}

#[test]
fn roster_rows_of_every_variant_are_what_they_were() {
    for (name, row) in samples::rows() {
        let bytes = frozen(&format!("row-{name}.cbor"), || minicbor::to_vec(&row).expect("encodes"));
        assert_eq!(minicbor::decode::<domain::roster::Row>(&bytes).expect("decodes"), row, "{name}");
        assert_eq!(minicbor::to_vec(&row).expect("encodes"), bytes, "{name}");
    }
}

#[test]
fn an_envelope_still_verifies_whole_and_with_bare_or_erased_digests() {
    let bytes = frozen("envelope.cbor", || samples::envelope().encode());
    let whole = Envelope::decode(&bytes).expect("an envelope");
    assert_eq!(whole, samples::envelope());
    whole.verify(&DISTRICT, &key().sign_public()).expect("the signature fits");
    for (name, sample) in [("part", samples::partial()), ("erased", samples::erased())] {
        let part = frozen(&format!("envelope-{name}.cbor"), || sample.encode());
        let part = Envelope::decode(&part).expect("an envelope");
        assert_eq!(part, sample);
        part.verify(&DISTRICT, &key().sign_public()).expect("a subset verifies");
        assert_eq!(part.id(&DISTRICT), whole.id(&DISTRICT), "and is the same envelope");
    }
}

#[test]
fn a_request_of_then_is_read_today() {
    let bytes = frozen("request.bin", samples::signed_request);
    let read = SignedRequest::read(&bytes).expect("a request");
    let request = read.open(&DISTRICT, &key().sign_public()).expect("the signature fits");
    assert_eq!(request, samples::request());
}

#[test]
fn a_large_request_of_then_is_believed_by_its_head_today() {
    let bytes = frozen("request-large.bin", samples::signed_large_request);
    let (head, body) = SignedHead::split(&bytes).expect("a head");
    let sync = (Door::Sync, &DISTRICT);
    assert!(head.names_its_body() && head.is_signed(sync, &key().sign_public(), Body::Length(body.len() as u64)));
    let read = SignedRequest::read(&bytes).expect("a request");
    assert_eq!(read.open(&DISTRICT, &key().sign_public()), Ok(samples::large_request()));
}

#[test]
fn an_answer_of_then_is_read_today() {
    let bytes = frozen("answer.bin", samples::answer);
    let mut reader = FrameReader::default();
    reader.feed(&bytes);
    let mut frames = Vec::new();
    while let Some(frame) = reader.take().expect("frames of version 1") {
        frames.push(frame);
    }
    reader.finish().expect("whole");
    assert_eq!(frames, samples::frames());
    let Some(Frame::Head(head)) = frames.first() else { panic!("a head first") };
    assert_eq!(head.verdicts.len(), 1);
}

#[test]
fn held_work_is_told_asked_for_given_and_settled_as_it_was() {
    let bytes = frozen("claim.cbor", || samples::claim().encode());
    assert_eq!(Claim::decode(&bytes), Some(samples::claim()));
    for (name, notice) in samples::notices() {
        let bytes = frozen(&format!("{name}.cbor"), || minicbor::to_vec(&notice).expect("encodes"));
        assert_eq!(minicbor::decode::<Notice>(&bytes).expect("decodes"), notice, "{name}");
        assert_eq!(minicbor::to_vec(&notice).expect("encodes"), bytes, "{name}");
    }
    let bytes = frozen("request-held.bin", samples::request_for_held);
    let read = SignedRequest::read(&bytes).expect("a request");
    let request = read.open(&DISTRICT, &key().sign_public()).expect("the signature fits");
    assert!(request.held.is_some_and(|held| held == samples::claim().targets));
    let head = samples::frames().swap_remove(0);
    let bytes = frozen("answer-held.bin", || {
        [head.clone(), samples::held()].iter().flat_map(|frame| sync::frame::encode(Level::Dense, frame)).collect()
    });
    let mut reader = FrameReader::default();
    reader.feed(&bytes);
    let frames: Vec<Frame> = std::iter::from_fn(|| reader.take().expect("frames of version 1")).collect();
    assert_eq!(frames, [head, samples::held()]);
}

#[test]
fn who_was_in_touch_is_asked_and_told_as_it_was() {
    let bytes = frozen("request-contacts.bin", samples::request_for_contacts);
    let read = SignedRequest::read(&bytes).expect("a request");
    let request = read.open(&DISTRICT, &key().sign_public()).expect("the signature fits");
    assert_eq!((request.contacts, request.reach.map(|reach| reach.seq)), (Some(samples::AT), Some(9)));
    let bytes = frozen("answer-contacts.bin", || sync::frame::encode(Level::Dense, &samples::head_with_contacts()));
    let mut reader = FrameReader::default();
    reader.feed(&bytes);
    assert_eq!(reader.take().expect("a frame of version 1"), Some(samples::head_with_contacts()));
}

#[test]
fn a_record_of_then_says_the_same_today() {
    for (name, form, changes) in samples::records() {
        let bytes = frozen(&format!("record-{name}.cbor"), || minicbor::to_vec(&changes).expect("encodes"));
        let kept: Vec<minicbor::bytes::ByteVec> = minicbor::decode(&bytes).expect("changes");
        assert_eq!(kept, changes, "{name}: the same edits make the same bytes");
        says_the_same(name, form, &kept);
    }
    // written before what is typed was taken in its normal form: kept as it is, read as ever
    let bytes = frozen("record-child.cbor", || panic!("it cannot be made any more"));
    says_the_same("child", "child", &minicbor::decode::<Vec<_>>(&bytes).expect("changes"));
}

fn says_the_same(name: &str, form: &str, kept: &[minicbor::bytes::ByteVec]) {
    let mut record = Record::empty();
    kept.iter().for_each(|change| assert_eq!(record.admit(change), Ok(true), "{name}"));
    let form = domain::form::builtin(form).expect("a built-in form");
    let said = say(&record.view(form));
    let told = String::from_utf8(frozen(&format!("record-{name}.txt"), || said.clone().into_bytes()));
    assert_eq!(told.expect("text"), said, "{name}");
}
