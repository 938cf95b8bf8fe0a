//! A clock that stands still.

use super::lock;
use crate::builders::at;
use chrono::TimeDelta;
use std::sync::Mutex;
use threshold_application::ports::Clock;
use threshold_domain::Timestamp;

/// Shows `at(0)` until it is moved.
#[derive(Debug)]
pub struct FixedClock(Mutex<Timestamp>);

impl Default for FixedClock {
    fn default() -> Self {
        Self(Mutex::new(at(0)))
    }
}

impl FixedClock {
    /// Moves it on, or back.
    pub fn advance(&self, by: TimeDelta) {
        *lock(&self.0) += by;
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        *lock(&self.0)
    }
}
