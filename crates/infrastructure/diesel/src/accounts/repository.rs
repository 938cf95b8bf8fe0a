//! Changing accounts.

use super::TABLE;
use super::reader::by_id;
use super::row::{NewUserRow, UserChanges, UserRow};
use crate::access::add_roles;
use crate::connections::Connection;
use crate::directory::note_names;
use crate::schema::users;
use crate::statements::Prepared;
use crate::transaction::DieselTransaction;
use crate::types::{Id, Instant};
use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use threshold_application::ports::{StoreError, UserRepository};
use threshold_domain::Timestamp;
use threshold_domain::accounts::{PasswordHash, PasswordVersion, Standing, User, UserId};

#[async_trait]
impl UserRepository for DieselTransaction {
    async fn insert(&mut self, user: &User, password_hash: Option<&PasswordHash>) -> Result<(), StoreError> {
        let row = NewUserRow::new(user, password_hash);
        let inserted = on!(self.connection(), |c| diesel::insert_into(users::table).values(&row).execute(c).await);
        self.settle(TABLE, inserted)?;
        let added = add_roles(self.connection(), Id(user.id.as_uuid()), &user.roles).await;
        self.settle(TABLE, added)?;
        let noted = note_names(self.connection(), user).await;
        self.settle("user_search", noted)
    }

    async fn find(&mut self, id: UserId) -> Result<Option<User>, StoreError> {
        let found = by_id(self.connection(), Id(id.as_uuid())).await;
        self.settle(TABLE, found)?.map(User::try_from).transpose()
    }

    async fn lock(&mut self, id: UserId) -> Result<Option<User>, StoreError> {
        let locked = lock(self.connection(), Id(id.as_uuid())).await;
        self.settle(TABLE, locked)?.map(User::try_from).transpose()
    }

    async fn lock_deleted(&mut self, id: UserId) -> Result<Option<User>, StoreError> {
        let locked = lock_deleted(self.connection(), Id(id.as_uuid())).await;
        self.settle(TABLE, locked)?.map(User::try_from).transpose()
    }

    async fn update(&mut self, user: &User) -> Result<(), StoreError> {
        let changes = UserChanges::from(user);
        let updated = on!(self.connection(), |c| diesel::update(users::table.find(Id(user.id.as_uuid())))
            .set(&changes)
            .execute(c)
            .await);
        self.settle(TABLE, updated)?;
        let noted = note_names(self.connection(), user).await;
        self.settle("user_search", noted)
    }

    async fn erase(&mut self, deleted_before: Timestamp, at_most: u32) -> Result<Vec<UserId>, StoreError> {
        let over = over(self.connection(), Instant(deleted_before), at_most).await;
        let over = self.settle(TABLE, over)?;
        // Whatever is about a user goes with the row.
        let erased = on!(self.connection(), |c| diesel::delete(users::table.filter(users::id.eq_any(&over)))
            .returning(users::id)
            .get_results::<Id>(c)
            .await);
        Ok(self.settle(TABLE, erased)?.into_iter().map(|id| UserId::new(id.0)).collect())
    }

    async fn record_login(&mut self, id: UserId, password: PasswordVersion, at: Timestamp) -> Result<bool, StoreError> {
        let updated = on!(self.connection(), |c| Prepared(
            diesel::update(users::table.find(Id(id.as_uuid())))
                .filter(users::deleted_at.is_null())
                .filter(users::status.ne(Standing::Suspended.as_str()))
                .filter(users::password_version.eq(password.as_i64()))
                .set(users::last_login_at.eq(Instant(at)))
        )
        .execute(c)
        .await);
        Ok(self.settle(TABLE, updated)? == 1)
    }
}

/// Locked against other changes, not against rows that refer to it; SQLite has one writer.
async fn lock(connection: &mut Connection, id: Id) -> QueryResult<Option<UserRow>> {
    match connection {
        Connection::Postgres(link) => users::table
            .find(id)
            .filter(users::deleted_at.is_null())
            .select(UserRow::as_select())
            .for_no_key_update()
            .get_result(&mut **link)
            .await
            .optional(),
        Connection::Sqlite(_) => by_id(connection, id).await,
    }
}

/// As [`lock`], of somebody who is deleted.
async fn lock_deleted(connection: &mut Connection, id: Id) -> QueryResult<Option<UserRow>> {
    let deleted = users::table.find(id).filter(users::deleted_at.is_not_null());
    match connection {
        Connection::Postgres(link) => {
            let locked = deleted.select(UserRow::as_select()).for_no_key_update();
            locked.get_result(&mut **link).await.optional()
        }
        Connection::Sqlite(link) => deleted.select(UserRow::as_select()).get_result(&mut **link).await.optional(),
    }
}

/// Users who were deleted long ago, and locked: on PostgreSQL those whom somebody else has just locked are passed over, because they
/// may be brought back; SQLite has one writer.
async fn over(connection: &mut Connection, deleted_before: Instant, at_most: u32) -> QueryResult<Vec<Id>> {
    let over = users::table
        .filter(users::deleted_at.lt(deleted_before))
        .order(users::deleted_at)
        .select(users::id)
        .limit(at_most.into());
    match connection {
        Connection::Postgres(link) => over.for_update().skip_locked().load(&mut **link).await,
        Connection::Sqlite(link) => over.load(&mut **link).await,
    }
}
