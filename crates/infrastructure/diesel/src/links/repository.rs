//! Keeping links.

use super::TABLE;
use super::row::LinkRow;
use crate::connections::Connection;
use crate::schema::account_links;
use crate::transaction::DieselTransaction;
use crate::types::{Id, Instant};
use async_trait::async_trait;
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use threshold_application::ports::{LinkRepository, StoreError};
use threshold_domain::Timestamp;
use threshold_domain::accounts::{AccountLink, LinkPurpose, UserId};
use threshold_domain::sessions::SecretDigest;

#[async_trait]
impl LinkRepository for DieselTransaction {
    async fn add(&mut self, link: &AccountLink) -> Result<bool, StoreError> {
        let voided = void_older(self.connection(), link).await;
        self.settle(TABLE, voided)?;
        let has_newer = has_newer(self.connection(), link).await;
        let has_newer = self.settle(TABLE, has_newer)?;
        let mut row = LinkRow::from(link);
        if has_newer {
            row.used_at = Some(Instant(link.created_at));
        }
        let added = on!(self.connection(), |c| diesel::insert_into(account_links::table)
            .values(&row)
            .on_conflict(account_links::id)
            .do_nothing()
            .execute(c)
            .await);
        self.settle(TABLE, added)?;
        let used_at: QueryResult<Option<Instant>> = on!(self.connection(), |c| account_links::table
            .find(Id(link.id.as_uuid()))
            .select(account_links::used_at)
            .get_result(c)
            .await);
        Ok(self.settle(TABLE, used_at)?.is_none())
    }

    async fn use_up(
        &mut self,
        digest: &SecretDigest,
        purpose: LinkPurpose,
        now: Timestamp,
    ) -> Result<Option<AccountLink>, StoreError> {
        let used = on!(self.connection(), |c| diesel::update(account_links::table)
            .filter(account_links::digest.eq(digest.as_bytes().as_slice()))
            .filter(account_links::purpose.eq(purpose.as_str()))
            .filter(account_links::used_at.is_null())
            .filter(account_links::expires_at.gt(Instant(now)))
            .set(account_links::used_at.eq(Some(Instant(now))))
            .returning(LinkRow::as_returning())
            .get_result(c)
            .await
            .optional());
        self.settle(TABLE, used)?.map(AccountLink::try_from).transpose()
    }

    async fn find(&mut self, digest: &SecretDigest, purpose: LinkPurpose) -> Result<Option<AccountLink>, StoreError> {
        let found = on!(self.connection(), |c| account_links::table
            .filter(account_links::digest.eq(digest.as_bytes().as_slice()))
            .filter(account_links::purpose.eq(purpose.as_str()))
            .select(LinkRow::as_select())
            .get_result(c)
            .await
            .optional());
        self.settle(TABLE, found)?.map(AccountLink::try_from).transpose()
    }

    async fn void(&mut self, user: UserId, purpose: LinkPurpose, at: Timestamp) -> Result<(), StoreError> {
        let voided = on!(self.connection(), |c| diesel::update(account_links::table)
            .filter(account_links::user_id.eq(Id(user.as_uuid())))
            .filter(account_links::purpose.eq(purpose.as_str()))
            .filter(account_links::used_at.is_null())
            .set(account_links::used_at.eq(Some(Instant(at))))
            .execute(c)
            .await);
        self.settle(TABLE, voided).map(drop)
    }

    async fn purge(&mut self, before: Timestamp, at_most: u32) -> Result<u32, StoreError> {
        let old = expired(self.connection(), Instant(before), at_most).await;
        let old = self.settle(TABLE, old)?;
        let purged =
            on!(self.connection(), |c| diesel::delete(account_links::table.filter(account_links::id.eq_any(&old)))
                .execute(c)
                .await);
        self.settle(TABLE, purged).map(|rows| u32::try_from(rows).unwrap_or(u32::MAX))
    }
}

async fn void_older(connection: &mut Connection, link: &AccountLink) -> QueryResult<usize> {
    on!(connection, |c| diesel::update(account_links::table)
        .filter(account_links::user_id.eq(Id(link.user_id.as_uuid())))
        .filter(account_links::purpose.eq(link.purpose.as_str()))
        .filter(account_links::created_at.lt(Instant(link.created_at)))
        .filter(account_links::used_at.is_null())
        .set(account_links::used_at.eq(Some(Instant(link.created_at))))
        .execute(c)
        .await)
}

async fn has_newer(connection: &mut Connection, link: &AccountLink) -> QueryResult<bool> {
    on!(connection, |c| diesel::select(exists(
        account_links::table
            .filter(account_links::user_id.eq(Id(link.user_id.as_uuid())))
            .filter(account_links::purpose.eq(link.purpose.as_str()))
            .filter(account_links::created_at.gt(Instant(link.created_at)))
    ))
    .get_result(c)
    .await)
}

/// Links that are over, and locked: on PostgreSQL those that somebody else has just locked are passed over; SQLite has one writer.
async fn expired(connection: &mut Connection, before: Instant, at_most: u32) -> QueryResult<Vec<Id>> {
    let expired = account_links::table
        .filter(account_links::expires_at.lt(before))
        .select(account_links::id)
        .limit(at_most.into());
    match connection {
        Connection::Postgres(link) => expired.for_update().skip_locked().load(&mut **link).await,
        Connection::Sqlite(link) => expired.load(&mut **link).await,
    }
}
