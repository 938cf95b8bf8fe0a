//! Signing out.

use super::Announcer;
use crate::access::{Exceeds, Reach};
use crate::ports::{Clock, SessionReader, StoreError, UnitOfWork};
use std::sync::Arc;
use threshold_domain::access::Permission;
use threshold_domain::accounts::UserId;
use threshold_domain::audit::{AuditAction, AuditEvent, Initiator, Subject};
use threshold_domain::sessions::SessionId;

/// Ends sessions: this instance refuses their tokens when a method returns, the others within a second. Doing it twice is
/// doing it once.
pub struct EndSessions {
    /// Stores the ends.
    pub unit_of_work: Arc<dyn UnitOfWork>,
    /// Tells whose a session is.
    pub sessions: Arc<dyn SessionReader>,
    /// Makes the ends known.
    pub announcer: Arc<Announcer>,
    /// Dates them.
    pub clock: Arc<dyn Clock>,
}

/// Why a session was not ended.
#[derive(Debug, thiserror::Error)]
pub enum EndSessionError {
    /// The user has no open session of that id.
    #[error("there is no such session")]
    NotFound,
    /// The store failed: then the session may go on.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why the sessions of somebody else were not ended.
#[derive(Debug, thiserror::Error)]
pub enum EndOthersSessionsError {
    /// There is no such user.
    #[error("there is no such user")]
    NotFound,
    /// The caller lacks a permission that the user has.
    #[error(transparent)]
    Exceeds(#[from] Exceeds),
    /// The store failed: then sessions may go on.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl EndSessions {
    /// Ends one session, whoever's it is.
    ///
    /// # Errors
    /// When the store failed: then the session may go on.
    pub async fn one(&self, initiator: &Initiator, session: SessionId) -> Result<(), StoreError> {
        let now = self.clock.now();
        let mut tx = self.unit_of_work.begin().await?;
        if tx.sessions().end(session, now).await? {
            let ended = AuditEvent::new(AuditAction::TokenRevoked, initiator, now).on(Subject::Session(session));
            tx.audit().record(ended);
        }
        tx.commit().await?;
        self.announcer.announce(&[self.announcer.ended(session, now)]).await;
        Ok(())
    }

    /// Ends one session of `user`.
    ///
    /// # Errors
    /// See [`EndSessionError`].
    pub async fn one_of(&self, initiator: &Initiator, user: UserId, session: SessionId) -> Result<(), EndSessionError> {
        let now = self.clock.now();
        let found = self.sessions.find(session).await?.map(|found| found.session);
        if !found.is_some_and(|found| found.user_id == user && found.is_open(now)) {
            return Err(EndSessionError::NotFound);
        }
        Ok(self.one(initiator, session).await?)
    }

    /// Ends every session of `user`, but for `except`: when somebody asks for it, and whenever a password, an address, a
    /// suspension or a deletion makes the old ones void.
    ///
    /// # Errors
    /// When the store failed: then sessions may go on.
    pub async fn all_of(
        &self,
        initiator: &Initiator,
        user: UserId,
        except: Option<SessionId>,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let mut tx = self.unit_of_work.begin().await?;
        let ended = tx.sessions().end_all(user, except, now).await?;
        let all = AuditEvent::new(AuditAction::TokenRevoked, initiator, now).on(Subject::User(user));
        tx.audit().record(all.with("sessions", ended.len()));
        tx.commit().await?;
        let news: Vec<_> = ended.into_iter().map(|id| self.announcer.ended(id, now)).collect();
        self.announcer.announce(&news).await;
        Ok(())
    }

    /// Ends every session of `user` for `caller`, who has every permission that the user has.
    ///
    /// # Errors
    /// See [`EndOthersSessionsError`].
    pub async fn all_of_other(&self, initiator: &Initiator, user: UserId) -> Result<(), EndOthersSessionsError> {
        let mut tx = self.unit_of_work.begin().await?;
        tx.users().find(user).await?.ok_or(EndOthersSessionsError::NotFound)?;
        let reach = Reach::of(tx.as_mut(), initiator, Permission::UsersWrite, self.clock.now()).await?;
        reach.covers(tx.grants().of(user).await?.permissions)?;
        drop(tx);
        Ok(self.all_of(initiator, user, None).await?)
    }
}
