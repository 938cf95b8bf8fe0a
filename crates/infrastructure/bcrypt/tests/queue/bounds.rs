//! Nobody waits too long, and nothing is done for nobody.

use crate::gate::PATIENT;
use crate::{hash, occupy, password, refused, settings, start, stored_with_cost, wait_in_queue};
use std::thread;
use std::time::{Duration, Instant};
use threshold_application::ports::PasswordHasher;
use threshold_bcrypt::{BcryptSettings, Cost};

/// Waited out by tests, and yet longer than a thread needs to start on a busy machine.
const LIMIT: Duration = Duration::from_secs(1);

#[tokio::test]
async fn a_full_queue_refuses_at_once_with_a_time_to_come_back() {
    let limit = Duration::from_secs(5);
    let (hasher, gate) = start(BcryptSettings { cost: Cost::new(10).unwrap(), ..settings(limit) });
    hasher.hash(password("measured")).await.unwrap();
    let busy = occupy(&hasher, &gate).await;
    let mut callers = Vec::new();
    while gate.count_of("refused") == 0 {
        callers.push(hash(&hasher));
        tokio::task::yield_now().await;
    }
    // More than one batch may wait, but fewer than may while nothing is known of the time that one takes.
    assert!((5..1024).contains(&callers.len()), "{}", callers.len());
    // Who waits in vain is told the limit itself: this one was not let in.
    assert!(refused(callers.pop().unwrap().await.unwrap()) > limit);
    callers.iter().for_each(tokio::task::JoinHandle::abort);
    gate.open();
    busy.await.unwrap().unwrap();
    hasher.hash(password("served again")).await.unwrap();
}

#[tokio::test]
async fn a_dear_comparison_is_refused_where_a_cheap_one_may_wait() {
    let (hasher, gate) = start(settings(Duration::from_secs(1)));
    hasher.hash(password("measured")).await.unwrap();
    let busy = occupy(&hasher, &gate).await;
    let waiting = wait_in_queue(&hasher, &gate, 1).await;
    refused(hasher.verify(password("x"), Some(stored_with_cost(16))).await);
    gate.open();
    busy.await.unwrap().unwrap();
    for caller in waiting {
        caller.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn the_queue_is_bounded_before_anything_was_measured() {
    let (hasher, gate) = start(settings(PATIENT));
    let busy = occupy(&hasher, &gate).await;
    let waiting = wait_in_queue(&hasher, &gate, 1024).await;
    assert_eq!(refused(hasher.hash(password("x")).await), PATIENT);
    gate.open();
    busy.await.unwrap().unwrap();
    for caller in waiting {
        caller.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn nobody_waits_beyond_the_bound_for_a_thread_that_hangs() {
    let (hasher, gate) = start(settings(LIMIT));
    let busy = occupy(&hasher, &gate).await;
    for caller in wait_in_queue(&hasher, &gate, 3).await {
        assert_eq!(refused(caller.await.unwrap()), LIMIT);
    }
    assert_eq!(gate.log(), ["begun", "refused", "refused", "refused"]);
    gate.until(|gate| gate.depth() == 0.0).await;
    gate.open();
    busy.await.unwrap().unwrap();
    hasher.hash(password("served again")).await.unwrap();
    // Refused is all that they were.
    assert_eq!((gate.count_of("done"), gate.count_of("abandoned")), (2, 0));
}

#[tokio::test]
async fn who_waited_too_long_is_not_hashed_even_if_no_timer_ran() {
    let (hasher, gate) = start(settings(LIMIT));
    let busy = occupy(&hasher, &gate).await;
    let late = wait_in_queue(&hasher, &gate, 1).await.remove(0);
    // No caller is polled from here on, as on a machine that is starved.
    let since = Instant::now();
    while since.elapsed() < LIMIT {
        thread::yield_now();
    }
    gate.open();
    while gate.log().len() < 3 {
        assert!(since.elapsed() < PATIENT);
        thread::yield_now();
    }
    assert_eq!(gate.log(), ["begun", "done", "refused"]);
    refused(late.await.unwrap());
    busy.await.unwrap().unwrap();
}

#[tokio::test]
async fn work_that_nobody_waits_for_is_not_done() {
    let (hasher, gate) = start(settings(PATIENT));
    let busy = occupy(&hasher, &gate).await;
    for caller in wait_in_queue(&hasher, &gate, 8).await {
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
    }
    gate.open();
    busy.await.unwrap().unwrap();
    hasher.hash(password("last")).await.unwrap();
    assert_eq!((gate.count_of("done"), gate.count_of("abandoned"), gate.count_of("refused")), (2, 8, 0));
    assert!(gate.depth() == 0.0);
}

#[tokio::test]
async fn the_time_waited_is_recorded() {
    let (hasher, gate) = start(settings(PATIENT));
    let busy = occupy(&hasher, &gate).await;
    let waiting = wait_in_queue(&hasher, &gate, 1).await;
    let since = Instant::now();
    while since.elapsed() < Duration::from_millis(20) {
        tokio::task::yield_now().await;
    }
    gate.open();
    for caller in waiting.into_iter().chain([busy]) {
        caller.await.unwrap().unwrap();
    }
    assert!(gate.waits()[1] >= 0.02, "{:?}", gate.waits());
}
