//! Reads `tauri.conf.json` and the capabilities at build time. The window's one command stands
//! here by name: a page without a capability for it cannot call it.

use tauri_build::{AppManifest, Attributes};

fn main() {
    let manifest = AppManifest::new().commands(&["data"]);
    if let Err(error) = tauri_build::try_build(Attributes::new().app_manifest(manifest)) {
        panic!("the window's configuration: {error:#}");
    }
}
