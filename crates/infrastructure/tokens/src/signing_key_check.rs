//! Whether tokens can be signed.

use async_trait::async_trait;
use std::sync::Arc;
use threshold_application::ports::{AccessTokens, Clock, IdGenerator, NotReady, ReadinessCheck};
use threshold_domain::access::Grants;
use threshold_domain::accounts::UserId;
use threshold_domain::sessions::{AccessClaims, SessionId, TokenId};

/// Signs a token that nobody gets, and verifies it.
pub struct SigningKeyCheck {
    /// What is tried.
    pub tokens: Arc<dyn AccessTokens>,
    /// Dates the trial.
    pub clock: Arc<dyn Clock>,
    /// Names it.
    pub ids: Arc<dyn IdGenerator>,
}

#[async_trait]
impl ReadinessCheck for SigningKeyCheck {
    fn name(&self) -> &'static str {
        "signing-key"
    }

    async fn check(&self) -> Result<(), NotReady> {
        let now = self.clock.now();
        let trial = AccessClaims {
            subject: UserId::new(self.ids.next()),
            session: SessionId::new(self.ids.next()),
            token_id: TokenId::new(self.ids.next()),
            issued_at: now,
            expires_at: now + chrono::TimeDelta::seconds(2),
            grants: Grants::none(),
        };
        let token = self.tokens.issue(&trial).map_err(|error| NotReady(error.into()))?;
        self.tokens.verify(token.expose(), now).map_err(|error| NotReady(error.into()))?;
        Ok(())
    }
}
