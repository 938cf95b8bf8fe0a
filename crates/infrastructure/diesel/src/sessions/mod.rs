//! Stored sessions, and the keys that sign their tokens.

mod reader;
mod renewals;
mod repository;
mod row;
mod signing_keys;

pub(crate) use reader::DieselSessionReader;
pub(crate) use renewals::DieselSessionRenewals;
pub(crate) use row::SessionRow;
pub(crate) use signing_keys::DieselSigningKeys;

/// The table, as failures name it.
const TABLE: &str = "sessions";
