//! What travels: items, envelopes, requests, answers, cursors. Pure.
//!
//! This room must not know Automerge, SQL or sockets: bodies are opaque bytes here.
//!
//! # Layout
//! - [`item`] the smallest thing that travels; [`envelope`] what one device signs;
//! - [`wire`] what a request and an answer say; [`request`] and [`frame`] their bytes; [`head`] the signed
//!   head of a request; [`pack`] zstd with the shared dictionary, hard caps;
//! - [`file`] photographs and scans, their manifest and encrypted pieces; [`piece`] pieces on the way;
//! - [`chain`] the log's hash chain and the newest point two sides have in common;
//! - [`notice`] what was kept outside the log; [`claim`] what a station decided on it; [`key`] signing keys; [`certified`] the district's root key and what it vouches for;
//!   [`seal`] bytes encrypted to a device or to the district's inbox key;
//! - [`enrol`] the enrolment text and handshake; [`courier`] when to ask next.
//!
//! The formats are frozen per version byte: `docs/PROTOCOL.md`, bytes in `tests/wire`.

pub mod certified;
pub mod chain;
pub mod claim;
pub mod courier;
pub mod enrol;
pub mod envelope;
pub mod file;
pub mod frame;
pub mod head;
pub mod item;
pub mod key;
pub mod notice;
pub mod pack;
pub mod piece;
pub mod request;
#[cfg(test)]
mod scene;
pub mod seal;
pub mod wire;
