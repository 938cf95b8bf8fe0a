//! The worker: has jobs done, several at once, for as long as the process runs.

use futures::FutureExt;
use std::collections::HashMap;
use std::io;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use threshold_application::ErrorChain;
use threshold_application::jobs::PerformJobs;
use threshold_application::ports::JobBell;
use threshold_domain::jobs::{Job, JobId, Settlement, Verdict};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tracing::{debug, error, info, warn};

/// The longest time without a look at the queue: should the bell ever be missed, this is how late a job is.
const LOOK_ANYWAY: Duration = Duration::from_secs(5);
/// Before looking again for jobs that somebody else has locked.
const PASSED_OVER: Duration = Duration::from_millis(100);
/// After the store has failed.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Has jobs done.
pub(super) struct Worker {
    pub(super) jobs: Arc<PerformJobs>,
    pub(super) bell: Arc<dyn JobBell>,
    /// How many jobs are done at once.
    pub(super) at_once: usize,
    /// How long a job may take, claiming it included; less than the lease.
    pub(super) limit: Duration,
}

/// A worker that is at work.
pub(super) struct StoppableWorker {
    stop: watch::Sender<Option<Duration>>,
    task: JoinHandle<()>,
    grace: Duration,
}

impl StoppableWorker {
    /// Puts it to work on the current runtime; told to stop, it may take so long to finish.
    pub(super) fn start(worker: Worker, grace: Duration) -> Self {
        let (stop, stopped) = watch::channel(None);
        Self { stop, task: tokio::spawn(worker.run(stopped)), grace }
    }

    /// Ends when nothing is under way any more.
    pub(super) async fn stop(self, gracefully: bool) {
        self.stop.send_replace(Some(if gracefully { self.grace } else { Duration::ZERO }));
        if let Err(error) = self.task.await {
            error!(%error, "the worker of jobs failed");
        }
    }
}

/// What is under way.
#[derive(Default)]
struct Running {
    tasks: JoinSet<Settlement>,
    jobs: HashMap<JobId, Job>,
    /// What has ended, and could not be stored yet.
    ended: Vec<Settlement>,
    /// Whether the last claim failed.
    failing: bool,
}

impl Worker {
    /// Claims and does jobs until it is told to stop, then finishes what is under way in the time that it is given and hands
    /// the rest back.
    async fn run(self, mut stop: watch::Receiver<Option<Duration>>) {
        let mut running = Running::default();
        while stop.borrow().is_none() {
            let pause = if running.ended.is_empty() { self.fill(&mut running).await } else { LOOK_AGAIN };
            tokio::select! {
                Some(ended) = running.tasks.join_next() => running.note(ended),
                () = self.bell.rung(), if running.has_room(self.at_once) => {}
                () = sleep(pause) => {}
                changed = stop.changed() => if changed.is_err() { break },
            }
            self.settle(&mut running).await;
        }
        let grace = stop.borrow().unwrap_or_default();
        let finished = timeout(grace, async {
            while let Some(ended) = running.tasks.join_next().await {
                running.note(ended);
                self.settle(&mut running).await;
            }
        });
        let _late = finished.await;
        self.hand_back(&mut running).await;
    }

    /// Begins as many jobs as there is room for; answers how long nothing more is due.
    async fn fill(&self, running: &mut Running) -> Duration {
        let room = self.at_once.saturating_sub(running.jobs.len());
        if room == 0 {
            return LOOK_ANYWAY;
        }
        // As the lease does, it begins before the claim.
        let until = Instant::now() + self.limit;
        let claimed = match self.jobs.claim(u32::try_from(room).unwrap_or(u32::MAX)).await {
            Ok(claimed) => claimed,
            Err(error) => {
                if !std::mem::replace(&mut running.failing, true) {
                    warn!(error = %ErrorChain(&error), "no jobs can be claimed; tried again each second");
                }
                return LOOK_AGAIN;
            }
        };
        running.failing = false;
        let (is_drained, is_idle) = (claimed.len() < room, claimed.is_empty());
        for job in claimed {
            running.jobs.insert(job.id, job.clone());
            running.tasks.spawn(perform(Arc::clone(&self.jobs), job, until));
        }
        if !is_drained {
            return Duration::ZERO;
        }
        match self.jobs.next_in().await {
            // What is due and was not handed out somebody else has just locked.
            Ok(Some(next)) if is_idle => next.clamp(PASSED_OVER, LOOK_ANYWAY),
            Ok(next) => next.unwrap_or(LOOK_ANYWAY).min(LOOK_ANYWAY),
            Err(_store_failed) => LOOK_AGAIN,
        }
    }

    /// Stores what became of everything that has ended by now. What can't be stored is kept for the next time.
    async fn settle(&self, running: &mut Running) {
        while let Some(ended) = running.tasks.try_join_next() {
            running.note(ended);
        }
        if running.ended.is_empty() {
            return;
        }
        match self.jobs.settle(&running.ended).await {
            Ok(_settled) => running.ended.drain(..).for_each(|one| {
                running.jobs.remove(&one.id);
            }),
            Err(error) => {
                warn!(error = %ErrorChain(&error), "jobs that have ended can't be settled; tried again in a second");
            }
        }
    }

    async fn hand_back(&self, running: &mut Running) {
        running.tasks.abort_all();
        // What is cut off is waited for: nobody else should begin it while it goes on.
        while let Some(ended) = running.tasks.join_next().await {
            running.note(ended);
        }
        for settlement in &running.ended {
            running.jobs.remove(&settlement.id);
        }
        let late = running.jobs.values().map(|job| self.jobs.handed_back(job));
        let settlements: Vec<_> = running.ended.drain(..).chain(late).collect();
        if settlements.is_empty() {
            return;
        }
        match self.jobs.settle(&settlements).await {
            Ok(settled) => info!(settled, "settled the jobs under way"),
            Err(error) => {
                warn!(error = %ErrorChain(&error), "the jobs under way could not be handed back; others get them when the lease ends");
            }
        }
    }
}

impl Running {
    fn has_room(&self, at_once: usize) -> bool {
        self.jobs.len() < at_once && self.ended.is_empty()
    }

    /// A task never fails by itself: panics are caught in it, and it is cut off only at the end.
    fn note(&mut self, ended: Result<Settlement, tokio::task::JoinError>) {
        self.ended.extend(ended.ok());
    }
}

/// Does one job, whatever happens in it.
async fn perform(jobs: Arc<PerformJobs>, job: Job, until: Instant) -> Settlement {
    let done = timeout_at(until, AssertUnwindSafe(jobs.perform(&job)).catch_unwind()).await;
    let settlement = match done {
        Ok(Ok(settlement)) => settlement,
        Ok(Err(_panic)) => jobs.failed(&job, &io::Error::other("the job panicked")),
        Err(_elapsed) => jobs.failed(&job, &io::Error::other("the job took too long")),
    };
    tell(&job, &settlement.verdict);
    settlement
}

fn tell(job: &Job, verdict: &Verdict) {
    let (job_id, kind, attempts) = (job.id, job.task.kind(), job.attempts);
    match verdict {
        Verdict::Done => debug!(%job_id, kind, attempts, "a job is done"),
        Verdict::Retry { at, error } => {
            warn!(%job_id, kind, attempts, %error, next = %at, "a job has failed and is tried again");
        }
        Verdict::Dead { error } => error!(%job_id, kind, attempts, %error, "a job is given up: see `threshold jobs`"),
        Verdict::HandedBack { .. } => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_trait::async_trait;
    use std::future::pending;
    use threshold_application::jobs::{Perform, TaskError};
    use threshold_application::ports::{Claim, JobAdmin, JobFilter, JobQueue, StoreError, UnitOfWork};
    use threshold_domain::Timestamp;
    use threshold_domain::jobs::Backoff;
    use threshold_testkit::{FixedClock, InMemoryStore, RecordingMeter, SeededSecrets, SequentialIds, a_job};

    /// A store that is busy.
    struct Busy(InMemoryStore);

    #[async_trait]
    impl JobQueue for Busy {
        async fn claim(&self, claim: &Claim, at_most: u32) -> Result<Vec<Job>, StoreError> {
            let claimed = self.0.claim(claim, at_most).await;
            sleep(Duration::from_secs(30)).await;
            claimed
        }

        async fn settle(&self, settlements: &[Settlement]) -> Result<u32, StoreError> {
            self.0.settle(settlements).await
        }

        async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
            self.0.next_due().await
        }
    }

    /// Never ends, and never rings.
    struct Silent;

    #[async_trait]
    impl Perform for Silent {
        async fn perform(&self, _job: &Job) -> Result<(), TaskError> {
            pending().await
        }
    }

    #[async_trait]
    impl JobBell for Silent {
        async fn rung(&self) {
            pending::<()>().await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_try_is_cut_off_before_its_lease_ends_however_long_the_claim_took() {
        let store = InMemoryStore::default();
        let mut tx = store.begin().await.unwrap();
        tx.jobs().enqueue(&a_job(1, 0)).await.unwrap();
        tx.commit().await.unwrap();
        let jobs = PerformJobs {
            queue: Arc::new(Busy(store.clone())),
            tasks: Arc::new(Silent),
            clock: Arc::new(FixedClock::default()),
            ids: Arc::new(SequentialIds::default()),
            random: Arc::new(SeededSecrets::default()),
            meter: Arc::new(RecordingMeter::default()),
            backoff: Backoff::default(),
            lease: Duration::from_mins(1),
        };
        let limit = Duration::from_secs(45);
        let worker = Worker { jobs: Arc::new(jobs), bell: Arc::new(Silent), at_once: 1, limit };
        let began = Instant::now();
        let worker = StoppableWorker::start(worker, Duration::ZERO);
        let error = loop {
            sleep(Duration::from_secs(1)).await;
            if let Some(error) = store.page(&JobFilter::default(), None, 1).await.unwrap().remove(0).last_error {
                break error;
            }
        };
        assert_eq!(error, "the job took too long");
        assert!(began.elapsed() < Duration::from_secs(50), "{:?}", began.elapsed());
        worker.stop(false).await;
    }
}
