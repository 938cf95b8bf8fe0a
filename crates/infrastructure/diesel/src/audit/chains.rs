//! Reading the audit log to prove it.

use super::row::{CheckpointRow, HeadRow, RecordRow, column, key};
use super::{CHECKPOINTS, RECORDS, SEGMENTS};
use crate::connections::{Connection, Pools};
use crate::schema::{audit_checkpoints, audit_records, audit_segments};
use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use futures::FutureExt;
use std::sync::Arc;
use threshold_application::ports::{AuditChains, SignedCheckpoint, SignedHead, StoreError};
use threshold_domain::audit::{AuditSegment, ChainHash, ChainedRecord};

/// Reads chains from either database.
pub(crate) struct DieselAuditChains {
    pub(crate) pools: Arc<Pools>,
}

#[async_trait]
impl AuditChains for DieselAuditChains {
    async fn heads(&self) -> Result<Vec<SignedHead>, StoreError> {
        let rows = self.pools.read(SEGMENTS, |connection| heads(connection).boxed()).await?;
        rows.into_iter().map(SignedHead::try_from).collect()
    }

    async fn head(&self, segment: AuditSegment) -> Result<Option<SignedHead>, StoreError> {
        let row = self.pools.read(SEGMENTS, |connection| head(connection, segment).boxed()).await?;
        row.map(SignedHead::try_from).transpose()
    }

    async fn records(&self, segment: AuditSegment, after: u64, at_most: u32) -> Result<Vec<ChainedRecord>, StoreError> {
        let after = column(after);
        let rows = self.pools.read(RECORDS, |connection| records(connection, segment, after, at_most).boxed()).await?;
        rows.into_iter().map(ChainedRecord::try_from).collect()
    }

    async fn checkpoints(&self, after: u64, at_most: u32) -> Result<Vec<(SignedCheckpoint, ChainHash)>, StoreError> {
        let after = column(after);
        let rows = self.pools.read(CHECKPOINTS, |connection| checkpoints(connection, after, at_most).boxed()).await?;
        rows.into_iter().map(CheckpointRow::read).collect()
    }
}

async fn heads(connection: &mut Connection) -> QueryResult<Vec<HeadRow>> {
    on!(connection, |c| audit_segments::table
        .order((audit_segments::lane, audit_segments::number))
        .select(HeadRow::as_select())
        .load(c)
        .await)
}

async fn head(connection: &mut Connection, segment: AuditSegment) -> QueryResult<Option<HeadRow>> {
    let found = audit_segments::table.find(key(segment));
    on!(connection, |c| found.select(HeadRow::as_select()).get_result(c).await.optional())
}

async fn records(
    connection: &mut Connection,
    segment: AuditSegment,
    after: i64,
    at_most: u32,
) -> QueryResult<Vec<RecordRow>> {
    let (lane, number) = key(segment);
    on!(connection, |c| audit_records::table
        .filter(audit_records::lane.eq(lane))
        .filter(audit_records::segment.eq(number))
        .filter(audit_records::position.gt(after))
        .order(audit_records::position)
        .limit(at_most.into())
        .select(RecordRow::as_select())
        .load(c)
        .await)
}

async fn checkpoints(connection: &mut Connection, after: i64, at_most: u32) -> QueryResult<Vec<CheckpointRow>> {
    on!(connection, |c| audit_checkpoints::table
        .filter(audit_checkpoints::number.gt(after))
        .order(audit_checkpoints::number)
        .limit(at_most.into())
        .select(CheckpointRow::as_select())
        .load(c)
        .await)
}
