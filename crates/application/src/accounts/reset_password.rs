//! Choosing a new password by a mailed link.

use super::LinkError;
use super::link_error::{any_good_link, use_up};
use crate::ports::{Clock, HashingError, IdGenerator, LinkSecrets, News, PasswordHasher, StoreError, UnitOfWork};
use crate::sessions::Announcer;
use std::sync::Arc;
use threshold_domain::Timestamp;
use threshold_domain::accounts::{AcceptedPassword, Email, LinkPurpose, LinkToken, PasswordHash, User};
use threshold_domain::audit::{AuditAction, AuditEvent, Initiator, Subject};
use threshold_domain::jobs::{Job, JobId, Task};
use threshold_domain::mail::{Language, Notice};

/// The links by which a password may be chosen.
const CHOOSES: [LinkPurpose; 2] = [LinkPurpose::ResetPassword, LinkPurpose::Invite];

/// Replaces a password that its owner has forgotten, or that somebody else has chosen, or sets the first one by an invitation.
/// Everybody who was signed in is out then, and an address that waited to be confirmed waits no longer.
pub struct ResetPassword {
    /// Hashes the new password.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Changes everything together.
    pub unit_of_work: Arc<dyn UnitOfWork>,
    /// Recognises the link.
    pub secrets: Arc<dyn LinkSecrets>,
    /// Has all instances know who is out.
    pub announcer: Arc<Announcer>,
    /// Dates it.
    pub clock: Arc<dyn Clock>,
    /// Names the job that tells the owner.
    pub ids: Arc<dyn IdGenerator>,
}

/// Why the password is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ResetPasswordError {
    /// The link does nothing.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The new password was not hashed; the link is still good.
    #[error(transparent)]
    Hashing(#[from] HashingError),
}

/// A new password that is hashed: all that is left is to store it.
pub struct HashedReset {
    token: LinkToken,
    password_hash: PasswordHash,
}

impl ResetPassword {
    /// Whose link it is, so that the new password can be judged. Changes nothing.
    ///
    /// # Errors
    /// `Link`.
    pub async fn owner(&self, token: &LinkToken) -> Result<User, ResetPasswordError> {
        let mut tx = self.unit_of_work.begin().await?;
        let digest = self.secrets.link_digest(token);
        let link = any_good_link(tx.links(), &digest, CHOOSES, self.clock.now()).await?;
        let user = tx.users().find(link.user_id).await?.filter(|user| user.email == link.email);
        Ok(user.ok_or(LinkError::Used)?)
    }

    /// The first half: slow, changes nothing, and may be dropped when nobody waits for it any more.
    ///
    /// # Errors
    /// `Hashing`.
    pub async fn hash(&self, token: LinkToken, password: AcceptedPassword) -> Result<HashedReset, ResetPasswordError> {
        let password_hash = self.hasher.hash(password.into_inner()).await?;
        Ok(HashedReset { token, password_hash })
    }

    /// The second half: changes the store, and should run to its end once it has begun. The link proves the address, too.
    ///
    /// # Errors
    /// `Link`.
    pub async fn store(
        &self,
        initiator: &Initiator,
        reset: HashedReset,
        language: Language,
    ) -> Result<(), ResetPasswordError> {
        let now = self.clock.now();
        let news = self.change(initiator, &reset, language, now).await?;
        self.announcer.announce(&news).await;
        Ok(())
    }

    async fn change(
        &self,
        initiator: &Initiator,
        reset: &HashedReset,
        language: Language,
        now: Timestamp,
    ) -> Result<Vec<News>, LinkError> {
        let digest = self.secrets.link_digest(&reset.token);
        let mut tx = self.unit_of_work.begin().await?;
        let link = any_good_link(tx.links(), &digest, CHOOSES, now).await?;
        let user = tx.users().lock(link.user_id).await?.filter(|user| user.email == link.email);
        let user = user.ok_or(LinkError::Used)?;
        use_up(tx.links(), &digest, link.purpose, now).await?;
        // Whoever has chosen a password is no longer invited to.
        tx.links().void(user.id, LinkPurpose::Invite, now).await?;
        tx.users().update(&reclaimed(&user, &link.email, now)).await?;
        tx.passwords().replace(user.id, &reset.password_hash, now).await?;
        let ended = tx.sessions().end_all(user.id, None, now).await?;
        let by_link = AuditEvent::new(AuditAction::PasswordChanged, &initiator.known_as(user.id), now);
        tx.audit().record(by_link.on(Subject::User(user.id)).with("by", link.purpose.as_str()));
        if link.purpose == LinkPurpose::ResetPassword {
            let task = Task::SendNotice { notice: Notice::PasswordChanged, to: user.email, language };
            tx.jobs().enqueue(&Job::new(JobId::new(self.ids.next()), task, now, now)).await?;
        }
        tx.commit().await?;
        let ended = ended.into_iter().map(|session| self.announcer.ended(session, now));
        Ok(ended.chain([News::UserChanged(user.id)]).collect())
    }
}

/// The account in the hands of whoever has its address: nothing that somebody else has begun is left.
fn reclaimed(user: &User, email: &Email, now: Timestamp) -> User {
    let user = User { pending_email: None, ..user.clone() };
    match user.email_verified_at {
        Some(_before) => user,
        None => user.clone().proven(email, now).unwrap_or(user),
    }
}

impl From<StoreError> for ResetPasswordError {
    fn from(error: StoreError) -> Self {
        Self::Link(LinkError::Store(error))
    }
}
