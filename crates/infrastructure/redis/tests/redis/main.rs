//! The adapters against real servers, which the tests also take away.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod buckets;
mod contract;
mod examination;
mod feed;
mod nonsense;
mod outages;
mod place;
