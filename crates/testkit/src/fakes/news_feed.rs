//! News in a list.

use super::lock;
use async_trait::async_trait;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use threshold_application::ports::{FeedError, FeedPosition, News, NewsFeed};

/// Keeps everything that was announced, and never waits.
#[derive(Debug, Default)]
pub struct FakeNewsFeed {
    announced: Mutex<Vec<News>>,
    down: AtomicBool,
}

impl FakeNewsFeed {
    /// Whether every call fails from now on.
    pub fn set_down(&self, down: bool) {
        self.down.store(down, Ordering::SeqCst);
    }

    /// Everything that was announced.
    #[must_use]
    pub fn announced(&self) -> Vec<News> {
        lock(&self.announced).clone()
    }

    fn check(&self) -> Result<(), FeedError> {
        if self.down.load(Ordering::SeqCst) { Err(FeedError("the test wants it so".into())) } else { Ok(()) }
    }
}

#[async_trait]
impl NewsFeed for FakeNewsFeed {
    async fn announce(&self, news: &[News]) -> Result<(), FeedError> {
        self.check()?;
        lock(&self.announced).extend_from_slice(news);
        Ok(())
    }

    async fn next(&self, position: Option<&FeedPosition>) -> Result<(Vec<News>, FeedPosition), FeedError> {
        self.check()?;
        let announced = lock(&self.announced);
        let read: usize = position.and_then(|position| position.as_str().parse().ok()).unwrap_or(0);
        let news = announced.get(read..).unwrap_or_default().to_vec();
        Ok((news, FeedPosition::new(announced.len().to_string())))
    }
}
