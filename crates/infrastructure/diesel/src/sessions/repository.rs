//! Changing sessions.

use super::TABLE;
use super::row::NewSessionRow;
use crate::schema::sessions;
use crate::transaction::DieselTransaction;
use crate::types::{Id, Instant};
use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use threshold_application::ports::{SessionRepository, StoreError};
use threshold_domain::Timestamp;
use threshold_domain::sessions::{Session, SessionId};

#[async_trait]
impl SessionRepository for DieselTransaction {
    async fn insert(&mut self, session: &Session) -> Result<(), StoreError> {
        let row = NewSessionRow::from(session);
        let inserted = on!(self.connection(), |c| diesel::insert_into(sessions::table).values(&row).execute(c).await);
        self.settle(TABLE, inserted).map(drop)
    }

    async fn end(&mut self, id: SessionId, at: Timestamp) -> Result<bool, StoreError> {
        let ended = on!(self.connection(), |c| diesel::update(sessions::table.find(Id(id.as_uuid())))
            .filter(sessions::ended_at.is_null())
            .set(sessions::ended_at.eq(Instant(at)))
            .execute(c)
            .await);
        Ok(self.settle(TABLE, ended)? == 1)
    }
}
