//! What buckets in memory promise beyond their port.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use futures::executor::block_on;
use proptest::prelude::*;
use std::num::NonZeroU32;
use std::thread;
use std::time::Duration;
use threshold_application::ports::TokenBuckets;
use threshold_domain::limits::RateLimit;
use threshold_in_process::LocalBuckets;

const HOUR: Duration = Duration::from_hours(1);

fn take(buckets: &LocalBuckets, key: &str, quota: u32, wanted: u32) -> u32 {
    let limit = RateLimit { quota: NonZeroU32::new(quota).unwrap(), window: HOUR };
    block_on(buckets.take(key, limit, NonZeroU32::new(wanted).unwrap())).unwrap().granted
}

#[test]
fn there_are_never_more_buckets_than_there_is_room_for() {
    let buckets = LocalBuckets::new(100);
    for key in 0..10_000 {
        assert_eq!(take(&buckets, &key.to_string(), 1, 1), 1);
        assert!(buckets.len() <= 100);
    }
    assert!(buckets.len() > 50);
}

#[test]
fn who_comes_often_is_not_forgotten_for_those_who_came_once() {
    let buckets = LocalBuckets::new(100);
    for _ in 0..3 {
        take(&buckets, "often", 2, 1);
    }
    for key in 0..10_000 {
        take(&buckets, &key.to_string(), 1, 1);
        assert_eq!(take(&buckets, "often", 2, 1), 0, "after {key} others");
    }
}

#[test]
fn threads_get_no_more_than_there_are() {
    let buckets = LocalBuckets::new(10);
    let granted: u32 = thread::scope(|scope| {
        let threads: Vec<_> =
            (0..8).map(|_| scope.spawn(|| (0..1000).map(|_| take(&buckets, "key", 5000, 3)).sum::<u32>())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(granted, 5000);
}

proptest! {
    #[test]
    fn whatever_is_wanted_the_sum_is_the_quota(quota in 1_u32..5000, wanted in prop::collection::vec(1_u32..3000, 1..20)) {
        let buckets = LocalBuckets::new(1);
        let mut left = quota;
        for wanted in wanted {
            let granted = take(&buckets, "key", quota, wanted);
            // 5000 in an hour is one in 0.7 s: a slow machine may see one more.
            prop_assert!(granted >= wanted.min(left) && granted <= wanted.min(left + 1), "{granted} of {left}");
            left = left.saturating_sub(granted);
        }
    }
}
