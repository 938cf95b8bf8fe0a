//! The time.

use threshold_domain::Timestamp;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now, in UTC, cut to whole microseconds, so that what is stored and read again is equal.
    fn now(&self) -> Timestamp;
}
