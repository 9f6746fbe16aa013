//! Excel in and out: ledgers as people really keep them → drafts of children's files, and back.
//!
//! This room must not touch SQL, sockets, clock or chance; bytes come in, bytes go out.
//!
//! # Layout
//! - [`workbook`] plain cells; [`read`] bytes → cells within caps.
//! - [`heading`] where a sheet's heading is; [`target`] what its columns mean; [`places`] names of
//!   communities and directors → areas and posts.
//! - [`dry_run()`] a ledger → [`report`]; [`batch`] a report → children to create;
//!   [`error_book()`] what goes back; [`template`] the blank ledger; [`org`] units, people, posts.

pub mod batch;
pub mod context;
pub mod heading;
pub mod org;
pub mod places;
pub mod read;
pub mod report;
pub mod target;
pub mod template;
pub mod workbook;

mod draft;
mod dry_run;
mod error_book;
mod family;
mod held;
mod normalise;
mod remark;
mod settle;
mod twice;
mod words;
mod write;

pub use dry_run::dry_run;
pub use error_book::{error_book, error_book_names};
pub use read::read_workbook;
