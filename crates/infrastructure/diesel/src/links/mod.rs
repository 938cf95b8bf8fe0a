//! Stored links.

mod repository;
mod row;

/// The table, as failures name it.
const TABLE: &str = "account_links";
