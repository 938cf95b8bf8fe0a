//! How the threads end, and what they survive.

use crate::gate::PATIENT;
use crate::{hash, occupy, password, settings, start, wait_in_queue};
use std::sync::Arc;
use threshold_application::ports::{HashingError, Metric, PasswordHasher};

#[tokio::test]
async fn who_waits_or_comes_after_the_stop_is_told_and_work_under_way_is_finished() {
    let (hasher, gate) = start(settings(PATIENT));
    let busy = occupy(&hasher, &gate).await;
    let waiting = wait_in_queue(&hasher, &gate, 3).await;
    hasher.stop();
    for caller in waiting.into_iter().chain([hash(&hasher)]) {
        assert!(matches!(caller.await.unwrap(), Err(HashingError::Stopped)));
    }
    assert!(gate.depth() == 0.0);
    gate.open();
    busy.await.unwrap().unwrap();
    // Each thread holds the meter until it ends; what is left is the hasher's.
    drop(hasher);
    gate.until(|gate| gate.count_of("done") == 1).await;
    gate.until(|_| Arc::strong_count(&gate) == 1).await;
}

#[tokio::test]
async fn threads_end_with_the_hasher() {
    let (hasher, gate) = start(settings(PATIENT));
    hasher.hash(password("x")).await.unwrap();
    drop(hasher);
    gate.until(|_| Arc::strong_count(&gate) == 1).await;
}

#[tokio::test]
async fn a_panic_costs_its_batch_and_not_the_thread() {
    let (hasher, gate) = start(settings(PATIENT));
    // One while it takes a batch, one while it hashes it.
    for metric in [Metric::HashQueueDepth, Metric::HashWait] {
        let busy = occupy(&hasher, &gate).await;
        let hit = wait_in_queue(&hasher, &gate, 2).await;
        gate.panic_in(metric);
        gate.open();
        busy.await.unwrap().unwrap();
        for caller in hit {
            assert!(matches!(caller.await.unwrap(), Err(HashingError::Stopped)), "{metric:?}");
        }
        hasher.hash(password("served again")).await.unwrap();
    }
}
