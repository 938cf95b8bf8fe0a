//! Migrations: what the tables should be, embedded in the binary, and what they are.

use crate::connections::{Connection, Pools, SqliteLink};
use crate::dialect::has_migrations_table;
use crate::failures::unavailable;
use crate::schema::__diesel_schema_migrations as applied_migrations;
use diesel::backend::Backend;
use diesel::connection::SimpleConnection;
use diesel::migration::{Migration as _, MigrationSource};
use diesel::prelude::*;
use diesel::sqlite::Sqlite;
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use diesel_async::pooled_connection::deadpool::Object;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use futures::FutureExt;
use std::collections::BTreeMap;
use std::sync::Arc;
use threshold_application::ports::{BoxError, StoreError};
use tokio::task::spawn_blocking;

const POSTGRES: EmbeddedMigrations = embed_migrations!("../../../migrations/postgres");
const SQLITE: EmbeddedMigrations = embed_migrations!("../../../migrations/sqlite");

/// Of several processes on one PostgreSQL one migrates at a time. The number is "threshol" in ASCII.
const LOCK: &str = "SELECT pg_advisory_lock(8388080086031036268)";

/// Brings the tables to the form that this binary needs, and back.
pub struct Migrations {
    pools: Arc<Pools>,
}

/// One migration and whether it is applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// Its name, for example `2026-11-01-000000_users`; the bare version where this binary doesn't know it.
    pub name: String,
    /// What the database knows of it.
    pub state: MigrationState,
}

/// Where a migration stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MigrationState {
    /// Applied.
    Applied,
    /// Not applied yet.
    Pending,
    /// Applied by a newer version of the program; this one doesn't know it.
    Unknown,
}

/// Why nothing was migrated.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// A newer version of the program was here.
    #[error("the database was made by a newer version: this one does not know {}", .0.join(", "))]
    MadeByNewerVersion(Vec<String>),
    /// No migration is applied.
    #[error("no migration is applied that could be reverted")]
    NothingToRevert,
    /// A migration did not work; its changes are undone.
    #[error("a migration failed")]
    Failed(#[source] BoxError),
    /// The database could not be asked.
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[derive(Debug, Clone, Copy)]
enum Task {
    Up,
    Down,
    Redo,
}

impl Migrations {
    pub(crate) fn new(pools: Arc<Pools>) -> Self {
        Self { pools }
    }

    /// Applies what is pending, in order, and answers the names.
    ///
    /// # Errors
    /// `MadeByNewerVersion`, `Failed`, `Store`.
    pub async fn up(&self) -> Result<Vec<String>, MigrationError> {
        if self.pending().await?.is_empty() {
            // Needs no lock, and no right to change tables.
            return Ok(Vec::new());
        }
        self.perform(Task::Up).await
    }

    /// Reverts the last one and answers its name.
    ///
    /// # Errors
    /// `NothingToRevert`, `MadeByNewerVersion`, `Failed`, `Store`.
    pub async fn down(&self) -> Result<String, MigrationError> {
        self.perform(Task::Down).await?.pop().ok_or(MigrationError::NothingToRevert)
    }

    /// Reverts the last one, applies it again, and answers its name.
    ///
    /// # Errors
    /// As [`Migrations::down`].
    pub async fn redo(&self) -> Result<String, MigrationError> {
        self.perform(Task::Redo).await?.pop().ok_or(MigrationError::NothingToRevert)
    }

    /// Every migration, oldest first. Changes nothing.
    ///
    /// # Errors
    /// `Store`.
    pub async fn status(&self) -> Result<Vec<Migration>, MigrationError> {
        let mut applied = self.pools.read("__diesel_schema_migrations", |c| applied(c).boxed()).await?;
        let mut all = Vec::new();
        for (version, name) in known()? {
            let position = applied.iter().position(|one| *one == version);
            let state = position.map_or(MigrationState::Pending, |_| MigrationState::Applied);
            position.map(|position| applied.swap_remove(position));
            all.push(Migration { name, state });
        }
        applied.sort_unstable();
        all.extend(applied.into_iter().map(|name| Migration { name, state: MigrationState::Unknown }));
        Ok(all)
    }

    /// The names of those that have yet to be applied. Changes nothing.
    ///
    /// # Errors
    /// `MadeByNewerVersion`, `Store`.
    pub async fn pending(&self) -> Result<Vec<String>, MigrationError> {
        let all = self.status().await?;
        let of = |state| all.iter().filter(|one| one.state == state).map(|one| one.name.clone()).collect::<Vec<_>>();
        match of(MigrationState::Unknown) {
            unknown if unknown.is_empty() => Ok(of(MigrationState::Pending)),
            unknown => Err(MigrationError::MadeByNewerVersion(unknown)),
        }
    }

    /// The library migrates with synchronous connections only, so it gets a thread.
    async fn perform(&self, task: Task) -> Result<Vec<String>, MigrationError> {
        let connection = self.pools.writer().await?;
        let done = spawn_blocking(move || match connection {
            Connection::Postgres(link) => on_postgres(Object::take(link), task),
            Connection::Sqlite(mut link) => on_sqlite(&mut link, task),
        });
        done.await.map_err(unavailable)?
    }
}

fn on_postgres(link: AsyncPgConnection, task: Task) -> Result<Vec<String>, MigrationError> {
    let mut connection = AsyncConnectionWrapper::<AsyncPgConnection>::from(link);
    // It is closed afterwards, and the lock with it.
    connection.batch_execute(
        "SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0",
    )?;
    connection.batch_execute(LOCK)?;
    task.perform(&mut connection, &POSTGRES)
}

fn on_sqlite(link: &mut SqliteLink, task: Task) -> Result<Vec<String>, MigrationError> {
    link.spawn_blocking(move |c| Ok(c.immediate_transaction(|c| task.perform(c, &SQLITE))))
        .now_or_never()
        .unwrap_or(Err(diesel::result::Error::BrokenTransactionManager))?
}

impl Task {
    fn perform<DB: Backend>(
        self,
        database: &mut impl MigrationHarness<DB>,
        source: &EmbeddedMigrations,
    ) -> Result<Vec<String>, MigrationError> {
        let mut known: BTreeMap<String, _> = MigrationSource::<DB>::migrations(source)
            .map_err(MigrationError::Failed)?
            .into_iter()
            .map(|one| (one.name().version().to_string(), one))
            .collect();
        let applied: Vec<String> =
            database.applied_migrations().map_err(MigrationError::Failed)?.iter().map(ToString::to_string).collect();
        let unknown: Vec<String> = applied.iter().filter(|version| !known.contains_key(*version)).cloned().collect();
        if !unknown.is_empty() {
            return Err(MigrationError::MadeByNewerVersion(unknown));
        }
        match self {
            Self::Up => known.retain(|version, _one| !applied.contains(version)),
            Self::Down | Self::Redo => known.retain(|version, _one| applied.iter().max() == Some(version)),
        }
        for one in known.values() {
            if matches!(self, Self::Down | Self::Redo) {
                database.revert_migration(one).map_err(MigrationError::Failed)?;
            }
            if matches!(self, Self::Up | Self::Redo) {
                database.run_migration(one).map_err(MigrationError::Failed)?;
            }
        }
        Ok(known.values().map(|one| one.name().to_string()).collect())
    }
}

/// Version and name of each migration of this binary, oldest first; the two databases have the same.
fn known() -> Result<BTreeMap<String, String>, MigrationError> {
    let all = MigrationSource::<Sqlite>::migrations(&SQLITE).map_err(MigrationError::Failed)?;
    Ok(all.iter().map(|one| (one.name().version().to_string(), one.name().to_string())).collect())
}

/// The versions of those that the database has.
async fn applied(connection: &mut Connection) -> QueryResult<Vec<String>> {
    if !has_migrations_table(connection).await? {
        return Ok(Vec::new());
    }
    on!(connection, |c| applied_migrations::table.select(applied_migrations::version).load(c).await)
}

impl From<diesel::result::Error> for MigrationError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Failed(error.into())
    }
}
