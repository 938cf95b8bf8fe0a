//! Who sends this request?

use crate::ports::{
    AccessTokens, Clock, Meter, Metric, Revocation, RevocationList, SessionReader, StoreError, TokenRejection,
};
use std::sync::Arc;
use threshold_domain::Timestamp;
use threshold_domain::access::Grants;
use threshold_domain::accounts::UserId;
use threshold_domain::sessions::{AccessClaims, SessionId};

/// Finds out who sends a request by its access token.
pub struct Authenticate {
    /// Checks the token itself.
    pub tokens: Arc<dyn AccessTokens>,
    /// Knows the sessions that ended.
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
pub struct Caller {
    /// Who it is.
    pub user_id: UserId,
    /// The sign-in that they come from.
    pub session: SessionId,
    /// When their token expires.
    pub token_expires_at: Timestamp,
    /// What they may do.
    pub grants: Grants,
}

/// Why nobody is known by this token.
#[derive(Debug, thiserror::Error)]
pub enum AuthenticateError {
    /// Not a token of ours.
    #[error("the access token is not valid")]
    Invalid,
    /// Past its time.
    #[error("the access token has expired")]
    Expired,
    /// Its session was ended.
    #[error("the access token was revoked")]
    Revoked,
    /// The list was out of date and the store failed: nobody is trusted then.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Authenticate {
    /// The bearer of `token`.
    ///
    /// # Errors
    /// See [`AuthenticateError`].
    pub async fn execute(&self, token: &str) -> Result<Caller, AuthenticateError> {
        let now = self.clock.now();
        let claims = self.tokens.verify(token, now)?;
        if !self.is_live(claims.session, now).await? {
            return Err(AuthenticateError::Revoked);
        }
        Ok(Caller::from(claims))
    }

    async fn is_live(&self, session: SessionId, now: Timestamp) -> Result<bool, StoreError> {
        match self.revocations.lookup(session, now) {
            Revocation::Revoked => Ok(false),
            Revocation::Live => Ok(true),
            Revocation::Unknown => {
                self.meter.count(Metric::RevocationFallbacks, &[]);
                self.sessions.is_live(session).await
            }
        }
    }
}

impl From<AccessClaims> for Caller {
    fn from(claims: AccessClaims) -> Self {
        Self {
            user_id: claims.subject,
            session: claims.session,
            token_expires_at: claims.expires_at,
            grants: claims.grants,
        }
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
