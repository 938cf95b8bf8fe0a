//! Stored accounts.

mod reader;
mod repository;
mod row;

pub(crate) use reader::DieselAccountReader;

/// The table, as failures name it.
const TABLE: &str = "users";
