//! Stored jobs.

use super::StoreError;
use async_trait::async_trait;
use chrono::TimeDelta;
use threshold_domain::Timestamp;
use threshold_domain::jobs::{Job, JobId, JobState, Settlement};
use uuid::Uuid;

/// The most by which clocks of instances that work together may differ.
pub const CLOCKS_DIFFER: TimeDelta = TimeDelta::hours(1);

/// Writes jobs within the transaction that causes them.
#[async_trait]
pub trait JobRepository: Send {
    /// Adds a job. Workers hear of it once the transaction is committed, and never if it isn't.
    ///
    /// # Errors
    /// `NotUnique(Id)`, `Unavailable`.
    async fn enqueue(&mut self, job: &Job) -> Result<(), StoreError>;

    /// Notes that the schedule of that name has ticked at `at`. `false` if it has done so before, or later: of many who
    /// note one tick, one is told `true`, if it commits. A tick that is more than [`CLOCKS_DIFFER`] later is a mistake of the
    /// clock that it was noted by, and is replaced.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn tick(&mut self, schedule: &str, at: Timestamp) -> Result<bool, StoreError>;

    /// Deletes jobs that were given up and were due before that moment, at most `at_most` of them; answers how many.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn purge_dead(&mut self, before: Timestamp, at_most: u32) -> Result<u32, StoreError>;

    /// Has a job that waits or is dead be due at `now`, as if it was never tried, however late it is. `false` if there is none.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn retry(&mut self, id: JobId, now: Timestamp) -> Result<bool, StoreError>;

    /// Deletes a job that waits or is dead. `false` if there is none.
    ///
    /// # Errors
    /// `Unavailable`.
    async fn discard(&mut self, id: JobId) -> Result<bool, StoreError>;
}

/// A worker's claim on jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// Its name, new for each claim.
    pub id: Uuid,
    /// When it is made: jobs that are due then are claimed.
    pub now: Timestamp,
    /// When the lease ends.
    pub until: Timestamp,
}

/// Hands jobs to workers. Each call is a transaction of its own.
#[async_trait]
pub trait JobQueue: Send + Sync {
    /// Claims at most `at_most` jobs that are due: those of high priority before others, and those due for longest before the
    /// rest, in the order in which they were made. They are `Running`,
    /// one attempt more, and due again when the lease ends. Nobody else gets them before; who claims at the same time waits
    /// for nobody and gets others. A job of a kind that is not known here waits for a worker that knows it; one that can't be read is
    /// dead from then on. Neither stops anybody. Where the database itself crashes claims may be forgotten.
    ///
    /// # Errors
    /// `Unavailable`, `Overloaded`.
    async fn claim(&self, claim: &Claim, at_most: u32) -> Result<Vec<Job>, StoreError>;

    /// Settles what became of claimed jobs, all or none. Those whose lease has ended and which somebody else has claimed
    /// since are left alone. Answers how many were settled.
    ///
    /// # Errors
    /// `Unavailable`, `Overloaded`.
    async fn settle(&self, settlements: &[Settlement]) -> Result<u32, StoreError>;

    /// When the next job is due, leases that end included; `None` if there is none.
    ///
    /// # Errors
    /// `Unavailable`, `Overloaded`.
    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError>;
}

/// Looks into jobs.
#[async_trait]
pub trait JobAdmin: Send + Sync {
    /// Jobs by id, which is by when they were made, those after `last`, at most `at_most`; also those that only another version
    /// can read.
    ///
    /// # Errors
    /// `Unavailable`, `Overloaded`.
    async fn page(&self, filter: &JobFilter, last: Option<JobId>, at_most: u32) -> Result<Vec<ListedJob>, StoreError>;

    /// How many jobs there are, by kind and state.
    ///
    /// # Errors
    /// `Unavailable`, `Overloaded`.
    async fn counts(&self) -> Result<Vec<JobCount>, StoreError>;
}

/// Which jobs are asked for; `None` asks for any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobFilter {
    /// Where they are in their life.
    pub state: Option<JobState>,
    /// What kind of task they are.
    pub kind: Option<String>,
}

/// A job as operators see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedJob {
    /// Names it.
    pub id: JobId,
    /// What kind of task it is.
    pub kind: String,
    /// Where it is in its life.
    pub state: JobState,
    /// How often it was begun.
    pub attempts: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it is due; for a running one, when its lease ends.
    pub run_at: Timestamp,
    /// Why the last try failed.
    pub last_error: Option<String>,
}

/// How many jobs there are of a kind in a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobCount {
    /// The kind.
    pub kind: String,
    /// The state.
    pub state: JobState,
    /// How many.
    pub jobs: u64,
}

/// Tells workers that there may be something to do.
#[async_trait]
pub trait JobBell: Send + Sync {
    /// Ends when a job was committed since the last call ended, by this process or, on PostgreSQL, another one; sometimes for
    /// nothing. What is rung while it can't be heard is made up for as soon as it can. One worker at a time listens.
    async fn rung(&self);
}
