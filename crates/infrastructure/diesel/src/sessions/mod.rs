//! Stored sessions, and the keys that sign their tokens.

mod reader;
mod repository;
mod row;
mod signing_keys;

pub(crate) use reader::DieselSessionReader;
pub(crate) use signing_keys::DieselSigningKeys;

/// The table, as failures name it.
const TABLE: &str = "sessions";
