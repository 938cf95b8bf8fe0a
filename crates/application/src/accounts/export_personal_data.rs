//! What do you know of me?

use crate::ports::{PersonalData, PersonalDataReader, StoreError};
use std::sync::Arc;
use threshold_domain::accounts::UserId;

/// Shows users everything that is held about them (GDPR, articles 15 and 20).
pub struct ExportPersonalData {
    /// Reads it.
    pub data: Arc<dyn PersonalDataReader>,
}

/// Why nothing is shown.
#[derive(Debug, thiserror::Error)]
pub enum ExportPersonalDataError {
    /// The account was deleted since its owner signed in.
    #[error("the account no longer exists")]
    Gone,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ExportPersonalData {
    /// Everything that is held about the user of `id`.
    ///
    /// # Errors
    /// See [`ExportPersonalDataError`].
    pub async fn execute(&self, id: UserId) -> Result<PersonalData, ExportPersonalDataError> {
        self.data.of(id).await?.ok_or(ExportPersonalDataError::Gone)
    }
}
