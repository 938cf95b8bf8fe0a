//! A session as a row.

use crate::failures::corrupt;
use crate::schema::sessions;
use crate::types::{Id, Instant};
use diesel::prelude::*;
use threshold_application::ports::StoreError;
use threshold_domain::accounts::UserId;
use threshold_domain::sessions::{
    Provenance, SecretDigest, Session, SessionId, SessionKind, SessionProof, SessionRequest, UserAgent,
};

/// What is stored of a session.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions)]
pub(crate) struct SessionRow {
    id: Id,
    user_id: Id,
    created_at: Instant,
    expires_at: Instant,
    ended_at: Option<Instant>,
    kind: String,
    remembered: bool,
    address: Option<String>,
    user_agent: Option<String>,
    last_seen_at: Instant,
    idle_until: Instant,
    secret_digest: Vec<u8>,
    generation: i64,
    renewed_at: Instant,
}

/// What changes while a session lives.
#[derive(AsChangeset)]
#[diesel(table_name = sessions)]
pub(super) struct SessionChanges {
    last_seen_at: Instant,
    idle_until: Instant,
    secret_digest: Vec<u8>,
    generation: i64,
    renewed_at: Instant,
}

impl SessionRow {
    pub(super) fn id(&self) -> Id {
        self.id
    }

    pub(super) fn user_id(&self) -> Id {
        self.user_id
    }
}

impl From<&Session> for SessionChanges {
    fn from(session: &Session) -> Self {
        Self {
            last_seen_at: Instant(session.last_seen_at),
            idle_until: Instant(session.idle_until),
            secret_digest: session.proof.digest.as_bytes().to_vec(),
            generation: session.proof.generation.into(),
            renewed_at: Instant(session.proof.renewed_at),
        }
    }
}

impl From<&Session> for SessionRow {
    fn from(session: &Session) -> Self {
        let SessionChanges { last_seen_at, idle_until, secret_digest, generation, renewed_at } = session.into();
        let SessionRequest { kind, remembered, provenance } = &session.request;
        Self {
            id: Id(session.id.as_uuid()),
            user_id: Id(session.user_id.as_uuid()),
            created_at: Instant(session.created_at),
            expires_at: Instant(session.expires_at),
            ended_at: session.ended_at.map(Instant),
            kind: name(*kind).to_owned(),
            remembered: *remembered,
            address: provenance.address.map(|address| address.to_string()),
            user_agent: provenance.user_agent.as_ref().map(|agent| agent.as_str().to_owned()),
            last_seen_at,
            idle_until,
            secret_digest,
            generation,
            renewed_at,
        }
    }
}

impl TryFrom<SessionRow> for Session {
    type Error = StoreError;

    fn try_from(row: SessionRow) -> Result<Self, StoreError> {
        let address = row.address.map(|text| text.parse()).transpose();
        let provenance = Provenance {
            address: address.map_err(|error| corrupt("sessions.address", error))?,
            user_agent: row.user_agent.as_deref().and_then(UserAgent::cleaned),
        };
        // Rows of a version that knew no secrets have none: no secret's digest is all zero.
        let digest = <[u8; 32]>::try_from(row.secret_digest).unwrap_or_default();
        Ok(Self {
            id: SessionId::new(row.id.0),
            user_id: UserId::new(row.user_id.0),
            request: SessionRequest { kind: kind(&row.kind)?, remembered: row.remembered, provenance },
            created_at: row.created_at.0,
            last_seen_at: row.last_seen_at.0,
            idle_until: row.idle_until.0,
            expires_at: row.expires_at.0,
            ended_at: row.ended_at.map(|at| at.0),
            proof: SessionProof {
                generation: u32::try_from(row.generation).map_err(|error| corrupt("sessions.generation", error))?,
                digest: SecretDigest::new(digest),
                renewed_at: row.renewed_at.0,
            },
        })
    }
}

/// The kind as the column names it.
pub(super) fn name(kind: SessionKind) -> &'static str {
    match kind {
        SessionKind::Tokens => "tokens",
        SessionKind::Browser => "browser",
    }
}

fn kind(stored: &str) -> Result<SessionKind, StoreError> {
    [SessionKind::Tokens, SessionKind::Browser]
        .into_iter()
        .find(|kind| name(*kind) == stored)
        .ok_or_else(|| corrupt("sessions.kind", "no kind has this name"))
}
