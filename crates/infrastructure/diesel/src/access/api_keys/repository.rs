//! Changing keys.

use super::TABLE;
use super::row::StandingRow;
use crate::connections::Connection;
use crate::schema::{api_key_permissions, api_keys};
use crate::statements::Prepared;
use crate::transaction::DieselTransaction;
use crate::types::{Id, Instant, SqlId, SqlInstant};
use async_trait::async_trait;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Array;
use diesel_async::RunQueryDsl;
use threshold_application::ports::{ApiKeyRepository, StoreError};
use threshold_domain::Timestamp;
use threshold_domain::access::{ApiKey, ApiKeyId, ApiKeyStanding, Principal};
use threshold_domain::sessions::SecretDigest;

/// In the order of their ids, so that two instances that note uses at once never wait for each other.
const NOTE_USES: &str = "
    UPDATE api_keys SET last_used_at = later.at
    FROM (
        SELECT key.id, used.at FROM api_keys key JOIN unnest($1, $2) AS used (id, at) ON used.id = key.id
        WHERE key.last_used_at IS NULL OR key.last_used_at < used.at
        ORDER BY key.id FOR NO KEY UPDATE OF key
    ) AS later
    WHERE api_keys.id = later.id";

#[async_trait]
impl ApiKeyRepository for DieselTransaction {
    async fn insert(&mut self, key: &ApiKey, digest: &SecretDigest) -> Result<(), StoreError> {
        let (by_user, by_key) = match key.created_by {
            Some(Principal::User(user)) => (Some(Id(user.as_uuid())), None),
            Some(Principal::ApiKey(key)) => (None, Some(Id(key.as_uuid()))),
            None => (None, None),
        };
        let row = (
            api_keys::id.eq(Id(key.id.as_uuid())),
            api_keys::name.eq(key.name.as_str()),
            api_keys::prefix.eq(key.prefix.as_str()),
            api_keys::digest.eq(digest.as_bytes().as_slice()),
            api_keys::created_by_user.eq(by_user),
            api_keys::created_by_key.eq(by_key),
            api_keys::created_at.eq(Instant(key.created_at)),
            api_keys::expires_at.eq(key.expires_at.map(Instant)),
            api_keys::revoked_at.eq(key.revoked_at.map(Instant)),
            api_keys::last_used_at.eq(key.last_used_at.map(Instant)),
        );
        let inserted = on!(self.connection(), |c| diesel::insert_into(api_keys::table).values(row).execute(c).await);
        self.settle(TABLE, inserted)?;
        let permitted = permit(self.connection(), key).await;
        self.settle("api_key_permissions", permitted)
    }

    async fn lock(&mut self, id: ApiKeyId) -> Result<Option<ApiKeyStanding>, StoreError> {
        let locked = lock(self.connection(), Id(id.as_uuid())).await;
        Ok(self.settle(TABLE, locked)?.map(ApiKeyStanding::from))
    }

    async fn standing(&mut self, id: ApiKeyId) -> Result<Option<ApiKeyStanding>, StoreError> {
        let found = standing(self.connection(), Id(id.as_uuid())).await;
        Ok(self.settle(TABLE, found)?.map(ApiKeyStanding::from))
    }

    async fn revoke(&mut self, id: ApiKeyId, at: Timestamp) -> Result<(), StoreError> {
        let revoked = on!(self.connection(), |c| diesel::update(api_keys::table.find(Id(id.as_uuid())))
            .set(api_keys::revoked_at.eq(Some(Instant(at))))
            .execute(c)
            .await);
        self.settle(TABLE, revoked).map(drop)
    }

    async fn note_uses(&mut self, uses: &[(ApiKeyId, Timestamp)]) -> Result<(), StoreError> {
        let uses: Vec<_> = uses.iter().map(|(key, at)| (Id(key.as_uuid()), Instant(*at))).collect();
        let noted = note_uses(self.connection(), uses).await;
        self.settle(TABLE, noted)
    }

    async fn purge(&mut self, before: Timestamp, at_most: u32) -> Result<u32, StoreError> {
        let over = over(self.connection(), Instant(before), at_most).await;
        let over = self.settle(TABLE, over)?;
        let purged = on!(self.connection(), |c| diesel::delete(api_keys::table.filter(api_keys::id.eq_any(&over)))
            .execute(c)
            .await);
        self.settle(TABLE, purged).map(|rows| u32::try_from(rows).unwrap_or(u32::MAX))
    }
}

async fn permit(connection: &mut Connection, key: &ApiKey) -> QueryResult<()> {
    for permission in key.permissions.iter() {
        let row = (
            api_key_permissions::api_key_id.eq(Id(key.id.as_uuid())),
            api_key_permissions::permission.eq(permission.as_str()),
        );
        on!(connection, |c| diesel::insert_into(api_key_permissions::table).values(row).execute(c).await)?;
    }
    Ok(())
}

async fn standing(connection: &mut Connection, id: Id) -> QueryResult<Option<StandingRow>> {
    on!(connection, |c| api_keys::table.find(id).select(StandingRow::as_select()).get_result(c).await.optional())
}

/// Locked against other changes, not against rows that refer to it; SQLite has one writer.
async fn lock(connection: &mut Connection, id: Id) -> QueryResult<Option<StandingRow>> {
    match connection {
        Connection::Postgres(link) => api_keys::table
            .find(id)
            .select(StandingRow::as_select())
            .for_no_key_update()
            .get_result(&mut **link)
            .await
            .optional(),
        Connection::Sqlite(_) => standing(connection, id).await,
    }
}

async fn note_uses(connection: &mut Connection, uses: Vec<(Id, Instant)>) -> QueryResult<()> {
    match connection {
        Connection::Postgres(link) => {
            let (keys, times): (Vec<Id>, Vec<Instant>) = uses.into_iter().unzip();
            let update = sql_query(NOTE_USES).bind::<Array<SqlId>, _>(keys).bind::<Array<SqlInstant>, _>(times);
            Prepared(update).execute(&mut **link).await.map(drop)
        }
        Connection::Sqlite(link) => {
            for (key, at) in uses {
                let later = api_keys::last_used_at.is_null().or(api_keys::last_used_at.lt(at).assume_not_null());
                let update = diesel::update(api_keys::table.find(key)).filter(later);
                Prepared(update.set(api_keys::last_used_at.eq(Some(at)))).execute(&mut **link).await?;
            }
            Ok(())
        }
    }
}

/// Keys that are over, and locked: on PostgreSQL those that somebody else has just locked are passed over; SQLite has one writer.
async fn over(connection: &mut Connection, before: Instant, at_most: u32) -> QueryResult<Vec<Id>> {
    let over = api_keys::table
        .filter(api_keys::revoked_at.lt(before).or(api_keys::expires_at.lt(before)))
        .select(api_keys::id)
        .limit(at_most.into());
    match connection {
        Connection::Postgres(link) => over.for_update().skip_locked().load(&mut **link).await,
        Connection::Sqlite(link) => over.load(&mut **link).await,
    }
}
