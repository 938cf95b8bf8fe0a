//! Forgetting what was kept for as long as it may be.

mod enforce_retention;

pub use enforce_retention::{EnforceRetention, RetentionPeriods, RetentionReport};
