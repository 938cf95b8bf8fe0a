//! Seeing who is there.

use crate::ports::{RoleReader, StoreError, UserDirectory};
use std::sync::Arc;
use threshold_domain::access::RoleName;
use threshold_domain::accounts::{User, UserList, UserPlace};

/// Lists accounts.
pub struct ListAccounts {
    /// Reads them.
    pub directory: Arc<dyn UserDirectory>,
    /// Tells which roles there are.
    pub roles: Arc<dyn RoleReader>,
}

/// Why no account is listed.
#[derive(Debug, thiserror::Error)]
pub enum ListAccountsError {
    /// The role isn't there that they should hold.
    #[error("there is no role of that name")]
    UnknownRole(RoleName),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ListAccounts {
    /// The users of a list who come after a place.
    ///
    /// # Errors
    /// See [`ListAccountsError`].
    pub async fn living(
        &self,
        list: &UserList,
        after: Option<&UserPlace>,
        at_most: usize,
    ) -> Result<Vec<User>, ListAccountsError> {
        if let Some(role) = &list.filter.role
            && self.roles.find(role).await?.is_none()
        {
            return Err(ListAccountsError::UnknownRole(role.clone()));
        }
        Ok(self.directory.page(list, after, at_most).await?)
    }

    /// Users who are deleted, the latest deletion first.
    ///
    /// # Errors
    /// When the store failed.
    pub async fn deleted(&self, after: Option<&UserPlace>, at_most: usize) -> Result<Vec<User>, StoreError> {
        self.directory.deleted(after, at_most).await
    }
}
