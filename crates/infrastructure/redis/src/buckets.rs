//! Token buckets that all instances share.

use crate::connection::SharedConnection;
use async_trait::async_trait;
use redis::Script;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;
use threshold_application::ports::{BucketsError, Taken, TokenBuckets};
use threshold_domain::limits::RateLimit;

const PREFIX: &str = "threshold:bucket:";

/// Buckets in Redis, by its clock. Taking is one script, which the server runs as one step; it is sent once and then named by
/// its digest, until the server has forgotten it.
pub(crate) struct RedisBuckets {
    shared: Arc<SharedConnection>,
    script: Script,
}

impl RedisBuckets {
    pub(crate) fn new(shared: Arc<SharedConnection>) -> Self {
        Self { shared, script: Script::new(include_str!("take.lua")) }
    }
}

#[async_trait]
impl TokenBuckets for RedisBuckets {
    async fn take(&self, key: &str, limit: RateLimit, wanted: NonZeroU32) -> Result<Taken, BucketsError> {
        let window = u64::try_from(limit.window.as_micros()).unwrap_or(u64::MAX).max(1);
        let mut call = self.script.key(format!("{PREFIX}{key}"));
        call.arg(limit.quota.get()).arg(window).arg(wanted.get());
        let answer = self.shared.run(|mut connection| async move { call.invoke_async(&mut connection).await }).await;
        let (granted, left, next_in, full_in) = answer.map_err(|error| BucketsError(error.into()))?;
        let (next_in, full_in) = (Duration::from_micros(next_in), Duration::from_micros(full_in));
        Ok(Taken { granted, left, next_in, full_in })
    }
}
