//! Reading all accounts, page by page.

use super::TABLE;
use super::row::{CredentialsRow, UserRow, credentials};
use crate::connections::{Connection, Pools};
use crate::schema::users;
use crate::types::Id;
use async_trait::async_trait;
use diesel::dsl::case_when;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use futures::FutureExt;
use std::sync::Arc;
use threshold_application::ports::{StoreError, UserPages};
use threshold_domain::accounts::{Credentials, UserId};

/// Pages of users from either database.
pub(crate) struct DieselUserPages {
    pub(crate) pools: Arc<Pools>,
}

#[async_trait]
impl UserPages for DieselUserPages {
    async fn page(&self, from: UserId, at_most: u32, with_hashes: bool) -> Result<Vec<Credentials>, StoreError> {
        let from = Id(from.as_uuid());
        let rows = self.pools.read(TABLE, |connection| page(connection, from, at_most, with_hashes).boxed()).await?;
        rows.into_iter().map(credentials).collect()
    }
}

async fn page(
    connection: &mut Connection,
    from: Id,
    at_most: u32,
    with_hashes: bool,
) -> QueryResult<Vec<CredentialsRow>> {
    on!(connection, |c| users::table
        .filter(users::id.ge(from))
        .filter(users::deleted_at.is_null())
        .order(users::id)
        .limit(at_most.into())
        // Hashes that nobody asked for don't leave the database.
        .select((
            UserRow::as_select(),
            case_when(with_hashes.into_sql::<diesel::sql_types::Bool>(), users::password_hash),
            users::password_version
        ))
        .load(c)
        .await)
}
