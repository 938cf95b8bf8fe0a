//! A link as a row.

use crate::failures::corrupt;
use crate::schema::account_links;
use crate::types::{Id, Instant};
use diesel::prelude::*;
use threshold_application::ports::StoreError;
use threshold_domain::accounts::{AccountLink, Email, LinkId, LinkPurpose, UserId};
use threshold_domain::sessions::SecretDigest;

/// What is stored of a link.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = account_links)]
pub(crate) struct LinkRow {
    id: Id,
    user_id: Id,
    purpose: String,
    email: String,
    digest: Vec<u8>,
    created_at: Instant,
    expires_at: Instant,
    pub(super) used_at: Option<Instant>,
}

impl From<&AccountLink> for LinkRow {
    fn from(link: &AccountLink) -> Self {
        Self {
            id: Id(link.id.as_uuid()),
            user_id: Id(link.user_id.as_uuid()),
            purpose: link.purpose.as_str().to_owned(),
            email: link.email.as_str().to_owned(),
            digest: link.digest.as_bytes().to_vec(),
            created_at: Instant(link.created_at),
            expires_at: Instant(link.expires_at),
            used_at: link.used_at.map(Instant),
        }
    }
}

impl TryFrom<LinkRow> for AccountLink {
    type Error = StoreError;

    fn try_from(row: LinkRow) -> Result<Self, StoreError> {
        let digest =
            <[u8; 32]>::try_from(row.digest).map_err(|_length| corrupt("account_links.digest", "not 32 bytes"))?;
        Ok(Self {
            id: LinkId::new(row.id.0),
            user_id: UserId::new(row.user_id.0),
            purpose: LinkPurpose::from_name(&row.purpose)
                .ok_or_else(|| corrupt("account_links.purpose", "no purpose has this name"))?,
            email: Email::parse(&row.email).map_err(|error| corrupt("account_links.email", error))?,
            digest: SecretDigest::new(digest),
            created_at: row.created_at.0,
            expires_at: row.expires_at.0,
            used_at: row.used_at.map(|at| at.0),
        })
    }
}
