//! How few questions leases cost, and that they never give too much.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use async_trait::async_trait;
use futures::executor::block_on;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};
use threshold_application::ports::{BucketsError, Taken, TokenBuckets};
use threshold_domain::limits::RateLimit;
use threshold_in_process::{LeasedBuckets, LocalBuckets};
use threshold_testkit::{FakeBuckets, FixedClock};

const HOUR: Duration = Duration::from_hours(1);

/// Shared buckets that note how many tokens were asked for and how many were left then.
struct Noting<T> {
    buckets: T,
    questions: Mutex<Vec<(u32, u32)>>,
}

#[async_trait]
impl<T: TokenBuckets> TokenBuckets for Noting<T> {
    async fn take(&self, key: &str, limit: RateLimit, wanted: NonZeroU32) -> Result<Taken, BucketsError> {
        let taken = self.buckets.take(key, limit, wanted).await?;
        self.questions.lock().unwrap().push((wanted.get(), taken.left));
        Ok(taken)
    }
}

impl<T> Noting<T> {
    fn over(buckets: T) -> Arc<Self> {
        Arc::new(Self { buckets, questions: Mutex::default() })
    }

    fn asked(&self) -> usize {
        self.questions.lock().unwrap().len()
    }
}

/// Shared buckets to which nothing comes back.
fn shared() -> Arc<Noting<FakeBuckets>> {
    Noting::over(FakeBuckets::over(Arc::new(FixedClock::default())))
}

fn leased<T: TokenBuckets + 'static>(shared: &Arc<Noting<T>>) -> LeasedBuckets {
    LeasedBuckets::new(Arc::<Noting<T>>::clone(shared), 10)
}

fn limit(quota: u32, window: Duration) -> RateLimit {
    RateLimit { quota: NonZeroU32::new(quota).unwrap(), window }
}

async fn take_from(buckets: &LeasedBuckets, key: &str, limit: RateLimit, wanted: u32) -> Taken {
    buckets.take(key, limit, NonZeroU32::new(wanted).unwrap()).await.unwrap()
}

async fn take(buckets: &LeasedBuckets, limit: RateLimit, wanted: u32) -> Taken {
    take_from(buckets, "key", limit, wanted).await
}

#[tokio::test]
async fn a_hot_key_costs_few_questions() {
    let shared = shared();
    let buckets = leased(&shared);
    for one in 1..=1000 {
        let taken = take(&buckets, limit(1_000_000, HOUR), 1).await;
        assert_eq!((taken.granted, taken.left), (1, 1_000_000 - one));
    }
    assert!(shared.asked() <= 15, "asked {} times", shared.asked());
}

#[tokio::test]
async fn a_quiet_client_takes_exactly_what_it_wants() {
    let shared = shared();
    take(&leased(&shared), limit(1_000_000, HOUR), 3).await;
    assert_eq!(*shared.questions.lock().unwrap(), [(3, 999_997)]);
}

#[tokio::test]
async fn no_more_than_a_tenth_of_the_rest_is_taken_in_advance() {
    let shared = shared();
    let (buckets, limit) = (leased(&shared), limit(1000, HOUR));
    for _ in 0..1000 {
        assert_eq!(take(&buckets, limit, 1).await.granted, 1);
    }
    assert_eq!(take(&buckets, limit, 1).await.granted, 0);
    let mut rest = 1000;
    for (asked, left) in shared.questions.lock().unwrap().iter() {
        assert!(*asked <= (rest / 10).max(1), "{asked} of {rest}");
        rest = *left;
    }
}

#[tokio::test]
async fn several_instances_give_what_the_shared_bucket_has_and_no_more() {
    let shared = shared();
    let instances = [leased(&shared), leased(&shared), leased(&shared)];
    let mut granted = 0;
    for _ in 0..100 {
        for instance in &instances {
            granted += take(instance, limit(100, HOUR), 1).await.granted;
        }
    }
    assert_eq!(granted, 100);
}

#[tokio::test]
async fn an_unfair_share_leaves_little_behind() {
    let shared = shared();
    let (hot, cold) = (leased(&shared), leased(&shared));
    let mut granted = 0;
    for _ in 0..60 {
        granted += take(&hot, limit(100, HOUR), 1).await.granted;
    }
    for _ in 0..100 {
        granted += take(&cold, limit(100, HOUR), 1).await.granted;
    }
    assert!((90..=100).contains(&granted), "{granted}");
}

#[test]
fn threads_of_several_instances_get_no_more_than_there_are() {
    let shared = Noting::over(LocalBuckets::new(10));
    let instances = [leased(&shared), leased(&shared)];
    let take = |one: usize| block_on(take(&instances[one % 2], limit(5000, HOUR * 1000), 3)).granted;
    let granted: u32 = thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| (0..1000).map(take).sum::<u32>())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(granted, 5000);
}

#[tokio::test]
async fn who_is_refused_costs_no_questions_until_a_token_is_back() {
    let shared = Noting::over(LocalBuckets::new(10));
    let (buckets, limit) = (leased(&shared), limit(1, Duration::from_millis(300)));
    let began = Instant::now();
    assert_eq!(take(&buckets, limit, 1).await.granted, 1);
    while take(&buckets, limit, 1).await.granted == 0 {
        assert!(shared.asked() == 1 || began.elapsed() >= limit.window, "it asked too early");
    }
    assert!(shared.asked() <= 3, "asked {} times", shared.asked());
    assert!(began.elapsed() >= limit.window);
}

#[tokio::test]
async fn what_lies_unused_for_the_window_is_forgotten() {
    let shared = Noting::over(LocalBuckets::new(10));
    let (buckets, limit) = (leased(&shared), limit(1000, Duration::from_millis(200)));
    // 1, then 2 in advance, then 4 of which one is used.
    for _ in 0..4 {
        take(&buckets, limit, 1).await;
    }
    let (asked, began) = (shared.asked(), Instant::now());
    while began.elapsed() < limit.window {
        take_from(&buckets, "another", limit, 1).await;
    }
    let before = shared.asked();
    assert!(take(&buckets, limit, 1000).await.granted <= 1000);
    assert_eq!((asked, shared.asked()), (3, before + 1));
    assert_eq!(shared.questions.lock().unwrap().last().map(|question| question.0), Some(1000));
}

#[tokio::test]
async fn a_failure_is_passed_on_and_loses_no_tokens() {
    let shared = shared();
    let (buckets, limit) = (leased(&shared), limit(1000, HOUR));
    for _ in 0..4 {
        take(&buckets, limit, 1).await;
    }
    shared.buckets.set_down(true);
    assert!(buckets.take("key", limit, NonZeroU32::new(5).unwrap()).await.is_err());
    assert_eq!(take(&buckets, limit, 3).await.granted, 3, "what was taken in advance");
    assert!(buckets.take("key", limit, NonZeroU32::MIN).await.is_err());
    shared.buckets.set_down(false);
    assert_eq!(take(&buckets, limit, 993).await.granted, 993);
    assert_eq!(take(&buckets, limit, 1).await.granted, 0);
}

#[tokio::test]
async fn what_is_held_and_what_is_asked_for_are_given_together() {
    let shared = shared();
    let (buckets, limit) = (leased(&shared), limit(100, HOUR));
    for _ in 0..4 {
        take(&buckets, limit, 1).await;
    }
    let taken = take(&buckets, limit, 200).await;
    assert_eq!((taken.granted, taken.left), (96, 0));
}

#[tokio::test]
async fn leases_that_have_no_room_are_forgotten() {
    let shared = shared();
    let (buckets, limit) = (leased(&shared), limit(1000, HOUR));
    for _ in 0..4 {
        take(&buckets, limit, 1).await;
    }
    let held = take(&buckets, limit, 1).await.left;
    for key in 0..1000 {
        for _ in 0..3 {
            take_from(&buckets, &key.to_string(), limit, 1).await;
        }
    }
    let asked = shared.asked();
    assert!(take(&buckets, limit, 1).await.left < held - 1, "tokens that were held are lost");
    assert_eq!(shared.asked(), asked + 1);
}
