//! Recording that somebody wanted what they may not.

use crate::ports::{Clock, StoreError, UnitOfWork};
use std::sync::Arc;
use threshold_domain::access::{Permission, Permissions};
use threshold_domain::audit::{AuditAction, AuditEvent, Initiator};

/// Records that somebody wanted what they have no permission for.
pub struct RecordDenial {
    /// Records.
    pub unit_of_work: Arc<dyn UnitOfWork>,
    /// Dates it.
    pub clock: Arc<dyn Clock>,
}

impl RecordDenial {
    /// Records that `initiator` wanted `operation`, with the `target` that they named, which takes the permissions `lacking`.
    ///
    /// # Errors
    /// When the store failed.
    pub async fn execute(
        &self,
        initiator: &Initiator,
        operation: &str,
        target: Option<&str>,
        lacking: Permissions,
    ) -> Result<(), StoreError> {
        let names: Vec<_> = lacking.iter().map(Permission::as_str).collect();
        let denied = AuditEvent::new(AuditAction::PermissionDenied, initiator, self.clock.now());
        let denied = denied.with("operation", operation).with("lacking", names.join(" "));
        let mut tx = self.unit_of_work.begin().await?;
        tx.audit().record(match target {
            Some(target) => denied.with("target", target),
            None => denied,
        });
        tx.commit().await
    }
}
