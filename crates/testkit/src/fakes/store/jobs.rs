//! Jobs in memory.

use super::super::lock;
use super::{InMemoryStore, Tables};
use async_trait::async_trait;
use threshold_application::ports::{
    CLOCKS_DIFFER, Claim, JobAdmin, JobCount, JobFilter, JobQueue, JobRepository, ListedJob, StoreError, Uniqueness,
};
use threshold_domain::Timestamp;
use threshold_domain::jobs::{Job, JobId, JobState, Settlement, Verdict};

#[async_trait]
impl JobRepository for Tables {
    async fn enqueue(&mut self, job: &Job) -> Result<(), StoreError> {
        if self.jobs.iter().any(|other| other.id == job.id) {
            return Err(StoreError::NotUnique(Uniqueness::Id));
        }
        self.jobs.push(job.clone());
        Ok(())
    }

    async fn tick(&mut self, schedule: &str, at: Timestamp) -> Result<bool, StoreError> {
        let since = at..=at + CLOCKS_DIFFER;
        let ticked = self.ticks.iter().any(|(name, last)| name == schedule && since.contains(last));
        if !ticked {
            self.ticks.push((schedule.to_owned(), at));
        }
        Ok(!ticked)
    }

    async fn retry(&mut self, id: JobId, now: Timestamp) -> Result<bool, StoreError> {
        let Some(job) = self.at_rest(id) else { return Ok(false) };
        (job.state, job.attempts, job.run_at, job.expires_at) = (JobState::Waiting, 0, now, None);
        Ok(true)
    }

    async fn discard(&mut self, id: JobId) -> Result<bool, StoreError> {
        let is_there = self.at_rest(id).is_some();
        self.jobs.retain(|job| !is_there || job.id != id);
        Ok(is_there)
    }

    async fn purge_dead(&mut self, before: Timestamp, at_most: u32) -> Result<u32, StoreError> {
        let mut purged = 0;
        self.jobs.retain(|job| {
            let goes = job.state == JobState::Dead && job.run_at < before && purged < at_most;
            purged += u32::from(goes);
            !goes
        });
        Ok(purged)
    }
}

impl Tables {
    fn claim(&mut self, claim: &Claim, at_most: u32) -> Vec<Job> {
        let is_due = |job: &&mut Job| job.state != JobState::Dead && job.run_at <= claim.now;
        let mut due: Vec<_> = self.jobs.iter_mut().filter(is_due).collect();
        due.sort_by_key(|job| (job.task.priority(), job.run_at));
        due.truncate(usize::try_from(at_most).unwrap_or(usize::MAX));
        for job in &mut due {
            job.state = JobState::Running;
            job.attempts += 1;
            job.run_at = claim.until;
            job.claimed_by = Some(claim.id);
        }
        let mut claimed: Vec<Job> = due.into_iter().map(|job| job.clone()).collect();
        claimed.sort_by_key(|job| (job.task.priority(), job.id));
        claimed
    }

    fn settle(&mut self, settlement: &Settlement) -> bool {
        let is_meant = |job: &Job| job.id == settlement.id && job.claimed_by == settlement.claimed_by;
        let Some(job) = self.jobs.iter_mut().find(|job| is_meant(job)) else { return false };
        job.claimed_by = None;
        match &settlement.verdict {
            Verdict::Done => self.jobs.retain(|job| job.id != settlement.id),
            Verdict::Retry { at, error } => {
                (job.state, job.run_at, job.last_error) = (JobState::Waiting, *at, Some(error.clone()));
            }
            Verdict::Dead { error } => (job.state, job.last_error) = (JobState::Dead, Some(error.clone())),
            Verdict::HandedBack { at } => {
                (job.state, job.run_at, job.attempts) = (JobState::Waiting, *at, job.attempts - 1);
            }
        }
        true
    }

    fn at_rest(&mut self, id: JobId) -> Option<&mut Job> {
        self.jobs.iter_mut().find(|job| job.id == id && job.state != JobState::Running)
    }
}

#[async_trait]
impl JobQueue for InMemoryStore {
    async fn claim(&self, claim: &Claim, at_most: u32) -> Result<Vec<Job>, StoreError> {
        let _writing = self.writing.lock().await;
        Ok(lock(&self.committed).claim(claim, at_most))
    }

    async fn settle(&self, settlements: &[Settlement]) -> Result<u32, StoreError> {
        let _writing = self.writing.lock().await;
        let mut tables = lock(&self.committed);
        let settled = settlements.iter().filter(|one| tables.settle(one)).count();
        Ok(u32::try_from(settled).unwrap_or(u32::MAX))
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let tables = lock(&self.committed);
        Ok(tables.jobs.iter().filter(|job| job.state != JobState::Dead).map(|job| job.run_at).min())
    }
}

#[async_trait]
impl JobAdmin for InMemoryStore {
    async fn page(&self, filter: &JobFilter, last: Option<JobId>, at_most: u32) -> Result<Vec<ListedJob>, StoreError> {
        let tables = lock(&self.committed);
        let is_meant = |job: &&Job| {
            filter.state.is_none_or(|state| job.state == state)
                && filter.kind.as_ref().is_none_or(|kind| job.task.kind() == kind)
                && last.is_none_or(|last| job.id > last)
        };
        let mut jobs: Vec<_> = tables.jobs.iter().filter(is_meant).collect();
        jobs.sort_by_key(|job| job.id);
        let listed = jobs.into_iter().map(|job| ListedJob {
            id: job.id,
            kind: job.task.kind().to_owned(),
            state: job.state,
            attempts: job.attempts,
            created_at: job.created_at,
            run_at: job.run_at,
            last_error: job.last_error.clone(),
        });
        Ok(listed.take(usize::try_from(at_most).unwrap_or(usize::MAX)).collect())
    }

    async fn counts(&self) -> Result<Vec<JobCount>, StoreError> {
        let tables = lock(&self.committed);
        let mut counts: Vec<JobCount> = Vec::new();
        for job in &tables.jobs {
            let (kind, state) = (job.task.kind(), job.state);
            match counts.iter_mut().find(|count| count.kind == kind && count.state == state) {
                Some(count) => count.jobs += 1,
                None => counts.push(JobCount { kind: kind.to_owned(), state, jobs: 1 }),
            }
        }
        Ok(counts)
    }
}
