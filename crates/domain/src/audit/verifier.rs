//! Reading a chain again.

use super::{AuditFault, AuditHead, AuditPlace, AuditSegment, ChainHash, ChainedRecord};
use std::collections::VecDeque;

/// Reads the records of one segment in the order of their places, and finds what does not fit.
#[derive(Debug, Clone)]
pub struct SegmentVerifier {
    segment: AuditSegment,
    /// How many records should have come.
    seen: u64,
    /// Of the last of them, as it is stored: one changed record is one fault.
    previous: ChainHash,
    /// What checkpoints say of this segment, in the order of places: how many records, their hash, which checkpoint.
    checkpoints: VecDeque<(u64, ChainHash, u64)>,
}

impl SegmentVerifier {
    /// Begins with the first record. `checkpoints` is what checkpoints say of the segment: how many records it had, the hash of the
    /// last one, and which checkpoint says so.
    #[must_use]
    pub fn new(segment: AuditSegment, checkpoints: Vec<(u64, ChainHash, u64)>) -> Self {
        Self::resumed(segment, 0, segment.origin(), checkpoints)
    }

    /// Begins after `seen` records, the last of which had the hash `previous`.
    #[must_use]
    pub fn resumed(
        segment: AuditSegment,
        seen: u64,
        previous: ChainHash,
        mut checkpoints: Vec<(u64, ChainHash, u64)>,
    ) -> Self {
        checkpoints.sort_by_key(|(records, _hash, number)| (*records, *number));
        let checkpoints = checkpoints.into_iter().filter(|(records, ..)| *records > seen).collect();
        Self { segment, seen, previous, checkpoints }
    }

    /// How many records have come, and the hash of the last: where it can be resumed.
    #[must_use]
    pub const fn progress(&self) -> (u64, ChainHash) {
        (self.seen, self.previous)
    }

    /// Reads the next record.
    pub fn read(&mut self, next: &ChainedRecord, faults: &mut Vec<AuditFault>) {
        let follows = next.place.position == self.seen.saturating_add(1);
        self.skip_to(next.place.position, faults);
        // After a gap nobody knows what it followed.
        if follows && next.record.hash(next.place, &self.previous) != next.hash {
            faults.push(AuditFault::Changed { place: next.place, id: next.record.id });
        }
        self.seen = next.place.position;
        self.previous = next.hash;
        while let Some((records, hash, number)) = self.checkpoints.front().copied()
            && records <= self.seen
        {
            self.checkpoints.pop_front();
            if hash != next.hash && records == self.seen {
                faults.push(AuditFault::AgainstCheckpoint { place: next.place, number });
            }
        }
    }

    /// Every place before `position` that nothing came for is empty.
    fn skip_to(&mut self, position: u64, faults: &mut Vec<AuditFault>) {
        let (first, last) = (self.seen.saturating_add(1), position.saturating_sub(1));
        if first <= last {
            faults.push(AuditFault::Removed { first: AuditPlace { segment: self.segment, position: first }, last });
        }
    }

    /// Nothing comes any more, and `head` is where the chain should have got.
    pub fn end(mut self, head: &AuditHead, faults: &mut Vec<AuditFault>) {
        self.skip_to(head.records.saturating_add(1), faults);
        let place = AuditPlace { segment: self.segment, position: head.records };
        if self.seen == head.records && self.previous != head.hash {
            faults.push(AuditFault::OtherEnd { place });
        }
        for (records, _hash, number) in self.checkpoints.drain(..) {
            let place = AuditPlace { segment: self.segment, position: records };
            if records > head.records {
                faults.push(AuditFault::AgainstCheckpoint { place, number });
            }
        }
    }
}
