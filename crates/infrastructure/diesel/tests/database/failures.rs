//! What fails is named for what it is, and passes when its cause does.

use crate::fixture::{Kind, Place, Recorder};
use crate::on_both;
use crate::values::user;
use std::sync::Arc;
use std::time::Duration;
use threshold_application::ports::StoreError;
use threshold_diesel::{Database, DatabaseSettings};

const KILL: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                    WHERE datname = current_database() AND application_name = 'threshold'";

async fn insert(database: &Database, number: u128) -> Result<(), StoreError> {
    let mut transaction = database.unit_of_work().begin().await?;
    transaction.users().insert(&user(number), None).await?;
    transaction.commit().await
}

on_both! {
    async fn after_an_error_nothing_is_committed(place: Place) {
        let database = place.migrated().await;
        insert(&database, 1).await.unwrap();
        let mut transaction = database.unit_of_work().begin().await.unwrap();
        transaction.users().insert(&user(2), None).await.unwrap();
        assert!(transaction.users().insert(&user(1), None).await.is_err());
        assert!(transaction.commit().await.is_err(), "PostgreSQL alone would say that it did");
        assert_eq!(database.accounts().find(user(2).id).await.unwrap(), None);
        insert(&database, 2).await.unwrap();
    }

    async fn what_breaks_the_domains_rules_is_corrupt(place: Place) {
        let database = place.migrated().await;
        insert(&database, 1).await.unwrap();
        place.execute("UPDATE users SET email = 'nobody'").await;
        let found = database.accounts().find(user(1).id).await;
        assert!(matches!(found, Err(StoreError::Corrupt { place: "users.email", .. })), "{found:?}");
    }

    async fn a_missing_table_is_no_outage(place: Place) {
        let database = place.open().await;
        let found = database.accounts().find(user(1).id).await;
        assert!(matches!(found, Err(StoreError::Corrupt { place: "users", .. })), "{found:?}");
    }

    async fn a_lock_held_by_others_is_an_outage_until_it_is_released(place: Place) {
        drop(place.migrated().await);
        let settings = DatabaseSettings { statement_timeout: Duration::from_millis(100), ..place.settings() };
        let database = Database::connect(&settings, Arc::new(Recorder::default())).await.unwrap();
        let lock = place.lock_users().await;
        let refused = insert(&database, 1).await;
        assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
        drop(lock);
        crate::values::eventually("it works again", async || insert(&database, 1).await.is_ok()).await;
    }
}

#[tokio::test]
async fn killed_connections_cost_a_second_try_and_no_error() {
    let place = Place::new(Kind::Postgres).await;
    let database = place.migrated().await;
    for number in 1..=5 {
        place.execute(KILL).await;
        assert_eq!(database.accounts().find(user(number).id).await.unwrap(), None);
        place.execute(KILL).await;
        insert(&database, number).await.unwrap();
    }
}

#[tokio::test]
async fn a_connection_killed_in_a_transaction_is_an_outage_of_that_transaction() {
    let place = Place::new(Kind::Postgres).await;
    let database = place.migrated().await;
    let mut transaction = database.unit_of_work().begin().await.unwrap();
    place.execute(KILL).await;
    let refused = transaction.users().insert(&user(1), None).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    drop(transaction);
    insert(&database, 1).await.unwrap();
}

#[tokio::test]
async fn a_read_only_server_is_an_outage_and_recovers() {
    let place = Place::new(Kind::Postgres).await;
    drop(place.migrated().await);
    let set = async |value: &str| {
        let statement = format!(
            "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = {value}', \
             current_database()); END $$"
        );
        place.execute(&format!("BEGIN READ WRITE; {statement}; COMMIT")).await;
        place.execute(KILL).await;
    };
    let database = place.open().await;
    set("on").await;
    let refused = insert(&database, 1).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    assert_eq!(database.accounts().find(user(1).id).await.unwrap(), None);
    set("off").await;
    insert(&database, 1).await.unwrap();
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_without_the_password() {
    let settings = DatabaseSettings::new("postgres://me:hunter2@127.0.0.1:1/threshold".parse().unwrap());
    let Err(refused) = Database::connect(&settings, Arc::new(Recorder::default())).await else { panic!() };
    let text = refused.to_string();
    assert!(text.starts_with("the database postgres://127.0.0.1:1/threshold can't be opened: "), "{text}");
    assert!(text.contains(": error connecting to server: ") && text.matches("refused").count() == 1, "{text}");
    assert!(!format!("{refused:?}{text}{settings:?}").contains("hunter2"), "{text}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_file_is_readable_by_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new(Kind::Sqlite).await;
    drop(place.migrated().await);
    let settings = place.settings();
    let folder = settings.url.sqlite_path().unwrap().parent().unwrap();
    let mode =
        |file: std::io::Result<std::fs::DirEntry>| file.unwrap().metadata().unwrap().permissions().mode() & 0o777;
    let modes: Vec<u32> = std::fs::read_dir(folder).unwrap().map(mode).collect();
    assert!(!modes.is_empty() && modes.iter().all(|mode| *mode == 0o600), "{modes:?}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let place = Place::new(Kind::Sqlite).await;
    let settings = place.settings();
    let path = settings.url.sqlite_path().unwrap();
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, "not a database at all, however long one looks at it").unwrap();
    let Err(refused) = Database::connect(&settings, Arc::new(Recorder::default())).await else { panic!() };
    assert!(refused.to_string().contains("file is not a database"), "{refused}");
}
