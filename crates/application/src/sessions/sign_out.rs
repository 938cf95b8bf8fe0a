//! Signing out.

use super::Caller;
use crate::ports::{Clock, RevocationList, StoreError, UnitOfWork};
use std::sync::Arc;

/// Ends the caller's session.
pub struct SignOut {
    /// Stores the end.
    pub unit_of_work: Arc<dyn UnitOfWork>,
    /// Makes it known on this instance at once.
    pub revocations: Arc<dyn RevocationList>,
    /// Dates it.
    pub clock: Arc<dyn Clock>,
}

impl SignOut {
    /// Ends the session: this instance refuses its tokens when it returns, the others within a second. Doing it twice
    /// is doing it once.
    ///
    /// # Errors
    /// When the store failed: then the session may go on.
    pub async fn execute(&self, caller: &Caller) -> Result<(), StoreError> {
        let mut tx = self.unit_of_work.begin().await?;
        tx.sessions().end(caller.session, self.clock.now()).await?;
        tx.commit().await?;
        self.revocations.revoke(caller.session, caller.token_expires_at);
        Ok(())
    }
}
