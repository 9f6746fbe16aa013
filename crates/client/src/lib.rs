//! Use cases over the local encrypted store of one device. Blocking, single writer.
//!
//! This room must not know sockets, threads, clocks or random numbers: time and chance come in
//! through [`domain::moment::Moment`], effects go out as data ([`Outgoing`]).
//!
//! # Layout
//! - [`open`] create, open, unlock, lock; [`slot`] who may open; [`keystore`] where a device secret
//!   is kept; [`identity`] who this device is.
//! - [`desk`] the unlocked inside; [`work`] one transaction over it; [`write`] acts become items;
//!   [`store`] tables of the log and its caches.
//! - [`exchange`] what is sent and what comes back; [`held`] what the gate did not take;
//!   [`purge`] children that went elsewhere; [`rebuild`] caches from the log.
//! - `picture` photographs made small and bare; `file` their manifests and encrypted pieces.
//! - `door` and `calls` the use cases; `project` and `search` what screens read.

mod calls;
mod desk;
mod door;
mod draft;
mod exchange;
mod file;
mod held;
mod identity;
mod keystore;
mod open;
mod picture;
mod project;
mod purge;
mod rebuild;
#[cfg(test)]
mod scene;
mod search;
mod slot;
mod store;
mod tag;
mod work;
mod write;

pub use exchange::{Outgoing, Reply};
pub use identity::Identity;
pub use keystore::{Amiss, Keystore};
pub use open::{Client, Done, spoken};
pub use slot::KdfCost;
pub use tag::Tag;
