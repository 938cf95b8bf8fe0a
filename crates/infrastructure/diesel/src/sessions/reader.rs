//! Reading sessions.

use super::TABLE;
use crate::connections::{Connection, Pools};
use crate::schema::sessions;
use crate::types::{Id, Instant};
use async_trait::async_trait;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use futures::FutureExt;
use std::sync::Arc;
use threshold_application::ports::{EndedSession, SessionReader, StoreError};
use threshold_domain::Timestamp;
use threshold_domain::sessions::SessionId;

/// Reads sessions from either database.
pub(crate) struct DieselSessionReader {
    pub(crate) pools: Arc<Pools>,
}

#[async_trait]
impl SessionReader for DieselSessionReader {
    async fn ended_since(&self, since: Timestamp) -> Result<Vec<EndedSession>, StoreError> {
        let since = Instant(since);
        let rows = self.pools.read(TABLE, |connection| ended_since(connection, since).boxed()).await?;
        let ended = |(id, at): (Id, Instant)| EndedSession { id: SessionId::new(id.0), ended_at: at.0 };
        Ok(rows.into_iter().map(ended).collect())
    }

    async fn is_live(&self, id: SessionId) -> Result<bool, StoreError> {
        let id = Id(id.as_uuid());
        self.pools.read(TABLE, |connection| is_live(connection, id).boxed()).await
    }
}

async fn ended_since(connection: &mut Connection, since: Instant) -> QueryResult<Vec<(Id, Instant)>> {
    on!(connection, |c| sessions::table
        .filter(sessions::ended_at.ge(since))
        .select((sessions::id, sessions::ended_at.assume_not_null()))
        .load(c)
        .await)
}

async fn is_live(connection: &mut Connection, id: Id) -> QueryResult<bool> {
    on!(connection, |c| select(exists(sessions::table.find(id).filter(sessions::ended_at.is_null())))
        .get_result(c)
        .await)
}
