//! The system's clock.

use chrono::{DurationRound, TimeDelta, Utc};
use threshold_application::ports::Clock;
use threshold_domain::Timestamp;

/// Tells the system's time, cut to microseconds.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "this is the adapter that everybody else asks")]
        let now = Utc::now();
        // Cutting fails only for times that don't fit 64 bits of nanoseconds, in the year 2262.
        now.duration_trunc(TimeDelta::microseconds(1)).unwrap_or(now)
    }
}
