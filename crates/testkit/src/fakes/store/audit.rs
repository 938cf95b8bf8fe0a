//! The audit log in memory: one lane.

use super::{InMemoryStore, Tables};
use crate::fakes::{FakeSecrets, SequentialIds, lock};
use async_trait::async_trait;
use std::sync::Arc;
use threshold_application::audit::chain_records;
use threshold_application::ports::{
    AuditChains, AuditFilter, AuditReader, AuditRepository, AuditSigner, SignedCheckpoint, SignedHead, StoreError,
    Uniqueness,
};
use threshold_domain::Timestamp;
use threshold_domain::audit::{
    AuditEvent, AuditHead, AuditRecord, AuditRecordId, AuditSegment, ChainHash, ChainedRecord, Checkpoint, SegmentState,
};

#[derive(Debug, Clone, Default)]
pub(super) struct AuditTables {
    noted: Vec<AuditEvent>,
    segments: Vec<Segment>,
    records: Vec<ChainedRecord>,
    checkpoints: Vec<SignedCheckpoint>,
    ids: Arc<SequentialIds>,
}

#[derive(Debug, Clone)]
struct Segment {
    head: AuditHead,
    checkpointed: u64,
    opened_at: Timestamp,
}

impl Segment {
    fn new(segment: AuditSegment, opened_at: Timestamp) -> Self {
        Self { head: AuditHead::of_new(segment), checkpointed: 0, opened_at }
    }

    fn signed(&self) -> SignedHead {
        SignedHead { head: self.head, signature: FakeSecrets.sign(&self.head.message()) }
    }
}

impl AuditTables {
    /// Chains what was noted.
    pub(super) fn keep(&mut self) {
        let events = std::mem::take(&mut self.noted);
        let Some(now) = events.first().map(|event| event.at) else { return };
        if self.segments.is_empty() {
            self.segments.push(Segment::new(AuditSegment::first(1), now));
        }
        let ids = Arc::clone(&self.ids);
        let open = self.segments.iter_mut().find(|segment| segment.head.state == SegmentState::Open);
        let Some(open) = open else { return };
        let (records, head) = chain_records(open.head, events, ids.as_ref());
        open.head = head;
        self.records.extend(records);
    }
}

#[async_trait]
impl AuditRepository for Tables {
    fn record(&mut self, event: AuditEvent) {
        self.audit.noted.push(event);
    }

    async fn last_checkpoint(&mut self) -> Result<Option<Checkpoint>, StoreError> {
        Ok(self.audit.checkpoints.last().map(|signed| signed.checkpoint.clone()))
    }

    async fn grown_heads(&mut self) -> Result<Vec<AuditHead>, StoreError> {
        let grown = self.audit.segments.iter().filter(|segment| segment.head.records > segment.checkpointed);
        Ok(grown.map(|segment| segment.head).collect())
    }

    async fn add_checkpoint(&mut self, signed: &SignedCheckpoint) -> Result<(), StoreError> {
        let number = signed.checkpoint.number;
        if self.audit.checkpoints.iter().any(|known| known.checkpoint.number == number) {
            return Err(StoreError::NotUnique(Uniqueness::Id));
        }
        for seen in &signed.checkpoint.heads {
            for segment in self.audit.segments.iter_mut().filter(|segment| segment.head.segment == seen.segment) {
                segment.checkpointed = seen.records;
            }
        }
        self.audit.checkpoints.push(signed.clone());
        Ok(())
    }

    async fn close_segments(&mut self, opened_before: Timestamp, now: Timestamp) -> Result<u32, StoreError> {
        let is_full = |segment: &&mut Segment| {
            segment.head.state == SegmentState::Open && segment.opened_at < opened_before && segment.head.records > 0
        };
        let Some(full) = self.audit.segments.iter_mut().find(is_full) else { return Ok(0) };
        full.head = full.head.closed(now);
        let next = Segment::new(full.head.segment.next(), now);
        self.audit.segments.push(next);
        Ok(1)
    }

    async fn erase(&mut self, closed_before: Timestamp, _now: Timestamp, at_most: u32) -> Result<u32, StoreError> {
        let over = |segment: &&mut Segment| segment.head.closed_at.is_some_and(|at| at < closed_before);
        for segment in self.audit.segments.iter_mut().filter(over) {
            segment.head = segment.head.erased();
        }
        let erased = self.audit.segments.iter().filter(|segment| segment.head.state == SegmentState::Erased);
        let erased: Vec<_> = erased.map(|segment| segment.head.segment).collect();
        let mut deleted = 0;
        self.audit.records.retain(|record| {
            let goes = deleted < at_most && erased.contains(&record.place.segment);
            deleted += u32::from(goes);
            !goes
        });
        Ok(deleted)
    }

    async fn erase_checkpoints(&mut self, before: Timestamp, at_most: u32) -> Result<u32, StoreError> {
        let last = self.audit.checkpoints.last().map(|signed| signed.checkpoint.number);
        let mut deleted = 0;
        self.audit.checkpoints.retain(|signed| {
            let is_old = signed.checkpoint.at < before && Some(signed.checkpoint.number) != last;
            let goes = deleted < at_most && is_old;
            deleted += u32::from(goes);
            !goes
        });
        Ok(deleted)
    }
}

fn lets_through(filter: &AuditFilter, record: &AuditRecord) -> bool {
    let AuditFilter { actor, subject, action, after, before } = filter;
    actor.as_ref().is_none_or(|actor| record.actor == *actor)
        && subject.as_ref().is_none_or(|subject| record.subject.as_ref() == Some(subject))
        && action.as_ref().is_none_or(|action| record.action == *action)
        && after.is_none_or(|after| record.at >= after)
        && before.is_none_or(|before| record.at < before)
}

fn first<T>(items: impl Iterator<Item = T>, at_most: u32) -> Vec<T> {
    items.take(usize::try_from(at_most).unwrap_or(usize::MAX)).collect()
}

#[async_trait]
impl AuditReader for InMemoryStore {
    async fn page(
        &self,
        filter: &AuditFilter,
        last: Option<(Timestamp, AuditRecordId)>,
        at_most: u32,
    ) -> Result<Vec<ChainedRecord>, StoreError> {
        let mut found = lock(&self.committed).audit.records.clone();
        found.retain(|one| lets_through(filter, &one.record));
        found.retain(|one| last.is_none_or(|last| (one.record.at, one.record.id) < last));
        found.sort_by_key(|one| std::cmp::Reverse((one.record.at, one.record.id)));
        Ok(first(found.into_iter(), at_most))
    }
}

#[async_trait]
impl AuditChains for InMemoryStore {
    async fn heads(&self) -> Result<Vec<SignedHead>, StoreError> {
        Ok(lock(&self.committed).audit.segments.iter().map(Segment::signed).collect())
    }

    async fn head(&self, segment: AuditSegment) -> Result<Option<SignedHead>, StoreError> {
        let tables = lock(&self.committed);
        let found = tables.audit.segments.iter().find(|known| known.head.segment == segment);
        Ok(found.map(Segment::signed))
    }

    async fn records(&self, segment: AuditSegment, after: u64, at_most: u32) -> Result<Vec<ChainedRecord>, StoreError> {
        let tables = lock(&self.committed);
        let of_segment = tables.audit.records.iter().filter(|record| record.place.segment == segment);
        Ok(first(of_segment.filter(|record| record.place.position > after).cloned(), at_most))
    }

    async fn checkpoints(&self, after: u64, at_most: u32) -> Result<Vec<(SignedCheckpoint, ChainHash)>, StoreError> {
        let tables = lock(&self.committed);
        let later = tables.audit.checkpoints.iter().filter(|signed| signed.checkpoint.number > after);
        Ok(first(later.map(|signed| (signed.clone(), signed.checkpoint.hash())), at_most))
    }
}
