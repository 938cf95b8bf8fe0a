//! What proves the audit log and takes it out.

use super::adapters::{audit_key, open_database};
use super::running::StartError;
use crate::config::Settings;
use std::sync::Arc;
use threshold_application::audit::{ExportAudit, VerifyAudit};
use threshold_application::ports::{AuditChains, AuditSigner};
use threshold_telemetry::PrometheusMeter;

/// What proves the audit log of an installation whether or not it is running.
///
/// # Errors
/// When the database can't be opened, or the secret key is missing.
pub async fn audit_verification(settings: &Settings) -> Result<VerifyAudit, StartError> {
    let (chains, signer) = audit_parts(settings).await?;
    Ok(VerifyAudit { chains, signer })
}

/// What takes the audit log out of an installation whether or not it is running.
///
/// # Errors
/// When the database can't be opened, or the secret key is missing.
pub async fn audit_export(settings: &Settings) -> Result<ExportAudit, StartError> {
    let (chains, signer) = audit_parts(settings).await?;
    Ok(ExportAudit { chains, signer })
}

async fn audit_parts(settings: &Settings) -> Result<(Arc<dyn AuditChains>, Arc<dyn AuditSigner>), StartError> {
    let database = open_database(settings, &Arc::new(PrometheusMeter::new()?)).await?;
    Ok((database.audit_chains(), audit_key(settings)?))
}
