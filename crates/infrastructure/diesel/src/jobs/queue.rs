//! Handing jobs to workers.

use super::TABLE;
use super::row::JobRow;
use crate::connections::{Connection, Pools};
use crate::schema::jobs;
use crate::statements::PlannedAnew;
use crate::transaction::{DieselTransaction, DieselUnitOfWork};
use crate::types::{Id, Instant};
use async_trait::async_trait;
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use futures::FutureExt;
use std::sync::Arc;
use threshold_application::ErrorChain;
use threshold_application::ports::{Claim, JobQueue, StoreError};
use threshold_domain::Timestamp;
use threshold_domain::jobs::{Job, Settlement, Task, Verdict};
use uuid::Uuid;

const WAITING: &str = "waiting";
const RUNNING: &str = "running";
const DEAD: &str = "dead";

/// The queue in either database.
pub(crate) struct DieselJobQueue {
    pub(crate) pools: Arc<Pools>,
    pub(crate) unit_of_work: DieselUnitOfWork,
}

#[async_trait]
impl JobQueue for DieselJobQueue {
    async fn claim(&self, claim: &Claim, at_most: u32) -> Result<Vec<Job>, StoreError> {
        let mut tx = self.unit_of_work.open().await?;
        let due = due(tx.connection(), Instant(claim.now), at_most).await;
        let due = tx.settle(TABLE, due)?;
        if due.is_empty() {
            return Ok(Vec::new());
        }
        let spared = spare_the_disk(tx.connection()).await;
        tx.settle(TABLE, spared)?;
        let claimed = take(tx.connection(), &due, claim).await;
        let claimed = tx.settle(TABLE, claimed)?;
        let mut jobs = Vec::new();
        for row in claimed {
            let id = row.id;
            match Job::try_from(row) {
                Ok(job) => jobs.push(job),
                Err(error) => {
                    let why = ErrorChain(&error).to_string();
                    bury(&mut tx, id, &why).await?;
                }
            }
        }
        tx.finish().await?;
        jobs.sort_by_key(|job| (job.task.priority(), job.id));
        Ok(jobs)
    }

    async fn settle(&self, settlements: &[Settlement]) -> Result<u32, StoreError> {
        let mut tx = self.unit_of_work.open().await?;
        let is_done = |one: &&Settlement| one.verdict == Verdict::Done;
        let done: Vec<_> = settlements.iter().filter(is_done).collect();
        let removed = remove(tx.connection(), &done).await;
        let mut settled = tx.settle(TABLE, removed)?;
        for one in settlements.iter().filter(|one| !is_done(one)) {
            let changed = change(tx.connection(), one).await;
            settled += tx.settle(TABLE, changed)?;
        }
        tx.finish().await?;
        Ok(u32::try_from(settled).unwrap_or(u32::MAX))
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let next = self.pools.read(TABLE, |connection| next_due(connection).boxed()).await?;
        Ok(next.map(|at| at.0))
    }
}

/// Written out, because an index that leaves dead jobs out is no use to a statement whose parameter might be anything.
fn is_alive() -> SqlLiteral<Bool> {
    sql("state <> 'dead'")
}

/// Jobs that are due, and locked: on PostgreSQL those that somebody else has just locked are passed over; SQLite has one writer.
async fn due(connection: &mut Connection, now: Instant, at_most: u32) -> QueryResult<Vec<Id>> {
    match connection {
        Connection::Postgres(link) => {
            jobs::table
                .filter(is_alive())
                .filter(jobs::kind.eq_any(Task::KINDS))
                .filter(jobs::run_at.le(now))
                .order((jobs::priority, jobs::run_at))
                .limit(at_most.into())
                .select(jobs::id)
                .for_update()
                .skip_locked()
                .load(&mut **link)
                .await
        }
        Connection::Sqlite(link) => {
            jobs::table
                .filter(is_alive())
                .filter(jobs::kind.eq_any(Task::KINDS))
                .filter(jobs::run_at.le(now))
                .order((jobs::priority, jobs::run_at))
                .limit(at_most.into())
                .select(jobs::id)
                .load(&mut **link)
                .await
        }
    }
}

/// Lets this transaction be committed without waiting for PostgreSQL's disk. A crash of the server may undo a claim then: the
/// job is done once more, and what its first worker settles finds another claim, or none. What is settled is on the disk.
async fn spare_the_disk(connection: &mut Connection) -> QueryResult<()> {
    match connection {
        Connection::Postgres(link) => link.batch_execute("SET LOCAL synchronous_commit = off").await,
        Connection::Sqlite(_) => Ok(()),
    }
}

async fn take(connection: &mut Connection, due: &[Id], claim: &Claim) -> QueryResult<Vec<JobRow>> {
    on!(connection, |c| diesel::update(jobs::table.filter(jobs::id.eq_any(due)))
        .set((
            jobs::state.eq(RUNNING),
            jobs::attempts.eq(jobs::attempts + 1),
            jobs::run_at.eq(Instant(claim.until)),
            jobs::claimed_by.eq(Some(Id(claim.id))),
        ))
        .returning(JobRow::as_returning())
        .get_results(c)
        .await)
}

/// Gives up a job that can't be read, so that it isn't claimed again and again.
async fn bury(tx: &mut DieselTransaction, id: Id, error: &str) -> Result<(), StoreError> {
    let buried = on!(tx.connection(), |c| diesel::update(jobs::table.find(id))
        .set((jobs::state.eq(DEAD), jobs::claimed_by.eq(None::<Id>), jobs::last_error.eq(Some(error))))
        .execute(c)
        .await);
    tx.settle(TABLE, buried).map(drop)
}

async fn remove(connection: &mut Connection, done: &[&Settlement]) -> QueryResult<usize> {
    if done.is_empty() {
        return Ok(0);
    }
    let ids: Vec<Id> = done.iter().map(|one| Id(one.id.as_uuid())).collect();
    // A job has one claim at a time: one that somebody else has claimed since is under none of ours.
    let mut claims: Vec<Uuid> = done.iter().filter_map(|one| one.claimed_by).collect();
    claims.sort_unstable();
    claims.dedup();
    let claims: Vec<Id> = claims.into_iter().map(Id).collect();
    on!(connection, |c| PlannedAnew(diesel::delete(
        jobs::table.filter(jobs::id.eq_any(&ids)).filter(jobs::claimed_by.eq_any(&claims))
    ))
    .execute(c)
    .await)
}

async fn change(connection: &mut Connection, settlement: &Settlement) -> QueryResult<usize> {
    let (state, run_at, error, untried) = match &settlement.verdict {
        Verdict::Done => return Ok(0),
        Verdict::Retry { at, error } => (WAITING, Some(Instant(*at)), Some(error.as_str()), 0),
        Verdict::Dead { error } => (DEAD, None, Some(error.as_str()), 0),
        Verdict::HandedBack { at } => (WAITING, Some(Instant(*at)), None, 1),
    };
    // What is `None` stays as it is.
    let changes = (
        jobs::state.eq(state),
        run_at.map(|at| jobs::run_at.eq(at)),
        error.map(|error| jobs::last_error.eq(error)),
        jobs::attempts.eq(jobs::attempts - untried),
        jobs::claimed_by.eq(None::<Id>),
    );
    on!(connection, |c| diesel::update(
        jobs::table
            .filter(jobs::id.eq(Id(settlement.id.as_uuid())))
            .filter(jobs::claimed_by.eq(settlement.claimed_by.map(Id)))
    )
    .set(changes)
    .execute(c)
    .await)
}

async fn next_due(connection: &mut Connection) -> QueryResult<Option<Instant>> {
    on!(connection, |c| jobs::table
        .filter(is_alive())
        .filter(jobs::kind.eq_any(Task::KINDS))
        .order(jobs::run_at)
        .select(jobs::run_at)
        .first(c)
        .await
        .optional())
}
