//! So many in so long.

use std::num::NonZeroU32;
use std::time::Duration;

/// A token bucket's measure: it holds `quota` tokens and fills from empty to full in `window`, evenly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RateLimit {
    /// What the bucket holds, and what can be done at once after a pause.
    pub quota: NonZeroU32,
    /// How long it takes to fill.
    pub window: Duration,
}

impl RateLimit {
    /// So many a minute.
    #[must_use]
    pub fn per_minute(quota: NonZeroU32) -> Self {
        Self { quota, window: Duration::from_mins(1) }
    }

    /// How long one token takes to come back.
    #[must_use]
    pub fn interval(&self) -> Duration {
        self.window / self.quota.get()
    }
}
