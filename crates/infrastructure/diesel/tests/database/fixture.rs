//! Databases and values for the tests.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use threshold_application::ports::{Meter, Metric};
use threshold_diesel::{Database, DatabaseSettings};
use threshold_test_postgres::FreshDatabase;
use threshold_testkit::{FakeSecrets, SequentialIds};

/// Either database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
}

/// An empty database of a test's own, and how to look behind its back.
pub(crate) enum Place {
    Sqlite(TempDir),
    Postgres(FreshDatabase),
}

impl Place {
    pub(crate) async fn new(kind: Kind) -> Self {
        match kind {
            Kind::Sqlite => Self::Sqlite(TempDir::new().unwrap()),
            Kind::Postgres => Self::Postgres(FreshDatabase::create().await),
        }
    }

    pub(crate) fn settings(&self) -> DatabaseSettings {
        let url = match self {
            Self::Sqlite(folder) => format!("sqlite://{}/folder/threshold.db", folder.path().display()),
            Self::Postgres(fresh) => fresh.url().to_owned(),
        };
        DatabaseSettings::new(url.parse().unwrap())
    }

    /// Opens it as it is.
    pub(crate) async fn open(&self) -> Database {
        let database = Database::connect(&self.settings(), Arc::new(Recorder::default())).await.unwrap();
        database.recording(Arc::new(FakeSecrets), Arc::new(SequentialIds::default()))
    }

    /// Opens it with all tables, and so many lanes of the audit log.
    pub(crate) async fn on_lanes(&self, lanes: u16) -> Database {
        self.migrated().await.recording_on(lanes, Arc::new(FakeSecrets), Arc::new(SequentialIds::default()))
    }

    /// Opens it with all tables.
    pub(crate) async fn migrated(&self) -> Database {
        let database = self.open().await;
        database.migrations().up().await.unwrap();
        database
    }

    /// Runs statements on a connection of its own.
    pub(crate) async fn execute(&self, sql: &str) {
        match self {
            Self::Sqlite(_) => self.sqlite().batch_execute(sql).unwrap(),
            Self::Postgres(fresh) => fresh.client().await.batch_execute(sql).await.unwrap(),
        }
    }

    /// The answer to a query of one text column named `line`, in its order.
    pub(crate) async fn lines(&self, sql: &str) -> Vec<String> {
        match self {
            Self::Sqlite(_) => {
                let rows: Vec<Line> = diesel::sql_query(sql).load(&mut self.sqlite()).unwrap();
                rows.into_iter().map(|row| row.line).collect()
            }
            Self::Postgres(fresh) => {
                let rows = fresh.client().await.query(sql, &[]).await.unwrap();
                rows.iter().map(|row| row.get("line")).collect()
            }
        }
    }

    /// How SQLite would go about a statement.
    pub(crate) fn explain_sqlite(&self, statement: &str) -> String {
        let plan: Vec<Step> =
            diesel::sql_query(format!("EXPLAIN QUERY PLAN {statement}")).load(&mut self.sqlite()).unwrap();
        plan.into_iter().map(|step| step.detail + "\n").collect()
    }

    /// Locks the users for everybody else until it is dropped.
    pub(crate) async fn lock_users(&self) -> Box<dyn Any> {
        match self {
            Self::Sqlite(_) => {
                let mut connection = self.sqlite();
                connection.batch_execute("BEGIN IMMEDIATE").unwrap();
                Box::new(connection)
            }
            Self::Postgres(fresh) => {
                let client = fresh.client().await;
                client.batch_execute("BEGIN; LOCK TABLE users").await.unwrap();
                Box::new(client)
            }
        }
    }

    /// Whether no transaction is open that changes something.
    pub(crate) async fn is_at_rest(&self) -> bool {
        match self {
            Self::Sqlite(_) => self.sqlite().batch_execute("BEGIN IMMEDIATE; ROLLBACK").is_ok(),
            Self::Postgres(_) => {
                let busy = "SELECT state AS line FROM pg_stat_activity \
                            WHERE datname = current_database() AND application_name = 'threshold' AND state <> 'idle'";
                self.lines(busy).await.is_empty()
            }
        }
    }

    /// Whether a transaction waits for what another one holds; on SQLite it waits to begin, and that can't be seen.
    pub(crate) async fn somebody_waits_for_a_row(&self) -> bool {
        let waiting = "SELECT state AS line FROM pg_stat_activity \
                       WHERE datname = current_database() AND application_name = 'threshold' AND wait_event_type = 'Lock'";
        matches!(self, Self::Sqlite(_)) || !self.lines(waiting).await.is_empty()
    }

    fn sqlite(&self) -> SqliteConnection {
        let settings = self.settings();
        SqliteConnection::establish(settings.url.sqlite_path().unwrap().to_str().unwrap()).unwrap()
    }
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// Remembers the last value of each gauge and how often each histogram was fed.
#[derive(Default)]
pub(crate) struct Recorder {
    values: Mutex<HashMap<(Metric, Vec<String>), f64>>,
}

impl Recorder {
    pub(crate) fn value(&self, metric: Metric, labels: &[&str]) -> Option<f64> {
        self.values.lock().unwrap().get(&key(metric, labels)).copied()
    }
}

impl Meter for Recorder {
    fn count(&self, metric: Metric, labels: &[&str]) {
        *self.values.lock().unwrap().entry(key(metric, labels)).or_default() += 1.0;
    }

    fn set(&self, metric: Metric, labels: &[&str], value: f64) {
        self.values.lock().unwrap().insert(key(metric, labels), value);
    }

    fn observe(&self, metric: Metric, labels: &[&str], _value: f64) {
        self.count(metric, labels);
    }
}

fn key(metric: Metric, labels: &[&str]) -> (Metric, Vec<String>) {
    (metric, labels.iter().map(ToString::to_string).collect())
}

/// One test for each database: `on_both! { async fn name(place: Place) { … } }`.
#[macro_export]
macro_rules! on_both {
    ($(async fn $name:ident($place:ident: Place) $body:block)*) => {
        $(
            async fn $name($place: $crate::fixture::Place) $body

            mod $name {
                use $crate::fixture::{Kind, Place};

                #[tokio::test]
                async fn sqlite() {
                    super::$name(Place::new(Kind::Sqlite).await).await;
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn postgres() {
                    super::$name(Place::new(Kind::Postgres).await).await;
                }
            }
        )*
    };
}
