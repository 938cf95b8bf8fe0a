//! Token buckets.

use futures::future::join_all;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use threshold_application::ports::{Taken, TokenBuckets};
use threshold_domain::limits::RateLimit;

/// Expands every case for token buckets; the expression makes an `Arc<dyn TokenBuckets>`, whose time passes.
#[macro_export]
macro_rules! token_buckets_contract {
    ($fresh:expr) => {
        $crate::contract_cases!(
            token_buckets,
            $fresh,
            [
                a_new_bucket_is_full,
                it_gives_as_many_as_there_are,
                it_holds_no_more_than_its_quota,
                it_tells_when_the_next_token_comes,
                a_token_is_there_when_it_was_said_to_be,
                it_fills_evenly,
                it_is_full_again_after_its_window,
                taking_none_changes_nothing,
                every_key_has_a_bucket_of_its_own,
                many_at_once_get_no_more_than_there_are,
                many_at_once_share_what_there_is,
                a_large_bucket_is_exact,
            ]
        );
    };
}

/// Long enough for nothing to come back while a case runs.
const HOUR: Duration = Duration::from_hours(1);
/// Longer than any case waits.
const PATIENCE: Duration = Duration::from_secs(30);

static KEYS: AtomicU32 = AtomicU32::new(0);

/// Buckets may be shared with other tests and with earlier runs.
fn fresh_key() -> String {
    format!("contract {} {}", std::process::id(), KEYS.fetch_add(1, Ordering::Relaxed))
}

fn limit(quota: u32, window: Duration) -> RateLimit {
    RateLimit { quota: NonZeroU32::new(quota).unwrap(), window }
}

async fn take(buckets: &Arc<dyn TokenBuckets>, key: &str, limit: RateLimit, wanted: u32) -> Taken {
    buckets.take(key, limit, NonZeroU32::new(wanted).unwrap()).await.unwrap()
}

/// Waits until so long has passed by the buckets' own clock: a bucket with one token tells.
async fn pass(buckets: &Arc<dyn TokenBuckets>, time: Duration) {
    let (key, limit, began) = (fresh_key(), limit(1, time), Instant::now());
    assert_eq!(take(buckets, &key, limit, 1).await.granted, 1);
    while take(buckets, &key, limit, 1).await.granted == 0 {
        assert!(began.elapsed() < PATIENCE, "no time passes");
    }
}

/// It gives all that it holds at once.
pub async fn a_new_bucket_is_full(buckets: &Arc<dyn TokenBuckets>) {
    let taken = take(buckets, &fresh_key(), limit(10, HOUR), 10).await;
    assert_eq!((taken.granted, taken.left), (10, 0));
}

/// Also when more are wanted.
pub async fn it_gives_as_many_as_there_are(buckets: &Arc<dyn TokenBuckets>) {
    let (key, limit) = (fresh_key(), limit(5, HOUR));
    for (wanted, granted, left) in [(3, 3, 2), (4, 2, 0), (1, 0, 0)] {
        let taken = take(buckets, &key, limit, wanted).await;
        assert_eq!((taken.granted, taken.left), (granted, left), "of {wanted}");
    }
}

/// However many are wanted.
pub async fn it_holds_no_more_than_its_quota(buckets: &Arc<dyn TokenBuckets>) {
    for wanted in [8, u32::MAX] {
        assert_eq!(take(buckets, &fresh_key(), limit(7, HOUR), wanted).await.granted, 7);
    }
}

/// And when it will be full.
pub async fn it_tells_when_the_next_token_comes(buckets: &Arc<dyn TokenBuckets>) {
    let (key, limit) = (fresh_key(), limit(4, HOUR));
    let quarter = HOUR / 4;
    let some_left = take(buckets, &key, limit, 3).await;
    assert_eq!(some_left.next_in, Duration::ZERO);
    assert!(some_left.full_in > quarter * 2 && some_left.full_in <= quarter * 3, "{some_left:?}");
    for _ in 0..2 {
        let empty = take(buckets, &key, limit, 1).await;
        assert!(empty.next_in > Duration::ZERO && empty.next_in <= quarter, "{empty:?}");
        assert!(empty.full_in > quarter * 3 && empty.full_in <= HOUR, "{empty:?}");
    }
}

/// Not later, and not earlier.
pub async fn a_token_is_there_when_it_was_said_to_be(buckets: &Arc<dyn TokenBuckets>) {
    let (key, limit) = (fresh_key(), limit(3, Duration::from_millis(400)));
    let before = Instant::now();
    take(buckets, &key, limit, 3).await;
    let refused = take(buckets, &key, limit, 1).await;
    if refused.granted == 0 {
        pass(buckets, refused.next_in).await;
        assert!(take(buckets, &key, limit, 1).await.granted >= 1);
    }
    assert!(before.elapsed() >= limit.interval(), "a token came back too early");
}

/// What comes back is in proportion to the time.
pub async fn it_fills_evenly(buckets: &Arc<dyn TokenBuckets>) {
    let (key, limit) = (fresh_key(), limit(40, Duration::from_secs(4)));
    let before = Instant::now();
    take(buckets, &key, limit, 40).await;
    pass(buckets, limit.interval() * 2).await;
    let granted = take(buckets, &key, limit, 40).await.granted;
    let at_most = before.elapsed().as_nanos() / limit.interval().as_nanos();
    assert!(granted >= 2 && u128::from(granted) <= at_most, "{granted} came back, {at_most} at most");
}

/// When it said that it would be, which is no later than that.
pub async fn it_is_full_again_after_its_window(buckets: &Arc<dyn TokenBuckets>) {
    let (key, limit) = (fresh_key(), limit(5, Duration::from_millis(200)));
    let emptied = take(buckets, &key, limit, 5).await;
    assert!(emptied.full_in <= limit.window, "{emptied:?}");
    pass(buckets, emptied.full_in).await;
    assert_eq!(take(buckets, &key, limit, 5).await.granted, 5);
}

/// Who is refused again and again waits no longer for it.
pub async fn taking_none_changes_nothing(buckets: &Arc<dyn TokenBuckets>) {
    let (key, limit) = (fresh_key(), limit(2, HOUR));
    let mut last = take(buckets, &key, limit, 2).await;
    for _ in 0..50 {
        let refused = take(buckets, &key, limit, 2).await;
        assert_eq!((refused.granted, refused.left), (0, 0));
        assert!(refused.next_in <= last.next_in && refused.full_in <= last.full_in, "{refused:?} after {last:?}");
        last = refused;
    }
}

/// Whatever the keys look like.
pub async fn every_key_has_a_bucket_of_its_own(buckets: &Arc<dyn TokenBuckets>) {
    let key = fresh_key();
    let keys = [key.clone(), format!("{key} "), format!("{key}:ä\n\0"), key.to_uppercase()];
    for key in &keys {
        assert_eq!(take(buckets, key, limit(1, HOUR), 1).await.granted, 1, "{key:?}");
    }
    for key in &keys {
        assert_eq!(take(buckets, key, limit(1, HOUR), 1).await.granted, 0, "{key:?}");
    }
}

/// Fifty want one of ten.
pub async fn many_at_once_get_no_more_than_there_are(buckets: &Arc<dyn TokenBuckets>) {
    let (key, limit) = (fresh_key(), limit(10, HOUR));
    let granted = join_all((0..50).map(|_| take(buckets, &key, limit, 1))).await;
    assert_eq!(granted.iter().map(|taken| taken.granted).sum::<u32>(), 10);
}

/// Twenty want three of ten: what is left over goes to one of them.
pub async fn many_at_once_share_what_there_is(buckets: &Arc<dyn TokenBuckets>) {
    let (key, limit) = (fresh_key(), limit(10, HOUR));
    let taken = join_all((0..20).map(|_| take(buckets, &key, limit, 3))).await;
    let mut granted: Vec<_> = taken.iter().map(|taken| taken.granted).filter(|granted| *granted > 0).collect();
    granted.sort_unstable();
    assert_eq!(granted, [1, 3, 3, 3]);
}

/// To the token.
pub async fn a_large_bucket_is_exact(buckets: &Arc<dyn TokenBuckets>) {
    let (key, limit) = (fresh_key(), limit(1_000_000, HOUR * 24 * 365));
    for (wanted, left) in [(1, 999_999), (9, 999_990), (999_989, 1)] {
        let taken = take(buckets, &key, limit, wanted).await;
        assert_eq!((taken.granted, taken.left), (wanted, left));
    }
    assert_eq!(take(buckets, &key, limit, 2).await.granted, 1);
}
