//! Keeping the audit log, and reading it.

use super::StoreError;
use async_trait::async_trait;
use threshold_domain::Timestamp;
use threshold_domain::audit::{
    AuditEvent, AuditHead, AuditRecordId, AuditSegment, AuditSignature, ChainHash, ChainedRecord, Checkpoint,
};

/// Signs what the audit log has got to, with a key that its store does not have.
pub trait AuditSigner: Send + Sync {
    /// A signature of `message`.
    fn sign(&self, message: &[u8]) -> AuditSignature;

    /// Whether `signature` is one of `message`.
    fn verify(&self, message: &[u8], signature: &AuditSignature) -> bool;

    /// What anybody can verify signatures with: 32 bytes (RFC 8032 §5.1.5).
    fn public_key(&self) -> [u8; 32];
}

/// A head that is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedHead {
    /// How far a chain has got.
    pub head: AuditHead,
    /// Of [`AuditHead::message`].
    pub signature: AuditSignature,
}

/// A checkpoint that is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    /// The checkpoint.
    pub checkpoint: Checkpoint,
    /// Of its hash.
    pub signature: AuditSignature,
}

/// The audit log, within a transaction.
#[async_trait]
pub trait AuditRepository: Send {
    /// Keeps a record of `event` if the transaction is committed, and only then: it is chained in `commit`, in an open segment that
    /// no other transaction writes to at that moment. Records of one transaction are in the order of these calls. What others have
    /// forged is not built on, here and in all of the following: a head that the service hasn't signed is left as it is.
    fn record(&mut self, event: AuditEvent);

    /// The last checkpoint. Whoever asks next waits until this transaction is over, unless there is none yet.
    async fn last_checkpoint(&mut self) -> Result<Option<Checkpoint>, StoreError>;

    /// The heads, by segment, of those that have more records than the last checkpoint that saw them says.
    async fn grown_heads(&mut self) -> Result<Vec<AuditHead>, StoreError>;

    /// Adds a checkpoint. `NotUnique(Id)` if there is one of that number.
    async fn add_checkpoint(&mut self, signed: &SignedCheckpoint) -> Result<(), StoreError>;

    /// Closes segments that have records and were opened before then, and opens the next of their lanes; answers how many. One
    /// that is written to at that moment stays open.
    async fn close_segments(&mut self, opened_before: Timestamp, now: Timestamp) -> Result<u32, StoreError>;

    /// Marks segments as erased that were closed before then, and deletes at most so many records of all that are marked; answers
    /// how many it were: fewer if none is left.
    async fn erase(&mut self, closed_before: Timestamp, now: Timestamp, at_most: u32) -> Result<u32, StoreError>;

    /// Deletes at most so many checkpoints from before then, but for the last of all; answers how many.
    async fn erase_checkpoints(&mut self, before: Timestamp, at_most: u32) -> Result<u32, StoreError>;
}

/// Which records are asked for; `None` asks for any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// By whom.
    pub actor: Option<String>,
    /// To whom or what.
    pub subject: Option<String>,
    /// What.
    pub action: Option<String>,
    /// From this moment on.
    pub after: Option<Timestamp>,
    /// Before this moment.
    pub before: Option<Timestamp>,
}

/// Reads the audit log for people.
#[async_trait]
pub trait AuditReader: Send + Sync {
    /// The latest records first, and of one moment the greatest id; those after `last` if there is one.
    async fn page(
        &self,
        filter: &AuditFilter,
        last: Option<(Timestamp, AuditRecordId)>,
        at_most: u32,
    ) -> Result<Vec<ChainedRecord>, StoreError>;
}

/// Reads the audit log to prove it.
#[async_trait]
pub trait AuditChains: Send + Sync {
    /// Every head there is, by segment.
    async fn heads(&self) -> Result<Vec<SignedHead>, StoreError>;

    /// The head of one segment.
    async fn head(&self, segment: AuditSegment) -> Result<Option<SignedHead>, StoreError>;

    /// The records of a segment by position, from the one after `after`.
    async fn records(&self, segment: AuditSegment, after: u64, at_most: u32) -> Result<Vec<ChainedRecord>, StoreError>;

    /// Checkpoints by number, from the one after `after`, with the hash that is stored with each.
    async fn checkpoints(&self, after: u64, at_most: u32) -> Result<Vec<(SignedCheckpoint, ChainHash)>, StoreError>;
}
