//! What travels: items, envelopes, requests, answers, cursors. Pure.
//!
//! This room must not know Automerge, SQL or sockets: bodies are opaque bytes here.
//!
//! # Layout
//! - [`item`] the smallest thing that travels; [`envelope`] what one device signs;
//! - [`wire`] requests and the frames of an answer; [`pack`] zstd with the shared dictionary, hard caps;
//! - [`seal`] bytes encrypted to a device or to the district's inbox key; [`enrol`] the enrolment text and handshake;
//! - [`key`] signing keys; [`courier`] when to ask next.
//!
//! The formats are frozen per version byte: `docs/PROTOCOL.md`, bytes in `tests/wire`.

pub mod envelope;
pub mod item;
pub mod key;
pub mod wire;
