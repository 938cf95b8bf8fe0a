//! Which browser sends this request?

use super::recognise::{Recognised, recognise};
use super::{AuthenticateError, GRACE, Person};
use crate::ports::{Clock, FoundSession, SessionReader, SessionSecrets, StoreError, UnitOfWork};
use chrono::TimeDelta;
use std::sync::Arc;
use threshold_domain::Timestamp;
use threshold_domain::sessions::{CsrfToken, Session, SessionKind, SessionLifetimes, SessionToken};

/// A session that is used all the time is noted as used this often: not every request shall write.
const NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);

/// Finds out who sends a request by the cookie of a browser session. The store is asked each time, so an ended session is
/// refused by every instance at once.
pub struct AuthenticateBrowser {
    /// Reads the session.
    pub sessions: Arc<dyn SessionReader>,
    /// Slides and renews it.
    pub unit_of_work: Arc<dyn UnitOfWork>,
    /// Recognises its secret.
    pub secrets: Arc<dyn SessionSecrets>,
    /// Tells whether it is over.
    pub clock: Arc<dyn Clock>,
    /// How long it lives on.
    pub lifetimes: SessionLifetimes,
}

/// A browser that has proven whose it is.
#[derive(Debug)]
pub struct BrowserCaller {
    /// Who it is.
    pub person: Person,
    /// What its unsafe requests must show.
    pub csrf_token: CsrfToken,
    /// The cookie to send from now on, with its session, if the session has slid on or has a new secret.
    pub renewed: Option<(SessionToken, Session)>,
}

impl AuthenticateBrowser {
    /// Whose browser shows `token`. Once what its user may do has changed the session gets a new secret (ASVS 5.0, 7.2.4); the
    /// one before is good for some seconds more, because a page sends many requests at once.
    ///
    /// # Errors
    /// See [`AuthenticateError`].
    pub async fn execute(&self, token: &SessionToken) -> Result<BrowserCaller, AuthenticateError> {
        let now = self.clock.now();
        let FoundSession { session, grants, grants_changed_at } =
            self.sessions.find(token.session).await?.ok_or(AuthenticateError::Invalid)?;
        let shown = self.admit(&session, token, now)?;
        let is_stale = grants_changed_at.is_some_and(|at| session.proof.renewed_at <= at);
        let renewed = if is_stale || now - session.last_seen_at >= NOTED_EVERY {
            self.renew(&shown, is_stale, now).await?
        } else {
            None
        };
        Ok(BrowserCaller {
            person: Person { user_id: session.user_id, session: session.id, grants },
            csrf_token: self.secrets.csrf_token(session.id),
            renewed,
        })
    }

    /// The current secret of the session that `token` proves.
    fn admit(
        &self,
        session: &Session,
        token: &SessionToken,
        now: Timestamp,
    ) -> Result<SessionToken, AuthenticateError> {
        if session.request.kind != SessionKind::Browser {
            return Err(AuthenticateError::Invalid);
        }
        let shown = match recognise(self.secrets.as_ref(), session, token) {
            Recognised::Current => token.clone(),
            Recognised::Previous { successor } if now - session.proof.renewed_at <= GRACE => successor,
            Recognised::Previous { .. } | Recognised::Older | Recognised::Foreign => {
                return Err(AuthenticateError::Invalid);
            }
        };
        match session.ended_at {
            Some(_) => Err(AuthenticateError::Revoked),
            None if !session.is_open(now) => Err(AuthenticateError::Expired),
            None => Ok(shown),
        }
    }

    /// Notes the use, and gives the session a new secret if what it stands for has changed. Nothing where another request was
    /// quicker.
    async fn renew(
        &self,
        shown: &SessionToken,
        is_stale: bool,
        now: Timestamp,
    ) -> Result<Option<(SessionToken, Session)>, StoreError> {
        let mut tx = self.unit_of_work.begin().await?;
        let Some(mut session) = tx.sessions().lock(shown.session).await? else { return Ok(None) };
        if !session.is_open(now) || session.proof.generation != shown.generation {
            return Ok(None);
        }
        session.used(now, &self.lifetimes);
        let mut token = shown.clone();
        if is_stale && let Some(successor) = self.secrets.successor(shown) {
            session.renewed(&successor, self.secrets.digest(&successor), now);
            token = successor;
        }
        tx.sessions().update(&session).await?;
        tx.commit().await?;
        Ok(Some((token, session)))
    }
}
