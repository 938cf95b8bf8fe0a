//! Migrations are applied, reverted, applied again, and never guessed at.

use crate::on_both;
use threshold_diesel::{MigrationError, MigrationState};

on_both! {
    async fn all_are_applied_in_order_and_once(place: Place) {
        let database = place.open().await;
        let migrations = database.migrations();
        let pending = migrations.pending().await.unwrap();
        assert!(pending.is_sorted() && !pending.is_empty());
        assert_eq!(migrations.up().await.unwrap(), pending);
        assert_eq!(migrations.up().await.unwrap(), Vec::<String>::new());
        assert_eq!(migrations.pending().await.unwrap(), Vec::<String>::new());
    }

    async fn each_can_be_reverted_and_applied_again(place: Place) {
        let database = place.migrated().await;
        let migrations = database.migrations();
        let all = migrations.status().await.unwrap();
        for one in all.iter().rev() {
            assert_eq!(migrations.redo().await.unwrap(), one.name);
            assert_eq!(migrations.down().await.unwrap(), one.name);
        }
        assert!(matches!(migrations.down().await, Err(MigrationError::NothingToRevert)));
        assert_eq!(migrations.up().await.unwrap().len(), all.len());
    }

    async fn looking_changes_nothing(place: Place) {
        let database = place.open().await;
        let all = database.migrations().status().await.unwrap();
        assert!(all.iter().all(|one| one.state == MigrationState::Pending));
        assert_eq!(place.lines(crate::schemas::tables(&place)).await, Vec::<String>::new());
    }

    async fn a_newer_database_is_left_alone(place: Place) {
        let database = place.migrated().await;
        place.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('99990101000000')").await;
        let migrations = database.migrations();
        for refused in [
            migrations.up().await.map(drop),
            migrations.down().await.map(drop),
            migrations.redo().await.map(drop),
            migrations.pending().await.map(drop),
        ] {
            let Err(MigrationError::MadeByNewerVersion(unknown)) = refused else { panic!("{refused:?}") };
            assert_eq!(unknown, ["99990101000000"]);
        }
        let last = migrations.status().await.unwrap().pop().unwrap();
        assert_eq!((last.name.as_str(), last.state), ("99990101000000", MigrationState::Unknown));
    }

    async fn of_two_that_migrate_at_once_both_succeed(place: Place) {
        let (one, other) = (place.open().await, place.open().await);
        let (one, other) = (one.migrations(), other.migrations());
        let (first, second) = tokio::join!(one.up(), other.up());
        assert_eq!(first.unwrap().len() + second.unwrap().len(), one.status().await.unwrap().len());
    }

    async fn readiness_follows_the_migrations(place: Place) {
        let database = place.open().await;
        let [answers, migrated] = database.readiness_checks().try_into().ok().unwrap();
        assert_eq!((answers.name(), migrated.name()), ("database", "migrations"));
        assert!(answers.check().await.is_ok());
        assert!(migrated.check().await.is_err());
        database.migrations().up().await.unwrap();
        assert!(migrated.check().await.is_ok());
    }
}
