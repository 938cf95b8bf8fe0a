//! A job as clients see it.

use crate::accounts::rfc3339;
use crate::problem::{Code, Problem};
use serde::Serialize;
use threshold_application::ports::ListedJob;
use threshold_domain::jobs::{JobId, JobState};
use utoipa::ToSchema;
use uuid::Uuid;

/// Background work that is not done. What is done is gone.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Job)]
pub(crate) struct JobView {
    /// A `UUIDv7`.
    id: Uuid,
    /// What kind of work it is.
    #[schema(example = "send_link")]
    kind: String,
    /// `queued`, `running` or `dead`: given up.
    #[schema(example = "queued")]
    state: &'static str,
    /// How often it was begun.
    attempts: u32,
    /// Why the last try failed.
    #[schema(required)]
    last_error: Option<String>,
    /// When it is due; for a running one, when somebody else may take it over.
    #[schema(format = DateTime)]
    run_at: String,
    #[schema(format = DateTime)]
    created_at: String,
}

/// The states as clients name them.
pub(super) const STATES: [(&str, JobState); 3] =
    [("queued", JobState::Waiting), ("running", JobState::Running), ("dead", JobState::Dead)];

impl From<&ListedJob> for JobView {
    fn from(job: &ListedJob) -> Self {
        let state = STATES.into_iter().find(|(_, state)| *state == job.state);
        Self {
            id: job.id.as_uuid(),
            kind: job.kind.clone(),
            state: state.map_or("queued", |(name, _)| name),
            attempts: job.attempts,
            last_error: job.last_error.clone(),
            run_at: rfc3339(job.run_at),
            created_at: rfc3339(job.created_at),
        }
    }
}

/// The job that a path names: what is no id names none.
pub(super) fn job_in_path(text: &str) -> Result<JobId, Problem> {
    Uuid::parse_str(text).map(JobId::new).map_err(|_no_id| Problem::new(Code::JobNotFound))
}
