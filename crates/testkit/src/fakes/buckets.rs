//! Token buckets that a test decides the time of.

use super::lock;
use async_trait::async_trait;
use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use threshold_application::ports::{BucketsError, Clock, Taken, TokenBuckets};
use threshold_domain::Timestamp;
use threshold_domain::limits::RateLimit;

/// Token buckets in memory, over a clock: with one that stands still no token comes back. (They pass the contract suite
/// with one that runs.)
pub struct FakeBuckets {
    clock: Arc<dyn Clock>,
    full_at: Mutex<HashMap<String, Timestamp>>,
    down: AtomicBool,
    asked: AtomicU64,
}

impl FakeBuckets {
    /// All full.
    #[must_use]
    pub fn over(clock: Arc<dyn Clock>) -> Self {
        Self { clock, full_at: Mutex::default(), down: AtomicBool::new(false), asked: AtomicU64::new(0) }
    }

    /// Whether every call fails from now on.
    pub fn set_down(&self, down: bool) {
        self.down.store(down, Ordering::SeqCst);
    }

    /// How often they were asked.
    #[must_use]
    pub fn asked(&self) -> u64 {
        self.asked.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl TokenBuckets for FakeBuckets {
    async fn take(&self, key: &str, limit: RateLimit, wanted: NonZeroU32) -> Result<Taken, BucketsError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if self.down.load(Ordering::SeqCst) {
            return Err(BucketsError("the test wants it so".into()));
        }
        let (interval, now) = (limit.interval(), self.clock.now());
        let mut full_at = lock(&self.full_at);
        let full_at = full_at.entry(key.to_owned()).or_insert(now);
        let missing = (*full_at - now).to_std().unwrap_or_default();
        let there = whole(limit.window.saturating_sub(missing), interval).min(limit.quota.get());
        let granted = wanted.get().min(there);
        if granted > 0 {
            *full_at = now + missing + interval * granted;
        }
        let (full_in, left) = (missing + interval * granted, there - granted);
        let next_in =
            if left == 0 { full_in.saturating_sub(interval * (limit.quota.get() - 1)) } else { Duration::ZERO };
        Ok(Taken { granted, left, next_in, full_in })
    }
}

/// How often the interval fits into the time.
fn whole(time: Duration, interval: Duration) -> u32 {
    u32::try_from(time.as_nanos() / interval.as_nanos().max(1)).unwrap_or(u32::MAX)
}
