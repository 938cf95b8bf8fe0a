//! Looking into the audit log.

use crate::ports::{AuditFilter, AuditReader, StoreError};
use std::sync::Arc;
use threshold_domain::Timestamp;
use threshold_domain::audit::{AuditRecordId, ChainedRecord};

/// Hands out records, the latest first.
pub struct ListAudit {
    /// Reads them.
    pub audit: Arc<dyn AuditReader>,
}

impl ListAudit {
    /// A page of the records that `filter` lets through, after `last` if there is one.
    ///
    /// # Errors
    /// When the store failed.
    pub async fn execute(
        &self,
        filter: &AuditFilter,
        last: Option<(Timestamp, AuditRecordId)>,
        at_most: u32,
    ) -> Result<Vec<ChainedRecord>, StoreError> {
        self.audit.page(filter, last, at_most).await
    }
}
