//! The adapters keep their ports' contracts.

use crate::place::patient;
use async_trait::async_trait;
use std::num::NonZeroU32;
use std::sync::Arc;
use threshold_application::ports::{BucketsError, FeedError, FeedPosition, News, NewsFeed, Taken, TokenBuckets};
use threshold_domain::limits::RateLimit;
use threshold_redis::Redis;
use threshold_test_redis::OwnRedis;

/// An adapter whose server ends with it.
struct WithServer<T> {
    adapter: T,
    _server: OwnRedis,
}

fn with_server<T>(adapter: impl FnOnce(&Redis) -> T) -> Arc<WithServer<T>> {
    let server = OwnRedis::start();
    let redis = Redis::new(&patient(&server.url())).unwrap();
    Arc::new(WithServer { adapter: adapter(&redis), _server: server })
}

#[async_trait]
impl TokenBuckets for WithServer<Arc<dyn TokenBuckets>> {
    async fn take(&self, key: &str, limit: RateLimit, wanted: NonZeroU32) -> Result<Taken, BucketsError> {
        self.adapter.take(key, limit, wanted).await
    }
}

#[async_trait]
impl NewsFeed for WithServer<Arc<dyn NewsFeed>> {
    async fn announce(&self, news: &[News]) -> Result<(), FeedError> {
        self.adapter.announce(news).await
    }

    async fn next(&self, position: Option<&FeedPosition>) -> Result<(Vec<News>, FeedPosition), FeedError> {
        self.adapter.next(position).await
    }
}

fn buckets() -> Arc<dyn TokenBuckets> {
    with_server(Redis::buckets)
}

fn feed() -> Arc<dyn NewsFeed> {
    with_server(Redis::news_feed)
}

threshold_testkit::token_buckets_contract!(buckets());
threshold_testkit::news_feed_contract!(feed());
