//! Putting records into a chain.

use crate::ports::IdGenerator;
use threshold_domain::audit::{AuditEvent, AuditHead, AuditRecord, AuditRecordId, ChainedRecord};

/// The records of `events` in the places after `head`, and the head after them: what a store keeps together.
pub fn chain_records(
    head: AuditHead,
    events: Vec<AuditEvent>,
    ids: &dyn IdGenerator,
) -> (Vec<ChainedRecord>, AuditHead) {
    let mut head = head;
    let chained = events.into_iter().map(|event| {
        let record = AuditRecord::new(AuditRecordId::new(ids.next()), event);
        let place = head.next_place();
        let hash = record.hash(place, &head.hash);
        head = head.followed_by(hash);
        ChainedRecord { place, record, hash }
    });
    let chained = chained.collect();
    (chained, head)
}
