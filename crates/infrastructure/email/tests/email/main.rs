//! The mailers, against real servers and a real disk, read by a parser of somebody else's making.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod connections;
mod console;
mod contract;
mod examination;
mod files;
mod fixture;
mod messages;
mod outages;
mod protection;
mod refusals;
