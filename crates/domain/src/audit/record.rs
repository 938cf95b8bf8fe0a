//! What is kept of something that has happened.

use super::{AuditDetails, AuditEvent, AuditPlace, ChainHash, Subject};
use crate::Timestamp;
use crate::sessions::UserAgent;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Which record it is; ordered by when it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AuditRecordId(Uuid);

/// What is kept of something that has happened. Plain texts: whatever somebody has made of a stored one, it can be read and
/// compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRecord {
    /// Which it is.
    pub id: AuditRecordId,
    /// When it happened.
    pub at: Timestamp,
    /// What happened: the name of an [`AuditAction`](super::AuditAction).
    pub action: String,
    /// By whom: an [`Actor`](super::Actor).
    pub actor: String,
    /// To whom or what: a [`Subject`].
    pub subject: Option<String>,
    /// The client's address.
    pub address: Option<String>,
    /// What the client called itself.
    pub user_agent: Option<String>,
    /// The request's name.
    pub request_id: Option<String>,
    /// What else is known.
    pub details: AuditDetails,
}

/// A record in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainedRecord {
    /// Its place.
    pub place: AuditPlace,
    /// The record.
    pub record: AuditRecord,
    /// Of the record, its place and the hash before.
    pub hash: ChainHash,
}

impl AuditRecordId {
    /// From an id generator, or a store.
    #[must_use]
    pub const fn new(id: Uuid) -> Self {
        Self(id)
    }

    /// The plain id.
    #[must_use]
    pub const fn as_uuid(self) -> Uuid {
        self.0
    }
}

impl AuditRecord {
    /// The record of `event`.
    #[must_use]
    pub fn new(id: AuditRecordId, event: AuditEvent) -> Self {
        let AuditEvent { at, action, initiator, subject, details } = event;
        let origin = initiator.origin;
        Self {
            id,
            at,
            action: action.as_str().to_owned(),
            actor: initiator.actor.to_string(),
            subject: subject.as_ref().map(Subject::to_string),
            address: origin.provenance.address.map(|address| address.to_string()),
            user_agent: origin.provenance.user_agent.as_ref().map(UserAgent::as_str).map(str::to_owned),
            request_id: origin.request_id.map(|id| id.as_str().to_owned()),
            details,
        }
    }

    /// The hash of this record at `place` after one with the hash `previous`: SHA-256 of all of them, each of known length or
    /// with its length before it, so that no two records are the same bytes.
    #[must_use]
    pub fn hash(&self, place: AuditPlace, previous: &ChainHash) -> ChainHash {
        let mut hasher = Sha256::new_with_prefix(b"threshold audit record v1");
        hasher.update(place.segment.lane.to_be_bytes());
        hasher.update(place.segment.number.to_be_bytes());
        hasher.update(place.position.to_be_bytes());
        hasher.update(previous.as_bytes());
        hasher.update(self.id.as_uuid().as_bytes());
        hasher.update(self.at.timestamp_micros().to_be_bytes());
        for text in [Some(&self.action), Some(&self.actor), self.subject.as_ref()] {
            update_text(&mut hasher, text.map(String::as_str));
        }
        for text in [self.address.as_ref(), self.user_agent.as_ref(), self.request_id.as_ref()] {
            update_text(&mut hasher, text.map(String::as_str));
        }
        update_text(&mut hasher, Some(self.details.as_str()));
        ChainHash::new(hasher.finalize().into())
    }
}

/// No text is something else than an empty one.
fn update_text(hasher: &mut Sha256, text: Option<&str>) {
    let Some(text) = text else { return hasher.update([0]) };
    hasher.update([1]);
    hasher.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
    hasher.update(text.as_bytes());
}
