//! The signing keys of this installation: read, and rotated.

use super::adapters::{master_key, open_database};
use super::running::StartError;
use crate::config::Settings;
use chrono::TimeDelta;
use std::sync::Arc;
use threshold_application::ports::{Clock, SecretGenerator, SigningKeyRepository};
use threshold_application::sessions::RotateKeys;
use threshold_diesel::Database;
use threshold_in_process::{OsSecrets, SystemClock};
use threshold_telemetry::PrometheusMeter;
use threshold_tokens::{KeyRing, KeyRingError, KeySource, MasterKey, SealedKeyMaker, SigningMethod};

/// Everything that reading the keys takes.
pub(super) struct KeyKeeper {
    repository: Arc<dyn SigningKeyRepository>,
    master: MasterKey,
    clock: Arc<dyn Clock>,
    random: Arc<dyn SecretGenerator>,
    method: SigningMethod,
    token_lifetime: TimeDelta,
}

impl KeyKeeper {
    pub(super) fn new(
        settings: &Settings,
        database: &Database,
        master: MasterKey,
        clock: &Arc<dyn Clock>,
        random: &Arc<dyn SecretGenerator>,
    ) -> Self {
        Self {
            repository: database.signing_keys(),
            master,
            clock: Arc::clone(clock),
            random: Arc::clone(random),
            method: settings.tokens.method.clone(),
            token_lifetime: TimeDelta::from_std(settings.tokens.access_lifetime).unwrap_or(TimeDelta::MAX),
        }
    }

    /// The keys as they are stored now.
    pub(super) async fn load(&self) -> Result<KeyRing, KeyRingError> {
        let source = KeySource {
            repository: self.repository.as_ref(),
            master: &self.master,
            clock: self.clock.as_ref(),
            secrets: self.random.as_ref(),
            token_lifetime: self.token_lifetime,
        };
        KeyRing::load(&source, &self.method).await
    }

    /// Changes them.
    pub(super) fn rotation(&self, settings: &Settings) -> RotateKeys {
        let maker = SealedKeyMaker {
            master: self.master.clone(),
            secrets: Arc::clone(&self.random),
            method: self.method.clone(),
        };
        RotateKeys {
            repository: Arc::clone(&self.repository),
            maker: Arc::new(maker),
            clock: Arc::clone(&self.clock),
            lead: settings.tokens.key_lead,
            max_age: settings.tokens.key_max_age,
            token_lifetime: settings.tokens.access_lifetime,
        }
    }
}

/// What changes the keys of an installation whether or not it is running.
///
/// # Errors
/// When the database can't be opened, or the secret key is missing.
pub async fn key_rotation(settings: &Settings) -> Result<RotateKeys, StartError> {
    let database = open_database(settings, &Arc::new(PrometheusMeter::new()?)).await?;
    let random: Arc<dyn SecretGenerator> = Arc::new(OsSecrets);
    let master = master_key(settings, random.as_ref())?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    Ok(KeyKeeper::new(settings, &database, master, &clock, &random).rotation(settings))
}
