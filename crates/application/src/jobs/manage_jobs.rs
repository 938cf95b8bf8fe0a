//! Looking into jobs, and taking a hand in them.

use crate::ports::{Clock, JobAdmin, JobFilter, ListedJob, Meter, Metric, StoreError, UnitOfWork};
use std::collections::BTreeSet;
use std::sync::Arc;
use threshold_domain::audit::{AuditAction, AuditEvent, Initiator, Subject};
use threshold_domain::jobs::{JobId, JobState, Task};

/// What operators do with jobs.
pub struct ManageJobs {
    /// Where they are.
    pub jobs: Arc<dyn JobAdmin>,
    /// Changes them.
    pub unit_of_work: Arc<dyn UnitOfWork>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Shows counts.
    pub meter: Arc<dyn Meter>,
}

impl ManageJobs {
    /// A page of jobs, the oldest first, those after `last`.
    ///
    /// # Errors
    /// When the store failed.
    pub async fn list(
        &self,
        filter: &JobFilter,
        last: Option<JobId>,
        at_most: u32,
    ) -> Result<Vec<ListedJob>, StoreError> {
        self.jobs.page(filter, last, at_most).await
    }

    /// Has a job be done now, also a dead one. `false` if there is none that waits or is dead.
    ///
    /// # Errors
    /// When the store failed.
    pub async fn retry(&self, initiator: &Initiator, id: JobId) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let mut tx = self.unit_of_work.begin().await?;
        if !tx.jobs().retry(id, now).await? {
            return Ok(false);
        }
        let event = AuditEvent::new(AuditAction::AdminActed, initiator, now).on(Subject::Job(id));
        tx.audit().record(event.with("event", "job_retried"));
        tx.commit().await?;
        Ok(true)
    }

    /// Deletes a job that is not to be done. `false` if there is none that waits or is dead.
    ///
    /// # Errors
    /// When the store failed.
    pub async fn discard(&self, initiator: &Initiator, id: JobId) -> Result<bool, StoreError> {
        let mut tx = self.unit_of_work.begin().await?;
        if !tx.jobs().discard(id).await? {
            return Ok(false);
        }
        let event = AuditEvent::new(AuditAction::AdminActed, initiator, self.clock.now()).on(Subject::Job(id));
        tx.audit().record(event.with("event", "job_discarded"));
        tx.commit().await?;
        Ok(true)
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
