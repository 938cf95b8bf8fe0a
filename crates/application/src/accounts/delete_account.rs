//! Deleting one's own account.

use super::deletion::{Deleting, Deletion, NotDeleted};
use crate::ports::{AccountReader, Clock, HashingError, IdGenerator, StoreError, UnitOfWork};
use crate::sessions::{Announcer, Guesser, SignIn, SignInError};
use chrono::TimeDelta;
use std::sync::Arc;
use std::time::Duration;
use threshold_domain::Precondition;
use threshold_domain::accounts::{Password, PasswordVersion, UserId};
use threshold_domain::audit::{AuditAction, AuditEvent, Initiator};
use threshold_domain::mail::Language;

/// Deletes the account of somebody who proves once more that they are its owner. It can be brought back until its retention is
/// over; nobody can sign in to it meanwhile, and its names are free.
pub struct DeleteAccount {
    /// Finds the account.
    pub accounts: Arc<dyn AccountReader>,
    /// Compares the password, and counts wrong ones.
    pub sign_in: Arc<SignIn>,
    /// Changes everything together.
    pub unit_of_work: Arc<dyn UnitOfWork>,
    /// Has all instances know.
    pub announcer: Arc<Announcer>,
    /// Dates it.
    pub clock: Arc<dyn Clock>,
    /// Names the job that tells the owner.
    pub ids: Arc<dyn IdGenerator>,
    /// How long it can be brought back.
    pub retention: TimeDelta,
}

/// Why an account is still there.
#[derive(Debug, thiserror::Error)]
pub enum DeleteAccountError {
    /// Somebody has deleted it before.
    #[error("there is no such account")]
    Gone,
    /// Nobody active would be an administrator any more.
    #[error("the last administrator stays one")]
    LastAdmin,
    /// It has changed since its owner looked.
    #[error("the account has another version by now")]
    Changed,
    /// It has a password, and none was given.
    #[error("the password is missing")]
    PasswordRequired,
    /// The password is wrong; it was counted like a failed sign-in.
    #[error("the password is wrong")]
    WrongPassword,
    /// There were too many wrong ones; this one was not looked at.
    #[error("there were too many failed attempts")]
    TooManyAttempts {
        /// When it is worth trying again.
        retry_after: Duration,
    },
    /// The password was not compared.
    #[error(transparent)]
    Hashing(#[from] HashingError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A wish by the owner: only [`DeleteAccount::check`] makes one.
pub struct CheckedDeletion {
    user: UserId,
    /// Which password was proven, if there is one.
    proven: Option<PasswordVersion>,
}

impl DeleteAccount {
    /// The first half: slow, changes nothing, and may be dropped when nobody waits for it any more.
    ///
    /// # Errors
    /// See [`DeleteAccountError`].
    pub async fn check(
        &self,
        initiator: &Initiator,
        id: UserId,
        password: Option<Password>,
        guesser: Guesser,
    ) -> Result<CheckedDeletion, DeleteAccountError> {
        let credentials = self.accounts.credentials(id).await?.ok_or(DeleteAccountError::Gone)?;
        let mut proven = None;
        if credentials.password_hash.is_some() {
            let password = password.ok_or(DeleteAccountError::PasswordRequired)?;
            let failure = AuditEvent::new(AuditAction::LoginFailed, initiator, self.clock.now());
            proven = Some(self.sign_in.prove(credentials, password, &guesser, failure).await?);
        }
        Ok(CheckedDeletion { user: id, proven })
    }

    /// The second half: changes the store, and should run to its end once it has begun. Every session ends, and links that were
    /// mailed are void.
    ///
    /// # Errors
    /// `Gone`, `Changed`, `WrongPassword` if the password was replaced in between, `LastAdmin`, `Store`.
    pub async fn store(
        &self,
        initiator: &Initiator,
        checked: CheckedDeletion,
        precondition: &Precondition,
        language: Language,
    ) -> Result<Deletion, DeleteAccountError> {
        let now = self.clock.now();
        let mut tx = self.unit_of_work.begin().await?;
        // Of two administrators who leave at once the second finds out that they are the last one.
        tx.grants().next_version().await?;
        let user = tx.users().lock(checked.user).await?.ok_or(DeleteAccountError::Gone)?;
        if !precondition.holds(user.version) {
            return Err(DeleteAccountError::Changed);
        }
        if let Some(proven) = checked.proven
            && tx.passwords().version(user.id).await? != proven
        {
            return Err(DeleteAccountError::WrongPassword);
        }
        let (announcer, ids, retention) = (&*self.announcer, &*self.ids, self.retention);
        let (deletion, news) =
            Deleting { initiator, announcer, ids, retention, now, language }.delete(tx.as_mut(), user).await?;
        tx.commit().await?;
        self.announcer.announce(&news).await;
        Ok(deletion)
    }
}

impl From<NotDeleted> for DeleteAccountError {
    fn from(error: NotDeleted) -> Self {
        match error {
            NotDeleted::LastAdmin => Self::LastAdmin,
            NotDeleted::Store(error) => Self::Store(error),
        }
    }
}

impl From<SignInError> for DeleteAccountError {
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
