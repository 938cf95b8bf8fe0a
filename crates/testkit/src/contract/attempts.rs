//! Failed attempts.

use super::stores::Stores;
use crate::at;
use threshold_domain::limits::{AttemptCount, AttemptKey};

const KEY: AttemptKey = AttemptKey([1; 32]);
const OTHER: AttemptKey = AttemptKey([2; 32]);

async fn fail(stores: &Stores, key: AttemptKey, seconds: i64, expired: i64) -> AttemptCount {
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    let count = tx.attempts().count(key, at(seconds), at(expired)).await.unwrap();
    tx.commit().await.unwrap();
    count
}

async fn counted(stores: &Stores, key: AttemptKey) -> Option<AttemptCount> {
    stores.attempts.counted(key).await.unwrap()
}

/// Each key by itself.
pub async fn failures_are_counted_from_the_first_on(stores: &Stores) {
    assert_eq!(counted(stores, KEY).await, None);
    for seconds in [1, 5, 9] {
        fail(stores, KEY, seconds, 0).await;
    }
    fail(stores, OTHER, 7, 0).await;
    assert_eq!(counted(stores, KEY).await, Some(AttemptCount { failures: 3, since: at(1) }));
    assert_eq!(counted(stores, OTHER).await, Some(AttemptCount { failures: 1, since: at(7) }));
}

/// From the moment itself on.
pub async fn an_expired_count_begins_again(stores: &Stores) {
    fail(stores, KEY, 1, 0).await;
    fail(stores, KEY, 5, 0).await;
    assert_eq!(fail(stores, KEY, 9, 1).await, AttemptCount { failures: 1, since: at(9) });
    assert_eq!(counted(stores, KEY).await, Some(AttemptCount { failures: 1, since: at(9) }));
}

/// None is lost.
pub async fn failures_at_once_are_all_counted(stores: &Stores) {
    let all = (0..8).map(|_| fail(stores, KEY, 1, 0));
    let mut told: Vec<_> = futures::future::join_all(all).await.iter().map(|count| count.failures).collect();
    told.sort_unstable();
    assert_eq!(told, (1..=8).collect::<Vec<_>>(), "each is told another count");
    assert_eq!(counted(stores, KEY).await, Some(AttemptCount { failures: 8, since: at(1) }));
}

/// And what isn't there is no error.
pub async fn clearing_forgets_one_key(stores: &Stores) {
    fail(stores, KEY, 1, 0).await;
    fail(stores, OTHER, 1, 0).await;
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    tx.attempts().clear(KEY).await.unwrap();
    tx.attempts().clear(AttemptKey([3; 32])).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!((counted(stores, KEY).await, counted(stores, OTHER).await.is_some()), (None, true));
}

/// As with everything in a transaction.
pub async fn a_count_that_is_not_committed_is_none(stores: &Stores) {
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    tx.attempts().count(KEY, at(1), at(0)).await.unwrap();
    drop(tx);
    assert_eq!(counted(stores, KEY).await, None);
}

/// By their first failure.
pub async fn old_counts_are_purged_step_by_step(stores: &Stores) {
    for (number, seconds) in [(1, 1), (2, 2), (3, 3)] {
        fail(stores, AttemptKey([number; 32]), seconds, 0).await;
    }
    let mut tx = stores.unit_of_work.begin().await.unwrap();
    assert_eq!(tx.attempts().purge(at(1), 10).await.unwrap(), 0);
    assert_eq!(tx.attempts().purge(at(3), 1).await.unwrap(), 1);
    assert_eq!(tx.attempts().purge(at(3), 10).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(counted(stores, AttemptKey([3; 32])).await, Some(AttemptCount { failures: 1, since: at(3) }));
}
