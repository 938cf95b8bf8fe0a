//! The one place that turns what drivers report into what the ports promise.

use crate::connections::Connection;
use deadpool::managed::{PoolError as LendError, TimeoutType};
use diesel::result::{DatabaseErrorKind, Error};
use diesel_async::pooled_connection::PoolError;
use threshold_application::ports::{BoxError, StoreError, Uniqueness};

/// How SQLite says that its surroundings fail: the texts of `sqlite3_errstr` for FULL, READONLY, IOERR, CANTOPEN, BUSY,
/// LOCKED, NOMEM, INTERRUPT, PERM and PROTOCOL.
const SQLITE_OUTAGES: [&str; 10] = [
    "database or disk is full",
    "attempt to write a readonly database",
    "disk I/O error",
    "unable to open database file",
    "database is locked",
    "database table is locked",
    "out of memory",
    "interrupted",
    "access permission denied",
    "locking protocol",
];

/// Which rule each unique index stands for: its name (PostgreSQL) and its columns (SQLite).
const UNIQUE: [(&str, &str, Uniqueness); 11] = [
    ("users_email_key", "users.email_canonical", Uniqueness::Email),
    ("users_username_key", "users.username", Uniqueness::Username),
    ("signing_keys_algorithm_key", "signing_keys.algorithm", Uniqueness::SigningKey),
    ("users_pkey", "users.id", Uniqueness::Id),
    ("sessions_pkey", "sessions.id", Uniqueness::Id),
    ("api_keys_pkey", "api_keys.id", Uniqueness::Id),
    ("api_keys_digest_key", "api_keys.digest", Uniqueness::Id),
    ("jobs_pkey", "jobs.id", Uniqueness::Id),
    ("roles_pkey", "roles.name", Uniqueness::Id),
    ("audit_checkpoints_pkey", "audit_checkpoints.number", Uniqueness::Id),
    ("signing_keys_pkey", "signing_keys.kid", Uniqueness::Id),
];

/// What it means that a statement on the table `place` failed.
pub(crate) fn store_failure(connection: &Connection, place: &'static str, error: Error) -> StoreError {
    if let Some(rule) = broken_rule(&error) {
        return StoreError::NotUnique(rule);
    }
    if is_outage(connection, &error) { unavailable(error) } else { corrupt(place, error) }
}

/// Stored data, or a statement, that is against the rules.
pub(crate) fn corrupt(place: &'static str, cause: impl Into<BoxError>) -> StoreError {
    StoreError::Corrupt { place, source: cause.into() }
}

/// The store can't do it now.
pub(crate) fn unavailable(cause: impl Into<BoxError>) -> StoreError {
    StoreError::Unavailable(cause.into())
}

/// What it means that no connection was lent.
pub(crate) fn pool_failure(error: LendError<PoolError>) -> StoreError {
    match error {
        LendError::Timeout(TimeoutType::Wait) => StoreError::Overloaded,
        LendError::Backend(cause) => unavailable(cause),
        LendError::Timeout(_) | LendError::Closed | LendError::NoRuntimeSpecified | LendError::PostCreateHook(_) => {
            unavailable(error)
        }
    }
}

fn broken_rule(error: &Error) -> Option<Uniqueness> {
    let Error::DatabaseError(DatabaseErrorKind::UniqueViolation, information) = error else { return None };
    let index = information.constraint_name();
    let columns = information.message().strip_prefix("UNIQUE constraint failed: ");
    let names = |rule: &&(&str, &str, Uniqueness)| index == Some(rule.0) || columns == Some(rule.1);
    UNIQUE.iter().find(names).map(|rule| rule.2)
}

/// Whether a statement failed because of the server's state rather than by its own fault.
pub(crate) fn is_outage(connection: &Connection, error: &Error) -> bool {
    if let Error::DatabaseError(DatabaseErrorKind::Unknown, information) = error {
        return match connection {
            // Diesel keeps no SQLSTATE, and the message is in the server's language. But a server that finds fault with
            // a statement says where in it; one that is full, shuts down or ran out of time has no such place.
            Connection::Postgres(_) => information.statement_position().is_none(),
            Connection::Sqlite(_) => SQLITE_OUTAGES.contains(&information.message()),
        };
    }
    matches!(
        error,
        Error::BrokenTransactionManager
            | Error::RollbackErrorOnCommit { .. }
            | Error::DatabaseError(
                DatabaseErrorKind::UnableToSendCommand
                    | DatabaseErrorKind::ClosedConnection
                    | DatabaseErrorKind::ReadOnlyTransaction
                    | DatabaseErrorKind::SerializationFailure,
                _
            )
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DatabaseSettings;
    use crate::connections::{Access, Pools};
    use diesel_async::SimpleAsyncConnection;
    use std::sync::Arc;
    use tempfile::TempDir;
    use threshold_application::ports::{Meter, Metric};

    struct Silent;

    impl Meter for Silent {
        fn count(&self, _metric: Metric, _labels: &[&str]) {}
        fn set(&self, _metric: Metric, _labels: &[&str], _value: f64) {}
        fn observe(&self, _metric: Metric, _labels: &[&str], _value: f64) {}
    }

    /// What becomes of a statement on SQLite after a preparation.
    async fn outcome(preparation: &str, statement: &str) -> StoreError {
        let folder = TempDir::new().unwrap();
        let url = format!("sqlite://{}/test.db", folder.path().display()).parse().unwrap();
        let meter: Arc<dyn Meter> = Arc::new(Silent);
        let pools = Pools::new(&DatabaseSettings::new(url), Access::Full, &meter).unwrap();
        let mut connection = pools.writer().await.unwrap();
        on!(&mut connection, |c| c.batch_execute(preparation).await).unwrap();
        let error = on!(&mut connection, |c| c.batch_execute(statement).await).unwrap_err();
        store_failure(&connection, "somewhere", error)
    }

    #[tokio::test]
    async fn a_full_disk_is_an_outage() {
        let table = "CREATE TABLE t (a BLOB) STRICT; PRAGMA max_page_count = 3";
        let full = outcome(table, "INSERT INTO t VALUES (zeroblob(100000))").await;
        assert!(matches!(full, StoreError::Unavailable(_)), "{full:?}");
    }

    #[tokio::test]
    async fn a_file_that_can_only_be_read_is_an_outage() {
        let read_only = outcome("PRAGMA query_only = ON", "CREATE TABLE t (a BLOB)").await;
        assert!(matches!(read_only, StoreError::Unavailable(_)), "{read_only:?}");
    }

    #[tokio::test]
    async fn a_faulty_statement_is_no_outage() {
        let faulty = outcome("SELECT 1", "SELECT nothing FROM nowhere").await;
        assert!(matches!(faulty, StoreError::Corrupt { place: "somewhere", .. }), "{faulty:?}");
    }

    #[tokio::test]
    async fn a_rule_without_a_port_is_no_taken_value() {
        let table = "CREATE TABLE t (a TEXT UNIQUE, b TEXT NOT NULL DEFAULT '') STRICT; INSERT INTO t VALUES ('a', '')";
        let twice = outcome(table, "INSERT INTO t VALUES ('a', '')").await;
        assert!(matches!(twice, StoreError::Corrupt { .. }), "{twice:?}");
    }
}
