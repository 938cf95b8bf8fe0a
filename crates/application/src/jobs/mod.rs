//! Work that is done later: claimed, performed, settled; begun by schedules; looked into.

mod manage_jobs;
mod perform_jobs;
mod perform_tasks;
mod run_schedules;

pub use manage_jobs::ManageJobs;
pub use perform_jobs::PerformJobs;
pub use perform_tasks::{Perform, PerformTasks, TaskError};
pub use run_schedules::RunSchedules;
