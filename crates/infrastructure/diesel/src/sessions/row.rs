//! A session as a row.

use crate::schema::sessions;
use crate::types::{Id, Instant};
use diesel::prelude::*;
use threshold_domain::sessions::Session;

/// What is written of a new session.
#[derive(Insertable)]
#[diesel(table_name = sessions)]
pub(super) struct NewSessionRow {
    id: Id,
    user_id: Id,
    created_at: Instant,
    expires_at: Instant,
    ended_at: Option<Instant>,
}

impl From<&Session> for NewSessionRow {
    fn from(session: &Session) -> Self {
        Self {
            id: Id(session.id.as_uuid()),
            user_id: Id(session.user_id.as_uuid()),
            created_at: Instant(session.created_at),
            expires_at: Instant(session.expires_at),
            ended_at: session.ended_at.map(Instant),
        }
    }
}
