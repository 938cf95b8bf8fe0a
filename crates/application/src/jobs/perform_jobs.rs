//! Claiming jobs, doing them, and settling what became of them.

use super::{Perform, TaskError};
use crate::ErrorChain;
use crate::ports::{Claim, Clock, IdGenerator, JobQueue, Meter, Metric, SecretGenerator, StoreError};
use std::sync::Arc;
use std::time::{Duration, Instant};
use threshold_domain::Timestamp;
use threshold_domain::jobs::{Backoff, Job, Settlement, Verdict};

/// How much of an error is stored, in characters.
const MAX_ERROR: usize = 500;

/// The steps of a worker.
pub struct PerformJobs {
    /// Where jobs come from.
    pub queue: Arc<dyn JobQueue>,
    /// Does them.
    pub tasks: Arc<dyn Perform>,
    /// Tells what is due.
    pub clock: Arc<dyn Clock>,
    /// Names claims.
    pub ids: Arc<dyn IdGenerator>,
    /// Spreads tries.
    pub random: Arc<dyn SecretGenerator>,
    /// Counts tries.
    pub meter: Arc<dyn Meter>,
    /// How long to wait before trying again.
    pub backoff: Backoff,
    /// After this time without word of its worker a job is due again.
    pub lease: Duration,
}

impl PerformJobs {
    /// Claims at most `at_most` jobs.
    ///
    /// # Errors
    /// When the store failed.
    pub async fn claim(&self, at_most: u32) -> Result<Vec<Job>, StoreError> {
        let now = self.clock.now();
        let lease = chrono::TimeDelta::from_std(self.lease).unwrap_or(chrono::TimeDelta::MAX);
        self.queue.claim(&Claim { id: self.ids.next(), now, until: now + lease }, at_most).await
    }

    /// Does a claimed job.
    pub async fn perform(&self, job: &Job) -> Settlement {
        if job.is_expired(self.clock.now()) {
            return self.count(job, "expired", Verdict::Done);
        }
        if job.attempts > job.task.max_attempts() {
            let error = "its workers vanished each time".to_owned();
            return self.count(job, "dead", Verdict::Dead { error });
        }
        let began = Instant::now();
        let outcome = self.tasks.perform(job).await;
        self.meter.observe(Metric::JobDuration, &[job.task.kind()], began.elapsed().as_secs_f64());
        match outcome {
            Ok(()) => self.count(job, "done", Verdict::Done),
            Err(TaskError::Temporary(error)) => self.failed(job, &*error),
            Err(TaskError::Permanent(error)) => self.count(job, "dead", Verdict::Dead { error: message(&*error) }),
        }
    }

    /// What becomes of a job whose try has failed, or was cut off.
    #[must_use]
    pub fn failed(&self, job: &Job, error: &(dyn std::error::Error + 'static)) -> Settlement {
        let mut chance = [0; 4];
        self.random.fill(&mut chance);
        let chance = u32::from_le_bytes(chance);
        let verdict = job.after_failure(message(error), self.clock.now(), &self.backoff, chance);
        let outcome = if matches!(verdict, Verdict::Dead { .. }) { "dead" } else { "failed" };
        self.count(job, outcome, verdict)
    }

    /// What becomes of a job that its worker has no time for any more.
    #[must_use]
    pub fn handed_back(&self, job: &Job) -> Settlement {
        self.count(job, "handed_back", Verdict::HandedBack { at: self.clock.now() })
    }

    /// Stores what became of jobs. Until it is stored they are the worker's; if it never is they are done once more.
    ///
    /// # Errors
    /// When the store failed: nothing is settled then.
    pub async fn settle(&self, settlements: &[Settlement]) -> Result<u32, StoreError> {
        self.queue.settle(settlements).await
    }

    /// How long until the next job is due; `None` if there is none.
    ///
    /// # Errors
    /// When the store failed.
    pub async fn next_in(&self) -> Result<Option<Duration>, StoreError> {
        let until = |at: Timestamp| (at - self.clock.now()).to_std().unwrap_or_default();
        Ok(self.queue.next_due().await?.map(until))
    }

    fn count(&self, job: &Job, outcome: &'static str, verdict: Verdict) -> Settlement {
        self.meter.count(Metric::JobTries, &[job.task.kind(), outcome]);
        Settlement { id: job.id, claimed_by: job.claimed_by, verdict }
    }
}

fn message(error: &(dyn std::error::Error + 'static)) -> String {
    // What others have said may hold anything; it is stored, and shown on terminals.
    let printable = |character: char| if character.is_control() { ' ' } else { character };
    ErrorChain(error).to_string().chars().take(MAX_ERROR).map(printable).collect()
}
