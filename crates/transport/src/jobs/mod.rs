//! Background work over HTTP.

mod discard_job;
mod job_view;
mod list_jobs;
mod retry_job;

pub(crate) use discard_job::{__path_discard_job as DiscardJobPath, discard_job};
pub(crate) use job_view::JobView;
pub(crate) use list_jobs::{__path_list_jobs as ListJobsPath, list_jobs};
pub(crate) use retry_job::{__path_retry_job as RetryJobPath, retry_job};
