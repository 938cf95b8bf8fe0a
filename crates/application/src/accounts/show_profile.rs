//! Who am I?

use crate::ports::{AccountReader, StoreError};
use std::sync::Arc;
use threshold_domain::accounts::{User, UserId};

/// Shows users their own account.
pub struct ShowProfile {
    /// Finds the account.
    pub accounts: Arc<dyn AccountReader>,
}

/// Why no account is shown.
#[derive(Debug, thiserror::Error)]
pub enum ShowProfileError {
    /// The account was deleted since its owner signed in.
    #[error("the account no longer exists")]
    Gone,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ShowProfile {
    /// The account of `id`, as it is stored now.
    ///
    /// # Errors
    /// See [`ShowProfileError`].
    pub async fn execute(&self, id: UserId) -> Result<User, ShowProfileError> {
        self.accounts.find(id).await?.ok_or(ShowProfileError::Gone)
    }
}
