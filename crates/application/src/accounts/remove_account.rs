//! Deleting somebody else's account, and bringing one back.

use super::deletion::{Deleting, Deletion, NotDeleted};
use crate::access::{Exceeds, Reach};
use crate::ports::{Clock, IdGenerator, News, StoreError, Transaction, Uniqueness, UnitOfWork};
use crate::sessions::Announcer;
use chrono::TimeDelta;
use std::sync::Arc;
use threshold_domain::Precondition;
use threshold_domain::access::Permission;
use threshold_domain::accounts::{User, UserId};
use threshold_domain::audit::{AuditAction, AuditEvent, Initiator, Subject};
use threshold_domain::mail::Language;

/// Deletes accounts of others, and brings deleted ones back. Nobody does either to somebody who has a permission that they lack, and
/// the last active administrator stays one.
pub struct RemoveAccount {
    /// Changes everything together.
    pub unit_of_work: Arc<dyn UnitOfWork>,
    /// Has all instances know.
    pub announcer: Arc<Announcer>,
    /// Dates it.
    pub clock: Arc<dyn Clock>,
    /// Names the job that tells the owner.
    pub ids: Arc<dyn IdGenerator>,
    /// How long an account can be brought back.
    pub retention: TimeDelta,
}

/// Why an account is as it was.
#[derive(Debug, thiserror::Error)]
pub enum RemoveAccountError {
    /// There is no such user.
    #[error("there is no such user")]
    NotFound,
    /// It is deleted.
    #[error("the account is deleted already")]
    AlreadyDeleted,
    /// It isn't.
    #[error("the account is not deleted")]
    NotDeleted,
    /// It has changed since its caller looked.
    #[error("the account has another version by now")]
    Changed,
    /// Somebody else has taken its address meanwhile.
    #[error("the email address is taken")]
    EmailTaken,
    /// Somebody else has taken its username meanwhile.
    #[error("the username is taken")]
    UsernameTaken,
    /// The caller lacks a permission that the user has.
    #[error(transparent)]
    Exceeds(#[from] Exceeds),
    /// Nobody active would be an administrator any more.
    #[error("the last administrator stays one")]
    LastAdmin,
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
}

impl RemoveAccount {
    /// Deletes the account of `id`, if `precondition` holds. Every session ends, and links that were mailed are void.
    ///
    /// # Errors
    /// `NotFound`, `AlreadyDeleted`, `Changed`, `Exceeds`, `LastAdmin`, `Store`.
    pub async fn delete(
        &self,
        initiator: &Initiator,
        id: UserId,
        precondition: &Precondition,
        language: Language,
    ) -> Result<Deletion, RemoveAccountError> {
        let now = self.clock.now();
        let mut tx = self.unit_of_work.begin().await?;
        tx.grants().next_version().await?;
        let Some(user) = tx.users().lock(id).await? else {
            let deleted = tx.users().lock_deleted(id).await?;
            return Err(deleted.map_or(RemoveAccountError::NotFound, |_user| RemoveAccountError::AlreadyDeleted));
        };
        check_version(&user, precondition)?;
        let reach = Reach::of(tx.as_mut(), initiator, Permission::UsersDelete, now).await?;
        reach.covers(tx.grants().of(id).await?.permissions)?;
        let (announcer, ids, retention) = (&*self.announcer, &*self.ids, self.retention);
        let (deletion, news) =
            Deleting { initiator, announcer, ids, retention, now, language }.delete(tx.as_mut(), user).await?;
        tx.commit().await?;
        self.announcer.announce(&news).await;
        Ok(deletion)
    }

    /// Brings the account of `id` back, as it was before its deletion, if `precondition` holds. Its sessions stay
    /// ended, and its links void.
    ///
    /// # Errors
    /// `NotFound`, `NotDeleted`, `Changed`, `EmailTaken`, `UsernameTaken`, `Exceeds`, `Store`.
    pub async fn restore(
        &self,
        initiator: &Initiator,
        id: UserId,
        precondition: &Precondition,
    ) -> Result<User, RemoveAccountError> {
        let now = self.clock.now();
        let mut tx = self.unit_of_work.begin().await?;
        tx.grants().next_version().await?;
        let reach = Reach::of(tx.as_mut(), initiator, Permission::UsersDelete, now).await?;
        let user = self.deleted(tx.as_mut(), id).await?;
        check_version(&user, precondition)?;
        let restored = user.restored(now);
        tx.users().update(&restored).await?;
        // Somebody deleted may do nothing: only now it shows what they may do.
        reach.covers(tx.grants().of(id).await?.permissions)?;
        tx.audit().record(AuditEvent::new(AuditAction::UserRestored, initiator, now).on(Subject::User(id)));
        tx.commit().await?;
        self.announcer.announce(&[News::UserChanged(id)]).await;
        Ok(restored)
    }

    async fn deleted(&self, tx: &mut dyn Transaction, id: UserId) -> Result<User, RemoveAccountError> {
        if let Some(user) = tx.users().lock_deleted(id).await? {
            return Ok(user);
        }
        let living = tx.users().find(id).await?;
        Err(living.map_or(RemoveAccountError::NotFound, |_user| RemoveAccountError::NotDeleted))
    }
}

fn check_version(user: &User, precondition: &Precondition) -> Result<(), RemoveAccountError> {
    if precondition.holds(user.version) { Ok(()) } else { Err(RemoveAccountError::Changed) }
}

impl From<NotDeleted> for RemoveAccountError {
    fn from(error: NotDeleted) -> Self {
        match error {
            NotDeleted::LastAdmin => Self::LastAdmin,
            NotDeleted::Store(error) => error.into(),
        }
    }
}

impl From<StoreError> for RemoveAccountError {
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
