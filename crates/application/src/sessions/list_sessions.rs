//! Where am I signed in?

use crate::ports::{Clock, SessionReader, StoreError};
use std::sync::Arc;
use threshold_domain::accounts::UserId;
use threshold_domain::sessions::Session;

/// Shows users their own sessions.
pub struct ListSessions {
    /// Reads them.
    pub sessions: Arc<dyn SessionReader>,
    /// Tells which are open.
    pub clock: Arc<dyn Clock>,
}

impl ListSessions {
    /// The open sessions of `user`, the latest used first.
    ///
    /// # Errors
    /// When the store failed.
    pub async fn execute(&self, user: UserId) -> Result<Vec<Session>, StoreError> {
        self.sessions.open_of(user, self.clock.now()).await
    }
}
