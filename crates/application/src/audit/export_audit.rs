//! Taking the audit log out.

use crate::ports::{AuditChains, AuditSigner, BoxError, SignedCheckpoint, SignedHead, StoreError};
use std::ops::Range;
use std::sync::Arc;
use threshold_domain::Timestamp;
use threshold_domain::audit::{ChainedRecord, SegmentState};

/// How many rows are read at once.
const PAGE: u32 = 1000;

/// Hands out the audit log with everything that proves it, so that it can be verified without this service.
pub struct ExportAudit {
    /// Reads it.
    pub chains: Arc<dyn AuditChains>,
    /// Tells what signatures are verified with.
    pub signer: Arc<dyn AuditSigner>,
}

/// Takes the audit log.
pub trait AuditSink: Send {
    /// What everything that follows is signed with: an Ed25519 key.
    ///
    /// # Errors
    /// When it can't be written.
    fn key(&mut self, public_key: &[u8; 32]) -> Result<(), BoxError>;

    /// A checkpoint; they come by number.
    ///
    /// # Errors
    /// When it can't be written.
    fn checkpoint(&mut self, checkpoint: &SignedCheckpoint) -> Result<(), BoxError>;

    /// A segment; its records follow.
    ///
    /// # Errors
    /// When it can't be written.
    fn segment(&mut self, head: &SignedHead) -> Result<(), BoxError>;

    /// A record of the segment that came last; they come by position.
    ///
    /// # Errors
    /// When it can't be written.
    fn record(&mut self, record: &ChainedRecord) -> Result<(), BoxError>;
}

/// Why not everything was taken out.
#[derive(Debug, thiserror::Error)]
pub enum ExportAuditError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What was read could not be written.
    #[error("the audit log can't be written")]
    Sink(#[source] BoxError),
}

impl ExportAudit {
    /// Hands out the key, all checkpoints, all segments, and of their records those that happened in `period`; answers how many.
    /// What is written meanwhile is left out.
    ///
    /// # Errors
    /// See [`ExportAuditError`].
    pub async fn execute(&self, period: &Range<Timestamp>, sink: &mut dyn AuditSink) -> Result<u64, ExportAuditError> {
        sink.key(&self.signer.public_key()).map_err(ExportAuditError::Sink)?;
        // Checkpoints first: what they have seen is in the heads that are read after them.
        self.checkpoints(sink).await?;
        let heads = self.chains.heads().await?;
        let mut records = 0;
        for signed in &heads {
            sink.segment(signed).map_err(ExportAuditError::Sink)?;
            records += self.records(signed, period, sink).await?;
        }
        Ok(records)
    }

    async fn checkpoints(&self, sink: &mut dyn AuditSink) -> Result<(), ExportAuditError> {
        let mut last = 0;
        loop {
            let page = self.chains.checkpoints(last, PAGE).await?;
            let Some((newest, _hash)) = page.last() else { return Ok(()) };
            last = newest.checkpoint.number;
            for (checkpoint, _hash) in &page {
                sink.checkpoint(checkpoint).map_err(ExportAuditError::Sink)?;
            }
        }
    }

    async fn records(
        &self,
        signed: &SignedHead,
        period: &Range<Timestamp>,
        sink: &mut dyn AuditSink,
    ) -> Result<u64, ExportAuditError> {
        let (mut last, mut records) = (0, 0);
        if signed.head.state == SegmentState::Erased {
            return Ok(0);
        }
        loop {
            let page = self.chains.records(signed.head.segment, last, PAGE).await?;
            let Some(newest) = page.last() else { return Ok(records) };
            last = newest.place.position;
            let known = page.iter().filter(|record| record.place.position <= signed.head.records);
            for record in known.filter(|record| period.contains(&record.record.at)) {
                sink.record(record).map_err(ExportAuditError::Sink)?;
                records += 1;
            }
            if last >= signed.head.records {
                return Ok(records);
            }
        }
    }
}
