//! Links in memory.

use super::Tables;
use async_trait::async_trait;
use threshold_application::ports::{LinkRepository, StoreError};
use threshold_domain::Timestamp;
use threshold_domain::accounts::{AccountLink, LinkPurpose, UserId};
use threshold_domain::sessions::SecretDigest;

#[async_trait]
impl LinkRepository for Tables {
    async fn add(&mut self, link: &AccountLink) -> Result<bool, StoreError> {
        let is_alike = |other: &AccountLink| other.user_id == link.user_id && other.purpose == link.purpose;
        for older in self.links.iter_mut().filter(|other| is_alike(other) && other.created_at < link.created_at) {
            older.used_at.get_or_insert(link.created_at);
        }
        let has_newer = self.links.iter().any(|other| is_alike(other) && other.created_at > link.created_at);
        if !self.links.iter().any(|other| other.id == link.id) {
            let used_at = if has_newer { Some(link.created_at) } else { link.used_at };
            self.links.push(AccountLink { used_at, ..link.clone() });
        }
        Ok(self.links.iter().any(|other| other.id == link.id && other.used_at.is_none()))
    }

    async fn use_up(
        &mut self,
        digest: &SecretDigest,
        purpose: LinkPurpose,
        now: Timestamp,
    ) -> Result<Option<AccountLink>, StoreError> {
        let is_good = |link: &&mut AccountLink| {
            link.digest == *digest && link.purpose == purpose && link.used_at.is_none() && link.expires_at > now
        };
        Ok(self.links.iter_mut().find(is_good).map(|link| {
            link.used_at = Some(now);
            link.clone()
        }))
    }

    async fn find(&mut self, digest: &SecretDigest, purpose: LinkPurpose) -> Result<Option<AccountLink>, StoreError> {
        Ok(self.links.iter().find(|link| link.digest == *digest && link.purpose == purpose).cloned())
    }

    async fn void(&mut self, user: UserId, purpose: LinkPurpose, at: Timestamp) -> Result<(), StoreError> {
        for link in self.links.iter_mut().filter(|link| link.user_id == user && link.purpose == purpose) {
            link.used_at.get_or_insert(at);
        }
        Ok(())
    }

    async fn purge(&mut self, before: Timestamp, at_most: u32) -> Result<u32, StoreError> {
        let mut purged = 0;
        self.links.retain(|link| {
            let goes = link.expires_at < before && purged < at_most;
            purged += u32::from(goes);
            !goes
        });
        Ok(purged)
    }
}
