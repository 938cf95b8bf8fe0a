//! What makes accounts, and gives them roles, whether or not the service is running.

use super::adapters::build;
use super::running::StartError;
use crate::config::Settings;
use std::sync::Arc;
use threshold_application::access::AssignRoles;
use threshold_application::accounts::CreateAccount;
use threshold_application::ports::AccountReader;

/// Everything that a command about accounts needs.
pub struct AccountManagement {
    /// Finds accounts.
    pub accounts: Arc<dyn AccountReader>,
    /// Makes them.
    pub create: CreateAccount,
    /// Gives them roles.
    pub assign: AssignRoles,
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
        create: CreateAccount {
            hasher: Arc::clone(&adapters.hasher),
            unit_of_work: database.unit_of_work(),
            clock: Arc::clone(&adapters.clock),
            ids: Arc::clone(&adapters.ids),
        },
        assign: AssignRoles {
            unit_of_work: database.unit_of_work(),
            announcer: Arc::clone(&adapters.announcer),
            clock: Arc::clone(&adapters.clock),
        },
    })
}
