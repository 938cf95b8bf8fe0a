//! What is forgotten when, against fakes.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use chrono::TimeDelta;
use std::sync::Arc;
use threshold_application::ports::{AccountReader, SessionReader, SignedCheckpoint, UnitOfWork};
use threshold_application::retention::{EnforceRetention, RetentionPeriods, RetentionReport};
use threshold_domain::access::ApiKey;
use threshold_domain::accounts::{AccountLink, User};
use threshold_domain::audit::{AuditEvent, AuditSignature, ChainHash, Checkpoint};
use threshold_domain::jobs::{Job, JobState};
use threshold_domain::limits::AttemptKey;
use threshold_domain::sessions::Session;
use threshold_testkit::{
    FixedClock, InMemoryStore, a_job, a_link, a_session, a_user, an_api_key, an_api_key_secret, an_event, at,
};

const DAY: i64 = 24 * 3600;

const PERIODS: RetentionPeriods = RetentionPeriods {
    sessions: TimeDelta::seconds(100),
    accounts: TimeDelta::seconds(200),
    dead_jobs: TimeDelta::seconds(300),
    audit: TimeDelta::days(365),
};

/// Without any chain.
fn a_checkpoint(number: u64) -> SignedCheckpoint {
    let checkpoint = Checkpoint { number, at: at(0), previous: ChainHash::new([0; 32]), heads: vec![] };
    SignedCheckpoint { signature: AuditSignature::new([0; 64]), checkpoint }
}

/// Everything at its end at `at(0)`, of a user who stays, and a user who was deleted then.
async fn everything_over() -> (InMemoryStore, Arc<FixedClock>, EnforceRetention) {
    let (store, clock) = (InMemoryStore::default(), Arc::new(FixedClock::default()));
    let mut tx = store.begin().await.unwrap();
    let deleted = User { deleted_at: Some(at(0)), ..a_user(2) };
    for user in [&a_user(1), &deleted] {
        tx.users().insert(user, None).await.unwrap();
    }
    let session = a_session(1, &a_user(1));
    tx.sessions().insert(&Session { idle_until: at(0), ..session }).await.unwrap();
    tx.links().add(&AccountLink { expires_at: at(0), ..a_link(1, &a_user(1), -10) }).await.unwrap();
    tx.attempts().count(AttemptKey([1; 32]), at(0), at(-1)).await.unwrap();
    tx.jobs().enqueue(&Job { state: JobState::Dead, ..a_job(1, 0) }).await.unwrap();
    let key = ApiKey { revoked_at: Some(at(0)), ..an_api_key(1) };
    tx.api_keys().insert(&key, &an_api_key_secret(1).digest()).await.unwrap();
    for number in 1..=2 {
        tx.audit().add_checkpoint(&a_checkpoint(number)).await.unwrap();
    }
    tx.audit().record(AuditEvent { at: at(0), ..an_event() });
    tx.commit().await.unwrap();
    let retention = EnforceRetention { unit_of_work: Arc::new(store.clone()), clock: clock.clone(), periods: PERIODS };
    (store, clock, retention)
}

#[tokio::test]
async fn each_kind_is_kept_for_its_time_and_no_longer() {
    let (_store, clock, retention) = everything_over().await;
    let nothing = RetentionReport::default();
    let mut now = 0;
    for (period, deleted) in [
        (100, RetentionReport { sessions: 1, ..nothing.clone() }),
        (200, RetentionReport { accounts: vec![a_user(2).id], ..nothing.clone() }),
        (300, RetentionReport { dead_jobs: 1, ..nothing.clone() }),
        (3600, RetentionReport { attempts: 1, ..nothing.clone() }),
        (7 * DAY, RetentionReport { links: 1, ..nothing.clone() }),
        (30 * DAY, RetentionReport { api_keys: 1, ..nothing.clone() }),
        // The last checkpoint stays.
        (365 * DAY, RetentionReport { checkpoints: 1, ..nothing.clone() }),
        // Records go with their segment, which was closed after a week: one was there, and one tells of the erased account.
        (372 * DAY + 1, RetentionReport { audit_records: 2, ..nothing.clone() }),
    ] {
        clock.advance(TimeDelta::seconds(period - now));
        now = period;
        assert_eq!(retention.execute().await.unwrap(), nothing, "after {period} s");
        clock.advance(TimeDelta::seconds(1));
        now += 1;
        assert_eq!(retention.execute().await.unwrap(), deleted, "after more than {period} s");
    }
}

#[tokio::test]
async fn more_than_a_step_goes_in_one_run() {
    let (store, clock, retention) = everything_over().await;
    let mut tx = store.begin().await.unwrap();
    for number in 3..=253 {
        tx.users().insert(&User { deleted_at: Some(at(0)), ..a_user(number) }, None).await.unwrap();
    }
    tx.commit().await.unwrap();
    clock.advance(TimeDelta::seconds(201));
    assert_eq!(retention.execute().await.unwrap().accounts.len(), 252);
    assert!(AccountReader::find(&store, a_user(1).id).await.unwrap().is_some(), "who is not deleted stays");
}

#[tokio::test]
async fn a_session_is_kept_while_it_is_open() {
    let (store, clock, retention) = everything_over().await;
    let open = Session { idle_until: at(1_000), ..a_session(2, &a_user(1)) };
    let mut tx = store.begin().await.unwrap();
    tx.sessions().insert(&open).await.unwrap();
    tx.commit().await.unwrap();
    clock.advance(TimeDelta::seconds(1_000));
    retention.execute().await.unwrap();
    assert!(SessionReader::find(&store, open.id).await.unwrap().is_some());
}
