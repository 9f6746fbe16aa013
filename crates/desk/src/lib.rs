//! The edge of a desk: the thread that owns a client, the line to the district, the operating
//! system's clock and chance. It must not hold rules, SQL or Automerge; every shell uses it.
//!
//! # Layout
//! - [`clock`] time and randomness of the operating system;
//! - [`profile`] one folder, one lock file, one process; [`program`] this program's own file;
//!   [`keystore`] the operating system's;
//! - [`net`] HTTPS pinned to the district's CA; [`pin`] whose certificate is believed;
//!   [`meter`] what went over the line;
//! - [`enrol`] joining a district; [`exchange`] one client talking until it has no more to say;
//! - [`thread`] the thread behind a window: [`Desk`];
//! - [`shell`] what every window answers: first start, unlocking, locking, news; [`practice`] a
//!   made-up district to try things in; [`loopback`] a shell in the system's browser.

pub mod clock;
pub mod enrol;
pub mod exchange;
pub mod keystore;
pub mod loopback;
pub mod meter;
pub mod net;
mod pin;
pub mod practice;
pub mod profile;
pub mod program;
#[cfg(test)]
mod scene;
pub mod shell;
pub mod thread;

pub use thread::{Desk, Event};
