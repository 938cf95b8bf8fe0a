//! What verification finds.

use super::{AuditPlace, AuditRecordId, AuditSegment};

/// Something in the audit log that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuditFault {
    /// There is no chain at all.
    #[error("nothing is recorded: every start of the service writes a record, so all of them were removed")]
    Nothing,
    /// Its hash isn't that of what it says at its place: somebody has changed it, or put another one there.
    #[error("record {place} ({}) was changed, or is not where it was written", id.as_uuid())]
    Changed {
        /// Where it is.
        place: AuditPlace,
        /// Which it is.
        id: AuditRecordId,
    },
    /// Places are empty.
    #[error("records {first} to {last} were removed")]
    Removed {
        /// Where the first was.
        first: AuditPlace,
        /// The position of the last.
        last: u64,
    },
    /// It is beyond the end of its chain.
    #[error("record {place} ({}) was added", id.as_uuid())]
    Added {
        /// Where it is.
        place: AuditPlace,
        /// Which it is.
        id: AuditRecordId,
    },
    /// The last record has another hash than its chain's head says.
    #[error("record {place} is not the last one that was written")]
    OtherEnd {
        /// Where it is.
        place: AuditPlace,
    },
    /// The head of a chain isn't signed by the key of this service.
    #[error("the head of segment {segment} was changed")]
    ForgedHead {
        /// The chain.
        segment: AuditSegment,
    },
    /// A segment is gone, head and all.
    #[error("segment {segment} was removed")]
    SegmentRemoved {
        /// The chain.
        segment: AuditSegment,
    },
    /// A checkpoint isn't signed by the key of this service.
    #[error("checkpoint {number} was changed")]
    ForgedCheckpoint {
        /// Which.
        number: u64,
    },
    /// A checkpoint is gone, or doesn't follow from the one before.
    #[error("checkpoint {number} was removed or replaced")]
    CheckpointRemoved {
        /// Which.
        number: u64,
    },
    /// A chain is not what a checkpoint says it was.
    #[error("record {place} is not the one that checkpoint {number} saw")]
    AgainstCheckpoint {
        /// Where.
        place: AuditPlace,
        /// Which checkpoint.
        number: u64,
    },
}
