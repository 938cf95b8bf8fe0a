//! Changing sessions.

use super::TABLE;
use super::reader::open_of;
use super::row::{SessionChanges, SessionRow};
use crate::connections::Connection;
use crate::schema::sessions;
use crate::statements::Prepared;
use crate::transaction::DieselTransaction;
use crate::types::{Id, Instant, SqlInstant};
use async_trait::async_trait;
use diesel::dsl::case_when;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use threshold_application::ports::{SessionRepository, StoreError};
use threshold_domain::Timestamp;
use threshold_domain::accounts::UserId;
use threshold_domain::sessions::{Session, SessionId};

#[async_trait]
impl SessionRepository for DieselTransaction {
    async fn insert(&mut self, session: &Session) -> Result<(), StoreError> {
        let row = SessionRow::from(session);
        let inserted = on!(self.connection(), |c| diesel::insert_into(sessions::table).values(&row).execute(c).await);
        self.settle(TABLE, inserted).map(drop)
    }

    async fn lock(&mut self, id: SessionId) -> Result<Option<Session>, StoreError> {
        let locked = lock(self.connection(), Id(id.as_uuid())).await;
        self.settle(TABLE, locked)?.map(Session::try_from).transpose()
    }

    async fn update(&mut self, session: &Session) -> Result<(), StoreError> {
        let changes = SessionChanges::from(session);
        let updated = on!(self.connection(), |c| Prepared(
            diesel::update(sessions::table.find(Id(session.id.as_uuid()))).set(&changes)
        )
        .execute(c)
        .await);
        self.settle(TABLE, updated).map(drop)
    }

    async fn end(&mut self, id: SessionId, at: Timestamp) -> Result<bool, StoreError> {
        let ended = end(self.connection(), &[Id(id.as_uuid())], Instant(at)).await;
        Ok(!self.settle(TABLE, ended)?.is_empty())
    }

    async fn end_all(
        &mut self,
        user: UserId,
        except: Option<SessionId>,
        at: Timestamp,
    ) -> Result<Vec<SessionId>, StoreError> {
        let live = on!(self.connection(), |c| sessions::table
            .filter(sessions::user_id.eq(Id(user.as_uuid())))
            .filter(sessions::ended_at.is_null())
            .select(sessions::id)
            .load::<Id>(c)
            .await);
        let except = except.map(|id| Id(id.as_uuid()));
        let ids: Vec<Id> = self.settle(TABLE, live)?.into_iter().filter(|id| Some(*id) != except).collect();
        let ended = end(self.connection(), &ids, Instant(at)).await;
        self.settle(TABLE, ended)
    }

    async fn end_oldest(&mut self, user: UserId, keep: u32, at: Timestamp) -> Result<Vec<SessionId>, StoreError> {
        let open = open_of(self.connection(), Id(user.as_uuid()), Instant(at), keep).await;
        let ids = self.settle(TABLE, open)?;
        let ids: Vec<Id> = ids.iter().map(SessionRow::id).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let ended = end(self.connection(), &ids, Instant(at)).await;
        self.settle(TABLE, ended)
    }

    async fn purge(&mut self, before: Timestamp, at_most: u32) -> Result<u32, StoreError> {
        let idle = idle(self.connection(), Instant(before), at_most).await;
        let ids = self.settle(TABLE, idle)?;
        let purged = on!(self.connection(), |c| diesel::delete(sessions::table.filter(sessions::id.eq_any(ids)))
            .execute(c)
            .await);
        self.settle(TABLE, purged).map(|rows| u32::try_from(rows).unwrap_or(u32::MAX))
    }
}

/// Sessions that are over, and locked: on PostgreSQL those that somebody else has just locked are passed over; SQLite has one writer.
async fn idle(connection: &mut Connection, before: Instant, at_most: u32) -> QueryResult<Vec<Id>> {
    let idle = sessions::table.filter(sessions::idle_until.lt(before)).select(sessions::id).limit(at_most.into());
    match connection {
        Connection::Postgres(link) => idle.for_update().skip_locked().load(&mut **link).await,
        Connection::Sqlite(link) => idle.load(&mut **link).await,
    }
}

/// SQLite has one writer: nobody else changes anything while this transaction lives.
async fn lock(connection: &mut Connection, id: Id) -> QueryResult<Option<SessionRow>> {
    match connection {
        Connection::Postgres(link) => {
            let locked = sessions::table.find(id).for_update().select(SessionRow::as_select());
            locked.get_result(&mut **link).await.optional()
        }
        Connection::Sqlite(link) => {
            sessions::table.find(id).select(SessionRow::as_select()).get_result(&mut **link).await.optional()
        }
    }
}

/// Ends those that have not ended yet, and answers which.
async fn end(connection: &mut Connection, ids: &[Id], at: Instant) -> QueryResult<Vec<SessionId>> {
    let ended: Vec<Id> =
        on!(connection, |c| diesel::update(sessions::table)
            .filter(sessions::id.eq_any(ids))
            .filter(sessions::ended_at.is_null())
            .set((
                sessions::ended_at.eq(at),
                sessions::idle_until
                    .eq(case_when(sessions::idle_until.gt(at), at.into_sql::<SqlInstant>())
                        .otherwise(sessions::idle_until))
            ))
            .returning(sessions::id)
            .load(c)
            .await)?;
    Ok(ended.into_iter().map(|id| SessionId::new(id.0)).collect())
}
