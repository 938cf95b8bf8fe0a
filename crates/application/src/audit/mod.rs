//! The audit log: chaining its records, proving it, reading it.

mod chain_records;
mod checkpoint_audit;
mod export_audit;
mod list_audit;
mod verify_audit;

pub use chain_records::chain_records;
pub use checkpoint_audit::CheckpointAudit;
pub use export_audit::{AuditSink, ExportAudit, ExportAuditError};
pub use list_audit::ListAudit;
pub use verify_audit::{AuditAnchor, AuditReport, VerificationStep, VerificationWatch, VerifyAudit};
