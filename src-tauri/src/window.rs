//! The one window: opened, shown, closed, and opened again by the process that follows. It must
//! not know what stands in it.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use desk::keystore::OsKeystore;
use desk::shell::{KdfCost, Setup, Shell, Then};
use tauri::{AppHandle, Emitter as _, Manager as _, WebviewUrl, WebviewWindowBuilder};
use tauri_plugin_window_state::{AppHandleExt as _, StateFlags};

use crate::start::{self, Args};

const LABEL: &str = "main";
const TITLE: &str = "童档";
/// The event every screen listens to.
const NEWS: &str = "news";
/// What of the window is remembered.
pub(crate) const REMEMBERED: StateFlags = StateFlags::SIZE.union(StateFlags::POSITION).union(StateFlags::MAXIMIZED);
/// Time for the last answer to reach the page before the process ends.
const FAREWELL: Duration = Duration::from_millis(120);

/// Opens the shell's core over a profile.
pub(crate) fn shell(app: &AppHandle, dir: PathBuf, args: &Args) -> Shell {
    let (telling, ending, args) = (app.clone(), app.clone(), args.clone());
    Shell::open(Setup {
        dir,
        practice: args.practice,
        desktop: true,
        cost: KdfCost::STANDARD,
        patient: args.again,
        keystore: Arc::new(OsKeystore),
        // No window, no news.
        tell: Box::new(move |news| drop(telling.emit(NEWS, news))),
        then: Box::new(move |then| follow(&ending, &args, then)),
    })
}

/// Opens the window.
pub(crate) fn open(app: &AppHandle) -> tauri::Result<()> {
    let builder = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::default())
        .title(TITLE)
        .inner_size(1280.0, 700.0)
        .min_inner_size(800.0, 560.0)
        // Photos dropped on the page are the page's.
        .disable_drag_drop_handler()
        .on_navigation(|url| own(url.scheme(), url.host_str()));
    let window = builder.build()?;
    window.set_focus()?;
    settle_input(&window)
}

/// Whether an address is the program's own: the screens, or Vite while developing.
fn own(scheme: &str, host: Option<&str>) -> bool {
    let developing = cfg!(not(feature = "custom-protocol")) && (scheme, host) == ("http", Some("localhost"));
    developing || matches!((scheme, host), ("tauri", Some("localhost")) | ("http" | "https", Some("tauri.localhost")))
}

/// Input methods show what is being composed in the page, where the eyes are. The library under
/// the window turns that off.
#[cfg(target_os = "linux")]
fn settle_input(window: &tauri::WebviewWindow) -> tauri::Result<()> {
    use webkit2gtk::{InputMethodContextExt as _, WebViewExt as _};
    window.with_webview(|view| {
        if let Some(context) = view.inner().input_method_context() {
            context.set_enable_preedit(true);
        }
    })
}

#[cfg(not(target_os = "linux"))]
fn settle_input(_: &tauri::WebviewWindow) -> tauri::Result<()> {
    Ok(())
}

/// Brings the window to the front: somebody started the program a second time.
pub(crate) fn show(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(LABEL) {
        // A window that cannot come to the front is still open.
        drop(window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus()));
    }
}

/// The person closes the window. Whether work waits is asked off the thread that paints.
pub(crate) fn close(app: &AppHandle) {
    let app = app.clone();
    std::thread::spawn(move || {
        let shell = app.state::<Shell>().inner().clone();
        if shell.may_close() {
            shell.leave(Then::Quit);
        }
    });
}

/// Ends this process; before that it starts the one that follows.
fn follow(app: &AppHandle, args: &Args, then: Then) {
    let (app, args) = (app.clone(), args.next(then == Then::Practice));
    std::thread::spawn(move || {
        std::thread::sleep(FAREWELL);
        if then != Then::Quit {
            drop(app.save_window_state(REMEMBERED));
            // Or the next would take itself for a second start.
            tauri_plugin_single_instance::destroy(&app);
            let started = desk::program::own().and_then(|program| Command::new(program).args(args).spawn());
            if let Err(error) = started {
                start::say(&format!("童档没能重新打开：{error}"));
            }
        }
        app.exit(0);
    });
}
