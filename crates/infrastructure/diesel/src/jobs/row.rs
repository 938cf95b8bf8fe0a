//! A job as a row.

use crate::failures::corrupt;
use crate::schema::jobs;
use crate::types::{Id, Instant};
use diesel::prelude::*;
use threshold_application::ports::StoreError;
use threshold_domain::jobs::{Job, JobId, JobState, Priority, Task};

/// What is stored of a job.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = jobs)]
pub(super) struct JobRow {
    pub(super) id: Id,
    kind: String,
    payload: String,
    priority: i64,
    state: String,
    attempts: i64,
    run_at: Instant,
    expires_at: Option<Instant>,
    created_at: Instant,
    claimed_by: Option<Id>,
    last_error: Option<String>,
}

impl From<&Job> for JobRow {
    fn from(job: &Job) -> Self {
        Self {
            id: Id(job.id.as_uuid()),
            kind: job.task.kind().to_owned(),
            payload: payload(&job.task),
            priority: rank(job.task.priority()),
            state: job.state.as_str().to_owned(),
            attempts: job.attempts.into(),
            run_at: Instant(job.run_at),
            expires_at: job.expires_at.map(Instant),
            created_at: Instant(job.created_at),
            claimed_by: job.claimed_by.map(Id),
            last_error: job.last_error.clone(),
        }
    }
}

impl TryFrom<JobRow> for Job {
    type Error = StoreError;

    fn try_from(row: JobRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: JobId::new(row.id.0),
            task: task(&row.kind, &row.payload)?,
            state: state(&row.state)?,
            attempts: u32::try_from(row.attempts).map_err(|error| corrupt("jobs.attempts", error))?,
            run_at: row.run_at.0,
            expires_at: row.expires_at.map(|at| at.0),
            created_at: row.created_at.0,
            claimed_by: row.claimed_by.map(|id| id.0),
            last_error: row.last_error,
        })
    }
}

/// The state of a column.
pub(super) fn state(stored: &str) -> Result<JobState, StoreError> {
    JobState::from_name(stored).ok_or_else(|| corrupt("jobs.state", "no state has this name"))
}

/// The lowest goes first.
fn rank(priority: Priority) -> i64 {
    match priority {
        Priority::High => 0,
        Priority::Normal => 1,
        Priority::Low => 2,
    }
}

/// What a task of its kind needs to know, as JSON.
fn payload(task: &Task) -> String {
    match task {
        Task::PurgeSessions => "{}".to_owned(),
    }
}

fn task(kind: &str, _payload: &str) -> Result<Task, StoreError> {
    match kind {
        "purge_sessions" => Ok(Task::PurgeSessions),
        _ => Err(corrupt("jobs.kind", "no task has this name")),
    }
}
