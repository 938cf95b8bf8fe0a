//! Links that were mailed.

use super::StoreError;
use async_trait::async_trait;
use threshold_domain::Timestamp;
use threshold_domain::accounts::{AccountLink, LinkId, LinkPurpose, LinkToken, UserId};
use threshold_domain::sessions::SecretDigest;

/// Keeps links within a transaction.
#[async_trait]
pub trait LinkRepository: Send {
    /// Adds a link; those of the same user and purpose that were asked for before are void from then on. `false` if one that was
    /// asked for later is there: then this one is void itself. Adding one that is there changes nothing and answers whether it
    /// is still good.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn add(&mut self, link: &AccountLink) -> Result<bool, StoreError>;

    /// Uses a link up that is neither used, void nor expired at `now`; answers it. Of many who use it at once one gets it.
    ///
    /// # Errors
    /// `Unavailable`, `Corrupt`.
    async fn use_up(
        &mut self,
        digest: &SecretDigest,
        purpose: LinkPurpose,
        now: Timestamp,
    ) -> Result<Option<AccountLink>, StoreError>;

    /// The link of that digest and purpose, whatever has become of it.
    ///
    /// # Errors
    /// `Unavailable`, `Corrupt`.
    async fn find(&mut self, digest: &SecretDigest, purpose: LinkPurpose) -> Result<Option<AccountLink>, StoreError>;

    /// Voids every link of a user for a purpose.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn void(&mut self, user: UserId, purpose: LinkPurpose, at: Timestamp) -> Result<(), StoreError>;

    /// Deletes links that expired before that moment, at most `at_most` of them; answers how many.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn purge(&mut self, before: Timestamp, at_most: u32) -> Result<u32, StoreError>;
}

/// Derives the secrets of links with a key that all instances share and nobody else knows, so that no secret need be stored
/// until it is sent.
pub trait LinkSecrets: Send + Sync {
    /// The secret of a link: always the same.
    fn link_token(&self, link: LinkId) -> LinkToken;

    /// SHA-256 of the token as it is sent: what is stored of it.
    fn link_digest(&self, token: &LinkToken) -> SecretDigest;
}
