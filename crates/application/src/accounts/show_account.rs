//! Seeing somebody else's account.

use crate::ports::{AccountReader, StoreError};
use std::sync::Arc;
use threshold_domain::accounts::{User, UserId};

/// Shows accounts of others, as they are stored now.
pub struct ShowAccount {
    /// Finds the account.
    pub accounts: Arc<dyn AccountReader>,
}

/// Why no account is shown.
#[derive(Debug, thiserror::Error)]
pub enum ShowAccountError {
    /// There is no such user, or they are deleted.
    #[error("there is no such user")]
    NotFound,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ShowAccount {
    /// The account of `id`.
    ///
    /// # Errors
    /// See [`ShowAccountError`].
    pub async fn execute(&self, id: UserId) -> Result<User, ShowAccountError> {
        self.accounts.find(id).await?.ok_or(ShowAccountError::NotFound)
    }
}
