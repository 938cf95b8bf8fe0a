//! What makes and changes accounts, whether or not the service is running.

use super::adapters::build;
use super::running::StartError;
use super::wiring::{create_account, update_account};
use crate::config::Settings;
use std::sync::Arc;
use threshold_application::accounts::{CreateAccount, UpdateAccount};
use threshold_application::ports::AccountReader;

/// Everything that a command about accounts needs.
pub struct AccountManagement {
    /// Finds accounts.
    pub accounts: Arc<dyn AccountReader>,
    /// Makes them.
    pub create: CreateAccount,
    /// Changes them.
    pub update: UpdateAccount,
}

/// Builds it over the database of an installation.
///
/// # Errors
/// When an adapter can't be built.
pub async fn account_management(settings: &Settings) -> Result<AccountManagement, StartError> {
    let adapters = build(settings).await?;
    let database = &adapters.database;
    Ok(AccountManagement {
        accounts: database.accounts(),
        create: create_account(&adapters),
        update: update_account(&adapters),
    })
}
