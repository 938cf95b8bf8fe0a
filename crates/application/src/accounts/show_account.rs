//! Seeing somebody else's account.

use crate::ports::{StoreError, UserDirectory};
use std::sync::Arc;
use threshold_domain::accounts::{User, UserId};

/// Shows accounts of others, as they are stored now; also those that are deleted.
pub struct ShowAccount {
    /// Finds the account.
    pub directory: Arc<dyn UserDirectory>,
}

/// Why no account is shown.
#[derive(Debug, thiserror::Error)]
pub enum ShowAccountError {
    /// There is no such user, or they are erased.
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
        self.directory.find(id).await?.ok_or(ShowAccountError::NotFound)
    }
}
