//! A PIN as its owner meets it: set, mistyped, lost with its keystore, removed.

use super::*;
use crate::scene::{Drawer, PASSPHRASE, Scene};

const PIN: &str = "739105";
const WRONG: &str = "739106";

/// A desk with a PIN and a recovery code, locked.
fn at_the_door() -> (Scene, Drawer, String) {
    let (mut scene, drawer) = (Scene::at_work(), Drawer::default());
    let code = scene.with(|client, m| client.recovery_code(m, KdfCost::TRIVIAL)).expect("a code");
    scene.with(|client, m| client.set_pin(m, PIN, KdfCost::TRIVIAL, &drawer)).expect("a PIN");
    again(&mut scene);
    (scene, drawer, code)
}

/// A fresh process over the same folder.
fn again(scene: &mut Scene) {
    scene.client = Client::open(scene.dir.path()).expect("a profile");
}

fn tried(scene: &mut Scene, pin: &str, keystore: &dyn Keystore) -> Result<(), (Code, String)> {
    scene.with(|client, m| client.unlock_pin(m, pin, keystore)).map_err(|fault| (fault.code, fault.about))
}

fn wrong(left: &str) -> Result<(), (Code, String)> {
    Err((Code::WrongPin, left.to_owned()))
}

const GONE: Result<(), (Code, String)> = Err((Code::PinGone, String::new()));
const AWAY: Result<(), (Code, String)> = Err((Code::PinAway, String::new()));

#[test]
fn a_pin_opens_this_desk_and_wide_digits_are_digits() {
    let (mut scene, drawer, _) = at_the_door();
    assert!(scene.client.has_pin() && scene.client.takes_pin(WRONG) && !scene.client.takes_pin(PASSPHRASE));
    assert_eq!(tried(&mut scene, "７３９１０５", &drawer), Ok(()));
    assert_eq!(scene.value(7, "name").as_deref(), Some("张小明"));
    assert!(!scene.client.reopened());
}

#[test]
fn five_wrong_tries_remove_it_however_often_the_process_ends() {
    let (mut scene, drawer, code) = at_the_door();
    for left in ["4", "3", "2", "1"] {
        assert_eq!(tried(&mut scene, WRONG, &drawer), wrong(left));
        again(&mut scene);
    }
    assert_eq!(tried(&mut scene, WRONG, &drawer), GONE);
    assert!(!scene.client.has_pin() && drawer.names().is_empty());
    again(&mut scene);
    assert!(!scene.client.takes_pin(PIN), "gone from the disk as well");
    for secret in [PASSPHRASE, &code] {
        scene.with(|client, m| client.unlock(m, secret)).expect("opens as before");
    }
    scene.with(|client, m| client.set_pin(m, "802461", KdfCost::TRIVIAL, &drawer)).expect("another one");
    again(&mut scene);
    assert_eq!(tried(&mut scene, "802461", &drawer), Ok(()));
}

#[test]
fn a_try_counts_before_it_is_made() {
    let (mut scene, drawer, _) = at_the_door();
    // The process ends while a try is under way, five times: each stands on the disk.
    for _ in 0..5 {
        let mut slots = scene.client.slots.clone();
        slots.count_try();
        scene.client.keep(slots).expect("written");
        again(&mut scene);
    }
    assert_eq!(tried(&mut scene, PIN, &drawer), GONE, "not even the right one");
    assert!(drawer.names().is_empty());
}

#[test]
fn a_pin_that_was_used_up_does_not_come_back_with_the_passphrase() {
    let (mut scene, _, _) = at_the_door();
    let mut slots = scene.client.slots.clone();
    (0..5).for_each(|_| slots.count_try());
    scene.client.keep(slots).expect("written");
    scene.with(|client, m| client.unlock(m, PASSPHRASE)).expect("the passphrase");
    assert!(!scene.client.has_pin());
    again(&mut scene);
    assert!(!scene.client.has_pin(), "on the disk neither");
}

#[test]
fn a_right_pin_or_passphrase_gives_the_tries_back() {
    let (mut scene, drawer, _) = at_the_door();
    for open in [true, false] {
        for left in ["4", "3"] {
            assert_eq!(tried(&mut scene, WRONG, &drawer), wrong(left));
        }
        let opened = scene
            .with(|client, m| if open { client.unlock_pin(m, PIN, &drawer) } else { client.unlock(m, PASSPHRASE) });
        assert_eq!(opened, Ok(()));
        again(&mut scene);
    }
    assert_eq!(tried(&mut scene, WRONG, &drawer), wrong("4"));
    scene.with(|client, m| client.unlock(m, "不对")).expect_err("another passphrase");
    assert_eq!(tried(&mut scene, WRONG, &drawer), wrong("3"), "a wrong passphrase gives nothing back");
}

#[test]
fn without_its_device_secret_nothing_is_tried_and_nothing_counted() {
    let (mut scene, mut drawer, code) = at_the_door();
    drawer.shut = true;
    for _ in 0..7 {
        assert_eq!(tried(&mut scene, PIN, &drawer), AWAY, "no keystore");
    }
    assert_eq!(tried(&mut scene, PIN, &Drawer::default()), AWAY, "an empty one");
    drawer.shut = false;
    let name = drawer.names().remove(0);
    let right = drawer.read(&name).expect("a secret");
    for other in [vec![7; 32], vec![7; 31], Vec::new()] {
        drawer.write(&name, &other).expect("kept");
        assert_eq!(tried(&mut scene, PIN, &drawer), AWAY, "another secret");
    }
    drawer.write(&name, &right).expect("kept");
    assert_eq!(tried(&mut scene, WRONG, &drawer), wrong("4"), "none was counted");
    let gone = Drawer::default();
    again(&mut scene);
    for secret in [PASSPHRASE, &code] {
        scene.with(|client, m| client.unlock(m, secret)).expect("opens as before");
    }
    scene.with(|client, m| client.set_pin(m, PIN, KdfCost::TRIVIAL, &gone)).expect("set anew");
    again(&mut scene);
    assert_eq!(tried(&mut scene, PIN, &gone), Ok(()));
}

#[test]
fn a_pin_is_set_by_who_is_in_and_only_where_there_is_a_keystore() {
    let (mut scene, drawer) = (Scene::at_work(), Drawer::default());
    let shut = Drawer { shut: true, ..Drawer::default() };
    let mut set = |pin: &str, keystore: &Drawer| {
        let done = scene.with(|client, m| client.set_pin(m, pin, KdfCost::TRIVIAL, keystore));
        (done.map_err(|fault| fault.code), scene.client.has_pin())
    };
    assert_eq!(set(PIN, &shut), (Err(Code::NoKeystore), false));
    for weak in ["", "12345", "123456", "春风十里", "7391058620473"] {
        assert_eq!(set(weak, &drawer), (Err(Code::WeakPin), false), "{weak}");
    }
    assert_eq!(set(PIN, &drawer), (Ok(()), true));
    let first = drawer.names();
    assert_eq!(set(PIN, &drawer), (Ok(()), true));
    assert!(drawer.names().len() == 1 && drawer.names() != first, "a fresh device secret each time");
    scene.client.lock();
    let locked = scene.with(|client, m| client.set_pin(m, PIN, KdfCost::TRIVIAL, &drawer));
    assert_eq!(locked.map_err(|fault| fault.code), Err(Code::Locked));
}

#[test]
fn another_passphrase_leaves_the_pin_and_removing_it_leaves_the_passphrase() {
    let (mut scene, drawer, _) = at_the_door();
    assert_eq!(tried(&mut scene, PIN, &drawer), Ok(()));
    assert_eq!(scene.client.proves(PIN).map_err(|fault| fault.code), Err(Code::WrongPassphrase), "it proves nobody");
    scene.with(|client, m| client.change_passphrase(m, "秋水长天", KdfCost::TRIVIAL)).expect("changed");
    again(&mut scene);
    assert_eq!(tried(&mut scene, PIN, &drawer), Ok(()));
    for _ in 0..2 {
        scene.client.remove_pin(&drawer).expect("removed");
        assert!(!scene.client.has_pin() && drawer.names().is_empty());
    }
    again(&mut scene);
    assert_eq!(tried(&mut scene, PIN, &drawer), GONE);
    scene.with(|client, m| client.unlock(m, "秋水长天")).expect("the passphrase");
}

#[test]
fn a_damaged_slot_of_a_pin_is_an_error_and_never_a_panic() {
    let (mut scene, drawer, _) = at_the_door();
    let path = scene.dir.path().join("slots.cbor");
    let good = std::fs::read(&path).expect("slots");
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 0x55;
        std::fs::write(&path, &bad).expect("damage");
        if let Ok(mut client) = Client::open(scene.dir.path()) {
            let opened = scene.with(|_, m| client.unlock_pin(m, PIN, &drawer));
            assert!(opened.is_err() || client.identity().is_some(), "byte {at}");
        }
    }
}
