//! Looking into jobs.

use super::TABLE;
use super::row::{JobRow, state};
use crate::connections::{Connection, Pools};
use crate::schema::jobs;
use crate::transaction::DieselUnitOfWork;
use crate::types::{Id, Instant};
use async_trait::async_trait;
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use futures::FutureExt;
use std::sync::Arc;
use threshold_application::ports::{JobAdmin, JobCount, ListedJob, StoreError};
use threshold_domain::Timestamp;
use threshold_domain::jobs::{JobId, JobState};

/// Whatever is not under way.
const AT_REST: [&str; 2] = ["waiting", "dead"];

/// Jobs of either database.
pub(crate) struct DieselJobAdmin {
    pub(crate) pools: Arc<Pools>,
    pub(crate) unit_of_work: DieselUnitOfWork,
}

#[async_trait]
impl JobAdmin for DieselJobAdmin {
    async fn list(&self, state: Option<JobState>, at_most: u32) -> Result<Vec<ListedJob>, StoreError> {
        let states: &[JobState] = state.as_ref().map_or(&JobState::ALL, std::slice::from_ref);
        let states: Vec<&'static str> = states.iter().map(|state| state.as_str()).collect();
        let rows = self.pools.read(TABLE, |connection| list(connection, states.clone(), at_most).boxed()).await?;
        rows.into_iter().map(ListedJob::try_from).collect()
    }

    async fn retry(&self, id: JobId, now: Timestamp) -> Result<bool, StoreError> {
        let mut tx = self.unit_of_work.open().await?;
        let changed = on!(tx.connection(), |c| diesel::update(
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
        let changed = tx.settle(TABLE, changed)?;
        tx.ring().await?;
        tx.finish().await?;
        Ok(changed == 1)
    }

    async fn discard(&self, id: JobId) -> Result<bool, StoreError> {
        let mut tx = self.unit_of_work.open().await?;
        let deleted = on!(tx.connection(), |c| diesel::delete(
            jobs::table.find(Id(id.as_uuid())).filter(jobs::state.eq_any(AT_REST))
        )
        .execute(c)
        .await);
        let deleted = tx.settle(TABLE, deleted)?;
        tx.finish().await?;
        Ok(deleted == 1)
    }

    async fn counts(&self) -> Result<Vec<JobCount>, StoreError> {
        let rows = self.pools.read(TABLE, |connection| counts(connection).boxed()).await?;
        let count = |(kind, stored, jobs): (String, String, i64)| {
            Ok(JobCount { kind, state: state(&stored)?, jobs: u64::try_from(jobs).unwrap_or_default() })
        };
        rows.into_iter().map(count).collect()
    }
}

async fn list(connection: &mut Connection, states: Vec<&'static str>, at_most: u32) -> QueryResult<Vec<JobRow>> {
    on!(connection, |c| jobs::table
        .filter(jobs::state.eq_any(states))
        .order((jobs::created_at, jobs::id))
        .limit(at_most.into())
        .select(JobRow::as_select())
        .load(c)
        .await)
}

async fn counts(connection: &mut Connection) -> QueryResult<Vec<(String, String, i64)>> {
    on!(connection, |c| jobs::table
        .group_by((jobs::kind, jobs::state))
        .select((jobs::kind, jobs::state, count_star()))
        .load(c)
        .await)
}
