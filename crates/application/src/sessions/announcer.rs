//! Making known what has ended or changed.

use super::time_delta;
use crate::ErrorChain;
use crate::ports::{Meter, Metric, News, NewsFeed, RevocationList, UserCache};
use std::sync::Arc;
use std::time::Duration;
use threshold_domain::Timestamp;
use threshold_domain::access::{ApiKeyId, GrantsVersion, Holder};
use threshold_domain::sessions::SessionId;
use tracing::warn;

/// How much longer than its token a revocation is remembered: clocks differ.
const MARGIN: Duration = Duration::from_mins(1);

/// Makes news known: to this instance before anything else happens, to the others as soon as the feed carries it.
pub struct Announcer {
    /// What this instance knows of ended sessions and revoked keys.
    pub revocations: Arc<dyn RevocationList>,
    /// What this instance remembers of users.
    pub users: Arc<dyn UserCache>,
    /// Tells the others; without one they find it in the store.
    pub feed: Option<Arc<dyn NewsFeed>>,
    /// Counts what the feed did not carry.
    pub meter: Arc<dyn Meter>,
    /// How long a token can outlive its session's end, and a key is remembered.
    pub access_lifetime: Duration,
}

impl Announcer {
    /// Makes `news` known, after it is stored. A feed that fails is no failure: the others look into the store several times a
    /// second.
    pub async fn announce(&self, news: &[News]) {
        self.apply(news);
        let Some(feed) = &self.feed else { return };
        if let Err(error) = feed.announce(news).await {
            self.meter.count(Metric::NewsFeedFailures, &["announce"]);
            warn!(error = %ErrorChain(&error), "news could not be announced; other instances will find it in the store");
        }
    }

    /// Has this instance know it.
    pub fn apply(&self, news: &[News]) {
        for one in news {
            self.revocations.note(one);
            if let News::UserChanged(user) | News::GrantsChanged { holder: Holder::User(user), .. } = one {
                self.users.forget(*user);
            }
        }
    }

    /// The news that a session has ended.
    #[must_use]
    pub fn ended(&self, session: SessionId, at: Timestamp) -> News {
        News::SessionEnded { session, until: self.forgotten_at(at) }
    }

    /// The news that what somebody may do has changed.
    #[must_use]
    pub fn grants_changed(&self, holder: Holder, version: GrantsVersion, at: Timestamp) -> News {
        News::GrantsChanged { holder, version, until: self.forgotten_at(at) }
    }

    /// The news that a key was revoked.
    #[must_use]
    pub fn key_revoked(&self, key: ApiKeyId, at: Timestamp) -> News {
        News::KeyRevoked { key, until: self.forgotten_at(at) }
    }

    /// When no token that was issued until `at` can be valid any more, and no key that was read until then is remembered.
    #[must_use]
    pub fn forgotten_at(&self, at: Timestamp) -> Timestamp {
        at + time_delta(self.access_lifetime) + time_delta(MARGIN)
    }
}
