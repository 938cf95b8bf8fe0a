//! The rules of Threshold, without any I/O.
//!
//! Values that have a rule are types with a private field: whoever holds an [`accounts::Email`] need not
//! check it again. Nothing here reads a clock, makes a random number, talks to a network or knows how a
//! value is stored or sent: times, ids and secrets come in as arguments.
//!
//! ```
//! use threshold_domain::accounts::{Email, PasswordPolicy, Password};
//!
//! let email = Email::parse("Ada@Example.org")?;
//! assert_eq!(email.canonical(), "ada@example.org");
//!
//! let policy = PasswordPolicy::default();
//! let refusal = policy.accept(Password::parse("password")?, Some(&email), None).unwrap_err();
//! assert_eq!(refusal.code().as_str(), "weak");
//! # Ok::<(), threshold_domain::Refusal>(())
//! ```
//!
//! `tests/examples/rules.rs` is a whole program over it: `cargo run --package threshold-domain --example rules`.

pub mod access;
pub mod accounts;
pub mod audit;
pub mod jobs;
pub mod limits;
pub mod mail;
pub mod operations;
mod precondition;
mod refusal;
pub mod sessions;
mod timestamp;

pub use precondition::Precondition;
pub use refusal::{Refusal, RefusalCode};
pub use timestamp::parse_timestamp;

/// A moment in UTC, in whole microseconds: what both databases can keep.
pub type Timestamp = chrono::DateTime<chrono::Utc>;
