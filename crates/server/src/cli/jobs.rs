//! `threshold jobs`

use super::{Failure, print, serve};
use crate::config::Settings;
use crate::server::job_management;
use clap::{Subcommand, ValueEnum};
use std::fmt::Write;
use threshold_application::jobs::ManageJobs;
use threshold_application::ports::{BoxError, JobFilter, ListedJob};
use threshold_domain::Timestamp;
use threshold_domain::audit::Initiator;
use threshold_domain::jobs::{JobId, JobState};
use uuid::Uuid;

#[derive(Debug, Clone, Subcommand)]
pub(super) enum Task {
    /// Lists jobs that are not done, the oldest first, and why they failed.
    List {
        /// Only those.
        #[arg(long)]
        state: Option<State>,
        /// At most so many.
        #[arg(long, default_value_t = 100)]
        limit: u32,
    },
    /// Has a job that waits or was given up be done now.
    Retry {
        /// Which one, as `jobs list` shows it.
        id: Uuid,
    },
    /// Deletes a job that waits or was given up.
    Discard {
        /// Which one, as `jobs list` shows it.
        id: Uuid,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum State {
    /// For their time.
    Waiting,
    /// On a worker.
    Running,
    /// Given up.
    Dead,
}

pub(super) fn run(task: &Task, settings: &Settings) -> Result<(), Failure> {
    let runtime = serve::runtime()?;
    let report = runtime.block_on(async {
        let jobs = job_management(settings).await?;
        perform(task, &jobs).await
    })?;
    print(&report)
}

async fn perform(task: &Task, jobs: &ManageJobs) -> Result<String, BoxError> {
    let absent = |id: &Uuid| BoxError::from(format!("there is no job {id} that waits or was given up"));
    match task {
        Task::List { state, limit } => {
            let state = state.map(|state| match state {
                State::Waiting => JobState::Waiting,
                State::Running => JobState::Running,
                State::Dead => JobState::Dead,
            });
            let filter = JobFilter { state, kind: None };
            Ok(table(&jobs.list(&filter, None, *limit).await?))
        }
        Task::Retry { id } if jobs.retry(&Initiator::operator(), JobId::new(*id)).await? => {
            Ok(format!("{id} is due now.\n"))
        }
        Task::Discard { id } if jobs.discard(&Initiator::operator(), JobId::new(*id)).await? => {
            Ok(format!("{id} is deleted.\n"))
        }
        Task::Retry { id } | Task::Discard { id } => Err(absent(id)),
    }
}

fn table(jobs: &[ListedJob]) -> String {
    let mut table = String::new();
    for job in jobs {
        let (state, kind, due) = (job.state.as_str(), &job.kind, time(job.run_at));
        let error = job.last_error.as_deref().map(|error| format!("  {error}")).unwrap_or_default();
        let _written = writeln!(table, "{}  {state:<7}  {kind:<16}  tries {}  due {due}{error}", job.id, job.attempts);
    }
    table
}

fn time(at: Timestamp) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
