//! Proving an address.

use super::LinkError;
use super::link_error::{any_good_link, use_up};
use crate::ports::{Clock, IdGenerator, LinkSecrets, News, StoreError, Transaction, Uniqueness, UnitOfWork};
use crate::sessions::Announcer;
use std::sync::Arc;
use threshold_domain::accounts::{LinkPurpose, LinkToken, User};
use threshold_domain::audit::{AuditAction, AuditEvent, Initiator, Subject};
use threshold_domain::jobs::{Job, JobId, Task};
use threshold_domain::mail::{Language, Notice};
use threshold_domain::sessions::SessionId;

/// Takes a mailed link as the proof of an address: the one that an account has, or the one that it wants to have.
pub struct VerifyEmail {
    /// Uses the link up, and notes the proof, together.
    pub unit_of_work: Arc<dyn UnitOfWork>,
    /// Recognises the link.
    pub secrets: Arc<dyn LinkSecrets>,
    /// Has other instances know.
    pub announcer: Arc<Announcer>,
    /// Dates it.
    pub clock: Arc<dyn Clock>,
    /// Names the job that tells the former address.
    pub ids: Arc<dyn IdGenerator>,
}

/// Why an address is not proven.
#[derive(Debug, thiserror::Error)]
pub enum VerifyEmailError {
    /// The link does nothing.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// Somebody else has got the address since the link was asked for.
    #[error("the email address is taken")]
    EmailTaken,
}

impl VerifyEmail {
    /// Whose address is proven now. A link that was sent to another address than the account has, or wants, by now proves nothing.
    ///
    /// Where an address takes the place of another, all sessions but `kept` end, links to choose a password are void, and the
    /// former address is told.
    ///
    /// # Errors
    /// See [`VerifyEmailError`]; then the link is as good as it was.
    pub async fn execute(
        &self,
        initiator: &Initiator,
        token: &LinkToken,
        kept: Option<SessionId>,
        language: Language,
    ) -> Result<User, VerifyEmailError> {
        let (digest, now) = (self.secrets.link_digest(token), self.clock.now());
        let mut tx = self.unit_of_work.begin().await?;
        let link =
            any_good_link(tx.links(), &digest, [LinkPurpose::VerifyEmail, LinkPurpose::ChangeEmail], now).await?;
        let purpose = link.purpose;
        let before = tx.users().lock(link.user_id).await?.ok_or(LinkError::Used)?;
        let link = use_up(tx.links(), &digest, purpose, now).await?;
        let user = match purpose {
            LinkPurpose::ChangeEmail => before.clone().with_new_address(&link.email, now),
            LinkPurpose::VerifyEmail | LinkPurpose::ResetPassword | LinkPurpose::Invite => {
                before.clone().proven(&link.email, now)
            }
        };
        let user = user.ok_or(LinkError::Used)?;
        tx.users().update(&user).await?;
        let mut news = vec![News::UserChanged(user.id)];
        if purpose == LinkPurpose::ChangeEmail {
            news.extend(self.replaced(tx.as_mut(), &before, &user, kept, language).await?);
        }
        let proven = AuditEvent::new(AuditAction::UserUpdated, &initiator.known_as(user.id), now);
        let fields = before.differences(&user).join(" ");
        tx.audit().record(proven.on(Subject::User(user.id)).with("fields", fields).with("by", "link"));
        tx.commit().await?;
        self.announcer.announce(&news).await;
        Ok(user)
    }

    /// What an address that takes the place of another brings with it.
    async fn replaced(
        &self,
        tx: &mut dyn Transaction,
        before: &User,
        user: &User,
        kept: Option<SessionId>,
        language: Language,
    ) -> Result<Vec<News>, StoreError> {
        let now = user.updated_at;
        for purpose in [LinkPurpose::ResetPassword, LinkPurpose::Invite] {
            tx.links().void(user.id, purpose, now).await?;
        }
        let ended = tx.sessions().end_all(user.id, kept, now).await?;
        let notice = Notice::EmailChanged { new_address: user.email.clone() };
        let task = Task::SendNotice { notice, to: before.email.clone(), language };
        tx.jobs().enqueue(&Job::new(JobId::new(self.ids.next()), task, now, now)).await?;
        Ok(ended.into_iter().map(|session| self.announcer.ended(session, now)).collect())
    }
}

impl From<StoreError> for VerifyEmailError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotUnique(Uniqueness::Email) => Self::EmailTaken,
            error @ (StoreError::NotUnique(_)
            | StoreError::Unavailable(_)
            | StoreError::Overloaded
            | StoreError::Corrupt { .. }) => Self::Link(LinkError::Store(error)),
        }
    }
}
