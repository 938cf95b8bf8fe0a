//! Writing jobs.

use super::TABLE;
use super::row::JobRow;
use crate::connections::Connection;
use crate::schema::{job_ticks, jobs};
use crate::statements::Prepared;
use crate::transaction::DieselTransaction;
use crate::types::{Id, Instant};
use async_trait::async_trait;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use threshold_application::ports::{CLOCKS_DIFFER, JobRepository, StoreError};
use threshold_domain::Timestamp;
use threshold_domain::jobs::{Job, JobId};

/// Whatever is not under way.
const AT_REST: [&str; 2] = ["waiting", "dead"];

#[async_trait]
impl JobRepository for DieselTransaction {
    async fn enqueue(&mut self, job: &Job) -> Result<(), StoreError> {
        let row = JobRow::from(job);
        let inserted =
            on!(self.connection(), |c| Prepared(diesel::insert_into(jobs::table).values(&row)).execute(c).await);
        self.settle(TABLE, inserted)?;
        self.ring().await
    }

    async fn tick(&mut self, schedule: &str, at: Timestamp) -> Result<bool, StoreError> {
        let ticked = tick(self.connection(), schedule, at).await;
        Ok(self.settle("job_ticks", ticked)? == 1)
    }

    async fn retry(&mut self, id: JobId, now: Timestamp) -> Result<bool, StoreError> {
        let changed = on!(self.connection(), |c| diesel::update(
            jobs::table.find(Id(id.as_uuid())).filter(jobs::state.eq_any(AT_REST))
        )
        .set((
            jobs::state.eq("waiting"),
            jobs::attempts.eq(0),
            jobs::run_at.eq(Instant(now)),
            jobs::expires_at.eq(None::<Instant>),
        ))
        .execute(c)
        .await);
        let changed = self.settle(TABLE, changed)?;
        self.ring().await?;
        Ok(changed == 1)
    }

    async fn discard(&mut self, id: JobId) -> Result<bool, StoreError> {
        let deleted = on!(self.connection(), |c| diesel::delete(
            jobs::table.find(Id(id.as_uuid())).filter(jobs::state.eq_any(AT_REST))
        )
        .execute(c)
        .await);
        self.settle(TABLE, deleted).map(|rows| rows == 1)
    }

    async fn purge_dead(&mut self, before: Timestamp, at_most: u32) -> Result<u32, StoreError> {
        let old = on!(self.connection(), |c| jobs::table
            // Written out for the index of dead jobs.
            .filter(sql::<Bool>("state = 'dead'"))
            .filter(jobs::run_at.lt(Instant(before)))
            .select(jobs::id)
            .limit(at_most.into())
            .load::<Id>(c)
            .await);
        let old = self.settle(TABLE, old)?;
        let purged = on!(self.connection(), |c| diesel::delete(jobs::table.filter(jobs::id.eq_any(&old)))
            .filter(jobs::state.eq("dead"))
            .execute(c)
            .await);
        self.settle(TABLE, purged).map(|rows| u32::try_from(rows).unwrap_or(u32::MAX))
    }
}

async fn tick(connection: &mut Connection, schedule: &str, at: Timestamp) -> QueryResult<usize> {
    // Where an insert may become an update, only this filter is to be had.
    use diesel::query_dsl::methods::FilterDsl;
    let row = (job_ticks::schedule.eq(schedule), job_ticks::at.eq(Instant(at)));
    let mistaken = at.checked_add_signed(CLOCKS_DIFFER).unwrap_or(Timestamp::MAX_UTC);
    on!(connection, |c| diesel::insert_into(job_ticks::table)
        .values(row)
        .on_conflict(job_ticks::schedule)
        .do_update()
        .set(job_ticks::at.eq(excluded(job_ticks::at)))
        .filter(job_ticks::at.lt(Instant(at)).or(job_ticks::at.gt(Instant(mistaken))))
        .execute(c)
        .await)
}
