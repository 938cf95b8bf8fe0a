//! Work that is done later, and for certain.

mod backoff;
mod job;
mod schedule;

pub use backoff::Backoff;
pub use job::{Job, JobId, JobState, Priority, Settlement, Task, Verdict};
pub use schedule::Schedule;
