//! What proves the audit log and takes it out: it looks, and neither makes nor changes anything.

use super::master_key::{self, MasterKeyFileError};
use crate::config::{MasterKeySource, Settings};
use std::path::PathBuf;
use std::sync::Arc;
use threshold_application::audit::{ExportAudit, VerifyAudit};
use threshold_application::ports::{AuditChains, AuditSigner, Meter};
use threshold_diesel::{ConnectError, Database, DatabaseUrl, MigrationError};
use threshold_telemetry::{PrometheusMeter, RecorderError};
use threshold_tokens::AuditKey;

/// The audit log of an installation, whether or not it is running.
pub struct AuditLog {
    database: Database,
    chains: Arc<dyn AuditChains>,
    signer: Arc<dyn AuditSigner>,
}

/// Why the audit log can't be read.
#[derive(Debug, thiserror::Error)]
pub enum AuditLogError {
    /// There is no such file.
    #[error("there is no database {0}: is this the right folder, and are these the settings of the service?")]
    NoDatabase(DatabaseUrl),
    /// It lacks migrations.
    #[error(
        "the database is not of this version, it lacks {}: read it with the version that wrote it, or bring it up to date by \
         `threshold migrate up`",
        .0.join(", ")
    )]
    PendingMigrations(Vec<String>),
    /// There is no secret key where the settings say.
    #[error("there is no secret key in {}, which proves what is in the log", .0.display())]
    NoMasterKey(PathBuf),
    /// The service was started while nobody was thought to write.
    #[error("the service was started while the database was read: nothing of what was read is certain, run it again")]
    Disturbed,
    /// The database can't be opened.
    #[error(transparent)]
    Database(#[from] ConnectError),
    /// A newer version made the tables, or they can't be read.
    #[error(transparent)]
    Migration(#[from] MigrationError),
    /// The master key's file is of no use.
    #[error(transparent)]
    MasterKey(#[from] MasterKeyFileError),
    /// The audit log's key can't be derived.
    #[error("secrets can't be derived from the secret key")]
    Secrets,
    /// The metrics recorder refused.
    #[error(transparent)]
    Recorder(#[from] RecorderError),
}

impl AuditLog {
    /// Looks for it.
    ///
    /// # Errors
    /// See [`AuditLogError`].
    pub async fn open(settings: &Settings) -> Result<Self, AuditLogError> {
        let url = &settings.database.url;
        if url.sqlite_path().is_some_and(|file| !file.exists()) {
            return Err(AuditLogError::NoDatabase(url.clone()));
        }
        let meter: Arc<dyn Meter> = Arc::new(PrometheusMeter::new()?);
        let database = Database::look(&settings.database, &meter)?;
        database.refuse_half_a_copy().await?;
        let pending = database.migrations().pending().await?;
        if !pending.is_empty() {
            return Err(AuditLogError::PendingMigrations(pending));
        }
        Ok(Self { chains: database.audit_chains(), signer: signer(settings)?, database })
    }

    /// What proves it.
    #[must_use]
    pub fn verification(&self) -> VerifyAudit {
        VerifyAudit { chains: Arc::clone(&self.chains), signer: Arc::clone(&self.signer) }
    }

    /// What takes it out.
    #[must_use]
    pub fn export(&self) -> ExportAudit {
        ExportAudit { chains: Arc::clone(&self.chains), signer: Arc::clone(&self.signer) }
    }

    /// Makes sure that what was read until now is of one piece.
    ///
    /// # Errors
    /// `Disturbed`.
    pub fn check_undisturbed(&self) -> Result<(), AuditLogError> {
        if self.database.was_disturbed() { Err(AuditLogError::Disturbed) } else { Ok(()) }
    }
}

/// As for the service, but for a key that isn't there: none is made.
fn signer(settings: &Settings) -> Result<Arc<dyn AuditSigner>, AuditLogError> {
    let key = match &settings.master_key {
        MasterKeySource::Given(key) => key.clone(),
        MasterKeySource::File(path) => {
            master_key::read(path)?.ok_or_else(|| AuditLogError::NoMasterKey(path.clone()))?
        }
    };
    Ok(Arc::new(AuditKey::new(&key).map_err(|_unspecified| AuditLogError::Secrets)?))
}
