//! Token buckets of this process.

use async_trait::async_trait;
use governor::clock::{Clock, FakeRelativeClock};
use governor::state::{InMemoryState, NotKeyed};
use governor::{NotUntil, Quota, RateLimiter, middleware::NoOpMiddleware, nanos::Nanos};
use quick_cache::sync::Cache;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use threshold_application::ports::{BucketsError, Taken, TokenBuckets};
use threshold_domain::limits::RateLimit;

/// Token buckets in memory, so many at most: beyond that the one that was asked for least goes first, and is full again when it
/// is asked for. About 300 bytes each.
pub struct LocalBuckets(Cache<String, Arc<Mutex<Bucket>>>);

impl LocalBuckets {
    /// With room for `max_keys` buckets.
    #[must_use]
    pub fn new(max_keys: usize) -> Self {
        Self(Cache::new(max_keys))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[async_trait]
impl TokenBuckets for LocalBuckets {
    async fn take(&self, key: &str, limit: RateLimit, wanted: NonZeroU32) -> Result<Taken, BucketsError> {
        let fresh = || Ok::<_, BucketsError>(Arc::new(Mutex::new(Bucket::full(limit))));
        let bucket = self.0.get_or_insert_with(key, fresh)?;
        // Every change is governor's single step, so a panic while the lock was held can't leave one half-done.
        let mut bucket = bucket.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(bucket.take(wanted))
    }
}

/// One bucket. Governor's clock is moved by hand, so that it stands still while a bucket is looked at: what is there when it is
/// counted is still there when it is taken.
struct Bucket {
    quota: NonZeroU32,
    interval: Duration,
    limiter: RateLimiter<NotKeyed, InMemoryState, FakeRelativeClock, NoOpMiddleware<Nanos>>,
    clock: FakeRelativeClock,
    shown: Instant,
}

impl Bucket {
    fn full(limit: RateLimit) -> Self {
        let interval = limit.interval().max(Duration::from_nanos(1));
        let one = NonZeroU32::MIN;
        let quota = Quota::with_period(interval).unwrap_or(Quota::per_second(one)).allow_burst(limit.quota);
        let clock = FakeRelativeClock::default();
        let limiter = RateLimiter::direct_with_clock(quota, clock.clone());
        Self { quota: limit.quota, interval, limiter, clock, shown: Instant::now() }
    }

    fn take(&mut self, wanted: NonZeroU32) -> Taken {
        let now = Instant::now();
        self.clock.advance(now - self.shown);
        self.shown = now;
        let granted = self.take_whole(wanted.min(self.quota));
        // Either some were taken or there were none: the bucket isn't full, so that asking for all of it takes nothing.
        let full_in = self.try_take(self.quota).err().unwrap_or_default();
        let left = self.quota.get().saturating_sub(self.intervals(full_in));
        let all_but_one = self.interval * (self.quota.get() - 1);
        let next_in = if left == 0 { full_in.saturating_sub(all_but_one) } else { Duration::ZERO };
        Taken { granted, left, next_in, full_in }
    }

    /// Takes so many, or as many as there are.
    fn take_whole(&self, wanted: NonZeroU32) -> u32 {
        let Err(wait) = self.try_take(wanted) else { return wanted.get() };
        let there = wanted.get().saturating_sub(self.intervals(wait));
        match NonZeroU32::new(there) {
            Some(there) if self.try_take(there).is_ok() => there.get(),
            Some(_) | None => 0,
        }
    }

    /// Takes exactly so many, or none: then it says when they will be there.
    fn try_take(&self, wanted: NonZeroU32) -> Result<(), Duration> {
        let wait = |until: NotUntil<Nanos>| until.wait_time_from(self.clock.now());
        match self.limiter.check_n(wanted) {
            Ok(outcome) => outcome.map_err(wait),
            Err(_more_than_the_quota) => Err(Duration::MAX),
        }
    }

    /// How many intervals, begun ones too, the time has.
    fn intervals(&self, time: Duration) -> u32 {
        u32::try_from(time.as_nanos().div_ceil(self.interval.as_nanos())).unwrap_or(u32::MAX)
    }
}
