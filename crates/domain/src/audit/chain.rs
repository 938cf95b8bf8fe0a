//! Chains of hashes.

use crate::Timestamp;
use sha2::{Digest, Sha256};
use std::fmt;

/// A link of a chain: a SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChainHash([u8; 32]);

/// Which chain. Whoever writes takes a lane that nobody else writes to, so that writers don't wait for each other; a lane has one
/// segment after the other, so that old ones can go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AuditSegment {
    /// From 1.
    pub lane: u16,
    /// From 1 in each lane.
    pub number: u32,
}

/// Where a record is; written `lane.segment.position`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AuditPlace {
    /// The chain.
    pub segment: AuditSegment,
    /// From 1 in each segment, without a gap.
    pub position: u64,
}

/// Whether a segment grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SegmentState {
    /// It takes records: the last of its lane.
    Open,
    /// It takes no more.
    Closed,
    /// The retention of its records is over, and they are gone; its head stays to prove what they were.
    Erased,
}

/// What proves that the service itself has written something: Ed25519 (RFC 8032).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditSignature([u8; 64]);

/// How far a chain has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditHead {
    /// The chain.
    pub segment: AuditSegment,
    /// Whether it grows.
    pub state: SegmentState,
    /// How many records it has, or had.
    pub records: u64,
    /// The hash of the last one.
    pub hash: ChainHash,
    /// When it was closed, to the microsecond: from then on its retention counts.
    pub closed_at: Option<Timestamp>,
}

impl ChainHash {
    /// A hash.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// As a store has kept it; what has another length is no hash of anything.
    #[must_use]
    pub fn from_stored(bytes: &[u8]) -> Self {
        Self(bytes.try_into().unwrap_or_default())
    }

    /// From 64 hexadecimal digits, as it is displayed.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        if pairs.len() != bytes.len() || !rest.is_empty() {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(pairs) {
            let [high, low] = pair.map(|digit| char::from(digit).to_digit(16));
            *byte = u8::try_from(high? * 16 + low?).ok()?;
        }
        Some(Self(bytes))
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl AuditSignature {
    /// A signature.
    #[must_use]
    pub const fn new(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// As a store has kept it; what has another length signs nothing.
    #[must_use]
    pub fn from_stored(bytes: &[u8]) -> Self {
        Self(bytes.try_into().unwrap_or([0; 64]))
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }
}

impl AuditSegment {
    /// The first of a lane.
    #[must_use]
    pub const fn first(lane: u16) -> Self {
        Self { lane, number: 1 }
    }

    /// The one that follows in the lane.
    #[must_use]
    pub const fn next(self) -> Self {
        Self { lane: self.lane, number: self.number.saturating_add(1) }
    }

    /// What stands before its first record.
    #[must_use]
    pub fn origin(self) -> ChainHash {
        let mut hasher = Sha256::new_with_prefix(b"threshold audit segment v1");
        hasher.update(self.lane.to_be_bytes());
        hasher.update(self.number.to_be_bytes());
        ChainHash(hasher.finalize().into())
    }
}

impl SegmentState {
    /// The name, as stores and signatures have it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Erased => "erased",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Open, Self::Closed, Self::Erased].into_iter().find(|state| state.as_str() == name)
    }
}

impl AuditHead {
    /// Of a segment without records.
    #[must_use]
    pub fn of_new(segment: AuditSegment) -> Self {
        Self { segment, state: SegmentState::Open, records: 0, hash: segment.origin(), closed_at: None }
    }

    /// Where the next record goes.
    #[must_use]
    pub const fn next_place(&self) -> AuditPlace {
        AuditPlace { segment: self.segment, position: self.records.saturating_add(1) }
    }

    /// With one more record, of that hash.
    #[must_use]
    pub const fn followed_by(self, hash: ChainHash) -> Self {
        Self { records: self.records.saturating_add(1), hash, ..self }
    }

    /// Closed at that moment.
    #[must_use]
    pub const fn closed(self, at: Timestamp) -> Self {
        Self { state: SegmentState::Closed, closed_at: Some(at), ..self }
    }

    /// Without its records, whose retention is over.
    #[must_use]
    pub const fn erased(self) -> Self {
        Self { state: SegmentState::Erased, ..self }
    }

    /// What is signed of it.
    #[must_use]
    pub fn message(&self) -> Vec<u8> {
        let mut message = b"threshold audit head v1".to_vec();
        message.extend(self.segment.lane.to_be_bytes());
        message.extend(self.segment.number.to_be_bytes());
        message.extend(self.state.as_str().as_bytes());
        message.extend(self.records.to_be_bytes());
        message.extend(self.hash.as_bytes());
        message.push(u8::from(self.closed_at.is_some()));
        message.extend(self.closed_at.map(|at| at.timestamp_micros().to_be_bytes()).into_iter().flatten());
        message
    }
}

impl fmt::Display for ChainHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Display for AuditSegment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.lane, self.number)
    }
}

impl fmt::Display for AuditPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.segment, self.position)
    }
}
