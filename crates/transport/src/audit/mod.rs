//! The audit log over HTTP.

mod list_records;
mod record_view;

pub(crate) use list_records::{__path_list_records as ListRecordsPath, list_records};
pub(crate) use record_view::AuditRecordView;
