//! Why a mailed link is refused.

use crate::ports::{LinkRepository, StoreError};
use threshold_domain::Timestamp;
use threshold_domain::accounts::{AccountLink, LinkPurpose};
use threshold_domain::sessions::SecretDigest;

/// Why a link that was mailed does nothing.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// Nobody was ever sent it, or it is long over.
    #[error("the link is unknown")]
    Unknown,
    /// Its time is over.
    #[error("the link has expired")]
    Expired,
    /// It was used before, a newer one took its place, or the account has another address now.
    #[error("the link was used before")]
    Used,
    /// The store failed: the link is still good.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The link of that digest, if it is good.
pub(super) async fn good_link(
    links: &mut dyn LinkRepository,
    digest: &SecretDigest,
    purpose: LinkPurpose,
    now: Timestamp,
) -> Result<AccountLink, LinkError> {
    let link = links.find(digest, purpose).await?.ok_or(LinkError::Unknown)?;
    if link.used_at.is_some() {
        return Err(LinkError::Used);
    }
    if link.expires_at <= now { Err(LinkError::Expired) } else { Ok(link) }
}

/// The link of that digest for one of two purposes, if it is good.
pub(super) async fn any_good_link(
    links: &mut dyn LinkRepository,
    digest: &SecretDigest,
    [one, other]: [LinkPurpose; 2],
    now: Timestamp,
) -> Result<AccountLink, LinkError> {
    match good_link(links, digest, one, now).await {
        Err(LinkError::Unknown) => good_link(links, digest, other, now).await,
        found => found,
    }
}

/// Uses the link of that digest up.
pub(super) async fn use_up(
    links: &mut dyn LinkRepository,
    digest: &SecretDigest,
    purpose: LinkPurpose,
    now: Timestamp,
) -> Result<AccountLink, LinkError> {
    if let Some(link) = links.use_up(digest, purpose, now).await? {
        return Ok(link);
    }
    // Somebody may have used it up between the two questions.
    good_link(links, digest, purpose, now).await.and(Err(LinkError::Used))
}
