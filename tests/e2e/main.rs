//! The real window, as a director and a station use it: typed into, unplugged, killed.
//! `cargo xtask test --only e2e` builds what it needs.

mod composed;
mod first_day;
mod libraries;
