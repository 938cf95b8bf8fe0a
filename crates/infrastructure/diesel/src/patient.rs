//! Transactions that follow each other for long, and let others go in between.

use crate::connections::Pools;
use crate::transaction::DieselUnitOfWork;
use async_trait::async_trait;
use std::time::Duration;
use threshold_application::ports::{StoreError, Transaction, UnitOfWork};
use tokio::time::sleep;

/// Who waits for SQLite's one writer looks again a tenth of a second later at the latest, and must find it free by chance: every
/// other look does.
const PAUSE: Duration = Duration::from_millis(50);

/// Waits a moment before each transaction on SQLite. On PostgreSQL nobody waits for anybody.
pub(crate) struct PatientUnitOfWork(pub(crate) DieselUnitOfWork);

#[async_trait]
impl UnitOfWork for PatientUnitOfWork {
    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError> {
        if let Pools::Sqlite { .. } = *self.0.pools {
            sleep(PAUSE).await;
        }
        self.0.begin().await
    }
}
