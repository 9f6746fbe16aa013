//! A director's first day, and her station's evening.

use domain::post::Role;
use tongdang_tests::stage::Stage;
use tongdang_tests::synth::Scale;
use tongdang_tests::window::{Screen, Window};

#[tokio::test]
async fn a_first_day() {
    let folder = tempfile::tempdir().expect("a folder");
    let stage = Stage::set(folder.path(), Scale::small(1, 2)).expect("a district");
    let guest = stage.invite(Role::Director).expect("a code");
    let screen = Screen::light();
    let window = Window::open(&screen, "director", &folder.path().join("director")).await;
    window.picture("first").await;
    let _ = guest;
}
