//! Failed attempts.

use crate::connections::{Connection, Pools};
use crate::failures::corrupt;
use crate::schema::failed_attempts;
use crate::transaction::DieselTransaction;
use crate::types::Instant;
use async_trait::async_trait;
use diesel::dsl::case_when;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use futures::FutureExt;
use std::sync::Arc;
use threshold_application::ports::{AttemptReader, AttemptRepository, StoreError};
use threshold_domain::Timestamp;
use threshold_domain::limits::{AttemptCount, AttemptKey};

const TABLE: &str = "failed_attempts";

/// Reads failed attempts from either database.
pub(crate) struct DieselAttemptReader {
    pub(crate) pools: Arc<Pools>,
}

#[async_trait]
impl AttemptReader for DieselAttemptReader {
    async fn counted(&self, key: AttemptKey) -> Result<Option<AttemptCount>, StoreError> {
        let row = self.pools.read(TABLE, |connection| counted(connection, key).boxed()).await?;
        row.map(count).transpose()
    }
}

fn count((failures, since): (i64, Instant)) -> Result<AttemptCount, StoreError> {
    let failures = u32::try_from(failures).map_err(|error| corrupt("failed_attempts.failures", error))?;
    Ok(AttemptCount { failures, since: since.0 })
}

async fn counted(connection: &mut Connection, key: AttemptKey) -> QueryResult<Option<(i64, Instant)>> {
    on!(connection, |c| failed_attempts::table
        .find(key.0.as_slice())
        .select((failed_attempts::failures, failed_attempts::since))
        .get_result(c)
        .await
        .optional())
}

#[async_trait]
impl AttemptRepository for DieselTransaction {
    async fn count(&mut self, key: AttemptKey, now: Timestamp, expired: Timestamp) -> Result<AttemptCount, StoreError> {
        let (now, expired) = (Instant(now), Instant(expired));
        let first = (
            failed_attempts::key.eq(key.0.as_slice()),
            failed_attempts::failures.eq(1_i64),
            failed_attempts::since.eq(now),
        );
        let is_over = || failed_attempts::since.le(expired);
        let counted = on!(self.connection(), |c| diesel::insert_into(failed_attempts::table)
            .values(first)
            .on_conflict(failed_attempts::key)
            .do_update()
            .set((
                failed_attempts::failures
                    .eq(case_when(is_over(), 1_i64.into_sql::<BigInt>()).otherwise(failed_attempts::failures + 1_i64)),
                failed_attempts::since
                    .eq(case_when(is_over(), excluded(failed_attempts::since)).otherwise(failed_attempts::since)),
            ))
            .returning((failed_attempts::failures, failed_attempts::since))
            .get_result(c)
            .await);
        self.settle(TABLE, counted).and_then(count)
    }

    async fn clear(&mut self, key: AttemptKey) -> Result<(), StoreError> {
        let cleared =
            on!(self.connection(), |c| diesel::delete(failed_attempts::table.find(key.0.as_slice())).execute(c).await);
        self.settle(TABLE, cleared).map(drop)
    }

    async fn purge(&mut self, before: Timestamp, at_most: u32) -> Result<u32, StoreError> {
        let old = over(self.connection(), Instant(before), at_most).await;
        let old = self.settle(TABLE, old)?;
        let purged = on!(self.connection(), |c| diesel::delete(failed_attempts::table)
            .filter(failed_attempts::key.eq_any(&old))
            .execute(c)
            .await);
        self.settle(TABLE, purged).map(|rows| u32::try_from(rows).unwrap_or(u32::MAX))
    }
}

/// Counts that are over, and locked: on PostgreSQL those that somebody else has just locked are passed over, because they begin
/// anew; SQLite has one writer.
async fn over(connection: &mut Connection, before: Instant, at_most: u32) -> QueryResult<Vec<Vec<u8>>> {
    let over = failed_attempts::table
        .filter(failed_attempts::since.lt(before))
        .select(failed_attempts::key)
        .limit(at_most.into());
    match connection {
        Connection::Postgres(link) => over.for_update().skip_locked().load(&mut **link).await,
        Connection::Sqlite(link) => over.load(&mut **link).await,
    }
}
