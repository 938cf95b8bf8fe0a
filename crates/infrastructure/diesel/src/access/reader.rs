//! Reading roles.

use super::TABLE;
use super::row::RoleRow;
use crate::connections::{Connection, Pools};
use crate::schema::roles;
use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use futures::FutureExt;
use std::sync::Arc;
use threshold_application::ports::{RoleReader, StoreError};
use threshold_domain::access::{Role, RoleName};

/// Reads roles from either database.
pub(crate) struct DieselRoleReader {
    pub(crate) pools: Arc<Pools>,
}

#[async_trait]
impl RoleReader for DieselRoleReader {
    async fn list(&self) -> Result<Vec<Role>, StoreError> {
        let rows = self.pools.read(TABLE, |connection| list(connection).boxed()).await?;
        rows.into_iter().map(Role::try_from).collect()
    }

    async fn find(&self, name: &RoleName) -> Result<Option<Role>, StoreError> {
        let name = name.as_str().to_owned();
        let row = self.pools.read(TABLE, |connection| by_name(connection, name.clone()).boxed()).await?;
        row.map(Role::try_from).transpose()
    }
}

async fn list(connection: &mut Connection) -> QueryResult<Vec<RoleRow>> {
    on!(connection, |c| roles::table.order(roles::name).select(RoleRow::as_select()).load(c).await)
}

pub(super) async fn by_name(connection: &mut Connection, name: String) -> QueryResult<Option<RoleRow>> {
    on!(connection, |c| roles::table.find(name).select(RoleRow::as_select()).get_result(c).await.optional())
}
