//! Proving an address.

use super::LinkError;
use super::link_error::use_up;
use crate::ports::{Clock, LinkSecrets, News, UnitOfWork};
use crate::sessions::Announcer;
use std::sync::Arc;
use threshold_domain::accounts::{LinkPurpose, LinkToken, User};

/// Takes a mailed link as the proof of an address.
pub struct VerifyEmail {
    /// Uses the link up, and notes the proof, together.
    pub unit_of_work: Arc<dyn UnitOfWork>,
    /// Recognises the link.
    pub secrets: Arc<dyn LinkSecrets>,
    /// Has other instances know.
    pub announcer: Arc<Announcer>,
    /// Dates it.
    pub clock: Arc<dyn Clock>,
}

impl VerifyEmail {
    /// Whose address is proven now. A link that was sent to another address than the account has by now proves nothing.
    ///
    /// # Errors
    /// See [`LinkError`].
    pub async fn execute(&self, token: &LinkToken) -> Result<User, LinkError> {
        let (digest, now) = (self.secrets.link_digest(token), self.clock.now());
        let mut tx = self.unit_of_work.begin().await?;
        let link = use_up(tx.links(), &digest, LinkPurpose::VerifyEmail, now).await?;
        let user = tx.users().find(link.user_id).await?.filter(|user| user.email == link.email);
        let user = user.ok_or(LinkError::Used)?;
        tx.users().verify_email(user.id, now).await?;
        let verified = tx.users().find(user.id).await?.ok_or(LinkError::Used)?;
        tx.commit().await?;
        self.announcer.announce(&[News::UserChanged(verified.id)]).await;
        Ok(verified)
    }
}
