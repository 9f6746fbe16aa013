//! The slot file in the hands of somebody who took it along.

use zeroize::Zeroizing;

use super::*;
use crate::scene::{PASSPHRASE, Scene, Seeded};

const PIN: &str = "739105";

/// A slot file with a passphrase and a PIN, and its device secret.
fn sealed() -> (Slots, DeviceSecret) {
    let mut scene = Scene::new();
    let me = scene.client.desk().me.clone();
    let mut chance = Seeded(9);
    let m = &mut Moment::new(scene.now, &mut chance);
    let key = Zeroizing::new(m.bytes());
    let device = Zeroizing::new(m.bytes());
    let mut slots = Slots::seal(m, &key, &me, PASSPHRASE, KdfCost::TRIVIAL).expect("slots");
    slots.set_pin(m, &key, PIN, &device, KdfCost::TRIVIAL).expect("a PIN");
    (slots, device)
}

#[test]
fn the_slot_file_and_the_pin_open_nothing_without_the_device_secret() {
    let (slots, device) = sealed();
    for guess in [[0; 32], [0xff; 32], std::array::from_fn(|n| device[n] ^ u8::from(n == 0))] {
        assert!(slots.open_pin(PIN, &Zeroizing::new(guess)).expect("a try").is_none());
    }
    assert!(slots.open(PIN).is_err(), "nor does the PIN open another slot");
    // What the file says of the device secret is a name, not a way to it.
    let written = minicbor::to_vec(&slots).expect("bytes");
    assert!(!written.windows(8).any(|part| device.windows(8).any(|secret| secret == part)));
    assert!(slots.open_pin(PIN, &device).expect("a try").is_some());
}

#[test]
fn the_device_secret_opens_nothing_without_the_pin() {
    let (slots, device) = sealed();
    for wrong in ["739106", "", "7391050", "000000"] {
        assert!(slots.open_pin(wrong, &device).expect("a try").is_none(), "{wrong}");
    }
    let (slot, _) = slots.pin().expect("a PIN");
    assert!(slots.inside(slot, &device).expect("a try").is_none(), "it is no key by itself");
}

#[test]
fn each_try_counts_and_files_from_before_there_were_pins_still_open() {
    let (mut slots, _) = sealed();
    for left in (0..TRIES).rev() {
        slots.count_try();
        assert_eq!(slots.tries_left(), left);
    }
    assert!(slots.forgive() && !slots.forgive());
    assert_eq!(slots.tries_left(), TRIES);
    slots.drop_pin();
    assert_eq!((slots.tries_left(), slots.device_name()), (0, None));
    // Four fields, as every slot had them then.
    let slot = &slots.slots[0];
    let old = minicbor::to_vec((slot.kind, slot.cost, minicbor::bytes::ByteArray::from(slot.salt))).expect("bytes");
    let mut four = vec![0x84];
    four.extend_from_slice(&old[1..]);
    four.extend(minicbor::to_vec(minicbor::bytes::ByteVec::from(slot.wrapped.clone())).expect("bytes"));
    let read: Slot = minicbor::decode(&four).expect("an old slot");
    assert!(read.guard.is_none() && read.wrapped == slot.wrapped);
}
