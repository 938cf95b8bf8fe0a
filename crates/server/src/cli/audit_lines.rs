//! The audit log as lines of JSON.

use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::{BufWriter, Write};
use threshold_application::audit::AuditSink;
use threshold_application::ports::{BoxError, SignedCheckpoint, SignedHead};
use threshold_domain::Timestamp;
use threshold_domain::audit::{ChainedRecord, CheckpointedHead};

/// Writes a JSON object a line.
pub(super) struct AuditLines(BufWriter<Box<dyn Write + Send>>);

impl AuditLines {
    pub(super) fn new(target: Box<dyn Write + Send>) -> Self {
        Self(BufWriter::new(target))
    }

    /// Writes what is still to be written.
    pub(super) fn finish(mut self) -> Result<(), BoxError> {
        Ok(self.0.flush()?)
    }

    fn line(&mut self, line: &Value) -> Result<(), BoxError> {
        Ok(writeln!(self.0, "{line}")?)
    }
}

impl AuditSink for AuditLines {
    fn key(&mut self, public_key: &[u8; 32]) -> Result<(), BoxError> {
        self.line(&json!({"type": "key", "algorithm": "Ed25519", "public_key": hex(public_key)}))
    }

    fn checkpoint(&mut self, signed: &SignedCheckpoint) -> Result<(), BoxError> {
        let checkpoint = &signed.checkpoint;
        let head = |head: &CheckpointedHead| json!({"segment": head.segment.to_string(), "records": head.records, "hash": head.hash.to_string()});
        self.line(&json!({
            "type": "checkpoint",
            "number": checkpoint.number,
            "at": rfc3339(checkpoint.at),
            "previous": checkpoint.previous.to_string(),
            "heads": checkpoint.heads.iter().map(head).collect::<Vec<_>>(),
            "hash": checkpoint.hash().to_string(),
            "signature": hex(signed.signature.as_bytes()),
        }))
    }

    fn segment(&mut self, signed: &SignedHead) -> Result<(), BoxError> {
        let head = &signed.head;
        self.line(&json!({
            "type": "segment",
            "segment": head.segment.to_string(),
            "state": head.state.as_str(),
            "records": head.records,
            "hash": head.hash.to_string(),
            "closed_at": head.closed_at.map(rfc3339),
            "signature": hex(signed.signature.as_bytes()),
        }))
    }

    fn record(&mut self, chained: &ChainedRecord) -> Result<(), BoxError> {
        let record = &chained.record;
        let details: serde_json::Map<_, _> =
            record.details.iter().map(|(name, text)| (name.to_owned(), text.into())).collect();
        self.line(&json!({
            "type": "record",
            "place": chained.place.to_string(),
            "id": record.id.as_uuid(),
            "at": rfc3339(record.at),
            "action": record.action,
            "actor": record.actor,
            "subject": record.subject,
            "ip": record.address,
            "user_agent": record.user_agent,
            "request_id": record.request_id,
            "details": details,
            "details_text": record.details.as_str(),
            "hash": chained.hash.to_string(),
        }))
    }
}

fn rfc3339(at: Timestamp) -> String {
    at.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
