//! Stored accounts.

mod passwords;
mod personal_data;
mod reader;
mod repository;
mod row;

pub(crate) use personal_data::DieselPersonalDataReader;
pub(crate) use reader::DieselAccountReader;
pub(crate) use row::UserRow;

/// The table, as failures name it.
const TABLE: &str = "users";
