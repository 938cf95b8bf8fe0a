//! What is over is deleted while others go on.

use crate::fixture::{Kind, Place};
use crate::values::eventually;
use chrono::TimeDelta;
use std::sync::Arc;
use threshold_application::ports::{StoreError, UnitOfWork};
use threshold_domain::Timestamp;
use threshold_domain::limits::{AttemptCount, AttemptKey};

/// Two counts; PostgreSQL finds them in this order.
const KEYS: [AttemptKey; 2] = [AttemptKey([1; 32]), AttemptKey([2; 32])];

fn at(minutes: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + TimeDelta::minutes(minutes)
}

async fn purge(unit_of_work: Arc<dyn UnitOfWork>) -> Result<u32, StoreError> {
    let mut tx = unit_of_work.begin().await?;
    let purged = tx.attempts().purge(at(60), 10).await?;
    tx.commit().await?;
    Ok(purged)
}

/// SQLite has one writer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_count_that_begins_anew_while_old_ones_go_is_kept_and_nobody_waits_in_a_circle() {
    let place = Place::new(Kind::Postgres).await;
    let database = place.migrated().await;
    let mut tx = database.unit_of_work().begin().await.unwrap();
    for key in KEYS {
        tx.attempts().count(key, at(0), at(-60)).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut failing = database.unit_of_work().begin().await.unwrap();
    failing.attempts().count(KEYS[1], at(61), at(1)).await.unwrap();
    let purging = tokio::spawn(purge(database.unit_of_work()));
    let waits = "SELECT pid::text AS line FROM pg_stat_activity \
                 WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let goes_on = async || purging.is_finished() || !place.lines(waits).await.is_empty();
    eventually("the purge ends or waits", goes_on).await;
    failing.attempts().count(KEYS[0], at(61), at(1)).await.unwrap();
    failing.commit().await.unwrap();
    purging.await.unwrap().unwrap();
    for key in KEYS {
        let counted = database.attempts().counted(key).await.unwrap();
        assert_eq!(counted, Some(AttemptCount { failures: 1, since: at(61) }));
    }
}
