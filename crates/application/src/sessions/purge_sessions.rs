//! Forgetting what is over.

use super::time_delta;
use crate::ports::{Clock, StoreError, UnitOfWork};
use std::sync::Arc;
use std::time::Duration;

/// How long after its end a session is kept, so that it can be looked into.
const KEPT: Duration = Duration::from_hours(24);
/// Failed sign-ins count for an hour at most.
const ATTEMPTS_KEPT: Duration = Duration::from_hours(1);
/// How long after its end a mailed link is told from one that never was.
const LINKS_KEPT: Duration = Duration::from_hours(7 * 24);
/// How many rows one step deletes, so that nobody waits for it.
const STEP: u32 = 1000;

/// Keeps the tables of sessions, failed sign-ins and mailed links bounded.
pub struct PurgeSessions {
    /// Deletes.
    pub unit_of_work: Arc<dyn UnitOfWork>,
    /// Tells what is over.
    pub clock: Arc<dyn Clock>,
}

impl PurgeSessions {
    /// Deletes everything that is over, in small transactions; answers how many rows it was. Instances that do it at once do
    /// no harm.
    ///
    /// # Errors
    /// When the store failed: what was deleted before stays so.
    pub async fn execute(&self) -> Result<u32, StoreError> {
        let now = self.clock.now();
        let mut total = 0;
        loop {
            let mut tx = self.unit_of_work.begin().await?;
            let sessions = tx.sessions().purge(now - time_delta(KEPT), STEP).await?;
            let attempts = tx.attempts().purge(now - time_delta(ATTEMPTS_KEPT), STEP).await?;
            let links = tx.links().purge(now - time_delta(LINKS_KEPT), STEP).await?;
            tx.commit().await?;
            total += sessions + attempts + links;
            if sessions < STEP && attempts < STEP && links < STEP {
                return Ok(total);
            }
        }
    }
}
