//! What each task does.

use crate::ports::BoxError;
use crate::sessions::PurgeSessions;
use async_trait::async_trait;
use threshold_domain::jobs::{Job, Task};

/// Does what a job asks for.
#[async_trait]
pub trait Perform: Send + Sync {
    /// Does it. It may have been done before, or half; done again it must do no harm. It may be cut off at any point.
    ///
    /// # Errors
    /// See [`TaskError`].
    async fn perform(&self, job: &Job) -> Result<(), TaskError>;
}

/// Why a task was not done. The message is stored and shown to operators: it holds no secret.
#[derive(Debug, thiserror::Error)]
pub enum TaskError {
    /// It may work later.
    #[error(transparent)]
    Temporary(BoxError),
    /// It never will.
    #[error(transparent)]
    Permanent(BoxError),
}

/// Hands every task to its use case.
pub struct PerformTasks {
    /// For [`Task::PurgeSessions`].
    pub purge_sessions: PurgeSessions,
}

#[async_trait]
impl Perform for PerformTasks {
    async fn perform(&self, job: &Job) -> Result<(), TaskError> {
        match &job.task {
            Task::PurgeSessions => {
                self.purge_sessions.execute().await.map(drop).map_err(|error| TaskError::Temporary(error.into()))
            }
        }
    }
}
