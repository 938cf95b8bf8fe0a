//! Looking users up.

use super::lane::{Key, Lane};
use super::scope::{Scope, Until};
use super::walk::{rows, take};
use crate::accounts::UserRow;
use crate::connections::{Connection, Pools};
use crate::schema::users;
use crate::types::Id;
use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use futures::FutureExt;
use std::cmp::Ordering;
use std::sync::Arc;
use threshold_application::ports::{StoreError, UserDirectory};
use threshold_domain::accounts::{User, UserId, UserList, UserPlace};

/// The table, as failures name it.
const TABLE: &str = "users";

/// Lists users from either database.
pub(crate) struct DieselUserDirectory {
    pub(crate) pools: Arc<Pools>,
}

#[async_trait]
impl UserDirectory for DieselUserDirectory {
    async fn find(&self, id: UserId) -> Result<Option<User>, StoreError> {
        let id = Id(id.as_uuid());
        let row = self.pools.read(TABLE, |connection| anybody(connection, id).boxed()).await?;
        row.map(User::try_from).transpose()
    }

    async fn page(&self, list: &UserList, after: Option<&UserPlace>, at_most: usize) -> Result<Vec<User>, StoreError> {
        let (wanted, place) = (list.clone(), after.cloned());
        let rows = self
            .pools
            .read(TABLE, |connection| page(connection, wanted.clone(), place.clone(), at_most).boxed())
            .await?;
        let users: Result<Vec<User>, _> = rows.into_iter().map(User::try_from).collect();
        let mut placed: Vec<_> = users?.into_iter().map(|user| (list.sort.place(&user), user)).collect();
        placed.retain(|(place, _)| after.is_none_or(|after| list.sort.compare(place, after) == Ordering::Greater));
        placed.sort_by(|(one, _), (other, _)| list.sort.compare(one, other));
        Ok(placed.into_iter().map(|(_, user)| user).take(at_most).collect())
    }

    async fn deleted(&self, after: Option<&UserPlace>, at_most: usize) -> Result<Vec<User>, StoreError> {
        let after = after.map(Key::from);
        let rows = self.pools.read(TABLE, |connection| deleted(connection, after.clone(), at_most).boxed()).await?;
        rows.into_iter().map(User::try_from).collect()
    }
}

async fn anybody(connection: &mut Connection, id: Id) -> QueryResult<Option<UserRow>> {
    on!(connection, |c| users::table.find(id).select(UserRow::as_select()).get_result(c).await.optional())
}

async fn page(
    connection: &mut Connection,
    list: UserList,
    after: Option<UserPlace>,
    at_most: usize,
) -> QueryResult<Vec<UserRow>> {
    rows(connection, &list, after.as_ref(), at_most).await
}

async fn deleted(connection: &mut Connection, after: Option<Key>, at_most: usize) -> QueryResult<Vec<UserRow>> {
    take(connection, Lane::Deleted, Scope::stretch(Lane::Deleted, after, Until::End), at_most).await
}
