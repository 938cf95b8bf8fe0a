//! Changing accounts.

use super::TABLE;
use super::reader::by_id;
use super::row::NewUserRow;
use crate::schema::users;
use crate::statements::Prepared;
use crate::transaction::DieselTransaction;
use crate::types::{Id, Instant};
use async_trait::async_trait;
use diesel::dsl::case_when;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;
use threshold_application::ports::{StoreError, UserRepository};
use threshold_domain::Timestamp;
use threshold_domain::accounts::{PasswordHash, User, UserId};

#[async_trait]
impl UserRepository for DieselTransaction {
    async fn insert(&mut self, user: &User, password_hash: Option<&PasswordHash>) -> Result<(), StoreError> {
        let row = NewUserRow::new(user, password_hash);
        let inserted = on!(self.connection(), |c| diesel::insert_into(users::table).values(&row).execute(c).await);
        self.settle(TABLE, inserted).map(drop)
    }

    async fn find(&mut self, id: UserId) -> Result<Option<User>, StoreError> {
        let found = by_id(self.connection(), Id(id.as_uuid())).await;
        self.settle(TABLE, found)?.map(User::try_from).transpose()
    }

    async fn verify_email(&mut self, id: UserId, at: Timestamp) -> Result<(), StoreError> {
        let at = Instant(at);
        let verified =
            on!(self.connection(), |c| diesel::update(users::table.find(Id(id.as_uuid())))
                .filter(users::deleted_at.is_null())
                .set((
                    users::status
                        .eq(case_when(users::status.eq("unverified"), "active".into_sql::<Text>())
                            .otherwise(users::status)),
                    users::email_verified_at.eq(Some(at)),
                    users::updated_at.eq(at),
                    users::version.eq(users::version + 1),
                ))
                .execute(c)
                .await);
        self.settle(TABLE, verified).map(drop)
    }

    async fn set_password(&mut self, id: UserId, hash: &PasswordHash, at: Timestamp) -> Result<(), StoreError> {
        let changed = on!(self.connection(), |c| diesel::update(users::table.find(Id(id.as_uuid())))
            .filter(users::deleted_at.is_null())
            .set((
                users::password_hash.eq(Some(hash.expose())),
                users::updated_at.eq(Instant(at)),
                users::version.eq(users::version + 1),
            ))
            .execute(c)
            .await);
        self.settle(TABLE, changed).map(drop)
    }

    async fn mark_grants_changed(&mut self, id: UserId, at: Timestamp) -> Result<(), StoreError> {
        let at = Instant(at);
        let marked = on!(self.connection(), |c| diesel::update(users::table.find(Id(id.as_uuid())))
            .filter(users::grants_changed_at.is_null().or(users::grants_changed_at.lt(at)))
            .set(users::grants_changed_at.eq(at))
            .execute(c)
            .await);
        self.settle(TABLE, marked).map(drop)
    }

    async fn record_login(&mut self, id: UserId, at: Timestamp) -> Result<bool, StoreError> {
        let updated = on!(self.connection(), |c| Prepared(
            diesel::update(users::table.find(Id(id.as_uuid())))
                .filter(users::deleted_at.is_null())
                .set(users::last_login_at.eq(Instant(at)))
        )
        .execute(c)
        .await);
        Ok(self.settle(TABLE, updated)? == 1)
    }
}
