//! What is hashed together.

use crate::gate::{Gate, PATIENT};
use crate::{hash, occupy, password, settings, start, stored_with_cost, wait_in_queue};
use std::num::NonZeroUsize;
use std::sync::Arc;
use threshold_application::ports::{HashingError, PasswordHasher, PasswordMatch};
use threshold_bcrypt::{BcryptHasher, BcryptSettings};
use threshold_domain::accounts::PasswordHash;

/// How many were begun before each time that any was done.
fn batches(gate: &Gate) -> Vec<usize> {
    let log = gate.log();
    let begun = log.split(|entry| entry == "done").map(<[String]>::len);
    begun.filter(|begun| *begun > 0).collect()
}

#[tokio::test]
async fn up_to_four_that_wait_are_hashed_together() {
    let (hasher, gate) = start(settings(PATIENT));
    let busy = occupy(&hasher, &gate).await;
    let waiting = wait_in_queue(&hasher, &gate, 6).await;
    gate.open();
    for caller in waiting.into_iter().chain([busy]) {
        caller.await.unwrap().unwrap();
    }
    assert_eq!(batches(&gate), [1, 4, 2]);
}

#[tokio::test]
async fn the_reference_core_takes_one_at_a_time() {
    let (hasher, gate) = start(BcryptSettings { interleaved: false, ..settings(PATIENT) });
    let busy = occupy(&hasher, &gate).await;
    let waiting = wait_in_queue(&hasher, &gate, 3).await;
    gate.open();
    for caller in waiting.into_iter().chain([busy]) {
        caller.await.unwrap().unwrap();
    }
    assert_eq!(batches(&gate), [1, 1, 1, 1]);
}

#[tokio::test]
async fn only_those_of_one_cost_are_hashed_together_wherever_they_stand() {
    let (hasher, gate) = start(settings(PATIENT));
    let busy = occupy(&hasher, &gate).await;
    let mut waiting = Vec::new();
    for cost in [5, 4, 5, 4, 5] {
        let hasher = Arc::clone(&hasher);
        waiting.push(tokio::spawn(async move { hasher.verify(password("x"), Some(stored_with_cost(cost))).await }));
    }
    gate.until(|gate| gate.depth() >= 5.0).await;
    gate.open();
    for caller in waiting {
        assert_eq!(caller.await.unwrap().unwrap(), PasswordMatch::Mismatch);
    }
    busy.await.unwrap().unwrap();
    assert_eq!(batches(&gate), [1, 3, 2]);
}

#[tokio::test]
async fn every_one_of_many_at_once_gets_its_own_answer() {
    let (hasher, gate) = start(settings(PATIENT));
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
    assert_eq!(gate.count_of("done"), 17);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn callers_of_every_kind_from_many_threads_get_their_own_answers() {
    let (hasher, gate) = start(BcryptSettings { threads: NonZeroUsize::new(3).unwrap(), ..settings(PATIENT) });
    let long = "violet harbour ".repeat(10);
    let stored = hasher.hash(password(&long)).await.unwrap();
    let callers: Vec<_> = (0..64)
        .map(|i| {
            let (hasher, long, stored) = (Arc::clone(&hasher), long.clone(), stored.clone());
            tokio::spawn(async move { one_of_many(i, &hasher, &long, stored).await })
        })
        .collect();
    let gone: Vec<_> = (0..16).map(|_| hash(&hasher)).collect();
    gone.iter().for_each(tokio::task::JoinHandle::abort);
    for (i, caller) in callers.into_iter().enumerate() {
        assert_eq!(caller.await.unwrap().unwrap(), [PasswordMatch::Match, PasswordMatch::Mismatch][i % 4 % 2], "{i}");
    }
    assert_eq!(gate.count_of("refused"), 0);
    assert!(gate.count_of("done") >= 65 + 16);
}

/// Even ones match: a long password, and a new one against its own hash. Odd ones don't.
async fn one_of_many(
    i: usize,
    hasher: &BcryptHasher,
    long: &str,
    stored: PasswordHash,
) -> Result<PasswordMatch, HashingError> {
    match i % 4 {
        0 => hasher.verify(password(long), Some(stored)).await,
        1 => hasher.verify(password(long), None).await,
        2 => {
            let text = format!("p{i}");
            let hash = hasher.hash(password(&text)).await?;
            hasher.verify(password(&text), Some(hash)).await
        }
        _ => hasher.verify(password("x"), Some(stored_with_cost(5))).await,
    }
}

#[tokio::test]
async fn comparing_with_nothing_does_the_work_of_comparing_with_something() {
    let (hasher, gate) = start(settings(PATIENT));
    let stored = hasher.hash(password("x")).await.unwrap();
    let one = gate.log();
    assert_eq!(hasher.verify(password("y"), Some(stored)).await.unwrap(), PasswordMatch::Mismatch);
    assert_eq!(hasher.verify(password("y"), None).await.unwrap(), PasswordMatch::Mismatch);
    assert_eq!(gate.log(), [one.clone(), one.clone(), one].concat());
}

#[tokio::test]
async fn a_hash_that_is_none_or_too_dear_is_unreadable_and_costs_nothing() {
    let (hasher, gate) = start(settings(PATIENT));
    for stored in [PasswordHash::new("secret".to_owned()), stored_with_cost(17), stored_with_cost(31)] {
        let outcome = hasher.verify(password("x"), Some(stored)).await;
        assert!(matches!(outcome, Err(HashingError::Unreadable(_))));
    }
    assert!(gate.log().is_empty());
}
