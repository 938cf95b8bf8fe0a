//! How far all chains had got at one moment.

use super::{AuditSegment, ChainHash};
use crate::Timestamp;
use sha2::{Digest, Sha256};

/// How far the chains that had grown had got at one moment: an old copy of a chain, head and all, is found out by any checkpoint
/// that saw more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// From 1, without a gap.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// Of the checkpoint before; all zeros before the first.
    pub previous: ChainHash,
    /// The chains that had grown since then.
    pub heads: Vec<CheckpointedHead>,
}

/// How far a chain had got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckpointedHead {
    /// The chain.
    pub segment: AuditSegment,
    /// How many records it had.
    pub records: u64,
    /// The hash of the last one.
    pub hash: ChainHash,
}

impl Checkpoint {
    /// The hash of all of it: what the next one refers to, and what is signed. Whoever keeps a copy of it elsewhere can prove
    /// everything before it.
    #[must_use]
    pub fn hash(&self) -> ChainHash {
        let mut hasher = Sha256::new_with_prefix(b"threshold audit checkpoint v1");
        hasher.update(self.number.to_be_bytes());
        hasher.update(self.at.timestamp_micros().to_be_bytes());
        hasher.update(self.previous.as_bytes());
        for head in &self.heads {
            hasher.update(head.segment.lane.to_be_bytes());
            hasher.update(head.segment.number.to_be_bytes());
            hasher.update(head.records.to_be_bytes());
            hasher.update(head.hash.as_bytes());
        }
        ChainHash::new(hasher.finalize().into())
    }
}
