//! The window a director takes along: `tongdang [--profile DIR] [--practice]`. It shows the
//! screens, passes their calls to the shell's core and its news back, and knows nothing else.
//!
//! - [`start`] arguments and what is settled before anything is drawn;
//! - [`window`] the one window; [`rules`] tests that its rights stay as few as they are.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

#[cfg(test)]
mod rules;
mod start;
mod window;

use std::process::ExitCode;

use desk::profile::Profile;
use desk::shell::Shell;
use desk::shell::state::Refusal;
use tauri::ipc::{InvokeResponseBody, Response};
use tauri::{Manager as _, State, WindowEvent};

fn main() -> ExitCode {
    desk::shell::quiet_panics();
    let args = match start::args(std::env::args_os().skip(1)) {
        Ok(args) => args,
        Err(words) => return start::refuse(words),
    };
    if start::automated() {
        return start::refuse("这个程序不接受自动操作（TAURI_AUTOMATION）。");
    }
    start::settle_drawing();
    let Some(dir) = args.profile.clone().or_else(Profile::usual_dir) else {
        return start::refuse("找不到存放资料的文件夹，请用 --profile 指定。");
    };
    let mut context = tauri::generate_context!();
    context.config_mut().identifier = start::identifier(args.profile.as_deref());
    let built = tauri::Builder::default()
        // First: a second start must end before it touches anything.
        .plugin(tauri_plugin_single_instance::init(|app, _, _| window::show(app)))
        .plugin(tauri_plugin_window_state::Builder::new().with_state_flags(window::REMEMBERED).build())
        .invoke_handler(tauri::generate_handler![data])
        .setup(move |app| {
            app.manage(window::shell(app.handle(), dir.clone(), &args));
            window::open(app.handle())?;
            Ok(())
        })
        .on_window_event(|window, event| {
            if let WindowEvent::CloseRequested { api, .. } = event {
                api.prevent_close();
                window::close(window.app_handle());
            }
        })
        .build(context);
    match built {
        Ok(app) => {
            app.run(|_, _| ());
            ExitCode::SUCCESS
        }
        Err(error) => {
            start::say(&format!("窗口打不开：{error}"));
            ExitCode::FAILURE
        }
    }
}

/// The one command: every call of every screen.
#[tauri::command]
async fn data(shell: State<'_, Shell>, name: String, args: serde_json::Value) -> Result<Response, Refusal> {
    let shell = shell.inner().clone();
    let done = tauri::async_runtime::spawn_blocking(move || shell.call(&name, args.to_string().as_bytes())).await;
    let json = done.unwrap_or_else(|_| Err(Refusal::bug()))?;
    let json = String::from_utf8(json).map_err(|_| Refusal::bug())?;
    Ok(Response::new(InvokeResponseBody::Json(json)))
}
