//! Taking the audit log out while others write.

use async_trait::async_trait;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use threshold_application::audit::{AuditSink, ExportAudit};
use threshold_application::ports::{AuditChains, BoxError, SignedCheckpoint, SignedHead, StoreError};
use threshold_domain::Timestamp;
use threshold_domain::audit::{
    AuditHead, AuditSegment, AuditSignature, ChainHash, ChainedRecord, Checkpoint, CheckpointedHead, SegmentState,
};
use threshold_testkit::{FakeSecrets, at};

const SIGNATURE: AuditSignature = AuditSignature::new([0; 64]);

/// A log that has one more record whenever it is read, and a checkpoint that has seen it.
#[derive(Default)]
struct Busy(AtomicU64);

impl Busy {
    fn records(&self) -> u64 {
        self.0.fetch_add(1, Ordering::SeqCst) + 1
    }
}

#[async_trait]
impl AuditChains for Busy {
    async fn heads(&self) -> Result<Vec<SignedHead>, StoreError> {
        let (segment, state) = (AuditSegment::first(1), SegmentState::Open);
        let head = AuditHead { segment, state, records: self.records(), hash: segment.origin(), closed_at: None };
        Ok(vec![SignedHead { head, signature: SIGNATURE }])
    }

    async fn head(&self, _segment: AuditSegment) -> Result<Option<SignedHead>, StoreError> {
        Ok(self.heads().await?.pop())
    }

    async fn records(&self, _: AuditSegment, _after: u64, _at_most: u32) -> Result<Vec<ChainedRecord>, StoreError> {
        Ok(Vec::new())
    }

    async fn checkpoints(&self, after: u64, _at_most: u32) -> Result<Vec<(SignedCheckpoint, ChainHash)>, StoreError> {
        if after > 0 {
            return Ok(Vec::new());
        }
        let segment = AuditSegment::first(1);
        let heads = vec![CheckpointedHead { segment, records: self.records(), hash: segment.origin() }];
        let checkpoint = Checkpoint { number: 1, at: at(0), previous: segment.origin(), heads };
        Ok(vec![(SignedCheckpoint { checkpoint, signature: SIGNATURE }, segment.origin())])
    }
}

/// How many records there are, as checkpoints and segments say.
#[derive(Default)]
struct Told {
    checkpointed: Vec<u64>,
    exported: Vec<u64>,
}

impl AuditSink for Told {
    fn key(&mut self, _public_key: &[u8; 32]) -> Result<(), BoxError> {
        Ok(())
    }

    fn checkpoint(&mut self, signed: &SignedCheckpoint) -> Result<(), BoxError> {
        self.checkpointed.extend(signed.checkpoint.heads.iter().map(|head| head.records));
        Ok(())
    }

    fn segment(&mut self, signed: &SignedHead) -> Result<(), BoxError> {
        self.exported.push(signed.head.records);
        Ok(())
    }

    fn record(&mut self, _record: &ChainedRecord) -> Result<(), BoxError> {
        Ok(())
    }
}

#[tokio::test]
async fn no_checkpoint_speaks_of_more_than_is_exported() {
    let export = ExportAudit { chains: Arc::new(Busy::default()), signer: Arc::new(FakeSecrets) };
    let mut told = Told::default();
    export.execute(&(Timestamp::MIN_UTC..Timestamp::MAX_UTC), &mut told).await.unwrap();
    assert_eq!((told.checkpointed, told.exported), (vec![1], vec![2]));
}
