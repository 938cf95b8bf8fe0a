//! Stored jobs.

mod admin;
mod bell;
mod queue;
mod repository;
mod row;

pub(crate) use admin::DieselJobAdmin;
pub(crate) use bell::{Bell, Listener, notify};
pub(crate) use queue::DieselJobQueue;

/// The table, as failures name it.
const TABLE: &str = "jobs";
