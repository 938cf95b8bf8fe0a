//! Access tokens that are only numbers.

use super::lock;
use chrono::{DurationRound, TimeDelta};
use std::sync::Mutex;
use threshold_application::ports::{AccessTokens, IssueTokenError, TokenRejection};
use threshold_domain::Timestamp;
use threshold_domain::sessions::{AccessClaims, AccessToken, PublicKey};

/// Remembers the claims of each token that it issued; its keys are nothing to publish.
#[derive(Debug, Default)]
pub struct FakeTokens(Mutex<Vec<AccessClaims>>);

impl AccessTokens for FakeTokens {
    fn issue(&self, claims: &AccessClaims) -> Result<AccessToken, IssueTokenError> {
        let mut issued = lock(&self.0);
        let whole = |at: Timestamp| at.duration_trunc(TimeDelta::seconds(1)).unwrap_or(at);
        let (issued_at, expires_at) = (whole(claims.issued_at), whole(claims.expires_at));
        issued.push(AccessClaims { issued_at, expires_at, ..claims.clone() });
        Ok(AccessToken::new(format!("fake-token-{}", issued.len())))
    }

    fn verify(&self, token: &str, now: Timestamp) -> Result<AccessClaims, TokenRejection> {
        let number: usize =
            token.strip_prefix("fake-token-").and_then(|n| n.parse().ok()).ok_or(TokenRejection::Invalid)?;
        let position = number.checked_sub(1).ok_or(TokenRejection::Invalid)?;
        let claims = lock(&self.0).get(position).cloned().ok_or(TokenRejection::Invalid)?;
        if now < claims.expires_at { Ok(claims) } else { Err(TokenRejection::Expired) }
    }

    fn public_keys(&self) -> Vec<PublicKey> {
        Vec::new()
    }
}
