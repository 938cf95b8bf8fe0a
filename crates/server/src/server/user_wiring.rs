//! What brings users in and takes them out, and what makes some to try with.

use super::adapters::{build, open_database};
use super::running::StartError;
use crate::config::Settings;
use std::sync::Arc;
use threshold_application::accounts::{ExportUsers, ImportUsers, SeedDemo};
use threshold_bcrypt::BcryptHashCheck;
use threshold_in_process::{SystemClock, UuidV7Ids};
use threshold_telemetry::PrometheusMeter;

/// What brings users into an installation whether or not it is running.
///
/// # Errors
/// When the database can't be opened.
pub async fn user_import(settings: &Settings) -> Result<ImportUsers, StartError> {
    let database = open_database(settings, &Arc::new(PrometheusMeter::new()?)).await?;
    Ok(ImportUsers {
        unit_of_work: database.patient_unit_of_work(),
        accounts: database.accounts(),
        hashes: Arc::new(BcryptHashCheck),
        clock: Arc::new(SystemClock),
        ids: Arc::new(UuidV7Ids::default()),
    })
}

/// What takes users out of an installation whether or not it is running.
///
/// # Errors
/// When the database can't be opened.
pub async fn user_export(settings: &Settings) -> Result<ExportUsers, StartError> {
    let database = open_database(settings, &Arc::new(PrometheusMeter::new()?)).await?;
    Ok(ExportUsers {
        users: database.user_pages(),
        unit_of_work: database.unit_of_work(),
        clock: Arc::new(SystemClock),
    })
}

/// What adds the demo data to an installation whether or not it is running.
///
/// # Errors
/// When an adapter can't be built.
pub async fn demo_seed(settings: &Settings) -> Result<SeedDemo, StartError> {
    let adapters = build(settings).await?;
    Ok(SeedDemo {
        hasher: Arc::clone(&adapters.hasher),
        unit_of_work: adapters.database.unit_of_work(),
        clock: Arc::clone(&adapters.clock),
    })
}
