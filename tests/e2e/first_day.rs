//! A director's first day with no network for most of it, and her station's evening: in two real
//! windows, over the real server.

use std::path::Path;
use std::time::Duration;

use domain::post::Role;
use thirtyfour::Key;
use tongdang_tests::demo::proxy::Cable;
use tongdang_tests::photo;
use tongdang_tests::stage::{Guest, Stage};
use tongdang_tests::synth::Scale;
use tongdang_tests::window::{Screen, Window};

const PASSPHRASE: &str = "竹影社区的春天 2026";
const NOTE: &str = "和奶奶、孩子都见了面。家里收拾得干净，孩子说“妈妈周末打电话来”，作业本看过，字写得认真。";
/// More than the note and the small picture, less than the photograph.
const BREAK_BYTES: usize = 90_000;
const OWN: &str = "14000007001";
const OTHER: &str = "14000007002";

#[tokio::test]
async fn a_directors_first_day_and_her_stations_evening() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut stage = Stage::set(folder.path(), Scale::small(1, 2)).expect("a district");
    let (director, station) = (guest(&stage, Role::Director), guest(&stage, Role::Supervisor));
    let screen = Screen::light();
    let mut hers = Window::open(&screen, "director", &folder.path().join("director")).await;
    join(&hers, &director).await;
    let theirs = Window::open(&screen, "station", &folder.path().join("station")).await;
    join(&theirs, &station).await;

    let child = imported_children_are_seen(&hers, &stage).await;
    let copies = folder.path().join("备份");
    stage.back_up(&copies).expect("a backup");
    director.cable.unplug();
    a_killed_window_keeps_what_was_typed(&mut hers, &child).await;
    a_photograph_is_put_beside_it(&hers, folder.path()).await;
    finish(&hers).await;
    hers.sees("本机已保存").await;
    another_is_begun_from_there_and_thrown_away(&hers, stage.children()[1]).await;

    the_cable_breaks_in_the_photograph(&hers, &director.cable).await;
    sync(&theirs).await;
    the_station_sees_the_note(&theirs, &child).await;
    the_photograph_follows(&hers, &director.cable, &theirs).await;

    director.cable.unplug();
    station.cable.unplug();
    telephone(&hers, &child, OWN).await;
    telephone(&theirs, &child, OTHER).await;
    director.cable.plug_in();
    station.cable.plug_in();
    sync(&hers).await;
    sync(&theirs).await;
    the_station_picks(&theirs).await;
    sync(&theirs).await;
    sync(&hers).await;
    let mut seen = Vec::new();
    for window in [&hers, &theirs] {
        open_child(window, &child).await;
        window.none("[data-testid=differs-phone_child]").await;
        seen.push(window.find("field-phone_child").await.text().await.expect("a text"));
    }
    assert_eq!(seen[0], seen[1], "both see what the station picked");

    stage.restore(&copies).expect("the centre as it was in the morning");
    the_computers_bring_it_back(&stage, &theirs, &hers).await;
    somebody_new_sees_the_whole_day(&screen, &stage, folder.path(), &child, &seen[0]).await;
    hers.close().await;
    theirs.close().await;
}

/// The station's computer first, as the centre's operator is told; what a desk waits to send stands on no
/// screen before it has heard of the restore, so the centre is asked. Photographs come last.
async fn the_computers_bring_it_back(stage: &Stage, theirs: &Window, hers: &Window) {
    let mut before = 0;
    for _ in 0..30 {
        sync(theirs).await;
        sync(hers).await;
        let pieces = stage.pieces().expect("it serves");
        if pieces > 0 && pieces == before {
            return;
        }
        before = pieces;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    panic!("no photograph came back");
}

/// What the morning's copy lacked came back from the two computers: a third, of the station, begins
/// from the centre alone and has the note, its photograph and the number that was picked.
async fn somebody_new_sees_the_whole_day(screen: &Screen, stage: &Stage, folder: &Path, child: &str, number: &str) {
    let specialist = guest(stage, Role::Specialist);
    let window = Window::open(screen, "specialist", &folder.join("specialist")).await;
    join(&window, &specialist).await;
    open_child(&window, child).await;
    let number = number.trim_start_matches(|letter: char| !letter.is_ascii_digit());
    window.sees(number).await;
    window.none("[data-testid=differs-phone_child]").await;
    window.picture("after-the-restore").await;
    the_station_sees_the_note(&window, child).await;
    window.click_path("//*[@data-testid='dayend-visit']//a").await;
    window.click("photo-0").await;
    window.find("photo-whole").await;
    window.close().await;
}

fn guest(stage: &Stage, role: Role) -> Guest {
    stage.invite(role).expect("a code")
}

/// The three steps of the first start.
async fn join(window: &Window, guest: &Guest) {
    window.write("field-address", &guest.address).await;
    window.write("field-code", &guest.code).await;
    window.click("enrol").await;
    window.sees(&guest.name).await;
    window.click("same").await;
    window.write("field-passphrase", PASSPHRASE).await;
    window.write("field-again", PASSPHRASE).await;
    window.click("choose").await;
    let code = window.find("recovery").await.text().await.expect("a code");
    let last = code.split(['-', ' ', '\n']).rfind(|group| !group.is_empty()).expect("groups");
    window.write("field-last", last).await;
    window.click("kept").await;
    window.find("nav-today").await;
    window.picture(&format!("joined-{}", guest.name)).await;
    window.click("tour-skip").await;
}

/// The ledger's children are in the list; the name of one of them.
async fn imported_children_are_seen(window: &Window, stage: &Stage) -> String {
    window.click("nav-children").await;
    let names = stage.children();
    let first = names.first().expect("a child");
    window.sees(first).await;
    (*first).to_owned()
}

async fn open_child(window: &Window, name: &str) {
    window.click("nav-children").await;
    window.find("children-list").await;
    window.click_path(&format!("//*[@data-testid='children-list']//a[contains(., '{name}')]")).await;
    window.find("part-A").await;
}

/// Chinese is typed, the process is killed, and what was typed more than a second before is there.
async fn a_killed_window_keeps_what_was_typed(window: &mut Window, child: &str) {
    open_child(window, child).await;
    window.click_path("//button[contains(., '写走访')]").await;
    window.write("field-note", NOTE).await;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    window.kill().await;
    window.start().await;
    window.write("field-secret", PASSPHRASE).await;
    window.click("unlock").await;
    window.find("nav-today").await;
    window.click("nav-visits").await;
    window.click("draft").await;
    window.find("field-note").await;
    assert_eq!(window.value("field-note").await, NOTE, "every word is there");
    window.picture("recovered-draft").await;
}

async fn a_photograph_is_put_beside_it(window: &Window, folder: &Path) {
    let file = folder.join("院子.jpg");
    std::fs::write(&file, photo::yard_file(7)).expect("a file");
    window.write("photo-input", &file.to_string_lossy()).await;
    window.find("photo-0").await;
    window.none("[data-testid=photo-progress] .anticon").await;
}

/// From 写好了 the finder begins the next visit: Ctrl+Enter there is the finder's alone.
async fn another_is_begun_from_there_and_thrown_away(window: &Window, name: &str) {
    window.click("nav-find").await;
    window.write("finder-input", name).await;
    window.find_path(&format!("//*[@cmdk-item][@data-child][@data-selected='true'][contains(., '{name}')]")).await;
    window.write("finder-input", &String::from_iter([Key::Control.value(), Key::Enter.value()])).await;
    assert_eq!(window.value("field-note").await, "", "an empty note, not the finished one");
    window.click("discard").await;
    window.none("[data-testid=write]").await;
}

/// What is written goes first; the cable breaks while the photograph is on its way.
async fn the_cable_breaks_in_the_photograph(window: &Window, cable: &Cable) {
    cable.plug_in_and_break_after(BREAK_BYTES);
    window.click("sync-now").await;
    for _ in 0..300 {
        if cable.broken() > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    cable.unplug();
    assert_eq!(cable.broken(), 1, "it broke");
    window.none("[data-testid=sync-now].ant-btn-loading").await;
    window.sees("待上传 1 条").await;
}

/// The note stands at the station, and says that a photograph is coming; with the network back it comes.
async fn the_photograph_follows(hers: &Window, cable: &Cable, theirs: &Window) {
    theirs.click_path("//*[@data-testid='dayend-visit']//a").await;
    theirs.click("photo-0").await;
    theirs.find("photo-coming").await;
    theirs.picture("photo-coming").await;
    theirs.click("photo-close").await;
    cable.plug_in();
    sync(hers).await;
    theirs.none("[role=dialog]").await;
    sync(theirs).await;
    theirs.click("photo-0").await;
    theirs.find("photo-whole").await;
    theirs.picture("photo-whole").await;
    theirs.click("photo-close").await;
}

/// The rest of the ninety seconds, and 完成.
async fn finish(window: &Window) {
    window.click("met_child-yes").await;
    window.click("met_guardian-yes").await;
    window.click("all-good").await;
    window.click("complete").await;
    window.find("completed").await;
    window.picture("completed").await;
}

/// Syncs until the status line says so.
async fn sync(window: &Window) {
    window.click("sync-now").await;
    window.sees("没有待上传的内容").await;
    window.none("[data-testid=sync-now].ant-btn-loading").await;
}

async fn the_station_sees_the_note(window: &Window, child: &str) {
    window.click("nav-dayend").await;
    window.find("sum").await;
    window.sees("收到 1").await;
    window.sees(child).await;
    window.picture("dayend").await;
}

async fn telephone(window: &Window, child: &str, number: &str) {
    open_child(window, child).await;
    window.click("more-A").await;
    window.click_path("//*[@data-testid='field-phone_child']//button[@data-edit]").await;
    window.enter("[data-testid=field-phone_child] input", number).await;
    window.sees("已保存").await;
}

/// Both values stand side by side; the station picks the other one.
async fn the_station_picks(window: &Window) {
    window.click("nav-dayend").await;
    window.find("differs-phone_child").await;
    window.picture("differing").await;
    window.click("pick-1").await;
    window.find("dayend-clear").await;
}
