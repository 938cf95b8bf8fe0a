//! Databases are looked at as they are, and nothing is changed.

use crate::fixture::{Kind, Place, Recorder};
use crate::on_both;
use std::fs;
use std::sync::Arc;
use threshold_application::ports::Meter;
use threshold_diesel::{Database, DatabaseSettings, ExpectedUse};
use threshold_domain::operations::{Finding, Verdict};
use threshold_testkit::FixedClock;

const EXPECTED: ExpectedUse = ExpectedUse { instances: 2, max_connections: 25, migrates_itself: false };

/// By a clock that stands in the past.
async fn examine(settings: &DatabaseSettings, expected: ExpectedUse) -> Vec<Finding> {
    let meter: Arc<dyn Meter> = Arc::new(Recorder::default());
    let database = Database::look(settings, &meter).unwrap();
    let mut found = database.examination(Arc::new(FixedClock::default()), expected).examine().await;
    found.extend(database.integrity_examination().examine().await);
    found
}

fn verdict(findings: &[Finding], name: &str) -> Verdict {
    findings.iter().find(|finding| finding.name == name).unwrap_or_else(|| panic!("{name}: {findings:?}")).verdict
}

on_both! {
    async fn pending_migrations_are_told_of_and_not_applied(place: Place) {
        drop(place.open().await);
        let found = examine(&place.settings(), EXPECTED).await;
        assert_eq!((verdict(&found, "database"), verdict(&found, "migrations")), (Verdict::Ok, Verdict::Fail));
        let found = examine(&place.settings(), ExpectedUse { migrates_itself: true, ..EXPECTED }).await;
        assert_eq!(verdict(&found, "migrations"), Verdict::Warn);
        assert_eq!(place.lines(crate::schemas::tables(&place)).await, Vec::<String>::new());
        place.migrated().await;
        let found = examine(&place.settings(), EXPECTED).await;
        assert_eq!(verdict(&found, "migrations"), Verdict::Ok, "{found:?}");
        place.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('99990101000000')").await;
        let found = examine(&place.settings(), EXPECTED).await;
        assert_eq!(verdict(&found, "migrations"), Verdict::Fail);
    }

    async fn what_looks_can_change_nothing(place: Place) {
        drop(place.migrated().await);
        let meter: Arc<dyn Meter> = Arc::new(Recorder::default());
        let database = Database::look(&place.settings(), &meter).unwrap();
        let refused = database.signing_keys().insert(&threshold_testkit::a_signing_key("one"), threshold_testkit::an_event()).await;
        assert!(refused.is_err());
        assert_eq!(database.signing_keys().list().await.unwrap().len(), 0);
    }
}

#[tokio::test]
async fn who_writes_to_a_file_at_rest_is_noticed_also_after_they_have_gone() {
    let place = Place::new(Kind::Sqlite).await;
    place.migrated().await.close();
    let meter: Arc<dyn Meter> = Arc::new(Recorder::default());
    let database = Database::look(&place.settings(), &meter).unwrap();
    assert_eq!(database.signing_keys().list().await.unwrap().len(), 0);
    assert!(!database.was_disturbed());
    let other = place.open().await;
    assert!(database.was_disturbed());
    let key = threshold_testkit::a_signing_key("one");
    other.signing_keys().insert(&key, threshold_testkit::an_event()).await.unwrap();
    other.close();
    drop(other);
    assert!(database.was_disturbed());
    // Who finds somebody at work sees what they do.
    let _at_work = place.open().await;
    let database = Database::look(&place.settings(), &meter).unwrap();
    assert_eq!(database.signing_keys().list().await.unwrap().len(), 1);
    assert!(!database.was_disturbed());
}

#[tokio::test]
async fn a_server_is_asked_about_itself() {
    let place = Place::new(Kind::Postgres).await;
    drop(place.migrated().await);
    let found = examine(&place.settings(), EXPECTED).await;
    assert_eq!(verdict(&found, "database-clock"), Verdict::Fail, "our clock stands still: {found:?}");
    assert_eq!(verdict(&found, "database-encoding"), Verdict::Ok);
    assert_eq!(verdict(&found, "database-connections"), Verdict::Ok);
    let found = examine(&place.settings(), ExpectedUse { instances: 100, ..EXPECTED }).await;
    assert_eq!(verdict(&found, "database-connections"), Verdict::Warn);
}

#[tokio::test]
async fn a_server_that_is_away_is_told_of_without_the_password() {
    let url = "postgres://ada:hunter2@127.0.0.1:1/threshold";
    let found = examine(&DatabaseSettings::new(url.parse().unwrap()), EXPECTED).await;
    assert_eq!((verdict(&found, "database"), verdict(&found, "migrations")), (Verdict::Fail, Verdict::Skip));
    assert!(!format!("{found:?}").contains("hunter2"), "{found:?}");
}

#[tokio::test]
async fn a_user_who_is_refused_is_told_of_without_their_password() {
    let place = Place::new(Kind::Postgres).await;
    let Place::Postgres(fresh) = &place else { panic!("PostgreSQL") };
    let url = fresh.url().replace("threshold@", "absent:hunter2@");
    let found = examine(&DatabaseSettings::new(url.parse().unwrap()), EXPECTED).await;
    assert_eq!(verdict(&found, "database"), Verdict::Fail, "{found:?}");
    assert!(!format!("{found:?}").contains("hunter2") && format!("{found:?}").contains("absent"), "{found:?}");
}

fn folder(place: &Place) -> Vec<String> {
    let settings = place.settings();
    let folder = settings.url.sqlite_path().unwrap().parent().unwrap().to_owned();
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn looking_at_a_file_makes_none() {
    let place = Place::new(Kind::Sqlite).await;
    let found = examine(&place.settings(), EXPECTED).await;
    assert_eq!((verdict(&found, "database"), folder(&place)), (Verdict::Warn, vec![]));
    let database = place.migrated().await;
    let in_use = folder(&place);
    let found = examine(&place.settings(), EXPECTED).await;
    assert_eq!(
        (verdict(&found, "database"), verdict(&found, "database-integrity")),
        (Verdict::Ok, Verdict::Ok),
        "{found:?}"
    );
    assert_eq!((verdict(&found, "database-journal"), folder(&place)), (Verdict::Ok, in_use));
    database.close();
    drop(database);
    assert_eq!(folder(&place), ["threshold.db"]);
    let found = examine(&place.settings(), EXPECTED).await;
    assert_eq!((verdict(&found, "database-journal"), verdict(&found, "migrations")), (Verdict::Ok, Verdict::Ok));
    assert_eq!(folder(&place), ["threshold.db"]);
}

#[tokio::test]
async fn a_damaged_file_is_told_of() {
    let place = Place::new(Kind::Sqlite).await;
    let database = place.migrated().await;
    database.close();
    drop(database);
    let settings = place.settings();
    let file = settings.url.sqlite_path().unwrap();
    let mut bytes = fs::read(file).unwrap();
    for page in 2..bytes.len() / 4096 {
        bytes[page * 4096 + 3..page * 4096 + 40].fill(0xff);
    }
    fs::write(file, bytes).unwrap();
    let found = examine(&settings, EXPECTED).await;
    assert_eq!(verdict(&found, "database-integrity"), Verdict::Fail, "{found:?}");
}
