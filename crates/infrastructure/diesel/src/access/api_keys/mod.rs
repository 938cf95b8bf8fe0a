//! Stored keys of machines.

mod reader;
mod repository;
mod row;

pub(crate) use reader::DieselApiKeys;

/// The table, as failures name it.
const TABLE: &str = "api_keys";
