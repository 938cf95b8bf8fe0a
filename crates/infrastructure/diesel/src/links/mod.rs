//! Stored links.

mod repository;
mod row;

pub(crate) use row::LinkRow;

/// The table, as failures name it.
const TABLE: &str = "account_links";
