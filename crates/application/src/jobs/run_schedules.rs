//! Jobs that come again and again.

use crate::ports::{Clock, IdGenerator, StoreError, UnitOfWork};
use std::sync::Arc;
use std::time::Duration;
use threshold_domain::Timestamp;
use threshold_domain::jobs::{Job, JobId, Schedule};

/// Writes a job for every tick of every schedule; of many instances one does it. Ticks that nobody was there for are
/// made up for by one job.
pub struct RunSchedules {
    /// Notes the tick and writes the job, together.
    pub unit_of_work: Arc<dyn UnitOfWork>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Names jobs.
    pub ids: Arc<dyn IdGenerator>,
    /// What is done when.
    pub schedules: Vec<Schedule>,
}

impl RunSchedules {
    /// Looks whether any schedule has ticked; answers how long until the next tick.
    ///
    /// # Errors
    /// When the store failed: schedules that come later were not looked at.
    pub async fn execute(&self) -> Result<Duration, StoreError> {
        for schedule in &self.schedules {
            self.tick(schedule, schedule.last_tick(self.clock.now())).await?;
        }
        let now = self.clock.now();
        let next = self.schedules.iter().map(|schedule| schedule.next_tick(now)).min();
        Ok(next.map_or(Duration::from_hours(1), |next| (next - now).to_std().unwrap_or_default()))
    }

    async fn tick(&self, schedule: &Schedule, at: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.unit_of_work.begin().await?;
        if tx.jobs().tick(schedule.task.kind(), at).await? {
            let job = Job::new(JobId::new(self.ids.next()), schedule.task.clone(), self.clock.now(), at);
            tx.jobs().enqueue(&job).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}
