//! What happens when more passwords come than can be hashed.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use threshold_application::ports::{HashingError, Meter, Metric, PasswordHasher, PasswordMatch, SecretGenerator};
use threshold_bcrypt::{BcryptHasher, BcryptSettings, Cost};
use threshold_domain::accounts::{Password, PasswordHash};

/// Counts what became of passwords.
#[derive(Default)]
struct Outcomes(Mutex<Vec<String>>);

impl Outcomes {
    fn count_of(&self, outcome: &str) -> usize {
        self.0.lock().unwrap().iter().filter(|o| *o == outcome).count()
    }
}

impl Meter for Outcomes {
    fn count(&self, metric: Metric, labels: &[&str]) {
        assert_eq!((metric, labels.len()), (Metric::Hashes, 1));
        self.0.lock().unwrap().push(labels[0].to_owned());
    }

    fn set(&self, _metric: Metric, _labels: &[&str], _value: f64) {}

    fn observe(&self, _metric: Metric, _labels: &[&str], _value: f64) {}
}

/// Salts that count up.
#[derive(Default)]
struct CountingSalts(Mutex<u8>);

impl SecretGenerator for CountingSalts {
    fn fill(&self, bytes: &mut [u8]) {
        let mut next = self.0.lock().unwrap();
        *next = next.wrapping_add(1);
        bytes.fill(*next);
    }
}

fn hasher(cost: u32, max_queue_wait: Duration) -> (Arc<BcryptHasher>, Arc<Outcomes>) {
    let settings = BcryptSettings {
        cost: Cost::new(cost).unwrap(),
        threads: NonZeroUsize::MIN,
        max_queue_wait,
        interleaved: true,
    };
    let outcomes = Arc::new(Outcomes::default());
    let meter = Arc::clone(&outcomes);
    (Arc::new(BcryptHasher::start(settings, Arc::new(CountingSalts::default()), meter)), outcomes)
}

fn password(text: &str) -> Password {
    Password::parse(text).unwrap()
}

const PATIENT: Duration = Duration::from_mins(1);

#[tokio::test]
async fn a_password_matches_its_own_hash_alone() {
    let (hasher, _) = hasher(4, PATIENT);
    let hash = hasher.hash(password("violet harbour")).await.unwrap();
    assert_eq!(hasher.verify(password("violet harbour"), Some(hash.clone())).await.unwrap(), PasswordMatch::Match);
    assert_eq!(hasher.verify(password("violet harboux"), Some(hash)).await.unwrap(), PasswordMatch::Mismatch);
}

#[tokio::test]
async fn one_password_has_a_new_hash_every_time() {
    let (hasher, _) = hasher(4, PATIENT);
    assert_ne!(hasher.hash(password("x")).await.unwrap(), hasher.hash(password("x")).await.unwrap());
}

#[tokio::test]
async fn comparing_with_nothing_does_the_same_work_and_never_matches() {
    let (hasher, outcomes) = hasher(4, PATIENT);
    assert_eq!(hasher.verify(password("x"), None).await.unwrap(), PasswordMatch::Mismatch);
    assert_eq!(outcomes.count_of("done"), 1);
}

#[tokio::test]
async fn a_hash_in_no_known_form_is_unreadable_and_costs_nothing() {
    let (hasher, outcomes) = hasher(4, PATIENT);
    let outcome = hasher.verify(password("x"), Some(PasswordHash::new("secret".to_owned()))).await;
    assert!(matches!(outcome, Err(HashingError::Unreadable(_))));
    assert_eq!(outcomes.count_of("done"), 0);
}

#[tokio::test]
async fn every_one_of_many_at_once_gets_its_own_answer() {
    let (hasher, outcomes) = hasher(4, PATIENT);
    let first = hasher.hash(password("p0")).await.unwrap();
    let attempts = (0..16).map(|i| {
        let (hasher, first) = (Arc::clone(&hasher), first.clone());
        tokio::spawn(async move { hasher.verify(password(&format!("p{i}")), Some(first)).await.unwrap() })
    });
    let mut matched = Vec::new();
    for attempt in attempts.collect::<Vec<_>>() {
        matched.push(attempt.await.unwrap() == PasswordMatch::Match);
    }
    assert_eq!(matched.iter().position(|m| *m), Some(0));
    assert_eq!(matched.iter().filter(|m| **m).count(), 1);
    assert_eq!(outcomes.count_of("done"), 17);
}

#[tokio::test]
async fn who_would_wait_too_long_is_refused_with_a_time_to_come_back() {
    // Forty hashes of cost 10 take far longer than anybody may wait here.
    let (hasher, outcomes) = hasher(10, Duration::from_millis(50));
    hasher.hash(password("warm-up")).await.ok();
    let attempts: Vec<_> = (0..40)
        .map(|_| {
            let hasher = Arc::clone(&hasher);
            tokio::spawn(async move { hasher.hash(password("x")).await })
        })
        .collect();
    let mut refused = 0;
    for attempt in attempts {
        match attempt.await.unwrap() {
            Ok(_) => {}
            Err(HashingError::Overloaded { retry_after }) => {
                assert!(retry_after >= Duration::from_millis(50));
                refused += 1;
            }
            Err(other) => panic!("{other:?}"),
        }
    }
    assert!(refused >= 20, "{refused}");
    assert!(outcomes.count_of("refused") >= refused);
    // It serves again once the queue is empty.
    let served = async { while hasher.hash(password("x")).await.is_err() {} };
    tokio::time::timeout(PATIENT, served).await.unwrap();
}

#[tokio::test]
async fn work_that_nobody_waits_for_is_not_done() {
    let (hasher, outcomes) = hasher(11, PATIENT);
    let busy = tokio::spawn({
        let hasher = Arc::clone(&hasher);
        async move { hasher.hash(password("busy")).await }
    });
    tokio::task::yield_now().await;
    let abandoned: Vec<_> = (0..8)
        .map(|_| {
            let hasher = Arc::clone(&hasher);
            tokio::spawn(async move { hasher.hash(password("x")).await })
        })
        .collect();
    tokio::task::yield_now().await;
    abandoned.iter().for_each(tokio::task::JoinHandle::abort);
    busy.await.unwrap().unwrap();
    hasher.hash(password("last")).await.unwrap();
    // A thread that was quicker than the test may have taken one batch of them.
    assert!(outcomes.count_of("abandoned") >= 4);
    assert_eq!(outcomes.count_of("done") + outcomes.count_of("abandoned"), 10);
}

#[tokio::test]
async fn threads_end_with_the_hasher() {
    let (hasher, outcomes) = hasher(4, PATIENT);
    hasher.hash(password("x")).await.unwrap();
    drop(hasher);
    // Each thread holds the meter until it ends.
    let ended = async {
        while Arc::strong_count(&outcomes) > 1 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENT, ended).await.unwrap();
}

#[tokio::test]
async fn the_reference_core_serves_by_setting() {
    let settings = BcryptSettings { cost: Cost::new(4).unwrap(), interleaved: false, ..BcryptSettings::default() };
    let hasher = BcryptHasher::start(settings, Arc::new(CountingSalts::default()), Arc::new(Outcomes::default()));
    let hash = hasher.hash(password("x")).await.unwrap();
    assert_eq!(hasher.verify(password("x"), Some(hash)).await.unwrap(), PasswordMatch::Match);
}
