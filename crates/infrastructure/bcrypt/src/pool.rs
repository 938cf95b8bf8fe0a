//! The threads that hash, and the queue before them.

use crate::lanes::{Lane, MAX_LANES, hash_all};
use crate::settings::{BcryptSettings, Cost};
use std::collections::VecDeque;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use threshold_application::ports::{HashingError, Meter, Metric};
use tokio::sync::oneshot;
use tracing::error;

/// The longest queue before anything was measured: whoever waits in it is sent away in time all the same.
const UNMEASURED: usize = 1024;

/// Threads that take waiting passwords, a few at a time.
pub(crate) struct Pool {
    shared: Arc<Shared>,
}

struct Shared {
    settings: BcryptSettings,
    meter: Arc<dyn Meter>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Job>,
    idle: usize,
    stopped: bool,
    /// How long one round of bcrypt takes in a batch, measured: a moving average, in seconds.
    seconds_a_round: Option<f64>,
}

struct Job {
    work: Work,
    lane: Lane,
    queued: Instant,
    answer: oneshot::Sender<Hashed>,
}

/// How hard something is hashed, and how long that is to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Work {
    /// The cost of the hash.
    pub(crate) cost: Cost,
    /// It takes as long as a hash of this cost, which is not lower.
    pub(crate) lasts: Cost,
}

impl Work {
    /// A hash of that cost.
    pub(crate) fn of(cost: Cost) -> Self {
        Self { cost, lasts: cost }
    }
}

type Hashed = Result<[u8; 24], HashingError>;

impl Pool {
    /// Starts the threads.
    pub(crate) fn start(settings: BcryptSettings, meter: Arc<dyn Meter>) -> Self {
        let shared = Arc::new(Shared { settings, meter, state: Mutex::default(), changed: Condvar::new() });
        for number in 0..settings.threads.get() {
            let shared = Arc::clone(&shared);
            let thread = thread::Builder::new().name(format!("bcrypt-{number}")).spawn(move || shared.work());
            if let Err(error) = thread {
                error!(%error, "a hashing thread could not be started");
            }
        }
        Self { shared }
    }

    /// Hashes one lane, or says at once that it would have to wait too long. Dropped before the hashing begins, the work is
    /// not done. Should the hashing panic, its callers hear `Stopped`.
    pub(crate) async fn hash(&self, work: Work, lane: Lane) -> Hashed {
        let mut answered = self.shared.enqueue(work, lane)?;
        let outcome = match tokio::time::timeout(self.shared.settings.max_queue_wait, &mut answered).await {
            Ok(outcome) => outcome,
            Err(_elapsed) => {
                self.shared.refuse_overdue();
                answered.await
            }
        };
        outcome.unwrap_or(Err(HashingError::Stopped))
    }

    /// The threads finish what they have begun; whoever waits, or comes later, hears that the hasher has stopped.
    pub(crate) fn stop(&self) {
        let mut state = self.shared.lock();
        state.stopped = true;
        state.waiting.clear();
        self.shared.report_depth(&state);
        self.shared.changed.notify_all();
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Shared {
    /// A panic under the lock may lose jobs, whose callers hear of it, but never leaves the state invalid.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enqueue(&self, work: Work, lane: Lane) -> Result<oneshot::Receiver<Hashed>, HashingError> {
        let (answer, answered) = oneshot::channel();
        let mut state = self.lock();
        if state.stopped {
            return Err(HashingError::Stopped);
        }
        self.take(&mut state, 0);
        if let Some(wait) = self.excessive_wait(&state, work.lasts) {
            return Err(self.refuse(wait));
        }
        state.waiting.push_back(Job { work, lane, queued: Instant::now(), answer });
        self.report_depth(&state);
        self.changed.notify_one();
        Ok(answered)
    }

    fn refuse_overdue(&self) {
        self.take(&mut self.lock(), 0);
    }

    fn refuse(&self, retry_after: Duration) -> HashingError {
        self.meter.count(Metric::Hashes, &["refused"]);
        HashingError::Overloaded { retry_after }
    }

    /// How long a new job would wait, if that is too long: each thread takes a batch at a time, and is in the middle of one.
    fn excessive_wait(&self, state: &State, cost: Cost) -> Option<Duration> {
        if state.idle > state.waiting.len() {
            return None;
        }
        let batches_before = state.waiting.len() / (self.settings.threads.get() * self.lanes()) + 1;
        let limit = self.settings.max_queue_wait;
        match state.seconds_a_round {
            None => (state.waiting.len() >= UNMEASURED).then_some(limit),
            Some(seconds) => {
                let batches = u32::try_from(batches_before).unwrap_or(u32::MAX);
                let wait = Duration::try_from_secs_f64(seconds * rounds(cost)).unwrap_or(limit).saturating_mul(batches);
                (wait > limit).then_some(wait)
            }
        }
    }

    fn lanes(&self) -> usize {
        if self.settings.interleaved { MAX_LANES } else { 1 }
    }

    fn work(&self) {
        let mut working = true;
        while working {
            // A defect must cost one batch, not the thread.
            working = catch_unwind(AssertUnwindSafe(|| self.work_once())).unwrap_or_else(|_panic| {
                error!("hashing panicked");
                true
            });
        }
    }

    /// Hashes a batch; `false` once the pool is gone.
    fn work_once(&self) -> bool {
        let batch = self.take_batch();
        batch.map(|batch| self.hash_batch(batch)).is_some()
    }

    /// Waits for work and takes a fair share of it; `None` once the pool is gone.
    fn take_batch(&self) -> Option<Vec<Job>> {
        let mut state = self.lock();
        loop {
            if state.stopped {
                return None;
            }
            let share = state.waiting.len().div_ceil(state.idle + 1).min(self.lanes());
            let batch = self.take(&mut state, share);
            if !batch.is_empty() {
                return Some(batch);
            }
            state.idle += 1;
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.idle -= 1;
        }
    }

    /// Takes up to `share` jobs: the oldest, and others like it. On the way it drops those that nobody waits for, and
    /// sends away those that have waited too long, so that a wrong estimate can't break the bound.
    fn take(&self, state: &mut State, share: usize) -> Vec<Job> {
        let (now, limit) = (Instant::now(), self.settings.max_queue_wait);
        let mut batch: Vec<Job> = Vec::with_capacity(share);
        for job in mem::take(&mut state.waiting) {
            if job.answer.is_closed() {
                self.meter.count(Metric::Hashes, &["abandoned"]);
            } else if now.duration_since(job.queued) >= limit {
                // Nobody is there any more: nothing is lost by it.
                let _gone = job.answer.send(Err(self.refuse(limit)));
            } else if batch.len() < share && batch.first().is_none_or(|first| first.work == job.work) {
                batch.push(job);
            } else {
                state.waiting.push_back(job);
            }
        }
        self.report_depth(state);
        batch
    }

    fn hash_batch(&self, batch: Vec<Job>) {
        let Some(work) = batch.first().map(|job| job.work) else { return };
        let (lanes, callers): (Vec<_>, Vec<_>) =
            batch.into_iter().map(|job| (job.lane, (job.queued, job.answer))).unzip();
        for (queued, _) in &callers {
            self.meter.observe(Metric::HashWait, &[], queued.elapsed().as_secs_f64());
        }
        let started = Instant::now();
        let outputs = hash_all(work.cost, &lanes, self.settings.interleaved);
        self.pass_time(work, &lanes);
        self.measured(started.elapsed().as_secs_f64() / rounds(work.lasts));
        for ((_, answer), output) in callers.into_iter().zip(outputs) {
            self.meter.count(Metric::Hashes, &["done"]);
            // Nobody waits any more: nothing is lost by it.
            let _gone = answer.send(Ok(output));
        }
    }

    /// Each cost is twice the one before it, so all from the hash's own on make up for what it was too cheap by.
    fn pass_time(&self, work: Work, lanes: &[Lane]) {
        for cost in (work.cost.get()..work.lasts.get()).filter_map(Cost::new) {
            std::hint::black_box(hash_all(cost, lanes, self.settings.interleaved));
        }
    }

    fn measured(&self, seconds: f64) {
        let mut state = self.lock();
        state.seconds_a_round =
            Some(state.seconds_a_round.map_or(seconds, |average| average.mul_add(0.8, seconds * 0.2)));
    }

    fn report_depth(&self, state: &State) {
        let depth = u32::try_from(state.waiting.len()).unwrap_or(u32::MAX);
        self.meter.set(Metric::HashQueueDepth, &[], f64::from(depth));
    }
}

fn rounds(cost: Cost) -> f64 {
    f64::from(1_u32 << cost.get())
}
