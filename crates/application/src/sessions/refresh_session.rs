//! A new access token for a refresh token.

use super::recognise::{Recognised, recognise};
use super::{Announcer, GRACE, SignedIn};
use crate::ports::{
    Clock, Meter, Metric, Renewal, RenewedSession, SessionRenewals, SessionSecrets, StoreError, Transaction, UnitOfWork,
};
use std::sync::Arc;
use threshold_domain::Timestamp;
use threshold_domain::audit::{AuditAction, AuditEvent, Initiator, Subject};
use threshold_domain::sessions::{Session, SessionKind, SessionLifetimes, SessionProof, SessionToken};

/// Uses a refresh token up and hands out its successor (RFC 9700 §4.14.2).
pub struct RefreshSession {
    /// Uses the session's current token up.
    pub renewals: Arc<dyn SessionRenewals>,
    /// Holds the session while it is decided what any other token is.
    pub unit_of_work: Arc<dyn UnitOfWork>,
    /// Derives the successor.
    pub secrets: Arc<dyn SessionSecrets>,
    /// Tells of sessions that end because a token was used twice.
    pub announcer: Arc<Announcer>,
    /// Dates the renewal.
    pub clock: Arc<dyn Clock>,
    /// Counts outcomes.
    pub meter: Arc<dyn Meter>,
    /// How long sessions live.
    pub lifetimes: SessionLifetimes,
}

/// Why there is no new token.
#[derive(Debug, thiserror::Error)]
pub enum RefreshError {
    /// Unknown, expired, or of a session that has ended.
    #[error("the refresh token is not valid")]
    Invalid,
    /// It was used before: somebody has a copy, and nobody knows who is the thief. Its session has ended.
    #[error("the refresh token was used before")]
    Reused,
    /// The store failed: the token is still good.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl RefreshSession {
    /// The successor of `token`, and who it is for. Of many who show the same token at once the first uses it up, and the others
    /// are given the same successor. What is to be thought of any other token is decided in one transaction.
    ///
    /// # Errors
    /// See [`RefreshError`].
    pub async fn execute(&self, initiator: &Initiator, token: &SessionToken) -> Result<SignedIn, RefreshError> {
        let outcome = self.refresh(initiator, token).await;
        let label = match &outcome {
            Ok(_) => "renewed",
            Err(RefreshError::Invalid) => "invalid",
            Err(RefreshError::Reused) => "reused",
            Err(RefreshError::Store(_)) => return outcome,
        };
        self.meter.count(Metric::Refreshes, &[label]);
        outcome
    }

    async fn refresh(&self, initiator: &Initiator, token: &SessionToken) -> Result<SignedIn, RefreshError> {
        if let Some(signed_in) = self.renew(token).await? {
            return Ok(signed_in);
        }
        let mut tx = self.unit_of_work.begin().await?;
        let session = tx.sessions().lock(token.session).await?.ok_or(RefreshError::Invalid)?;
        // After the lock: who waited for it should not be dated before those who went first.
        let now = self.clock.now();
        if session.request.kind != SessionKind::Tokens || !session.is_open(now) {
            return Err(RefreshError::Invalid);
        }
        match recognise(self.secrets.as_ref(), &session, token) {
            Recognised::Previous { successor } if now - session.proof.renewed_at <= GRACE => {
                let user = tx.users().find(session.user_id).await?.ok_or(RefreshError::Invalid)?;
                let grants = tx.grants().of(user.id).await?;
                Ok(SignedIn { user, grants, session, token: successor })
            }
            Recognised::Previous { .. } | Recognised::Older => self.end(tx, initiator, &session, now).await,
            // The current one would have been used up above.
            Recognised::Current | Recognised::Foreign => Err(RefreshError::Invalid),
        }
    }

    /// Uses `token` up if it is the current one of an open session.
    async fn renew(&self, token: &SessionToken) -> Result<Option<SignedIn>, StoreError> {
        let Some(successor) = self.secrets.successor(token) else { return Ok(None) };
        let (used, digest) = (self.secrets.digest(token), self.secrets.digest(&successor));
        let renewal = || {
            let now = self.clock.now();
            Renewal {
                session: token.session,
                used,
                proof: SessionProof { generation: successor.generation, digest, renewed_at: now },
                idle_until: now + self.lifetimes.refresh_idle,
            }
        };
        let renewed = self.renewals.renew(&renewal).await?;
        Ok(renewed.map(|RenewedSession { session, user, grants }| SignedIn { user, grants, session, token: successor }))
    }

    async fn end(
        &self,
        mut tx: Box<dyn Transaction>,
        initiator: &Initiator,
        session: &Session,
        now: Timestamp,
    ) -> Result<SignedIn, RefreshError> {
        tx.sessions().end(session.id, now).await?;
        let reused = AuditEvent::new(AuditAction::TokenReused, initiator, now).on(Subject::Session(session.id));
        tx.audit().record(reused.with("user", session.user_id.as_uuid()));
        tx.commit().await?;
        self.announcer.announce(&[self.announcer.ended(session.id, now)]).await;
        Err(RefreshError::Reused)
    }
}
