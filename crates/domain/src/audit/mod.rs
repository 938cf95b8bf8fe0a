//! The audit log: who did what to whom, when and from where, so that nobody can change it unnoticed.
//!
//! Each record has a place in a segment, and its hash covers the place, the record and the hash before: a chain. The head of a chain
//! says how long it is and where it has got to, and is signed with every record that is added. Checkpoints sign how far all chains had
//! got at one moment, and are a chain themselves. Verification reads all of that again, and names whatever doesn't fit.

mod action;
mod chain;
mod checkpoint;
mod event;
mod fault;
mod initiator;
mod record;
mod subject;
mod verifier;

pub use action::AuditAction;
pub use chain::{AuditHead, AuditPlace, AuditSegment, AuditSignature, ChainHash, SegmentState};
pub use checkpoint::{Checkpoint, CheckpointedHead};
pub use event::{AuditDetails, AuditEvent};
pub use fault::AuditFault;
pub use initiator::{Actor, Initiator, Origin, RequestId};
pub use record::{AuditRecord, AuditRecordId, ChainedRecord};
pub use subject::Subject;
pub use verifier::SegmentVerifier;
