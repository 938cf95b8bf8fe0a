//! Changing one's own profile.

use super::request_link::{LINK_LIMIT, count_link};
use crate::ports::{
    AccountReader, Clock, IdGenerator, News, SessionSecrets, StoreError, Transaction, Uniqueness, UnitOfWork,
};
use crate::sessions::Announcer;
use std::sync::Arc;
use std::time::Duration;
use threshold_domain::accounts::{Email, LinkPurpose, Login, ProfileChanges, User, UserId};
use threshold_domain::audit::{AuditAction, AuditEvent, Initiator, Subject};
use threshold_domain::jobs::{Job, JobId, Task};
use threshold_domain::mail::{Language, Notice};
use threshold_domain::{Precondition, Timestamp};

/// Changes what users may change about themselves. A new address waits until its owner follows the link mailed to it; the present
/// address is told.
pub struct UpdateProfile {
    /// Tells who has an address.
    pub accounts: Arc<dyn AccountReader>,
    /// Changes the account, counts mails, and writes their jobs, together.
    pub unit_of_work: Arc<dyn UnitOfWork>,
    /// Names what is counted.
    pub secrets: Arc<dyn SessionSecrets>,
    /// Has other instances know.
    pub announcer: Arc<Announcer>,
    /// Dates it.
    pub clock: Arc<dyn Clock>,
    /// Names jobs.
    pub ids: Arc<dyn IdGenerator>,
    /// Whether nobody shall learn who has an account: then a taken address waits like any other, and its owner is told instead
    /// of asked.
    pub conceal_existing: bool,
}

/// Why a profile is as it was.
#[derive(Debug, thiserror::Error)]
pub enum UpdateProfileError {
    /// The account is gone.
    #[error("there is no such account")]
    Gone,
    /// It has changed since its owner looked.
    #[error("the account has another version by now")]
    Changed,
    /// Somebody else has this address.
    #[error("the email address is taken")]
    EmailTaken,
    /// Somebody else has this username.
    #[error("the username is taken")]
    UsernameTaken,
    /// Too many addresses were to be confirmed, or this one too often.
    #[error("there were too many changes of the email address")]
    TooManyEmailChanges {
        /// When it is worth trying again.
        retry_after: Duration,
    },
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
}

/// A mail to a new address.
struct Confirmation {
    to: Email,
    /// The address of whoever has it, as they wrote it.
    taken: Option<Email>,
}

impl UpdateProfile {
    /// Changes the profile of `id` if `precondition` holds, and answers it as it is then. Asking again for the address that waits
    /// mails another link.
    ///
    /// # Errors
    /// See [`UpdateProfileError`].
    pub async fn execute(
        &self,
        initiator: &Initiator,
        id: UserId,
        changes: ProfileChanges,
        precondition: &Precondition,
        language: Language,
    ) -> Result<User, UpdateProfileError> {
        let now = self.clock.now();
        let confirmation = self.confirmation(id, changes.email.as_ref()).await?;
        let mut tx = self.unit_of_work.begin().await?;
        let user = tx.users().lock(id).await?.ok_or(UpdateProfileError::Gone)?;
        if !precondition.holds(user.version) {
            return Err(UpdateProfileError::Changed);
        }
        let updated = changes.apply(&user, now);
        if updated.version != user.version {
            tx.users().update(&updated).await?;
            let event = AuditEvent::new(AuditAction::UserUpdated, initiator, now).on(Subject::User(id));
            tx.audit().record(event.with("fields", user.differences(&updated).join(" ")));
        }
        if let (Some(confirmation), Some(_waits)) = (confirmation, &updated.pending_email) {
            self.ask(tx.as_mut(), &user, confirmation, language, now).await?;
        }
        tx.commit().await?;
        self.announcer.announce(&[News::UserChanged(id)]).await;
        Ok(updated)
    }

    /// What is to be mailed to a new address, if that may be.
    async fn confirmation(
        &self,
        id: UserId,
        email: Option<&Email>,
    ) -> Result<Option<Confirmation>, UpdateProfileError> {
        let Some(to) = email else { return Ok(None) };
        let owner = self.accounts.find_by_login(&Login::Email(to.clone())).await?.map(|found| found.user);
        let taken = owner.filter(|owner| owner.id != id).map(|owner| owner.email);
        if taken.is_some() && !self.conceal_existing {
            return Err(UpdateProfileError::EmailTaken);
        }
        Ok(Some(Confirmation { to: to.clone(), taken }))
    }

    /// Has the new address asked, and the present one told.
    async fn ask(
        &self,
        tx: &mut dyn Transaction,
        user: &User,
        confirmation: Confirmation,
        language: Language,
        now: Timestamp,
    ) -> Result<(), UpdateProfileError> {
        let Confirmation { to, taken } = confirmation;
        self.count(tx, user.id, &to, now).await?;
        let mut tasks = Vec::new();
        if user.pending_email.as_ref() != Some(&to) {
            let notice = Notice::EmailChangeRequested { new_address: to.clone() };
            tasks.push(Task::SendNotice { notice, to: user.email.clone(), language });
        }
        tasks.push(match taken {
            Some(to) => Task::SendNotice { notice: Notice::AlreadyRegistered, to, language },
            None => Task::SendEmailChange { user: user.id, to, language },
        });
        for task in tasks {
            tx.jobs().enqueue(&Job::new(JobId::new(self.ids.next()), task, now, now)).await?;
        }
        Ok(())
    }

    /// Counts one more address of this user, and one more mail to that address.
    async fn count(
        &self,
        tx: &mut dyn Transaction,
        user: UserId,
        to: &Email,
        now: Timestamp,
    ) -> Result<(), UpdateProfileError> {
        let by_user = self.secrets.attempt_key(&["email_change", &user.as_uuid().to_string()]);
        let by_user = LINK_LIMIT.exceeded(tx.attempts().count(by_user, now, now - LINK_LIMIT.window).await?);
        let to_address = count_link(tx, self.secrets.as_ref(), LinkPurpose::ChangeEmail, to, now).await?;
        match by_user.max(to_address) {
            None => Ok(()),
            Some(until) => {
                let retry_after = (until - now).to_std().unwrap_or_default();
                Err(UpdateProfileError::TooManyEmailChanges { retry_after })
            }
        }
    }
}

impl From<StoreError> for UpdateProfileError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotUnique(Uniqueness::Email) => Self::EmailTaken,
            StoreError::NotUnique(Uniqueness::Username) => Self::UsernameTaken,
            error @ (StoreError::NotUnique(_)
            | StoreError::Unavailable(_)
            | StoreError::Overloaded
            | StoreError::Corrupt { .. }) => Self::Store(error),
        }
    }
}
