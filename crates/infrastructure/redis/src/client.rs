//! The way in: one Redis, and the adapters over it.

use crate::buckets::RedisBuckets;
use crate::connection::SharedConnection;
use crate::examination::RedisExamination;
use crate::feed::{self, RedisFeed};
use crate::readiness::RedisAnswers;
use crate::settings::RedisSettings;
use std::sync::Arc;
use threshold_application::ports::{BoxError, Clock, Examination, NewsFeed, ReadinessCheck, TokenBuckets};

/// One Redis. Nothing is sent before an adapter is asked.
pub struct Redis {
    shared: Arc<SharedConnection>,
    feed: Arc<RedisFeed>,
    place: String,
}

/// Redis can't be used with these settings.
#[derive(Debug, thiserror::Error)]
#[error("Redis can't be used with these settings")]
pub struct RedisSetupError(#[source] BoxError);

impl Redis {
    /// Prepares everything, without connecting.
    ///
    /// # Errors
    /// When no client can be made of the settings.
    pub fn new(settings: &RedisSettings) -> Result<Self, RedisSetupError> {
        let client = redis::Client::open(settings.url.0.clone()).map_err(|error| RedisSetupError(error.into()))?;
        let shared = Arc::new(SharedConnection::new(client, settings));
        let waiting = feed::pool(settings).map_err(RedisSetupError)?;
        let feed = Arc::new(RedisFeed { shared: Arc::clone(&shared), waiting });
        Ok(Self { shared, feed, place: settings.url.to_string() })
    }

    /// Token buckets that all instances share.
    #[must_use]
    pub fn buckets(&self) -> Arc<dyn TokenBuckets> {
        Arc::new(RedisBuckets::new(Arc::clone(&self.shared)))
    }

    /// What the instances tell each other.
    #[must_use]
    pub fn news_feed(&self) -> Arc<dyn NewsFeed> {
        Arc::<RedisFeed>::clone(&self.feed)
    }

    /// Whether it answers; the service goes on without it.
    #[must_use]
    pub fn check(&self) -> Arc<dyn ReadinessCheck> {
        Arc::new(RedisAnswers { shared: Arc::clone(&self.shared) })
    }

    /// Looks whether it is set up for what we keep in it.
    #[must_use]
    pub fn examination(&self, clock: Arc<dyn Clock>) -> Arc<dyn Examination> {
        Arc::new(RedisExamination { shared: Arc::clone(&self.shared), clock, place: self.place.clone() })
    }
}
