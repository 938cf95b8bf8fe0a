//! Access tokens for a session.

use super::{SignedIn, time_delta};
use crate::ports::{AccessTokens, Clock, IdGenerator, IssueTokenError};
use std::sync::Arc;
use std::time::Duration;
use threshold_domain::sessions::{AccessClaims, AccessToken, TokenId};

/// Issues access tokens.
pub struct IssueAccessToken {
    /// Signs them.
    pub tokens: Arc<dyn AccessTokens>,
    /// Dates them.
    pub clock: Arc<dyn Clock>,
    /// Names them.
    pub ids: Arc<dyn IdGenerator>,
    /// How long one is valid.
    pub lifetime: Duration,
}

/// An access token and how long it is valid.
#[derive(Debug)]
pub struct IssuedToken {
    /// The token.
    pub token: AccessToken,
    /// From now on.
    pub expires_in: Duration,
}

impl IssueAccessToken {
    /// A token for somebody who is signed in; it does not outlive their session.
    ///
    /// # Errors
    /// When no key can sign.
    pub fn execute(&self, signed_in: &SignedIn) -> Result<IssuedToken, IssueTokenError> {
        let SignedIn { session, grants, .. } = signed_in;
        let now = self.clock.now();
        let expires_at = session.expires_at.min(now + time_delta(self.lifetime));
        let claims = AccessClaims {
            subject: session.user_id,
            session: session.id,
            token_id: TokenId::new(self.ids.next()),
            issued_at: now,
            expires_at,
            grants: grants.clone(),
        };
        let token = self.tokens.issue(&claims)?;
        Ok(IssuedToken { token, expires_in: (expires_at - now).to_std().unwrap_or_default() })
    }
}
