//! A Redis of a test's own, and the adapters over it.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};
use threshold_application::ports::{BucketsError, FeedError, FeedPosition, News, NewsFeed, Taken, TokenBuckets};
use threshold_domain::accounts::UserId;
use threshold_domain::limits::RateLimit;
use threshold_redis::{Redis, RedisSettings};
use threshold_test_redis::OwnRedis;
use uuid::Uuid;

/// Nothing that a test waits for takes this long.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Place {
    pub(crate) server: OwnRedis,
    pub(crate) redis: Redis,
    pub(crate) buckets: Arc<dyn TokenBuckets>,
    pub(crate) feed: Arc<dyn NewsFeed>,
}

/// Time-outs that only an outage exceeds, however busy the machine is.
pub(crate) fn patient(url: &str) -> RedisSettings {
    let timeout = Duration::from_millis(400);
    RedisSettings { connect_timeout: timeout, response_timeout: timeout, ..RedisSettings::new(url.parse().unwrap()) }
}

impl Place {
    pub(crate) fn new() -> Self {
        let server = OwnRedis::start();
        let redis = Redis::new(&patient(&server.url())).unwrap();
        Self { buckets: redis.buckets(), feed: redis.news_feed(), redis, server }
    }

    /// Takes one of a hundred an hour.
    pub(crate) async fn take(&self) -> Result<Taken, BucketsError> {
        take(&self.buckets, 1).await
    }

    /// Waits until tokens are given again.
    pub(crate) async fn recovered(&self) -> Taken {
        let began = Instant::now();
        loop {
            match self.take().await {
                Ok(taken) => return taken,
                Err(error) => assert!(began.elapsed() < PATIENCE, "{error:?}"),
            }
        }
    }

    /// Waits until the feed answers again.
    pub(crate) async fn next_when_recovered(&self, position: Option<&FeedPosition>) -> (Vec<News>, FeedPosition) {
        let began = Instant::now();
        loop {
            match self.feed.next(position).await {
                Ok(answer) => return answer,
                Err(error) => assert!(began.elapsed() < PATIENCE, "{error:?}"),
            }
        }
    }

    /// Waits until neither gives anything any more, as after a signal that takes its time.
    pub(crate) async fn gone(&self) {
        let began = Instant::now();
        while self.take().await.is_ok() {
            assert!(began.elapsed() < PATIENCE, "it is still there");
        }
    }

    pub(crate) async fn announce(&self, number: u128) -> Result<(), FeedError> {
        self.feed.announce(&[changed(number)]).await
    }
}

pub(crate) async fn take(buckets: &Arc<dyn TokenBuckets>, wanted: u32) -> Result<Taken, BucketsError> {
    let limit = RateLimit { quota: NonZeroU32::new(100).unwrap(), window: Duration::from_hours(1) };
    buckets.take("key", limit, NonZeroU32::new(wanted).unwrap()).await
}

pub(crate) fn changed(number: u128) -> News {
    News::UserChanged(UserId::new(Uuid::from_u128(number)))
}
