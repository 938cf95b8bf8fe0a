//! Changing passwords.

use super::TABLE;
use crate::schema::users;
use crate::transaction::DieselTransaction;
use crate::types::{Id, Instant};
use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use threshold_application::ports::{PasswordRepository, StoreError};
use threshold_domain::Timestamp;
use threshold_domain::accounts::{PasswordHash, PasswordVersion, UserId};

#[async_trait]
impl PasswordRepository for DieselTransaction {
    async fn version(&mut self, id: UserId) -> Result<PasswordVersion, StoreError> {
        let version = on!(self.connection(), |c| users::table
            .find(Id(id.as_uuid()))
            .select(users::password_version)
            .get_result::<i64>(c)
            .await
            .optional());
        Ok(self.settle(TABLE, version)?.map(PasswordVersion::new).unwrap_or_default())
    }

    async fn exists(&mut self, id: UserId) -> Result<bool, StoreError> {
        let with_one = users::table.find(Id(id.as_uuid())).filter(users::password_hash.is_not_null());
        let found = on!(self.connection(), |c| with_one.count().get_result::<i64>(c).await);
        Ok(self.settle(TABLE, found)? > 0)
    }

    async fn replace(&mut self, id: UserId, hash: &PasswordHash, at: Timestamp) -> Result<(), StoreError> {
        let changed = on!(self.connection(), |c| diesel::update(users::table.find(Id(id.as_uuid())))
            .filter(users::deleted_at.is_null())
            .set((
                users::password_hash.eq(Some(hash.expose())),
                users::password_version.eq(users::password_version + 1),
                users::updated_at.eq(Instant(at)),
                users::version.eq(users::version + 1),
            ))
            .execute(c)
            .await);
        self.settle(TABLE, changed).map(drop)
    }

    async fn upgrade(&mut self, id: UserId, old: &PasswordHash, new: &PasswordHash) -> Result<(), StoreError> {
        let upgraded = on!(self.connection(), |c| diesel::update(users::table.find(Id(id.as_uuid())))
            .filter(users::password_hash.eq(old.expose()))
            .set(users::password_hash.eq(Some(new.expose())))
            .execute(c)
            .await);
        self.settle(TABLE, upgraded).map(drop)
    }
}
