//! Limits: how often somebody may do something.

mod attempt;
mod rate_limit;

pub use attempt::{AttemptCount, AttemptKey, AttemptLimit};
pub use rate_limit::RateLimit;
