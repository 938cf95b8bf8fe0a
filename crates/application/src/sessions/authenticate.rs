//! Who sends this request?

use crate::ports::{
    AccessTokens, Clock, Meter, Metric, Revocation, RevocationList, SessionReader, StoreError, TokenRejection,
};
use std::sync::Arc;
use threshold_domain::access::Grants;
use threshold_domain::accounts::UserId;
use threshold_domain::sessions::{AccessClaims, SessionId};

/// Finds out who sends a request by its access token.
pub struct Authenticate {
    /// Checks the token itself.
    pub tokens: Arc<dyn AccessTokens>,
    /// Knows what no longer counts.
    pub revocations: Arc<dyn RevocationList>,
    /// Asked when the list is out of date.
    pub sessions: Arc<dyn SessionReader>,
    /// Tells whether a token has expired.
    pub clock: Arc<dyn Clock>,
    /// Counts how often the store had to be asked.
    pub meter: Arc<dyn Meter>,
}

/// Somebody who has proven who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their account.
    pub user_id: UserId,
    /// The sign-in that they come from.
    pub session: SessionId,
    /// What they may do.
    pub grants: Grants,
}

/// Why nobody is known by this token.
#[derive(Debug, thiserror::Error)]
pub enum AuthenticateError {
    /// Not a token of ours.
    #[error("the token is not valid")]
    Invalid,
    /// Past its time.
    #[error("the token has expired")]
    Expired,
    /// Its session was ended.
    #[error("the token was revoked")]
    Revoked,
    /// What its bearer may do has changed since.
    #[error("the token says what is no longer so")]
    Stale,
    /// The list was out of date and the store failed: nobody is trusted then.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Authenticate {
    /// The bearer of `token`.
    ///
    /// # Errors
    /// See [`AuthenticateError`].
    pub async fn execute(&self, token: &str) -> Result<Person, AuthenticateError> {
        let now = self.clock.now();
        let claims = self.tokens.verify(token, now)?;
        match self.revocations.lookup(&claims, now) {
            Revocation::Live => {}
            Revocation::Revoked => return Err(AuthenticateError::Revoked),
            Revocation::Stale => return Err(AuthenticateError::Stale),
            Revocation::Unknown => self.ask_the_store(&claims).await?,
        }
        Ok(Person { user_id: claims.subject, session: claims.session, grants: claims.grants })
    }

    async fn ask_the_store(&self, claims: &AccessClaims) -> Result<(), AuthenticateError> {
        self.meter.count(Metric::RevocationFallbacks, &[]);
        let found = self.sessions.find(claims.session).await?.filter(|found| found.session.ended_at.is_none());
        let found = found.ok_or(AuthenticateError::Revoked)?;
        if claims.grants.version < found.grants.version {
            return Err(AuthenticateError::Stale);
        }
        Ok(())
    }
}

impl From<TokenRejection> for AuthenticateError {
    fn from(rejection: TokenRejection) -> Self {
        match rejection {
            TokenRejection::Invalid => Self::Invalid,
            TokenRejection::Expired => Self::Expired,
        }
    }
}
