//! The password hasher.

use crate::pool::{Pool, Work};
use crate::settings::BcryptSettings;
use crate::stored_hash::{StoredHash, new_lane};
use async_trait::async_trait;
use std::sync::Arc;
use threshold_application::ports::{HashingError, Meter, PasswordHasher, PasswordMatch, SecretGenerator};
use threshold_domain::accounts::{Password, PasswordHash};

/// Hashes passwords with bcrypt on threads of its own; they end when it is dropped.
pub struct BcryptHasher {
    settings: BcryptSettings,
    secrets: Arc<dyn SecretGenerator>,
    pool: Pool,
}

impl BcryptHasher {
    /// Starts the threads.
    #[must_use]
    pub fn start(settings: BcryptSettings, secrets: Arc<dyn SecretGenerator>, meter: Arc<dyn Meter>) -> Self {
        Self { settings, secrets, pool: Pool::start(settings, meter) }
    }

    /// Ends the threads after the work under way: whoever waits, or comes later, hears `Stopped`. Dropping does the same.
    pub fn stop(&self) {
        self.pool.stop();
    }

    fn salt(&self) -> [u8; 16] {
        let mut salt = [0; 16];
        self.secrets.fill(&mut salt);
        salt
    }
}

#[async_trait]
impl PasswordHasher for BcryptHasher {
    async fn hash(&self, password: Password) -> Result<PasswordHash, HashingError> {
        let (lane, format) = new_lane(&password, self.salt());
        let output = self.pool.hash(Work::of(self.settings.cost), lane).await?;
        Ok(format(self.settings.cost, &output))
    }

    async fn verify(&self, password: Password, hash: Option<PasswordHash>) -> Result<PasswordMatch, HashingError> {
        let Some(hash) = hash else {
            let (lane, _format) = new_lane(&password, self.salt());
            self.pool.hash(Work::of(self.settings.cost), lane).await?;
            return Ok(PasswordMatch::Mismatch);
        };
        let stored = StoredHash::parse(&hash).map_err(HashingError::Unreadable)?;
        // Nobody learns from the time, nor in the queue, who has a hash that is weaker than new ones.
        let work = Work { cost: stored.cost, lasts: stored.cost.max(self.settings.cost) };
        let output = self.pool.hash(work, stored.lane(&password)).await?;
        Ok(match (stored.matches(&output), stored.cost < self.settings.cost) {
            (true, false) => PasswordMatch::Match,
            (true, true) => PasswordMatch::Outdated,
            (false, _) => PasswordMatch::Mismatch,
        })
    }
}
