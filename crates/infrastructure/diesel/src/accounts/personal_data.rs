//! Reading everything about somebody.

use super::TABLE;
use super::row::{CredentialsRow, credentials};
use crate::connections::{Connection, Pools};
use crate::links::LinkRow;
use crate::schema::{account_links, sessions, users};
use crate::sessions::SessionRow;
use crate::types::Id;
use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use futures::FutureExt;
use std::sync::Arc;
use threshold_application::ports::{PersonalData, PersonalDataReader, StoreError};
use threshold_domain::accounts::{AccountLink, UserId};
use threshold_domain::sessions::Session;

/// Reads it from either database.
pub(crate) struct DieselPersonalDataReader {
    pub(crate) pools: Arc<Pools>,
}

struct Rows {
    user: CredentialsRow,
    sessions: Vec<SessionRow>,
    links: Vec<LinkRow>,
}

#[async_trait]
impl PersonalDataReader for DieselPersonalDataReader {
    async fn of(&self, user: UserId) -> Result<Option<PersonalData>, StoreError> {
        let id = Id(user.as_uuid());
        let rows = self.pools.read(TABLE, |connection| rows(connection, id).boxed()).await?;
        let Some(Rows { user, sessions, links }) = rows else { return Ok(None) };
        let credentials = credentials(user)?;
        Ok(Some(PersonalData {
            user: credentials.user,
            has_password: credentials.password_hash.is_some(),
            sessions: sessions.into_iter().map(Session::try_from).collect::<Result<_, _>>()?,
            links: links.into_iter().map(AccountLink::try_from).collect::<Result<_, _>>()?,
        }))
    }
}

async fn rows(connection: &mut Connection, id: Id) -> QueryResult<Option<Rows>> {
    let user = on!(connection, |c| users::table
        .find(id)
        .filter(users::deleted_at.is_null())
        .select(CredentialsRow::as_select())
        .get_result(c)
        .await
        .optional())?;
    let Some(user) = user else { return Ok(None) };
    let sessions = on!(connection, |c| sessions::table
        .filter(sessions::user_id.eq(id))
        .order((sessions::created_at, sessions::id))
        .select(SessionRow::as_select())
        .load(c)
        .await)?;
    let links = on!(connection, |c| account_links::table
        .filter(account_links::user_id.eq(id))
        .order((account_links::created_at, account_links::id))
        .select(LinkRow::as_select())
        .load(c)
        .await)?;
    Ok(Some(Rows { user, sessions, links }))
}
