//! Looking into jobs, and taking a hand in them.

use crate::ports::{Clock, JobAdmin, ListedJob, Meter, Metric, StoreError};
use std::collections::BTreeSet;
use std::sync::Arc;
use threshold_domain::jobs::{JobId, JobState, Task};

/// What operators do with jobs.
pub struct ManageJobs {
    /// Where they are.
    pub jobs: Arc<dyn JobAdmin>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Shows counts.
    pub meter: Arc<dyn Meter>,
}

impl ManageJobs {
    /// Jobs of a state, or of all, the oldest first.
    ///
    /// # Errors
    /// When the store failed.
    pub async fn list(&self, state: Option<JobState>, at_most: u32) -> Result<Vec<ListedJob>, StoreError> {
        self.jobs.list(state, at_most).await
    }

    /// Has a job be done now, also a dead one. `false` if there is none that waits or is dead.
    ///
    /// # Errors
    /// When the store failed.
    pub async fn retry(&self, id: JobId) -> Result<bool, StoreError> {
        self.jobs.retry(id, self.clock.now()).await
    }

    /// Deletes a job that is not to be done. `false` if there is none that waits or is dead.
    ///
    /// # Errors
    /// When the store failed.
    pub async fn discard(&self, id: JobId) -> Result<bool, StoreError> {
        self.jobs.discard(id).await
    }

    /// Shows in the metrics how many jobs there are, those of which there is none included.
    ///
    /// # Errors
    /// When the store failed.
    pub async fn measure(&self) -> Result<(), StoreError> {
        let counts = self.jobs.counts().await?;
        let kinds: BTreeSet<&str> =
            Task::KINDS.into_iter().chain(counts.iter().map(|count| count.kind.as_str())).collect();
        for kind in kinds {
            for state in JobState::ALL {
                let count = counts.iter().find(|count| count.kind == kind && count.state == state);
                let jobs = count.map_or(0, |count| count.jobs);
                self.meter.set(Metric::Jobs, &[kind, state.as_str()], u32::try_from(jobs).map_or(f64::MAX, f64::from));
            }
        }
        Ok(())
    }
}
