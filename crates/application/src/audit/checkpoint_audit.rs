//! Signing how far the audit log has got.

use crate::ports::{AuditSigner, Clock, SignedCheckpoint, StoreError, UnitOfWork};
use std::sync::Arc;
use threshold_domain::audit::{AuditHead, ChainHash, Checkpoint, CheckpointedHead};
use tracing::info;

/// Signs how far the audit log has got, if it has grown, and says so in the log: whoever keeps the log elsewhere can prove
/// everything up to there, even against somebody who has the database and an old copy of it.
pub struct CheckpointAudit {
    /// Keeps checkpoints.
    pub unit_of_work: Arc<dyn UnitOfWork>,
    /// Signs them.
    pub signer: Arc<dyn AuditSigner>,
    /// Dates them.
    pub clock: Arc<dyn Clock>,
}

impl CheckpointAudit {
    /// Makes a checkpoint; none where nothing has happened since the last one.
    ///
    /// # Errors
    /// When the store failed, or another instance was quicker.
    pub async fn execute(&self) -> Result<Option<Checkpoint>, StoreError> {
        let mut tx = self.unit_of_work.begin().await?;
        let last = tx.audit().last_checkpoint().await?;
        let heads = tx.audit().grown_heads().await?;
        if heads.is_empty() {
            return Ok(None);
        }
        let checkpoint = Checkpoint {
            number: last.as_ref().map_or(1, |last| last.number.saturating_add(1)),
            at: self.clock.now(),
            previous: last.map_or(ChainHash::new([0; 32]), |last| last.hash()),
            heads: heads.iter().map(seen).collect(),
        };
        let hash = checkpoint.hash();
        let signed = SignedCheckpoint { signature: self.signer.sign(hash.as_bytes()), checkpoint };
        tx.audit().add_checkpoint(&signed).await?;
        tx.commit().await?;
        info!(number = signed.checkpoint.number, %hash, "made a checkpoint of the audit log");
        Ok(Some(signed.checkpoint))
    }
}

fn seen(head: &AuditHead) -> CheckpointedHead {
    CheckpointedHead { segment: head.segment, records: head.records, hash: head.hash }
}
