//! Looking into jobs.

use super::TABLE;
use super::row::{JobRow, state};
use crate::connections::{Connection, Pools};
use crate::schema::jobs;
use crate::statements::PlannedAnew;
use crate::types::Id;
use async_trait::async_trait;
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use futures::FutureExt;
use std::sync::Arc;
use threshold_application::ports::{JobAdmin, JobCount, JobFilter, ListedJob, StoreError};
use threshold_domain::jobs::JobId;

/// Jobs of either database.
pub(crate) struct DieselJobAdmin {
    pub(crate) pools: Arc<Pools>,
}

#[async_trait]
impl JobAdmin for DieselJobAdmin {
    async fn page(&self, filter: &JobFilter, last: Option<JobId>, at_most: u32) -> Result<Vec<ListedJob>, StoreError> {
        let last = last.map(|id| Id(id.as_uuid()));
        let rows = self.pools.read(TABLE, |connection| page(connection, filter.clone(), last, at_most).boxed()).await?;
        rows.into_iter().map(ListedJob::try_from).collect()
    }

    async fn counts(&self) -> Result<Vec<JobCount>, StoreError> {
        let rows = self.pools.read(TABLE, |connection| counts(connection).boxed()).await?;
        let count = |(kind, stored, jobs): (String, String, i64)| {
            Ok(JobCount { kind, state: state(&stored)?, jobs: u64::try_from(jobs).unwrap_or_default() })
        };
        rows.into_iter().map(count).collect()
    }
}

/// Planned for these values: few jobs may be of a state or a kind, or nearly all.
async fn page(
    connection: &mut Connection,
    filter: JobFilter,
    last: Option<Id>,
    at_most: u32,
) -> QueryResult<Vec<JobRow>> {
    on!(connection, |c| {
        let mut query = jobs::table.select(JobRow::as_select()).into_boxed();
        if let Some(state) = filter.state {
            query = query.filter(jobs::state.eq(state.as_str()));
        }
        if let Some(kind) = filter.kind {
            query = query.filter(jobs::kind.eq(kind));
        }
        if let Some(last) = last {
            query = query.filter(jobs::id.gt(last));
        }
        PlannedAnew(query.order(jobs::id).limit(at_most.into())).load(c).await
    })
}

async fn counts(connection: &mut Connection) -> QueryResult<Vec<(String, String, i64)>> {
    on!(connection, |c| jobs::table
        .group_by((jobs::kind, jobs::state))
        .select((jobs::kind, jobs::state, count_star()))
        .load(c)
        .await)
}
