//! Choosing a new password by the old one.

use crate::ports::{AccountReader, Clock, HashingError, IdGenerator, News, PasswordHasher, StoreError, UnitOfWork};
use crate::sessions::{Announcer, Guesser, SignIn, SignInError};
use std::sync::Arc;
use std::time::Duration;
use threshold_domain::accounts::{
    AcceptedPassword, LinkPurpose, Password, PasswordHash, PasswordVersion, User, UserId,
};
use threshold_domain::audit::{AuditAction, AuditEvent, Initiator, Subject};
use threshold_domain::jobs::{Job, JobId, Task};
use threshold_domain::mail::{Language, Notice};
use threshold_domain::sessions::SessionId;

/// Replaces a password for somebody who knows it. Everybody else who is signed in to the account is out then.
pub struct ChangePassword {
    /// Finds the account.
    pub accounts: Arc<dyn AccountReader>,
    /// Compares the old password, and counts wrong ones.
    pub sign_in: Arc<SignIn>,
    /// Hashes the new one.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Changes everything together.
    pub unit_of_work: Arc<dyn UnitOfWork>,
    /// Has all instances know who is out.
    pub announcer: Arc<Announcer>,
    /// Dates it.
    pub clock: Arc<dyn Clock>,
    /// Names the job that tells the owner.
    pub ids: Arc<dyn IdGenerator>,
}

/// Why the password is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ChangePasswordError {
    /// The account is gone.
    #[error("there is no such account")]
    Gone,
    /// The old password is wrong; it was counted like a failed sign-in.
    #[error("the current password is wrong")]
    WrongPassword,
    /// There were too many wrong ones; this one was not looked at.
    #[error("there were too many failed attempts")]
    TooManyAttempts {
        /// When it is worth trying again.
        retry_after: Duration,
    },
    /// A password was not hashed.
    #[error(transparent)]
    Hashing(#[from] HashingError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A change by somebody who knew the old password: only [`ChangePassword::check`] makes one.
pub struct CheckedChange {
    user: User,
    proven: PasswordVersion,
    password_hash: PasswordHash,
}

impl ChangePassword {
    /// Whose password it is, so that the new one can be judged.
    ///
    /// # Errors
    /// `Gone`, `Store`.
    pub async fn owner(&self, user: UserId) -> Result<User, ChangePasswordError> {
        self.accounts.find(user).await?.ok_or(ChangePasswordError::Gone)
    }

    /// The first half: slow, and may be dropped when nobody waits for it any more.
    ///
    /// # Errors
    /// See [`ChangePasswordError`].
    pub async fn check(
        &self,
        initiator: &Initiator,
        user: User,
        current: Password,
        new: AcceptedPassword,
        guesser: Guesser,
    ) -> Result<CheckedChange, ChangePasswordError> {
        let credentials = self.accounts.credentials(user.id).await?.ok_or(ChangePasswordError::Gone)?;
        let failure = AuditEvent::new(AuditAction::PasswordChangeFailed, initiator, self.clock.now());
        let proven = self.sign_in.prove(credentials, current, &guesser, failure).await?;
        let password_hash = self.hasher.hash(new.into_inner()).await?;
        Ok(CheckedChange { user, proven, password_hash })
    }

    /// The second half: changes the store, and should run to its end once it has begun. The session `kept` goes on; links that
    /// were mailed to replace the old password are void, and so is the wish for another address: whoever knew the old password may
    /// have asked for it.
    ///
    /// # Errors
    /// `Gone`, `WrongPassword` if the password was replaced in between, `Store`.
    pub async fn store(
        &self,
        initiator: &Initiator,
        change: CheckedChange,
        kept: SessionId,
        language: Language,
    ) -> Result<(), ChangePasswordError> {
        let CheckedChange { user, proven, password_hash } = change;
        let now = self.clock.now();
        let mut tx = self.unit_of_work.begin().await?;
        let user = tx.users().lock(user.id).await?.ok_or(ChangePasswordError::Gone)?;
        if tx.passwords().version(user.id).await? != proven {
            return Err(ChangePasswordError::WrongPassword);
        }
        let user = User { pending_email: None, ..user };
        tx.users().update(&user).await?;
        tx.passwords().replace(user.id, &password_hash, now).await?;
        tx.links().void(user.id, LinkPurpose::ResetPassword, now).await?;
        let ended = tx.sessions().end_all(user.id, Some(kept), now).await?;
        let task = Task::SendNotice { notice: Notice::PasswordChanged, to: user.email, language };
        tx.jobs().enqueue(&Job::new(JobId::new(self.ids.next()), task, now, now)).await?;
        let changed = AuditEvent::new(AuditAction::PasswordChanged, initiator, now).on(Subject::User(user.id));
        tx.audit().record(changed.with("by", "password"));
        tx.commit().await?;
        let ended = ended.into_iter().map(|session| self.announcer.ended(session, now));
        let news: Vec<_> = ended.chain([News::UserChanged(user.id)]).collect();
        self.announcer.announce(&news).await;
        Ok(())
    }
}

impl From<SignInError> for ChangePasswordError {
    fn from(error: SignInError) -> Self {
        match error {
            // Whether the account may sign in does not matter here: its owner has.
            SignInError::InvalidCredentials | SignInError::Suspended | SignInError::EmailUnverified => {
                Self::WrongPassword
            }
            SignInError::TooManyAttempts { retry_after } => Self::TooManyAttempts { retry_after },
            SignInError::Hashing(error) => Self::Hashing(error),
            SignInError::Store(error) => Self::Store(error),
        }
    }
}
