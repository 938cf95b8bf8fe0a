//! Reading accounts.

use super::TABLE;
use super::row::{CredentialsRow, UserRow, credentials};
use crate::connections::{Connection, Pools};
use crate::schema::users;
use crate::types::Id;
use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use futures::FutureExt;
use std::sync::Arc;
use threshold_application::ports::{AccountReader, StoreError};
use threshold_domain::accounts::{Credentials, Login, User, UserId};

/// Reads accounts from either database.
pub(crate) struct DieselAccountReader {
    pub(crate) pools: Arc<Pools>,
}

#[async_trait]
impl AccountReader for DieselAccountReader {
    async fn find(&self, id: UserId) -> Result<Option<User>, StoreError> {
        let id = Id(id.as_uuid());
        let row = self.pools.read(TABLE, |connection| by_id(connection, id).boxed()).await?;
        row.map(User::try_from).transpose()
    }

    async fn find_by_login(&self, login: &Login) -> Result<Option<Credentials>, StoreError> {
        let row = match login {
            Login::Email(email) => {
                let canonical = email.canonical().to_owned();
                self.pools.read(TABLE, |connection| by_email(connection, canonical.clone()).boxed()).await?
            }
            Login::Username(name) => {
                let name = name.as_str().to_owned();
                self.pools.read(TABLE, |connection| by_username(connection, name.clone()).boxed()).await?
            }
        };
        row.map(credentials).transpose()
    }

    async fn credentials(&self, id: UserId) -> Result<Option<Credentials>, StoreError> {
        let id = Id(id.as_uuid());
        let row = self.pools.read(TABLE, |connection| credentials_by_id(connection, id).boxed()).await?;
        row.map(credentials).transpose()
    }
}

pub(crate) async fn by_id(connection: &mut Connection, id: Id) -> QueryResult<Option<UserRow>> {
    on!(connection, |c| users::table
        .find(id)
        .filter(users::deleted_at.is_null())
        .select(UserRow::as_select())
        .get_result(c)
        .await
        .optional())
}

async fn by_email(connection: &mut Connection, canonical: String) -> QueryResult<Option<CredentialsRow>> {
    on!(connection, |c| users::table
        .filter(users::email_canonical.eq(canonical))
        .filter(users::deleted_at.is_null())
        .select(CredentialsRow::as_select())
        .get_result(c)
        .await
        .optional())
}

async fn by_username(connection: &mut Connection, name: String) -> QueryResult<Option<CredentialsRow>> {
    on!(connection, |c| users::table
        .filter(users::username.eq(name))
        .filter(users::deleted_at.is_null())
        .select(CredentialsRow::as_select())
        .get_result(c)
        .await
        .optional())
}

async fn credentials_by_id(connection: &mut Connection, id: Id) -> QueryResult<Option<CredentialsRow>> {
    on!(connection, |c| users::table
        .find(id)
        .filter(users::deleted_at.is_null())
        .select(CredentialsRow::as_select())
        .get_result(c)
        .await
        .optional())
}
