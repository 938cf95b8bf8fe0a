//! A news feed in a list.

use super::lock;
use async_trait::async_trait;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use threshold_application::ports::{FeedError, FeedPosition, News, NewsFeed};

/// All that was ever announced. It never waits: a quarter of a second is the most that a feed may take.
#[derive(Debug, Default)]
pub struct FakeNewsFeed {
    news: Mutex<Vec<News>>,
    down: AtomicBool,
}

impl FakeNewsFeed {
    /// Whether every call fails from now on.
    pub fn set_down(&self, down: bool) {
        self.down.store(down, Ordering::SeqCst);
    }

    /// What was announced, in order.
    #[must_use]
    pub fn announced(&self) -> Vec<News> {
        lock(&self.news).clone()
    }

    fn check(&self) -> Result<(), FeedError> {
        if self.down.load(Ordering::SeqCst) { Err(FeedError("the test wants it so".into())) } else { Ok(()) }
    }
}

#[async_trait]
impl NewsFeed for FakeNewsFeed {
    async fn announce(&self, news: &[News]) -> Result<(), FeedError> {
        self.check()?;
        lock(&self.news).extend_from_slice(news);
        Ok(())
    }

    async fn next(&self, position: Option<&FeedPosition>) -> Result<(Vec<News>, FeedPosition), FeedError> {
        self.check()?;
        let read = position.map_or(Ok(0), |position| position.as_str().parse::<usize>());
        let read = read.map_err(|error| FeedError(error.into()))?;
        let news = lock(&self.news);
        let later = news.get(read..).unwrap_or_default().to_vec();
        Ok((later, FeedPosition::new(news.len().to_string())))
    }
}
