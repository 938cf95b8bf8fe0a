//! A meter that a test can hold the hashing threads with.

use std::sync::{Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;
use threshold_application::ports::{Meter, Metric};

/// Longer than anything here takes.
pub(crate) const PATIENT: Duration = Duration::from_mins(1);

/// Keeps what became of passwords; while it is closed, threads stop before they hash what they took.
#[derive(Default)]
pub(crate) struct Gate {
    seen: Mutex<Seen>,
    opened: Condvar,
}

#[derive(Default)]
struct Seen {
    closed: bool,
    depth: f64,
    waits: Vec<f64>,
    log: Vec<String>,
    panic_in: Option<Metric>,
}

impl Gate {
    pub(crate) fn close(&self) {
        self.lock().closed = true;
    }

    pub(crate) fn open(&self) {
        self.lock().closed = false;
        self.opened.notify_all();
    }

    /// The next thread of the pool that records this metric panics.
    pub(crate) fn panic_in(&self, metric: Metric) {
        self.lock().panic_in = Some(metric);
    }

    /// `begun` and the outcomes, in order.
    pub(crate) fn log(&self) -> Vec<String> {
        self.lock().log.clone()
    }

    pub(crate) fn count_of(&self, entry: &str) -> usize {
        self.lock().log.iter().filter(|e| *e == entry).count()
    }

    pub(crate) fn depth(&self) -> f64 {
        self.lock().depth
    }

    /// How long each password waited, in seconds.
    pub(crate) fn waits(&self) -> Vec<f64> {
        self.lock().waits.clone()
    }

    /// Returns when `condition` holds.
    pub(crate) async fn until(&self, condition: impl Fn(&Self) -> bool) {
        let holds = async {
            while !condition(self) {
                tokio::task::yield_now().await;
            }
        };
        let outcome = tokio::time::timeout(PATIENT, holds).await;
        outcome.unwrap_or_else(|_elapsed| panic!("it never happened: {:?}", self.log()));
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap()
    }

    fn panic_if_told(&self, metric: Metric) {
        let in_pool = thread::current().name().is_some_and(|name| name.starts_with("bcrypt-"));
        let told = in_pool && self.lock().panic_in.take_if(|m| *m == metric).is_some();
        assert!(!told, "as the test told");
    }
}

impl Meter for Gate {
    fn count(&self, metric: Metric, labels: &[&str]) {
        assert_eq!((metric, labels.len()), (Metric::Hashes, 1));
        self.lock().log.push(labels[0].to_owned());
    }

    fn set(&self, metric: Metric, labels: &[&str], value: f64) {
        assert_eq!((metric, labels.len()), (Metric::HashQueueDepth, 0));
        self.lock().depth = value;
        self.panic_if_told(metric);
    }

    fn observe(&self, metric: Metric, labels: &[&str], value: f64) {
        assert_eq!((metric, labels.len()), (Metric::HashWait, 0));
        self.panic_if_told(metric);
        let mut seen = self.lock();
        seen.log.push("begun".to_owned());
        seen.waits.push(value);
        drop(self.opened.wait_while(seen, |seen| seen.closed).unwrap());
    }
}
