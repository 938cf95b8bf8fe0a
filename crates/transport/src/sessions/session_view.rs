//! A session as its owner sees it.

use crate::accounts::rfc3339;
use serde::Serialize;
use threshold_domain::sessions::{Session, SessionId};
use utoipa::ToSchema;
use uuid::Uuid;

/// One place where a user is signed in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Session)]
pub(crate) struct SessionView {
    /// A `UUIDv7`.
    id: Uuid,
    #[schema(format = DateTime)]
    created_at: String,
    /// Up to a minute late.
    #[schema(format = DateTime)]
    last_seen_at: String,
    /// The address that the sign-in came from.
    #[schema(required)]
    ip: Option<String>,
    /// What the client called itself then.
    #[schema(required)]
    user_agent: Option<String>,
    /// Whether this request comes from it.
    current: bool,
}

impl SessionView {
    /// The session as `current` sees it.
    pub(super) fn new(session: &Session, current: SessionId) -> Self {
        let provenance = &session.request.provenance;
        Self {
            id: session.id.as_uuid(),
            created_at: rfc3339(session.created_at),
            last_seen_at: rfc3339(session.last_seen_at),
            ip: provenance.address.map(|address| address.to_string()),
            user_agent: provenance.user_agent.as_ref().map(|agent| agent.as_str().to_owned()),
            current: session.id == current,
        }
    }
}
