//! The pools of one database.

use super::Connection;
use super::pool::ConnectionPool;
use super::sqlite::{Role, SqliteLink};
use super::{postgres, sqlite};
use crate::DatabaseSettings;
use crate::database_url::Target;
use crate::failures::store_failure;
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use diesel_async::pooled_connection::AsyncDieselConnectionManager;
use futures::future::BoxFuture;
use std::sync::Arc;
use threshold_application::ports::{Meter, StoreError};

/// Where connections come from.
pub(crate) enum Pools {
    /// One pool for everything.
    Postgres(ConnectionPool<AsyncDieselConnectionManager<AsyncPgConnection>>),
    /// Many who read, and one who writes.
    Sqlite {
        readers: ConnectionPool<AsyncDieselConnectionManager<SqliteLink>>,
        writer: ConnectionPool<AsyncDieselConnectionManager<SqliteLink>>,
    },
}

/// What connections may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Everything.
    Full,
    /// Look, and change nothing.
    LookOnly,
}

impl Pools {
    /// Pools without a connection yet.
    pub(crate) fn new(settings: &DatabaseSettings, access: Access, meter: &Arc<dyn Meter>) -> Result<Self, StoreError> {
        let size = settings.max_connections;
        match &settings.url.0 {
            Target::Postgres { config, tls } => {
                let manager = postgres::manager(config, tls, settings, access);
                Ok(Self::Postgres(ConnectionPool::new("postgres", manager, size, settings, Arc::clone(meter))?))
            }
            Target::Sqlite(path) => {
                let (reader, writer) = match access {
                    Access::Full => (Role::Reader, Role::Writer),
                    Access::LookOnly => (Role::Onlooker, Role::Onlooker),
                };
                let reader = sqlite::manager(path, reader, settings);
                let writer = sqlite::manager(path, writer, settings);
                Ok(Self::Sqlite {
                    readers: ConnectionPool::new("reader", reader, size, settings, Arc::clone(meter))?,
                    writer: ConnectionPool::new("writer", writer, 1, settings, Arc::clone(meter))?,
                })
            }
        }
    }

    /// A connection that reads.
    pub(crate) async fn reader(&self) -> Result<Connection, StoreError> {
        self.lend(Role::Reader).await
    }

    /// A connection that writes.
    pub(crate) async fn writer(&self) -> Result<Connection, StoreError> {
        self.lend(Role::Writer).await
    }

    async fn lend(&self, role: Role) -> Result<Connection, StoreError> {
        match (self, role) {
            (Self::Postgres(pool), _) => pool.get().await.map(Connection::Postgres),
            (Self::Sqlite { readers, .. }, Role::Reader | Role::Onlooker) => {
                readers.get().await.map(Connection::Sqlite)
            }
            (Self::Sqlite { writer, .. }, Role::Writer) => writer.get().await.map(Connection::Sqlite),
        }
    }

    /// Reads something of the table `place`. A connection that turns out to be lost costs a second try, not an error.
    pub(crate) async fn read<T>(
        &self,
        place: &'static str,
        query: impl for<'c> Fn(&'c mut Connection) -> BoxFuture<'c, QueryResult<T>>,
    ) -> Result<T, StoreError> {
        self.try_twice(Role::Reader, place, query).await
    }

    /// As [`Pools::read`], for a change that does no harm if it is made twice: nobody knows whether the first try was.
    pub(crate) async fn change<T>(
        &self,
        place: &'static str,
        query: impl for<'c> Fn(&'c mut Connection) -> BoxFuture<'c, QueryResult<T>>,
    ) -> Result<T, StoreError> {
        self.try_twice(Role::Writer, place, query).await
    }

    async fn try_twice<T>(
        &self,
        role: Role,
        place: &'static str,
        query: impl for<'c> Fn(&'c mut Connection) -> BoxFuture<'c, QueryResult<T>>,
    ) -> Result<T, StoreError> {
        let mut connection = self.lend(role).await?;
        let mut answer = query(&mut connection).await;
        if let Err(error) = &answer
            && connection.is_lost(error).await
        {
            drop(connection);
            self.forget_idle();
            connection = self.lend(role).await?;
            answer = query(&mut connection).await;
        }
        answer.map_err(|error| store_failure(&connection, place, error))
    }

    /// Closes every connection that nobody uses: where one was lost, the server restarted and all of them are.
    pub(crate) fn forget_idle(&self) {
        match self {
            Self::Postgres(pool) => pool.forget_idle(),
            Self::Sqlite { readers, writer } => {
                readers.forget_idle();
                writer.forget_idle();
            }
        }
    }

    /// Keeps the number of idle connections within its bound and reports it.
    pub(crate) fn tend(&self) {
        match self {
            Self::Postgres(pool) => pool.tend(),
            Self::Sqlite { readers, writer } => {
                readers.tend();
                writer.tend();
            }
        }
    }

    /// Lends no more connections.
    pub(crate) fn close(&self) {
        match self {
            Self::Postgres(pool) => pool.close(),
            Self::Sqlite { readers, writer } => {
                readers.close();
                writer.close();
            }
        }
    }
}
