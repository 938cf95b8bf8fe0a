//! Counting what happens too often.

use super::BoxError;
use async_trait::async_trait;
use std::num::NonZeroU32;
use std::time::Duration;
use threshold_domain::limits::RateLimit;

/// Token buckets, one a key.
///
/// A key is asked for with one limit always; a bucket that was never asked for, or not for its whole window, is full.
#[async_trait]
pub trait TokenBuckets: Send + Sync {
    /// Takes as many of `wanted` tokens as there are whole ones, in one step: of two who ask for the last one gets it. Taking
    /// none changes nothing.
    ///
    /// # Errors
    /// When the buckets can't be reached: nothing is known to have been taken, and the caller decides what that means.
    async fn take(&self, key: &str, limit: RateLimit, wanted: NonZeroU32) -> Result<Taken, BucketsError>;
}

/// What was taken from a bucket, and what it looks like afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// How many tokens the caller has got.
    pub granted: u32,
    /// Whole tokens that are left.
    pub left: u32,
    /// When the next token can be taken: zero if one is left.
    pub next_in: Duration,
    /// When the bucket is full again if nobody takes any.
    pub full_in: Duration,
}

/// The buckets can't be reached.
#[derive(Debug, thiserror::Error)]
#[error("the token buckets can't be reached")]
pub struct BucketsError(#[source] pub BoxError);
