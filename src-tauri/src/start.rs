//! Before anything is drawn: arguments, what is refused, how the web view draws.

use std::ffi::OsString;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "用法：tongdang [--profile 文件夹] [--practice]";
/// The program's name among all programs of this computer.
const IDENTIFIER: &str = "cn.tongdang.desk";

/// What it was started with.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Args {
    /// Another profile than this computer user's own.
    pub(crate) profile: Option<PathBuf>,
    /// The practice district.
    pub(crate) practice: bool,
    /// By the process before it, which is about to end.
    pub(crate) again: bool,
}

impl Args {
    /// The arguments of the process that comes after this one.
    pub(crate) fn next(&self, practice: bool) -> Vec<OsString> {
        let mut next = vec![OsString::from("--again")];
        if let Some(profile) = &self.profile {
            next.extend(["--profile".into(), profile.clone().into_os_string()]);
        }
        next.extend(practice.then(|| "--practice".into()));
        next
    }
}

/// Reads the arguments; words when they are none.
pub(crate) fn args(mut said: impl Iterator<Item = OsString>) -> Result<Args, &'static str> {
    let mut args = Args::default();
    while let Some(arg) = said.next() {
        match arg.to_str() {
            Some("--profile") => args.profile = Some(said.next().ok_or(USAGE)?.into()),
            Some("--practice") => args.practice = true,
            Some("--again") => args.again = true,
            Some(_) | None => return Err(USAGE),
        }
    }
    Ok(args)
}

/// One line for who started it from a terminal; started from a desktop nobody reads it.
pub(crate) fn say(line: &str) {
    drop(writeln!(std::io::stderr(), "{line}"));
}

/// Says why it does not start.
pub(crate) fn refuse(words: &str) -> ExitCode {
    say(words);
    ExitCode::FAILURE
}

/// Whether the web view would let a driver hold the window. Anybody who can start programs could;
/// only programs built for the end-to-end tests allow it.
pub(crate) fn automated() -> bool {
    let asked = ["TAURI_AUTOMATION", "TAURI_WEBVIEW_AUTOMATION"].iter().any(|name| std::env::var_os(name).is_some());
    asked && !cfg!(feature = "e2e")
}

/// A name for each profile, so that each has its one window: the usual profile has the plain one.
pub(crate) fn identifier(profile: Option<&Path>) -> String {
    let Some(profile) = profile else { return IDENTIFIER.to_owned() };
    let mut hasher = DefaultHasher::new();
    std::path::absolute(profile).unwrap_or_else(|_| profile.to_owned()).hash(&mut hasher);
    format!("{IDENTIFIER}.p{:016x}", hasher.finish())
}

/// WebKitGTK before 2.48 shows an empty window on some graphics drivers and in virtual machines
/// unless it draws without DMABUF. What the user has set is left as it is.
#[cfg(target_os = "linux")]
pub(crate) fn settle_drawing() {
    use std::os::unix::process::CommandExt as _;
    const SWITCH: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
    let version = tauri::webview_version().unwrap_or_default();
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let old = (parts.next(), parts.next()) < (Some(2), Some(48));
    let Ok(program) = desk::program::own() else { return };
    if old && std::env::var_os(SWITCH).is_none() {
        // A process may not change its own environment safely: it becomes itself with another one.
        let failed = std::process::Command::new(program).args(std::env::args_os().skip(1)).env(SWITCH, "1").exec();
        say(&format!("童档：{failed}"));
    }
}

/// Other systems draw by other means.
#[cfg(not(target_os = "linux"))]
pub(crate) fn settle_drawing() {}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(said: &[&str]) -> Result<Args, &'static str> {
        args(said.iter().map(OsString::from))
    }

    #[test]
    fn the_process_that_follows_has_the_same_profile() {
        let args = read(&["--profile", "/some/where"]).expect("arguments");
        let next = super::args(args.next(true).into_iter()).expect("arguments");
        assert_eq!(next, Args { practice: true, again: true, ..args });
        assert_eq!(read(&[]), Ok(Args::default()));
        for wrong in [&["--profile"][..], &["--inspect"], &["x"]] {
            assert_eq!(read(wrong), Err(USAGE), "{wrong:?}");
        }
    }

    #[test]
    fn each_profile_has_a_name_of_its_own() {
        assert_eq!(identifier(None), IDENTIFIER);
        let [one, other] = ["/a", "/b"].map(|dir| identifier(Some(Path::new(dir))));
        assert_ne!(one, other);
        assert_eq!(one, identifier(Some(Path::new("/a"))));
        // Part of a name on the session bus: no part of it may begin with a digit.
        assert!(one.split('.').all(|part| part.starts_with(|c: char| c.is_ascii_lowercase())));
    }
}
