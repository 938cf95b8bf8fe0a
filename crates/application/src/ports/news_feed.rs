//! What instances tell each other.

use super::BoxError;
use async_trait::async_trait;
use threshold_domain::Timestamp;
use threshold_domain::access::{ApiKeyId, GrantsVersion, Holder};
use threshold_domain::accounts::UserId;
use threshold_domain::sessions::SessionId;

/// Something that other instances must know within a second.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// A session has ended; none of its tokens can be valid from `until` on.
    SessionEnded {
        /// Which one.
        session: SessionId,
        /// How long this must be remembered.
        until: Timestamp,
    },
    /// What somebody may do has changed.
    GrantsChanged {
        /// Who.
        holder: Holder,
        /// Tokens issued with an earlier version are stale.
        version: GrantsVersion,
        /// How long this must be remembered.
        until: Timestamp,
    },
    /// An API key was revoked; no instance remembers it from before from `until` on.
    KeyRevoked {
        /// Which one.
        key: ApiKeyId,
        /// How long this must be remembered.
        until: Timestamp,
    },
    /// Something that is shown of a user has changed.
    UserChanged(UserId),
}

/// Carries news between instances.
///
/// The store knows all of it that matters for security and is asked as well: a feed makes it quick. It keeps news for at
/// least an hour, or as much as fits its bound, the oldest out first.
#[async_trait]
pub trait NewsFeed: Send + Sync {
    /// Tells every instance, the own one too, in the order given, all or nothing. Telling the same twice does no harm.
    ///
    /// # Errors
    /// When the feed can't be reached in a fraction of a second: then it is unknown whether anybody was told.
    async fn announce(&self, news: &[News]) -> Result<(), FeedError>;

    /// What was announced after `position`, oldest first, waiting for it a quarter of a second at most: an empty answer proves
    /// that there was nothing. Without a position it begins with the oldest that is kept. What can't be understood, because
    /// another version announced it, is passed over.
    ///
    /// # Errors
    /// When the feed can't be reached, or doesn't answer within a second: then nobody knows what was missed.
    async fn next(&self, position: Option<&FeedPosition>) -> Result<(Vec<News>, FeedPosition), FeedError>;
}

/// How far a feed has been read; only the feed that gave it out understands it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedPosition(String);

impl FeedPosition {
    /// Wraps what a feed calls its position.
    #[must_use]
    pub fn new(position: String) -> Self {
        Self(position)
    }

    /// What the feed calls it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The feed can't be reached.
#[derive(Debug, thiserror::Error)]
#[error("the news feed can't be reached")]
pub struct FeedError(#[source] pub BoxError);
