//! Changing roles.

use super::TABLE;
use super::reader::by_name;
use super::row::RoleRow;
use crate::connections::Connection;
use crate::schema::{permissions, role_permissions, roles, user_roles};
use crate::transaction::DieselTransaction;
use crate::types::Instant;
use async_trait::async_trait;
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use threshold_application::ports::{RoleRepository, StoreError};
use threshold_domain::access::{GrantsVersion, Permission, Permissions, Role, RoleName};

#[async_trait]
impl RoleRepository for DieselTransaction {
    async fn learn_permissions(&mut self) -> Result<(), StoreError> {
        let names = Permission::ALL.iter().map(|permission| permissions::name.eq(permission.as_str()));
        for name in names {
            let learned = on!(self.connection(), |c| diesel::insert_into(permissions::table)
                .values(name)
                .on_conflict_do_nothing()
                .execute(c)
                .await);
            self.settle("permissions", learned)?;
        }
        Ok(())
    }

    async fn insert(&mut self, role: &Role) -> Result<(), StoreError> {
        let row = (
            roles::name.eq(role.name.as_str()),
            roles::description.eq(role.description.as_str()),
            roles::created_at.eq(Instant(role.created_at)),
            roles::updated_at.eq(Instant(role.updated_at)),
            roles::version.eq(role.version),
            roles::grants_version.eq(0),
        );
        let inserted = on!(self.connection(), |c| diesel::insert_into(roles::table).values(row).execute(c).await);
        self.settle(TABLE, inserted)?;
        let permitted = permit(self.connection(), &role.name, role.permissions).await;
        self.settle("role_permissions", permitted)
    }

    async fn lock(&mut self, name: &RoleName) -> Result<Option<Role>, StoreError> {
        let locked = lock(self.connection(), name.as_str().to_owned()).await;
        self.settle(TABLE, locked)?.map(Role::try_from).transpose()
    }

    async fn update(&mut self, role: &Role, version: GrantsVersion) -> Result<(), StoreError> {
        let changes = (
            roles::description.eq(role.description.as_str()),
            roles::updated_at.eq(Instant(role.updated_at)),
            roles::version.eq(role.version),
            roles::grants_version.eq(version.as_i64()),
            roles::grants_changed_at.eq(Some(Instant(role.updated_at))),
        );
        let updated = on!(self.connection(), |c| diesel::update(roles::table.find(role.name.as_str()))
            .set(changes)
            .execute(c)
            .await);
        self.settle(TABLE, updated)?;
        let revoked = on!(self.connection(), |c| diesel::delete(
            role_permissions::table.filter(role_permissions::role.eq(role.name.as_str()))
        )
        .execute(c)
        .await);
        self.settle("role_permissions", revoked)?;
        let permitted = permit(self.connection(), &role.name, role.permissions).await;
        self.settle("role_permissions", permitted)
    }

    async fn delete(&mut self, name: &RoleName) -> Result<bool, StoreError> {
        let held = on!(self.connection(), |c| diesel::select(exists(
            user_roles::table.filter(user_roles::role.eq(name.as_str()))
        ))
        .get_result::<bool>(c)
        .await);
        if self.settle("user_roles", held)? {
            return Ok(false);
        }
        let deleted = on!(self.connection(), |c| diesel::delete(roles::table.find(name.as_str())).execute(c).await);
        Ok(self.settle(TABLE, deleted)? == 1)
    }
}

async fn permit(connection: &mut Connection, role: &RoleName, permissions: Permissions) -> QueryResult<()> {
    for permission in permissions.iter() {
        let row = (role_permissions::role.eq(role.as_str()), role_permissions::permission.eq(permission.as_str()));
        on!(connection, |c| diesel::insert_into(role_permissions::table).values(row).execute(c).await)?;
    }
    Ok(())
}

/// Locked against other changes, not against rows that refer to it; SQLite has one writer.
async fn lock(connection: &mut Connection, name: String) -> QueryResult<Option<RoleRow>> {
    match connection {
        Connection::Postgres(link) => roles::table
            .find(name)
            .select(RoleRow::as_select())
            .for_no_key_update()
            .get_result(&mut **link)
            .await
            .optional(),
        Connection::Sqlite(_) => by_name(connection, name).await,
    }
}
