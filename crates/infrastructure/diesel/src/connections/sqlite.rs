//! SQLite: how a connection is opened, and where its statements run.

use crate::DatabaseSettings;
use diesel::connection::SimpleConnection;
use diesel::{Connection as _, ConnectionError, ConnectionResult, SqliteConnection};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use diesel_async::sync_connection_wrapper::{SpawnBlocking, SyncConnectionWrapper};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::error::Error;
use std::path::{Path, PathBuf};

/// A connection to SQLite.
pub(crate) type SqliteLink = SyncConnectionWrapper<SqliteConnection, Inline>;

/// Runs each statement where it is awaited.
///
/// A statement takes microseconds, less than handing it to a thread would, and one that does not wait can't be
/// cancelled half-way. What may wait for the disk or for another process (`BEGIN`, `COMMIT`) is sent to a thread as
/// a whole, connection and all: see `transaction`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Inline;

impl SpawnBlocking for Inline {
    fn spawn_blocking<'a, R: Send + 'static>(
        &mut self,
        task: impl FnOnce() -> R + Send + 'static,
    ) -> BoxFuture<'a, Result<R, Box<dyn Error + Send + Sync>>> {
        let answer = task();
        std::future::ready(Ok(answer)).boxed()
    }

    fn get_runtime() -> Self {
        Self
    }
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Any number at once; can't change anything.
    Reader,
    /// One at a time.
    Writer,
    /// As a reader, and leaves no trace: neither the file nor those beside it are made.
    Onlooker,
}

/// Opens connections to the file.
pub(crate) fn manager(
    path: &Path,
    role: Role,
    settings: &DatabaseSettings,
) -> AsyncDieselConnectionManager<SqliteLink> {
    let busy_timeout = settings.statement_timeout.as_millis();
    let mut config = ManagerConfig::default();
    config.recycling_method = RecyclingMethod::Fast;
    config.custom_setup = Box::new(move |path| std::future::ready(open(path, role, busy_timeout)).boxed());
    AsyncDieselConnectionManager::new_with_config(path.to_string_lossy(), config)
}

fn open(path: &str, role: Role, busy_timeout: u128) -> ConnectionResult<SqliteLink> {
    let mut connection = match role {
        Role::Reader | Role::Writer => SqliteConnection::establish(path)?,
        Role::Onlooker => SqliteConnection::establish(&untouched(path))?,
    };
    let role = match role {
        Role::Reader | Role::Onlooker => "PRAGMA query_only = ON;",
        // `FULL`: what was committed is on the disk.
        Role::Writer => "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;",
    };
    connection
        .batch_execute(&format!(
            "PRAGMA busy_timeout = {busy_timeout}; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; \
             PRAGMA cache_size = -16000; {role}"
        ))
        .map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(SqliteLink::with_runtime(connection, Inline))
}

/// Where what was written last lies, as long as somebody has the file open.
pub(crate) fn log_of(file: &Path) -> PathBuf {
    let mut log = file.as_os_str().to_owned();
    log.push("-wal");
    log.into()
}

/// The file as SQLite names one that can only be read (<https://sqlite.org/uri.html>). Where no log lies beside it nobody has it
/// open; then not even the log's index is made.
fn untouched(path: &str) -> String {
    let in_use = log_of(Path::new(path)).exists();
    let encoded = path.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    format!("file:{encoded}?mode=ro{}", if in_use { "" } else { "&immutable=1" })
}
