//! What each task does.

use crate::accounts::{SendError, SendLink, SendNotice};
use crate::audit::CheckpointAudit;
use crate::ports::{BoxError, MailError};
use crate::retention::EnforceRetention;
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
    /// For [`Task::EnforceRetention`].
    pub enforce_retention: EnforceRetention,
    /// For [`Task::CheckpointAudit`].
    pub checkpoint_audit: CheckpointAudit,
    /// For [`Task::SendLink`] and [`Task::SendEmailChange`].
    pub send_link: SendLink,
    /// For [`Task::SendNotice`].
    pub send_notice: SendNotice,
}

#[async_trait]
impl Perform for PerformTasks {
    async fn perform(&self, job: &Job) -> Result<(), TaskError> {
        match &job.task {
            Task::EnforceRetention => {
                self.enforce_retention.execute().await.map(drop).map_err(|error| TaskError::Temporary(error.into()))
            }
            Task::CheckpointAudit => {
                self.checkpoint_audit.execute().await.map(drop).map_err(|error| TaskError::Temporary(error.into()))
            }
            Task::SendLink { purpose, to, language } => {
                Ok(self.send_link.to_owner(job, *purpose, to, *language).await?)
            }
            Task::SendEmailChange { user, to, language } => {
                Ok(self.send_link.to_new_address(job, *user, to, *language).await?)
            }
            Task::SendNotice { notice, to, language } => {
                Ok(self.send_notice.execute(job, notice.clone(), to, *language).await?)
            }
        }
    }
}

impl From<MailError> for TaskError {
    fn from(error: MailError) -> Self {
        match error {
            MailError::Temporary(error) => Self::Temporary(error),
            MailError::Permanent(error) => Self::Permanent(error),
        }
    }
}

impl From<SendError> for TaskError {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Store(error) => Self::Temporary(error.into()),
            SendError::Mail(error) => error.into(),
        }
    }
}
