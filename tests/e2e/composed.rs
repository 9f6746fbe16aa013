//! Pinyin typed through a real input method. Its letters stand in the page while they are being
//! composed, and the Enter that ends a word sends, opens and finishes nothing.

use std::time::Duration;

use tongdang_tests::keyboard::Keyboard;
use tongdang_tests::window::{Screen, Window};

#[tokio::test]
#[allow(clippy::print_stderr, reason = "whoever runs it hears what was not tried")]
async fn what_is_composed_is_seen_and_kept_and_its_enter_acts_on_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let screen = Screen::light();
    let Some(keyboard) = Keyboard::plug_in(&screen.display, folder.path()) else {
        eprintln!("skipped: fcitx5 with its pinyin, openbox and xdotool are not installed");
        return;
    };
    let window = Window::practising(&keyboard, "typist", folder.path()).await;
    window.click("tour-skip").await;
    window.click("nav-visits").await;
    window.click("draft").await;
    window.click("field-note").await;
    keyboard.press("ctrl+End");

    keyboard.types("haizi");
    ends(&window, "field-note", "hai zi").await;
    window.picture("composing").await;
    keyboard.press("Return");
    ends(&window, "field-note", "haizi").await;
    keyboard.types("nihao");
    // Longer than the pause after which a draft is saved: that must not end the word.
    tokio::time::sleep(Duration::from_millis(2_000)).await;
    keyboard.press("space");
    ends(&window, "field-note", "haizi你好").await;
    keyboard.types("zuoye");
    keyboard.press("Escape");
    ends(&window, "field-note", "haizi你好").await;
    window.click("nav-visits").await;
    window.sees("haizi你好").await;

    window.click("nav-children").await;
    window.click("children-search").await;
    let all = window.count("[data-testid=children-list] a").await;
    keyboard.types("miao");
    ends(&window, "children-search", "miao").await;
    tokio::time::sleep(Duration::from_millis(1_000)).await;
    assert_eq!(
        window.count("[data-testid=children-list] a").await,
        all,
        "nothing is looked for before the word is whole"
    );
    keyboard.press("Return");
    ends(&window, "children-search", "miao").await;
    window.sees("2 人，共").await;
    let here = window.script("return document.activeElement.dataset.testid").await;
    assert_eq!(here, "children-search", "the Enter that ends a word does not go to the list");
    window.close().await;
}

/// Waits until what stands in an input ends so, and goes on ending so.
async fn ends(window: &Window, id: &str, text: &str) {
    let mut seen = String::new();
    for _ in 0..40 {
        tokio::time::sleep(Duration::from_millis(250)).await;
        let before = std::mem::replace(&mut seen, window.value(id).await);
        if before == seen && seen.ends_with(text) {
            return;
        }
    }
    window.picture("lost-composing").await;
    panic!("{id} does not end with {text:?}: {seen:?}");
}
