//! Stored accounts.

mod holders;
mod insert_many;
mod intake;
mod pages;
mod reader;
mod repository;
mod row;

pub(crate) use pages::DieselUserPages;
pub(crate) use reader::{DieselAccountReader, by_id};
pub(crate) use row::UserRow;

/// The table, as failures name it.
const TABLE: &str = "users";
