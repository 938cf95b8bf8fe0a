//! A record of the audit log as clients see it.

use crate::accounts::rfc3339;
use serde::Serialize;
use std::collections::BTreeMap;
use threshold_domain::audit::ChainedRecord;
use utoipa::ToSchema;
use uuid::Uuid;

/// Something that has happened.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditRecord)]
pub(crate) struct AuditRecordView {
    /// A `UUIDv7`.
    id: Uuid,
    #[schema(format = DateTime)]
    at: String,
    /// What has happened, by the names of the OWASP Logging Vocabulary.
    #[schema(example = "authn_login_success")]
    action: String,
    /// By whom: `user:` or `api-key:` with an id, `anonymous`, `operator` or `system`.
    #[schema(example = "user:01936a5e-7c2f-7000-8000-000000000001")]
    actor: String,
    /// To whom or what: `user:`, `api-key:`, `role:`, `session:`, `job:` or `signing-key:` with an id or a name.
    #[schema(required)]
    subject: Option<String>,
    /// The client's address.
    #[schema(required)]
    ip: Option<String>,
    /// What the client called itself.
    #[schema(required)]
    user_agent: Option<String>,
    /// The name of the request, by which it is found in the log.
    #[schema(required)]
    request_id: Option<String>,
    /// What else is known, by name.
    details: BTreeMap<String, String>,
    /// Where it is in the log: lane, segment and position.
    #[schema(example = "1.1.42")]
    place: String,
    /// The hash of it, its place and the record before: 64 hexadecimal digits.
    hash: String,
}

impl From<&ChainedRecord> for AuditRecordView {
    fn from(chained: &ChainedRecord) -> Self {
        let record = &chained.record;
        let details = record.details.iter().map(|(name, text)| (name.to_owned(), text.to_owned()));
        Self {
            id: record.id.as_uuid(),
            at: rfc3339(record.at),
            action: record.action.clone(),
            actor: record.actor.clone(),
            subject: record.subject.clone(),
            ip: record.address.clone(),
            user_agent: record.user_agent.clone(),
            request_id: record.request_id.clone(),
            details: details.collect(),
            place: chained.place.to_string(),
            hash: chained.hash.to_string(),
        }
    }
}
