//! Changing who holds roles.

use super::row::GrantsRow;
use crate::connections::Connection;
use crate::schema::{grants_versions, user_roles, users};
use crate::statements::Prepared;
use crate::transaction::DieselTransaction;
use crate::types::{Id, Instant, SqlId};
use async_trait::async_trait;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, Text};
use diesel_async::RunQueryDsl;
use threshold_application::ports::{GrantRepository, StoreError};
use threshold_domain::Timestamp;
use threshold_domain::access::{Grants, GrantsVersion, RoleName};
use threshold_domain::accounts::{Standing, UserId};

/// The table, as failures name it.
const TABLE: &str = "user_roles";

#[async_trait]
impl GrantRepository for DieselTransaction {
    async fn next_version(&mut self) -> Result<GrantsVersion, StoreError> {
        let last = on!(self.connection(), |c| diesel::update(grants_versions::table.find(1))
            .set(grants_versions::last.eq(grants_versions::last + 1))
            .returning(grants_versions::last)
            .get_result::<i64>(c)
            .await);
        self.settle("grants_versions", last).map(GrantsVersion::new)
    }

    async fn of(&mut self, user: UserId) -> Result<Grants, StoreError> {
        let row: QueryResult<Option<GrantsRow>> = on!(self.connection(), |c| users::table
            .find(Id(user.as_uuid()))
            .filter(users::deleted_at.is_null())
            .select(GrantsRow::as_select())
            .get_result(c)
            .await
            .optional());
        self.settle(TABLE, row)?.map_or_else(|| Ok(Grants::none()), Grants::try_from)
    }

    async fn set_roles(&mut self, user: UserId, roles: &[RoleName]) -> Result<(), StoreError> {
        let user = Id(user.as_uuid());
        let taken = on!(self.connection(), |c| diesel::delete(user_roles::table.filter(user_roles::user_id.eq(user)))
            .execute(c)
            .await);
        self.settle(TABLE, taken)?;
        let added = add_roles(self.connection(), user, roles).await;
        self.settle(TABLE, added)
    }

    async fn mark_changed(&mut self, user: UserId, version: GrantsVersion, at: Timestamp) -> Result<(), StoreError> {
        let marked = on!(self.connection(), |c| diesel::update(users::table.find(Id(user.as_uuid())))
            .set((users::grants_version.eq(version.as_i64()), users::grants_changed_at.eq(Some(Instant(at)))))
            .execute(c)
            .await);
        self.settle(TABLE, marked).map(drop)
    }

    async fn active_holders(&mut self, role: &RoleName) -> Result<u64, StoreError> {
        let holders = on!(self.connection(), |c| user_roles::table
            .inner_join(users::table)
            .filter(user_roles::role.eq(role.as_str()))
            .filter(users::deleted_at.is_null())
            .filter(users::status.ne(Standing::Suspended.as_str()))
            .filter(users::password_hash.is_not_null())
            .count()
            .get_result::<i64>(c)
            .await);
        self.settle(TABLE, holders).map(|holders| u64::try_from(holders).unwrap_or_default())
    }

    async fn holders(&mut self, role: &RoleName) -> Result<u64, StoreError> {
        let held = user_roles::table.filter(user_roles::role.eq(role.as_str()));
        let holders = on!(self.connection(), |c| held.count().get_result::<i64>(c).await);
        self.settle(TABLE, holders).map(|holders| u64::try_from(holders).unwrap_or_default())
    }
}

/// Gives roles to a user who has none of them.
pub(crate) async fn add_roles(connection: &mut Connection, user: Id, roles: &[RoleName]) -> QueryResult<()> {
    for role in roles {
        let row = (user_roles::user_id.eq(user), user_roles::role.eq(role.as_str()));
        on!(connection, |c| diesel::insert_into(user_roles::table).values(row).execute(c).await)?;
    }
    Ok(())
}

/// Gives roles to users who have none of them, many at once.
pub(crate) async fn add_many_roles(connection: &mut Connection, held: &[(Id, &str)]) -> QueryResult<()> {
    match connection {
        Connection::Postgres(link) => {
            let insert = "INSERT INTO user_roles (user_id, role) SELECT * FROM unnest($1, $2)";
            let (users, roles): (Vec<Id>, Vec<&str>) = held.iter().copied().unzip();
            let insert = sql_query(insert).bind::<Array<SqlId>, _>(users).bind::<Array<Text>, _>(roles);
            Prepared(insert).execute(&mut **link).await.map(drop)
        }
        Connection::Sqlite(link) => {
            for (user, role) in held {
                let row = (user_roles::user_id.eq(user), user_roles::role.eq(role));
                Prepared(diesel::insert_into(user_roles::table).values(row)).execute(&mut **link).await?;
            }
            Ok(())
        }
    }
}
