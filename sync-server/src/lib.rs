//! The district server: keeps what desks send, judges it in order, gives each desk its part.
//!
//! This room must not decide anything about content, and must not know the client.
//!
//! # Layout
//! - [`server`] the whole server as one value, synchronous and deterministic: time and chance are arguments;
//! - [`inbox`] verify, take in, receipt; [`arrival`] a delivery in one row, and laying it out; [`judging`] feeds
//!   deliveries to the gate and appends to the log;
//!   [`pull`] what a device may hear after its cursor; [`contacts`] which computers were in touch, for stations;
//!   [`segment`] first downloads, packed once;
//! - [`restored`] what happens after an old backup was put back; [`backup`] writing, proving, putting back;
//! - [`pieces`] pieces of photographs and scans, after all text;
//! - [`hub`] the one thread that owns a [`server::Server`] in production, with group commit;
//! - [`damage`] what cannot be read any more, and how all else goes on;
//! - [`store`] the engine-neutral contract, [`store::sqlite`] the embedded engine;
//! - [`secret`] the server's keys; [`config`] the TOML file; [`meter`] counters.
//!
//! # How the edges use it (signatures others code against)
//! ```text
//! Server<S: Store>::open(store: S, secret: Secret) -> Result<Server<S>, ServerError>
//!   .handle(&mut self, m: &mut Moment, body: &[u8]) -> Answer                  // one request
//!   .handle_many(&mut self, m: &mut Moment, bodies: &[&[u8]]) -> Vec<Answer>   // one commit for all
//!   .handle_piece(&mut self, m: &mut Moment, body: &[u8]) -> Answer            // POST /v1/piece; one frame: Told
//!   .gate_step(&mut self, m: &mut Moment) -> Result<bool, ServerError>         // false: nothing to judge
//!   .segment_step(&mut self) -> Result<bool, ServerError>                      // false: nothing to pack
//!   .write_rows(&mut self, m: &mut Moment, rows: Vec<Row>) -> Result<Vec<Outcome>, ServerError>  // judged on return
//!   .write_items(&mut self, m: &mut Moment, items: Vec<Item>) -> Result<Vec<Outcome>, ServerError>
//!   .roster(&self) -> &Roster      .district(&self) -> &District  .secret(&self) -> &Secret (tls bytes, keys)
//!   .put_code(&Code) / .code(id)   .lease(now)   .mark_restored(m)   .meter()   .standings()
//! Answer::{NotFound, Unavailable, Frames(Vec<Vec<u8>>)}                        // encoded frames, in order
//! Hub::start(server, clock::Os) -> (Hub, Running);  hub.handle(body).await -> Answer;  hub.with(|server, m| …).await -> Option<R>
//! Server<Sqlite>: Sqlite::{open(dir, &FileKeys), in_memory(), snapshot()}   Secret::{found(m, Founding), load(dir, pass), save}
//! ```

mod arrival;
mod aside;
pub mod backup;
mod claiming;
pub mod cli;
pub mod clock;
pub mod config;
mod contacts;
pub mod damage;
pub mod enrol;
pub mod gate;
pub mod http;
pub mod hub;
pub mod import;
mod inbox;
mod judging;
pub mod meter;
mod open_records;
mod pieces;
mod pull;
mod restored;
mod rows;
#[cfg(test)]
mod scene;
pub mod secret;
mod segment;
pub mod server;
pub mod store;
pub mod tls;
mod vault;
pub mod verify;
