//! Stored accounts.

mod holders;
mod insert_many;
mod intake;
mod pages;
mod passwords;
mod personal_data;
mod reader;
mod repository;
mod row;

pub(crate) use pages::DieselUserPages;
pub(crate) use personal_data::DieselPersonalDataReader;
pub(crate) use reader::DieselAccountReader;
pub(crate) use row::{UserRow, status};

/// The table, as failures name it.
const TABLE: &str = "users";
