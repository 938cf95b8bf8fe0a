//! Jobs: who hears of them, and what can't be read.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::fixture::{Kind, Place};
use std::time::{Duration, Instant};
use threshold_application::ports::{Claim, JobFilter};
use threshold_diesel::Database;
use threshold_domain::jobs::{Job, JobState, Settlement, Verdict};
use threshold_testkit::{a_job, at};
use tokio::time::timeout;
use uuid::Uuid;

/// Far longer than it takes.
const PATIENCE: Duration = Duration::from_secs(10);

async fn enqueue(database: &Database, job: &Job) {
    let mut tx = database.unit_of_work().begin().await.unwrap();
    tx.jobs().enqueue(job).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_job_rings_for_workers_of_the_same_process() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let place = Place::new(kind).await;
        let database = place.migrated().await;
        let bell = database.job_bell();
        if kind == Kind::Postgres {
            // It rings once when it begins to listen.
            timeout(PATIENCE, bell.rung()).await.unwrap();
        }
        enqueue(&database, &a_job(1, 0)).await;
        timeout(PATIENCE, bell.rung()).await.unwrap();
    }
}

#[tokio::test]
async fn a_job_rings_for_workers_of_other_processes_within_a_tenth_of_a_second() {
    let place = Place::new(Kind::Postgres).await;
    let (one, other) = (place.migrated().await, place.open().await);
    let bell = other.job_bell();
    // It rings once when it begins to listen.
    timeout(PATIENCE, bell.rung()).await.unwrap();
    let mut fastest = PATIENCE;
    for number in 1..=5 {
        let committed = Instant::now();
        enqueue(&one, &a_job(number, 0)).await;
        timeout(PATIENCE, bell.rung()).await.unwrap();
        fastest = fastest.min(committed.elapsed());
    }
    assert!(fastest < Duration::from_millis(100), "{fastest:?}");
}

#[tokio::test]
async fn after_its_connection_was_lost_the_bell_rings_again() {
    let place = Place::new(Kind::Postgres).await;
    let (one, other) = (place.migrated().await, place.open().await);
    let bell = other.job_bell();
    timeout(PATIENCE, bell.rung()).await.unwrap();
    place
        .execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'threshold jobs' AND datname = current_database()")
        .await;
    // It rings when it listens again, for what it may have missed.
    timeout(PATIENCE, bell.rung()).await.unwrap();
    enqueue(&one, &a_job(1, 0)).await;
    timeout(PATIENCE, bell.rung()).await.unwrap();
}

#[tokio::test]
async fn a_transaction_that_is_dropped_rings_for_nobody() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let place = Place::new(kind).await;
        let database = place.migrated().await;
        let bell = database.job_bell();
        if kind == Kind::Postgres {
            timeout(PATIENCE, bell.rung()).await.unwrap();
        }
        let mut tx = database.unit_of_work().begin().await.unwrap();
        tx.jobs().enqueue(&a_job(1, 0)).await.unwrap();
        drop(tx);
        assert!(timeout(Duration::from_millis(200), bell.rung()).await.is_err(), "{kind:?}");
    }
}

#[tokio::test]
async fn a_job_of_an_unknown_kind_waits_for_who_knows_it_and_one_that_nobody_can_read_is_given_up() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let place = Place::new(kind).await;
        let database = place.migrated().await;
        enqueue(&database, &a_job(1, 0)).await;
        place.execute("UPDATE jobs SET kind = 'fly_to_the_moon'").await;
        enqueue(&database, &a_job(2, 0)).await;
        place.execute("UPDATE jobs SET kind = 'send_link' WHERE kind = 'enforce_retention'").await;
        enqueue(&database, &a_job(3, 0)).await;
        let claim = Claim { id: Uuid::nil(), now: at(0), until: at(60) };
        let claimed = database.job_queue().claim(&claim, 10).await.unwrap();
        assert_eq!(claimed.iter().map(|job| job.id).collect::<Vec<_>>(), [a_job(3, 0).id]);
        assert_eq!(database.job_queue().next_due().await.unwrap(), Some(at(60)), "nobody waits for the unknown one");
        let listed = database.job_admin().page(&JobFilter::default(), None, 10).await.unwrap();
        let states: Vec<_> = listed.iter().map(|job| (job.kind.as_str(), job.state)).collect();
        let expected = [
            ("fly_to_the_moon", JobState::Waiting),
            ("send_link", JobState::Dead),
            ("enforce_retention", JobState::Running),
        ];
        assert_eq!(states, expected);
    }
}

/// A thousand times what it settles.
const WAITING: &str = "INSERT INTO jobs (id, kind, payload, priority, state, attempts, run_at, created_at, claimed_by)
SELECT ('00000000-0000-0000-0000-' || lpad(to_hex(n), 12, '0'))::uuid, 'enforce_retention', '{}', 2, 'running', 1, now(), now(),
'00000000-0000-0000-0000-000000000000' FROM generate_series(1, 16000) n";

/// What was read of the table without an index, and how many rows were deleted.
const READ: &str = "SELECT seq_tup_read || ' ' || n_tup_del AS line FROM pg_stat_user_tables WHERE relname = 'jobs'";

#[tokio::test]
async fn jobs_are_settled_by_their_keys_also_by_who_has_known_the_table_empty() {
    let place = Place::new(Kind::Postgres).await;
    let database = place.migrated().await;
    // From now on PostgreSQL knows that it is empty.
    place.execute("VACUUM jobs").await;
    let done = |number| Settlement { id: a_job(number, 0).id, claimed_by: Some(Uuid::nil()), verdict: Verdict::Done };
    let batch: Vec<_> = (1..=16).map(done).collect();
    for _ in 0..10 {
        assert_eq!(database.job_queue().settle(&batch).await.unwrap(), 0);
    }
    place.execute(WAITING).await;
    assert_eq!(database.job_queue().settle(&batch).await.unwrap(), 16);
    // What a connection has read is known once it is closed.
    database.close();
    let started = Instant::now();
    loop {
        let line = place.lines(READ).await.remove(0);
        let (read, deleted) = line.split_once(' ').unwrap();
        if deleted == "16" {
            assert!(read.parse::<u32>().unwrap() < 16_000, "{read} rows were read to delete 16");
            return;
        }
        assert!(started.elapsed() < PATIENCE, "{line}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
