//! What the tests, the demo and the benches share. It must not hold rules of the work.

pub mod bench;
pub mod chance;
pub mod corpus;
pub mod demo;
pub mod doors;
pub mod hostile;
#[cfg(feature = "window")]
pub mod keyboard;
pub mod photo;
pub mod sim;
pub mod stage;
pub mod synth;
#[cfg(feature = "window")]
pub mod window;
pub mod world;
