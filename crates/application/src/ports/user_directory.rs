//! Looking users up.

use super::StoreError;
use async_trait::async_trait;
use threshold_domain::accounts::{User, UserId, UserList, UserPlace};

/// Lists users for those who administer them, a page at a time. Pages that follow each other tell everybody who was there all the
/// time once, whoever comes and goes meanwhile.
#[async_trait]
pub trait UserDirectory: Send + Sync {
    /// The user of that id, also one who is deleted; `None` if there is none.
    ///
    /// # Errors
    /// `Unavailable`, `Overloaded`, `Corrupt`.
    async fn find(&self, id: UserId) -> Result<Option<User>, StoreError>;

    /// The users of a list who come after a place, which must be one of its order; the first ones for `None`. Nobody deleted.
    ///
    /// # Errors
    /// `Unavailable`, `Overloaded`, `Corrupt`.
    async fn page(&self, list: &UserList, after: Option<&UserPlace>, at_most: usize) -> Result<Vec<User>, StoreError>;

    /// Users who are deleted, the latest deletion first, after a place [`At`](UserPlace::At) a deletion.
    ///
    /// # Errors
    /// `Unavailable`, `Overloaded`, `Corrupt`.
    async fn deleted(&self, after: Option<&UserPlace>, at_most: usize) -> Result<Vec<User>, StoreError>;
}
