//! Reads `tauri.conf.json` and the capabilities at build time. The window's one command stands
//! here by name: a page without a capability for it cannot call it.

use tauri_build::{AppManifest, Attributes};

fn main() {
    keep_own_libraries_to_ourselves();
    let manifest = AppManifest::new().commands(&["data"]);
    if let Err(error) = tauri_build::try_build(Attributes::new().app_manifest(manifest)) {
        panic!("the window's configuration: {error:#}");
    }
}

/// The web view's libraries use the system's SQLite. A linker lets a program's own functions of the
/// same names take the place of theirs: two SQLites would work on each other's memory. What comes
/// from archives stays inside (`tests/e2e/libraries.rs` looks).
fn keep_own_libraries_to_ourselves() {
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        println!("cargo:rustc-link-arg-bins=-Wl,--exclude-libs,ALL");
    }
}
