//! Hearing from other instances.

use super::Announcer;
use crate::ports::{Clock, FeedError, FeedPosition, Metric, NewsFeed};
use std::sync::Arc;

/// Brings to this instance what others announce.
pub struct FollowNews {
    /// Carries it.
    pub feed: Arc<dyn NewsFeed>,
    /// Has this instance know it.
    pub announcer: Arc<Announcer>,
    /// Tells until when everything was heard.
    pub clock: Arc<dyn Clock>,
}

impl FollowNews {
    /// Hears once, for a quarter of a second; called again and again. `position` is what the previous call answered, `None`
    /// for the first and after a failure: then everything that is still kept is heard again, which does no harm.
    ///
    /// # Errors
    /// When the feed failed: news may have been missed, so what is remembered of users is forgotten. What no longer counts is
    /// found in the store as well.
    pub async fn execute(&self, position: Option<&FeedPosition>) -> Result<FeedPosition, FeedError> {
        // Everything announced before this moment is in the answer.
        let asked_at = self.clock.now();
        match self.feed.next(position).await {
            Ok((news, position)) => {
                self.announcer.apply(&news);
                self.announcer.revocations.caught_up(asked_at);
                self.announcer.users.heard(asked_at);
                Ok(position)
            }
            Err(error) => {
                self.announcer.users.forget_all();
                self.announcer.meter.count(Metric::NewsFeedFailures, &["follow"]);
                Err(error)
            }
        }
    }
}
