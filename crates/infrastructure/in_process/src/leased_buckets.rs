//! Tokens of a shared bucket in advance, so that who comes often costs few questions.

use async_trait::async_trait;
use quick_cache::sync::Cache;
use std::mem;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use threshold_application::ports::{BucketsError, Taken, TokenBuckets};
use threshold_domain::limits::RateLimit;

/// Who comes again within this time is in a hurry.
const HURRY: Duration = Duration::from_secs(1);
/// The most that is taken in advance: one part in so many of what is left.
const SHARE: u32 = 10;

/// Takes tokens from shared buckets in chunks and hands them out from memory. Only what was taken is handed out, so that the
/// limit holds over all instances.
///
/// Who comes rarely is asked for exactly. While the same key comes again in a hurry its chunk doubles, up to a tenth of what the
/// shared bucket has left: near the limit the count is exact. An empty bucket isn't asked before its next token can be there.
///
/// An instance may hold back tokens that it has in advance until the window is over; then they are forgotten, for the shared
/// bucket is full again.
pub struct LeasedBuckets {
    shared: Arc<dyn TokenBuckets>,
    leases: Cache<String, Arc<Mutex<Lease>>>,
}

impl LeasedBuckets {
    /// Over shared buckets, with room for the leases of `max_keys` keys: beyond that those that were asked for least are
    /// forgotten, with their tokens.
    #[must_use]
    pub fn new(shared: Arc<dyn TokenBuckets>, max_keys: usize) -> Self {
        Self { shared, leases: Cache::new(max_keys) }
    }
}

#[async_trait]
impl TokenBuckets for LeasedBuckets {
    async fn take(&self, key: &str, limit: RateLimit, wanted: NonZeroU32) -> Result<Taken, BucketsError> {
        let lease = self.leases.get_or_insert_with(key, || Ok::<_, BucketsError>(Arc::default()))?;
        let begun = lock(&lease).begin(limit, wanted, Instant::now());
        let (held, asked) = match begun {
            Begun::Answer(taken) => return Ok(taken),
            Begun::Ask { held, asked } => (held, asked),
        };
        let answer = self.shared.take(key, limit, asked).await;
        let mut lease = lock(&lease);
        match answer {
            Ok(answer) => Ok(lease.settle(held, wanted, answer, Instant::now())),
            Err(error) => {
                lease.tokens = lease.tokens.saturating_add(held);
                Err(error)
            }
        }
    }
}

/// A panic while the lock was held can at worst lose tokens.
fn lock(lease: &Mutex<Lease>) -> MutexGuard<'_, Lease> {
    lease.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is known of a key.
#[derive(Debug, Default)]
struct Lease {
    /// Taken from the shared bucket and not handed out yet.
    tokens: u32,
    /// What the shared bucket has left, as far as is known.
    left: u32,
    /// How many tokens it gave last, and when.
    chunk: u32,
    told_at: Option<Instant>,
    /// Until when it surely has none.
    empty_until: Option<Instant>,
    /// When it is full again.
    full_at: Option<Instant>,
}

/// How a call goes on.
enum Begun {
    /// Memory has the answer.
    Answer(Taken),
    /// So many tokens are held for the caller, and the shared bucket must be asked for so many.
    Ask { held: u32, asked: NonZeroU32 },
}

impl Lease {
    fn begin(&mut self, limit: RateLimit, wanted: NonZeroU32, now: Instant) -> Begun {
        let age = self.told_at.map_or(Duration::MAX, |told_at| now.saturating_duration_since(told_at));
        if age >= limit.window {
            *self = Self::default();
        }
        if self.tokens >= wanted.get() || self.empty_until.is_some_and(|until| now < until) {
            return Begun::Answer(self.hand_out(0, wanted, now));
        }
        let held = mem::take(&mut self.tokens);
        let in_advance = if age < HURRY { self.chunk.saturating_mul(2).min(self.left / SHARE) } else { 0 };
        let asked = wanted.get().saturating_sub(held).max(in_advance);
        // Who comes before the answer takes in advance of the rest alone.
        self.left = self.left.saturating_sub(asked);
        Begun::Ask { held, asked: NonZeroU32::new(asked).unwrap_or(wanted) }
    }

    /// Takes note of what the shared bucket has said.
    fn settle(&mut self, held: u32, wanted: NonZeroU32, answer: Taken, now: Instant) -> Taken {
        self.told_at = Some(now);
        self.chunk = answer.granted;
        self.left = answer.left;
        self.empty_until = if answer.left == 0 { now.checked_add(answer.next_in) } else { None };
        self.full_at = now.checked_add(answer.full_in);
        self.hand_out(held.saturating_add(answer.granted), wanted, now)
    }

    /// Hands out as many as are wanted, of the caller's own or else from memory, and keeps what is over.
    fn hand_out(&mut self, own: u32, wanted: NonZeroU32, now: Instant) -> Taken {
        let there = self.tokens.saturating_add(own);
        let granted = wanted.get().min(there);
        self.tokens = there - granted;
        let left = self.tokens.saturating_add(self.left);
        let until = |moment: Option<Instant>| moment.map_or(Duration::ZERO, |at| at.saturating_duration_since(now));
        let next_in = if left == 0 { until(self.empty_until) } else { Duration::ZERO };
        Taken { granted, left, next_in, full_in: until(self.full_at) }
    }
}
