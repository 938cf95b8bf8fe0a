//! What happens when shared buckets go and come back.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use threshold_application::ports::{Metric, TokenBuckets};
use threshold_domain::limits::RateLimit;
use threshold_in_process::{FallbackBuckets, LocalBuckets};
use threshold_testkit::{FakeBuckets, FixedClock, RecordingMeter};
use tracing::{Level, Metadata, Subscriber, span};

/// Nothing that a test waits for takes this long.
const PATIENCE: Duration = Duration::from_secs(30);

struct Place {
    shared: Arc<FakeBuckets>,
    meter: Arc<RecordingMeter>,
    buckets: FallbackBuckets,
}

impl Place {
    fn new() -> Self {
        let shared = Arc::new(FakeBuckets::over(Arc::new(FixedClock::default())));
        let meter = Arc::new(RecordingMeter::default());
        let local = Arc::new(LocalBuckets::new(10));
        let buckets =
            FallbackBuckets::new(Arc::<FakeBuckets>::clone(&shared), local, Arc::<RecordingMeter>::clone(&meter));
        Self { shared, meter, buckets }
    }

    /// Takes one of ten; how many are left then.
    async fn take(&self) -> u32 {
        let limit = RateLimit { quota: NonZeroU32::new(10).unwrap(), window: Duration::from_hours(1) };
        self.buckets.take("key", limit, NonZeroU32::MIN).await.unwrap().left
    }

    /// Takes until the shared ones have been asked once more.
    async fn trial(&self) {
        let (asked, began) = (self.shared.asked(), Instant::now());
        while self.shared.asked() == asked {
            self.take().await;
            assert!(began.elapsed() < PATIENCE, "no trial was made");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    fn fallbacks(&self) -> u64 {
        self.meter.counted(Metric::RateLimitFallbacks, &[])
    }
}

/// Counts what is logged.
#[derive(Default)]
struct Log {
    warnings: AtomicU32,
    informations: AtomicU32,
}

impl Log {
    fn lines(&self) -> (u32, u32) {
        (self.warnings.load(Ordering::SeqCst), self.informations.load(Ordering::SeqCst))
    }
}

impl Subscriber for Log {
    fn enabled(&self, _metadata: &Metadata<'_>) -> bool {
        true
    }

    fn event(&self, event: &tracing::Event<'_>) {
        let level = *event.metadata().level();
        let counter = if level == Level::WARN { &self.warnings } else { &self.informations };
        counter.fetch_add(1, Ordering::SeqCst);
    }

    fn new_span(&self, _span: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _span: &span::Id, _values: &span::Record<'_>) {}
    fn record_follows_from(&self, _span: &span::Id, _follows: &span::Id) {}
    fn enter(&self, _span: &span::Id) {}
    fn exit(&self, _span: &span::Id) {}
}

#[tokio::test]
async fn the_shared_ones_count_while_they_work() {
    let place = Place::new();
    assert_eq!((place.take().await, place.take().await), (9, 8));
    assert_eq!((place.shared.asked(), place.fallbacks()), (2, 0));
}

#[tokio::test]
async fn without_them_there_is_a_limit_still() {
    let place = Place::new();
    place.shared.set_down(true);
    for left in (0..10).rev() {
        assert_eq!(place.take().await, left);
    }
    assert_eq!(place.take().await, 0);
    assert_eq!(place.fallbacks(), 11);
}

#[tokio::test]
async fn who_failed_is_left_alone_for_a_second() {
    let place = Place::new();
    place.shared.set_down(true);
    let began = Instant::now();
    for trials in 1..=2 {
        place.trial().await;
        for _ in 0..100 {
            place.take().await;
        }
        let seconds = began.elapsed().as_secs() + 1;
        assert!(place.shared.asked() >= trials && place.shared.asked() <= seconds);
    }
    assert!(began.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_trial_that_succeeds_brings_them_back() {
    let place = Place::new();
    place.shared.set_down(true);
    place.take().await;
    place.shared.set_down(false);
    place.trial().await;
    let (asked, fallbacks) = (place.shared.asked(), place.fallbacks());
    for _ in 0..5 {
        place.take().await;
    }
    assert_eq!((place.shared.asked(), place.fallbacks()), (asked + 5, fallbacks));
}

#[tokio::test]
async fn failure_and_recovery_are_logged_once_each() {
    let log = Arc::new(Log::default());
    let _logged = tracing::subscriber::set_default(Arc::clone(&log));
    let place = Place::new();
    place.take().await;
    assert_eq!(log.lines(), (0, 0));
    place.shared.set_down(true);
    for _ in 0..2 {
        place.trial().await;
        assert_eq!(log.lines(), (1, 0));
    }
    place.shared.set_down(false);
    place.trial().await;
    place.take().await;
    assert_eq!(log.lines(), (1, 1));
}
