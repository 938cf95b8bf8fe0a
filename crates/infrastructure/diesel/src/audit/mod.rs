//! The stored audit log.

mod chains;
mod chronicler;
mod known_heads;
mod reader;
mod repository;
mod row;

pub(crate) use chains::DieselAuditChains;
pub(crate) use chronicler::Chronicler;
pub(crate) use reader::DieselAuditReader;

/// The tables, as failures name them.
const SEGMENTS: &str = "audit_segments";
const RECORDS: &str = "audit_records";
const CHECKPOINTS: &str = "audit_checkpoints";
