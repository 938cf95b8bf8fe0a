//! Limits: how often somebody may do something.

mod rate_limit;

pub use rate_limit::RateLimit;
