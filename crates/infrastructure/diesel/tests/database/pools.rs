//! The pools keep to their bounds.

use crate::fixture::{Kind, Place, Recorder};
use crate::values::{eventually, user};
use futures::future::join_all;
use std::sync::Arc;
use std::time::Duration;
use threshold_application::ports::{Metric, StoreError};
use threshold_diesel::{Database, DatabaseSettings};

async fn open(place: &Place, settings: DatabaseSettings) -> (Database, Arc<Recorder>) {
    let recorder = Arc::new(Recorder::default());
    let database = Database::connect(&settings, recorder.clone()).await.unwrap();
    database.migrations().up().await.unwrap();
    assert_eq!(place.settings().url.to_string(), settings.url.to_string());
    (database, recorder)
}

fn impatient(place: &Place) -> DatabaseSettings {
    DatabaseSettings { acquire_timeout: Duration::from_millis(50), ..place.settings() }
}

#[tokio::test]
async fn a_burst_opens_25_connections_and_5_of_them_stay() {
    let place = Place::new(Kind::Postgres).await;
    let (database, recorder) = open(&place, place.settings()).await;
    let connections = |state| recorder.value(Metric::PoolConnections, &["postgres", state]);
    let unit_of_work = database.unit_of_work();

    let burst: Result<Vec<_>, _> = join_all((0..25).map(|_| unit_of_work.begin())).await.into_iter().collect();
    eventually("25 in use", async || connections("used") == Some(25.0)).await;
    drop(burst.unwrap());
    eventually("5 idle", async || connections("idle") == Some(5.0) && connections("used") == Some(0.0)).await;

    let open = "SELECT count(*)::text AS line FROM pg_stat_activity \
                WHERE datname = current_database() AND application_name = 'threshold'";
    eventually("5 open on the server", async || place.lines(open).await == ["5"]).await;
}

#[tokio::test]
async fn who_waits_too_long_for_postgres_is_told_that_it_is_overloaded() {
    let place = Place::new(Kind::Postgres).await;
    let settings =
        DatabaseSettings { max_connections: 2, acquire_timeout: Duration::from_millis(200), ..place.settings() };
    let (database, recorder) = open(&place, settings).await;
    let unit_of_work = database.unit_of_work();
    let held = (unit_of_work.begin().await.unwrap(), unit_of_work.begin().await.unwrap());
    assert!(matches!(unit_of_work.begin().await, Err(StoreError::Overloaded)));
    assert!(matches!(database.accounts().find(user(1).id).await, Err(StoreError::Overloaded)));
    drop(held);
    assert!(unit_of_work.begin().await.is_ok());
    assert!(recorder.value(Metric::PoolWait, &["postgres"]) >= Some(5.0));
}

#[tokio::test]
async fn sqlite_has_one_writer_and_its_readers_do_not_wait() {
    let place = Place::new(Kind::Sqlite).await;
    let (database, _recorder) = open(&place, impatient(&place)).await;
    let unit_of_work = database.unit_of_work();
    let mut writing = unit_of_work.begin().await.unwrap();
    writing.users().insert(&user(1), None).await.unwrap();
    assert!(matches!(unit_of_work.begin().await, Err(StoreError::Overloaded)));
    assert_eq!(database.accounts().find(user(1).id).await.unwrap(), None, "it isn't committed");
    writing.commit().await.unwrap();
    assert_eq!(database.accounts().find(user(1).id).await.unwrap(), Some(user(1)));
    assert!(unit_of_work.begin().await.is_ok());
}

#[tokio::test]
async fn an_old_connection_is_replaced() {
    let place = Place::new(Kind::Postgres).await;
    let settings = DatabaseSettings { max_lifetime: Duration::ZERO, ..place.settings() };
    let (database, _recorder) = open(&place, settings).await;
    let pids = "SELECT pid::text AS line FROM pg_stat_activity \
                WHERE datname = current_database() AND application_name = 'threshold'";
    database.accounts().find(user(1).id).await.unwrap();
    let before = place.lines(pids).await;
    database.accounts().find(user(1).id).await.unwrap();
    eventually("another connection", async || place.lines(pids).await != before).await;
}

#[tokio::test]
async fn a_closed_database_lends_nothing() {
    let place = Place::new(Kind::Sqlite).await;
    let (database, _recorder) = open(&place, place.settings()).await;
    let accounts = database.accounts();
    database.close();
    assert!(matches!(accounts.find(user(1).id).await, Err(StoreError::Unavailable(_))));
}

#[tokio::test]
async fn a_statement_on_postgres_has_a_bound_and_is_not_compiled_first() {
    let place = Place::new(Kind::Postgres).await;
    let (database, _recorder) = open(&place, place.settings()).await;
    let note = "CREATE TABLE noted (line text); \
                CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO noted \
                VALUES (current_setting('jit') || ' ' || current_setting('statement_timeout')); RETURN NULL; END $$; \
                CREATE TRIGGER noting AFTER INSERT ON users EXECUTE FUNCTION note()";
    place.execute(note).await;
    let mut transaction = database.unit_of_work().begin().await.unwrap();
    transaction.users().insert(&user(1), None).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(place.lines("SELECT line FROM noted").await, ["off 5s"]);
}
