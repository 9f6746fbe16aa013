//! Commands beside a server that two desks push to without a pause.

use std::time::Duration;

use sync::wire::Request;

use super::*;
use crate::clock::Os;
use crate::inbox::Proven;
use crate::scene::World;
use crate::server::Answer;

const ROUNDS: usize = 8;
const PUSHES: usize = 800;

/// A district on disk whose store has so many megabytes of notes, and what its two desks will push.
fn district(dir: &Path, megabytes: u64) -> (World, Vec<Vec<u8>>) {
    let mut world = World::over(|secret| Sqlite::open(dir, &secret.files).expect("opens"));
    let children = [world.child(1, 1), world.child(2, 2)];
    let mut desks = [world.desk(1), world.desk(2)];
    let text = "孩子和奶奶一起住，成绩中等，喜欢画画。".repeat(60);
    let mut n = 0;
    while world.server.store().bytes() < megabytes << 20 {
        n += 1;
        let (desk, child) = (&mut desks[n % 2], children[n % 2]);
        let notes: Vec<_> = (0..20).map(|_| desk.note(&mut world, child, &text)).collect();
        desk.sends(&mut world, &notes);
    }
    let mut bodies = Vec::new();
    for n in 0..PUSHES {
        let (desk, child) = (&mut desks[n % 2], children[n % 2]);
        let note = desk.note(&mut world, child, "一切都好");
        let push = vec![sync::wire::Pushed(desk.envelope(&mut world, &[note]))];
        bodies.push(desk.body(&world, &Request { push, ..desk.request() }));
    }
    (world, bodies)
}

/// By hand over a large store, pushed to once a second:
/// `TONGDANG_MB=1000 cargo test --release -p sync-server --lib beside_two_desks -- --nocapture`
#[test]
fn backup_and_verify_beside_two_desks_that_push_always_end_and_agree() {
    let megabytes: u64 = std::env::var("TONGDANG_MB").ok().and_then(|mb| mb.parse().ok()).unwrap_or(0);
    let pause = Duration::from_millis(if megabytes > 0 { 500 } else { 10 });
    let (dir, to) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let (world, bodies) = district(dir.path(), megabytes);
    let (hub, running) = Hub::start(world.server, Os).expect("starts");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (pushing, pushed) = (hub.clone(), std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0)));
    let count = pushed.clone();
    runtime.spawn(async move {
        for body in bodies {
            if !matches!(pushing.handle(Proven::believed(body)).await, Answer::Frames(_)) {
                return;
            }
            count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            tokio::time::sleep(pause).await;
        }
    });
    let socket = {
        let _inside = runtime.enter();
        listen(dir.path()).expect("listens")
    };
    runtime.spawn(answer_all(socket, hub.clone()));
    for round in 0..ROUNDS {
        let before = pushed.load(std::sync::atomic::Ordering::Relaxed);
        for wish in [Wish::Backup(to.path().to_owned()), Wish::Verify] {
            let began = std::time::Instant::now();
            let told = ask(dir.path(), &wish).expect("an answer");
            say(&format!("{:.1} s: {:?}", began.elapsed().as_secs_f64(), told.lines.first()));
            assert_eq!(told.failed, None, "round {round}: {wish:?} {:?}", told.lines);
        }
        let after = pushed.load(std::sync::atomic::Ordering::Relaxed);
        assert!(after > before || after == PUSHES, "round {round}: served meanwhile");
    }
    hub.stop();
    running.join();
    let secret = {
        let mut dice = crate::scene::Dice::new(7);
        crate::scene::secret(&mut dice.moment(0))
    };
    let mut after =
        crate::server::Server::open(Sqlite::open(dir.path(), &secret.files).expect("opens"), secret).expect("opens");
    assert!(after.backed_up().expect("asked") > 0, "and the watermark moved");
}

#[test]
fn a_folder_with_a_long_path_has_a_socket_too() {
    let dir = tempfile::tempdir().expect("a folder");
    let long = dir.path().join("很长的目录名".repeat(12)).join("区中心");
    std::fs::create_dir_all(&long).expect("a folder");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let _inside = runtime.enter();
    let _socket = listen(&long).expect("listens");
    address(&long).and_then(|(path, _folder)| std::os::unix::net::UnixStream::connect(path)).expect("is there");
}

#[test]
fn who_asks_without_a_server_hears_what_to_do() {
    let dir = tempfile::tempdir().expect("a folder");
    assert!(ask(dir.path(), &Wish::Verify).expect_err("nobody is there").to_string().contains("等它结束"));
}
