//! Which machine sends this request?

use super::{KeyUses, Machine};
use crate::ports::{ApiKeyLookup, Clock, Meter, Metric, Revocation, RevocationList};
use crate::sessions::AuthenticateError;
use std::sync::Arc;
use threshold_domain::access::{ApiKeySecret, ApiKeyStanding};
use threshold_domain::audit::Origin;
use threshold_domain::sessions::SecretDigest;

/// Finds out which machine sends a request by its key. A key that was read before is treated like an access token: it counts for as
/// long as one lives, unless the list of what no longer counts says otherwise, and is then read again.
pub struct AuthenticateMachine {
    /// Remembers keys, so that the store is seldom asked.
    pub remembered: Arc<dyn ApiKeyLookup>,
    /// Asked when the list is out of date.
    pub stored: Arc<dyn ApiKeyLookup>,
    /// Knows which keys were revoked.
    pub revocations: Arc<dyn RevocationList>,
    /// Notes that a key was used.
    pub uses: Arc<KeyUses>,
    /// Tells whether a key has expired.
    pub clock: Arc<dyn Clock>,
    /// Counts how often the store had to be asked.
    pub meter: Arc<dyn Meter>,
}

impl AuthenticateMachine {
    /// The bearer of the key that `text` is, who comes from `origin`.
    ///
    /// # Errors
    /// `Invalid`, `Expired`, `Revoked`, `Store`.
    pub async fn execute(&self, text: &str, origin: impl FnOnce() -> Origin) -> Result<Machine, AuthenticateError> {
        // Whatever is mistyped costs no look into the store.
        let digest = ApiKeySecret::parse(text).ok_or(AuthenticateError::Invalid)?.digest();
        let key = self.remembered.by_digest(&digest).await?.ok_or(AuthenticateError::Invalid)?;
        let now = self.clock.now();
        let key = match self.revocations.lookup_key(key.id, now) {
            Revocation::Live => key,
            Revocation::Revoked | Revocation::Stale => return Err(AuthenticateError::Revoked),
            Revocation::Unknown => self.ask_the_store(&digest).await?,
        };
        if key.revoked_at.is_some() {
            return Err(AuthenticateError::Revoked);
        }
        if key.has_expired(now) {
            return Err(AuthenticateError::Expired);
        }
        self.uses.note(key.id, now, origin);
        Ok(Machine { key: key.id, permissions: key.permissions })
    }

    async fn ask_the_store(&self, digest: &SecretDigest) -> Result<ApiKeyStanding, AuthenticateError> {
        self.meter.count(Metric::RevocationFallbacks, &[]);
        // It was there: somebody has deleted it since.
        self.stored.by_digest(digest).await?.ok_or(AuthenticateError::Revoked)
    }
}
