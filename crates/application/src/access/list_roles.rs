//! Seeing roles.

use crate::ports::{RoleReader, StoreError};
use std::sync::Arc;
use threshold_domain::access::{Role, RoleName};

/// Shows roles.
pub struct ListRoles {
    /// Reads them.
    pub roles: Arc<dyn RoleReader>,
}

/// Why no role is shown.
#[derive(Debug, thiserror::Error)]
pub enum ListRolesError {
    /// There is none of that name.
    #[error("there is no such role")]
    NotFound,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ListRoles {
    /// Every role, by name.
    ///
    /// # Errors
    /// `Store`.
    pub async fn all(&self) -> Result<Vec<Role>, ListRolesError> {
        Ok(self.roles.list().await?)
    }

    /// The role of that name.
    ///
    /// # Errors
    /// See [`ListRolesError`].
    pub async fn one(&self, name: &RoleName) -> Result<Role, ListRolesError> {
        self.roles.find(name).await?.ok_or(ListRolesError::NotFound)
    }
}
