//! Shared token buckets while they can be reached, else those of this process.

use async_trait::async_trait;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use threshold_application::ports::{BucketsError, Meter, Metric, Taken, TokenBuckets};
use threshold_domain::limits::RateLimit;

/// How long the shared buckets are left alone after they have failed.
const PAUSE: Duration = Duration::from_secs(1);

/// Asks the shared buckets. Where they fail, the local ones answer, at once and without asking, except for one trial a second:
/// a limit for each instance is neither an outage nor no limit.
pub struct FallbackBuckets {
    shared: Arc<dyn TokenBuckets>,
    local: Arc<dyn TokenBuckets>,
    meter: Arc<dyn Meter>,
    /// When the shared ones are tried again; `None` while they work.
    next_trial: Mutex<Option<Instant>>,
}

/// Whether the shared buckets are asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asking {
    AsUsual,
    AsATrial,
    NotNow,
}

impl FallbackBuckets {
    /// The shared ones first, then the local ones.
    #[must_use]
    pub fn new(shared: Arc<dyn TokenBuckets>, local: Arc<dyn TokenBuckets>, meter: Arc<dyn Meter>) -> Self {
        Self { shared, local, meter, next_trial: Mutex::new(None) }
    }

    /// Every change is a single step, so a panic while the lock was held can't leave one half-done.
    fn next_trial(&self) -> MutexGuard<'_, Option<Instant>> {
        self.next_trial.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A trial that is never finished is followed by another one.
    fn asking(&self, now: Instant) -> Asking {
        match &mut *self.next_trial() {
            None => Asking::AsUsual,
            Some(trial) if now >= *trial => {
                *trial = now + PAUSE;
                Asking::AsATrial
            }
            Some(_) => Asking::NotNow,
        }
    }

    fn failed(&self, error: &BucketsError, now: Instant) {
        if self.next_trial().replace(now + PAUSE).is_none() {
            let cause = std::error::Error::source(error);
            tracing::warn!(error = cause, "shared rate limits can't be reached: each instance counts for itself");
        }
    }

    fn recovered(&self) {
        if self.next_trial().take().is_some() {
            tracing::info!("shared rate limits are back");
        }
    }
}

#[async_trait]
impl TokenBuckets for FallbackBuckets {
    async fn take(&self, key: &str, limit: RateLimit, wanted: NonZeroU32) -> Result<Taken, BucketsError> {
        let asking = self.asking(Instant::now());
        if asking != Asking::NotNow {
            match self.shared.take(key, limit, wanted).await {
                Ok(taken) => {
                    // An answer to an older question proves nothing.
                    if asking == Asking::AsATrial {
                        self.recovered();
                    }
                    return Ok(taken);
                }
                Err(error) => self.failed(&error, Instant::now()),
            }
        }
        self.meter.count(Metric::RateLimitFallbacks, &[]);
        self.local.take(key, limit, wanted).await
    }
}
