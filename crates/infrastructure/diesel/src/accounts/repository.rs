//! Changing accounts.

use super::TABLE;
use super::row::NewUserRow;
use crate::connections::Connection;
use crate::failures::store_failure;
use crate::schema::users;
use crate::types::{Id, Instant};
use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use threshold_application::ports::{StoreError, UserRepository};
use threshold_domain::Timestamp;
use threshold_domain::accounts::{PasswordHash, User, UserId};

#[async_trait]
impl UserRepository for Connection {
    async fn insert(&mut self, user: &User, password_hash: Option<&PasswordHash>) -> Result<(), StoreError> {
        let row = NewUserRow::new(user, password_hash);
        let inserted = on!(self, |c| diesel::insert_into(users::table).values(&row).execute(c).await);
        inserted.map(drop).map_err(|error| store_failure(self, TABLE, error))
    }

    async fn record_login(&mut self, id: UserId, at: Timestamp) -> Result<bool, StoreError> {
        let updated = on!(self, |c| diesel::update(users::table.find(Id(id.as_uuid())))
            .filter(users::deleted_at.is_null())
            .set(users::last_login_at.eq(Instant(at)))
            .execute(c)
            .await);
        updated.map(|rows| rows == 1).map_err(|error| store_failure(self, TABLE, error))
    }
}
