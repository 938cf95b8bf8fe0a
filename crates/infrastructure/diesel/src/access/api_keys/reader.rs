//! Reading keys.

use super::TABLE;
use super::row::{KeyRow, StandingRow};
use crate::connections::{Connection, Pools};
use crate::schema::api_keys;
use crate::types::{Id, Instant};
use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use futures::FutureExt;
use std::sync::Arc;
use threshold_application::ports::{ApiKeyLookup, ApiKeyReader, RevokedApiKey, StoreError};
use threshold_domain::Timestamp;
use threshold_domain::access::{ApiKey, ApiKeyId, ApiKeyStanding};
use threshold_domain::sessions::SecretDigest;
use uuid::Uuid;

/// Reads keys from either database.
pub(crate) struct DieselApiKeys {
    pub(crate) pools: Arc<Pools>,
}

#[async_trait]
impl ApiKeyLookup for DieselApiKeys {
    async fn by_digest(&self, digest: &SecretDigest) -> Result<Option<ApiKeyStanding>, StoreError> {
        let digest = *digest.as_bytes();
        let row = self.pools.read(TABLE, |connection| by_digest(connection, digest).boxed()).await?;
        Ok(row.map(ApiKeyStanding::from))
    }
}

#[async_trait]
impl ApiKeyReader for DieselApiKeys {
    async fn page(&self, after: Option<ApiKeyId>, at_most: u32) -> Result<Vec<ApiKey>, StoreError> {
        // The latest made has the greatest id.
        let before = Id(after.map_or(Uuid::max(), ApiKeyId::as_uuid));
        let rows = self.pools.read(TABLE, |connection| page(connection, before, at_most).boxed()).await?;
        rows.into_iter().map(ApiKey::try_from).collect()
    }

    async fn find(&self, id: ApiKeyId) -> Result<Option<ApiKey>, StoreError> {
        let id = Id(id.as_uuid());
        let row = self.pools.read(TABLE, |connection| find(connection, id).boxed()).await?;
        row.map(ApiKey::try_from).transpose()
    }

    async fn revoked_since(&self, since: Timestamp) -> Result<Vec<RevokedApiKey>, StoreError> {
        let since = Instant(since);
        let rows = self.pools.read(TABLE, |connection| revoked_since(connection, since).boxed()).await?;
        let revoked = |(id, at): (Id, Instant)| RevokedApiKey { id: ApiKeyId::new(id.0), revoked_at: at.0 };
        Ok(rows.into_iter().map(revoked).collect())
    }
}

async fn by_digest(connection: &mut Connection, digest: [u8; 32]) -> QueryResult<Option<StandingRow>> {
    on!(connection, |c| api_keys::table
        .filter(api_keys::digest.eq(digest.as_slice()))
        .select(StandingRow::as_select())
        .get_result(c)
        .await
        .optional())
}

async fn page(connection: &mut Connection, before: Id, at_most: u32) -> QueryResult<Vec<KeyRow>> {
    on!(connection, |c| api_keys::table
        .filter(api_keys::id.lt(before))
        .filter(api_keys::revoked_at.is_null())
        .order(api_keys::id.desc())
        .limit(at_most.into())
        .select(KeyRow::as_select())
        .load(c)
        .await)
}

async fn find(connection: &mut Connection, id: Id) -> QueryResult<Option<KeyRow>> {
    on!(connection, |c| api_keys::table
        .find(id)
        .filter(api_keys::revoked_at.is_null())
        .select(KeyRow::as_select())
        .get_result(c)
        .await
        .optional())
}

async fn revoked_since(connection: &mut Connection, since: Instant) -> QueryResult<Vec<(Id, Instant)>> {
    on!(connection, |c| api_keys::table
        .filter(api_keys::revoked_at.ge(since))
        .select((api_keys::id, api_keys::revoked_at.assume_not_null()))
        .load(c)
        .await)
}
