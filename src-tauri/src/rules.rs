//! The window's rights are few, and a test says which. Whoever adds one changes it here too, and
//! says why in docs/SECURITY.md.

use std::path::Path;

use serde_json::{Value, json};

fn read(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    serde_json::from_str(&std::fs::read_to_string(path).expect("a file")).expect("JSON")
}

#[test]
fn the_page_may_ask_and_listen_and_nothing_else() {
    let main = read("capabilities/main.json");
    assert_eq!(main["permissions"], json!(["allow-data", "core:event:allow-listen", "core:event:allow-unlisten"]));
    assert_eq!((&main["windows"], main.get("remote")), (&json!(["main"]), None));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("capabilities");
    assert_eq!(std::fs::read_dir(folder).expect("a folder").count(), 1, "one capability");
    let conf = read("tauri.conf.json");
    assert_eq!(conf["app"]["security"]["capabilities"], json!(["main"]));
}

#[test]
fn the_page_runs_its_own_scripts_only_and_reaches_nobody() {
    let conf = read("tauri.conf.json");
    let app = &conf["app"];
    assert_eq!(
        app["security"]["csp"],
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data: asset:; connect-src ipc: http://ipc.localhost"
    );
    // A nonce beside 'unsafe-inline' would silence it, and the components' styles with it.
    assert_eq!(app["security"]["dangerousDisableAssetCspModification"], json!(["style-src"]));
    assert_eq!((&app["withGlobalTauri"], &app["security"]["freezePrototype"]), (&json!(false), &json!(true)));
    assert_eq!(app["security"].get("assetProtocol"), None);
    assert_eq!(conf.get("plugins"), None);
}

#[test]
fn no_library_gives_the_page_files_or_a_command_line() {
    let manifest = include_str!("../Cargo.toml");
    for plugin in ["plugin-fs", "plugin-shell", "plugin-process", "plugin-http", "plugin-sql", "devtools"] {
        assert!(!manifest.contains(plugin), "{plugin}");
    }
}
