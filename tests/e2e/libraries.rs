//! The window lives in one process with the web view's libraries, which bring a SQLite of their own.

use std::process::Command;

use tongdang_tests::window::program;

#[test]
fn the_windows_own_sqlite_stays_out_of_the_web_views_sight() {
    let told = Command::new("nm").args(["-D", "--defined-only"]).arg(program()).output().expect("nm runs");
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let shown = String::from_utf8_lossy(&told.stdout);
    let ours = ["sqlite3", "sqlcipher", "EVP_", "SSL_", "CRYPTO_"];
    let seen: Vec<&str> = shown.lines().filter(|line| ours.iter().any(|name| line.contains(name))).collect();
    assert!(seen.is_empty(), "the web view would call these of ours: {seen:?}");
}
