//! The work itself: children, visits, people, posts, rights, forms and rules. Pure.
//!
//! This room must not read a clock, draw randomness, touch disk or network. Everything such
//! comes in as an argument ([`moment::Moment`]).
//!
//! # Layout
//! - [`id`] newtypes for every id; [`moment`] the only way time and chance get in;
//!   [`day`] civil dates; [`area`] district → street → community.
//! - [`post`] roles and posts (岗位); [`roster`] who is who and who looks after whom (名册);
//!   [`rights`] the one table of who may do what.
//! - [`value`] what a field may hold; [`form`] forms as data; [`code`] code tables;
//!   [`check`] validators and normal forms of what people write by hand; [`country`] its counties.
//! - [`child`], [`visit`], [`assessment`] the rules of the three forms of the trunk;
//!   [`due`] what is due when; [`alarm`] what nobody may leave lying; [`closing`] when a file is closed;
//!   [`unfinished`] what was begun and handed in as it stood.
//! - [`fault`] everything a screen must tell apart; [`words`] what is said, in both languages.

pub mod alarm;
pub mod area;
pub mod assessment;
pub mod check;
pub mod child;
pub mod closing;
pub mod code;
pub mod country;
pub mod day;
pub mod due;
pub mod fault;
pub mod finding;
pub mod form;
pub mod id;
pub mod mask;
pub mod moment;
pub mod number;
pub mod passphrase;
pub mod places;
pub mod post;
pub mod rights;
pub mod roster;
#[cfg(feature = "ts")]
pub mod typescript;
pub mod unfinished;
pub mod value;
pub mod visit;
pub mod words;
