//! What a screen sees of the shell, as JSON: its state, its news, its refusals.

use client::Tag;
use domain::fault::{Code, Fault};
use serde::Serialize;

/// Where the shell stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ShellState {
    /// What can be done now.
    pub stage: Word,
    /// In the practice district.
    pub practice: bool,
    /// Version of the program.
    pub version: String,
    /// Proposed name of this computer.
    pub label: String,
    /// File a damaged store was put aside under, at this unlock.
    pub aside: Option<String>,
    /// Opened by the recovery code: a new passphrase is due.
    pub reopened: bool,
    /// Whether a short PIN opens as well.
    pub pin: Pin,
    /// An exchange is under way.
    pub syncing: bool,
    /// Bytes of its answer so far.
    pub received: u64,
    /// What the last exchange met; `null` after a good one.
    pub trouble: Option<Refusal>,
    /// A window of its own, not a browser's.
    pub desktop: bool,
}

/// The stage in one word.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "Stage"))]
pub enum Word {
    /// No profile yet.
    New,
    /// A district has let this computer in; a passphrase is to be set.
    Joined,
    /// A profile, locked.
    Locked,
    /// A passphrase is being tried or set.
    Opening,
    /// Work.
    Open,
}

/// The PIN in one word.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Pin {
    /// None is set.
    None,
    /// One is set.
    Set,
    /// None can be set: the machine has no keystore.
    Unavailable,
}

impl Pin {
    /// One that is set can be removed with no keystore as well.
    pub(super) const fn of(set: bool, no_keystore: bool) -> Self {
        match (set, no_keystore) {
            (true, _) => Self::Set,
            (false, true) => Self::Unavailable,
            (false, false) => Self::None,
        }
    }
}

/// A fault with the sentence that says what to do.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "Fault"))]
pub struct Refusal {
    /// Which one.
    #[cfg_attr(test, ts(type = "string"))]
    pub code: Code,
    /// A field key, a record id or a file name.
    pub about: String,
    /// What happened, what to do.
    pub text: String,
    /// The same in English.
    pub en: String,
}

impl Refusal {
    /// The words of a fault.
    pub fn of(fault: Fault) -> Self {
        let code = fault.code;
        Self { code, text: code.text().to_owned(), en: code.en().to_owned(), about: fault.about }
    }

    /// A defect of ours.
    pub fn bug() -> Self {
        Self::of(Code::Bug.into())
    }
}

/// What a screen hears without asking.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum News {
    /// These answers may be other ones now.
    Touched(#[cfg_attr(test, ts(type = "Array<string>"))] Vec<Tag>),
    /// The shell stands somewhere else.
    State(ShellState),
    /// The window is being closed while work waits.
    Closing(Closing),
}

/// What waits when the window is closed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Closing {
    /// How many changes are on this disk only.
    pub waiting: u32,
}

/// The name of this computer as its owner knows it.
pub fn computer() -> String {
    let kernel = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let name = kernel.or_else(|| std::env::var("COMPUTERNAME").ok()).unwrap_or_default();
    let short: String = name.trim().chars().take(40).collect();
    if short.is_empty() || short == "localhost" { "我的电脑".to_owned() } else { short }
}
